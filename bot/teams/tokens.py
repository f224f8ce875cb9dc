"""The tokens that come with requests: whether Microsoft signed one, for us, and it is good now.

The SDK's own reading of a token fetches keys with a blocking call, refuses a new key for up to an hour, fails in its
own ways where a key is not known, and takes tokens of the emulator and of skills. So this is PyJWT, and the SDK gets
to see the claims only once they are proven: see `bot.teams.connect`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import jwt

from bot.teams.keys import Key

ALGORITHM = "RS256"
LEEWAY = 60
"""Seconds by which Microsoft's clock and ours may differ."""


class Untrusted(Exception):
    """The request does not prove that it comes from Teams and is for us. The message is a short reason, for tests."""


@dataclass(frozen=True)
class Proven:
    """What a token claims, once its signature was checked, and the channels its key may speak for."""

    claims: Mapping[str, Any]
    endorsements: tuple[str, ...]


class KnowsKeys(Protocol):
    """What gives the keys: see `bot.teams.keys.Keys`."""

    def known(self, key_id: str) -> Key | None:
        """The key, if it is here already."""

    async def named(self, key_id: str) -> Key | None:
        """The key, fetched if need be."""


async def prove(headers: Sequence[str], keys: KnowsKeys, *, audience: str, issuer: str) -> Proven:
    """Check the one token in these Authorization headers. Raises Untrusted, whatever is wrong with it.

    learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication
    """
    if len(headers) != 1:
        raise Untrusted("no token, or several")
    scheme, _, token = headers[0].partition(" ")
    if scheme != "Bearer" or not token:
        raise Untrusted("no bearer token")
    try:
        header = jwt.get_unverified_header(token)
        key_id = header.get("kid")
        if header.get("alg") != ALGORITHM or not isinstance(key_id, str) or "crit" in header:
            raise Untrusted("header")
        key = keys.known(key_id)
        if key is None:
            # Whoever makes up a key id must at least name us, before anything is fetched for it.
            _claims(token, None, audience=audience, issuer=issuer)
            key = await keys.named(key_id)
        if key is None:
            raise Untrusted("key")
        return Proven(_claims(token, key, audience=audience, issuer=issuer), key.endorsements)
    except Untrusted:
        raise
    except Exception as why:  # noqa: BLE001 (whatever a token makes PyJWT raise, it is not taken)
        raise Untrusted(type(why).__name__) from None


def _claims(token: str, key: Key | None, *, audience: str, issuer: str) -> dict[str, Any]:
    """The claims, if they are good; the signature is checked where there is a key."""
    return jwt.decode(
        token,
        key.public if key else "",
        algorithms=[ALGORITHM],
        audience=audience,
        issuer=issuer,
        leeway=LEEWAY,
        options={
            "require": ["aud", "exp", "iss"],
            "strict_aud": True,
            "verify_signature": key is not None,
            # PyJWT leaves these out too where it does not check the signature, unless they are named.
            "verify_aud": True,
            "verify_exp": True,
            "verify_iat": True,
            "verify_iss": True,
            "verify_nbf": True,
        },
    )
