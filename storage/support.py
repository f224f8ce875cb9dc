"""Support to take part: what each person needs, and what was arranged for each meeting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint, and_, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from storage.database import Base, Secret
from storage.groups import Membership
from storage.meetings import Meeting, Rsvp
from storage.people import Person


class Need(Base):
    """One thing that helps a person take part. It holds for every meeting until they change it.

    ``code`` comes from the list of adjustments; ``detail`` is the smallest detail that booking needs.
    """

    __tablename__ = "needs"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    code: Mapped[str] = mapped_column(Secret)
    detail: Mapped[str] = mapped_column(Secret)
    asked_at: Mapped[datetime]

    person: Mapped[Person] = relationship()


class Adjustment(Base):
    """What became of one need for one meeting. Until a person does something about it there is no row: `asked`.

    ``state``: arranging, arranged, met, not_met or not_needed. ``reason`` and ``alternative`` go with not_met.
    """

    __tablename__ = "adjustments"
    __table_args__ = (UniqueConstraint("need_id", "meeting_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    need_id: Mapped[int] = mapped_column(ForeignKey("needs.id", ondelete="CASCADE"))
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id", ondelete="CASCADE"), index=True)
    state: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str | None] = mapped_column(Secret, default=None)
    alternative: Mapped[str | None] = mapped_column(Secret, default=None)
    changed_at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), default=None)


def needs_of(session: Session, person: Person) -> Sequence[Need]:
    """What helps this person take part, oldest first."""
    return session.scalars(select(Need).where(Need.person_id == person.id).order_by(Need.id)).all()


def set_needs(session: Session, person: Person, wanted: Mapping[str, str], *, now: datetime) -> None:
    """Make `wanted` (code to detail) what the person needs. A need that stays keeps what was arranged for it."""
    for need in needs_of(session, person):
        if need.code in wanted:
            need.detail = wanted[need.code]
        else:
            session.delete(need)
    have = {need.code for need in needs_of(session, person)}
    session.add_all(
        Need(person_id=person.id, code=code, detail=detail, asked_at=now)
        for code, detail in wanted.items()
        if code not in have
    )
    session.flush()


def needs_by_person(session: Session, people: Sequence[int]) -> dict[int, list[Need]]:
    """The needs of each of these people."""
    found: dict[int, list[Need]] = {}
    for need in session.scalars(select(Need).where(Need.person_id.in_(people)).order_by(Need.id)):
        found.setdefault(need.person_id, []).append(need)
    return found


def adjustments_for(session: Session, meeting: Meeting) -> dict[int, Adjustment]:
    """What was done for the meeting, by the id of the need."""
    rows = session.scalars(select(Adjustment).where(Adjustment.meeting_id == meeting.id))
    return {row.need_id: row for row in rows}


def need_by_id(session: Session, organisation_id: int, need_id: int) -> Need | None:
    """The need, if it is of somebody in this organisation."""
    need = session.get(Need, need_id)
    return need if need is not None and need.person.organisation_id == organisation_id else None


def set_state(
    session: Session,
    need: Need,
    meeting: Meeting,
    state: str,
    *,
    by: Person,
    now: datetime,
    reason: str | None = None,
    alternative: str | None = None,
) -> Adjustment:
    """Write down what became of the need for this meeting."""
    row = session.scalar(select(Adjustment).where(Adjustment.need_id == need.id, Adjustment.meeting_id == meeting.id))
    if row is None:
        row = Adjustment(need_id=need.id, meeting_id=meeting.id, state=state, changed_at=now)
        session.add(row)
    row.state, row.reason, row.alternative = state, reason, alternative
    row.changed_at, row.by_id = now, by.id
    session.flush()
    return row


def coming(session: Session, person: Person, *, now: datetime) -> Sequence[tuple[Meeting, str]]:
    """The meetings to come for which things are arranged for this person, as `needs_at` has it, soonest first.

    With each stands how they take part.
    """
    rows = session.execute(
        select(Meeting, Rsvp.how)
        .join(Membership, Membership.group_id == Meeting.group_id)
        .outerjoin(Rsvp, and_(Rsvp.person_id == person.id, Rsvp.meeting_id == Meeting.id))
        .where(
            Membership.person_id == person.id,
            Membership.state == "active",
            Membership.role != "coordinator",
            Meeting.starts_at > now,
            Meeting.cancelled_at.is_(None),
            or_(Rsvp.id.is_(None), Rsvp.answer != "no"),
        )
        .order_by(Meeting.starts_at, Meeting.id)
    )
    return [(meeting, how or meeting.how) for meeting, how in rows]


def needs_at(session: Session, meeting: Meeting) -> Sequence[tuple[Need, Person, str]]:
    """What the group's active members need who did not say no to this meeting, by name; coordinators left out.

    With each stands how the person takes part: what they answered, or else how the meeting is held.
    """
    rows = session.execute(
        select(Need, Person, Rsvp.how)
        .join(Person, Person.id == Need.person_id)
        .join(Membership, Membership.person_id == Person.id)
        .outerjoin(Rsvp, and_(Rsvp.person_id == Person.id, Rsvp.meeting_id == meeting.id))
        .where(
            Membership.group_id == meeting.group_id,
            Membership.state == "active",
            Membership.role != "coordinator",
            Person.silenced_at.is_(None),
            or_(Rsvp.id.is_(None), Rsvp.answer != "no"),
        )
        .order_by(Person.name, Person.id, Need.id)
    )
    return [(need, person, how or meeting.how) for need, person, how in rows]
