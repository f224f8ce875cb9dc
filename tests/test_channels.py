"""A group's channel: linking it, the shared card whose numbers keep up, members added to it, and its end."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.platform import Address, ChannelChanged
from bot.slack.translate.channels import channel_change
from bot.slack.translate.payloads import Malformed
from bot.teams.translate.channels import channel_change as teams_change
from bot.teams.translate.parts import Malformed as TeamsMalformed
from handlers import channels as feature
from handlers.calendar import to_utc
from handlers.chat import Refusal
from storage import channels, groups, meetings, privacy
from storage.channels import Channel, ChannelPost
from storage.groups import Group
from storage.meetings import Meeting
from storage.outbox import CardBody, Letter
from storage.people import Person
from tests.fake_slack import BOT, Disturbance
from tests.fuzzing import ODD
from tests.phones import Phone
from tests.slack_limits import Json
from tests.slack_phone import SlackPhone
from tests.teams_phone import CHANNEL as TEAMS_CHANNEL
from tests.teams_phone import TeamsPhone
from tests.world import CHANNEL, Loop, Template, World

YES, NO, NOT_SURE = "Yes, I am coming", "No, I cannot come", "Not sure yet"
NUMBERS, NAMES = "Yes, use it with numbers only", "Yes, use it and show who is coming"
WORD = "use this channel"
SHARED = "Can you come to a meeting?"
SOON = datetime(2027, 3, 9, 18, 0)
LATER = datetime(2027, 3, 11, 18, 0)


@pytest.fixture
def slack_world(tmp_path: Path, loop: Loop, template: Template) -> Iterator[World]:
    with World(tmp_path, loop, template, platform="slack") as world:
        yield world


def planned(world: World, group: Group, local: datetime = SOON, *, title: str = "Monthly meeting") -> Meeting:
    """A meeting that a coordinator made before the story begins."""
    with world.turn() as turn:
        return meetings.add_meeting(
            turn.session,
            turn.organisation,
            turn.session.get_one(Group, group.id),
            title=title,
            local_start=local,
            starts_at=to_utc(local, "Europe/London"),
            zone="Europe/London",
            minutes=90,
            how="online",
            link="https://meet.example/1",
            phone="01632 960555",
        )


def linked(world: World, group: Group, *, how: str = NUMBERS) -> Phone:
    """The group's coordinator, who has linked the channel."""
    cara = world.coordinator("Cara", of=group)
    cara.mention(WORD)
    cara.press(how)
    assert "This channel is used for the group" in cara.last()
    world.settle()
    return cara


def letters(world: World, *states: str) -> list[Letter]:
    """The letters to channels, oldest first."""
    with world.turn() as turn:
        found = turn.session.scalars(select(Letter).where(Letter.channel_id.is_not(None)).order_by(Letter.id)).all()
        return [letter for letter in found if not states or letter.state in states]


def slack_of(phone: Phone) -> SlackPhone:
    native: object = phone.native
    assert isinstance(native, SlackPhone)
    return native


# Linking


