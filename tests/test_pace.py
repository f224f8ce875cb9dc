"""Pace: a burst, then a steady rate; slower after the platform said "too many", and back again."""

from __future__ import annotations

from itertools import pairwise

from bot.pace import AT_ONCE, SLOWEST, Pace, Paces
from bot.platform import Address
from tests.world import Loop


class Stopwatch:
    """Seconds that go forward when they are told to."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def taken(loop: Loop, pace: Pace, watch: Stopwatch, turns: int, *, place: str = "T1") -> list[float]:
    """When each of so many turns came, in seconds from now, for somebody who waits for each."""
    start, moments = watch.seconds, []
    for _ in range(turns):
        watch.seconds += pace.wait(place)
        moments.append(round(watch.seconds - start, 3))
        loop.run(pace.turn(place))
    return moments


def test_without_a_limit_nobody_waits(loop: Loop) -> None:
    watch = Stopwatch()
    assert taken(loop, Pace(0, clock=watch), watch, 100) == [0.0] * 100


def test_a_burst_and_then_a_steady_rate(loop: Loop) -> None:
    watch = Stopwatch()
    pace = Pace(2, clock=watch, burst=3)
    assert taken(loop, pace, watch, 6) == [0.0, 0.0, 0.0, 0.5, 1.0, 1.5]
    watch.seconds += 60
    assert taken(loop, pace, watch, 4) == [0.0, 0.0, 0.0, 0.5]


def test_a_turn_is_waited_for(loop: Loop) -> None:
    pace = Pace(20, clock=(watch := Stopwatch()))
    loop.run(pace.turn("T1"))
    assert 0.049 < pace.wait("T1") <= 0.05
    loop.run(pace.turn("T1"))
    assert pace.wait("T1") > 0.09, watch.seconds


def test_a_place_rests_for_as_long_as_asked_and_no_other_does(loop: Loop) -> None:
    watch = Stopwatch()
    pace = Pace(10, clock=watch, burst=5)
    pace.rest("T1", 30)
    assert pace.wait("T1") == 30
    assert pace.resting() == ["T1"]
    assert taken(loop, pace, watch, 3, place="T2") == [0.0, 0.0, 0.0]
    watch.seconds += 29
    assert pace.wait("T1") == 1
    watch.seconds += 1
    assert pace.wait("T1") == 0
    assert pace.resting() == []


def test_after_a_rest_it_goes_slower_and_recovers(loop: Loop) -> None:
    watch = Stopwatch()
    pace = Pace(10, clock=watch)
    pace.rest("T1", 5)
    moments = taken(loop, pace, watch, 60)
    gaps = [round(later - earlier, 3) for earlier, later in pairwise(moments)]
    assert 0.18 < gaps[0] < 0.21
    assert gaps == sorted(gaps, reverse=True)
    assert gaps[-1] < 0.101


def test_it_never_gets_slower_than_the_slowest(loop: Loop) -> None:
    watch = Stopwatch()
    pace = Pace(10, clock=watch)
    for _ in range(20):
        pace.rest("T1", 1)
    moments = taken(loop, pace, watch, 2)
    assert moments[1] - moments[0] <= 0.1 * SLOWEST


def test_without_a_limit_of_ours_the_platforms_wish_is_obeyed_all_the_same(loop: Loop) -> None:
    watch = Stopwatch()
    pace = Pace(0, clock=watch)
    pace.rest("T1", 7)
    assert pace.wait("T1") == 7
    assert pace.resting() == ["T1"]
    watch.seconds += 7
    assert taken(loop, pace, watch, 3) == [0.0] * 3


def test_it_forgets_places_that_are_free(loop: Loop) -> None:
    watch = Stopwatch()
    pace = Pace(1000, clock=watch)
    for number in range(10_002):
        watch.seconds += 1
        loop.run(pace.turn(number)) if number > 9_990 else pace.rest(number, 0)
    assert len(pace._places) < 100


AMINA = Address("slack", "T1", "A", "D-A")
BILL = Address("slack", "T1", "B", "D-B")
CARA = Address("slack", "T2", "C", "D-C")


def test_a_conversation_has_a_pace_of_its_own(loop: Loop) -> None:
    paces = Paces(1000, clock=(watch := Stopwatch()))
    for _ in range(AT_ONCE):
        assert paces.wait(AMINA) < 0.01
        loop.run(paces.turn(AMINA))
    assert paces.wait(AMINA) > 0.9, "a message a second after a burst"
    assert paces.wait(BILL) < 0.01, "nobody else waits for it"
    watch.seconds += 1
    assert paces.wait(AMINA) < 0.01


def test_off_is_off_for_conversations_too(loop: Loop) -> None:
    paces = Paces(0, clock=Stopwatch())
    for _ in range(100):
        assert paces.wait(AMINA) == 0
        loop.run(paces.turn(AMINA))


def test_whom_a_rest_is_for() -> None:
    paces = Paces(10, clock=(watch := Stopwatch()))
    paces.rest(AMINA, 30)
    assert (paces.wait(AMINA), paces.wait(BILL), paces.wait(CARA)) == (30, 0, 0)
    assert paces.resting() == []
    watch.seconds += 10
    paces.rest(BILL, 30)
    assert paces.resting() == ["T1"], "two conversations: it is the workspace that is meant"
    assert paces.wait(CARA) == 0


def test_one_conversation_that_rests_again_and_again_stops_no_other() -> None:
    paces = Paces(10, clock=Stopwatch())
    for _ in range(5):
        paces.rest(AMINA, 30)
    assert paces.resting() == []
    assert paces.wait(BILL) == 0
