"""The sandbox on the wire: a platform whose messages stay in memory, and the page that shows them."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, Never

from aiohttp import web

from bot.platform import Address, Sent, Undeliverable
from bot.sandbox import door, forms, translate
from bot.sandbox.screen import Screen, static
from bot.sandbox.transcript import Persona, Transcripts, within
from handlers.chat import Card, Opened, Submitted

if TYPE_CHECKING:
    from bot.answered import Answered, Receive

__all__ = ["Persona", "Sandbox"]

REMEMBERED = 1000
"""How many posts, and how many open forms, are kept in mind."""
HEARTBEAT = 15.0
"""Seconds between signs of life on a stream, so that one whose page has gone is noticed."""

NOT_KEPT = "That did not work, and nothing was kept. Please try again."

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Sandbox:
    """A `Platform` whose people are the ``cast`` and whose chat client is the page at ``/sandbox``.

    ``now`` gives the program's time (UTC). ``move`` moves it, does what is then due, and says in one line what
    happened. ``settle`` waits until the waiting urgent letters are delivered. ``channels`` are names of the
    groups' channels; a channel that the bot posts to is added by itself.
    """

    def __init__(
        self,
        receive: Receive,
        cast: Sequence[Persona],
        *,
        now: Callable[[], datetime],
        move: Callable[[translate.Move], Awaitable[str]],
        settle: Callable[[], Awaitable[None]],
        channels: Sequence[str] = ("group",),
    ) -> None:
        self._receive = receive
        self._now = now
        self._move = move
        self._settle = settle
        self._transcripts = Transcripts()
        self._screen = Screen(self._transcripts, cast, channels)
        self._opened: set[str] = set()
        self._forms: dict[str, forms.OpenForm] = {}
        self._acts: dict[str, asyncio.Future[str]] = {}
        self._streams: set[asyncio.Future[Never]] = set()
        self._happened = ""

    def routes(self) -> list[web.RouteDef]:
        """Everything under ``/sandbox``, each behind the front door."""
        return [
            web.get("/sandbox", self._guarded(self._page)),
            web.post("/sandbox/say", self._guarded(self._say)),
            web.post("/sandbox/press", self._guarded(self._press)),
            web.post("/sandbox/form", self._guarded(self._fill)),
            web.post("/sandbox/clock", self._guarded(self._clock)),
            web.get("/sandbox/stream", self._guarded(self._stream)),
            web.get("/sandbox/file/{message}.{part:picture|attachment}", self._guarded(self._file)),
            web.get("/sandbox/page/{name}", self._guarded(static)),
        ]

    async def close(self, _: object = None) -> None:
        """End the pages' streams; for an application's ``on_shutdown``, which would wait for them otherwise."""
        for stream in list(self._streams):
            stream.cancel()

    # The platform, as delivery sees it.

    async def send(self, address: Address, card: Card, *, letter: str) -> Sent:
        """Post a card. A person who is not of the cast is gone."""
        conversation = self._conversation(address)
        message = self._transcripts.append(within(address.workspace, conversation), card, at=self._now(), letter=letter)
        return Sent(message, conversation)

    async def update(self, address: Address, message: str, card: Card, *, letter: str) -> Sent:
        """Put a card in the place of a message, or post it when there is no such message."""
        conversation = self._conversation(address)
        if self._transcripts.replace(within(address.workspace, conversation), message, card, letter=letter):
            return Sent(message, conversation)
        return await self.send(address, card, letter=letter)

    async def find(self, address: Address, *, letter: str, since: float) -> Sent | None:
        """The message that carries ``letter``; None is certain, as what an earlier run showed is gone."""
        message = self._transcripts.carrying(letter)
        return Sent(message, self._conversation(address)) if message else None

    async def name_of(self, channel: Address) -> str:
        """What the channel is called."""
        return channel.conversation.removeprefix("channel:")

    async def invite(self, channel: Address, user: str) -> bool:
        """Everybody can open every channel of the sandbox."""
        return True

    def _conversation(self, address: Address) -> str:
        if address.conversation.startswith("channel:"):
            return address.conversation
        persona = self._screen.cast.get(address.user or address.conversation.removeprefix("direct:"))
        if persona is None or persona.workspace != address.workspace:
            raise Undeliverable("gone", "user_not_found")
        return f"direct:{persona.key}"

    # What the page sends.

    async def _say(self, request: web.Request) -> web.StreamResponse:
        posted, persona, view = await self._posted(request)
        event, text = translate.event_id(posted), translate.one(posted, "text").strip()
        heard = translate.read_said(text, channel=bool(view))

        async def act() -> str:
            private = persona.key if heard and heard[1] == "command" else ""
            self._transcripts.append(
                self._screen.place(persona, view), text, at=self._now(), by=persona.key, only_for=private
            )
            if heard is None:
                return self._screen.address(persona, view, form=_form(posted))
            said = translate.event(persona, heard[0], id=event, place=heard[1], channel=view)
            answered = await self._receive(said)
            return await self._show(answered, persona, view, form=_form(posted))

        if not text:
            return _see(self._screen.address(persona, view, form=_form(posted)))
        return await self._once(event, act)

    async def _press(self, request: web.Request) -> web.StreamResponse:
        posted, persona, view = await self._posted(request)
        event, press = translate.event_id(posted), translate.read_press(translate.one(posted, "press"))

        async def act() -> str:
            place: Literal["channel", "direct"] = "channel" if view else "direct"
            pressed = translate.event(persona, press, id=event, place=place, channel=view)
            answered = await self._receive(pressed)
            return await self._show(answered, persona, view, form=_form(posted), message=press.message)

        return await self._once(event, act)

    async def _fill(self, request: web.Request) -> web.StreamResponse:
        posted, persona, view = await self._posted(request)
        event = translate.event_id(posted)

        async def act() -> str:
            shown = self._forms.get(_form(posted))
            if shown is None or shown.who != persona.key:
                raise web.HTTPNotFound(text="This form is no longer open. Nothing was sent.")
            answers = forms.read_answers(shown.form, posted)
            del self._forms[shown.id]
            what = Submitted(shown.form.action, shown.form.value, answers)
            answered = await self._receive(translate.event(persona, what, id=event))
            if not (errors := {"": NOT_KEPT} if answered.failed else answered.errors):
                return await self._show(answered, persona, view)
            again = replace(shown, answers=answers, errors=errors, tries=shown.tries + 1)
            return self._screen.address(persona, view, form=self._open(again))

        return await self._once(event, act)

    async def _clock(self, request: web.Request) -> web.StreamResponse:
        posted, persona, view = await self._posted(request)
        event, to = translate.event_id(posted), translate.read_move(translate.one(posted, "to"))

        async def act() -> str:
            self._happened = await self._move(to)
            await self._settle()
            self._transcripts.stir()
            return self._screen.address(persona, view, form=_form(posted), part="clock")

        return await self._once(event, act)

    async def _posted(self, request: web.Request) -> tuple[translate.Posted, Persona, str]:
        posted = translate.read_posted(await door.body(request))
        persona = self._screen.persona(translate.one(posted, "who"))
        return posted, persona, self._screen.view(persona, translate.one(posted, "view"))

    async def _once(self, event: str, act: Callable[[], Coroutine[Any, Any, str]]) -> web.StreamResponse:
        """Do it once for each event; a second sending of the same waits for the first, and leads to the same place."""
        if event not in self._acts:
            self._acts[event] = asyncio.ensure_future(act())
            _forget_oldest(self._acts)
        return _see(await asyncio.shield(self._acts[event]))

    async def _show(self, answered: Answered, persona: Persona, view: str, *, form: str = "", message: str = "") -> str:
        """Show what rides in the answer, wait for what comes by letter, and return the address that shows it all."""
        place = self._screen.place(persona, view)
        if answered.at_once:
            self._transcripts.append(place, answered.at_once, at=self._now(), only_for=persona.key)
        else:
            await self._settle()
        if aside := NOT_KEPT if answered.failed and not answered.at_once else answered.aside:
            self._transcripts.append(self._screen.place(persona, view), aside, at=self._now(), only_for=persona.key)
        if answered.form:
            form, message = self._open(forms.OpenForm(secrets.token_hex(4), persona.key, answered.form)), ""
        standing = self._transcripts.message(message)
        return self._screen.address(persona, view, form=form, part=f"m-{standing.id}" if standing else "")

    def _open(self, form: forms.OpenForm) -> str:
        self._forms[form.id] = form
        _forget_oldest(self._forms)
        return form.id

    # What the page asks for.

    async def _page(self, request: web.Request) -> web.StreamResponse:
        persona = self._screen.persona(request.query.get("who", ""))
        view = self._screen.view(persona, request.query.get("view", ""))
        if persona.key not in self._opened:
            self._opened.add(persona.key)
            event = translate.event(persona, Opened(), id=f"{self._transcripts.run}-opened")
            await self._show(await self._receive(event), persona, "")
        shown = self._forms.get(request.query.get("form", ""))
        form = forms.form_view(shown) if shown and shown.who == persona.key else None
        return self._screen.page(persona, view, form=form, now=self._now(), happened=self._happened)

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events: one each time something changed, for the page to fetch itself anew."""
        stream = web.StreamResponse(headers={**door.HEADERS, "Content-Type": "text/event-stream"})
        await stream.prepare(request)
        changes = asyncio.ensure_future(self._tell_changes(stream, request.query.get("after", "")))
        self._streams.add(changes)
        try:
            await changes
        except (ConnectionResetError, asyncio.CancelledError):
            return stream
        finally:
            self._streams.discard(changes)

    async def _tell_changes(self, stream: web.StreamResponse, mark: str) -> Never:
        while True:
            try:
                mark = await asyncio.wait_for(self._transcripts.changed(mark), HEARTBEAT)
                await stream.write(f"data: {mark}\n\n".encode())
            except TimeoutError:
                await stream.write(b": still here\n\n")

    async def _file(self, request: web.Request) -> web.StreamResponse:
        return self._screen.file(request.match_info["message"], request.match_info["part"])

    def _guarded(self, handler: Handler) -> Handler:
        async def guarded(request: web.Request) -> web.StreamResponse:
            try:
                door.check(request)
                response = await handler(request)
            except translate.Malformed as refusal:
                response = self._screen.refusal(400, str(refusal))
            except web.HTTPError as refusal:
                response = self._screen.refusal(refusal.status, refusal.text or refusal.reason)
            if not response.prepared:
                response.headers.update(door.HEADERS)
            return response

        return guarded


def _form(posted: translate.Posted) -> str:
    """The id of the form that stood open on the page, or empty."""
    return next(iter(posted.get("form", ())), "")


def _see(location: str) -> web.Response:
    return web.Response(status=303, headers={"Location": location})


def _forget_oldest(kept: dict[str, Any]) -> None:
    while len(kept) > REMEMBERED:
        del kept[next(iter(kept))]
