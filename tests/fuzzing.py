"""Requests of every kind, whole, spoilt and made up, over HTTP to the program: none makes a traceback or a 5xx.

`make fuzz` sends a million. Each request is made from its number alone, so one that does harm can be sent again:
`python -m tests.fuzzing --first NUMBER --most 1`.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import click
from aiohttp import web
from sqlalchemy import event

import handlers
from bot.app import App
from bot.now import Now
from bot.slack.connect import Slack
from bot.teams.connect import Teams
from bot.teams.known import Known
from storage.database import open_database
from tests.connector_tokens import APP_ID, PASSWORD, TENANT
from tests.fake_slack import SECRET, TEAM, TOKEN
from tests.fuzzing_teams import RecordingTeamsPhone, TeamsSide, alive
from tests.slack_phone import SlackPhone
from tests.world import CHANNEL, KEY, TUESDAY, Loop, Template, World, user

JSON, FORM = "application/json", "application/x-www-form-urlencoded"
ROUND = 10_000
"""Requests after which the database is the recorded one again, so that it does not grow with the number sent."""
GROWTH = 30.0
"""Megabytes. 30 bytes kept of each request would be as much after a million."""
LONGEST = 60.0
"""Seconds for which an answer is waited for. One that does not come is as bad as a 5xx."""
LINES = 4
"""Connections that send at once."""
AGREES = {"ok": True, "user": {"name": "someone", "tz": "Europe/London"}, "channel": {"id": "D0"}, "ts": "1.1"}
"""What Slack's own side says to every call."""

ODD: Sequence[Any] = (
    None, True, False, 0, -1, 1.5, 10**30, "", " ", "\0", "a" * 5000, "\ud800", "é\u202e\u0663", "<@U0BOT>", "&lt;",
    "1" * 40, "{}", "[]", "[" * 2000, "null", "'; DROP TABLE people; --", "../../etc/passwd", "%00", "#", "a.b#0", "D0",
    "C0GROUP", [], {}, [[]], {"": ""}, {"type": "button"}, [None], {"values": {}}, {"id": "U0CARA"}, "view_submission",
    "block_actions", "event_callback",
)  # fmt: skip
VALUES = (
    "",
    "0",
    "1",
    "2",
    "-1",
    "1:yes",
    "1:yes:online:1",
    "1:yes::1",
    "1 1",
    "open 0",
    "9" * 30,
    "{}",
    "x" * 1900,
    '{"typed":"2027-03-02"}',
)
SAID = (
    "help", "help now", "yes", "no", "1", "2", "3", "skip", "cancel", "stop", "start", "hepl", "?", "\u0661",
    "<https://example.org|x> & more", "the ward was too loud", "I want to die", "x" * 4000, "join Ward group",
    "feedback The food is cold", "quiet hours 9pm to 8am",
)  # fmt: skip


@dataclass(frozen=True)
class Recorded:
    """One request as a phone sent it, through which door: Slack's or Teams'."""

    body: bytes
    content_type: str
    door: str = "slack"


class RecordingPhone(SlackPhone):
    """A phone that keeps what it sends."""

    kept: list[Recorded]

    def _send(self, body: str, content_type: str) -> tuple[int, str]:
        self.kept.append(Recorded(body.encode(), content_type))
        return super()._send(body, content_type)


@dataclass(frozen=True)
class Recording:
    """Real requests of every kind, and the `folder` whose ``world.db`` is the database they left."""

    sent: Sequence[Recorded]
    folder: Path


