"""The words of moving and cancelling a meeting."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime

from handlers.chat import Answer, Button, Card, Field, Form
from handlers.texts import dates
from handlers.texts.meetings import answer_buttons, facts, list_button, open_label, when
from storage.meetings import Meeting


def form(
    meeting: Meeting, value: str, *, check_when: Callable[[Answer], str], check_length: Callable[[Answer], str]
) -> Form:
    """The new time of a meeting."""
    return Form(
        "planning.move",
        "Move a meeting",
        (
            Field(
                "when",
                "What is the new day and time?",
                hint="Such as “Thursday 18 March at 6pm”.",
                longest=150,
                check=check_when,
            ),
            Field(
                "length",
                "How long is it now?",
                required=False,
                hint="Leave this empty to keep the length.",
                longest=40,
                check=check_length,
            ),
        ),
        value=value,
        intro=f"Meeting {meeting.number} is on {when(meeting)}. I will ask you before I tell anyone.",
        submit="Check the date",
    )


def confirm_move(meeting: Meeting, start: datetime, minutes: int, value: str, *, holiday: str) -> Card:
    """The old and the new time. Nothing has changed yet."""
    warning = f"Please check: {dates.day(start)} is a bank holiday ({holiday}).\n\n" if holiday else ""
    return Card(
        "Please check before I move it",
        f"{warning}I will tell everyone in the group. Answers stay, and people can change them.",
        (("From", when(meeting)), ("To", dates.when(start, minutes)), ("Group", meeting.group.name)),
        (
            Button("Yes, move the meeting", "planning.moved", value, "primary"),
            Button("No, leave it where it is", "meetings.show", str(meeting.number)),
        ),
        note="Nothing has changed yet. Reply with yes or no.",
    )


def moved(meeting: Meeting, told: int) -> Card:
    """The receipt of a move."""
    return Card(
        f"Meeting {meeting.number} is moved",
        f"It is now on {when(meeting)}.\n\n{_telling(told)}",
        buttons=(Button(open_label(meeting), "meetings.show", str(meeting.number)), list_button()),
    )


def has_moved(meeting: Meeting, before: str) -> Card:
    """To everyone: the meeting has another time. They may have answered, or not."""
    return Card(
        "A meeting has moved",
        f"{meeting.group.name}\nIt was: {before}\nIt is now: {when(meeting)}\n\n"
        "If you have answered, I have kept your answer. Can you come at the new time?",
        buttons=(*answer_buttons(meeting), Button("See the details", "meetings.show", str(meeting.number))),
    )


def has_moved_for_coordinators(meeting: Meeting, before: str) -> Card:
    """To the group's other coordinators."""
    return Card(
        "A meeting has moved",
        f"{meeting.group.name}\nIt was: {before}\nIt is now: {when(meeting)}\n\nI have told the members.",
        buttons=(Button("See the details", "meetings.show", str(meeting.number)),),
    )


def ways_form(meeting: Meeting, value: str, *, check_link: Callable[[Answer], str]) -> Form:
    """New ways to join. Only those that fit the meeting are asked about."""
    keep = "Leave this empty to keep it as it is."
    online = (
        Field("link", "What is the new link?", required=False, hint=keep, longest=300, check=check_link),
        Field("phone", "What is the new phone number?", required=False, hint=keep, longest=100),
    )
    place = (Field("address", "What is the new address?", required=False, hint=keep, longest=300),)
    return Form(
        "planning.ways",
        "Change how to join",
        {"online": online, "in_person": place}.get(meeting.how, (*online, *place)),
        value=value,
        intro=f"Meeting {meeting.number} is on {when(meeting)}. I will tell those who are coming.",
        submit="Save and tell people",
    )


def no_new_way(meeting: Meeting) -> Card:
    """The form was sent empty."""
    return Card(
        "Nothing has changed",
        "You gave nothing new.",
        buttons=(Button(open_label(meeting), "meetings.show", str(meeting.number)),),
    )


def new_ways(meeting: Meeting) -> Card:
    """To those who come, or may."""
    return Card(
        "There is a new way to join a meeting",
        f"{meeting.group.name}\n{when(meeting)}\n\nThe date and time are the same.",
        facts(meeting)[2:],
        (Button("See the details", "meetings.show", str(meeting.number)),),
    )


def ways_saved(meeting: Meeting, told: int) -> Card:
    """The receipt of new ways to join."""
    return Card(
        "How to join is saved",
        _telling(told),
        facts(meeting),
        (Button(open_label(meeting), "meetings.show", str(meeting.number)),),
    )


def only_one_date() -> str:
    """A rhythm, where one date is wanted."""
    return "This moves 1 meeting to 1 new date. You can type “Thursday 18 March at 6pm”."


def same_time() -> str:
    """Nothing to move."""
    return "That is when the meeting is already. Please give another time."


def changed_since(meeting: Meeting) -> Card:
    """Somebody else was faster."""
    return Card(
        "This meeting has changed since",
        f"It is on {when(meeting)}. I have not moved it.",
        buttons=(Button(open_label(meeting), "meetings.show", str(meeting.number)),),
    )


def confirm_cancel(meeting: Meeting, value: str) -> Card:
    """Are they sure? Of a series, only this one or the later ones too."""
    all_later = (
        (Button("Cancel this and all later ones", "planning.end", value, "danger"),) if meeting.series_id else ()
    )
    return Card(
        f"Cancel meeting {meeting.number}?",
        "I will tell everyone in the group who did not say no. This cannot be undone."
        + (" This meeting is one of a series." if meeting.series_id else ""),
        (("When", when(meeting)), ("Group", meeting.group.name)),
        (
            Button("Yes, cancel this meeting", "planning.cancelled", value, "danger"),
            *all_later,
            Button("No, keep the meeting", "meetings.show", str(meeting.number)),
        ),
        note="Nothing has changed yet. Reply with yes or no.",
    )


def cancelled(meeting: Meeting, told: int) -> Card:
    """The receipt of a cancelled meeting."""
    return Card(
        f"Meeting {meeting.number} is cancelled",
        f"It was to be on {when(meeting)}.\n\n{_telling(told)}",
        buttons=(list_button(), Button("Make a new meeting", "planning.new")),
    )


def ended(meetings: Sequence[Meeting], told: int) -> Card:
    """The receipt of an ended series."""
    return Card(
        f"{dates.count(len(meetings), 'meeting is', 'meetings are')} cancelled",
        f"The first was to be on {when(meetings[0])}. I make no more of this series.\n\n{_telling(told)}",
        buttons=(list_button(), Button("Make a new meeting", "planning.new")),
    )


def _telling(told: int) -> str:
    return f"I am telling {dates.count(told, 'person', 'people')}."


def is_cancelled(meeting: Meeting) -> Card:
    """To everyone who might come."""
    return Card(
        "A meeting is cancelled",
        f"{meeting.group.name}\n{when(meeting)}\n\nThis meeting will not take place. You do not need to do anything.",
        buttons=(list_button(),),
    )


def are_cancelled(group: str, since: date) -> Card:
    """To everyone in the group, of a series."""
    return Card(
        "Some meetings are cancelled",
        f"{group}\nThe regular meetings from {dates.day(since)} on will not take place.\n\n"
        "You do not need to do anything.",
        buttons=(list_button(),),
    )