def test_a_coordinator_links_the_channel_and_is_told_what_it_means(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    planned(world, group)
    amina, cara = world.member("Amina", of=group), world.coordinator("Cara", of=group)
    cara.mention(WORD)
    assert "answered you in a direct message" in cara.channel()
    cara.sees("Use this channel for the group?", "its date and how many people are coming", "Nothing has changed yet")
    world.settle()
    assert SHARED not in amina.channel()

    cara.press(NUMBERS)
    assert "with numbers only, and no names" in cara.last()
    world.settle()
    assert amina.channel().count(SHARED) == 1
    assert "Tuesday 9 March 2027, 6pm to 7:30pm" in amina.channel()
    assert "Coming: 0 people" in amina.channel().replace("Coming\n", "Coming: ")
    for private in ("meet.example", "01632", "Monthly meeting", "Amina"):
        assert private not in amina.channel()


def test_the_command_in_the_channel_does_the_same(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    planned(world, group)
    cara = world.coordinator("Cara", of=group)
    cara.command(WORD, channel=CHANNEL)
    cara.press(NUMBERS)
    world.settle()
    assert SHARED in cara.channel()


def test_somewhere_else_it_says_where_to_write_it(world: World) -> None:
    cara = world.coordinator("Cara", of=world.group("Radiotherapy volunteers"))
    cara.say(WORD)
    assert "Please write this in the channel" in cara.last()
    cara.command(WORD)
    assert cara.screen().count("Please write this in the channel") == 2


def test_only_coordinators_link_a_channel(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    amina = world.member("Amina", of=group)
    amina.mention(WORD)
    assert "This is for coordinators" in amina.last()
    with world.turn() as turn:
        assert not turn.session.scalars(select(Channel)).all()


def test_of_several_groups_the_coordinator_chooses_one(world: World) -> None:
    first, second = world.group("First group"), world.group("Second group")
    planned(world, second)
    world.coordinator("Cara", of=first)
    cara = world.coordinator("Cara", of=second)
    cara.mention(WORD)
    assert "Which group is this channel for?" in cara.last()
    cara.press("Second group")
    cara.press(NUMBERS)
    world.settle()
    assert "Second group" in cara.channel()
    assert "First group" not in cara.channel()


def test_of_many_groups_each_can_be_chosen(one_world: World) -> None:
    for number in range(12):
        one_world.coordinator("Cara", of=one_world.group(f"Group {number:02}"))
    cara = one_world.phone("Cara")
    cara.mention(WORD)
    assert "Group 11" not in cara.last()
    cara.press("Show more groups (2)")
    assert "Group 00" not in cara.last()
    cara.press("Group 11")
    assert "Use this channel for the group?" in cara.last()
    one_world.coordinator("Eve", of=one_world.group("Her group"))
    person = one_world.person("Eve")
    with one_world.turn() as turn:
        for made_up in ("1:10", "999:0", "1", "nonsense"):
            with pytest.raises(Refusal):
                feature.more_groups(turn, person, made_up)


def test_a_channel_is_for_one_group_and_a_group_has_one_channel(world: World) -> None:
    group, other = world.group("Radiotherapy volunteers"), world.group("Another group")
    linked(world, group)
    dev = world.coordinator("Dev", of=other)
    dev.mention(WORD)
    assert "used by another group" in dev.last()
    assert "Radiotherapy" not in dev.last()
    with world.turn() as turn:
        second = Channel(organisation_id=1, platform=world.platform, workspace=world.workspace, conversation="C2")
        turn.session.add(second)
        turn.session.flush()
        channels.link(turn.session, second, turn.session.get_one(Group, group.id), names=False, now=turn.now)
        used = turn.session.scalars(select(Channel.conversation).where(Channel.group_id == group.id)).all()
        assert used == ["C2"]


def test_nobody_links_a_channel_in_which_they_did_not_ask(world: World) -> None:
    mine, theirs = world.group("Mine"), world.group("Theirs")
    world.coordinator("Cara", of=mine).mention(WORD)
    world.coordinator("Dev", of=theirs)
    with world.turn() as turn:
        (channel,) = turn.session.scalars(select(Channel)).all()
        dev = turn.session.scalars(select(Person).where(Person.name == "Dev")).one()
        for value in (f"{channel.id}:{theirs.id}:names", f"{channel.id}:{mine.id}:names", "999:1:names", "x", "1:1"):
            with pytest.raises(Refusal):
                feature.link(turn, dev, value)
        assert channel.group_id is None


def test_a_coordinator_sees_the_link_and_ends_it(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    planned(world, group)
    world.member("Amina", of=group)
    cara = linked(world, group)
    cara.say("group channels")
    cara.sees("Channels of your groups", "Numbers only")
    cara.press("Stop using the channel")
    assert "The channel is used no longer" in cara.last()
    world.settle()
    assert SHARED not in cara.channel()
    assert "This is not kept up to date any more" in cara.channel()
    cara.say("group channels")
    assert "No channel." in cara.last()

    linked(world, group)
    assert cara.channel().count(SHARED) == 1
    assert "not kept up to date" not in cara.channel()


# The shared card


def test_a_press_is_answered_in_private_and_the_numbers_follow(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    planned(world, group)
    amina, bill = world.member("Amina", of=group), world.member("Bill", of=group)
    linked(world, group)
    amina.channel_press(YES)
    assert "Your answer is saved" in amina.last()
    assert "meet.example" in amina.last()
    assert amina.channel().count(SHARED) == 1
    bill.channel_press(NOT_SURE)
    assert "You are not sure yet" in bill.last()
    world.settle()
    card = bill.channel().replace("\n", " ")
    assert card.count(SHARED) == 1
    assert "1 person" in card
    for private in ("Your answer is saved", "meet.example", "Amina", "Bill"):
        assert private not in card
    assert [letter.why for letter in letters(world, "not_needed")] == []

    amina.channel_press(NO)
    assert "You are not coming" in amina.last()
    world.settle()
    assert "0 people" in bill.channel()


def test_many_answers_in_a_moment_are_one_update(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    planned(world, group)
    phones = [world.member(name, of=group) for name in ("Amina", "Bill", "Dev", "Eve", "Fred")]
    linked(world, group)
    for phone in phones:
        phone.channel_press(YES)
    world.settle()
    assert "5 people" in phones[0].channel()
    assert len(letters(world, "sent")) == 2
    world.settle()
    assert len(letters(world)) == 2


def test_who_is_not_in_the_group_is_told_how_to_join(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    planned(world, group)
    linked(world, group)
    zed = world.someone("Zed")
    zed.channel_press(YES)
    zed.sees("I am a computer program", "You are not in this group yet", "Join Radiotherapy volunteers")
    world.settle()
    assert "0 people" in zed.channel()

    eve = world.member("Eve", of=group, state="interested")
    eve.channel_press(YES)
    assert "A coordinator will answer you in a message" in eve.last()
    eve.say("stop")
    eve.channel_press(YES)
    assert 'You stopped messages, so please look in "my groups" later' in eve.last()
    with world.turn() as turn:
        assert turn.session.scalar(select(func.count()).select_from(meetings.Rsvp)) == 0


def test_who_is_paused_or_coordinates_is_told_so(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    planned(world, group)
    cara = linked(world, group)
    bill = world.member("Bill", of=group, state="paused")
    bill.channel_press(YES)
    assert "You are paused" in bill.last()
    cara.channel_press(YES)
    assert "You coordinate this group" in cara.last()


def test_names_show_only_where_the_group_chose_so_and_never_of_who_is_away(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    planned(world, group)
    names = ("Amina", "Bill", "Eve", "Fred", "Grace")
    phones = {name: world.member(name, of=group) for name in names}
    cara = linked(world, group, how=NAMES)
    for phone in phones.values():
        phone.channel_press(YES)
    world.settle()
    seen = cara.channel()
    assert "Amina, Bill, Eve, Fred and Grace" in seen
    assert "Your name shows here" in seen

    with world.turn() as turn:
        people = {person.name: person for person in turn.session.scalars(select(Person))}
        paused = groups.membership(turn.session, group.id, people["Bill"].id)
        assert paused
        paused.state = "paused"
        people["Eve"].stopped_at = turn.now
        people["Fred"].silenced_at = turn.now
        privacy.erase(turn.session, people["Grace"], now=turn.now)
    world.settle()
    seen = cara.channel()
    for name in ("Bill", "Eve", "Fred", "Grace"):
        assert name not in seen
    assert "Amina and 1 other person" in seen
    assert "2 people" in seen
    with world.turn() as turn:
        bodies = turn.session.scalars(select(CardBody.body).join(Letter).where(Letter.channel_id.is_not(None))).all()
        assert len(bodies) == 1, "what it said before is deleted"

    cara.say("group channels")
    cara.press("Show numbers only")
    world.settle()
    assert "Amina" not in cara.channel()

    cara.press("Show names too")
    assert "Please do this only if the group agreed" in cara.last()
    world.settle()
    assert "Amina" not in cara.channel()
    cara.press("Yes, show names")
    world.settle()
    assert "Amina" in cara.channel()


def test_a_moved_meeting_says_so_and_asks_for_the_new_date(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    meeting = planned(world, group)
    amina = world.member("Amina", of=group)
    linked(world, group)
    amina.channel_press(YES)
    with world.turn() as turn:
        found = turn.session.get_one(Meeting, meeting.id)
        assert meetings.move(
            turn.session, found, local_start=LATER, starts_at=to_utc(LATER, "Europe/London"), minutes=90
        )
    amina.channel_press(NO)
    assert "This meeting has moved" in amina.last(), "a press on the old date is not taken"
    world.settle()
    card = amina.channel()
    assert "This meeting has moved. It was to be on Tuesday 9 March 2027, 6pm." in card
    assert "Thursday 11 March 2027, 6pm to 7:30pm" in card
    assert card.count(SHARED) == 1
    amina.channel_press(NO)
    assert "You are not coming" in amina.last()


def test_a_cancelled_meeting_says_so_and_takes_no_answers(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    meeting = planned(world, group)
    amina = world.member("Amina", of=group)
    linked(world, group)
    with world.turn() as turn:
        meetings.cancel(turn.session, turn.session.get_one(Meeting, meeting.id), now=turn.now)
    amina.channel_press(YES)
    assert "That meeting is cancelled" in amina.last()
    world.settle()
    assert "This meeting is cancelled" in amina.channel()
    assert SHARED not in amina.channel()
    with pytest.raises(AssertionError):
        amina.channel_press(YES)
    said = len(letters(world))
    world.wait(hours=3)
    assert len(letters(world)) == said


def test_a_meeting_that_has_begun_keeps_its_numbers_and_no_buttons(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    planned(world, group)
    amina = world.member("Amina", of=group)
    cara = linked(world, group, how=NAMES)
    amina.channel_press(YES)
    world.settle()
    assert "Amina" in cara.channel()
    world.clock.move_to(to_utc(SOON, "Europe/London") + timedelta(minutes=5))
    world.settle()
    assert "This meeting has begun or is over" in cara.channel()
    assert "1 person" in cara.channel()
    assert "Amina" not in cara.channel()


def test_meetings_far_away_wait_and_quiet_hours_hold(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    far = datetime(2027, 4, 27, 18, 0)
    planned(world, group, far)
    cara = linked(world, group)
    assert SHARED not in cara.channel()
    world.clock.move_to(datetime(2027, 3, 19, 22, 0, tzinfo=UTC))
    planned(world, group, datetime(2027, 3, 25, 18, 0))
    world.settle()
    assert SHARED not in cara.channel(), "it is 10pm"
    assert [letter.why for letter in letters(world)] == ["quiet hours"]
    world.clock.move_to(datetime(2027, 3, 22, 10, 0, tzinfo=UTC))
    world.settle()
    assert "Thursday 25 March 2027" in cara.channel()
    assert cara.channel().count(SHARED) == 1


def test_what_waits_is_replaced_by_what_is_newer(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    amina = world.member("Amina", of=group)
    cara = linked(world, group)
    world.clock.move_to(datetime(2027, 3, 3, 22, 0, tzinfo=UTC))
    meeting = planned(world, group)
    world.settle()
    with world.turn() as turn:
        who = turn.session.scalars(select(Person).where(Person.name == "Amina")).one()
        found = turn.session.get_one(Meeting, meeting.id)
        meetings.answer(turn.session, found, who, answer="yes", now=turn.now)
    world.settle()
    assert [(letter.state, letter.why) for letter in letters(world)] == [
        ("not_needed", "replaced by a newer one"),
        ("waiting", "quiet hours"),
    ]
    world.clock.move_to(datetime(2027, 3, 4, 10, 0, tzinfo=UTC))
    world.settle()
    assert amina.channel().count(SHARED) == 1
    assert "1 person" in cara.channel()


def test_the_jobs_that_follow_soon_keep_the_numbers_up(one_world: World) -> None:
    group = one_world.group("Radiotherapy volunteers")
    planned(one_world, group)
    amina = one_world.member("Amina", of=group)
    linked(one_world, group)
    amina.channel_press(YES)
    assert len(letters(one_world)) == 1
    one_world.app.clock.run_jobs(one_world.now, only=one_world.app.inbox.router.soon)
    assert len(letters(one_world)) == 2


# On Slack: who is added, and what becomes of channels


def test_members_are_added_to_the_channel_once(slack_world: World) -> None:
    world, slack = slack_world, slack_world.slack_server
    assert slack
    group = world.group("Radiotherapy volunteers")
    for name, state in (("Amina", "active"), ("Bill", "paused"), ("Dev", "interested"), ("Eve", "active")):
        world.member(name, of=group, state=state)
    cara = world.coordinator("Cara", of=group)
    slack.channels[CHANNEL] = {BOT, slack_of(cara).user}
    cara.mention(WORD)
    cara.press(NUMBERS)
    slack.disturb("conversations.invite", Disturbance(error="ratelimited", status=429, retry_after=1))
    world.settle()
    assert slack.channels[CHANNEL] == {BOT, slack_of(cara).user}
    time.sleep(1.1)
    world.settle()
    names = {slack.people[who]["name"] for who in slack.channels[CHANNEL] - {BOT}}
    assert names == {"Amina", "Cara", "Eve"}

    asked = slack.calls["conversations.invite"]
    slack.channels[CHANNEL].discard("U0EVE")
    world.settle()
    assert slack.calls["conversations.invite"] == asked, "whoever leaves the channel is not asked back"
    dev = world.person("Dev")
    with world.turn() as turn:
        place = groups.membership(turn.session, group.id, dev.id)
        assert place
        place.state = "active"
    world.settle()
    assert "U0DEV" in slack.channels[CHANNEL]


def test_my_data_says_to_which_channels_somebody_was_added(slack_world: World) -> None:
    world, slack = slack_world, slack_world.slack_server
    assert slack
    group = world.group("Radiotherapy volunteers")
    amina, eve = world.member("Amina", of=group), world.member("Eve", of=group)
    slack.guests.add("U0EVE")
    slack.channels[CHANNEL] = {BOT, "U0CARA"}
    amina.say("my data")
    assert "Channels" not in amina.last()

    linked(world, group)
    world.settle()
    for phone, outcome in ((amina, "I added you"), (eve, "I could not add you")):
        phone.say("my data")
        assert f"our-group, used by Radiotherapy volunteers: {outcome}" in phone.last()


def test_whoever_deletes_their_data_is_not_added_any_more(slack_world: World) -> None:
    world, slack = slack_world, slack_world.slack_server
    assert slack
    group = world.group("Radiotherapy volunteers")
    amina = world.member("Amina", of=group)
    slack.channels[CHANNEL] = {BOT, "U0CARA"}
    slack.disturb("conversations.invite", Disturbance(error="ratelimited", status=429, retry_after=1))
    linked(world, group)
    amina.say("delete my data")
    amina.press("Yes, delete my data")
    time.sleep(1.1)
    world.settle()
    assert slack.channels[CHANNEL] == {BOT, "U0CARA"}


def test_guests_who_cannot_be_added_are_named_to_the_coordinator_once(slack_world: World) -> None:
    world, slack = slack_world, slack_world.slack_server
    assert slack
    group = world.group("Radiotherapy volunteers")
    for name in ("Amina", "Bill"):
        world.member(name, of=group)
        slack.guests.add(f"U0{name.upper()}")
    cara = world.coordinator("Cara", of=group)
    slack.channels[CHANNEL] = {BOT, slack_of(cara).user}
    cara.mention(WORD)
    cara.press(NUMBERS)
    for _ in range(4):
        world.settle()
    assert cara.screen().count("I could not add everybody to your channel") == 1
    assert "Amina and Bill" in cara.screen()
    assert "Nobody has to be in the channel: they hear from the group as before." in cara.screen()
    assert slack.calls["conversations.invite"] == 3


def test_an_archived_channel_is_noticed_told_once_and_goes_on_when_it_is_opened(slack_world: World) -> None:
    world, slack = slack_world, slack_world.slack_server
    assert slack
    group = world.group("Radiotherapy volunteers")
    planned(world, group)
    amina = world.member("Amina", of=group)
    cara = linked(world, group)
    slack_of(amina).archive(CHANNEL)
    for _ in range(3):
        planned(world, group, SOON + timedelta(hours=3))
        world.settle()
    assert cara.screen().count("I cannot post in your channel any more") == 1
    assert "It is archived" in cara.last()
    assert "Members still hear from the group as before." in cara.last()
    cara.say("group channels")
    assert "Stop using the channel" in cara.last()
    assert "Show names too" not in cara.last()
    assert len(letters(world)) == 1, "nothing piles up"

    slack_of(amina).unarchive(CHANNEL)
    world.settle()
    world.settle()
    assert cara.channel().count(SHARED) == 4
    cara.say("group channels")
    assert "Numbers only" in cara.last()


def test_a_channel_that_closed_unnoticed_is_noticed_when_something_is_sent(slack_world: World) -> None:
    world, slack = slack_world, slack_world.slack_server
    assert slack
    group = world.group("Radiotherapy volunteers")
    planned(world, group)
    amina = world.member("Amina", of=group)
    cara = linked(world, group)
    slack.archived.add(CHANNEL)
    amina.channel_press(YES)
    for _ in range(3):
        world.settle()
    assert cara.screen().count("I cannot post in your channel any more") == 1
    assert [letter.why for letter in letters(world, "not_needed")] == ["is_archived"]
    assert not letters(world, "waiting", "sending")


def test_taken_out_of_the_channel_and_invited_again(slack_world: World) -> None:
    world, slack = slack_world, slack_world.slack_server
    assert slack
    group = world.group("Radiotherapy volunteers")
    planned(world, group)
    amina = world.member("Amina", of=group)
    cara = linked(world, group)
    slack.channels[CHANNEL].discard(BOT)
    slack_of(cara).channel_event("member_left_channel", CHANNEL)
    world.settle()
    assert "cannot post" not in cara.screen(), "somebody else left"
    slack_of(cara).channel_event("channel_left", CHANNEL)
    world.settle()
    assert "I was taken out of it" in cara.last()
    amina.say("yes")
    slack.channels[CHANNEL].add(BOT)
    slack_of(cara).channel_event("member_joined_channel", CHANNEL, user=BOT)
    world.settle()
    assert "1 person" in cara.channel()


def test_a_channel_we_are_not_in_is_found_out_at_once(slack_world: World) -> None:
    world, slack = slack_world, slack_world.slack_server
    assert slack
    cara = world.coordinator("Cara", of=world.group("Radiotherapy volunteers"))
    slack.channels["C0OTHER"] = {slack_of(cara).user}
    cara.command(WORD, channel="C0OTHER")
    cara.press(NUMBERS)
    world.settle()
    world.settle()
    assert "I was taken out of it" in cara.last()


def test_the_name_of_the_channel_is_known_and_follows(slack_world: World) -> None:
    world = slack_world
    cara = linked(world, world.group("Radiotherapy volunteers"))
    cara.say("group channels")
    assert "our-group" in cara.last()
    slack_of(cara).rename(CHANNEL, "radiotherapy")
    cara.say("group channels")
    assert "radiotherapy" in cara.last()


def test_news_that_comes_late_changes_nothing(slack_world: World) -> None:
    world = slack_world
    linked(world, world.group("Radiotherapy volunteers"))
    where = Address("slack", world.workspace, "", CHANNEL)
    new, old = datetime(2027, 3, 2, 12, 0, tzinfo=UTC), datetime(2027, 3, 2, 11, 0, tzinfo=UTC)
    assert world.loop.run(world.app.channels.changed(ChannelChanged(where, new, "open")))
    assert world.loop.run(world.app.channels.changed(ChannelChanged(where, old, "archived")))
    with world.turn() as turn:
        assert [channel.state for channel in turn.session.scalars(select(Channel))] == ["open"]


def test_a_post_of_which_nobody_knows_is_looked_up(slack_world: World) -> None:
    world, slack = slack_world, slack_world.slack_server
    assert slack
    group = world.group("Radiotherapy volunteers")
    planned(world, group)
    slack.disturb("chat.postMessage", *[Disturbance()] * 2, Disturbance(drop="after"))
    cara = linked(world, group)
    world.settle()
    assert cara.channel().count(SHARED) == 1
    assert [letter.state for letter in letters(world)] == ["sent"]


# On Teams


@pytest.fixture
def teams_world(tmp_path: Path, loop: Loop, template: Template) -> Iterator[World]:
    with World(tmp_path, loop, template, platform="teams") as world:
        yield world


def teams_of(phone: Phone) -> TeamsPhone:
    native: object = phone.native
    assert isinstance(native, TeamsPhone)
    return native


def test_a_channel_of_teams_is_renamed_deleted_and_there_again(teams_world: World) -> None:
    world = teams_world
    group = world.group("Radiotherapy volunteers")
    planned(world, group)
    amina = world.member("Amina", of=group)
    cara = linked(world, group)
    teams_of(cara).channel_event("channelRenamed", TEAMS_CHANNEL, name="Our group")
    cara.say("group channels")
    assert "Our group" in cara.last()
    teams_of(cara).channel_event("channelDeleted", TEAMS_CHANNEL, name="Our group")
    amina.say("yes")
    for _ in range(3):
        world.settle()
    assert cara.screen().count("I cannot post in your channel any more") == 1
    assert "It was deleted" in cara.last()
    assert len(letters(world)) == 1
    teams_of(cara).channel_event("channelRestored", TEAMS_CHANNEL, name="Our group")
    world.settle()
    assert cara.channel().count(SHARED) == 1
    assert "1 person" in cara.channel()


def test_a_channel_of_teams_that_is_gone_is_noticed_when_something_is_sent(teams_world: World) -> None:
    world = teams_world
    assert world.connector
    group = world.group("Radiotherapy volunteers")
    planned(world, group)
    amina = world.member("Amina", of=group)
    cara = linked(world, group)
    del world.connector.channels[TEAMS_CHANNEL]
    amina.say("yes")
    for _ in range(3):
        world.settle()
    assert cara.screen().count("I cannot post in your channel any more") == 1
    assert not letters(world, "waiting", "sending")


def test_what_teams_tells_of_channels_is_read_strictly() -> None:
    data = {"eventType": "channelDeleted", "channel": {"id": "19:a@thread.tacv2"}, "tenant": {"id": "T-1"}}
    whole: Json = {"type": "conversationUpdate", "timestamp": "2027-03-02T10:00:00.1234567Z", "channelData": data}
    told = teams_change(whole)
    assert told
    assert (told.channel, told.state) == (Address("teams", "t-1", "", "19:a@thread.tacv2"), "deleted")
    assert teams_change({**whole, "type": "message"}) is None
    assert teams_change({"type": "conversationUpdate"}) is None
    for spoilt in (
        {"timestamp": "yesterday"},
        {"timestamp": "2027-03-02T10:00:00"},
        {"channelData": 5},
        {"channelData": {**data, "tenant": None}},
        {"channelData": {**data, "channel": {"id": "\0"}}},
        {"channelData": {**data, "channel": []}},
    ):
        with pytest.raises(TeamsMalformed):
            teams_change({**whole, **spoilt})


def test_what_slack_tells_of_channels_is_read_strictly() -> None:
    def told(event: object, **more: object) -> ChannelChanged | None:
        return channel_change({"type": "event_callback", "team_id": "T1", "event": event, **more})

    stamp = {"event_ts": "1800000000.000100"}
    renamed = told({"type": "group_rename", "channel": {"id": "C1", "name": "new"}, **stamp})
    assert renamed
    assert (renamed.channel, renamed.state, renamed.name) == (Address("slack", "T1", "", "C1"), "", "new")
    assert told({"type": "message", "channel": "C1"}) is None
    assert told({"type": "member_left_channel", "channel": "C1", "user": "U1", **stamp}) is None
    for spoilt in (
        {},
        {"channel": 5, **stamp},
        {"channel": "C1"},
        {"channel": "C\0", **stamp},
        {"channel": {"id": "C1", "name": "\ud800"}, **stamp},
        {"channel": "C1", "event_ts": "nan"},
        {"channel": "C1", "event_ts": "1e400"},
        {"channel": {}, **stamp},
    ):
        with pytest.raises(Malformed):
            told({"type": "channel_archive", **spoilt})


def test_posts_of_another_organisation_are_not_seen(one_world: World) -> None:
    group = one_world.group("Radiotherapy volunteers")
    planned(one_world, group)
    linked(one_world, group)
    with one_world.turn() as turn:
        assert turn.session.scalars(select(ChannelPost)).all()
        assert channels.in_use(turn.session, turn.organisation.id + 1) == []
        (channel,) = turn.session.scalars(select(Channel)).all()
        assert channels.channel_by_id(turn.session, turn.organisation.id + 1, channel.id) is None


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: repr(odd)[:30])
def test_whatever_a_client_puts_into_news_of_a_channel_is_understood_or_malformed(odd: object) -> None:
    event: Json = {
        "type": "channel_rename",
        "channel": {"id": "C1", "name": "new"},
        "user": BOT,
        "event_ts": "1800000000.1",
    }
    whole: Json = {"type": "event_callback", "team_id": "T1", "authorizations": [{"team_id": "T1", "user_id": BOT}]}
    joined = {**event, "type": "member_joined_channel", "channel": "C1"}
    spoilt = [{**whole, "event": {**told, name: odd}} for told in (event, joined) for name in event]
    spoilt += [{**whole, "event": event, name: odd} for name in (*whole, "event")]
    spoilt += [
        {**whole, "event": {**event, "channel": {"id": "C1", "name": "new", name: odd}}} for name in ("id", "name")
    ]
    spoilt += [{**whole, "event": joined, "authorizations": [{"team_id": odd, "user_id": odd}]}]
    for payload in spoilt:
        try:
            found = channel_change(payload)
        except Malformed:
            continue
        if found is not None:
            for text in (found.channel.workspace, found.channel.conversation, found.name):
                assert text == text.replace("\0", "").encode(errors="replace").decode()
