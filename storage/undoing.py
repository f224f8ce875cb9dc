"""Undoing a part of a transaction; it costs nothing where nothing was written, as in nearly all that is refused."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

SAVEPOINTS = "savepoints"
"""In `Session.info`: blocks that may be undone begin with a savepoint."""


class Entangled(Exception):
    """A block failed that had written something. All is to be done again, in a transaction with savepoints."""


@contextlib.contextmanager
def undoable(session: Session) -> Iterator[None]:
    """What the block did is undone when an exception leaves it.

    Without savepoints, which cost every event two statements, that holds of a block that only read. Of another one the
    exception becomes `Entangled`, and must leave the whole transaction.
    """
    connection = session.connection()
    if session.info.get(SAVEPOINTS) or connection.dialect.name != "sqlite":
        with session.begin_nested():
            yield
        return
    session.flush()
    driver: Any = connection.connection.driver_connection
    before = driver.total_changes
    try:
        yield
    except Exception as mistake:
        untouched = driver.total_changes == before and not (session.new or session.dirty or session.deleted)
        # After an error of the database the session itself may be of no use any more.
        if untouched and not isinstance(mistake, SQLAlchemyError):
            raise
        raise Entangled from mistake
