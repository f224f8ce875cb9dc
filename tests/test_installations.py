"""Installations: several workspaces by OAuth, tokens kept in memory, taken out and let in again, and two organisations
in one database that never see each other."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from aiohttp import web
from sqlalchemy import event, func, select
from sqlalchemy.exc import OperationalError

import handlers
from bot.answered import Answered
from bot.app import App
from bot.now import Now
from bot.pace import Paces
from bot.settings import WrongSettings, read_settings
from bot.slack import states
from bot.slack.connect import Slack
from bot.slack.connect.installing import Installing
from bot.slack.installed import Installed
from bot.slack.manifest import SCOPES
from bot.slack.translate import blocks, modals
from bot.slack.translate.payloads import understand
from handlers import cards
from handlers.chat import Account as ChatAccount
from handlers.chat import Button, Card, Event, Field, Form
from handlers.privacy import NOTICE_VERSION
from handlers.turn import Turn
from storage import announcements, feedback, groups, installations, meetings, organisations, outbox, people, support
from storage.installations import Installation
from storage.outbox import Letter
from storage.people import Account, Person
from tests.fake_slack import CLIENT, SECRET, TEAM, TOKEN, Disturbance, FakeSlack
from tests.postgres import PostgresTemplate
from tests.program import Program
from tests.slack_limits import Json
from tests.slack_phone import SlackPhone, post
from tests.world import KEY, TUESDAY, Loop, Template

FORM = Form("settings.place", "Name", (Field("name", "Which name?"),))
OTHER = "T0OTHER"
GRID = "E0GRID"
BASE = "https://bot.example.org"


class House:
    """The program with the doors of OAuth, on loopback, and organisations that own workspaces."""

    def __init__(
        self, folder: Path, loop: Loop, template: Template | PostgresTemplate, slack: FakeSlack, *, own_token: str = ""
    ) -> None:
        self.folder, self.loop, self.slack = folder, loop, slack
        self.database = template.copy(folder / "house.db")
        self.clock = Now()
        self.clock.move_to(TUESDAY)
        self.seconds = 0.0
        self._own_token = own_token
        self.jar = SimpleCookie()

    def __enter__(self) -> Self:
        self.loop.run(self._start())
        return self

    def __exit__(self, *_: object) -> None:
        self.loop.run(self._stack.aclose())
        self.app.close()

    async def _start(self) -> None:
        self.app = App(self.database, self.clock, keys=[KEY], admins=frozenset(), var=self.folder)
        self.installed = Installed(
            self.database, self.app.threads, self.clock, own_token=self._own_token, install_page=f"{BASE}/slack/install"
        )
        self.wire = Slack(
            token_for=self.installed.token_for,
            changed=self.installed.changed,
            signing_secret=SECRET,
            receive=self._receive,
            api_url=self.slack.url,
        )
        await self.wire.start()
        self.app.platforms["slack"] = self.wire
        self.app.pace["slack"] = Paces(0, clock=time.monotonic, closed=self.installed.closed)
        doors = Installing(
            self.installed,
            client=self.wire.client,
            client_id=CLIENT[0],
            client_secret=CLIENT[1],
            base_url=f"{BASE}/",
            api_url=self.slack.url,
            now=lambda: time.time() + self.seconds,
        )
        runner = web.AppRunner(self.app.web([*self.wire.routes(), *doors.routes()]), access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        self._stack = AsyncExitStack()
        self._stack.push_async_callback(self.wire.close)
        self._stack.push_async_callback(runner.cleanup)
        await self._stack.enter_async_context(self.installed.kept_fresh())

    async def _receive(self, what: Event) -> Answered:
        answered = await self.app.receive(what)
        await self.app.delivery.deliver_due()
        return answered

    def settle(self) -> None:
        self.loop.run(self.app.do_what_is_due())

    def organisation(self, name: str, *workspaces: str) -> int:
        with self.database.transaction() as session:
            made = organisations.named(session, name) or organisations.add_organisation(
                session, name, nation="ENG", time_zone="Europe/London", now=TUESDAY
            )
            made.helpline = made.pals = made.safeguarding_contact = "01632 960100"
            for workspace in workspaces:
                assert organisations.own_workspace(session, made, "slack", workspace)
            return made.id

    def person(self, name: str, team: str, *, admin: bool = False) -> SlackPhone:
        """Somebody the program knows already."""
        phone = self.phone(name, team)
        with self.database.transaction() as session:
            owner = organisations.owner_of(session, "slack", team)
            assert owner
            account = people.meet(
                session,
                owner.id,
                platform="slack",
                workspace=team,
                user=phone.user,
                name=name,
                time_zone="Europe/London",
                now=self.clock(),
            )
            account.person.admin = admin
            people.record_consent(session, account.person, "notice", version=NOTICE_VERSION, now=self.clock())
        return phone

    def phone(self, name: str, team: str) -> SlackPhone:
        return SlackPhone(self.slack, f"{self.url}/slack/events", user=f"U0{name.upper()}", name=name, team=team)

    def write_to(self, name: str, words: str) -> None:
        """A letter that nobody asked for."""
        with self.database.transaction() as session:
            person = session.scalars(select(Person).where(Person.name == name)).one()
            organisation = session.get_one(organisations.Organisation, person.organisation_id)
            turn = Turn(session, self.clock(), organisation)
            turn.tell(person, Card("News", words), key=words, kind="notice")

    def rows(self) -> list[Installation]:
        with self.database.transaction() as session:
            return list(installations.all_installations(session))

    # The browser of whoever installs

    def get(self, path: str, *, cookies: bool = True) -> tuple[int, str, str]:
        """Status, where it leads, and the page."""
        where = urlsplit(self.url)
        connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=20)
        try:
            held = "; ".join(f"{name}={morsel.value}" for name, morsel in self.jar.items())
            connection.request("GET", path, headers={"Cookie": held} if cookies and held else {})
            answer = connection.getresponse()
            if cookies and (set_cookie := answer.getheader("Set-Cookie")):
                self.jar.load(set_cookie)
            return answer.status, answer.getheader("Location") or "", answer.read().decode()
        finally:
            connection.close()

    def asked(self) -> dict[str, str]:
        """What Slack's page is asked for."""
        status, to, _ = self.get("/slack/install")
        assert status == 302
        assert to.startswith(self.slack.url.replace("/api/", "/oauth/v2/authorize?"))
        return {name: values[0] for name, values in parse_qs(urlsplit(to).query).items()}

    def come_back(self, state: str, **given: str) -> tuple[int, str]:
        status, _, page = self.get(f"/slack/oauth_redirect?{urlencode({'state': state, **given})}")
        assert "Traceback" not in page
        return status, page

    def install(self, team: str = TEAM, **more: Any) -> tuple[int, str]:
        """All of it: to Slack's page, agree there, and back."""
        state = self.asked()["state"]
        code = self.slack.next_id("code")
        self.slack.codes[code] = {**granted(team), **more}
        return self.come_back(state, code=code)

    def told(self, team: str, kind: str, *, at: float | None = None, **more: Any) -> int:
        """Slack tells of a change. Returns the HTTP status."""
        body = {
            "type": "event_callback",
            "team_id": team,
            "event_id": self.slack.next_id("Ev"),
            "event_time": int(time.time() if at is None else at),
            "event": {"type": kind, **more.pop("event", {})},
            **more,
        }
        data = json.dumps(body).encode()
        return post(f"{self.url}/slack/events", data, secret=SECRET, content_type="application/json")[0]


