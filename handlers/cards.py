"""A card as JSON and back, for the outbox."""

from __future__ import annotations

import base64
import json
from typing import Any

from handlers.chat import Attachment, Button, Card, Picture


def dump(card: Card) -> str:
    """The card as JSON; parts it does not have are left out."""
    parts: dict[str, Any] = {"title": card.title}
    if card.text:
        parts["text"] = card.text
    if card.facts:
        parts["facts"] = card.facts
    if card.buttons:
        parts["buttons"] = [[button.label, button.action, button.value, button.style] for button in card.buttons]
    if card.note:
        parts["note"] = card.note
    if card.picture:
        parts["picture"] = [base64.b64encode(card.picture.png).decode(), card.picture.alt]
    if card.attachment:
        parts["attachment"] = [card.attachment.name, card.attachment.media_type, card.attachment.content]
    if not card.numbered:
        parts["numbered"] = False
    return json.dumps(parts, ensure_ascii=False)


def load(text: str) -> Card:
    """The card that `dump` wrote."""
    parts = json.loads(text)
    picture, attachment = parts.get("picture"), parts.get("attachment")
    return Card(
        title=parts["title"],
        text=parts.get("text", ""),
        facts=tuple((name, value) for name, value in parts.get("facts", ())),
        buttons=tuple(Button(*button) for button in parts.get("buttons", ())),
        note=parts.get("note", ""),
        picture=Picture(base64.b64decode(picture[0]), picture[1]) if picture else None,
        attachment=Attachment(*attachment) if attachment else None,
        numbered=parts.get("numbered", True),
    )
