"""Teams: activities a second against the SDK's own adapters, and letters whose worker is killed again and again."""

from __future__ import annotations

import asyncio
import http.client
import json
import random
import statistics
import sys
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web
from botbuilder.core import BotFrameworkAdapter, BotFrameworkAdapterSettings, TurnContext
from botbuilder.core.cloud_adapter_base import CloudAdapterBase
from botbuilder.schema import Activity
from botframework.connector.auth import (
    AuthenticationConstants,
    BotFrameworkAuthenticationFactory,
    MicrosoftAppCredentials,
    PasswordServiceClientCredentialFactory,
)
from msal import ConfidentialClientApplication
from sqlalchemy import select, update

from benchmarks import letters
from benchmarks.letters import TUESDAY
from benchmarks.programs import Program, get, until
from benchmarks.row import Row
from benchmarks.scale import scaled
from bot.answered import Answered, Receive
from bot.app import App
from bot.delivery import IN_FLIGHT
from bot.now import Now
from bot.teams import connect
from bot.teams.connect import Teams
from bot.teams.known import Known
from handlers.chat import Event
from handlers.privacy import NOTICE_VERSION
from storage import organisations, people, references, schema
from storage.database import Database, new_key, open_database
from storage.organisations import Workspace
from storage.outbox import Letter
from storage.people import Account
from tests.connector_tokens import APP_ID, PASSWORD, TENANT

ACTIVITIES = {
    "BotFrameworkAdapter": scaled(2000, least=200),
    "cloud": scaled(300, least=100),
    "wire": scaled(2000, least=200),
    "ours": scaled(2000, least=200),
}
AT_ONCE = 32
USERS = 200
ROUNDS = 3
GOAL = 4

LETTERS = 10_000
KILLS = 20
LONGEST = 240.0


class ConnectorProgram(Program):
    """The fake Bot Connector of the tests, with its issuer, in a process of its own; it does not check cards."""

    def __init__(self) -> None:
        super().__init__("tests.fake_connector", "--port", "0", "--fast")
        self.url = self.line()

    def count(self) -> int:
        """How many messages it has received."""
        return int(json.loads(get(f"{self.url}_seen?counts")[1])["messages"])

    def conversations(self) -> Counter[str]:
        """How many messages stand in each conversation."""
        seen = json.loads(get(f"{self.url}_seen")[1])["messages"]
        return Counter(message["conversation"]["id"] for message in seen)

    def token(self) -> str:
        """A token as Teams sends it with its activities."""
        return str(self._ask("/_sign", {"audience": APP_ID, "service_url": self.url})["token"])

    def heard(self, who: int) -> dict[str, Any]:
        """An activity of one of the people, to which the bot may reply."""
        return self._ask("/_heard", {"user": f"29:{who}", "text": "my groups"})

    def _ask(self, path: str, what: dict[str, Any]) -> dict[str, Any]:
        where = urlsplit(self.url)
        connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=20)
        connection.request("POST", path, json.dumps(what))
        answer: dict[str, Any] = json.loads(connection.getresponse().read())
        connection.close()
        return answer


def measure() -> list[Row]:
    """The rates, then the kills."""
    return [*_rates(), *_killed()]


# Activities a second


def _rates() -> list[Row]:
    rates: dict[str, list[float]] = {which: [] for which in ACTIVITIES}
    for _ in range(ROUNDS):
        for which, measured in rates.items():
            measured.append(_rate(which))
            _say(f"{which}: {measured[-1]:.0f} activities a second")
    older, newer, wire, ours = (statistics.median(measured) for measured in rates.values())
    return [
        Row("Teams: activities, BotFrameworkAdapter, one echo each and nothing kept", round(older), "a second"),
        Row("Teams: activities, CloudAdapter, one echo each and nothing kept", round(newer), "a second"),
        Row("Teams: activities, our wire alone, one echo each and nothing kept", round(wire), "a second"),
        Row("Teams: activities, the whole program, one durable write and one reply each", round(ours), "a second"),
        *(
            Row(
                f"Teams: ours against {name}",
                round(ours / theirs, 1),
                "times the rate",
                goal=f"at least {GOAL}",
                holds=ours / theirs >= GOAL,
            )
            for name, theirs in (("BotFrameworkAdapter", older), ("CloudAdapter", newer))
        ),
    ]


