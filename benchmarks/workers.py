"""Two workers against one, on one PostgreSQL, while the platform takes its usual 50 ms for each message."""

from __future__ import annotations

import statistics
import sys
from contextlib import ExitStack

from benchmarks import letters
from benchmarks.postgres import fresh, postgres
from benchmarks.programs import Program, SlackProgram, until
from benchmarks.row import Row
from benchmarks.scale import scaled
from storage.database import new_key
from tests.postgres import Server

LETTERS_EACH = 3000
ROUNDS = 3
GOAL = 1.9
DELAY = 0.05


def measure() -> list[Row]:
    """One worker and two workers in turn, on databases of their own, and the median of each."""
    rates: dict[int, list[float]] = {1: [], 2: []}
    with postgres() as server:
        for turn in range(ROUNDS):
            for number in rates:
                rates[number].append(_rate(server, f"w{turn}_{number}", number))
                print(f"  {number} at work: {rates[number][-1]:.0f} letters a second", file=sys.stderr)
    one, two = statistics.median(rates[1]), statistics.median(rates[2])
    return [
        Row("letters, 1 worker on PostgreSQL, the fake answers in 50 ms", round(one), "a second"),
        Row("letters, 2 workers on PostgreSQL, the fake answers in 50 ms", round(two), "a second"),
        Row(
            "letters: 2 workers against 1",
            round(two / one, 2),
            "times the rate",
            goal=f"at least {GOAL}",
            holds=two / one >= GOAL,
        ),
    ]


def _rate(server: Server, name: str, workers: int) -> float:
    """Letters a second by Slack's own times, from the first tenth to the last: while all workers are at it."""
    with ExitStack() as stack:
        slack, key = stack.enter_context(SlackProgram(delay=DELAY)), new_key()
        url, database = fresh(server, name, key)
        letters.sow(database, scaled(LETTERS_EACH) * workers)
        started = [stack.enter_context(Program("benchmarks.worker", url, key, slack.url)) for _ in range(workers)]
        for worker in started:
            worker.line()
        number = letters.announce(database)
        until("all letters delivered", lambda: slack.count() >= number, seconds=120, every=0.1)
        database.close()
        times = sorted(float(message["ts"]) for message in slack.messages())[number // 10 : number * 9 // 10]
        return (len(times) - 1) / (times[-1] - times[0])