def record(folder: Path, loop: Loop, template: Template) -> Recording:
    """Let people with phones do a little of everything."""
    kept: list[Recorded] = []
    with World(folder, loop, template, platform="both") as world:
        assert world.slack_server
        assert world.connector
        group = world.group("Ward group")
        world.coordinator("Cara", group)
        world.member("Amina", group)
        world.admin("Ada")
        phones = []
        for name in ("Cara", "Amina", "Ada", "Dev"):
            at = f"{world.url}/slack/events"
            phone = RecordingPhone(world.slack_server, at, user=user(name), name=name, channels=(CHANNEL,))
            phone.kept = kept
            phones.append(phone)
        cara, amina, ada, dev = phones
        cara.command("new meeting")
        cara.fill(
            {
                "When is it?": "30 March 6pm",
                "How can people join?": "Online",
                "What is the link to join?": "https://example.org/a",
            }
        )
        cara.press("Save this meeting")
        amina.say("meetings")
        amina.press(amina.buttons()[0])
        amina.command("feedback")
        amina.close()
        amina.say("The food is cold & late <every day>")
        amina.say("yes")
        amina.press("Show my feedback")
        amina.mention(CHANNEL, "meetings")
        amina.open()
        ada.command("settings")
        ada.say("help")
        dev.say("groups")
        dev.press("Join Ward group")
        dev.fill(
            {
                "What name would you like us to use?": "Dev",
                "Are you aged 16 or over?": True,
                "What brings you to this group?": "I am or was a patient",
                "Which language do you like to use?": "English",
                "Do you agree to the ground rules?": True,
            }
        )
        dev.say("help now")
        for name in ("Grace", "Hana", "Ivan"):
            in_teams = RecordingTeamsPhone(world.connector, f"{world.url}/teams/messages", name=name)
            in_teams.keep = lambda body: kept.append(Recorded(body, JSON, "teams"))
            if name == "Grace":
                world.coordinator(name, group, on="teams")
            in_teams.does_a_little_of_everything(coordinates=name == "Grace")
    return Recording(kept, folder)


@dataclass(frozen=True)
class Sending:
    """One request. ``right``: its signature is Slack's, or its token that of Teams. ``late``: it is old, or too early.

    ``wrong`` says which of the wrong tokens it has.
    """

    body: bytes
    content_type: str
    right: bool = True
    late: float = 0.0
    door: str = "slack"
    wrong: int = 0

    def on_the_wire(self, teams: TeamsSide) -> bytes:
        """All of it, as HTTP."""
        if self.door == "teams":
            good = self.right and not self.late
            return teams.on_the_wire(self.body, self.content_type, wrong=None if good else self.wrong)
        stamp = str(int(time.time() - self.late))
        secret = SECRET if self.right else "another"
        signed = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + self.body, hashlib.sha256).hexdigest()
        head = (
            f"POST /slack/events HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {self.content_type}\r\n"
            f"X-Slack-Request-Timestamp: {stamp}\r\nX-Slack-Signature: v0={signed}\r\n"
            f"Content-Length: {len(self.body)}\r\n\r\n"
        )
        return head.encode() + self.body

    def answered_rightly(self, status: int) -> bool:
        """Whether `status` is one that such a request may get."""
        if not self.right or self.late:
            return status in (401, 413)
        # A part of a request to Teams' door must agree with the token: where it is spoilt, that is no proof.
        return status in ((200, 400, 401, 413, 415, 501) if self.door == "teams" else (200, 400, 404, 413))


def request(number: int, recorded: Sequence[Recorded]) -> Sending:
    """The request of this number, always the same."""
    chance = random.Random(number)  # noqa: S311 (it must come out the same each time)
    door = chance.choice(("slack", "teams"))
    one = chance.choice([one for one in recorded if one.door == door])
    payload = _payload(one)
    kind = chance.random()
    if kind < 0.3:
        news = alive(payload, chance, number, said=SAID, values=VALUES) if one.door == "teams" else None
        return _sent(news or _alive(payload, chance, number), one)
    for _ in range(chance.randint(1, 3)):
        payload = _spoilt(payload, chance)
    whole = _sent(payload, one)
    if kind < 0.65:
        return whole
    if kind < 0.75:
        return replace(whole, body=_torn(whole.body, chance))
    if kind < 0.8:
        made_up = chance.randbytes(chance.randint(0, 400))
        return Sending(made_up, chance.choice((JSON, FORM, "text/plain", "x")), door=one.door)
    if kind < 0.85:
        other = JSON if one.content_type == FORM else FORM
        kinds = (other, "multipart/form-data; boundary=x", "application/json; charset=x")
        return replace(whole, content_type=chance.choice(kinds))
    if kind < 0.9:
        return replace(whole, late=chance.choice((-900.0, 900.0, 1e9)))
    return replace(whole, right=False, wrong=chance.randrange(1000))


def _payload(one: Recorded) -> Any:
    if one.content_type == JSON:
        return json.loads(one.body)
    form = dict(parse_qsl(one.body.decode(), keep_blank_values=True))
    return json.loads(form["payload"]) if "payload" in form else form


