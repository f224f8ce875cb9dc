"""Teams' part of the fuzzing: what is recorded of it, the good and the bad tokens, and the side that answers us."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

import handlers
from bot.teams.translate.marks import KINDS, MARK
from tests.connector_tokens import APP_ID, Issuer, rsa_key
from tests.teams_cards import Json
from tests.teams_phone import CHANNEL, TeamsPhone

SERVICE = "http://127.0.0.1:9/"
"""Stands in what is recorded for the address of the Bot Connector, which is another one each time."""


class RecordingTeamsPhone(TeamsPhone):
    """A phone that gives away what it sends, with `SERVICE` in it."""

    keep: Callable[[bytes], object]

    def _send(self, activity: Json) -> Any:
        self.keep(json.dumps({**activity, "serviceUrl": SERVICE}).encode())
        return super()._send(activity)

    def does_a_little_of_everything(self, *, coordinates: bool) -> None:
        """Whatever Teams can send: installing, words, mentions, presses, forms in the chat and in dialogs."""
        self.install()
        self.say("meetings")
        self.press(self.buttons()[0])
        self.say("help")
        self.press("Give feedback")
        self.fill({"What would you like to say?": "The food is cold & late <every day>"})
        self.mention(CHANNEL, "meetings")
        self.say("I want to say something else")
        self.press("Yes")
        if coordinates:
            self.say("meetings")
            self.press("Make a new meeting")
            self.fill({"When is it?": "30 March", "How can people join?": "Online"})
            self.fill({"When is it?": "30 March 6pm", "What is the link to join?": "https://example.org/a"})
            self.press("Save this meeting")
        else:
            self.say("groups")
            self.press("Join Ward group")
            self.close() if self._dialog else None
        self.old = True
        self.say("help")
        self.press("See my data")
        self.say("help now")
        self.uninstall()


def alive(payload: Any, chance: random.Random, number: int, *, said: Sequence[str], values: Sequence[str]) -> Any:
    """An activity as news: with an id of its own, saying, pressing or sending something else."""
    payload["id"] = f"1{number:012}"
    if "text" in payload:
        mention = "<at>Round Table</at> " * payload["text"].startswith("<at>")
        payload["text"] = mention + chance.choice((*said, *handlers.router.words))
    brought = _brought(payload)
    if brought and chance.random() < 0.8:
        brought[MARK] = chance.choice(KINDS)
        actions = handlers.router.submissions if brought[MARK] == "form" else handlers.router.presses
        brought |= {"action": chance.choice(list(actions)), "value": chance.choice(values)}
    if brought and chance.random() < 0.3:
        brought[chance.choice(("field_name", "field_text", "choices0_codes", "field_"))] = chance.choice(values)
    return payload


def _brought(payload: Json) -> Json:
    """What a card brought back, wherever it stands."""
    place = payload.get("value")
    while isinstance(place, dict) and MARK not in place:
        place = place.get("data", place.get("action"))
    return place if isinstance(place, dict) else {}


class TeamsSide:
    """Teams' own side: hands out keys and tokens, and says yes to every call. ``url`` is where it listens."""

    def __init__(self) -> None:
        self.url = ""
        self._issuer = Issuer()
        self._good = ""
        self._bad: list[str] = []

    def sign_anew(self) -> None:
        """Make the tokens, which are good (or bad) for an hour."""
        sign = self._issuer.sign_for_bot
        self._good = f"Bearer {sign(APP_ID, self.url)}"
        now = int(time.time())
        wrong = [
            sign(APP_ID, self.url, exp=now - 600),
            sign(APP_ID, self.url, nbf=now + 900),
            sign(APP_ID, self.url, exp=None),
            sign("another", self.url),
            sign(APP_ID, self.url, iss="https://sts.windows.net/another/"),
            sign(APP_ID, "https://smba.trafficmanager.net/teams/"),
            sign(APP_ID, self.url, key=rsa_key(-1)),
            sign(APP_ID, self.url, kid="key-999"),
            sign(APP_ID, self.url, key="a secret of more than 32 characters", algorithm="HS256"),
            sign(APP_ID, self.url, algorithm="none"),
            sign(APP_ID, self.url)[:-6] + "AAAAAA",
            "a.b.c",
            "." * 2000,
            "\u00e9".encode().decode("latin-1"),
            "",
        ]
        self._bad = [*(f"Bearer {token}" for token in wrong), self._good.replace("Bearer", "Basic"), "Bearer", ""]

    def on_the_wire(self, body: bytes, content_type: str, *, wrong: int | None) -> bytes:
        """The request as HTTP: with a good token, or with one of the wrong ones."""
        body = body.replace(SERVICE.encode(), self.url.encode())
        token = self._good if wrong is None else self._bad[wrong % len(self._bad)]
        head = (
            f"POST /teams/messages HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {content_type}\r\n"
            f"{f'Authorization: {token}' if token else 'X-Nothing: 1'}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode("latin-1") + body

    def routes(self) -> list[web.RouteDef]:
        """What must be served there."""
        return [
            web.get("/openid", self._openid),
            web.get("/keys", self._keys),
            web.post("/token", self._token),
            web.post("/v3/{rest:.*}", self._agree),
            web.put("/v3/{rest:.*}", self._agree),
        ]

    async def _openid(self, _: web.Request) -> web.Response:
        return web.json_response(self._issuer.metadata(f"{self.url}keys"))

    async def _keys(self, _: web.Request) -> web.Response:
        return web.json_response(self._issuer.keys())

    async def _token(self, request: web.Request) -> web.Response:
        given = dict(parse_qsl((await request.read()).decode()))
        status, body = self._issuer.hand_out(self._issuer.tenant, given)
        return web.json_response(body, status=status)

    async def _agree(self, _: web.Request) -> web.Response:
        return web.json_response({"id": "1"}, status=201)
