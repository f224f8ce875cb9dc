"""What people of bad will, broken clients and bad luck try: nothing changes, nothing leaks, and nothing stops the rest."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import threading
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
from bot.slack.translate import blocks, modals
from handlers import cards, dates, forms, signposts, words
from handlers.chat import Account, Answer, Card, Event, Field, Form, Option, Pressed, Said, Submitted
from handlers.feedback import PASS_ON
from handlers.dates import DateProblem
from storage import announcements, feedback, groups, meetings, organisations, outbox, people, support
from storage.conversations import OpenQuestion
from storage.database import Base
from storage.groups import Group, Membership
from storage.outbox import CardBody, Letter
from storage.people import Person
from storage.sending import Claim
from tests.world import Loop, Template, World, user

SECRET = "xyzzy"
"""Stands in everything that the attacked group holds."""

number = count(1)


def do(world: World, name: str, what: Said | Pressed | Submitted, **more: Any) -> Answered:
    """What this person does, past every phone: as a client that makes things up would."""
    account = Account(world.platform, world.workspace, user(name))
    return world.loop.run(world.app.receive(Event(f"attack-{next(number)}", account, what, **more)))


def rows(world: World) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, as it stands on disk, but for what any answer writes."""
    with world.database.engine.connect() as connection:
        return {
            table.name: sorted(map(tuple, connection.execute(text(f"SELECT * FROM {table.name}"))), key=repr)
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
    """What is said, without what everybody may know: that the group is there."""
    return said.replace(f"Secret {SECRET}", "").replace(f"\\n\\n{SECRET}", "").replace(f'"{SECRET}', '"')


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


@pytest.mark.parametrize("name", ["Cara", "Bill", "Zed"])
def test_no_value_that_a_client_makes_up_is_a_mistake_of_ours(
    attacked: World, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    attacked.admin("Zed")
    with not_for_postgresql(attacked):
        for action in handlers.router.presses:
            for value in JUNK:
                assert not do(attacked, name, Pressed(action, value), shows_forms=True).failed, (action, value)
        for action in handlers.router.submissions:
            for value in (*JUNK, "1"):
                for answers in answers_to(attacked, name, action, value)[:2]:
                    assert not do(attacked, name, Submitted(action, value, answers)).failed, (action, value)
    assert no_mistakes(caplog)