def _sent(payload: Any, one: Recorded) -> Sending:
    if one.content_type == JSON:
        return Sending(json.dumps(payload).encode(), JSON, door=one.door)
    if isinstance(payload, dict) and "command" in payload:
        return Sending(urlencode(payload, errors="replace").encode(), FORM)
    return Sending(urlencode({"payload": json.dumps(payload)}).encode(), FORM)


def _alive(payload: Any, chance: random.Random, number: int) -> Any:
    """`payload` as news: with ids of its own, saying, pressing or sending something else."""
    said = chance.choice((*SAID, *handlers.router.words))
    value = chance.choice(VALUES)
    for name in ("event_id", "trigger_id"):
        if name in payload:
            payload[name] = f"{name}.{number}"
    if "text" in payload.get("event", {}):
        payload["event"]["text"] = said
    if "command" in payload:
        payload["text"] = said
    for action in payload.get("actions", ()):
        if chance.random() < 0.8:
            action.update(action_id=f"{chance.choice(list(handlers.router.presses))}#0", value=value)
    if payload.get("type") == "view_submission":
        payload["view"]["id"] = f"V{number}"
        if chance.random() < 0.6:
            form = {"action": chance.choice(list(handlers.router.submissions)), "value": value}
            payload["view"]["private_metadata"] = json.dumps(form)
    return payload


def _spoilt(payload: Any, chance: random.Random) -> Any:
    """`payload` with one part somewhere in it taken out, put wrong, doubled or put elsewhere."""
    places = list(_places(payload))
    if not places:
        return payload
    holder, key = chance.choice(places)
    what = chance.randrange(5)
    if what == 0 and isinstance(holder, dict):
        del holder[key]
    elif what == 1:
        holder[key] = chance.choice((list, dict.fromkeys))([holder[key]] if isinstance(holder[key], str) else "ab")
    elif what == 2 and isinstance(holder[key], str) and holder[key]:
        at = chance.randrange(len(holder[key]))
        holder[key] = holder[key][:at] + str(chance.choice(ODD)) + holder[key][at + chance.randrange(2) :]
    elif what == 3:
        other, there = chance.choice(places)
        holder[key] = deepcopy(other[there])
    else:
        holder[key] = deepcopy(chance.choice(ODD))
    return payload


def _places(part: Any) -> Iterator[tuple[Any, Any]]:
    for key in list(part) if isinstance(part, dict) else range(len(part)):
        yield part, key
        if isinstance(part[key], dict | list):
            yield from _places(part[key])


def _torn(body: bytes, chance: random.Random) -> bytes:
    """`body` with some of its bytes lost, doubled or changed."""
    torn = bytearray(body)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(torn) + 1)
        torn[at : at + chance.randrange(3)] = chance.randbytes(chance.randrange(3))
    return bytes(torn[: chance.randint(1, len(torn))] if chance.random() < 0.3 and torn else torn)


@dataclass
class Outcome:
    """What came of it. ``memory`` holds megabytes resident at the end of each round."""

    statuses: Counter[int] = field(default_factory=Counter)
    doors: Counter[tuple[str, int]] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    seconds: float = 0.0
    number: int = 0

    @property
    def grown(self) -> float:
        """Megabytes by which memory grew after the first rounds, in which caches fill."""
        settled = self.memory[min(2, len(self.memory) - 1)]
        return max(self.memory[-3:]) - settled


class Errors(logging.Handler):
    """Keeps what is logged as an error."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(logging.ERROR)
        self._outcome = outcome

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one."""
        self._outcome.wrong.append(f"about {self._outcome.number} it was logged: {record.getMessage()}")


def fuzz(recorded: Recording, *, first: int, most: int, told: bool = False) -> Outcome:
    """Send the requests of these numbers to a program on the recorded database. ``told``: say how it goes."""
    outcome = Outcome()
    errors = Errors(outcome)
    logging.getLogger().addHandler(errors)
    try:
        asyncio.run(_fuzz(recorded, range(first, first + most), outcome, told=told))
    finally:
        logging.getLogger().removeHandler(errors)
    return outcome