def granted(team: str) -> Json:
    """What Slack hands out for a workspace."""
    return {
        "access_token": f"xoxb-{team}-{time.monotonic_ns()}",
        "token_type": "bot",
        "scope": ",".join(SCOPES),
        "bot_user_id": "U0BOT",
        "team": {"id": team, "name": f"Ward {team}"},
        "enterprise": None,
        "is_enterprise_install": False,
        "authed_user": {"id": "U0WHO"},
    }


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack() as slack:
        slack.tokens.clear()
        yield slack


@pytest.fixture
def house(request: pytest.FixtureRequest, tmp_path: Path, loop: Loop, slack: FakeSlack) -> Iterator[House]:
    template = request.getfixturevalue(getattr(request, "param", "template"))
    with House(tmp_path, loop, template, slack) as house:
        yield house


on_both_databases = pytest.mark.parametrize("house", ["template", "postgres_template"], indirect=True)


# Installing


def test_a_workspace_installs_the_app_and_is_answered(house: House) -> None:
    house.organisation("Eastern", TEAM)
    asked = house.asked()
    assert asked["scope"].split(",") == SCOPES
    assert (asked["client_id"], asked["redirect_uri"]) == (CLIENT[0], "https://bot.example.org/slack/oauth_redirect")
    status, page = house.install()
    assert status == 200
    assert "I am installed" in page
    assert f"slack:{TEAM}:U0WHO" in page
    (row,) = house.rows()
    assert (row.enterprise, row.team, row.bot_user, row.scopes) == ("", TEAM, "U0BOT", ",".join(SCOPES))
    assert row.token
    assert house.slack.tokens == {row.token: TEAM}
    written = b"".join(file.read_bytes() for file in house.folder.glob("house.db*"))
    assert row.token.encode() not in written
    ada = house.phone("ada", TEAM)
    ada.say("help")
    assert ada.messages()


