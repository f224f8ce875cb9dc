"""What is Teams' own: installing, channels, dialogs, files by link, older clients; and a phone as strict as Teams."""

from __future__ import annotations

import urllib.error
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import delete, select

from handlers.privacy import NOTICE_VERSION
from storage import groups, people
from storage.groups import Group
from storage.outbox import CardBody, Letter
from storage.people import Account
from tests import teams_cards
from tests.connector_tokens import TENANT
from tests.teams_phone import CHANNEL, TeamsPhone, contact_id, directory_id
from tests.test_meetings import LINK, answers, planned
from tests.world import Loop, Template, World

GROUP = "Radiotherapy volunteers"
NOTICE = "What you write here is not fully private"
WELCOME = "What I can do for you"
JOINING = {
    "Are you aged 16 or over?": "Yes",
    "What brings you to this group?": "I am or was a patient",
    "Which language do you like to use?": "English",
    "Do you agree to the ground rules?": "Yes",
}


@pytest.fixture
def teams(tmp_path: Path, loop: Loop, template: Template) -> Iterator[World]:
    with World(tmp_path, loop, template, platform="teams") as world:
        yield world


@pytest.fixture
def group(teams: World) -> Group:
    return teams.group(GROUP)


def phone(world: World, name: str) -> TeamsPhone:
    """The Teams of this person."""
    native: TeamsPhone = world.phone(name).native  # type: ignore[assignment]  # it is Teams'
    return native


def invited(world: World, group: Group, name: str) -> TeamsPhone:
    """A member who is asked to come to a meeting."""
    world.member(name, group)
    planned(world, group, datetime(2027, 3, 16, 18))
    world.wait(hours=1)
    return phone(world, name)


# Coming and going


def test_who_installs_the_bot_is_welcomed_once_and_with_the_notice(teams: World, group: Group) -> None:
    dev = phone(teams, "Dev")
    dev.install()
    assert dev.screen().count(NOTICE) == 1
    assert len(dev.messages()) == len(set(dev.messages()))
    dev.install()
    assert dev.screen().count(NOTICE) == 1


def test_who_takes_the_bot_out_is_called_until_they_put_it_back(teams: World, group: Group) -> None:
    amina = invited(teams, group, "Amina")
    amina.uninstall()
    planned(teams, group, datetime(2027, 3, 17, 18), title="Another meeting")
    teams.wait(hours=1)
    with teams.turn() as turn:
        newest = turn.session.scalars(select(Letter).order_by(Letter.id.desc())).first()
        assert newest is not None
        assert newest.state == "needs_call"
        assert turn.session.scalars(select(Account.gone)).one()
    assert teams.connector is not None
    del teams.connector.unreachable[amina.contact]
    amina.install()
    with teams.turn() as turn:
        assert not turn.session.scalars(select(Account.gone)).one()
    planned(teams, group, datetime(2027, 3, 18, 18), title="A third meeting")
    teams.wait(hours=1)
    assert "Thursday 18 March 2027" in amina.last()
    assert "Wednesday 17 March 2027" not in amina.screen()


def test_somebody_whose_chat_is_not_known_is_written_to_all_the_same(teams: World, group: Group) -> None:
    """They are known by their account alone: the conversation is opened with them."""
    with teams.turn() as turn:
        dev = people.meet(
            turn.session,
            turn.organisation.id,
            platform="teams",
            workspace=TENANT,
            user=directory_id("Dev"),
            name="Dev",
            time_zone="Europe/London",
            now=turn.now,
        ).person
        people.record_consent(turn.session, dev, "notice", version=NOTICE_VERSION, now=turn.now)
        groups.place(turn.session, group, dev, state="active", now=turn.now)
    dev_phone = phone(teams, "Dev")
    phone(teams, "Eve").say("help")  # so that the address of the tenant is known
    planned(teams, group, datetime(2027, 3, 16, 18))
    teams.wait(hours=1)
    assert "Can you come to a meeting?" in dev_phone.last()
    assert teams.connector is not None
    assert teams.connector.calls["create"] == 1


