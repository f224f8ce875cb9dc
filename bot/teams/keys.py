"""The keys that Microsoft signs its requests with: kept in memory, fetched beside the work, a new one taken at once."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
import jwt

log = logging.getLogger("pag.teams")

FRESH = 3600.0
"""Seconds after which the keys are fetched again, while those that are here still serve."""
BELIEVED = 24 * 3600.0
"""Seconds for which keys serve when they cannot be fetched again: "refresh at least once every 24 hours", says
learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication."""
RETRY = 60.0
"""Seconds after which keys that are no longer fresh are asked for again when that failed."""
MOST, WINDOW = 3, 6.0
"""At most so many fetches in so many seconds: whoever makes up key ids must not make us hammer the issuer."""
TIMEOUT = 5.0
LONGEST_WAIT = 7.0
"""Seconds that a request waits for a fetch. Teams gives up after 15, and two may be needed."""
LARGEST = 512 * 1024
"""Bytes of a document of the issuer's."""
SHORTEST_KEY = 2048
"""Bits."""


class Unreadable(Exception):
    """What the issuer published is not what it should be."""


@dataclass(frozen=True)
class Key:
    """A public key, and the channels it may speak for."""

    public: Any
    endorsements: tuple[str, ...]


class Keys:
    """The keys by their ids.

    ``url`` is the OpenID document that names where the keys are, and ``issuer`` what it must call itself. ``safe``
    says whether an address may be fetched from. ``clock`` gives seconds that only go forward.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        url: str,
        *,
        issuer: str,
        safe: Callable[[str], bool],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._session = session
        self._url = url
        self._issuer = issuer
        self._safe = safe
        self._clock = clock
        self._keys: Mapping[str, Key] = {}
        self._fetched = self._begun = float("-inf")
        self._lately: deque[float] = deque(maxlen=MOST)
        self._fetching: asyncio.Task[None] | None = None
        self._why = ""

    @property
    def wrong(self) -> str:
        """Why no request can be taken, or empty: keys that are here go on serving for a day."""
        return self._why if self._clock() - self._fetched > BELIEVED else ""

    def prepare(self) -> None:
        """Begin to fetch the keys, so that the first request need not wait for them."""
        self._fetch()

    async def close(self) -> None:
        """Fetch nothing more."""
        if self._fetching:
            self._fetching.cancel()
            await asyncio.gather(self._fetching, return_exceptions=True)

    async def named(self, key_id: str) -> Key | None:
        """The key of this id; None where the issuer publishes none.

        A known one comes from memory at once. For one that is not known they are fetched, once for all who ask.
        """
        asked = self._clock()
        if asked - self._fetched > FRESH and asked - self._begun > RETRY:
            self._fetch()
        # A fetch that is under way may have begun before the key was published, so there may be need of a second.
        for _ in range(2):
            if (known := self.known(key_id)) is not None or self._begun > asked:
                return known
            await asyncio.wait({self._fetch()}, timeout=LONGEST_WAIT)
        return self.known(key_id)

    def known(self, key_id: str) -> Key | None:
        """The key of this id, if it is here already and may still be believed."""
        return self._keys.get(key_id) if self._clock() - self._fetched <= BELIEVED else None

    def _fetch(self) -> asyncio.Task[None]:
        if self._fetching is None or self._fetching.done():
            self._fetching = asyncio.create_task(self._fetch_all())
        return self._fetching

    async def _fetch_all(self) -> None:
        if len(self._lately) == MOST:
            await asyncio.sleep(max(0.0, self._lately[0] + WINDOW - self._clock()))
        self._begun = self._clock()
        self._lately.append(self._begun)
        try:
            async with asyncio.timeout(TIMEOUT):
                document = await self._get(self._url)
                if document.get("issuer") != self._issuer:
                    raise Unreadable("issuer")
                self._keys = _read(await self._get(str(document.get("jwks_uri"))))
        except Exception as why:  # noqa: BLE001 (whatever the issuer answers, the keys that are here go on serving)
            self._why = f"the keys of Teams cannot be fetched: {type(why).__name__}"
            log.warning("%s", self._why)
        else:
            self._fetched = self._clock()

    async def _get(self, url: str) -> dict[str, Any]:
        if not self._safe(url):
            raise Unreadable("address")
        async with self._session.get(url, allow_redirects=False) as answer:
            body = bytearray()
            async for chunk in answer.content.iter_any():
                body += chunk
                if len(body) > LARGEST:
                    raise Unreadable("size")
        with contextlib.suppress(ValueError, RecursionError):
            if answer.status == 200 and isinstance(document := json.loads(bytes(body)), dict):
                return document
        raise Unreadable("document")


def _read(document: Mapping[str, Any]) -> dict[str, Key]:
    """The keys of a JSON Web Key Set that may sign. Raises Unreadable when there is none."""
    given = document.get("keys")
    found = dict(filter(None, map(_key, given if isinstance(given, list) else [])))
    if not found:
        raise Unreadable("keys")
    return found


def _key(given: object) -> tuple[str, Key] | None:
    if not isinstance(given, dict) or given.get("kty") != "RSA" or given.get("use", "sig") != "sig":
        return None
    key_id, endorsements = given.get("kid"), given.get("endorsements")
    try:
        public = jwt.PyJWK.from_dict(given, algorithm="RS256").key
    # One key that cannot be read must not take away the others.
    except (jwt.PyJWTError, TypeError, ValueError):
        return None
    if not isinstance(key_id, str) or public.key_size < SHORTEST_KEY:
        return None
    listed = endorsements if isinstance(endorsements, list) else []
    return key_id, Key(public, tuple(str(one) for one in listed))
