"""The calls to the Bot Connector: one pool of connections, the token, and what each answer means."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Protocol
from urllib.parse import quote

import aiohttp
from yarl import URL

from bot.platform import Undeliverable
from bot.teams.outcomes import outcome

LARGEST = 28 * 1024
"""Bytes of an activity: learn.microsoft.com/microsoftteams/platform/bots/how-to/format-your-bot-messages."""
LARGEST_ANSWER = 64 * 1024
CONNECTIONS = 50
UNTRUSTED = "untrusted_service_url"

Json = dict[str, Any]


class Token(Protocol):
    """Gives the token of our calls."""

    async def __call__(self, *, refused: str = "") -> str:
        """A token other than ``refused``; empty where there is no authentication. Raises Undeliverable."""


class Outbound:
    """The Bot Connector, as we call it. Make it inside the loop that serves.

    ``trusted`` says to which addresses a call, and the token with it, may go. ``timeout`` is in seconds and holds for
    each call. ``proxied``: go through the proxy that the environment names.
    """

    def __init__(self, token: Token, *, trusted: Callable[[str], bool], timeout: float, proxied: bool) -> None:
        self._token = token
        self._trusted = trusted
        self.session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=timeout, sock_connect=timeout / 2),
            connector=aiohttp.TCPConnector(limit=CONNECTIONS),
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=proxied,
        )

    async def close(self) -> None:
        """Close the connections."""
        await self.session.close()

    async def create(self, service_url: str, *, tenant: str, member: str, bot: str) -> str:
        """The id of our conversation with `member`. Creating it again gives the same one. Raises Undeliverable."""
        body = {
            "isGroup": False,
            "bot": {"id": bot},
            "members": [{"id": member}],
            "tenantId": tenant,
            "channelData": {"tenant": {"id": tenant}},
        }
        answer = await self._call("POST", service_url, ("conversations",), body, repeatable=True)
        if not (conversation := _id_in(answer)):
            raise Undeliverable("passing", "no_conversation")
        return conversation

    async def post(self, service_url: str, conversation: str, activity: Json) -> str:
        """Post a message, and return its id. Raises Undeliverable."""
        path = ("conversations", conversation, "activities")
        return _id_in(await self._call("POST", service_url, path, activity))

    async def put(self, service_url: str, conversation: str, message: str, activity: Json) -> None:
        """Put `activity` in the place of a message of ours. Twice does no harm. Raises Undeliverable."""
        path = ("conversations", conversation, "activities", message)
        await self._call("PUT", service_url, path, {**activity, "id": message}, repeatable=True)

    async def delete(self, service_url: str, conversation: str, message: str) -> None:
        """Take a message of ours away. Twice does no harm. Raises Undeliverable."""
        path = ("conversations", conversation, "activities", message)
        await self._call("DELETE", service_url, path, None, repeatable=True)

    async def _call(
        self, method: str, service_url: str, path: tuple[str, ...], body: Json | None, *, repeatable: bool = False
    ) -> Json:
        """Teams' answer. Raises Undeliverable."""
        if not self._trusted(service_url):
            raise Undeliverable("held", UNTRUSTED)
        content = b"" if body is None else json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        if len(content) > LARGEST:
            raise Undeliverable("mistake", "message_too_large")
        url = "/".join((service_url.rstrip("/"), "v3", *(quote(part, safe="") for part in path)))
        token = await self._token()
        try:
            status, headers, answer = await self._ask(method, url, content, token)
            if status == 401 and token:
                token = await self._token(refused=token)
                status, headers, answer = await self._ask(method, url, content, token)
        except Undeliverable as why:
            raise _softened(why) if repeatable else why from None
        if status // 100 != 2:
            wait = headers.get("Retry-After", "")
            raise outcome(status=status, body=answer, retry_after=wait, repeatable=repeatable)
        if not answer.strip():
            return {}
        try:
            found = json.loads(answer)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            # Something between us and Teams answered in its place.
            raise Undeliverable("passing" if repeatable else "ambiguous", "unreadable")
        return found

    async def _ask(self, method: str, url: str, body: bytes, token: str) -> tuple[int, Mapping[str, str], bytes]:
        headers = {"Content-Type": "application/json; charset=utf-8"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        try:
            async with self.session.request(
                # A redirect would take the token elsewhere.
                method,
                URL(url, encoded=True),
                data=body,
                headers=headers,
                allow_redirects=False,
            ) as answer:
                content = bytearray()
                async for chunk in answer.content.iter_any():
                    content += chunk
                    if len(content) > LARGEST_ANSWER:
                        break
                return answer.status, answer.headers, bytes(content)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            raise Undeliverable("passing", "no_connection") from None
        except TimeoutError:
            raise Undeliverable("ambiguous", "timeout") from None
        except Exception as error:  # noqa: BLE001 (a Platform raises Undeliverable and nothing else)
            raise Undeliverable("ambiguous", type(error).__name__) from None


def _softened(why: Undeliverable) -> Undeliverable:
    return Undeliverable("passing", why.code) if why.kind == "ambiguous" else why


def _id_in(answer: Mapping[str, Any]) -> str:
    found = answer.get("id")
    return found if isinstance(found, str) else ""
