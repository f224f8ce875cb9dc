"""Installing into a workspace by OAuth: the way to Slack's page and the way back from it.

https://docs.slack.dev/authentication/installing-with-oauth
"""

from __future__ import annotations

import html
import logging
import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode, urljoin

from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy.exc import SQLAlchemyError

from bot.platform import Undeliverable
from bot.slack import states
from bot.slack.connect.calls import calling, text_at
from bot.slack.installed import Grant, Installed
from bot.slack.manifest import SCOPES
from handlers.chat import Card
from handlers.texts import installations as texts

log = logging.getLogger("pag.slack")

INSTALL = "/slack/install"
BACK = "/slack/oauth_redirect"
BROWSER = "pag_install"
LONGEST_CODE = 60
TEAMS_PAGE = 1000
MOST_PAGES = 20

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>body{{font:1.125rem/1.5 sans-serif;max-width:40rem;margin:2rem auto;padding:0 1rem}}
dt{{font-weight:bold}}</style>
</head><body><main><h1>{title}</h1>
{text}
<dl>{facts}</dl></main></body></html>
"""


class Installing:
    """The two pages. ``client`` gives a client of the Web API with this token, or none.

    ``base_url`` is our public address; where it is empty, Slack takes the first one that the app has. ``api_url`` is
    where the Web API is: the page to agree on stands on the same host. ``now`` is the machine's clock.
    """

    def __init__(
        self,
        installed: Installed,
        *,
        client: Callable[[str | None], AsyncWebClient],
        client_id: str,
        client_secret: str,
        base_url: str = "",
        api_url: str = "https://slack.com/api/",
        now: Callable[[], float] = time.time,
    ) -> None:
        self._installed = installed
        self._client = client
        self._client_id = client_id
        self._client_secret = client_secret
        self._redirect = base_url.rstrip("/") + BACK if base_url else ""
        self._authorize = urljoin(api_url, "/oauth/v2/authorize")
        self._now = now

    def routes(self) -> list[web.RouteDef]:
        """What the web server must serve."""
        return [web.get(INSTALL, self._go), web.get(BACK, self._come_back)]

    async def _go(self, request: web.Request) -> web.Response:
        browser = secrets.token_urlsafe(16)
        asked = {
            "client_id": self._client_id,
            "scope": ",".join(SCOPES),
            "state": states.made(self._client_secret, browser=browser, now=self._now()),
        }
        if self._redirect:
            asked["redirect_uri"] = self._redirect
        answer = web.Response(status=302, headers={"Location": f"{self._authorize}?{urlencode(asked)}"})
        answer.set_cookie(
            BROWSER,
            browser,
            max_age=states.GOOD_FOR,
            path="/",
            httponly=True,
            secure=self._redirect.startswith("https:"),
            samesite="Lax",
        )
        return answer

    async def _come_back(self, request: web.Request) -> web.Response:
        given, browser = request.query, request.cookies.get(BROWSER, "")
        state, code = given.get("state", ""), given.get("code", "")
        try:
            genuine = states.checked(state, self._client_secret, browser=browser, now=self._now())
            if not genuine or not await self._installed.first_use(states.mark(state)):
                return _page(texts.stale(), status=400)
            if given.get("error") == "access_denied":
                return _page(texts.declined())
            if not code:
                return _page(texts.refused(_short(given.get("error", ""))), status=400)
            return await self._install(code)
        except Undeliverable as why:
            log.error("an installation failed: %s", why.code)
            if why.kind == "passing" or why.code in ("timeout", "unreadable") or why.code.startswith("http_"):
                return _page(texts.try_later(), status=503)
            return _page(texts.refused(_short(why.code)), status=400)
        except SQLAlchemyError as mistake:
            log.error("an installation was not kept: %s", type(mistake).__name__)
            return _page(texts.try_later(), status=503)

    async def _install(self, code: str) -> web.Response:
        asked = {"client_id": self._client_id, "client_secret": self._client_secret, "code": code}
        if self._redirect:
            asked["redirect_uri"] = self._redirect
        # The SDK's own method for it uses what aiohttp is about to take away.
        handing_out = self._client(None).api_call("oauth.v2.access", data=asked)
        answer = await calling(handing_out)
        grant = await self._granted(answer)
        owned, has_administrator = await self._installed.add(grant)
        if not owned:
            log.warning("an installation was refused: the workspace belongs to no organisation")
            return _page(texts.unknown_workspace(grant.workspace), status=403)
        who = text_at(answer.get("authed_user"), "id")
        account = "" if has_administrator or not who else f"slack:{grant.workspace}:{who}"
        return _page(texts.installed(text_at(answer.get("team"), "name") or grant.workspace, account))

    async def _granted(self, answer: Mapping[str, Any]) -> Grant:
        token, enterprise = text_at(answer, "access_token"), text_at(answer.get("enterprise"), "id")
        team = "" if answer.get("is_enterprise_install") is True else text_at(answer.get("team"), "id")
        if not token or not (team or enterprise):
            raise Undeliverable("ambiguous", "unreadable")
        return Grant(
            enterprise,
            team,
            token,
            bot_user=text_at(answer, "bot_user_id"),
            scopes=text_at(answer, "scope"),
            teams=() if team else await self._teams(token),
        )

    async def _teams(self, token: str) -> tuple[str, ...]:
        """The workspaces of a Grid that let us in. Those that do so later tell us by themselves."""
        client, found, cursor = self._client(token), [], ""
        for _ in range(MOST_PAGES):
            page = await calling(client.auth_teams_list(limit=TEAMS_PAGE, cursor=cursor or None), repeatable=True)
            found += [text_at(team, "id") for team in page.get("teams", ())]
            cursor = text_at(page.get("response_metadata"), "next_cursor")
            if not cursor:
                break
        return tuple(filter(None, found))


def _page(card: Card, *, status: int = 200) -> web.Response:
    facts = "".join(f"<dt>{html.escape(name)}</dt><dd>{html.escape(what)}</dd>" for name, what in card.facts)
    text = "\n".join(f"<p>{html.escape(part)}</p>" for part in card.text.split("\n\n"))
    body = PAGE.format(title=html.escape(card.title), text=text, facts=facts)
    headers = {
        "Cache-Control": "no-store",
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
        "Referrer-Policy": "no-referrer",
    }
    return web.Response(status=status, text=body, content_type="text/html", headers=headers)


def _short(code: str) -> str:
    """Slack's codes are words; anything else came from elsewhere."""
    return code if code.isascii() and code.replace("_", "").isalnum() and len(code) <= LONGEST_CODE else "nothing more"
