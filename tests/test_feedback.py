"""Feedback: saved at once, with a number and an owner, and its author is told what came of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

import handlers
from handlers.chat import Refusal
from storage import conversations, digests, home, people
from storage.database import Base
from storage.feedback import Comment
from tests.phones import Phone
from tests.world import World

CHAIRS = "The chairs in the waiting room are too low for my mum"


def comments(world: World, *, group: int | None = None) -> list[Comment]:
    """Those that stand: all, or of one group; oldest first."""
    query = select(Comment).where(Comment.state != "withdrawn").order_by(Comment.number)
    with world.turn() as turn:
        return list(turn.session.scalars(query.where(Comment.group_id == group) if group else query))


def answer(cara: Phone, number: int, words: str) -> None:
    cara.do("Show comments", say="comments")
    cara.press(f"Open F-{number}")
    cara.press(f"Say what happened: F-{number}")
    cara.fill({f"What came of F-{number}?": words})


def form_of(phone: Phone) -> str:
    """The form on the phone's screen."""
    form = phone.native.form
    return str(form() if callable(form) else form)


def stored(world: World) -> str:
    """Every row of every table, secrets readable."""
    with world.turn() as turn:
        rows = [row for table in Base.metadata.sorted_tables for row in turn.session.execute(select(table))]
    return "\n".join(str(tuple(row)) for row in rows)


def test_feedback_is_saved_with_a_number_an_owner_and_a_receipt(world: World) -> None:
    group = world.group("Volunteers")
    amina, cara = world.member("Amina", group), world.coordinator("Cara", group)
    amina.say(f"feedback {CHAIRS}")
    assert amina.sees("Saved as F-1", "Cara will read it", CHAIRS, "Messages are not read straight away")
    world.settle()
    assert "A new comment waits" in cara.screen()
    assert "chairs" not in cara.screen()
    assert "Amina" not in cara.screen()
    cara.do("Show comments", say="comments")
    assert cara.sees("F-1, Amina", CHAIRS, "Tuesday 2 March 2027")


def test_the_form_is_there_for_those_who_press(world: World) -> None:
    amina = world.member("Amina", world.group("Volunteers"))
    amina.say("help")
    amina.do("Give feedback", say="feedback")
    amina.fill({"What would you like to say?": CHAIRS})
    assert amina.sees("Saved as F-1")


def test_in_several_groups_the_form_asks_which(world: World) -> None:
    first, second = world.group("Radiotherapy"), world.group("Hospital")
    amina = world.member("Amina", first)
    world.member("Amina", second)
    cara = world.coordinator("Cara", second)
    amina.say("help")
    amina.do("Give feedback", say="feedback")
    amina.fill({"What is it about?": "Hospital", "What would you like to say?": CHAIRS})
    assert amina.sees("It is about Hospital", "Cara will read it")
    cara.say("comments")
    assert CHAIRS in cara.last()


def test_in_several_groups_feedback_is_saved_first_and_placed_after(world: World) -> None:
    first, second = world.group("Radiotherapy"), world.group("Hospital")
    amina = world.member("Amina", first)
    world.member("Amina", second)
    cara, eve = world.coordinator("Cara", second), world.coordinator("Eve", first)
    amina.say(f"feedback {CHAIRS}")
    assert amina.sees("Saved as F-1")
    amina.press("It is about Hospital")
    assert amina.sees("It is about Hospital", "Cara will read it")
    cara.say("comments")
    assert CHAIRS in cara.last()
    eve.say("comments")
    assert "chairs" not in eve.screen()


def test_anything_else_is_kept_until_the_person_says_whether_to_pass_it_on(world: World) -> None:
    group = world.group("Volunteers")
    amina, cara = world.member("Amina", group), world.coordinator("Cara", group)
    amina.say(CHAIRS)
    assert amina.sees("Shall I pass this on?", CHAIRS)
    assert not comments(world)
    amina.press("Yes")
    assert amina.sees("Saved as F-1")
    cara.say("comments")
    assert CHAIRS in cara.last()


def test_on_no_it_is_deleted(world: World) -> None:
    amina = world.member("Amina", world.group("Volunteers"))
    amina.say(CHAIRS)
    amina.press("No")
    assert "I have deleted it" in amina.screen()
    assert not comments(world)
    assert "chairs" not in stored(world)
    with world.turn() as turn:
        account = people.account_of(turn.session, world.platform, world.workspace, world.user("Amina"))
        assert account is not None
        assert conversations.open_question(turn.session, account.id, now=turn.now) is None


