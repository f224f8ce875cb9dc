"""The servers that `benchmarks.answering` asks: our program, and bare Bolt.

Run as ``python -m benchmarks.answerers WHICH DIR``.

Bare Bolt has the same database, pragmas, transactions and threads behind it. ``bare`` runs in each transaction the very
statements that ours runs for the same command, as recorded from the driver, and reads what they give; ``one row``
writes only that the command was seen.
"""

from __future__ import annotations

import asyncio
import gc
import hashlib
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from sqlalchemy import event as happening

from benchmarks.load import PEOPLE, SECRET, TEAM, TEXT
from bot.app import App
from bot.now import Now
from bot.slack.connect import Slack
from bot.threads import Threads
from handlers.chat import Account, Event, Said
from handlers.privacy import NOTICE_VERSION
from handlers.texts.inbox import answered_in_direct_message
from storage import groups, organisations, people, schema
from storage.database import Database, new_key, open_database

MARK = 24
"""Characters of the hash of an event's id that stand in the keys it writes."""
NOWHERE = "http://127.0.0.1:9/"  # nothing is sent: the answers stay in the outbox

Write = Callable[[str, str], None]


@dataclass(frozen=True)
class Statement:
    """What the driver was given. ``fresh`` are the places of the parameters that hold the event's mark."""

    sql: str
    parameters: tuple[Any, ...]
    fresh: tuple[int, ...]


async def serve(which: str, folder: Path) -> None:
    """Print where it can be asked, and answer until the process ends."""
    key = new_key()
    database = open_database(f"sqlite:///{folder}/bench.db", [key])
    schema.upgrade(database)
    _fill(database)
    # Without its delivery loop: the answers stay in the outbox, which is the durable write.
    app = App(database, Now(), keys=[key], admins=frozenset(), var=folder)
    route = await (_ours(app) if which == "ours" else _bare(database, _same(app) if which == "bare" else _one(app)))
    application = web.Application()
    application.add_routes([route])
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    gc.collect()
    gc.freeze()
    print(f"http://127.0.0.1:{runner.addresses[0][1]}", flush=True)
    await asyncio.Event().wait()


def _fill(database: Database) -> None:
    """One organisation that is open, and one group with everyone in it."""
    now = datetime.now(UTC)
    with database.transaction() as session:
        organisation = organisations.add_organisation(
            session, "Bench", nation="ENG", time_zone="Europe/London", now=now
        )
        organisation.helpline = organisation.pals = organisation.safeguarding_contact = "01632 960000"
        organisations.own_workspace(session, organisation, "slack", TEAM)
        group = groups.add_group(
            session, organisation.id, name="Kidney group", about="", who_can_join="", rhythm="", now=now
        )
        for user in PEOPLE:
            account = people.meet(
                session,
                organisation.id,
                platform="slack",
                workspace=TEAM,
                user=user,
                name="someone",
                time_zone="Europe/London",
                now=now,
            )
            people.record_consent(session, account.person, "notice", version=NOTICE_VERSION, now=now)
            groups.place(session, group, account.person, state="active", now=now)


async def _ours(app: App) -> web.RouteDef:
    slack = Slack(token_for=lambda _: "xoxb-bench", signing_secret=SECRET, receive=app.receive, api_url=NOWHERE)
    await slack.start()
    return slack.routes()[0]


async def _bare(database: Database, write: Write) -> web.RouteDef:
    """Bolt as its own documentation shows it."""

    async def authorize(**_: object) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id=TEAM, bot_token="xoxb-bench", bot_id="B0", bot_user_id="U0")

    bolt = AsyncApp(signing_secret=SECRET, authorize=authorize, process_before_response=True)
    threads = Threads(database.writers)

    @bolt.command("/pag")
    async def pag(ack: Callable[[str], Awaitable[object]], command: dict[str, str]) -> None:
        await threads.run(write, command["user_id"], command["trigger_id"])
        await ack(answered_in_direct_message())

    async def come_in(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await bolt.async_dispatch(await to_bolt_request(request)))

    return web.post("/slack/events", come_in)


def _same(app: App) -> Write:
    """What ours does for this person's command, with the mark of the new one where a key must be new."""
    recorded = {user: _recorded(app, user) for user in PEOPLE}

    def write(user: str, trigger: str) -> None:
        mark = _mark(trigger)[:MARK]
        with app.database.engine.begin() as connection:
            for statement in recorded[user]:
                parameters = list(statement.parameters)
                for place in statement.fresh:
                    parameters[place] = mark.join(parameters[place].split("*", 1))
                result = connection.exec_driver_sql(statement.sql, tuple(parameters))
                if result.returns_rows:
                    result.all()

    return write


def _one(app: App) -> Write:
    def write(user: str, trigger: str) -> None:
        with app.database.engine.begin() as connection:
            connection.exec_driver_sql(
                "INSERT INTO seen_events (id, at) VALUES (?, ?)", (_mark(trigger), "2027-03-02 10:00:00.000000")
            )

    return write


def _recorded(app: App, user: str) -> Sequence[Statement]:
    """What the driver is given for this person's command, once they have had an answer before."""
    found: list[Statement] = []
    mark = ""

    def note(_connection: object, _cursor: object, sql: str, parameters: tuple[Any, ...], *_: object) -> None:
        marked = tuple(
            one.replace(mark[:MARK], "*", 1) if isinstance(one, str) and mark[:MARK] in one else one
            for one in parameters
        )
        fresh = tuple(place for place, one in enumerate(marked) if one is not parameters[place])
        # The transaction itself begins by itself, there as here.
        if not sql.startswith("BEGIN"):
            found.append(Statement(sql, marked, fresh))

    account = Account("slack", TEAM, user)
    for trigger in ("before", "recorded"):
        found.clear()
        event = Event(f"{user}.{trigger}", account, Said(TEXT), "command", shows_forms=True, name="someone")
        mark = _mark(event.id)
        happening.listen(app.database.engine, "before_cursor_execute", note)
        app.inbox.receive(app.database, event, now=datetime.now(UTC))
        happening.remove(app.database.engine, "before_cursor_execute", note)
    if not any(statement.fresh for statement in found):
        raise ValueError("nothing was written for this command")
    return found


def _mark(trigger: str) -> str:
    return hashlib.sha256(f"slack:{trigger}".encode()).hexdigest()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], Path(sys.argv[2])))
