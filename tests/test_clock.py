"""The clock: it ticks, a job that fails stops no other, and a tick too many or too late does no harm."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select

from bot.clock import REST, Clock
from bot.now import Now
from bot.threads import Threads
from handlers import router as everything
from handlers.router import Router
from handlers.turn import Turn
from storage import groups, meetings
from storage.database import open_database
from storage.outbox import Letter
from tests.test_meetings import planned
from tests.world import KEY, TUESDAY, Loop, Template, World


class Stopwatch:
    """Seconds that go forward when they are told to."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def threads() -> Iterator[Threads]:
    threads = Threads(1)
    yield threads
    threads.close()


def broken(turn: Turn) -> None:
    raise RuntimeError("a fault of this job")


def test_it_ticks_by_itself_until_it_is_stopped(one_world: World, loop: Loop, threads: Threads) -> None:
    ticks: list[datetime] = []
    thrice = threading.Event()

    def count(turn: Turn) -> None:
        ticks.append(turn.now)
        if len(ticks) == 3:
            thrice.set()

    clock = Clock(Router(jobs={"count": count}), one_world.database, threads, one_world.clock)

    async def a_while() -> int:
        clock.start(every=0.02)
        assert await asyncio.to_thread(thrice.wait, 10)
        clock.stop()
        await asyncio.sleep(0.05)
        stopped_at = len(ticks)
        await asyncio.sleep(0.1)
        return stopped_at

    assert loop.run(a_while()) == len(ticks)
    assert ticks == sorted(ticks)
    assert ticks[0] - TUESDAY < timedelta(minutes=5)


def test_a_job_that_fails_stops_no_other_rests_and_is_tried_again(one_world: World, threads: Threads) -> None:
    ran: list[str] = []

    def sometimes(turn: Turn) -> None:
        ran.append("sometimes")
        if ran.count("sometimes") == 1:
            raise RuntimeError

    jobs: dict[str, Callable[[Turn], None]] = {"sometimes": sometimes, "always": lambda turn: ran.append("always")}
    stopwatch = Stopwatch()
    clock = Clock(Router(jobs=jobs), one_world.database, threads, one_world.clock, monotonic=stopwatch)
    for _ in range(3):
        clock.run_jobs(TUESDAY)
    assert ran == ["sometimes", "always", "always", "always"]
    assert clock.failing == ["sometimes"]
    stopwatch.seconds += REST - 1
    clock.run_jobs(TUESDAY)
    assert ran.count("sometimes") == 1
    stopwatch.seconds += 2
    clock.run_jobs(TUESDAY)
    assert ran.count("sometimes") == 2
    assert clock.failing == []


def test_what_a_failing_job_did_is_undone(one_world: World, threads: Threads) -> None:
    def half(turn: Turn) -> None:
        turn.organisation.name = "Half done"
        turn.session.flush()
        raise RuntimeError

    Clock(Router(jobs={"half": half}), one_world.database, threads, one_world.clock).run_jobs(TUESDAY)
    with one_world.turn() as turn:
        assert turn.organisation.name == "Eastern Hospitals"


