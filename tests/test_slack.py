"""Slack: translation both ways, the front door, and the wire against a Slack of our own."""

from __future__ import annotations

import asyncio
import html
import json
import logging
import socket
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import replace
from typing import Any, TypeVar
from urllib.parse import urlencode

import pytest
from aiohttp import web
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.answered import Answered
from bot.frontdoor import LARGEST
from bot.platform import Address, Platform, Undeliverable
from bot.slack import frontdoor
from bot.slack.connect import Slack
from bot.slack.outcomes import outcome
from bot.slack.translate import blocks, modals
from bot.slack.translate.payloads import Malformed, understand
from handlers.chat import (
    Account,
    Answer,
    Attachment,
    Button,
    Card,
    Event,
    Field,
    Form,
    Opened,
    Option,
    Picture,
    Pressed,
    Said,
    Submitted,
)
from handlers.texts import surfaces
from tests.fake_slack import SECRET, TEAM, TOKEN, Disturbance, FakeSlack
from tests.slack_limits import Json, faults_of_message, faults_of_view
from tests.slack_phone import SlackPhone, post

CARD = Card(
    title="Your group meets soon",
    text="We meet on Tuesday 8 December 2026.\n\nPlease bring:\n- a pen\n- your ideas",
    facts=(("When", "6pm to 7:30pm"), ("Where", "online")),
    buttons=(
        Button("Yes, I am coming", "rsvp.answer", "12 yes", style="primary"),
        Button("No, I am not coming", "rsvp.answer", "12 no"),
    ),
    note="You can change your answer later.",
)

FORM = Form(
    action="joining.ask",
    value="3",
    title="Join a group",
    intro="A person reads what you send.",
    fields=(
        Field("name", "What should we call you?", longest=60),
        Field("old_enough", "Are you aged 16 or over?", "yes_no"),
        Field("who", "You are", "choice", options=(Option("patient", "A patient"), Option("carer", "A carer"))),
        Field("about", "Anything else?", "text", required=False, hint="You do not need to tell us."),
        Field("topic", "Which topic?", "choice", options=(Option("a", "A"),), narrows=True),
        Field(
            "support",
            "What would help you take part?",
            "choices",
            options=tuple(Option(f"code_{n}", f"Help {n}", group=f"Kind {n // 9}") for n in range(30)),
            required=False,
            initial=("code_3",),
        ),
    ),
)

T = TypeVar("T")

THE_SUPPORT = "What would help you take part?"


class Program:
    """The Slack part of the program, serving on loopback, with a `receive` that only notes what it is given."""

    def __init__(self, slack: FakeSlack, *, timeout: float = 5.0) -> None:
        self.events: list[Event] = []
        self.answer: Callable[[Event], Answered] = lambda event: Answered()
        self.slack = Slack(
            token_for=lambda team: TOKEN if team in ("", TEAM) else None,
            signing_secret=SECRET,
            receive=self._receive,
            api_url=slack.url,
            timeout=timeout,
        )
        self.url = ""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    async def _receive(self, event: Event) -> Answered:
        self.events.append(event)
        return self.answer(event)

    def __enter__(self) -> Program:
        self._thread.start()
        self.run(self._serve())
        return self

    def __exit__(self, *_: object) -> None:
        self.run(self._runner.cleanup())
        self.run(self.slack.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(20)
        self._loop.close()

    async def _serve(self) -> None:
        await self.slack.start()
        app = web.Application()
        app.add_routes(self.slack.routes())
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/slack/events"

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack() as slack:
        yield slack


@pytest.fixture
def program(slack: FakeSlack) -> Iterator[Program]:
    with Program(slack) as program:
        yield program


@pytest.fixture
def ada(slack: FakeSlack, program: Program) -> SlackPhone:
    return SlackPhone(slack, program.url, user="U0ADA", name="ada", channels=("C0GROUP",))


def address(phone: SlackPhone, *, conversation: str = "") -> Address:
    return Address("slack", TEAM, phone.user, conversation)


# Cards


def test_a_card_says_all_of_itself_in_its_text() -> None:
    said = blocks.message(CARD)
    assert said["text"] == (
        "Your group meets soon\n\nWe meet on Tuesday 8 December 2026.\n\nPlease bring:\n- a pen\n- your ideas\n\n"
        "When: 6pm to 7:30pm\nWhere: online\n\n1. Yes, I am coming\n2. No, I am not coming\n\n"
        "You can change your answer later."
    )
    kinds = [block["type"] for block in said["blocks"]]
    assert kinds == ["header", "section", "rich_text", "actions", "context"]


words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=120).filter(
    lambda text: bool(text.strip())
)
lines = st.one_of(words, st.sampled_from(["<!channel> *bold* :smile: <@U1>", "https://x.test/a|b", "word " * 800]))
cards = st.builds(
    Card,
    title=lines,
    text=st.one_of(
        st.just(""), st.lists(lines, max_size=6).map("\n\n".join), words.map(lambda line: (line * 20_000)[:20_000])
    ),
    facts=st.lists(st.tuples(lines, st.one_of(st.just(""), lines)), max_size=30).map(tuple),
    buttons=st.lists(
        st.builds(
            Button,
            label=words,
            action=st.sampled_from(["rsvp.answer", "groups.join"]),
            value=st.text(max_size=50),
            style=st.sampled_from(["", "primary", "danger"]),
        ),
        max_size=25,
    ).map(tuple),
    note=st.one_of(st.just(""), lines),
)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(cards)
def test_any_card_is_a_message_that_slack_takes(card: Card) -> None:
    said = blocks.message(card)
    assert faults_of_message(said["text"], said["blocks"]) == []
    assert "<" not in said["text"]


