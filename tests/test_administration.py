"""Administration: groups and who coordinates them."""

from __future__ import annotations

import pytest

import handlers
from handlers.chat import Refusal
from storage import feedback, groups
from storage.people import Person
from tests.world import World


def coordinators(world: World, name: str) -> list[str]:
    with world.turn() as turn:
        every = groups.groups_of(turn.session, world.organisation_id)
        (group,) = [group for group in every if group.name == name]
        return [one.name for one in groups.coordinators_of(turn.session, group.id)]


def test_an_administrator_sets_up_a_group_with_its_coordinator(world: World) -> None:
    ada, cara = world.admin("Ada"), world.member("Cara", world.group("Hospital"))
    ada.say("help")
    ada.do("Set up a group", say="new group")
    ada.fill(
        {
            "What is the group called?": "Radiotherapy volunteers",
            "What does the group do?": "Shapes radiotherapy.",
            "Who can join?": "Anyone who had radiotherapy",
            "How often does it meet, and how?": "Online, once a month",
            "Who coordinates it?": "cara",
        }
    )
    assert ada.sees("The group is set up", "Anyone who had radiotherapy", "I am telling Cara.")
    assert coordinators(world, "Radiotherapy volunteers") == ["Cara"]
    world.settle()
    assert "You are now a coordinator" in cara.screen()
    cara.say("requests")
    assert "No requests are waiting" in cara.last()


def test_the_name_of_a_group_is_its_own(world: World) -> None:
    ada = world.admin("Ada")
    world.group("Volunteers")
    ada.say("help")
    ada.do("Set up a group", say="new group")
    ada.fill({"What is the group called?": "volunteers", "What does the group do?": "Something else."})
    assert "That name is taken" in ada.screen() + str(ada.errors)


def test_coordinators_are_added_and_removed_and_told(world: World) -> None:
    group = world.group("Volunteers")
    ada, cara, eve = world.admin("Ada"), world.coordinator("Cara", group), world.member("Eve", group)
    author, owner = world.person("Eve"), world.person("Cara")
    with world.turn() as turn:
        comment = feedback.add_comment(
            turn.session,
            turn.organisation,
            author=author,
            group=group,
            owner=owner,
            text="The chairs are too low",
            now=turn.now,
        )
    ada.say("coordinators")
    ada.press("Coordinators of Volunteers")
    ada.press("Remove Cara")
    assert ada.sees("Please add another coordinator first")
    ada.press("Add a coordinator")
    ada.fill({"What is their name?": "Eve"})
    assert ada.sees("Eve is now a coordinator")
    ada.press("Remove Cara")
    assert ada.sees("Cara is no longer a coordinator")
    assert coordinators(world, "Volunteers") == ["Eve"]
    world.settle()
    assert "You are now a coordinator" in eve.screen()
    assert "You are no longer a coordinator" in cara.screen()
    cara.say("comments")
    assert "This is for coordinators" in cara.last()
    with world.turn() as turn:
        found = feedback.comment_numbered(turn.session, world.organisation_id, comment.number)
        assert found is not None
        assert found.owner_id == author.id


def test_a_removal_can_be_undone_and_nobody_is_made_a_coordinator_twice(one_world: World) -> None:
    group = one_world.group("Volunteers")
    ada, cara = one_world.admin("Ada"), one_world.coordinator("Cara", group)
    one_world.coordinator("Dev", group)
    ada.say("coordinators")
    ada.press("Coordinators of Volunteers")
    ada.press("Remove Cara")
    ada.press("Undo: Cara stays a coordinator")
    assert "Cara is now a coordinator" in ada.last()
    assert coordinators(one_world, "Volunteers") == ["Cara", "Dev"]
    ada.press("Add a coordinator")
    ada.fill({"What is their name?": "Cara"})
    assert "I am telling them" not in ada.last()
    one_world.settle()
    assert cara.screen().count("You are now a coordinator") == 1