def _rate(which: str) -> float:
    """So many a second, until the last reply has come."""
    with (
        tempfile.TemporaryDirectory() as folder,
        ConnectorProgram() as connector,
        Program("benchmarks.teams", which, folder, connector.url, log=Path(folder) / "log") as server,
    ):
        url, number, token = server.line(), ACTIVITIES[which], connector.token()
        written = [{**connector.heard(who), "from": _person(who)} for who in range(USERS)]
        asyncio.run(_load(url, written, number // 5, token=token))  # to warm up
        _replied(connector, number // 5)
        began = time.perf_counter()
        asyncio.run(_load(url, written, number, token=token))
        _replied(connector, number // 5 + number)
        return number / (time.perf_counter() - began)


def _replied(connector: ConnectorProgram, number: int) -> None:
    until(f"{number} replies", lambda: connector.count() >= number, seconds=120, every=0.05)


async def _load(url: str, written: list[dict[str, Any]], number: int, *, token: str) -> None:
    """So many signed activities, each connection's next one after the answer to the one before."""
    waiting = iter(range(number))
    where = urlsplit(url)

    async def one() -> None:
        reader, writer = await asyncio.open_connection(where.hostname, where.port)
        for turn in waiting:
            activity = written[turn % USERS]
            # The stock adapter replies to the id, which Teams must know; ours takes each id for one event.
            told = {} if url.endswith("/echo") else {"id": str(time.time_ns())}
            body = json.dumps({**activity, **told}).encode()
            head = (
                f"POST {where.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                f"Authorization: Bearer {token}\r\nContent-Length: {len(body)}\r\n\r\n"
            )
            writer.write(head.encode() + body)
            answer = await reader.readuntil(b"\r\n\r\n")
            if b" 20" not in answer[:13]:
                sys.exit(f"refused: {answer[:60]!r}")
            lines = answer.lower().split(b"\r\n")
            length = next((int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length:")), 0)
            await reader.readexactly(length)
        writer.close()

    await asyncio.gather(*(one() for _ in range(AT_ONCE)))


def _person(who: int) -> dict[str, str]:
    return {"id": f"29:{who}", "aadObjectId": _user(who), "name": "Someone"}


def _user(number: int) -> str:
    return str(uuid.UUID(int=number + 1))


async def _serve(which: str, folder: Path, connector_url: str) -> None:
    if which in ("wire", "ours"):
        route = await _ours(folder, connector_url, echo=which == "wire")
    else:
        route = _stock(which, connector_url)
    application = web.Application()
    application.add_routes([route])
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(f"http://127.0.0.1:{runner.addresses[0][1]}{route.path}", flush=True)
    await asyncio.Event().wait()


async def _ours(folder: Path, connector_url: str, *, echo: bool) -> web.RouteDef:
    key, now = new_key(), datetime.now(UTC)
    database = open_database(f"sqlite:///{folder}/bench.db", [key])
    schema.upgrade(database)
    with database.transaction() as session:
        organisation = organisations.add_organisation(
            session, "Bench", nation="ENG", time_zone="Europe/London", now=now
        )
        organisation.helpline = organisation.pals = organisation.safeguarding_contact = "01632 960000"
        organisations.own_workspace(session, organisation, "teams", TENANT)
        for number in range(USERS):
            account = people.meet(
                session,
                organisation.id,
                platform="teams",
                workspace=TENANT,
                user=_user(number),
                name="Someone",
                time_zone="Europe/London",
                now=now,
            )
            people.record_consent(session, account.person, "notice", version=NOTICE_VERSION, now=now)
    app = App(database, Now(), keys=[key], admins=frozenset(), var=folder)
    teams = await _wired(app, connector_url, receive=_echo if echo else app.receive)
    app.background = asyncio.create_task(app.delivery.run())  # type: ignore[attr-defined]  # else it would be collected
    return teams.routes()[0]


async def _echo(event: Event) -> Answered:
    return Answered(aside=f"You said: {event.what}")


async def _wired(app: App, connector_url: str, *, receive: Receive) -> Teams:
    teams = Teams(
        app_id=APP_ID,
        password=PASSWORD,
        tenant=TENANT,
        receive=receive,
        references=Known(app.database, app.threads),
        openid_url=f"{connector_url}v1/.well-known/openidconfiguration",
        token_url=f"{connector_url}{{tenant}}/oauth2/v2.0/token",
    )
    await teams.start()
    app.platforms["teams"] = teams
    return teams


def _credentials(connector_url: str) -> MicrosoftAppCredentials:
    """The SDK's credentials; only the address is that of the local issuer, which MSAL alone would not speak to."""
    credentials = MicrosoftAppCredentials(APP_ID, PASSWORD, TENANT)
    credentials.app = ConfidentialClientApplication(
        APP_ID,
        client_credential=PASSWORD,
        authority=f"{connect.AUTHORITY}{TENANT}",
        instance_discovery=False,
        http_client=connect.Http(f"{connector_url}{TENANT}/oauth2/v2.0/token", proxied=False),
    )
    return credentials


class _Factory(PasswordServiceClientCredentialFactory):  # type: ignore[misc]  # the SDK ships no types
    """Makes credentials for each turn, as the SDK's own does."""

    def __init__(self, connector_url: str) -> None:
        super().__init__(APP_ID, PASSWORD, TENANT)
        self._url = connector_url

    async def create_credentials(self, *_: object, **__: object) -> MicrosoftAppCredentials:
        return _credentials(self._url)


class _Cloud(CloudAdapterBase):  # type: ignore[misc]  # the SDK ships no types
    """As `botbuilder-integration-aiohttp` has it, without that package."""


def _stock(which: str, connector_url: str) -> web.RouteDef:
    """The adapters as Microsoft's samples have them."""
    keys = f"{connector_url}v1/.well-known/openidconfiguration"
    if which == "cloud":
        adapter = _Cloud(
            BotFrameworkAuthenticationFactory.create(
                to_channel_from_bot_login_url=f"{connect.AUTHORITY}{TENANT}",
                to_channel_from_bot_oauth_scope=AuthenticationConstants.TO_CHANNEL_FROM_BOT_OAUTH_SCOPE,
                to_bot_from_channel_token_issuer=connect.ISSUER,
                oauth_url=AuthenticationConstants.OAUTH_URL,
                to_bot_from_channel_open_id_metadata_url=keys,
                to_bot_from_emulator_open_id_metadata_url=keys,
                caller_id="",
                credential_factory=_Factory(connector_url),
            )
        )
    else:
        adapter = BotFrameworkAdapter(
            BotFrameworkAdapterSettings(
                APP_ID, PASSWORD, open_id_metadata=keys, app_credentials=_credentials(connector_url)
            )
        )

    async def echo(context: TurnContext) -> None:
        await context.send_activity(f"You said: {context.activity.text}")

    async def come_in(request: web.Request) -> web.Response:
        activity = Activity().deserialize(await request.json())
        header = request.headers.get("Authorization", "")
        if which == "cloud":
            await adapter.process_activity(header, activity, echo)
        else:
            await adapter.process_activity(activity, header, echo)
        return web.Response(status=201)

    return web.post("/echo", come_in)


# Letters, and kills


def _killed() -> list[Row]:
    """One worker, killed 20 times. Half of the letters are of a kind for which twice is better than never."""
    with ExitStack() as stack:
        folder, connector = stack.enter_context(tempfile.TemporaryDirectory()), stack.enter_context(ConnectorProgram())
        key, url = new_key(), f"sqlite:///{folder}/bench.db"
        database = open_database(url, [key])
        schema.upgrade(database)
        number = _written(database, connector.url)
        moments = random.Random(5)  # noqa: S311 (moments that can be drawn again)
        kills, in_doubt, begun = scaled(KILLS, least=3), 0, 0
        words = ("benchmarks.teams", "worker", url, key, connector.url)
        worker = Program(*words, log=Path(folder) / "log")
        stack.callback(lambda: worker.kill())
        worker.line()
        for seen in sorted(moments.sample(range(number // 50, number * 9 // 10), kills)):
            until(f"{seen} messages", lambda seen=seen: connector.count() >= seen, seconds=LONGEST, every=0.01)  # type: ignore[misc]  # mypy does not read such a default
            time.sleep(moments.uniform(0, 0.03))
            worker.kill()
            marked, here = _in_doubt(database), connector.conversations()
            in_doubt, begun = in_doubt + len(marked), begun + sum(bool(here[one]) for one in marked)
            _say(f"killed after {connector.count()} messages, {len(marked)} in doubt")
            worker = Program(*words, log=Path(folder) / "log")
            worker.line()
        until("all letters delivered", lambda: letters.open_letters(database) == 0, seconds=LONGEST, every=0.25)
        return _counted(database, connector, number=number, kills=kills, in_doubt=in_doubt, begun=begun)


def _counted(
    database: Database, connector: ConnectorProgram, *, number: int, kills: int, in_doubt: int, begun: int
) -> list[Row]:
    with database.transaction() as session:
        query = select(Account.conversation, Letter.kind, Letter.state).join(Account, Account.id == Letter.account_id)
        wanted = {conversation: (kind, state) for conversation, kind, state in session.execute(query)}
    database.close()
    seen = connector.conversations()
    unknown = [conversation for conversation, (_, state) in wanted.items() if state == "unknown"]
    lost = [conversation for conversation in wanted if not seen[conversation] and conversation not in set(unknown)]
    twice = Counter(wanted[conversation][0] for conversation, times in seen.items() if times > 1)
    _say(f"{len(unknown)} unknown, of which {sum(bool(seen[one]) for one in unknown)} had arrived")
    what = f"Teams: {number} letters on SQLite, the worker killed {kills} times"
    return [
        Row(f"{what}: neither received nor listed as unknown", len(lost), "letters", goal="0", holds=not lost),
        Row(
            f"{what}: in doubt at the kills",
            in_doubt,
            "letters",
            f"at most {IN_FLIGHT} a kill",
            in_doubt <= IN_FLIGHT * kills,
        ),
        Row(
            f"{what}: listed as unknown",
            len(unknown),
            "letters",
            f"at most the {in_doubt} in doubt",
            len(unknown) <= in_doubt,
        ),
        Row(f"{what}: announcements twice", twice["announcement"], "letters", "0", not twice["announcement"]),
        Row(
            f"{what}: answers twice",
            twice["reply"],
            "letters",
            goal=f"at most the {begun} begun at a kill",
            holds=twice["reply"] <= begun,
        ),
    ]


def _in_doubt(database: Database) -> Sequence[str]:
    """The conversations of the letters that are marked as being sent."""
    wanted = select(Account.conversation).join(Letter, Letter.account_id == Account.id)
    with database.transaction() as session:
        return session.scalars(wanted.where(Letter.state == "sending")).all()


def _written(database: Database, connector_url: str) -> int:
    """The letters of `benchmarks.letters`, to people on Teams."""
    letters.sow(database, scaled(LETTERS, least=2500))
    with database.transaction() as session:
        session.execute(update(Workspace).values(platform="teams", workspace=TENANT))
        for number, account in enumerate(session.scalars(select(Account).order_by(Account.id)).all()):
            account.platform, account.workspace = "teams", TENANT
            account.user, account.conversation = _user(number), f"a:1-29:{number}"
        references.remember(
            session, tenant=TENANT, who="first", contact="29:x", conversation="a:1-29:x", service_url=connector_url
        )
    number = letters.announce(database)
    with database.transaction() as session:
        session.execute(update(Letter).where(Letter.id % 2 == 0).values(kind="reply"))
    return number


async def _work(database_url: str, key: str, connector_url: str, var: Path) -> None:
    now = Now()
    now.move_to(TUESDAY)
    app = App(open_database(database_url, [key]), now, keys=[key], admins=frozenset(), var=var)
    await _wired(app, connector_url, receive=app.receive)
    await app.delivery.take_over()
    print("ready", flush=True)
    await app.delivery.run(every=0.25)


def _say(words: str) -> None:
    print(f"  {words}", file=sys.stderr)


if __name__ == "__main__":
    if sys.argv[1] == "worker":
        with tempfile.TemporaryDirectory() as made:
            asyncio.run(_work(sys.argv[2], sys.argv[3], sys.argv[4], Path(made)))
    else:
        asyncio.run(_serve(sys.argv[1], Path(sys.argv[2]), sys.argv[3]))
