"""The inbox: one event in, its answer out, one transaction."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import available_timezones

from sqlalchemy.orm import Session

from bot import changes
from bot.answered import Answered, Undone
from bot.conversation import Conversation
from bot.replies import Replies
from handlers.chat import Changed, Event, Opened
from handlers.router import Router
from handlers.texts import inbox as texts
from handlers.turn import Turn
from storage import conversations, people
from storage.database import Database
from storage.organisations import owner_of
from storage.people import Account


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

    def _answer(self, session: Session, event: Event, now: datetime) -> Answered:
        organisation = owner_of(session, event.account.platform, event.account.workspace)
        if organisation is None:
            return Answered(aside=texts.unknown_workspace())
        if isinstance(event.what, Changed):
            changes.note(Turn(session, now, organisation), event.account, event.what)
            return Answered()
        mark = hashlib.sha256(f"{event.account.platform}:{event.id}".encode()).hexdigest()
        if not conversations.first_time(session, conversations.SeenEvent, mark, now=now):
            return Answered()
        turn = Turn(session, now, organisation)
        account = self._account(turn, event)
        if isinstance(event.what, Opened) and event.what.home:
            known, account.home_seen = account.home_seen, True
            if known:  # whoever looks for the first time is welcomed in the direct message
                return Answered()
        replies = Replies(turn, account, mark=mark[:24], pepper=self.pepper)
        return Conversation(self.router, turn, event, account, replies).answered()

    def _account(self, turn: Turn, event: Event) -> Account:
        who = event.account
        account = people.account_of(turn.session, who.platform, who.workspace, who.user)
        if account is None:
            account = people.meet(
                turn.session,
                turn.organisation.id,
                platform=who.platform,
                workspace=who.workspace,
                user=who.user,
                name=event.name or texts.someone(),
                time_zone=_zone(event.time_zone) or turn.organisation.time_zone,
                now=turn.now,
            )
        person = account.person
        if event.name and person.name == texts.someone():
            person.name = event.name[: people.LONGEST_NAME]
        person.account_id = account.id
        account.gone = False
        account.name = account.name or event.name[: people.LONGEST_NAME]
        if f"{who.platform}:{who.workspace}:{who.user}" in self.admins:
            person.admin = True
        turn.session.flush()
        return account


def _zone(told: str) -> str:
    # A zone that nobody knows would make every letter to the person impossible to time.
    return told if told in available_timezones() else ""
