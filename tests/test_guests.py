"""Guests: Slack tells who is one, they get by with words and buttons, and what a workspace bars is told once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest

from bot.bars import barred
from bot.slack.translate.profile import profile_of
from handlers.chat import Card
from storage import meetings, people
from storage.groups import Group
from tests.fake_slack import TEAM, FakeSlack
from tests.phones import Phone
from tests.slack_phone import SlackPhone
from tests.test_texts import every_text
from tests.world import Loop, Template, World, user

SHORT_CUT = re.compile(r"(?<!\w)/pag|slash|short ?cut", re.IGNORECASE)


@pytest.fixture
def slack(request: pytest.FixtureRequest, tmp_path: Path, loop: Loop, template: Template) -> Iterator[World]:
    """On SQLite; a test can ask for ``postgresql`` too, and for ``slacksocket``."""
    asked = getattr(request, "param", "slack")
    chosen = request.getfixturevalue("postgres_template") if asked == "postgresql" else template
    with World(tmp_path, loop, chosen, platform="slack" if asked == "postgresql" else asked) as world:
        yield world


everywhere = pytest.mark.parametrize("slack", ["slack", "slacksocket", "postgresql"], indirect=True)


def native(phone: Phone) -> SlackPhone:
    found: object = phone.native
    assert isinstance(found, SlackPhone)
    return found


def guest(world: World, name: str, group: Group | None = None) -> Phone:
    phone = world.member(name, group) if group else world.someone(name)
    native(phone).be_guest()
    return phone


def is_guest(world: World, name: str) -> bool:
    with world.turn() as turn:
        account = people.account_of(turn.session, "slack", TEAM, user(name))
        assert account is not None
        return account.guest


def server(world: World) -> FakeSlack:
    assert world.slack_server is not None
    return world.slack_server


def tell(world: World, name: str, about: str, group: Group) -> None:
    """Write something to somebody that they did not ask for."""
    with world.turn() as turn:
        (person,) = people.people_named(turn.session, world.organisation_id, name)
        turn.tell(person, Card(about), key=f"{about}:{name}", kind="alert", group_id=group.id)
    world.settle()
    # What that showed is written down as it ends, and goes out with the next round.
    world.settle()


def meeting(world: World, group: Group) -> None:
    start = (world.now + timedelta(days=20)).replace(hour=18, minute=0)
    with world.turn() as turn:
        meetings.add_meeting(
            turn.session,
            turn.organisation,
            group,
            title="Monthly meeting",
            local_start=start.replace(tzinfo=None),
            starts_at=start,
            zone="Europe/London",
            minutes=90,
            how="online",
        )


# Who is one


@everywhere
@pytest.mark.parametrize("of", ["of one channel", "of several"])
def test_a_guest_is_known_from_the_first_message(slack: World, of: Literal["of one channel", "of several"]) -> None:
    dev, amina = slack.someone("Dev"), slack.someone("Amina")
    native(dev).be_guest(of)
    dev.say("help")
    amina.say("help")
    assert is_guest(slack, "Dev")
    assert not is_guest(slack, "Amina")
    dev.say("my data")
    assert dev.sees("as a guest")


@everywhere
def test_slack_tells_when_somebody_becomes_a_guest_or_a_member(slack: World) -> None:
    dev = slack.someone("Dev")
    dev.say("help")
    asked = server(slack).calls["users.info"]
    native(dev).change(guest="of one channel")
    assert is_guest(slack, "Dev")
    native(dev).change(guest="")
    assert not is_guest(slack, "Dev")
    assert server(slack).calls["users.info"] == asked
    native(dev).change(guest="of several")
    dev.say("help")
    assert is_guest(slack, "Dev")


def test_where_slack_does_not_tell_what_is_known_stays(slack: World) -> None:
    dev = guest(slack, "Dev")
    dev.say("help")
    del server(slack).people[user("Dev")]["is_restricted"], server(slack).people[user("Dev")]["is_ultra_restricted"]
    native(dev).change(name="Devi")
    dev.say("help")
    assert is_guest(slack, "Dev")


@pytest.mark.parametrize(
    ("told", "known"),
    [
        ({}, None),
        ({"is_restricted": False}, False),
        ({"is_restricted": True, "is_ultra_restricted": False}, True),
        ({"is_restricted": True, "is_ultra_restricted": True}, True),
        ({"is_ultra_restricted": True}, True),
        ({"is_restricted": "yes", "is_ultra_restricted": None}, None),
        ("no user", None),
    ],
)
def test_of_slacks_user_it_is_read_with_care(told: object, known: bool | None) -> None:
    assert profile_of(told).guest is known


# What they are offered


@pytest.mark.parametrize("way", ["buttons", "words"])
@pytest.mark.parametrize("platform", ["slack", "slacksocket"])
def test_a_guest_does_everything_without_a_command(
    tmp_path: Path, loop: Loop, template: Template, platform: str, way: str
) -> None:
    with World(tmp_path, loop, template, platform=platform, way=way) as world:
        group = world.group("Volunteers")
        cara, dev = world.coordinator("Cara", group), guest(world, "Dev")
        with pytest.raises(AssertionError, match="no slash command"):
            dev.command("help")
        dev.say("help")
        assert dev.sees("not fully private", "What I can do for you")
        dev.do("Show all groups", say="groups")
        dev.do("Ask to join Volunteers", say="join volunteers")
        dev.fill(
            {
                "What name would you like us to use?": "Dev",
                "Are you aged 16 or over?": "Yes",
                "What brings you to this group?": "I am or was a patient",
                "Do you agree to the ground rules?": "Yes",
            }
        )
        cara.do("Show requests", say="requests")
        cara.press("Approve Dev")
        meeting(world, group)
        dev.say("meetings")
        dev.do("Yes, I am coming", say="yes")
        dev.say("feedback The chairs in the waiting room are too low")
        dev.do("Show my feedback", say="my feedback")
        dev.say("my data")
        native(dev).open_home()
        for word in ("home", "support", "pause 2 weeks", "come back", "quiet hours", "catch up", "calendar", "stop"):
            dev.say(word)
            if word == "support" and native(dev).form():
                native(dev).close()
        read = f"{dev.screen()}\n{native(dev).home()}"
        assert "F-1" in read
        assert not SHORT_CUT.search(read)


def test_no_text_of_ours_tells_anybody_to_use_a_command_or_a_short_cut() -> None:
    for text in every_text():
        for made in text.made():
            assert not SHORT_CUT.search(repr(made)), text.name


# What a workspace bars


@everywhere
def test_that_guests_cannot_be_written_to_is_told_once_and_not_once_a_guest(slack: World) -> None:
    group = slack.group("Volunteers")
    cara, ada = slack.coordinator("Cara", group), slack.admin("Ada")
    for name in ("Amina", "Bill"):
        guest(slack, name, group).say("help")
        server(slack).unreachable[user(name)] = "user_not_visible"
        tell(slack, name, "The room has changed", group)
        tell(slack, name, "A new booklet", group)
    for phone in (cara, ada):
        assert phone.screen().count("Slack: I cannot write to a guest") == 1
        assert not re.search("Amina|Bill|user_not_visible", phone.screen())
        assert phone.sees("What they need to hear is on the call list of their coordinators.")
    assert "Show the call list" not in native(ada).buttons(), "Ada has nobody to call"
    slack.wait(days=2)
    assert cara.screen().count("Slack: I cannot write to a guest") == 1
    cara.press("Show the call list")
    assert cara.sees("Amina", "Bill", "The room has changed")


def test_it_is_over_when_the_guest_writes_again(slack: World) -> None:
    group = slack.group("Volunteers")
    slack.coordinator("Cara", group)
    amina = guest(slack, "Amina", group)
    amina.say("help")
    server(slack).unreachable[user("Amina")] = "restricted_action"
    tell(slack, "Amina", "The room has changed", group)
    del server(slack).unreachable[user("Amina")]
    amina.say("help")
    tell(slack, "Amina", "A new booklet", group)
    assert amina.sees("A new booklet")


def test_of_a_full_member_who_is_gone_nobody_is_told_of_a_bar(slack: World) -> None:
    group = slack.group("Volunteers")
    cara, amina = slack.coordinator("Cara", group), slack.member("Amina", group)
    amina.say("help")
    server(slack).unreachable[user("Amina")] = "user_not_visible"
    tell(slack, "Amina", "The room has changed", group)
    assert "Slack:" not in cara.screen()


def test_another_kind_of_bar_is_told_for_itself(slack: World) -> None:
    group = slack.group("Volunteers")
    cara = slack.coordinator("Cara", group)
    guest(slack, "Amina", group).say("help")
    slack.member("Bill", group).say("help")
    for name in ("Amina", "Bill"):
        server(slack).unreachable[user(name)] = "restricted_action"
        tell(slack, name, "The room has changed", group)
    assert cara.sees("Slack: I cannot write to a guest", "Slack: I may not send messages")
    assert cara.sees("What people need to hear is on the call list of their coordinators.")
    cara.press("Show the call list")
    assert cara.sees("Bill", "The room has changed")


def test_a_messages_tab_that_is_off_is_told_to_those_it_reaches_and_letters_wait(slack: World) -> None:
    group = slack.group("Volunteers")
    cara, amina = slack.coordinator("Cara", group), slack.member("Amina", group)
    amina.say("help")
    server(slack).unreachable[user("Amina")] = "messages_tab_disabled"
    tell(slack, "Amina", "The room has changed", group)
    assert cara.sees("Slack: nobody can write to me", "Choose App Home")
    cara.say("call list")
    assert "The room has changed" not in cara.last()


@pytest.mark.parametrize(
    ("code", "of_guests", "of_members"),
    [
        ("restricted_action", "guests", "everyone"),
        ("restricted_action_read_only_channel", "guests", "everyone"),
        ("cannot_dm_bot", "guests", ""),
        ("user_not_visible", "guests", ""),
        ("messages_tab_disabled", "conversation", "conversation"),
        ("BotDisabledByAdmin", "app", "app"),
        ("user_disabled", "", ""),
        ("account_inactive", "", ""),
        ("", "", ""),
    ],
)
def test_what_platforms_answer_says_what_is_barred(code: str, of_guests: str, of_members: str) -> None:
    assert barred(code, guest=True) == of_guests
    assert barred(code, guest=False) == of_members
