"""Answering an invitation: which meeting is meant, in which way, and at which time."""

from __future__ import annotations

from datetime import datetime

import pytest

from handlers import rsvp
from handlers.calendar import to_utc
from handlers.chat import Refusal
from storage import meetings
from storage.meetings import Meeting
from tests.test_meetings import answers, planned
from tests.world import World


def test_a_typed_number_means_the_place_in_the_list_and_not_the_meeting_of_that_number(world: World) -> None:
    group, other = world.group("Radiotherapy volunteers"), world.group("New hospital")
    amina = world.member("Amina", of=group)
    planned(world, other, datetime(2027, 3, 8, 18))
    two = planned(world, group, datetime(2027, 3, 9, 18))
    planned(world, other, datetime(2027, 3, 10, 18))
    four = planned(world, group, datetime(2027, 3, 11, 14))
    world.wait(hours=1)
    amina.say("yes")
    assert amina.sees("Which meeting do you mean?", "2. Thursday 11 March 2027", "Reply with a number.")
    assert (two.number, four.number) == (2, 4)
    assert "Meeting 2" not in amina.last()
    amina.say("1")
    assert (answers(world, two), answers(world, four)) == ({"Amina": ("yes", "")}, {})


def test_an_answer_can_be_looked_at_and_kept(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    amina = world.member("Amina", of=group)
    meeting = planned(world, group, datetime(2027, 3, 9, 18))
    world.wait(hours=1)
    amina.say("yes")
    amina.press("Change my answer")
    assert amina.sees("Change your answer", "Your answer now: You are coming.")
    assert "Can you come" not in amina.last()
    amina.do("Keep my answer", say="keep my answer")
    assert "You are coming." in amina.last()
    assert answers(world, meeting) == {"Amina": ("yes", "")}


def test_the_other_way_to_join_is_a_change_and_is_asked_about(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    amina = world.member("Amina", of=group)
    meeting = planned(world, group, datetime(2027, 3, 9, 18), how="both")
    world.wait(hours=1)
    amina.say("yes")
    amina.say("online")
    amina.say("online")
    assert "You have answered already" in amina.last()
    amina.say("in person")
    assert amina.sees("Your answer has not changed yet", "Your answer now: You are coming online.")
    assert answers(world, meeting) == {"Amina": ("yes", "online")}
    amina.press('Change it to "I will come in person"')
    assert answers(world, meeting) == {"Amina": ("yes", "in_person")}


def test_the_other_way_to_join_is_not_taken_for_a_yes_to_the_next_meeting(one_world: World) -> None:
    group = one_world.group("Radiotherapy volunteers")
    amina = one_world.member("Amina", of=group)
    first = planned(one_world, group, datetime(2027, 3, 9, 18), how="both")
    amina.say("online")
    second = planned(one_world, group, datetime(2027, 3, 10, 18), how="in_person")
    one_world.wait(hours=1)
    amina.say("in person")
    assert 'You said "I will come in person"' in amina.last()
    assert (answers(one_world, first), answers(one_world, second)) == ({"Amina": ("yes", "online")}, {})
    amina.say("1")
    assert answers(one_world, first) == {"Amina": ("yes", "in_person")}


def test_a_way_that_the_meeting_does_not_have_is_no_yes(one_world: World) -> None:
    group = one_world.group("Radiotherapy volunteers")
    amina = one_world.member("Amina", of=group)
    meeting = planned(one_world, group, datetime(2027, 3, 9, 18), how="online")
    amina.say("in person")
    assert "Can you come to this meeting?" in amina.last()
    assert answers(one_world, meeting) == {}


def test_a_way_to_join_means_the_meetings_that_have_it(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    amina = world.member("Amina", of=group)
    room = planned(world, group, datetime(2027, 3, 8, 18), how="in_person")
    screen = planned(world, group, datetime(2027, 3, 9, 18), how="online")
    either = planned(world, group, datetime(2027, 3, 10, 18), how="both")
    world.wait(hours=1)
    amina.say("online")
    assert amina.sees("Which meeting do you mean?", "1. Tuesday 9 March 2027", "2. Wednesday 10 March 2027")
    assert "Monday 8 March 2027" not in amina.last()
    amina.press("1. Tuesday 9 March 2027")
    amina.say("online")
    assert [answers(world, one) for one in (room, screen, either)] == [
        {},
        {"Amina": ("yes", "")},
        {"Amina": ("yes", "online")},
    ]


def test_the_other_way_to_join_is_asked_about_where_what_waits_does_not_have_it(one_world: World) -> None:
    group = one_world.group("Radiotherapy volunteers")
    amina = one_world.member("Amina", of=group)
    first = planned(one_world, group, datetime(2027, 3, 9, 18), how="both")
    amina.say("in person")
    second = planned(one_world, group, datetime(2027, 3, 10, 18), how="in_person")
    one_world.wait(hours=1)
    amina.say("online")
    assert amina.sees("Your answer has not changed yet", "Your answer now: You are coming in person.")
    assert (answers(one_world, first), answers(one_world, second)) == ({"Amina": ("yes", "in_person")}, {})


def test_where_no_meeting_has_the_way_to_join_none_is_answered(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    amina = world.member("Amina", of=group)
    meant = [planned(world, group, datetime(2027, 3, day, 18), how="in_person") for day in (8, 9)]
    world.wait(hours=1)
    amina.say("online")
    assert "Which meeting do you mean?" in amina.last()
    amina.press("1. Monday 8 March 2027")
    assert amina.sees("Can you come to this meeting?", "You have not answered yet.", "In person")
    assert [answers(world, one) for one in meant] == [{}, {}]


def test_a_button_that_names_a_way_the_meeting_does_not_have_saves_nothing(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    amina = world.member("Amina", of=group)
    meeting = planned(world, group, datetime(2027, 3, 9, 18), how="both")
    world.wait(hours=1)
    amina.say("yes")
    with world.turn() as turn:
        turn.session.get_one(Meeting, meeting.id).how = "in_person"
    amina.press("I will join online")
    assert amina.sees("Change your answer", "Your answer now: You are coming.")
    assert answers(world, meeting) == {"Amina": ("yes", "")}
    amina.press("No, I cannot come")
    person = world.person("Amina")
    with world.turn() as turn, pytest.raises(Refusal):
        rsvp.answer(turn, turn.session.merge(person), f"{meeting.number}:yes:online")
    assert answers(world, meeting) == {"Amina": ("no", "")}


def test_a_button_from_before_a_move_says_what_is_so_now(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    amina = world.member("Amina", of=group)
    meeting = planned(world, group, datetime(2027, 3, 9, 18))
    world.wait(hours=1)
    amina.say("change my answer")
    with world.turn() as turn:
        meetings.move(
            turn.session,
            turn.session.get_one(Meeting, meeting.id),
            local_start=datetime(2027, 3, 9, 19),
            starts_at=to_utc(datetime(2027, 3, 9, 19), "Europe/London"),
            minutes=60,
        )
    amina.press("No, I cannot come")
    assert amina.sees("because the time has changed", "You have not answered yet. Can you come at this time?")
    assert answers(world, meeting) == {}
    amina.press("Yes, I am coming")
    assert answers(world, meeting) == {"Amina": ("yes", "")}
