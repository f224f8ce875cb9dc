"""Settings: shown, changed, checked and shown again."""

from __future__ import annotations

import pytest

from handlers.texts import settings as texts
from handlers.times import parse_span
from tests.world import World

PLACE = "Change name, nation and times"
COMPLAINTS = "Who helps with complaints at your organisation? Please give a name and a number."


def test_settings_are_shown_changed_and_shown_again(world: World) -> None:
    ada = world.admin("Ada")
    amina = world.member("Amina", world.group("Volunteers"))
    before = len(amina.messages())
    ada.say("settings")
    assert ada.sees("Eastern Hospitals", "8pm to 8am, and Sundays", "01632 960300")
    ada.press(PLACE)
    ada.fill(
        {
            "What is the organisation called?": "Northern Hospitals",
            "Which nation is it in?": "Northern Ireland",
            "Which time zone?": "europe/belfast",
            "Between which times should I send nothing?": "9pm to 7:30am",
        }
    )
    assert ada.sees("Your changes are saved", "Northern Hospitals", "Europe/Belfast", "9pm to 7:30am")
    with world.turn() as turn:
        assert (turn.organisation.nation, turn.organisation.quiet_hours) == ("NIR", "21:00-07:30")
    ada.press("Set the contacts")
    ada.fill(
        {
            "What is the name and number of the 24-hour helpline?": "Helpline, 01632 960111",
            COMPLAINTS: "Complaints team, 01632 960222",
            "What is the name and number of the safeguarding contact?": "Safeguarding, 01632 960333",
        }
    )
    assert ada.sees("Who helps with complaints", "Complaints team, 01632 960222")
    world.settle()
    assert len(amina.messages()) == before
    amina.say("help now")
    assert "01632 960111" in amina.last()


def test_what_cannot_be_read_is_asked_again(one_world: World) -> None:
    one_world.way = "words"
    ada = one_world.admin("Ada")
    ada.say("settings")
    ada.say("set the contacts")
    ada.say("the helpline")
    assert "Please add a phone number" in ada.last()
    ada.say("cancel")
    ada.say("settings")
    ada.say(PLACE)
    ada.say("Eastern Hospitals")
    ada.say("England")
    ada.say("Middle Earth")
    assert "I do not know that time zone" in ada.last()
    ada.say("London")
    assert "I also tell people when a meeting in the next 24 hours is cancelled or moved." in ada.last()
    ada.say("8 o'clock in the evening")
    assert "Please give a start and an end" in ada.last()
    ada.say("20:00-08:00")
    assert "8pm to 8am" in ada.last()
    with one_world.turn() as turn:
        assert (turn.organisation.time_zone, turn.organisation.quiet_hours) == ("Europe/London", "20:00-08:00")


def test_outside_england_a_complaints_contact_has_a_name(one_world: World) -> None:
    one_world.way = "words"
    ada = one_world.admin("Ada")
    with one_world.turn() as turn:
        turn.organisation.nation = "WLS"
    ada.say("settings")
    ada.say("set the contacts")
    ada.say("Helpline, 01632 960111")
    assert COMPLAINTS in ada.last()
    ada.say("01632 960222")
    assert "Please add a name." in ada.last()
    ada.say("Complaints team")
    assert "Please add a phone number." in ada.last()
    ada.say("Complaints team, 01632 960222")
    ada.say("Safeguarding, 01632 960333")
    assert ada.sees("Your changes are saved", "Complaints team, 01632 960222")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("8pm to 8am", "20:00-08:00"), ("20:00-08:00", "20:00-08:00"), ("9:30pm to 7am", "21:30-07:00")],
)
def test_quiet_hours_are_read_as_people_write_them(typed: str, kept: str) -> None:
    assert texts.stored(parse_span(typed, longest=texts.A_DAY)) == kept