def test_an_administrator_tells_whoever_chat_does_not_reach(one_world: World) -> None:
    group = one_world.group("Volunteers")
    ada, eve = one_world.admin("Ada"), one_world.member("Eve", group)
    one_world.coordinator("Cara", group)
    person = one_world.person("Eve")
    with one_world.turn() as turn:
        turn.session.get_one(Person, person.id).reach_by = "call"
    told = "I do not reach Eve by chat, so please tell them yourself."
    ada.say("new group")
    ada.fill(
        {
            "What is the group called?": "Hospital",
            "What does the group do?": "Helps to plan it.",
            "Who coordinates it?": "Eve",
        }
    )
    assert ada.sees("The group is set up", told)
    ada.say("coordinators")
    ada.press("Coordinators of Volunteers")
    ada.press("Add a coordinator")
    ada.fill({"What is their name?": "Eve"})
    assert ada.sees("Eve is now a coordinator", told)
    ada.press("Remove Eve")
    assert ada.sees("Eve is no longer a coordinator", told)
    assert "call list" not in ada.screen()
    one_world.settle()
    assert "coordinator" not in eve.screen()


def test_on_an_older_card_nobody_is_to_be_told_of_who_is_not_written_to(one_world: World) -> None:
    group = one_world.group("Volunteers")
    ada = one_world.admin("Ada")
    one_world.coordinator("Cara", group)
    one_world.coordinator("Dev", group)
    ada.say("coordinators")
    ada.press("Coordinators of Volunteers")
    person = one_world.person("Cara")
    with one_world.turn() as turn:
        turn.session.get_one(Person, person.id).silenced_at = turn.now
    ada.press("Remove Cara")
    assert ada.sees("Nothing has changed", "Cara does not coordinate Volunteers.")
    assert "tell them yourself" not in ada.screen()
    assert "Undo" not in ada.screen()


def test_people_of_one_name_are_numbered_as_their_buttons_are(one_world: World) -> None:
    one_world.group("Volunteers")
    ada, hospital = one_world.admin("Ada"), one_world.group("Hospital")
    one_world.member("Amina", hospital)
    eve = one_world.member("Eve", one_world.group("Research"))
    person = one_world.person("Eve")
    with one_world.turn() as turn:
        turn.session.merge(person).name = "Amina"
    ada.say("coordinators")
    ada.press("Coordinators of Volunteers")
    ada.press("Add a coordinator")
    ada.fill({"What is their name?": "Amina"})
    assert "I know more than one person of that name." in ada.last()
    assert "Amina (2)" in ada.last()
    ada.press("Add Amina (2)")
    one_world.settle()
    assert "You are now a coordinator" in eve.screen()


def test_only_people_who_wrote_to_the_bot_can_coordinate(world: World) -> None:
    group = world.group("Volunteers")
    ada = world.admin("Ada")
    world.without_chat("Bill", group)
    ada.say("coordinators")
    ada.press("Coordinators of Volunteers")
    ada.press("Add a coordinator")
    ada.fill({"What is their name?": "Bill"})
    assert 'They must write "help" to me first' in ada.screen() + str(ada.errors)
    assert not coordinators(world, "Volunteers")


def test_of_several_people_whose_name_fits_the_right_one_is_chosen(world: World) -> None:
    world.group("Volunteers")
    ada = world.admin("Ada")
    world.member("Amina", world.group("Hospital"))
    ada.say("coordinators")
    ada.press("Coordinators of Volunteers")
    ada.press("Add a coordinator")
    ada.fill({"What is their name?": "A"})
    assert ada.sees("Who do you mean?", "In no group", "Hospital")
    ada.press("Add Amina")
    assert coordinators(world, "Volunteers") == ["Amina"]


def test_administration_is_for_administrators(one_world: World) -> None:
    group = one_world.group("Volunteers")
    cara = one_world.coordinator("Cara", group)
    for word in ("new group", "coordinators", "settings"):
        cara.say(word)
        assert "This is for administrators" in cara.last()
    person = one_world.person("Cara")
    mine = [action for action in handlers.router.presses if action.startswith(("administration.", "settings."))]
    assert mine
    for action in mine:
        with one_world.turn() as turn, pytest.raises(Refusal):
            handlers.router.presses[action](turn, person, f"{group.id}")
    for action in handlers.router.submissions:
        if action.startswith(("administration.", "settings.")):
            with one_world.turn() as turn, pytest.raises(Refusal):
                handlers.router.submissions[action](turn, person, f"{group.id}", {})
