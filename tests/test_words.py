"""Words, matched and forgiven."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from handlers import router
from handlers.words import Guess, Match, bare, find, is_help_now, plain


@pytest.mark.parametrize("phrase", sorted(phrase for phrase in router.words if phrase))
def test_every_word_is_understood_politely_and_in_capitals(phrase: str) -> None:
    for said in (phrase, phrase.upper(), f"Hello, {phrase} please", f"{phrase}.", f"please {phrase}, thank you"):
        found = find(said, router.words)
        assert isinstance(found, Match), said
        assert found.word.answer == router.words[phrase].answer


@pytest.mark.parametrize(
    ("said", "phrase", "rest"),
    [
        ("feedback The CAR park: full", "feedback", "The CAR park: full"),
        ("Feedback: it went well", "feedback", "it went well"),
        ("please feedback It’s “fine”. Thank you!", "feedback", "It’s “fine”. Thank you!"),
        ("join East of England", "join", "East of England"),
        ("please join east", "join", "east"),
        ("status F-27", "status", "F-27"),
        ("stop everything for Bill", "stop everything for", "Bill"),
    ],
)
def test_what_follows_a_word_is_kept_as_typed(said: str, phrase: str, rest: str) -> None:
    found = find(said, router.words)
    assert isinstance(found, Match)
    assert (found.word.phrase, found.rest) == (phrase, rest)


@pytest.mark.parametrize(
    "said", ["the food was cold", "helpful staff everywhere", "we join hands", "supportive nurses", ""]
)
def test_ordinary_sentences_are_no_words(said: str) -> None:
    assert not isinstance(find(said, router.words), Match)


@pytest.mark.parametrize(("said", "phrase"), [("grops", "groups"), ("my gruops", "my groups"), ("feedbak", "feedback")])
def test_a_slip_is_a_guess(said: str, phrase: str) -> None:
    found = find(said, router.words)
    assert isinstance(found, Guess)
    assert found.word.phrase == phrase


@pytest.mark.parametrize("said", ["help now", "HELP NOW!!", "please help now", "helpnow", "Help  now."])
def test_help_now_forgives_everything(said: str) -> None:
    assert is_help_now(said)


@given(st.text(max_size=300))
@example("0:\x85")
def test_anything_can_be_said(said: str) -> None:
    find(said, router.words)
    assert plain(plain(said)) == plain(said)
    assert bare(bare(said)) == bare(said)
