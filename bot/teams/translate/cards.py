"""A Card as an activity of Teams: an Adaptive Card for the eye, and words that hold it all.

Versions and elements: https://adaptivecards.io/explorer. What Teams makes of them:
https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/cards-reference
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any

from bot.teams.translate import marks
from bot.teams.translate.words import (
    Element,
    heading,
    line,
    paragraphs,
    run,
    shortened,
)
from handlers.chat import Attachment, Button, Card, Picture
from handlers.texts import surfaces

LinkFor = Callable[[Picture | Attachment], str]
"""Gives an address of ours for a picture or a file."""

CONTENT_TYPE = "application/vnd.microsoft.card.adaptive"
SCHEMA = "http://adaptivecards.io/schemas/adaptive-card.json"
VERSION = "1.5"
BYTES_LIMIT = 27 * 1024
"""Teams refuses messages of more than 28 KB, and the address and the letter's id need room too."""
TEXT_LIMIT = 14_000
"""Bytes of text that are shown: the words beside the card take their room too."""
LEAST_WORDS = 1000
"""Bytes that are kept for the words beside the card."""
BUTTONS_IN_A_ROW = 3
ROW_LIMIT = 36
"""Characters of all labels in a row: Teams cuts labels where a row is too narrow, and a phone shows few of them."""
STYLES = {"primary": "positive", "danger": "destructive"}

LINK_FACT = "Link"
"""The fact that can be opened: the way into a meeting. What is read is where it leads, so nobody is led astray."""


def message(card: Card, *, letter: str, link_for: LinkFor | None = None) -> dict[str, Any]:
    """`card` as an activity. Raises ValueError for a card that Teams could not hold.

    ``letter`` goes with it where no person sees it. Without ``link_for`` pictures are told in words and files left out.
    """
    # Links expire, so what holds one is made anew each time.
    made = _message(card, link_for) if card.picture or card.attachment else _without_links(card)
    return {**made, "channelData": {"letter": letter}} if letter else dict(made)


def card(card: Card, *, link_for: LinkFor | None = None) -> dict[str, Any]:
    """`card` as an Adaptive Card. Raises ValueError for a card that Teams could not hold."""
    content: dict[str, Any] = message(card, letter="", link_for=link_for)["attachments"][0]["content"]
    return content


@lru_cache(maxsize=64)
def _without_links(card: Card) -> dict[str, Any]:
    # One card often goes to many people. Nobody may change what comes back.
    return _message(card, None)


def _message(card: Card, link_for: LinkFor | None) -> dict[str, Any]:
    choices, cut = list(_choices(card, link_for)), list(paragraphs(surfaces.TOO_LONG))
    room = BYTES_LIMIT - 2 * LEAST_WORDS - size(_activity([*cut, *choices], "", ""))
    said: list[Element] = []
    is_whole = len(card.text.encode()) <= TEXT_LIMIT
    for element in _words(card):
        room -= size(element) + 1
        if room < 0:
            # Where something has to go, it is not the choices.
            is_whole = False
            break
        said.append(element)
    return activity([*said, *([] if is_whole else cut), *choices], _text_of(card), surfaces.choices_of(card))


def activity(body: list[Element], words: str, choices: str = "") -> dict[str, Any]:
    """The message with a card of these elements, and `words` for where it cannot be drawn.

    Where there is no room for all of the words it is not the ``choices`` that go, which stand at their end.
    Raises ValueError where the card alone is too large.
    """
    room = (BYTES_LIMIT - size(_activity(body, "", ""))) // 2
    if room < LEAST_WORDS:
        raise ValueError("a card larger than Teams allows")
    while (told := _fitting(words, choices, room)) and (over := size(_activity(body, told, told)) - BYTES_LIMIT) > 0:
        # Quotes and the ends of lines take more room than their own.
        room -= max(over, 100)
    return _activity(body, told, told)


def adaptive(body: list[Element], words: str) -> dict[str, Any]:
    """The Adaptive Card of these elements."""
    return {"type": "AdaptiveCard", "$schema": SCHEMA, "version": VERSION, "fallbackText": words, "body": body}


