"""The inbox: first contact, the order in which a message is understood, and what clients make up."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from handlers.chat import Account, Card, Event, Opened, Pressed, Said, Submitted
from handlers.turn import Turn
from storage import conversations, groups, organisations, people
from storage.database import Base
from storage.people import Person
from tests.test_feedback import comments
from tests.world import World


def event(
    world: World, name: str, what: Opened | Said | Pressed | Submitted, *, id: str, place: str = "direct"
) -> Event:
    who = Account(world.platform, world.workspace, world.user(name))
    return Event(id, who, what, place=place)  # type: ignore[arg-type]


def counts(world: World) -> dict[str, int]:
    """How many rows each table holds. What was said and answered is left out, and where somebody is reached."""
    with world.database.transaction() as session:
        return {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
            if table.name not in ("seen_events", "letters", "cards", "teams_references")
        }


def test_the_first_message_is_answered_after_the_privacy_notice(world: World) -> None:
    world.group("Volunteers")
    dev = world.someone("Dev")
    dev.say("groups")
    messages = dev.messages()
    assert "computer program" in messages[0]
    assert "not fully private" in messages[0]
    assert "Volunteers" in messages[-1]
    dev.say("groups")
    assert sum("not fully private" in message for message in dev.messages()) == 1


def test_help_now_is_answered_before_everything_else(world: World) -> None:
    dev = world.someone("Dev")
    dev.say("Help now, please!")
    assert any("01632 960100" in message and "116 123" in message for message in dev.messages())


def test_help_now_is_answered_while_a_form_is_open_and_the_form_goes_on(world: World) -> None:
    world.way = "words"
    group = world.group("Volunteers")
    world.member("Amina", group)
    dev = world.someone("Dev")
    dev.say("join volunteers")
    dev.say("help now")
    assert "999" in dev.screen()
    dev.say("Dev")
    assert "Are you aged 16 or over?" in dev.last()


def test_before_the_contacts_are_set_only_administrators_are_answered(world: World) -> None:
    group = world.group("Volunteers")
    amina = world.member("Amina", group)
    ada = world.admin("Ada")
    with world.turn() as turn:
        turn.organisation.helpline = ""
    amina.say("groups")
    assert "Not open yet" in amina.last()
    amina.say("help now")
    assert "999" in amina.last()
    ada.say("groups")
    assert "Volunteers" in ada.last()


@pytest.mark.parametrize("said", ["GROUPS", "groups please", "Hi, can you show me the groups?", "“groups”", "groups!"])
def test_words_are_forgiving(one_world: World, said: str) -> None:
    group = one_world.group("Volunteers")
    amina = one_world.member("Amina", group)
    amina.say(said)
    assert "Volunteers" in amina.last()


def test_a_slip_is_asked_about(world: World) -> None:
    group = world.group("Volunteers")
    amina = world.member("Amina", group)
    amina.say("meetigns")
    assert "Did you mean" in amina.last()
    amina.do('Yes, "meetings"', say="yes")
    assert "eetings" in amina.last()
    assert comments(world) == []


def test_a_slip_that_was_none_is_taken_for_feedback(world: World) -> None:
    group = world.group("Volunteers")
    amina = world.member("Amina", group)
    amina.say("meetinks")
    amina.do("No, I meant what I wrote", say="no")
    assert "Shall I pass this on?" in amina.last()


def test_a_button_can_be_answered_by_its_number_and_its_label(world: World) -> None:
    group = world.group("Volunteers")
    amina = world.member("Amina", group)
    amina.say("my groups")
    amina.say("1")
    assert "eetings" in amina.last()
    amina.say("my groups")
    amina.say("leave volunteers")
    assert "Leave Volunteers?" in amina.last()
    amina.say("no")
    assert "still a member" in amina.last()


def test_a_form_asks_one_question_at_a_time_and_survives_a_restart(world: World) -> None:
    world.way = "words"
    group = world.group("Volunteers")
    cara = world.coordinator("Cara", group)
    dev = world.someone("Dev")
    dev.say("join volunteers")
    assert "Questions left: 6" in dev.last()
    dev.say("Devi")
    dev.say("maybe")
    assert "Please answer yes or no" in dev.last()
    dev.say("yes")
    # Everything that is open stands in the database: a new inbox knows no more and no less.
    from bot.inbox import Inbox

    world.app.inbox = Inbox(world.app.inbox.router, frozenset(), b"another")
    dev.say("9")
    assert "choose one of" in dev.last()
    dev.say("I am or was a carer (unpaid)")
    dev.say("English")
    dev.say("skip")
    assert "This is the last question" in dev.last()
    dev.say("yes")
    assert "Your request is saved" in dev.last()
    cara.say("requests")
    assert "Devi" in cara.last()


def test_cancel_leaves_a_form_and_keeps_nothing(world: World) -> None:
    world.way = "words"
    world.group("Volunteers")
    dev = world.someone("Dev")
    dev.say("join volunteers")
    dev.say("Devi")
    dev.say("cancel")
    assert "I have not kept your answers" in dev.last()
    dev.say("join volunteers")
    dev.say("Leave this form")
    assert "I have not kept your answers" in dev.last()
    dev.say("cancel")
    assert "Nothing to cancel" in dev.last()
    with world.turn() as turn:
        assert turn.session.scalars(select(conversations.OpenQuestion)).all() == []


def test_a_word_of_ours_is_taken_as_an_answer_only_after_asking(world: World) -> None:
    world.way = "words"
    world.group("Volunteers")
    dev = world.someone("Dev")
    dev.say("join volunteers")
    dev.say("groups")
    assert "Is it your answer" in dev.last()
    dev.say("yes")
    assert "Are you aged 16 or over?" in dev.last()
    dev.say("cancel")
    dev.say("join volunteers")
    dev.say("my groups")
    dev.say("no")
    assert "not in a group yet" in dev.last()


def test_in_a_channel_personal_matters_are_not_kept_and_not_quoted(world: World) -> None:
    group = world.group("Volunteers")
    amina = world.member("Amina", group)
    before = counts(world)
    amina.mention("feedback the parking is a nightmare")
    assert counts(world) == before
    assert "nightmare" not in amina.screen()


def test_in_a_channel_a_harmless_question_is_answered_in_a_direct_message(world: World) -> None:
    group = world.group("Volunteers")
    amina = world.member("Amina", group)
    amina.mention("groups")
    assert "Volunteers" in amina.last()


@pytest.mark.parametrize("why", ["everything was stopped", "the contacts are not set"])
def test_whoever_may_not_be_written_to_and_only_looks_hears_nothing(one_world: World, why: str) -> None:
    group = one_world.group("Volunteers")
    amina = one_world.member("Amina", group)
    with one_world.turn() as turn:
        if why == "everything was stopped":
            (person,) = people.people_named(turn.session, one_world.organisation_id, "Amina")
            person.silenced_at = turn.now
        else:
            turn.organisation.helpline = ""
    before = amina.messages()
    for number, home in enumerate((False, True)):
        one_world.loop.run(one_world._receive(event(one_world, "Amina", Opened(home=home), id=f"look {number}")))
    assert amina.messages() == before
    amina.say("hello")
    assert len(amina.messages()) == len(before) + 1


def test_an_event_delivered_twice_is_answered_once(one_world: World) -> None:
    group = one_world.group("Volunteers")
    amina = one_world.member("Amina", group)
    again = event(one_world, "Amina", Said("feedback parking is hard"), id="same")
    one_world.loop.run(one_world._receive(again))
    messages = amina.messages()
    one_world.loop.run(one_world._receive(again))
    assert amina.messages() == messages
    assert len(comments(one_world)) == 1


@pytest.mark.parametrize(
    "what",
    [
        Pressed("no.such.button", "1"),
        Pressed("joining.approve", "1"),
        Pressed("joining.approve", "999999999999999999999"),
        Pressed("joining.approve", "'; DROP TABLE people; --"),
        Pressed("joining.decline", "1"),
        Pressed("rsvp.answer", "1:yes"),
        Pressed("rsvp.answer", ""),
        Pressed("announcements.send", "1"),
        Pressed("support.arranged", "1:1"),
        Pressed("silence.confirm", "1"),
        Submitted("no.such.form", "", {}),
        Submitted("joining.join", "1", {"adult": "perhaps"}),
        Submitted("joining.join", "77", {"name": "x"}),
        Submitted("joining.decline", "1", {"reason": "because"}),
        Submitted("settings.contacts", "", {"helpline": "Mine now"}),
    ],
)
def test_what_a_client_makes_up_changes_nothing(
    one_world: World, what: Pressed | Submitted, caplog: pytest.LogCaptureFixture
) -> None:
    group = one_world.group("Volunteers")
    one_world.coordinator("Cara", group)
    one_world.member("Bill", group, state="interested")
    one_world.someone("Dev").say("groups")
    before = counts(one_world)
    answered = one_world.loop.run(one_world._receive(event(one_world, "Dev", what, id="made up")))
    assert not answered.failed
    assert counts(one_world) == before
    assert not [record for record in caplog.records if "failed" in record.getMessage()]


def test_a_mistake_of_ours_gets_a_plain_answer_and_is_undone(
    one_world: World, caplog: pytest.LogCaptureFixture
) -> None:
    group = one_world.group("Volunteers")
    amina = one_world.member("Amina", group)

    before = counts(one_world)

    def broken(turn: Turn, person: Person, value: str) -> Card:
        groups.place(
            turn.session,
            group,
            people.add_person(
                turn.session, turn.organisation.id, name="Ghost", time_zone="Europe/London", now=turn.now
            ),
            state="active",
            now=turn.now,
        )
        raise ZeroDivisionError("xyzzy the words of a person")

    one_world.app.inbox.router.presses["broken.button"] = broken
    try:
        one_world.loop.run(
            one_world._receive(event(one_world, "Amina", Pressed("broken.button", "xyzzy"), id="broken"))
        )
    finally:
        del one_world.app.inbox.router.presses["broken.button"]
    assert "Something went wrong" in amina.last()
    assert "What you just sent is not saved, and nothing has changed." in amina.last()
    assert counts(one_world) == before
    assert "ZeroDivisionError" in caplog.text
    assert "xyzzy" not in caplog.text


def test_a_workspace_that_nobody_owns_is_refused(one_world: World) -> None:
    stranger = Event("1", Account(one_world.platform, "T-OTHER", "U1"), Said("groups"))
    answered = one_world.loop.run(one_world._receive(stranger))
    assert "not set up" in answered.aside


def test_organisations_in_one_database_never_see_each_other(one_world: World) -> None:
    mine = one_world.group("Ours")
    one_world.coordinator("Cara", mine)
    with one_world.turn() as turn:
        other = organisations.add_organisation(
            turn.session, "Other", nation="ENG", time_zone="Europe/London", now=turn.now
        )
        theirs = groups.add_group(
            turn.session, other.id, name="Theirs", about="", who_can_join="", rhythm="", now=turn.now
        )
    cara = one_world.phone("Cara")
    cara.say("groups")
    assert "Ours" in cara.last()
    assert "Theirs" not in cara.last()
    cara.say("join theirs")
    assert "Theirs" not in cara.last()
    one_world.loop.run(one_world._receive(event(one_world, "Cara", Pressed("joining.join", str(theirs.id)), id="j")))
    assert "I cannot find that" in cara.last()
