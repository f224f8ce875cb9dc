"""A load of signed Slack commands, from a process of its own: as fast as they are answered, or so many a second.

``python -m benchmarks.load closed URL TEAM TEXT NUMBER AT_ONCE`` waits for each answer before the next command.
``python -m benchmarks.load open URL TEAM TEXT NUMBER A_SECOND`` does not: each command is due at its own time, and what
it takes is counted from then. Both print how many were answered a second, and the median and p99 in milliseconds.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import statistics
import subprocess
import sys
import time
from urllib.parse import urlencode, urlsplit

SECRET = "a signing secret of the benchmarks"
TEAM = "T0BENCH"
TEXT = "my groups"
PEOPLE = tuple(f"U{number:04d}" for number in range(50))


def signed_command(number: int, *, team: str, text: str) -> bytes:
    """A whole HTTP request: `/pag` with this text, signed now, with a trigger of its own."""
    body = urlencode(
        {
            "token": "unused",
            "team_id": team,
            "team_domain": "bench",
            "channel_id": "D0BENCH",
            "channel_name": "directmessage",
            "user_id": PEOPLE[number % len(PEOPLE)],
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


async def _ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> None:
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head.split(b" ", 2)[1])
    if status != 200:
        sys.exit(f"HTTP {status}")
    lines = head.lower().split(b"\r\n")
    length = next((int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length:")), 0)
    if length:
        await reader.readexactly(length)


async def _closed(url: str, team: str, text: str, number: int, at_once: int) -> list[float]:
    """The seconds that each command took; so many are under way at once."""
    times: list[float] = []
    each = number // at_once

    async def one(numbers: range) -> None:
        where = urlsplit(url)
        reader, writer = await asyncio.open_connection(where.hostname, where.port)
        for command in numbers:
            request = signed_command(command, team=team, text=text)
            began = time.perf_counter()
            await _ask(reader, writer, request)
            times.append(time.perf_counter() - began)
        writer.close()

    await asyncio.gather(*(one(range(start * each, (start + 1) * each)) for start in range(at_once)))
    return times


async def _open(url: str, team: str, text: str, number: int, a_second: float) -> list[float]:
    """The seconds from when each command was due to its answer, however late the ones before it are answered."""
    where = urlsplit(url)
    times: list[float] = []
    idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []
    first = time.perf_counter() + 0.1

    async def one(command: int) -> None:
        due = first + command / a_second
        await asyncio.sleep(due - time.perf_counter())
        connection = idle.pop() if idle else await asyncio.open_connection(where.hostname, where.port)
        await _ask(*connection, signed_command(command, team=team, text=text))
        times.append(time.perf_counter() - due)
        idle.append(connection)

    await asyncio.gather(*(one(command) for command in range(number)))
    for _, writer in idle:
        writer.close()
    return times


async def _load(way: str, url: str, team: str, text: str, number: int, rate: int) -> None:
    began = time.perf_counter()
    times = sorted(await {"closed": _closed, "open": _open}[way](url, team, text, number, rate))
    took = time.perf_counter() - began
    p99 = times[int(len(times) * 0.99)] * 1000
    print(f"{len(times) / took:.1f} {statistics.median(times) * 1000:.3f} {p99:.3f}")


def load(way: str, url: str, *, team: str, text: str, number: int, rate: int) -> tuple[float, float, float]:
    """Run it in a process of its own: commands a second, and the median and p99 of their milliseconds."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.load", way, url, team, text, str(number), str(rate)],
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    a_second, median, p99 = (float(figure) for figure in done.stdout.split())
    return a_second, median, p99


if __name__ == "__main__":
    asyncio.run(_load(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4], int(sys.argv[5]), int(sys.argv[6])))
