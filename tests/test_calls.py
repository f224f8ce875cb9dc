"""The call list: whom chat does not reach, and what they must hear."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from handlers.chat import Card
from storage import meetings, support
from storage.outbox import CardBody, Letter
from tests.test_support import meeting
from tests.world import World


def tell(world: World, name: str, group_id: int, title: str, text: str = "Please bring a pen.", key: str = "") -> None:
    person = world.person(name)
    with world.turn() as turn:
        turn.tell(person, Card(title, text), key=key or title, kind="announcement", group_id=group_id)


def test_people_without_chat_stand_on_the_call_list_until_they_are_told(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    cara = world.coordinator("Cara", of=group)
    world.without_chat("Bill", of=group)
    world.member("Amina", of=group)
    for title in ("The room has changed", "A new booklet"):
        tell(world, "Bill", group.id, title)
    tell(world, "Amina", group.id, "Only by chat")
    world.settle()
    cara.say("call list")
    last = cara.last()
    for words in ("Bill", "phone 01632 960999", "The room has changed", "A new booklet", "Please bring a pen."):
        assert words in last
    assert "Only by chat" not in last
    cara.press("Done: Bill")
    cara.press("Show the call list")
    assert "There is nobody to call" in cara.last()


def test_after_30_days_the_list_says_whom_to_reach_without_the_words(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    cara = world.coordinator("Cara", of=group)
    world.without_chat("Bill", of=group)
    for title in ("The room has changed", "A new booklet"):
        tell(world, "Bill", group.id, title)
    world.clock.move_to(world.now + timedelta(days=29))
    tell(world, "Bill", group.id, "Parking is free")
    world.settle()
    cara.say("call list")
    assert "The room has changed" in cara.last()
    world.clock.move_to(world.now + timedelta(days=2))
    world.settle()
    with world.turn() as turn:
        kept = select(Letter.key).join(CardBody, CardBody.id == Letter.card_id).where(Letter.state == "needs_call")
        assert turn.session.scalars(kept).all() == ["Parking is free"]
    cara.say("call list")
    assert cara.sees("People to reach: 1.", "phone 01632 960999", "Parking is free")
    assert cara.last().count("I had something for them more than 30 days ago. I no longer keep the words.") == 1
    assert "The room has changed" not in cara.last()
    cara.press("Done: Bill")
    cara.say("call list")
    assert "There is nobody to call" in cara.last()


def test_who_asked_for_a_call_is_listed_with_the_way_they_chose(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    amina, cara = world.member("Amina", of=group), world.coordinator("Cara", of=group)
    person = world.person("Amina")
    with world.turn() as turn:
        support.set_needs(
            turn.session, person, {"contact_phone": "after 4pm", "relay_uk": "", "extra_breaks": ""}, now=turn.now
        )
        turn.session.merge(person).reach_by = "call"
    tell(world, "Amina", group.id, "The room has changed")
    world.settle()
    assert "The room has changed" not in amina.screen()
    cara.say("call list")
    assert '"Phone me" (after 4pm)' in cara.last()
    assert "Relay UK" in cara.last()
    assert "Extra breaks" not in cara.last()


def test_what_came_in_after_the_list_was_shown_stays_on_it(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    cara = world.coordinator("Cara", of=group)
    world.without_chat("Bill", of=group)
    tell(world, "Bill", group.id, "The room has changed")
    cara.say("call list")
    tell(world, "Bill", group.id, "A new booklet")
    cara.press("Done: Bill")
    cara.say("call list")
    assert "A new booklet" in cara.last()
    assert "The room has changed" not in cara.last()


def test_what_is_no_longer_true_is_not_on_the_list(one_world: World) -> None:
    world = one_world
    group = world.group("Radiotherapy volunteers")
    cara, bill = world.coordinator("Cara", of=group), world.without_chat("Bill", of=group)
    monthly, off = meeting(world, group, days=10), meeting(world, group, days=20)
    with world.turn() as turn:
        for at, title in ((monthly, "Are you coming?"), (off, "And to this one?")):
            turn.tell(bill, Card(title), key=title, kind="invitation", meeting=at, needs="unanswered")
    cara.say("call list")
    assert "Are you coming?" in cara.last()
    assert "And to this one?" in cara.last()
    with world.turn() as turn:
        meetings.answer(turn.session, monthly, bill, answer="no", now=turn.now)
        meetings.cancel(turn.session, turn.session.merge(off), now=turn.now)
    cara.say("call list")
    assert "There is nobody to call" in cara.last()


def test_the_list_is_only_for_the_groups_coordinators_and_pages(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    cara, dev = world.coordinator("Cara", of=group), world.coordinator("Dev", of=world.group("Another group"))
    amina = world.member("Amina", of=group)
    for name in ("Bill", "Eve", "Fred", "Grace"):
        world.without_chat(name, of=group)
        tell(world, name, group.id, "The room has changed", key=f"room-{name}")
    for stranger in (amina, dev):
        stranger.say("call list")
        assert "Bill" not in stranger.screen()
    cara.say("call list")
    assert "People to reach: 4." in cara.last()
    assert "Grace" not in cara.last()
    cara.press("Show more of the call list (1)")
    assert "Grace" in cara.last()


def test_calls_made_meanwhile_make_no_page_pass_over_anybody(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    cara, dev = world.coordinator("Cara", of=group), world.coordinator("Dev", of=group)
    for name in ("Bill", "Eve", "Fred", "Grace"):
        world.without_chat(name, of=group)
        tell(world, name, group.id, "The room has changed", key=f"room-{name}")
    cara.say("call list")
    dev.say("call list")
    dev.press("Done: Bill")
    cara.press("Show more of the call list (1)")
    assert "Grace" in cara.last()
    cara.press("Done: Grace")
    cara.say("call list")
    assert "People to reach: 2." in cara.last()


def test_with_nobody_left_after_the_last_one_shown_the_list_begins_at_the_start(one_world: World) -> None:
    world = one_world
    group = world.group("Radiotherapy volunteers")
    cara, dev = world.coordinator("Cara", of=group), world.coordinator("Dev", of=group)
    for name in ("Bill", "Eve", "Fred", "Grace"):
        world.without_chat(name, of=group)
        tell(world, name, group.id, "The room has changed", key=f"room-{name}")
    cara.say("call list")
    dev.say("call list")
    dev.press("Show more of the call list (1)")
    dev.press("Done: Grace")
    cara.press("Show more of the call list (1)")
    assert "People to reach: 3." in cara.last()
    assert "Bill" in cara.last()
