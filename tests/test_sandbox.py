"""The sandbox's page over real HTTP on loopback: a small answering program stands where the inbox would."""

from __future__ import annotations

import asyncio
import http.client
import json
import re
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.client import HTTPMessage
from urllib.parse import quote, urlencode, urlsplit

import pytest
from aiohttp import web

from bot.answered import Answered
from bot.platform import Address, Sent, Undeliverable
from bot.sandbox.connect import Persona, Sandbox
from handlers.chat import (
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
from tests.browser_phone import BrowserPhone, Refused

AMIRA = Persona("amira", "Amira Shah", "A member who had radiotherapy last year.")
BEN = Persona("ben", "Ben Carter", "The coordinator of the group.")
AT = Address("sandbox", "sandbox", "amira")
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)
JOIN = Form(
    "join",
    "Join the group",
    (
        Field("name", "What should we call you?", hint="Any name you like."),
        Field("adult", "Are you aged 16 or over?", "yes_no"),
        Field("who", "Who are you?", "choice", (Option("patient", "Patient"), Option("carer", "Carer"))),
        Field("narrow", "Which kind?", "choice", (Option("a", "A"),), narrows=True),
        Field(
            "help",
            "What would help you?",
            "choices",
            tuple(Option(f"{group}{n}", f"{group} {n}", group) for group in ("Hearing", "Seeing") for n in range(9)),
            required=False,
            initial=("Seeing3",),
        ),
        Field("more", "Anything else?", "text", required=False, initial="Standing <b>here</b>"),
    ),
    value="7",
    intro="This takes 2 minutes.",
    submit="Ask to join",
)
ASKING = Card(
    "Can you come?",
    "Our next meeting.\n\n- Tea\n- Talk",
    facts=(("When", "Tuesday 8 December 2026, 6pm"), ("Where", "https://example.org/meet?a=1&b=2.")),
    buttons=(Button("Yes, I am coming", "rsvp.yes", "42", "primary"), Button("Join the group", "join")),
    note="You can change your mind.",
    picture=Picture(PNG, "A map of the room"),
    attachment=Attachment("meeting.ics", "text/calendar", "BEGIN:VCALENDAR"),
)


@dataclass
class Program:
    """A program that answers a few words, and remembers what it heard."""

    heard: list[Event] = field(default_factory=list)
    answers: dict[str, Answered] = field(default_factory=dict)
    time: datetime = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
    pause: float = 0.0
    url: str = ""
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)

    def __post_init__(self) -> None:
        self.sandbox = Sandbox(
            self.receive, [AMIRA, BEN], now=lambda: self.time, move=self.move, settle=self.settle, channels=["east"]
        )

    async def receive(self, event: Event) -> Answered:
        self.heard.append(event)
        await asyncio.sleep(self.pause)
        address = Address("sandbox", "sandbox", event.account.user)
        what = event.what
        if isinstance(what, Said):
            if what.text in self.answers:
                return self.answers[what.text]
            await self.sandbox.send(address, Card("You said", what.text), letter=event.id)
        if isinstance(what, Pressed):
            if what.action == "join":
                return Answered(form=JOIN)
            await self.sandbox.update(address, what.message, Card("Thank you. You are coming."), letter=event.id)
        if isinstance(what, Submitted):
            if what.answers.get("name") == "?":
                return Answered(errors={"name": "Write a name we can say."})
            if what.answers.get("name") == "broken":
                return Answered(failed=True)
            await self.sandbox.send(address, Card("You asked to join."), letter=event.id)
        return Answered()

    async def move(self, to: str) -> str:
        self.time += timedelta(days=1)
        return f"Moved: {to}."

    async def settle(self) -> None:
        await asyncio.sleep(0)

    def send(self, card: Card, *, address: Address = AT, letter: str = "l") -> Sent:
        return self.do(self.sandbox.send(address, card, letter=letter))

    def do(self, work: object) -> Sent:
        assert asyncio.iscoroutine(work)
        done: Future[Sent] = asyncio.run_coroutine_threadsafe(work, self.loop)
        return done.result(10)

    def told(self) -> list[Event]:
        """What was heard, but for the first look at the page."""
        return [event for event in self.heard if not isinstance(event.what, Opened)]


