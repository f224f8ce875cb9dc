"""`stop everything for NAME`, by coordinators and administrators."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from handlers import silence
from handlers.chat import Refusal
from storage import groups
from storage.groups import Group
from storage.outbox import Letter
from storage.people import Person
from tests.phones import Phone
from tests.world import World

WORDS = "What do you want to say?"


def jump(world: World, moment: datetime) -> None:
    world.clock.move_to(moment)
    world.settle()


def announce(cara: Phone, words: str, people: str) -> None:
    cara.say("announce")
    cara.fill({WORDS: words})
    cara.press(f"Yes, send to {people}")


def members(world: World, group: Group) -> list[str]:
    with world.turn() as turn:
        return [place.person.name for place in groups.members_of(turn.session, group)]


def test_everything_stops_at_once_and_can_be_undone(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    amina, bill = world.member("Amina", of=group), world.member("Bill", of=group)
    cara = world.coordinator("Cara", of=group)
    jump(world, datetime(2027, 3, 2, 21, 0, tzinfo=UTC))
    announce(cara, "See you tomorrow", "2 people")
    before = bill.screen()

    cara.say("stop everything for Bill")
    cara.sees("Use this when somebody has died, or must not be written to at all.")
    cara.press("No, change nothing")
    assert world.person("Bill").silenced_at is None
    cara.say("stop everything for bill")
    cara.press("Yes, stop everything for Bill")
    assert "1 message that waited is stopped." in cara.last()
    assert members(world, group) == ["Amina"]
    assert world.person("Bill").silenced_by_id == world.person("Cara").id

    jump(world, datetime(2027, 3, 3, 10, 0, tzinfo=UTC))
    assert "See you tomorrow" in amina.screen()
    assert bill.screen() == before
    with world.turn() as turn:
        told = turn.session.scalars(select(Letter).where(Letter.unasked, Letter.kind != "announcement")).all()
    assert told == []

    cara.say("undo stop for Bill")
    assert "It is undone" in cara.last()
    assert members(world, group) == ["Amina", "Bill"]
    announce(cara, "Another day", "2 people")
    assert "Another day" in bill.screen()
    assert "See you tomorrow" not in bill.screen()


def test_undo_by_its_button_and_only_for_thirty_days(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    world.member("Bill", of=group)
    cara = world.coordinator("Cara", of=group)
    cara.say("stop everything for Bill")
    cara.press("Yes, stop everything for Bill")
    cara.press("Write to Bill again")
    assert world.person("Bill").silenced_at is None

    cara.say("stop everything for Bill")
    cara.press("Yes, stop everything for Bill")
    jump(world, world.now + timedelta(days=31))
    cara.say("undo stop for Bill")
    assert "can no longer be undone" in cara.last()
    assert world.person("Bill").silenced_at is not None
    cara.say("stop everything for Bill")
    assert "I cannot find that name" in cara.last()


def test_what_is_said_holds_too_for_whoever_stopped_messages_themselves(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    bill, cara = world.member("Bill", of=group), world.coordinator("Cara", of=group)
    bill.say("stop")
    cara.say("stop everything for Bill")
    cara.press("No, change nothing")
    assert "I have stopped nothing for Bill." in cara.last()
    cara.say("stop everything for Bill")
    cara.press("Yes, stop everything for Bill")
    cara.say("undo stop for Bill")
    assert cara.sees("the name is back on lists", "If they paused or stopped messages themselves, that still holds.")
    assert "I write to" not in cara.last()
    announce(cara, "Another day", "1 person")
    assert "Another day" not in bill.screen()


def test_without_a_name_it_asks_for_one(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    world.member("Bill", of=group)
    cara = world.coordinator("Cara", of=group)
    cara.say("stop everything for")
    cara.fill({"What is the person's name?": "Bill"})
    assert "Yes, stop everything for Bill" in cara.last()
    cara.say("yes")
    assert world.person("Bill").silenced_at is not None


def test_two_of_one_name_are_told_apart(one_world: World) -> None:
    world = one_world
    group = world.group("Radiotherapy volunteers")
    first, second = world.without_chat("Bill Smith", of=group), world.without_chat("Bill Smith", of=group)
    cara = world.coordinator("Cara", of=group)
    cara.say("stop everything for bill")
    assert "Which person?" in cara.last()
    cara.press("Choose Bill Smith (2)")
    cara.press("Yes, stop everything for Bill Smith")
    with world.turn() as turn:
        silenced = turn.session.scalars(select(Person.id).where(Person.silenced_at.is_not(None))).all()
    assert silenced == [second.id]
    assert first.id != second.id


def test_only_for_people_of_ones_own_groups(world: World) -> None:
    mine, theirs = world.group("Radiotherapy volunteers"), world.group("Hospital advisers")
    world.member("Bill", of=theirs)
    amina, cara = world.member("Amina", of=mine), world.coordinator("Cara", of=mine)
    ada = world.admin("Ada")
    cara.say("stop everything for Bill")
    assert "I cannot find that name" in cara.last()
    cara.say("stop everything for Cara")
    assert "I cannot find that name" in cara.last()
    amina.say("stop everything for Bill")
    assert "Bill?" not in amina.last()
    assert world.person("Bill").silenced_at is None

    ada.say("stop everything for Bill")
    ada.press("Yes, stop everything for Bill")
    assert world.person("Bill").silenced_at is not None


def test_a_button_for_somebody_elses_group_does_nothing(one_world: World) -> None:
    world = one_world
    mine, theirs = world.group("Radiotherapy volunteers"), world.group("Hospital advisers")
    world.member("Bill", of=theirs)
    world.coordinator("Cara", of=mine)
    cara, bill = world.person("Cara"), world.person("Bill")

    for press in (silence.stop, silence.undo, silence.confirm, silence.keep):
        for value in (str(bill.id), "x", "", "99999"):
            with world.turn() as turn, pytest.raises(Refusal):
                press(turn, cara, value)
    assert world.person("Bill").silenced_at is None
