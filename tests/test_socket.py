"""Socket Mode: acknowledged after the work, and heard again after every way in which a connection can end."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.answered import Answered
from bot.settings import WrongSettings, read_settings
from bot.slack.connect import Slack
from handlers.chat import Event, Said
from tests.fake_slack import APP_TOKEN, TEAM, TOKEN, Disturbance, FakeSlack
from tests.program import Program as Running
from tests.slack_phone import SlackPhone
from tests.world import Loop, Template, World

SILENCE = 0.6
AT_MOST = 10.0


def wait_until(true: Callable[[], object]) -> None:
    end = time.monotonic() + AT_MOST
    while not true():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.01)


class Program:
    """The Slack part of the program on Socket Mode, with a `receive` that notes what it is given."""

    def __init__(self, slack: FakeSlack, loop: Loop) -> None:
        self.events: list[Event] = []
        self.answer: Callable[[Event], Answered] = lambda event: Answered()
        self.may_go_on = threading.Event()
        self.may_go_on.set()
        self.loop = loop
        self.slack = Slack(
            token_for=lambda team: TOKEN if team == TEAM else None,
            app_token=APP_TOKEN,
            silence=SILENCE,
            receive=self._receive,
            api_url=slack.url,
            timeout=0.5,
        )
        self._listening = self.slack.listening()

    async def _receive(self, event: Event) -> Answered:
        await asyncio.to_thread(self.may_go_on.wait, AT_MOST)
        self.events.append(event)
        return self.answer(event)

    @property
    def heard(self) -> list[str]:
        return [event.what.text for event in self.events if isinstance(event.what, Said)]

    async def open(self) -> None:
        await self.slack.start()
        await self._listening.__aenter__()

    async def close(self) -> None:
        await self._listening.__aexit__(None, None, None)
        await self.slack.close()


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack() as slack:
        slack.socket.patience = 0.5
        yield slack


@pytest.fixture
def program(slack: FakeSlack, loop: Loop) -> Iterator[Program]:
    program = Program(slack, loop)
    loop.run(program.open())
    yield program
    loop.run(program.close())


@pytest.fixture
def ada(slack: FakeSlack, program: Program) -> SlackPhone:
    wait_until(lambda: slack.socket.links and not program.slack.wrong)
    return SlackPhone(slack, "", user="U0ADA", name="ada", channels=("C0GROUP",), socket=True)


def in_background(work: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


def test_what_needs_no_address_serves_none(program: Program, ada: SlackPhone) -> None:
    assert program.slack.routes() == []
    ada.say("help")
    assert program.heard == ["help"]


def test_an_envelope_is_acknowledged_when_its_work_is_done_and_not_before(
    slack: FakeSlack, program: Program, ada: SlackPhone
) -> None:
    slack.socket.patience = AT_MOST
    program.may_go_on.clear()
    saying = in_background(lambda: ada.say("help"))
    time.sleep(0.2)
    assert not slack.socket.acks
    program.may_go_on.set()
    saying.join(AT_MOST)
    assert slack.socket.acks.total() == 1


def test_the_answer_to_a_command_goes_back_with_the_acknowledgement(
    program: Program, ada: SlackPhone, slack: FakeSlack
) -> None:
    program.answer = lambda event: Answered(aside="Only for you <3")
    ada.command("help")
    assert slack.messages[-1]["ephemeral_to"] == "U0ADA"
    assert slack.messages[-1]["text"] == "Only for you &lt;3"


def test_what_was_not_kept_is_delivered_again(program: Program, ada: SlackPhone, slack: FakeSlack) -> None:
    program.answer = lambda event: Answered(failed=len(program.events) < 2)
    ada.say("help")
    assert program.heard == ["help", "help"]
    assert slack.socket.acks.total() == 1
    assert len({event.id for event in program.events}) == 1


def test_a_new_connection_stands_before_the_old_one_closes(program: Program, ada: SlackPhone, slack: FakeSlack) -> None:
    slack.socket.patience = AT_MOST
    program.may_go_on.clear()
    saying = in_background(lambda: ada.say("on the old one"))
    wait_until(lambda: slack.socket.tries)
    (old,) = slack.socket.links
    slack.socket.ask_to_leave("refresh_requested")
    wait_until(lambda: slack.socket.opened == 2)
    assert not program.slack.wrong
    program.may_go_on.set()
    saying.join(AT_MOST)
    wait_until(lambda: old not in slack.socket.links)
    assert slack.socket.most_at_once == 2
    assert slack.socket.acks.total() == 1
    ada.say("on the new one")
    assert program.heard == ["on the old one", "on the new one"]
    assert slack.socket.tries.total() == 2


@pytest.mark.parametrize("how", ["break_off", "closed", "link_disabled"])
def test_after_a_connection_ends_another_is_opened(
    how: str, program: Program, ada: SlackPhone, slack: FakeSlack
) -> None:
    if how == "break_off":
        slack.socket.break_off()
    else:
        slack.socket.ask_to_leave("warning" if how == "closed" else how, close=True)
    wait_until(lambda: slack.socket.opened == 2 and not program.slack.wrong)
    ada.say("still here")
    assert program.heard == ["still here"]


def test_a_deaf_connection_is_noticed_and_what_it_swallowed_comes_again(
    program: Program, ada: SlackPhone, slack: FakeSlack
) -> None:
    slack.socket.go_deaf()
    ada.say("can you hear me")
    assert program.heard == ["can you hear me"]
    assert slack.socket.opened == 2
    assert slack.socket.tries.total() > 1


def test_a_quiet_connection_is_left_alone(program: Program, ada: SlackPhone, slack: FakeSlack) -> None:
    time.sleep(3 * SILENCE)
    ada.say("help")
    assert slack.socket.opened == 1


def test_rubbish_does_not_end_a_connection(program: Program, ada: SlackPhone, slack: FakeSlack) -> None:
    for text in ("", "{", "[" * 100_000, "null", '{"envelope_id": 1, "payload": {}}', '{"type": "hello"}'):
        slack.socket.send(text)
    slack.socket.send(json.dumps({"envelope_id": "x", "type": "events_api", "payload": {"type": "event_callback"}}))
    ada.say("help")
    assert program.heard == ["help"]
    assert slack.socket.opened == 1
    assert slack.socket.acks["x"] == 0


def test_without_a_hello_it_tries_again(slack: FakeSlack, loop: Loop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.slack.connect.socket.HELLO", 0.2)
    slack.socket.mute = True
    program = Program(slack, loop)
    loop.run(program.open())
    wait_until(lambda: slack.socket.opened >= 2)
    assert "no_hello" in program.slack.wrong
    slack.socket.mute = False
    wait_until(lambda: not program.slack.wrong)
    loop.run(program.close())


def test_the_pauses_keep_to_what_slack_asks_for(slack: FakeSlack, loop: Loop) -> None:
    slack.disturb("apps.connections.open", Disturbance(status=429, error="ratelimited", retry_after=1))
    began = time.monotonic()
    program = Program(slack, loop)
    loop.run(program.open())
    wait_until(lambda: "ratelimited" in program.slack.wrong)
    wait_until(lambda: not program.slack.wrong)
    assert time.monotonic() - began >= 1
    loop.run(program.close())


# With the whole program behind it


@pytest.fixture
def world(tmp_path: Path, loop: Loop, template: Template) -> Iterator[World]:
    with World(tmp_path, loop, template, platform="slacksocket") as world:
        yield world


def _fake(world: World) -> FakeSlack:
    assert world.slack_server is not None
    return world.slack_server


def test_two_copies_at_once_are_answered_once(world: World) -> None:
    amina = world.member("Amina", world.group("Volunteers"))
    _fake(world).socket.twice = True
    before = len(amina.messages())
    amina.say("feedback The room was cold")
    acks = _fake(world).socket.acks
    # More than two where a busy machine let the fake lose its patience, and send the two again.
    assert acks.total() >= 2
    assert set(acks.values()) == {1}
    assert len(amina.messages()) == before + 1


def test_what_comes_late_or_out_of_order_is_answered_once_each(world: World) -> None:
    amina = world.member("Amina", world.group("Volunteers"))
    socket = _fake(world).socket
    first, second = ({"text": text, "event_id": f"EvLATE{text}"} for text in ("groups", "meetings"))
    for one in (second, first, second, first):
        event = {"type": "message", "channel_type": "im", "channel": "D0AMINA", "user": "U0AMINA", "ts": "1.0"}
        payload = {"type": "event_callback", "team_id": TEAM, "event_id": one["event_id"]}
        status, _ = socket.deliver("events_api", {**payload, "event": {**event, "text": one["text"]}})
        assert status == 200
    assert len(amina.messages()) == 2


def test_health_says_when_slack_is_not_connected(world: World) -> None:
    def wrong() -> list[str]:
        return world.loop.run(world.app.ready())

    wait_until(lambda: not wrong())
    _fake(world).disturb("apps.connections.open", *[Disturbance(error="invalid_auth")] * 3)
    _fake(world).socket.break_off()
    wait_until(lambda: wrong() == ["Slack is not connected: invalid_auth"])


def test_the_program_serves_with_a_bot_token_and_an_app_token_alone(
    tmp_path: Path, slack: FakeSlack, template: Template
) -> None:
    template.copy(tmp_path / "pag.db").close()
    with Running(tmp_path, slack, SLACK_SIGNING_SECRET="", SLACK_APP_TOKEN=APP_TOKEN) as program:
        amina = SlackPhone(slack, "", user="U0AMINA", name="Amina", socket=True)
        amina.say("help now")
        wait_until(lambda: "01632 960100" in amina.screen())
        assert program.get("/slack/events")[0] == 404
        assert program.stop() == 0


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"SLACK_BOT_TOKEN": TOKEN}, "goes together with"),
        ({"SLACK_APP_TOKEN": APP_TOKEN}, "goes together with"),
        ({"SLACK_BOT_TOKEN": TOKEN, "SLACK_APP_TOKEN": "xoxb-1"}, "begins with xapp-"),
    ],
)
def test_tokens_that_do_not_fit_together_are_named(
    given: dict[str, str], wrong: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(WrongSettings, match=wrong):
        read_settings()
