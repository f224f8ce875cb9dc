"""Words as elements that no client takes for markup.

Teams reads Markdown in a TextBlock and in a fact, each client its own, and parts lines differently. In a TextRun none
does: so each line is a RichTextBlock, and shows as it was typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

Element = dict[str, Any]

HEADING_LIMIT = 1000
"""Bytes of a heading."""

_MARKUP = re.compile(r"[\\`*_~\[\]<]|&(?=#?\w+;)|^[-+#>]|(?<=^\d)[.)]|(?<=^\d\d)[.)]")
"""Any sign that Markdown may take for its own."""
_COMPUTED = re.compile(r"\{\{(?=\s*(?:DATE|TIME)\()")
"""Clients put a date in the place of {{DATE(…)}}, wherever it stands."""
_JOINER = "\u2060"


def shortened(text: str, most: int) -> str:
    """`text` in at most `most` bytes; a cut is marked with an ellipsis."""
    if len(text.encode()) <= most:
        return text
    return text.encode()[: max(0, most - 3)].decode(errors="ignore").rstrip() + "…"


def is_markup(text: str) -> bool:
    """Whether a client could take some of `text`, one line, for Markdown."""
    return bool(_MARKUP.search(text))


def escaped(text: str) -> str:
    """`text` for where Markdown is read and there is no other way: not every client knows all escapes."""
    return uncomputed(_MARKUP.sub(r"\\\g<0>", text))


def uncomputed(text: str) -> str:
    """`text` with nothing in it that a client would put a date in the place of."""
    return _COMPUTED.sub(f"{{{_JOINER}{{", text)


def run(text: str, **look: Any) -> Element:
    """`text` as it was typed, with nothing in it that a client would read."""
    return {"type": "TextRun", "text": uncomputed(text), **look}


def line(*runs: Element, spacing: str = "") -> Element:
    """One line."""
    block: Element = {"type": "RichTextBlock", "inlines": list(runs)}
    return {**block, "spacing": spacing} if spacing else block


def paragraphs(text: str, **look: Any) -> Iterator[Element]:
    """The paragraphs and lists of `text`, each line by itself."""
    for paragraph in re.split(r"\n\s*\n", text):
        lines = [one.strip() for one in paragraph.splitlines() if one.strip()]
        for number, one in enumerate(lines):
            # An item with a number needs no dot before it.
            item = re.sub(r"^- (?!\d+\. )", "• ", one).removeprefix("- ")
            yield line(run(item, **look), spacing="Small" if number else "")


def heading(text: str) -> Iterator[Element]:
    """`text` as the card's heading; one that could be read as markup is bold words instead."""
    title = shortened(" ".join(text.split()), HEADING_LIMIT)
    if not title:
        return
    if is_markup(title):
        yield line(run(title, weight="Bolder", size="Large"))
    else:
        block = {
            "type": "TextBlock",
            "text": uncomputed(title),
            "style": "heading",
            "weight": "Bolder",
            "size": "Large",
        }
        yield {**block, "wrap": True}
