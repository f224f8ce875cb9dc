"""The wire to Slack. Here the parts are joined: the way in, and the sending, replacing and looking up of messages."""

from __future__ import annotations

import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any

import aiohttp
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from bot.platform import Address, ChannelChanged, Sent, Undeliverable
from bot.slack.connect import calls, channels, files
from bot.slack.connect.arrivals import Arrivals
from bot.slack.connect.calls import calling, text_at
from bot.slack.connect.socket import SILENCE, Socket
from bot.slack.translate import blocks, home
from bot.slack.translate.installations import Change
from handlers.chat import Card

if TYPE_CHECKING:
    from bot.answered import Receive

CLOCKS_APART = 120.0
"""Seconds by which Slack's clock and ours may differ, when a message is looked up by its time."""
HISTORY_PAGE = 200
MOST_PAGES = 10
LETTER = "letter"
REPLACED_BY_NEW = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})


class Slack:
    """Slack, as a `Platform`, as a web route, and by Socket Mode.

    ``token_for`` gives the bot token of a workspace (team id), or None for one we are not installed in; ``changed`` is
    told where we were let in or taken out, ``channel_changed`` how channels now stand.
    Without ``signing_secret`` nothing comes in over HTTP, without ``app_token`` nothing by Socket Mode; ``silence`` is
    how long that may hear nothing. ``timeout`` is in seconds and holds for each call. ``now`` is the machine's clock,
    for signatures.
    """

    def __init__(
        self,
        *,
        token_for: Callable[[str], str | None],
        receive: Receive,
        changed: Callable[[Change], Awaitable[bool]] | None = None,
        channel_changed: Callable[[ChannelChanged], Awaitable[bool]] | None = None,
        signing_secret: str = "",
        app_token: str = "",
        silence: float = SILENCE,
        api_url: str = "https://slack.com/api/",
        timeout: float = 8.0,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._token_for = token_for
        self._secret = signing_secret
        self._app_token = app_token
        self._silence = silence
        self._receive = receive
        self._changed = changed
        self._channel_changed = channel_changed
        self._api_url = api_url
        self._timeout = timeout
        self._now = now
        self._clients: dict[str, AsyncWebClient] = {}
        self._session: aiohttp.ClientSession | None = None
        self._arrivals: Arrivals | None = None
        self._socket: Socket | None = None

    async def start(self) -> None:
        """Open the connections. Must run in the loop that serves."""
        self._session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=self._timeout, sock_connect=self._timeout / 2)
        )
        self._arrivals = Arrivals(
            receive=self._receive,
            secret=self._secret,
            now=self._now,
            client_for=self._client_for,
            client=calls.client(self._session, api_url=self._api_url, token=None),
            send=self.send,
            changed=self._changed,
            channel_changed=self._channel_changed,
        )

    async def close(self) -> None:
        """Close the connections. Nothing comes in or goes out afterwards."""
        self._clients.clear()
        self._arrivals = None
        if self._session:
            await self._session.close()

    def routes(self) -> list[web.RouteDef]:
        """What the web server must serve."""
        return [web.post("/slack/events", self._come_in)] if self._secret else []

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Take what comes in by Socket Mode for as long as the block lasts. Does nothing without an app token."""
        if not self._app_token or self._arrivals is None:
            yield
            return
        session = self._open_session()
        client = calls.client(session, api_url=self._api_url, token=self._app_token)
        self._socket = Socket(session, client, self._arrivals.take, silence=self._silence)
        async with self._socket.running():
            yield

    @property
    def wrong(self) -> str:
        """Why nothing can come in by Socket Mode; empty when all is well or it is not used."""
        return self._socket.wrong if self._socket is not None else ""

    def client(self, token: str | None) -> AsyncWebClient:
        """A client of the Web API with this token, or none. Raises Undeliverable before the start."""
        return calls.client(self._open_session(), api_url=self._api_url, token=token)

    async def workspace(self) -> str:
        """The team id of the workspace whose token `token_for` gives for the empty one. Raises Undeliverable."""
        return text_at(await calling(self._client_for("").auth_test(), repeatable=True), "team_id")

    async def send(self, address: Address, card: Card, *, letter: str) -> Sent:
        """Post `card`, opening the conversation if need be. The letter's id travels in the message's metadata."""
        client, content = self._client_for(address.workspace), _content(card, letter=letter)
        conversation = await _conversation(client, address)
        carried = await files.upload(client, self._open_session(), card)
        try:
            posted = await _post(client, conversation, content)
        except Undeliverable as why:
            if why.code != "channel_not_found" or not (address.user and address.conversation):
                raise
            conversation = await _opened(client, address)
            posted = await _post(client, conversation, content)
        for file_id in carried:
            await files.share(client, file_id, conversation)
        return Sent(text_at(posted, "ts"), conversation)

    async def update(self, address: Address, message: str, card: Card, *, letter: str) -> Sent:
        """Put `card` in the place of `message`. Twice does no harm, so no outcome of it is ambiguous."""
        client, content = self._client_for(address.workspace), _content(card, letter=letter)
        conversation = await _conversation(client, address)
        carried = await files.upload(client, self._open_session(), card)
        try:
            changing = client.chat_update(channel=conversation, ts=message, parse="none", link_names=False, **content)
            await calling(changing, repeatable=True)
        except Undeliverable as why:
            if why.code not in REPLACED_BY_NEW:
                raise
            return await self.send(address, card, letter=letter)
        for file_id in carried:
            await files.share(client, file_id, conversation)
        return Sent(message, conversation)

    async def find(self, address: Address, *, letter: str, since: float) -> Sent | None:
        """Look for the letter's id in the metadata of the conversation's messages."""
        try:
            client = self._client_for(address.workspace)
            conversation = await _conversation(client, address)
            cursor = ""
            for _ in range(MOST_PAGES):
                looking = client.conversations_history(
                    channel=conversation,
                    oldest=f"{max(0.0, since - CLOCKS_APART):.6f}",
                    include_all_metadata=True,
                    limit=HISTORY_PAGE,
                    cursor=cursor or None,
                )
                page = await calling(looking, repeatable=True)
                for message in page.get("messages", ()):
                    if _letter_of(message) == letter:
                        return Sent(text_at(message, "ts"), conversation)
                cursor = text_at(page.get("response_metadata"), "next_cursor")
                if not cursor:
                    return None
        except Undeliverable as why:
            if why.kind in ("passing", "held"):
                raise
            raise Undeliverable("ambiguous", why.code) from None
        raise Undeliverable("ambiguous", "history_too_long")

    async def name_of(self, channel: Address) -> str:
        """What the channel is called."""
        return await channels.name_of(self._client_for(channel.workspace), channel.conversation)

    async def invite(self, channel: Address, user: str) -> bool:
        """Add the person to the channel. Twice does no harm."""
        return await channels.invite(self._client_for(channel.workspace), channel.conversation, user)

    async def show_home(self, address: Address, cards: Sequence[Card]) -> None:
        """Publish the person's Home. Twice does no harm."""
        try:
            view = home.view(cards)
        except ValueError:
            raise Undeliverable("mistake", "home_too_large") from None
        client = self._client_for(address.workspace)
        await calling(client.views_publish(user_id=address.user, view=view), repeatable=True)

    async def _come_in(self, request: web.Request) -> web.Response:
        if self._arrivals is None:
            return web.Response(status=503)
        return await self._arrivals.come_in(request)

    def _client_for(self, workspace: str) -> AsyncWebClient:
        token = self._token_for(workspace)
        if not token:
            raise Undeliverable("held", "not_installed")
        if token not in self._clients:
            self._clients[token] = calls.client(self._open_session(), api_url=self._api_url, token=token)
        return self._clients[token]

    def _open_session(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            raise Undeliverable("passing", "not_started")
        return self._session


async def _conversation(client: AsyncWebClient, address: Address) -> str:
    return address.conversation or await _opened(client, address)


async def _opened(client: AsyncWebClient, address: Address) -> str:
    if not address.user:
        raise Undeliverable("gone", "no_address")
    opened = await calling(client.conversations_open(users=address.user), repeatable=True)
    return text_at(opened.get("channel"), "id")


async def _post(client: AsyncWebClient, conversation: str, content: dict[str, Any]) -> dict[str, Any]:
    posting = client.chat_postMessage(
        channel=conversation,
        # Nothing in `text` may become a link, a mention or markup.
        parse="none",
        link_names=False,
        mrkdwn=False,
        unfurl_links=False,
        unfurl_media=False,
        **content,
    )
    return await calling(posting)


def _content(card: Card, *, letter: str) -> dict[str, Any]:
    try:
        content = blocks.message(card)
    except ValueError:
        raise Undeliverable("mistake", "card_too_large") from None
    return {**content, "metadata": {"event_type": LETTER, "event_payload": {"id": letter}}}


def _letter_of(message: object) -> str:
    match message:
        case {"metadata": {"event_type": "letter", "event_payload": {"id": str(letter)}}}:
            return letter
    return ""
