"""A Slack that takes every message and answers at once, for what is to measure us and not it.

``python -m benchmarks.instant`` prints its address; ``GET /_count`` says how many messages it took. It reads no more of
a request than where it ends. The fake Slack of the tests looks at each message, which costs it as much as it costs us
to post one: on two cores, that is then measured too.
"""

from __future__ import annotations

import asyncio
import json

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: %d\r\n\r\n%b"


class _Connection(asyncio.Protocol):
    taken = 0

    def __init__(self) -> None:
        self._unread = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._unread += data
        while (end := self._unread.find(b"\r\n\r\n")) >= 0:
            head = self._unread[:end].lower()
            _, found, length = head.partition(b"content-length:")
            whole = end + 4 + (int(length.split(b"\r\n", 1)[0]) if found else 0)
            if len(self._unread) < whole:
                return
            self._unread = self._unread[whole:]
            self._answer(counted=head.startswith(b"get /_count"))

    def _answer(self, *, counted: bool) -> None:
        if counted:
            body = json.dumps({"messages": _Connection.taken})
        else:
            _Connection.taken += 1
            body = json.dumps({"ok": True, "channel": "D0001", "ts": f"1700000000.{_Connection.taken:06d}"})
        self._transport.write(HEAD % (len(body), body.encode()))


async def _serve() -> None:
    server = await asyncio.get_running_loop().create_server(_Connection, "127.0.0.1", 0)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/api/", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve())
