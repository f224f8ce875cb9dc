"""Home: each person's own page stands right after whatever they or others did, and shows nothing of anybody else."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, timedelta
from pathlib import Path

import pytest

from bot.slack.translate import home as view
from handlers.chat import Account, Button, Card
from handlers.home import home
from storage import meetings, support
from storage.groups import Group
from storage.meetings import Meeting
from tests.fake_slack import TEAM, Disturbance, FakeSlack
from tests.slack_limits import faults_of_home
from tests.slack_phone import SlackPhone
from tests.world import CHANNEL, Loop, Template, World, user

CHAIRS = "The chairs in the waiting room are too low"


@pytest.fixture
def slack(request: pytest.FixtureRequest, tmp_path: Path, loop: Loop, template: Template) -> Iterator[World]:
    """On SQLite; a test can ask for ``postgresql`` too, and for ``slacksocket``."""
    asked = getattr(request, "param", "slack")
    chosen = request.getfixturevalue("postgres_template") if asked == "postgresql" else template
    with World(tmp_path, loop, chosen, platform="slack" if asked == "postgresql" else asked) as world:
        yield world


everywhere = pytest.mark.parametrize("slack", ["slack", "slacksocket", "postgresql"], indirect=True)


def phone(world: World, name: str, group: Group | None = None, *, role: str = "member") -> SlackPhone:
    """The Slack of a person, in the group if there is one. They look at their Home."""
    native: SlackPhone = (world.member(name, group, role=role) if group else world.phone(name)).native  # type: ignore[assignment]  # it is Slack's
    native.open_home()
    return native


def server(world: World) -> FakeSlack:
    assert world.slack_server is not None
    return world.slack_server


def published(world: World) -> int:
    return server(world).calls["views.publish"]


def meeting(world: World, group: Group, *, days: int = 13) -> Meeting:
    start = (world.now + timedelta(days=days)).astimezone(UTC).replace(hour=18, minute=0, tzinfo=None)
    with world.turn() as turn:
        return meetings.add_meeting(
            turn.session,
            turn.organisation,
            group,
            title="Monthly meeting",
            local_start=start,
            starts_at=start.replace(tzinfo=UTC),
            zone="Europe/London",
            minutes=90,
            how="online",
        )


def needs(world: World, name: str, code: str) -> None:
    person = world.person(name)
    with world.turn() as turn:
        support.set_needs(turn.session, person, {code: ""}, now=turn.now)


# What a member sees


@pytest.mark.parametrize("guest", [False, True])
def test_a_meeting_is_answered_on_the_home_and_the_answer_stands_there(slack: World, *, guest: bool) -> None:
    group = slack.group("Volunteers")
    meeting(slack, group)
    amina = phone(slack, "Amina", group)
    server(slack).people[amina.user] |= {"is_restricted": guest, "is_ultra_restricted": guest}
    assert "Monthly meeting (meeting 1)" in amina.home()
    assert "You have not answered yet." in amina.home()
    amina.home_press("Yes, I am coming on 15 March")
    assert "You are coming." in amina.home()
    assert "Your answer is saved" in amina.last()
    amina.home_press("Change my answer for 15 March")
    amina.press("No, I cannot come")
    assert "You are not coming." in amina.home()


def test_what_is_typed_changes_the_home_too(slack: World) -> None:
    group = slack.group("Volunteers")
    meeting(slack, group)
    amina = phone(slack, "Amina", group)
    amina.say("yes")
    assert "You are coming." in amina.home()
    amina.say("pause 2 weeks")
    assert "Paused until Tuesday 16 March 2027" in amina.home()
    assert "You are paused, so you do not need to answer." in amina.home()
    amina.home_press("Come back now")
    assert "Paused" not in amina.home()
    amina.say("stop")
    assert "Stopped. I write nothing that you did not ask for" in amina.home()


def test_a_form_opens_from_the_home(slack: World) -> None:
    group = slack.group("Volunteers")
    meeting(slack, group)
    amina = phone(slack, "Amina", group)
    assert "You have not asked for support so far." in amina.home()
    amina.home_press("Choose support to take part")
    assert "Support to take part" in amina.form()
    amina.close()
    amina.home_press("Give feedback")
    amina.fill({"What would you like to say?": CHAIRS})
    assert "F-1: Waiting for an answer." in amina.home()
    assert "Saved as F-1" in amina.last()


def test_what_was_taken_back_has_no_outcome_to_see(slack: World) -> None:
    amina = phone(slack, "Amina", slack.group("Volunteers"))
    needs(slack, "Amina", "talk_first")
    for number in (1, 2):
        amina.say(f"feedback {CHAIRS}, and so are {number} of the tables")
    amina.say("take back F-2")
    amina.press(next(label for label in amina.buttons() if label.startswith("Yes")))
    assert "F-2: You took it back." in amina.home()
    assert "See what came of F-1" in amina.home()
    assert "See what came of F-2" not in amina.home()
    assert "A talk about what you need" in amina.home()


def test_where_a_form_does_not_open_the_person_is_told_in_the_direct_message(slack: World) -> None:
    amina = phone(slack, "Amina", slack.group("Volunteers"))
    server(slack).disturb("views.open", Disturbance(error="expired_trigger_id"))
    amina.home_press("Give feedback")
    assert "The form did not open" in amina.last()


@everywhere
def test_what_others_do_for_somebody_stands_on_their_home(slack: World) -> None:
    group = slack.group("Volunteers")
    meeting(slack, group)
    cara, amina = phone(slack, "Cara", group, role="coordinator"), phone(slack, "Amina", group)
    needs(slack, "Amina", "bsl_interpreter")
    amina.say(f"feedback {CHAIRS}")
    assert "you have asked for this" in amina.home()
    cara.say("checklist")
    cara.press(next(label for label in cara.buttons() if label.startswith("1. Amina")))
    cara.press("It is arranged")
    assert ": arranged" in amina.home()
    cara.say("comments")
    cara.press("Open F-1")
    cara.press("Say what happened: F-1")
    cara.fill({"What came of F-1?": "We ordered higher ones."})
    assert "F-1: Answered." in amina.home()
    amina.home_press("See what came of F-1")
    assert "We ordered higher ones." in amina.last()


def test_a_meeting_that_is_cancelled_or_new_changes_the_home_at_once_even_at_night(slack: World) -> None:
    group = slack.group("Volunteers")
    meeting(slack, group)
    cara, amina = phone(slack, "Cara", group, role="coordinator"), phone(slack, "Amina", group)
    slack.wait(hours=12)
    cara.say("meeting 1")
    cara.press("Cancel this meeting")
    cara.press(next(label for label in cara.buttons() if label.startswith("Yes, cancel")))
    assert "No meetings are planned in your groups yet." in amina.home()
    assert "cancelled" not in amina.screen(), "it is night"


def test_somebody_new_reads_the_notice_in_short_asks_to_join_and_is_approved(slack: World) -> None:
    group = slack.group("Volunteers")
    cara, nia = phone(slack, "Cara", group, role="coordinator"), phone(slack, "Nia")
    assert "not fully private" in nia.home()
    assert "Volunteers" in nia.home()
    nia.home_press("Join Volunteers")
    nia.fill(JOINING)
    assert "you asked to join" in nia.home()
    assert "1 request to join" in cara.home()
    cara.home_press("Show requests")
    cara.press("Approve Nia")
    assert "Volunteers: you are a member." in nia.home()
    assert "Nothing waits for you now." in cara.home()
    nia.say("delete my data")
    nia.press("Yes, delete my data")
    assert "not fully private" in nia.home()
    assert "you are a member" not in nia.home()


JOINING: dict[str, str | bool] = {
    "What name would you like us to use?": "Nia",
    "Are you aged 16 or over?": True,
    "What brings you to this group?": "I am or was a patient",
    "Which language do you like to use?": "English",
    "Do you agree to the ground rules?": True,
}


def test_the_word_says_the_same_in_a_message(world: World) -> None:
    group = world.group("Volunteers")
    meeting(world, group)
    amina = world.member("Amina", group)
    amina.say("home")
    assert amina.sees(
        "Your page", "Monthly meeting (meeting 1)", "You have not answered yet.", "Quiet hours: 8pm to 8am"
    )
    amina.press("Yes, I am coming on 15 March")
    assert amina.sees("Your answer is saved")


def test_whoever_asked_for_a_call_reads_that_on_their_page(world: World) -> None:
    amina = world.member("Amina", world.group("Volunteers"))
    amina.say("home")
    assert "Messages: On" in amina.last()
    person = world.person("Amina")
    with world.turn() as turn:
        turn.session.merge(person).reach_by = "call"
    amina.say("home")
    assert "Messages: By phone, post, text or email" in amina.last()
    amina.say("stop")
    amina.say("home")
    assert "Messages: Stopped." in amina.last()


def test_labels_name_the_day_and_the_number_only_where_two_meetings_are_on_one_day(slack: World) -> None:
    group = slack.group("Volunteers")
    for days in (13, 20, 20):
        meeting(slack, group, days=days)
    home_page = phone(slack, "Amina", group).home()
    assert "Yes, I am coming on 15 March\n" in home_page
    for number in (2, 3):
        assert f"Yes, I am coming on 22 March (meeting {number})" in home_page


# What a coordinator sees


@everywhere
def test_a_coordinator_sees_what_waits(slack: World) -> None:
    group, other = slack.group("Volunteers"), slack.group("Others")
    meeting(slack, group)
    cara, amina = phone(slack, "Cara", group, role="coordinator"), phone(slack, "Amina", group)
    bill, eve = phone(slack, "Bill", other), phone(slack, "Eve", other, role="coordinator")
    assert "Nothing waits for you now." in cara.home()
    needs(slack, "Amina", "bsl_interpreter")
    amina.say(f"feedback {CHAIRS}")
    assert "1 comment without an outcome" in cara.home()
    assert "1 booking to make, by " in cara.home()
    cara.command("announce")
    cara.fill({"What do you want to say?": "Parking is free."})
    cara.press("Yes, send to 1 person")
    slack.settle()
    assert "Sent to 1 of 1 person in Volunteers" in cara.home()
    for page in (cara.home(), eve.home(), bill.home()):
        assert CHAIRS not in page
        assert "Amina" not in page
    assert "Nothing waits for you now." in eve.home()
    slack.without_chat("Vik", group)
    cara.command("announce")
    cara.fill({"What do you want to say?": "The car park is full."})
    cara.press("Yes, send to 2 people")
    assert "1 person to call" in cara.home()


# Who, when and how often


def test_only_those_who_looked_once_have_a_home_that_is_kept(slack: World) -> None:
    group = slack.group("Volunteers")
    amina: SlackPhone = slack.member("Amina", group).native  # type: ignore[assignment]  # it is Slack's
    amina.say("meetings")
    assert published(slack) == 0
    amina.open_home()
    assert published(slack) == 1
    amina.open_home()
    assert published(slack) == 2
    amina.say("meetings")
    assert published(slack) == 2, "nothing on it has changed"
    amina.say("pause")
    amina.say("cancel")
    assert published(slack) == 2


def test_a_home_that_could_not_be_shown_is_tried_at_the_next_change(slack: World) -> None:
    group = slack.group("Volunteers")
    meeting(slack, group)
    amina = phone(slack, "Amina", group)
    server(slack).disturb("views.publish", Disturbance(error="internal_error"))
    amina.say("yes")
    assert "Your answer is saved" in amina.last()
    assert "You have not answered yet." in amina.home()
    amina.say("meetings")
    assert "You are coming." in amina.home()


def test_everything_was_stopped_for_somebody(slack: World) -> None:
    group = slack.group("Volunteers")
    cara, amina = phone(slack, "Cara", group, role="coordinator"), phone(slack, "Amina", group)
    cara.say("stop everything for Amina")
    cara.press(next(label for label in cara.buttons() if label.startswith("Yes")))
    assert "Messages from here are stopped" in amina.home()
    assert 'Write "help now" in a message' in amina.home()
    assert "Volunteers" not in amina.home()
    before = len(amina.messages())
    amina.open_home()
    assert len(amina.messages()) == before


def test_whoever_opens_the_bot_is_welcomed_once_whichever_tab_they_open_first(slack: World) -> None:
    nia = phone(slack, "Nia")
    nia.open()
    nia.open_home()
    omar: SlackPhone = slack.someone("Omar").native  # type: ignore[assignment]  # it is Slack's
    omar.open()
    omar.open_home()
    omar.open()
    for one in (nia, omar):
        assert [said.splitlines()[0] for said in one.messages()] == ["Before you start", "What I can do for you"]


def test_a_round_a_second_shows_each_page_once(slack: World) -> None:
    group = slack.group("Volunteers")
    meeting(slack, group)
    phone(slack, "Amina", group)
    homes, account = slack.app.homes, Account("slack", TEAM, user("Amina"))

    async def many() -> int:
        running = asyncio.create_task(homes.run())
        await asyncio.sleep(0.1)
        before = published(slack)
        for _ in range(50):
            homes.acted(account, opened=True)
            await asyncio.sleep(0.01)
        await asyncio.sleep(1.2)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        return published(slack) - before

    assert 1 <= slack.loop.run(many()) <= 2


# Short cuts


def test_a_message_of_ones_own_is_passed_on_after_a_yes(slack: World) -> None:
    group = slack.group("Volunteers")
    cara, amina = phone(slack, "Cara", group, role="coordinator"), phone(slack, "Amina", group)
    message = server(slack).post(CHANNEL, user=amina.user, text=CHAIRS)
    amina.message_shortcut("pass_on", message)
    assert "Shall I pass this on?" in amina.last()
    assert CHAIRS in amina.last()
    assert "I have answered you in a direct message" in amina.channel(CHANNEL)
    assert "comment" not in cara.home()
    amina.say("yes")
    assert "Saved as F-1" in amina.last()
    assert "1 comment without an outcome" in cara.home()


@everywhere
def test_somebody_elses_message_is_passed_on_without_their_name(slack: World) -> None:
    group = slack.group("Volunteers")
    cara, amina, bill = (
        phone(slack, "Cara", group, role="coordinator"),
        phone(slack, "Amina", group),
        phone(slack, "Bill", group),
    )
    message = server(slack).post(CHANNEL, user=bill.user, text="I want to kill myself &amp; more")
    amina.message_shortcut("pass_on", message)
    assert "116 123" in amina.screen(), "the signposts come first"
    amina.say("yes")
    cara.say("comments")
    assert "F-1, Amina" in cara.last()
    assert "I report what somebody else wrote" in cara.last()
    assert "I want to kill myself & more" in cara.last()
    assert "Bill" not in cara.last()


def test_a_message_without_words_cannot_be_passed_on(slack: World) -> None:
    amina = phone(slack, "Amina", slack.group("Volunteers"))
    amina.message_shortcut("pass_on", server(slack).post(CHANNEL, user="U0BILL", text=""))
    assert "There are no words in that message" in amina.last()


def test_what_is_passed_on_is_no_word_of_ours(slack: World) -> None:
    amina = phone(slack, "Amina", slack.group("Volunteers"))
    amina.message_shortcut("pass_on", server(slack).post(CHANNEL, user="U0BILL", text="stop"))
    assert "Shall I pass this on?" in amina.last()


def test_the_menu_is_a_short_cut_away(slack: World) -> None:
    amina = phone(slack, "Amina", slack.group("Volunteers"))
    amina.shortcut("menu")
    assert "What I can do for you" in amina.last()


# The view


def test_the_fullest_home_is_within_slacks_limits() -> None:
    buttons = tuple(Button(f"Press {number}", "help.show", str(number)) for number in range(12))
    card = Card("A title " * 18, "Words. " * 900, (("Name", "value " * 300),) * 5, buttons, note="Small print. " * 50)
    made = view.view([card] * 30)
    assert len(made["blocks"]) <= 100
    assert not [fault for fault in faults_of_home(made) if "buttons say" not in fault]


def test_the_page_is_worked_out_for_the_person_alone(one_world: World) -> None:
    group = one_world.group("Volunteers")
    meeting(one_world, group)
    for name in ("Amina", "Bill"):
        one_world.member(name, group)
    needs(one_world, "Amina", "large_print")
    bill = one_world.person("Bill")
    with one_world.turn() as turn:
        shown = repr(home(turn, bill))
    assert "rint" not in shown
    assert "Amina" not in shown
