"""Answering on behalf of members, with and without chat."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from handlers import on_behalf
from handlers.chat import Refusal
from storage import groups, meetings, support
from storage.feedback import Comment
from storage.meetings import Rsvp
from storage.people import Person
from tests.test_support import meeting, shown_whole
from tests.world import TUESDAY, World


def rsvps(world: World) -> list[tuple[str, str, str | None]]:
    with world.turn() as turn:
        rows = turn.session.scalars(select(Rsvp)).all()
        return [(row.person.name, row.answer, row.by.name if row.by else None) for row in rows]


def test_a_coordinator_answers_for_a_member_without_chat(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    cara = world.coordinator("Cara", of=group)
    world.without_chat("Bill", of=group)
    monthly = meeting(world, group, days=10)
    cara.say("answer for Bill")
    assert "They do not use chat" in cara.last()
    cara.press("Say whether Bill is coming")
    cara.fill(
        {
            "Which meeting?": f"Friday 12 March 2027 (meeting {monthly.number}), Monthly meeting",
            "Is Bill coming?": "Yes, they are coming",
        }
    )
    assert "Saved for Bill" in cara.last()
    assert "I have noted that you answered for them" in cara.last()
    assert rsvps(world) == [("Bill", "yes", "Cara")]


def test_a_member_with_chat_hears_that_somebody_answered_for_them(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    cara, amina = world.coordinator("Cara", of=group), world.member("Amina", of=group)
    monthly = meeting(world, group, days=10, how="both")
    cara.say("answer for amina")
    cara.press("Say whether Amina is coming")
    cara.fill(
        {
            "Which meeting?": f"Friday 12 March 2027 (meeting {monthly.number}), Monthly meeting",
            "Is Amina coming?": "Yes, they are coming",
            "How will they take part?": "In person",
        }
    )
    assert "Yes, they are coming in person." in cara.last()
    assert "Change this, or answer for another meeting" in cara.last()
    world.settle()
    assert amina.sees("Cara answered for you", "you are coming in person to the meeting on Friday 12 March 2027")
    amina.press(f"Open meeting {monthly.number}, Friday 12 March 2027")
    assert "You are coming in person. Cara answered for you." in amina.last()
    person = world.person("Amina")
    with world.turn() as turn:
        rsvp = meetings.rsvp_of(turn.session, monthly, person)
        assert rsvp is not None
        assert rsvp.how == "in_person"


def test_how_they_come_is_asked_and_kept_only_of_those_who_come(one_world: World) -> None:
    one_world.way = "words"
    group = one_world.group("Radiotherapy volunteers")
    cara, amina = one_world.coordinator("Cara", of=group), one_world.member("Amina", of=group)
    monthly = meeting(one_world, group, days=10, how="both")
    cara.say("answer for amina")
    cara.press("Say whether Amina is coming")
    cara.fill(
        {
            "Which meeting?": f"Friday 12 March 2027 (meeting {monthly.number}), Monthly meeting",
            "Is Amina coming?": "They are not sure yet",
        }
    )
    assert "How will they take part?" not in cara.screen()
    one_world.settle()
    assert amina.sees("They wrote down that you are not sure yet about the meeting on Friday 12 March 2027.")
    person = one_world.person("Amina")
    coordinator = one_world.person("Cara")
    with one_world.turn() as turn:
        # Where the form is shown whole, both can be chosen.
        both = {"meeting": str(monthly.number), "answer": "not_sure", "how": "online"}
        on_behalf.answered(turn, coordinator, str(person.id), both)
        rsvp = meetings.rsvp_of(turn.session, monthly, person)
        assert rsvp is not None
        assert (rsvp.answer, rsvp.how) == ("not_sure", "")


def test_what_they_said_is_passed_on_under_their_name_with_a_number(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    cara, amina = world.coordinator("Cara", of=group), world.member("Amina", of=group)
    cara.say("answer for Amina")
    assert "They use chat, so I will tell them that you wrote something down." in cara.last()
    cara.press("Pass on what Amina said")
    cara.fill({"What did Amina say?": "The parking machine is hard to use"})
    assert "I am telling them its number: F-1." in cara.last()
    assert "help now" in cara.last()
    world.settle()
    assert amina.sees("Cara passed on your feedback", "F-1")
    assert "parking" not in amina.screen()
    with world.turn() as turn:
        comment = turn.session.scalars(select(Comment)).one()
        assert comment.author is not None
        assert comment.by is not None
        assert (comment.author.name, comment.by.name) == ("Amina", "Cara")
        assert comment.text == "The parking machine is hard to use"
    amina.say("my feedback")
    assert "F-1" in amina.last()


def test_support_is_chosen_for_a_member_without_chat(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    cara, bill = world.coordinator("Cara", of=group), world.without_chat("Bill", of=group)
    meeting(world, group, days=30)
    cara.say("answer for Bill")
    cara.press("Choose support for Bill")
    area = {} if shown_whole(cara) else {"What kind of support would help?": "Papers and documents"}
    cara.fill({**area, "Papers and documents": ["Large print papers"]})
    assert "Bill's choices are saved" in cara.last()
    with world.turn() as turn:
        assert [need.code for need in support.needs_of(turn.session, bill)] == ["large_print"]
    cara.say("checklist")
    assert "Bill: Large print papers" in cara.last()


def test_an_unknown_name_is_added_as_a_full_member_without_chat(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    cara = world.coordinator("Cara", of=group)
    cara.say("answer for Joan")
    cara.press("Add Joan as a member without chat")
    cara.fill(
        {
            "What name would they like us to use?": "Joan",
            "Are they aged 16 or over?": "Yes",
            "What brings them to this group?": "They are or were a patient",
            "How can we reach them?": "phone 01632 960123",
        }
    )
    assert "Joan is now a member" in cara.last()
    with world.turn() as turn:
        joan = turn.session.scalars(select(Person).where(Person.name == "Joan")).one()
        place = groups.membership(turn.session, group.id, joan.id)
        assert place is not None
        assert (place.state, place.connection) == ("active", "patient")
        assert (joan.account_id, joan.reach_by, joan.contact) == (None, "call", "phone 01632 960123")
    cara.say("answer for joan")
    assert "They do not use chat" in cara.last()


def test_nobody_under_16_is_added(world: World) -> None:
    cara = world.coordinator("Cara", of=world.group("Radiotherapy volunteers"))
    cara.say("answer for Joan")
    cara.press("Add Joan as a member without chat")
    cara.fill(
        {
            "What name would they like us to use?": "Joan",
            "Are they aged 16 or over?": "No",
            "What brings them to this group?": "They are or were a patient",
            "How can we reach them?": "phone 01632 960123",
        }
    )
    assert cara.sees("I have not saved anything", "Look for another name")
    with world.turn() as turn:
        assert turn.session.scalars(select(Person).where(Person.name == "Joan")).all() == []


def test_several_people_of_one_name_are_told_apart(world: World) -> None:
    first, second = world.group("Radiotherapy volunteers"), world.group("Hospital planning")
    cara = world.coordinator("Cara", of=first)
    world.coordinator("Cara", of=second)
    world.without_chat("Sam", of=first)
    world.without_chat("Sam", of=second)
    cara.say("answer for sam")
    cara.press("Sam, Hospital planning")
    assert "Group: Hospital planning" in cara.last()


def test_of_many_members_who_fit_the_first_are_shown_and_the_whole_name_finds_the_others(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    cara = world.coordinator("Cara", of=group)
    for letter in "abcdefghijkl":
        world.without_chat(f"Sam {letter.upper()}", of=group)
    cara.say("answer for sam")
    assert cara.sees("Members who fit: 12. These are the first 10.", "Sam J, Radiotherapy volunteers")
    assert "Sam K" not in cara.last()
    cara.press("Look for another name")
    cara.fill({"Who do you want to answer for?": "sam l"})
    assert "Pass on what Sam L said" in cara.screen()


@pytest.mark.parametrize("change", [{"stopped_at": TUESDAY}, {"reach_by": "call"}])
def test_nothing_is_promised_to_whom_chat_does_not_reach(one_world: World, change: dict[str, object]) -> None:
    group = one_world.group("Radiotherapy volunteers")
    cara = one_world.coordinator("Cara", of=group)
    one_world.coordinator("Cara", of=one_world.group("Hospital planning"))
    amina = one_world.member("Amina", of=group)
    person = one_world.person("Amina")
    with one_world.turn() as turn:
        for name, value in change.items():
            setattr(turn.session.merge(person), name, value)
    cara.say("answer for Amina")
    assert "I do not write to them in chat now, so please tell them yourself." in cara.last()
    cara.press("Pass on what Amina said")
    cara.fill({"What did Amina say?": "The parking machine is hard to use"})
    assert "Please tell them its number: F-1." in cara.last()
    one_world.settle()
    assert "F-1" not in amina.screen()
    cara.say("call list")
    assert "There is nobody to call" in cara.last()


def test_one_is_asked_for_a_name_and_others_are_refused(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    cara, dev = world.coordinator("Cara", of=group), world.coordinator("Dev", of=world.group("Another group"))
    world.without_chat("Bill", of=group)
    cara.say("answer for")
    cara.fill({"Who do you want to answer for?": "Bill"})
    assert "Pass on what Bill said" in cara.screen()
    dev.say("answer for Bill")
    assert "I cannot find that name" in dev.last()


def test_made_up_buttons_are_refused(one_world: World) -> None:
    group, other = one_world.group("Radiotherapy volunteers"), one_world.group("Another group")
    bill = one_world.without_chat("Bill", of=group)
    one_world.coordinator("Dev", of=other)
    one_world.coordinator("Cara", of=group)
    one_world.member("Amina", of=group)
    theirs = meeting(one_world, other, days=10)
    meeting(one_world, group, days=10)
    dev, amina, cara = (one_world.person(name) for name in ("Dev", "Amina", "Cara"))
    with one_world.turn() as turn:
        for who in (dev, amina):
            for press in (on_behalf.show, on_behalf.answer, on_behalf.comment):
                with pytest.raises(Refusal):
                    press(turn, who, str(bill.id))
        with pytest.raises(Refusal):
            on_behalf.add(turn, amina, "Joan")
        with pytest.raises(Refusal):
            on_behalf.answered(turn, cara, str(bill.id), {"meeting": str(theirs.number), "answer": "yes"})
        with pytest.raises(Refusal):
            on_behalf.show(turn, cara, str(cara.id))
