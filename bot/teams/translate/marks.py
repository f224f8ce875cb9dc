"""What a card of ours brings back when it is pressed or sent: whose button it was, and what stood in the inputs.

Teams gives back the data of the pressed action and the inputs of the whole card in one object. The names of our own
parts and of inputs (`input_id`) never meet.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from bot.teams.translate.parts import Malformed, storable, word
from handlers.chat import Answer

Kind = Literal["press", "form", "dialog"]
"""A button; a form that was sent; the button that opens a form in a dialog."""
KINDS: tuple[Kind, ...] = ("press", "form", "dialog")
MARK = "round_table"
_INPUT = re.compile(r"(field|choices\d{1,3})_(.+)", re.DOTALL)


@dataclass(frozen=True)
class Mark:
    """What came back. ``title`` is that of the form; ``answers`` are by the name of the field, empty ones absent."""

    kind: Kind
    action: str
    value: str
    title: str = ""
    answers: Mapping[str, Answer] = field(default_factory=dict)


def data(kind: Kind, action: str, value: str, *, title: str = "") -> dict[str, Any]:
    """What an action of ours must bring back."""
    given = {MARK: kind, "action": action, "value": value}
    return {**given, "title": title} if title else given


def are_in(brought: object) -> bool:
    """Whether a card of ours brought this back."""
    return isinstance(brought, Mapping) and MARK in brought


def read(brought: object) -> Mark:
    """What a card of ours brought back. Raises Malformed where it is not ours."""
    if not isinstance(brought, Mapping):
        raise Malformed
    mark, action = word(brought, MARK), word(brought, "action")
    kind = next((kind for kind in KINDS if kind == mark), None)
    if kind is None or not action:
        raise Malformed
    answers = _answers(brought) if kind == "form" else {}
    return Mark(kind, action, word(brought, "value"), word(brought, "title"), answers)


def input_id(name: str, *, several: int | None = None) -> str:
    """The id of the input of a field. Where any of many may be chosen, ``several`` numbers the inputs it takes."""
    return f"field_{name}" if several is None else f"choices{several}_{name}"


def encoded(value: str) -> str:
    """An option's value as Teams can give it back: chosen ones come parted by commas."""
    return value.replace("%", "%25").replace(",", "%2C")


def _decoded(value: str) -> str:
    return storable(value.replace("%2C", ",").replace("%25", "%"))


def _answers(brought: Mapping[str, object]) -> dict[str, Answer]:
    single: dict[str, Answer] = {}
    several: dict[str, list[str]] = {}
    for input_id, given in brought.items():
        named = _INPUT.fullmatch(input_id)
        if not named or given is None:
            continue
        if not isinstance(given, str):
            raise Malformed
        kind, name = named.groups()
        if kind != "field":
            several.setdefault(storable(name), []).extend(_decoded(one) for one in given.split(",") if one)
        elif given.strip():
            single[storable(name)] = storable(given)
    return single | {name: tuple(dict.fromkeys(chosen)) for name, chosen in several.items() if chosen}
