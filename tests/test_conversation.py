"""What a typed yes, number or beginning of a label means: the lowest card that the person sees."""

from __future__ import annotations

from datetime import datetime, timedelta

from storage import feedback
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
