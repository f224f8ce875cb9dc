"""What there is to draw: each card and form that `handlers.texts` can make, as Slack and as Teams are given it."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass

from bot.slack.translate import blocks, home, modals
from handlers.chat import Card, Form
from handlers.texts import forms
from tests import extremes
from tests.gallery import teams
from tests.slack_limits import Json
from tests.test_texts import every_text


@dataclass(frozen=True)
class Surface:
    """One message or view. ``shown`` is its JSON for Slack, with its ``kind`` for the page's frame.

    ``teams`` are what Teams is given instead: see `teams.shown`. People's own pages are Slack's alone.
    """

    feature: str
    name: str
    shown: Json
    teams: tuple[Json, ...] = ()


PAGES = {
    "coordinator": ("waiting", "meeting", "feedback", "groups", "messages"),
    "member": ("meeting", "support", "feedback", "groups", "messages"),
    "newcomer": ("newcomer", "choose", "messages"),
}
"""The parts of the App Home, in the order in which `handlers.home` puts them together."""


def every_surface() -> Iterator[Surface]:
    """Each distinct one, by the order of features and functions; at the end, people's own pages."""
    seen: set[str] = set()
    for text in every_text():
        feature, _, function = text.name.partition(".")
        number = 0
        for made, shown in (pair for given in text.made() if not _asks_nothing(given) for pair in _shown(given)):
            if repr(shown) not in seen:
                seen.add(repr(shown))
                number += 1
                yield Surface(feature, f"{feature}-{function}-{number:02}", shown, tuple(teams.shown(made)))
    for whose, parts in PAGES.items():
        for number in (0, -1):
            yield Surface("page", f"page-{whose}-{number + 2}", _page(parts, number))


def the_largest() -> Iterator[tuple[str, Json]]:
    """The Adaptive Cards with the longest words and the most parts, and whose they are."""
    seen: set[str] = set()
    for text in every_text():
        for one in (one for made in extremes.made(text) for one in teams.shown(made)):
            if repr(one) not in seen:
                seen.add(repr(one))
                yield f"{text.name}, the largest", one["content"]


def _asks_nothing(made: Card | Form) -> bool:
    """A question without choices, which nobody is ever shown."""
    return isinstance(made, Form) and any(
        not field.options and field.kind in ("choice", "choices") for field in made.fields
    )


def _shown(made: Card | Form) -> Iterator[tuple[Card | Form, Json]]:
    if isinstance(made, Card):
        yield made, _message(made)
        return
    yield made, {"kind": "modal", **_words_of(modals.modal(made))}
    for number, field in enumerate(made.fields):
        # The same form, for people who type.
        card = forms.question(made, field, left=len(made.fields) - number, first=number == 0)
        yield card, _message(card)


def _page(parts: tuple[str, ...], which: int) -> Json:
    texts = {text.name: text for text in every_text()}
    cards = [list(texts[f"home.{part}"].made())[which] for part in parts]
    return {"kind": "home", "blocks": home.view([card for card in cards if isinstance(card, Card)])["blocks"]}


def _message(card: Card) -> Json:
    picture = card.picture and {
        "source": f"data:image/png;base64,{base64.b64encode(card.picture.png).decode()}",
        "alt": card.picture.alt,
    }
    file = card.attachment and card.attachment.name
    return {"kind": "message", **blocks.message(card), "picture": picture, "file": file}


def _words_of(view: Json) -> Json:
    words = {part: view[part]["text"] for part in ("title", "submit", "close")}
    return {**words, "blocks": view["blocks"]}