def test_what_was_said_before_a_word_was_cancelled_is_gone(one_world: World) -> None:
    amina = one_world.member("Amina", one_world.group("Volunteers"))
    amina.say("The chairs are too low")
    amina.say("My mum could not get up from a chair")
    assert "chairs" in stored(one_world)
    amina.say("cancel")
    assert "I have deleted it" in amina.last()
    assert "Nobody has read it" in amina.last()
    assert "chair" not in stored(one_world)


def test_who_leaves_the_question_is_told_that_the_message_is_deleted(world: World) -> None:
    amina = world.member("Amina", world.group("Volunteers"))
    amina.say(CHAIRS)
    assert amina.sees("If you say no or leave, I delete it.")
    amina.press("Leave this form")
    assert amina.sees("I have deleted it", "Nobody has read it")
    assert "I have not kept your answers" not in amina.screen()
    assert "chairs" not in stored(world)


def test_a_yes_pressed_below_something_newer_passes_it_on(one_world: World) -> None:
    amina = one_world.member("Amina", one_world.group("Volunteers"))
    amina.say(CHAIRS)
    amina.say("help")
    amina.press("Yes")
    assert amina.sees("Saved as F-1")


@pytest.mark.parametrize("typed", ["leave", "Leave.", "leave this form", "3", "cancel", "no", "2"])
def test_it_can_be_left_by_words_and_by_numbers(one_world: World, typed: str) -> None:
    amina = one_world.member("Amina", one_world.group("Volunteers"))
    amina.say(CHAIRS)
    amina.say(typed)
    assert "I have deleted it" in amina.last()
    assert "chairs" not in stored(one_world)


def test_another_form_waits_until_it_is_said_whether_to_pass_a_message_on(world: World) -> None:
    amina = world.member("Amina", world.group("Volunteers"))
    amina.say(CHAIRS)
    assert "delete" not in amina.messages()[-2]
    for word in ("feedback", "complain about my data"):
        amina.say(word)
        if "Shall I pass this on?" not in amina.last():
            # The form stands on the screen, beside the question.
            continue
        assert "Please answer this first. Then ask me again for what you wanted." in amina.last()
        assert CHAIRS in amina.last()
    amina.say("yes")
    assert amina.sees("Saved as F-1")
    (comment,) = comments(world)
    assert comment.text == CHAIRS
    amina.say("complain about my data")
    assert "What is wrong with how we keep or use your data?" in amina.last()


def test_a_message_that_waits_is_not_lost_to_an_older_question(one_world: World) -> None:
    amina = one_world.member("Amina", one_world.group("Volunteers"))
    amina.say("meetinks")
    amina.say("help")
    amina.say(CHAIRS)
    amina.press("No, I meant what I wrote")
    amina.press("Yes")
    (comment,) = comments(one_world)
    assert comment.text == f"{CHAIRS}\n\nmeetinks"


def test_who_reads_it_is_said_before_and_after(one_world: World) -> None:
    first, second = one_world.group("Radiotherapy"), one_world.group("Hospital")
    amina, eve, dev = one_world.member("Amina", first), one_world.member("Eve", first), one_world.someone("Dev")
    one_world.member("Eve", second)
    one_world.coordinator("Cara", first)
    ada = one_world.admin("Ada")
    for phone, reader, says in (
        (amina, "a coordinator", "Cara will read it."),
        (eve, "a coordinator or an administrator", "Cara will read it. Administrators can read it too."),
        (dev, "an administrator", "Ada will read it."),
    ):
        phone.say(CHAIRS)
        assert f"If you say yes, {reader} reads it with your name." in phone.last()
        phone.say("yes")
        assert says in phone.last()
        phone.native.say("feedback")
        assert f"{reader[0].upper()}{reader[1:]} will read it, with your name." in phone.screen() + form_of(phone)
        phone.say("cancel")
    ada.say("service comments")
    assert ada.sees("F-2, Eve", "F-3, Dev")
    assert "F-1" not in ada.screen()


def test_what_a_lone_coordinator_says_is_read_by_an_administrator(one_world: World) -> None:
    cara = one_world.coordinator("Cara", one_world.group("Volunteers"))
    one_world.admin("Ada")
    cara.say(CHAIRS)
    assert "an administrator reads it with your name" in cara.last()
    cara.say("yes")
    assert "Ada will read it." in cara.last()


