"""The words of lists of meetings, one meeting, and who is coming."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from handlers.chat import Attachment, Button, Card
from handlers.texts import dates, labels
from handlers.texts.ics import calendar_file
from storage.groups import Membership
from storage.meetings import Meeting, Rsvp
from storage.organisations import Organisation
from storage.people import Reach

PER_PAGE = 5

ANSWERS = {"yes": "Yes, I am coming", "no": "No, I cannot come", "not_sure": "Not sure yet"}
"""The buttons' labels, by the answer."""

_CANCELLED, _PAST = "This meeting is cancelled.", "This meeting has begun or is over."
_REST = "You are paused, so you do not need to answer."
_SAID = {"yes": "You are coming.", "no": "You are not coming.", "not_sure": "You are not sure yet."}
_HOW = {"online": "Online", "in_person": "In person", "both": "Online or in person"}


def when(meeting: Meeting) -> str:
    """The meeting's full date and times."""
    return dates.when(meeting.local_start, meeting.minutes)


def answer_buttons(meeting: Meeting) -> tuple[Button, ...]:
    """The three answers. They hold for this date of the meeting only."""
    return tuple(
        Button(label, "rsvp.answer", f"{meeting.number}:{answer}::{meeting.version}")
        for answer, label in ANSWERS.items()
    )


def support_button() -> Button:
    """The way to ask for support."""
    return Button("Ask for support", "support.ask")


def list_button() -> Button:
    """The way to all meetings."""
    return Button("See meetings", "meetings.list")


def facts(meeting: Meeting, how: str = "") -> tuple[tuple[str, str], ...]:
    """When it is and how to join; ``how`` leaves out what somebody who joins in the other way does not need."""
    online = ("Link", meeting.link), ("Phone number", meeting.phone)
    place = ("Address", meeting.address)
    ways = {"online": online, "in_person": (place,)}.get(how or meeting.how, (*online, place))
    return (
        ("When", when(meeting)),
        ("Group", meeting.group.name),
        ("How", _HOW[how or meeting.how]),
        *((name, way) for name, way in ways if way),
    )


def your_answer(rsvp: Rsvp | None) -> str:
    """What the reader has answered, in a sentence."""
    if rsvp is None:
        return "You have not answered yet."
    how = {"online": "You are coming online.", "in_person": "You are coming in person."}.get(
        rsvp.how, _SAID[rsvp.answer]
    )
    return f"{how} {rsvp.by.name} answered for you." if rsvp.by else how


def upcoming(
    meetings: Sequence[Meeting], answers: Mapping[int, Rsvp], places: Mapping[int, Membership], *, start: int
) -> Card:
    """A page of the reader's meetings, from number ``start`` of the list. ``places``: theirs, by the group's id."""
    coordinator = any(place.role == "coordinator" for place in places.values())
    if not meetings:
        return Card(
            "Meetings", "No meetings are planned in your groups yet.", buttons=(_new() if coordinator else _groups(),)
        )
    buttons = (Button("See who is coming", "meetings.who"), _new()) if coordinator else ()
    page = meetings[start : start + PER_PAGE]
    here = [places[one.group_id] for one in page]
    asked = any(place.role != "coordinator" and place.state != "paused" for place in here)
    parts = []
    # The place in the list stands first, because a typed number presses the button that stands there.
    for at, (meeting, place) in enumerate(zip(page, here, strict=True), 1):
        lines = [f"{at}. {meeting.title} (meeting {meeting.number})", when(meeting), meeting.group.name]
        if place.role != "coordinator":
            lines.append(_REST if place.state == "paused" else your_answer(answers.get(meeting.id)))
        parts.append("\n".join(lines))
    opening = tuple(
        Button(f"{at}. Meeting on {dates.day(meeting.local_start)}", "meetings.show", str(meeting.number))
        for at, meeting in enumerate(page, 1)
    )
    left = len(meetings) - start - len(page)
    more = (Button("Show more meetings", "meetings.list", str(start + PER_PAGE)),) if left > 0 else ()
    return Card(
        "Meetings",
        "\n\n".join(parts),
        buttons=opening + more + buttons,
        note=f"{dates.count(left, 'more meeting', 'more meetings')}. " * bool(more)
        + f"Open a meeting to {'answer' if asked else 'see more'}. Reply with a number.",
    )


def _new() -> Button:
    return Button("Make a new meeting", "planning.new")


def _groups() -> Button:
    return Button("Show all groups", "joining.groups")


def open_label(meeting: Meeting) -> str:
    """The label that opens one meeting."""
    return f"Open meeting {meeting.number}, {dates.day(meeting.local_start)}"


