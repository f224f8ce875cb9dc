"""The wire to Microsoft Teams, and the one file that knows Microsoft's SDK.

The SDK is used for what it does well: the constants and rules of who may speak to a bot, tokens for our calls by way of
MSAL, and the turn (`BotAdapter`, `TurnContext`). What it does badly is done beside this file, without it: the signature
of a token (`tokens`, `keys`), the calls (`outbound`), the reading of activities (`translate`). Why, and what changes on
the day the SDK is swapped: docs/decisions/0019-the-sdk-of-teams-in-one-file.md.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import requests
from aiohttp import web
from botbuilder.core import BotAdapter, TurnContext
from botbuilder.schema import Activity, ConversationAccount, ConversationReference, ResourceResponse
from botframework.connector.auth import (
    AuthenticationConstants,
    ChannelValidation,
    ClaimsIdentity,
    EndorsementsValidator,
    SimpleCredentialProvider,
)
from botframework.connector.auth.skill_validation import SkillValidation
from msal import ConfidentialClientApplication

from bot import hosts
from bot.frontdoor import TurnedAway, parse_json, read
from bot.platform import Address, ChannelChanged, Sent, Undeliverable
from bot.teams.arrivals import Answer, Arrivals
from bot.teams.keys import Keys
from bot.teams.outbound import Json, Outbound
from bot.teams.sending import LinkFor, Sending
from bot.teams.tokens import Proven, Untrusted, prove
from handlers.chat import Card

if TYPE_CHECKING:
    from bot.answered import Receive
    from bot.teams.known import Known

log = logging.getLogger("pag.teams")

CHANNEL = "msteams"
OPENID_URL: str = AuthenticationConstants.TO_BOT_FROM_CHANNEL_OPENID_METADATA_URL
AUTHORITY: str = AuthenticationConstants.TO_CHANNEL_FROM_BOT_LOGIN_URL_PREFIX
ISSUER: str = AuthenticationConstants.TO_BOT_FROM_CHANNEL_TOKEN_ISSUER
TOKEN_URL = f"{AUTHORITY}{{tenant}}{AuthenticationConstants.TO_CHANNEL_FROM_BOT_TOKEN_ENDPOINT_PATH}"
SCOPE = f"{AuthenticationConstants.TO_CHANNEL_FROM_BOT_OAUTH_SCOPE}/.default"
EVERY_TENANT: str = AuthenticationConstants.DEFAULT_CHANNEL_AUTH_TENANT

EARLY = 300.0
"""Seconds before its end at which a token is replaced."""
TOKEN_TIMEOUT = 6.0
NO_TOKEN_NOW = frozenset({"server_error", "slow_down", "temporarily_unavailable"})


class Teams:
    """Microsoft Teams, as a `Platform` and as a web route.

    ``app_id`` and ``password`` are the app registration's; ``tenant`` is the directory of a single-tenant app, and
    empty for a multi-tenant one. Without ``app_id`` there is no authentication: ``allow_unauthenticated`` says that
    this is meant, and then only this machine is spoken to. ``allowed_hosts`` are those that may get a token of ours.
    ``link_for`` gives an address for a picture or a file of a letter; ``channel_changed`` is told how channels now
    stand. ``timeout`` is in seconds and holds for each call.
    """

    def __init__(
        self,
        *,
        app_id: str,
        password: str,
        receive: Receive,
        references: Known,
        tenant: str = "",
        allowed_hosts: Sequence[str] = hosts.SERVICE_HOSTS,
        allow_unauthenticated: bool = False,
        openid_url: str = OPENID_URL,
        token_url: str = TOKEN_URL,
        link_for: LinkFor | None = None,
        channel_changed: Callable[[ChannelChanged], Awaitable[bool]] | None = None,
        timeout: float = 8.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if not app_id and not allow_unauthenticated:
            raise ValueError("without an app id nobody could prove who they are")
        self._app_id = app_id
        self._known = references
        self._allowed_hosts = allowed_hosts
        self._loopback = allow_unauthenticated or hosts.is_loopback(openid_url)
        self._openid_url = openid_url
        self._link_for = link_for
        self._timeout = timeout
        self._clock = clock
        self._credentials = SimpleCredentialProvider(app_id, password)
        self._token = _Token(
            app_id,
            password,
            tenant=tenant or EVERY_TENANT,
            token_url=token_url,
            proxied=not self._loopback,
            clock=clock,
        )
        self._arrivals = Arrivals(
            receive=receive, app_id=app_id, references=references, channel_changed=channel_changed
        )
        self._outbound: Outbound | None = None
        self._keys: Keys | None = None
        self._adapter: _Adapter | None = None
        self._sending: Sending | None = None

    async def start(self) -> None:
        """Open the connections. Must run in the loop that serves."""
        self._outbound = Outbound(self._token, trusted=self._trusted, timeout=self._timeout, proxied=not self._loopback)
        self._sending = Sending(
            self._outbound, self._known, bot=f"28:{self._app_id}", link_for=self._link_for, clock=self._clock
        )
        self._adapter = _Adapter(self._outbound)
        if self._app_id:
            self._keys = Keys(self._outbound.session, self._openid_url, issuer=ISSUER, safe=self._safe)
            self._keys.prepare()

    async def close(self) -> None:
        """Close the connections. Nothing comes in or goes out afterwards."""
        if self._keys:
            await self._keys.close()
        if self._outbound:
            await self._outbound.close()
        self._adapter = self._sending = self._outbound = self._keys = None

    def routes(self) -> list[web.RouteDef]:
        """What the web server must serve."""
        return [web.post("/teams/messages", self._come_in)]

    @property
    def wrong(self) -> str:
        """Why nothing comes in or goes out; empty when all is well."""
        return (self._sending.wrong if self._sending else "") or (self._keys.wrong if self._keys else "")

    def closed(self) -> frozenset[str]:
        """The tenants to which nothing may go at all, for now."""
        return self._sending.closed() if self._sending else frozenset()

    async def send(self, address: Address, card: Card, *, letter: str) -> Sent:
        """Post `card`, opening the conversation if need be."""
        return await self._started().send(address, card, letter=letter)

    async def update(self, address: Address, message: str, card: Card, *, letter: str) -> Sent:
        """Put `card` in the place of `message`. Twice does no harm, so no outcome of it is ambiguous."""
        return await self._started().update(address, message, card, letter=letter)

    async def delete(self, address: Address, message: str) -> None:
        """Take a message of ours away; one that is gone already is well. Raises Undeliverable."""
        await self._started().delete(address, message)

    def _started(self) -> Sending:
        if self._sending is None:
            raise Undeliverable("passing", "not_started")
        return self._sending

    def _trusted(self, url: str) -> bool:
        # Without an app there is no token, and nobody but a client on this machine to talk to.
        return hosts.trusted(url, hosts=self._allowed_hosts if self._app_id else (), loopback=self._loopback)

    def _safe(self, url: str) -> bool:
        return hosts.is_https(url) or (self._loopback and hosts.is_loopback(url))

    async def _come_in(self, request: web.Request) -> web.Response:
        """Answer one request of Teams'. Whatever a client sends, this raises nothing."""
        if self._adapter is None:
            return web.Response(status=503)
        try:
            body = await read(request)
            proven = await self._proven(request)
            if request.content_type != "application/json":
                raise TurnedAway(415)
            activity = parse_json(body)
            if not isinstance(activity, dict):
                raise TurnedAway(400)
            await self._vouched(proven, activity)
            status, back = await self._adapter.turn(activity, self._arrivals.answer)
        except Untrusted as why:
            log.warning("a request was not taken: %s", why)
            return web.Response(status=401, headers={"WWW-Authenticate": "Bearer"})
        except TurnedAway as why:
            return web.Response(status=why.status)
        return web.Response(status=status) if back is None else web.json_response(back, status=status)

    async def _proven(self, request: web.Request) -> Proven | None:
        """What the request's token proves; None where there is no authentication."""
        if self._keys is None:
            return None
        headers = request.headers.getall("Authorization", [])
        return await prove(headers, self._keys, audience=self._app_id, issuer=ISSUER)

    async def _vouched(self, proven: Proven | None, activity: Mapping[str, Any]) -> None:
        """Raises Untrusted unless the token is for us, and for this very activity's channel and address."""
        channel, service_url = activity.get("channelId"), activity.get("serviceUrl")
        if not isinstance(service_url, str) or not self._trusted(service_url):
            raise Untrusted("service host")
        if channel != CHANNEL:
            raise Untrusted("channel")
        if proven is None:
            return
        identity = ClaimsIdentity(dict(proven.claims), True)
        try:
            await ChannelValidation.validate_identity(identity, self._credentials)
        except PermissionError:
            raise Untrusted("identity") from None
        if SkillValidation.is_skill_claim(identity.claims):
            raise Untrusted("skill")
        if not EndorsementsValidator.validate(channel, proven.endorsements):
            raise Untrusted("endorsement")
        if identity.get_claim_value(ChannelValidation.SERVICE_URL_CLAIM) != service_url:
            raise Untrusted("service url")


