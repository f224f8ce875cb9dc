"""Logs: one JSON object a line in production, readable lines on a terminal, and never a word of a person."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path

OURS = ("bot", "handlers", "storage")


def where(mistake: BaseException) -> str:
    """The kind of an exception and the places it came through, without its message: that may hold a person's words."""
    frames = traceback.extract_tb(mistake.__traceback__)
    places = [
        f"{'/'.join(Path(frame.filename).parts[-2:])}:{frame.lineno}"
        for frame in frames
        if set(Path(frame.filename).parts) & set(OURS)
    ]
    return f"{type(mistake).__name__} at {' > '.join(places[-6:]) or 'unknown'}"


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "says": record.getMessage() if _ours(record) else record.msg if isinstance(record.msg, str) else "",
        }
        if record.exc_info and record.exc_info[1]:
            line["error"] = where(record.exc_info[1])
        return json.dumps(line)


class _Readable(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        says = record.getMessage() if _ours(record) else record.msg if isinstance(record.msg, str) else ""
        error = f" ({where(record.exc_info[1])})" if record.exc_info and record.exc_info[1] else ""
        return f"{datetime.fromtimestamp(record.created, UTC):%H:%M:%S} {record.levelname.lower()} {says}{error}"


def _ours(record: logging.LogRecord) -> bool:
    # The arguments that libraries log can be payloads, which hold what people wrote. Ours hold codes and counts.
    return record.name.startswith("pag")


def set_up(*, production: bool) -> None:
    """Send all logs to standard error: ours from INFO, those of libraries from WARNING and without their arguments."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Json() if production else _Readable())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("pag").setLevel(logging.INFO)