def test_the_page_names_no_account_where_there_is_an_administrator(house: House) -> None:
    house.organisation("Eastern", TEAM)
    house.person("Ada", TEAM, admin=True)
    _, page = house.install()
    assert "I am installed" in page
    assert "U0WHO" not in page


def test_a_workspace_of_no_organisation_is_refused_in_plain_words(house: House) -> None:
    status, page = house.install("T0NOBODY")
    assert status == 403
    assert "pag organisation add" in page
    assert "--slack T0NOBODY" in page
    assert house.rows() == []
    house.organisation("Northern", "T0NOBODY")
    assert house.install("T0NOBODY")[0] == 200


@on_both_databases
def test_a_state_works_once_in_one_browser_for_ten_minutes(house: House) -> None:
    house.organisation("Eastern", TEAM)

    def code() -> str:
        made = house.slack.next_id("code")
        house.slack.codes[made] = granted(TEAM)
        return made

    stale = "This link does not work any more"
    for state in ("", "x", "1.2.3", f"{int(time.time()) + 60}.a.b", "\u20ac", "9" * 5000):
        assert house.come_back(state, code=code())[0] == 400
    good = house.asked()["state"]
    assert house.come_back(good, code=code())[0] == 200
    status, page = house.come_back(good, code=code())
    assert (status, stale in page) == (400, True)
    slow = house.asked()["state"]
    house.seconds = states.GOOD_FOR + 1
    assert house.come_back(slow, code=code())[0] == 400
    house.seconds = 0
    borrowed = house.asked()["state"]
    house.jar.clear()
    house.asked()
    assert house.come_back(borrowed, code=code())[0] == 400
    assert house.slack.calls["oauth.v2.access"] == 1


def test_what_goes_wrong_at_slack_is_said_plainly(house: House) -> None:
    house.organisation("Eastern", TEAM)
    status, page = house.come_back(house.asked()["state"], error="access_denied")
    assert (status, "You chose not to install me" in page) == (200, True)
    for error in ("<script>alert(1)</script>", "invalid_scope"):
        status, page = house.come_back(house.asked()["state"], error=error)
        assert status == 400
        assert "<script" not in page
    status, page = house.come_back(house.asked()["state"], code="made-up")
    assert (status, "invalid_code" in page) == (400, True)
    for disturbance in (Disturbance(status=503), Disturbance(error="ratelimited", status=429), Disturbance(body="no")):
        house.slack.disturb("oauth.v2.access", disturbance)
        status, page = house.come_back(house.asked()["state"], code="any")
        assert (status, "Please wait a minute" in page) == (503, True)
    assert house.rows() == []


# The tokens in memory


def test_no_request_asks_for_a_token_or_tests_one(house: House) -> None:
    house.organisation("Eastern", TEAM)
    house.install()
    amina = house.person("Amina", TEAM)
    amina.say("help")
    statements: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(house.database.engine, "before_cursor_execute", note)
    for word in ("help", "groups", "my groups", "meetings", "quiet hours") * 4:
        amina.say(word)
        amina.command(word)
    assert len(amina.messages()) >= 40
    assert [one for one in statements if "installations" in one] == []
    assert house.slack.calls["auth.test"] == 0
    assert house.slack.calls["users.info"] == 1


