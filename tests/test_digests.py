"""Digests: one a week while there is something, silence otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from sqlalchemy import select

from handlers import digests
from handlers.calendar import to_local, to_utc
from handlers.chat import Card
from handlers.texts import digests as texts
from storage import announcements, feedback, groups, meetings, people, support
from storage.digests import Week
from storage.groups import Group
from storage.outbox import Letter
from tests.world import World

LONDON = "Europe/London"
TITLE = "Your week in the groups"


def at(day: date, hour: int) -> datetime:
    return to_utc(datetime(day.year, day.month, day.day, hour), LONDON)


def jump(world: World, moment: datetime) -> None:
    """To this moment at once, for stories in which nothing happens between."""
    world.clock.move_to(moment)
    world.settle()


def days(world: World, until: date) -> Iterator[date]:
    """Day after day, with its working hours."""
    day = to_local(world.now, LONDON).date()
    while day <= until:
        yield day
        for hour in (8, 9, 13, 17):
            if at(day, hour) > world.now:
                jump(world, at(day, hour))
        day += timedelta(days=1)


def add_meeting(world: World, group: Group, local_start: datetime) -> None:
    with world.turn() as turn:
        meetings.add_meeting(
            turn.session,
            turn.organisation,
            group,
            title="Monthly meeting",
            local_start=local_start,
            starts_at=to_utc(local_start, LONDON),
            zone=LONDON,
            minutes=90,
            how="online",
        )


def digests_to(world: World, name: str) -> list[datetime]:
    """The local hours at which digests reached the person."""
    with world.turn() as turn:
        sent = turn.session.scalars(
            select(Letter.sent_at)
            .join(people.Person, people.Person.id == Letter.person_id)
            .where(people.Person.name == name, Letter.kind == "digest", Letter.state == "sent")
            .order_by(Letter.sent_at)
        ).all()
    return [to_local(moment, LONDON).replace(minute=0, second=0, microsecond=0) for moment in sent if moment]


def test_a_week_with_something_in_it(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    amina, cara = world.member("Amina", of=group), world.coordinator("Cara", of=group)
    cara.say("announce")
    cara.fill({"What do you want to say?": "The car park is open again."})
    cara.press("Yes, send to 1 person")
    assert TITLE not in amina.screen()

    jump(world, at(date(2027, 3, 8), 9))
    assert TITLE in amina.last()
    assert "1 announcement in the last week" in amina.last()
    assert "car park" not in amina.last()
    assert TITLE not in cara.screen()
    amina.press("Read the announcements")
    assert "The car park is open again." in amina.last()


def test_ten_weeks(one_world: World) -> None:
    world = one_world
    group = world.group("Radiotherapy volunteers")
    world.member("Amina", of=group)
    world.coordinator("Cara", of=group)
    amina, cara, dev = world.person("Amina"), world.person("Cara"), None
    add_meeting(world, group, datetime(2027, 4, 6, 18, 0))

    for day in days(world, date(2027, 5, 11)):
        with world.turn() as turn:
            if day == date(2027, 3, 9):
                dev = people.add_person(turn.session, turn.organisation.id, name="Dev", time_zone=LONDON, now=turn.now)
                groups.place(turn.session, group, dev, state="interested", now=turn.now)
            elif day == date(2027, 3, 24) and dev is not None:
                groups.place(turn.session, group, dev, state="declined", now=turn.now)
            elif day == date(2027, 4, 8):
                sent = announcements.draft(turn.session, group, cara, "Hello", now=turn.now)
                announcements.mark_sent(turn.session, sent, now=turn.now)
                turn.tell(groups.audience(group.id), _card(), key=sent.key, kind="announcement", group_id=group.id)
            elif day == date(2027, 4, 13):
                feedback.add_comment(
                    turn.session, turn.organisation, author=amina, group=group, owner=cara, text="Hm", now=turn.now
                )
            elif day == date(2027, 4, 20):
                (comment,) = feedback.comments_by(turn.session, amina)
                comment.state, comment.outcome, comment.answered_at = "answered", "Done", turn.now

    # 29 March, the day after the clocks changed, was a bank holiday: its digest came on Tuesday.
    assert digests_to(world, "Amina") == [
        datetime(2027, 3, 30, 9),
        datetime(2027, 4, 5, 9),
        datetime(2027, 4, 12, 9),
        datetime(2027, 4, 26, 9),
    ]
    assert digests_to(world, "Cara") == [datetime(2027, 3, 15, 9), datetime(2027, 3, 22, 9), datetime(2027, 4, 19, 9)]


def _card() -> Card:
    return texts.digest(Week(meetings=1))


def test_nobody_who_wants_quiet_gets_one(one_world: World) -> None:
    world = one_world
    group = world.group("Radiotherapy volunteers")
    names = ("Amina", "Bill", "Eve", "Fred", "Grace")
    phones = {name: world.member(name, of=group) for name in names}
    world.without_chat("Dot", of=group)
    add_meeting(world, group, datetime(2027, 4, 6, 18, 0))
    with world.turn() as turn:
        found = {person.name: person for person in people.everyone(turn.session, turn.organisation.id)}
        found["Bill"].stopped_at = found["Eve"].silenced_at = turn.now
        found["Fred"].reach_by = "call"
    jump(world, at(date(2027, 3, 29), 10))
    phones["Grace"].say("pause")
    phones["Grace"].fill({"How long do you want to pause?": "2 weeks, until Monday 12 April 2027"})
    jump(world, at(date(2027, 3, 30), 10))
    assert [name for name in (*names, "Dot") if digests_to(world, name)] == ["Amina"]
    with world.turn() as turn:
        columns = turn.session.execute(select(Letter.state).where(Letter.kind == "digest")).scalars().all()
    assert columns == ["sent"]


def test_a_late_start_still_writes_and_a_later_one_does_not(one_world: World) -> None:
    world = one_world
    group = world.group("Radiotherapy volunteers")
    world.member("Amina", of=group)
    add_meeting(world, group, datetime(2027, 3, 20, 10, 0))
    jump(world, at(date(2027, 3, 8), 17))
    assert len(digests_to(world, "Amina")) == 1
    jump(world, at(date(2027, 3, 15), 18))
    assert len(digests_to(world, "Amina")) == 1


def test_a_coordinator_sees_what_waits(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    world.member("Amina", of=group)
    cara = world.coordinator("Cara", of=group)
    amina = world.person("Amina")
    add_meeting(world, group, datetime(2027, 3, 27, 10, 0))
    with world.turn() as turn:
        support.set_needs(turn.session, amina, {"bsl_interpreter": "", "extra_breaks": ""}, now=turn.now)
        turn.tell([amina], _card(), key="announcement:0", kind="announcement", group_id=group.id)
        turn.session.flush()
        (letter,) = turn.session.scalars(select(Letter).where(Letter.key == "announcement:0"))
        letter.state = "failed"
    jump(world, at(date(2027, 3, 8), 9))
    cara.sees(TITLE, "1 booking to make in the next 7 days", "1 message from an announcement may not")
    assert "nterpreter" not in cara.screen()
    cara.press("See what became of announcements")
    assert "Announcements" in cara.last()


def test_nothing_is_written_outside_its_hours(one_world: World) -> None:
    world = one_world
    with world.turn() as turn:
        digests.weekly(turn)
        assert turn.session.scalars(select(Letter)).all() == []
