"""How much is measured: all of it, or, for trying, a part of it (``BENCH_SCALE=0.05``)."""

from __future__ import annotations

import os

SCALE = float(os.environ.get("BENCH_SCALE", "1"))


def scaled(number: int, *, least: int = 1) -> int:
    """This many, or the part of them that is measured now."""
    return max(least, round(number * SCALE))
