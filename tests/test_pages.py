"""Pages of lists that change between two presses."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from handlers.pages import Page, page

NUMBERS = list(range(10, 17))


def pages(things: list[int], after: str = "") -> Page[int]:
    return page(things, lambda number: (number // 14, number), after=after, most=3)


def test_pages_follow_each_other_to_the_end() -> None:
    first = pages(NUMBERS)
    second = pages(NUMBERS, first.last)
    third = pages(NUMBERS, second.last)
    assert [first.shown, second.shown, third.shown] == [[10, 11, 12], [13, 14, 15], [16]]
    assert [first.left, second.left, third.left] == [4, 1, 0]
    assert [first.at_start, second.at_start, third.at_start] == [True, False, False]


@given(gone=st.sets(st.sampled_from(NUMBERS)), new=st.sets(st.integers(17, 25)))
def test_what_goes_or_comes_meanwhile_passes_over_nothing(gone: set[int], new: set[int]) -> None:
    first = pages(NUMBERS)
    now = [number for number in NUMBERS if number not in gone] + sorted(new)
    seen, after = set(first.shown), first.last
    while (next_one := pages(now, after)).left:
        seen |= set(next_one.shown)
        after = next_one.last
    assert set(now) <= seen | set(next_one.shown)


def test_with_nothing_left_to_show_it_begins_at_the_start() -> None:
    assert pages(NUMBERS, pages(NUMBERS[-1:]).last).shown == [10, 11, 12]
    assert pages([]).shown == []
    assert pages([]).last == ""


def test_what_is_no_place_begins_at_the_start() -> None:
    for nonsense in ("", "x", "1:x", ":", "-1", "\u0663", "9" * 5000):
        assert pages(NUMBERS, nonsense).shown == [10, 11, 12]
    assert pages(NUMBERS, "4").at_start
