"""A state machine that does its worst to delivery, and what must hold whatever it does."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import select

from bot.delivery import LEASE, Delivery
from bot.platform import Address
from handlers import cards, joining
from handlers.chat import Card
from handlers.texts.joining import STATES
from handlers.truth import A_DAY, CHANGES, IN_OFFICE_HOURS, TWICE_IS_BETTER
from handlers.turn import Turn
from storage import groups, meetings, organisations, outbox, pauses, people, privacy
from storage.database import Database
from storage.groups import Group
from storage.meetings import Meeting
from storage.organisations import Organisation
from storage.outbox import Letter
from storage.people import Account, Person
from tests.delivery_model import CANNOT_TELL, Fault, Process, Time, World
from tests.postgres import PostgresCopy

START = datetime(2027, 3, 2, 10, 0, tzinfo=UTC)
LONDON = ZoneInfo("Europe/London")
ACCOUNTS = {"Amina": ("slack", "T1"), "Bill": ("slack", "T2"), "Dev": (CANNOT_TELL, "X"), "Eve": None}
"""Everybody in the group, and where they are written to."""

CHANGED = ("pause", "back", "stop", "start", "silence", "undo", "leave", "join", "delete", "yes", "no", "call")
SENDS = (
    *["fine"] * 4,
    *("stored", "not stored", "stored and broken", "broken", "too many", "passing", "held", "gone", "mistake"),
)
TOLD = ("announcement", "digest", "notice")
OPEN = ("waiting", "sending")
_PAPER = cards.dump(Card("News"))
_ROWS = select(Letter.id, Letter.state, Letter.urgent, Letter.account_id, Letter.due_at, Letter.not_before, Letter.why)


def settle_in(database: Database) -> None:
    """Put the people of the model into an empty database."""
    with database.transaction() as session:
        organisation = organisations.add_organisation(
            session, "Eastern Hospitals", nation="ENG", time_zone="Europe/London", now=START
        )
        group = groups.add_group(
            session, organisation.id, name="Group", about="", who_can_join="", rhythm="", now=START
        )
        for name, where in ACCOUNTS.items():
            if where is None:
                person = people.add_person(session, organisation.id, name=name, time_zone="Europe/London", now=START)
            else:
                account = people.meet(
                    session,
                    organisation.id,
                    platform=where[0],
                    workspace=where[1],
                    user=name,
                    name=name,
                    time_zone="Europe/London",
                    now=START,
                )
                person = account.person
            groups.place(session, group, person, state="active", now=START)


class CopyInMemory:
    """A SQLite database as it is now, to begin again from."""

    def __init__(self, database: Database) -> None:
        self._engine = database.engine
        self._copy = sqlite3.connect(":memory:")
        with contextlib.closing(self._engine.raw_connection()) as raw:
            raw.driver_connection.backup(self._copy)  # type: ignore[union-attr]  # it is sqlite3's

    def again(self) -> None:
        """Make the database what it was."""
        with contextlib.closing(self._engine.raw_connection()) as raw:
            self._copy.backup(raw.driver_connection)  # type: ignore[arg-type]  # it is sqlite3's

    def close(self) -> None:
        self._copy.close()


@dataclass
class Somebody:
    """A person as the model knows them. ``lived``: all that ever happened to them."""

    name: str
    id: int
    state: str = "active"
    stopped: bool = False
    silenced: bool = False
    deleted: bool = False
    call: bool = False
    answers: dict[int, str] = field(default_factory=dict)
    lived: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Written:
    """A letter as it was written."""

    id: int
    ref: str
    kind: str
    unasked: bool
    needs: str
    meeting: int | None
    version: int | None
    until: datetime | None
    to: Somebody


class Delivering(RuleBasedStateMachine):
    """Processes that send while they are killed and frozen, the platforms fail, and the world changes."""

    database: ClassVar[Database]
    beginning: ClassVar[CopyInMemory | PostgresCopy]
    make: ClassVar[type[Delivery]] = Delivery
    meeting: Meeting

    @initialize(processes=st.integers(1, 3), kinds=st.lists(st.sampled_from(TOLD), min_size=1, max_size=3))
    def begin(self, processes: int, kinds: list[str]) -> None:
        self.beginning.again()
        self.time = Time(START)
        self.world = World(self.time, sent_by=self._sent, around=self._around)
        self.written: dict[int, Written] = {}
        self.by_ref: dict[str, Written] = {}
        self.audiences: dict[str, int] = {}
        self.asked_at: dict[int, float] = {}
        self.last_about: dict[tuple[str, int], int] = {}
        self.meetings: dict[int, Meeting] = {}
        self.number = 0
        with self.database.transaction() as session:
            found = session.scalars(select(Person).order_by(Person.id)).all()
            self.people = [Somebody(person.name, person.id) for person in found]
            self.organisation = session.scalars(select(Organisation)).one()
            self.group = session.scalars(select(Group)).one()
        self._new_meeting()
        self.processes = [Process(self.world, self.database, self.make) for _ in range(processes)]
        for kind in kinds:
            self.tell_everyone(kind)

    # What is written

    @rule(kind=st.sampled_from(TOLD))
    def tell_everyone(self, kind: str) -> None:
        until = self.time() + timedelta(hours=30) if kind == "digest" else None
        self._post(kind, until=until)

    @precondition(lambda self: self.meeting.cancelled_at is None)
    @rule(kind=st.sampled_from(("invitation", "reminder")))
    def ask(self, kind: str) -> None:
        self._post(kind, meeting=self.meeting, needs="unanswered" if kind == "invitation" else "")

    @rule(who=st.integers(0, 2), kind=st.sampled_from(("reply", "reply", "help")), times=st.integers(1, 3))
    def answer_somebody(self, who: int, kind: str, times: int) -> None:
        somebody = self.people[who]
        with self.database.transaction() as session:
            account = session.scalars(select(Account).where(Account.user == somebody.name)).one()
            for _ in range(times):
                self.number += 1
                card = outbox.add_card(session, _PAPER, now=self.time())
                outbox.reply(session, account, card_id=card, key=f"reply:{self.number}", kind=kind, now=self.time())
                self._note(session, f"reply:{self.number}", 1)

    def _post(
        self, kind: str, *, until: datetime | None = None, meeting: Meeting | None = None, needs: str = ""
    ) -> None:
        self.number += 1
        key = f"{kind}:{self.number}"
        with self.database.transaction() as session:
            posted = outbox.post(
                session,
                groups.audience(self.group.id),
                organisation_id=self.organisation.id,
                card_id=outbox.add_card(session, _PAPER, now=self.time()),
                key=key,
                kind=kind,
                now=self.time(),
                until=until,
                group_id=self.group.id,
                meeting=meeting,
                needs=needs,
            )
            self._note(session, key, posted)
        here = [one for one in self.people if one.state in ("active", "paused") and not one.deleted]
        if posted != len(here):
            raise Fault(f"{posted} letters for {len(here)} people")

    def _note(self, session: Any, key: str, number: int) -> None:
        by_id = {one.id: one for one in self.people}
        self.audiences[key] = number
        for row in session.scalars(select(Letter).where(Letter.key == key)):
            letter = Written(
                row.id,
                f"{self.organisation.ref}-{row.id}",
                row.kind,
                row.unasked,
                row.needs,
                row.meeting_id,
                row.meeting_version,
                row.until,
                by_id[row.person_id],
            )
            self.written[letter.id] = self.by_ref[letter.ref] = letter

    # What goes wrong

    @rule(
        which=st.integers(0, 2),
        steps=st.lists(st.tuples(st.integers(0, 3), st.sampled_from(SENDS)), min_size=1, max_size=12),
    )
    def go_on(self, which: int, steps: list[tuple[int, str]]) -> None:
        process = self._process(which)
        for door, outcome in steps:
            if process.frozen or not process.doors():
                return
            at = process.doors()[door % len(process.doors())]
            # What goes wrong on the way to the database, or while looking up, has no kinds.
            fails = "fails" if outcome in (("stored", "held") if at.kind != "find" else SENDS[4:]) else "fine"
            process.open(at, outcome if at.kind == "send" else fails)

    @rule(which=st.integers(0, 2), outcomes=st.lists(st.sampled_from(SENDS[3:]), min_size=1, max_size=4))
    def the_platform_answers(self, which: int, outcomes: list[str]) -> None:
        """Go on until something is being sent or looked up, and let that meet these."""
        process = self._process(which)
        for outcome in outcomes:
            for _ in range(0 if process.frozen else 12):
                wire = [door for door in process.doors() if door.kind in ("send", "find")]
                if wire:
                    fails = "fine" if outcome == "fine" else "fails"
                    process.open(wire[0], outcome if wire[0].kind == "send" else fails)
                    break
                if not process.go_on():
                    self.time.seconds += 0.5
                    self._settle()

    @rule(which=st.integers(0, 2), steps=st.integers(1, 30))
    def work(self, which: int, steps: int) -> None:
        if not (process := self._process(which)).frozen:
            process.work(steps)

    @rule(which=st.integers(0, 2))
    def crash(self, which: int) -> None:
        index = which % len(self.processes)
        self.processes[index].crash()
        self.processes[index] = Process(self.world, self.database, self.make)

    @rule(which=st.integers(0, 2))
    def freeze_or_thaw(self, which: int) -> None:
        process = self._process(which)
        process.frozen = not process.frozen
        self._settle()

    @rule(which=st.integers(0, 2), seconds=st.sampled_from((9.0, 61.0, 61.0, 700.0)), steps=st.integers(0, 40))
    def freeze_for_a_while(self, which: int, seconds: float, steps: int) -> None:
        """Meanwhile the others go on."""
        frozen = self._process(which)
        frozen.frozen = True
        self.time.seconds += seconds
        for process in self.processes:
            if not process.frozen:
                process.settle()
                process.work(steps)
        frozen.frozen = False
        frozen.settle()

    @rule(seconds=st.sampled_from((0.02, 1.0, 1.0, 5.0, 9.0, 31.0, 61.0, 61.0, 700.0)))
    def time_passes(self, seconds: float) -> None:
        self.time.seconds += seconds
        self._settle()

    @rule(hours=st.sampled_from((1, 5, 9, 14, 24)))
    def hours_pass(self, hours: int) -> None:
        self.time.ahead += timedelta(hours=hours)

    # What changes in the world

    @rule(who=st.integers(0, 3), what=st.sampled_from(CHANGED))
    def somebody_changes(self, who: int, what: str) -> None:
        one = self.people[who]
        if one.deleted:
            return
        with self.database.transaction() as session:
            person = session.get_one(Person, one.id)
            self._change(session, one, person, what)
        one.lived.add(what)

    def _change(self, session: Any, one: Somebody, person: Person, what: str) -> None:
        match what:
            case "pause" if one.state == "active":
                pauses.pause(session, person, until=None)
                one.state = "paused"
            case "back" if one.state == "paused":
                pauses.come_back(session, person)
                one.state = "active"
            case "stop":
                person.stopped_at, one.stopped = self.time(), True
                session.flush()
                outbox.stop(session, person, why="stop", unasked_only=True)
            case "start":
                person.stopped_at, one.stopped = None, False
            case "silence":
                person.silenced_at, one.silenced = self.time(), True
                session.flush()
                outbox.stop(session, person, why="silenced", unasked_only=False)
            case "undo":
                person.silenced_at, one.silenced = None, False
            case "leave":
                place = groups.membership(session, self.group.id, person.id)
                if place is not None and place.state in STATES:
                    organisation = session.get_one(Organisation, person.organisation_id)
                    joining.leave(Turn(session, self.time(), organisation), person, str(self.group.id))
                one.state = "left"
            case "join":
                groups.place(session, self.group, person, state="active", now=self.time())
                one.state = "active"
            case "delete":
                privacy.erase(session, person, now=self.time())
                one.deleted, one.state, one.stopped, one.call, one.answers = True, "", False, False, {}
            case "yes" | "no":
                meeting = session.get_one(Meeting, self.meeting.id)
                meetings.answer(session, meeting, person, answer=what, now=self.time())
                one.answers[meeting.id] = what
            case "call":
                person.reach_by = "chat" if one.call else "call"
                one.call = not one.call

    @precondition(lambda self: self.meeting.cancelled_at is None)
    @rule(cancel=st.booleans())
    def the_meeting_changes(self, cancel: bool) -> None:
        with self.database.transaction() as session:
            meeting: Meeting = session.get_one(Meeting, self.meeting.id)
            if cancel:
                meetings.cancel(session, meeting, now=self.time())
            else:
                starts_at = self.time() + timedelta(days=3)
                meetings.move(session, meeting, local_start=_local(starts_at), starts_at=starts_at, minutes=60)
            self.meeting = self.meetings[meeting.id] = meeting
        self._post("change", meeting=self.meeting, until=self.meeting.starts_at)

    @precondition(lambda self: self.meeting.cancelled_at is not None or self.meeting.starts_at < self.time())
    @rule()
    def a_new_meeting(self) -> None:
        self._new_meeting()

    def _new_meeting(self) -> None:
        starts_at = self.time() + timedelta(days=3)
        with self.database.transaction() as session:
            self.meeting = meetings.add_meeting(
                session,
                session.get_one(Organisation, self.organisation.id),
                session.get_one(Group, self.group.id),
                title="Meeting",
                local_start=_local(starts_at),
                starts_at=starts_at,
                zone="Europe/London",
                minutes=60,
                how="online",
            )
        self.meetings[self.meeting.id] = self.meeting

    # What must hold

    @invariant()
    def the_columns_add_up(self) -> None:
        if not hasattr(self, "audiences"):
            return
        with self.database.transaction() as session:
            for key, number in self.audiences.items():
                columns = outbox.columns(session, key)
                if set(columns) != set(outbox.COLUMNS) or sum(columns.values()) != number:
                    raise Fault(f"{key}: {columns} of {number}")

    def _sent(self, process: Process, ref: str, address: Address) -> None:
        letter = self.by_ref[ref]
        times = self.world.count()[ref]
        if times and address.platform != CANNOT_TELL:
            self.world.faults.append(f"{letter} twice")
        if times and letter.kind not in TWICE_IS_BETTER:
            self.world.faults.append(f"{letter} twice, where never is better")
        if self.time.seconds > self.asked_at.get(letter.id, self.time.seconds) + LEASE.total_seconds():
            self.world.faults.append(f"{letter} long after it was asked whether it is true")
        if letter.meeting is not None:
            about = (address.user, letter.meeting)
            if letter.id < self.last_about.get(about, 0):
                self.world.faults.append(f"{letter} after a later one")
            self.last_about[about] = letter.id

    def _around(self, process: Process, work: Callable[[], Any]) -> Any:
        with self.database.transaction() as session:
            before = {(row.id, row.not_before) for row in session.execute(_ROWS.where(Letter.state == "sending"))}
        back = work()
        with self.database.transaction() as session:
            rows = session.execute(_ROWS.where(Letter.state.in_(OPEN))).all()
        for row in rows:
            if row.state == "sending" and (row.id, row.not_before) not in before:
                self.asked_at[row.id] = self.time.seconds
                self._must_be_true(self.written[row.id])
                if not row.urgent and any(
                    other.state == "waiting"
                    and other.urgent
                    and other.account_id == row.account_id
                    and other.due_at <= self.time()
                    for other in rows
                ):
                    self.world.faults.append(f"{self.written[row.id]} before an urgent one")
        return back

    def _must_be_true(self, letter: Written) -> None:
        """The letter was just claimed: may it go?"""
        to, now = letter.to, self.time()
        wrong = to.deleted and letter.unasked
        wrong |= to.silenced and letter.kind != "help"
        if letter.unasked:
            wrong |= to.stopped or to.state == "paused" or to.call
            wrong |= to.state == "left" and letter.kind != "notice"
            wrong |= letter.until is not None and now >= letter.until
            if letter.meeting is not None:
                meeting = self.meetings[letter.meeting]
                wrong |= letter.version != meeting.version
                wrong |= letter.needs == "unanswered" and letter.meeting in to.answers
                wrong |= letter.kind not in CHANGES and now >= meeting.starts_at
            soon = letter.meeting is not None and self.meetings[letter.meeting].starts_at - now < A_DAY
            wrong |= not (letter.kind == "change" and soon) and not _open(letter.kind, now)
        if wrong:
            self.world.faults.append(f"{letter} was to be sent")

    def teardown(self) -> None:
        """When all is well again and enough time has passed, everything has its explanation."""
        if not hasattr(self, "processes"):
            return
        try:
            self._get_well()
            self._all_is_explained()
        finally:
            for process in self.processes:
                if not process.dead:
                    process.crash()

    def _get_well(self) -> None:
        for process in self.processes:
            process.frozen = False
        for _ in range(60):
            for seconds in (1.0, 0.02, 0.02, 61.0):
                for process in self.processes:
                    process.settle()
                    process.work(200)
                self.time.seconds += seconds
            with self.database.transaction() as session:
                due = session.scalars(select(Letter.due_at).where(Letter.state.in_(OPEN))).all()
            if not due:
                return
            self.time.seconds += 3601
            self.time.ahead += max(min(due) - self.time(), timedelta())
        raise Fault("letters wait for ever")

    def _all_is_explained(self) -> None:
        arrived = self.world.count()
        with self.database.transaction() as session:
            rows = session.execute(_ROWS).all()
        self.the_columns_add_up()
        for row in rows:
            letter = self.written[row.id]
            if not self._explained(letter, row.state, row.why, arrived[letter.ref]):
                raise Fault(f"{letter} is {row.state} ({row.why}), arrived {arrived[letter.ref]} times")

    def _explained(self, letter: Written, state: str, why: str, arrived: int) -> bool:
        to = letter.to
        where = ACCOUNTS[to.name]
        told = where is not None and where[0] != CANNOT_TELL
        if state == "sent":
            return arrived > 0
        if why == "deleted":
            return to.deleted
        if arrived and told:
            return False
        match state:
            case "unknown":
                return not told and letter.kind not in TWICE_IS_BETTER
            case "failed":
                return letter.ref in self.world.refused
            case "needs_call":
                return where is None or to.name in self.world.gone or "call" in to.lived
            case "stopped":
                return bool(to.lived & {"stop", "silence"})
            case "paused":
                return "pause" in to.lived
            case "not_needed":
                return self._needless(letter, why)
        return False

    def _needless(self, letter: Written, why: str) -> bool:
        meeting = self.meetings.get(letter.meeting or 0)
        match why:
            case "left":
                return "leave" in letter.to.lived
            case "too late":
                return letter.until is not None and self.time() >= letter.until
            case "answered":
                return bool(letter.to.lived & {"yes", "no"})
            case "cancelled" | "moved" | "changed again":
                return meeting is not None and meeting.version != letter.version
            case "past":
                return meeting is not None and meeting.starts_at <= self.time()
        return False

    # Small steps

    def _process(self, which: int) -> Process:
        return self.processes[which % len(self.processes)]

    def _settle(self) -> None:
        for process in self.processes:
            if not process.frozen:
                process.settle()


def _local(moment: datetime) -> datetime:
    return moment.astimezone(LONDON).replace(tzinfo=None)


def _open(kind: str, now: datetime) -> bool:
    """Whether an unasked message of this kind may go at this hour, bank holidays aside."""
    local = now.astimezone(LONDON)
    if kind in IN_OFFICE_HOURS:
        return local.weekday() < 5 and 9 <= local.hour < 18
    return local.weekday() < 6 and 8 <= local.hour < 20