# Where others read it


def test_in_a_channel_one_neutral_line_stands_in_the_thread(teams: World, group: Group) -> None:
    teams.member("Amina", group)
    amina = phone(teams, "Amina")
    amina.mention(CHANNEL, "my feedback & more")
    assert "I have not kept that, because others can see it here." in amina.channel(CHANNEL)
    amina.mention(CHANNEL, "groups")
    assert GROUP in amina.last()
    assert GROUP not in amina.channel(CHANNEL)
    assert teams.connector is not None
    ours = [one for one in teams.connector.messages if one["conversation"]["id"].startswith("19:")]
    assert ours
    assert all(";messageid=" in one["conversation"]["id"] for one in ours)


# Pressing


def test_a_press_is_answered_in_the_place_of_the_card(teams: World, group: Group) -> None:
    amina = invited(teams, group, "Amina")
    before = len(amina.messages())
    amina.press("Yes, I am coming")
    assert len(amina.messages()) == before
    assert "Your answer is saved" in amina.last()
    assert "Yes, I am coming" not in amina.buttons()


def test_an_older_client_does_the_same(teams: World, group: Group) -> None:
    """It knows no Action.Execute, so what is pressed comes as a message."""
    meeting = planned(teams, group, datetime(2027, 3, 16, 18))
    teams.member("Amina", group)
    teams.wait(hours=1)
    assert teams.connector is not None
    amina = TeamsPhone(teams.connector, f"{teams.url}/teams/messages", name="Amina", old=True)
    amina.press("Yes, I am coming")
    assert "Your answer is saved" in amina.last()
    assert answers(teams, meeting) == {"Amina": ("yes", "")}
    amina.say("help")
    amina.press("Give feedback")
    amina.fill({"What would you like to say?": "The chairs are too low"})
    assert "Saved as F-1" in amina.last()


# Files


def test_the_file_for_the_calendar_opens_without_an_account(teams: World, group: Group) -> None:
    amina = invited(teams, group, "Amina")
    amina.press("Yes, I am coming")
    amina.press("Add to my calendar")
    (label,) = [one for one in amina.buttons() if ".ics" in one]
    media, content = amina.download(label)
    assert media == "text/calendar; charset=utf-8"
    assert content.startswith(b"BEGIN:VCALENDAR")
    assert LINK in content.decode().replace("\r\n ", "")


def test_the_link_to_a_file_ends_with_what_was_said(teams: World, group: Group) -> None:
    amina = invited(teams, group, "Amina")
    amina.press("Yes, I am coming")
    amina.press("Add to my calendar")
    (label,) = [one for one in amina.buttons() if ".ics" in one]
    with teams.turn() as turn:
        turn.session.execute(delete(CardBody))
    with pytest.raises(urllib.error.HTTPError) as refusal:
        amina.download(label)
    assert refusal.value.code == 410
    refusal.value.close()


def test_without_an_address_of_ours_the_card_has_the_words_and_no_link(teams: World, group: Group) -> None:
    assert teams.teams._sending is not None
    teams.teams._sending._link_for = None
    amina = invited(teams, group, "Amina")
    amina.press("Yes, I am coming")
    amina.press("Add to my calendar")
    assert "Tuesday 16 March 2027" in amina.last()
    assert not [one for one in amina.buttons() if ".ics" in one]


def test_a_link_is_of_our_own_address(teams: World, group: Group) -> None:
    amina = invited(teams, group, "Amina")
    amina.press("Yes, I am coming")
    amina.press("Add to my calendar")
    (action,) = [
        one
        for message in amina._seen()
        for one in teams_cards.buttons(amina._card(message))
        if one["type"] == "Action.OpenUrl" and ".ics" in one["title"]
    ]
    assert urlsplit(action["url"]).netloc == urlsplit(teams.url).netloc
    assert "amina" not in action["url"].casefold()


