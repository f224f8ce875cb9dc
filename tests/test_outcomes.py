"""What becomes of a letter after each answer of a platform, one at a time."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from sqlalchemy import select, update

from bot import ahead
from bot.delivery import AN_HOUR, IN_FLIGHT, LEASE, Delivery
from handlers import cards
from handlers.chat import Card
from storage import outbox, people
from storage.organisations import Organisation
from storage.outbox import CardBody, Letter
from storage.people import Account, Person, these
from tests.delivery_model import CANNOT_TELL, REST, Process, Time, World
from tests.delivery_protocol import START, settle_in
from tests.world import Template

PAPER = cards.dump(Card("News"))


class Office:
    """One process that delivers to the people of the model, with the platforms' answers said in advance."""

    def __init__(self, template: Template, file: Path) -> None:
        self.database = template.copy(file)
        settle_in(self.database)
        self.time = Time(START)
        self.world = World(self.time)
        self.process = Process(self.world, self.database, Delivery)

    def close(self) -> None:
        """End the process, if nothing did yet."""
        if not self.process.dead:
            self.process.crash()
        self.database.close()

    def write(self, kind: str, to: str = "Amina", *, body: str = PAPER, **more: Any) -> str:
        """Write a letter. Returns its key."""
        with self.database.transaction() as session:
            person = session.scalars(select(Person).where(Person.name == to)).one()
            card = outbox.add_card(session, body, now=self.time())
            key = f"{kind}:{card}"
            if kind in ("reply", "help"):
                account = session.scalars(select(Account).where(Account.user == to)).one()
                outbox.reply(session, account, card_id=card, key=key, kind=kind, now=self.time())
            else:
                organisation = session.scalars(select(Organisation)).one()
                outbox.post(
                    session,
                    these([person]),
                    organisation_id=organisation.id,
                    card_id=card,
                    key=key,
                    kind=kind,
                    now=self.time(),
                    **more,
                )
        return key

    def deliver(self, *answers: str) -> None:
        """Deliver what is due. ``answers``: what happens to each send and look-up in turn; then all is fine."""
        self.time.seconds += 1
        left = list(answers)
        for _ in range(6):
            self.process.settle()
            while doors := self.process.doors():
                wire = doors[0].kind in ("send", "find")
                self.process.open(doors[0], left.pop(0) if wire and left else "fine")
            self.time.seconds += 0.02

    def begin(self, steps: int) -> None:
        """Begin to deliver what is due, and come so many steps far."""
        self.time.seconds += 1
        self.process.settle()
        self.process.work(steps)

    def stop(self) -> None:
        """Ask the process to stop, and wait until it has."""
        self.process.delivery.stop()
        with pytest.raises(AssertionError, match="delivery ended"):
            self._go_on_for_ever()

    def _go_on_for_ever(self) -> None:
        for _ in range(20):
            self.process.work(20)
            self.time.seconds += 0.02
            self.process.settle()

    def wait(self, seconds: float) -> None:
        """Let so many seconds pass on the machine's clock."""
        self.time.seconds += seconds

    def letter(self, key: str) -> Letter:
        """The letter under this key."""
        with self.database.transaction() as session:
            return session.scalars(select(Letter).where(Letter.key == key)).one()

    def state(self, key: str) -> tuple[str, str]:
        """Its state, and why."""
        letter = self.letter(key)
        return letter.state, letter.why

    def come_from(self, platform: str, workspace: str, number: int) -> list[str]:
        """Let so many new people come from a workspace. Returns their names."""
        names = [f"{platform}{one}" for one in range(number)]
        with self.database.transaction() as session:
            organisation = session.scalars(select(Organisation)).one()
            for name in names:
                people.meet(
                    session,
                    organisation.id,
                    platform=platform,
                    workspace=workspace,
                    user=name,
                    name=name,
                    time_zone="Europe/London",
                    now=self.time(),
                )
        return names

    def arrived(self) -> list[str]:
        """Who got something, in order."""
        return [arrival.user for arrival in self.world.arrivals]


