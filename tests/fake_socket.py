"""Slack's side of Socket Mode: hands out envelopes over WebSockets, and what is not acknowledged once more."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
from collections import Counter
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from aiohttp import WSMsgType, web

from tests.slack_limits import Json

Back = TypeVar("Back")
Kind = Literal["events_api", "interactive", "slash_commands"]


@dataclass(eq=False)
class Link:
    """One open connection. ``deaf``: nothing goes out on it any more, though it stays open."""

    request: web.Request
    stream: web.WebSocketResponse
    deaf: bool = False


@dataclass(eq=False)
class FakeSocket:
    """``acks`` counts by the envelope's id, ``tries`` the envelopes of each event; ``opened`` the connections ever.

    ``patience``: seconds until an event is delivered again, at most 3 times; presses and forms are not. ``twice``:
    every envelope is handed out in two copies at once. ``mute``: new connections get no hello.
    """

    patience: float = 3.0
    pings_every: float = 0.1
    twice: bool = False
    mute: bool = False
    links: list[Link] = field(default_factory=list)
    acks: Counter[str] = field(default_factory=Counter)
    tries: Counter[str] = field(default_factory=Counter)
    opened: int = 0
    most_at_once: int = 0
    _tickets: set[str] = field(default_factory=set)
    _waiting: dict[str, asyncio.Future[Json]] = field(default_factory=dict)
    _connected: asyncio.Event = field(default_factory=asyncio.Event)
    loop: asyncio.AbstractEventLoop | None = None

    def ticket(self) -> str:
        """What lets one connection in."""
        self._tickets.add(ticket := secrets.token_hex(8))
        return ticket

    # What tests do with it

    def deliver(self, kind: Kind, payload: Json) -> tuple[int, str]:
        """Hand out `payload`. Returns what HTTP would have brought: 200 and the body, or 0 without acknowledgement."""
        return self._run(self._deliver(kind, payload))

    def ask_to_leave(self, reason: str = "warning", *, close: bool = False) -> None:
        """Send `disconnect` on every connection; ``close`` does not wait for the app to close it."""
        self._run(self._leave(reason, close=close))

    def go_deaf(self) -> None:
        """Say nothing more on the connections that are open."""
        for link in self.links:
            link.deaf = True

    def break_off(self) -> None:
        """Cut every connection without a word."""
        self._run(self._break_off())

    def send(self, text: str) -> None:
        """Send any text on the newest connection."""
        self._run(self.links[-1].stream.send_str(text))

    # The wire

    async def link(self, request: web.Request) -> web.StreamResponse:
        """The WebSocket."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=401)
        self._tickets.discard(ticket)
        stream = web.WebSocketResponse()
        await stream.prepare(request)
        link = Link(request, stream)
        pinging = asyncio.create_task(self._ping(link))
        if not self.mute:
            await stream.send_json({"type": "hello", "num_connections": len(self.links) + 1, "connection_info": {}})
            self.links.append(link)
            self._connected.set()
        self.opened += 1
        self.most_at_once = max(self.most_at_once, len(self.links))
        try:
            async for frame in stream:
                if frame.type is WSMsgType.TEXT:
                    self._acknowledged(json.loads(frame.data))
        finally:
            pinging.cancel()
            if link in self.links:
                self.links.remove(link)
            if not self.links:
                self._connected.clear()
        return stream

    def _acknowledged(self, ack: Json) -> None:
        self.acks[ack["envelope_id"]] += 1
        waiting = self._waiting.get(ack["envelope_id"])
        if waiting is not None and not waiting.done():
            waiting.set_result(ack.get("payload", {}))

    async def _ping(self, link: Link) -> None:
        with contextlib.suppress(OSError):
            while not link.deaf:
                await link.stream.ping(b"Ping from applink")
                await asyncio.sleep(self.pings_every)

    async def _deliver(self, kind: Kind, payload: Json) -> tuple[int, str]:
        for attempt in range(4 if kind == "events_api" else 1):
            self.tries[payload.get("event_id", "")] += 1
            copies = [self._hand_out(kind, payload, attempt) for _ in range(2 if self.twice else 1)]
            for answer in await asyncio.gather(*copies):
                if answer is not None:
                    return 200, json.dumps(answer) if answer else ""
        return 0, ""

    async def _hand_out(self, kind: Kind, payload: Json, attempt: int) -> Json | None:
        await asyncio.wait_for(self._connected.wait(), 20)
        link = self.links[-1]
        envelope = {
            "envelope_id": (envelope_id := secrets.token_hex(8)),
            "type": kind,
            "payload": payload,
            "accepts_response_payload": kind != "events_api",
        }
        if kind == "events_api":
            envelope |= {"retry_attempt": attempt, "retry_reason": "timeout" if attempt else ""}
        self._waiting[envelope_id] = asyncio.get_running_loop().create_future()
        try:
            if not link.deaf:
                await link.stream.send_json(envelope)
            return await asyncio.wait_for(self._waiting[envelope_id], self.patience)
        except (TimeoutError, OSError):
            return None
        finally:
            del self._waiting[envelope_id]

    async def _leave(self, reason: str, *, close: bool) -> None:
        for link in list(self.links):
            await link.stream.send_json({"type": "disconnect", "reason": reason, "debug_info": {}})
            if close:
                await link.stream.close()

    async def _break_off(self) -> None:
        for link in list(self.links):
            if link.request.transport is not None:
                link.request.transport.abort()

    def _run(self, work: Coroutine[Any, Any, Back]) -> Back:
        assert self.loop is not None, "the fake Slack is not running"
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(60)
