"""One measured figure, and the machine it was measured on."""

from __future__ import annotations

import os
import platform
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path


@dataclass(frozen=True)
class Row:
    """A figure. ``goal`` is in words, empty where there is none; ``holds`` tells whether it was reached."""

    name: str
    value: float
    unit: str
    goal: str = ""
    holds: bool = True

    def told(self) -> dict[str, object]:
        """The figure with the machine and the day."""
        return {**asdict(self), "machine": machine(), "date": datetime.now(UTC).date().isoformat()}


def machine() -> str:
    """The processor, its cores and the Python, in one line."""
    model = platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), model)
    except OSError:
        pass
    return f"{model}, {os.cpu_count()} cores, Python {platform.python_version()}"