@pytest.fixture
def office(template: Template, tmp_path: Path) -> Iterator[Office]:
    logging.disable(logging.CRITICAL)
    office = Office(template, tmp_path / "office.db")
    yield office
    office.close()
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize(
    ("answer", "state", "again_after"),
    [
        ("fine", ("sent", ""), None),
        ("too many", ("waiting", "ratelimited"), REST),
        ("passing", ("waiting", "http_503"), 1.0),
        ("held", ("waiting", "token_revoked"), AN_HOUR),
        ("gone", ("needs_call", "user_disabled"), None),
        ("mistake", ("failed", "invalid_blocks"), None),
        ("stored", ("sent", "connection lost"), None),
        ("not stored", ("waiting", "connection lost"), 1.0),
        ("stored and broken", ("sent", "RuntimeError"), None),
        ("broken", ("waiting", "RuntimeError"), 1.0),
    ],
)
def test_each_answer_has_its_consequence(
    office: Office, answer: str, state: tuple[str, str], again_after: float | None
) -> None:
    key = office.write("notice")
    office.deliver(answer)
    assert office.state(key) == state
    letter = office.letter(key)
    assert letter.tries == 1
    if again_after is None:
        assert office.arrived() == (["Amina"] if state[0] == "sent" else [])
        return
    assert letter.not_before is not None
    ahead = (letter.not_before - office.time.real()).total_seconds()
    assert again_after - 1 < ahead <= again_after
    if ahead > 5:
        office.wait(ahead - 3)
        office.deliver()
        assert office.arrived() == []
    office.wait(3)
    office.deliver()
    assert office.state(key) == ("sent", "")
    assert office.arrived() == ["Amina"]


def test_somebody_who_is_gone_is_marked_and_the_next_letter_is_a_call(office: Office) -> None:
    office.write("notice")
    office.deliver("gone")
    later = office.write("notice")
    assert office.state(later)[0] == "needs_call"


def test_one_workspace_rests_and_no_other_waits(office: Office) -> None:
    resting, other = office.write("notice", "Amina"), office.write("notice", "Bill")
    office.deliver("too many")
    assert office.state(other)[0] == "sent"
    again, more = office.write("reply", "Amina"), office.write("reply", "Bill")
    office.deliver()
    assert office.arrived() == ["Bill", "Bill"]
    assert office.letter(again).tries == 0
    office.wait(REST)
    office.deliver()
    assert {office.state(key)[0] for key in (resting, other, again, more)} == {"sent"}


def test_replies_to_one_person_arrive_in_order_and_before_what_is_not_urgent(office: Office) -> None:
    routine = office.write("notice")
    replies = [office.write("reply") for _ in range(3)]
    office.deliver("passing")
    office.wait(2)
    office.deliver()
    office.wait(2)
    office.deliver()
    ids = [int(arrival.letter.split("-")[1]) for arrival in office.world.arrivals]
    assert ids == [office.letter(key).id for key in (*replies, routine)]


def test_a_letter_whose_time_is_over_is_dropped_and_says_so(office: Office) -> None:
    key = office.write("digest", until=START + timedelta(hours=2))
    office.time.ahead = timedelta(hours=2)
    office.deliver()
    assert office.state(key) == ("not_needed", "too late")
    assert office.arrived() == []


def test_quiet_hours_hold_a_letter_which_goes_in_the_morning(office: Office) -> None:
    office.time.ahead = timedelta(hours=11)
    held, asked = office.write("notice"), office.write("reply")
    office.deliver()
    assert office.state(held) == ("waiting", "quiet hours")
    assert office.letter(held).due_at == datetime(2027, 3, 3, 8, 0, tzinfo=UTC)
    assert office.letter(held).tries == 0
    assert office.state(asked)[0] == "sent"
    office.time.ahead = timedelta(hours=22)
    office.deliver()
    assert office.state(held) == ("sent", "")


@pytest.mark.parametrize("answer", ["stored", "not stored"])
@pytest.mark.parametrize(
    ("kind", "again"),
    [("digest", False), ("announcement", False), ("notice", False), ("change", True), ("reply", True)],
)
def test_where_nobody_can_tell_only_some_kinds_go_again(office: Office, answer: str, kind: str, again: bool) -> None:
    key = office.write(kind, "Dev")
    office.deliver(answer)
    first = ["Dev"] if answer == "stored" else []
    assert office.arrived() == first
    assert office.state(key) == ("waiting" if again else "unknown", "connection lost")
    office.wait(5)
    office.deliver()
    assert office.arrived() == first + (["Dev"] if again else [])


def test_a_look_up_that_fails_is_made_again_and_nothing_is_sent_meanwhile(office: Office) -> None:
    key = office.write("reply")
    office.deliver("stored", "fails")
    assert office.state(key) == ("sending", "connection lost")
    with office.database.transaction() as session:
        assert outbox.columns(session, key)["waiting"] == 1
    for _ in range(3):
        office.wait(30)
        office.deliver("fails")
    assert office.arrived() == ["Amina"]
    office.wait(60)
    office.deliver()
    assert office.state(key)[0] == "sent"
    assert office.arrived() == ["Amina"]


def test_a_letter_that_never_comes_clear_is_let_go_so_that_others_are_not_kept(office: Office) -> None:
    key, behind = office.write("notice"), office.write("notice")
    office.deliver("stored", "fails")
    for _ in range(25):
        office.wait(601)
        office.deliver("fails")
    assert office.state(key)[0] == "unknown"
    office.deliver()
    assert office.state(behind)[0] == "sent"


