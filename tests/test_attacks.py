"""What people of bad will, broken clients and bad luck try: nothing changes, leaks, or stops the rest."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import event as database_event
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session
from sqlalchemy.types import String

import handlers
from bot import delivery, logs
from bot.answered import Answered
from bot.platform import Address, Sent
from bot.sandbox.translate import Malformed, read_press
from bot.slack.translate import blocks, modals
from handlers import cards, dates, forms, signposts, words
from handlers.chat import Account, Answer, Card, Event, Field, Option, Pressed, Said, Submitted
from handlers.dates import DateProblem
from handlers.feedback import PASS_ON
from storage import announcements, feedback, groups, meetings, organisations, people, support
from storage.announcements import Announcement
from storage.conversations import OpenQuestion
from storage.database import Base
from storage.feedback import Comment
from storage.groups import Group
from storage.outbox import CardBody, Letter
from storage.people import Person
from tests.test_feedback import comments
from tests.world import Loop, Template, World, user

SECRET = "xyzzy"
"""Stands in everything that the attacked group holds."""

number = count(1)


def do(world: World, who: str, what: Said | Pressed | Submitted, **more: Any) -> Answered:
    """What this person does, past every phone: as a client that makes things up would."""
    account = Account(world.platform, world.workspace, user(who))
    return world.loop.run(world.app.receive(Event(f"attack-{next(number)}", account, what, **more)))


def rows(world: World) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, as it stands on disk, but for what any answer writes."""
    with world.database.engine.connect() as connection:
        return {
            table.name: sorted(map(tuple, connection.exec_driver_sql(f"SELECT * FROM {table.name}")), key=repr)  # noqa: S608 (names of our own)
            for table in Base.metadata.sorted_tables
            if table.name not in ("seen_events", "shown_signposts", "letters", "cards")
        }


def told(world: World, since: int) -> list[tuple[str, str]]:
    """The letters written since: to whom, and what they say."""
    with world.turn() as turn:
        found = turn.session.execute(
            select(Person.name, CardBody.body)
            .join(Letter, Letter.person_id == Person.id)
            .join(CardBody, CardBody.id == Letter.card_id)
            .where(Letter.id > since)
        )
        return [(name, body) for name, body in found]


def newest(world: World) -> int:
    with world.turn() as turn:
        return turn.session.scalar(select(Letter.id).order_by(Letter.id.desc()).limit(1)) or 0


@pytest.fixture
def attacked(one_world: World) -> World:
    """A group with everything in it, and people of every kind who have no business there."""
    world = one_world
    theirs, other = world.group(f"Secret {SECRET}", about=SECRET), world.group("Others")
    world.coordinator("Cara", theirs)
    world.member("Bill", theirs)
    world.member("Xan", theirs, state="interested")
    world.coordinator("Dev", other)
    world.member("Eve", other)
    world.member("Fred", theirs, state="left")
    world.member("Grace", theirs, state="declined")
    world.member("Ivan", theirs, state="interested")
    world.member("Joan", theirs)
    world.phone("Karl").say("help")
    fill(world, theirs, "Bill")
    with world.turn() as turn:
        elsewhere = organisations.add_organisation(
            turn.session, f"Elsewhere {SECRET}", nation="ENG", time_zone="Europe/London", now=turn.now
        )
        foreign = groups.add_group(
            turn.session,
            elsewhere.id,
            name=f"Foreign {SECRET}",
            about=SECRET,
            who_can_join=SECRET,
            rhythm=SECRET,
            now=turn.now,
        )
        person = people.add_person(turn.session, elsewhere.id, name=SECRET, time_zone="Europe/London", now=turn.now)
        groups.place(turn.session, foreign, person, state="active", now=turn.now)
        (joan,) = people.people_named(turn.session, turn.organisation.id, "Joan")
        joan.silenced_at = turn.now
    world.settle()
    return world


