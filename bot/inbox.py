"""The inbox: one event in, its answer out, one transaction."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from zoneinfo import available_timezones

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from bot import changes
from bot.answered import Answered, Undone
from bot.conversation import Conversation
from bot.logs import where
from bot.replies import Replies
from handlers.chat import Changed, Event, Opened
from handlers.router import Router
from handlers.texts import inbox as texts
from handlers.turn import Turn
from storage import conversations, people, senders
from storage.database import Database
from storage.organisations import owner_of
from storage.people import Account, Person

log = logging.getLogger("pag.inbox")


@dataclass(frozen=True)
class Inbox:
    """What answers events.

    ``admins``: the accounts (``platform:workspace:user``) that are administrators on first sight. ``pepper`` keys the
    hashes under which signposts already shown are remembered.
    """

    router: Router
    admins: frozenset[str]
    pepper: bytes

    def receive(self, database: Database, event: Event, *, now: datetime) -> Answered:
        """Answer one event in one transaction.

        An event that was answered before, a button or form a client made up, and a mistake of ours change nothing.
        Raises what the database raises when it is down.
        """
        try:
            with database.transaction() as session:
                return self._answer(session, event, now)
        except Undone as undone:
            return undone.answered

    def receive_all(
        self, database: Database, events: Sequence[Event], *, now: datetime
    ) -> Sequence[Answered | Exception]:
        """Answer each of them, in order, or say what its exception was.

        They share a transaction where nothing goes wrong; else all of it is undone, and each has one of its own.
        """
        if len(events) > 1:
            try:
                with database.transaction() as session:
                    return [self._answer_as_new(session, event, now) for event in events]
            except OperationalError as away:
                # It would be so for each of them, and each would wait for it anew.
                return [away] * len(events)
            except Exception as mistake:  # noqa: BLE001 (whose it was shows when each goes alone)
                if not isinstance(mistake, Undone):
                    log.warning("events are answered one by one: %s", where(mistake))
        return [self._outcome(database, event, now) for event in events]

    def _outcome(self, database: Database, event: Event, now: datetime) -> Answered | Exception:
        try:
            return self.receive(database, event, now=now)
        except Exception as mistake:  # noqa: BLE001 (the others are answered all the same)
            return mistake

    def _answer_as_new(self, session: Session, event: Event, now: datetime) -> Answered:
        answered = self._answer(session, event, now)
        # The next one must see the rows as they now are, and nothing that this one remembers of them.
        session.flush()
        session.expunge_all()
        return answered

    def _answer(self, session: Session, event: Event, now: datetime) -> Answered:
        who = event.account
        known = senders.sender(session, who.platform, who.workspace, who.user, now=now)
        organisation = known.organisation if known else owner_of(session, who.platform, who.workspace)
        if organisation is None:
            return Answered(aside=texts.unknown_workspace())
        if isinstance(event.what, Changed):
            changes.note(Turn(session, now, organisation), event.account, event.what)
            return Answered()
        mark = hashlib.sha256(f"{event.account.platform}:{event.id}".encode()).hexdigest()
        if not conversations.first_time(session, conversations.SeenEvent, mark, now=now):
            return Answered()
        turn = Turn(session, now, organisation, event)
        account = known.account if known else _met(turn, event)
        self._keep(account, event)
        if isinstance(event.what, Opened) and event.what.home:
            seen, account.home_seen = account.home_seen, True
            if seen:  # whoever looks for the first time is welcomed in the direct message
                return Answered()
        replies = Replies(turn, account, mark=mark[:24], pepper=self.pepper, told=bool(known and known.told))
        asked = known is None or known.asked
        return Conversation(self.router, turn, event, account, replies, asked=asked).answered()

    def _keep(self, account: Account, event: Event) -> None:
        """Write down what the event tells of the account and the person."""
        who, person, name = event.account, account.person, event.name[: people.LONGEST_NAME]
        if name and person.name == texts.someone():
            person.name = name
        if f"{who.platform}:{who.workspace}:{who.user}" in self.admins:
            _set(person, admin=True)
        _set(person, account_id=account.id)
        guest = account.guest if event.guest is None else event.guest
        _set(account, gone=False, guest=guest, name=account.name or name)


def _met(turn: Turn, event: Event) -> Account:
    """The account, which we see for the first time."""
    who = event.account
    return people.meet(
        turn.session,
        turn.organisation.id,
        platform=who.platform,
        workspace=who.workspace,
        user=who.user,
        name=event.name or texts.someone(),
        time_zone=_zone(event.time_zone) or turn.organisation.time_zone,
        now=turn.now,
    )


def _set(row: Account | Person, **facts: object) -> None:
    # What is as it was is left alone: a row that was touched is gone through at the next flush, at every event.
    for name, value in facts.items():
        if getattr(row, name) != value:
            setattr(row, name, value)


def _zone(told: str) -> str:
    # A zone that nobody knows would make every letter to the person impossible to time.
    return told if told in _zones() else ""


@cache
def _zones() -> set[str]:
    return available_timezones()  # which reads the whole tree of them
