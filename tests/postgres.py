"""A throw-away PostgreSQL for tests: started from the installed binaries, on a socket only, gone afterwards."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import create_engine, make_url, text

from storage import schema
from storage.database import Database, open_database

WHAT_TO_INSTALL = "PostgreSQL is not installed: apt-get install postgresql, or set TEST_DATABASE_URL"


def binaries() -> Path | None:
    """The folder of initdb and postgres, or None."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    on_path = shutil.which("initdb")
    return found[0].parent if found else Path(on_path).parent if on_path else None


class Server:
    """A PostgreSQL server of the tests' own. ``url`` leads to its maintenance database."""

    def __init__(self, folder: Path, bin_folder: Path) -> None:
        self.folder = folder
        self._bin = bin_folder
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"postgresql+psycopg://postgres@/postgres?host={folder}"

    @classmethod
    @contextmanager
    def in_its_own_folder(cls, bin_folder: Path) -> Iterator[Self]:
        """A server in a folder that is gone afterwards. Its name is short: a socket's path may have 107 characters."""
        with tempfile.TemporaryDirectory(prefix="pg") as folder, cls(Path(folder), bin_folder) as server:
            yield server

    def __enter__(self) -> Self:
        if os.geteuid() == 0:
            # PostgreSQL refuses to run as root.
            shutil.chown(self.folder, "postgres")
        subprocess.run(
            [
                *self._as,
                str(self._bin / "initdb"),
                "-D",
                str(self.folder / "data"),
                "-U",
                "postgres",
                "--auth=trust",
                "-N",
            ],
            check=True,
            capture_output=True,
            cwd=self.folder,
        )
        self.start()
        return self

    @property
    def _as(self) -> list[str]:
        return ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"] if os.geteuid() == 0 else []

    def start(self) -> None:
        """Start the server and wait until it answers."""
        quick = ["-c", "listen_addresses=", "-c", f"unix_socket_directories={self.folder}", "-c", "max_connections=200"]
        self._process = subprocess.Popen(
            [*self._as, self._bin / "postgres", "-D", self.folder / "data", *quick],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self.folder,
        )
        engine = create_engine(self.url)
        for _ in range(200):
            try:
                with engine.connect() as connection:
                    connection.execute(text("SELECT 1"))
                break
            except Exception:  # noqa: BLE001 (it is still starting)
                time.sleep(0.05)
        else:
            raise AssertionError("PostgreSQL did not start")
        engine.dispose()

    def stop(self) -> None:
        """Stop it at once, as a restart does: connections are cut."""
        assert self._process is not None
        self._process.send_signal(2)
        self._process.wait(30)

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, _: TracebackType | None) -> None:
        self.stop()


class PostgresTemplate:
    """A migrated, empty database on the server at `url`, made once and copied for each test."""

    def __init__(self, url: str, key: str) -> None:
        self._url = url
        self._key = key
        self._made = 0
        self._template = f"pag_{secrets.token_hex(4)}"
        database = open_database(make_database(url, self._template), [key])
        schema.upgrade(database)
        database.close()

    def copy(self, file: Path) -> Database:
        """A database of the test's own; `file` is not used."""
        self._made += 1
        name = f"{self._template}_{self._made}"
        return open_database(make_database(self._url, name, like=self._template), [self._key])


class PostgresCopy:
    """A database as it is now, to begin again from."""

    def __init__(self, database: Database, url: str) -> None:
        self._engine, self._url = database.engine, url
        self._name = database.engine.url.database or ""
        self._copy = f"{self._name}_copy"
        self._engine.dispose()
        make_database(url, self._copy, like=self._name)

    def again(self) -> None:
        """Make the database what it was."""
        self._engine.dispose()
        drop_database(self._url, self._name)
        make_database(self._url, self._name, like=self._copy)

    def close(self) -> None:
        """Remove the copy."""
        drop_database(self._url, self._copy)


def drop_database(url: str, name: str) -> None:
    """Remove a database from the server at `url`, whoever uses it."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    engine.dispose()


def make_database(url: str, name: str, *, like: str = "template1") -> str:
    """Make a database on the server at `url`, and return the new one's URL."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{like}"'))
    engine.dispose()
    return make_url(url).set(database=name).render_as_string(hide_password=False)
