"""How fast a workspace may be sent to: a steady pace that gives way when the platform says "too many"."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Pace:
    """At most ``per_second`` sends a second for each workspace; 0 is no limit of ours."""

    def __init__(self, per_second: float, *, clock: Callable[[], float]) -> None:
        self._gap = 1 / per_second if per_second else 0.0
        self._clock = clock
        self._free_at: dict[tuple[str, str], float] = {}

    async def turn(self, platform: str, workspace: str) -> None:
        """Wait for this workspace's next turn."""
        key, now = (platform, workspace), self._clock()
        at = max(self._free_at.get(key, 0.0), now)
        self._free_at[key] = at + self._gap
        if at > now:
            await asyncio.sleep(at - now)

    def rest(self, platform: str, workspace: str, seconds: float) -> None:
        """The platform asked for a pause: nothing for this many seconds."""
        key = (platform, workspace)
        self._free_at[key] = max(self._free_at.get(key, 0.0), self._clock() + seconds)
