"""Workers killed and frozen in the middle of an announcement: who got no message, and who got two."""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select

from benchmarks import letters
from benchmarks.postgres import fresh, postgres
from benchmarks.programs import Program, SlackProgram, until
from benchmarks.row import Row
from benchmarks.scale import scaled
from storage import schema
from storage.database import Database, new_key, open_database
from storage.organisations import Organisation
from storage.outbox import Letter

LETTERS = 10_000
KILLS = 20
FREEZES = 12
PROCESSES = 3
KILLING = 150
"""Seconds for which a worker is killed each second, at most."""

LONGEST = 240.0
"""Seconds after which a run that has not delivered everything has failed."""


@dataclass
class _Workers:
    """Workers on one database, of which any may be killed and started again."""

    words: tuple[str, ...]
    log: Path
    number: int = 1
    running: list[Program] = field(default_factory=list)

    def __enter__(self) -> _Workers:
        self.running = [self._started() for _ in range(self.number)]
        for worker in self.running:
            worker.line()
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self.running:
            worker.kill()

    def restart(self, which: int, *, wait: bool = False) -> None:
        """Kill -9, and start another in its place."""
        self.running[which].kill()
        self.running[which] = self._started()
        if wait:
            self.running[which].line()

    def oldest(self) -> int | None:
        """The one that has been at work for longest, if any is."""
        ready = [which for which, worker in enumerate(self.running) if worker.has_spoken()]
        return min(ready, key=lambda which: self.running[which].began, default=None)

    def _started(self) -> Program:
        return Program("benchmarks.worker", *self.words, log=self.log)


def measure() -> list[Row]:
    """The three runs, one after the other."""
    return [*_killed_on_sqlite(), *_killed_on_postgres(), *_frozen_on_postgres()]


def _killed_on_sqlite() -> list[Row]:
    """One worker, killed 20 times: each time when so many messages had come as was drawn before."""
    with tempfile.TemporaryDirectory() as folder, SlackProgram() as slack:
        key, url = new_key(), f"sqlite:///{folder}/bench.db"
        database = open_database(url, [key])
        schema.upgrade(database)
        number = _written(database)
        moments = random.Random(3)  # noqa: S311 (moments that can be drawn again)
        kills = scaled(KILLS, least=3)
        with _Workers((url, key, slack.url), Path(folder) / "log") as workers:
            for seen in sorted(moments.sample(range(number // 50, number * 9 // 10), kills)):
                _come(slack, seen)
                time.sleep(moments.uniform(0, 0.03))
                _say(f"killed after {slack.count()} messages")
                workers.restart(0, wait=True)
            _all_delivered(database)
        what = f"{number} letters on SQLite, the worker killed {kills} times"
        return _counted(what, database, slack, goal=0)


def _killed_on_postgres() -> list[Row]:
    """Three workers, of which one is killed each second, while the database is restarted twice.

    The fake answers in 50 ms, as a platform does, so that the run outlasts many kills.
    """
    with ExitStack() as stack:
        server, slack = stack.enter_context(postgres()), stack.enter_context(SlackProgram(delay=0.05))
        folder, key = stack.enter_context(tempfile.TemporaryDirectory()), new_key()
        url, database = fresh(server, "killed", key)
        number = _written(database)
        workers = stack.enter_context(_Workers((url, key, slack.url, "4", "1"), Path(folder) / "log", PROCESSES))
        restarts = [number * 3 // 10, number * 6 // 10]
        kills = 0
        for _ in _seconds():
            seen = slack.count()
            if seen >= number * 9 // 10:
                break
            # One that is still starting is spared, or on a slow machine none would ever get to work.
            if (oldest := workers.oldest()) is not None:
                workers.restart(oldest)
                kills += 1
                _say(f"kill {kills} after {seen} messages")
            if restarts and seen >= restarts[0]:
                restarts.pop(0)
                _say("the database is restarted")
                server.stop()
                server.start()
        if restarts:
            raise AssertionError("the letters were delivered before the database was restarted twice")
        _all_delivered(database)
        what = f"{number} letters, {PROCESSES} workers, one killed each second ({kills} kills), 2 database restarts"
        return _counted(what, database, slack, goal=0)


def _frozen_on_postgres() -> list[Row]:
    """Three workers with leases of 2 seconds, of which one is frozen for longer than that, 12 times over."""
    with ExitStack() as stack:
        server, slack = stack.enter_context(postgres()), stack.enter_context(SlackProgram(delay=0.15))
        folder, key = stack.enter_context(tempfile.TemporaryDirectory()), new_key()
        url, database = fresh(server, "frozen", key)
        number = _written(database)
        workers = stack.enter_context(_Workers((url, key, slack.url, "2", "0.6"), Path(folder) / "log", PROCESSES))
        moments = random.Random(4)  # noqa: S311 (moments that can be drawn again)
        freezes = scaled(FREEZES, least=2)
        _come(slack, 1)
        for turn in range(freezes):
            worker = workers.running[turn % PROCESSES]
            time.sleep(moments.uniform(0, 0.2))
            worker.freeze()
            _say(f"frozen after {slack.count()} messages")
            try:
                time.sleep(2.3)
            finally:
                worker.thaw()
        if slack.count() >= number:
            raise AssertionError("the letters were delivered before the last worker was frozen")
        _all_delivered(database)
        what = f"{number} letters, {PROCESSES} workers, one frozen for longer than its lease {freezes} times"
        return _counted(what, database, slack, goal=1)


def _written(database: Database) -> int:
    letters.sow(database, scaled(LETTERS, least=2500))
    return letters.announce(database)


def _come(slack: SlackProgram, number: int) -> None:
    until(f"{number} messages", lambda: slack.count() >= number, seconds=LONGEST, every=0.01)


def _seconds() -> Iterator[int]:
    """One a second, for as long as workers are killed at most."""
    began = time.monotonic()
    for second in range(KILLING):
        time.sleep(max(0.0, began + second + 1 - time.monotonic()))
        yield second


def _all_delivered(database: Database) -> None:
    until("all letters delivered", lambda: letters.open_letters(database) == 0, seconds=LONGEST, every=0.25)


def _counted(what: str, database: Database, slack: SlackProgram, *, goal: int) -> list[Row]:
    with database.transaction() as session:
        ref = session.scalars(select(Organisation.ref)).one()
        wanted = {f"{ref}-{identity}": state for identity, state in session.execute(select(Letter.id, Letter.state))}
    database.close()
    seen = slack.letters()
    lost = [letter for letter in wanted if not seen[letter]]
    twice = [letter for letter, times in seen.items() if times > 1]
    for letter in lost:
        _say(f"lost: letter {letter}, which stands as {wanted[letter]}")
    for letter in twice:
        _say(f"{seen[letter]} times: letter {letter}, which stands as {wanted[letter]}")
    others = {state for state in wanted.values() if state != "sent"}
    if others:
        _say(f"letters stand as {sorted(others)}")
    most = "0" if goal == 0 else f"at most {goal}, listed"
    return [
        Row(f"{what}: lost", len(lost), "letters", goal="0", holds=not lost),
        Row(f"{what}: twice", len(twice), "letters", goal=most, holds=len(twice) <= goal),
    ]


def _say(words: str) -> None:
    print(f"  {words}", file=sys.stderr)