def test_what_another_process_did_is_known_after_a_moment(house: House) -> None:
    house.organisation("Eastern", TEAM)
    house.install()
    elsewhere = Installed(house.database, house.app.threads, house.clock)
    assert elsewhere.token_for(TEAM) is None
    house.loop.run(elsewhere.refresh())
    assert elsewhere.token_for(TEAM) == house.installed.token_for(TEAM) is not None
    assert elsewhere.token_for("") is None
    house.told(TEAM, "app_uninstalled")
    house.loop.run(elsewhere.refresh())
    assert elsewhere.token_for(TEAM) is None
    assert elsewhere.closed() == {TEAM}


def test_the_token_of_the_settings_serves_its_own_workspace_alone(
    tmp_path: Path, loop: Loop, template: Template, slack: FakeSlack
) -> None:
    slack.tokens = {TOKEN: TEAM}
    with House(tmp_path, loop, template, slack, own_token=TOKEN) as house:
        house.organisation("Eastern", TEAM, OTHER)
        loop.run(house.installed.own(TEAM))
        assert [house.installed.token_for(team) for team in ("", TEAM, OTHER)] == [TOKEN, TOKEN, None]
        house.install(OTHER)
        assert house.installed.token_for(TEAM) == TOKEN
        assert house.installed.token_for(OTHER) not in (None, TOKEN)
        # Taken out, it waits like any other; a start with a token that is good lets it in again.
        house.told(TEAM, "app_uninstalled")
        assert house.installed.token_for(TEAM) is None
        assert house.installed.closed() == {TEAM}
        loop.run(house.installed.own(TEAM))
        assert house.installed.token_for(TEAM) == TOKEN
        assert house.installed.closed() == frozenset()


# Taken out, and let in again


@on_both_databases
def test_taken_out_its_letters_wait_and_a_reachable_administrator_is_told(house: House) -> None:
    house.organisation("Eastern", TEAM, OTHER)
    for team in (TEAM, OTHER):
        house.install(team)
    amina, bill = house.person("Amina", TEAM), house.person("Bill", OTHER)
    ada, cut_off = house.person("Ada", OTHER, admin=True), house.person("Grace", TEAM, admin=True)
    gone = house.installed.token_for(TEAM)
    assert gone
    del house.slack.tokens[gone]
    assert house.told(TEAM, "tokens_revoked", event={"tokens": {"bot": ["U0BOT"]}}) == 200
    assert house.told(TEAM, "app_uninstalled") == 200
    row = next(row for row in house.rows() if row.team == TEAM)
    assert row.token is None
    assert row.erase_at
    assert timedelta(days=30) <= row.erase_at - TUESDAY < timedelta(days=30, hours=1)
    house.write_to("Amina", "The room has changed.")
    house.write_to("Bill", "The hall has changed.")
    before = house.slack.calls.copy()
    for _ in range(3):
        house.settle()
    assert amina.messages() == []
    assert "The hall has changed." in bill.last()
    assert house.slack.calls["conversations.open"] - before["conversations.open"] == 2, "nothing was tried there"
    (said,) = ada.messages()
    assert "I was removed from Slack" in said
    assert TEAM in said
    assert "https://bot.example.org/slack/install" in said
    assert "Thursday 1 April 2027" in said
    assert cut_off.messages() == []
    house.install(TEAM)
    house.settle()
    assert "The room has changed." in amina.last()
    assert len(amina.messages()) == 1
    assert [(row.revoked_at, row.erase_at) for row in house.rows()] == [(None, None), (None, None)]


def test_what_was_held_by_slack_leaves_at_once_after_a_new_install(house: House) -> None:
    house.organisation("Eastern", TEAM)
    house.install()
    amina = house.person("Amina", TEAM)
    house.slack.tokens.clear()
    house.write_to("Amina", "The room has changed.")
    house.settle()
    assert amina.messages() == []
    with house.database.transaction() as session:
        letter = session.scalars(select(Letter)).one()
        assert (letter.state, letter.why, letter.not_before is None) == ("waiting", "invalid_auth", False)
    house.install()
    house.settle()
    assert "The room has changed." in amina.last()


