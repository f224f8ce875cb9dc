"""Who may come in: size, signature and shape of a request, looked at before anything else reads it.

Bolt parses before it verifies, and raises on bodies that are none of Slack's; so this stands before Bolt.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import parse_qsl

from bot.frontdoor import TurnedAway, parse_json

WINDOW = 5 * 60
"""Seconds that a signature is good for: docs.slack.dev/authentication/verifying-requests-from-slack."""
MOST_FIELDS = 100


def verify(body: bytes, headers: Mapping[str, str], *, secret: str, now: float) -> None:
    """Raises TurnedAway 401 unless Slack signed `body` within the window around `now` (seconds, Unix time)."""
    stamp = headers.get("X-Slack-Request-Timestamp", "")
    given = headers.get("X-Slack-Signature", "")
    if not (stamp.isascii() and stamp.isdecimal() and len(stamp) < 20) or abs(now - int(stamp)) > WINDOW:
        raise TurnedAway(401)
    # A header may hold bytes that are no text: aiohttp hands them on as halves of characters.
    wanted, found = signature(body, stamp, secret=secret).encode(), given.encode(errors="surrogateescape")
    if not secret or not hmac.compare_digest(wanted, found):
        raise TurnedAway(401)


def signature(body: bytes, stamp: str, *, secret: str) -> str:
    """Slack's signature of `body` at `stamp` (whole seconds, Unix time)."""
    return "v0=" + hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()


def parse(body: bytes, *, content_type: str) -> dict[str, object]:
    """The payload in `body`: JSON, a form, or JSON inside a form. Raises TurnedAway 400."""
    if content_type == "application/json":
        payload = parse_json(body)
    else:
        try:
            form = dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS))
        except ValueError:
            raise TurnedAway(400) from None
        payload = parse_json(form["payload"]) if "payload" in form and "command" not in form else form
    if not isinstance(payload, dict) or not payload:
        raise TurnedAway(400)
    return payload