def test_several_short_messages_become_one_comment(world: World) -> None:
    amina = world.member("Amina", world.group("Volunteers"))
    amina.say("The chairs are too low")
    amina.say("My mum could not get up")
    amina.press("Yes")
    (comment,) = comments(world)
    assert comment.text == "The chairs are too low\n\nMy mum could not get up"


def test_what_is_not_passed_on_within_a_day_is_gone(one_world: World) -> None:
    amina = one_world.member("Amina", one_world.group("Volunteers"))
    amina.say(CHAIRS)
    one_world.wait(hours=25)
    with one_world.turn() as turn:
        assert turn.session.query(conversations.OpenQuestion).count() == 0
    assert "chairs" not in stored(one_world)
    amina.say("yes")
    assert not comments(one_world)


def test_the_author_is_told_what_came_of_it(world: World) -> None:
    group = world.group("Volunteers")
    amina, cara = world.member("Amina", group), world.coordinator("Cara", group)
    amina.say(f"feedback {CHAIRS}")
    answer(cara, 1, "We ordered 6 higher chairs. They come in May.")
    assert cara.sees("F-1 is answered", "I am telling Amina")
    world.settle()
    assert "There is news about your feedback F-1" in amina.last()
    assert "chairs" not in amina.last()
    amina.do("Read what happened", say="status f1")
    assert amina.sees("We ordered 6 higher chairs", "Answered")
    cara.do("Show comments", say="comments")
    assert "No comments are waiting" in cara.screen()
    cara.press("Show answered comments")
    assert "We ordered 6 higher chairs" in cara.screen()


@pytest.mark.parametrize("typed", ["F-1", "f1", "1", "F 1", "#1", "f-1."])
def test_a_number_is_understood_however_it_is_typed(one_world: World, typed: str) -> None:
    amina = one_world.member("Amina", one_world.group("Volunteers"))
    amina.say(f"feedback {CHAIRS}")
    amina.say(f"status {typed}")
    assert "Waiting for an answer" in amina.last()


def test_what_only_begins_like_a_status_is_feedback(one_world: World) -> None:
    amina = one_world.member("Amina", one_world.group("Volunteers"))
    amina.say("status of the new scanner is a mystery to us all")
    assert "Shall I pass this on?" in amina.last()


def test_nobody_sees_the_comments_of_others(world: World) -> None:
    group, other = world.group("Volunteers"), world.group("Hospital")
    amina, bea = world.member("Amina", group), world.member("Eve", group)
    cara = world.coordinator("Cara", other)
    amina.say(f"feedback {CHAIRS}")
    bea.say("status F-1")
    assert "I cannot find that comment" in bea.last()
    bea.say("comments")
    assert "This is for coordinators" in bea.last()
    cara.say("comments")
    assert "No comments are waiting" in cara.last()
    assert "chairs" not in bea.screen() + cara.screen()


def test_buttons_that_a_client_made_up_are_refused(one_world: World) -> None:
    group, other = one_world.group("Volunteers"), one_world.group("Hospital")
    amina, _ = one_world.member("Amina", group), one_world.coordinator("Cara", other)
    one_world.member("Eve", group)
    amina.say(f"feedback {CHAIRS}")
    for name, actions in {
        "Eve": ("status", "taking_back", "take_back", "read", "outcome", "take_over"),
        "Cara": ("status", "taking_back", "take_back", "read", "outcome", "take_over"),
        "Amina": ("read", "outcome", "take_over"),
    }.items():
        person = one_world.person(name)
        for action in actions:
            with one_world.turn() as turn, pytest.raises(Refusal):
                handlers.router.presses[f"feedback.{action}"](turn, person, "1")
        with one_world.turn() as turn, pytest.raises(Refusal):
            handlers.router.submissions["feedback.outcome"](turn, person, "1", {"outcome": "Mine"})
    (comment,) = comments(one_world)
    assert comment.state == "open"


def test_a_comment_can_be_taken_back(world: World) -> None:
    group = world.group("Volunteers")
    amina, cara = world.member("Amina", group), world.coordinator("Cara", group)
    amina.say(f"feedback {CHAIRS}")
    amina.press("Take back F-1")
    amina.press("Yes, take back F-1")
    assert amina.sees("You took back F-1")
    amina.say("my feedback")
    assert "You took it back" in amina.last()
    assert CHAIRS not in amina.last()
    cara.say("comments")
    assert "No comments are waiting" in cara.last()


