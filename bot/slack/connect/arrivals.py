"""What comes in from Slack: through the front door and Bolt to `receive`, and what is shown at once."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

from aiohttp import web
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.frontdoor import TurnedAway, read
from bot.platform import Address, ChannelChanged, Sent, Undeliverable
from bot.slack import frontdoor
from bot.slack.connect.calls import calling, quiet
from bot.slack.connect.profiles import Profiles
from bot.slack.translate import blocks, modals
from bot.slack.translate.channels import channel_change
from bot.slack.translate.installations import Change, change
from bot.slack.translate.payloads import Heard, Kind, Malformed, Payload, understand
from handlers.chat import Card, Changed, Event, Form, Submitted
from handlers.texts import surfaces

if TYPE_CHECKING:
    from bot.answered import Answered, Receive

log = logging.getLogger("pag.slack")

TRIGGER_LIFE = 2.5
"""Seconds in which a form must be open. Slack's trigger lives for 3, and some of that is gone when it gets here."""
AT_ONCE = "at-once"

OUTLINES: Mapping[Kind, dict[str, Any]] = {
    "command": {"command": "/pag"},
    "event": {"type": "event_callback", "event": {"type": "message"}},
    "press": {"type": "block_actions", "actions": [{"type": "button", "action_id": "any"}]},
    "shortcut": {"type": "shortcut", "callback_id": "any"},
    "submission": {"type": "view_submission", "view": {"type": "modal", "callback_id": "any"}},
}
"""What Bolt gets to see of a request: enough to find the listener of its kind. Whole payloads make it raise where they
are not quite Slack's, and would put people's words into its log lines."""


class Send(Protocol):
    """Posts a card: see `bot.platform.Platform.send`."""

    async def __call__(self, address: Address, card: Card, *, letter: str) -> Sent:
        """Post `card`. Raises Undeliverable."""


