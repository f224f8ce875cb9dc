"""The words of help, and one sentence for every word that people can type."""

from __future__ import annotations

from dataclasses import replace

from handlers.chat import Button, Card
from handlers.texts.signposts import STANDING_LINE

WORDS: dict[str, str] = {
    "help": "Shows what you can do here.",
    "help now": "Shows who to call now. It works everywhere, at any time.",
    "home": "Shows your own page: meetings, support, feedback and groups.",
    "groups": "Shows every group, and how to join.",
    "my groups": "Shows the groups you are in.",
    "join": "Asks to join the group you name.",
    "leave": "Leaves the group you name. You do not need to say why.",
    "meetings": "Shows the meetings of your groups.",
    "yes": "Answers the invitation that waits: you are coming.",
    "no": "Answers the invitation that waits: you are not coming.",
    "not sure": "Answers the invitation that waits: you do not know yet.",
    "support": "Asks for support to take part.",
    "feedback": "Saves what you think and passes it on.",
    "my feedback": "Shows what you sent, and what came of it.",
    "status": "Shows what came of one piece of feedback, such as F-27.",
    "pause": "Stops messages until the day you choose.",
    "come back": "Ends your pause.",
    "catch up": "Shows what you missed.",
    "quiet hours": "Sets the hours when I do not write to you.",
    "my data": "Shows everything that is kept about you.",
    "change my data": "Changes your name, your language and what you agreed to.",
    "delete my data": "Deletes what is kept about you, after asking you once.",
    "complain about my data": "Sends a complaint about your data to an administrator.",
    "stop": "Stops every message you did not ask for, until you write start.",
    "start": "Lets me write to you again after stop.",
    "cancel": "Drops a form that is half filled in.",
    "online": "Answers the invitation that waits: you are coming, online.",
    "in person": "Answers the invitation that waits: you are coming, in person.",
    "change my answer": "Changes your answer to an invitation.",
    "calendar": "Sends a meeting as a file for your calendar.",
    "my support": "Shows the support you asked for.",
    "requests": "Shows who asked to join your groups.",
    "new meeting": "Sets up a meeting.",
    "meeting": "Shows one meeting, by its number.",
    "who is coming": "Shows who is coming to the next meeting.",
    "checklist": "Shows what to book for the next meetings, and by when.",
    "announce": "Writes to everyone in a group.",
    "comments": "Shows the feedback that waits for an answer.",
    "service comments": "Shows feedback about the service as a whole, and data complaints.",
    "call list": "Shows who to reach by phone, post, text or email.",
    "answer for": "Answers an invitation for somebody without chat.",
    "stop everything for": "Stops every message to a person, at once.",
    "undo stop for": "Lets me write to that person again, up to 30 days later.",
    "use this channel": "Uses the channel you write it in for your group, after asking you.",
    "group channels": "Shows the channels of your groups, and can end their use.",
    "announcements": "Shows what was sent to your groups, and to how many people.",
    "new group": "Sets up a group.",
    "coordinators": "Shows and changes who coordinates a group.",
    "settings": "Changes the organisation's name, contacts, nation and quiet hours.",
}
"""What each typed word does, in one plain sentence."""

_TITLE = "What I can do for you"


def everyone(*, member: bool) -> Card:
    """What everybody can do; people in no group see less."""
    groups = Button("Show all groups", "joining.groups")
    buttons: tuple[Button, ...]
    words: tuple[str, ...]
    if member:
        buttons = (
            Button("See meetings", "meetings.list", "", "primary"),
            Button("Ask for support", "support.ask"),
            Button("Give feedback", "feedback.write"),
            Button("Show my feedback", "feedback.mine"),
            groups,
        )
        words = ("pause", "quiet hours", "catch up", "stop")
        typed = "meetings, support, feedback, my feedback, groups, my data"
    else:
        buttons = (replace(groups, style="primary"), Button("Give feedback", "feedback.write"))
        words = ("stop",)
        typed = "groups, feedback, my data"
    return Card(
        _TITLE,
        f"I am a computer program for patient groups. Press a button, or type: {typed}.\n\n"
        f"You can also type:\n{_lines(words)}",
        buttons=(*buttons, Button("See my data", "privacy.mine"), Button("Who to call now", "help.now")),
        note=STANDING_LINE,
    )


def coordinator() -> Card:
    """What coordinators can do besides."""
    return Card(
        "For coordinators",
        "Press a button, or type: requests, new meeting, checklist, announce, comments, call list.\n\n"
        f"You can also type:\n{_lines(('who is coming', 'group channels'))}\n"
        "- answer for, and a name: answers an invitation for somebody without chat.\n"
        "- stop everything for, and a name: stops every message to that person, at once.",
        buttons=(
            Button("Show requests", "joining.requests"),
            Button("Make a new meeting", "planning.new"),
            Button("Show the checklist", "support.checklist"),
            Button("Write an announcement", "announcements.write"),
            Button("Show comments", "feedback.comments"),
            Button("Show the call list", "calls.list"),
            Button("Answer for somebody", "on_behalf.name"),
        ),
    )


def administrator() -> Card:
    """What administrators can do besides."""
    return Card(
        "For administrators",
        f"Press a button, or type:\n{_lines(('new group', 'coordinators', 'service comments', 'settings'))}",
        buttons=(
            Button("Set up a group", "administration.new_group"),
            Button("Change coordinators", "administration.coordinators"),
            Button("Show service comments", "feedback.service"),
            Button("Change settings", "settings.show"),
        ),
    )


def first_steps() -> Card:
    """To an administrator, while the contacts that every signpost names are missing."""
    return Card(
        "First: settings",
        'I am not open yet. I answer only administrators, and everybody who writes "help now".\n\n'
        "- 1. Set the contacts that people are to call. I open when all 3 are there.\n"
        "- 2. Check the nation, the time zone and the quiet hours.\n"
        "- 3. Set up a group.\n"
        '- 4. Ask the group\'s coordinator to write "help" to me. Then add them.',
        buttons=(
            Button("Set the contacts", "settings.contacts", "", "primary"),
            Button("See all settings", "settings.show"),
            Button("Set up a group", "administration.new_group"),
            Button("Change coordinators", "administration.coordinators"),
        ),
    )


def _lines(words: tuple[str, ...]) -> str:
    return "\n".join(f"- {word}: {WORDS[word][0].lower()}{WORDS[word][1:]}" for word in words)
