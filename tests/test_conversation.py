"""What a typed yes, number or beginning of a label means: the lowest card that the person sees."""

from __future__ import annotations

from datetime import datetime, timedelta

from handlers import cards
from handlers.chat import Account, Button, Event, Forwarded, Pressed
from storage import feedback, lowest
from tests.test_meetings import answers, planned
from tests.world import World


def passed_on(world: World) -> int:
    """How many comments of Amina's there are."""
    amina = world.person("Amina")
    with world.turn() as turn:
        return len(feedback.comments_by(turn.session, amina))


def test_a_no_to_something_newer_does_not_delete_what_waits_to_be_passed_on(world: World) -> None:
    amina = world.member("Amina", of=world.group("Volunteers"))
    amina.say("The parking was so hard to find")
    amina.say("leave volunteers")
    amina.do("No, stay in the group", say="no")
    assert "still a member" in amina.last()
    amina.say("yes")
    assert amina.sees("The parking was so hard to find", "Shall I pass this on?")
    assert passed_on(world) == 0
    amina.do("Yes", say="yes")
    assert passed_on(world) == 1


def test_a_yes_to_an_invitation_that_came_since_passes_nothing_on(world: World) -> None:
    group = world.group("Volunteers")
    amina = world.member("Amina", of=group)
    amina.say("I am so tired of all this")
    meeting = planned(world, group, datetime(2027, 3, 9, 18))
    world.wait(hours=1)
    assert "Can you come to a meeting?" in amina.last()
    amina.say("yes")
    assert amina.sees("I am so tired of all this", "Shall I pass this on?")
    assert (passed_on(world), answers(world, meeting)) == (0, {})
    amina.say("no")
    assert "Nobody has read it." in amina.last()
    amina.say("yes")
    assert answers(world, meeting) == {"Amina": ("yes", "")}


def test_a_card_about_one_meeting_that_was_asked_for_is_answered_by_a_bare_yes(world: World) -> None:
    group = world.group("Volunteers")
    amina = world.member("Amina", of=group)
    first, second = planned(world, group, datetime(2027, 3, 9, 18)), planned(world, group, datetime(2027, 3, 11, 18))
    world.wait(hours=1)
    amina.say("yes")
    assert "Which meeting do you mean?" in amina.last()
    amina.say(f"meeting {second.number}")
    amina.say("not sure")
    assert (answers(world, first), answers(world, second)) == ({}, {"Amina": ("not_sure", "")})


def test_a_number_means_what_is_seen_and_not_what_waits_for_the_morning(world: World) -> None:
    group = world.group("Volunteers")
    amina = world.member("Amina", of=group)
    world.wait_until(world.now.replace(hour=22))
    amina.say("my groups")
    meeting = planned(world, group, datetime(2027, 3, 9, 18))
    amina.say("1")
    assert answers(world, meeting) == {}
    world.wait_until(world.now.replace(hour=11) + timedelta(days=1))
    assert "Can you come to a meeting?" in amina.last()
    amina.say("1")
    assert answers(world, meeting) == {"Amina": ("yes", "")}


def test_a_label_can_be_begun_where_no_other_begins_so(world: World) -> None:
    group = world.group("Volunteers")
    world.member("Amina", of=group)
    cara = world.coordinator("Cara", of=group)
    cara.say("announce")
    cara.fill({"What do you want to say?": "There is cake."})
    assert "Send this to 1 person?" in cara.last()
    cara.say("Send")
    assert "What became of this announcement" in cara.last()
    assert "Shall I pass this on?" not in cara.last()


def test_a_word_of_ours_where_an_answer_is_to_be_chosen_is_asked_about(world: World) -> None:
    world.way = "words"
    amina = world.member("Amina", of=world.group("Volunteers"))
    amina.say("quiet hours")
    amina.say("my groups")
    assert amina.sees('"my groups" is not one of the answers', "Shall I close the form and do that?")
    amina.say("perhaps")
    assert "Please answer yes or no." in amina.last()
    amina.say("no")
    assert "When should I not write to you?" in amina.last()
    amina.say("my groups")
    amina.say("yes")
    assert "Your groups" in amina.last()
    amina.say("meetings")
    assert "When should I not write to you?" not in amina.last()