@settings(deadline=None, max_examples=60)
@given(words)
def test_what_people_type_shows_as_they_typed_it(typed: str) -> None:
    said = blocks.message(Card(title="Saved", text=typed, facts=(("You said", typed),), note=typed))
    shown = json.dumps(said["blocks"], ensure_ascii=False)
    assert '"mrkdwn"' not in shown
    assert '"link"' not in shown
    assert '"emoji": true' not in shown
    assert typed.strip() in html.unescape(said["text"])


def test_a_card_that_slack_cannot_hold_is_a_mistake(program: Program, ada: SlackPhone) -> None:
    too_much = Card("Too much", buttons=(Button("Go on", "x", "v" * 2001),))
    with pytest.raises(Undeliverable) as why:
        program.run(program.slack.send(address(ada), too_much, letter="1"))
    assert (why.value.kind, why.value.code) == ("mistake", "card_too_large")


def test_a_text_that_is_too_long_says_so() -> None:
    said = blocks.message(replace(CARD, text="A sentence. " * 2000))
    assert surfaces.TOO_LONG in json.dumps(said["blocks"])
    assert said["blocks"][-2]["type"] == "actions"


# Forms


options = st.lists(
    st.builds(Option, value=st.text("abc_019", min_size=1, max_size=60), label=words, group=st.sampled_from(["", "G"])),
    min_size=1,
    max_size=230,
    unique_by=lambda option: option.value,
).map(tuple)
fields = st.builds(
    Field,
    name=st.text("abcdef_", min_size=1, max_size=30),
    label=words,
    kind=st.sampled_from(["line", "text", "choice", "choices", "yes_no"]),
    options=options,
    required=st.booleans(),
    hint=st.one_of(st.just(""), words),
    initial=st.one_of(st.just(""), words),
    longest=st.integers(1, 5000),
    narrows=st.booleans(),
)
whole_forms = st.builds(
    Form,
    action=st.just("a.b"),
    value=words,
    title=words.map(lambda title: title[:24]).filter(lambda title: bool(title.strip())),
    fields=st.lists(fields, max_size=8, unique_by=lambda field: field.name).map(tuple),
    intro=st.one_of(st.just(""), words),
    submit=words,
)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(whole_forms, st.data())
def test_any_form_is_a_modal_that_slack_takes_and_brings_its_answers_back(form: Form, data: st.DataObject) -> None:
    view = modals.modal(form)
    assert faults_of_view(view) == []
    assert modals.subject(view["private_metadata"]) == (form.action, form.value)
    asked = [field for field in form.fields if not field.narrows]
    expected: dict[str, Answer] = {field.name: _some_answer(field, data) for field in asked}
    state = {modals.FIELD_MARK + name: {modals.ANSWER: _as_slack_sends(answer)} for name, answer in expected.items()}
    assert modals.answers(state) == {name: answer for name, answer in expected.items() if answer}


