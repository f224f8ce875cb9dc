"""What a week brought each person and what waits for them, in numbers, read from what the rest keeps."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import Session

from storage.feedback import Comment, of_those_who_may_be_named
from storage.groups import Group, Membership
from storage.meetings import Meeting, Rsvp
from storage.outbox import Letter
from storage.people import Account, Person
from storage.support import Adjustment, Need

AHEAD = timedelta(days=14)
"""How far ahead meetings that wait for an answer are counted."""


@dataclass(frozen=True)
class Week:
    """One person's numbers: what waits for their answer, what was new, and, for coordinators, what waits for them."""

    meetings: int = 0
    announcements: int = 0
    outcomes: int = 0
    requests: int = 0
    comments: int = 0
    undelivered: int = 0
    to_book: int = 0


@dataclass(frozen=True)
class OpenNeed:
    """A kind of support that nobody has settled for one meeting. ``how`` is how the person takes part."""

    group_id: int
    code: str
    local_start: datetime
    how: str


def weeks(
    session: Session,
    organisation_id: int,
    *,
    since: datetime,
    before: datetime,
    now: datetime,
    to_book: Mapping[int, int],
) -> dict[Week, list[Person]]:
    """Everyone who has something to read this week, those with the same numbers together.

    What was new is counted from `since` until just before `before`, meetings from `now`. ``to_book`` is how much
    support is to be booked soon, by group. Left out: whoever paused or stopped, and whoever is not reached by chat.
    """
    counts: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for name, query in _own(organisation_id, since=since, before=before, now=now).items():
        for person_id, number in session.execute(query):
            counts[person_id][name] += number
    waiting: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for name, query in _waiting(organisation_id, since=since, before=before).items():
        for group_id, number in session.execute(query):
            waiting[group_id][name] += number
    for group_id, number in to_book.items():
        waiting[group_id]["to_book"] += number
    for person_id, group_id in session.execute(_coordinators(organisation_id)):
        counts[person_id].update(waiting[group_id])
    found: dict[Week, list[Person]] = {}
    for person in session.scalars(_who_may_hear(organisation_id)):
        week = Week(**counts[person.id])
        if week != Week():
            found.setdefault(week, []).append(person)
    return found


def _own(organisation_id: int, *, since: datetime, before: datetime, now: datetime) -> dict[str, Select[Any, int]]:
    """Queries for (person, number)."""
    answered = exists().where(Rsvp.meeting_id == Meeting.id, Rsvp.person_id == Membership.person_id)
    return {
        "meetings": select(Membership.person_id, func.count())
        .join(Group, Group.id == Membership.group_id)
        .join(Meeting, Meeting.group_id == Membership.group_id)
        .where(
            Group.organisation_id == organisation_id,
            Membership.state == "active",
            Membership.role != "coordinator",
            Meeting.cancelled_at.is_(None),
            Meeting.starts_at > now,
            Meeting.starts_at <= now + AHEAD,
            ~answered,
        )
        .group_by(Membership.person_id),
        "announcements": select(Letter.person_id, func.count())
        .where(
            Letter.organisation_id == organisation_id,
            Letter.kind == "announcement",
            Letter.state == "sent",
            Letter.person_id.is_not(None),
            Letter.sent_at >= since,
            Letter.sent_at < before,
        )
        .group_by(Letter.person_id),
        "outcomes": select(Comment.author_id, func.count())
        .where(
            Comment.organisation_id == organisation_id,
            Comment.state == "answered",
            Comment.author_id.is_not(None),
            Comment.answered_at >= since,
            Comment.answered_at < before,
        )
        .group_by(Comment.author_id),
    }


def _waiting(organisation_id: int, *, since: datetime, before: datetime) -> dict[str, Select[Any, int]]:
    """Queries for (group, number)."""
    return {
        "requests": select(Membership.group_id, func.count())
        .join(Group, Group.id == Membership.group_id)
        .join(Person, Person.id == Membership.person_id)
        .where(Group.organisation_id == organisation_id, Membership.state == "interested", Person.silenced_at.is_(None))
        .group_by(Membership.group_id),
        "comments": select(Comment.group_id, func.count())
        .where(
            Comment.organisation_id == organisation_id,
            Comment.state == "open",
            Comment.group_id.is_not(None),
            of_those_who_may_be_named(),
        )
        .group_by(Comment.group_id),
        # By the time they were due: what is written on Friday night is due, and can fail, on Monday.
        "undelivered": select(Letter.group_id, func.count())
        .where(
            Letter.organisation_id == organisation_id,
            Letter.kind == "announcement",
            Letter.state.in_(("failed", "unknown")),
            Letter.group_id.is_not(None),
            Letter.due_at >= since,
            Letter.due_at < before,
        )
        .group_by(Letter.group_id),
    }


def _coordinators(organisation_id: int) -> Select[int, int]:
    return (
        select(Membership.person_id, Membership.group_id)
        .join(Group, Group.id == Membership.group_id)
        .where(Group.organisation_id == organisation_id, Membership.role == "coordinator", Membership.state == "active")
    )


def _who_may_hear(organisation_id: int) -> Select[Person]:
    active = exists().where(Membership.person_id == Person.id, Membership.state == "active")
    paused = exists().where(Membership.person_id == Person.id, Membership.state == "paused")
    return (
        select(Person)
        .join(Account, Account.id == Person.account_id)
        .where(
            Person.organisation_id == organisation_id,
            Person.stopped_at.is_(None),
            Person.silenced_at.is_(None),
            Person.reach_by == "chat",
            Account.gone.is_(False),
            or_(active, ~paused),
        )
        .order_by(Person.id)
    )


def open_needs(
    session: Session, organisation_id: int, *, now: datetime, until: datetime, group_ids: Sequence[int] | None = None
) -> Sequence[OpenNeed]:
    """The support not yet arranged for the meetings to come until then, for members who may come.

    ``group_ids``: of these groups alone.
    """
    query = (
        select(Meeting.group_id, Need.code, Meeting.local_start, func.coalesce(func.nullif(Rsvp.how, ""), Meeting.how))
        .join(Group, Group.id == Meeting.group_id)
        .join(Membership, Membership.group_id == Meeting.group_id)
        .join(Person, Person.id == Membership.person_id)
        .join(Need, Need.person_id == Membership.person_id)
        .outerjoin(Rsvp, (Rsvp.meeting_id == Meeting.id) & (Rsvp.person_id == Membership.person_id))
        .outerjoin(Adjustment, (Adjustment.meeting_id == Meeting.id) & (Adjustment.need_id == Need.id))
        .where(
            Group.organisation_id == organisation_id,
            Membership.role != "coordinator",
            Meeting.cancelled_at.is_(None),
            Meeting.starts_at > now,
            Meeting.starts_at <= until,
            Membership.state == "active",
            Person.silenced_at.is_(None),
            or_(Rsvp.id.is_(None), Rsvp.answer != "no"),
            or_(Adjustment.id.is_(None), Adjustment.state == "arranging"),
        )
    )
    if group_ids is not None:
        query = query.where(Meeting.group_id.in_(group_ids))
    return [OpenNeed(*row) for row in session.execute(query)]
