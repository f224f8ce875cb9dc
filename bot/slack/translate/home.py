"""Somebody's own page as the view of the App Home: the cards one under the other, a line between them.

Limits: https://docs.slack.dev/reference/views/home-tab-views
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.slack.translate.blocks import Block, content
from handlers.chat import Card

BLOCKS_LIMIT = 100
LINE: Block = {"type": "divider"}


def view(cards: Sequence[Card]) -> dict[str, Any]:
    """The view. Of more cards than it holds, the last are left out. Raises ValueError for a card Slack cannot hold."""
    blocks: list[Block] = []
    pressed = 0
    for card in cards:
        # The number makes each button's action id its own in the whole view.
        part = [*([LINE] if blocks else []), *content(card, first=pressed)]
        if len(blocks) + len(part) > BLOCKS_LIMIT:
            break
        blocks += part
        pressed += len(card.buttons)
    return {"type": "home", "blocks": blocks}