def _some_answer(field: Field, data: st.DataObject) -> Answer:
    match field.kind:
        case "line" | "text":
            return data.draw(st.one_of(st.just(""), words))
        case "yes_no":
            return data.draw(st.sampled_from(["", "yes", "no"]))
        case "choice":
            return data.draw(st.sampled_from(["", *(option.value for option in field.options)]))
        case "choices":
            return tuple(option.value for option in field.options if data.draw(st.booleans()))


def _as_slack_sends(answer: Answer) -> Json:
    if isinstance(answer, tuple):
        return {"type": "checkboxes", "selected_options": [{"value": value} for value in answer]}
    return {"type": "plain_text_input", "value": answer or None}


def test_errors_about_no_field_of_the_modal_stand_beside_the_first() -> None:
    there = ("intro", "field:name", "field:about")
    assert modals.errors({"about": "Too long.", "topic": "Pick one."}, there) == {
        "field:about": "Too long.",
        "field:name": "Pick one.",
    }
    assert modals.errors({"topic": "Pick one."}, ()) == {}


# Payloads


def test_words_in_a_direct_message(program: Program, ada: SlackPhone) -> None:
    ada.say("feedback <b> & *more* :smile:")
    [event] = program.events
    assert event.account == Account("slack", TEAM, "U0ADA")
    assert (event.what, event.place, event.shows_forms) == (Said("feedback <b> & *more* :smile:"), "direct", False)


def test_links_and_mentions_come_as_they_were_typed() -> None:
    typed = (
        "see <https://a.test/x?a=1&amp;b=2|a.test> <https://b.test> <mailto:a@b.test|a@b.test> <@U1|ada> <#C1|group>"
    )
    assert _heard_words(typed) == "see a.test https://b.test a@b.test @ada #group"
    assert _heard_words("hello <!here> 1 &lt; 2") == "hello @here 1 < 2"


def _heard_words(text: str) -> str:
    heard = understand(_message(text=text))
    assert heard
    assert heard.event
    assert isinstance(heard.event.what, Said)
    return heard.event.what.text


def _message(**more: object) -> Json:
    event = {
        "type": "message",
        "channel_type": "im",
        "channel": "D1",
        "user": "U1",
        "text": "hello",
        "ts": "1.1",
        **more,
    }
    known = [{"team_id": TEAM, "user_id": "U0BOT"}]
    return {"type": "event_callback", "team_id": TEAM, "event_id": "Ev1", "authorizations": known, "event": event}


@pytest.mark.parametrize(
    "more",
    [
        {"subtype": "message_changed"},
        {"subtype": "channel_join"},
        {"bot_id": "B1"},
        {"user": "U0BOT"},
        {"user": "USLACKBOT"},
        {"user": None},
        {"edited": {"ts": "1.2"}},
        {"channel_type": "channel"},
        {"type": "reaction_added"},
    ],
)
def test_what_no_person_says_to_us_is_only_acknowledged(more: dict[str, object]) -> None:
    heard = understand(_message(**more))
    assert heard
    assert heard.event is None


def test_a_mention_in_a_channel_is_taken_off(program: Program, ada: SlackPhone) -> None:
    program.answer = lambda event: Answered(aside="Please write to me in a direct message.")
    ada.mention("C0GROUP", "meetings")
    [event] = program.events
    assert (event.what, event.place) == (Said("meetings"), "channel")
    assert ada.channel("C0GROUP").endswith("Please write to me in a direct message.")
    assert "direct message" not in SlackPhone(ada.slack, program.url, user="U0BOB", channels=("C0GROUP",)).channel(
        "C0GROUP"
    )


def test_opening_the_direct_message_is_news_once(program: Program, ada: SlackPhone) -> None:
    ada.open()
    ada.open()
    first, second = program.events
    assert first.what == Opened()
    assert first.id == second.id


