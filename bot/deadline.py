"""A time limit for what one task does many times a second."""

from __future__ import annotations

import asyncio
from types import TracebackType


class Deadline:
    """Each ``with`` block may take so many seconds; one that takes longer ends in TimeoutError.

    Does what `asyncio.timeout` does, but sets no timer for each block: one timer for all of them looks, when it goes
    off, how long the present one still has. Only the task that made it may use it.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.current_task()
        self._ends: float | None = None
        self._over = False
        self._timer = self._loop.call_later(seconds, self._look)

    def __enter__(self) -> None:
        self._ends = self._loop.time() + self._seconds

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._ends = None
        if not self._over:
            return
        self._over = False
        # As in asyncio.timeout: somebody else may want the task to end as well.
        if self._task is not None and self._task.uncancel() == 0 and kind is asyncio.CancelledError:
            raise TimeoutError from value

    def close(self) -> None:
        """No more blocks will come."""
        self._timer.cancel()

    def _look(self) -> None:
        now = self._loop.time()
        if self._ends is not None and self._ends <= now and self._task is not None:
            self._ends, self._over = None, True
            self._task.cancel()
        self._timer = self._loop.call_at(self._ends or now + self._seconds, self._look)
