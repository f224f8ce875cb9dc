"""The processes that a benchmark starts, and ends by their ids: a fake Slack, workers, the program itself."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

ROOT = Path(__file__).parent.parent
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def get(url: str, *, timeout: float = 60.0) -> tuple[int, bytes]:
    """Status and body. Raises OSError when nobody answers."""
    try:
        with _opener.open(url, timeout=timeout) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, refusal.read()


def until(what: str, true: Callable[[], bool], *, seconds: float, every: float = 0.02) -> None:
    """Wait until `true()` is so. Raises TimeoutError."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise TimeoutError(f"not within {seconds:.0f} seconds: {what}")
        time.sleep(every)


class Program:
    """``python -m MODULE …`` in a process of its own. What it complains of goes to `log`, or nowhere."""

    def __init__(
        self, *words: str, folder: Path = ROOT, log: Path | None = None, environment: dict[str, str] | None = None
    ) -> None:
        with (log or Path(os.devnull)).open("ab") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", *words],
                cwd=folder,
                env={**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})},
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        self.began = time.monotonic()
        self._spoke = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, _: TracebackType | None) -> None:
        self.kill()

    @property
    def pid(self) -> int:
        return self._process.pid

    def line(self) -> str:
        """The next line it prints; empty when it ended."""
        assert self._process.stdout is not None
        self._spoke = True
        return self._process.stdout.readline().strip()

    def has_spoken(self) -> bool:
        """Whether there is a line to read, or was one: it is ready, if it says so."""
        if not self._spoke and self._process.stdout is not None:
            self._spoke = bool(select.select([self._process.stdout], [], [], 0)[0])
        return self._spoke

    def running(self) -> bool:
        return self._process.poll() is None

    def freeze(self) -> None:
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """Kill it with -9, in the middle of whatever it does."""
        self._process.kill()
        self._process.wait(20)
        if self._process.stdout is not None:
            self._process.stdout.close()


class InstantProgram(Program):
    """`benchmarks.instant` in a process of its own."""

    def __init__(self) -> None:
        super().__init__("benchmarks.instant")
        self.url = self.line()

    def count(self) -> int:
        """How many messages it has taken."""
        return int(json.loads(get(f"{self.url.removesuffix('api/')}_count")[1])["messages"])


class SlackProgram(Program):
    """The fake Slack of the tests in a process of its own, without its checks of blocks, which would be the bottleneck.

    ``delay`` is how long each message takes (seconds).
    """

    def __init__(self, *, delay: float = 0.0) -> None:
        super().__init__("tests.fake_slack", "--port", "0", "--fast", "--delay", str(delay))
        self.url = self.line()
        self._root = self.url.removesuffix("api/")

    def count(self) -> int:
        """How many messages it has received."""
        return int(json.loads(get(f"{self._root}_seen?counts")[1])["messages"])

    def messages(self) -> list[dict[str, Any]]:
        """Every message it has received."""
        found: list[dict[str, Any]] = json.loads(get(f"{self._root}_seen")[1])["messages"]
        return found

    def letters(self) -> Counter[str]:
        """How many messages there are of each letter."""
        return Counter(message["metadata"]["event_payload"]["id"] for message in self.messages())
