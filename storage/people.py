"""People, the accounts they write from, and what they agreed to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal

from sqlalchemy import ForeignKey, Select, String, UniqueConstraint, bindparam, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from storage.database import Base, Secret

LONGEST_NAME = 100
"""Characters. What a platform says beyond that is cut."""


class Account(Base):
    """One person's account on one platform. ``conversation`` is the platform's id of the direct message.

    ``name`` is what the platform calls them, or empty; ``changed_at`` when it last told how the account stands.
    ``home_seen``: they have looked at their own page there, so it is kept up to date. ``guest``: they are a guest of
    the workspace.
    """

    __tablename__ = "accounts"
    __table_args__ = (UniqueConstraint("platform", "workspace", "user"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    platform: Mapped[str] = mapped_column(String(10))
    workspace: Mapped[str] = mapped_column(String(100))
    user: Mapped[str] = mapped_column(String(100))
    conversation: Mapped[str] = mapped_column(String(300), default="")
    gone: Mapped[bool] = mapped_column(default=False)
    name: Mapped[str] = mapped_column(String(LONGEST_NAME), default="")
    changed_at: Mapped[datetime | None] = mapped_column(default=None)
    home_seen: Mapped[bool] = mapped_column(default=False, index=True)
    guest: Mapped[bool] = mapped_column(default=False)

    person: Mapped[Person] = relationship(foreign_keys=[person_id])


class Person(Base):
    """Somebody the organisation knows: member, carer, coordinator, or new.

    ``account_id`` is the account they last wrote from; none for people without chat. ``reach_by`` is ``chat`` or
    ``call`` (phone, post, text or email: a coordinator does it). ``contact`` is how, for people without chat.
    ``stopped_at``: they wrote `stop`. ``silenced_at``: somebody wrote `stop everything for` them.
    """

    __tablename__ = "people"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(
        ForeignKey("accounts.id", ondelete="SET NULL", use_alter=True), default=None
    )
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    language: Mapped[str] = mapped_column(String(60), default="English")
    time_zone: Mapped[str] = mapped_column(String(60))
    admin: Mapped[bool] = mapped_column(default=False)
    reach_by: Mapped[str] = mapped_column(String(4), default="chat")
    contact: Mapped[str | None] = mapped_column(Secret, default=None)
    quiet_hours: Mapped[str] = mapped_column(String(11), default="")
    first_seen_at: Mapped[datetime]
    stopped_at: Mapped[datetime | None] = mapped_column(default=None)
    silenced_at: Mapped[datetime | None] = mapped_column(default=None)
    silenced_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), default=None)


ConsentKind = Literal["notice", "use_words", "use_name", "other_groups"]


Reach = Literal["chat", "call", "stopped"]
"""How somebody hears what they did not ask for: in chat, by the call list, or not at all.

