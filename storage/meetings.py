"""Meetings, the series they come from, and who is coming."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import DateTime, ForeignKey, Select, String, UniqueConstraint, and_, bindparam, select, update
from sqlalchemy.orm import Mapped, Session, contains_eager, joinedload, mapped_column, relationship

from storage.database import Base
from storage.groups import HERE, Group, Membership
from storage.organisations import Organisation, next_number
from storage.people import Person


class Series(Base):
    """A rule that makes meetings: an RFC 5545 RRULE in local wall time, from a first local start.

    ``first_start`` is where the rule counts from. ``next_start`` is the first date for which no meeting was made yet.
    A series that has ended is deleted; its meetings stay.
    """

    __tablename__ = "series"

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id", ondelete="CASCADE"), index=True)
    rule: Mapped[str] = mapped_column(String(300))
    first_start: Mapped[datetime] = mapped_column(DateTime)
    next_start: Mapped[datetime] = mapped_column(DateTime, index=True)

    group: Mapped[Group] = relationship()


class Meeting(Base):
    """One meeting.

    ``local_start`` is the wall time in ``zone`` (IANA) and is the truth; ``starts_at`` is worked out from it.
    ``how`` is online, in_person or both. ``version`` goes up when it is moved: an older invitation is then void.
    """

    __tablename__ = "meetings"
    __table_args__ = (UniqueConstraint("group_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]
    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id", ondelete="CASCADE"), index=True)
    series_id: Mapped[int | None] = mapped_column(ForeignKey("series.id", ondelete="SET NULL"), default=None)
    title: Mapped[str] = mapped_column(String(150))
    local_start: Mapped[datetime] = mapped_column(DateTime)
    zone: Mapped[str] = mapped_column(String(60))
    starts_at: Mapped[datetime] = mapped_column(index=True)
    minutes: Mapped[int]
    how: Mapped[str] = mapped_column(String(10))
    link: Mapped[str] = mapped_column(String(500), default="")
    phone: Mapped[str] = mapped_column(String(200), default="")
    address: Mapped[str] = mapped_column(String(500), default="")
    version: Mapped[int] = mapped_column(default=1)
    cancelled_at: Mapped[datetime | None] = mapped_column(default=None)

    group: Mapped[Group] = relationship()


class Rsvp(Base):
    """One person's answer: yes, no or not_sure; online or in_person. ``by_id`` is who answered on their behalf."""

    __tablename__ = "rsvps"
    __table_args__ = (UniqueConstraint("meeting_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    answer: Mapped[str] = mapped_column(String(8))
    how: Mapped[str] = mapped_column(String(10), default="")
    answered_at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), default=None)

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    by: Mapped[Person | None] = relationship(foreign_keys=[by_id])


# Made once: these run at every press on an invitation.
_NUMBERED = (
    select(Meeting)
    .join(Meeting.group)
    .where(Group.organisation_id == bindparam("organisation"), Meeting.number == bindparam("number"))
    .options(contains_eager(Meeting.group))
)
_ANSWER = select(Rsvp).where(Rsvp.meeting_id == bindparam("meeting"), Rsvp.person_id == bindparam("person"))


def add_series(session: Session, group: Group, rule: str, *, first_start: datetime) -> Series:
    """A new series, for which no meeting is made yet. ``first_start`` is local."""
    series = Series(group_id=group.id, rule=rule, first_start=first_start, next_start=first_start)
    session.add(series)
    session.flush()
    return series


def series_due(session: Session, organisation_id: int, *, until: datetime) -> Sequence[Series]:
    """The organisation's series with a date up to `until` (local) for which no meeting was made yet."""
    return session.scalars(
        select(Series)
        .join(Group, Group.id == Series.group_id)
        .where(Group.organisation_id == organisation_id, Series.next_start <= until)
        .order_by(Series.id)
    ).all()


