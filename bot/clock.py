"""The clock: turns the features' jobs into ticks. It knows nothing; what is due is a query on the time."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Collection
from datetime import datetime

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.logs import where
from bot.now import Now
from bot.threads import Threads
from handlers.router import Router
from handlers.turn import Turn
from storage import organisations
from storage.database import Database

log = logging.getLogger("pag.clock")

EVERY = 30
"""Seconds between ticks."""

A_MOMENT = 2.0
"""Seconds from what people do to the jobs that follow it soon."""

REST = 300.0
"""Seconds for which a job that failed is left alone."""


class Clock:
    """Runs every job for every organisation at each tick. A lost tick costs nothing, a repeated one does nothing.

    ``monotonic``: seconds that only go forward, by which a failed job rests.
    """

    def __init__(
        self,
        router: Router,
        database: Database,
        threads: Threads,
        now: Now,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._router = router
        self._database = database
        self._threads = threads
        self._now = now
        self._monotonic = monotonic
        self._resting: dict[tuple[str, int], float] = {}
        self._scheduler: AsyncIOScheduler | None = None
        self._acted = asyncio.Event()

    def start(self, *, every: float = EVERY) -> None:
        """Begin to tick every so many seconds, on the running event loop."""
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        self._scheduler.add_job(
            self.tick, "interval", seconds=every, coalesce=True, misfire_grace_time=None, max_instances=1
        )
        self._scheduler.start()

    def stop(self) -> None:
        """Tick no more."""
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=False)

    @property
    def failing(self) -> list[str]:
        """The jobs that failed lately, by name."""
        return sorted({name for (name, _), until in self._resting.items() if until > self._monotonic()})

    def acted(self) -> None:
        """Somebody did something that jobs may have to follow."""
        self._acted.set()

    async def follow(self) -> None:
        """Run the jobs that follow soon on what people do, a moment after it, until cancelled."""
        while True:
            await self._acted.wait()
            await asyncio.sleep(A_MOMENT)
            self._acted.clear()
            try:
                await self._threads.run(self.run_jobs, self._now(), only=self._router.soon)
            except Exception as mistake:  # noqa: BLE001 (the database may be away; the next tick tries again)
                log.error("nothing followed on what people did: %s", where(mistake))

    async def tick(self) -> None:
        """Run every job once, at the program's time."""
        await self._threads.run(self._all_jobs, self._now())

    def _all_jobs(self, now: datetime) -> None:
        self.run_jobs(now)
        try:
            self._database.tidy()
        except Exception as mistake:  # noqa: BLE001 (the next tick tries again)
            log.warning("the database was not tidied: %s", type(mistake).__name__)

    def run_jobs(self, now: datetime, *, only: Collection[str] | None = None) -> None:
        """Run every job for every organisation, each in a transaction of its own, as at `now`; or ``only`` these.

        A job that fails for one organisation is left alone there for a while, and stops no other.
        """
        with self._database.transaction() as session:
            identities = [organisation.id for organisation in organisations.all_organisations(session)]
        for name, job in self._router.jobs.items():
            if only is not None and name not in only:
                continue
            for identity in identities:
                if self._resting.get((name, identity), 0.0) > self._monotonic():
                    continue
                try:
                    with self._database.transaction() as session:
                        organisation = session.get_one(organisations.Organisation, identity)
                        job(Turn(session, now, organisation))
                except Exception as mistake:  # noqa: BLE001 (a job that fails must stop no other, nowhere)
                    self._resting[name, identity] = self._monotonic() + REST
                    log.error("job %s failed: %s", name, where(mistake))
