"""What every test may use. A part that is missing is a skip that says what to install; in CI it is a failure."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgres import WHAT_TO_INSTALL, PostgresTemplate, Server, binaries
from tests.world import KEY, Loop, Template, World


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    report = yield
    missing = report.skipped and not hasattr(report, "wasxfail")  # type: ignore[attr-defined]
    if missing and os.environ.get("CI") == "true":
        report.outcome = "failed"  # type: ignore[attr-defined]
        report.longrepr = f"skipped in CI: {report.longrepr}"  # type: ignore[attr-defined]
    return report


@pytest.fixture(scope="session")
def loop() -> Iterator[Loop]:
    loop = Loop()
    yield loop
    loop.close()


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    return Template(tmp_path_factory.mktemp("template"))


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a PostgreSQL server: the one of TEST_DATABASE_URL, or one of the tests' own."""
    if url := os.environ.get("TEST_DATABASE_URL"):
        yield url
        return
    found = binaries()
    if found is None:
        pytest.skip(WHAT_TO_INSTALL)
    with Server.in_its_own_folder(found) as server:
        yield server.url


@pytest.fixture(scope="session")
def postgres_template(postgres: str) -> PostgresTemplate:
    return PostgresTemplate(postgres, KEY)


WAYS = [
    "browser-buttons",
    "browser-words",
    "slack-buttons",
    "slack-words",
    "slack-buttons-postgresql",
    "slacksocket-buttons",
    "slacksocket-words",
    "teams-buttons",
    "teams-words",
]


@pytest.fixture(params=WAYS)
def world(request: pytest.FixtureRequest, tmp_path: Path, loop: Loop) -> Iterator[World]:
    """A world in which a story happens: on each phone, by buttons and by typed words, and on PostgreSQL too."""
    platform, way, *where = request.param.split("-")
    template = request.getfixturevalue("postgres_template" if where else "template")
    with World(tmp_path, loop, template, platform=platform, way=way) as world:
        yield world


@pytest.fixture
def one_world(tmp_path: Path, loop: Loop, template: Template) -> Iterator[World]:
    """A world for what does not depend on the phone."""
    with World(tmp_path, loop, template, platform="browser", way="buttons") as world:
        yield world