def test_old_news_and_other_peoples_tokens_change_nothing(house: House) -> None:
    house.organisation("Eastern", TEAM)
    house.install()
    assert house.told(TEAM, "app_uninstalled", at=time.time() - 60) == 200
    assert house.told(TEAM, "tokens_revoked", event={"tokens": {"oauth": ["U0ADA"]}}) == 200
    assert house.told("T0NOBODY", "app_uninstalled") == 200
    assert house.installed.token_for(TEAM)
    for broken in ({"event_time": "now"}, {"team_id": 7}, {"team_id": None}, {"event_time": 0}):
        assert house.told(TEAM, "app_uninstalled", **broken) == 400
    assert house.told(TEAM, "team_access_granted", event={"team_ids": [1]}) == 400
    assert house.installed.token_for(TEAM)


def test_while_the_database_is_away_slack_is_asked_to_tell_it_again(house: House) -> None:
    house.organisation("Eastern", TEAM)
    house.install()

    def away(*_: object) -> None:
        raise OperationalError("away", {}, Exception())

    event.listen(house.database.engine, "before_cursor_execute", away)
    assert house.told(TEAM, "app_uninstalled") == 503
    status, page = house.install()
    assert (status, "Please wait a minute" in page) == (503, True)
    event.remove(house.database.engine, "before_cursor_execute", away)
    assert house.told(TEAM, "app_uninstalled") == 200
    assert house.installed.closed() == {TEAM}


@on_both_databases
def test_after_thirty_days_the_ids_are_erased_unless_it_is_installed_again(house: House) -> None:
    house.organisation("Eastern", TEAM, OTHER)
    for team in (TEAM, OTHER):
        house.install(team)
    amina, bill = house.person("Amina", TEAM), house.person("Bill", OTHER)
    amina.say("groups")
    bill.say("groups")
    house.told(TEAM, "app_uninstalled")
    house.told(OTHER, "app_uninstalled")
    house.write_to("Amina", "The room has changed.")
    house.install(OTHER)
    house.clock.move_to(TUESDAY + timedelta(days=29, hours=23))
    house.settle()
    assert accounts(house) == {"Amina": amina.user, "Bill": bill.user}
    house.clock.move_to(TUESDAY + timedelta(days=30, hours=1))
    house.settle()
    found = accounts(house)
    assert found["Bill"] == bill.user
    assert amina.user not in found["Amina"]
    assert [row.team for row in house.rows()] == [OTHER]
    with house.database.transaction() as session:
        account = session.scalars(select(Account).where(Account.workspace == TEAM)).one()
        assert (account.conversation, account.gone) == ("", True)
        letters = session.scalars(select(Letter).where(Letter.account_id == account.id)).all()
        assert {(letter.message, letter.replaces) for letter in letters} == {("", "")}
        assert [letter.why for letter in letters if letter.state == "not_needed"] == ["uninstalled"]
    # Let in again later, they are new people; nobody takes up what was another's.
    house.install(TEAM)
    amina.say("help")
    with house.database.transaction() as session:
        assert session.scalar(select(func.count()).select_from(Account)) == 3


def accounts(house: House) -> dict[str, str]:
    with house.database.transaction() as session:
        rows = session.execute(select(Person.name, Account.user).join(Account, Account.person_id == Person.id))
        return {row.name: row.user for row in rows}


# Enterprise Grid


def whole_grid() -> Json:
    return {**granted(""), "team": None, "enterprise": {"id": GRID, "name": "Grid"}, "is_enterprise_install": True}


