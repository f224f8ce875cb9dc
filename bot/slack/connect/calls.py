"""One call of the Web API: the answer, or Undeliverable without the words that were in it."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Mapping
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.platform import Undeliverable
from bot.slack.outcomes import outcome


async def calling(call: Awaitable[AsyncSlackResponse], *, repeatable: bool = False) -> dict[str, Any]:
    """Slack's answer to `call`. Raises Undeliverable; what is ``repeatable`` at will is never ambiguous."""
    try:
        answer = (await call).data
        if isinstance(answer, dict):
            return answer
        why = Undeliverable("ambiguous", "unreadable")
    except SlackApiError as error:
        why = _refusal(error)
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
        why = Undeliverable("passing", "no_connection")
    except TimeoutError:
        why = Undeliverable("ambiguous", "timeout")
    except Exception as error:  # noqa: BLE001 (a Platform raises Undeliverable and nothing else; the SDK raises much)
        why = Undeliverable("ambiguous", type(error).__name__)
    if repeatable and why.kind == "ambiguous":
        why = Undeliverable("passing", why.code)
    raise why from None


def client(session: aiohttp.ClientSession, *, api_url: str, token: str | None) -> AsyncWebClient:
    """A client of the Web API on the shared `session`."""
    made = AsyncWebClient(
        token=token,
        base_url=api_url,
        session=session,
        # The default handler repeats a post whose connection was lost: two messages.
        retry_handlers=[],
        logger=quiet("pag.slack.sdk"),
    )
    if api_url.startswith(("http://127.0.0.1", "http://localhost", "http://[::1]")):
        made.proxy = None
    return made


def quiet(name: str) -> logging.Logger:
    """A logger for Bolt and the SDK, which write whole payloads in their lines: it passes nothing on."""
    logger = logging.getLogger(name)
    logger.setLevel(logging.CRITICAL)
    return logger


def text_at(answer: object, name: str) -> str:
    """The text under `name` in a part of an answer, or empty."""
    found = answer.get(name) if isinstance(answer, Mapping) else None
    return found if isinstance(found, str) else ""


def _refusal(error: SlackApiError) -> Undeliverable:
    response = error.response
    # The SDK puts its own response here, or aiohttp's when the body was no JSON.
    status: int = getattr(response, "status_code", 0) or getattr(response, "status", 0)
    headers: Mapping[str, str] = getattr(response, "headers", {})
    wait = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    return outcome(status=status, code=text_at(getattr(response, "data", None), "error"), retry_after=wait)
