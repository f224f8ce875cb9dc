"""The words of making a meeting or a series."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime

from handlers.chat import Answer, Button, Card, Field, Form, Option
from handlers.plans import Plan
from handlers.texts import dates, labels
from handlers.texts.meetings import open_label, when
from storage.groups import Group
from storage.meetings import Meeting

USUAL_TITLE = "Monthly meeting"
WAYS = (
    Option("online", "Online"),
    Option("in_person", "In person"),
    Option("both", "Both: people choose"),
)
_HOW = {"online": "Online", "in_person": "In person", "both": "Online or in person: people choose"}
_WHEN_HINT = 'Such as "Tuesday 9 March at 6pm", or "second Tuesday of the month at 6pm" for a series.'
_LENGTH_HINT = 'Such as "90 minutes". You can skip this if you gave an end, or for 1 hour 30 minutes.'


def form(
    mine: Sequence[Group],
    draft: Mapping[str, str],
    value: str,
    *,
    check_when: Callable[[Answer], str],
    check_length: Callable[[Answer], str],
    check_link: Callable[[Answer], str],
) -> Form:
    """What a new meeting needs. ``draft`` is what was answered before. Together the answers fit into a button."""
    options = tuple(Option(str(group.id), labels.fit("", group.name)) for group in mine)
    which = (Field("group", "Which group is it for?", "choice", options, initial=draft.get("group", "")),)
    return Form(
        "planning.new",
        "New meeting",
        (
            *(which if len(mine) > 1 else ()),
            Field("when", "When is it?", hint=_WHEN_HINT, initial=draft.get("when", ""), longest=150, check=check_when),
            Field(
                "length",
                "How long is it?",
                required=False,
                hint=_LENGTH_HINT,
                initial=draft.get("length", ""),
                longest=40,
                check=check_length,
            ),
            Field("how", "How can people join?", "choice", WAYS, initial=draft.get("how", "")),
            Field(
                "link",
                "What is the link to join?",
                required=False,
                hint="For a meeting online. You can skip this if people join by phone.",
                initial=draft.get("link", ""),
                longest=300,
                check=check_link,
            ),
            Field(
                "phone",
                "What is the phone number to join?",
                required=False,
                hint="With the code that people need, if there is one.",
                initial=draft.get("phone", ""),
                # Some give a link here, as they gave none before.
                longest=300,
            ),
            Field(
                "address",
                "Where is it?",
                required=False,
                hint="For a meeting in person: the address, the room, and how to find it.",
                initial=draft.get("address", ""),
                longest=300,
            ),
            Field(
                "title",
                "What is it called?",
                required=False,
                hint=f'You can skip this. Then it is called "{USUAL_TITLE}".',
                initial=draft.get("title", ""),
                longest=80,
            ),
        ),
        value=value,
        intro="I will show you the full date before I save anything.",
        submit="Check the date",
    )


def confirm(plan: Plan, value: str, *, holidays: Sequence[tuple[date, str]], there_already: Meeting | None) -> Card:
    """What would be saved, with full dates. Nothing is saved yet."""
    text = []
    first = plan.starts[0]
    if plan.rule:
        text.append(f"This meeting repeats {dates.in_words(plan.rule)}, {dates.span(first.time(), plan.minutes)}.")
        text.append("The next dates are:\n" + "\n".join(f"- {dates.day(start)}" for start in plan.starts[:3]))
        text.append(_made(len(plan.starts)))
    if holidays:
        text.append(_holidays(holidays))
    if there_already is not None:
        text.append(f"Please check: this group already has meeting {there_already.number} on {_at(first)}.")
    one = (("When", dates.when(first, plan.minutes)),)
    ways = (("Link", plan.link), ("Phone number", plan.phone), ("Address", plan.address))
    return Card(
        "Please check before I save",
        "\n\n".join(text),
        (
            ("What", plan.title),
            ("Group", plan.group.name),
            *(() if plan.rule else one),
            ("Length", dates.length(plan.minutes)),
            ("How", _HOW[plan.how]),
            *((name, way) for name, way in ways if way),
        ),
        (
            Button("Save these meetings" if plan.rule else "Save this meeting", "planning.save", value, "primary"),
            Button("Change something", "planning.new", value),
            Button("Do not save", "planning.drop"),
        ),
        note="Nothing is saved yet.",
    )


def _at(start: datetime) -> str:
    return f"{dates.day(start)} at {dates.clock(start.time())}"


def _made(number: int) -> str:
    meetings = dates.count(number, "meeting", "meetings")
    return f"I will make {meetings} now, for the next 12 months. I will add more as time goes on."


def _holidays(holidays: Sequence[tuple[date, str]]) -> str:
    shown = "\n".join(f"- {dates.day(on)}: {name}" for on, name in holidays[:6])
    which = "This date is a bank holiday" if len(holidays) == 1 else "These dates are bank holidays"
    return f"{which}. I have not moved anything. You can move or cancel a meeting later.\n{shown}"


def saved(made: Sequence[Meeting], *, invites: datetime) -> Card:
    """The receipt. ``invites``: the local time when people are asked to the first of the meetings."""
    first = made[0]
    if len(made) == 1:
        title, text = f"Meeting {first.number} is saved", f"{first.title}\n{when(first)}\n{first.group.name}"
        go_out = "Invitations"
    else:
        title = f"{len(made)} meetings are saved"
        text = f"{first.title}\n{first.group.name}\nThe first is meeting {first.number}, {when(first)}."
        go_out = "Invitations to the first"
    return Card(
        title,
        f"{text}\n\n{go_out} go out from {dates.day(invites)}.",
        buttons=(
            Button(open_label(first), "meetings.show", str(first.number)),
            Button("Make another meeting", "planning.new"),
        ),
    )


def on_holiday(meeting: Meeting, holiday: str) -> Card:
    """To coordinators: a meeting of a series that was made by itself."""
    return Card(
        "A new meeting is on a bank holiday",
        f"{meeting.group.name}\n{when(meeting)}\n\nIt belongs to a series, and that day is {holiday}. "
        "I have not moved it. You can move or cancel it.",
        buttons=(Button(open_label(meeting), "meetings.show", str(meeting.number)),),
    )


def saved_already(meeting: Meeting) -> Card:
    """The same meeting stands there."""
    return Card(
        "That meeting is saved already",
        f"Meeting {meeting.number} of {meeting.group.name} is at that time. I have not saved it again.",
        buttons=(Button(open_label(meeting), "meetings.show", str(meeting.number)),),
    )


def one_stands_there(meeting: Meeting) -> str:
    """A single meeting stands where a series is to begin."""
    return (
        f"Meeting {meeting.number} of {meeting.group.name} is at the first time, with the same name. "
        "Please choose another first date or name."
    )


def dropped() -> Card:
    """The draft was dropped."""
    return Card("Nothing is saved", "I have made no meeting.", buttons=(Button("Make a new meeting", "planning.new"),))


def problem(words: str) -> Card:
    """Something in the form needs another answer."""
    return Card("Please check one answer", words, buttons=(Button("Make a new meeting", "planning.new"),))


def not_any_more(words: str, value: str) -> Card:
    """What was right when it was drafted is so no more. ``value``: the draft."""
    return Card("I have not saved this", words, buttons=(Button("Change something", "planning.new", value),))


def what_time() -> str:
    """The time is missing."""
    return 'What time does it start? You can type "Tuesday 9 March at 6pm".'


def first_date() -> str:
    """A rhythm without a first date."""
    return 'When is the first one? You can type "every 4 weeks starting 9 March at 6pm".'


def has_passed() -> str:
    """The start is not to come."""
    return "That time has passed. Please give a later one."


def two_lengths(minutes: int, other: int) -> Card:
    """The end and the length do not agree."""
    return problem(
        f"The times you gave make {dates.length(minutes)}, and the length is {dates.length(other)}. "
        "Please leave the length empty, or change one of them."
    )


def no_link() -> str:
    """Not a link."""
    return "A link starts with https://. You can copy it from your calendar."


def how_online() -> str:
    """An online meeting that nobody could join."""
    return "People need a link or a phone number. Please give one of them."


def which_place() -> str:
    """A meeting in person without a place."""
    return "Where is the meeting? Please give the address."
