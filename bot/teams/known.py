"""How people and channels are written to: in memory, and in the database whenever it changes."""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace

from sqlalchemy.exc import SQLAlchemyError

from bot.teams.translate.activities import Reference
from bot.threads import Threads
from storage import organisations, references
from storage.database import Database

log = logging.getLogger("pag.teams")

KEPT = 600.0
"""Seconds after which what is in memory is read again: another process may have heard from them since."""
MOST = 20_000
LONGEST = 300
"""Characters of an id or an address. Teams' own stay far below."""


class Known:
    """The newest reference of each person and channel. ``clock`` gives seconds that only go forward."""

    def __init__(
        self, database: Database, threads: Threads, *, clock: Callable[[], float] = time.monotonic, most: int = MOST
    ) -> None:
        self._database = database
        self._threads = threads
        self._clock = clock
        self._most = most
        self._memory: OrderedDict[tuple[str, str], tuple[float, Reference]] = OrderedDict()
        self._tenants: set[str] = set()

    @property
    def tenants(self) -> frozenset[str]:
        """The tenants that were heard from or written to."""
        return frozenset(self._tenants)

    async def remember(self, reference: Reference) -> None:
        """Keep it. What is known already costs nothing; of tenants that no organisation owns nothing is kept.

        Without the database it is kept in memory alone, so that whoever wrote can be answered.
        """
        place = _place(reference)
        if len(max(*place, reference.contact, reference.conversation, reference.service_url, key=len)) > LONGEST:
            return
        known = self._fresh(place)
        if known == reference:
            return
        self._keep(place, reference)
        try:
            await self._threads.run(self._write, reference)
        except SQLAlchemyError as mistake:
            # As if it were old: so it is written as soon as the database is back.
            self._memory[place] = (float("-inf"), reference)
            log.error("a conversation reference was not written down: %s", type(mistake).__name__)

    async def of(self, tenant: str, who: str) -> Reference | None:
        """How they are written to. Of whom we never heard it is the tenant's address alone; None without even that.

        Raises what the database raises when it is down.
        """
        place = (tenant, who)
        if (known := self._fresh(place)) is None:
            known = await self._threads.run(self._read, tenant, who)
            if known is None:
                return self._memory[place][1] if place in self._memory else None
            self._keep(place, known)
        return known

    async def opened(self, reference: Reference, conversation: str) -> Reference:
        """A conversation was opened for somebody: the first one, or in the place of one that is lost."""
        new = replace(reference, conversation=conversation)
        if reference.conversation:
            await self.remember(new)
        else:
            # Their account keeps the id, so it need not be written down here.
            self._keep(_place(new), new)
        return new

    def _fresh(self, place: tuple[str, str]) -> Reference | None:
        at, known = self._memory.get(place, (float("-inf"), None))
        return known if self._clock() - at <= KEPT else None

    def _keep(self, place: tuple[str, str], reference: Reference) -> None:
        self._tenants.add(reference.tenant)
        self._memory[place] = (self._clock(), reference)
        self._memory.move_to_end(place)
        while len(self._memory) > self._most:
            self._memory.popitem(last=False)

    # In the database's thread

    def _write(self, reference: Reference) -> None:
        tenant, who = _place(reference)
        with self._database.transaction() as session:
            if organisations.owner_of(session, "teams", tenant) is not None:
                references.remember(
                    session,
                    tenant=tenant,
                    who=who,
                    contact=reference.contact,
                    conversation=reference.conversation,
                    service_url=reference.service_url,
                )

    def _read(self, tenant: str, who: str) -> Reference | None:
        with self._database.transaction() as session:
            row = references.reference_of(session, tenant, who)
            channel = who.startswith("19:")
            if row is not None:
                return Reference(tenant, "" if channel else who, row.contact, row.conversation, row.service_url)
            if (any_row := references.newest_of(session, tenant)) is not None:
                return Reference(tenant, "" if channel else who, "", who if channel else "", any_row.service_url)
        return None


def channel_of(conversation: str) -> str:
    """The channel that a conversation stands in: a thread has the channel's id and something behind it."""
    return conversation.partition(";")[0]


def _place(reference: Reference) -> tuple[str, str]:
    return reference.tenant, reference.user or channel_of(reference.conversation)