def test_a_command_is_private_and_may_open_a_form(program: Program, ada: SlackPhone) -> None:
    program.answer = lambda event: Answered(form=FORM)
    ada.command("join payload group", channel="C0GROUP")
    [event] = program.events
    assert (event.what, event.place, event.shows_forms) == (Said("join payload group"), "command", True)
    assert event.name == "ada"
    assert "A person reads what you send." in ada.form()
    assert "Which topic?" not in ada.form()


def test_an_aside_is_shown_to_whoever_typed_the_command_alone(program: Program, ada: SlackPhone) -> None:
    program.answer = lambda event: Answered(aside="I have sent you a direct message.")
    ada.command("help", channel="C0GROUP")
    assert ada.channel("C0GROUP") == "I have sent you a direct message."


def test_a_form_goes_back_and_forth(program: Program, ada: SlackPhone) -> None:
    program.answer = lambda event: Answered(form=FORM)
    ada.command("join")
    with pytest.raises(AssertionError, match="You are"):
        ada.fill(what_should_we_call_you="Ada", are_you_aged_16_or_over=True)
    program.answer = lambda event: Answered(errors={"name": "Please give a name.", "topic": "Pick one."})
    ada.fill({"You are": "A carer", THE_SUPPORT: ["Help 3", "Help 20"]})
    assert ada.errors == {"What should we call you?": "Please give a name. Pick one."}
    program.answer = lambda event: Answered()
    ada.fill({"What should we call you?": "Ada L"})
    assert ada.errors == {}
    assert ada.form() == ""
    _, refused, taken = program.events
    assert refused.id != taken.id
    answers: dict[str, Answer] = {
        "name": "Ada L",
        "old_enough": "yes",
        "who": "carer",
        "support": ("code_3", "code_20"),
    }
    assert taken.what == Submitted("joining.ask", "3", answers)


def test_a_form_may_follow_a_form(program: Program, ada: SlackPhone) -> None:
    program.answer = lambda event: Answered(form=replace(FORM, title="First"))
    ada.command("join")
    program.answer = lambda event: Answered(form=replace(FORM, title="Second", fields=FORM.fields[:1]))
    ada.fill({"What should we call you?": "Ada", "Are you aged 16 or over?": "Yes", "You are": "A carer"})
    assert ada.form().startswith("Second")


def test_a_form_that_does_not_open_says_so(program: Program, ada: SlackPhone, slack: FakeSlack) -> None:
    program.answer = lambda event: Answered(form=FORM)
    slack.disturb("views.open", Disturbance(error="expired_trigger_id"))
    ada.command("join")
    assert ada.last() == "The form did not open. Please try again."


def test_a_button_brings_its_action_and_the_message_it_stands_in(program: Program, ada: SlackPhone) -> None:
    sent = program.run(program.slack.send(address(ada), CARD, letter="L1"))
    ada.press("No, I am not coming")
    [event] = program.events
    assert event.what == Pressed("rsvp.answer", "12 no", sent.message)
    assert (event.place, event.shows_forms) == ("direct", True)


def test_a_button_in_a_channel_replaces_nothing(program: Program, ada: SlackPhone) -> None:
    program.run(program.slack.send(Address("slack", TEAM, "", "C0GROUP"), CARD, letter="L1"))
    ada.press("Yes, I am coming")
    assert program.events[0].what == Pressed("rsvp.answer", "12 yes", "")


def test_an_event_that_was_not_kept_is_asked_for_again(program: Program, ada: SlackPhone) -> None:
    program.answer = lambda event: Answered(failed=True)
    with pytest.raises(AssertionError, match="503"):
        ada.say("hello")
    program.answer = lambda event: Answered()
    body = json.dumps(_message()).encode()
    for _ in range(2):
        assert post(program.url, body, secret=SECRET, content_type="application/json")[0] == 200
    assert len({event.id for event in program.events[1:]}) == 1


def test_a_mistake_of_ours_is_asked_for_again_and_says_nothing(
    program: Program, ada: SlackPhone, caplog: pytest.LogCaptureFixture
) -> None:
    def mistake(event: Event) -> Answered:
        raise ValueError(event.what)

    program.answer = mistake
    with pytest.raises(AssertionError, match="500"):
        ada.say("my marked words")
    assert "ValueError" in caplog.text
    assert "marked" not in caplog.text


