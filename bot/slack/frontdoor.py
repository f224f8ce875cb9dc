"""Who may come in: size, signature and shape of a request, looked at before anything else reads it.

Bolt parses before it verifies, and raises on bodies that are none of Slack's; so this stands before Bolt.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from urllib.parse import parse_qsl

from aiohttp import web

LARGEST = 1024 * 1024
"""Bytes. Slack's payloads stay far below."""
WINDOW = 5 * 60
"""Seconds that a signature is good for: docs.slack.dev/authentication/verifying-requests-from-slack."""
MOST_FIELDS = 100


class TurnedAway(Exception):
    """The request is refused; ``status`` is the HTTP answer."""

    def __init__(self, status: int) -> None:
        super().__init__(f"turned away with {status}")
        self.status = status


async def read(request: web.Request) -> bytes:
    """The raw body. Raises TurnedAway 413 as soon as it is longer than allowed."""
    if (request.content_length or 0) > LARGEST:
        raise TurnedAway(413)
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > LARGEST:
            raise TurnedAway(413)
    return bytes(body)


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
    try:
        if content_type == "application/json":
            payload = json.loads(body)
        else:
            form = dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS))
            payload = json.loads(form["payload"]) if "payload" in form and "command" not in form else form
    # Deep nesting and numbers of thousands of digits fail in their own ways.
    except (ValueError, RecursionError):
        raise TurnedAway(400) from None
    if not isinstance(payload, dict) or not payload:
        raise TurnedAway(400)
    return payload
