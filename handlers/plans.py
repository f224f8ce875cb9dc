"""A meeting that somebody plans: as they described it, and as it would be saved."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from handlers.chat import Answer, Refusal
from handlers.texts import rights as rights_texts
from storage.groups import Group

Draft = Mapping[str, str]
"""The answers to the form, and under ``typed`` the day they were given: "tomorrow" must not wander."""

_PARTS = ("group", "title", "when", "length", "how", "link", "phone", "address", "typed")


@dataclass(frozen=True)
class Start:
    """When a meeting begins. ``minutes`` is there if it was typed, ``rule`` (RRULE) if it repeats."""

    local: datetime
    minutes: int | None
    rule: str


@dataclass(frozen=True)
class Plan:
    """A meeting, or a series of them, that could be saved. ``starts`` are the local starts of the next 12 months."""

    group: Group
    title: str
    starts: tuple[datetime, ...]
    first: datetime
    minutes: int
    how: str
    link: str
    phone: str
    address: str
    rule: str


def drafted(answers: Mapping[str, Answer], *, typed: date) -> Draft:
    """The answers to the form, kept so that they fit into a button: on one line, without odd characters."""
    draft = {
        name: " ".join("".join(sign if sign.isprintable() else " " for sign in str(answer)).split())
        for name, answer in answers.items()
        if name in _PARTS and answer
    }
    return {**draft, "typed": typed.isoformat()}


def dumped(draft: Draft) -> str:
    """The draft as the value of a button."""
    return json.dumps(draft, ensure_ascii=False, separators=(",", ":"))


def loaded(value: str) -> Draft:
    """The draft in the value of a button. It came from a client: only its shape is sure. Raises `Refusal`."""
    try:
        draft = json.loads(value)
        if not 2000 <= date.fromisoformat(draft["typed"]).year < 3000:
            raise ValueError("nobody typed it then")
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Refusal(rights_texts.not_found()) from None
    return {name: str(draft[name]) for name in draft if name in _PARTS or name in ("number", "version")}
