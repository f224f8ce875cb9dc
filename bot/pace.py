"""How fast we may send: a steady pace with small bursts, which gives way when the platform says "too many"."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass

from bot.platform import Address

SLOWEST = 8.0
"""How many times slower than its usual pace a place can get."""

IN_A_CONVERSATION = 1.0
"""Messages a second. What Slack asks for (docs.slack.dev/apis/web-api/rate-limits), and within what Teams takes."""
AT_ONCE = 5
"""Messages in one go. Teams takes 7 in a second and 8 in two (learn.microsoft.com/microsoftteams/platform/bots)."""


@dataclass
class _Place:
    free_at: float = 0.0
    slower: float = 1.0


class Pace:
    """At most ``per_second`` sends a second for each place, after a burst of ``burst``; 0 is no limit of ours.

    A place is a workspace, or a conversation in one. ``clock`` gives seconds that only go forward. ``closed`` gives
    the places to which nothing may go at all.
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


class Paces:
    """How fast one platform may be sent to: ``per_second`` in a workspace, and at a pace of its own in a conversation.

    0 is no limit of ours at all. ``clock`` and ``closed`` (workspaces) are as for `Pace`.
    """

    def __init__(
        self, per_second: float, *, clock: Callable[[], float], closed: Callable[[], Iterable[Hashable]] = tuple
    ) -> None:
        self.workspaces = Pace(per_second, clock=clock, closed=closed)
        self.conversations = Pace(IN_A_CONVERSATION if per_second else 0, clock=clock, burst=AT_ONCE)

    def wait(self, to: Address) -> float:
        """The seconds until something may go there."""
        return max(self.workspaces.wait(to.workspace), self.conversations.wait(_conversation(to)))

    async def turn(self, to: Address) -> None:
        """Take the next turn of the conversation and of its workspace, and wait for both."""
        await self.conversations.turn(_conversation(to))
        await self.workspaces.turn(to.workspace)

    def rest(self, to: Address, seconds: float) -> None:
        """The platform asked for a pause. It may mean the conversation or the workspace, and does not say which.

        So the conversation rests, and the workspace with it when another of its conversations rests already.
        """
        here = _conversation(to)
        others = (place for place in self.conversations.resting() if isinstance(place, tuple) and place != here)
        if any(place[0] == to.workspace for place in others):
            self.workspaces.rest(to.workspace, seconds)
        self.conversations.rest(here, seconds)

    def resting(self) -> list[str]:
        """The workspaces to leave alone for now."""
        return [str(place) for place in self.workspaces.resting()]


def _conversation(to: Address) -> tuple[str, str]:
    return to.workspace, to.conversation or to.user