def test_a_number_is_an_answer_where_it_may_be_one_and_a_button_where_it_may_not(world: World) -> None:
    world.way = "words"
    group = world.group("Volunteers")
    cara = world.coordinator("Cara", of=group)
    cara.say("new meeting")
    cara.say("second Tuesday of the month at 6pm")
    cara.say("skip this question")
    assert "How can people join?" in cara.last()
    cara.say("2")
    for skipped in ("link", "phone number"):
        assert skipped in cara.last()
        cara.say("skip")
    assert "Where is it?" in cara.last()
    cara.say("2")
    assert "Where is it?" not in cara.last()


def test_the_lowest_card_in_the_morning_is_what_came_then_however_much_was_said_at_night(world: World) -> None:
    group = world.group("Volunteers")
    amina = world.member("Amina", of=group)
    world.wait_until(world.now.replace(hour=22))
    meeting = planned(world, group, datetime(2027, 3, 9, 18))
    for _ in range(40):
        amina.say("help")
    amina.say("leave volunteers")
    world.wait_until(world.now.replace(hour=9) + timedelta(days=1))
    amina.say("yes")
    assert answers(world, meeting) == {"Amina": ("yes", "")}
    amina.say("my groups")
    assert "You are a member." in amina.last()


def test_a_card_further_up_that_was_pressed_is_shown_below_before_a_yes_does_what_it_asks(world: World) -> None:
    world.way = "buttons"
    group = world.group("Volunteers")
    amina = world.member("Amina", of=group)
    amina.say("my data")
    meeting = planned(world, group, datetime(2027, 3, 9, 18))
    world.wait(hours=1)
    amina.press("Delete my data")
    assert "Can you come to a meeting?" in amina.last()
    amina.say("yes")
    assert "Delete your data?" in amina.last()
    assert (answers(world, meeting), world.person("Amina").name) == ({}, "Amina")
    amina.say("no")
    assert "Nothing has changed" in amina.last()


def test_a_button_of_a_question_that_is_closed_answers_no_other(world: World) -> None:
    world.group("New hospital")
    world.way = "words"
    amina = world.member("Amina", of=world.group("Volunteers"))

    def press(number: int, button: Button) -> None:
        who = Account(world.platform, world.workspace, world.user("Amina"))
        event = Event(f"old-{number}", who, Pressed(button.action, button.value))
        world.app.inbox.receive(world.database, event, now=world.now)
        world.settle()

    amina.say("join new hospital")
    amina.say("Amina")
    assert "Are you aged 16 or over?" in amina.last()
    account = world.person("Amina").account_id
    assert account is not None
    with world.turn() as turn:
        found, _ = lowest.shown(turn.session, account)
    assert found is not None
    yes, _, leave = cards.load(found.body).buttons
    amina.say("cancel")
    press(1, yes)
    assert "That question is closed" in amina.last()
    amina.say("I am so tired of everything")
    for number, button in enumerate((yes, leave), 2):
        press(number, button)
        assert amina.sees("I was not sure what your answer was for", "I am so tired of everything")
    assert passed_on(world) == 0


def test_a_bare_answer_below_an_invitation_is_not_taken_for_the_form_that_stands_open(world: World) -> None:
    world.way = "words"
    group = world.group("Volunteers")
    amina = world.member("Amina", of=group)
    amina.say("change my data")
    amina.say("Amina")
    amina.say("English")
    assert "May we use your words" in amina.last()
    meeting = planned(world, group, datetime(2027, 3, 9, 18))
    world.wait(hours=1)
    for said in ("yes", "1", "no", "skip"):
        assert "Can you come to a meeting?" in amina.last()
        amina.say(said)
        assert amina.sees("I was not sure what your answer was for", "May we use your words")
        world.wait(hours=1)
        planned(world, group, datetime(2027, 3, 9, 18) + timedelta(days=len(said)))
        world.wait(hours=1)
    assert answers(world, meeting) == {}


