"""The coordinator's checklist: what to arrange, by when, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from handlers import adjustments, checklist
from handlers.chat import Refusal
from handlers.texts import checklist as texts
from storage import groups, meetings, people, support
from storage.groups import Group
from storage.meetings import Meeting
from storage.people import Person
from tests.test_support import meeting, unasked
from tests.world import World


def need(world: World, name: str, **wanted: str) -> Person:
    """This person needs this: codes to details."""
    person = world.person(name)
    with world.turn() as turn:
        support.set_needs(turn.session, person, wanted, now=turn.now)
    return person


def said(world: World, name: str, at: Meeting, answer: str, how: str = "") -> None:
    person = world.person(name)
    with world.turn() as turn:
        meetings.answer(turn.session, at, person, answer=answer, how=how, now=turn.now)


@contextmanager
def states(world: World, at: Meeting) -> Iterator[list[str]]:
    with world.turn() as turn:
        yield [row.state for row in support.adjustments_for(turn.session, at).values()]


def test_the_checklist_says_what_to_book_for_whom_and_by_when(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    cara = world.coordinator("Cara", of=group)
    for name in ("Amina", "Bill", "Dev", "Eve"):
        world.member(name, of=group)
    world.member("Fred", of=group, state="paused")
    first, second = meeting(world, group, days=10), meeting(world, group, days=45)
    meeting(world, group, days=70, title="Too far away")
    need(world, "Amina", lipspeaker="", step_free="", contact_phone="after 4pm")
    need(world, "Bill", extra_breaks="each half hour")
    need(world, "Dev", easy_read="")
    need(world, "Fred", braille="")
    said(world, "Dev", first, "no")
    said(world, "Dev", second, "no")
    cara.say("checklist")
    last = cara.last()
    assert "Still to arrange: 4" in last
    assert "Amina: Lipspeaker, on Friday 12 March 2027" in last
    assert "Book now. It is late: we will try." in last
    assert "Book by Friday 5 March 2027." in last
    assert "Bill: Extra breaks (each half hour), on Friday 12 March 2027. Do this by Wednesday 10 March 2027." in last
    assert last.index("Amina: Lipspeaker, on Friday 12 March") < last.index("Bill: Extra breaks")
    for absent in ("Step-free", "Phone me", "Easy Read", "Braille", "Fred", "Too far away"):
        assert absent not in last
    cara.do("3. Bill, 12 March", say="3")
    for words in ("Bill: Extra breaks (each half hour)", "Put break times on the agenda.", "It is arranged"):
        assert words in cara.last()


def test_only_a_person_sets_arranged_and_can_undo_it(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    amina, cara = world.member("Amina", of=group), world.coordinator("Cara", of=group)
    monthly = meeting(world, group, days=30)
    need(world, "Amina", lipspeaker="")
    world.wait(hours=30)
    with states(world, monthly) as none_yet:
        assert none_yet == []
    cara.say("checklist")
    cara.press("1. Amina, 1 April")
    cara.press("It is arranged")
    amina.say("my support")
    assert "Arranged" in amina.last()
    cara.press("It is not arranged yet")
    amina.say("my support")
    assert "We are arranging this" in amina.last()
    with states(world, monthly) as now:
        assert now == ["arranging"]


def test_what_cannot_be_arranged_needs_a_reason_and_an_alternative_and_the_member_reads_both(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    amina, cara = world.member("Amina", of=group), world.coordinator("Cara", of=group)
    meeting(world, group, days=25)
    later = meeting(world, group, days=30)
    need(world, "Amina", lipspeaker="")
    cara.say("checklist")
    cara.press("2. Amina, 1 April")
    cara.press("It cannot be arranged")
    cara.fill(
        {"Why can it not be arranged?": "Nobody is free", "What can you do instead?": "A speech-to-text reporter"}
    )
    with states(world, later) as now:
        assert now == ["not_met"]
    world.settle()
    assert "News about the meeting on Thursday 1 April 2027" in amina.last()
    for body in unasked(world, "Amina"):
        assert "ipspeaker" not in body
        assert "Nobody is free" not in body
    amina.press("Read what they wrote")
    assert "Why: Nobody is free" in amina.last()
    assert "What we can do instead: A speech-to-text reporter" in amina.last()
    cara.say("checklist")
    cara.press("2. Amina, 1 April")
    cara.press("It is arranged")
    with states(world, later) as now:
        assert now == ["arranged"]


def test_nobody_but_the_groups_coordinators_sees_or_changes_the_checklist(world: World) -> None:
    group, other = world.group("Radiotherapy volunteers"), world.group("Another group")
    ada = world.member("Ada", of=group, role="chair")
    cara, dev = world.coordinator("Cara", of=group), world.coordinator("Dev", of=other)
    world.member("Amina", of=group)
    meeting(world, group, days=30)
    need(world, "Amina", lipspeaker="")
    for stranger in (ada, dev):
        stranger.say("checklist")
        assert "Amina" not in stranger.screen()
        assert "Lipspeaker" not in stranger.screen()
    cara.say("checklist")
    assert "Amina: Lipspeaker" in cara.last()


def test_a_made_up_button_of_another_group_is_refused(one_world: World) -> None:
    group, other = one_world.group("Radiotherapy volunteers"), one_world.group("Another group")
    one_world.coordinator("Cara", of=group)
    one_world.coordinator("Dev", of=other)
    one_world.member("Amina", of=group)
    monthly, theirs = meeting(one_world, group, days=30), meeting(one_world, other, days=30)
    amina = need(one_world, "Amina", lipspeaker="")
    dev, cara = one_world.person("Dev"), one_world.person("Cara")
    with one_world.turn() as turn:
        (lipspeaker,) = support.needs_of(turn.session, amina)
        for who, value in (
            (dev, f"{lipspeaker.id}:{monthly.number}"),
            (dev, f"{lipspeaker.id}:{theirs.number}"),
            (cara, f"{lipspeaker.id}:{theirs.number}"),
            (cara, f"999:{monthly.number}"),
            (cara, "nonsense"),
        ):
            for press in (checklist.arranged, checklist.arranging, checklist.cannot_arrange):
                with pytest.raises(Refusal):
                    press(turn, who, value)
        assert support.adjustments_for(turn.session, monthly) == {}


def test_somebody_coming_online_needs_nothing_in_the_room(one_world: World) -> None:
    group = one_world.group("Radiotherapy volunteers")
    cara = one_world.coordinator("Cara", of=group)
    one_world.member("Amina", of=group)
    both = meeting(one_world, group, days=30, how="both")
    need(one_world, "Amina", step_free="", live_captions="")
    cara.say("checklist")
    assert "Step-free access" in cara.last()
    assert "Live captions" in cara.last()
    said(one_world, "Amina", both, "yes", how="online")
    cara.say("checklist")
    assert "Step-free access" not in cara.last()
    assert "Live captions" in cara.last()


def test_a_long_checklist_pages_and_its_buttons_are_short_and_differ(one_world: World) -> None:
    group: Group = one_world.group("Radiotherapy volunteers")
    cara = one_world.coordinator("Cara", of=group)
    codes = [item.code for item in adjustments.by_code().values() if item.for_meetings]
    with one_world.turn() as turn:
        for _ in range(2):
            person = people.add_person(
                turn.session, turn.organisation.id, name="A" * 60, time_zone="Europe/London", now=turn.now
            )
            groups.place(turn.session, group, person, state="active", now=turn.now)
            support.set_needs(turn.session, person, dict.fromkeys(codes, ""), now=turn.now)
    meeting(one_world, group, days=30, how="both")
    meeting(one_world, group, days=50, how="both")
    coordinator = one_world.person("Cara")
    with one_world.turn() as turn:
        lines = checklist._lines(turn, coordinator)
    assert len(lines) == 4 * len(codes)
    lines.sort(key=lambda line: line.place)
    assert lines == sorted(lines, key=lambda line: line.due.day)
    for start in range(0, len(lines), texts.PER_PAGE):
        after = ":".join(map(str, lines[start - 1].place)) if start else ""
        card = texts.checklist(lines, after=after)
        labels = [button.label for button in card.buttons]
        assert len(set(labels)) == len(labels)
        assert max(map(len, labels)) <= 75
    cara.say("checklist")
    cara.press(f"Show more of the checklist ({len(lines) - texts.PER_PAGE})")
    assert "Still to arrange" in cara.last()


def test_an_empty_checklist_says_so(one_world: World) -> None:
    cara = one_world.coordinator("Cara", of=one_world.group("Radiotherapy volunteers"))
    cara.say("checklist")
    assert "There is no support to arrange" in cara.last()


def test_what_others_arrange_meanwhile_makes_no_page_pass_over_an_open_line(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    cara, dev = world.coordinator("Cara", of=group), world.coordinator("Dev", of=group)
    names = ("Amina", "Bill", "Eve", "Fred", "Grace")
    for name in names:
        world.member(name, of=group)
        need(world, name, lipspeaker="")
    meeting(world, group, days=30)
    cara.say("checklist")
    assert "Grace" not in cara.last()
    dev.say("checklist")
    dev.press("1. Amina, 1 April")
    dev.press("It is arranged")
    cara.press("Show more of the checklist (1)")
    assert "Still to arrange: 4." in cara.last()
    assert "Grace: Lipspeaker" in cara.last()
    cara.press("Show the checklist from the start")
    assert "Bill: Lipspeaker" in cara.last()
    assert "Show more of the checklist (1)" in cara.last()


def test_a_page_with_nothing_left_to_show_begins_at_the_start(one_world: World) -> None:
    world = one_world
    group = world.group("Radiotherapy volunteers")
    cara = world.coordinator("Cara", of=group)
    for name in ("Amina", "Bill", "Eve", "Fred", "Grace"):
        world.member(name, of=group)
        need(world, name, lipspeaker="")
    meeting(world, group, days=30)
    cara.say("checklist")
    need(world, "Grace")
    cara.press("Show more of the checklist (1)")
    assert "Still to arrange: 4." in cara.last()
    assert "Amina: Lipspeaker" in cara.last()


def test_the_member_without_chat_is_told_by_a_coordinator_who_has_the_words(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    cara, dev = world.coordinator("Cara", of=group), world.coordinator("Dev", of=group)
    world.without_chat("Bill", of=group)
    meeting(world, group, days=30)
    need(world, "Bill", lipspeaker="in the front row.")
    cara.say("checklist")
    cara.press("1. Bill, 1 April")
    cara.press("It cannot be arranged")
    for words in ("will read this", "Save and tell them"):
        assert words not in cara.last()
    cara.fill({"Why can it not be arranged?": "Nobody is free", "What can you do instead?": "A speech reporter"})
    for words in (
        "I do not reach Bill by chat, so please tell them yourself.",
        "Why: Nobody is free",
        "A speech reporter",
    ):
        assert words in cara.last()
    world.settle()
    dev.say("call list")
    assert "News about the meeting on Thursday 1 April 2027." in dev.last()
    assert 'Reply "checklist" to see what to say. It stands under their name.' in dev.last()
    assert "Nobody is free" not in dev.last()
    dev.say("checklist")
    for words in ("Cannot be arranged.", "Why: Nobody is free", "What you offer: A speech reporter"):
        assert words in dev.last()
    dev.press("1. Bill, 1 April")
    dev.press("It is arranged")
    assert "Bill, on Thursday 1 April 2027: Lipspeaker (in the front row)." in dev.last()
    assert "They can see this" not in dev.last()
    assert "I do not reach Bill by chat, so please tell them yourself." in dev.last()


def test_when_the_meeting_is_over_nobody_is_led_to_what_the_checklist_no_longer_holds(one_world: World) -> None:
    world = one_world
    group = world.group("Radiotherapy volunteers")
    cara = world.coordinator("Cara", of=group)
    world.without_chat("Bill", of=group)
    meeting(world, group, days=20)
    need(world, "Bill", lipspeaker="")
    cara.say("checklist")
    cara.press("1. Bill, 22 March")
    cara.press("It cannot be arranged")
    cara.fill({"Why can it not be arranged?": "Nobody is free", "What can you do instead?": "A speech reporter"})
    cara.do("Show the call list", say="call list")
    assert "News about the meeting on Monday 22 March 2027." in cara.last()
    world.clock.move_to(world.now + timedelta(days=21))
    world.settle()
    cara.say("call list")
    assert "There is nobody to call" in cara.last()


def test_who_would_rather_talk_first_cannot_be_told_no(one_world: World) -> None:
    group = one_world.group("Radiotherapy volunteers")
    cara = one_world.coordinator("Cara", of=group)
    one_world.member("Amina", of=group)
    meeting(one_world, group, days=30)
    need(one_world, "Amina", talk_first="")
    cara.say("checklist")
    cara.press("1. Amina, 1 April")
    assert "It is arranged" in cara.last()
    assert "It cannot be arranged" not in cara.last()


def test_of_whoever_stopped_messages_the_coordinator_reads_that_nobody_tells_them(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    cara, amina = world.coordinator("Cara", of=group), world.member("Amina", of=group)
    meeting(world, group, days=30)
    need(world, "Amina", lipspeaker="")
    amina.say("stop")
    cara.say("checklist")
    cara.press("1. Amina, 1 April")
    cara.press("It cannot be arranged")
    for words in ("Amina will read this", "Save and tell them"):
        assert words not in cara.last()
    cara.fill({"Why can it not be arranged?": "Nobody is free", "What can you do instead?": "A speech reporter"})
    for words in ("please tell them yourself", "Why: Nobody is free", "A speech reporter"):
        assert words in cara.last()
