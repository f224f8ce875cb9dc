"""Help: what each person is shown, and a sentence for every word that can be typed."""

from __future__ import annotations

import pytest

import handlers
from handlers.texts import help as texts
from handlers.texts.help import WORDS
from tests.world import World


def test_a_member_sees_what_they_can_do(world: World) -> None:
    amina = world.member("Amina", world.group("Volunteers"))
    amina.say("help")
    for label in (
        "See meetings",
        "Ask for support",
        "Give feedback",
        "Show my feedback",
        "See my data",
        "Who to call now",
    ):
        assert label in amina.last()
    assert "For coordinators" not in amina.screen()
    amina.press("Who to call now")
    assert "01632 960100" in amina.screen()


def test_somebody_in_no_group_sees_less(world: World) -> None:
    world.group("Volunteers")
    dev = world.someone("Dev")
    dev.say("hello")
    assert "Show all groups" in dev.last()
    assert "Ask for support" not in dev.last()
    dev.press("Show all groups")
    assert "Volunteers" in dev.screen()


def test_a_coordinator_and_an_administrator_see_theirs_besides(world: World) -> None:
    cara = world.coordinator("Cara", world.group("Volunteers"))
    ada = world.admin("Ada")
    cara.say("help")
    assert "See meetings" in cara.messages()[-2]
    assert "Show requests" in cara.last()
    assert "Change settings" not in cara.screen()
    ada.say("menu")
    assert "Change settings" in ada.last()
    assert "Show requests" not in ada.screen()


def test_the_first_administrator_is_shown_the_way(world: World) -> None:
    ada = world.admin("Ada")
    with world.turn() as turn:
        turn.organisation.helpline = ""
    ada.say("help")
    assert "First: settings" in ada.last()
    ada.press("Set the contacts")
    ada.fill(
        {
            "What is the name and number of the 24-hour helpline?": "Cancer helpline, 01632 960111",
            "What is the number of PALS (Patient Advice and Liaison Service)?": "PALS, 01632 960222",
            "What is the name and number of the safeguarding contact?": "Safeguarding, 01632 960333",
        }
    )
    assert "I am open now" in ada.screen()
    ada.say("help")
    assert "First: settings" not in ada.last()


def test_every_button_of_help_is_answered_and_has_a_label_of_its_own() -> None:
    shown = [texts.everyone(member=True), texts.coordinator(), texts.administrator()]
    buttons = [button for card in shown for button in card.buttons]
    first = {button.action for button in texts.first_steps().buttons}
    assert first | {button.action for button in buttons} <= handlers.router.presses.keys()
    assert len({button.label for button in buttons}) == len({button.action for button in buttons})


@pytest.mark.parametrize("phrase", sorted(WORDS))
def test_every_word_of_the_list_is_there(phrase: str) -> None:
    assert phrase in handlers.router.words


def test_every_word_that_is_there_is_in_the_list_under_one_of_its_names() -> None:
    listed = {handlers.router.words[phrase].answer for phrase in WORDS}
    missing = {phrase for phrase, word in handlers.router.words.items() if phrase and word.answer not in listed}
    assert not missing


def test_every_sentence_is_short() -> None:
    for sentence in WORDS.values():
        assert sentence.endswith(".")
        assert len(sentence.split()) <= 20
