"""The words about what a workspace bars."""

from __future__ import annotations

from typing import Literal

from handlers.chat import Button, Card

_ONCE = "I tell you this once."


def barred(what: Literal["guests", "everyone", "conversation", "app"], *, calls: bool) -> Card:
    """To administrators and coordinators: whom the workspace does not let us write to, and what to ask for.

    ``calls``: the reader makes the calls that are needed now.
    """
    to_call = (Button("Show the call list", "calls.list"),) if calls else ()
    if what == "app":
        return Card(
            "Teams: I was turned off",
            "Whoever runs Teams turned this app off. I cannot write to anyone there. "
            "My messages wait until it is on.\n\n"
            "Please ask them to do this:\n"
            "- 1. Open the Teams admin centre.\n"
            "- 2. Choose Teams apps, then Manage apps.\n"
            "- 3. Find Round Table and allow it.",
            note=f"If it is on by now, all is well. {_ONCE}",
        )
    if what == "conversation":
        return Card(
            "Slack: nobody can write to me",
            "The messages tab of this app is switched off. I cannot write to anyone there either. "
            "My messages wait until it is on.\n\n"
            "Please ask whoever looks after the app to do this:\n"
            "- 1. Open api.slack.com/apps and choose this app.\n"
            "- 2. Choose App Home.\n"
            "- 3. Switch on the messages tab, and tick the box below it.",
            note=f"If it is on by now, all is well. {_ONCE}",
        )
    if what == "guests":
        return Card(
            "Slack: I cannot write to a guest",
            "The Slack workspace does not let me. It may be the same for other guests. "
            "What they need to hear is on the call list of their coordinators.\n\n"
            "Please ask whoever runs the Slack workspace to check this:\n"
            "- 1. Guests may use this app.\n"
            "- 2. I am in a channel that the guest is in.\n"
            "- 3. No rule stops apps from sending messages to guests.\n\n"
            "When it is mended, ask the guest to write to me. Then I can answer.",
            buttons=to_call,
            note=_ONCE,
        )
    return Card(
        "Slack: I may not send messages",
        "A rule of the Slack workspace stops me. "
        "What people need to hear is on the call list of their coordinators.\n\n"
        "Please ask whoever runs the Slack workspace to let this app send direct messages. "
        "When it is mended, ask people to write to me. Then I can answer.",
        buttons=to_call,
        note=_ONCE,
    )