@on_both_databases
def test_a_whole_grid_installs_at_once_and_its_workspaces_come_and_go(house: House) -> None:
    eastern, northern = house.organisation("Eastern", GRID), house.organisation("Northern", "T0NORTH")
    house.slack.grid = ["T0ONE", "T0NORTH"]
    status, _ = house.install(**whole_grid())
    assert status == 200
    assert {(row.enterprise, row.team) for row in house.rows()} == {(GRID, ""), (GRID, "T0ONE"), (GRID, "T0NORTH")}
    token = house.installed.token_for("T0ONE")
    assert token
    assert house.installed.token_for("T0NORTH") == token
    assert house.installed.token_for("T0TWO") is None
    wide: dict[str, Any] = {"enterprise_id": GRID, "authorizations": [{"is_enterprise_install": True, "team_id": None}]}
    assert house.told("T0TWO", "team_access_granted", event={"team_ids": ["T0TWO"]}, **wide) == 200
    assert house.installed.token_for("T0TWO") == token
    with house.database.transaction() as session:
        owners = {t: organisations.owner_of(session, "slack", t) for t in ("T0ONE", "T0TWO", "T0NORTH")}
        assert {t: o and o.id for t, o in owners.items()} == {"T0ONE": eastern, "T0TWO": eastern, "T0NORTH": northern}
    assert house.told("T0ONE", "team_access_revoked", event={"team_ids": ["T0ONE"]}, **wide) == 200
    assert house.installed.closed() == {"T0ONE"}
    assert house.told("T0TWO", "app_uninstalled", **wide) == 200
    assert house.installed.closed() == {"T0ONE", "T0TWO", "T0NORTH"}
    assert {row.token for row in house.rows()} == {None}
    assert house.told("T0NEW", "team_access_granted", event={"team_ids": ["T0NEW"]}, **wide) == 200
    assert house.installed.token_for("T0NEW") is None


def test_one_workspace_of_a_grid_by_itself(house: House) -> None:
    house.organisation("Eastern", TEAM)
    house.install(TEAM, enterprise={"id": GRID, "name": "Grid"})
    assert [(row.enterprise, row.team) for row in house.rows()] == [(GRID, TEAM)]
    house.told(TEAM, "app_uninstalled", enterprise_id=GRID)
    assert house.installed.closed() == {TEAM}


GRID_WIDE: dict[str, Any] = {"team_id": "T0ONE", "enterprise_id": GRID, "is_enterprise_install": True}
USER = {"id": "W0ADA", "name": "ada", "team_id": "T0ONE"}


@pytest.mark.parametrize(
    "payload",
    [
        {
            **GRID_WIDE,
            "type": "event_callback",
            "event_id": "Ev1",
            "authorizations": [{"enterprise_id": GRID, "team_id": None, "user_id": "W0BOT"}],
            "event": {"type": "message", "channel_type": "im", "channel": "D1", "user": "W0ADA", "text": "help"},
        },
        {**GRID_WIDE, "command": "/pag", "text": "help", "user_id": "W0ADA", "trigger_id": "1.2"},
        {
            "type": "block_actions",
            "team": None,
            "enterprise": {"id": GRID},
            "user": USER,
            "actions": [{"type": "button", "action_id": "help.show", "value": "", "action_ts": "1.1"}],
            "trigger_id": "1.2",
        },
        {
            "type": "view_submission",
            "team": {"id": "T0ONE"},
            "enterprise": {"id": GRID},
            "user": USER,
            "view": {
                **modals.modal(FORM),
                "id": "V1",
                "hash": "1",
                "app_installed_team_id": GRID,
                "state": {"values": {}},
            },
        },
    ],
    ids=["message", "command", "press", "form"],
)
def test_in_a_grid_a_person_is_of_the_workspace_they_write_from(payload: Json) -> None:
    heard = understand(payload)
    assert heard
    assert heard.event
    assert heard.event.account == ChatAccount("slack", "T0ONE", "W0ADA")


# Two organisations in one database


MARK = "zebrawood"
"""Stands in everything that the other organisation has, and in nothing of ours."""


@dataclass
class Two:
    house: House
    ours: SlackPhone
    values: set[tuple[str, str]]


@pytest.fixture
def two(house: House) -> Two:
    """Eastern has a group with everything in it, and Northern has one of its own with an administrator who asks."""
    house.organisation("Eastern", TEAM)
    house.organisation("Northern", OTHER)
    for team in (TEAM, OTHER):
        house.install(team)
    bill, cara, ours = house.person("Bill", TEAM), house.person("Cara", TEAM, admin=True), house.person("Nia", OTHER)
    with house.database.transaction() as session:
        furnish(session, "Eastern", MARK, coordinator="Cara", member="Bill")
        furnish(session, "Northern", "plain", coordinator="Nia", member="Nia")
        session.scalars(select(Person).where(Person.name == "Nia")).one().admin = True
    for word in everyones_words("1", MARK):
        say(cara, word)
    bill.say("meetings")
    return Two(house, ours, shown_buttons(house))


