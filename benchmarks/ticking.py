"""One tick and one delivery with a million letters that are due some day, against the same with a thousand."""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from sqlalchemy import select, update

from benchmarks import letters, million
from benchmarks.postgres import fresh, postgres
from benchmarks.row import Row
from benchmarks.scale import scaled
from bot.app import App
from bot.now import Now
from bot.platform import Address, Sent
from handlers.chat import Card
from storage import schema
from storage.database import Database, new_key, open_database
from storage.outbox import Letter

FEW = 1000
DUE = 10
ROUNDS = 200
GOAL = 1.2

_Times = dict[int, list[float]]
"""Seconds, by how many letters are due later."""


class _AtOnce:
    """A platform that takes everything at once, so that what is measured is ours."""

    async def send(self, address: Address, card: Card, *, letter: str) -> Sent:
        return Sent(letter, address.conversation)

    async def update(self, address: Address, message: str, card: Card, *, letter: str) -> Sent:
        return Sent(message, address.conversation)

    async def find(self, address: Address, *, letter: str, since: float) -> Sent | None:
        return None


def measure() -> list[Row]:
    """On both kinds of database."""
    many = scaled(million.MANY, least=2 * FEW)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        server, key = stack.enter_context(postgres()), new_key()
        rows: list[Row] = []
        for kind in ("SQLite", "PostgreSQL"):
            apps = {}
            for number in (FEW, many):
                if kind == "SQLite":
                    database = open_database(f"sqlite:///{folder}/{number}.db", [key])
                    schema.upgrade(database)
                else:
                    database = fresh(server, f"letters{number}", key)[1]
                began = time.monotonic()
                million.fill(database, number)
                print(f"  {number} letters on {kind}, written in {time.monotonic() - began:.0f} s", file=sys.stderr)
                apps[number] = database
            rows += _compared(kind, apps, many, key, Path(folder))
        return rows


def _compared(kind: str, databases: dict[int, Database], many: int, key: str, var: Path) -> list[Row]:
    ticks, deliveries = asyncio.run(_ticks(databases, key, var))
    few, more = (statistics.median(ticks[number]) * 1000 for number in (FEW, many))
    alone = statistics.median(deliveries[many]) / statistics.median(deliveries[FEW])
    return [
        Row(f"a tick on {kind}, {DUE} letters due, {FEW} due later", round(few, 2), "ms"),
        Row(f"a tick on {kind}, {DUE} letters due, {many} due later", round(more, 2), "ms"),
        Row(
            f"a tick on {kind}: {many} letters due later against {FEW}",
            round(more / few, 2),
            "times as long",
            goal=f"at most {GOAL}",
            holds=more / few <= GOAL,
        ),
        Row(f"the same, the delivery of the {DUE} letters alone", round(alone, 2), "times as long"),
    ]


async def _ticks(databases: dict[int, Database], key: str, var: Path) -> tuple[_Times, _Times]:
    """The seconds of every tick with its delivery, and of the delivery alone. The databases take turns."""
    now = Now()
    now.move_to(letters.TUESDAY)
    apps, due = {}, {}
    for number, database in databases.items():
        app = App(database, now, keys=[key], admins=frozenset(), var=var)
        app.platforms["slack"] = _AtOnce()
        # What the clock finds to do at first (invitations, the day's tidying) is done before anything is measured.
        await app.do_what_is_due()
        apps[number], due[number] = app, _some(database)
    ticks: _Times = {number: [] for number in databases}
    deliveries: _Times = {number: [] for number in databases}
    for _ in range(scaled(ROUNDS, least=20)):
        for number, app in apps.items():
            _make_due(app.database, due[number])
            before, began = app.delivery.sent, time.perf_counter()
            await app.clock.tick()
            ticked = time.perf_counter()
            await app.delivery.deliver_due()
            ended = time.perf_counter()
            ticks[number].append(ended - began)
            deliveries[number].append(ended - ticked)
            assert app.delivery.sent - before == DUE, app.delivery.sent - before
    for app in apps.values():
        app.close()
    return ticks, deliveries


def _some(database: Database) -> list[int]:
    """Letters that will be due again and again: announcements to people who have many others waiting."""
    with database.transaction() as session:
        query = select(Letter.id).where(Letter.kind == "announcement").order_by(Letter.id).limit(DUE)
        return list(session.scalars(query))


def _make_due(database: Database, chosen: list[int]) -> None:
    with database.transaction() as session:
        session.execute(
            update(Letter)
            .where(Letter.id.in_(chosen))
            .values(state="waiting", due_at=letters.TUESDAY, not_before=None)
            .execution_options(synchronize_session=False)
        )