@pytest.fixture
def program() -> Iterator[Program]:
    program = Program()

    async def serve() -> web.AppRunner:
        app = web.Application()
        app.add_routes(program.sandbox.routes())
        app.on_shutdown.append(program.sandbox.close)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        program.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        return runner

    runner = program.loop.run_until_complete(serve())
    thread = threading.Thread(target=program.loop.run_forever)
    thread.start()
    yield program
    asyncio.run_coroutine_threadsafe(runner.cleanup(), program.loop).result(10)
    program.loop.call_soon_threadsafe(program.loop.stop)
    thread.join()
    program.loop.close()


@pytest.fixture
def amira(program: Program) -> BrowserPhone:
    return BrowserPhone(program.url, "amira")


def raw(
    program: Program, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
) -> tuple[int, HTTPMessage, str]:
    connection = http.client.HTTPConnection(urlsplit(program.url).netloc, timeout=10)
    connection.request(method, path, body, {"Content-Type": "application/x-www-form-urlencoded", **(headers or {})})
    answer = connection.getresponse()
    content = answer.read().decode()
    connection.close()
    return answer.status, answer.headers, content


def say(program: Program, text: str, *, nonce: str = "nonce-12345", headers: Mapping[str, str] | None = None) -> int:
    body = urlencode({"who": "amira", "view": "", "nonce": nonce, "text": text}).encode()
    return raw(program, "POST", "/sandbox/say", body, headers)[0]


def test_words_reach_the_program_and_the_reply_is_there_at_once(program: Program, amira: BrowserPhone) -> None:
    amira.say("  hello\nthere <b>you</b> ")
    (event,) = program.told()
    assert event.what == Said("hello\nthere <b>you</b>")
    assert (event.account.platform, event.account.workspace, event.account.user) == ("sandbox", "sandbox", "amira")
    assert (event.place, event.shows_forms, event.name) == ("direct", False, "Amira Shah")
    assert event.time_zone == "Europe/London"
    mine, reply = amira.screen().split("\n\n")
    assert mine == "Amira Shah Wednesday 25 November 2026, 9:30am\nhello\nthere <b>you</b>"
    assert reply == "Round Table Wednesday 25 November 2026, 9:30am\nYou said\nhello\nthere <b>you</b>"
    assert amira.last() == reply
    assert amira.messages() == [reply]


def test_nothing_is_said_with_an_empty_message(program: Program, amira: BrowserPhone) -> None:
    amira.say("   ")
    assert amira.screen() == ""
    assert program.told() == []


def test_the_first_look_opens_the_conversation_once(program: Program) -> None:
    for _ in range(2):
        BrowserPhone(program.url, "amira")
    BrowserPhone(program.url, "ben")
    assert [(type(event.what), event.account.user) for event in program.heard] == [(Opened, "amira"), (Opened, "ben")]


def test_a_card_shows_all_its_parts_and_nothing_is_lost(program: Program, amira: BrowserPhone) -> None:
    program.send(ASKING)
    shown = amira.last()
    for part in ("Can you come?", "Our next meeting.", "Tea", "When", "6pm", "You can change your mind."):
        assert part in shown.splitlines() or part in shown
    assert amira.page.select_one("#log a[href='https://example.org/meet?a=1&b=2']")
    assert [item.text for item in amira.page.select("#log li")] == ["Tea", "Talk"]
    assert amira.download("meeting.ics") == "BEGIN:VCALENDAR"
    picture = amira.page.select_one("#log img")
    assert picture
    assert picture["alt"] == "A map of the room"
    status, headers, _ = raw(program, "HEAD", str(picture["src"]))
    assert (status, headers["Content-Type"]) == (200, "image/png")


def test_a_press_is_heard_with_its_message_and_its_answer_takes_the_cards_place(
    program: Program, amira: BrowserPhone
) -> None:
    sent = program.send(ASKING)
    amira.press("Yes, I am coming")
    (event,) = program.told()
    assert event.what == Pressed("rsvp.yes", "42", sent.message)
    assert event.shows_forms
    assert len(amira.messages()) == 1
    assert "Thank you. You are coming." in amira.last()
    with pytest.raises(AssertionError, match="no button says"):
        amira.press("Yes, I am coming")