def test_what_is_taken_back_is_gone_from_what_was_answered_to_anybody(world: World) -> None:
    group = world.group("Volunteers")
    amina, cara = world.member("Amina", group), world.coordinator("Cara", group)
    amina.say(CHAIRS)
    amina.press("Yes")
    amina.say("my feedback")
    cara.say("comments")
    answer(cara, 1, "Higher chairs come in May.")
    amina.say("feedback The tea is good")
    cara.say("comments")
    amina.say("status F-1")
    amina.press("Take back F-1")
    amina.press("Yes, take back F-1")
    assert "chairs" not in stored(world)
    assert "The tea is good" in stored(world)
    cara.press("Open F-2")
    cara.press("Say what happened: F-2")
    cara.fill({"What came of F-2?": "Thank you."})
    assert cara.sees("F-2 is answered")


def test_one_short_word_taken_back_takes_nothing_else_with_it(one_world: World) -> None:
    amina = one_world.member("Amina", one_world.group("Volunteers"))
    amina.say("feedback us")
    before = stored(one_world)
    amina.press("Take back F-1")
    amina.press("Yes, take back F-1")
    assert "You wrote: us" in before
    assert "You wrote: us" not in stored(one_world)
    assert "use" in before
    assert before.count("use ") == stored(one_world).count("use ")


def test_what_is_deleted_with_everything_else_is_gone_from_the_lists_of_coordinators(one_world: World) -> None:
    group = one_world.group("Volunteers")
    amina, cara = one_world.member("Amina", group), one_world.coordinator("Cara", group)
    amina.say(f"feedback {CHAIRS}")
    cara.say("comments")
    amina.say("delete my data")
    amina.press("Yes, delete my data")
    assert "chairs" not in stored(one_world)


def test_another_coordinator_takes_over(world: World) -> None:
    group = world.group("Volunteers")
    amina, cara = world.member("Amina", group), world.coordinator("Cara", group)
    eve = world.coordinator("Eve", group)
    amina.say(f"feedback {CHAIRS}")
    assert amina.sees("Cara will read it")
    eve.say("comments")
    eve.press("Open F-1")
    eve.press("Take over F-1")
    assert eve.sees("You now look after F-1", "Amina can see your name when they look at F-1")
    amina.say("status F-1")
    assert "Eve" in amina.last()
    cara.say("comments")
    assert "Owner: Eve" in cara.last()


def test_a_comment_of_a_coordinator_is_owned_by_another(one_world: World) -> None:
    group = one_world.group("Volunteers")
    cara = one_world.coordinator("Cara", group)
    one_world.coordinator("Eve", group)
    cara.say(f"feedback {CHAIRS}")
    assert "Eve will read it" in cara.screen()


def test_without_a_group_an_administrator_owns_it(world: World) -> None:
    dev, ada = world.someone("Dev"), world.admin("Ada")
    dev.say(f"feedback {CHAIRS}")
    assert dev.sees("Ada will read it")
    world.settle()
    assert "A new comment waits" in ada.screen()
    ada.say("service comments")
    assert CHAIRS in ada.last()
    ada.press("Open F-1")
    ada.press("Say what happened: F-1")
    ada.fill({"What came of F-1?": "Not now, because we move in May."})
    world.settle()
    assert "There is news about your feedback F-1" in dev.last()


def test_coordinators_are_told_once_an_hour(one_world: World) -> None:
    group = one_world.group("Volunteers")
    amina, cara = one_world.member("Amina", group), one_world.coordinator("Cara", group)
    for _ in range(3):
        amina.say(f"feedback {CHAIRS}")
    one_world.settle()
    assert cara.screen().count("A new comment waits") == 1
    one_world.wait(hours=1)
    amina.say(f"feedback {CHAIRS}")
    one_world.settle()
    assert cara.screen().count("A new comment waits") == 2


def test_a_long_comment_is_read_whole(world: World) -> None:
    group = world.group("Volunteers")
    amina, cara = world.member("Amina", group), world.coordinator("Cara", group)
    amina.say("feedback " + "The ward is too loud at night. " * 60 + "The last words count.")
    cara.say("comments")
    assert "The last words count" not in cara.last()
    cara.press("Open F-1")
    assert "The last words count" in cara.screen()


