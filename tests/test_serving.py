"""`pag run` with Teams: alone and beside Slack, its settings, and whose tenants they are."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.serving import configured
from bot.settings import WrongSettings, read_settings
from storage import organisations
from storage.database import open_database
from tests.connector_tokens import APP_ID, PASSWORD, TENANT
from tests.fake_connector import Disturbance, FakeConnector
from tests.fake_slack import FakeSlack
from tests.program import Program, eventually
from tests.teams_phone import TeamsPhone
from tests.world import KEY


@pytest.fixture
def connector() -> Iterator[FakeConnector]:
    with FakeConnector() as connector:
        yield connector


def for_teams(connector: FakeConnector) -> dict[str, str]:
    return {
        "TEAMS_APP_ID": APP_ID,
        "TEAMS_APP_PASSWORD": PASSWORD,
        "TEAMS_TENANT_ID": TENANT.upper(),
        "TEAMS_OPENID_URL": connector.openid_url,
        "TEAMS_TOKEN_URL": connector.token_url,
    }


def phone(program: Program, connector: FakeConnector, name: str) -> TeamsPhone:
    return TeamsPhone(connector, f"{program.url}/teams/messages", name=name)


def test_teams_alone_is_served_and_owned_by_the_first_organisation(tmp_path: Path, connector: FakeConnector) -> None:
    with Program(tmp_path, None, **for_teams(connector)) as program:
        ann = phone(program, connector, "Ann")
        ann.say("help now")
        eventually("an answer", lambda: "01632 960100" in ann.screen())
        program.kill()
        program.start()
        ann.say("my groups")
        eventually("another answer", lambda: "no group" in ann.screen() or "not in" in ann.screen())
        assert program.stop() == 0
        assert "Traceback" not in program.log()
        assert "Serving Teams on" in program.log()
    assert connector.faults == []


def test_both_platforms_are_served_at_once(tmp_path: Path, connector: FakeConnector) -> None:
    with FakeSlack() as slack, Program(tmp_path, slack, **for_teams(connector)) as program:
        ann, ben = phone(program, connector, "Ann"), program.phone("Ben", "U0BEN")
        ann.say("help now")
        ben.say("help now")
        eventually("both are answered", lambda: all("01632 960100" in one.screen() for one in (ann, ben)))
        code, said = program.command("organisation", "list")
        assert code == 0
        assert f"teams:{TENANT}" in said
        assert said.count("slack:") == 1


def test_health_says_when_nothing_can_come_in(tmp_path: Path, connector: FakeConnector) -> None:
    with Program(tmp_path, None, **for_teams(connector)) as program:
        connector.disturb("send", *[Disturbance(error="BotNotRegistered")] * 2)
        phone(program, connector, "Ann").say("help")
        eventually("it says so", lambda: program.get("/health/ready")[0] == 503)
        assert "Teams does not take our credentials" in program.get("/health/ready")[1]


def test_what_was_held_goes_when_it_is_started_anew(tmp_path: Path, connector: FakeConnector) -> None:
    with Program(tmp_path, None, **for_teams(connector)) as program:
        ann = phone(program, connector, "Ann")
        connector.disturb("send", *[Disturbance(error="BotNotRegistered")] * 2)
        ann.say("help now")
        eventually("it is held", lambda: program.get("/health/ready")[0] == 503)
        program.stop()
        program.start()
        eventually("it came", lambda: "01632 960100" in ann.screen())


def test_a_tenant_belongs_to_one_organisation(tmp_path: Path, connector: FakeConnector) -> None:
    program = Program(tmp_path, None, **for_teams(connector))
    assert program.command("organisation", "add", "Eastern Hospitals", "--teams", TENANT.upper())[0] == 0
    code, said = program.command("organisation", "add", "Western Hospitals", "--teams", TENANT)
    assert code == 1
    assert "belongs to another organisation" in said
    opened = contextlib.closing(open_database(f"sqlite:///{tmp_path}/pag.db", [KEY]))
    with opened as database, database.transaction() as session:
        owner = organisations.owner_of(session, "teams", TENANT)
        assert owner is not None
        assert owner.name == "Eastern Hospitals"


def test_without_a_platform_it_says_what_is_missing(tmp_path: Path) -> None:
    code, said = Program(tmp_path, None).command("run")
    assert code == 1
    assert "TEAMS_APP_ID" in said
    assert "SLACK_BOT_TOKEN" in said


def test_whoever_has_slack_alone_does_not_load_the_sdk_of_teams() -> None:
    loaded = "import bot.__main__, sys; print([m for m in ('botbuilder', 'botframework', 'msal') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"


LOCAL = {"TEAMS_APP_ID": APP_ID, "TEAMS_APP_PASSWORD": PASSWORD}
OPENID = {"TEAMS_OPENID_URL": "http://127.0.0.1:9/openid"}


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"TEAMS_APP_ID": APP_ID}, "TEAMS_APP_ID and TEAMS_APP_PASSWORD go together"),
        ({"TEAMS_APP_PASSWORD": PASSWORD}, "TEAMS_APP_ID and TEAMS_APP_PASSWORD go together"),
        ({**LOCAL, "TEAMS_ALLOW_UNAUTHENTICATED": "true"}, "without TEAMS_APP_ID"),
        ({"TEAMS_ALLOW_UNAUTHENTICATED": "true", "HOST": "0.0.0.0"}, "TEAMS_ALLOW_UNAUTHENTICATED is for development"),
        ({"TEAMS_ALLOW_UNAUTHENTICATED": "true", "PAG_ENV": "production", "DATA_KEYS": KEY}, "on loopback only"),
        ({**LOCAL, **OPENID, "HOST": "0.0.0.0"}, "TEAMS_OPENID_URL is for development on loopback only"),
        ({**LOCAL, **OPENID, "PAG_ENV": "production", "DATA_KEYS": KEY}, "TEAMS_OPENID_URL is for development"),
        ({**LOCAL, "TEAMS_OPENID_URL": "http://example.com/openid"}, "TEAMS_OPENID_URL: .*loopback"),
        ({**LOCAL, "TEAMS_TOKEN_URL": "https://example.com/token"}, "TEAMS_TOKEN_URL: .*loopback"),
        ({**LOCAL, "TEAMS_SERVICE_HOSTS": "https://example.com/"}, "TEAMS_SERVICE_HOSTS: .*name of a host"),
        ({**LOCAL, "TEAMS_TENANT_ID": "example.com/common"}, "TEAMS_TENANT_ID"),
        ({**LOCAL, "TEAMS_MAX_SENDS_PER_SECOND": "-1"}, "TEAMS_MAX_SENDS_PER_SECOND"),
    ],
    ids=lambda given: given if isinstance(given, str) else None,
)
def test_wrong_settings_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: dict[str, str], wrong: str
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(WrongSettings, match=wrong) as why:
        read_settings()
    assert PASSWORD not in str(why.value)


def test_settings_of_teams_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ADMIN_ACCOUNTS", "teams:TENANT-A:USER-B,slack:T0:U0")
    for name, value in {**LOCAL, "TEAMS_SERVICE_HOSTS": "A.example.com, *.b.example.com"}.items():
        monkeypatch.setenv(name, value)
    settings = read_settings()
    assert settings.teams_service_hosts == ("a.example.com", "*.b.example.com")
    assert settings.admin_accounts == {"teams:tenant-a:user-b", "slack:T0:U0"}
    assert settings.teams_max_sends_per_second == 20
    assert len(configured(settings)) == 1
