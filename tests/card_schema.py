"""What Microsoft's schema of Adaptive Cards 1.5 has against a card."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft6Validator
from jsonschema.exceptions import best_match

_SCHEMA = json.loads((Path(__file__).parent / "adaptive-card.schema.json").read_text(encoding="utf-8"))
Draft6Validator.check_schema(_SCHEMA)
_VALIDATOR = Draft6Validator(_SCHEMA)

WORDS = {"text", "title", "label", "fallbackText", "altText", "errorMessage", "placeholder", "value", "verb", "id"}
"""Where any text may stand, by the name of the property."""


def faults(card: dict[str, Any]) -> tuple[str, ...]:
    """Why it is no Adaptive Card 1.5. Empty when it is one."""
    return _faults(json.dumps(_outline(card)))


@cache
def _faults(outline: str) -> tuple[str, ...]:
    # The schema is slow, and most cards are of one shape.
    found = (best_match([error]) for error in _VALIDATOR.iter_errors(json.loads(outline)))
    return tuple(f"{list(error.absolute_path)}: {error.message[:300]}" for error in found if error)


def _outline(part: Any) -> Any:
    """`part` with a word in the place of each text that may be any."""
    if isinstance(part, list):
        return [_outline(item) for item in part]
    if not isinstance(part, dict):
        return part
    return {
        name: "word" if name in WORDS and isinstance(held, str) else held if name == "data" else _outline(held)
        for name, held in part.items()
    }