def step(session: Session, series: Series, *, to: datetime) -> bool:
    """Go on to the next date of the series. False when another process was faster, and makes the meeting."""
    result = session.execute(
        update(Series)
        .where(Series.id == series.id, Series.next_start == series.next_start)
        .values(next_start=to)
        .execution_options(synchronize_session=False)
    )
    session.refresh(series)
    return bool(result.rowcount)  # type: ignore[attr-defined]  # an UPDATE's result has it


def pattern_of(session: Session, series: Series) -> Meeting | None:
    """The meeting after which the series' next one is made: the newest, if possible one that was not moved."""
    return session.scalar(
        select(Meeting).where(Meeting.series_id == series.id).order_by(Meeting.version, Meeting.id.desc()).limit(1)
    )


def end_series(session: Session, meeting: Meeting, *, now: datetime) -> Sequence[Meeting]:
    """End the meeting's series, and call off this meeting and all later ones of it. Returns those."""
    series = session.get(Series, meeting.series_id) if meeting.series_id is not None else None
    if series is None:
        cancel(session, meeting, now=now)
        return [meeting]
    all_of_it = session.scalars(
        select(Meeting).where(Meeting.series_id == series.id).order_by(Meeting.starts_at, Meeting.id)
    ).all()
    later = [one for one in all_of_it if one.starts_at >= meeting.starts_at and one.cancelled_at is None]
    for one in later:
        cancel(session, one, now=now)
    for one in all_of_it:
        one.series_id = None
    session.flush()
    session.delete(series)
    session.flush()
    return later


def add_meeting(
    session: Session,
    organisation: Organisation,
    group: Group,
    *,
    title: str,
    local_start: datetime,
    starts_at: datetime,
    zone: str,
    minutes: int,
    how: str,
    link: str = "",
    phone: str = "",
    address: str = "",
    series: Series | None = None,
) -> Meeting:
    """A new meeting with the organisation's next number."""
    meeting = Meeting(
        number=next_number(session, organisation, "meetings_made"),
        group_id=group.id,
        series_id=series.id if series else None,
        title=title,
        local_start=local_start,
        zone=zone,
        starts_at=starts_at,
        minutes=minutes,
        how=how,
        link=link,
        phone=phone,
        address=address,
    )
    session.add(meeting)
    session.flush()
    return meeting


def _of_organisation(organisation_id: int) -> Select[Meeting]:
    return select(Meeting).join(Group, Group.id == Meeting.group_id).where(Group.organisation_id == organisation_id)


def meeting_numbered(session: Session, organisation_id: int, number: int) -> Meeting | None:
    """The organisation's meeting of this number."""
    return session.scalar(_NUMBERED, {"organisation": organisation_id, "number": number})


def upcoming(
    session: Session, organisation_id: int, *, now: datetime, until: datetime | None = None
) -> Sequence[Meeting]:
    """The meetings of the organisation that are still to come and not cancelled, soonest first."""
    query = _of_organisation(organisation_id).where(Meeting.starts_at > now, Meeting.cancelled_at.is_(None))
    if until is not None:
        query = query.where(Meeting.starts_at <= until)
    return session.scalars(query.options(joinedload(Meeting.group)).order_by(Meeting.starts_at, Meeting.id)).all()


def upcoming_for(session: Session, person: Person, *, now: datetime) -> Sequence[Meeting]:
    """The meetings still to come of the groups the person belongs to, soonest first."""
    return session.scalars(
        select(Meeting)
        .join(Membership, Membership.group_id == Meeting.group_id)
        .where(
            Membership.person_id == person.id,
            Membership.state.in_(HERE),
            Meeting.starts_at > now,
            Meeting.cancelled_at.is_(None),
        )
        .order_by(Meeting.starts_at, Meeting.id)
    ).all()


def standing_at(session: Session, group: Group, *, starts_at: datetime) -> Meeting | None:
    """The group's meeting that begins at this moment and is not cancelled."""
    return session.scalar(
        select(Meeting)
        .where(Meeting.group_id == group.id, Meeting.starts_at == starts_at, Meeting.cancelled_at.is_(None))
        .limit(1)
    )