def test_help_now_is_sent_without_the_outbox(program: Program, ada: SlackPhone, slack: FakeSlack) -> None:
    program.answer = lambda event: Answered(failed=True, at_once=Card("Whom to call", "Call 111."))
    ada.say("help now")
    assert ada.last() == "Whom to call\nCall 111."
    slack.disturb("chat.postMessage", Disturbance(error="ratelimited"))
    with pytest.raises(AssertionError, match="503"):
        ada.say("help now")


# The front door


def test_the_address_is_verified(program: Program) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "abc", "token": "x"}).encode()
    assert post(program.url, body, secret=SECRET, content_type="application/json") == (200, '{"challenge": "abc"}')


def test_who_is_not_slack_stays_outside(program: Program) -> None:
    body = json.dumps(_message()).encode()
    assert post(program.url, body, secret="wrong", content_type="application/json")[0] == 401
    late = time.time() - frontdoor.WINDOW - 5
    assert post(program.url, body, secret=SECRET, content_type="application/json", at=late)[0] == 401
    large = b'{"a": "' + b"x" * LARGEST + b'"}'
    assert post(program.url, large, secret=SECRET, content_type="application/json")[0] == 413
    assert program.events == []


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"{" * 5000, "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'{"a":' + b"9" * 5000 + b"}", "application/json", 400),
        (b"\xff\xfe", "application/x-www-form-urlencoded", 400),
        (b"payload=nothing", "application/x-www-form-urlencoded", 400),
        (b"payload=%5B%5D", "application/x-www-form-urlencoded", 400),
        (b"&".join(b"a=1" for _ in range(200)), "application/x-www-form-urlencoded", 400),
        (b'{"type": "event_callback"}', "application/json", 400),
        (b'{"type": "view_submission", "view": {}}', "application/json", 400),
        (b'{"type": "block_actions", "actions": []}', "application/json", 400),
        (b'{"type": "dialog_submission"}', "application/json", 404),
        (b"a=b", "application/x-www-form-urlencoded", 404),
    ],
)
def test_what_slack_never_sends_is_refused(program: Program, body: bytes, content_type: str, status: int) -> None:
    assert post(program.url, body, secret=SECRET, content_type=content_type)[0] == status


def _samples() -> list[Json]:
    user = {"id": "U1", "name": "ada", "team_id": TEAM}
    shared: Json = {"user": user, "team": {"id": TEAM}, "trigger_id": "1.2.3"}
    button = {"type": "button", "action_id": "a.b#0", "value": "1", "action_ts": "1.0", "block_id": "b"}
    container = {"type": "message", "message_ts": "1.1", "channel_id": "D1"}
    state = {"values": {"field:name": {"answer": {"type": "plain_text_input", "value": "Ada"}}}}
    private = json.dumps({"action": "a.b", "value": ""})
    view = {"id": "V1", "hash": "h", "callback_id": "form", "private_metadata": private, "state": state, "blocks": []}
    return [
        _message(),
        _message(type="app_mention", text="<@U0BOT> hi"),
        {**shared, "type": "block_actions", "actions": [button], "container": container, "channel": {"id": "D1"}},
        {**shared, "type": "view_submission", "view": view},
        {**shared, "type": "shortcut", "callback_id": "help"},
        {
            "command": "/pag",
            "text": "help",
            "team_id": TEAM,
            "user_id": "U1",
            "trigger_id": "1.2.3",
            "channel_id": "D1",
        },
    ]


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=6,
)


@st.composite
def spoilt(draw: st.DrawFn) -> Json:
    """A payload of Slack's with one part taken out or put wrong."""
    payload: Any = json.loads(json.dumps(draw(st.sampled_from(_samples()))))
    part: Any = payload
    while True:
        key = draw(st.sampled_from(sorted(part) if isinstance(part, dict) else range(len(part))))
        inner = part[key]
        if isinstance(inner, dict | list) and inner and draw(st.booleans()):
            part = inner
            continue
        if draw(st.booleans()) and isinstance(part, dict):
            del part[key]
        else:
            part[key] = draw(junk)
        return payload  # type: ignore[no-any-return]


