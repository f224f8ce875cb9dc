"""The words of a group's channel: linking it, the shared card of a meeting, and what coordinators are told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from handlers.chat import Button, Card
from handlers.texts.dates import count, joined
from handlers.texts.dates import when as at
from handlers.texts.joining import DECIDED
from handlers.texts.labels import distinct, fit
from handlers.texts.meetings import answer_buttons, when
from storage.channel_posts import Coming
from storage.channels import Channel
from storage.groups import Group
from storage.meetings import Meeting
from storage.people import Person, Reach

PER_PAGE = 5
_MOST = 10
_MOST_NAMED = 30
_HOW = {"online": "Online", "in_person": "In person", "both": "Online or in person"}
_WORD = "use this channel"
_ADD_ME = "add me to the channel (in Teams: add the app Round Table to the team)"
_SAY_SO = f"Then write in the channel: @Round Table {_WORD}."

_WHAT_IT_MEANS = (
    "I post each meeting in the channel once, with its date and how many people are coming. "
    "The numbers change as people answer. I never post links, support or feedback.\n\n"
    "I add the members of the group to the channel where I can. In Teams I cannot: please add them to the team. "
    "Everybody in the channel can see who is in it."
)
_NAMES = (
    "You choose if names show. With names, everybody in the channel can read who is coming. "
    "Please choose that only if the group agreed to it."
)


# Linking


def not_in_a_channel() -> Card:
    """The word was said where there is no channel."""
    return Card(
        "Please write this in the channel",
        f"First {_ADD_ME}. {_SAY_SO}",
        buttons=(_list(),),
    )


def which(channel: Channel, groups: Sequence[Group], *, start: int) -> Card:
    """The coordinator has several groups; those from the one numbered `start` on."""
    shown, left = groups[start : start + _MOST], len(groups) - start - _MOST
    buttons = [Button(fit("", group.name), "channels.choose", f"{channel.id}:{group.id}") for group in shown]
    if left > 0:
        buttons.append(Button(f"Show more groups ({left})", "channels.which", f"{channel.id}:{start + _MOST}"))
    return Card(
        "Which group is this channel for?",
        "A channel is for one group.",
        buttons=distinct(buttons),
        note="Reply with the name of the group.",
    )


def confirm(channel: Channel, group: Group, *, other: bool) -> Card:
    """What it means, before anything is done. ``other``: the group uses another channel now."""
    value = f"{channel.id}:{group.id}"
    moves = "The group uses another channel now. I will stop using that one.\n\n" if other else ""
    return Card(
        "Use this channel for the group?",
        f"{moves}{_WHAT_IT_MEANS}\n\n{_NAMES}",
        (("Group", group.name), *_name(channel)),
        (
            Button("Yes, use it with numbers only", "channels.link", f"{value}:numbers", "primary"),
            Button("Yes, use it and show who is coming", "channels.link", f"{value}:names"),
            Button("No, do not use it", "channels.drop", value),
        ),
        note="Nothing has changed yet.",
    )


def dropped() -> Card:
    """They changed their mind."""
    return Card("I do not use this channel", "Nothing has changed.", buttons=(_list(),))


def ask_again() -> Card:
    """The button is of an earlier question, or of somebody else's."""
    return Card("Please ask again", f"Write in the channel: @Round Table {_WORD}.", buttons=(_list(),))


def taken() -> Card:
    """Another group uses the channel."""
    return Card(
        "This channel is used by another group",
        "A channel is for one group. Its coordinators can stop using it.",
        buttons=(_list(),),
    )


def linked(channel: Channel, group: Group) -> Card:
    """The receipt of linking, and what the link is like now."""
    shown = "the names of those who come" if channel.names else "numbers only, and no names"
    return Card(
        "This channel is used for the group" if channel.state == "open" else "I cannot post in this channel",
        f"I post each meeting there, with {shown}." if channel.state == "open" else _closed(channel),
        (("Group", group.name), *_name(channel)),
        _buttons(channel, group, several=False),
    )


def _buttons(channel: Channel, group: Group, *, several: bool) -> tuple[Button, ...]:
    of = f": {group.name}" if several else ""
    stop = Button(fit("", f"Stop using the channel{of}"), "channels.unlink", str(channel.id))
    if channel.state != "open":
        return (stop,)
    names = (
        Button(fit("", f"Show numbers only{of}"), "channels.names", f"{channel.id}:numbers")
        if channel.names
        else Button(fit("", f"Show names too{of}"), "channels.ask_names", str(channel.id))
    )
    return names, stop


def ask_names(channel: Channel, group: Group) -> Card:
    """What it means to show names, before they show."""
    return Card(
        "Show the names of those who come?",
        "Everybody in the channel can then read who is coming, also people who are not in the group.\n\n"
        "I never name anybody who is paused or who stopped messages. Please do this only if the group agreed to it.",
        (("Group", group.name), *_name(channel)),
        (
            Button("Yes, show names", "channels.names", f"{channel.id}:names"),
            Button("No, show numbers only", "channels.names", f"{channel.id}:numbers"),
        ),
        note="Reply with yes or no.",
    )


