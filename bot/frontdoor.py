"""How a request of a platform's is read: its size and its shape, before anything else looks at it."""

from __future__ import annotations

import json

from aiohttp import web

LARGEST = 1024 * 1024
"""Bytes. What the platforms send stays far below."""


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


def parse_json(body: bytes | str) -> object:
    """What the JSON in `body` says. Raises TurnedAway 400."""
    try:
        return json.loads(body)
    # Deep nesting and numbers of thousands of digits fail in their own ways.
    except (ValueError, RecursionError):
        raise TurnedAway(400) from None
