"""Teams: activities a second against the SDK's own adapters."""

from __future__ import annotations

import asyncio
import http.client
import json
import statistics
import sys
import tempfile
import time
import uuid
from collections import Counter
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

from benchmarks.programs import Program, get, until
from benchmarks.row import Row
from benchmarks.scale import scaled
from bot.answered import Answered, Receive
from bot.app import App
from bot.now import Now
from bot.teams import connect
from bot.teams.connect import Teams
from bot.teams.known import Known
from handlers.chat import Event
from handlers.privacy import NOTICE_VERSION
from storage import organisations, people, schema
from storage.database import new_key, open_database
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
    """The program and the adapters in turn."""
    rates: dict[str, list[float]] = {which: [] for which in ACTIVITIES}
    for _ in range(ROUNDS):
        for which, measured in rates.items():
            measured.append(_rate(which))
            say(f"{which}: {measured[-1]:.0f} activities a second")
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
    return {"id": f"29:{who}", "aadObjectId": user(who), "name": "Someone"}


def user(number: int) -> str:
    """The id of one of the people in the tenant's directory."""
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
                user=user(number),
                name="Someone",
                time_zone="Europe/London",
                now=now,
            )
            people.record_consent(session, account.person, "notice", version=NOTICE_VERSION, now=now)
    app = App(database, Now(), keys=[key], admins=frozenset(), var=folder)
    teams = await wired(app, connector_url, receive=_echo if echo else app.receive)
    app.background = asyncio.create_task(app.delivery.run())  # type: ignore[attr-defined]  # else it would be collected
    return teams.routes()[0]


async def _echo(event: Event) -> Answered:
    return Answered(aside=f"You said: {event.what}")


async def wired(app: App, connector_url: str, *, receive: Receive) -> Teams:
    """Teams, for this program, at the fake Bot Connector."""
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


def say(words: str) -> None:
    """How it goes, to whoever watches."""
    print(f"  {words}", file=sys.stderr)


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1], Path(sys.argv[2]), sys.argv[3]))