# Forms


def test_what_was_typed_stays_beside_what_is_wrong(teams: World, group: Group) -> None:
    teams.coordinator("Cara", group)
    cara = phone(teams, "Cara")
    cara.say("meetings")
    cara.press("Make a new meeting")
    cara.fill({"When is it?": "14 April", "How can people join?": "Online", "What is the link to join?": LINK})
    assert "What time does it start?" in cara.errors["When is it?"]
    assert "14 April" in cara.form
    cara.fill({"When is it?": "14 April 6pm"})
    assert cara.errors == {}
    assert "Wednesday 14 April 2027, 6pm" in cara.last()
    assert LINK in cara.last()


def test_a_dialog_can_be_closed_and_opened_again(teams: World, group: Group) -> None:
    teams.coordinator("Cara", group)
    cara = phone(teams, "Cara")
    cara.say("meetings")
    cara.press("Make a new meeting")
    cara.press("Open the form")
    assert "When is it?" in cara.form
    with pytest.raises(AssertionError, match="a dialog is open"):
        cara.say("help")
    cara.close()
    cara.press("Open the form")
    assert "When is it?" in cara.form


def test_the_phone_refuses_what_teams_refuses(teams: World, group: Group) -> None:
    dev = phone(teams, "Dev")
    dev.say("groups")
    dev.press(f"Join {GROUP}")
    for given, refused in (
        ({}, "mend this first"),
        ({**JOINING, "Are you aged 16 or over?": "Perhaps"}, "no option"),
        ({**JOINING, "What name would you like us to use?": "x" * 5000}, "Teams stops at"),
        ({**JOINING, "What name would you like us to use?": "Dev\nDev"}, "has one line"),
        ({**JOINING, "What is your shoe size?": "7"}, "no one field"),
        ({**JOINING, "Are you aged 16 or over?": ["Yes", "No"]}, "takes one answer"),
    ):
        with pytest.raises(AssertionError, match=refused):
            dev.fill(given)
    with pytest.raises(AssertionError, match="no button says"):
        dev.press("Approve me")
    with pytest.raises(AssertionError, match="no empty message"):
        dev.say(" ")
    with teams.turn() as turn:
        (person,) = people.people_named(turn.session, teams.organisation_id, "Dev")
        assert groups.membership(turn.session, group.id, person.id) is None


def test_the_phone_notices_an_answer_that_teams_would_not_take(teams: World, group: Group) -> None:
    amina = invited(teams, group, "Amina")
    (message,) = [one for one in amina._seen() if teams_cards.card_of(one)][-1:]
    shown = "application/vnd.microsoft.activity.message"
    for body in (
        None,
        {},
        {"statusCode": 500, "type": "application/vnd.microsoft.error", "value": {"code": "x", "message": "y"}},
        {"statusCode": 200, "type": shown, "value": ""},
        {"statusCode": 200, "type": "application/vnd.microsoft.adaptive.card", "value": {"type": "AdaptiveCard"}},
        {"statusCode": 200, "type": "application/vnd.microsoft.card.adaptive", "value": {"type": "AdaptiveCard"}},
    ):
        with pytest.raises(AssertionError):
            amina._take_in(message, body)
    amina._take_in(message, {"statusCode": 200, "type": shown, "value": "Noted."})
    assert amina.told == "Noted."


def test_everyone_has_ids_of_their_own() -> None:
    assert len({directory_id(name) for name in "ABC"} | {contact_id(name) for name in "ABC"}) == 6


def test_marks_that_a_card_reads_are_not_seen() -> None:
    assert (
        teams_cards.rendered("**bold** and [a link](https://x.example) and \\*star\\*") == "bold and a link and *star*"
    )
    assert teams_cards.rendered("- one\n2. two") == "• one\n2. two"