@pytest.mark.parametrize("body", ["not JSON", '{"no": "title"}', '["a list"]'])
def test_a_card_that_cannot_be_read_fails_alone(office: Office, body: str) -> None:
    unreadable, fine = office.write("notice", "Amina", body=body), office.write("notice", "Bill")
    office.deliver()
    assert office.state(unreadable) == ("failed", "unreadable")
    assert office.state(fine) == ("sent", "")


def test_a_card_of_another_key_fails_alone(office: Office) -> None:
    unreadable, fine = office.write("notice", "Amina"), office.write("notice", "Bill")
    with office.database.transaction() as session:
        session.connection().exec_driver_sql("UPDATE cards SET body = 'of another key' WHERE id = 1")
    office.deliver()
    assert office.state(unreadable) == ("failed", "unreadable")
    assert office.state(fine) == ("sent", "")


def test_a_card_that_was_deleted_is_not_needed(office: Office) -> None:
    key = office.write("notice")
    with office.database.transaction() as session:
        session.execute(update(Letter).values(card_id=None))
        session.query(CardBody).delete()
    office.deliver()
    assert office.state(key) == ("not_needed", "deleted")


def test_a_letter_for_a_platform_that_is_not_there_waits_and_keeps_nobody_back(office: Office) -> None:
    with office.database.transaction() as session:
        session.execute(update(Account).where(Account.platform == CANNOT_TELL).values(platform="elsewhere"))
    key, fine = office.write("notice", "Dev"), office.write("notice", "Amina")
    office.deliver()
    assert office.state(key) == ("waiting", "platform not configured")
    assert office.state(fine) == ("sent", "")


def test_where_nobody_can_look_it_up_only_what_is_begun_at_once_is_marked(office: Office) -> None:
    many = IN_FLIGHT + 8
    names = [*office.come_from(CANNOT_TELL, "X", many), *office.come_from("slack", "T1", many)]
    keys = [office.write("reply", name) for name in names]
    with patch.object(ahead, "LEAST", 2 * many):
        office.begin(4)
        assert Counter(office.state(key)[0] for key in keys[:many]) == {"sending": IN_FLIGHT, "waiting": 8}
        assert {office.state(key)[0] for key in keys[many:]} == {"sending"}
        office.deliver()
    assert sorted(office.arrived()) == sorted(names)


def test_stopping_finishes_what_is_under_way_and_puts_back_the_rest(office: Office) -> None:
    under_way = [office.write("notice", name) for name in ("Amina", "Bill", "Dev")]
    office.begin(4)
    assert [door.kind for door in office.process.doors()] == ["send", "send", "send"]
    not_begun = office.write("reply", "Amina")
    office.stop()
    assert {office.state(key)[0] for key in under_way} == {"sent"}
    letter = office.letter(not_begun)
    assert (letter.state, letter.tries, letter.owner) == ("waiting", 0, "")


def test_stopping_puts_back_what_was_claimed_and_not_begun(office: Office) -> None:
    key = office.write("notice")
    office.begin(3)
    assert office.letter(key).state == "sending"
    office.stop()
    assert office.arrived() == []
    assert office.state(key) == ("waiting", "stopping")


def test_while_the_database_is_away_what_was_sent_waits_to_be_written_down(office: Office) -> None:
    key = office.write("digest", "Dev")
    office.begin(5)
    assert office.arrived() == ["Dev"]
    for _ in range(5):
        (door,) = office.process.doors()
        assert door.kind == "database"
        office.process.open(door, "away")
        assert office.process.delivery.failing == "DatabaseAway"
        office.time.seconds += 1
        office.process.settle()
    office.deliver()
    assert office.state(key) == ("sent", "")
    assert office.arrived() == ["Dev"]
    assert office.process.delivery.failing == ""


def test_what_could_not_be_written_down_for_long_is_looked_up_by_the_same_process(office: Office) -> None:
    key = office.write("notice")
    office.begin(5)
    for _ in range(40):
        for door in office.process.doors():
            office.process.open(door, "away")
        office.time.seconds += 1
        office.process.settle()
    assert office.letter(key).state == "sending"
    office.wait(LEASE.total_seconds())
    office.deliver()
    assert office.state(key) == ("sent", "worker died")
    assert office.arrived() == ["Amina"]


def test_a_slow_platform_is_looked_up_and_not_sent_to_twice(office: Office) -> None:
    key = office.write("notice")
    office.begin(4)
    office.time.seconds += 9
    office.process.settle()
    assert [door.kind for door in office.process.doors()] == ["find"]
    office.deliver()
    assert office.state(key)[1] == "timeout"
    office.wait(2)
    office.deliver()
    assert office.state(key)[0] == "sent"
    assert office.arrived() == ["Amina"]