def size(content: object) -> int:
    """Bytes of `content` on the wire."""
    return len(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode())


def _activity(body: list[Element], fallback: str, summary: str) -> dict[str, Any]:
    attachment = {"contentType": CONTENT_TYPE, "content": adaptive(body, fallback)}
    return {"type": "message", "summary": summary, "attachments": [attachment]}


def _text_of(card: Card) -> str:
    """The whole of `card` in words: what notices show, and clients that cannot draw it."""
    return surfaces.joined(surfaces.words_of(card), surfaces.choices_of(card)) or "…"


def _fitting(words: str, choices: str, most: int) -> str:
    if len(words.encode()) <= most:
        return words
    choices = shortened(choices, most // 2)
    return surfaces.joined(shortened(words, most - len(choices.encode()) - 2), choices)


def _words(card: Card) -> Iterator[Element]:
    yield from heading(card.title)
    yield from paragraphs(shortened(card.text, TEXT_LIMIT))
    yield from _facts(card.facts)


def _choices(card: Card, link_for: LinkFor | None) -> Iterator[Element]:
    if card.picture:
        yield from _picture(card.picture, link_for)
    yield from rows(_openers(card, link_for))
    yield from rows(_button(button, number) for number, button in enumerate(card.buttons, 1))
    yield from paragraphs(card.note, size="Small", isSubtle=True)


def _facts(facts: Iterable[tuple[str, str]]) -> Iterator[Element]:
    """The facts one a line, name in bold. No FactSet: it reads Markdown, and is narrow on a phone."""
    for number, (name, value) in enumerate(facts):
        first, _, rest = value.strip().partition("\n")
        runs = [run(f"{name.strip()}: ", weight="Bolder")] if name.strip() else []
        if first.strip():
            runs.append(run(first.strip()))
        if runs:
            yield line(*runs, spacing="Small" if number else "")
        for block in paragraphs(rest):
            yield {**block, "spacing": "Small"}


def _picture(picture: Picture, link_for: LinkFor | None) -> Iterator[Element]:
    if link_for is None:
        yield from paragraphs(surfaces.in_place_of_picture(picture.alt))
    else:
        yield {"type": "Image", "url": link_for(picture), "altText": picture.alt or "Picture", "size": "Stretch"}


def _openers(card: Card, link_for: LinkFor | None) -> Iterator[Element]:
    """What opens something that is not ours to answer: the way into a meeting, a file."""
    links = [value for name, value in card.facts if name == LINK_FACT and value.startswith("https://")]
    for number, address in enumerate(links, 1):
        title = surfaces.OPEN_LINK if number == 1 else f"{surfaces.OPEN_LINK} {number}"
        yield {"type": "Action.OpenUrl", "title": title, "url": address}
    if card.attachment and link_for:
        title = surfaces.open_file(card.attachment.name)
        yield {"type": "Action.OpenUrl", "title": title, "url": link_for(card.attachment)}


def _button(button: Button, number: int) -> Element:
    brings = marks.data("press", button.action, button.value)
    return execute(button.label, button.action, brings, name=f"button-{number}", style=STYLES.get(button.style, ""))


def execute(title: str, verb: str, data: dict[str, Any], *, name: str, style: str = "") -> Element:
    """A button that is answered in place; a client that does not know how sends what it brings as a message."""
    shared = {"title": title, "data": data, **({"style": style} if style else {})}
    return {
        "type": "Action.Execute", "id": name, "verb": verb, **shared, "fallback": {"type": "Action.Submit", **shared}
    }  # fmt: skip


def rows(actions: Iterable[Element]) -> Iterator[Element]:
    """The actions in rows, each short enough that no label is cut: a long label has a row of its own."""
    row: list[Element] = []
    for action in actions:
        wide = sum(len(one["title"]) for one in (*row, action)) > ROW_LIMIT
        if row and (wide or len(row) == BUTTONS_IN_A_ROW):
            yield _row(row)
            row = []
        row.append(action)
    if row:
        yield _row(row)


def _row(actions: list[Element]) -> Element:
    return {"type": "ActionSet", "actions": actions}
