"""Events that wait at the same time: one transaction for all of them, and what is undone is undone for one alone."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest
from sqlalchemy import event as happening
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError

from bot.answered import Answered
from bot.threads import Threads
from bot.together import Together
from handlers.chat import Account, Card, Event, Pressed, Refusal, Said, Submitted
from handlers.router import Handler
from handlers.turn import Turn
from storage import groups, lowest, outbox, people
from storage.groups import Membership
from storage.people import Person
from tests.world import World

NAMES = ("Amina", "Cara", "Dev", "Eve", "Lena")


def asked(world: World, name: str, what: Said | Pressed | Submitted, *, id: str) -> Event:
    return Event(id, Account(world.platform, world.workspace, world.user(name)), what)


def answered_together(world: World, events: Sequence[Event]) -> list[Answered]:
    """What is answered to events that all come in while the database's one thread is busy with something else."""
    free = threading.Event()

    async def all_of_them() -> list[Answered]:
        busy = asyncio.create_task(world.app.threads.run(free.wait, 10))
        answers = [asyncio.create_task(world.app.receive(event)) for event in events]
        await asyncio.sleep(0.05)
        free.set()
        await busy
        return await asyncio.gather(*answers)

    return world.loop.run(all_of_them())


@contextmanager
def commits(world: World) -> Iterator[list[object]]:
    found: list[object] = []

    def note(connection: object) -> None:
        found.append(connection)

    happening.listen(world.database.engine, "commit", note)
    yield found
    happening.remove(world.database.engine, "commit", note)


@contextmanager
def button(world: World, action: str, answer: Handler) -> Iterator[None]:
    presses = world.app.inbox.router.presses
    presses[action] = answer
    yield
    del presses[action]


def last(world: World, name: str) -> str:
    """The newest message written to this person, as it is kept."""
    with world.turn() as turn:
        account = people.account_of(turn.session, world.platform, world.workspace, world.user(name))
        assert account is not None
        found, _ = lowest.shown(turn.session, account.id)
        return found.body if found else ""


def met(world: World) -> groups.Group:
    group = world.group("Ward group")
    for name in NAMES:
        world.member(name, group)
    return group


def test_what_waits_together_is_committed_together(one_world: World) -> None:
    met(one_world)
    events = [asked(one_world, name, Said("my groups"), id=name) for name in NAMES]
    with commits(one_world) as found:
        answers = answered_together(one_world, [*events, events[0]])
    assert len(found) == 1
    assert answers == [Answered()] * 6
    for name in NAMES:
        assert "Ward group" in last(one_world, name)
    with one_world.turn() as turn:
        assert turn.session.scalar(select(func.count()).select_from(outbox.Letter)) == len(NAMES)


def test_each_sees_what_the_one_before_it_did(one_world: World) -> None:
    met(one_world)
    said = ["stop", "the room was cold", "no", "my feedback", "start", "my groups"]
    answered_together(one_world, [asked(one_world, "Amina", Said(one), id=f"together {one}") for one in said])
    for one in said:
        one_world.loop.run(one_world.app.receive(asked(one_world, "Dev", Said(one), id=f"alone {one}")))
    with one_world.turn() as turn:
        told = [[body for _, body in turn.session.execute(_BODIES, {"name": name})] for name in ("Amina", "Dev")]
    assert told[0] == told[1]
    assert len(told[0]) > len(said)


_BODIES = (
    select(outbox.Letter.id, outbox.CardBody.body)
    .join(outbox.CardBody, outbox.CardBody.id == outbox.Letter.card_id)
    .join(Person, Person.id == outbox.Letter.person_id)
    .where(Person.name == text(":name"))
    .order_by(outbox.Letter.id)
)


