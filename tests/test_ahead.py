"""How many letters are marked at once: few while they go slowly, and never beyond what is said."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.ahead import LEAST, MOST, SECONDS, Ahead


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_it_follows_the_pace() -> None:
    clock = Clock()
    ahead = Ahead(clock)
    assert ahead.letters == LEAST
    clock.now += 1
    ahead.went(4)
    assert ahead.letters == LEAST, "4 a second, as to Slack"
    clock.now += 0.1
    ahead.went(300)
    assert ahead.letters == 3000 * SECONDS
    clock.now += 0.001
    ahead.went(0)
    assert ahead.letters == 3000 * SECONDS, "nothing is no pace"
    clock.now += 0.001
    ahead.went(500)
    assert ahead.letters == MOST


@given(st.lists(st.tuples(st.floats(0, 1e6), st.integers(0, 10**6))))
def test_it_never_leaves_its_bounds(rounds: list[tuple[float, int]]) -> None:
    clock = Clock()
    ahead = Ahead(clock)
    for seconds, letters in rounds:
        clock.now += seconds
        ahead.went(letters)
        assert LEAST <= ahead.letters <= MOST
