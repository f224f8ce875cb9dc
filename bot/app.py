"""Puts the parts together: the only place that makes things."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import hashlib
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

from aiohttp import web
from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest
from sqlalchemy import text

from bot import about
from bot.answered import Answered
from bot.channels import Channels
from bot.clock import Clock
from bot.delivery import Delivery
from bot.help_now import LocalCopy
from bot.homes import Homes
from bot.inbox import Inbox
from bot.links import Links
from bot.logs import where
from bot.now import Now
from bot.pace import Paces
from bot.platform import Platform
from bot.threads import Threads
from bot.together import Together
from bot.web import make_web
from handlers import router
from handlers.chat import Event, Opened
from storage.database import Database

log = logging.getLogger("pag.app")

TOGETHER = 16
"""Events that share a transaction at most: longer ones would keep the letters waiting."""
FINISHING = 7.0
"""Seconds for what is under way when the program is asked to stop."""


class App:
    """The running program: what answers, what delivers, what ticks. Make it inside the event loop it is to run on.

    ``keys``: the keys of the data. ``admins``: accounts that are administrators on first sight. ``var``: a folder
    for the local copy of whom to call. ``base_url``: our public address, for links to files.
    """

    def __init__(
        self,
        database: Database,
        now: Now,
        *,
        keys: Sequence[str],
        admins: frozenset[str],
        var: Path,
        base_url: str = "",
    ) -> None:
        self.database = database
        self.now = now
        self.platforms: dict[str, Platform] = {}
        self.pace: dict[str, Paces] = {}
        self.watched: list[Callable[[], str]] = []
        """Parts of platforms that may fail by themselves: each says what is wrong with it, or nothing."""
        self.threads = Threads(database.writers)
        pepper = hashlib.sha256(f"signposts:{keys[0]}".encode()).digest()
        self.inbox = Inbox(router, admins, pepper)
        self._together: Together[Event, Answered] = Together(
            self.threads,
            lambda events: self.inbox.receive_all(database, events, now=now()),
            # On PostgreSQL several transactions would wait for each other's people, crosswise.
            most=TOGETHER if database.single else 1,
            at_once=database.writers,
        )
        self.homes = Homes(database, self.threads, self.platforms, now)
        self.delivery = Delivery(database, self.threads, self.platforms, now, self.pace, dealt_with=self.homes.written)
        self.links = Links(database, self.threads, keys=keys, base_url=base_url)
        self.clock = Clock(router, database, self.threads, now)
        self.channels = Channels(database, self.threads, self.platforms, now)
        self.help_now = LocalCopy(var / "help-now.json")
        self._registry = CollectorRegistry()
        self._events = Counter("pag_events", "Events answered", ["platform"], registry=self._registry)
        self._failed = Counter("pag_events_failed", "Events the database could not take", registry=self._registry)
        sent = Gauge("pag_letters_sent", "Letters sent by this process", registry=self._registry)
        sent.set_function(lambda: self.delivery.sent)
        failing = Gauge("pag_jobs_failing", "Jobs that failed lately", registry=self._registry)
        failing.set_function(lambda: len(self.clock.failing))

    async def receive(self, event: Event) -> Answered:
        """Answer one event. Never raises; everything is committed when it returns."""
        try:
            answered = await self._together.run(event)
        except Exception as mistake:  # noqa: BLE001 (the platform must get an answer, and deliver the event again)
            log.error("an event was not taken: %s", where(mistake))
            self._failed.inc()
            return Answered(failed=True, at_once=self.help_now.answer(event))
        self._events.labels(event.account.platform).inc()
        self.delivery.wake()
        self.clock.acted()
        opened = isinstance(event.what, Opened) and event.what.home
        self.homes.acted(event.account, opened=opened)
        return answered

    async def ready(self) -> list[str]:
        """What is wrong, in a few plain words each; nothing when all is well."""
        wrong = [f"job failing: {name}" for name in self.clock.failing]
        wrong += filter(None, (part() for part in self.watched))
        if self.delivery.failing:
            wrong.append("delivery is failing")
        try:
            await self.threads.run(self._touch)
        except Exception as mistake:  # noqa: BLE001 (whatever it is, the database is not ready)
            wrong.append(f"database: {type(mistake).__name__}")
        return wrong

    def _touch(self) -> None:
        with self.database.engine.connect() as connection:
            connection.execute(text("SELECT 1"))

    def metrics(self) -> bytes:
        """Counts and timings as Prometheus text."""
        return generate_latest(self._registry)

    def web(self, routes: Sequence[web.RouteDef]) -> web.Application:
        """The HTTP application with these routes of the platforms."""
        routes = [*routes, *self.links.routes(), *about.routes()]
        return make_web(routes, ready=self.ready, metrics=self.metrics)

    async def do_what_is_due(self) -> None:
        """One tick and one delivery, now, and the channels and pages that changed with it."""
        await self.clock.tick()
        await self.delivery.deliver_due()
        await self.channels.keep_due()
        await self.homes.show_due()

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Deliver and tick for as long as the block lasts; finish what was begun at its end."""
        await self.threads.run(self.help_now.refresh, self.database)
        await self.delivery.take_over()
        # What is here by now stays: the collector of garbage need not go through it again and again.
        gc.collect()
        gc.freeze()
        delivering, copying = asyncio.create_task(self.delivery.run()), asyncio.create_task(self._keep_copy())
        others = [asyncio.create_task(part) for part in (self.homes.run(), self.channels.run(), self.clock.follow())]
        self.clock.start()
        try:
            yield
        finally:
            self.clock.stop()
            for other in (copying, *others):
                other.cancel()
            self.delivery.stop()
            # What is not finished by then stays marked as being sent, and is looked up by whoever starts next.
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(delivering, FINISHING)
            await asyncio.gather(copying, *others, return_exceptions=True)

    async def _keep_copy(self) -> None:
        while True:
            await asyncio.sleep(30)
            try:
                await self.threads.run(self.help_now.refresh, self.database)
            except Exception as mistake:  # noqa: BLE001 (the old copy serves until the database is back)
                log.warning("the local copy of whom to call was not refreshed: %s", type(mistake).__name__)

    def close(self) -> None:
        """Close the database and its threads."""
        self.threads.close()
        self.database.close()
