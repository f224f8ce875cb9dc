"""What a coordinator reads of how somebody hears of what was done."""

from __future__ import annotations

from storage.people import Reach


def telling(name: str, reach: Reach, *, chat: str) -> str:
    """``chat``: the words for those whom chat reaches. The others are told by a coordinator."""
    return {
        "chat": chat,
        "call": f"Please tell {name}: they stand on the call list.",
        "stopped": "I do not write to them now, so please tell them yourself.",
    }[reach]
