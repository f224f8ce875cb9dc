"""The outbox: every message to somebody, from the moment it is decided to the moment we know what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    Select,
    String,
    UniqueConstraint,
    and_,
    bindparam,
    case,
    cast,
    delete,
    exists,
    func,
    insert,
    literal,
    literal_column,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.database import Base, Moment, Secret, inserting
from storage.groups import HERE, Membership
from storage.meetings import Meeting
from storage.organisations import Organisation
from storage.people import Account, Person

COLUMNS = ("waiting", "sent", "unknown", "failed", "paused", "stopped", "not_needed", "needs_call")
"""The columns of a report. Everyone in a frozen audience stands in exactly one of them."""


class CardBody(Base):
    """What a letter says, as JSON. Many letters share one."""

    __tablename__ = "cards"

    id: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[str] = mapped_column(Secret)
    created_at: Mapped[datetime] = mapped_column(index=True)


def _index(name: str, *columns: str, where: str) -> Index:
    """An index of some letters alone. Literal states let both databases see that it covers a query."""
    return Index(f"ix_letters_{name}", *columns, sqlite_where=text(where), postgresql_where=text(where))


class Letter(Base):
    """One message to one person, or, with ``channel_id``, to everybody in a channel.

    ``state``: one of `COLUMNS`, or ``sending`` (which counts as waiting) while a worker may be at it.
    ``why`` says in a word why it is not simply waiting or sent. ``unasked``: it answers nothing the person just did,
    so quiet hours, pauses and `stop` hold. ``needs``: ``unanswered`` or ``going``, what must still be true of the
    person's answer to the meeting. ``meeting_version``: the meeting as it was when this was written.
    ``due_at`` and ``until`` are on the program's clock; ``not_before`` and ``lease_until`` on the machine's.
    ``replaces`` is the platform's id of the message whose place it takes; ``message`` that of the message it became.
    """

    __tablename__ = "letters"
    __table_args__ = (
        UniqueConstraint("key", "recipient"),
        _index("due", "urgent", "due_at", "id", where="state = 'waiting'"),
        _index("open", "account_id", "id", where="state IN ('waiting', 'sending')"),
        _index("leased", "lease_until", where="state = 'sending'"),
        _index("to_call", "group_id", where="state = 'needs_call'"),
        _index("channel", "channel_id", "meeting_id", "id", where="channel_id IS NOT NULL"),
        Index("ix_letters_newest", "account_id", "id"),
        _index("unasked", "account_id", "id", where="unasked"),
        Index("ix_letters_meeting", "meeting_id", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    key: Mapped[str] = mapped_column(String(120))
    recipient: Mapped[str] = mapped_column(String(30))
    kind: Mapped[str] = mapped_column(String(20))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    channel_id: Mapped[int | None] = mapped_column(ForeignKey("channels.id", ondelete="SET NULL"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id", ondelete="SET NULL"))
    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meetings.id", ondelete="SET NULL"))
    meeting_version: Mapped[int | None]
    card_id: Mapped[int | None] = mapped_column(ForeignKey("cards.id", ondelete="SET NULL"), index=True)
    state: Mapped[str] = mapped_column(String(12))
    why: Mapped[str] = mapped_column(String(60))
    unasked: Mapped[bool]
    urgent: Mapped[bool]
    needs: Mapped[str] = mapped_column(String(12))
    due_at: Mapped[datetime]
    until: Mapped[datetime | None]
    replaces: Mapped[str] = mapped_column(String(200))
    message: Mapped[str] = mapped_column(String(200))
    sent_at: Mapped[datetime | None]
    tries: Mapped[int]
    not_before: Mapped[datetime | None]
    owner: Mapped[str] = mapped_column(String(40))
    lease_until: Mapped[datetime | None]
    handled_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


# Made once: these run at every event. Written against the tables, since nobody looks at what was just added.
_ADD_CARD: Any = insert(Base.metadata.tables["cards"])
_REPLY: Any = (
    insert(Base.metadata.tables["letters"])
    .values(state="waiting", why="", unasked=False, urgent=True, needs="", message="", tries=0, owner="")
    .inline()
)
_NEW: Any = (
    select(Person.id)
    .where(~exists().where(Letter.key == bindparam("key"), Letter.recipient == literal("p") + cast(Person.id, String)))
    .limit(1)
)


def add_card(session: Session, body: str, *, now: datetime) -> int:
    """Keep what a letter says. Returns its id."""
    session.flush()
    added: Any = session.connection().execute(_ADD_CARD, {"body": body, "created_at": now}).inserted_primary_key
    return int(added[0])


def said_in(session: Session, letter_id: int, *, organisation_ref: str) -> str | None:
    """What this letter of the organisation says, as JSON. None when it is not kept any more."""
    return session.scalar(
        select(CardBody.body)
        .join(Letter, Letter.card_id == CardBody.id)
        .join(Organisation, Organisation.id == Letter.organisation_id)
        .where(Letter.id == letter_id, Organisation.ref == organisation_ref)
    )


def anyone_new(session: Session, to: Select[int], *, key: str) -> bool:
    """Whether `to` selects anybody who has no letter under this key yet."""
    return session.scalar(_NEW.where(Person.id.in_(to)), {"key": key}) is not None


def anyone_has(session: Session, organisation_id: int, *, key: str) -> bool:
    """Whether somebody of the organisation has a letter under this key."""
    wanted = select(Letter.id).where(Letter.key == key, Letter.organisation_id == organisation_id)
    return session.scalar(wanted.limit(1)) is not None


def post(
    session: Session,
    to: Select[int],
    *,
    organisation_id: int,
    card_id: int,
    key: str,
    kind: str,
    now: datetime,
    due_at: datetime | None = None,
    until: datetime | None = None,
    group_id: int | None = None,
    meeting: Meeting | None = None,
    needs: str = "",
) -> int:
    """Write one letter, which nobody asked for, for each person id that `to` selects. Returns how many are new.

    A letter under this key that a person has already stays as it is. Whoever cannot be written to now stands in
    their column from the start, so the columns add up to the audience.
    """
    stopped = or_(Person.silenced_at.is_not(None), Person.stopped_at.is_not(None))
    unreachable = or_(Account.id.is_(None), Account.gone, Person.reach_by == "call")
    state = case(
        (stopped, "stopped"),
        (Membership.state == "paused", "paused"),
        (unreachable, "needs_call"),
        else_="waiting",
    )
    rows = (
        select(
            literal(organisation_id),
            literal(key),
            literal("p") + cast(Person.id, String),
            literal(kind),
            Person.id,
            Person.account_id,
            literal(group_id, Integer),
            literal(meeting.id if meeting else None, Integer),
            literal(meeting.version if meeting else None, Integer),
            literal(card_id),
            state,
            literal(""),
            literal(True),
            literal(False),
            literal(needs),
            literal(due_at or now, Moment),
            literal(until, Moment),
            literal(""),
            literal(""),
            literal(0),
            literal(""),
            literal(now, Moment),
        )
        .select_from(Person)
        .outerjoin(Account, Account.id == Person.account_id)
        .outerjoin(Membership, and_(Membership.person_id == Person.id, Membership.group_id == group_id))
        .where(Person.id.in_(to), Person.organisation_id == organisation_id)
        .order_by(Person.id)
    )
    names = (
        "organisation_id key recipient kind person_id account_id group_id meeting_id meeting_version card_id state why "
        "unasked urgent needs due_at until replaces message tries owner created_at"
    ).split()
    result = session.execute(inserting(session, Letter).from_select(names, rows).on_conflict_do_nothing())
    return int(result.rowcount)  # type: ignore[attr-defined]  # an INSERT's result has it


def reply(
    session: Session,
    account: Account,
    *,
    card_id: int,
    key: str,
    now: datetime,
    kind: str = "reply",
    replaces: str = "",
) -> None:
    """Write the answer to what the person just did. It goes at once and to the account they wrote from."""
    session.connection().execute(
        _REPLY,
        {
            "organisation_id": account.person.organisation_id,
            "key": key,
            "recipient": f"a{account.id}",
            "kind": kind,
            "person_id": account.person_id,
            "account_id": account.id,
            "card_id": card_id,
            "due_at": now,
            "replaces": replaces,
            "created_at": now,
        },
    )


def columns(session: Session, key: str) -> dict[str, int]:
    """How many letters under this key stand in each of `COLUMNS`."""
    counts = dict.fromkeys(COLUMNS, 0)
    rows = session.execute(select(Letter.state, func.count()).where(Letter.key == key).group_by(Letter.state))
    for state, number in rows:
        counts["waiting" if state == "sending" else state] += number
    return counts


def anything_sent(session: Session, *, organisation_id: int) -> int:
    """How many unasked letters have been sent so far."""
    return (
        session.scalar(
            select(func.count()).where(
                Letter.organisation_id == organisation_id, Letter.state == "sent", Letter.unasked.is_(True)
            )
        )
        or 0
    )


def stop(session: Session, person: Person, *, why: str, unasked_only: bool) -> int:
    """Stop what waits for this person, and say why. Returns how many letters that were."""
    query = update(Letter).where(Letter.person_id == person.id, Letter.state == literal_column("'waiting'"))
    if unasked_only:
        query = query.where(Letter.unasked.is_(True))
    result = session.execute(query.values(state="stopped", why=why).execution_options(synchronize_session=False))
    return int(result.rowcount)  # type: ignore[attr-defined]  # an UPDATE's result has it


def unname(session: Session, person: Person) -> None:
    """Take the person out of the outbox: what waits is no longer needed, what was sent stays as a row without a name.

    What only they were told is deleted with it, since it may hold their words.
    """
    own = select(Letter.card_id).where(Letter.person_id == person.id, Letter.card_id.is_not(None))
    shared = select(Letter.card_id).where(
        or_(Letter.person_id != person.id, Letter.person_id.is_(None)), Letter.card_id.is_not(None)
    )
    session.execute(
        update(Letter)
        .where(Letter.person_id == person.id, Letter.state.in_(("waiting", "sending", "paused", "needs_call")))
        .values(state="not_needed", why="deleted", owner="", lease_until=None)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        delete(CardBody)
        .where(CardBody.id.in_(own), CardBody.id.not_in(shared))
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(Letter)
        .where(Letter.person_id == person.id)
        .values(
            person_id=None,
            account_id=None,
            recipient=literal("x") + cast(Letter.id, String),
            message="",
            replaces="",
        )
        .execution_options(synchronize_session=False)
    )


def calls_to_make(
    session: Session, group_ids: Sequence[int], *, now: datetime
) -> Sequence[tuple[Letter, Person, str | None]]:
    """The letters that somebody must bring by phone, post, text or email by now, oldest first.

    Those about these groups, and those about no group at all to somebody who is in one of them.
    """
    rows = session.execute(
        select(Letter, Person, CardBody.body)
        .join(Person, Person.id == Letter.person_id)
        .outerjoin(CardBody, CardBody.id == Letter.card_id)
        .where(
            Letter.state == literal_column("'needs_call'"),
            Letter.handled_at.is_(None),
            Letter.due_at <= now,
            _concerns(group_ids),
            Person.silenced_at.is_(None),
        )
        .order_by(Person.name, Letter.id)
    )
    return [(letter, person, body) for letter, person, body in rows]


def _concerns(group_ids: Sequence[int]) -> ColumnElement[bool]:
    in_them = select(Membership.person_id).where(Membership.group_id.in_(group_ids), Membership.state.in_(HERE))
    return or_(Letter.group_id.in_(group_ids), and_(Letter.group_id.is_(None), Letter.person_id.in_(in_them)))


def call_made(session: Session, letter_id: int, group_ids: Sequence[int], *, now: datetime) -> bool:
    """Note that the person was reached. False when there is no such call to make in these groups."""
    letter = session.scalar(
        select(Letter).where(Letter.id == letter_id, Letter.state == "needs_call", _concerns(group_ids))
    )
    if letter is None:
        return False
    letter.handled_at = now
    session.flush()
    return True


def forget_bodies(session: Session, *, before: datetime) -> None:
    """Delete what was said in letters older than this that no longer wait to be sent.

    The rows stay, for the reports and for the call list. What is to be said in a call only later is as old as that.
    """
    call_later = and_(Letter.state == "needs_call", Letter.due_at >= before)
    waiting = select(Letter.card_id).where(
        or_(Letter.state.in_(("waiting", "sending")), call_later), Letter.card_id.is_not(None)
    )
    session.execute(
        delete(CardBody)
        .where(CardBody.created_at < before, CardBody.id.not_in(waiting))
        .execution_options(synchronize_session=False)
    )