def test_bad_input_gets_a_plain_answer(program: Program, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)

    @settings(deadline=None, max_examples=150)
    @given(st.one_of(spoilt().map(json.dumps).map(str.encode), st.binary(max_size=200)), st.booleans())
    def try_it(body: bytes, as_form: bool) -> None:
        kind = "application/x-www-form-urlencoded" if as_form else "application/json"
        sent = urlencode({"payload": body}).encode() if as_form else body
        status, answer = post(program.url, sent, secret=SECRET, content_type=kind)
        assert status in (200, 400, 404), status
        assert "Traceback" not in answer

    try_it()
    assert caplog.records == []


@settings(deadline=None, max_examples=300)
@given(spoilt())
def test_a_spoilt_payload_is_understood_or_malformed(payload: Json) -> None:
    try:
        heard = understand(payload)
    except Malformed:
        return
    if heard and heard.event:
        assert heard.event.id
        assert heard.event.account.user


def test_texts_no_database_holds_are_mended() -> None:
    assert _heard_words("a\0b\ud800c") == "ab?c"


def test_a_press_without_a_trigger_is_still_told_from_others() -> None:
    press = {name: value for name, value in _samples()[2].items() if name != "trigger_id"}
    heard = understand(press)
    assert heard
    assert heard.event
    assert heard.event.id == f"press:{TEAM}:U1:1.0:a.b#0"
    assert not heard.event.shows_forms


def test_a_second_submission_of_a_mended_form_is_another_event() -> None:
    first, second = _samples()[3], _samples()[3]
    second["view"]["state"]["values"]["field:name"]["answer"]["value"] = "Ada L"
    ids = [
        heard.event.id for heard in (understand(first), understand(first), understand(second)) if heard and heard.event
    ]
    assert ids[0] == ids[1] != ids[2]


# Sending


def test_the_workspace_of_the_token_is_known(program: Program) -> None:
    assert program.run(program.slack.workspace()) == TEAM


def test_slack_is_a_platform(program: Program) -> None:
    platform: Platform = program.slack
    assert platform is program.slack


def test_a_conversation_is_opened_once_and_no_token_is_tested(
    program: Program, ada: SlackPhone, slack: FakeSlack
) -> None:
    sent = program.run(program.slack.send(address(ada), CARD, letter="L1"))
    again = program.run(program.slack.send(address(ada, conversation=sent.conversation), CARD, letter="L2"))
    for _ in range(5):
        ada.say("hello")
        ada.command("help")
        ada.press("Yes, I am coming")
    assert sent.conversation == again.conversation == "D0ADA"
    assert slack.calls["conversations.open"] == 1
    assert slack.calls["auth.test"] == 0
    assert slack.calls["users.info"] == 1
    assert ada.buttons() == ["Yes, I am coming", "No, I am not coming"]


def test_a_card_takes_the_place_of_another(program: Program, ada: SlackPhone) -> None:
    sent = program.run(program.slack.send(address(ada), CARD, letter="L1"))
    after = Card("You are coming", "See you on Tuesday.")
    changed = program.run(program.slack.update(address(ada), sent.message, after, letter="L2"))
    assert changed == sent
    assert ada.messages() == ["You are coming\nSee you on Tuesday."]
    gone = program.run(program.slack.update(address(ada), "1.000000", CARD, letter="L3"))
    assert gone.message != "1.000000"
    assert len(ada.messages()) == 2


def test_a_letter_is_found_by_its_id(program: Program, ada: SlackPhone) -> None:
    before = time.time()
    sent = program.run(program.slack.send(address(ada), CARD, letter="L1"))
    assert program.run(program.slack.find(address(ada), letter="L1", since=before)) == sent
    assert program.run(program.slack.find(address(ada), letter="L2", since=before)) is None


