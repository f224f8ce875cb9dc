"""One worker that delivers, in a process of its own, to be killed and frozen by `benchmarks.crashing`.

``python -m benchmarks.worker DATABASE KEY SLACK [LEASE SEND_TIMEOUT]``; it prints "ready". LEASE and SEND_TIMEOUT, in
seconds, take the places of the program's own in this process alone: a benchmark cannot wait 60 seconds for the end of
each lease. Their order stays what it is: a send ends well before its lease.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

from benchmarks.letters import TUESDAY
from bot import delivery
from bot.app import App
from bot.now import Now
from bot.slack.connect import Slack
from storage.database import open_database
from tests.fake_slack import TOKEN


def client(url: str) -> Slack:
    """Slack, for sending only."""

    async def receive(_: object) -> object:
        raise AssertionError("nothing comes in")

    return Slack(token_for=lambda _: TOKEN, signing_secret="unused", receive=receive, api_url=url)  # type: ignore[arg-type]


async def _work(database_url: str, key: str, slack_url: str, var: Path) -> None:
    now = Now()
    now.move_to(TUESDAY)
    app = App(open_database(database_url, [key]), now, keys=[key], admins=frozenset(), var=var)
    slack = client(slack_url)
    await slack.start()
    app.platforms["slack"] = slack
    await app.delivery.take_over()
    print("ready", flush=True)
    await app.delivery.run(every=0.25)


if __name__ == "__main__":
    _, database_url, key, slack_url, *shorter = sys.argv
    if shorter:
        delivery.LEASE, delivery.SEND_TIMEOUT = timedelta(seconds=float(shorter[0])), float(shorter[1])
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_work(database_url, key, slack_url, Path(folder)))