class _Adapter(BotAdapter):  # type: ignore[misc]  # the SDK ships no types
    """The turn of the SDK: what is sent in the course of one goes out by our own calls."""

    def __init__(self, outbound: Outbound) -> None:
        super().__init__()
        self._outbound = outbound

    async def turn(self, activity: Mapping[str, Any], answer: Answer) -> tuple[int, Json | None]:
        """Run one activity through the turn; the SDK gets to see where it stands, and none of what was said."""
        conversation = activity.get("conversation")
        where = conversation.get("id") if isinstance(conversation, Mapping) else None
        outline = Activity(
            type=activity.get("type"),
            id=activity.get("id"),
            channel_id=CHANNEL,
            service_url=activity.get("serviceUrl"),
            conversation=ConversationAccount(id=where),
        )

        async def answered(context: TurnContext) -> tuple[int, Json | None]:
            async def say(own: Json) -> None:
                await context.send_activity(_Own(own))

            return await answer(activity, say)

        done: tuple[int, Json | None] = await self.run_pipeline(TurnContext(self, outline), answered)
        return done

    async def send_activities(self, context: TurnContext, activities: list[Activity]) -> list[ResourceResponse]:
        """Post each of them. Raises Undeliverable."""
        return [
            ResourceResponse(id=await self._outbound.post(one.service_url, one.conversation.id, _plain(one)))
            for one in activities
        ]

    async def update_activity(self, context: TurnContext, activity: Activity) -> ResourceResponse:
        """Put it in the place of the one with its id. Raises Undeliverable."""
        await self._outbound.put(activity.service_url, activity.conversation.id, activity.id, _plain(activity))
        return ResourceResponse(id=activity.id)

    async def delete_activity(self, context: TurnContext, reference: ConversationReference) -> None:
        """Take it away. Raises Undeliverable."""
        await self._outbound.delete(reference.service_url, reference.conversation.id, reference.activity_id)


