"""Signposts: which words bring one, which do not, and what every card holds."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from itertools import pairwise, product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.chat import Card
from handlers.signposts import Category, recognise
from handlers.signposts.everyday import NOT_SLIPS, SAME
from handlers.texts.signposts import STANDING_LINE, Contacts, help_now, signpost
from handlers.turn import Turn
from storage.people import Person
from tests.world import World

SENTENCES = [
    (line.partition(" | ")[2], tuple(word for word in line.partition(" | ")[0].split() if word != "-"))
    for line in Path(__file__).with_name("signposts.txt").read_text("utf-8").splitlines()
    if not line.startswith("#")
]
NATIONS = ("ENG", "WLS", "SCT", "NIR")
SET = Contacts(helpline="01223 000001", pals="pals@rosie.example, 01223 000002", safeguarding="Sam Lee, 01223 000003")
CARDS = {
    (category, nation, contacts != Contacts()): signpost(category, nation, contacts)
    for category, nation, contacts in product(Category, (*NATIONS, ""), (SET, Contacts()))
}
HELP = {(nation, contacts): help_now(nation, contacts) for nation in (*NATIONS, None) for contacts in (SET, None)}
EVERY_CARD = [*CARDS.values(), *HELP.values()]


@pytest.mark.parametrize(("text", "expected"), SENTENCES)
def test_words_bring_the_right_signposts(text: str, expected: tuple[str, ...]) -> None:
    assert recognise(text) == expected


def test_the_table_covers_both_sides_of_each_category() -> None:
    assert len(SENTENCES) >= 500
    for category in Category:
        assert sum(category in expected for _, expected in SENTENCES) >= 30
    assert sum(not expected for _, expected in SENTENCES) >= 150


@pytest.mark.parametrize(
    "change", [str.upper, str.title, lambda text: text.replace("'", "\u2019"), lambda text: f"Hi. {text}!"]
)
def test_case_quotes_and_neighbours_change_nothing(change: object) -> None:
    assert callable(change)
    for text, expected in SENTENCES:
        if expected:
            assert set(expected) <= set(recognise(change(text))), text


def test_at_most_two_in_order() -> None:
    everything = "I want to die. I feel hot and shivery since chemo. My husband hits me. I want to make a complaint."
    assert recognise(everything) == (Category.SELF_HARM, Category.URGENT_HEALTH)
    assert recognise("I want to make a complaint. My husband hits me.") == (Category.SAFEGUARDING, Category.COMPLAINT)


@pytest.mark.parametrize("slip", ["shivrey", "shiverry", "shiery", "shivety", "shiveryyyy"])
def test_one_slip_is_forgiven(slip: str) -> None:
    assert recognise(f"I feel {slip} since chemo") == (Category.URGENT_HEALTH,)


def test_words_in_their_own_right_stay_themselves() -> None:
    assert not NOT_SLIPS & set(SAME)
    assert recognise("The table was shared and the tables were sealed") == ()


VOCABULARY = sorted({word for text, _ in SENTENCES for word in text.split()})


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=5000) | st.lists(st.sampled_from(VOCABULARY), max_size=900).map(" ".join))
def test_any_text_is_answered_quickly_and_alike(text: str) -> None:
    start = time.process_time()
    found = recognise(text)
    assert time.process_time() - start < 0.5
    assert found == recognise(text)
    assert len(found) <= 2
    assert all(list(Category).index(one) < list(Category).index(other) for one, other in pairwise(found))


@pytest.mark.parametrize(
    "part", ["a", "he ", "my mum is ", "not very ", "'s ", "told a a ", "! ", "no a a, ", "\u0130"]
)
def test_repetition_does_not_make_it_slow(part: str) -> None:
    start = time.process_time()
    recognise(part * (100_000 // len(part)))
    assert time.process_time() - start < 0.5


@pytest.mark.parametrize("card", EVERY_CARD)
def test_cards_are_plain_words(card: Card) -> None:
    for sentence in _sentences(card):
        assert len(sentence.split()) <= 20, sentence
    if len(_words(card)) > 100:
        assert _grade(card) <= 6
    whole = f"{card.title}\n{card.text}\n{card.note}"
    forbidden = (
        r"detect|fever|nausea|vomit|degree|°|\bC\b|suicid|harm\b|sorry|worry|fine|diagnos|symptom|triage|e\.g\.|&(?!E)"
    )
    assert not re.search(forbidden, whole), whole
    assert not re.search(r"n't|\u2013|\u2014|  |: *\n\n- *\n|: *$", whole), whole
    assert whole.isascii()


@pytest.mark.parametrize("card", CARDS.values())
def test_each_signpost_begins_by_saying_what_it_is(card: Card) -> None:
    assert card.text.startswith(
        "Your message is saved. This is a computer program. Nobody reads messages here straight away."
    )
    assert card.title in ("Who you can call", "Who you can talk to")


def test_nothing_is_said_to_be_saved_that_is_not() -> None:
    card = signpost(Category.SELF_HARM, "ENG", SET, kept="seen by others")
    assert card.text.startswith("Your message is not saved, because others could see it. This is a computer program.")
    card = signpost(Category.SELF_HARM, "ENG", SET, kept="failed")
    assert card.text.startswith("Your message is not saved, because something went wrong on our side. This is a ")
    card = signpost(Category.SELF_HARM, "ENG", SET, kept="not yet")
    assert card.text.startswith("This is a computer program.")


HURT = "I want to make a complaint"


@pytest.mark.parametrize(
    "said",
    [
        f"feedbak {HURT}",  # Did you mean this?
        f"support {HURT}",
        f"announce {HURT}",
        f"join {HURT}",
        f"answer for {HURT}",
    ],
)
def test_a_signpost_says_that_words_are_saved_only_where_they_are(one_world: World, said: str) -> None:
    amina = one_world.member("Amina", of=one_world.group("Radiotherapy volunteers"))
    amina.say(said)
    assert amina.sees("Who you can talk to")
    held = "Shall I pass this on?" in amina.screen()
    assert ("I keep your message for 24 hours." in amina.screen()) is held
    assert "Your message is saved" not in amina.screen()


def test_half_a_form_is_not_said_to_be_saved(one_world: World) -> None:
    one_world.way = "words"
    one_world.group("Radiotherapy volunteers")
    dev = one_world.someone("Dev")
    dev.say("join radiotherapy volunteers")
    dev.say("I want to make a complaint")
    assert dev.sees("Are you aged 16 or over?", "Who you can talk to")
    assert "Your message is saved" not in dev.screen()
    dev.say("cancel")
    dev.say("feedback")
    dev.say("I want to make a complaint about the food")
    assert dev.sees("Saved as F-1", "Your message is saved.")


@pytest.mark.parametrize("said", ["feedback I want to make a complaint", "I want to make a complaint"])
def test_where_something_of_ours_breaks_a_signpost_still_comes_and_says_so(one_world: World, said: str) -> None:
    amina = one_world.member("Amina", of=one_world.group("Radiotherapy volunteers"))
    words = one_world.app.inbox.router.words

    def broken(turn: Turn, person: Person, value: str) -> Card:
        raise ZeroDivisionError

    kept = {phrase: words[phrase] for phrase in ("feedback", "")}
    words.update({phrase: replace(word, answer=broken) for phrase, word in kept.items()})
    try:
        amina.say(said)
    finally:
        words.update(kept)
    assert amina.sees(
        "What you just sent is not saved, and nothing has changed.",
        "Your message is not saved, because something went wrong on our side.",
        "does not start a complaint",
    )
    assert "Your message is saved" not in amina.screen()
    assert "I keep your message" not in amina.screen()


def test_what_is_only_held_is_not_said_to_be_saved_or_to_be_feedback(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    amina = world.member("Amina", of=group)
    amina.say("I want to make a complaint about the ward")
    assert amina.sees("Who you can talk to", "I keep your message for 24 hours.", "does not start a complaint")
    assert "Your message is saved" not in amina.screen()
    assert "kept as feedback" not in amina.screen()
    amina.say("feedback I want to make a complaint about the food")
    assert amina.sees("Your message is saved")


@pytest.mark.parametrize("card", CARDS.values())
def test_no_signpost_asks_what_a_yes_or_no_would_answer_elsewhere(card: Card) -> None:
    assert "?" not in f"{card.title}{card.text}{card.note}"


@pytest.mark.parametrize(
    ("category", "nation", "needed"),
    [
        (Category.SELF_HARM, "ENG", "111|mental health option|Samaritans|116 123|SHOUT|85258|999|A&E"),
        (Category.SELF_HARM, "WLS", "111|press 2|116 123|85258|999"),
        (Category.SELF_HARM, "SCT", "NHS 24 on 111|116 123|85258|999"),
        (Category.SELF_HARM, "NIR", "Lifeline|0808 808 8000|116 123|85258|999"),
        (Category.URGENT_HEALTH, "ENG", "hot, cold or shivery|111|999|A&E"),
        (Category.URGENT_HEALTH, "WLS", "111|999"),
        (Category.URGENT_HEALTH, "SCT", "NHS 24 on 111|999"),
        (Category.URGENT_HEALTH, "NIR", "GP out of hours|999"),
        *((Category.SAFEGUARDING, nation, "999|0800 1111|If it is safe for the coordinator") for nation in NATIONS),
        (Category.COMPLAINT, "ENG", "does not start a complaint|PALS|Patient Advice and Liaison Service"),
        (Category.COMPLAINT, "WLS", "does not start a complaint|Llais"),
        (Category.COMPLAINT, "SCT", "does not start a complaint|Patient Advice and Support Service"),
        (Category.COMPLAINT, "NIR", "does not start a complaint|Patient and Client Council"),
    ],
)
@pytest.mark.parametrize("contacts_set", [True, False])
def test_each_signpost_names_who_to_call(category: Category, nation: str, needed: str, contacts_set: bool) -> None:
    card = CARDS[category, nation, contacts_set]
    for words in needed.split("|"):
        assert words in card.text
    own = {
        Category.URGENT_HEALTH: SET.helpline,
        Category.SAFEGUARDING: SET.safeguarding,
        Category.COMPLAINT: SET.pals,
    }.get(category, "")
    if own:
        assert (own in card.text) is contacts_set


@pytest.mark.parametrize("card", [card for (_, nation, _), card in CARDS.items() if nation == "NIR"])
def test_northern_ireland_has_no_111(card: Card) -> None:
    assert not re.search(r"\b111\b", card.text)


@pytest.mark.parametrize(("nation", "contacts"), HELP)
def test_help_now_names_the_national_numbers(nation: str | None, contacts: Contacts | None) -> None:
    text = help_now(nation, contacts).text
    assert text.startswith("This is a computer program.")
    assert all(number in text for number in ("999", "116 123", "85258", "0800 1111"))
    assert bool(re.search(r"\b111\b", text)) is (nation != "NIR")
    assert ("0808 808 8000" in text) is (nation in ("NIR", None))
    assert (SET.helpline in text) is (contacts is SET)
    assert (SET.safeguarding in text) is (contacts is SET)


@pytest.mark.parametrize(
    ("nation", "typed", "shown"),
    [
        # What was typed when we asked for the number of the nation's own service.
        ("WLS", "02920 235558", "- Llais: 02920 235558"),
        ("WLS", "Llais Gwent, 01633 000001", "- Llais Gwent, 01633 000001"),
        ("SCT", "01463 000001", "- Patient Advice and Support Service: 01463 000001"),
        ("SCT", "PASS, 01463 000001", "- Patient Advice and Support Service: PASS, 01463 000001"),
        ("NIR", "the patient and client council, 0800 917 0222", "- the patient and client council, 0800 917 0222"),
        ("NIR", "Free phone +44 800 917 0222", "- Patient and Client Council: Free phone +44 800 917 0222"),
    ],
)
def test_the_service_of_a_nation_is_named_once(nation: str, typed: str, shown: str) -> None:
    text = signpost(Category.COMPLAINT, nation, Contacts(pals=typed)).text
    assert text.endswith(f"\n\n{shown}")
    assert "You can also contact" not in text


@pytest.mark.parametrize(
    ("nation", "service"),
    [
        ("WLS", "- Llais: 02920 235 558"),
        ("SCT", "- Patient Advice and Support Service: 0800 917 2127"),
        ("NIR", "- Patient and Client Council: 0800 917 0222"),
    ],
)
def test_an_organisations_own_complaints_team_stands_beside_its_nations_service(nation: str, service: str) -> None:
    text = signpost(Category.COMPLAINT, nation, Contacts(pals="Complaints team, 01223 000002")).text
    own = "You can also contact the people who help with complaints here:\n\n- Complaints team, 01223 000002"
    assert text.endswith(f"{service}\n\n{own}")


def test_contacts_are_tidied() -> None:
    card = signpost(Category.URGENT_HEALTH, "ENG", Contacts(helpline=" 01223\n 000001. "))
    assert "\n- 24-hour cancer helpline: 01223 000001\n" in card.text


def test_the_standing_line() -> None:
    assert "not read straight away" in STANDING_LINE
    assert '"help now"' in STANDING_LINE


def _sentences(card: Card) -> list[str]:
    return [part for part in re.split(r"(?<=[.?!:])\s|\n", f"{card.title}\n{card.text}\n{card.note}") if part.strip()]


def _words(card: Card) -> list[str]:
    return re.findall(r"[A-Za-z]+", card.text)


def _grade(card: Card) -> float:
    """Flesch-Kincaid grade, with syllables counted as groups of vowels."""
    words = _words(card)
    syllables = sum(max(1, len(re.findall(r"[aeiouy]+", re.sub(r"e$", "", word.lower())))) for word in words)
    return 0.39 * len(words) / len(_sentences(card)) + 11.8 * syllables / len(words) - 15.59