def test_a_no_to_a_meeting_that_moved_is_not_taken_for_another(world: World) -> None:
    group = world.group("Volunteers")
    amina, cara = world.member("Amina", of=group), world.coordinator("Cara", of=group)
    first = planned(world, group, datetime(2027, 3, 9, 18))
    world.wait(hours=1)
    amina.say("yes")
    second = planned(world, group, datetime(2027, 3, 11, 18))
    world.wait(hours=1)
    cara.say(f"meeting {first.number}")
    cara.press("Move this meeting")
    cara.fill({"What is the new day and time?": "10 March 2027 at 6pm"})
    cara.say("yes")
    world.wait(hours=1)
    assert "It is now: Wednesday 10 March 2027" in amina.last()
    amina.say("no")
    assert "Which meeting do you mean?" in amina.last()
    amina.say("1")
    assert (answers(world, first), answers(world, second)) == ({"Amina": ("no", "")}, {})


def test_a_signpost_does_not_come_between_a_question_and_its_answer(world: World) -> None:
    group = world.group("Volunteers")
    amina = world.member("Amina", of=group)
    meeting = planned(world, group, datetime(2027, 3, 9, 18))
    world.wait(hours=1)
    amina.say("feedbak I cant breathe properly")
    assert "Did you mean" in amina.screen()
    amina.say("yes")
    assert (passed_on(world), answers(world, meeting)) == (1, {})


def test_cancel_below_another_card_deletes_nothing_that_waits(world: World) -> None:
    amina = world.member("Amina", of=world.group("Volunteers"))
    for said in ("cancel", "leave"):
        amina.say("The parking was so hard to find")
        amina.say("my groups")
        amina.say(said)
        assert amina.sees("I was not sure what your answer was for", "Shall I pass this on?")
        amina.say(said)
        assert "I have deleted" in amina.last()


def test_more_ways_to_say_yes_and_no_mean_the_card_that_asks(world: World) -> None:
    group = world.group("Volunteers")
    amina = world.member("Amina", of=group)
    meeting = planned(world, group, datetime(2027, 3, 9, 18))
    world.wait(hours=1)
    amina.say("leave volunteers")
    for said in ("ok", "i do", "sure"):
        amina.say(said)
        assert "Leave Volunteers?" in amina.last()
    amina.say("nope")
    assert "You are still a member" in amina.last()
    amina.say("leave volunteers")
    amina.say("no stay in the group")
    assert "You are still a member" in amina.last()
    assert answers(world, meeting) == {}


def test_what_is_no_plain_yes_or_no_passes_nothing_on_and_deletes_nothing(world: World) -> None:
    amina = world.member("Amina", of=world.group("Volunteers"))
    amina.say("My husband shouts all day")
    for said in ("ok", "I am", "I do not", "maybe", "not sure", "7"):
        amina.say(said)
        assert "I was not sure what your answer was for" in amina.last()
    amina.say("I do not sleep")
    assert amina.sees("My husband shouts all day", "I do not sleep")
    amina.say("don't pass it on")
    assert "I have deleted" in amina.last()
    assert passed_on(world) == 0


def test_asking_again_keeps_a_message_no_longer(world: World) -> None:
    amina = world.member("Amina", of=world.group("Volunteers"))
    amina.say("My consultant is cruel")
    world.wait(hours=23)
    amina.say("ok")
    assert "Shall I pass this on?" in amina.last()
    world.wait(hours=2)
    amina.say("yes")
    assert "That question is closed" in amina.last()
    assert passed_on(world) == 0


def test_a_doubt_offers_only_what_the_person_may_do_and_loses_no_sentence(world: World) -> None:
    world.way = "words"
    amina = world.member("Amina", of=world.group("Volunteers"))
    amina.say("quiet hours")
    amina.say("calls")
    assert "Please choose one of the 4 answers." in amina.last()
    amina.say("meeting days at the hospital")
    amina.say("yes")
    assert amina.sees("meeting days at the hospital", "Shall I pass this on?")


def test_a_message_chosen_while_a_form_is_half_filled_says_that_the_form_is_closed(one_world: World) -> None:
    one_world.way = "words"
    amina = one_world.member("Amina", of=one_world.group("Volunteers"))
    amina.say("quiet hours")
    who = Account(one_world.platform, one_world.workspace, one_world.user("Amina"))
    event = Event("chosen", who, Forwarded("The lift was broken", own=True))
    one_world.app.inbox.receive(one_world.database, event, now=one_world.now)
    one_world.settle()
    assert amina.sees("The form that was open is closed. I have not kept its answers.", "Shall I pass this on?")
    amina.say("yes")
    assert passed_on(one_world) == 1
