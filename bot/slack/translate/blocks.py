"""A Card as a Slack message: blocks for the eye, and one text that holds it all.

Everything is plain text here. Block Kit's `plain_text` with `emoji` off and the `text` elements of `rich_text` show
what was typed as it was typed, so a person's words can never become markup, a mention or a link. One fact is a link.

Limits: https://docs.slack.dev/reference/block-kit/blocks and docs.slack.dev/reference/methods/chat.postMessage
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from handlers.chat import Button, Card
from handlers.texts import surfaces

Block = dict[str, Any]

HEADER_LIMIT = 150
SECTION_LIMIT = 3000
BLOCKS_LIMIT = 50
BUTTON_LABEL_LIMIT = 75
BUTTON_VALUE_LIMIT = 2000
ACTION_ID_LIMIT = 255
BUTTONS_IN_A_ROW = 5
"""Slack allows 25. On a phone a longer row becomes a wall."""
SHOWN_LIMIT = 12_000
"""Slack answers `msg_blocks_too_long` above a size it does not publish; messages of this length pass."""
TEXT_LIMIT = 39_000
"""Slack cuts `text` at 40,000 characters."""
ACTION_MARK = "#"
"""Parts the action from the button's number, which makes the action id unique in its message."""

LINK_FACT = "Link"
"""The fact that can be pressed: the way into a meeting. What is read is where it leads, so nobody is led astray."""
_ADDRESS = re.compile(r"https://[\x21-\x7e]{1,2000}")


@lru_cache(maxsize=64)
def message(card: Card) -> dict[str, Any]:
    """`card` as the ``text`` and ``blocks`` of a message. Raises ValueError for a card that Slack could not hold.

    The last ones are kept, since one card often goes to many people. Nobody may change what comes back.
    """
    return {"text": text_of(card), "blocks": content(card)}


def text_of(card: Card) -> str:
    """The whole of `card` in words: what screen readers read and lock screens show. The buttons are numbered."""
    choices = surfaces.shortened(escaped(surfaces.choices_of(card)), TEXT_LIMIT)
    # Where something has to go, it is not the choices.
    words = surfaces.shortened(escaped(surfaces.words_of(card)), TEXT_LIMIT - len(choices) + 1)
    return surfaces.joined(words, choices) or "…"


def plain(text: str) -> Block:
    """`text` as Slack shows it untouched: no markup, no emoji codes."""
    return {"type": "plain_text", "text": text, "emoji": False}


def escaped(text: str) -> str:
    """`text` so that Slack finds no mention or link in it: https://docs.slack.dev/messaging/formatting-message-text."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def pieces(text: str, longest: int) -> Iterator[str]:
    """`text` in parts of at most `longest` characters, parted where it hurts least: paragraph, line, sentence, word."""
    rest = text.strip()
    while len(rest) > longest:
        end = _cut(rest, longest)
        if piece := rest[:end].strip():
            yield piece
        rest = rest[end:].strip()
    if rest:
        yield rest


def _cut(text: str, longest: int) -> int:
    """Where to part `text`. A good place that comes too early is no good place: it would make many small parts."""
    for mark in ("\n\n", "\n", ". ", " "):
        if (at := text.rfind(mark, longest // 2, longest)) > 0:
            return at + len(mark)
    return longest


def sections(text: str) -> list[Block]:
    """The paragraphs and lists of `text` as sections."""
    # An item with a number needs no dot before it.
    bulleted = re.sub(r"(?m)^- ", "• ", re.sub(r"(?m)^- (?=\d+\. )", "", text))
    return [{"type": "section", "text": plain(piece)} for piece in pieces(bulleted, SECTION_LIMIT)]


def content(card: Card, *, first: int = 0) -> list[Block]:
    """`card` as blocks, at most `BLOCKS_LIMIT`. ``first`` is the number of its first button on the whole surface.

    Raises ValueError for a card that Slack could not hold.
    """
    rows = _buttons(card.buttons, first)
    notes = [{"type": "context", "elements": [plain(piece)]} for piece in pieces(card.note, SECTION_LIMIT)][:2]
    room = BLOCKS_LIMIT - len(rows) - len(notes)
    if room < 3:
        raise ValueError("more buttons than a Slack message holds")
    words = _title(card.title) + sections(surfaces.shortened(card.text, SHOWN_LIMIT)) + _facts(card.facts)
    if len(words) > room or len(card.text) > SHOWN_LIMIT:
        words = [*words[: room - 1], *sections(surfaces.TOO_LONG)]
    return [*words, *rows, *notes]


def _title(title: str) -> list[Block]:
    line = " ".join(title.split())
    if not line:
        return []
    if len(line) <= HEADER_LIMIT:
        return [{"type": "header", "text": plain(line)}]
    return [_rich([_bold(piece)]) for piece in pieces(line, SECTION_LIMIT)][:1]


def _facts(facts: tuple[tuple[str, str], ...]) -> list[Block]:
    """The facts one a line, name in bold. `rich_text`, because it alone has bold without parsing the words."""
    blocks: list[Block] = []
    elements: list[Block] = []
    held = 0
    for name, value in facts:
        for number, piece in enumerate(pieces(f"{name}: {value}", SECTION_LIMIT)):
            if elements and held + len(piece) > SECTION_LIMIT:
                blocks.append(_rich(elements))
                elements, held = [], 0
            if elements:
                elements.append({"type": "text", "text": "\n"})
            head = f"{name.strip()}:"
            if number == 0 and name.strip() and piece.startswith(head):
                elements.append(_bold(head))
                piece = piece[len(head) :]
            if name == LINK_FACT and piece.strip() == value and _ADDRESS.fullmatch(value):
                elements += [{"type": "text", "text": " "}, {"type": "link", "url": value, "text": value}]
            elif piece:
                elements.append({"type": "text", "text": piece})
            held += len(piece)
    return [*blocks, _rich(elements)] if elements else blocks


def _rich(elements: list[Block]) -> Block:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": elements}]}


def _bold(text: str) -> Block:
    return {"type": "text", "text": text, "style": {"bold": True}}


def _buttons(buttons: tuple[Button, ...], first: int) -> list[Block]:
    elements = [_button(button, number) for number, button in enumerate(buttons, first)]
    return [
        {"type": "actions", "elements": elements[start : start + BUTTONS_IN_A_ROW]}
        for start in range(0, len(elements), BUTTONS_IN_A_ROW)
    ]


def _button(button: Button, number: int) -> Block:
    action_id = f"{button.action}{ACTION_MARK}{number}"
    if len(action_id) > ACTION_ID_LIMIT or len(button.value) > BUTTON_VALUE_LIMIT:
        raise ValueError("a button's action or value is longer than Slack allows")
    label = surfaces.shortened(button.label, BUTTON_LABEL_LIMIT)
    block: Block = {"type": "button", "action_id": action_id, "text": plain(label), "accessibility_label": label}
    if button.value:
        block["value"] = button.value
    if button.style:
        block["style"] = button.style
    return block


def pressed_action(action_id: str) -> str:
    """The action of the button that bears `action_id`."""
    action, mark, number = action_id.rpartition(ACTION_MARK)
    return action if mark and number.isdecimal() else action_id