def test_a_form_opens_keeps_what_stands_in_it_and_is_sent(program: Program, amira: BrowserPhone) -> None:
    program.send(ASKING)
    amira.press("Join the group")
    assert "This takes 2 minutes." in amira.form
    assert "Anything else? (optional)" in amira.form
    assert "Which kind?" not in amira.form
    assert len(amira.page.select("details")) == 2
    amira.fill({"What should we call you?": "Amira", "Are you aged 16 or over?": "Yes", "Who are you?": "Carer"})
    what = program.told()[-1].what
    assert isinstance(what, Submitted)
    assert (what.action, what.value) == ("join", "7")
    assert what.answers == {
        "name": "Amira",
        "adult": "yes",
        "who": "carer",
        "help": ("Seeing3",),
        "more": "Standing <b>here</b>",
    }
    assert amira.form == ""
    assert "You asked to join." in amira.last()


def test_what_is_left_empty_is_absent(program: Program, amira: BrowserPhone) -> None:
    program.send(ASKING)
    amira.press("Join the group")
    amira.fill({"What would help you?": [], "Anything else?": "  "})
    what = program.told()[-1].what
    assert isinstance(what, Submitted)
    assert what.answers == {}


def test_a_wrong_answer_keeps_the_form_open_with_the_words_beside_the_field(
    program: Program, amira: BrowserPhone
) -> None:
    program.send(ASKING)
    amira.press("Join the group")
    amira.fill({"What should we call you?": "?", "Who are you?": "Carer", "What would help you?": ["Hearing 1"]})
    assert amira.errors == {"What should we call you?": "Write a name we can say."}
    assert amira.page.title
    assert "Error: " in amira.page.title.text
    summary = amira.page.select_one("#problems a")
    assert summary
    assert summary.text == "What should we call you? Write a name we can say."
    box = amira.page.select_one(str(summary["href"]))
    assert box
    assert (box["value"], box["aria-invalid"], box["aria-describedby"]) == ("?", "true", "q1-hint q1-error")
    amira.fill({"What should we call you?": "Amira"})
    assert amira.errors == {}
    what = program.told()[-1].what
    assert isinstance(what, Submitted)
    assert what.answers["help"] == ("Hearing1",)
    assert what.answers["who"] == "carer"
    assert "more" in what.answers


def test_when_the_program_could_not_keep_a_form_it_stays_open_and_says_so(
    program: Program, amira: BrowserPhone
) -> None:
    program.send(ASKING)
    amira.press("Join the group")
    amira.fill({"What should we call you?": "broken"})
    assert "nothing was kept" in amira.errors[""]
    amira.fill({"What should we call you?": "Amira"})
    assert "You asked to join." in amira.last()


def test_cancel_closes_a_form_and_sends_nothing(program: Program, amira: BrowserPhone) -> None:
    program.send(ASKING)
    amira.press("Join the group")
    amira.close()
    assert amira.form == ""
    assert not [event for event in program.heard if isinstance(event.what, Submitted)]


def test_another_persons_form_cannot_be_sent_nor_one_that_is_closed(program: Program, amira: BrowserPhone) -> None:
    program.send(ASKING)
    amira.press("Join the group")
    form = amira.page.select_one("#answers [name=form]")
    assert form
    posted = {"view": "", "form": str(form["value"]), "answer.name": "Ben"}
    for who, form_id in (("ben", posted["form"]), ("amira", "00000000")):
        body = urlencode({**posted, "who": who, "form": form_id, "nonce": "nonce-12345"}).encode()
        status, _, text = raw(program, "POST", "/sandbox/form", body)
        assert status == 404
        assert "no longer open" in text
    assert raw(program, "GET", f"/sandbox?who=ben&form={posted['form']}")[2].count("Ask to join") == 0
    assert "Ask to join" in raw(program, "GET", f"/sandbox?who=amira&form={posted['form']}")[2]
    assert not [event for event in program.heard if isinstance(event.what, Submitted)]


