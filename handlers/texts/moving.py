"""The words of moving and cancelling a meeting."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

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
                hint='Such as "Thursday 18 March at 6pm".',
                longest=150,
                check=check_when,
            ),
            Field(
                "length",
                "How long is it now?",
                required=False,
                hint="You can skip this. Then the length stays.",
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


def moved(meeting: Meeting, columns: Mapping[str, int]) -> Card:
    """The receipt of a move. ``columns``: how many letters stand in each, here and below."""
    return Card(
        f"Meeting {meeting.number} is moved",
        f"It is now on {when(meeting)}.\n\n{_telling(columns)}",
        buttons=(_open(meeting), *_calls(columns), list_button()),
    )


def _telling(columns: Mapping[str, int]) -> str:
    told, calls = columns["waiting"], columns["needs_call"]
    # One number: nobody is to show as paused.
    silent = columns["stopped"] + columns["paused"]
    parts = [f"I am telling {dates.count(told, 'person', 'people')}."] if told else []
    parts += [f"{dates.count(calls, 'person needs', 'people need')} a call."] if calls else []
    parts += [f"I do not write to {dates.count(silent, 'person', 'people')} now."] if silent else []
    return " ".join(parts) or "There is nobody to tell."


def _calls(columns: Mapping[str, int]) -> tuple[Button, ...]:
    return (Button("Show the call list", "calls.list"),) if columns["needs_call"] else ()


def _open(meeting: Meeting) -> Button:
    return Button(open_label(meeting), "meetings.show", str(meeting.number))


def has_moved(meeting: Meeting, before: str) -> Card:
    """To everyone: the meeting has another time. They may have answered, or not."""
    return Card(
        "A meeting has moved",
        f"{_which(meeting)}\nIt was: {before}\nIt is now: {when(meeting)}\n\n"
        "If you have answered, I have kept your answer. Can you come at the new time?",
        buttons=(*answer_buttons(meeting), Button("See the details", "meetings.show", str(meeting.number))),
    )


def _which(meeting: Meeting) -> str:
    # Without the title, which a coordinator wrote: these cards show on locked phones.
    return f"{meeting.group.name}\nMeeting {meeting.number}"


def has_moved_for_coordinators(meeting: Meeting, before: str) -> Card:
    """To the group's other coordinators."""
    return Card(
        "A meeting has moved",
        f"{_which(meeting)}\nIt was: {before}\nIt is now: {when(meeting)}\n\n"
        'I am telling the members. Reply "call list" to see who needs a call.',
        buttons=(Button("See the details", "meetings.show", str(meeting.number)),),
    )


def ways_form(meeting: Meeting, value: str, *, check_link: Callable[[Answer], str]) -> Form:
    """New ways to join. Only those that fit the meeting are asked about."""
    keep = "You can skip this. Then it stays as it is."
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
        intro=f"Meeting {meeting.number} is on {when(meeting)}. I will tell those who are coming or not sure.",
        submit="Save and tell people",
    )


def no_new_way(meeting: Meeting) -> Card:
    """The form was sent empty."""
    return Card(
        "Nothing has changed",
        "All answers were empty, so everything stays as it was.",
        buttons=(_open(meeting),),
    )


def new_ways(meeting: Meeting) -> Card:
    """To those who come, or may."""
    return Card(
        "There is a new way to join a meeting",
        f"{_which(meeting)}\n{when(meeting)}\n\nThe date and time are the same.",
        facts(meeting)[2:],
        (Button("See the details", "meetings.show", str(meeting.number)),),
    )


def ways_saved(meeting: Meeting, columns: Mapping[str, int]) -> Card:
    """The receipt of new ways to join."""
    return Card(
        "How to join is saved",
        _telling(columns),
        facts(meeting),
        (_open(meeting), *_calls(columns)),
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
        "This meeting has changed",
        f"It is now on {when(meeting)}. I have not done what you asked. Please look at it again.",
        buttons=(_open(meeting),),
    )


def not_any_more(meeting: Meeting, words: str) -> Card:
    """The new time was right when it was chosen, and is so no more. ``words``: why."""
    return Card(
        "I have not moved the meeting",
        words,
        buttons=(Button("Choose another time", "planning.move", str(meeting.number)), _open(meeting)),
    )


def past(meeting: Meeting) -> Card:
    """A meeting that has begun cannot be moved or cancelled."""
    return Card(
        "That meeting has begun or is over",
        f"It was on {when(meeting)}. It can no longer be changed.",
        buttons=(list_button(),),
    )


def confirm_cancel(meeting: Meeting, value: str) -> Card:
    """Are they sure? Of a series, only this one or the later ones too."""
    all_later = (
        (Button("Yes, cancel this and all later meetings", "planning.end", value, "danger"),)
        if meeting.series_id
        else ()
    )
    series = "\n\nThis meeting is one of a series. If you cancel the later ones too, I tell everyone in the group."
    return Card(
        f"Cancel meeting {meeting.number}?",
        "I will tell everyone in the group who did not say no. This cannot be undone."
        + (series if meeting.series_id else ""),
        (("When", when(meeting)), ("Group", meeting.group.name)),
        (
            Button("Yes, cancel this meeting", "planning.cancelled", value, "danger"),
            *all_later,
            Button("No, keep the meeting", "meetings.show", str(meeting.number)),
        ),
        note="Nothing has changed yet. Reply with yes or no."
        + (" A yes cancels this meeting only." if meeting.series_id else ""),
    )


def cancelled(meeting: Meeting, columns: Mapping[str, int]) -> Card:
    """The receipt of a cancelled meeting."""
    return Card(
        f"Meeting {meeting.number} is cancelled",
        f"It was to be on {when(meeting)}.\n\n{_telling(columns)} {_to_do(booked=True)}",
        buttons=(*_calls(columns), list_button(), Button("Make a new meeting", "planning.new")),
    )


def ended(meetings: Sequence[Meeting], columns: Mapping[str, int]) -> Card:
    """The receipt of an ended series."""
    first = "It" if len(meetings) == 1 else "The first"
    return Card(
        f"{dates.count(len(meetings), 'meeting is', 'meetings are')} cancelled",
        f"{first} was to be on {when(meetings[0])}. I make no more of this series.\n\n"
        f"{_telling(columns)} {_to_do(booked=True)}",
        buttons=(*_calls(columns), list_button(), Button("Make a new meeting", "planning.new")),
    )


def is_cancelled(meeting: Meeting, *, booked: bool) -> Card:
    """To everyone who might come. ``booked``: to those who may have booked something, here and below."""
    return Card(
        "A meeting is cancelled",
        f"{_which(meeting)}\n{when(meeting)}\n\nThis meeting will not take place. {_to_do(booked=booked)}",
        buttons=(list_button(),),
    )


def are_cancelled(meeting: Meeting, rhythm: str, *, booked: bool) -> Card:
    """To everyone in the group, of a series. ``meeting``: the first that is cancelled."""
    return Card(
        "Some meetings are cancelled",
        f"{meeting.group.name}\nMeetings {rhythm}\n\n"
        f"From {dates.day(meeting.local_start)} these meetings will not take place. {_to_do(booked=booked)}",
        buttons=(list_button(),),
    )


def _to_do(*, booked: bool) -> str:
    return "Please cancel anything that was booked." if booked else "You do not need to do anything."
