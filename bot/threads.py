"""The threads in front of the database: one for SQLite, so that writers never collide, several for PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

Given = ParamSpec("Given")
Back = TypeVar("Back")


class Threads:
    """Runs plain functions away from the event loop."""

    def __init__(self, number: int) -> None:
        self._pool = ThreadPoolExecutor(number, thread_name_prefix="pag")

    async def run(self, work: Callable[Given, Back], *args: Given.args, **kwargs: Given.kwargs) -> Back:
        """What `work` returns or raises."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, lambda: work(*args, **kwargs))

    def close(self) -> None:
        """Wait for what is running, and take no more."""
        self._pool.shutdown()
