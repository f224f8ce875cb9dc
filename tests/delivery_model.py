"""Processes that deliver, each on a loop of its own whose time stands still: every step between them can be chosen."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, ParamSpec, TypeVar

from bot.delivery import Delivery
from bot.now import Now
from bot.pace import Paces
from bot.platform import Address, Sent, Undeliverable
from bot.threads import Threads
from handlers.chat import Card
from storage.database import Database

Given = ParamSpec("Given")
Back = TypeVar("Back")

CANNOT_TELL = "teams"
"""The platform of the model on which nothing can be looked up."""

REST = 30.0
"""Seconds that a platform asks for when it says "too many"."""


class Fault(AssertionError):
    """Something that must never happen has happened."""


class DatabaseAway(Exception):
    """The database did not answer."""


class Time(Now):
    """The machine's clock, on which nothing happens by itself, and the program's, which can be ahead of it."""

    def __init__(self, start: datetime) -> None:
        super().__init__()
        self._start = start
        self.seconds = 1000.0
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return self.real() + self.ahead

    def real(self) -> datetime:
        """The machine's time."""
        return self._start + timedelta(seconds=self.seconds - 1000.0)

    def monotonic(self) -> float:
        """Seconds that only go forward."""
        return self.seconds


class StillLoop(asyncio.SelectorEventLoop):
    """An event loop whose time moves only when it is told to."""

    def __init__(self, time: Time) -> None:
        super().__init__()
        self._time = time

    def time(self) -> float:
        """The model's seconds."""
        return self._time.seconds

    def settle(self) -> None:
        """Run until everyone on it waits for something."""
        self.run_until_complete(_some_turns())


async def _some_turns() -> None:
    # The longest chain from an opened door to the next closed one takes about ten.
    for _ in range(30):
        await asyncio.sleep(0)


@dataclass(frozen=True)
class Arrival:
    """A message that stands in somebody's chat."""

    letter: str
    user: str
    at: datetime


@dataclass
class World:
    """What all processes share: the time, and what arrived."""

    time: Time
    arrivals: list[Arrival] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)
    sent_by: Callable[[Process, str, Address], None] = lambda process, letter, address: None
    around: Callable[[Process, Callable[[], Any]], Any] = lambda process, work: work()

    def count(self) -> Counter[str]:
        """How often each letter arrived."""
        return Counter(arrival.letter for arrival in self.arrivals)


@dataclass(frozen=True)
class Door:
    """A place at which a process waits until the model lets it go on, with what it meets behind the door."""

    kind: str
    future: asyncio.Future[str]


class Process:
    """One `pag run`, as far as delivery goes."""

    def __init__(self, world: World, database: Database, make: type[Delivery]) -> None:
        self.world = world
        self.loop = StillLoop(world.time)
        self.frozen = self.dead = False
        self._doors: list[Door] = []
        self.threads = Doors(self)
        pace = {name: Paces(0, clock=world.time.monotonic) for name in ("slack", CANNOT_TELL)}
        self.delivery = make(
            database,
            self.threads,
            {"slack": TellingWire(self), CANNOT_TELL: Wire(self)},
            world.time,
            pace,
            real=world.time.real,
            monotonic=world.time.monotonic,
        )
        self._running = self.loop.create_task(self.delivery.run())
        self.loop.settle()

    def doors(self) -> list[Door]:
        """Where it waits, those it came to first first."""
        self._doors = [door for door in self._doors if not door.future.done()]
        return self._doors

    def open(self, door: Door, outcome: str) -> None:
        """Let it go on from there, and run until it waits again."""
        door.future.set_result(outcome)
        self.settle()

    def settle(self) -> None:
        """Run until it waits. Raises Fault when anything went wrong meanwhile."""
        self.loop.settle()
        if self._running.done():
            raise Fault("delivery ended")
        # Raised inside the process, it would be taken for a fault of the platform or the database.
        if self.world.faults:
            raise Fault(self.world.faults[0])

    def go_on(self, outcome: str = "fine", which: int = 0) -> bool:
        """Open one of its doors. False when it stands at none."""
        doors = self.doors()
        if doors:
            self.open(doors[which % len(doors)], outcome)
        return bool(doors)

    def work(self, most: int) -> None:
        """Go on for so many steps at most, while nothing goes wrong."""
        while most and self.go_on():
            most -= 1

    def wait(self, kind: str) -> asyncio.Future[str]:
        """Come to a door."""
        if self.dead:
            raise asyncio.CancelledError
        door = Door(kind, self.loop.create_future())
        self._doors.append(door)
        return door.future

    def crash(self) -> None:
        """All that it held in memory is gone."""
        self.dead = True
        for task in asyncio.all_tasks(self.loop):
            task.cancel()
        self.loop.settle()
        self.threads.close()
        self.loop.close()


class Doors(Threads):
    """The way to the database, with a door before and a door behind each transaction."""

    def __init__(self, process: Process) -> None:
        super().__init__(1)
        self._process = process

    async def run(self, work: Callable[Given, Back], *args: Given.args, **kwargs: Given.kwargs) -> Back:
        """What `work` returns or raises, or `DatabaseAway`: before the transaction, or when it is already committed."""
        if await self._process.wait("database") != "fine":
            raise DatabaseAway
        back: Back = self._process.world.around(self._process, lambda: work(*args, **kwargs))
        if await self._process.wait("committed") != "fine":
            raise DatabaseAway
        return back


class Wire:
    """A platform whose answers the model chooses, and which cannot look a letter up."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._world = process.world

    async def send(self, address: Address, card: Card, *, letter: str) -> Sent:
        """Post it, unless the door leads to something else."""
        outcome = await self._process.wait("send")
        if outcome in ("fine", "stored", "stored and broken"):
            self._world.sent_by(self._process, letter, address)
            self._world.arrivals.append(Arrival(letter, address.user, self._world.time.real()))
        match outcome:
            case "stored" | "not stored":
                raise Undeliverable("ambiguous", "connection lost")
            case "stored and broken" | "broken":
                raise RuntimeError("a fault of the platform's code")
            case "too many":
                raise Undeliverable("passing", "ratelimited", retry_after=REST)
            case "passing":
                raise Undeliverable("passing", "http_503")
            case "held":
                raise Undeliverable("held", "token_revoked")
            case "gone":
                self._world.gone.add(address.user)
                raise Undeliverable("gone", "user_disabled")
            case "mistake":
                self._world.refused.add(letter)
                raise Undeliverable("mistake", "invalid_blocks")
        return Sent(letter, f"D{address.user}")

    async def update(self, address: Address, message: str, card: Card, *, letter: str) -> Sent:
        """The same: the model counts what stands there."""
        return await self.send(address, card, letter=letter)


class TellingWire(Wire):
    """One that can."""

    async def find(self, address: Address, *, letter: str, since: float) -> Sent | None:
        """The message, if it stands there since then."""
        outcome = await self._process.wait("find")
        if outcome != "fine":
            raise Undeliverable("passing", "http_503")
        moment = datetime.fromtimestamp(since, UTC)
        if any(one.letter == letter and one.at >= moment for one in self._world.arrivals):
            return Sent(letter, f"D{address.user}")
        return None
