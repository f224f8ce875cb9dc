"""Outcomes on their way into the database: gathered as sends end, taken in groups."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Generic, TypeVar

Outcome = TypeVar("Outcome")


class Outcomes(Generic[Outcome]):
    """What came of letters and is not written down yet. ``clock`` gives seconds that only go forward."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._here: list[Outcome] = []
        self._wanted = 1
        self._enough = asyncio.Event()

    def __len__(self) -> int:
        return len(self._here)

    def add(self, outcome: Outcome) -> None:
        """One more. Whoever waits is only woken when there are enough."""
        self._here.append(outcome)
        if len(self._here) >= self._wanted:
            self._enough.set()

    def take(self) -> tuple[Outcome, ...]:
        """All that are here."""
        taken, self._here = tuple(self._here), []
        return taken

    async def some(self, most: int, *, within: float) -> None:
        """Wait for so many, or for as many as there are this many seconds after the first."""
        await self._wait(1)
        ends = self._clock() + within
        while len(self._here) < most and (left := ends - self._clock()) > 0:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wait(most), left)

    async def _wait(self, number: int) -> None:
        self._wanted = number
        while len(self._here) < number:
            self._enough.clear()
            await self._enough.wait()
