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
            "says": _says(record),
        }
        if record.exc_info and record.exc_info[1]:
            line["error"] = where(record.exc_info[1])
        return json.dumps(line)


class _Readable(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        error = f" ({where(record.exc_info[1])})" if record.exc_info and record.exc_info[1] else ""
        return (
            f"{datetime.fromtimestamp(record.created, UTC):%H:%M:%S} {record.levelname.lower()} {_says(record)}{error}"
        )


def _says(record: logging.LogRecord) -> str:
    """Our own lines whole: they hold codes and counts. Of those of libraries what stands before anything that is told.

    Their arguments can be payloads, which hold what people wrote, and asyncio writes exceptions into further lines.
    """
    if record.name.startswith("pag"):
        return record.getMessage()
    return record.msg.partition("\n")[0] if isinstance(record.msg, str) else ""


def set_up(*, production: bool) -> None:
    """Send all logs to standard error: ours from INFO, those of libraries from WARNING and without their arguments."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Json() if production else _Readable())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("pag").setLevel(logging.INFO)
