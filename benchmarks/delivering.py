"""Letters a second: our delivery, against a bare loop that posts already rendered bodies through the same client."""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path

import aiohttp

from benchmarks import letters
from benchmarks.programs import InstantProgram
from benchmarks.row import Row
from benchmarks.scale import scaled
from benchmarks.worker import client
from bot.app import App
from bot.now import Now
from bot.slack.connect import calls
from bot.slack.translate import blocks
from storage import schema
from storage.database import new_key, open_database
from tests.fake_slack import TOKEN

LETTERS = scaled(10_000)
IN_FLIGHT = 16
ROUNDS = 3
GOAL = 0.7


def measure() -> list[Row]:
    """Both loops in turn, against a Slack of our own in another process that answers at once."""
    rates: dict[str, list[float]] = {"bare": [], "ours": []}
    for _ in range(ROUNDS):
        for which, loop in (("bare", _bare), ("ours", _ours)):
            with InstantProgram() as slack:
                rates[which].append(LETTERS / asyncio.run(loop(slack.url)))
                assert slack.count() == LETTERS, slack.count()
            print(f"  {which}: {rates[which][-1]:.0f} letters a second", file=sys.stderr)
    bare, ours = statistics.median(rates["bare"]), statistics.median(rates["ours"])
    ratio = statistics.median(mine / theirs for mine, theirs in zip(rates["ours"], rates["bare"], strict=True))
    return [
        Row(f"{LETTERS} letters, bare loop, {IN_FLIGHT} in flight", round(bare), "a second"),
        Row(f"{LETTERS} letters, our delivery, {IN_FLIGHT} in flight, every one recorded", round(ours), "a second"),
        Row(
            "letters: ours against bare",
            round(ratio, 2),
            "times the rate",
            goal=f"at least {GOAL}",
            holds=ratio >= GOAL,
        ),
    ]


async def _bare(url: str) -> float:
    """The seconds that it takes when all is rendered and nothing is written down."""
    fixed = {"parse": "none", "link_names": False, "mrkdwn": False, "unfurl_links": False, "unfurl_media": False}
    bodies = iter(
        [
            {
                "channel": f"D{number:04d}",
                **fixed,
                **blocks.message(letters.CARD),
                "metadata": {"event_type": "letter", "event_payload": {"id": f"bare-{number}"}},
            }
            for number in range(LETTERS)
        ]
    )
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=8.0, sock_connect=4.0)) as session:
        slack = calls.client(session, api_url=url, token=TOKEN)

        async def post() -> None:
            for body in bodies:
                await slack.chat_postMessage(**body)

        began = time.perf_counter()
        await asyncio.gather(*(post() for _ in range(IN_FLIGHT)))
        return time.perf_counter() - began


async def _ours(url: str) -> float:
    """The seconds from the first claim to the last record. The database is a file on disk, written durably."""
    with tempfile.TemporaryDirectory() as folder:
        key = new_key()
        database = open_database(f"sqlite:///{folder}/bench.db", [key])
        schema.upgrade(database)
        letters.sow(database, LETTERS)
        now = Now()
        now.move_to(letters.TUESDAY)
        app = App(database, now, keys=[key], admins=frozenset(), var=Path(folder))
        slack = client(url)
        await slack.start()
        app.platforms["slack"] = slack
        async with app.running():
            # What is loaded when it is first needed has been loaded before anything is measured, as in the bare loop.
            await app.do_what_is_due()
            letters.announce(database)
            began = time.perf_counter()
            await app.delivery.deliver_due()
            took = time.perf_counter() - began
        assert app.delivery.sent == LETTERS, app.delivery.sent
        await slack.close()
        app.close()
        return took