async def _fuzz(recorded: Recording, numbers: range, outcome: Outcome, *, told: bool) -> None:
    began = time.perf_counter()
    database = open_database(f"sqlite:///{_fresh(recorded.folder)}", [KEY])
    # The disk's own pace is not what is looked at.
    event.listen(database.engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
    clock = Now()
    clock.move_to(TUESDAY)
    theirs = web.Application()
    theirs.add_routes([web.post("/{method}", _agree)])
    in_teams = TeamsSide()
    theirs.add_routes(in_teams.routes())
    their_side = web.AppRunner(theirs, access_log=None, shutdown_timeout=1.0)
    app = App(database, clock, keys=[KEY], admins=frozenset(), var=recorded.folder)
    in_teams.url = f"http://127.0.0.1:{await _serve(their_side)}/"
    slack = Slack(
        token_for=lambda team: TOKEN if team == TEAM else None,
        signing_secret=SECRET,
        receive=app.receive,
        api_url=in_teams.url,
    )
    await slack.start()
    teams = Teams(
        app_id=APP_ID,
        password=PASSWORD,
        tenant=TENANT,
        receive=app.receive,
        references=Known(database, app.threads),
        openid_url=f"{in_teams.url}openid",
        token_url=f"{in_teams.url}token",
        link_for=app.links.to,
    )
    await teams.start()
    routes = [*slack.routes(), *teams.routes()]
    runner = web.AppRunner(app.web(routes), access_log=None, shutdown_timeout=1.0)
    port = await _serve(runner)
    for start in range(0, len(numbers), ROUND):
        if start:
            database.close()
            _fresh(recorded.folder)
        in_teams.sign_anew()
        waiting = iter(numbers[start : start + ROUND])
        await asyncio.gather(*(_line(port, waiting, recorded.sent, outcome, in_teams) for _ in range(LINES)))
        outcome.memory.append(_resident())
        outcome.seconds = time.perf_counter() - began
        if told:
            done = sum(outcome.statuses.values())
            click.echo(f"{done:,} sent, {done / outcome.seconds:.0f} a second, {outcome.memory[-1]:.0f} MB")
        if outcome.wrong:
            break
    await slack.close()
    await teams.close()
    await runner.cleanup()
    await their_side.cleanup()
    app.close()


async def _serve(runner: web.AppRunner) -> int:
    """Serve on loopback. Returns the port."""
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port: int = runner.addresses[0][1]
    return port


async def _agree(_: web.Request) -> web.Response:
    return web.json_response(AGREES)


def _fresh(folder: Path) -> Path:
    """The database as it was recorded, in the place of the one in use. Nothing may have it open."""
    used = folder / "fuzzed.db"
    for file in folder.glob("fuzzed.db*"):
        file.unlink()
    shutil.copy(folder / "world.db", used)
    return used


async def _line(
    port: int, numbers: Iterator[int], recorded: Sequence[Recorded], outcome: Outcome, in_teams: TeamsSide
) -> None:
    """One connection after the other, each for as long as the program keeps it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for number in numbers:
        sending = request(number, recorded)
        writer.write(sending.on_the_wire(in_teams))
        try:
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), LONGEST)
        except TimeoutError:
            outcome.wrong.append(f"{number} got no answer: {sending.body[:300]!r}")
            break
        status = int(head.split(b" ", 2)[1])
        fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:] if b": " in line)
        body = await reader.readexactly(int(fields.get(b"content-length", b"0")))
        outcome.statuses[status] += 1
        outcome.number = number
        outcome.doors[sending.door, status] += 1
        if not sending.answered_rightly(status) or b"Traceback" in body:
            outcome.wrong.append(f"{number} got {status}: {sending.body[:300]!r}")
        if fields.get(b"connection") == b"close":
            writer.close()
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.close()


def _resident() -> float:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


@click.command()
@click.option("--first", default=0, show_default=True, help="The number of the first request.")
@click.option("--most", default=1_000_000, show_default=True, help="How many requests to send.")
def main(first: int, most: int) -> None:
    """Send requests of every kind to the program, and say how it fared."""
    with tempfile.TemporaryDirectory() as name:
        folder, loop = Path(name), Loop()
        recorded = record(folder, loop, Template(folder))
        loop.close()
        outcome = fuzz(recorded, first=first, most=most, told=True)
    click.echo(f"Answers: {dict(sorted(outcome.doors.items()))}. Memory grew by {outcome.grown:.0f} MB.")
    if outcome.grown > GROWTH:
        outcome.wrong.append(f"Memory may grow by {GROWTH} MB.")
    if outcome.wrong:
        sys.exit("\n".join(outcome.wrong[:20]))


if __name__ == "__main__":
    main()