def all_links(links: Sequence[tuple[Group, Channel | None]], *, start: int) -> Card:
    """The groups somebody coordinates, each with its channel, from the one numbered `start` on."""
    shown, left = links[start : start + PER_PAGE], len(links) - start - PER_PAGE
    buttons: list[Button] = []
    parts = []
    for group, channel in shown:
        if channel is None:
            parts.append(f"{group.name}\nNo channel.")
            continue
        how = "With names." if channel.names else "Numbers only."
        said = how if channel.state == "open" else _closed(channel)
        parts.append(f"{group.name}\n{_shown_name(channel)}. {said}")
        buttons += _buttons(channel, group, several=len(links) > 1)
    if left > 0:
        buttons.append(Button(f"Show more groups ({left})", "channels.list", str(start + PER_PAGE)))
    return Card(
        "Channels of your groups",
        "\n\n".join(parts),
        buttons=distinct(buttons),
        note=f"To use a channel, {_ADD_ME}. {_SAY_SO}",
    )


def unlinked(group: Group, *, writable: bool) -> Card:
    """The receipt of unlinking. ``writable``: I can still write in the channel."""
    there = "The messages that are there will say so." if writable else "I cannot change the messages that are there."
    return Card(
        "The channel is used no longer",
        f"I post nothing more there. {there} Nobody was taken out of the channel.",
        (("Group", group.name),),
        (_list(),),
    )


def gone() -> Card:
    """The link was ended since, or is another group's."""
    return Card("That channel is not used any more", "Nothing has changed.", buttons=(_list(),))


# What stands in the channel


def shared(meeting: Meeting, coming: Coming, *, names: bool, first_start: datetime) -> Card:
    """The meeting's card in the channel. ``first_start``: the local start that was announced first."""
    moved = meeting.local_start != first_start
    told = f"This meeting has moved. It was to be on {at(first_start)}.\n\n" if moved else ""
    return Card(
        "Can you come to a meeting?",
        f"{told}Press a button. I will answer you in a private message.",
        (*_facts(meeting), *_numbers(coming), *(_named(coming) if names else ())),
        answer_buttons(meeting),
        note="Your name shows here if you say that you are coming."
        if names
        else "Only numbers show here, and no names. Your coordinators can see your answer.",
    )


def past(meeting: Meeting, coming: Coming) -> Card:
    """The card once the meeting has begun: nobody's name stays."""
    return Card(
        "This meeting has begun or is over", "", (*_facts(meeting), *_numbers(coming)), note="You cannot answer now."
    )


def cancelled(meeting: Meeting) -> Card:
    """The card of a meeting that will not take place."""
    return Card("This meeting is cancelled", "It will not take place.", _facts(meeting))


def parted(meeting: Meeting) -> Card:
    """The card once the group uses the channel no longer."""
    return Card(
        "This is not kept up to date any more",
        "The group does not use this channel now. Please write to me in a private message.",
        _facts(meeting),
    )


def _facts(meeting: Meeting) -> tuple[tuple[str, str], ...]:
    return (("When", when(meeting)), ("Group", meeting.group.name), ("How", _HOW[meeting.how]))


def _numbers(coming: Coming) -> tuple[tuple[str, str], ...]:
    return (
        ("Coming", count(coming.yes, "person", "people")),
        ("Not sure yet", count(coming.not_sure, "person", "people")),
    )


def _named(coming: Coming) -> tuple[tuple[str, str], ...]:
    named = coming.names[:_MOST_NAMED]
    others = coming.yes - len(named)
    if not named:
        return ()
    return (("Who", joined([*named, count(others, "other person", "other people")] if others else named)),)


# What people are told


def join_first(group: Group, reach: Reach, *, asked: bool) -> Card:
    """Somebody in the channel answers who is not in the group. ``asked``: they asked to be, and hear by ``reach``."""
    if asked:
        return Card(
            "You are not in this group yet",
            f"I have not saved an answer. You asked to join {group.name}. {DECIDED[reach]}",
        )
    return Card(
        "You are not in this group yet",
        f"I have not saved an answer. Only members of {group.name} can answer.\n\n"
        f'To join, press the button, or write "join" and the name of the group.',
        buttons=(Button(fit("Join ", group.name), "joining.join", str(group.id)),),
    )


def is_closed(channel: Channel, group: Group) -> Card:
    """To coordinators, once: nothing can be posted any more, why, and what to do."""
    return Card(
        "I cannot post in your channel any more",
        f"{_closed(channel)}\n\nMembers still hear from the group as before.",
        (("Group", group.name), *_name(channel)),
        (_list(),),
    )


def _closed(channel: Channel) -> str:
    again = f"To use it again, {_ADD_ME}. {_SAY_SO}"
    why = {
        "archived": "It is archived. If somebody opens it again, I will start again.",
        "deleted": f"It was deleted. To use another channel, {_ADD_ME}. {_SAY_SO}",
        "left": f"I was taken out of it. {again}",
    }
    return why.get(channel.state, f"It may be gone, or I am no longer in it. {again}")


def not_added(channel: Channel, group: Group, people: Sequence[Person]) -> Card:
    """To coordinators, once for each of them: who could not be added to the channel, and what to do."""
    names = [person.name for person in people[:_MOST_NAMED]]
    others = len(people) - len(names)
    who = joined([*names, count(others, "other person", "other people")] if others else names)
    return Card(
        "I could not add everybody to your channel",
        f"I could not add: {who}.\n\n"
        "This happens most often with guests. An administrator of the workspace can add them.\n\n"
        "Nobody has to be in the channel: they hear from the group as before.",
        (("Group", group.name), *_name(channel)),
    )


def _list() -> Button:
    return Button("Show the channels of my groups", "channels.list")


def _name(channel: Channel) -> tuple[tuple[str, str], ...]:
    return (("Channel", channel.name),) if channel.name else ()


def _shown_name(channel: Channel) -> str:
    return f"Channel: {channel.name}" if channel.name else "A channel"