def test_sending_the_same_page_twice_is_one_event(program: Program, amira: BrowserPhone) -> None:
    program.pause = 0.2
    threads = [threading.Thread(target=say, args=(program, "hello")) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    say(program, "something else")
    assert [event.what for event in program.told()] == [Said("hello"), Said("something else")]
    assert len({event.id for event in program.told()}) == 2
    assert len(amira.messages()) == 2
    assert len(amira.page.select("#log article")) == 4


def test_a_line_for_one_person_alone_is_seen_by_nobody_else(program: Program, amira: BrowserPhone) -> None:
    program.answers["feedback it hurt"] = Answered(aside="Please write that to me in a direct message.")
    amira.mention("east", "feedback it hurt")
    assert "Only you can see this.\nPlease write that to me" in amira.channel("east")
    assert "Please write that" not in BrowserPhone(program.url, "ben").channel("east")


def test_in_a_channel_the_bot_hears_only_what_mentions_it(program: Program, amira: BrowserPhone) -> None:
    amira.mention("east", "help")
    (event,) = program.told()
    assert (event.what, event.place, event.shows_forms) == (Said("help"), "channel", False)
    body = urlencode({"who": "ben", "view": "channel:east", "nonce": "nonce-12345", "text": "Good morning all"})
    assert raw(program, "POST", "/sandbox/say", body.encode())[0] == 303
    assert len(program.told()) == 1
    shown = amira.channel("east").split("\n\n")
    assert [line.splitlines()[-1] for line in shown] == ["@bot help", "Good morning all"]
    assert "Good morning" not in amira.screen()


def test_a_slash_command_is_heard_as_one_and_seen_by_nobody_else(program: Program, amira: BrowserPhone) -> None:
    amira.command("support")
    (event,) = program.told()
    assert (event.what, event.place, event.shows_forms) == (Said("support"), "command", True)
    body = urlencode({"who": "amira", "view": "channel:east", "nonce": "nonce-12345", "text": "/pag support"})
    raw(program, "POST", "/sandbox/say", body.encode())
    assert program.told()[-1].place == "command"
    assert BrowserPhone(program.url, "ben").channel("east") == ""


def test_the_bot_posts_to_a_channel_that_everybody_can_open(program: Program, amira: BrowserPhone) -> None:
    channel = Address("sandbox", "sandbox", "", "channel:west")
    sent = program.send(ASKING, address=channel)
    assert sent.conversation == "channel:west"
    amira.open()
    amira.press("Yes, I am coming")
    assert program.told()[-1].place == "channel"
    assert "Can you come?" in BrowserPhone(program.url, "ben").channel("west")


def test_the_page_counts_what_others_have_not_seen(program: Program, amira: BrowserPhone) -> None:
    ben = BrowserPhone(program.url, "ben")
    program.send(Card("One"))
    program.send(Card("Two"))
    ben.messages()
    assert [option.text for option in ben.page.select("#who option")] == ["Amira Shah (2 new)", "Ben Carter"]
    assert ben.page.title
    assert ben.page.title.text.startswith("(2 new) Ben Carter")
    amira.messages()
    ben.messages()
    assert "new" not in ben.page.title.text


def test_the_clock_moves_and_says_what_happened(program: Program, amira: BrowserPhone) -> None:
    assert amira.move("Tomorrow") == "Moved: tomorrow."
    assert amira.move("Next due") == "Moved: next."
    assert "Friday 27 November 2026, 9:30am" in amira.page.select("#now")[0].text
    body = urlencode({"who": "amira", "view": "", "nonce": "nonce-12345", "to": "yesterday"}).encode()
    assert raw(program, "POST", "/sandbox/clock", body)[0] == 400


def test_delivery_can_look_for_replace_and_miss_messages(program: Program, amira: BrowserPhone) -> None:
    sent = program.send(Card("First"), letter="a")
    assert program.do(program.sandbox.find(AT, letter="a", since=0.0)) == sent
    assert program.do(program.sandbox.find(AT, letter="b", since=0.0)) is None
    assert program.do(program.sandbox.update(AT, sent.message, Card("Second"), letter="b")) == sent
    assert program.do(program.sandbox.find(AT, letter="b", since=0.0)) == sent
    anew = program.do(program.sandbox.update(AT, "gone-1", Card("Third"), letter="c"))
    assert anew.message != sent.message
    assert ["First" in text or "Second" in text for text in amira.messages()] == [True, False]
    with pytest.raises(Undeliverable, match="gone"):
        program.send(Card("x"), address=replace(AT, user="nobody"))
    with pytest.raises(Undeliverable, match="gone"):
        program.send(Card("x"), address=replace(AT, workspace="elsewhere"))


def test_the_stream_tells_when_something_changed(program: Program, amira: BrowserPhone) -> None:
    address = amira.page.body
    assert address
    connection = http.client.HTTPConnection(urlsplit(program.url).netloc, timeout=10)
    connection.request("GET", str(address["data-stream"]))
    stream = connection.getresponse()
    assert stream.headers["Content-Type"] == "text/event-stream"
    program.send(Card("News"))
    assert re.fullmatch(rb"data: [0-9a-f]+-1\n", stream.readline())
    connection.close()


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "round-table.example"},
        {"Host": "127.0.0.1.example:8080"},
        {"Host": "["},
        {"Origin": "https://round-table.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://127.0.0.1:1"},
    ],
)
def test_other_websites_cannot_drive_it(program: Program, headers: Mapping[str, str]) -> None:
    assert say(program, "hello", headers=headers) == 403
    if "Host" in headers:
        assert raw(program, "GET", "/sandbox", headers=headers)[0] == 403
    assert program.heard == []


