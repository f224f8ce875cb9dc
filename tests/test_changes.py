"""People's accounts change in Slack: renamed, moved, closed, opened again; told twice, late and out of order."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from handlers.chat import Card
from storage import people
from storage.groups import Group
from tests.fake_slack import TEAM
from tests.phones import Phone
from tests.slack_phone import SlackPhone
from tests.world import Loop, Template, World

NOW = time.time()


@pytest.fixture
def world(tmp_path: Path, loop: Loop, template: Template) -> Iterator[World]:
    with World(tmp_path, loop, template, platform="slack") as world:
        yield world


@pytest.fixture
def group(world: World) -> Group:
    return world.group("Radiotherapy volunteers")


def account(world: World, user: str) -> people.Account:
    with world.turn() as turn:
        found = people.account_of(turn.session, "slack", TEAM, user)
        assert found is not None
        assert found.person.id
        return found


def slack_of(phone: Phone) -> SlackPhone:
    native: object = phone.native
    assert isinstance(native, SlackPhone)
    return native


def test_somebody_who_goes_by_their_slack_name_is_renamed(world: World, group: Group) -> None:
    amina = world.member("Amina", group)
    amina.say("help")
    slack_of(amina).change(name="Amina Khan", time_zone="Europe/Lisbon")
    person = account(world, "U0AMINA").person
    assert (person.name, person.time_zone) == ("Amina Khan", "Europe/Lisbon")
    amina.say("my data")
    assert amina.sees("Name: Amina Khan", "named Amina Khan there")


def test_a_name_they_chose_themselves_stays(world: World, group: Group) -> None:
    amina = world.member("Amina", group)
    amina.say("help")
    with world.turn() as turn:
        (person,) = people.people_named(turn.session, world.organisation_id, "Amina")
        person.name = "Mina"
    slack_of(amina).change(name="Amina Khan")
    assert account(world, "U0AMINA").person.name == "Mina"
    assert account(world, "U0AMINA").name == "Amina Khan"


def test_what_is_older_or_told_twice_changes_nothing(world: World, group: Group) -> None:
    amina = world.member("Amina", group)
    amina.say("help")
    before = len(amina.messages())
    for name, at in (("Third", NOW + 3), ("First", NOW + 1), ("Second", NOW + 2), ("Again", NOW + 3)):
        slack_of(amina).change(name=name, at=at)
    slack_of(amina).change(closed=True, at=NOW)
    assert account(world, "U0AMINA").person.name == "Third"
    assert not account(world, "U0AMINA").gone
    assert len(amina.messages()) == before


def test_an_account_that_is_closed_goes_to_the_call_list_and_comes_back(world: World, group: Group) -> None:
    cara, amina = world.coordinator("Cara", group), world.member("Amina", group)
    slack_of(amina).change(closed=True, at=NOW)
    slack_of(amina).change(closed=True, at=NOW)
    slack_of(amina).change(closed=True, name="Deactivated", at=NOW + 1)
    assert cara.screen().count("can no longer be reached here") == 1
    assert cara.sees("Amina can no longer be reached here")
    person = world.person("Amina")
    with world.turn() as turn:
        turn.tell(person, Card("The room has changed"), key="room", kind="alert", group_id=group.id)
    world.settle()
    cara.say("call list")
    assert cara.sees("The room has changed")
    slack_of(amina).change(at=NOW + 2)
    with world.turn() as turn:
        turn.tell(person, Card("A new booklet"), key="booklet", kind="alert", group_id=group.id)
    world.settle()
    assert amina.sees("A new booklet")
    slack_of(amina).change(closed=True, at=NOW + 3)
    assert cara.screen().count("can no longer be reached here") == 2


def test_people_we_never_met_are_not_taken_up_and_slack_is_not_asked(world: World) -> None:
    slack_of(world.someone("Zed")).change(name="Zed Zane")
    with world.turn() as turn:
        assert people.everyone(turn.session, world.organisation_id) == []
    assert world.slack_server is not None
    assert world.slack_server.calls["users.info"] == 0


def test_of_somebody_who_deleted_their_data_no_name_comes_back(world: World, group: Group) -> None:
    amina = world.member("Amina", group)
    amina.say("delete my data")
    amina.press("Yes, delete my data")
    slack_of(amina).change(name="Amina Khan")
    with world.turn() as turn:
        assert people.people_named(turn.session, world.organisation_id, "Amina") == []
    assert account(world, "U0AMINA").name == ""
