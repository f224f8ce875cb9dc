"""People's own pages, kept as they should be: shown anew after whatever may have changed them."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TypeVar

from bot.logs import where
from bot.now import Now
from bot.platform import Address, HasHome, Platform, Undeliverable
from bot.threads import Threads
from handlers.chat import Account, Card
from handlers.home import home
from handlers.turn import Turn
from storage import home as pages
from storage.database import Database
from storage.organisations import Organisation

log = logging.getLogger("pag.homes")

Noted = TypeVar("Noted")

A_ROUND = 1.0
"""Seconds from one round to the next: no page is shown more often."""
AT_ONCE = 8
"""Pages under way at once, so that a slow one holds up few."""
MOST = 500
"""Accounts looked at in one round. The others wait for the next."""
REMEMBERED = 10_000


class Homes:
    """The pages of those who have looked at theirs, on the platforms that have them.

    What may have changed is only noted; a round then works the pages out and shows those that are different. A page
    that could not be shown is tried at the next change.
    """

    def __init__(self, database: Database, threads: Threads, platforms: Mapping[str, Platform], now: Now) -> None:
        self._database = database
        self._threads = threads
        self._platforms = platforms
        self._now = now
        self._acted: dict[Account, None] = {}
        self._written: dict[int, None] = {}
        self._letters: int | None = None
        self._shown: OrderedDict[Account, bytes] = OrderedDict()
        self._opened: set[Account] = set()
        self._wake = asyncio.Event()
        self._one_at_a_time = asyncio.Lock()

    def acted(self, account: Account, *, opened: bool = False) -> None:
        """This person did something. ``opened``: they are looking at their page, which is shown in any case."""
        if opened:
            self._opened.add(account)
        self._acted[account] = None
        self._wake.set()

    def written(self, to: Iterable[int | None]) -> None:
        """These accounts, by their ids, were sent something, or it was found that they cannot be."""
        self._written.update(dict.fromkeys(account for account in to if account is not None))
        self._wake.set()

    async def run(self) -> None:
        """Show what is due when woken, until cancelled."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            await self.show_due()
            await asyncio.sleep(A_ROUND)

    async def show_due(self) -> None:
        """One round. Never raises."""
        async with self._one_at_a_time:
            acted, written = _some(self._acted), _some(self._written)
            opened = self._opened.intersection(acted)
            self._opened -= opened
            if not any(isinstance(platform, HasHome) for platform in self._platforms.values()):
                return
            try:
                found = await self._threads.run(self._changed, acted, written)
                for start in range(0, len(found), AT_ONCE):
                    some = found[start : start + AT_ONCE]
                    await asyncio.gather(*(self._show(whose, anyway=whose in opened) for whose in some))
            except Exception as mistake:  # noqa: BLE001 (the database may be away; the next change tries again)
                log.error("pages were not worked out: %s", where(mistake))
            if self._acted or self._written:
                self._wake.set()

    async def _show(self, whose: Account, *, anyway: bool) -> None:
        platform: object = self._platforms.get(whose.platform)
        try:
            cards = await self._threads.run(self._cards, whose)
            mark = hashlib.sha256(repr(cards).encode()).digest()
            if not isinstance(platform, HasHome) or not cards or (self._shown.get(whose) == mark and not anyway):
                return
            self._shown.pop(whose, None)
            await platform.show_home(Address(whose.platform, whose.workspace, whose.user), cards)
        except Undeliverable as why:
            log.warning("a page was not shown: %s", why.code)
            return
        except Exception as mistake:  # noqa: BLE001 (one page's fault must never stop another)
            log.error("a page was not shown: %s", where(mistake))
            return
        self._shown[whose] = mark
        if len(self._shown) > REMEMBERED:
            self._shown.popitem(last=False)

    # In the database's thread

    def _changed(self, acted: Sequence[Account], written: Collection[int]) -> Sequence[Account]:
        with self._database.transaction() as session:
            newest = pages.newest_letter(session)
            since, self._letters = newest if self._letters is None else self._letters, newest
            found = pages.changed(session, _keys(acted), written=written, since=since)
        return [Account(*whose) for whose in found]

    def _cards(self, whose: Account) -> tuple[Card, ...]:
        with self._database.transaction() as session:
            person = pages.person_of(session, (whose.platform, whose.workspace, whose.user))
            if person is None:
                return ()
            organisation = session.get_one(Organisation, person.organisation_id)
            return home(Turn(session, self._now(), organisation), person)


def _some(noted: dict[Noted, None]) -> list[Noted]:
    """Up to `MOST` of them, which are then no longer noted."""
    some = list(noted)[:MOST]
    for account in some:
        del noted[account]
    return some


def _keys(accounts: Sequence[Account]) -> list[tuple[str, str, str]]:
    return [(one.platform, one.workspace, one.user) for one in accounts]