def test_a_failing_job_shows_in_ready_and_in_the_metrics(
    one_world: World, loop: Loop, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert loop.run(one_world.app.ready()) == []
    monkeypatch.setitem(everything.jobs, "broken", broken)
    one_world.settle()
    assert loop.run(one_world.app.ready()) == ["job failing: broken"]
    assert b"pag_jobs_failing 1.0" in one_world.app.metrics()


def test_two_clocks_that_tick_at_once_make_each_letter_once(tmp_path: Path, one_world: World) -> None:
    group = one_world.group("Radiotherapy volunteers")
    for name in ("Amina", "Bill", "Dev", "Eve"):
        one_world.member(name, of=group)
    planned(one_world, group, datetime(2027, 3, 16, 18))
    together = threading.Barrier(2)
    failures: list[str] = []

    def tick() -> None:
        database = open_database(f"sqlite:///{tmp_path / 'world.db'}", [KEY])
        clock = Clock(everything, database, one_world.app.threads, Now())
        for hours in range(4):
            together.wait()
            clock.run_jobs(TUESDAY + timedelta(hours=hours))
        failures.extend(clock.failing)
        database.close()

    processes = [threading.Thread(target=tick) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert failures == []
    with one_world.turn() as turn:
        letters = turn.session.execute(select(Letter.key, Letter.recipient)).all()
    assert len(letters) == len(set(letters)) == 4


def test_a_tick_with_nothing_due_writes_nothing(one_world: World) -> None:
    group = one_world.group("Radiotherapy volunteers")
    one_world.member("Amina", of=group)
    one_world.coordinator("Cara", of=group)
    planned(one_world, group, datetime(2027, 3, 16, 18))
    one_world.settle()
    one_world.settle()
    rows: list[int] = []

    def count(_: object, cursor: Any, statement: str, *rest: object) -> None:
        if statement.startswith(("INSERT", "UPDATE", "DELETE")):
            rows.append(cursor.rowcount)

    event.listen(one_world.database.engine, "after_cursor_execute", count)
    for _ in range(3):
        one_world.settle()
    assert sum(rows) == 0
    with one_world.turn() as turn:
        turn.organisation.pals = "PALS, 01632 960201"
    assert sum(rows) == 1


@pytest.mark.parametrize(
    ("before", "after", "reminders"),
    [
        # The clocks go forward on 28 March: 6pm is 6pm UTC before and 5pm UTC after, 9am becomes 8am UTC. Easter
        # Monday is the 29th.
        ((3, 25), (4, 1), ["03-23 09:00", "03-25 09:00", "03-30 08:00", "04-01 08:00"]),
        # They go back on 31 October.
        ((10, 28), (11, 4), ["10-26 08:00", "10-28 08:00", "11-02 09:00", "11-04 09:00"]),
    ],
    ids=["28 March", "31 October"],
)
def test_6pm_stays_6pm_and_9am_stays_9am_over_the_clock_changes(
    tmp_path: Path,
    loop: Loop,
    template: Template,
    before: tuple[int, int],
    after: tuple[int, int],
    reminders: list[str],
) -> None:
    with World(tmp_path, loop, template) as world:
        world.clock.move_to(datetime(2027, before[0], before[1] - 8, 12, 0, tzinfo=UTC))
        group = world.group("Radiotherapy volunteers")
        world.member("Amina", of=group)
        starts = []
        for month, day in (before, after):
            meeting = planned(world, group, datetime(2027, month, day, 18))
            starts.append(meeting.starts_at)
            with world.turn() as turn:
                person = groups.members_of(turn.session, group)[0].person
                found = turn.session.get_one(meetings.Meeting, meeting.id)
                meetings.answer(turn.session, found, person, answer="yes", now=turn.now)
        assert abs((starts[1] - starts[0] - timedelta(days=7)).total_seconds()) == 3600
        # What is to come is looked at every hour, on the hour.
        world.wait_until(world.now.replace(minute=0, second=1) + timedelta(hours=1))
        world.wait_until(starts[1])
        with world.turn() as turn:
            sent = turn.session.scalars(
                select(Letter.sent_at).where(Letter.kind == "reminder", Letter.state == "sent").order_by(Letter.sent_at)
            ).all()
        assert [moment.strftime("%m-%d %H:00") for moment in sent if moment] == reminders


def test_after_a_weekend_down_nothing_goes_that_is_no_longer_useful(one_world: World) -> None:
    group = one_world.group("Radiotherapy volunteers")
    amina = one_world.member("Amina", of=group)
    one_world.clock.move_to(datetime(2027, 3, 5, 20, 0, tzinfo=UTC))
    planned(one_world, group, datetime(2027, 3, 6, 11), title="On Saturday")
    still_to_come = planned(one_world, group, datetime(2027, 3, 9, 18), title="On Tuesday")
    # Written on Friday evening, held for the night, and then nobody was there.
    one_world.settle()
    assert amina.messages() == []
    one_world.clock.move_to(datetime(2027, 3, 8, 10, 0, tzinfo=UTC))
    one_world.settle()
    one_world.settle()
    shown = amina.messages()
    assert not any("Saturday" in message for message in shown)
    assert [message for message in shown if "9 March" in message]
    with one_world.turn() as turn:
        others = turn.session.scalars(select(Letter).where(Letter.meeting_id != still_to_come.id)).all()
        assert {letter.state for letter in others} <= {"not_needed"}
