"""Signed commands a second: our whole program, against a bare Bolt command with the same statements of SQL."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from benchmarks.load import TEAM, TEXT, load
from benchmarks.row import Row
from benchmarks.scale import scaled

COMMANDS = scaled(1280, least=320)
ALONE = scaled(200, least=40)
AT_ONCE = 32
ROUNDS = 7
RATE = 0.7
SLOWEST = 1.5
SERVERS = ("bare", "one row", "ours")


def measure() -> list[Row]:
    """The servers stand side by side and are asked in turn, so that whatever else the machine does meets all."""
    rates: dict[str, list[float]] = {which: [] for which in SERVERS}
    slowest: dict[str, list[float]] = {which: [] for which in SERVERS}
    alone: dict[str, list[float]] = {which: [] for which in SERVERS}
    with ExitStack() as servers:
        urls = {which: servers.enter_context(_serving(which)) for which in SERVERS}
        for url in urls.values():
            _load(url, COMMANDS, AT_ONCE)  # to warm up
        for number in range(ROUNDS):
            for which in SERVERS if number % 2 else reversed(SERVERS):
                rate, _, p99 = _load(urls[which], COMMANDS, AT_ONCE)
                rates[which].append(rate)
                slowest[which].append(p99)
                alone[which].append(_load(urls[which], ALONE, 1)[1])
    rate = _ratio(rates["ours"], rates["bare"])
    longer = _ratio(slowest["ours"], slowest["bare"])
    return [
        Row("signed commands, bare Bolt with one row written", round(statistics.median(rates["one row"])), "a second"),
        Row("signed commands, bare Bolt with our statements", round(statistics.median(rates["bare"])), "a second"),
        Row("signed commands, the whole program", round(statistics.median(rates["ours"])), "a second"),
        Row(
            "signed commands: ours against bare with our statements",
            round(rate, 2),
            "times the rate",
            goal=f"at least {RATE}",
            holds=rate >= RATE,
        ),
        Row(
            f"signed commands, {AT_ONCE} at once: slowest in 100, ours against bare with our statements",
            round(longer, 2),
            "times as long",
            goal=f"at most {SLOWEST}",
            holds=longer <= SLOWEST,
        ),
        Row(
            "signed commands, one at a time: ours against bare with our statements",
            round(_ratio(alone["ours"], alone["bare"]), 2),
            "times as long",
        ),
    ]


def _ratio(ours: list[float], bare: list[float]) -> float:
    return statistics.median(mine / theirs for mine, theirs in zip(ours, bare, strict=True))


@contextmanager
def _serving(which: str) -> Iterator[str]:
    """A server in a process of its own, with a database of its own on disk. Gives its address."""
    with tempfile.TemporaryDirectory() as folder:
        server = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.answerers", which, folder], stdout=subprocess.PIPE, text=True
        )
        try:
            assert server.stdout is not None
            yield server.stdout.readline().strip()
        finally:
            server.terminate()
            server.wait(20)


def _load(url: str, number: int, at_once: int) -> tuple[float, float, float]:
    """So many commands a second, and the milliseconds that half of them and 99 in 100 took at most."""
    return load("closed", url, team=TEAM, text=TEXT, number=number, rate=at_once)
