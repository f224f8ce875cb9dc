"""The program as an operator starts it: `pag run` in a process of its own, with its platform on loopback."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.fake_slack import SECRET, TOKEN, FakeSlack
from tests.slack_phone import SlackPhone
from tests.world import KEY

ROOT = Path(__file__).parent.parent


class Program:
    """`pag run` in a folder of its own. It can be killed, stopped and started again on the same data."""

    def __init__(
        self, folder: Path, slack: FakeSlack | None, *, at: str = "2027-03-02T10:00:00+00:00", **more: str
    ) -> None:
        self.folder = folder
        self.slack = slack
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        (folder / "clock").write_text(at, encoding="utf-8")
        self._environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "DATABASE_URL": f"sqlite:///{folder}/pag.db",
            "DATA_KEYS": KEY,
            "PORT": str(self.port),
            "PAG_CLOCK_FILE": str(folder / "clock"),
            "HELPLINE": "Cancer helpline, 01632 960100",
            "PALS": "PALS, 01632 960200",
            "SAFEGUARDING_CONTACT": "Safeguarding team, 01632 960300",
            **(_for_slack(slack) if slack else {}),
            **more,
        }
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, _: TracebackType | None) -> None:
        self.stop()

    def start(self) -> None:
        """Start it and wait until it is ready."""
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "bot", "run"], cwd=self.folder, env=self._environment, stdout=log, stderr=log
            )
        for _ in range(300):
            assert self._process.poll() is None, self.log()
            try:
                if self.get("/health/ready")[0] == 200:
                    return
            except OSError:
                pass
            time.sleep(0.1)
        raise AssertionError(f"not ready:\n{self.log()}")

    def kill(self) -> None:
        """Kill it with -9, in the middle of whatever it does."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(10)

    def stop(self) -> int:
        """Ask it to stop, and return its exit code."""
        assert self._process is not None
        if self._process.poll() is None:
            self._process.terminate()
        return self._process.wait(20)

    def command(self, *words: str) -> tuple[int, str]:
        """Run another `pag` command on the same data: its exit code and what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "bot", *words],
            cwd=self.folder,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=60,
        )
        return done.returncode, done.stdout + done.stderr

    def phone(self, name: str, user: str) -> SlackPhone:
        """A person's Slack."""
        assert self.slack is not None
        return SlackPhone(self.slack, f"{self.url}/slack/events", user=user, name=name, channels=("C0GROUP",))

    def get(self, path: str) -> tuple[int, str]:
        """What the program answers to a GET: status and body."""
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(f"{self.url}{path}", timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code, refusal.read().decode()

    def log(self) -> str:
        """Everything it has written so far."""
        return (self.folder / "log").read_text(encoding="utf-8")


def _for_slack(slack: FakeSlack) -> dict[str, str]:
    return {
        "SLACK_BOT_TOKEN": TOKEN,
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_API_URL": slack.url,
        "SLACK_MAX_SENDS_PER_SECOND": "0",
    }


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def eventually(what: str, true: object, *, seconds: float = 60) -> None:
    """Wait until `true()` is so."""
    assert callable(true)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return
        time.sleep(0.05)
    raise AssertionError(f"never: {what}")
