"""The program as an operator starts it, `pag run` in a process of its own, on an SQLite file."""

from __future__ import annotations

import time
from pathlib import Path

from benchmarks.letters import TUESDAY
from benchmarks.load import SECRET
from benchmarks.programs import Program, get
from tests.fake_slack import TOKEN
from tests.program import free_port


class Server(Program):
    """`pag run` in `folder`, on the file ``bench.db`` in it, ready. ``took``: how many seconds that took."""

    def __init__(self, folder: Path, *, key: str, slack_url: str) -> None:
        clock, port = folder / "clock", free_port()
        clock.write_text(TUESDAY.isoformat(), encoding="utf-8")
        self.url = f"http://127.0.0.1:{port}"
        began = time.perf_counter()
        super().__init__(
            "bot",
            "run",
            folder=folder,
            log=folder / "log",
            environment={
                "DATABASE_URL": f"sqlite:///{folder}/bench.db",
                "DATA_KEYS": key,
                "HOST": "127.0.0.1",
                "PORT": str(port),
                "PAG_ENV": "development",
                "PAG_CLOCK_FILE": str(clock),
                "SLACK_API_URL": slack_url,
                "SLACK_BOT_TOKEN": TOKEN,
                "SLACK_SIGNING_SECRET": SECRET,
                "SLACK_MAX_SENDS_PER_SECOND": "0",
            },
        )
        try:
            self._until_ready(began + 60)
        except BaseException:
            self.kill()
            raise
        self.took = time.perf_counter() - began

    def memory(self) -> float:
        """How much of it is in memory now (MiB)."""
        lines = Path(f"/proc/{self.pid}/status").read_text(encoding="utf-8").splitlines()
        (line,) = (line for line in lines if line.startswith("VmRSS:"))
        return int(line.split()[1]) / 1024

    def _until_ready(self, end: float) -> None:
        while time.perf_counter() < end:
            assert self.running(), "it ended: see the log"
            try:
                if get(f"{self.url}/health/ready", timeout=5)[0] == 200:
                    return
            except OSError:
                pass
            time.sleep(0.01)
        raise TimeoutError("it is not ready")