class _Own(Activity):  # type: ignore[misc]  # the SDK ships no types
    """An activity of ours on its way through the SDK, which would drop the fields that it does not know."""

    def __init__(self, own: Json) -> None:
        super().__init__(type=own.get("type"))
        self.own = own


def _plain(activity: Activity) -> Json:
    own: Json = activity.own if isinstance(activity, _Own) else activity.serialize()
    return own


class _Token:
    """The token of our calls: fetched in a thread, once for all who wait, and kept until shortly before its end."""

    def __init__(
        self, app_id: str, password: str, *, tenant: str, token_url: str, proxied: bool, clock: Callable[[], float]
    ) -> None:
        self._app_id = app_id
        self._password = password
        self._tenant = tenant
        self._http = Http(token_url.replace("{tenant}", tenant), proxied=proxied)
        self._clock = clock
        self._one_at_a_time = asyncio.Lock()
        self._app: ConfidentialClientApplication | None = None
        self._token = ""
        self._good_until = float("-inf")

    async def __call__(self, *, refused: str = "") -> str:
        """A token that is another one than ``refused``; empty where there is no authentication. Raises Undeliverable.

        ``held``: we are not given one. ``passing``: there is none just now.
        """
        if not self._app_id or self._here(refused):
            return self._token
        async with self._one_at_a_time:
            if not self._here(refused):
                try:
                    given = await asyncio.to_thread(self._ask, anew=bool(refused))
                except Exception as why:  # noqa: BLE001 (MSAL and its network raise whatever they like)
                    raise Undeliverable("passing", f"no_token_{type(why).__name__}") from None
                if "access_token" not in given:
                    raise _not_given(given)
                self._token = str(given["access_token"])
                self._good_until = self._clock() + float(given.get("expires_in", 0)) - EARLY
        return self._token

    def _here(self, refused: str) -> bool:
        return bool(self._token) and self._token != refused and self._clock() < self._good_until

    def _ask(self, *, anew: bool) -> Mapping[str, Any]:
        if self._app is None or anew:
            # A new one has an empty memory: the old one would give the refused token again.
            self._app = ConfidentialClientApplication(
                self._app_id,
                client_credential=self._password,
                authority=f"{AUTHORITY}{self._tenant}",
                instance_discovery=False,
                http_client=self._http,
            )
        given: Mapping[str, Any] = self._app.acquire_token_for_client([SCOPE])
        return given


@dataclass(frozen=True)
class _Answer:
    """As much of an answer as MSAL reads."""

    text: str
    status_code: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


class Http:
    """What MSAL speaks to the network with: with time limits, and to the address of the settings alone."""

    def __init__(self, token_url: str, *, proxied: bool) -> None:
        self._token_url = token_url
        self._session = requests.Session()
        self._session.trust_env = proxied

    def get(self, url: str, **_: object) -> _Answer:
        """What MSAL asks before anything else: where tokens are. That is known, so nobody need be asked."""
        place = {"token_endpoint": f"{AUTHORITY}tenant/token", "authorization_endpoint": f"{AUTHORITY}tenant/authorize"}
        return _Answer(json.dumps(place))

    def post(self, url: str, *, data: Any = None, headers: Any = None, **_: object) -> requests.Response:
        """Ask for a token."""
        return self._session.post(
            self._token_url, data=data, headers=headers, timeout=TOKEN_TIMEOUT, allow_redirects=False
        )

    def close(self) -> None:
        """Close the connections."""
        self._session.close()


def _not_given(answer: Mapping[str, Any]) -> Undeliverable:
    code = str(answer.get("error", "unknown"))
    return Undeliverable("passing" if code in NO_TOKEN_NOW else "held", f"no_token_{code}"[:60])