def fill(world: World, group: Group, member: str) -> None:
    """A meeting, an answer, support, a comment, an announcement and a draft of the group."""
    with world.turn() as turn:
        group = turn.session.merge(group)
        (person,) = people.people_named(turn.session, turn.organisation.id, member)
        (cara,) = people.people_named(turn.session, turn.organisation.id, "Cara")
        start = datetime(2027, 3, 30, 18)
        meeting = meetings.add_meeting(
            turn.session,
            turn.organisation,
            group,
            title=SECRET,
            local_start=start,
            starts_at=start.replace(tzinfo=UTC) - timedelta(hours=1),
            zone="Europe/London",
            minutes=60,
            how="both",
            link=f"https://{SECRET}",
            phone="",
            address=SECRET,
            series=None,
        )
        meetings.answer(turn.session, meeting, person, answer="yes", how="online", now=turn.now)
        support.set_needs(turn.session, person, {"other": SECRET}, now=turn.now)
        feedback.add_comment(
            turn.session, turn.organisation, author=person, group=group, owner=cara, text=SECRET, now=turn.now
        )
        announcements.draft(turn.session, group, cara, SECRET, now=turn.now)


IDS = (
    "", "1", "2", "3", "5", "1:1", "2:1", "1:yes", "1:yes:online:1", "1 1", "1 2", "2 1", "open 0", "answered 0",
    '{"typed":"2027-03-02","group":"1","when":"30 march 2027 6pm","how":"online","phone":"1"}',
    '{"typed":"2027-03-02","number":"1","version":"1","when":"30 march 2027 7pm"}',
)  # fmt: skip
"""Values that name what is there: groups, meetings, comments, people, requests, announcements and drafts."""

JUNK = (
    "0", "-1", "999999999", "9" * 40, "a" * 3000, "[]", "{}", "null", '{"typed":"2027-03-02"}', '{"typed":1}',
    '{"typed":"9999-12-31","group":"1","when":"tomorrow 6pm","how":"online","phone":"1","number":"1"}',
    '{"typed":"9999-12-31","group":"1","when":"every monday 6pm","how":"online","phone":"1"}',
    '{"typed":"0001-01-01","group":"1","when":"every monday 6pm","how":"online","phone":"1"}',
    "[" * 3000, "1:", ":1", "1 -1", "open -1", "\u0663", "\uff11", " 1 ", "#1", "1\u202e", "x' OR 1=1", "\U0001f600",
)  # fmt: skip

STRANGERS = ("Dev", "Eve", "Fred", "Joan", "Karl")
"""A coordinator of another group, a member of it, one who left, one who is silenced, and one who is in no group."""

OWN_DATA = ("privacy.delete_now", "pausing.", "dialogue", "forms.", "joining.leave")
"""Presses with which people rightly change what is their own."""


