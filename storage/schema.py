"""The tables as they should be: every model, and the migrations that bring an older database there."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import func, select

# Every model must be known before the tables are compared or made.
from storage import (
    announcements,
    channels,
    conversations,
    feedback,
    groups,
    installations,
    meetings,
    organisations,
    outbox,
    people,
    references,
    support,
)
from storage.database import Database

TABLES = (
    announcements,
    channels,
    conversations,
    feedback,
    groups,
    installations,
    meetings,
    organisations,
    outbox,
    people,
    references,
    support,
)


UPGRADING = 7_265_501
"""The number of the lock under which one process upgrades a PostgreSQL database while others wait."""


def config() -> Config:
    """Alembic's configuration; there is no .ini file to keep in step."""
    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    return settings


def upgrade(database: Database) -> None:
    """Bring the database to the newest version. Does nothing when it is there already."""
    with database.engine.begin() as connection:
        if not database.single:
            # Several processes may start at once. On SQLite the transaction itself keeps others out.
            connection.execute(select(func.pg_advisory_xact_lock(UPGRADING)))
        settings = config()
        settings.attributes["connection"] = connection
        command.upgrade(settings, "head")
