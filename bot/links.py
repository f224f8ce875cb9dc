"""Links of our own to the pictures and files of what we say: they need no account, cannot be guessed, and end.

A link names a letter in a way that only we can read. What it leads to is what the letter said, for as long as that is
kept.
"""

from __future__ import annotations

import base64
import hashlib
import re
import time
from collections.abc import Callable, Sequence

from aiohttp import web
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy.exc import SQLAlchemyError

from bot.threads import Threads
from handlers import cards
from handlers.chat import Attachment, Card, Picture
from handlers.texts import about
from storage import outbox
from storage.database import Database

PLACE = "/files/"
LIFE = 30 * 24 * 3600
"""Seconds for which a link works: as long as what the letter said is kept."""
LONGEST = 300
"""Characters of a token. Ours are about half as long."""

_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}
_TYPES = {"text/calendar": "text/calendar; charset=utf-8", "text/plain": "text/plain; charset=utf-8"}
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


class Links:
    """Makes the links and serves what they lead to.

    ``keys``: the keys of the data, newest first. ``base_url``: our public address. ``clock``: seconds of Unix time.
    """

    def __init__(
        self,
        database: Database,
        threads: Threads,
        *,
        keys: Sequence[str],
        base_url: str,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._database = database
        self._threads = threads
        self._base = base_url.rstrip("/")
        self._clock = clock
        # Keys of their own: nothing that is encrypted for another purpose can stand in a link.
        self._seal = MultiFernet(
            [Fernet(base64.urlsafe_b64encode(hashlib.sha256(f"links:{key}".encode()).digest())) for key in keys]
        )

    def to(self, letter: str, part: Picture | Attachment) -> str:
        """The address of a part of what this letter says. ``letter`` is the id under which delivery sends it."""
        named = f"{'picture' if isinstance(part, Picture) else 'attachment'}:{letter}"
        token = self._seal.encrypt_at_time(named.encode(), int(self._clock()))
        return f"{self._base}{PLACE}{token.decode().rstrip('=')}"

    def routes(self) -> list[web.RouteDef]:
        """What the web server must serve."""
        return [web.get(f"{PLACE}{{token}}", self._serve)]

    async def _serve(self, request: web.Request) -> web.Response:
        """200 with the file, 404 for a link that is old or not ours, 410 where what was said is deleted."""
        named = self._opened(request.match_info["token"])
        if named is None:
            return _sorry(about.no_such_link(), status=404)
        part, letter = named
        try:
            body = await self._threads.run(self._said, letter)
        except SQLAlchemyError:
            return web.Response(status=503, headers={**_HEADERS, "Retry-After": "60"})
        card = cards.load(body) if body else None
        if part == "picture" and card and card.picture:
            return _file(card.picture.png, "image/png", f'inline; filename="{part}.png"')
        if part == "attachment" and card and (file := card.attachment):
            media = _TYPES.get(file.media_type, "application/octet-stream")
            name = _UNSAFE.sub("-", file.name) or "file"
            return _file(file.content.encode(), media, f'attachment; filename="{name}"')
        return _sorry(about.file_is_gone(), status=410)

    def _opened(self, token: str) -> tuple[str, str] | None:
        """The part and the letter that a token names; None when it is old or not ours."""
        if len(token) > LONGEST or not token.isascii():
            return None
        try:
            named = self._seal.decrypt_at_time(token + "=" * (-len(token) % 4), LIFE, int(self._clock()))
        except InvalidToken:
            return None
        part, _, letter = named.decode().partition(":")
        return part, letter

    def _said(self, letter: str) -> str | None:
        organisation, _, number = letter.rpartition("-")
        with self._database.transaction() as session:
            return outbox.said_in(session, int(number), organisation_ref=organisation)


def _file(content: bytes, media: str, disposition: str) -> web.Response:
    return web.Response(body=content, headers={**_HEADERS, "Content-Type": media, "Content-Disposition": disposition})


def _sorry(card: Card, *, status: int) -> web.Response:
    return web.Response(text=f"{card.title}\n\n{card.text}\n", status=status, headers=_HEADERS)
