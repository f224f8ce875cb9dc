"""A break, `stop` and `start`, and quiet hours, by the people who need them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select

from storage import groups
from storage.groups import Group
from storage.outbox import Letter
from tests.phones import Phone
from tests.world import World

HOW_LONG = "How long do you want to pause?"
HOURS = "When should I not write to you?"
WORDS = "What do you want to say?"


def announce(cara: Phone, words: str) -> None:
    cara.say("announce")
    cara.fill({WORDS: words})
    cara.press("Yes, send to 1 person")


def state(world: World, group: Group, name: str) -> tuple[str, date | None]:
    person = world.person(name)
    with world.turn() as turn:
        place = groups.membership(turn.session, group.id, person.id)
        assert place is not None
        return place.state, place.paused_until


def jump(world: World, moment: datetime) -> None:
    world.clock.move_to(moment)
    world.settle()


def test_a_break_of_two_weeks_brings_no_backlog(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    amina, cara = world.member("Amina", of=group), world.coordinator("Cara", of=group)
    amina.say("pause")
    assert "You do not need to say why" in amina.last()
    amina.fill({HOW_LONG: "2 weeks, until Tuesday 16 March 2027"})
    assert (
        "until Tuesday 16 March 2027. Then I will tell you that the pause is over. What you miss is not sent later."
        in amina.last()
    )
    assert "saved up" not in amina.last(), "what was announced can be read afterwards"
    assert state(world, group, "Amina") == ("paused", date(2027, 3, 16))

    announce(cara, "While you were away")
    assert "Not sent, because of a pause" in cara.last()
    jump(world, datetime(2027, 3, 15, 12, 0, tzinfo=UTC))
    assert "your break is over" not in amina.screen()

    jump(world, datetime(2027, 3, 16, 1, 0, tzinfo=UTC))
    assert "your break is over" not in amina.screen()
    jump(world, datetime(2027, 3, 16, 9, 0, tzinfo=UTC))
    assert amina.screen().count("your break is over") == 1
    assert state(world, group, "Amina") == ("active", None)
    assert "While you were away" not in amina.screen()
    amina.do("Read the announcements", say="catch up")
    assert "While you were away" in amina.last()


def test_coming_back_early(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    amina, cara = world.member("Amina", of=group), world.coordinator("Cara", of=group)
    amina.say("pause for 3 months")
    assert "Your pause has begun" in amina.last()
    amina.do("Come back now", say="come back")
    assert "Welcome back" in amina.last()
    announce(cara, "Here again")
    world.settle()
    assert "Here again" in amina.screen()
    amina.say("come back")
    assert "You are not paused" in amina.last()


def test_what_waits_when_a_pause_begins_is_not_sent(one_world: World) -> None:
    world = one_world
    group = world.group("Radiotherapy volunteers")
    amina, cara = world.member("Amina", of=group), world.coordinator("Cara", of=group)
    jump(world, datetime(2027, 3, 2, 21, 0, tzinfo=UTC))
    announce(cara, "Tomorrow")
    amina.say("pause for 1 month")
    jump(world, datetime(2027, 3, 3, 9, 0, tzinfo=UTC))
    cara.press("Count again")
    assert "Not sent, because of a pause" in cara.last()
    assert "Tomorrow" not in amina.screen()


def test_a_pause_without_an_end_is_asked_about_once(one_world: World) -> None:
    world = one_world
    group = world.group("Radiotherapy volunteers")
    amina = world.member("Amina", of=group)
    amina.say("pause")
    amina.fill({HOW_LONG: 'Until I write "come back"'})
    assert state(world, group, "Amina") == ("paused", None)
    jump(world, datetime(2027, 9, 1, 12, 0, tzinfo=UTC))
    assert "Would you like to come back?" not in amina.screen()
    for days in range(0, 40, 5):
        jump(world, datetime(2027, 9, 2, 12, 0, tzinfo=UTC) + timedelta(days=days))
    assert amina.screen().count("Would you like to come back?") == 1
    amina.press("No, stay on a break")
    assert "You are still on a break" in amina.last()
    assert "I will not ask again" in amina.last()
    assert "Your pause has begun" not in amina.last()
    assert state(world, group, "Amina") == ("paused", None)


def test_an_old_no_says_what_holds_for_the_pause_of_now(one_world: World) -> None:
    world = one_world
    group = world.group("Radiotherapy volunteers")
    amina = world.member("Amina", of=group)
    amina.say("pause")
    amina.fill({HOW_LONG: 'Until I write "come back"'})
    jump(world, datetime(2027, 9, 2, 12, 0, tzinfo=UTC))
    amina.say("come back")
    amina.say("pause for 1 month")
    amina.press("No, stay on a break")
    assert "until Saturday 2 October 2027. I will not ask before that." in amina.screen()
    assert "I will not ask again" not in amina.last()


def test_whoever_says_no_to_coming_back_is_not_asked_again_in_a_second_pause_either(one_world: World) -> None:
    world = one_world
    amina = world.member("Amina", of=world.group("Radiotherapy volunteers"))
    for moment in (datetime(2027, 9, 2, 12, 0, tzinfo=UTC), datetime(2027, 9, 3, 12, 0, tzinfo=UTC)):
        amina.say("come back")
        amina.say("pause")
        amina.fill({HOW_LONG: 'Until I write "come back"'})
        jump(world, moment)
    amina.press("No, stay on a break")
    assert "I will not ask again" in amina.screen()
    jump(world, datetime(2028, 4, 20, 12, 0, tzinfo=UTC))
    assert amina.screen().count("Would you like to come back?") == 0


def test_nobody_who_came_back_is_asked(one_world: World) -> None:
    world = one_world
    group = world.group("Radiotherapy volunteers")
    amina = world.member("Amina", of=group)
    amina.say("pause")
    amina.fill({HOW_LONG: 'Until I write "come back"'})
    amina.say("come back")
    jump(world, datetime(2027, 9, 3, 12, 0, tzinfo=UTC))
    assert "Would you like to come back?" not in amina.screen()


def test_a_sentence_that_begins_with_pause_is_no_pause(one_world: World) -> None:
    world = one_world
    group = world.group("Radiotherapy volunteers")
    amina = world.member("Amina", of=group)
    amina.say("pause between talks was too short")
    assert state(world, group, "Amina") == ("active", None)
    world.someone("Dev").say("pause")
    dev = world.someone("Dev")
    assert "You are not in a group yet" in dev.last()
    dev.press("Stop all messages")
    assert "You can also delete your data." in dev.last()
    assert "your groups" not in dev.last()
    dev.press("Start messages again")
    assert "Messages have started again" in dev.last()
    assert "your groups" not in dev.last()


def test_who_paused_and_stopped_is_told_what_still_holds(world: World) -> None:
    amina = world.member("Amina", of=world.group("Radiotherapy volunteers"))
    amina.say("pause for 1 month")
    amina.say("stop")
    assert "You are still in your groups" in amina.last()
    amina.say("start")
    assert "You are still on a break, so I write nothing about your groups." in amina.last()
    amina.say("stop")
    amina.do("Come back now", say="come back")
    assert "All messages are stopped." in amina.screen()
    amina.do("Start messages again", say="start")
    assert "Messages have started again" in amina.last()


def test_who_stopped_before_a_pause_is_promised_nothing_and_can_start_again(world: World) -> None:
    amina = world.member("Amina", of=world.group("Radiotherapy volunteers"))
    for length in ("2 weeks, until Tuesday 16 March 2027", 'Until I write "come back"'):
        amina.say("stop")
        amina.say("pause")
        amina.fill({HOW_LONG: length})
        assert amina.sees("Your pause has begun", "All messages are stopped.")
        for words in ("I will", "Stop all messages"):
            assert words not in amina.last()
        amina.do("Start messages again", say="start")
        assert "Messages have started again" in amina.last()


def test_who_stops_messages_in_a_pause_and_stays_away_reads_what_holds(one_world: World) -> None:
    world = one_world
    amina = world.member("Amina", of=world.group("Radiotherapy volunteers"))
    amina.say("pause")
    amina.fill({HOW_LONG: 'Until I write "come back"'})
    jump(world, datetime(2027, 9, 2, 12, 0, tzinfo=UTC))
    amina.say("stop")
    amina.press("No, stay on a break")
    assert amina.sees("You are still on a break", "All messages are stopped.", "Start messages again")
    for words in ("I will not ask", "Stop all messages"):
        assert words not in amina.screen().rpartition("You are still on a break")[2]


def test_whoever_asked_for_a_call_is_asked_by_a_coordinator_and_not_before_time(one_world: World) -> None:
    world = one_world
    group = world.group("Radiotherapy volunteers")
    amina, cara = world.member("Amina", of=group), world.coordinator("Cara", of=group)
    person = world.person("Amina")
    with world.turn() as turn:
        turn.session.merge(person).reach_by = "call"
    amina.say("pause")
    amina.fill({HOW_LONG: 'Until I write "come back"'})
    assert "A coordinator will ask you once, in 6 months, if you want to come back." in amina.last()
    cara.say("call list")
    assert "There is nobody to call" in cara.last()
    jump(world, datetime(2027, 9, 2, 12, 0, tzinfo=UTC))
    cara.say("call list")
    assert "Would you like to come back?" in cara.last()
    amina.say("come back")
    cara.say("call list")
    assert "There is nobody to call" in cara.last()


def test_stop_and_start(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    amina, cara = world.member("Amina", of=group), world.coordinator("Cara", of=group)
    jump(world, datetime(2027, 3, 2, 21, 0, tzinfo=UTC))
    announce(cara, "Waiting for the morning")
    amina.say("stop")
    assert "until you reply" in amina.last()
    jump(world, datetime(2027, 3, 3, 10, 0, tzinfo=UTC))
    announce(cara, "Written later")
    assert "Waiting for the morning" not in amina.screen()
    assert "Written later" not in amina.screen()
    amina.say("groups")
    assert "Radiotherapy volunteers" in amina.last()

    amina.do("Start messages again", say="start")
    assert "Messages have started again" in amina.screen()
    announce(cara, "The newest")
    assert "Waiting for the morning" not in amina.screen()
    assert "The newest" in amina.screen()
    amina.say("start")
    assert "Messages are not stopped" in amina.last()


def test_own_quiet_hours(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    amina, cara = world.member("Amina", of=group), world.coordinator("Cara", of=group)
    amina.say("quiet hours")
    amina.fill({HOURS: "6pm to 10am"})
    assert "from 6pm to 10am" in amina.last()
    jump(world, datetime(2027, 3, 3, 9, 0, tzinfo=UTC))
    announce(cara, "Good morning")
    assert "Good morning" not in amina.screen()
    jump(world, datetime(2027, 3, 3, 10, 1, tzinfo=UTC))
    assert "Good morning" in amina.screen()

    amina.say("quiet hours")
    amina.fill({HOURS: "As usual, 8pm to 8am"})
    assert "from 8pm to 8am" in amina.last()
    assert world.person("Amina").quiet_hours == ""


def test_other_quiet_hours_are_read_and_checked(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    amina = world.member("Amina", of=group)
    amina.say("quiet hours")
    amina.fill({HOURS: "Other times", "Other times: from when?": "7:30pm", "Other times: until when?": "midday"})
    assert "from 7:30pm to midday" in amina.last()
    assert world.person("Amina").quiet_hours == "19:30-12:00"

    amina.say("quiet hours")
    if world.way == "words":
        assert "Chosen now: Other times" in amina.last()
    amina.say("Other times")
    if world.way == "words":
        assert "7:30pm" in amina.last()
        assert "19:30" not in amina.last()
        assert "skip" not in amina.last().lower()
    amina.say("half past nonsense")
    assert "You can type a time like" in amina.last()
    amina.say("9pm")
    amina.say("9pm")
    assert "2 different times" in amina.last()
    amina.say("skip")
    assert "You can type a time like" in amina.last()
    amina.say("9:15am")
    assert world.person("Amina").quiet_hours == "21:00-09:15"


def test_nobody_who_wrote_stop_is_asked(one_world: World) -> None:
    world = one_world
    group = world.group("Radiotherapy volunteers")
    amina = world.member("Amina", of=group)
    amina.say("pause")
    amina.fill({HOW_LONG: 'Until I write "come back"'})
    amina.say("stop")
    with world.turn() as turn:
        assert turn.session.scalar(select(Letter.id).where(Letter.state == "waiting")) is None


def test_whoever_is_on_a_break_and_says_start_reads_how_to_end_it(world: World) -> None:
    amina = world.member("Amina", world.group("Volunteers"))
    amina.say("pause for 1 month")
    amina.say("start")
    assert "You are still on a break" in amina.last()
    assert "as usual" not in amina.last()
    amina.do("Come back now", say="come back")
    amina.say("start")
    assert "You hear what is new, as usual." in amina.last()


def test_whoever_a_coordinator_calls_is_not_told_that_i_write(world: World) -> None:
    amina = world.member("Amina", of=world.group("Radiotherapy volunteers"))
    person = world.person("Amina")
    with world.turn() as turn:
        turn.session.merge(person).reach_by = "call"
    amina.say("start")
    assert amina.sees("Messages are not stopped", "You hear what is new, as usual.")
    assert "I write" not in amina.last()
    amina.say("stop")
    amina.do("Start messages again", say="start")
    assert amina.sees("From now on you hear what is new. I do not send what was stopped.")
    assert "I write" not in amina.last()
