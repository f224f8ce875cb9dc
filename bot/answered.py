"""What a platform does at once in answer to an event."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from handlers.chat import Card, Event, Form


@dataclass(frozen=True)
class Answered:
    """What the platform does at once. Every other answer is a letter in the outbox.

    ``form``: show it now. ``errors``: it is the submitted one, which stays open with these words beside its fields.
    ``aside``: one neutral line that only this person sees. ``replacing``: the card that takes the place of the pressed
    one; it is in the outbox too, so a platform that cannot show it at once may leave it. ``failed``: nothing was kept;
    the platform should deliver it again. ``at_once``: send this to the person now, since the outbox cannot be reached
    (`help now` only).
    """

    form: Form | None = None
    errors: Mapping[str, str] = field(default_factory=dict)
    aside: str = ""
    replacing: Card | None = None
    failed: bool = False
    at_once: Card | None = None


Receive = Callable[[Event], Awaitable[Answered]]
"""What a platform is given: it never raises, and everything is committed when it returns."""


class Undone(Exception):
    """Undo everything the event did, and answer this."""

    def __init__(self, answered: Answered) -> None:
        super().__init__("undone")
        self.answered = answered
