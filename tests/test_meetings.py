"""Meetings as members see them: lists, answers, the calendar file; and who is coming, as coordinators see it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar

from handlers.calendar import to_local, to_utc
from handlers.texts.ics import calendar_file
from handlers.turn import Turn
from storage import groups, meetings, people
from storage.groups import Group
from storage.meetings import Meeting
from storage.organisations import Organisation
from storage.people import Person
from tests.world import World

LINK = "https://meet.example/1"


def planned(
    world: World,
    group: Group,
    local: datetime,
    *,
    how: str = "online",
    title: str = "Monthly meeting",
    minutes: int = 90,
) -> Meeting:
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
            minutes=minutes,
            how=how,
            link=LINK if how != "in_person" else "",
            phone="01632 960555" if how != "in_person" else "",
            address="Room 4, Main Street" if how != "online" else "",
        )


def named(turn: Turn, name: str) -> Person:
    """The person of this name, in this transaction."""
    (found,) = people.people_named(turn.session, turn.organisation.id, name)
    return found


def put(world: World, group: Group, name: str, *, state: str) -> None:
    """Give the person's place in the group another state."""
    with world.turn() as turn:
        groups.place(turn.session, turn.session.get_one(Group, group.id), named(turn, name), state=state, now=turn.now)


def answers(world: World, meeting: Meeting) -> dict[str, tuple[str, str]]:
    """What is stored, by the person's name."""
    with world.turn() as turn:
        return {
            rsvp.person.name: (rsvp.answer, rsvp.how)
            for rsvp in meetings.rsvps_to(turn.session, turn.session.get_one(Meeting, meeting.id))
        }


