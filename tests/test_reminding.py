"""What is sent unasked about a meeting: when, to whom, and when it is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from handlers import reminding
from handlers.rhythm import invited_at, reminded_at, told_how_at
from storage import meetings
from storage.meetings import Meeting
from storage.outbox import CardBody, Letter
from tests.phones import Phone
from tests.test_meetings import LINK, named, planned, put
from tests.world import World

INVITED, REMINDED = "Can you come to a meeting?", "There is a meeting soon"
TOLD_HOW = "How to join your meeting"


def received(phone: Phone, words: str) -> int:
    """How many of the messages hold the words."""
    return sum(words in message for message in phone.messages())


def at(world: World, month: int, day: int, hour: int) -> None:
    """Let time pass until then, UTC."""
    world.wait_until(datetime(2027, month, day, hour, 30, tzinfo=UTC))


@pytest.mark.parametrize(
    ("start", "invited", "reminded", "told"),
    [
        # UTC. An ordinary Tuesday evening in winter; Good Friday and Easter Monday between, and summer time begun;
        # a Monday morning; a Saturday; over the clock change in October.
        ("2027-03-23 18:00", "2027-03-03 09:00", "2027-03-19 09:00", "2027-03-23 09:00"),
        ("2027-03-31 18:00", "2027-03-09 09:00", "2027-03-25 09:00", "2027-03-31 08:00"),
        ("2027-03-15 09:30", "2027-02-23 09:00", "2027-03-11 09:00", "2027-03-12 12:00"),
        ("2027-03-20 14:00", "2027-03-02 09:00", "2027-03-18 09:00", "2027-03-19 12:00"),
        ("2027-11-02 18:00", "2027-10-13 08:00", "2027-10-29 08:00", "2027-11-02 09:00"),
    ],
)
def test_the_rhythm_counts_working_days_in_the_meetings_own_zone(
    one_world: World, start: str, invited: str, reminded: str, told: str
) -> None:
    group = one_world.group("Radiotherapy volunteers")
    meeting = planned(one_world, group, datetime.fromisoformat(start))
    moments = [moment(meeting, "ENG").strftime("%Y-%m-%d %H:%M") for moment in (invited_at, reminded_at, told_how_at)]
    assert moments == [invited, reminded, told]


def test_the_invitation_goes_14_working_days_before_at_9am(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    amina, cara = world.member("Amina", of=group), world.coordinator("Cara", of=group)
    planned(world, group, datetime(2027, 3, 24, 18), title="About breast cancer")
    at(world, 3, 4, 8)
    assert received(amina, INVITED) == 0
    at(world, 3, 4, 9)
    assert received(amina, INVITED) == 1
    assert "Wednesday 24 March 2027, 6pm to 7:30pm" in amina.last()
    for label in ("Yes, I am coming", "No, I cannot come", "Not sure yet", "Ask for support"):
        assert label in amina.last()
    assert "cancer" not in amina.screen()
    at(world, 3, 5, 9)
    assert received(amina, INVITED) == 1
    assert received(cara, INVITED) == 0


def test_somebody_who_joins_later_is_invited_too_and_only_once(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    amina = world.member("Amina", of=group)
    planned(world, group, datetime(2027, 3, 16, 18))
    world.wait(days=1)
    dev = world.member("Dev", of=group)
    world.wait(days=1)
    assert received(amina, INVITED) == received(dev, INVITED) == 1


def test_reminders_differ_by_answer_and_no_is_left_in_peace(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    amina, dev, eve, fred = (world.member(name, of=group) for name in ("Amina", "Dev", "Eve", "Fred"))
    planned(world, group, datetime(2027, 3, 16, 18))
    world.wait(hours=1)
    amina.do("Yes, I am coming", say="yes")
    dev.do("No, I cannot come", say="no")
    eve.do("Not sure yet", say="not sure")
    at(world, 3, 12, 8)
    assert received(amina, REMINDED) == received(fred, "I have no answer from you yet") == 0
    at(world, 3, 12, 9)
    assert received(amina, "You said you are coming.") == 1
    assert received(eve, "You were not sure yet.") == 1
    assert received(fred, "I have no answer from you yet") == 1
    assert "Your answer is saved" in dev.last()
    at(world, 3, 16, 8)
    assert received(amina, TOLD_HOW) == 0
    at(world, 3, 16, 17)
    assert received(amina, TOLD_HOW) == 1
    assert LINK in amina.last()
    assert "01632 960555" in amina.last()
    for phone in (dev, eve, fred):
        assert received(phone, TOLD_HOW) == 0
    at(world, 3, 18, 10)
    assert received(amina, REMINDED) == received(eve, REMINDED) == received(amina, TOLD_HOW) == 1
    assert "Your answer is saved" in dev.last()


def test_nobody_is_reminded_of_what_they_answered_or_got_a_moment_ago(one_world: World) -> None:
    group = one_world.group("Radiotherapy volunteers")
    amina = one_world.member("Amina", of=group)
    dev = one_world.member("Dev", of=group)
    planned(one_world, group, datetime(2027, 3, 3, 18))
    one_world.wait(hours=2)
    amina.press("Yes, I am coming")
    at(one_world, 3, 3, 7)
    assert received(amina, REMINDED) == 0
    assert received(dev, INVITED) == 1
    at(one_world, 3, 3, 17)
    assert received(amina, TOLD_HOW) == 1
    assert received(dev, INVITED) == 1


def test_an_answer_just_before_the_reminder_leaves_makes_it_needless(one_world: World) -> None:
    group = one_world.group("Radiotherapy volunteers")
    amina = one_world.member("Amina", of=group)
    planned(one_world, group, datetime(2027, 3, 16, 18))
    at(one_world, 3, 11, 19)
    one_world.clock.move_to(datetime(2027, 3, 12, 9, 1, tzinfo=UTC))
    with one_world.turn() as turn:
        reminding.remind(turn)
    amina.say("no")
    one_world.wait(hours=3)
    assert "Your answer is saved" in amina.last()
    assert received(amina, "I have no answer from you yet") == 0


def test_those_who_come_in_person_are_told_where_and_not_the_link(one_world: World) -> None:
    group = one_world.group("Radiotherapy volunteers")
    one_world.coordinator("Cara", of=group)
    amina, dev = one_world.member("Amina", of=group), one_world.member("Dev", of=group)
    planned(one_world, group, datetime(2027, 3, 9, 18), how="both")
    amina.say("in person")
    dev.say("online")
    at(one_world, 3, 9, 10)
    assert "Room 4, Main Street" in amina.last()
    assert "If you cannot get in, please write to Cara." in amina.last()
    assert LINK not in amina.last()
    assert TOLD_HOW in dev.last()
    assert LINK in dev.last()
    assert "Room 4" not in dev.last()


def test_a_late_tick_sends_nothing_that_is_no_longer_useful(one_world: World) -> None:
    group = one_world.group("Radiotherapy volunteers")
    amina = one_world.member("Amina", of=group)
    planned(one_world, group, datetime(2027, 3, 16, 18))
    one_world.clock.move_to(datetime(2027, 3, 16, 18, 1, tzinfo=UTC))
    one_world.wait(hours=20)
    assert amina.messages() == []


def test_the_paused_the_stopped_and_the_silenced_hear_nothing_and_have_no_backlog(one_world: World) -> None:
    world = one_world
    group = world.group("Radiotherapy volunteers")
    amina = world.member("Amina", of=group, state="paused")
    eve = world.member("Eve", of=group)
    planned(world, group, datetime(2027, 3, 16, 18))
    with world.turn() as turn:
        named(turn, "Eve").silenced_at = turn.now
    world.wait(days=2)
    put(world, group, "Amina", state="active")
    world.wait(hours=2)
    assert amina.messages() == eve.messages() == []


def test_at_most_2_reminders_of_one_meeting_also_when_it_is_moved(one_world: World) -> None:
    world = one_world
    group = world.group("Radiotherapy volunteers")
    amina = world.member("Amina", of=group)
    meeting = planned(world, group, datetime(2027, 3, 16, 18))
    amina.say("yes")
    at(world, 3, 16, 11)
    assert received(amina, REMINDED) == received(amina, TOLD_HOW) == 1
    with world.turn() as turn:
        found = turn.session.get_one(Meeting, meeting.id)
        later = timedelta(days=7)
        meetings.move(
            turn.session, found, local_start=found.local_start + later, starts_at=found.starts_at + later, minutes=90
        )
    at(world, 3, 24, 11)
    assert received(amina, REMINDED) == received(amina, TOLD_HOW) == 1


def test_ticks_with_nothing_due_write_nothing(one_world: World) -> None:
    group = one_world.group("Radiotherapy volunteers")
    one_world.member("Amina", of=group)
    planned(one_world, group, datetime(2027, 3, 4, 18))
    counts = []
    for _ in range(3):
        with one_world.turn() as turn:
            reminding.invite(turn)
            reminding.remind(turn)
            counts.append(
                [turn.session.scalar(select(func.count()).select_from(table)) for table in (Letter, CardBody)]
            )
    assert counts[0] == counts[1] == counts[2] == [1, 1]