def test_long_lists_come_a_few_at_a_time(world: World) -> None:
    group = world.group("Volunteers")
    amina, cara = world.member("Amina", group), world.coordinator("Cara", group)
    for number in range(1, 8):
        amina.say(f"feedback Point {number} about the ward")
    amina.say("my feedback")
    assert "Point 7" in amina.last()
    assert "Point 2 " not in amina.last()
    amina.press("Show more feedback (2)")
    assert "Point 2 about" in amina.last()
    cara.say("comments")
    assert "Point 6" not in cara.last()
    cara.press("Show more comments (2)")
    assert "Point 6 about" in cara.last()


def test_no_comment_is_passed_over_while_others_are_answered(one_world: World) -> None:
    group = one_world.group("Volunteers")
    amina, cara = one_world.member("Amina", group), one_world.coordinator("Cara", group)
    eve = one_world.coordinator("Eve", group)
    for number in range(1, 8):
        amina.say(f"feedback Point {number} about the ward")
    cara.say("comments")
    answer(eve, 1, "It is done.")
    answer(eve, 2, "It is done.")
    cara.press("Show more comments (2)")
    assert cara.sees("Waiting: 5.", "Point 6 about", "Point 7 about")


def test_the_list_begins_again_when_nothing_comes_after(one_world: World) -> None:
    group = one_world.group("Volunteers")
    amina, cara = one_world.member("Amina", group), one_world.coordinator("Cara", group)
    eve = one_world.coordinator("Eve", group)
    for number in range(1, 7):
        amina.say(f"feedback Point {number} about the ward")
    cara.say("comments")
    eve.say("comments")
    eve.press("Show more comments (1)")
    eve.press("Open F-6")
    eve.press("Say what happened: F-6")
    eve.fill({"What came of F-6?": "It is done."})
    cara.press("Show more comments (1)")
    assert cara.sees("Waiting: 5.", "Point 1 about", "Point 5 about")


def test_who_answers_a_comment_that_was_taken_back_is_told(world: World) -> None:
    group = world.group("Volunteers")
    amina, cara = world.member("Amina", group), world.coordinator("Cara", group)
    amina.say(f"feedback {CHAIRS}")
    cara.say("comments")
    cara.press("Open F-1")
    amina.press("Take back F-1")
    amina.press("Yes, take back F-1")
    cara.press("Say what happened: F-1")
    assert cara.sees("F-1 was taken back", "There is nothing to answer")
    assert "chairs" not in cara.last()


def test_an_answered_comment_is_not_taken_over(one_world: World) -> None:
    group = one_world.group("Volunteers")
    amina, cara = one_world.member("Amina", group), one_world.coordinator("Cara", group)
    eve = one_world.coordinator("Eve", group)
    amina.say(f"feedback {CHAIRS}")
    answer(cara, 1, "They come in May.")
    eve.say("comments")
    eve.press("Show answered comments")
    eve.press("Open F-1")
    assert eve.sees("They come in May.", "Change what happened: F-1")
    assert "Take over" not in eve.last()


def test_what_cannot_be_placed_any_more_says_why(one_world: World) -> None:
    first, second = one_world.group("Radiotherapy"), one_world.group("Hospital")
    amina, ada = one_world.member("Amina", first), one_world.admin("Ada")
    one_world.member("Amina", second)
    amina.say(f"feedback {CHAIRS}")
    ada.say("service comments")
    ada.press("Open F-1")
    ada.press("Say what happened: F-1")
    ada.fill({"What came of F-1?": "They come in May."})
    amina.press("It is about Hospital")
    assert amina.sees("F-1 stays as it is", "It is answered already")


def test_comments_of_somebody_who_is_not_to_be_named_wait_for_nobody(one_world: World) -> None:
    group = one_world.group("Volunteers")
    amina, cara = one_world.member("Amina", group), one_world.coordinator("Cara", group)
    amina.say(f"feedback {CHAIRS}")
    cara.say("home")
    assert "1 comment without an outcome" in cara.screen()
    stopped, reader = one_world.person("Amina"), one_world.person("Cara")
    with one_world.turn() as turn:
        person = turn.session.get_one(people.Person, stopped.id)
        person.silenced_at = turn.now
        turn.session.flush()
        assert home.comments_waiting(turn.session, reader, [group.id]) == 0
        (counted,) = digests.weeks(
            turn.session,
            one_world.organisation_id,
            since=turn.now - timedelta(days=7),
            before=turn.now + timedelta(days=1),
            now=turn.now,
            to_book={group.id: 1},
        )
    assert counted.comments == 0
    cara.say("comments")
    assert "No comments are waiting" in cara.last()


