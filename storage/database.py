"""The database: how it is opened, its column types, and the one way into a transaction."""

from __future__ import annotations

import contextlib
import weakref
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from cryptography.fernet import Fernet, MultiFernet
from sqlalchemy import (
    DateTime,
    Dialect,
    Engine,
    MetaData,
    Text,
    TypeDecorator,
    create_engine,
    event,
    literal_column,
    make_url,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import DeclarativeBase, Session

# Names of constraints must be the same on every database, or Alembic sees drift.
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

# One vault an engine: several databases with keys of their own can be open in one process.
_vaults: weakref.WeakKeyDictionary[Dialect, MultiFernet] = weakref.WeakKeyDictionary()


class Moment(TypeDecorator[datetime]):
    """A point in time: aware on the way in, UTC on the way out. SQLite keeps no zone, so it is put back here."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """UTC, without its zone on SQLite. Raises ValueError for a naive time."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a point in time needs its zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The same moment, aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Secret(TypeDecorator[str]):
    """Text that is encrypted at rest with the newest of the keys, and read with any of them."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """The ciphertext. Two equal texts never look alike."""
        return None if value is None else _vaults[dialect].encrypt(value.encode()).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """The text. Raises `cryptography.fernet.InvalidToken` when none of the keys made it."""
        return None if value is None else _vaults[dialect].decrypt(value.encode()).decode()


class Base(DeclarativeBase):
    """The tables' common ancestor."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {datetime: Moment}  # noqa: RUF012 (SQLAlchemy reads a plain dict here)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        # Ids stand in buttons and letters that outlive their rows: SQLite must never give one out again.
        cls.metadata.tables[cls.__tablename__].dialect_options["sqlite"]["autoincrement"] = True


class Database:
    """An open database. ``writers`` is how many threads may use it at once: 1 on SQLite, 8 on PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.single = engine.dialect.name == "sqlite"
        self.writers = 1 if self.single else 8

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session whose work is committed at the end, or wholly undone when an exception leaves the block."""
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    def rotate(self) -> int:
        """Write every secret anew, so that all of them stand under the newest key. Returns how many there were."""
        rewritten = 0
        with self.engine.begin() as connection:
            for table in Base.metadata.sorted_tables:
                for column in table.columns:
                    if isinstance(column.type, Secret):
                        (key,) = table.primary_key.columns
                        rows = connection.execute(
                            select(key, column).where(column.is_not(None)).with_for_update()
                        ).all()
                        for identity, text in rows:
                            connection.execute(update(table).where(key == identity).values({column.name: text}))
                        rewritten += len(rows)
        return rewritten

    def tidy(self) -> None:
        """On SQLite, empty the write-ahead log: until then it holds what was deleted, readable as it was."""
        if self.single:
            with contextlib.closing(self.engine.raw_connection()) as connection:
                connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def constants(words: Sequence[str]) -> list[Any]:
    """Words of ours to stand in a statement as they are. A list of parameters would be written into it at every run."""
    if wrong := [word for word in words if not word.isidentifier()]:
        raise ValueError(f"not plain words: {wrong}")
    return [literal_column(f"'{word}'") for word in words]


def inserting(session: Session, table: type[Base]) -> Any:
    """An INSERT of the database's own kind, which knows ``on_conflict_do_nothing``."""
    insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
    return insert(table)


def new_key() -> str:
    """A fresh key for `Secret` columns."""
    return Fernet.generate_key().decode()


def open_database(url: str, keys: Sequence[str]) -> Database:
    """Open the database at `url` (``sqlite:///FILE`` or ``postgresql+psycopg://…``).

    ``keys``: Fernet keys, newest first. Raises ValueError for a key that is none, or for SQLite in memory, where
    each connection would see a database of its own.
    """
    parsed = make_url(url)
    sqlite = parsed.get_backend_name() == "sqlite"
    if sqlite and parsed.database in (None, "", ":memory:"):
        raise ValueError("SQLite needs a file")
    options: dict[str, Any] = {} if sqlite else {"pool_size": 10, "pool_pre_ping": True}
    engine = create_engine(
        url,
        hide_parameters=True,
        # psycopg does not tell by itself how many rows an INSERT … ON CONFLICT wrote.
        execution_options={"preserve_rowcount": True},
        **options,
    )
    _vaults[engine.dialect] = MultiFernet([Fernet(key) for key in keys])
    if sqlite:
        event.listen(engine, "connect", _prepare_sqlite)
        # As an event of the engine's it would cost every statement a look at who listens.
        dialect: Any = engine.dialect
        dialect.do_begin = _begin_immediate
    return Database(engine)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver must not open transactions by itself: _begin_immediate does.
    connection.isolation_level = None
    cursor = connection.cursor()
    # A wait longer than Slack's 3 seconds for an answer would help nobody: the event comes again.
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=2500", "foreign_keys=ON", "secure_delete=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_immediate(connection: Any) -> None:
    # A transaction that reads first and writes later can otherwise fail half way with "database is locked".
    connection.execute("BEGIN IMMEDIATE")
