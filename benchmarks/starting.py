"""From the start of the process to "ready", and its memory, with a million letters in the database."""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import million
from benchmarks.programs import SlackProgram
from benchmarks.row import Row
from benchmarks.scale import scaled
from benchmarks.server import Server
from storage import schema
from storage.database import new_key, open_database

ROUNDS = 5
MOST_SECONDS = 2.0
MOST_MEMORY = 150.0


def measure() -> list[Row]:
    """`pag run` on SQLite, started several times. Its memory is read when it is ready, and once it was idle for 5 s."""
    number, key = scaled(million.MANY, least=1000), new_key()
    with tempfile.TemporaryDirectory() as name, SlackProgram() as slack:
        folder = Path(name)
        database = open_database(f"sqlite:///{folder}/bench.db", [key])
        schema.upgrade(database)
        million.fill(database, number)
        database.close()
        took: list[float] = []
        memory: list[float] = []
        for turn in range(ROUNDS):
            with Server(folder, key=key, slack_url=slack.url) as server:
                took.append(server.took)
                memory.append(server.memory())
                if turn == 0:
                    time.sleep(5)
                    memory.append(server.memory())
            print(f"  ready in {took[-1]:.2f} s, {memory[-1]:.0f} MiB", file=sys.stderr)
    seconds, most = statistics.median(took), max(memory)
    what = f"{number} letters in the database"
    return [
        Row(
            f"start to ready, {what}",
            round(seconds, 2),
            "seconds",
            goal=f"at most {MOST_SECONDS:g}",
            holds=seconds <= MOST_SECONDS,
        ),
        Row(f"memory, {what}", round(most), "MiB", goal=f"under {MOST_MEMORY:g}", holds=most < MOST_MEMORY),
    ]