def details(meeting: Meeting, rsvp: Rsvp | None, *, role: str, paused: bool, past: bool, holiday: str) -> Card:
    """One meeting, with what the reader can do about it."""
    text = []
    buttons: list[Button] = []
    if meeting.cancelled_at:
        text.append(_CANCELLED)
    elif past:
        text.append(_PAST)
        if role != "coordinator":
            buttons += (_feedback(), list_button())
    else:
        if role != "coordinator":
            text.append(_REST if paused else your_answer(rsvp))
        if role != "coordinator" and not paused:
            buttons += answer_buttons(meeting) if rsvp is None else (change_button(meeting),)
        if rsvp is None or rsvp.answer != "no":
            buttons.append(calendar_button(meeting))
        if role != "coordinator":
            buttons.append(support_button())
    if holiday and not past and not meeting.cancelled_at:
        text.append(f"Please note: this day is a bank holiday ({holiday}).")
    if role in ("coordinator", "chair"):
        label = "See the answers" if past or meeting.cancelled_at else "See who is coming"
        buttons.append(Button(label, "meetings.who", str(meeting.number)))
    if role == "coordinator" and not past and not meeting.cancelled_at:
        buttons.append(Button("Move this meeting", "planning.move", str(meeting.number)))
        buttons.append(Button("Change how to join", "planning.ways", str(meeting.number)))
        buttons.append(Button("Cancel this meeting", "planning.cancel", str(meeting.number), "danger"))
    title = labels.fit(f"Meeting {meeting.number}: ", meeting.title, longest=150)
    # Nobody is to wait in the empty room of a cancelled meeting. In one that has begun they may be late.
    shown = facts(meeting)[: 2 if meeting.cancelled_at else None]
    return Card(title, "\n\n".join(text), shown, tuple(buttons) or (list_button(),))


def _feedback() -> Button:
    return Button("Give feedback", "feedback.write")


def change_button(meeting: Meeting) -> Button:
    """The way to another answer."""
    return Button("Change my answer", "rsvp.change", str(meeting.number))


def calendar_button(meeting: Meeting) -> Button:
    """The way to the calendar file."""
    return Button("Add to my calendar", "meetings.calendar", str(meeting.number))


def calendar(organisation: Organisation, meeting: Meeting, *, now: datetime) -> Card:
    """The meeting as a file that calendars read."""
    return Card(
        "Here is the meeting for your calendar",
        "Open the file, and your calendar will ask to add the meeting.\n\n"
        'If the meeting moves, your calendar will not change by itself. Reply "meetings" to see the day and time.',
        facts(meeting),
        (list_button(),),
        attachment=Attachment(
            f"meeting-{meeting.number}.ics", "text/calendar", calendar_file(organisation, [meeting], now=now)
        ),
    )


def none_for_calendar() -> Card:
    """The reader has no meeting to come, or said no to all of them."""
    return Card(
        "There is no meeting for your calendar",
        "None is planned, or you said that you cannot come.",
        buttons=(list_button(),),
    )


_HEARS: Mapping[Reach, str] = {
    "chat": "I will write to you when there is one.",
    "call": "A coordinator will tell you when there is one.",
    "stopped": "When there is one, you can see here who is coming.",
}


def no_meeting(reach: Reach, *, coordinator: bool) -> Card:
    """There is no meeting to come of which the reader could see who comes. ``reach``: how they hear of a new one."""
    title = "No meetings are planned in your groups yet"
    if coordinator:
        return Card(title, _HEARS["stopped"], buttons=(_new(),))
    return Card(title, _HEARS[reach], buttons=(list_button(),))


def cancelled(meeting: Meeting) -> Card:
    """Nothing can be done with a meeting that is cancelled."""
    return Card("That meeting is cancelled", f"It was to be on {when(meeting)}.", buttons=(list_button(),))


def past(meeting: Meeting) -> Card:
    """Nothing can be done with a meeting that has begun."""
    return Card(
        "That meeting has begun or is over",
        f"It was on {when(meeting)}. You can still tell the group what you think.",
        buttons=(_feedback(), list_button()),
    )


def attendance(meeting: Meeting, columns: Mapping[str, Sequence[str]], later: Sequence[Meeting], *, past: bool) -> Card:
    """Who is coming. ``columns``: under yes, no, not_sure and waiting, the people as they are to be shown."""
    titles = {"yes": "Coming", "not_sure": "Not sure yet", "no": "Not coming", "waiting": "No answer yet"}
    parts = [
        f"{title}: {len(columns[column])}" + ("\n" + ", ".join(columns[column]) if columns[column] else "")
        for column, title in titles.items()
    ]
    gone = _CANCELLED if meeting.cancelled_at else _PAST if past else ""
    return Card(
        f"{'Answers for' if gone else 'Who is coming to'} meeting {meeting.number}",
        "\n\n".join([gone, *parts] if gone else parts),
        facts(meeting)[:2],
        (
            Button("Open this meeting", "meetings.show", str(meeting.number)),
            # The place stands first, and no meeting's number: a typed number presses the button that stands there.
            *(
                Button(f"{at}. Who is coming on {_short_when(one)}", "meetings.who", str(one.number))
                for at, one in enumerate(later[:PER_PAGE], 2)
            ),
        ),
    )


def _short_when(meeting: Meeting) -> str:
    return f"{labels.short_day(meeting.local_start)}, {dates.clock(meeting.local_start.time())}"


def attendee(name: str, rsvp: Rsvp | None) -> str:
    """One person in that list."""
    how = {"online": "online", "in_person": "in person"}.get(rsvp.how, "") if rsvp else ""
    by = f"answered by {rsvp.by.name} for them" if rsvp and rsvp.by else ""
    said = "; ".join(part for part in (how, by) if part)
    return f"{name} ({said})" if said else name


def not_for_you() -> Card:
    """Only coordinators and chairs see who is coming."""
    return Card(
        "This is for coordinators and chairs",
        "You can see the meetings of your groups.",
        buttons=(list_button(),),
    )