class Arrivals:
    """The way in. ``client_for`` gives the client of a workspace; ``now`` is the machine's clock, for signatures.

    ``send`` is for the one answer that does not go through the outbox: `help now` while the database is down.
    ``changed`` takes up where we were let in or taken out, and ``channel_changed`` how a channel now stands; each says
    whether it could.
    """

    def __init__(
        self,
        *,
        receive: Receive,
        secret: str,
        now: Callable[[], float],
        client_for: Callable[[str], AsyncWebClient],
        client: AsyncWebClient,
        send: Send,
        changed: Callable[[Change], Awaitable[bool]] | None = None,
        channel_changed: Callable[[ChannelChanged], Awaitable[bool]] | None = None,
    ) -> None:
        self._receive = receive
        self._secret = secret
        self._now = now
        self._channel_changed = channel_changed
        self._client_for = client_for
        self._send = send
        self._changed = changed
        self._profiles = Profiles(client_for, now)
        self._app = _bolt(client, self._answer)

    async def come_in(self, request: web.Request) -> web.Response:
        """Answer one request of Slack's. Whatever a client sends, this raises nothing."""
        try:
            body = await read(request)
            frontdoor.verify(body, request.headers, secret=self._secret, now=self._now())
            payload = frontdoor.parse(body, content_type=request.content_type)
            if payload.get("type") == "url_verification" and isinstance(payload.get("challenge"), str):
                return web.json_response({"challenge": payload["challenge"]})
            if payload.get("ssl_check") == "1":
                return web.Response()
            return await self._dispatch(payload)
        except TurnedAway as why:
            return web.Response(status=why.status)

    async def take(self, payload: Payload) -> Mapping[str, object] | None:
        """What goes back for one payload of Socket Mode, often nothing; None where Slack should deliver it again."""
        try:
            answer = await self._dispatch(payload)
        except TurnedAway as why:
            log.warning("an envelope was turned away: %d", why.status)
            return None
        if answer.status != 200:
            return None
        back: dict[str, object] = json.loads(answer.text) if answer.text else {}
        return back

    async def _dispatch(self, payload: Payload) -> web.Response:
        try:
            if self._changed and (told := change(payload)):
                return web.Response(status=200 if await self._changed(told) else 503)
            if moved := channel_change(payload):
                kept = self._channel_changed is None or await self._channel_changed(moved)
                return web.Response(status=200 if kept else 503)
            heard = understand(payload)
        except Malformed:
            raise TurnedAway(400) from None
        if heard is None:
            raise TurnedAway(404)
        if heard.event is None:
            return web.Response()
        account = heard.event.account
        outline = {**OUTLINES[heard.kind], "team": {"id": account.workspace}, "user": {"id": account.user}}
        # As in Socket Mode: what comes in is parsed and verified already.
        asked = AsyncBoltRequest(body=outline, mode="socket_mode", context={"heard": heard, "event": heard.event})
        answer = await self._app.async_dispatch(asked)
        if answer.status >= 500:
            log.error("a request of Slack's was not answered: %s, %d", heard.kind, answer.status)
        return web.Response(status=answer.status, body=answer.body, headers=answer.first_headers_without_set_cookie())

    async def _answer(self, context: AsyncBoltContext, ack: AsyncAck) -> BoltResponse:
        heard: Heard = context["heard"]
        asked: Event = context["event"]
        if isinstance(asked.what, Changed):
            self._profiles.forget(asked.account)
            return BoltResponse(status=503) if (await self._receive(asked)).failed else await ack()
        profile = await self._profiles.of(asked.account)
        event = replace(asked, name=profile.name or asked.name, time_zone=profile.time_zone, guest=profile.guest)
        answered = await self._receive(event)
        if answered.at_once and await self._tell(answered.at_once, event):
            return await ack()
        if answered.failed:
            return BoltResponse(status=503)
        if isinstance(event.what, Submitted):
            return await _close_form(ack, answered, heard)
        opened = answered.form is None or await self._show(answered.form, event, trigger=heard.trigger)
        aside = answered.aside if opened else surfaces.not_opened().title
        if aside and heard.kind == "command":
            return await ack(text=blocks.escaped(aside), response_type="ephemeral")
        if aside and heard.channel:
            await self._whisper(aside, event, channel=heard.channel)
        elif not opened:
            await self._tell(surfaces.not_opened(), event)
        return await ack()

    async def _tell(self, card: Card, event: Event) -> bool:
        """Send `card` to the person now, without the outbox. Says whether it went."""
        account = event.account
        try:
            await self._send(Address("slack", account.workspace, account.user), card, letter=AT_ONCE)
        except Undeliverable as why:
            log.error("an answer that could not wait was not sent: %s", why.code)
            return False
        return True

    async def _show(self, form: Form, event: Event, *, trigger: str) -> bool:
        """Open `form` while the trigger lives. Says whether it is open."""
        try:
            client = self._client_for(event.account.workspace)
            async with asyncio.timeout(TRIGGER_LIFE):
                await calling(client.views_open(trigger_id=trigger, view=modals.modal(form)))
        except Undeliverable as why:
            log.warning("a form did not open: %s", why.code)
            return False
        except (TimeoutError, ValueError) as why:
            log.warning("a form did not open: %s", type(why).__name__)
            return False
        return True

    async def _whisper(self, line: str, event: Event, *, channel: str) -> None:
        """Show `line` to this person alone. If that fails, nothing is lost but the hint."""
        try:
            client = self._client_for(event.account.workspace)
            text = blocks.escaped(line)
            await calling(client.chat_postEphemeral(channel=channel, user=event.account.user, text=text))
        except Undeliverable as why:
            log.warning("a private line was not shown: %s", why.code)


def _bolt(client: AsyncWebClient, answer: Callable[..., object]) -> AsyncApp:
    """Bolt with one listener a kind: each further one costs every request a look."""
    app = AsyncApp(
        # Bolt sets the level of the logger of this name: it must not be one of ours.
        name="slack_bolt",
        client=client,
        logger=quiet("pag.slack.bolt"),
        authorize=_authorize,
        process_before_response=True,
        request_verification_enabled=False,
        ignoring_self_events_enabled=False,
        ssl_check_enabled=False,
        url_verification_enabled=False,
        attaching_function_token_enabled=False,
    )
    everything = re.compile("")
    for kind in (app.event, app.command, app.action, app.shortcut, app.view_submission):
        kind(everything)(answer)
    app.error(_failed)
    return app


async def _authorize(team_id: str | None, enterprise_id: str | None) -> AuthorizeResult:
    # Bolt will not go without one. Calls go through clients of our own, so no token is looked up and no auth.test made.
    return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token="not-used")  # noqa: S106 (no token)


async def _close_form(ack: AsyncAck, answered: Answered, heard: Heard) -> BoltResponse:
    """Close the form, or keep it open with what is wrong, or show the next one in its place."""
    if answered.errors and (placed := modals.errors(answered.errors, heard.fields)):
        return await ack(response_action="errors", errors=placed)
    if answered.form and not answered.errors:
        return await ack(response_action="update", view=modals.modal(answered.form))
    return await ack()


async def _failed(error: Exception) -> BoltResponse:
    log.error("a request of Slack's failed: %s", type(error).__name__)
    return BoltResponse(status=500)
