"""What waits for the database at the same time goes there together, so that one commit to disk serves for all of it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from bot.threads import Threads

Asked = TypeVar("Asked")
Back = TypeVar("Back")


class Together(Generic[Asked, Back]):
    """Hands `work` what came in while it was busy, up to `most` at a time; what comes alone goes alone and at once.

    ``work`` runs in a thread and gives, in order, an outcome or an exception for each. ``at_once``: how many threads
    may be at it.
    """

    def __init__(
        self,
        threads: Threads,
        work: Callable[[Sequence[Asked]], Sequence[Back | Exception]],
        *,
        most: int,
        at_once: int,
    ) -> None:
        self._threads = threads
        self._work = work
        self._most = most
        self._at_once = at_once
        self._waiting: deque[tuple[Asked, asyncio.Future[Back]]] = deque()
        self._rounds: set[asyncio.Task[None] | None] = set()

    async def run(self, asked: Asked) -> Back:
        """The outcome of this one. Raises the exception that `work` gives for it."""
        outcome: asyncio.Future[Back] = asyncio.get_running_loop().create_future()
        self._waiting.append((asked, outcome))
        if len(self._rounds) < self._at_once:
            self._rounds.add(asyncio.create_task(self._go()))
        return await outcome

    async def _go(self) -> None:
        try:
            await self._until_nobody_waits()
        finally:
            # Here and not in a callback of the task, which runs later: whoever came in between would wait for ever.
            self._rounds.discard(asyncio.current_task())

    async def _until_nobody_waits(self) -> None:
        while self._waiting:
            some = [self._waiting.popleft() for _ in range(min(self._most, len(self._waiting)))]
            try:
                found = await self._threads.run(self._work, [asked for asked, _ in some])
            except Exception as mistake:  # noqa: BLE001 (whoever waits must hear of it)
                found = [mistake] * len(some)
            for (_, outcome), back in zip(some, found, strict=True):
                if outcome.done():
                    continue  # whoever asked has gone
                if isinstance(back, Exception):
                    outcome.set_exception(back)
                else:
                    outcome.set_result(back)
