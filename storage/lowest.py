"""What stands lowest in a person's conversation: that is what they answer when they type."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, literal_column, select
from sqlalchemy.orm import Session

from storage.database import constants
from storage.outbox import CardBody, Letter

_LOOKED_AT = 30
"""Letters of each sort. What somebody sees lowest is among the last few."""

_ROWS = (
    select(
        Letter.id,
        Letter.card_id,
        Letter.unasked,
        Letter.replaces,
        Letter.message,
        Letter.sent_at,
        Letter.created_at,
    )
    # Signposts and numbers to call stand below a question, and ask nothing.
    .where(Letter.account_id == bindparam("account"), Letter.kind.not_in(constants(("signpost", "help"))))
    .order_by(Letter.id.desc())
    .limit(_LOOKED_AT)
)
# Written so that both databases use the index of what nobody asked for.
_REPLIES: Any = _ROWS.where(literal_column("NOT unasked"), Letter.state.in_(constants(("waiting", "sending", "sent"))))
_CAME: Any = _ROWS.where(literal_column("unasked"), Letter.state == literal_column("'sent'"))
_BODY: Any = select(CardBody.body).where(CardBody.id == bindparam("card"))


@dataclass(frozen=True)
class Shown:
    """A card as it is seen, as JSON. ``unasked``: it answers nothing the person did. ``at``: since when it is there."""

    body: str
    unasked: bool
    at: datetime


def shown(session: Session, account_id: int) -> tuple[Shown | None, Shown | None]:
    """The card at the end of this account's conversation, and one further up that changed after that had come.

    The second is there after a press on an older card. What nobody asked for counts from when it was sent: it may have
    waited for the morning.
    """
    connection = session.connection()
    replies: Sequence[Any] = connection.execute(_REPLIES, {"account": account_id}).all()
    came: Sequence[Any] = connection.execute(_CAME, {"account": account_id}).all()
    written = replies[0] if replies else None
    place = max((row for row in (*replies, *came) if not row.replaces), key=_since, default=written)
    # The newest of those that took its place is what stands there.
    now = next((row for row in replies if place and place.message and row.replaces == place.message), place)
    changed = written and written.replaces and written is not now and _since(written) > _since(place)
    return _card(session, now), _card(session, written if changed else None)


def _since(row: Any) -> tuple[bool, datetime, int]:
    """In which order they are seen: an answer on its way comes last."""
    return row.sent_at is None, row.sent_at or row.created_at, row.id


def _card(session: Session, row: Any) -> Shown | None:
    body = session.connection().scalar(_BODY, {"card": row.card_id}) if row is not None else None
    return None if body is None else Shown(body, row.unasked, row.sent_at or row.created_at)
