"""The world a story happens in: a fresh database, a movable clock, the program on loopback, and people with phones."""

from __future__ import annotations

import asyncio
import re
import shutil
import socket
import threading
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self, TypeVar

from aiohttp import web

from bot.app import App
from bot.now import Now
from bot.sandbox.connect import Persona, Sandbox
from bot.slack.connect import Slack
from bot.teams.connect import Teams
from bot.teams.known import Known
from handlers.privacy import NOTICE_VERSION
from handlers.turn import Turn
from storage import groups, organisations, people, references, schema
from storage.database import Database, new_key, open_database
from storage.groups import Group
from storage.organisations import Organisation
from storage.people import Person
from tests.browser_phone import BrowserPhone
from tests.connector_tokens import APP_ID, PASSWORD, TENANT
from tests.fake_connector import FakeConnector
from tests.fake_slack import APP_TOKEN, SECRET, TEAM, TOKEN, FakeSlack
from tests.phones import Phone
from tests.postgres import PostgresTemplate
from tests.slack_phone import SlackPhone
from tests.teams_phone import TeamsPhone, contact_id, directory_id

Back = TypeVar("Back")
KEY = new_key()
CHANNEL = "C0GROUP"
PLATFORMS = {
    "browser": ("sandbox",),
    "slack": ("slack",),
    "slacksocket": ("slack",),
    "teams": ("teams",),
    "both": ("slack", "teams"),
}
WORKSPACES = {"sandbox": "sandbox", "slack": TEAM, "teams": TENANT}
TUESDAY = datetime(2027, 3, 2, 10, 0, tzinfo=UTC)
"""When every story begins: a working day, 10am in London."""


class Loop:
    """An event loop in a thread of its own, on which everything of the program runs."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, Back]) -> Back:
        """Run it there, and wait."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