@pytest.mark.parametrize("mistake", [Refusal(Card("Not now")), ZeroDivisionError()])
def test_what_one_wrote_before_it_failed_is_undone_and_the_others_stand(one_world: World, mistake: Exception) -> None:
    group = met(one_world)

    def failing(turn: Turn, person: Person, value: str) -> Card:
        place = groups.membership(turn.session, group.id, person.id)
        assert place is not None
        place.state = "left"
        turn.session.flush()
        raise mistake

    with button(one_world, "failing", failing):
        answers = answered_together(
            one_world,
            [
                asked(one_world, "Amina", Said("my groups"), id="1"),
                asked(one_world, "Dev", Pressed("failing", ""), id="2"),
                asked(one_world, "Cara", Said("my groups"), id="3"),
            ],
        )
    assert not any(answer.failed for answer in answers)
    assert ("Not now" if isinstance(mistake, Refusal) else "Something went wrong") in last(one_world, "Dev")
    assert "Ward group" in last(one_world, "Amina")
    assert "Ward group" in last(one_world, "Cara")
    with one_world.turn() as turn:
        assert set(turn.session.scalars(select(Membership.state))) == {"active"}


def test_a_form_that_is_not_taken_leaves_the_others_alone(one_world: World) -> None:
    group = met(one_world)
    answers = answered_together(
        one_world,
        [
            asked(one_world, "Amina", Said("my groups"), id="1"),
            asked(one_world, "Dev", Submitted("feedback.write", "", {}), id="2"),
            asked(one_world, "Cara", Submitted("feedback.write", "", {"text": "The room is cold"}), id="3"),
        ],
    )
    assert answers[1].errors
    assert not answers[0].errors
    assert not answers[2].errors
    assert group.name in last(one_world, "Amina")
    assert "F-1" in last(one_world, "Cara")


def test_an_event_that_cannot_be_taken_fails_alone(one_world: World, caplog: pytest.LogCaptureFixture) -> None:
    met(one_world)
    # Half a character, which no database takes.
    broken = Event("2", Account(one_world.platform, one_world.workspace, "\ud800"), Said("my groups"))
    answers = answered_together(
        one_world,
        [
            asked(one_world, "Amina", Said("my groups"), id="1"),
            broken,
            asked(one_world, "Cara", Said("my groups"), id="3"),
        ],
    )
    assert [answer.failed for answer in answers] == [False, True, False]
    assert "answered one by one" in caplog.text
    assert "Ward group" in last(one_world, "Amina")


def test_while_the_database_is_away_nobody_waits_for_it_one_by_one(one_world: World) -> None:
    met(one_world)
    tried = 0

    def away(*_: object) -> None:
        nonlocal tried
        tried += 1
        raise OperationalError("BEGIN", {}, Exception("database is locked"))

    engine = one_world.database.engine
    happening.listen(engine, "begin", away)
    answers = answered_together(one_world, [asked(one_world, name, Said("help now"), id=name) for name in NAMES])
    happening.remove(engine, "begin", away)
    assert tried == 1
    assert all(answer.failed for answer in answers)


def test_whoever_waits_hears_of_a_mistake_and_nobody_is_forgotten(one_world: World) -> None:
    def work(numbers: Sequence[int]) -> Sequence[int | Exception]:
        if 13 in numbers:
            raise ZeroDivisionError
        return [ValueError(number) if number == 7 else number * 2 for number in numbers]

    async def ask() -> list[int | BaseException]:
        threads = Threads(1)
        together = Together(threads, work, most=4, at_once=1)
        asking = [asyncio.create_task(together.run(number)) for number in (1, 7, 3, 4, 5)]
        await asyncio.sleep(0)
        asking[2].cancel()
        first = await asyncio.gather(*asking, return_exceptions=True)
        second = await asyncio.gather(together.run(13), return_exceptions=True)
        third = await asyncio.gather(together.run(8), return_exceptions=True)
        threads.close()
        return [*first, *second, *third]

    found = one_world.loop.run(ask())
    assert [one if isinstance(one, int) else type(one).__name__ for one in found] == [
        2, "ValueError", "CancelledError", 8, 10, "ZeroDivisionError", 16,
    ]  # fmt: skip


def test_whoever_comes_just_as_the_last_one_is_answered_is_answered_too(one_world: World) -> None:
    async def ask() -> list[int]:
        threads = Threads(1)
        together: Together[int, int] = Together(threads, lambda numbers: numbers, most=4, at_once=1)
        async with asyncio.timeout(10):
            found = [await together.run(number) for number in range(3)]
        threads.close()
        return found

    assert one_world.loop.run(ask()) == [0, 1, 2]
