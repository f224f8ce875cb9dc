"""A slice of `make fuzz`: requests whole, spoilt and made up, over HTTP to the program on a database of its own."""

from __future__ import annotations

from typing import Literal

import pytest

from handlers import forms
from handlers.chat import Field
from tests import fuzzing
from tests.world import Loop, Template

PART = 5_000


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory, loop: Loop, template: Template) -> fuzzing.Recording:
    return fuzzing.record(tmp_path_factory.mktemp("recorded"), loop, template)


@pytest.mark.parametrize("first", range(0, 4 * PART, PART))
def test_no_request_is_too_much(recorded: fuzzing.Recording, first: int) -> None:
    outcome = fuzzing.fuzz(recorded, first=first, most=PART)
    assert outcome.wrong == []
    assert sum(outcome.statuses.values()) == PART
    # All kinds of answers were had: the requests are not all turned away at the door.
    for door, statuses in (("slack", (200, 400, 401, 404)), ("teams", (200, 400, 401, 415))):
        assert min(outcome.doors[door, status] for status in statuses) > PART / 100


@pytest.mark.parametrize("kind", ["line", "text"])
def test_nothing_is_no_answer_to_a_question_that_must_be_answered(kind: Literal["line", "text"]) -> None:
    """Found by a message of white space alone, in the middle of a form."""
    with pytest.raises(forms.Unread):
        forms.read(Field("said", "What is it?", kind), " \n")
    assert forms.read(Field("said", "What is it?", kind, required=False), " \n") == ""


def test_a_request_is_made_from_its_number_alone(recorded: fuzzing.Recording) -> None:
    assert all(
        fuzzing.request(number, recorded.sent) == fuzzing.request(number, recorded.sent) for number in range(200)
    )
