"""One organisation on both platforms: a group has members on Slack and on Teams, and nobody notices the difference."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update

from storage.groups import Group
from storage.organisations import Workspace
from storage.outbox import Letter
from tests.connector_tokens import TENANT
from tests.phones import Phone
from tests.test_announcements import WORDS
from tests.test_feedback import answer
from tests.test_meetings import LINK, answers, planned
from tests.world import Loop, Template, World

GROUP = "Radiotherapy volunteers"
CHAIRS = "The chairs in the waiting room are too low"
OTHER = {"slack": "teams", "teams": "slack"}


@pytest.fixture(params=["buttons", "words"])
def world(request: pytest.FixtureRequest, tmp_path: Path, loop: Loop, template: Template) -> Iterator[World]:
    with World(tmp_path, loop, template, platform="both", way=request.param) as world:
        yield world


@pytest.fixture
def group(world: World) -> Group:
    return world.group(GROUP)


@pytest.fixture(params=["slack", "teams"])
def here(request: pytest.FixtureRequest) -> str:
    """The platform of the coordinator."""
    found: str = request.param
    return found


def join(dev: Phone) -> None:
    dev.say("groups")
    dev.do(f"Join {GROUP}", say=f"join {GROUP}")
    dev.fill(
        {
            "What name would you like us to use?": "Dev",
            "Are you aged 16 or over?": "Yes",
            "What brings you to this group?": "I am or was a patient",
            "Which language do you like to use?": "English",
            "Do you agree to the ground rules?": "Yes",
        }
    )


def test_whoever_asks_on_one_platform_is_let_in_on_the_other(world: World, group: Group, here: str) -> None:
    cara, dev = world.coordinator("Cara", group, on=here), world.someone("Dev", on=OTHER[here])
    join(dev)
    assert "Your request is saved" in dev.screen()
    world.settle()
    assert "A request to join waits for you" in cara.screen()
    cara.say("requests")
    cara.press("Approve Dev")
    world.settle()
    assert f"Welcome to {GROUP}" in dev.screen()


def test_a_meeting_is_for_everybody_wherever_they_are(world: World, group: Group, here: str) -> None:
    cara = world.coordinator("Cara", group, on=here)
    amina, bill = world.member("Amina", group, on="slack"), world.member("Bill", group, on="teams")
    meeting = planned(world, group, datetime(2027, 3, 16, 18))
    world.wait(hours=1)
    for phone in (amina, bill):
        assert phone.screen().count("Can you come to a meeting?") == 1
    amina.do("Yes, I am coming", say="yes")
    bill.do("No, I cannot come", say="no")
    assert LINK in amina.last()
    assert "You are not coming." in bill.last()
    assert answers(world, meeting) == {"Amina": ("yes", ""), "Bill": ("no", "")}
    cara.say("who is coming")
    assert cara.sees("Amina", "Bill")


def test_an_announcement_reaches_both_and_the_numbers_add_up(world: World, group: Group, here: str) -> None:
    cara = world.coordinator("Cara", group, on=here)
    readers = [world.member(name, group, on=on) for name, on in (("Amina", "slack"), ("Bill", "teams"))]
    world.without_chat("Dot", group)
    cara.do("Write a new announcement", say="announce")
    cara.fill({WORDS: "Parking is free."})
    cara.press("Yes, send to 3 people")
    world.settle()
    for phone in readers:
        assert phone.screen().count("Parking is free.") == 1
    cara.say("announcements")
    cara.sees("Sent to 2 of 3.")


def test_feedback_crosses_over_and_so_does_its_answer(world: World, group: Group, here: str) -> None:
    cara, amina = world.coordinator("Cara", group, on=here), world.member("Amina", group, on=OTHER[here])
    amina.say(f"feedback {CHAIRS}")
    world.settle()
    cara.do("Show comments", say="comments")
    assert cara.sees("F-1, Amina", CHAIRS)
    answer(cara, 1, "We ordered 6 higher chairs.")
    world.settle()
    amina.say("status f1")
    assert amina.sees("We ordered 6 higher chairs")


def test_two_coordinators_on_two_platforms_see_the_same(world: World, group: Group) -> None:
    cara, dev = world.coordinator("Cara", group, on="slack"), world.coordinator("Dev", group, on="teams")
    for name, on in (("Amina", "slack"), ("Bill", "teams"), ("Eve", "teams")):
        world.member(name, group, on=on).say(f"feedback {CHAIRS}, says {name}")
    for phone in (cara, dev):
        phone.say("comments")
        assert phone.sees(*(f"{CHAIRS}, says {name}" for name in ("Amina", "Bill", "Eve")))


def test_while_teams_is_away_slack_goes_on_and_nothing_is_lost(world: World, group: Group) -> None:
    amina, bill = world.member("Amina", group, on="slack"), world.member("Bill", group, on="teams")
    away = world.app.platforms.pop("teams")
    planned(world, group, datetime(2027, 3, 16, 18))
    world.wait(hours=1)
    assert "Can you come to a meeting?" in amina.last()
    assert bill.messages() == []
    world.app.platforms["teams"] = away
    with world.turn() as turn:
        turn.session.execute(update(Letter).where(Letter.state == "waiting").values(not_before=None))
    world.settle()
    assert "Can you come to a meeting?" in bill.last()


def test_a_tenant_that_is_the_organisations_no_more_gets_nothing(world: World, group: Group) -> None:
    amina, bill = world.member("Amina", group, on="slack"), world.member("Bill", group, on="teams")
    with world.turn() as turn:
        turn.session.execute(delete(Workspace).where(Workspace.platform == "teams"))
    for phone in (amina, bill):
        phone.say("my groups")
    assert GROUP in amina.screen()
    assert GROUP not in bill.screen()
    assert "is not set up for this workspace" in bill.screen()


def test_a_tenant_that_turned_us_off_is_told_once_to_those_who_can_still_read_it(world: World, group: Group) -> None:
    ada, cara = world.admin("Ada", on="slack"), world.coordinator("Cara", group, on="slack")
    grace, dev = world.admin("Grace", on="teams"), world.coordinator("Dev", group, on="teams")
    assert world.connector
    for name in ("Amina", "Bill"):
        world.member(name, group, on="teams")
        world.connector.unreachable[world.user(name, on="teams")] = "BotDisabledByAdmin"
    planned(world, group, datetime(2027, 3, 16, 18))
    world.wait(hours=1)
    world.wait(days=2)
    for phone in (ada, cara):
        assert phone.screen().count("Teams: I was turned off") == 1
        assert "BotDisabledByAdmin" not in phone.screen()
    with world.turn() as turn:
        told = turn.session.scalars(select(Letter).where(Letter.key == f"barred:teams:{TENANT}:app")).all()
    assert {letter.person_id for letter in told} == {world.person("Ada").id, world.person("Cara").id}
    assert all("I was turned off" not in phone.screen() for phone in (grace, dev))