class Template:
    """A migrated, empty database file, made once and copied for each test."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "template.db"
        database = open_database(f"sqlite:///{self._file}", [KEY])
        schema.upgrade(database)
        database.close()

    def copy(self, file: Path) -> Database:
        shutil.copy(self._file, file)
        return open_database(f"sqlite:///{file}", [KEY])


class World:
    """A story's world. ``platform`` is what people hold, one of `PLATFORMS`. With ``both`` it is Slack.

    Where a method takes ``on``, it is the platform of that person, where it is not the story's.
    """

    def __init__(
        self,
        folder: Path,
        loop: Loop,
        template: Template | PostgresTemplate,
        *,
        platform: str = "browser",
        way: str = "buttons",
    ) -> None:
        self.folder = folder
        self.loop = loop
        self.way: Literal["buttons", "words"] = "words" if way == "words" else "buttons"
        self.socket = platform == "slacksocket"
        self.platforms = PLATFORMS[platform]
        self.platform = self.platforms[0]
        self.workspace = WORKSPACES[self.platform]
        self.database = template.copy(folder / "world.db")
        self.slack_server: FakeSlack | None = None
        self.connector: FakeConnector | None = None
        self.tokens = {TEAM: TOKEN}
        self.url = ""
        self._phones: dict[tuple[str, str], Phone] = {}
        self._open = AsyncExitStack()
        with self.database.transaction() as session:
            organisation = organisations.add_organisation(
                session, "Eastern Hospitals", nation="ENG", time_zone="Europe/London", now=TUESDAY
            )
            organisation.helpline = "Cancer helpline, 01632 960100, day or night"
            organisation.pals = "PALS, 01632 960200"
            organisation.safeguarding_contact = "Safeguarding team, 01632 960300"
            for name in self.platforms:
                organisations.own_workspace(session, organisation, name, WORKSPACES[name])
            self.organisation_id = organisation.id

    def __enter__(self) -> Self:
        if "slack" in self.platforms:
            self.slack_server = FakeSlack().__enter__()
            # How fast a busy machine is, is not what a story tells of.
            self.slack_server.trigger_life = 30.0
        if "teams" in self.platforms:
            self.connector = FakeConnector().__enter__()
        self.loop.run(self._start())
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, _: TracebackType | None) -> None:
        self.loop.run(self._stop())
        if self.slack_server is not None:
            self.slack_server.__exit__()
        if self.connector is not None:
            self.connector.__exit__()

    async def _start(self) -> None:
        self.clock = Now()
        self.clock.move_to(TUESDAY)
        listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        self.app = App(self.database, self.clock, keys=[KEY], admins=frozenset(), var=self.folder, base_url=self.url)
        served = {"sandbox": self._start_sandbox, "slack": self._start_slack, "teams": self._start_teams}
        routes = [route for name in self.platforms for route in await served[name]()]
        runner = web.AppRunner(self.app.web(routes), access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        self._open.push_async_callback(runner.cleanup)
        await web.SockSite(runner, listening).start()

    async def _start_sandbox(self) -> list[web.RouteDef]:
        self.sandbox = Sandbox(
            self._receive, CAST, now=self.clock, move=self._move, settle=self._settle, channels=(CHANNEL,)
        )
        self._open.push_async_callback(self.sandbox.close)
        self.app.platforms["sandbox"] = self.sandbox
        return self.sandbox.routes()

    async def _start_slack(self) -> list[web.RouteDef]:
        assert self.slack_server is not None
        self.slack = Slack(
            token_for=self.tokens.get,
            signing_secret="" if self.socket else SECRET,
            app_token=APP_TOKEN if self.socket else "",
            receive=self._receive,
            channel_changed=self.app.channels.changed,
            api_url=self.slack_server.url,
        )
        await self.slack.start()
        self._open.push_async_callback(self.slack.close)
        await self._open.enter_async_context(self.slack.listening())
        self.app.watched.append(lambda: self.slack.wrong)
        self.app.platforms["slack"] = self.slack
        return self.slack.routes()

    async def _start_teams(self) -> list[web.RouteDef]:
        assert self.connector is not None
        self.teams = Teams(
            app_id=APP_ID,
            password=PASSWORD,
            tenant=TENANT,
            receive=self._receive,
            references=Known(self.database, self.app.threads),
            openid_url=self.connector.openid_url,
            token_url=self.connector.token_url,
            link_for=self.app.links.to,
            channel_changed=self.app.channels.changed,
        )
        await self.teams.start()
        self._open.push_async_callback(self.teams.close)
        self.app.watched.append(lambda: self.teams.wrong)
        self.app.platforms["teams"] = self.teams
        return self.teams.routes()

    async def _stop(self) -> None:
        await self._open.aclose()
        self.app.close()

    async def _receive(self, event: Any) -> Any:
        answered = await self.app.receive(event)
        await self.app.delivery.deliver_due()
        await self.app.homes.show_due()
        return answered

    async def _settle(self) -> None:
        await self.app.delivery.deliver_due()

    async def _move(self, _: object) -> str:
        raise AssertionError("stories move the clock by world.wait")

    # Time

    @property
    def now(self) -> datetime:
        """The program's time, UTC."""
        return self.clock()

    def settle(self) -> None:
        """Do what is due now, and deliver it."""
        self.loop.run(self.app.do_what_is_due())

    def wait(self, *, hours: float = 0, days: float = 0) -> None:
        """Let time pass, hour by hour, with all that happens in it."""
        end = self.now + timedelta(hours=hours, days=days)
        self.wait_until(end)

    def wait_until(self, end: datetime) -> None:
        """Let time pass until this moment (aware)."""
        self.settle()
        while self.now < end - timedelta(seconds=5):
            self.clock.move_to(min(self.now + timedelta(hours=1), end))
            self.settle()

    # People

    def user(self, name: str, *, on: str = "") -> str:
        """The platform's id of the person of this name."""
        return directory_id(name) if (on or self.platform) == "teams" else user(name)

    def phone(self, name: str, *, on: str = "") -> Phone:
        """The phone of the person of this name."""
        on = on or self.platform
        if (on, name) not in self._phones:
            self._phones[on, name] = Phone(self._native(name, on), self.way)
        return self._phones[on, name]

    def _native(self, name: str, on: str) -> Any:
        if on == "teams":
            assert self.connector is not None
            return TeamsPhone(self.connector, f"{self.url}/teams/messages", name=name)
        if on == "slack":
            assert self.slack_server is not None
            return SlackPhone(
                self.slack_server,
                f"{self.url}/slack/events",
                user=user(name),
                name=name,
                channels=(CHANNEL,),
                socket=self.socket,
            )
        return BrowserPhone(self.url, user(name))

    def someone(self, name: str, *, on: str = "") -> Phone:
        """Somebody the program never met."""
        return self.phone(name, on=on)

    def member(self, name: str, of: Group, *, role: str = "member", state: str = "active", on: str = "") -> Phone:
        """Somebody who is in the group and saw the privacy notice."""
        with self.turn() as turn:
            person = self._meet(turn, name, on or self.platform)
            groups.place(turn.session, of, person, state=state, now=turn.now, role=role)
        return self.phone(name, on=on)

    def coordinator(self, name: str, of: Group, *, on: str = "") -> Phone:
        """A coordinator of the group."""
        return self.member(name, of, role="coordinator", on=on)

    def admin(self, name: str, *, on: str = "") -> Phone:
        """An administrator of the organisation."""
        with self.turn() as turn:
            self._meet(turn, name, on or self.platform).admin = True
        return self.phone(name, on=on)

    def without_chat(self, name: str, of: Group) -> Person:
        """A member without an account."""
        with self.turn() as turn:
            person = people.add_person(
                turn.session, turn.organisation.id, name=name, time_zone="Europe/London", now=turn.now
            )
            person.contact = "phone 01632 960999"
            groups.place(turn.session, of, person, state="active", now=turn.now)
        return person

    def _meet(self, turn: Turn, name: str, on: str) -> Person:
        account = people.account_of(turn.session, on, WORKSPACES[on], self.user(name, on=on))
        if account is None:
            if on == "teams" and self.connector is not None:
                references.remember(
                    turn.session,
                    tenant=TENANT,
                    who=directory_id(name),
                    contact=contact_id(name),
                    conversation=self.connector.conversation_with(contact_id(name)),
                    service_url=self.connector.url,
                )
            account = people.meet(
                turn.session,
                turn.organisation.id,
                platform=on,
                workspace=WORKSPACES[on],
                user=self.user(name, on=on),
                name=name,
                time_zone="Europe/London",
                now=turn.now,
            )
            people.record_consent(turn.session, account.person, "notice", version=NOTICE_VERSION, now=turn.now)
        return account.person

    # What the story stands on

    @contextmanager
    def turn(self) -> Iterator[Turn]:
        """A transaction of the organisation, to prepare things and to look at them."""
        with self.database.transaction() as session:
            yield Turn(session, self.now, session.get_one(Organisation, self.organisation_id))

    def group(self, name: str, *, about: str = "People who shape the service.") -> Group:
        """A group of the organisation."""
        with self.turn() as turn:
            return groups.add_group(
                turn.session,
                self.organisation_id,
                name=name,
                about=about,
                who_can_join="anyone who used the service",
                rhythm="online once a month",
                now=turn.now,
            )

    def person(self, name: str) -> Person:
        """The person of this name, as they are stored."""
        with self.turn() as turn:
            (found,) = people.people_named(turn.session, self.organisation_id, name)
            return found


NAMES = (
    "Amina Bill Cara Ada Dev Eve Fred Grace Hana Ivan Joan Karl Lena Mo Nia Omar Priya Quinn Rosa Sam Tess Uma Vik "
    "Wren Xan Yara Zed"
).split()


def user(name: str) -> str:
    """The id in Slack and in the sandbox of the person of this name."""
    return "U0" + re.sub(r"\W", "", name).upper()


CAST = tuple(Persona(user(name), name, f"{name} of the tests", "sandbox") for name in NAMES)
