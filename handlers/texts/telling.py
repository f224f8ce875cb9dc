"""What a coordinator reads of how somebody hears of what was done."""

from __future__ import annotations

from handlers.chat import Button
from storage.people import Reach


def telling(name: str, reach: Reach, *, chat: str) -> str:
    """``chat``: the words for those whom chat reaches. The others are told by whoever reads this."""
    return {
        "chat": chat,
        "call": f"I do not reach {name} by chat, so please tell them yourself.",
        "stopped": f"I do not write to {name} now, so please tell them yourself.",
    }[reach]


def calls(reach: Reach) -> tuple[Button, ...]:
    """The way to the call list, for a coordinator of the group, if that is where the person stands."""
    return (Button("Show the call list", "calls.list"),) if reach == "call" else ()