def test_a_letter_is_found_many_messages_back(program: Program, ada: SlackPhone, slack: FakeSlack) -> None:
    sent = program.run(program.slack.send(address(ada), CARD, letter="L1"))
    for number in range(450):
        slack.post(sent.conversation, user="U0ADA", text=f"message {number}")
    assert program.run(program.slack.find(address(ada), letter="L1", since=time.time())) == sent
    for number in range(2000):
        slack.post(sent.conversation, user="U0ADA", text=f"message {number}")
    with pytest.raises(Undeliverable) as why:
        program.run(program.slack.find(address(ada), letter="L1", since=time.time()))
    assert why.value.kind == "ambiguous"


def test_a_picture_and_a_file_follow_their_message(program: Program, ada: SlackPhone, slack: FakeSlack) -> None:
    picture, event = Picture(b"\x89PNG", "Who is coming: 3 of 5"), Attachment("meeting.ics", "text/calendar", "BEGIN")
    card = replace(CARD, picture=picture, attachment=event)
    program.run(program.slack.send(address(ada), card, letter="L1"))
    assert [message.splitlines()[0] for message in ada.messages()] == [
        "Your group meets soon",
        "[picture.png] Who is coming: 3 of 5",
        "[meeting.ics]",
    ]
    assert [file.content for file in slack.files.values()] == [b"\x89PNG", b"BEGIN"]


def test_a_file_that_fails_brings_no_second_message(program: Program, ada: SlackPhone, slack: FakeSlack) -> None:
    card = replace(CARD, attachment=Attachment("meeting.ics", "text/calendar", "BEGIN"))
    slack.disturb("files.completeUploadExternal", Disturbance(error="internal_error"))
    program.run(program.slack.send(address(ada), card, letter="L1"))
    assert len(ada.messages()) == 1
    slack.disturb("files.getUploadURLExternal", Disturbance(error="internal_error"))
    with pytest.raises(Undeliverable) as why:
        program.run(program.slack.send(address(ada), card, letter="L2"))
    assert why.value.kind == "passing"
    assert len(ada.messages()) == 1


@pytest.mark.parametrize(
    ("what", "kind", "code", "arrives"),
    [
        (Disturbance(status=429, error="ratelimited", retry_after=7), "passing", "ratelimited", 0),
        (Disturbance(status=429, body="slow down", retry_after=7), "passing", "ratelimited", 0),
        (Disturbance(status=503, error="service_unavailable"), "passing", "service_unavailable", 0),
        (Disturbance(error="message_limit_exceeded"), "passing", "message_limit_exceeded", 0),
        (Disturbance(status=500), "ambiguous", "http_500", 0),
        (Disturbance(body="<html>a proxy</html>"), "ambiguous", "http_200", 0),
        (Disturbance(error="internal_error"), "ambiguous", "internal_error", 0),
        (Disturbance(error="never_heard_of"), "ambiguous", "never_heard_of", 0),
        (Disturbance(drop="before"), "ambiguous", "ServerDisconnectedError", 0),
        (Disturbance(drop="after"), "ambiguous", "ServerDisconnectedError", 1),
        (Disturbance(error="user_disabled"), "gone", "user_disabled", 0),
        (Disturbance(error="restricted_action_read_only_channel"), "gone", "restricted_action_read_only_channel", 0),
        (Disturbance(error="token_revoked"), "held", "token_revoked", 0),
        (Disturbance(error="account_inactive"), "held", "account_inactive", 0),
        (Disturbance(error="invalid_blocks_format"), "mistake", "invalid_blocks_format", 0),
        (Disturbance(error="invalid_arguments"), "mistake", "invalid_arguments", 0),
    ],
)
def test_what_goes_wrong_is_told_apart(
    program: Program, ada: SlackPhone, slack: FakeSlack, what: Disturbance, kind: str, code: str, arrives: int
) -> None:
    slack.disturb("chat.postMessage", what)
    with pytest.raises(Undeliverable) as why:
        program.run(program.slack.send(address(ada), CARD, letter="L1"))
    assert (why.value.kind, why.value.code) == (kind, code)
    assert why.value.retry_after == (7 if what.retry_after else 3600 if code == "message_limit_exceeded" else 0)
    assert len(ada.messages()) == arrives
    assert slack.calls["chat.postMessage"] == 1
    found = program.run(program.slack.find(address(ada), letter="L1", since=time.time() - 10))
    assert bool(found) is bool(arrives)