def furnish(session: Any, organisation: str, words: str, *, coordinator: str, member: str) -> None:
    owner = organisations.named(session, organisation)
    assert owner
    (first,), (second,) = (people.people_named(session, owner.id, name) for name in (coordinator, member))
    group = groups.add_group(
        session, owner.id, name=f"Group {words}", about=words, who_can_join=words, rhythm=words, now=TUESDAY
    )
    if second.id != first.id:
        groups.place(session, group, second, state="active", now=TUESDAY)
    groups.place(session, group, first, state="active", now=TUESDAY, role="coordinator")
    start = datetime(2027, 3, 30, 18)
    meeting = meetings.add_meeting(
        session,
        owner,
        group,
        title=f"Meeting {words}",
        local_start=start,
        starts_at=start.replace(tzinfo=UTC) - timedelta(hours=1),
        zone="Europe/London",
        minutes=60,
        how="both",
        link=f"https://{words}.example.org",
        phone="",
        address=words,
        series=None,
    )
    meetings.answer(session, meeting, second, answer="yes", how="online", now=TUESDAY)
    support.set_needs(session, second, {"other": words}, now=TUESDAY)
    feedback.add_comment(session, owner, author=second, group=group, owner=first, text=words, now=TUESDAY)
    announcements.draft(session, group, first, words, now=TUESDAY)


def everyones_words(number: str, name: str) -> list[str]:
    """Every word, with what follows it naming something of Eastern's."""
    takes = {"NUMBER": number, "F-NUMBER": f"F-{number}"}
    own = ("stop", "start", "delete my data", "pause", "cancel")
    words = []
    for phrase, word in handlers.router.words.items():
        if phrase and phrase not in own:
            words.append(f"{phrase} {takes.get(word.takes, f'Group {name}')}" if word.takes else phrase)
            if word.takes:
                words.append(f"{phrase} {takes.get(word.takes, 'Bill')}")
    return words


def say(phone: SlackPhone, word: str) -> None:
    phone.say("cancel")
    phone.say(word)


def shown_buttons(house: House) -> set[tuple[str, str]]:
    """What stands on every button that anybody was shown so far."""
    with house.database.transaction() as session:
        shown = [cards.load(body) for body in session.scalars(select(outbox.CardBody.body))]
    return {(button.action, button.value) for card in shown for button in card.buttons}


def everything_of(house: House, organisation: str) -> dict[str, list[str]]:
    """The rows that Eastern's people and groups hang on, as text."""
    with house.database.transaction() as session:
        owner = organisations.named(session, organisation)
        assert owner
        kinds: list[Any] = [Person, groups.Group, feedback.Comment]
        found = {
            kind.__tablename__: [
                str([getattr(row, column.key) for column in kind.__table__.columns])
                for row in session.scalars(select(kind).where(kind.organisation_id == owner.id).order_by(kind.id))
            ]
            for kind in kinds
        }
        ids = select(groups.Group.id).where(groups.Group.organisation_id == owner.id)
        for kind, which in (
            (meetings.Meeting, meetings.Meeting.group_id.in_(ids)),
            (groups.Membership, groups.Membership.group_id.in_(ids)),
            (announcements.Announcement, announcements.Announcement.group_id.in_(ids)),
        ):
            table: Any = kind
            rows = session.scalars(select(table).where(which).order_by(table.id))
            found[table.__tablename__] = [
                str([getattr(row, column.key) for column in table.__table__.columns]) for row in rows
            ]
        return found


def test_no_word_from_one_workspace_shows_anything_of_the_other(two: Two) -> None:
    before = everything_of(two.house, "Eastern")
    for word in everyones_words("1", MARK):
        say(two.ours, word)
        if two.house.slack.view_of(two.ours.user):
            two.ours.close()
        two.ours.command(word)
        if view := two.house.slack.view_of(two.ours.user):
            assert "Group zebrawood" not in json.dumps(view.view), word
            two.ours.close()
    # What it typed itself may be repeated to it.
    for said in two.ours.messages():
        without_own = said.replace(f"Group {MARK}", "").replace(f"group {MARK}", "")
        assert MARK not in without_own, said
        assert "Cara" not in said, said
    assert everything_of(two.house, "Eastern") == before


