"""Which letters are true at the moment they would leave: a table of kinds and states."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest

from handlers.truth import TWICE_IS_BETTER, Drop, Hold, Send, verdict
from handlers.turn import Kind
from storage.sending import Claim

TUESDAY = datetime(2027, 3, 2, 10, 0, tzinfo=UTC)
EVENING = datetime(2027, 3, 2, 21, 0, tzinfo=UTC)
SUNDAY = datetime(2027, 3, 7, 12, 0, tzinfo=UTC)
UNASKED = get_args(Kind)
ASKED = ("reply", "help", "signpost")
GOES = Send()

LETTER = Claim(
    id=1,
    ref="r-1",
    kind="notice",
    card_id=1,
    platform="slack",
    workspace="T",
    user="U",
    conversation="D",
    gone=False,
    account_id=1,
    replaces="",
    unasked=True,
    needs="",
    until=None,
    tries=0,
    claimed_at=None,
    reach_by="chat",
    stopped=False,
    silenced=False,
    zone="Europe/London",
    quiet_hours="20:00-08:00",
    nation="ENG",
    group_id=None,
    membership=None,
    meeting_id=None,
    meeting_version=None,
    meeting_now=None,
    meeting_starts_at=None,
    meeting_cancelled=False,
    rsvp=None,
)
GROUP: dict[str, Any] = {"group_id": 1, "membership": "active"}
MEETING: dict[str, Any] = {
    **GROUP,
    "meeting_id": 1,
    "meeting_version": 1,
    "meeting_now": 1,
    "meeting_starts_at": TUESDAY + timedelta(days=3),
}
CANCELLED = {"meeting_now": 2, "meeting_cancelled": True}


def judged(kind: str, *, now: datetime = TUESDAY, **facts: object) -> Send | Hold | Drop:
    """The verdict on a letter about a meeting, or about a group where it is of a kind that knows no meeting."""
    about = MEETING if kind in ("invitation", "reminder", "change", "late_change") else GROUP
    known: dict[str, Any] = {"kind": kind, "unasked": kind in UNASKED, **about, **facts}
    return verdict(LETTER._replace(**known), now=now)


@pytest.mark.parametrize("kind", [*UNASKED, *ASKED])
def test_what_is_true_goes_on_a_working_day(kind: str) -> None:
    assert judged(kind) == GOES


@pytest.mark.parametrize("kind", [*UNASKED, *ASKED])
@pytest.mark.parametrize(
    ("state", "unasked", "asked"),
    [
        ({"card_id": None}, Drop("not_needed", "deleted"), Drop("not_needed", "deleted")),
        ({"account_id": None}, Drop("needs_call", "no account"), Drop("needs_call", "no account")),
        ({"silenced": True}, Drop("stopped", "silenced"), Drop("stopped", "silenced")),
        ({"silenced": True, "stopped": True}, Drop("stopped", "silenced"), Drop("stopped", "silenced")),
        ({"stopped": True}, Drop("stopped", "stop"), GOES),
        ({"membership": "paused"}, Drop("paused", "paused"), GOES),
        ({"stopped": True, "membership": "paused"}, Drop("stopped", "stop"), GOES),
        ({"until": TUESDAY}, Drop("not_needed", "too late"), GOES),
        ({"until": TUESDAY + timedelta(seconds=1)}, GOES, GOES),
        ({"reach_by": "call"}, Drop("needs_call", "asked for a call"), GOES),
        ({"gone": True}, Drop("needs_call", "cannot be reached"), GOES),
    ],
    ids=str,
)
def test_states_of_the_person(kind: str, state: dict[str, Any], unasked: Send | Drop, asked: Send | Drop) -> None:
    expected = unasked if kind in UNASKED else asked
    # Whom to call now reaches even somebody for whom all else has stopped: they have just asked.
    if kind == "help" and "silenced" in state:
        expected = GOES
    assert judged(kind, **state) == expected


@pytest.mark.parametrize("kind", UNASKED)
@pytest.mark.parametrize("membership", ["left", "declined"])
def test_those_who_left_hear_nothing_of_the_group_but_that(kind: str, membership: str) -> None:
    assert judged(kind, membership=membership) == (GOES if kind == "notice" else Drop("not_needed", "left"))


@pytest.mark.parametrize("kind", UNASKED)
def test_who_never_had_a_place_in_the_group_may_hear_of_it(kind: str) -> None:
    assert judged(kind, membership=None) == GOES


@pytest.mark.parametrize(
    ("kind", "state", "expected"),
    [
        ("invitation", CANCELLED, Drop("not_needed", "cancelled")),
        ("reminder", CANCELLED, Drop("not_needed", "cancelled")),
        ("change", CANCELLED, Drop("not_needed", "changed again")),
        ("change", {**CANCELLED, "meeting_version": 2}, GOES),
        ("late_change", {**CANCELLED, "meeting_version": 2}, GOES),
        ("invitation", {"meeting_now": 2}, Drop("not_needed", "moved")),
        ("reminder", {"meeting_now": 2}, Drop("not_needed", "moved")),
        ("change", {"meeting_now": 2}, Drop("not_needed", "changed again")),
        ("late_change", {"meeting_now": 2}, Drop("not_needed", "changed again")),
        ("invitation", {"needs": "unanswered", "rsvp": None}, GOES),
        ("invitation", {"needs": "unanswered", "rsvp": "yes"}, Drop("not_needed", "answered")),
        ("reminder", {"needs": "unanswered", "rsvp": "not_sure"}, Drop("not_needed", "answered")),
        ("reminder", {"needs": "going", "rsvp": "yes"}, GOES),
        ("reminder", {"needs": "going", "rsvp": "no"}, Drop("not_needed", "not coming")),
        ("reminder", {"needs": "going", "rsvp": None}, Drop("not_needed", "not coming")),
        ("invitation", {"meeting_starts_at": TUESDAY}, Drop("not_needed", "past")),
        ("reminder", {"meeting_starts_at": TUESDAY}, Drop("not_needed", "past")),
        ("late_change", {"meeting_starts_at": TUESDAY}, GOES),
    ],
)
def test_states_of_the_meeting(kind: str, state: dict[str, Any], expected: Send | Drop) -> None:
    assert judged(kind, **state) == expected


@pytest.mark.parametrize(
    ("kind", "evening", "sunday"),
    [
        # From 9am to 6pm on working days.
        *((kind, (3, 9), (8, 9)) for kind in ("invitation", "reminder", "announcement", "digest")),
        # In quiet hours only.
        *((kind, (3, 8), (8, 8)) for kind in ("notice", "alert", "change")),
        # At any hour: a change in the next 24 hours, and what answers the person.
        *((kind, None, None) for kind in ("late_change", *ASKED)),
    ],
)
def test_quiet_hours(kind: str, evening: tuple[int, int] | None, sunday: tuple[int, int] | None) -> None:
    for now, until in ((EVENING, evening), (SUNDAY, sunday)):
        held = judged(kind, now=now, meeting_starts_at=now + timedelta(days=3) if kind in MEETINGS else None)
        assert held == (GOES if until is None else Hold(datetime(2027, 3, *until, tzinfo=UTC)))


MEETINGS = ("invitation", "reminder", "change", "late_change")


def test_a_change_of_a_meeting_in_the_next_24_hours_breaks_quiet_hours() -> None:
    assert judged("change", now=EVENING, meeting_starts_at=EVENING + timedelta(hours=23)) == GOES
    assert isinstance(judged("change", now=EVENING, meeting_starts_at=EVENING + timedelta(hours=24)), Hold)


def test_quiet_hours_are_those_of_the_persons_own_zone_over_the_clock_change() -> None:
    # In London the clocks go forward at 1am on 28 March: 8am is then 7am UTC. In New York 8am is noon UTC.
    before = datetime(2027, 3, 27, 22, 0, tzinfo=UTC)
    assert judged("notice", now=before) == Hold(datetime(2027, 3, 29, 7, 0, tzinfo=UTC))
    early = datetime(2027, 3, 30, 9, 0, tzinfo=UTC)
    assert judged("notice", now=early) == GOES
    assert judged("notice", now=early, zone="America/New_York") == Hold(datetime(2027, 3, 30, 12, 0, tzinfo=UTC))


def test_own_quiet_hours_that_fill_the_working_day_end_in_a_letter_all_the_same() -> None:
    held = judged("announcement", quiet_hours="08:00-19:00")
    assert held == Hold(datetime(2027, 3, 2, 19, 0, tzinfo=UTC))
    assert judged("announcement", quiet_hours="08:00-19:00", now=datetime(2027, 3, 2, 19, 0, tzinfo=UTC)) == GOES


def test_nothing_unasked_goes_on_a_bank_holiday_in_the_nation() -> None:
    good_friday = datetime(2027, 3, 26, 10, 0, tzinfo=UTC)
    assert judged("announcement", now=good_friday) == Hold(datetime(2027, 3, 30, 8, 0, tzinfo=UTC))
    assert judged("announcement", now=datetime(2027, 3, 29, 10, 0, tzinfo=UTC), nation="SCT") == GOES


def test_only_news_of_a_change_and_answers_may_come_twice() -> None:
    assert TWICE_IS_BETTER.isdisjoint({"digest", "announcement", "invitation", "reminder", "notice", "alert"})
    assert {"change", "late_change", "help", "reply"} <= TWICE_IS_BETTER
