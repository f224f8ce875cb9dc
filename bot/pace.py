"""How fast we may send: a steady pace with small bursts, which gives way when the platform says "too many"."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass

SLOWEST = 8.0
"""How many times slower than its usual pace a place can get."""


@dataclass
class _Place:
    free_at: float = 0.0
    slower: float = 1.0


class Pace:
    """At most ``per_second`` sends a second for each place, after a burst of ``burst``; 0 is no limit of ours.

    A place is a workspace. ``clock`` gives seconds that only go forward. ``closed`` gives the
    places to which nothing may go at all.
    """

    def __init__(
        self,
        per_second: float,
        *,
        clock: Callable[[], float],
        burst: int = 1,
        closed: Callable[[], Iterable[Hashable]] = tuple,
    ) -> None:
        self._gap = 1 / per_second if per_second else 0.0
        self._ahead = (burst - 1) * self._gap
        self._clock = clock
        self._closed = closed
        self._places: dict[Hashable, _Place] = {}

    def wait(self, place: Hashable) -> float:
        """The seconds until this place is free again; 0 when it is free."""
        found = self._places.get(place)
        return max(0.0, found.free_at - self._ahead - self._clock()) if found else 0.0

    async def turn(self, place: Hashable) -> None:
        """Take this place's next turn, and wait for it."""
        if not self._gap and place not in self._places:
            return
        found, wait = self._places.setdefault(place, _Place()), self.wait(place)
        found.free_at = max(found.free_at, self._clock()) + self._gap * found.slower
        found.slower = max(1.0, found.slower * 0.98)
        if len(self._places) > 10_000:
            self._forget()
        if wait:
            await asyncio.sleep(wait)

    def rest(self, place: Hashable, seconds: float) -> None:
        """The platform asked for a pause of this many seconds. Afterwards the place goes slower, and recovers."""
        found = self._places.setdefault(place, _Place())
        found.free_at = max(found.free_at, self._clock() + seconds + self._ahead)
        found.slower = min(SLOWEST, found.slower * 2)

    def resting(self) -> list[Hashable]:
        """The places that are not free for a second or more, and those that are closed."""
        return [*(place for place in self._places if self.wait(place) >= 1), *self._closed()]

    def _forget(self) -> None:
        now = self._clock()
        self._places = {place: found for place, found in self._places.items() if found.free_at > now}
