"""Signed commands a second: our whole program, against a bare Bolt command that inserts one row and commits."""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from sqlalchemy import insert

from benchmarks.load import SECRET, TEAM, load
from benchmarks.row import Row
from benchmarks.scale import scaled
from bot.app import App
from bot.now import Now
from bot.slack.connect import Slack
from bot.threads import Threads
from handlers.privacy import NOTICE_VERSION
from storage import organisations, people, schema
from storage.conversations import SeenEvent
from storage.database import Database, new_key, open_database

COMMANDS = scaled(3000, least=320)
AT_ONCE = 32
ROUNDS = 3
NOWHERE = "http://127.0.0.1:9/"  # nothing is sent: the answers stay in the outbox


def measure() -> list[Row]:
    """Both servers in turn, several rounds, and the median of each."""
    rates: dict[str, list[float]] = {"bare": [], "ours": []}
    slowest: dict[str, list[float]] = {"bare": [], "ours": []}
    for _ in range(ROUNDS):
        for which in rates:
            rate, p99 = _measured(which)
            rates[which].append(rate)
            slowest[which].append(p99)
    bare, ours = statistics.median(rates["bare"]), statistics.median(rates["ours"])
    return [
        Row("signed commands, bare Bolt with one row inserted and committed", round(bare), "a second"),
        Row("signed commands, the whole program, one durable write each", round(ours), "a second"),
        Row("signed commands: ours against bare", round(ours / bare, 2), "times the rate"),
        Row(
            "signed commands: slowest in 100, ours against bare",
            round(statistics.median(slowest["ours"]) / statistics.median(slowest["bare"]), 2),
            "times as long",
        ),
    ]


def _measured(which: str) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as folder:
        server = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.answering", which, folder], stdout=subprocess.PIPE, text=True
        )
        try:
            assert server.stdout is not None
            url = server.stdout.readline().strip()
            _load(url, COMMANDS // 4)  # to warm up
            return _load(url, COMMANDS)
        finally:
            server.terminate()
            server.wait(20)


def _load(url: str, number: int) -> tuple[float, float]:
    """So many commands a second, and the milliseconds that 99 in 100 took at most."""
    a_second, _, p99 = load("closed", url, team=TEAM, text="my groups", number=number, rate=AT_ONCE)
    return a_second, p99


async def _serve(which: str, folder: Path) -> None:
    key = new_key()
    database = open_database(f"sqlite:///{folder}/bench.db", [key])
    schema.upgrade(database)
    route = await (_ours(database, key, folder) if which == "ours" else _bare(database))
    application = web.Application()
    application.add_routes([route])
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(f"http://127.0.0.1:{runner.addresses[0][1]}", flush=True)
    await asyncio.Event().wait()


async def _ours(database: Database, key: str, folder: Path) -> web.RouteDef:
    """The program without its delivery loop: the answers stay in the outbox, which is the durable write."""
    now = datetime.now(UTC)
    with database.transaction() as session:
        organisation = organisations.add_organisation(
            session, "Bench", nation="ENG", time_zone="Europe/London", now=now
        )
        organisation.helpline = organisation.pals = organisation.safeguarding_contact = "01632 960000"
        organisations.own_workspace(session, organisation, "slack", TEAM)
        for number in range(50):
            account = people.meet(
                session,
                organisation.id,
                platform="slack",
                workspace=TEAM,
                user=f"U{number:04d}",
                name="someone",
                time_zone="Europe/London",
                now=now,
            )
            people.record_consent(session, account.person, "notice", version=NOTICE_VERSION, now=now)
    app = App(database, Now(), keys=[key], admins=frozenset(), var=folder)
    slack = Slack(token_for=lambda _: "xoxb-bench", signing_secret=SECRET, receive=app.receive, api_url=NOWHERE)
    await slack.start()
    return slack.routes()[0]


async def _bare(database: Database) -> web.RouteDef:
    """Bolt as its own documentation shows it, with the same database, pragmas and threads in front of it."""

    async def authorize(**_: object) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id=TEAM, bot_token="xoxb-bench", bot_id="B0", bot_user_id="U0")

    bolt = AsyncApp(signing_secret=SECRET, authorize=authorize, process_before_response=True)
    threads = Threads(database.writers)

    def write(trigger: str) -> None:
        with database.transaction() as session:
            session.execute(insert(SeenEvent).values(id=trigger, at=datetime.now(UTC)))

    @bolt.command("/pag")
    async def pag(ack: object, command: dict[str, str]) -> None:
        await threads.run(write, command["trigger_id"])
        await ack("I have answered you in a direct message.")  # type: ignore[operator]  # Bolt's own untyped argument

    async def come_in(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await bolt.async_dispatch(await to_bolt_request(request)))

    return web.post("/slack/events", come_in)


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1], Path(sys.argv[2])))