def test_no_press_from_one_workspace_shows_anything_of_the_other(two: Two) -> None:
    before, slack = everything_of(two.house, "Eastern"), two.house.slack
    ids = {"", "1", "1:1", "1 1", "1:yes:online:1", "open 0", "answered 0"}
    presses = {
        (action, value)
        for action in handlers.router.presses
        if not action.startswith(("privacy.delete_now", "silence.", "joining.leave"))
        for value in ids | {value for one, value in two.values if one == action and MARK not in value}
    }
    assert len(presses) > 300
    for action, value in sorted(presses):
        press(two.ours, action, value)
        if view := slack.view_of(two.ours.user):
            assert MARK not in json.dumps(view.view), (action, value)
            two.ours.close()
    for said in two.ours.messages():
        assert MARK not in said, said
        assert "Cara" not in said, said
    assert everything_of(two.house, "Eastern") == before


def press(phone: SlackPhone, action: str, value: str) -> None:
    """A press that a client made up."""
    card = {"type": "actions", "block_id": "b", "elements": [button(action, value)]}
    phone.slack.post(phone.slack.direct_with(phone.user), user=phone.slack.bot, text="-", blocks=[card])
    phone.press("Made up")
    phone.slack.messages[:] = [message for message in phone.slack.messages if message.get("text") != "-"]


def button(action: str, value: str) -> Json:
    made = blocks.message(Card("Made up", buttons=(Button("Made up", action, value),)))
    element = next(block for block in made["blocks"] if block["type"] == "actions")["elements"][0]
    assert isinstance(element, dict)
    return element


# The settings and the program as a whole


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"SLACK_CLIENT_ID": "1.2", "SLACK_SIGNING_SECRET": "x"}, "go together"),
        ({"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "x"}, "SLACK_SIGNING_SECRET"),
        ({"BASE_URL": "bot.example.org"}, "BASE_URL"),
    ],
)
def test_settings_that_do_not_fit_are_named(
    given: dict[str, str], said: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(WrongSettings, match=said):
        read_settings()


def test_pag_run_serves_its_own_workspace_and_others_that_install(tmp_path: Path) -> None:
    with FakeSlack() as slack:
        more = {"SLACK_CLIENT_ID": CLIENT[0], "SLACK_CLIENT_SECRET": CLIENT[1]}
        with Program(tmp_path, slack, **more) as program:
            assert program.command("organisation", "add", "Northern", "--slack", OTHER)[0] == 0
            house = Browser(program.url)
            state = parse_qs(urlsplit(house.get("/slack/install")[1]).query)["state"][0]
            slack.codes["code"] = granted(OTHER)
            status, _, page = house.get(f"/slack/oauth_redirect?{urlencode({'state': state, 'code': 'code'})}")
            assert (status, "I am installed" in page) == (200, True)
            for team, name in ((TEAM, "ada"), (OTHER, "nia")):
                url = f"{program.url}/slack/events"
                phone = SlackPhone(slack, url, user=f"U0{name.upper()}", name=name, team=team)
                phone.say("help now")
                end = time.monotonic() + 20
                while not phone.messages() and time.monotonic() < end:
                    time.sleep(0.1)
                assert phone.messages()
            assert slack.calls["auth.test"] == 1
            assert program.stop() == 0
        assert "Traceback" not in program.log()


def test_a_token_that_slack_does_not_take_is_said_plainly(tmp_path: Path, slack: FakeSlack) -> None:
    program = Program(tmp_path, slack)
    code, said = program.command("run")
    assert (code, "Slack does not take SLACK_BOT_TOKEN (invalid_auth)." in said) == (1, True)
    assert "Traceback" not in said


class Browser(House):
    """Only the browser of whoever installs."""

    def __init__(self, url: str) -> None:
        self.url, self.jar = url, SimpleCookie()
