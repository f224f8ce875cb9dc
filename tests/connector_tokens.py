"""The issuer of a bot's tokens and of the tokens that come to a bot, with keys of its own."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import cache
from threading import Lock
from typing import Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from jwt.algorithms import RSAAlgorithm

Json = dict[str, Any]

APP_ID = "00000000-0000-4000-8000-000000000b07"
PASSWORD = "client-secret-of-the-tests"
TENANT = "00000000-0000-4000-8000-0000000000a1"
SCOPE = "https://api.botframework.com/.default"
ISSUER = "https://api.botframework.com"


class Issuer:
    """Hands out tokens to the bot, and signs those that the channel sends to it.

    ``asked`` holds which tokens were asked for, without secrets. ``token_life`` is in seconds. ``endorsements`` are
    the channels that the published keys may speak for.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.app_id, self.password, self.tenant = APP_ID, PASSWORD, TENANT
        self.asked: list[Json] = []
        self.token_life = 3600.0
        self.endorsements = ["msteams"]
        self._clock = clock
        self._good_until: dict[str, float] = {}
        self._signing, self._published = 1, [1]

    def revoke_tokens(self) -> None:
        """Every token handed out so far is refused from now on."""
        self._good_until.clear()

    def roll_keys(self, *, keep_old: bool = True) -> str:
        """Sign for the bot with a new key from now on, and publish it. Returns its id."""
        self._signing += 1
        self._published = [*(self._published if keep_old else ()), self._signing]
        return _key_id(self._signing)

    def sign_for_bot(
        self,
        audience: str,
        service_url: str,
        *,
        kid: str = "",
        key: RSAPrivateKey | str | None = None,
        algorithm: str = "RS256",
        **changes: object,
    ) -> str:
        """A token as it comes with an activity, good for 1 hour from now. ``changes`` are other claims; None: left out.

        ``kid``, ``key`` (see `rsa_key`) and ``algorithm`` make tokens that no bot should take.
        learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication
        """
        now = int(self._clock())
        usual: Json = {"iss": ISSUER, "aud": audience, "serviceurl": service_url, "nbf": now - 300, "exp": now + 3600}
        claims = {name: value for name, value in {**usual, **changes}.items() if value is not None}
        headers = {"kid": kid or _key_id(self._signing)}
        if algorithm == "none":
            return jwt.encode(claims, "", algorithm=algorithm, headers=headers)
        return jwt.encode(claims, key or rsa_key(self._signing), algorithm=algorithm, headers=headers)

    def takes(self, authorization: str) -> bool:
        """Whether this header of a call bears a token that is good now."""
        scheme, _, token = authorization.partition(" ")
        return scheme == "Bearer" and self._good_until.get(token, 0.0) > self._clock()

    def hand_out(self, tenant: str, given: Mapping[str, str]) -> tuple[int, Json]:
        """Status and body of the answer to who asks for a token by client credentials.

        learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
        """
        status, error, number = self._refused(tenant, given)
        asked = {"tenant": tenant, "client_id": given.get("client_id", ""), "scope": given.get("scope", "")}
        self.asked.append({**asked, "granted": not error})
        if error:
            return status, {"error": error, "error_description": f"AADSTS{number}: {error}.", "error_codes": [number]}
        now, life = self._clock(), int(self.token_life)
        claims = {
            "aud": ISSUER,
            "iss": f"https://sts.windows.net/{self.tenant}/",
            "iat": int(now),
            "nbf": int(now),
            "exp": int(now) + life,
            "appid": self.app_id,
            "tid": self.tenant,
            # Two tokens of one second would otherwise be the same, and revoked together.
            "uti": uuid4().hex,
            "ver": "1.0",
        }
        token = jwt.encode(claims, rsa_key(0), algorithm="RS256", headers={"kid": _key_id(0)})
        self._good_until[token] = now + self.token_life
        return 200, {"token_type": "Bearer", "expires_in": life, "ext_expires_in": life, "access_token": token}

    def _refused(self, tenant: str, given: Mapping[str, str]) -> tuple[int, str, int]:
        """Status, error and number: learn.microsoft.com/entra/identity-platform/reference-error-codes."""
        if tenant not in (self.tenant, "botframework.com"):
            return 400, "invalid_request", 90002
        if given.get("grant_type") != "client_credentials":
            return 400, "unsupported_grant_type", 70003
        if given.get("client_id") != self.app_id:
            return 400, "unauthorized_client", 700016
        if given.get("client_secret") != self.password:
            return 401, "invalid_client", 7000215
        if given.get("scope") != SCOPE:
            return 400, "invalid_scope", 70011
        return 200, "", 0

    def metadata(self, keys_url: str) -> Json:
        """The OpenID document that names where the keys are."""
        return {
            "issuer": ISSUER,
            "authorization_endpoint": "https://invalid.botframework.com",
            "jwks_uri": keys_url,
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        }

    def keys(self) -> Json:
        """The published keys, oldest first."""
        shared = {"use": "sig", "endorsements": self.endorsements}
        return {"keys": [{**_public(number), "kid": _key_id(number), **shared} for number in self._published]}


_making = Lock()


def rsa_key(number: int) -> RSAPrivateKey:
    """A private key, the same each time within a process. A negative number: a stranger's, never published."""
    # A test signs in one thread while the connector publishes in another: both must get the same key.
    with _making:
        return _made(number)


@cache
def _made(number: int) -> RSAPrivateKey:
    return generate_private_key(public_exponent=65537, key_size=2048)


@cache
def _public(number: int) -> Json:
    return RSAAlgorithm.to_jwk(rsa_key(number).public_key(), as_dict=True)


def _key_id(number: int) -> str:
    return f"key-{number}"