def test_every_code_of_the_table_has_its_outcome() -> None:
    table = {
        "passing": "ratelimited service_unavailable request_timeout message_limit_exceeded team_added_to_org "
        "org_login_required",
        "ambiguous": "internal_error fatal_error something_new",
        "gone": "user_disabled user_not_found user_not_visible cannot_dm_bot channel_not_found is_archived "
        "not_in_channel restricted_action restricted_action_thread_locked",
        "held": "account_inactive token_revoked invalid_auth token_expired missing_scope no_permission "
        "messages_tab_disabled",
        "mistake": "invalid_blocks invalid_blocks_format msg_too_long no_text metadata_too_large invalid_arguments",
    }
    for kind, codes in table.items():
        for code in codes.split():
            assert outcome(status=200, code=code).kind == kind, code


def test_a_slow_slack_is_ambiguous_and_a_closed_port_is_not(slack: FakeSlack) -> None:
    slack.delay = 1.0
    with Program(slack, timeout=0.3) as program:
        with pytest.raises(Undeliverable) as why:
            program.run(program.slack.send(Address("slack", TEAM, "U0ADA"), CARD, letter="L1"))
        assert (why.value.kind, why.value.code) == ("ambiguous", "timeout")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        slack.url = f"http://127.0.0.1:{taken.getsockname()[1]}/api/"
        with Program(slack) as program:
            with pytest.raises(Undeliverable) as why:
                program.run(program.slack.send(Address("slack", TEAM, "U0ADA", "D0ADA"), CARD, letter="L1"))
            assert (why.value.kind, why.value.code) == ("passing", "no_connection")


def test_a_conversation_that_is_gone_is_opened_once_more(program: Program, ada: SlackPhone, slack: FakeSlack) -> None:
    slack.disturb("chat.postMessage", Disturbance(error="channel_not_found"))
    sent = program.run(program.slack.send(address(ada, conversation="D0OLD"), CARD, letter="L1"))
    assert sent.conversation == "D0ADA"
    slack.unreachable["U0ADA"] = "user_disabled"
    with pytest.raises(Undeliverable) as why:
        program.run(program.slack.send(address(ada, conversation="D0ADA"), CARD, letter="L2"))
    assert why.value.kind == "gone"


def test_a_workspace_without_a_token_is_held(program: Program) -> None:
    with pytest.raises(Undeliverable) as why:
        program.run(program.slack.send(Address("slack", "T0OTHER", "U1"), CARD, letter="L1"))
    assert (why.value.kind, why.value.code) == ("held", "not_installed")


# The phone and the Slack of our own are strict


def test_the_fake_slack_refuses_what_slack_refuses(slack: FakeSlack) -> None:
    assert faults_of_message("", []) != []
    assert faults_of_message("Hello", [{"type": "section", "text": {"type": "plain_text", "text": "x" * 3001}}]) != []
    assert faults_of_message("Hello", [{"type": "image", "image_url": "https://x.test", "alt_text": " "}]) != []
    assert faults_of_message("Hello", [{"type": "divider"}] * 51) != []
    button = {"type": "button", "action_id": "a", "text": {"type": "plain_text", "text": "Go"}}
    assert faults_of_message("Go", [{"type": "actions", "elements": [button, button]}]) != []
    assert faults_of_message("Hello", [{"type": "actions", "elements": [button]}]) != []
    assert faults_of_view({**modals.modal(FORM), "title": {"type": "plain_text", "text": "x" * 25}}) != []


def test_the_phone_presses_only_what_is_there(program: Program, ada: SlackPhone) -> None:
    program.run(program.slack.send(address(ada), CARD, letter="L1"))
    with pytest.raises(AssertionError, match="no button says"):
        ada.press("Perhaps")
    program.answer = lambda event: Answered(form=FORM)
    ada.press("Yes, I am coming")
    with pytest.raises(AssertionError, match="a form is open"):
        ada.say("hello")
    ada.close()
    program.answer = lambda event: Answered()
    ada.say("hello")
    assert ada.screen().endswith("hello")
