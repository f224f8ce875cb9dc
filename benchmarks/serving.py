"""How long people wait for an answer while an announcement goes out to 10,000 others, against when nothing does."""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from benchmarks import letters
from benchmarks.load import load
from benchmarks.programs import SlackProgram, until
from benchmarks.row import Row
from benchmarks.scale import scaled
from benchmarks.server import Server
from storage import schema
from storage.database import new_key, open_database
from tests.fake_slack import TEAM

LETTERS = 10_000
A_SECOND = 20
SECONDS = 15
ROUNDS = 5
DELAY = 0.05
GOAL = 3.0


def measure() -> list[Row]:
    """`pag run` on SQLite, 20 commands a second: first alone, then while the letters go. The median of 5 such runs."""
    quiet: list[float] = []
    busy: list[float] = []
    with tempfile.TemporaryDirectory() as name:
        folder, key = Path(name), new_key()
        template = folder / "template.db"
        database = open_database(f"sqlite:///{template}", [key])
        schema.upgrade(database)
        letters.sow(database, LETTERS)
        database.close()
        for _ in range(max(1, scaled(ROUNDS))):
            alone, beside = _waits(folder, template, key)
            print(f"  p99 {alone:.1f} ms alone, {beside:.1f} ms while letters go", file=sys.stderr)
            quiet.append(alone)
            busy.append(beside)
    ratio = statistics.median(theirs / alone for theirs, alone in zip(busy, quiet, strict=True))
    return [
        Row(f"{A_SECOND} commands a second, p99, nothing going out", round(statistics.median(quiet), 1), "ms"),
        Row(f"{A_SECOND} commands a second, p99, {LETTERS} letters going out", round(statistics.median(busy), 1), "ms"),
        Row(
            "commands: p99 while letters go out against nothing going out",
            round(ratio, 2),
            "times as long",
            goal=f"at most {GOAL:g}",
            holds=ratio <= GOAL,
        ),
    ]


def _waits(folder: Path, template: Path, key: str) -> tuple[float, float]:
    """The p99 (ms) of the answers when nothing goes out, and while the announcement does."""
    for old in folder.glob("bench.db*"):
        old.unlink()
    shutil.copy(template, folder / "bench.db")
    with SlackProgram(delay=DELAY) as slack, Server(folder, key=key, slack_url=slack.url) as server:

        def p99(seconds: int) -> float:
            return load("open", server.url, team=TEAM, text="my groups", number=A_SECOND * seconds, rate=A_SECOND)[2]

        p99(3)  # to warm up: who everybody is has been asked after that
        alone = p99(scaled(SECONDS, least=5))
        before = slack.count()
        database = open_database(f"sqlite:///{folder}/bench.db", [key])
        number = letters.announce(database)
        database.close()
        until("the letters go", lambda: slack.count() > before + 100, seconds=30)
        beside = p99(scaled(SECONDS, least=5))
        went = slack.count() - before
        assert number > went > A_SECOND * 10, f"{went} letters went beside the commands"
        return alone, beside
