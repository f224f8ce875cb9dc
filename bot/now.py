"""The program's time: the machine's clock, or a clock that the sandbox and tests can move."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path


class Now:
    """Call it for the program's time, in UTC.

    ``file``: a file that holds an ISO time. The program's time starts from there each time the file changes.
    """

    def __init__(self, *, file: Path | None = None) -> None:
        self._ahead = timedelta()
        self._file = file
        self._read = ""

    def __call__(self) -> datetime:
        """The program's time now."""
        if self._file is not None:
            self._follow(self._file)
        return datetime.now(UTC) + self._ahead

    def move_to(self, moment: datetime) -> None:
        """From here on it is `moment`, and goes on from there."""
        self._ahead = moment - datetime.now(UTC)

    def _follow(self, file: Path) -> None:
        try:
            text = file.read_text(encoding="utf-8").strip()
            if text and text != self._read:
                moment = datetime.fromisoformat(text)
                self._read = text
                self.move_to(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
        except (OSError, ValueError):
            return  # half written: the next look will do
