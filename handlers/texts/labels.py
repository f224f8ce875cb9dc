"""Labels of buttons that hold a name: short enough for every platform, and no two alike on one card."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from handlers.chat import Button
from handlers.phrases import MONTHS
from handlers.texts.surfaces import shortened

LONGEST = 75
"""Characters: the most that Slack allows on a button, and for an option."""


def fit(before: str, name: str, after: str = "", *, longest: int = LONGEST) -> str:
    """The name with what stands around it. Where that is too long, the name is cut."""
    return before + shortened(name, longest - len(before) - len(after)) + after


def short_day(on: date) -> str:
    """``13 April``, where a whole date has no room."""
    return f"{on.day} {MONTHS[on.month - 1]}"


def distinct(buttons: Iterable[Button]) -> tuple[Button, ...]:
    """The buttons; of those with the same label, all but the first are numbered."""
    seen: dict[str, int] = {}
    told_apart = []
    for button in buttons:
        seen[button.label] = number = seen.get(button.label, 0) + 1
        told_apart.append(replace(button, label=fit("", button.label, f" ({number})")) if number > 1 else button)
    return tuple(told_apart)