def answers_of(session: Session, person: Person, to: Sequence[Meeting]) -> dict[int, Rsvp]:
    """The person's answers to these meetings, by the id of the meeting."""
    rows = session.scalars(
        select(Rsvp).where(Rsvp.person_id == person.id, Rsvp.meeting_id.in_([meeting.id for meeting in to]))
    )
    return {row.meeting_id: row for row in rows}


def rsvp_of(session: Session, meeting: Meeting, person: Person) -> Rsvp | None:
    """The person's answer, or None."""
    return session.scalar(_ANSWER, {"meeting": meeting.id, "person": person.id})


def answer(
    session: Session,
    meeting: Meeting,
    person: Person,
    *,
    answer: str,
    now: datetime,
    how: str = "",
    by: Person | None = None,
) -> Rsvp:
    """Write the person's answer down, in the place of an earlier one."""
    rsvp = rsvp_of(session, meeting, person)
    if rsvp is None:
        rsvp = Rsvp(meeting_id=meeting.id, person_id=person.id, answer=answer, answered_at=now)
        session.add(rsvp)
    rsvp.answer, rsvp.how, rsvp.answered_at, rsvp.by_id = answer, how, now, by.id if by else None
    session.flush()
    return rsvp


def rsvps_to(session: Session, meeting: Meeting) -> Sequence[Rsvp]:
    """Every answer to the meeting."""
    return session.scalars(select(Rsvp).where(Rsvp.meeting_id == meeting.id).order_by(Rsvp.id)).all()


def who_said(meeting: Meeting, answer: str) -> Select[int]:
    """The ids of those who belong to the group now and gave this answer."""
    here = and_(Membership.person_id == Rsvp.person_id, Membership.group_id == meeting.group_id)
    return (
        select(Rsvp.person_id)
        .join(Membership, here)
        .where(Rsvp.meeting_id == meeting.id, Rsvp.answer == answer, Membership.state.in_(HERE))
    )


def who_has_said(meeting: Meeting, answer: str, *, before: datetime, how: str | None = None) -> Select[int]:
    """The ids of the people whose answer has been this since before that moment; ``how``: in just this way."""
    said = who_said(meeting, answer).where(Rsvp.answered_at < before)
    return said if how is None else said.where(Rsvp.how == how)


def who_did_not_say_no(meeting: Meeting) -> Select[int]:
    """The ids of the group's members but those who are not coming anyway."""
    return select(Membership.person_id).where(
        Membership.group_id == meeting.group_id,
        Membership.state.in_(HERE),
        Membership.role != "coordinator",
        Membership.person_id.not_in(who_said(meeting, "no")),
    )


def who_has_not_answered(meeting: Meeting) -> Select[int]:
    """The ids of the group's members who gave no answer."""
    answered = select(Rsvp.person_id).where(Rsvp.meeting_id == meeting.id)
    return select(Membership.person_id).where(
        Membership.group_id == meeting.group_id,
        Membership.state.in_(HERE),
        Membership.role != "coordinator",
        Membership.person_id.not_in(answered),
    )


def move(session: Session, meeting: Meeting, *, local_start: datetime, starts_at: datetime, minutes: int) -> bool:
    """Give the meeting another time. Answers stay; what was written about the old time is void.

    False, and nothing is changed, when somebody else moved it at the same moment.
    """
    result = session.execute(
        update(Meeting)
        .where(Meeting.id == meeting.id, Meeting.version == meeting.version)
        .values(local_start=local_start, starts_at=starts_at, minutes=minutes, version=meeting.version + 1)
        .execution_options(synchronize_session=False)
    )
    session.refresh(meeting)
    return bool(result.rowcount)  # type: ignore[attr-defined]  # an UPDATE's result has it


def cancel(session: Session, meeting: Meeting, *, now: datetime) -> None:
    """Call the meeting off. What was written about it before is void."""
    meeting.cancelled_at, meeting.version = now, meeting.version + 1
    session.flush()
