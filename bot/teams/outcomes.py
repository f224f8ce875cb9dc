"""What an answer of the Bot Connector's means for a letter.

The codes: learn.microsoft.com/microsoftteams/platform/bots/build-conversational-capability, "status codes".
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from bot.platform import Undeliverable

LONGEST_WAIT = 24 * 3600.0

CONVERSATION_LOST = "ConversationNotFound"
MESSAGE_LOST = "ActivityNotFoundInConversation"

PASSING = frozenset({"PreconditionFailed", "ServiceUnavailable", "Throttled"})
PASSING_STATUS = frozenset({408, 412, 425, 429, 503})
GONE = frozenset(
    {
        "BotNotInConversationRoster",
        "ConversationBlockedByUser",
        CONVERSATION_LOST,
        "ForbiddenOperationException",
        "MemberNotFoundInConversation",
        "MessageWritesBlocked",
    }
)
TURNED_OFF = "BotDisabledByAdmin"
HELD = frozenset({TURNED_OFF, "BotNotRegistered"})
INNER = ("error", "innerHttpError", "body")
"""Where an error may hold the one that caused it."""

_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,59}")
_DEEPEST = 6


def outcome(*, status: int, body: bytes, retry_after: str = "", repeatable: bool = False) -> Undeliverable:
    """What follows from an answer that was not a success.

    ``status`` is the HTTP status, ``body`` whatever came with it, ``retry_after`` the header of that name in seconds.
    What is ``repeatable`` at will is never ambiguous. An unknown answer of 500 or more is ambiguous; below that,
    nothing was done, so it is a mistake where Teams names a code, and tried again where something else answered.
    """
    code = code_of(body)
    said = code or f"http_{status}"
    if status in PASSING_STATUS or code in PASSING:
        return Undeliverable("passing", said, retry_after=_seconds(retry_after))
    if status == 401 or code in HELD:
        return Undeliverable("held", said)
    if code in GONE:
        return Undeliverable("gone", said)
    if status in (400, 413) or (code and 400 <= status < 500):
        return Undeliverable("mistake", said)
    if status < 500 or repeatable:
        return Undeliverable("passing", said, retry_after=_seconds(retry_after))
    return Undeliverable("ambiguous", said)


def code_of(body: bytes) -> str:
    """The short code in an error of the Bot Connector's, the innermost one; empty where there is none, as in HTML.

    An error stands in ``error.code``, or as JSON inside ``message`` with a ``subCode``, or inside another error.
    """
    return _code(_read(body), _DEEPEST)


def _code(given: object, depth: int) -> str:
    if not isinstance(given, Mapping) or not depth:
        return ""
    inside = [_code(given.get(name), depth - 1) for name in INNER]
    message = given.get("message")
    if isinstance(message, str) and message.lstrip().startswith("{"):
        inside.append(_code(_read(message), depth - 1))
    own = (given.get("subCode"), given.get("errorSubCode"), given.get("code"), given.get("errorCode"))
    return next(filter(None, (*inside, *map(_short, own))), "")


def _short(code: object) -> str:
    # It goes into log lines, so nothing but a short name may.
    return code if isinstance(code, str) and _CODE.fullmatch(code) else ""


def _read(text: str | bytes) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _seconds(retry_after: str) -> float:
    return min(float(retry_after), LONGEST_WAIT) if retry_after.isascii() and retry_after.isdecimal() else 0.0
