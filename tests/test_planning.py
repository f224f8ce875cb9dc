"""Coordinators make, move and cancel meetings; everyone it concerns is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from handlers import moving, planning, plans
from handlers.calendar import to_local
from handlers.chat import Refusal
from storage import meetings
from storage.groups import Group
from storage.meetings import Meeting
from tests.phones import Phone
from tests.test_meetings import answers, named, planned
from tests.world import World

LINK = "https://meet.example/1"
ONLINE = {"How can people join?": "Online", "What is the link to join?": LINK}


def begin(cara: Phone) -> None:
    """Open the form: whole for those who press buttons, one question at a time for those who type."""
    cara.say("meetings")
    cara.do("Make a new meeting", say="new meeting")


def stored(world: World) -> list[Meeting]:
    """Every meeting to come, soonest first."""
    with world.turn() as turn:
        return list(meetings.upcoming(turn.session, turn.organisation.id, now=turn.now))


def test_a_meeting_is_shown_with_its_full_date_before_it_is_saved(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    cara = world.coordinator("Cara", of=group)
    begin(cara)
    cara.fill({"When is it?": "13 April, 6pm to 7:30pm", **ONLINE})
    last = cara.last()
    assert "Please check before I save" in last
    assert "Tuesday 13 April 2027, 6pm to 7:30pm" in last
    assert "Monthly meeting" in last
    assert stored(world) == []
    cara.press("Save this meeting")
    assert "Meeting 1 is saved" in cara.last()
    assert "Invitations go out from Monday 22 March 2027" in cara.last()
    (meeting,) = stored(world)
    assert (meeting.local_start, meeting.minutes, meeting.link) == (datetime(2027, 4, 13, 18), 90, LINK)


def test_what_cannot_be_read_is_asked_again_beside_the_question(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    cara = world.coordinator("Cara", of=group)
    begin(cara)
    for typed, words in (
        ("Tuesday 14 April 6pm", "14 April 2027 is a Wednesday, not a Tuesday."),
        ("14 April at 6", "Did you mean"),
        ("14 April", "What time does it start?"),
        ("every 4 weeks at 6pm", "When is the first one?"),
    ):
        if world.way == "buttons":
            cara.fill({"When is it?": typed, **ONLINE})
            assert words in " ".join(cara.errors.values()), (typed, cara.errors)
        else:
            cara.say(typed)
            assert words in cara.last(), typed
    if world.way == "buttons":
        cara.fill({"When is it?": "14 April 6pm", "How can people join?": "In person"})
        assert "Where is the meeting?" in " ".join(cara.errors.values())
        cara.fill({"When is it?": "14 April 6pm", "How can people join?": "In person", "Where is it?": "Room 4"})
    else:
        cara.say("14 April 6pm")
        for said in ("skip", "In person", "skip", "skip", "skip", "skip"):
            cara.say(said)
        assert "Where is the meeting?" in cara.last()
        cara.say("Room 4")
    assert "Wednesday 14 April 2027, 6pm to 7:30pm" in cara.last()
    cara.do("Do not save", say="Do not save")
    assert "Nothing is saved" in cara.last()
    assert stored(world) == []


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("01632 960105, then 4321#", "Phone number\n01632 960105, then 4321#"),
        (f"{LINK}/{'0' * 250}", f"Link\n{LINK}/{'0' * 250}"),
    ],
)
@pytest.mark.parametrize("how", ["Online", "Both: people choose"])
def test_without_a_link_who_types_is_asked_for_a_phone_number_and_may_type_either(
    one_world: World, how: str, typed: str, shown: str
) -> None:
    one_world.way = "words"
    cara = one_world.coordinator("Cara", of=one_world.group("Radiotherapy volunteers"))
    begin(cara)
    cara.say("13 April 6pm")
    cara.say("skip")
    cara.say(how)
    assert "What is the link to join?" in cara.last()
    assert "You can skip this if people join by phone." in cara.last()
    for said in ("skip", "skip", "Room 4", "skip"):
        cara.say(said)
    assert "People need a link or a phone number. Please give one of them." in cara.last()
    assert "What is the phone number to join?" in cara.last()
    cara.say("skip")
    assert "What is the phone number to join?" in cara.last()
    cara.say("0" * 101)
    assert "Please use at most 100 characters." in cara.last()
    cara.say(typed)
    assert "Please check before I save" in cara.last()
    assert shown in cara.last()
    cara.say("Save this meeting")
    (meeting,) = stored(one_world)
    assert sorted((meeting.link, meeting.phone)) == ["", typed]


def test_an_online_meeting_that_nobody_could_join_is_refused_beside_the_phone_number(one_world: World) -> None:
    cara = one_world.coordinator("Cara", of=one_world.group("Radiotherapy volunteers"))
    begin(cara)
    cara.fill({"When is it?": "13 April 6pm", "How can people join?": "Online"})
    ((beside, words),) = cara.errors.items()
    assert "phone" in beside
    assert words == "People need a link or a phone number. Please give one of them."
    both = {"How can people join?": "Online", "What is the phone number to join?": LINK}
    cara.fill({"When is it?": "13 April 6pm", **both})
    assert LINK in cara.last()
    cara.press("Save this meeting")
    (meeting,) = stored(one_world)
    assert (meeting.link, meeting.phone) == (LINK, "")


def test_a_series_shows_3_dates_warns_of_bank_holidays_and_keeps_6pm_over_the_clock_change(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    cara = world.coordinator("Cara", of=group)
    begin(cara)
    cara.fill({"When is it?": "last Monday of the month at 6pm", "How long is it?": "1 hour", **ONLINE})
    last = cara.last()
    assert "on the last Monday of every month, 6pm to 7pm" in last
    for day in ("Monday 29 March 2027", "Monday 26 April 2027", "Monday 31 May 2027"):
        assert day in last
    assert "Monday 29 March 2027: Easter Monday" in last
    assert "I have not moved anything" in last
    cara.press("Save these meetings")
    assert "12 meetings are saved" in cara.last()
    made = stored(world)
    assert made[0].local_start == datetime(2027, 3, 29, 18)
    october = {meeting.local_start.month: meeting for meeting in made}
    assert october[9].starts_at.hour == 17
    assert october[10].local_start == datetime(2027, 10, 25, 18)
    assert october[11].starts_at.hour == 18
    assert all(to_local(meeting.starts_at, "Europe/London").hour == 18 for meeting in made)


def test_a_series_is_topped_up_to_12_months_and_not_after_it_ended(one_world: World) -> None:
    world = one_world
    group = world.group("Radiotherapy volunteers")
    cara = world.coordinator("Cara", of=group)
    amina = world.member("Amina", of=group)
    begin(cara)
    cara.fill({"When is it?": "second Tuesday of the month at 6pm", **ONLINE})
    cara.press("Save these meetings")
    assert len(stored(world)) == 12
    world.wait(days=10)
    assert [meeting.local_start for meeting in stored(world)][-1] == datetime(2028, 3, 14, 18) - timedelta(days=35)
    world.clock.move_to(world.now + timedelta(days=35))
    world.settle()
    world.settle()
    made = stored(world)
    assert made[-1].local_start == datetime(2028, 4, 11, 18)
    assert len({meeting.number for meeting in made}) == len(made)
    assert made[-1].link == LINK
    with world.turn() as turn:
        (series,) = turn.session.query(meetings.Series).all()
        assert series.next_start == datetime(2028, 5, 9, 18)
    first = made[0].number
    cara.say(f"meeting {first}")
    cara.press("Cancel this meeting")
    assert "This meeting is one of a series" in cara.last()
    cara.press("Yes, cancel this and all later meetings")
    assert f"{len(made)} meetings are cancelled" in cara.last()
    assert stored(world) == []
    world.wait(hours=20)
    assert "Some meetings are cancelled" in amina.last()
    assert "Meetings on the second Tuesday of every month" in amina.last()
    world.clock.move_to(world.now + timedelta(days=60))
    world.settle()
    assert stored(world) == []


def test_a_coordinator_of_several_groups_chooses_the_group(world: World) -> None:
    first, second = world.group("Radiotherapy volunteers"), world.group("New hospital")
    cara = world.coordinator("Cara", of=first)
    world.coordinator("Cara", of=second)
    begin(cara)
    cara.fill({"Which group is it for?": "New hospital", "When is it?": "13 April 6pm", **ONLINE})
    cara.press("Save this meeting")
    (meeting,) = stored(world)
    assert meeting.group_id == second.id


def test_something_can_be_changed_before_saving(one_world: World) -> None:
    group = one_world.group("Radiotherapy volunteers")
    cara = one_world.coordinator("Cara", of=group)
    begin(cara)
    cara.fill({"When is it?": "13 April 6pm", **ONLINE})
    cara.press("Change something")
    cara.fill({"When is it?": "14 April 7pm", **ONLINE, "What is it called?": "Spring meeting"})
    cara.press("Save this meeting")
    (meeting,) = stored(one_world)
    assert (meeting.local_start, meeting.title) == (datetime(2027, 4, 14, 19), "Spring meeting")


def test_tomorrow_does_not_wander_while_a_draft_waits_and_a_draft_saves_once(one_world: World) -> None:
    group = one_world.group("Radiotherapy volunteers")
    one_world.coordinator("Cara", of=group)
    one_world.member("Amina", of=group)
    parts = {"group": str(group.id), "when": "in 2 days at 6pm", "how": "online", "link": LINK, "typed": "2027-03-02"}
    draft = plans.dumped(parts)
    one_world.wait(days=1)
    with one_world.turn() as turn:
        planning.save(turn, named(turn, "Cara"), draft)
    (meeting,) = stored(one_world)
    assert meeting.local_start == datetime(2027, 3, 4, 18)
    with one_world.turn() as turn:
        with pytest.raises(Refusal):
            planning.save(turn, named(turn, "Cara"), draft)
        with pytest.raises(Refusal):
            planning.save(turn, named(turn, "Amina"), draft.replace("2 days", "3 days"))
    one_world.wait(days=2)
    with one_world.turn() as turn, pytest.raises(Refusal) as refused:
        planning.save(turn, named(turn, "Cara"), draft)
    assert "That time has passed." in refused.value.card.text
    assert [button.value for button in refused.value.card.buttons] == [draft], "what was typed is not lost"
    with one_world.turn() as turn:
        for forged in (draft, "", "[]", "null", '{"typed":"x"}', '{"typed":"2027-03-02","group":"1"}'):
            with pytest.raises(Refusal):
                planning.save(turn, named(turn, "Cara"), forged)
    assert stored(one_world) == []


def test_members_cannot_make_move_or_cancel(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    amina = world.member("Amina", of=group)
    planned(world, group, datetime(2027, 4, 13, 18))
    amina.say("new meeting")
    assert "This is for coordinators" in amina.last()
    amina.say("meeting 1")
    assert "Move this meeting" not in amina.last()
    assert "Cancel this meeting" not in amina.last()


def test_a_moved_meeting_tells_everyone_keeps_answers_and_voids_old_buttons(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    cara, dev = world.coordinator("Cara", of=group), world.coordinator("Dev", of=group)
    amina, eve = world.member("Amina", of=group), world.member("Eve", of=group)
    meeting = planned(world, group, datetime(2027, 3, 9, 18))
    world.wait(hours=1)
    amina.do("Yes, I am coming", say="yes")
    cara.say("meeting 1")
    cara.press("Move this meeting")
    cara.fill({"What is the new day and time?": "Thursday 11 March at 7pm"})
    assert "Tuesday 9 March 2027, 6pm to 7:30pm" in cara.last()
    assert "Thursday 11 March 2027, 7pm to 8:30pm" in cara.last()
    assert stored(world)[0].version == 1
    cara.do("Yes, move the meeting", say="yes")
    assert "Meeting 1 is moved" in cara.last()
    assert "I am telling 3 people" in cara.last()
    world.wait(hours=1)
    for phone in (amina, eve):
        assert "A meeting has moved" in phone.last()
        assert "It is now: Thursday 11 March 2027, 7pm to 8:30pm" in phone.last()
        assert sum("Can you come to a meeting?" in message for message in phone.messages()) <= 1
    assert "A meeting has moved" in dev.last()
    assert "Yes, I am coming" not in dev.last()
    assert answers(world, meeting) == {"Amina": ("yes", "")}
    eve.say("no")
    assert answers(world, meeting)["Eve"] == ("no", "")


def test_a_button_of_the_old_date_does_not_answer_for_the_new_one(one_world: World) -> None:
    from handlers import rsvp

    group = one_world.group("Radiotherapy volunteers")
    one_world.member("Amina", of=group)
    meeting = planned(one_world, group, datetime(2027, 3, 9, 18))
    with one_world.turn() as turn:
        found = turn.session.get_one(Meeting, meeting.id)
        meetings.move(
            turn.session,
            found,
            local_start=datetime(2027, 3, 11, 18),
            starts_at=found.starts_at + timedelta(days=2),
            minutes=60,
        )
        with pytest.raises(Refusal) as refused:
            rsvp.answer(turn, named(turn, "Amina"), "1:yes::1")
        assert "This meeting has moved" in refused.value.card.title
    assert answers(one_world, meeting) == {}


def test_a_meeting_moved_early_is_told_and_invited_to_later(one_world: World) -> None:
    group = one_world.group("Radiotherapy volunteers")
    cara = one_world.coordinator("Cara", of=group)
    amina = one_world.member("Amina", of=group)
    planned(one_world, group, datetime(2027, 4, 13, 18))
    cara.say("meeting 1")
    cara.press("Move this meeting")
    cara.fill({"What is the new day and time?": "Thursday 15 April at 6pm"})
    cara.press("Yes, move the meeting")
    one_world.wait(days=1)
    assert "A meeting has moved" in amina.last()
    one_world.wait(days=25)
    assert "Can you come to a meeting?" in amina.last()
    assert "Thursday 15 April 2027" in amina.last()


def test_a_move_that_is_confirmed_too_late_says_that_nothing_moved_and_asks_again(one_world: World) -> None:
    group = one_world.group("Radiotherapy volunteers")
    cara = one_world.coordinator("Cara", of=group)
    planned(one_world, group, datetime(2027, 4, 13, 18))
    cara.say("meeting 1")
    cara.press("Move this meeting")
    cara.fill({"What is the new day and time?": "tomorrow at 6pm"})
    one_world.wait(days=2)
    cara.press("Yes, move the meeting")
    assert cara.sees("I have not moved the meeting", "That time has passed. Please give a later one.")
    assert "Make a new meeting" not in cara.last()
    cara.press("Choose another time")
    cara.fill({"What is the new day and time?": "15 April 6pm"})
    cara.press("Yes, move the meeting")
    assert [one.local_start for one in stored(one_world)] == [datetime(2027, 4, 15, 18)]


def test_two_coordinators_move_at_once_and_the_second_is_told(one_world: World) -> None:
    group = one_world.group("Radiotherapy volunteers")
    cara, dev = one_world.coordinator("Cara", of=group), one_world.coordinator("Dev", of=group)
    planned(one_world, group, datetime(2027, 4, 13, 18))
    for phone, when in ((cara, "14 April 6pm"), (dev, "15 April 6pm")):
        phone.say("meeting 1")
        phone.press("Move this meeting")
        phone.fill({"What is the new day and time?": when})
    cara.press("Yes, move the meeting")
    dev.press("Yes, move the meeting")
    assert "This meeting has changed" in dev.screen()
    assert stored(one_world)[0].local_start == datetime(2027, 4, 14, 18)


def test_moving_wants_one_new_date_to_come(one_world: World) -> None:
    group = one_world.group("Radiotherapy volunteers")
    cara = one_world.coordinator("Cara", of=group)
    planned(one_world, group, datetime(2027, 4, 13, 18))
    cara.say("meeting 1")
    cara.press("Move this meeting")
    for typed, words in (
        ("every Tuesday at 6pm", "This moves 1 meeting"),
        ("13 April 6pm", "That is when the meeting is already"),
        ("today at 9am", "That time has passed"),
    ):
        cara.fill({"What is the new day and time?": typed})
        assert words in " ".join(cara.errors.values()), typed
    assert stored(one_world)[0].version == 1


def test_a_cancelled_meeting_tells_all_but_those_who_said_no_and_nothing_more_is_sent(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    cara, hana = (world.coordinator(name, of=group) for name in ("Cara", "Hana"))
    amina, dev, eve = (world.member(name, of=group) for name in ("Amina", "Dev", "Eve"))
    planned(world, group, datetime(2027, 3, 9, 18))
    world.wait(hours=1)
    amina.do("Yes, I am coming", say="yes")
    dev.do("No, I cannot come", say="no")
    cara.say("meeting 1")
    cara.press("Cancel this meeting")
    assert "Cancel meeting 1?" in cara.last()
    cara.do("Yes, cancel this meeting", say="yes")
    assert "I am telling 3 people" in cara.last()
    world.wait(hours=1)
    assert "Please cancel anything that was booked." in hana.last()
    assert "You do not need to do anything." in amina.last()
    world.wait(days=8)
    assert "A meeting is cancelled" in amina.last()
    assert "A meeting is cancelled" in eve.last()
    assert "Your answer is saved" in dev.last()
    amina.say("meetings")
    assert "No meetings are planned" in amina.last()
    cara.say("meeting 1")
    assert "This meeting is cancelled." in cara.last()
    assert "Move this meeting" not in cara.last()


def test_tonight_cancelled_in_quiet_hours_is_told_at_once(one_world: World) -> None:
    group = one_world.group("Radiotherapy volunteers")
    cara = one_world.coordinator("Cara", of=group)
    amina = one_world.member("Amina", of=group)
    planned(one_world, group, datetime(2027, 3, 3, 9))
    one_world.wait(hours=11)
    cara.say("meeting 1")
    cara.press("Cancel this meeting")
    cara.press("Yes, cancel this meeting")
    one_world.settle()
    assert "A meeting is cancelled" in amina.last()


def test_the_meetings_of_two_groups_at_once_have_numbers_of_their_own(one_world: World) -> None:
    first, second = one_world.group("Radiotherapy volunteers"), one_world.group("New hospital")
    made = [planned(one_world, group, datetime(2027, 3, 9, 18)) for group in (first, second, first)]
    assert [meeting.number for meeting in made] == [1, 2, 3]
    with one_world.turn() as turn:
        assert turn.organisation.meetings_made == 3
        assert turn.session.get_one(Group, first.id).name == "Radiotherapy volunteers"


def test_new_ways_to_join_are_told_to_those_who_come_or_may(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    cara = world.coordinator("Cara", of=group)
    amina, dev = world.member("Amina", of=group), world.member("Dev", of=group)
    planned(world, group, datetime(2027, 3, 9, 18))
    world.wait(hours=1)
    amina.do("Yes, I am coming", say="yes")
    dev.do("No, I cannot come", say="no")
    cara.say("meeting 1")
    cara.press("Change how to join")
    cara.fill({"What is the new link?": "https://meet.example/2"})
    assert "How to join is saved" in cara.last()
    assert "I am telling 1 person" in cara.last()
    world.wait(hours=1)
    assert "There is a new way to join a meeting" in amina.last()
    assert "https://meet.example/2" in amina.last()
    assert "Your answer is saved" in dev.last()
    (meeting,) = stored(world)
    assert (meeting.link, meeting.phone, meeting.version) == ("https://meet.example/2", "01632 960555", 1)


def test_who_left_the_group_hears_no_more_of_a_meeting_they_said_yes_to(one_world: World) -> None:
    group = one_world.group("Volunteers")
    cara = one_world.coordinator("Cara", of=group)
    amina, dev, eve = (one_world.member(name, of=group) for name in ("Amina", "Dev", "Eve"))
    planned(one_world, group, datetime(2027, 3, 9, 18))
    for phone in (amina, dev, eve):
        phone.say("yes")
    one_world.wait(hours=11)
    left = (amina, "before it is told"), (dev, "while it waits for the morning")
    for number, (phone, _) in enumerate(left):
        phone.say("leave volunteers")
        phone.press("Yes, leave the group")
        if not number:
            cara.say("meeting 1")
            cara.press("Change how to join")
            cara.fill({"What is the new link?": "https://meet.example/2"})
            assert "I am telling 2 people." in cara.last()
    one_world.wait(hours=14)
    assert "There is a new way to join a meeting" in eve.last()
    for phone, when in left:
        assert "There is a new way" not in phone.screen(), when


def test_whoever_changes_a_meeting_reads_how_many_are_told_and_how_many_need_a_call(one_world: World) -> None:
    group = one_world.group("Volunteers")
    cara = one_world.coordinator("Cara", of=group)
    one_world.member("Amina", of=group)
    one_world.member("Dev", of=group, state="paused")
    bill = one_world.without_chat("Bill", of=group)
    first, second, third = (planned(one_world, group, datetime(2027, month, 13, 18)) for month in (4, 5, 6))
    with one_world.turn() as turn:
        meetings.answer(turn.session, turn.session.get_one(Meeting, third.id), bill, answer="yes", now=turn.now)
    cara.say(f"meeting {first.number}")
    cara.press("Move this meeting")
    cara.fill({"What is the new day and time?": "14 April 6pm"})
    cara.press("Yes, move the meeting")
    assert "I am telling 1 person. 1 person needs a call. I do not write to 1 person now." in cara.last()
    cara.press("Show the call list")
    assert "Bill" in cara.last()
    cara.say(f"meeting {second.number}")
    cara.press("Cancel this meeting")
    cara.press("Yes, cancel this meeting")
    silent = "I do not write to 1 person now."
    assert f"I am telling 1 person. 1 person needs a call. {silent} Please cancel anything" in cara.last()
    cara.say(f"meeting {third.number}")
    cara.press("Change how to join")
    cara.fill({"What is the new link?": "https://meet.example/2"})
    assert "1 person needs a call." in cara.last()
    assert "I am telling" not in cara.last()


def test_nobody_to_tell_is_said_only_where_there_is_nobody(one_world: World) -> None:
    group = one_world.group("Volunteers")
    cara, amina = one_world.coordinator("Cara", of=group), one_world.member("Amina", of=group)
    first, second = (planned(one_world, group, datetime(2027, month, 13, 18)) for month in (4, 5))
    amina.say(f"meeting {first.number}")
    amina.press("Yes, I am coming")
    amina.say("stop")
    for meeting, told in ((first, "I do not write to 1 person now."), (second, "There is nobody to tell.")):
        cara.say(f"meeting {meeting.number}")
        cara.press("Change how to join")
        cara.fill({"What is the new link?": "https://meet.example/2"})
        assert told in cara.last()
    assert "I do not write" not in cara.last()


def test_ending_a_series_that_is_none_cancels_that_meeting_alone(one_world: World) -> None:
    group, other = one_world.group("Radiotherapy volunteers"), one_world.group("New hospital")
    one_world.coordinator("Cara", of=group)
    planned(one_world, group, datetime(2027, 4, 13, 18))
    kept = [planned(one_world, where, datetime(2027, 5, 11, 18)).number for where in (group, other)]
    with one_world.turn() as turn:
        moving.end(turn, named(turn, "Cara"), "1:1")
    assert [meeting.number for meeting in stored(one_world)] == kept


def test_only_the_groups_own_coordinator_changes_a_meeting_whatever_a_button_says(one_world: World) -> None:
    group, other = one_world.group("Radiotherapy volunteers"), one_world.group("New hospital")
    one_world.member("Amina", of=group)
    one_world.coordinator("Dev", of=other)
    planned(one_world, group, datetime(2027, 4, 13, 18))
    draft = plans.dumped({"number": "1", "version": "1", "when": "14 April 6pm", "typed": "2027-03-02"})
    with one_world.turn() as turn:
        for name in ("Amina", "Dev"):
            person = named(turn, name)
            for press, value in (
                (moving.move, "1"),
                (moving.moved, draft),
                (moving.ways, "1"),
                (moving.ask_to_cancel, "1"),
                (moving.cancelled, "1:1"),
                (moving.end, "1:1"),
            ):
                with pytest.raises(Refusal):
                    press(turn, person, value)
    assert [(meeting.version, meeting.cancelled_at) for meeting in stored(one_world)] == [(1, None)]


def test_a_meeting_of_a_series_made_later_on_a_bank_holiday_is_pointed_out(one_world: World) -> None:
    group = one_world.group("Radiotherapy volunteers")
    cara = one_world.coordinator("Cara", of=group)
    begin(cara)
    cara.fill({"When is it?": "first Monday of the month at 6pm", **ONLINE})
    cara.press("Save these meetings")
    # The May bank holiday of 2028 comes within 12 months on 1 May 2027.
    one_world.clock.move_to(datetime(2027, 5, 4, 9, tzinfo=UTC))
    one_world.wait(hours=2)
    assert "A new meeting is on a bank holiday" in cara.screen()
    assert "Monday 1 May 2028, 6pm to 7:30pm" in cara.screen()


def test_a_series_is_not_taken_for_the_single_meeting_that_stands_at_its_first_date(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    cara = world.coordinator("Cara", of=group)
    begin(cara)
    cara.fill({"When is it?": "13 April, 6pm to 7:30pm", **ONLINE})
    cara.press("Save this meeting")
    begin(cara)
    cara.fill({"When is it?": "every 4 weeks starting 13 April at 6pm", **ONLINE})
    cara.press("Save these meetings")
    assert cara.sees("I have not saved this", "is at the first time, with the same name", "Change something")
    assert len(stored(world)) == 1