@pytest.mark.parametrize("name", STRANGERS)
def test_no_button_does_anything_for_somebody_without_the_right(
    attacked: World, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    before, start = rows(attacked), newest(attacked)
    with not_for_postgresql(attacked):
        for action in handlers.router.presses:
            if action.startswith(OWN_DATA):
                continue
            for value in IDS:
                answered = do(attacked, name, Pressed(action, value), shows_forms=True)
                assert not answered.failed, (action, value)
                if answered.form is not None:
                    modals.modal(replace(answered.form, value=""))
                    assert SECRET not in public(repr(answered.form)), (action, value)
    assert changed(before, rows(attacked)) == set()
    for whom, body in told(attacked, start):
        assert whom == name, body
        assert SECRET not in public(body), body
        blocks.message(cards.load(body))
    assert no_mistakes(caplog)


@pytest.mark.parametrize("name", STRANGERS)
def test_no_form_does_anything_for_somebody_without_the_right(
    attacked: World, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    start, before, eve = newest(attacked), rows(attacked), str(attacked.person("Eve").id)
    with not_for_postgresql(attacked):
        for action in handlers.router.submissions:
            if action.startswith(OWN_FORMS):
                continue
            for value in IDS:
                if name == "Dev" and value == eve:
                    continue  # she is in his group
                for answers in answers_to(attacked, name, action, value):
                    assert not do(attacked, name, Submitted(action, value, answers)).failed, (action, value)
    assert changed(before, rows(attacked)) == set()
    for whom, body in told(attacked, start):
        assert whom == name, body
        assert SECRET not in public(body), body
    assert no_mistakes(caplog)


OWN_FORMS = (
    "privacy.change", "privacy.complain", "pausing.", "joining.join", "feedback.write", PASS_ON,
    "support.ask", "support.details", "planning.new", "announcements.write", "on_behalf.add",
)  # fmt: skip
"""Forms with which everybody, or a coordinator of any group, rightly changes something."""


def answers_to(world: World, name: str, action: str, value: str) -> list[Mapping[str, Answer]]:
    """Answers that fit the form, if it is offered; and some that nobody could give."""
    shown = do(world, name, Pressed(action, value), shows_forms=True).form
    wild: list[Mapping[str, Answer]] = [{}, {"text": "hello", "name": "Bill", "reason": "x", "group": "1"}]
    if shown is None:
        return wild
    fitting = {field.name: fits(field) for field in shown.fields if not field.narrows}
    return [*wild, fitting, {**fitting, "group": "1"}]


def fits(field: Field) -> Answer:
    match field.kind:
        case "yes_no":
            return "yes"
        case "choice":
            return field.options[0].value
        case "choices":
            return (field.options[0].value,)
        case _:
            return "Bill"


def public(said: str) -> str:
    """What is said, without what everybody may know: that the group is there, and what it is for."""
    said = said.replace(f"Secret {SECRET}", "").replace(f"\\n\\n{SECRET}", "").replace(f'"{SECRET}', '"')
    # It may be the first of a page.
    return said.replace(f'"\\n{SECRET}', '"')


def changed(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    return {name for name, found in after.items() if found != before[name]}


def no_mistakes(caplog: pytest.LogCaptureFixture) -> bool:
    said = [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]
    assert not said, said
    return True


class not_for_postgresql:  # noqa: N801 (read as a phrase)
    """Fail where something is written that SQLite takes and PostgreSQL does not: text that is too long, or NUL."""

    def __init__(self, world: World) -> None:
        self._engine = world.database.engine

    def __enter__(self) -> None:
        database_event.listen(Session, "before_flush", self._look)

    def __exit__(self, *_: object) -> None:
        database_event.remove(Session, "before_flush", self._look)

    def _look(self, session: Any, *_: object) -> None:
        for row in [*session.new, *session.dirty]:
            for column in row.__table__.columns:
                value = getattr(row, column.key, None)
                if isinstance(value, str):
                    assert "\0" not in value, column
                    if isinstance(column.type, String) and column.type.length:
                        assert len(value) <= column.type.length, (column, len(value))


def test_no_value_that_a_client_makes_up_is_a_mistake_of_ours(
    attacked: World, caplog: pytest.LogCaptureFixture
) -> None:
    name = "Cara"
    attacked.admin(name)
    with not_for_postgresql(attacked):
        for action in handlers.router.presses:
            for value in JUNK:
                assert not do(attacked, name, Pressed(action, value), shows_forms=True).failed, (action, value)
        for action in handlers.router.submissions:
            for value in ("1", *JUNK[::4]):
                for answers in answers_to(attacked, name, action, value)[:2]:
                    assert not do(attacked, name, Submitted(action, value, answers)).failed, (action, value)
    assert no_mistakes(caplog)


def test_the_longest_answers_fit_into_the_database(attacked: World, caplog: pytest.LogCaptureFixture) -> None:
    attacked.admin("Zed")
    with not_for_postgresql(attacked):
        for name in ("Bill", "Cara", "Zed"):
            for action in handlers.router.submissions:
                for value in ("", "1", "2"):
                    shown = do(attacked, name, Pressed(action, value), shows_forms=True).form
                    if shown is not None:
                        long = {field.name: longest(field) for field in shown.fields if not field.narrows}
                        assert not do(attacked, name, Submitted(action, value, long)).failed, (action, value)
    assert no_mistakes(caplog)


def longest(field: Field) -> Answer:
    return "\u00e9" * field.longest if field.kind in ("line", "text") else fits(field)


# Words


LONG = 40_000
"""Characters: as long as a message on Slack can be."""


@pytest.mark.parametrize(
    "said",
    [
        "a" + " " * LONG + "b",
        "a" + "," * LONG + "b",
        "please " * (LONG // 7) + "b",
        "a" + " thanks" * (LONG // 7),
        "x " * (LONG // 2),
        "1" * LONG + "x",
        "i want to die " * (LONG // 14),
    ],
    ids=lambda said: said[:8],
)
def test_no_message_takes_for_ever_to_read(said: str) -> None:
    start = time.process_time()
    words.find(said, handlers.router.words)
    signposts.recognise(said)
    for kind in ("choice", "choices", "yes_no", "line"):
        with contextlib.suppress(forms.Unread):
            forms.read(Field("a", "a", kind, options=(Option("1", "One"), Option("2", "Two"))), said)
    with contextlib.suppress(DateProblem):
        dates.parse_when(said[:2000], today=datetime(2027, 3, 2).date())
    assert time.process_time() - start < 3


@pytest.mark.parametrize("form", ["feedback", "support", "join secret", "change my data", "complain about my data"])
def test_a_very_long_answer_gets_an_answer(attacked: World, form: str, caplog: pytest.LogCaptureFixture) -> None:
    start = newest(attacked)
    for said in (form, "word " * (LONG // 5), "9" * 30, "0", "-1", "cancel", "joni " + "a" * 38, "word " * (LONG // 5)):
        do(attacked, "Eve", Said(said))
    assert len(told(attacked, start)) >= 8
    for _, body in told(attacked, start):
        blocks.message(cards.load(body))
    assert no_mistakes(caplog)


# Forms that people type


def test_a_form_that_can_no_longer_be_made_closes(attacked: World) -> None:
    do(attacked, "Cara", Said("join others"))
    with attacked.turn() as turn:
        (others,) = [one for one in groups.groups_of(turn.session, attacked.organisation_id) if one.name == "Others"]
        groups.place(turn.session, others, turn.session.get_one(Person, 1), state="active", now=turn.now)
    for _ in range(2):
        do(attacked, "Cara", Said("my groups"))
    with attacked.turn() as turn:
        assert turn.session.scalar(select(OpenQuestion)) is None
    assert "Others" in told(attacked, newest(attacked) - 1)[0][1]


def test_a_form_of_an_earlier_version_closes(attacked: World, caplog: pytest.LogCaptureFixture) -> None:
    do(attacked, "Cara", Said("join others"))
    with attacked.turn() as turn:
        turn.session.execute(update(OpenQuestion).values(action="no.such.form"))
    do(attacked, "Cara", Said("Cara"))
    with attacked.turn() as turn:
        assert turn.session.scalar(select(OpenQuestion)) is None
    assert no_mistakes(caplog)


def test_a_question_is_forgotten_after_a_day(attacked: World) -> None:
    do(attacked, "Eve", Said("something on my mind, " + SECRET))
    attacked.clock.move_to(attacked.now + timedelta(hours=25))
    start = newest(attacked)
    do(attacked, "Eve", Said("yes"))
    assert SECRET not in str(told(attacked, start))
    assert len(comments(attacked)) == 1


def test_more_of_the_same_may_begin_like_one_of_our_words(attacked: World, caplog: pytest.LogCaptureFixture) -> None:
    do(attacked, "Eve", Said("The waiting room was cold"))
    do(attacked, "Eve", Said("status of the heating there is bad on most days"))
    do(attacked, "Eve", Said("yes"))
    assert [comment.text for comment in comments(attacked, group=2)] == [
        "The waiting room was cold\n\nstatus of the heating there is bad on most days"
    ]


def test_one_form_pressed_twice_at_once_is_answered_once(attacked: World) -> None:
    account = Account(attacked.platform, attacked.workspace, user("Eve"))
    answers = {"text": "Twice", "group": "2"}
    same = Event("same", account, Submitted("feedback.write", "", answers))

    async def both() -> None:
        await asyncio.gather(*(attacked.app.receive(same) for _ in range(5)))

    attacked.loop.run(both())
    assert len(comments(attacked, group=2)) == 1


# Delivery


class Broken:
    """A platform on which some people cannot be reached, in ways that no platform should show."""

    def __init__(self, *broken: str) -> None:
        self.broken = {user(name) for name in broken}
        self.reached: list[str] = []

    async def send(self, address: Address, card: Card, *, letter: str) -> Sent:
        if address.user in self.broken:
            raise KeyError(SECRET)
        self.reached.append(address.user)
        return Sent(f"m{len(self.reached)}", "c")

    async def update(self, address: Address, message: str, card: Card, *, letter: str) -> Sent:
        return await self.send(address, card, letter=letter)

    async def find(self, address: Address, *, letter: str, since: float) -> Sent | None:
        raise ZeroDivisionError(SECRET)


def test_a_platform_that_fails_for_one_person_does_not_stop_the_others(
    attacked: World, caplog: pytest.LogCaptureFixture
) -> None:
    attacked.app.platforms[attacked.platform] = platform = Broken("Eve")
    for name in ("Eve", "Dev", "Bill"):
        do(attacked, name, Said("my groups"))
    attacked.settle()
    attacked.settle()
    assert platform.reached == [user("Dev"), user("Bill")]
    assert SECRET not in caplog.text
    # What is stuck holds nobody back from knowing whom to call.
    platform.broken.clear()
    do(attacked, "Eve", Said("help now"))
    attacked.settle()
    assert user("Eve") in platform.reached


@pytest.mark.parametrize("body", ["not encrypted", None, "{}"])
def test_a_card_that_cannot_be_read_does_not_stop_the_others(attacked: World, body: str | None) -> None:
    attacked.app.platforms[attacked.platform] = platform = Broken()
    for name in ("Eve", "Dev", "Bill"):
        do(attacked, name, Said("my groups"))
    with attacked.turn() as turn:
        card = turn.session.scalar(
            select(Letter.card_id)
            .join(Person, Person.id == Letter.person_id)
            .where(Person.name == "Eve", Letter.state == "waiting")
        )
        if body == "not encrypted":
            turn.session.execute(text("UPDATE cards SET body = 'x' WHERE id = :card"), {"card": card})
        else:
            turn.session.execute(update(CardBody).where(CardBody.id == card).values(body=body or "[" * 5000))
    attacked.settle()
    assert platform.reached == [user("Dev"), user("Bill")]
    with attacked.turn() as turn:
        assert set(turn.session.scalars(select(Letter.state).where(Letter.card_id == card))) == {"failed"}


@pytest.mark.parametrize("zone", ["", "Mars/Base", "../../etc/passwd", "a" * 300, "\0"])
def test_a_zone_that_nobody_knows_stops_nothing(attacked: World, zone: str, caplog: pytest.LogCaptureFixture) -> None:
    with not_for_postgresql(attacked):
        do(attacked, "Lena", Said("help"), time_zone=zone, name="L" * 300)
    with attacked.turn() as turn:
        account = people.account_of(turn.session, attacked.platform, attacked.workspace, user("Lena"))
        assert account is not None
        assert account.person.time_zone == "Europe/London"
        turn.session.execute(update(Person).where(Person.name == "Eve").values(time_zone=zone))
        both = [people.people_named(turn.session, attacked.organisation_id, name)[0] for name in ("Eve", "Dev")]
        turn.tell(both, Card("News"), key="news", kind="notice")
    attacked.app.platforms[attacked.platform] = platform = Broken()
    attacked.settle()
    assert user("Dev") in platform.reached


def test_a_letter_whose_fate_could_not_be_written_down_is_looked_up_by_its_own_worker(attacked: World) -> None:
    do(attacked, "Eve", Said("my groups"))
    with attacked.turn() as turn:
        turn.session.execute(
            update(Letter)
            .where(Letter.state == "waiting")
            .values(state="sending", owner=attacked.app.delivery._owner, lease_until=datetime(2020, 1, 1, tzinfo=UTC))
        )
    attacked.settle()
    with attacked.turn() as turn:
        assert turn.session.scalar(select(Letter).where(Letter.state == "sending")) is None


def test_a_letter_of_doubtful_fate_is_let_go_in_the_end(attacked: World) -> None:
    attacked.app.platforms[attacked.platform] = Broken("Eve")
    do(attacked, "Eve", Said("my groups"))
    with attacked.turn() as turn:
        turn.session.execute(update(Letter).where(Letter.state == "waiting").values(tries=delivery.MOST_TRIES))
    attacked.settle()
    with attacked.turn() as turn:
        assert turn.session.scalar(select(Letter).where(Letter.state == "waiting", ~Letter.unasked)) is None


def test_a_job_that_fails_for_one_organisation_runs_for_the_next(attacked: World) -> None:
    done: list[int] = []

    def job(turn: Any) -> None:
        if turn.organisation.id == attacked.organisation_id:
            raise ZeroDivisionError
        done.append(turn.organisation.id)

    attacked.app.inbox.router.jobs["attacks.job"] = job
    try:
        attacked.settle()
        attacked.settle()
    finally:
        del attacked.app.inbox.router.jobs["attacks.job"]
    assert len(done) == 2
    assert attacked.app.clock.failing == ["attacks.job"]


def test_while_the_database_is_locked_whom_to_call_is_still_said(attacked: World) -> None:
    attacked.app.help_now.refresh(attacked.database)
    engine = attacked.database.engine
    with engine.connect() as other:
        database_event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA busy_timeout=50"))
        other.exec_driver_sql("SELECT 1")
        answered = do(attacked, "Eve", Said("help now"))
    assert answered.failed
    assert answered.at_once is not None
    assert "Cancer helpline" in str(answered.at_once)


# The log, and the doors


def test_what_libraries_say_of_an_exception_is_not_logged() -> None:
    record = logging.LogRecord("asyncio", logging.ERROR, "", 0, f"Never retrieved\nfuture: {SECRET}", (), None)
    assert logs._says(record) == "Never retrieved"
    record = logging.LogRecord("aiohttp", logging.ERROR, "", 0, "Failed: %s", (SECRET,), None)
    assert logs._says(record) == "Failed: %s"


@pytest.fixture
def slack_world(tmp_path: Any, loop: Loop, template: Template) -> Iterator[World]:
    with World(tmp_path, loop, template, platform="slack") as world:
        yield world


def raw(world: World, request: bytes) -> bytes:
    """The status line that answers these bytes."""
    with socket.create_connection(("127.0.0.1", int(world.url.rsplit(":", 1)[1])), 5) as connection:
        connection.sendall(request)
        return connection.makefile("rb").readline()


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (b"X-Slack-Signature: v0=\xff\xfe", b"401"),
        (b"X-Slack-Signature: v0=\xc3\xa9", b"401"),
        (b"Content-Encoding: gzip", b"400"),
        (b"Content-Encoding: deflate", b"400"),
        (b"Expect: nothing", b"417"),
        (b"Content-Type: ;;;", b"401"),
    ],
)
def test_headers_that_are_none_get_a_plain_answer(
    slack_world: World, header: bytes, status: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    stamp = str(int(time.time())).encode()
    request = b"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nX-Slack-Request-Timestamp: " + stamp
    assert raw(slack_world, request + b"\r\n" + header + b"\r\nConnection: close\r\n\r\nhello").split()[1] == status
    assert not [record for record in caplog.records if record.name.startswith("pag")]


@pytest.mark.parametrize("press", ['["", "help.show", "\\ud800"]', '["\\u0000", "help.show", ""]', "[" * 9000])
def test_the_sandbox_takes_no_press_that_no_database_holds(one_world: World, press: str) -> None:
    with pytest.raises(Malformed):
        read_press(press)


# Privacy


def test_a_letter_that_nobody_asked_for_holds_no_words_of_a_person(attacked: World) -> None:
    mark = "plugh"
    eve, bill = (str(attacked.person(name).id) for name in ("Eve", "Bill"))
    start = newest(attacked)
    do(attacked, "Eve", Submitted("feedback.write", "", {"text": f"{mark} I want to die", "group": "2"}))
    do(attacked, "Eve", Submitted("privacy.complain", "", {"text": mark}))
    do(attacked, "Bill", Submitted("support.ask", "", {"general": ("talk_first",), "hearing": ("bsl",)}))
    do(attacked, "Bill", Submitted("support.details", "", {"bsl": mark, "other": mark}))
    do(attacked, "Cara", Submitted("on_behalf.comment", bill, {"text": mark}))
    do(attacked, "Cara", Submitted("feedback.outcome", "1", {"outcome": mark}))
    do(attacked, "Cara", Submitted("support.not_met", "1:1", {"reason": mark, "alternative": mark}))
    do(attacked, "Cara", Submitted("joining.decline", "3", {"reason": mark}))
    do(attacked, "Dev", Submitted("on_behalf.comment", eve, {"text": mark}))
    with attacked.turn() as turn:
        texts = [comment.text or "" for comment in turn.session.scalars(select(Comment))]
        assert sum(mark in said for said in texts) == 4
        unasked = turn.session.execute(
            select(Letter.kind, CardBody.body)
            .join(CardBody, CardBody.id == Letter.card_id)
            .where(Letter.id > start, Letter.unasked.is_(True))
        ).all()
    assert {kind for kind, _ in unasked} >= {"notice", "alert"}
    assert [kind for kind, body in unasked if mark in body] == []


def test_after_stop_everything_no_road_leads_to_the_person(attacked: World) -> None:
    joan = attacked.person("Joan").id
    attacked.app.platforms[attacked.platform] = platform = Broken()
    do(attacked, "Cara", Submitted("announcements.write", "", {"text": "News for all"}))
    with attacked.turn() as turn:
        drafts = {one.id: one.text for one in turn.session.scalars(select(Announcement))}
        draft = max(drafts)
        assert drafts[draft] == "News for all"
    do(attacked, "Cara", Pressed("announcements.send", str(draft)))
    for action in handlers.router.presses:
        for value in (str(joan), f"1 {joan}", f"{joan} 1", f"{joan}:1"):
            if action != "silence.undo":
                do(attacked, "Cara", Pressed(action, value))
    do(attacked, "Joan", Said("my groups"))
    for _ in range(60):
        attacked.clock.move_to(attacked.now + timedelta(hours=12))
        attacked.settle()
    with attacked.turn() as turn:
        kinds = turn.session.execute(
            select(Letter.kind, Letter.state).where(Letter.person_id == joan, Letter.state.not_in(("stopped",)))
        ).all()
    with attacked.turn() as turn:
        assert turn.session.scalar(select(Letter.state).where(Letter.person_id == joan, Letter.kind == "announcement"))
    # The one thing that is answered is what they write themselves, once: whom to ask.
    assert [(kind, state) for kind, state in kinds if kind != "help"] == []
    assert platform.reached.count(user("Joan")) == 1


def test_delete_my_data_leaves_no_words_and_no_name_on_disk(attacked: World) -> None:
    for said in ("feedback The plugh ward", "my data", "something more about plugh", "change my data", "Plughname"):
        do(attacked, "Eve", Said(said))
    do(attacked, "Eve", Submitted("privacy.change", "", {
        "name": "Plughname", "language": "Plughish", "use_words": "no", "use_name": "no", "other_groups": "no",
    }))  # fmt: skip
    assert "Plughname" in str(rows(attacked))
    do(attacked, "Eve", Pressed("privacy.delete_now"))
    attacked.settle()
    attacked.settle()
    assert "lugh" not in str(rows(attacked))
    with attacked.turn() as turn:
        assert people.account_of(turn.session, attacked.platform, attacked.workspace, user("Eve")) is None
        bodies = list(turn.session.scalars(select(CardBody.body)))
        assert [body for body in bodies if "lugh" in body] == []
    # Nor in the log that SQLite writes ahead.
    files = {file.name: file.read_bytes() for file in attacked.folder.glob("world.db*")}
    assert [name for name, content in files.items() if b"Plugh" in content] == []
