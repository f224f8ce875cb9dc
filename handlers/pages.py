"""Long lists, a few things at a time. The list may change between two presses, and nothing is passed over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Thing = TypeVar("Thing")
Place = tuple[int, ...]


@dataclass(frozen=True)
class Page(Generic[Thing]):
    """What is shown now, and how many come after it. ``last`` names the place of the last one, for the next button."""

    shown: Sequence[Thing]
    left: int
    last: str
    at_start: bool


def page(things: Sequence[Thing], place: Callable[[Thing], Place], *, after: str, most: int) -> Page[Thing]:
    """The first few of `things`, by their places, that come after the place `after`, as ``Page.last`` named it.

    Places differ, and what happens to one thing moves no other. Begins at the start when nothing comes after, and for
    an `after` that is empty or no place.
    """
    every = sorted(things, key=place)
    before = _read(after)
    rest = [thing for thing in every if place(thing) > before] or every
    shown = rest[:most]
    last = ":".join(map(str, place(shown[-1]))) if shown else ""
    return Page(shown, len(rest) - len(shown), last, at_start=len(rest) == len(every))


def _read(after: str) -> Place:
    parts = after.split(":")
    # What a client sends may be anything.
    return tuple(map(int, parts)) if all(part.isascii() and part.isdigit() and len(part) < 10 for part in parts) else ()
