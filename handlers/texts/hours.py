"""How quiet hours are said."""

from __future__ import annotations

from datetime import time

from handlers.texts.dates import clock


def quiet(stored: str) -> str:
    """``HH:MM-HH:MM`` as ``8pm to 8am``."""
    return " to ".join(ends(stored))


def ends(stored: str) -> tuple[str, str]:
    """``HH:MM-HH:MM`` as ``8pm`` and ``8am``."""
    start, end = (clock(time.fromisoformat(part)) for part in stored.split("-"))
    return start, end