@pytest.mark.parametrize("said", ["stop", "pause for 1 month"])
def test_who_answers_somebody_that_gets_no_news_is_asked_to_tell_them(one_world: World, said: str) -> None:
    group = one_world.group("Volunteers")
    amina, cara = one_world.member("Amina", group), one_world.coordinator("Cara", group)
    amina.say(said)
    amina.say(f"feedback {CHAIRS}")
    assert 'Reply "my feedback" to see what came of it.' in amina.last()
    cara.say("comments")
    cara.press("Open F-1")
    cara.press("Say what happened: F-1")
    assert "will read this" not in form_of(cara)
    assert "I do not write to Amina now, so please tell them yourself." in form_of(cara)
    cara.fill({"What came of F-1?": "They come in May."})
    assert "I do not write to Amina now, so please tell them yourself." in cara.last()
    one_world.settle()
    assert "There is news" not in amina.screen()


def test_who_answers_what_somebody_wrote_down_for_another_reads_who_will_read_it(one_world: World) -> None:
    group = one_world.group("Volunteers")
    one_world.member("Amina", group)
    cara = one_world.coordinator("Cara", group)
    cara.say("answer for Amina")
    cara.press("Pass on what Amina said")
    cara.fill({"What did Amina say?": CHAIRS})
    cara.say("comments")
    cara.press("Open F-1")
    cara.press("Say what happened: F-1")
    assert "Amina will read this." in form_of(cara)


def test_nobody_is_said_to_see_who_looks_after_what_they_sent_when_all_was_stopped_for_them(one_world: World) -> None:
    group = one_world.group("Volunteers")
    amina, cara = one_world.member("Amina", group), one_world.coordinator("Cara", group)
    eve = one_world.coordinator("Eve", group)
    amina.say(f"feedback {CHAIRS}")
    eve.say("comments")
    eve.press("Open F-1")
    cara.say("stop everything for Amina")
    cara.press("Yes, stop everything for Amina")
    eve.press("Take over F-1")
    assert "You now look after F-1" in eve.last()
    assert "Amina" not in eve.last()


def test_whoever_calls_about_a_comment_of_no_group_reads_who_knows_what_to_say(one_world: World) -> None:
    first, second = one_world.group("Radiotherapy"), one_world.group("Hospital")
    cara, eve, ada = one_world.coordinator("Cara", first), one_world.coordinator("Eve", second), one_world.admin("Ada")
    amina = one_world.member("Amina", first)
    one_world.member("Amina", second)
    author = one_world.person("Amina")
    with one_world.turn() as turn:
        turn.session.get_one(people.Person, author.id).reach_by = "call"
    amina.say(f"feedback {CHAIRS}")
    answer(cara, 1, "They come in May.")
    for phone in (cara, eve):
        phone.say("call list")
        assert "There is news about your feedback F-1." in phone.last()
        assert "If it is not there, ask an administrator." in phone.last()
    seen = {}
    for name, phone, word in (("Cara", cara, "comments"), ("Eve", eve, "comments"), ("Ada", ada, "service comments")):
        phone.say(word)
        phone.press("Show answered comments")
        seen[name] = "They come in May." in phone.last()
    assert seen == {"Cara": True, "Eve": False, "Ada": True}


def test_an_administrator_who_answers_reads_that_chat_does_not_reach_the_author(one_world: World) -> None:
    ada, dev = one_world.admin("Ada"), one_world.someone("Dev")
    dev.say(f"feedback {CHAIRS}")
    author = one_world.person("Dev")
    with one_world.turn() as turn:
        turn.session.get_one(people.Person, author.id).reach_by = "call"
    ada.say("service comments")
    ada.press("Open F-1")
    ada.press("Say what happened: F-1")
    assert "call list" not in ada.last()
    ada.fill({"What came of F-1?": "They come in May."})
    assert "I do not reach Dev by chat, so please tell them yourself." in ada.last()
    assert "call list" not in ada.last()
