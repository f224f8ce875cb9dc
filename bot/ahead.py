"""How many letters are marked as being sent before they are: the faster they go, the more."""

from __future__ import annotations

from collections.abc import Callable

SECONDS = 0.04
"""What a worker that dies leaves in doubt: the letters of so long, and those under way."""

LEAST = 4
MOST = 192


class Ahead:
    """The size of the next group. ``clock`` gives seconds that only go forward."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._since = clock()
        self.letters = LEAST

    def went(self, letters: int) -> None:
        """So many more are done."""
        now = self._clock()
        if letters and now > self._since:
            self.letters = round(max(LEAST, min(MOST, letters / (now - self._since) * SECONDS)))
        self._since = now
