"""A steady load of signed Slack commands, from a process of its own."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import statistics
import sys
import time
from urllib.parse import urlencode, urlsplit

SECRET = "a signing secret of the benchmarks"
TEAM = "T0BENCH"


def signed_command(number: int, *, team: str, text: str) -> bytes:
    """A whole HTTP request: `/pag` with this text, signed now, with a trigger of its own."""
    body = urlencode(
        {
            "token": "unused",
            "team_id": team,
            "team_domain": "bench",
            "channel_id": "D0BENCH",
            "channel_name": "directmessage",
            "user_id": f"U{number % 50:04d}",
            "user_name": "someone",
            "command": "/pag",
            "text": text,
            "api_app_id": "A0BENCH",
            "is_enterprise_install": "false",
            "response_url": "https://hooks.slack.com/commands/T/1/x",
            "trigger_id": f"{time.time_ns()}.{number}",
        }
    ).encode()
    stamp = str(int(time.time()))
    mark = hmac.new(SECRET.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    head = (
        "POST /slack/events HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"X-Slack-Request-Timestamp: {stamp}\r\nX-Slack-Signature: v0={mark}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def _one(host: str, port: int, numbers: range, text: str, times: list[float]) -> None:
    reader, writer = await asyncio.open_connection(host, port)
    for number in numbers:
        request = signed_command(number, team=TEAM, text=text)
        began = time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        status = int(head.split(b" ", 2)[1])
        if status != 200:
            sys.exit(f"HTTP {status}")
        lines = head.lower().split(b"\r\n")
        length = next((int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length:")), 0)
        if length:
            await reader.readexactly(length)
        times.append(time.perf_counter() - began)
    writer.close()


async def _load(url: str, number: int, at_once: int, text: str) -> None:
    where = urlsplit(url)
    times: list[float] = []
    began = time.perf_counter()
    each = number // at_once
    await asyncio.gather(
        *(
            _one(where.hostname or "", where.port or 80, range(start * each, (start + 1) * each), text, times)
            for start in range(at_once)
        )
    )
    took = time.perf_counter() - began
    times.sort()
    p99 = times[int(len(times) * 0.99)] * 1000
    print(f"{len(times) / took:.1f} {statistics.median(times) * 1000:.3f} {p99:.3f}")


if __name__ == "__main__":
    asyncio.run(_load(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]))
