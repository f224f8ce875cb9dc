"""The rhythm of one meeting: when people are invited, reminded and told how to join."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from handlers.calendar import is_working_day, to_utc, working_days_before
from storage.meetings import Meeting

INVITED = 14
"""Working days before the meeting."""

REMINDED = 2
"""Working days before the meeting."""

FARTHEST = timedelta(days=40)
"""No invitation goes earlier than this, whatever holidays lie between."""

_MORNING, _MIDDAY = time(9), time(12)
_LATE_ENOUGH = time(11)


def invited_at(meeting: Meeting, nation: str) -> datetime:
    """When the meeting asks for an answer: 9am, 14 working days before (UTC)."""
    return _on(meeting, working_days_before(meeting.local_start.date(), INVITED, nation), _MORNING)


def reminded_at(meeting: Meeting, nation: str) -> datetime:
    """When people are reminded: 9am, 2 working days before (UTC)."""
    return _on(meeting, working_days_before(meeting.local_start.date(), REMINDED, nation), _MORNING)


def told_how_at(meeting: Meeting, nation: str) -> datetime:
    """When those who come are told how to join: 9am on the day, where that leaves 2 hours and is a working day (UTC).

    Otherwise midday on the working day before, because nothing unasked goes outside working hours.
    """
    day = meeting.local_start.date()
    if is_working_day(day, nation) and meeting.local_start.time() >= _LATE_ENOUGH:
        return _on(meeting, day, _MORNING)
    return _on(meeting, working_days_before(day, 1, nation), _MIDDAY)


def invitation_key(meeting: Meeting) -> str:
    """The key of the letter that asks for an answer to the meeting at its present time."""
    return f"invitation:{meeting.id}:{meeting.version}"


def _on(meeting: Meeting, day: date, clock: time) -> datetime:
    return to_utc(datetime.combine(day, clock), meeting.zone)
