"""What our answers quote of somebody's words: it goes from the outbox when the words themselves go."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from storage.conversations import OpenQuestion
from storage.outbox import CardBody, Letter
from storage.people import Account

_KNOWN_BY = 60
"""Characters of each line by which a quotation is known: a card may have cut what comes after."""

_TELLING = 12
"""Characters from which on a line is hardly anywhere by chance. A shorter one counts only where it stands alone."""


def forget(session: Session, words: str, people: Select[int] | Collection[int]) -> None:
    """Take these words out of what these people have been answered.

    What quotes a line of them keeps its title and its buttons, so that a typed number still means the same button.
    An answer that is still on its way stays whole.
    """
    lines = {line.strip()[:_KNOWN_BY] for line in words.splitlines()} - {""}
    if not lines:
        return
    answers = (
        select(CardBody.id, CardBody.body)
        .join(Letter, Letter.card_id == CardBody.id)
        .where(Letter.person_id.in_(people), Letter.kind == "reply", Letter.state.not_in(("waiting", "sending")))
    )
    for card_id, body in session.execute(answers).all():
        said = json.loads(body)
        left = _without(said, lines)
        if left != said:
            session.execute(
                update(CardBody)
                .where(CardBody.id == card_id)
                .values(body=json.dumps(left, ensure_ascii=False))
                .execution_options(synchronize_session=False)
            )


def forget_old(session: Session, *, action: str, now: datetime) -> None:
    """Take out the words that wait under this question and have run out."""
    ran_out = (
        select(Account.person_id, OpenQuestion.value)
        .join(Account, Account.id == OpenQuestion.account_id)
        .where(OpenQuestion.action == action, OpenQuestion.until <= now)
    )
    for person_id, words in session.execute(ran_out).all():
        forget(session, words, [person_id])


def _without(said: dict[str, Any], lines: Collection[str]) -> dict[str, Any]:
    """The card, named as in `handlers.cards`, without the text, facts and values of buttons that hold such a line."""

    def quotes(text: str) -> bool:
        return any(line in text if len(line) >= _TELLING else _alone(line, text) for line in lines)

    left = dict(said)
    if quotes(said.get("text", "")):
        del left["text"]
    if "facts" in said:
        left["facts"] = [fact for fact in said["facts"] if not quotes(fact[1])]
    if "buttons" in said:
        left["buttons"] = [
            [label, action, "" if quotes(value) else value, style] for label, action, value, style in said["buttons"]
        ]
    return left


def _alone(line: str, text: str) -> bool:
    return any(said == line or said.endswith(f": {line}") for said in text.splitlines())
