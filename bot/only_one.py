"""One process at a time on one SQLite file: a second one would corrupt nothing, but wait for locks and fail."""

from __future__ import annotations

import contextlib
import fcntl
from collections.abc import Iterator
from pathlib import Path


class AnotherIsRunning(Exception):
    """Another process serves from this file."""


@contextlib.contextmanager
def only_one(file: Path) -> Iterator[None]:
    """Hold `file` alone for as long as the block lasts. The system lets go of it when the process dies.

    Raises `AnotherIsRunning`.
    """
    with file.with_name(f"{file.name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AnotherIsRunning from None
        yield
