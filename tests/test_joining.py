"""Asking to join a group, taking the request back, leaving; and what coordinators see of it."""

from __future__ import annotations

import pytest

from storage import groups
from storage.groups import Group
from tests.phones import Phone
from tests.test_meetings import named
from tests.world import TUESDAY, World

JOINING = {
    "Are you aged 16 or over?": "Yes",
    "What brings you to this group?": "I am or was a patient",
    "Do you agree to the ground rules?": "Yes",
}


def ask(phone: Phone, *, name: str, group: str = "Volunteers", **other: str) -> None:
    """Ask to join, under this name."""
    phone.say(f"join {group}")
    phone.fill({"What name would you like us to use?": name, **JOINING, **other})


def state(world: World, group: Group, name: str) -> str:
    with world.turn() as turn:
        place = groups.membership(turn.session, group.id, named(turn, name).id)
        assert place is not None
        return place.state


def test_a_request_is_taken_back_with_words_that_fit_it(world: World) -> None:
    group = world.group("Volunteers")
    cara, dev = world.coordinator("Cara", of=group), world.someone("Dev")
    ask(dev, name="Dev")
    dev.say("my groups")
    dev.press("Take back my request to Volunteers")
    assert "Take back your request?" in dev.last()
    assert "Pause" not in dev.last()
    dev.do("No, keep my request", say="no")
    assert "Your request to join Volunteers still waits." in dev.last()
    assert state(world, group, "Dev") == "interested"
    dev.say("leave volunteers")
    dev.do("Yes, take back my request", say="yes")
    assert "Your request is taken back" in dev.last()
    assert state(world, group, "Dev") == "left"
    cara.say("requests")
    assert "No requests are waiting." in cara.last()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({}, "I am telling them."),
        ({"reach_by": "call"}, "I do not reach Dev by chat, so please tell them yourself."),
        ({"stopped_at": TUESDAY}, "I do not write to Dev now, so please tell them yourself."),
    ],
)
def test_whoever_decides_reads_how_the_person_hears_of_it(
    one_world: World, change: dict[str, object], told: str
) -> None:
    group = one_world.group("Volunteers")
    cara, dev = one_world.coordinator("Cara", of=group), one_world.someone("Dev")
    ask(dev, name="Dev")
    with one_world.turn() as turn:
        for name, value in change.items():
            setattr(named(turn, "Dev"), name, value)
    cara.say("requests")
    cara.press("Decline Dev")
    cara.fill({"What would you like to say to Dev?": "The group is full."})
    assert f"Dev is not a member of Volunteers. {told}" in cara.last()
    assert ("You wrote: The group is full." in cara.last()) == bool(change)
    one_world.settle()
    assert ("Your request to join has an answer" in dev.screen()) == (not change)
    assert ("The call list does not show your words." in cara.last()) == ("reach_by" in change)
    if "reach_by" in change:
        cara.press("Show the call list")
    else:
        cara.say("call list")
    assert "The group is full." not in cara.last()
    assert ("Your request to join has an answer" in cara.last()) == ("reach_by" in change)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({}, "A coordinator will answer you in a message."),
        ({"reach_by": "call"}, "A coordinator will get in touch with you."),
        (
            {"stopped_at": TUESDAY},
            "There is no answer yet. "
            'You stopped messages, so please look in "my groups" later to see if you are a member.',
        ),
    ],
)
def test_whoever_asks_reads_how_they_hear_of_the_answer(one_world: World, change: dict[str, object], told: str) -> None:
    group = one_world.group("Volunteers")
    cara, dev = one_world.coordinator("Cara", of=group), one_world.someone("Dev")
    with one_world.turn() as turn:
        for name, value in change.items():
            setattr(named(turn, "Dev"), name, value)
    ask(dev, name="Dev")
    assert f"You asked to join Volunteers. {told}" in dev.last()
    for word in ("groups", "my groups", "join volunteers", "home"):
        dev.say(word)
        assert told in dev.last()
    cara.say("requests")
    cara.press("Approve Dev")
    one_world.settle()
    cara.say("call list")
    assert ("Dev" in cara.last()) == ("reach_by" in change)
    assert ("You will hear about meetings." in cara.last()) == ("reach_by" in change)
    dev.say("my groups")
    assert "You are a member." in dev.last()


def test_who_leaves_one_of_two_groups_is_not_told_that_their_needs_are_deleted(one_world: World) -> None:
    first, second = one_world.group("Volunteers"), one_world.group("New hospital")
    amina = one_world.member("Amina", of=first)
    one_world.member("Amina", of=second)
    amina.say("leave everything")
    assert "I cannot find that name." in amina.last()
    amina.press("Leave Volunteers")
    assert "You can also pause all your groups." in amina.last()
    amina.press("Yes, leave the group")
    assert "deleted after 30 days" not in amina.last()
    amina.say("leave")
    amina.press("Yes, leave the group")
    assert "What you need to take part is deleted after 30 days." in amina.last()


def test_who_is_paused_is_not_offered_another_pause_before_they_leave(one_world: World) -> None:
    amina = one_world.member("Amina", of=one_world.group("Volunteers"))
    amina.say("pause for 1 month")
    amina.say("leave")
    assert "Leave Volunteers?" in amina.last()
    assert "ause all" not in amina.last()
    amina.press("Yes, leave the group")
    assert "You have left Volunteers" in amina.last()


def test_requests_of_one_name_are_numbered_alike_in_the_lines_and_on_the_buttons(one_world: World) -> None:
    world = one_world
    group, other = world.group("Volunteers"), world.group("New hospital")
    cara = world.coordinator("Cara", of=group)
    world.coordinator("Cara", of=other)
    dev = world.someone("Dev")
    ask(dev, name="Dev")
    ask(dev, name="Dev", group="New hospital")
    cara.say("requests")
    assert "Dev (2)\nNew hospital." in cara.last()
    cara.press("Approve Dev (2)")
    assert (state(world, group, "Dev"), state(world, other, "Dev")) == ("interested", "active")


def test_nobody_under_16_joins_and_the_coordinator_can_find_them(one_world: World) -> None:
    world = one_world
    group = world.group("Volunteers")
    cara, dev = world.coordinator("Cara", of=group), world.someone("Dev")
    ask(dev, name="Sam", **{"Are you aged 16 or over?": "No"})
    assert "I have told a coordinator your name" in dev.last()
    with world.turn() as turn:
        assert groups.memberships_of(turn.session, named(turn, "Dev"), states=("interested", "active")) == []
    world.settle()
    assert cara.sees("Sam (in chat: Dev) asked about Volunteers and is under 16. They are not a member.")


def test_without_the_ground_rules_nothing_is_sent(one_world: World) -> None:
    world = one_world
    group = world.group("Volunteers")
    cara, dev = world.coordinator("Cara", of=group), world.someone("Dev")
    ask(dev, name="Dev", **{"Do you agree to the ground rules?": "No"})
    shown = " ".join(dev.errors.values()) + dev.screen()
    assert "You can ask to join when you agree to these rules. Nothing is sent yet." in shown
    cara.say("requests")
    assert "No requests are waiting." in cara.last()
