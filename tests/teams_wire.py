"""A wire to Teams under test: served on loopback, against a Bot Connector of ours, with tokens of its local issuer."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from bot.answered import Answered
from bot.platform import Address, Sent
from bot.teams.connect import Teams
from bot.teams.known import Known
from bot.threads import Threads
from bot.web import make_web
from handlers.chat import Card, Event
from storage import organisations
from storage.database import Database
from tests.connector_tokens import APP_ID, PASSWORD, TENANT
from tests.fake_connector import FakeConnector
from tests.world import Loop, Template

Json = dict[str, Any]

ANN, ANNS_ID = "29:ann", "00000000-0000-4000-8000-0000000000aa"
BEN, BENS_ID = "29:ben", "00000000-0000-4000-8000-0000000000bb"
CHANNEL = "19:group@thread.tacv2"
NOTHING: Mapping[str, str] = {}
HELLO = Card("Hello", text="It is Tuesday.")
NOW = datetime(2027, 3, 2, 10, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Response:
    """What the program answered to one request."""

    status: int
    text: str

    @property
    def body(self) -> Any:
        return json.loads(self.text)


class Wire:
    """``answer`` decides what an event is answered with; ``heard`` holds the events. ``changes`` go to the class."""

    def __init__(
        self,
        loop: Loop,
        connector: FakeConnector,
        database: Database,
        *,
        made_by: Callable[..., Teams] = Teams,
        **changes: Any,
    ) -> None:
        self.loop, self.connector, self.database = loop, connector, database
        self.heard: list[Event] = []
        self.answer: Callable[[Event], Answered] = lambda _: Answered()
        self.slow = 0.0
        self.threads = Threads(1)
        self._made_by, self._changes = made_by, changes
        self._runner: web.AppRunner | None = None
        self.url = ""

    def __enter__(self) -> Wire:
        self.loop.run(self._start())
        return self

    def __exit__(self, *_: object) -> None:
        self.loop.run(self._stop())
        self.threads.close()

    async def _start(self) -> None:
        self.known = Known(self.database, self.threads)
        given: Json = {
            "app_id": APP_ID,
            "password": PASSWORD,
            "tenant": TENANT,
            "receive": self._receive,
            "references": self.known,
            "openid_url": self.connector.openid_url,
            "token_url": self.connector.url + "{tenant}/oauth2/v2.0/token",
            **self._changes,
        }
        self.teams = self._made_by(**given)
        await self.teams.start()
        site = make_web(self.teams.routes(), ready=self._ready, metrics=lambda: b"")
        self._runner = web.AppRunner(site, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/teams/messages"

    async def _stop(self) -> None:
        if self._runner:
            await self._runner.cleanup()
        await self.teams.close()

    async def _ready(self) -> list[str]:
        return [self.teams.wrong] if self.teams.wrong else []

    async def _receive(self, event: Event) -> Answered:
        self.heard.append(event)
        await asyncio.sleep(self.slow)
        return self.answer(event)

    def token(self, **changes: Any) -> str:
        """A good token for an activity of the connector's; ``changes`` make it a bad one."""
        return self.connector.issuer.sign_for_bot(**{"audience": APP_ID, "service_url": self.connector.url, **changes})

    def post(self, activity: object, *, token: str | None = None, **headers: str) -> Response:
        """Post an activity, or any bytes, with a good token unless told otherwise (empty: none at all)."""
        return self.loop.run(self.posting(activity, token=token, **headers))

    async def posting(self, activity: object, *, token: str | None = None, **headers: str) -> Response:
        signed = self.token() if token is None else token
        given = {"Content-Type": "application/json", **({"Authorization": f"Bearer {signed}"} if signed else {})}
        body = activity if isinstance(activity, bytes) else json.dumps(activity).encode()
        async with (
            aiohttp.ClientSession() as session,
            session.post(self.url, data=io.BytesIO(body), headers={**given, **headers}) as answer,
        ):
            return Response(answer.status, await answer.text())

    def says(self, words: str, user: str = ANN, **more: Any) -> Json:
        """An activity in which somebody types words."""
        return self.connector.heard(user, text=words, **more)

    def shows(self, card: Card) -> tuple[str, Json]:
        """Send Ann a card: the message's id and the first of its buttons."""
        if not self.connector.shown_to(ANN):
            self.post(self.says("hello"))
        sent = self.send(card=card)
        return sent.message, action_in(self.connector.shown_to(ANN)[-1], "Action.Execute")

    def presses(self, action: Json, *, on: str, inputs: Mapping[str, str] = NOTHING) -> Json:
        """The activity in which Ann presses a button on a message."""
        data = {**action["data"], **inputs}
        pressed = {"type": "Action.Execute", "id": action["id"], "verb": action["verb"], "data": data}
        value = {"action": pressed, "trigger": "manual"}
        return self.connector.heard(ANN, type="invoke", name="adaptiveCard/action", value=value, replyToId=on)

    def send(self, user: str = ANNS_ID, card: Card = HELLO, *, conversation: str = "") -> Sent:
        """Send a card to a person."""
        return self.loop.run(self.teams.send(Address("teams", TENANT, user, conversation), card, letter="org-1"))

    def update(self, message: str, card: Card, user: str = ANNS_ID) -> Sent:
        """Put a card in the place of a message to a person."""
        return self.loop.run(self.teams.update(Address("teams", TENANT, user), message, card, letter="org-1"))


@contextlib.contextmanager
def wired(
    folder: Path, loop: Loop, template: Template, *, connector: FakeConnector | None = None, **changes: Any
) -> Iterator[Wire]:
    """A wire with a database of its own, in which an organisation owns the tenant; Ann and Ben use Teams there."""
    with contextlib.ExitStack() as opened:
        if connector is None:
            connector = opened.enter_context(FakeConnector())
        connector.people |= {
            ANN: {"aadObjectId": ANNS_ID, "name": "Ann"},
            BEN: {"aadObjectId": BENS_ID, "name": "Ben"},
        }
        database = opened.enter_context(contextlib.closing(template.copy(folder / "teams.db")))
        with database.transaction() as session:
            organisation = organisations.add_organisation(
                session, "Eastern Hospitals", nation="ENG", time_zone="Europe/London", now=NOW
            )
            organisations.own_workspace(session, organisation, "teams", TENANT)
        yield opened.enter_context(Wire(loop, connector, database, **changes))


def action_in(part: Any, kind: str) -> Json:
    """The first action of this kind, wherever it stands."""
    return next(_actions(part, kind))


def _actions(part: Any, kind: str) -> Iterator[Json]:
    if isinstance(part, dict):
        if part.get("type") == kind:
            yield part
        for name, inner in part.items():
            if name not in ("data", "fallback"):
                yield from _actions(inner, kind)
    if isinstance(part, list):
        for inner in part:
            yield from _actions(inner, kind)