def test_an_invitation_is_answered_and_the_receipt_says_when_and_how_to_join(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    amina = world.member("Amina", of=group)
    meeting = planned(world, group, datetime(2027, 3, 16, 18))
    world.wait(hours=1)
    assert "Can you come to a meeting?" in amina.last()
    amina.do("Yes, I am coming", say="yes")
    last = amina.last()
    for words in (
        "Your answer is saved",
        "You are coming.",
        "Tuesday 16 March 2027, 6pm to 7:30pm",
        LINK,
        "01632 960555",
    ):
        assert words in last, words
    for label in ("Change my answer", "Add to my calendar", "Ask for support"):
        assert label in last
    assert answers(world, meeting) == {"Amina": ("yes", "")}


@pytest.mark.parametrize(
    ("said", "saved"),
    [
        ("I am coming!", "yes"), ("yes please", "yes"), ("I'll be there", "yes"), ("I can’t come", "no"),
        ("No, I cannot come", "no"), ("no thank you", "no"), ("not sure", "not_sure"), ("Maybe", "not_sure"),
        ("I don't know yet", "not_sure"),
    ],
)  # fmt: skip
def test_ordinary_words_answer_the_waiting_invitation(one_world: World, said: str, saved: str) -> None:
    group = one_world.group("Radiotherapy volunteers")
    amina = one_world.member("Amina", of=group)
    meeting = planned(one_world, group, datetime(2027, 3, 9, 18))
    amina.say(said)
    assert answers(one_world, meeting) == {"Amina": (saved, "")}


def test_no_is_thanked_and_can_be_changed(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    amina = world.member("Amina", of=group)
    meeting = planned(world, group, datetime(2027, 3, 9, 18))
    world.wait(hours=1)
    amina.do("No, I cannot come", say="no")
    assert "You are not coming. Thank you for telling us." in amina.last()
    assert LINK not in amina.last()
    amina.do("Change my answer", say="change my answer")
    assert "You are not coming." in amina.last()
    amina.press("Not sure yet")
    assert answers(world, meeting) == {"Amina": ("not_sure", "")}


def test_a_meeting_online_and_in_person_asks_which(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    amina = world.member("Amina", of=group)
    meeting = planned(world, group, datetime(2027, 3, 9, 18), how="both")
    world.wait(hours=1)
    amina.do("Yes, I am coming", say="yes")
    assert answers(world, meeting) == {"Amina": ("yes", "")}
    assert "Online or in person?" in amina.last()
    amina.do("I will come in person", say="in person")
    assert answers(world, meeting) == {"Amina": ("yes", "in_person")}
    assert "Room 4, Main Street" in amina.last()
    assert LINK not in amina.last()


def test_online_in_one_word_is_a_yes(one_world: World) -> None:
    group = one_world.group("Radiotherapy volunteers")
    amina = one_world.member("Amina", of=group)
    meeting = planned(one_world, group, datetime(2027, 3, 9, 18), how="both")
    amina.say("I will join online")
    assert answers(one_world, meeting) == {"Amina": ("yes", "online")}
    assert "Room 4" not in amina.last()


def test_where_several_invitations_wait_it_asks_which(world: World) -> None:
    first, second = world.group("Radiotherapy volunteers"), world.group("New hospital")
    amina = world.member("Amina", of=first)
    world.member("Amina", of=second)
    one = planned(world, first, datetime(2027, 3, 9, 18))
    other = planned(world, second, datetime(2027, 3, 11, 14))
    world.wait(hours=1)
    amina.say("yes")
    assert "Which meeting do you mean?" in amina.last()
    assert answers(world, one) == answers(world, other) == {}
    amina.press("2. Thursday 11 March 2027")
    assert answers(world, one) == {}
    assert answers(world, other) == {"Amina": ("yes", "")}
    amina.say("no")
    assert answers(world, one) == {"Amina": ("no", "")}


def test_when_none_waits_it_offers_to_change_the_next_answer(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    amina = world.member("Amina", of=group)
    meeting = planned(world, group, datetime(2027, 3, 9, 18))
    planned(world, group, datetime(2027, 7, 6, 18))
    amina.say("yes")
    amina.say("yes")
    assert "You have answered already" in amina.last()
    amina.say("not sure")
    assert "Your answer has not changed yet" in amina.last()
    assert answers(world, meeting) == {"Amina": ("yes", "")}
    amina.press('Change it to "Not sure yet"')
    assert answers(world, meeting) == {"Amina": ("not_sure", "")}


def test_before_any_invitation_yes_shows_the_next_meeting_and_asks(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    amina = world.member("Amina", of=group)
    meeting = planned(world, group, datetime(2027, 7, 6, 18))
    amina.say("yes")
    assert "Tuesday 6 July 2027, 6pm to 7:30pm" in amina.last()
    assert answers(world, meeting) == {}
    amina.press("Yes, I am coming")
    assert answers(world, meeting) == {"Amina": ("yes", "")}


def test_yes_without_any_meeting_is_kindly_answered(world: World) -> None:
    world.group("Radiotherapy volunteers")
    world.admin("Dev").say("yes")
    assert "No meeting waits for your answer" in world.phone("Dev").last()


def test_refusals_for_the_paused_the_past_the_cancelled_and_other_groups(one_world: World) -> None:
    world = one_world
    group, other = world.group("Radiotherapy volunteers"), world.group("New hospital")
    amina = world.member("Amina", of=group)
    bill = world.member("Bill", of=other)
    meeting = planned(world, group, datetime(2027, 3, 9, 18))
    world.wait(hours=1)
    put(world, group, "Amina", state="paused")
    amina.press("Yes, I am coming")
    assert "You are paused" in amina.last()
    amina.say("yes")
    assert "You are paused" in amina.last()
    put(world, group, "Amina", state="left")
    amina.say("meeting 1")
    assert "I cannot find that" in amina.last()
    amina.say("yes")
    assert "No meeting waits" in amina.last()
    bill.say("meeting 1")
    assert "I cannot find that" in bill.last()
    put(world, group, "Amina", state="active")
    amina.say("meeting 1")
    with world.turn() as turn:
        meetings.cancel(turn.session, turn.session.get_one(Meeting, meeting.id), now=turn.now)
    amina.press("No, I cannot come")
    assert "That meeting is cancelled" in amina.last()
    held = planned(world, group, datetime(2027, 3, 2, 12))
    amina.say(f"meeting {held.number}")
    world.wait(hours=2)
    amina.press("Yes, I am coming")
    assert "That meeting has begun or is over" in amina.last()
    assert answers(world, meeting) == answers(world, held) == {}


def test_the_coordinator_does_not_answer_but_sees_who_comes(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    cara = world.coordinator("Cara", of=group)
    for name in ("Amina", "Dev", "Eve", "Fred", "Grace"):
        world.member(name, of=group)
    bill = world.without_chat("Bill", of=group)
    world.member("Hana", of=group, state="paused")
    meeting = planned(world, group, datetime(2027, 3, 9, 18), how="both")
    planned(world, group, datetime(2027, 4, 13, 18))
    with world.turn() as turn:
        found = turn.session.get_one(Meeting, meeting.id)
        coordinator = named(turn, "Cara")
        for name, answer, how in (
            ("Amina", "yes", "online"),
            ("Dev", "no", ""),
            ("Eve", "not_sure", ""),
            ("Hana", "yes", ""),
        ):
            meetings.answer(turn.session, found, named(turn, name), answer=answer, how=how, now=turn.now)
        meetings.answer(turn.session, found, bill, answer="yes", how="in_person", now=turn.now, by=coordinator)
        named(turn, "Grace").silenced_at = turn.now
    cara.do("See who is coming", say="who is coming")
    last = cara.last()
    assert "Coming: 2\nAmina (online), Bill (in person; answered by Cara for them)" in last
    assert "Not coming: 2\nDev, Hana" in last
    assert "Not sure yet: 1\nEve" in last
    assert "No answer yet: 1\nFred" in last
    assert "Grace" not in last
    assert "paused" not in last
    cara.do("2. Who is coming on 13 April, 6pm", say="2")
    assert "Tuesday 13 April 2027" in cara.last()
    cara.say("yes")
    assert "No meeting waits for your answer" in cara.last()


def test_the_chair_sees_who_comes_and_a_member_does_not(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    amina, dev = world.member("Amina", of=group), world.member("Dev", of=group, role="chair")
    planned(world, group, datetime(2027, 3, 9, 18))
    dev.say("who is coming")
    assert "No answer yet: 2\nAmina, Dev" in dev.last()
    amina.say("who is coming")
    assert "This is for coordinators and chairs" in amina.last()


def test_of_a_cancelled_or_past_meeting_one_sees_the_answers_and_not_how_to_join(one_world: World) -> None:
    world = one_world
    group = world.group("Volunteers")
    cara, amina = world.coordinator("Cara", of=group), world.member("Amina", of=group)
    off, over = planned(world, group, datetime(2027, 3, 9, 18)), planned(world, group, datetime(2027, 3, 2, 12))
    with world.turn() as turn:
        meetings.cancel(turn.session, turn.session.get_one(Meeting, off.id), now=turn.now)
    world.wait(hours=3)
    for meeting, words in ((off, "This meeting is cancelled."), (over, "This meeting has begun or is over.")):
        cara.say(f"meeting {meeting.number}")
        assert words in cara.last()
        cara.press("See the answers")
        assert f"Answers for meeting {meeting.number}\n" in cara.last()
        assert words in cara.last()
    amina.say(f"meeting {off.number}")
    assert LINK not in amina.last()
    amina.say(f"meeting {over.number}")
    assert LINK in amina.last()
    assert "Give feedback" in amina.last()


def test_where_no_meeting_is_to_come_each_hears_what_is_so_and_what_to_do(one_world: World) -> None:
    world = one_world
    group = world.group("Volunteers")
    cara, dev = world.coordinator("Cara", of=group), world.member("Dev", of=group, role="chair")
    amina, eve = world.member("Amina", of=group), world.member("Eve", of=group, state="interested")
    for word in ("meetings", "who is coming"):
        cara.say(word)
        assert "No meetings are planned" in cara.last()
        assert "Make a new meeting" in cara.last()
        assert "See who is coming" not in cara.last()
    dev.say("who is coming")
    assert "I will write to you when there is one." in dev.last()
    with world.turn() as turn:
        named(turn, "Dev").reach_by = "call"
    dev.say("who is coming")
    assert "A coordinator will tell you when there is one." in dev.last()
    for word, back in (("stop", "start"), ("pause 2 weeks", "come back")):
        dev.say(word)
        dev.say("who is coming")
        assert "When there is one, you can see here who is coming." in dev.last()
        assert "will" not in dev.last()
        dev.say(back)
    eve.say("meetings")
    assert "You are not in a group yet" in eve.last()
    planned(world, group, datetime(2027, 3, 9, 18))
    amina.say("no")
    assert "Add to my calendar" not in amina.last()
    amina.say("calendar")
    assert "None is planned, or you said that you cannot come." in amina.last()
    amina.press("See meetings")
    assert "Open a meeting to answer" in amina.last()
    amina.press("1. Meeting on Tuesday 9 March 2027")
    assert "Add to my calendar" not in amina.last()
    put(world, group, "Amina", state="paused")
    amina.say("meetings")
    assert "Open a meeting to see more" in amina.last()


def test_a_typed_number_opens_the_meeting_at_that_place_of_the_list(world: World) -> None:
    group, other = world.group("Radiotherapy volunteers"), world.group("New hospital")
    amina = world.member("Amina", of=group)
    for month in range(3, 7):
        planned(world, other, datetime(2027, month, 8, 18), title="Not for Amina")
        planned(world, group, datetime(2027, month, 9, 18), title=f"Meeting of month {month}")
    amina.say("meetings")
    assert amina.sees("4. Meeting of month 6 (meeting 8)", "Reply with a number.")
    amina.say("4")
    assert "Meeting 8: Meeting of month 6" in amina.last()


def test_a_typed_number_shows_who_comes_at_that_place_and_no_meeting_of_that_number(world: World) -> None:
    group, other = world.group("Radiotherapy volunteers"), world.group("New hospital")
    cara = world.coordinator("Cara", of=group)
    world.member("Amina", of=group)
    for month in range(3, 6):
        planned(world, other, datetime(2027, month, 8, 18), title="Not for Cara")
        planned(world, group, datetime(2027, month, 9, 18), title=f"Meeting of month {month}")
    cara.say("who is coming")
    assert "Who is coming to meeting 2" in cara.last()
    assert cara.sees("Open this meeting", "2. Who is coming on 9 April, 6pm", "3. Who is coming on 9 May, 6pm")
    cara.say("3")
    assert "Who is coming to meeting 6" in cara.last()
    cara.say("1")
    assert "Meeting 6: Meeting of month 5" in cara.last()


def test_the_list_shows_my_answers_a_page_at_a_time(world: World) -> None:
    group, other = world.group("Radiotherapy volunteers"), world.group("New hospital")
    amina = world.member("Amina", of=group)
    for month in range(3, 10):
        planned(world, group, datetime(2027, month, 9, 18), title=f"Meeting of month {month}")
    planned(world, other, datetime(2027, 3, 10, 18), title="Not for Amina")
    amina.say("no")
    amina.say("meetings")
    last = amina.last()
    assert "Tuesday 9 March 2027, 6pm to 7:30pm" in last
    assert "You are not coming." in last
    assert "You have not answered yet." in last
    assert "month 8" not in last
    amina.do("Show more meetings", say="Show more meetings")
    assert "month 8" in amina.last()
    assert "Not for Amina" not in amina.screen()
    assert "1. Meeting of month 8 (meeting 6)" in amina.last()
    amina.press("1. Meeting on Monday 9 August 2027")
    assert "Meeting 6: Meeting of month 8" in amina.last()
    assert "Move this meeting" not in amina.last()
    amina.press("Yes, I am coming")
    amina.say("meeting #6")
    assert "You are coming." in amina.last()


def test_a_meeting_by_number_and_words_that_only_begin_like_it(one_world: World) -> None:
    group = one_world.group("Radiotherapy volunteers")
    amina = one_world.member("Amina", of=group)
    planned(one_world, group, datetime(2027, 3, 9, 18))
    amina.say("meeting 999")
    assert "I cannot find that" in amina.last()
    amina.say("meeting was good today")
    assert "I cannot find that" not in amina.last()
    assert "Shall I pass this on?" in amina.last()


def parsed(text: str) -> Any:
    """The calendar in the file; icalendar's types leave open what each part is."""
    return Calendar.from_ical(text)


def test_the_calendar_file_keeps_the_wall_time_and_counts_moves(one_world: World) -> None:
    group = one_world.group("Radiotherapy volunteers")
    amina = one_world.member("Amina", of=group)
    meeting = planned(one_world, group, datetime(2027, 3, 30, 18))
    amina.say("add to my calendar")
    assert "Here is the meeting for your calendar" in amina.last()
    with one_world.turn() as turn:
        found = turn.session.get_one(Meeting, meeting.id)
        organisation = turn.session.get_one(Organisation, one_world.organisation_id)
        before = parsed(calendar_file(organisation, [found], now=turn.now))
        meetings.move(
            turn.session,
            found,
            local_start=datetime(2027, 11, 2, 18),
            starts_at=to_utc(datetime(2027, 11, 2, 18), "Europe/London"),
            minutes=60,
        )
        after = parsed(calendar_file(organisation, [found], now=turn.now))
    (old,), (new,) = before.walk("VEVENT"), after.walk("VEVENT")
    assert before["METHOD"] == "PUBLISH"
    assert (old["SEQUENCE"], new["SEQUENCE"]) == (1, 2)
    assert old["UID"] == new["UID"]
    # 30 March is summer time, 2 November is not: the wall time is 6pm on both.
    assert old["DTSTART"].dt.astimezone(UTC) == datetime(2027, 3, 30, 17, tzinfo=UTC)
    assert new["DTSTART"].dt.astimezone(UTC) == datetime(2027, 11, 2, 18, tzinfo=UTC)
    assert new["DTEND"].dt - new["DTSTART"].dt == timedelta(minutes=60)
    assert to_local(new["DTSTART"].dt, "Europe/London").hour == 18
    assert "Europe/London" in str(new["DTSTART"].params["TZID"])


def test_made_up_values_are_refused(one_world: World) -> None:
    from handlers import rsvp
    from handlers.chat import Refusal

    group, other = one_world.group("Radiotherapy volunteers"), one_world.group("New hospital")
    one_world.member("Amina", of=group)
    meeting = planned(one_world, other, datetime(2027, 3, 9, 18))
    with one_world.turn() as turn:
        person = named(turn, "Amina")
        for value in ("", "1", "1:perhaps", "1:yes:by boat", "x:yes", "99999999999:yes", f"{meeting.number}:yes"):
            with pytest.raises(Refusal):
                rsvp.answer(turn, person, value)
