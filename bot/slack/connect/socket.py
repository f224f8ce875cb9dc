"""Socket Mode: what comes in over a WebSocket that we open ourselves, so that no address of ours need be public.

https://docs.slack.dev/apis/events-api/using-socket-mode

Not the SDK's client: that one closes a connection before it opens the next, and answers an envelope on whichever of
them is open.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

import aiohttp
from aiohttp import ClientWebSocketResponse, WSMsgType
from slack_sdk.web.async_client import AsyncWebClient

from bot.logs import where
from bot.platform import Undeliverable
from bot.slack.connect.calls import calling, text_at

log = logging.getLogger("pag.slack")

SILENCE = 30.0
"""Seconds without a ping or an envelope after which a connection is deaf. Slack pings every few; its own Node client
waits as long."""
HELLO = 10.0
"""Seconds in which a new connection must say hello."""
FINISHING = 2.0
"""Seconds for the envelopes under way when a connection is closed."""
LONGEST_PAUSE = 60.0
"""Seconds between two tries at the most. The first one waits a 30th of the silence."""

Take = Callable[[Mapping[str, object]], Awaitable[Mapping[str, object] | None]]
"""Answers one payload: what goes back with the acknowledgement, or None where Slack should deliver it again."""


class Connection:
    """One WebSocket. ``leaving`` is set as soon as another one should be opened in its place.

    ``take`` answers the payloads, each in a task of its own: an envelope is acknowledged when its work is done.
    """

    def __init__(self, stream: ClientWebSocketResponse, take: Take, *, silence: float) -> None:
        self._stream = stream
        self._take = take
        self._silence = silence
        self._working: set[asyncio.Task[None]] = set()
        self._greeted = asyncio.Event()
        self.leaving = asyncio.Event()
        self._listening = asyncio.create_task(self._listen())

    @property
    def open(self) -> bool:
        """Whether Slack can still be heard on it."""
        return not self._listening.done()

    async def greeted(self) -> bool:
        """Wait for Slack's hello. False where none comes."""
        waiting = asyncio.create_task(self._greeted.wait())
        await asyncio.wait({waiting, self._listening}, timeout=HELLO, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        return self._greeted.is_set() and self.open

    async def close(self) -> None:
        """Let what is under way finish, and close."""
        if self._working:
            await asyncio.wait(self._working, timeout=FINISHING)
        for task in (*self._working, self._listening):
            task.cancel()
        await self._stream.close()

    async def _listen(self) -> None:
        try:
            while await self._hear():
                pass
        except TimeoutError:
            log.warning("Slack fell silent on a connection")
        except (aiohttp.ClientError, OSError) as why:
            log.warning("a connection to Slack broke: %s", type(why).__name__)
        finally:
            self.leaving.set()

    async def _hear(self) -> bool:
        """Take the next frame. False when there will be no more."""
        frame = await self._stream.receive(timeout=self._silence)
        if frame.type is WSMsgType.PING:
            await self._stream.pong(frame.data)
        elif frame.type is WSMsgType.TEXT:
            self._read(frame.data)
        return frame.type in (WSMsgType.PING, WSMsgType.PONG, WSMsgType.TEXT, WSMsgType.BINARY)

    def _read(self, text: str) -> None:
        try:
            envelope = json.loads(text)
        except (ValueError, RecursionError):
            log.warning("an envelope of Slack's was not readable")
            return
        match envelope:
            case {"type": "hello"}:
                self._greeted.set()
            case {"type": "disconnect"}:
                log.info("Slack asks for a new connection: %s", text_at(envelope, "reason"))
                self.leaving.set()
            case {"envelope_id": str(envelope_id), "payload": {} as payload}:
                task = asyncio.create_task(self._answer(envelope_id, payload))
                self._working.add(task)
                task.add_done_callback(self._working.discard)

    async def _answer(self, envelope_id: str, payload: Mapping[str, object]) -> None:
        try:
            answer = await self._take(payload)
            if answer is not None:
                # Only where it came from: what was not acknowledged there is delivered again, and known by its id.
                await self._stream.send_json({"envelope_id": envelope_id} | ({"payload": answer} if answer else {}))
        except (aiohttp.ClientError, OSError) as why:
            log.warning("an envelope was not acknowledged: %s", type(why).__name__)
        except Exception as mistake:  # noqa: BLE001 (one envelope must not end the connection)
            log.error("an envelope failed: %s", where(mistake))


class Socket:
    """Keeps one connection to Slack open. Make it inside the loop that serves.

    ``client`` bears the app-level token. ``silence`` is in seconds, and the scale of the pauses before a new try.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        client: AsyncWebClient,
        take: Take,
        *,
        silence: float = SILENCE,
    ) -> None:
        self._session = session
        self._client = client
        self._take = take
        self._silence = silence
        self._current: Connection | None = None
        self._leaving: set[asyncio.Task[None]] = set()
        self._why = "not yet"

    @property
    def wrong(self) -> str:
        """Why nothing can come in, or empty."""
        return "" if self._current is not None and self._current.open else f"Slack is not connected: {self._why}"

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Take what comes in for as long as the block lasts; finish what was begun at its end."""
        keeping = asyncio.create_task(self._keep())
        try:
            yield
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)
            self._retire()
            await asyncio.gather(*self._leaving, return_exceptions=True)

    async def _keep(self) -> None:
        """Open a connection, and the next one whenever it is time: before the old one is closed."""
        short_lived = 0
        while True:
            began = asyncio.get_running_loop().time()
            wait = 0.0
            try:
                following = await self._opened()
            except Undeliverable as why:
                self._why, wait = why.code, why.retry_after
                log.warning("no connection to Slack: %s", why.code)
            else:
                self._retire()
                self._current, self._why = following, "the connection broke"
                await following.leaving.wait()
            lasted = asyncio.get_running_loop().time() - began > self._silence
            short_lived = 0 if lasted else min(short_lived + 1, 10)
            # Many programs lose their connections at the same moment: they must not all come back at the same one.
            longest = min(LONGEST_PAUSE, self._silence / 30 * 2 ** max(0, short_lived - 1))
            await asyncio.sleep(max(wait, random.uniform(longest / 2, longest)))  # noqa: S311 (no secret)

    async def _opened(self) -> Connection:
        """A connection that has said hello. Raises Undeliverable."""
        answer = await calling(self._client.apps_connections_open(app_token=self._client.token or ""), repeatable=True)
        try:
            stream = await self._session.ws_connect(
                text_at(answer, "url"),
                # A ping is a sign of life, so it must reach us.
                autoping=False,
                proxy=self._client.proxy,
            )
        except (aiohttp.ClientError, OSError, ValueError) as why:
            raise Undeliverable("passing", type(why).__name__) from None
        connection = Connection(stream, self._take, silence=self._silence)
        try:
            if await connection.greeted():
                return connection
        except asyncio.CancelledError:
            await connection.close()
            raise
        await connection.close()
        raise Undeliverable("passing", "no_hello")

    def _retire(self) -> None:
        if self._current is not None:
            task = asyncio.create_task(self._current.close())
            self._leaving.add(task)
            task.add_done_callback(self._leaving.discard)
            self._current = None
