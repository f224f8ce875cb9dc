"""Sending: how letters are claimed, put back, and written down as sent, by any number of workers at once.

Written against the tables and made once, since this runs for every few letters: building a statement takes longer
than the database needs for it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    Integer,
    String,
    and_,
    bindparam,
    cast,
    func,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.orm import Session

from storage.at_once import AtOnce, read, read_moment, told
from storage.channels import OPEN, Channel
from storage.database import Moment
from storage.groups import Membership
from storage.meetings import Meeting, Rsvp
from storage.order import SENDING, WAITING, behind, replaced
from storage.organisations import Organisation
from storage.outbox import CardBody, Letter
from storage.people import Account, Person


class Claim(NamedTuple):
    """A letter somebody is about to send, with all that decides whether it is still true.

    A tuple, since thousands are made each second. ``ref`` names the letter outside the database. ``claimed_at`` is
    when it was claimed to be sent (machine's clock): if it went, then not before that. With ``channel_id`` it goes to
    a channel, and to nobody alone. ``replaced``: a newer letter waits that takes the place of the same message.
    """

    id: int
    ref: str
    kind: str
    card_id: int | None
    platform: str | None
    workspace: str | None
    user: str | None
    conversation: str | None
    gone: bool | None
    account_id: int | None
    replaces: str
    unasked: bool
    needs: str
    until: datetime | None
    tries: int
    claimed_at: datetime | None
    reach_by: str | None
    stopped: bool
    silenced: bool
    zone: str | None
    quiet_hours: str
    nation: str
    group_id: int | None
    membership: str | None
    meeting_id: int | None
    meeting_version: int | None
    meeting_now: int | None
    meeting_starts_at: datetime | None
    meeting_cancelled: bool
    rsvp: str | None
    channel_id: int | None = None
    channel_open: bool | None = None
    replaced: bool = False


class Result(NamedTuple):
    """What became of a claimed letter.

    ``state`` ``waiting`` puts it back: until ``not_before`` on the machine's clock, or, with ``due_at``, until then on
    the program's. ``sending`` leaves it in doubt: anyone looks it up again after ``look_at``, and ``not_before`` is
    still when it was claimed. ``begun``: a send was tried, which counts.
    """

    id: int
    state: str
    why: str = ""
    message: str = ""
    not_before: datetime | None = None
    due_at: datetime | None = None
    look_at: datetime | None = None
    begun: bool = True


letters: Any = Letter.__table__
accounts: Any = Account.__table__
people: Any = Person.__table__
organisations: Any = Organisation.__table__
memberships: Any = Membership.__table__
meetings: Any = Meeting.__table__
rsvps: Any = Rsvp.__table__
cards: Any = CardBody.__table__
channels: Any = Channel.__table__


def _due(*, urgent: bool, resting: bool) -> Any:
    """Ids of letters that may go now. ``resting``: leave out those for workspaces that asked for a rest."""
    now = bindparam("now", type_=Moment())
    query = select(letters.c.id).where(
        letters.c.state == WAITING,
        letters.c.urgent.is_(urgent),
        letters.c.due_at <= now,
        or_(letters.c.not_before.is_(None), letters.c.not_before <= bindparam("real", type_=Moment())),
        ~behind("account_id", now),
        or_(letters.c.channel_id.is_(None), ~behind("channel_id", now)),
    )
    if resting:
        of_resting = select(accounts.c.id).where(
            tuple_(accounts.c.platform, accounts.c.workspace).in_(bindparam("resting", expanding=True))
        )
        query = query.where(or_(letters.c.account_id.is_(None), letters.c.account_id.not_in(of_resting)))
    return (
        query.order_by(letters.c.due_at, letters.c.id)
        .limit(bindparam("most", type_=Integer))
        .with_for_update(skip_locked=True)
    )


_FACTS = (
    select(
        letters.c.id,
        (organisations.c.ref + "-" + cast(letters.c.id, String)).label("ref"),
        letters.c.kind,
        letters.c.card_id,
        func.coalesce(accounts.c.platform, channels.c.platform).label("platform"),
        func.coalesce(accounts.c.workspace, channels.c.workspace).label("workspace"),
        accounts.c.user,
        func.coalesce(accounts.c.conversation, channels.c.conversation).label("conversation"),
        accounts.c.gone,
        letters.c.account_id,
        letters.c.replaces,
        letters.c.unasked,
        letters.c.needs,
        letters.c.until,
        letters.c.tries,
        letters.c.not_before,
        people.c.reach_by,
        people.c.stopped_at.is_not(None),
        people.c.silenced_at.is_not(None),
        func.coalesce(people.c.time_zone, organisations.c.time_zone),
        func.coalesce(func.nullif(people.c.quiet_hours, ""), organisations.c.quiet_hours),
        organisations.c.nation,
        letters.c.group_id,
        memberships.c.state,
        letters.c.meeting_id,
        letters.c.meeting_version,
        meetings.c.version,
        meetings.c.starts_at,
        meetings.c.cancelled_at.is_not(None),
        rsvps.c.answer,
        letters.c.channel_id,
        channels.c.state == OPEN,
        replaced(),
    )
    .select_from(letters)
    .join(organisations, organisations.c.id == letters.c.organisation_id)
    .outerjoin(people, people.c.id == letters.c.person_id)
    .outerjoin(accounts, accounts.c.id == letters.c.account_id)
    .outerjoin(
        memberships,
        and_(memberships.c.person_id == letters.c.person_id, memberships.c.group_id == letters.c.group_id),
    )
    .outerjoin(channels, channels.c.id == letters.c.channel_id)
    .outerjoin(meetings, meetings.c.id == letters.c.meeting_id)
    .outerjoin(rsvps, and_(rsvps.c.meeting_id == letters.c.meeting_id, rsvps.c.person_id == letters.c.person_id))
)


class _Statements:
    """What one kind of database is asked for every few letters."""

    def __init__(self, dialect: str) -> None:
        self.at_once = db = AtOnce(dialect)
        self.due = {
            (urgent, resting): db.all_rows(_due(urgent=urgent, resting=resting))
            for urgent in (True, False)
            for resting in (True, False)
        }
        these = db.among(letters.c.id, "ids")
        self.doubtful = db.all_rows(_DOUBTFUL)
        self.mark = (
            update(letters)
            .where(these)
            .values(state="sending", owner=bindparam("b_owner"), lease_until=bindparam("b_lease", type_=Moment()))
        )
        # While it is being sent, this says since when: a second look-up must reach back as far as the first.
        self.mark_claimed = self.mark.values(not_before=bindparam("b_real", type_=Moment()))
        self.facts = db.all_rows(_FACTS.where(these))
        results = db.given("results")
        self.record = (
            update(letters)
            .where(
                letters.c.id == db.number(results, 0),
                letters.c.owner == bindparam("b_owner"),
                letters.c.state == SENDING,
            )
            .values(
                state=db.text(results, 1),
                why=db.text(results, 2),
                message=db.text(results, 3),
                not_before=db.moment(results, 4),
                due_at=func.coalesce(db.moment(results, 5), letters.c.due_at),
                lease_until=db.moment(results, 6),
                sent_at=db.moment(results, 7),
                tries=letters.c.tries + db.number(results, 8),
                owner="",
            )
        )


_statements = lru_cache(_Statements)


_THESE: Any = bindparam("ids", expanding=True)

_CONVERSATION = (
    update(accounts).where(accounts.c.id == bindparam("b_id")).values(conversation=bindparam("b_conversation"))
)

_GONE = update(accounts).where(accounts.c.id.in_(_THESE)).values(gone=True)

_BODIES = select(cards).where(cards.c.id.in_(_THESE))

_DOUBTFUL = (
    select(letters.c.id)
    .where(
        # Also this worker's own: it may have been unable to write down what came of them.
        letters.c.state == SENDING,
        letters.c.lease_until <= bindparam("real", type_=Moment()),
    )
    # By id, SQLite would read every letter there is in that order, rather than the few that the index holds.
    .order_by(letters.c.lease_until, letters.c.id)
    .limit(bindparam("most", type_=Integer))
    .with_for_update(skip_locked=True)
)

_EXPIRE = (
    update(letters)
    .where(letters.c.state == SENDING, letters.c.owner != bindparam("b_owner"))
    .values(lease_until=bindparam("b_real", type_=Moment()))
)


def claim(
    session: Session,
    *,
    now: datetime,
    real: datetime,
    owner: str,
    lease_until: datetime,
    limit: int,
    resting: Collection[tuple[str, str]] = (),
    cannot_tell: Collection[str] = (),
    most_unsure: int = 0,
) -> list[Claim]:
    """Take up to `limit` letters that are due, urgent ones first, and mark them ``sending`` for this owner.

    At most one letter an account is under way at once and they go in the order written, so that what is about one
    meeting arrives in order; only whom to call now waits for nothing. The mark must be committed before anything is
    sent. ``now`` is the program's time, ``real`` the machine's. ``resting``: the (platform, workspace) pairs to leave
    alone. Of the platforms in ``cannot_tell``, at most ``most_unsure`` letters are taken.
    """
    connection = session.connection()
    statements = _statements(connection.dialect.name)
    ids: list[list[int]] = []
    for urgent in (True, False):
        if len(ids) < limit:
            given: dict[str, object] = {"now": now, "real": real, "most": limit - len(ids)}
            if resting:
                given["resting"] = list(resting)
            ids += read(connection, statements.due[urgent, bool(resting)], given)
    if not ids:
        return []
    found = claims(session, [letter for (letter,) in ids], claimed_at=real)
    if cannot_tell:
        beyond = [letter for letter in found if letter.platform in cannot_tell][most_unsure:]
        left_alone = {letter.id for letter in beyond}
        found = [letter for letter in found if letter.id not in left_alone]
    if found:
        these = statements.at_once.told_numbers([letter.id for letter in found])
        marked = {"ids": these, "b_owner": owner, "b_lease": lease_until, "b_real": real}
        connection.execute(statements.mark_claimed, marked)
    return found


def record(session: Session, results: Sequence[Result], *, owner: str, now: datetime) -> None:
    """Write down what became of claimed letters. A letter that is no longer this owner's is left alone."""
    if not results:
        return
    connection = session.connection()
    statements = _statements(connection.dialect.name)
    moment = statements.at_once.told_moment
    sent_at = moment(now)
    rows = [
        (
            result.id,
            result.state,
            result.why[:60],
            result.message,
            moment(result.not_before),
            moment(result.due_at),
            moment(result.look_at),
            sent_at if result.state == "sent" else None,
            int(result.begun),
        )
        for result in results
    ]
    connection.execute(statements.record, {"results": told(rows), "b_owner": owner})


def know_conversations(session: Session, known: dict[int, str]) -> None:
    """Keep the platform's ids of direct messages, by account, so that each is opened once only."""
    if known:
        rows = [{"b_id": account, "b_conversation": conversation} for account, conversation in sorted(known.items())]
        session.connection().execute(_CONVERSATION, rows)


def mark_gone(session: Session, account_ids: Collection[int]) -> None:
    """The platform says that these accounts cannot be written to. It is taken back when the person writes."""
    if account_ids:
        session.connection().execute(_GONE, {"ids": sorted(account_ids)})


def bodies(session: Session, card_ids: Collection[int]) -> dict[int, str]:
    """What these cards say, as JSON."""
    if not card_ids:
        return {}
    return {row.id: row.body for row in session.connection().execute(_BODIES, {"ids": sorted(card_ids)})}


def doubtful(session: Session, *, real: datetime, owner: str, lease_until: datetime, limit: int) -> list[Claim]:
    """Take over letters whose sender's lease ran out while they were ``sending``: nobody knows whether they went.

    Ask only while nothing of this owner's own is under way: what it left behind when the database was away is taken
    up like any other.
    """
    connection = session.connection()
    statements = _statements(connection.dialect.name)
    ids = read(connection, statements.doubtful, {"real": real, "most": limit})
    if not ids:
        return []
    found = [letter for (letter,) in ids]
    taken = claims(session, found)
    these = statements.at_once.told_numbers(found)
    connection.execute(statements.mark, {"ids": these, "b_owner": owner, "b_lease": lease_until})
    return taken


def expire_leases(session: Session, *, owner: str, real: datetime) -> None:
    """End every other owner's lease: where there is only one process, whoever was sending before it is dead."""
    session.connection().execute(_EXPIRE, {"b_owner": owner, "b_real": real})


def claims(session: Session, ids: Sequence[int], *, claimed_at: datetime | None = None) -> list[Claim]:
    """These letters, in this order, with what decides whether they are still true.

    ``claimed_at`` is when they are claimed; without it, when they were.
    """
    connection = session.connection()
    statements = _statements(connection.dialect.name)
    given = {"ids": statements.at_once.told_numbers(ids)}
    found = {row[0]: _claim(row, claimed_at) for row in read(connection, statements.facts, given)}
    return [found[letter] for letter in ids if letter in found]


_UNTIL, _CLAIMED_AT, _STARTS_AT = (Claim._fields.index(name) for name in ("until", "claimed_at", "meeting_starts_at"))


def _claim(row: list[Any], claimed_at: datetime | None) -> Claim:
    row[_UNTIL], row[_STARTS_AT] = read_moment(row[_UNTIL]), read_moment(row[_STARTS_AT])
    row[_CLAIMED_AT] = claimed_at or read_moment(row[_CLAIMED_AT])
    return Claim(*row)
