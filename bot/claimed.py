"""Claimed letters before any of them is sent: which are still true, and what they say."""

from __future__ import annotations

import logging
from datetime import datetime

from cryptography.fernet import InvalidToken
from sqlalchemy.orm import Session

from bot.logs import where
from handlers import cards
from handlers.chat import Card
from handlers.truth import Drop, Hold, verdict
from storage import sending
from storage.sending import Claim, Result

log = logging.getLogger("pag.delivery")


def read_cards(session: Session, card_ids: set[int]) -> dict[int, Card | None]:
    """These cards by their ids; None for one that cannot be read, which must not keep the others back."""
    try:
        return {card_id: cards.load(body) for card_id, body in sending.bodies(session, card_ids).items()}
    except (InvalidToken, AttributeError, LookupError, RecursionError, TypeError, ValueError) as mistake:
        if len(card_ids) > 1:
            return {card_id: card for one in card_ids for card_id, card in read_cards(session, {one}).items()}
        log.error("a card could not be read: %s", where(mistake))
        return dict.fromkeys(card_ids)


def sorted_out(claimed: list[Claim], now: datetime) -> tuple[list[Claim], list[Result]]:
    """Those to send, and what becomes of the others."""
    true: list[Claim] = []
    others: list[Result] = []
    for letter in claimed:
        try:
            found = verdict(letter, now=now)
        except Exception as mistake:  # noqa: BLE001 (one letter's fault must never stop another)
            log.error("a letter could not be judged: %s", where(mistake))
            found = Drop("failed", type(mistake).__name__)
        match found:
            case Drop(state=state, why=why):
                others.append(Result(letter.id, state, why, begun=False))
            case Hold(until=until):
                others.append(Result(letter.id, "waiting", "quiet hours", due_at=until, begun=False))
            case _:
                true.append(letter)
    return true, others
