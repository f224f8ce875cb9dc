"""Privacy: the notice first, and everybody's own data one message away."""

from __future__ import annotations

import re
import sqlite3
from datetime import timedelta

import pytest
from sqlalchemy import func, select

import handlers
from handlers.chat import Refusal
from handlers.privacy import notice_for
from handlers.texts import privacy as texts
from storage import announcements, feedback, groups, meetings, outbox, people, privacy, references, support
from storage.database import Base
from storage.groups import Group
from storage.outbox import CardBody, Letter
from storage.people import Account, Person
from tests.phones import Phone
from tests.world import World

CHAIRS = "The chairs in the waiting room are too low for my mum"
QUIRK = "a chair by the door"
KEEP = "No, keep my data"
DELETE = "Yes, delete my data"
WORDS, NAME, OTHER = (
    "May we use your words in reports, without your name?",
    "May we show your name with your words?",
    "May we write to you about other groups?",
)


def everything_about(world: World, phone: Phone, name: str, group: Group) -> None:
    """Let the person have a row of every kind."""
    person = world.person(name)
    start = world.now.replace(tzinfo=None) + timedelta(days=9)
    with world.turn() as turn:
        meeting = meetings.add_meeting(
            turn.session,
            turn.organisation,
            group,
            title="Spring meeting",
            local_start=start,
            starts_at=world.now + timedelta(days=9),
            zone="Europe/London",
            minutes=90,
            how="online",
        )
        meetings.answer(turn.session, meeting, person, answer="yes", now=turn.now, how="online")
        support.set_needs(turn.session, person, {"other": QUIRK}, now=turn.now)
        (need,) = support.needs_of(turn.session, person)
        support.set_state(
            turn.session, need, meeting, "not_met", by=person, now=turn.now, reason="No door", alternative="A stool"
        )
        people.record_consent(turn.session, person, "use_words", version="1", now=turn.now)
        announcements.draft(turn.session, group, person, "Bring your diaries", now=turn.now)
    phone.say(f"feedback {CHAIRS}")


def rows_about(world: World, person_id: int, account_id: int) -> dict[str, int]:
    """How many rows of each table point at the person or their account."""
    ends = {Person.__table__.c.id: person_id, Account.__table__.c.id: account_id}
    found = {}
    with world.turn() as turn:
        for table in Base.metadata.tables.values():
            for key in table.foreign_keys:
                if key.column in ends:
                    query = select(func.count()).select_from(table).where(key.parent == ends[key.column])
                    found[f"{table.name}.{key.parent.name}"] = turn.session.scalar(query) or 0
    return {column: number for column, number in found.items() if number}