@pytest.mark.parametrize("host", ["localhost:8080", "[::1]:8080", "127.0.0.1"])
def test_this_computer_is_let_in(program: Program, host: str) -> None:
    assert say(program, "hello", headers={"Host": host, "Origin": f"http://{host}"}) == 303
    assert say(program, "again", headers={"Host": host, "Sec-Fetch-Site": "same-origin", "Origin": "null"}) == 303


PRESS = json.dumps(["m", "join", ""])


@pytest.mark.parametrize(
    ("status", "path", "body"),
    [
        (413, "say", b"who=amira&view=&nonce=nonce-12345&text=" + b"x" * 65536),
        (400, "say", b""),
        (400, "say", b"\xff\xfe"),
        (400, "say", b"who=amira&view=&nonce=nonce-12345&text=%ff"),
        (400, "say", b"who=amira&view=&nonce=nonce-12345&text=%00"),
        (400, "say", b"who=amira&view=&nonce=nonce-12345"),
        (400, "say", b"who=amira&view=&nonce=x&text=hello"),
        (400, "say", b"who=amira&who=ben&view=&nonce=nonce-12345&text=hello"),
        (404, "say", b"who=nobody&view=&nonce=nonce-12345&text=hello"),
        (404, "say", b"who=amira&view=channel:none&nonce=nonce-12345&text=hello"),
        (400, "press", b"who=amira&view=&nonce=nonce-12345&press=join"),
        (400, "press", b"who=amira&view=&nonce=nonce-12345&press=[1,2,3]"),
        (400, "press", b"who=amira&view=&nonce=nonce-12345&press=" + b"[" * 20000),
        (400, "press", b"who=amira&view=&nonce=nonce-12345&press=" + quote('["m", "", ""]').encode()),
        (404, "form", b"who=amira&view=&nonce=nonce-12345&form=none"),
    ],
)
def test_what_the_page_would_not_send_gets_a_plain_answer(
    program: Program, status: int, path: str, body: bytes
) -> None:
    answered, headers, text = raw(program, "POST", f"/sandbox/{path}", body)
    assert answered == status
    assert "That did not work" in text
    assert "Traceback" not in text
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert program.heard == []


@pytest.mark.parametrize(
    "path",
    [
        "/sandbox?who=nobody",
        "/sandbox?view=channel:none",
        "/sandbox/file/none.picture",
        "/sandbox/page/page.html",
        "/sandbox/page/..%2fconnect.py",
    ],
)
def test_what_is_not_there_is_not_found(program: Program, path: str) -> None:
    assert raw(program, "GET", path)[0] == 404


def test_a_body_of_another_kind_is_refused(program: Program) -> None:
    assert say(program, "hello", headers={"Content-Type": "application/json"}) == 415


def test_a_button_that_a_client_made_up_is_passed_on_for_the_program_to_refuse(program: Program) -> None:
    body = urlencode({"who": "amira", "view": "", "nonce": "nonce-12345", "press": PRESS}).encode()
    assert raw(program, "POST", "/sandbox/press", body)[0] == 303
    assert program.told()[0].what == Pressed("join", "", "m")


def test_the_page_names_its_controls_as_the_contract_does(program: Program, amira: BrowserPhone) -> None:
    labels = {label["for"]: label.text for label in amira.page.select("label")}
    assert (labels["who"], labels["message"]) == ("Who", "Message")
    assert [button.text for button in amira.page.select("button")] == ["Switch", "Send", "Tomorrow", "Next due"]
    assert [link.text for link in amira.page.select("nav a")] == ["Your messages", "The group's channel"]


def test_the_phone_says_so_when_the_page_refuses(program: Program, amira: BrowserPhone) -> None:
    with pytest.raises(Refused, match="too long"):
        amira.say("x" * 70_000)
    with pytest.raises(Refused, match="nobody here"):
        BrowserPhone(program.url, "nobody")
