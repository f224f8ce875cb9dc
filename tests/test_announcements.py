"""Announcements, by the people who write and read them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from handlers import announcements as handler
from handlers import joining
from handlers.chat import Refusal
from handlers.texts import announcements as texts
from handlers.texts.joining import STATES
from handlers.turn import Turn
from storage import announcements, groups, outbox, pauses, people, privacy
from storage.announcements import Announcement
from storage.groups import Group, Membership
from storage.people import Person
from tests.world import World

WORDS = "What do you want to say?"
GROUP = "Which group is it for?"


def _columns(world: World) -> tuple[int, dict[str, int]]:
    with world.turn() as turn:
        (sent,) = announcements.sent_to(
            turn.session, [group.id for group in groups.groups_of(turn.session, world.organisation_id)]
        )
        return sent.audience, outbox.columns(turn.session, sent.key)


def test_a_coordinator_writes_to_a_group_once(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    amina, bill = world.member("Amina", of=group), world.member("Bill", of=group)
    cara = world.coordinator("Cara", of=group)
    world.without_chat("Dot", of=group)

    cara.do("Write a new announcement", say="announce")
    cara.fill({WORDS: "The next meeting is in the new building."})
    cara.sees(
        "News from Radiotherapy volunteers", "Cara wrote this for the group", "Send this to 3 people?", "It goes now"
    )
    assert "new building" not in amina.screen()

    cara.press("Yes, send to 3 people")
    world.settle()
    for phone in (amina, bill):
        phone.sees("News from Radiotherapy volunteers", "The next meeting is in the new building.")
    cara.say("announcements")
    cara.sees("Sent to 2 of 3.")
    cara.press("Announcement 1: see all numbers")
    cara.sees("Needs a phone call", "Total", "call list")
    assert _columns(world)[1]["needs_call"] == 1
    cara.press("Count again")
    assert "Sent to 2 of 3." in cara.last()
    assert amina.screen().count("new building") == 1


def test_what_is_written_at_night_goes_in_the_morning(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    amina, cara = world.member("Amina", of=group), world.coordinator("Cara", of=group)
    world.wait_until(datetime(2027, 3, 2, 21, 0, tzinfo=UTC))

    cara.say("announce")
    cara.fill({WORDS: "Parking is free."})
    assert "It goes at 9am on Wednesday 3 March 2027." in cara.last()
    cara.press("Yes, send to 1 person")
    world.settle()
    assert "Sent to 0 of 1." in cara.last()
    assert "Waiting to go" in cara.last()
    world.wait(hours=11)
    assert "Parking is free." not in amina.screen()
    world.wait(hours=1)
    assert "Parking is free." in amina.screen()


def test_the_words_can_be_changed_and_thrown_away(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    other = world.group("Hospital advisers")
    amina, cara = world.member("Amina", of=group), world.coordinator("Cara", of=group)
    world.coordinator("Cara", of=other)

    cara.say("announce")
    cara.fill({GROUP: "Radiotherapy volunteers", WORDS: "The metting is on Monday."})
    cara.press("Change the words")
    cara.fill({WORDS: "The meeting is on Monday."})
    assert "The meeting is on Monday." in cara.screen()
    cara.press("Throw it away")
    assert "Nothing was sent." in cara.last()
    world.wait(hours=1)
    assert "Monday" not in amina.screen()


def test_an_old_preview_sends_nothing(one_world: World) -> None:
    world = one_world
    group = world.group("Radiotherapy volunteers")
    amina, cara = world.member("Amina", of=group), world.coordinator("Cara", of=group)
    cara.say("announce")
    cara.fill({WORDS: "Old words"})
    with world.turn() as turn:
        (old,) = turn.session.scalars(select(Announcement)).all()
    cara.say("announce")
    cara.fill({WORDS: "New words"})
    author = world.person("Cara")
    with world.turn() as turn, pytest.raises(Refusal) as refused:
        handler.send(turn, author, str(old.id))
    assert refused.value.card == texts.gone()

    cara.press("Yes, send to 1 person")
    with world.turn() as turn:
        (sent,) = announcements.sent_to(turn.session, [group.id])
        assert sent.text == "New words"
        assert not announcements.mark_sent(turn.session, sent, now=turn.now)
        with pytest.raises(Refusal) as refused:
            handler.send(turn, author, str(sent.id))
    assert refused.value.card == texts.sent_already(sent)
    assert amina.screen().count("New words") == 1


def test_members_cannot_announce_and_can_read_again(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    amina, cara = world.member("Amina", of=group), world.coordinator("Cara", of=group)
    amina.say("announce")
    assert "coordinators" in amina.last()

    amina.say("catch up")
    assert "Nothing was announced" in amina.last()
    for number in range(5):
        cara.say("announce")
        cara.fill({WORDS: f"News number {number}"})
        cara.press("Yes, send to 1 person")
    amina.say("catch up")
    assert "News number 4" in amina.last()
    assert "News number 1" not in amina.last()
    amina.press("Show older news")
    assert "News number 1" in amina.last()


# The columns add up, whatever people do

KINDS = ("in chat", "paused", "stopped", "silenced", "without chat", "by phone")
CHANGES: dict[str, Callable[[Turn, Membership], object]] = {
    "pause": lambda turn, place: pauses.pause(turn.session, place.person, until=None),
    "come back": lambda turn, place: pauses.come_back(turn.session, place.person),
    "stop": lambda turn, place: outbox.stop(turn.session, place.person, why="stop", unasked_only=True),
    "silence": lambda turn, place: silence(turn, place.person),
    "leave": lambda turn, place: leave(turn, place),
    "delete": lambda turn, place: privacy.erase(turn.session, place.person, now=turn.now),
    "lose the account": lambda turn, place: setattr(place.person, "account_id", None),
}


def leave(turn: Turn, place: Membership) -> None:
    if place.state in STATES:
        joining.leave(turn, place.person, str(place.group_id))


def silence(turn: Turn, person: Person) -> None:
    person.silenced_at = turn.now
    outbox.stop(turn.session, person, why="silenced", unasked_only=False)


def member(turn: Turn, group: Group, kind: str, name: str) -> Membership:
    if kind == "without chat":
        person = people.add_person(
            turn.session, turn.organisation.id, name=name, time_zone="Europe/London", now=turn.now
        )
    else:
        person = people.meet(
            turn.session,
            turn.organisation.id,
            platform="sandbox",
            workspace="sandbox",
            user=f"{group.id}-{name}",
            name=name,
            time_zone="Europe/London",
            now=turn.now,
        ).person
    person.stopped_at = turn.now if kind == "stopped" else None
    person.silenced_at = turn.now if kind == "silenced" else None
    person.reach_by = "call" if kind == "by phone" else "chat"
    state = "paused" if kind == "paused" else "active"
    return groups.place(turn.session, group, person, state=state, now=turn.now)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), kinds=st.lists(st.sampled_from(KINDS), min_size=1, max_size=6))
def test_the_columns_add_up(one_world: World, data: st.DataObject, kinds: list[str]) -> None:
    world = one_world
    with world.turn() as turn:
        number = len(groups.groups_of(turn.session, turn.organisation.id))
    group = world.group(f"Group {number}")
    with world.turn() as turn:
        author = people.add_person(
            turn.session, turn.organisation.id, name="Cara", time_zone="Europe/London", now=turn.now
        )
        groups.place(turn.session, group, author, state="active", role="coordinator", now=turn.now)
        places = [member(turn, group, kind, f"Member {n}").id for n, kind in enumerate(kinds)]
        sent = announcements.draft(turn.session, group, author, "Words", now=turn.now)
        assert groups.size(turn.session, group.id) == len(kinds)
        handler.send(turn, author, str(sent.id))
    assert sent.audience == len(kinds)

    for _ in range(data.draw(st.integers(0, 5), label="changes")):
        place_id = data.draw(st.sampled_from(places), label="whose")
        change = data.draw(st.sampled_from(sorted(CHANGES)), label="change")
        with world.turn() as turn:
            if (place := turn.session.get(Membership, place_id)) is not None:
                CHANGES[change](turn, place)
        adds_up(world, sent)
        if data.draw(st.booleans(), label="deliver"):
            world.settle()
            adds_up(world, sent)
    world.settle()
    adds_up(world, sent)
    with world.turn() as turn:
        assert outbox.columns(turn.session, sent.key)["waiting"] == 0


def adds_up(world: World, sent: Announcement) -> None:
    with world.turn() as turn:
        columns = outbox.columns(turn.session, sent.key)
    assert sum(columns.values()) == sent.audience
    assert set(columns) == set(outbox.COLUMNS) == set(texts.COLUMNS)
