"""The call list: whom chat does not reach, and what they must hear."""

from __future__ import annotations

from handlers.chat import Card
from storage import meetings, support
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
    assert "Phone me: after 4pm" in cara.last()
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
