"""Who was written to about a meeting, so that nobody is written to twice or too often."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, func, select

from storage.meetings import Meeting
from storage.outbox import Letter
from storage.people import Person

_REACHED = ("waiting", "sending", "sent", "unknown")


def written_to(people: Select[int], *, key: str, before: datetime) -> Select[int]:
    """Those of the people who have had a letter under this key since before that moment."""
    had = select(Letter.person_id).where(Letter.key == key, Letter.created_at < before, Letter.person_id.is_not(None))
    return select(Person.id).where(Person.id.in_(people), Person.id.in_(had))


def to_remind(people: Select[int], meeting: Meeting, *, most: int) -> Select[int]:
    """Those of the people who got, or are about to get, fewer reminders of the meeting, on whatever date it was."""
    often = (
        select(Letter.person_id)
        .where(
            Letter.meeting_id == meeting.id,
            Letter.kind == "reminder",
            Letter.state.in_(_REACHED),
            Letter.person_id.is_not(None),
        )
        .group_by(Letter.person_id)
        .having(func.count() >= most)
    )
    return select(Person.id).where(Person.id.in_(people), Person.id.not_in(often))
