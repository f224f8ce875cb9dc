"""What the rest of `bot/` knows of a platform: send a card, replace a card, look whether one arrived."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol, runtime_checkable

from handlers.chat import Card


@dataclass(frozen=True)
class Address:
    """Where a person, or a channel, is reached.

    ``conversation`` is the platform's id of the direct message (or of the channel); empty until it was opened once.
    """

    platform: str
    workspace: str
    user: str
    conversation: str = ""


@dataclass(frozen=True)
class Sent:
    """What the platform calls the message that now stands there, and the conversation it stands in."""

    message: str
    conversation: str


class Undeliverable(Exception):
    """A send that did not happen, or may not have.

    ``kind`` says what follows from it:
    ``passing`` try again after ``retry_after`` seconds (or back off when that is 0); ``ambiguous`` it may have
    arrived, look before sending again; ``gone`` this person cannot be reached here; ``held`` the whole workspace is
    closed to us; ``mistake`` the message itself is wrong.
    ``code`` is the platform's own short code, safe for logs.
    """

    def __init__(
        self,
        kind: Literal["passing", "ambiguous", "gone", "held", "mistake"],
        code: str,
        *,
        retry_after: float = 0.0,
    ) -> None:
        super().__init__(f"{kind}: {code}")
        self.kind = kind
        self.code = code
        self.retry_after = retry_after


class Platform(Protocol):
    """One chat platform, as delivery sees it. Every method raises `Undeliverable` and nothing else."""

    async def send(self, address: Address, card: Card, *, letter: str) -> Sent:
        """Post `card` as a new message. ``letter`` is an opaque id the platform keeps with the message if it can."""

    async def update(self, address: Address, message: str, card: Card, *, letter: str) -> Sent:
        """Put `card` in the place of a message of ours; when that message is gone, post it anew."""


@runtime_checkable
class CanTell(Protocol):
    """A platform that can be asked whether a letter arrived. Of any other, few letters are in doubt at once."""

    async def find(self, address: Address, *, letter: str, since: float) -> Sent | None:
        """The message that carries ``letter``, sent at or after ``since`` (seconds, Unix time).

        None: it surely did not arrive. Raises `Undeliverable` of kind ``ambiguous`` where the platform will never tell,
        and ``passing`` or ``held`` where it cannot tell just now.
        """


@dataclass(frozen=True)
class ChannelChanged:
    """A platform tells how a channel stands since ``at`` (aware).

    ``state``: ``open`` (again), ``archived``, ``deleted``, ``left`` (we were taken out), or empty: it has a new name.
    """

    channel: Address
    at: datetime
    state: Literal["", "open", "archived", "deleted", "left"] = ""
    name: str = ""


@runtime_checkable
class HasChannels(Protocol):
    """A platform whose channels have names, and to which it lets us add people.

    Both raise `Undeliverable`; of kind ``gone`` where the channel is closed to us.
    """

    async def name_of(self, channel: Address) -> str:
        """What the channel is called, if we may write in it."""

    async def invite(self, channel: Address, user: str) -> bool:
        """Add the person; whoever is in it already stays. False: this person cannot be added."""


@runtime_checkable
class HasHome(Protocol):
    """A platform that can show each person a page of their own."""

    async def show_home(self, address: Address, cards: Sequence[Card]) -> None:
        """Put `cards` on the person's page, in the place of what stood there. Raises `Undeliverable`."""