def whole_database(world: World) -> str:
    """Every value of every row, as the file holds it, and what its secrets say."""
    with sqlite3.connect(world.folder / "world.db") as raw:
        tables = [name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        rows = [str(row) for table in tables for row in raw.execute(f'SELECT * FROM "{table}"')]  # noqa: S608
    with world.turn() as turn:
        for table in Base.metadata.tables.values():
            rows += [str(tuple(row)) for row in turn.session.execute(select(table))]
    return "\n".join(rows)


def test_the_notice_comes_first_and_once(world: World) -> None:
    dev = world.someone("Dev")
    dev.say("my data")
    assert dev.sees("computer program", "not fully private", "who needs what support", "can get copies")
    assert dev.screen().index("Before you start") < dev.screen().index("Your data")
    dev.say("my data")
    assert dev.screen().count("Before you start") == 1


def test_my_data_shows_all_that_is_held(world: World) -> None:
    group = world.group("Volunteers")
    amina = world.member("Amina", group)
    everything_about(world, amina, "Amina", group)
    amina.do("See my data", say="my data")
    assert amina.sees(
        "Name: Amina", world.user("Amina"), "Volunteers: active", QUIRK, "No door", "A stool", CHAIRS, "F-1"
    )
    assert amina.sees("We could not arrange this. Why: No door. Instead: A stool.")
    assert amina.sees("Spring meeting", "yes", "use your words", "Privacy notice", "Bring your diaries", "8pm to 8am")


def test_my_data_says_what_the_codes_of_an_account_are(world: World) -> None:
    amina = world.someone("Amina")
    amina.say("help")
    amina.say("my data")
    account_id = world.person("Amina").account_id or 0
    with world.turn() as turn:
        (account,) = people.accounts(turn.session, [account_id])
        reference = references.reference_of(turn.session, account.workspace, account.user)
    codes = f"organisation {account.workspace}, you {account.user}"
    if reference is not None:
        codes += f", you in chats {reference.contact}"
    assert amina.sees(f"Codes there: {codes}, your chat with me {account.conversation}")
    assert (world.platform == "teams") == (reference is not None)


def test_every_table_that_points_at_people_is_shown_in_my_data() -> None:
    # Fails when a new table about people is added and `storage.privacy.held` does not read it.
    pointing = {
        table.name
        for table in Base.metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table.name in ("people", "accounts", "needs") and key.ondelete == "CASCADE"
    }
    of_accounts = {"open_questions", "channel_invitations"}
    assert pointing == {"accounts", "memberships", "consent_records", "needs", "adjustments", "rsvps"} | of_accounts


def test_much_data_comes_in_parts_and_nothing_is_left_out(world: World) -> None:
    amina = world.member("Amina", world.group("Volunteers"))
    for number in range(1, 9):
        amina.say(f"feedback Point {number}: " + "the ward is too loud at night. " * 15)
    amina.say("my data")
    shown = amina.last()
    part = 2
    while f"Show part {part} of " in amina.last():
        amina.press(next(line for line in _labels(amina.last()) if line.startswith(f"Show part {part} of ")))
        shown += amina.last()
        part += 1
    assert part > 2
    assert all(f"Point {number}:" in shown for number in range(1, 9))
    assert "Messages" in shown


def _labels(message: str) -> list[str]:
    return re.findall(r"Show part \d+ of \d+", message)


def test_my_data_is_changed_and_each_opt_in_taken_back_alone(world: World) -> None:
    amina = world.member("Amina", world.group("Volunteers"))
    amina.say("change my data")
    base = {"What name would you like us to use?": "Mina", "Which language do you like to use?": "Welsh"}
    amina.fill({**base, WORDS: "Yes", NAME: "Yes", OTHER: "No"})
    assert amina.sees("Your changes are saved", "Mina", "Welsh")
    assert opted_in(world, "Mina") == {"use_words", "use_name"}
    amina.say("change my data")
    amina.fill({**base, WORDS: "Yes", NAME: "No", OTHER: "No"})
    assert opted_in(world, "Mina") == {"use_words"}
    amina.say("my data")
    assert "taken back on" in amina.screen()


def test_the_name_is_asked_for_and_nothing_is_to_be_taken_back_there(one_world: World) -> None:
    with one_world.turn() as turn:
        asked = texts.change_form(
            people.add_person(turn.session, turn.organisation.id, name="Dev", time_zone="Europe/London", now=turn.now),
            {"use_words"},
        )
    for field in asked.fields:
        assert ("take this back" in field.hint) == (field.kind == "yes_no")
    assert not asked.intro


def opted_in(world: World, name: str) -> set[str]:
    person = world.person(name)
    with world.turn() as turn:
        return {record.kind for record in people.consents_of(turn.session, person)} - {"notice"}


def test_deleting_is_asked_about_first(world: World) -> None:
    amina = world.member("Amina", world.group("Volunteers"))
    amina.say("delete my data")
    assert amina.sees("This is deleted", "This remains")
    amina.press(KEEP)
    assert amina.sees("Nothing has changed")
    assert world.person("Amina").name == "Amina"


def test_deleted_data_is_gone_from_every_table(world: World) -> None:
    group = world.group("Volunteers")
    amina, cara = world.member("Amina", group), world.coordinator("Cara", group)
    everything_about(world, amina, "Amina", group)
    world.settle()
    told = len(cara.messages())
    person = world.person("Amina")
    account_id = person.account_id or 0
    assert "announcements.author_id" in rows_about(world, person.id, account_id)
    amina.say("delete my data")
    amina.press(DELETE)
    assert amina.sees("Your data is deleted", "I will meet you as somebody new")
    world.wait(hours=1)
    assert len(cara.messages()) == told
    assert not rows_about(world, person.id, account_id)
    left = whole_database(world)
    for trace in ("Amina", world.user("Amina"), CHAIRS, QUIRK, "No door", "Bring your diaries"):
        assert trace not in left
    with world.turn() as turn:
        assert turn.session.get(Person, person.id) is None
        comment = feedback.comment_numbered(turn.session, world.organisation_id, 1)
        assert comment is not None
        assert (comment.text, comment.state, comment.author_id) == (None, "withdrawn", None)


def test_what_was_about_to_be_sent_to_them_is_not(one_world: World) -> None:
    group = one_world.group("Volunteers")
    amina = one_world.member("Amina", group)
    person = one_world.person("Amina")
    one_world.clock.move_to(one_world.now + timedelta(hours=12))
    with one_world.turn() as turn:
        turn.tell(person, texts.kept(), key="later", kind="digest", group_id=group.id)
    amina.say("delete my data")
    amina.press("Yes, delete my data")
    one_world.wait(days=2)
    with one_world.turn() as turn:
        assert outbox.columns(turn.session, "later")["not_needed"] == 1
    assert "Your data is as it was" not in amina.screen()


def announced(world: World, group: Group, name: str, *, sent: str, unsent: str) -> None:
    """Let the coordinator send one announcement, and leave another one unsent."""
    cara = world.phone(name)
    for words in (sent, unsent):
        cara.say("announce")
        cara.fill({"What do you want to say?": words})
        if words == sent:
            cara.press("Yes, send to 1 person")
    world.settle()


def test_a_draft_goes_with_its_author_and_what_was_sent_after_30_days(world: World) -> None:
    group = world.group("Volunteers")
    amina = world.member("Amina", group)
    cara = world.coordinator("Cara", group)
    world.coordinator("Eve", group)
    announced(world, group, "Cara", sent="Parking is free", unsent="Not yet for others")
    cara.say("delete my data")
    assert cara.sees("announcements you did not send", "such as announcements you sent, for at most 30 days")
    cara.press(DELETE)
    world.wait(hours=1)
    left = whole_database(world)
    assert "Not yet for others" not in left
    assert "Parking is free" in left
    amina.say("catch up")
    assert amina.sees("A coordinator wrote", "Parking is free")
    assert "Cara" not in amina.last()
    world.clock.move_to(world.now + timedelta(days=31))
    world.settle()
    assert "Parking is free" not in whole_database(world)


def test_the_words_of_announcements_are_forgotten_after_30_days_and_their_numbers_stay(one_world: World) -> None:
    group = one_world.group("Volunteers")
    one_world.member("Amina", group)
    cara = one_world.coordinator("Cara", group)
    announced(one_world, group, "Cara", sent="Parking is free", unsent="Not yet for others")
    one_world.clock.move_to(one_world.now + timedelta(days=29))
    one_world.settle()
    assert {"Parking is free", "Not yet for others"} <= set(announcement_texts(one_world))
    one_world.clock.move_to(one_world.now + timedelta(days=2))
    one_world.settle()
    assert announcement_texts(one_world) == [""]
    cara.say("announcements")
    assert "Sent to 1 of 1." in cara.last()
    assert "\n\n\n" not in cara.last()
    cara.say("my data")
    assert "to Volunteers: the words are not kept any more" in cara.last()


def announcement_texts(world: World) -> list[str]:
    with world.turn() as turn:
        return list(turn.session.scalars(select(announcements.Announcement.text)))


def test_somebody_who_comes_back_is_met_as_new(world: World) -> None:
    group = world.group("Volunteers")
    amina = world.member("Amina", group)
    amina.say("delete my data")
    amina.press(DELETE)
    amina.say("help")
    assert "Before you start" in amina.screen()
    world.wait(hours=2)
    amina.say("my groups")
    assert "You are not in a group yet" in amina.last()


def test_the_last_coordinator_is_asked_to_name_another_first(world: World) -> None:
    group = world.group("Volunteers")
    cara = world.coordinator("Cara", group)
    cara.say("delete my data")
    assert cara.sees("You are the only coordinator of Volunteers", "Nothing is deleted")
    with world.turn() as turn, pytest.raises(Refusal):
        handlers.router.presses["privacy.delete_now"](turn, groups.coordinators_of(turn.session, group.id)[0], "")
    world.coordinator("Eve", group)
    cara.say("delete my data")
    cara.press(DELETE)
    assert cara.sees("Your data is deleted")


def test_a_complaint_goes_to_administrators_alone(world: World) -> None:
    group = world.group("Volunteers")
    amina, cara, ada = world.member("Amina", group), world.coordinator("Cara", group), world.admin("Ada")
    amina.say("my data")
    amina.do("Complain about my data", say="complain about my data")
    amina.fill({"What is wrong with how we keep or use your data?": "My old name is still shown"})
    assert amina.sees("Saved as F-1", "within 30 days", "0303 123 1113", "Messages are not read straight away")
    assert amina.sees('Reply "my feedback" to see if there is an answer.')
    amina.say("my feedback")
    assert "F-1" in amina.last()
    world.settle()
    assert "A complaint waits for an answer" in ada.last()
    assert "old name" not in ada.screen()
    ada.say("service comments")
    assert ada.sees("Complaint about data: My old name is still shown")
    cara.say("comments")
    assert "old name" not in cara.screen()


def test_what_messages_said_is_forgotten_after_30_days(one_world: World) -> None:
    amina = one_world.member("Amina", one_world.group("Volunteers"))
    amina.say("groups")
    one_world.settle()
    with one_world.turn() as turn:
        assert turn.session.scalar(select(func.count()).select_from(CardBody))
    one_world.clock.move_to(one_world.now + timedelta(days=31))
    one_world.settle()
    with one_world.turn() as turn:
        assert not turn.session.scalar(select(func.count()).select_from(CardBody))
        assert turn.session.scalar(select(func.count()).select_from(Letter))


def test_support_of_people_who_left_is_forgotten_after_30_days(one_world: World) -> None:
    group = one_world.group("Volunteers")
    names = ("Amina", "Eve")
    for name in names:
        one_world.member(name, group)
        person = one_world.person(name)
        with one_world.turn() as turn:
            support.set_needs(turn.session, person, {"other": QUIRK}, now=turn.now)
    amina = one_world.phone("Amina")
    amina.say("leave volunteers")
    amina.press("Yes, leave the group")
    kept = {}
    for days in (29, 2):
        one_world.clock.move_to(one_world.now + timedelta(days=days))
        one_world.settle()
        for name in names:
            person = one_world.person(name)
            with one_world.turn() as turn:
                kept[name, days] = len(support.needs_of(turn.session, person))
    assert kept == {("Amina", 29): 1, ("Eve", 29): 1, ("Amina", 2): 0, ("Eve", 2): 1}


def test_the_jobs_do_no_harm_when_repeated(one_world: World) -> None:
    one_world.member("Amina", one_world.group("Volunteers"))
    with one_world.turn() as turn:
        for _ in range(3):
            for name, job in handlers.router.jobs.items():
                if name.startswith("privacy."):
                    job(turn)
        assert privacy.forget(turn.session, organisation_id=one_world.organisation_id) == 0
    assert one_world.person("Amina").name == "Amina"


def test_the_notice_is_made_once_for_each_person(one_world: World) -> None:
    with one_world.turn() as turn:
        person = people.add_person(
            turn.session, turn.organisation.id, name="Dev", time_zone="Europe/London", now=turn.now
        )
        notice = notice_for(turn, person)
        assert notice is not None
        assert notice_for(turn, person) is None
