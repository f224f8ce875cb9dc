"""The sandbox as a running program: the sample organisation, a clock that can be moved, and the page."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiohttp import web

from bot.app import App
from bot.now import Now
from bot.sandbox import sample
from bot.sandbox.connect import Sandbox
from bot.sandbox.translate import Move
from bot.settings import VAR
from handlers.calendar import QuietHours, next_sending_time, to_local, to_utc
from handlers.texts import dates
from storage import organisations, outbox, schema
from storage.database import Database, new_key, open_database

FARTHEST = timedelta(days=60)
"""How far "Next due" looks ahead."""


class Rehearsal:
    """A running sandbox. ``opened`` makes one."""

    def __init__(self, database: Database, key: str, var: Path) -> None:
        self._database = database
        self._now = Now()
        self._app = App(database, self._now, keys=[key], admins=frozenset(), var=var)
        self.platform = Sandbox(
            self._app.receive,
            sample.CAST,
            now=self._now,
            move=self._move,
            settle=self._settle,
            channels=(sample.CHANNEL,),
        )
        self._app.platforms["sandbox"] = self.platform

    @classmethod
    @contextlib.asynccontextmanager
    async def opened(cls, file: Path | None) -> AsyncIterator[Rehearsal]:
        """Open the sandbox on a fresh database in `var/`, or on `file`, which keeps its data."""
        fresh = VAR / "sandbox.db"
        if file is None:
            for old in VAR.glob("sandbox.db*"):
                old.unlink()
        file = file or fresh
        file.parent.mkdir(parents=True, exist_ok=True)
        key = _key_beside(file)
        database = open_database(f"sqlite:///{file}", [key])
        schema.upgrade(database)
        rehearsal = cls(database, key, file.parent)
        rehearsal._begin()
        async with rehearsal._app.running():
            await rehearsal._app.do_what_is_due()
            yield rehearsal
        await rehearsal.platform.close()
        rehearsal._app.close()

    def web(self) -> web.Application:
        """The HTTP application. The first page is the sandbox."""

        async def to_the_page(_: web.Request) -> web.Response:
            raise web.HTTPFound("/sandbox")

        application = self._app.web([web.get("/", to_the_page), *self.platform.routes()])
        application.on_shutdown.append(self.platform.close)
        return application

    def _begin(self) -> None:
        """Start at a time when messages may go, so that the first thing one tries is answered at once."""
        now = datetime.now(UTC)
        start = next_sending_time(now, sample.ZONE, QuietHours(), "ENG")
        if start > now:
            self._now.move_to(start + timedelta(hours=1))
        with self._database.transaction() as session:
            if not organisations.all_organisations(session):
                sample.make_sample(session, now=self._now())

    async def _settle(self) -> None:
        await self._app.delivery.deliver_due()

    async def _move(self, to: Move) -> str:
        before = self._now()
        if to == "tomorrow":
            end = _ten_tomorrow(before)
            sent = await self._step_to(end, stop_at_first=False)
        else:
            sent = await self._step_to(before + FARTHEST, stop_at_first=True)
        at = dates.when(to_local(self._now(), sample.ZONE))
        if sent:
            return f"It is now {at}. {dates.count(sent, 'message was', 'messages were')} sent."
        return f"It is now {at}. Nothing was due."

    async def _step_to(self, end: datetime, *, stop_at_first: bool) -> int:
        """Go on hour by hour, on the hour, doing what is due. Returns how many unasked messages were sent."""
        at_first = await self._app.threads.run(self._unasked)
        sent = 0
        while self._now() < end and not (sent and stop_at_first):
            hour = self._now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
            self._now.move_to(min(hour, end))
            await self._app.do_what_is_due()
            sent = await self._app.threads.run(self._unasked) - at_first
        return sent

    def _unasked(self) -> int:
        with self._database.transaction() as session:
            return sum(
                outbox.anything_sent(session, organisation_id=organisation.id)
                for organisation in organisations.all_organisations(session)
            )


def _ten_tomorrow(moment: datetime) -> datetime:
    local = to_local(moment, sample.ZONE)
    return to_utc((local + timedelta(days=1)).replace(hour=10, minute=0, second=0, microsecond=0), sample.ZONE)


def _key_beside(file: Path) -> str:
    """The key of the sandbox's data, kept beside it: everyone in it is invented."""
    key = file.with_suffix(".key")
    if not key.exists():
        key.write_text(new_key(), encoding="utf-8")
    return key.read_text(encoding="utf-8").strip()
