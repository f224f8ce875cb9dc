"""A PostgreSQL server of the benchmarks' own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from storage import schema
from storage.database import Database, open_database
from tests.postgres import WHAT_TO_INSTALL, Server, binaries, make_database


@contextmanager
def postgres() -> Iterator[Server]:
    """A server, gone afterwards. It writes durably, as the installed defaults have it."""
    found = binaries()
    if found is None:
        raise SystemExit(WHAT_TO_INSTALL)
    with Server.in_its_own_folder(found) as server:
        yield server


def fresh(server: Server, name: str, key: str) -> tuple[str, Database]:
    """A new, migrated database on the server: its URL, and it opened."""
    url = make_database(server.url, name)
    database = open_database(url, [key])
    schema.upgrade(database)
    return url, database