Not at all: since they wrote `stop`, are on a break from the group, or everything was stopped for them.
"""


class ConsentRecord(Base):
    """That a person saw a version of the privacy notice, or opted in to one thing, and when they took it back."""

    __tablename__ = "consent_records"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    privacy_notice_version: Mapped[str] = mapped_column(String(20))
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None] = mapped_column(default=None)


# Made once: it runs at every event.
_ACCOUNT = (
    select(Account)
    .where(
        Account.platform == bindparam("platform"),
        Account.workspace == bindparam("workspace"),
        Account.user == bindparam("user"),
    )
    .with_for_update(key_share=True)
)


def account_of(session: Session, platform: str, workspace: str, user: str) -> Account | None:
    """The account, with its person, or None when we never met.

    On PostgreSQL whoever asks for it next waits for this transaction: what one person does is answered in turn.
    """
    return session.scalar(_ACCOUNT, {"platform": platform, "workspace": workspace, "user": user})


def accounts(session: Session, ids: Iterable[int]) -> Sequence[Account]:
    """The accounts with these ids, oldest first."""
    return session.scalars(select(Account).where(Account.id.in_(list(ids))).order_by(Account.id)).all()


def meet(
    session: Session,
    organisation_id: int,
    *,
    platform: str,
    workspace: str,
    user: str,
    name: str,
    time_zone: str,
    now: datetime,
) -> Account:
    """A new person and their account, on first sight. Of two first sights at once, the second takes up the first."""
    try:
        with session.begin_nested():
            person = add_person(session, organisation_id, name=name, time_zone=time_zone, now=now)
            account = Account(person=person, platform=platform, workspace=workspace, user=user)
            session.add(account)
            session.flush()
            person.account_id = account.id
    except IntegrityError:
        found = account_of(session, platform, workspace, user)
        if found is None:
            raise
        return found
    return account


def add_person(session: Session, organisation_id: int, *, name: str, time_zone: str, now: datetime) -> Person:
    """A new person, without an account as yet."""
    person = Person(organisation_id=organisation_id, name=name[:LONGEST_NAME], time_zone=time_zone, first_seen_at=now)
    session.add(person)
    session.flush()
    return person


def person_by_id(session: Session, organisation_id: int, person_id: int) -> Person | None:
    """The person, if they belong to this organisation."""
    person = session.get(Person, person_id)
    return person if person is not None and person.organisation_id == organisation_id else None


def reach(session: Session, person: Person) -> Reach:
    """How what is not an answer to them would reach this person now."""
    if person.stopped_at is not None or person.silenced_at is not None:
        return "stopped"
    account = session.get(Account, person.account_id) if person.account_id is not None else None
    return "call" if account is None or account.gone or person.reach_by == "call" else "chat"


def people_named(session: Session, organisation_id: int, name: str) -> Sequence[Person]:
    """People of the organisation of this name, any case; when there are none, those whose name begins with it."""
    wanted = name.strip().casefold()
    if not wanted:
        return []
    everyone = session.scalars(
        select(Person).where(Person.organisation_id == organisation_id).order_by(Person.name, Person.id)
    ).all()
    exact = [person for person in everyone if person.name.casefold() == wanted]
    return exact or [person for person in everyone if person.name.casefold().startswith(wanted)]


def these(people: Iterable[Person]) -> Select[int]:
    """The ids of just these people, as a query."""
    return select(Person.id).where(Person.id.in_([person.id for person in people]))


def administrators(session: Session, organisation_id: int) -> Sequence[Person]:
    """The organisation's administrators."""
    return session.scalars(
        select(Person)
        .where(Person.organisation_id == organisation_id, Person.admin, Person.silenced_at.is_(None))
        .order_by(Person.id)
    ).all()


def record_consent(session: Session, person: Person, kind: ConsentKind, *, version: str, now: datetime) -> None:
    """Write down that the person saw the notice, or opted in."""
    session.add(ConsentRecord(person_id=person.id, kind=kind, privacy_notice_version=version, given_at=now))


def withdraw_consent(session: Session, person: Person, kind: ConsentKind, *, now: datetime) -> None:
    """Take one opt-in back. The record of it stays."""
    for record in consents_of(session, person):
        if record.kind == kind:
            record.withdrawn_at = now


def consents_of(session: Session, person: Person) -> Sequence[ConsentRecord]:
    """What the person has seen and agreed to, and not taken back, oldest first."""
    return session.scalars(
        select(ConsentRecord)
        .where(ConsentRecord.person_id == person.id, ConsentRecord.withdrawn_at.is_(None))
        .order_by(ConsentRecord.id)
    ).all()


def saw_notice(session: Session, person: Person) -> bool:
    """Whether the privacy notice was ever shown to this person."""
    return (
        session.scalar(
            select(func.count())
            .select_from(ConsentRecord)
            .where(ConsentRecord.person_id == person.id, ConsentRecord.kind == "notice")
        )
        or 0
    ) > 0


def everyone(session: Session, organisation_id: int) -> Sequence[Person]:
    """All the people of the organisation, by name."""
    return session.scalars(
        select(Person).where(Person.organisation_id == organisation_id).order_by(Person.name, Person.id)
    ).all()
