"""Groups, who is in them, and in which role and state."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import ForeignKey, Select, String, UniqueConstraint, bindparam, func, select
from sqlalchemy.orm import Mapped, Session, contains_eager, mapped_column, relationship

from storage import people
from storage.database import Base, Secret, constants
from storage.people import Person, Reach

HERE = ("active", "paused")
"""The states of those who belong to a group now."""

CONCERNED = ("interested", "invited", "induction", *HERE)
"""The states of those whom a group's coordinators have to do with."""


class Group(Base):
    """A patient advisory group."""

    __tablename__ = "groups"
    __table_args__ = (UniqueConstraint("organisation_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    name: Mapped[str] = mapped_column(String(150))
    about: Mapped[str] = mapped_column(String(1000), default="")
    who_can_join: Mapped[str] = mapped_column(String(500), default="")
    rhythm: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime]


class Membership(Base):
    """One person's place in one group.

    ``role``: member, staff_partner, chair or coordinator. ``state``: interested, invited, induction, active, paused,
    left or declined. Somebody for whom everything was stopped keeps the state they had: see `Person.silenced_at`.
    """

    __tablename__ = "memberships"
    __table_args__ = (UniqueConstraint("group_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    role: Mapped[str] = mapped_column(String(15), default="member")
    state: Mapped[str] = mapped_column(String(12))
    connection: Mapped[str] = mapped_column(String(20), default="")
    asked_at: Mapped[datetime]
    decided_at: Mapped[datetime | None] = mapped_column(default=None)
    decline_reason: Mapped[str | None] = mapped_column(Secret, default=None)
    paused_until: Mapped[date | None] = mapped_column(default=None)

    group: Mapped[Group] = relationship()
    person: Mapped[Person] = relationship()


# Made once: one or the other runs at most events.
_PLACE = select(Membership).where(
    Membership.group_id == bindparam("group"), Membership.person_id == bindparam("person")
)
_COORDINATED = (
    select(Group)
    .join(Membership, Membership.group_id == Group.id)
    .where(
        Membership.person_id == bindparam("person"),
        Membership.role == "coordinator",
        Membership.state.in_(constants(HERE)),
    )
    .order_by(Group.name)
)
_COORDINATORS = (
    select(Person)
    .join(Membership, Membership.person_id == Person.id)
    .where(
        Membership.group_id == bindparam("group"),
        Membership.role == "coordinator",
        Membership.state.in_(constants(HERE)),
        Person.silenced_at.is_(None),
    )
    .order_by(Person.name, Person.id)
)


@cache
def _places(states: tuple[str, ...]) -> Any:
    return (
        select(Membership)
        .join(Membership.group)
        .where(Membership.person_id == bindparam("person"), Membership.state.in_(constants(states)))
        .order_by(Group.name)
        .options(contains_eager(Membership.group))
    )


def add_group(
    session: Session,
    organisation_id: int,
    *,
    name: str,
    about: str,
    who_can_join: str,
    rhythm: str,
    now: datetime,
) -> Group:
    """A new group. The caller has looked that the name is free."""
    group = Group(
        organisation_id=organisation_id,
        name=name,
        about=about,
        who_can_join=who_can_join,
        rhythm=rhythm,
        created_at=now,
    )
    session.add(group)
    session.flush()
    return group


def groups_of(session: Session, organisation_id: int) -> Sequence[Group]:
    """The organisation's groups by name."""
    return session.scalars(select(Group).where(Group.organisation_id == organisation_id).order_by(Group.name)).all()


def group_by_id(session: Session, organisation_id: int, group_id: int) -> Group | None:
    """The group, if it belongs to this organisation."""
    group = session.get(Group, group_id)
    return group if group is not None and group.organisation_id == organisation_id else None


def membership(session: Session, group_id: int, person_id: int) -> Membership | None:
    """The person's place in the group, whatever its state."""
    return session.scalar(_PLACE, {"group": group_id, "person": person_id})


def reach(session: Session, person: Person, group_id: int | None) -> Reach:
    """How news about this group that is no answer to them would reach this person now."""
    there = membership(session, group_id, person.id) if group_id is not None else None
    return "stopped" if there is not None and there.state == "paused" else people.reach(session, person)


def place(
    session: Session,
    group: Group,
    person: Person,
    *,
    state: str,
    now: datetime,
    role: str = "member",
    connection: str = "",
) -> Membership:
    """Put the person in the group in this state and role. A place they had before is taken up again."""
    found = membership(session, group.id, person.id)
    if found is None:
        found = Membership(group_id=group.id, person_id=person.id, role=role, state=state, asked_at=now)
        session.add(found)
    found.role, found.state, found.asked_at = role, state, now
    found.connection = connection or found.connection
    found.decided_at, found.decline_reason, found.paused_until = None, None, None
    session.flush()
    return found


def memberships_of(session: Session, person: Person, *, states: Sequence[str] = HERE) -> Sequence[Membership]:
    """The person's places in these states, by the name of the group."""
    return session.scalars(_places(tuple(states)), {"person": person.id}).all()


def members_of(session: Session, group: Group) -> Sequence[Membership]:
    """Those in the group, coordinators left out, by name. Nobody for whom everything was stopped."""
    return session.scalars(
        select(Membership)
        .join(Person, Person.id == Membership.person_id)
        .where(
            Membership.group_id == group.id,
            Membership.state.in_(HERE),
            Membership.role != "coordinator",
            Person.silenced_at.is_(None),
        )
        .order_by(Person.name, Person.id)
    ).all()


def coordinators_of(session: Session, group_id: int) -> Sequence[Person]:
    """The group's coordinators."""
    return session.scalars(_COORDINATORS, {"group": group_id}).all()


def coordinators_for(session: Session, person: Person) -> Sequence[Person]:
    """The coordinators of the groups this person belongs to or asked to join."""
    mine = select(Membership.group_id).where(
        Membership.person_id == person.id, Membership.state.in_(("interested", "invited", "induction", *HERE))
    )
    return session.scalars(
        select(Person)
        .where(
            Person.id.in_(
                select(Membership.person_id).where(
                    Membership.group_id.in_(mine), Membership.role == "coordinator", Membership.state.in_(HERE)
                )
            ),
            Person.silenced_at.is_(None),
        )
        .order_by(Person.id)
    ).all()


def coordinated_by(session: Session, person: Person) -> Sequence[Group]:
    """The groups this person coordinates, by name."""
    return session.scalars(_COORDINATED, {"person": person.id}).all()


def audience(group_id: int) -> Select[int]:
    """The ids of everyone an announcement to the group is for: members in any role but coordinator, paused ones too."""
    return select(Membership.person_id).where(
        Membership.group_id == group_id, Membership.role != "coordinator", Membership.state.in_(HERE)
    )


def requests_for(session: Session, group_ids: Sequence[int]) -> Sequence[Membership]:
    """Those who asked to join one of the groups and wait for an answer, oldest first."""
    return session.scalars(
        select(Membership)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.group_id.in_(group_ids), Membership.state == "interested", Person.silenced_at.is_(None))
        .order_by(Membership.asked_at, Membership.id)
    ).all()


def bring_back(session: Session, *, organisation_id: int, today: date) -> Sequence[Membership]:
    """End the pauses whose day of return has come. Returns the places that are active again."""
    due = session.scalars(
        select(Membership)
        .join(Group, Group.id == Membership.group_id)
        .where(Group.organisation_id == organisation_id, Membership.state == "paused", Membership.paused_until <= today)
    ).all()
    for place_ in due:
        place_.state, place_.paused_until = "active", None
    return due


def size(session: Session, group_id: int) -> int:
    """How many people an announcement to the group is for."""
    return session.scalar(select(func.count()).select_from(audience(group_id).subquery())) or 0


def people_in(session: Session, group_ids: Sequence[int]) -> Sequence[Person]:
    """Everyone with a place in one of the groups, or who asked for one, in any role, by name."""
    places = select(Membership.person_id).where(Membership.group_id.in_(group_ids), Membership.state.in_(CONCERNED))
    return session.scalars(select(Person).where(Person.id.in_(places)).order_by(Person.name, Person.id)).all()
