"""What a typed answer names: a button of a card that the person sees."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from handlers import cards
from handlers.chat import Button, Card
from handlers.words import plain
from storage import lowest

ANSWERS = ("yes", "no", "not sure")


@dataclass(frozen=True)
class Seen:
    """A card in the conversation. ``unasked``: it answers nothing the person did. ``at``: since when it is there."""

    card: Card
    unasked: bool
    at: datetime


def screen(session: Session, account_id: int) -> tuple[Seen | None, Seen | None]:
    """The lowest card, and one further up that changed after the lowest had come."""
    first, second = (
        Seen(cards.load(found.body), found.unasked, found.at) if found else None
        for found in lowest.shown(session, account_id)
    )
    return first, second


def named(card: Card, said: str) -> Button | None:
    """The button of this number or label, or the first that begins with this yes, no or not sure."""
    for number, button in enumerate(card.buttons, 1):
        if is_label(button, said) or (card.numbered and said == str(number)):
            return button
    if said not in ANSWERS:
        return None
    return next((button for button in card.buttons if _flat(button.label).startswith(f"{said} ")), None)


def is_label(button: Button, said: str) -> bool:
    """Whether the whole label was typed, with or without its commas."""
    return _flat(button.label) == _flat(said)


def begun(card: Card, said: str) -> Button | None:
    """The one button whose label begins with these words, after its yes or no. Nothing that cannot be undone."""
    meant = [
        button
        for button in card.buttons
        if f"{_flat(button.label).removeprefix('yes ').removeprefix('no ')} ".startswith(f"{_flat(said)} ")
    ]
    return meant[0] if len(meant) == 1 and meant[0].style != "danger" else None


def _flat(text: str) -> str:
    return " ".join(plain(text).replace(",", " ").replace(":", " ").split())
