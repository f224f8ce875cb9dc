"""Letters a second: our delivery, against a bare loop that posts the same rendered bodies through the same client."""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.row import Row
from bot.app import App
from bot.now import Now
from bot.platform import Address
from bot.slack.connect import Slack
from handlers.chat import Card
from handlers.turn import Turn
from storage import groups, organisations, people, schema
from storage.database import Database, new_key, open_database
from tests.fake_slack import TEAM, TOKEN

LETTERS = 3000
IN_FLIGHT = 16
ROUNDS = 3
CARD = Card("News from the group", "The next meeting has a new room. The link stays the same.", note="From Grace.")
# A working hour, so that nothing is held.
TUESDAY = datetime(2027, 3, 2, 10, 0, tzinfo=UTC)


def measure() -> list[Row]:
    """Both loops in turn, against a Slack of our own in another process that answers at once."""
    rates: dict[str, list[float]] = {"bare": [], "ours": []}
    for _ in range(ROUNDS):
        with _FastSlack() as url:
            rates["bare"].append(asyncio.run(_bare(url)))
            rates["ours"].append(asyncio.run(_ours(url)))
    bare, ours = statistics.median(rates["bare"]), statistics.median(rates["ours"])
    return [
        Row(f"letters, bare loop, {IN_FLIGHT} in flight", round(bare), "a second"),
        Row(f"letters, our delivery, {IN_FLIGHT} in flight, every one recorded", round(ours), "a second"),
        Row("letters: ours against bare", round(ours / bare, 2), "times the rate"),
    ]


class _FastSlack:
    """The Slack of the tests as a program of its own, without its checks of blocks, which would be the bottleneck."""

    def __enter__(self) -> str:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.fake_slack", "--port", "0", "--fast"], stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        return self._process.stdout.readline().split()[-1]

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(20)


def _client(url: str) -> Slack:
    async def receive(_: object) -> object:
        raise AssertionError("nothing comes in")

    return Slack(token_for=lambda _: TOKEN, signing_secret="unused", receive=receive, api_url=url)  # type: ignore[arg-type]


async def _bare(url: str) -> float:
    slack = _client(url)
    await slack.start()
    addresses = iter([Address("slack", TEAM, f"U{number}", f"D{number}") for number in range(LETTERS)])

    async def post() -> None:
        for address in addresses:
            await slack.send(address, CARD, letter="bare")

    began = time.perf_counter()
    await asyncio.gather(*(post() for _ in range(IN_FLIGHT)))
    took = time.perf_counter() - began
    await slack.close()
    return LETTERS / took


async def _ours(url: str) -> float:
    with tempfile.TemporaryDirectory() as folder:
        key = new_key()
        database = open_database(f"sqlite:///{folder}/bench.db", [key])
        schema.upgrade(database)
        _write_letters(database)
        now = Now()
        now.move_to(TUESDAY)
        app = App(database, now, keys=[key], admins=frozenset(), var=Path(folder))
        slack = _client(url)
        await slack.start()
        app.platforms["slack"] = slack
        began = time.perf_counter()
        await app.delivery.deliver_due()
        took = time.perf_counter() - began
        assert app.delivery.sent == LETTERS, app.delivery.sent
        await slack.close()
        app.close()
        return LETTERS / took


def _write_letters(database: Database) -> None:
    with database.transaction() as session:
        organisation = organisations.add_organisation(
            session, "Bench", nation="ENG", time_zone="Europe/London", now=TUESDAY
        )
        organisations.own_workspace(session, organisation, "slack", TEAM)
        group = groups.add_group(
            session, organisation.id, name="Group", about="", who_can_join="", rhythm="", now=TUESDAY
        )
        for number in range(LETTERS):
            account = people.meet(
                session,
                organisation.id,
                platform="slack",
                workspace=TEAM,
                user=f"U{number}",
                name="someone",
                time_zone="Europe/London",
                now=TUESDAY,
            )
            account.conversation = f"D{number}"
            groups.place(session, group, account.person, state="active", now=TUESDAY)
        turn = Turn(session, TUESDAY, organisation)
        turn.tell(groups.audience(group.id), CARD, key="bench", kind="announcement", group_id=group.id)
