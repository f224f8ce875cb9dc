"""Support to take part: asking for it, what others are told of it, and by when it has to be booked."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from handlers import adjustments, cards, home
from handlers.adjustments import Adjustment, book_by
from handlers.calendar import is_working_day
from handlers.texts import dates
from storage import meetings, people, support
from storage.groups import Group
from storage.meetings import Meeting
from storage.outbox import CardBody, Letter
from tests.phones import Phone
from tests.world import World

SIZE = "Large print papers: What size of print do you need?"
CODES = sorted(code for code in adjustments.by_code() if code != adjustments.NOTHING)


def meeting(world: World, group: Group, *, days: int, how: str = "online", title: str = "Monthly meeting") -> Meeting:
    start = (world.now + timedelta(days=days)).astimezone(UTC).replace(hour=18, minute=0, tzinfo=None)
    with world.turn() as turn:
        return meetings.add_meeting(
            turn.session,
            turn.organisation,
            group,
            title=title,
            local_start=start,
            starts_at=start.replace(tzinfo=UTC),
            zone="Europe/London",
            minutes=90,
            how=how,
        )


def shown_whole(phone: Phone) -> bool:
    """Whether the form that was just offered stands there whole, and is not asked question by question."""
    return phone.way == "buttons" and bool(getattr(phone.native, "form", ""))


def choose(phone: Phone, area: str, *labels: str) -> None:
    """Ask for this support, in one area: in the whole form, or after saying which area."""
    phone.say("my support")
    phone.do("Choose support to take part", say="support")
    answers: dict[str, str | tuple[str, ...]] = {} if shown_whole(phone) else {"What kind of support would help?": area}
    phone.fill({**answers, area: labels})


def needs(world: World, name: str) -> dict[str, str]:
    person = world.person(name)
    with world.turn() as turn:
        return {need.code: need.detail for need in support.needs_of(turn.session, person)}


def unasked(world: World, name: str) -> list[str]:
    """The cards of all the letters to this person that answered nothing they did."""
    person = world.person(name)
    with world.turn() as turn:
        bodies = turn.session.scalars(
            select(CardBody.body)
            .join(Letter, Letter.card_id == CardBody.id)
            .where(Letter.person_id == person.id, Letter.unasked)
            .order_by(Letter.id)
        )
        return list(bodies)


def test_a_member_chooses_support_and_sees_what_is_saved_and_who_sees_it(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    amina, cara = world.member("Amina", of=group), world.coordinator("Cara", of=group)
    amina.say("support")
    assert "You do not need to tell us why" in amina.last()
    amina.say("cancel")
    choose(amina, "Papers and documents", "Large print papers", "Printed papers by post")
    assert "Large print papers" in amina.last()
    assert "coordinators can see" in amina.last()
    assert "The chair and the group cannot" in amina.last()
    amina.press("Add the details")
    assert shown_whole(amina) == (amina.way == "buttons")
    if not shown_whole(amina):
        amina.fill(
            {
                "Which of these would you like to tell us more about?": ["Large print papers"],
                "Large print papers: What size of print do you need?": "18 point",
            }
        )
    else:
        amina.fill({"Large print papers: What size of print do you need?": "18 point"})
    assert "Large print papers (18 point)" in amina.last()
    assert needs(world, "Amina") == {"large_print": "18 point", "paper_post": ""}
    world.settle()
    assert "Please look at what is to be arranged for Radiotherapy volunteers" in cara.screen()
    assert "Your checklist may have changed" in cara.screen()


def test_a_detail_is_asked_for_only_where_there_is_none_and_a_skip_keeps_it(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    amina = world.member("Amina", of=group)
    choose(amina, "Papers and documents", "Large print papers")
    assert "I have a question about some of this" in amina.last()
    amina.press("Add the details")
    amina.fill({SIZE: "18 point"})
    assert "Large print papers (18 point)" in amina.last()
    assert "I have a question" not in amina.last()
    amina.press("Add or change the details")
    if shown_whole(amina):
        amina.fill({SIZE: ""})
    else:
        amina.say("skip")
    assert needs(world, "Amina") == {"large_print": "" if amina.way == "buttons" else "18 point"}


def test_what_stands_already_stays_unless_it_is_answered_anew(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    amina = world.member("Amina", of=group)
    choose(amina, "How the meeting runs", "Extra breaks", "Keep my camera off")
    choose(amina, "Papers and documents", "Large print papers")
    assert set(needs(world, "Amina")) == {"extra_breaks", "camera_off", "large_print"}
    choose(amina, "How the meeting runs", "Extra breaks")
    assert set(needs(world, "Amina")) == {"extra_breaks", "large_print"}
    amina.say("my support")
    amina.press("Take off: Large print papers")
    assert "I have taken it off your list" in amina.last()
    assert set(needs(world, "Amina")) == {"extra_breaks"}


def test_none_clears_everything_and_goes_with_nothing_else(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    amina = world.member("Amina", of=group)
    choose(amina, "Something else", "Something else")
    amina.say("support")
    amina.say("1 and 9")
    amina.say("skip")
    assert "Please choose one or the other" in amina.last()
    amina.say("none")
    assert "no support is needed" in amina.last()
    assert needs(world, "Amina") == {}


def test_whoever_asks_to_be_phoned_stands_on_the_call_list_until_they_change_it(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    amina = world.member("Amina", of=group)
    choose(amina, "How we contact you", "Phone me")
    assert world.person("Amina").reach_by == "call"
    amina.say("my support")
    amina.press("Take off: Phone me")
    assert world.person("Amina").reach_by == "chat"


def test_a_long_name_is_short_on_its_button_and_whole_beside_it(world: World) -> None:
    amina = world.member("Amina", of=world.group("Radiotherapy volunteers"))
    choose(amina, "Hearing, speaking and languages", "Person who types what is said (speech-to-text reporter)")
    amina.say("my support")
    assert "Person who types what is said (speech-to-text reporter)" in amina.last()
    amina.do("Take off: Person who types what is said", say="take off: person who types what is said")
    assert "It was: Person who types what is said (speech-to-text reporter)." in amina.last()
    assert needs(world, "Amina") == {}


def test_inside_the_minimum_lead_time_we_try_and_coordinators_hear_of_it_once(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    amina, cara, ada = world.member("Amina", of=group), world.coordinator("Cara", of=group), world.someone("Ada")
    world.member("Ada", of=group, role="chair")
    meeting(world, group, days=7)
    choose(amina, "Hearing, speaking and languages", "Lipspeaker")
    assert "We will try" in amina.last()
    choose(amina, "Papers and documents", "Braille papers")
    choose(amina, "Something else", "I would rather talk to someone about this")
    assert "I have asked the coordinators to get in touch with you within 2 working days." in amina.last()
    world.settle()
    screen = cara.screen()
    assert screen.count("There is little time to arrange something") == 1
    assert "Somebody would like to talk to you" in screen
    assert "Amina" in screen
    assert "arrange" not in ada.screen()
    labels = [item.label for item in adjustments.by_code().values() if item.code in ("lipspeaker", "braille")]
    for body in unasked(world, "Cara"):
        assert not any(label in body for label in labels)


def test_nothing_is_promised_to_whoever_is_paused_and_nobody_is_told(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    amina, cara = world.member("Amina", of=group), world.coordinator("Cara", of=group)
    coming = meeting(world, group, days=7)
    amina.say("pause for 1 month")
    choose(amina, "Hearing, speaking and languages", "Lipspeaker")
    assert "Your choices are saved." in amina.last()
    for words in ("We will try", "There is a meeting", "to talk to someone"):
        assert words not in amina.last()
    amina.say("my support")
    assert "Lipspeaker" in amina.last()
    for words in ("Your next meeting", "You have asked for this"):
        assert words not in amina.last()
    person = world.person("Amina")
    with world.turn() as turn:
        page = "".join(part.text for part in home.home(turn, turn.session.merge(person)))
    assert "Lipspeaker" in page
    assert "You have asked for this" not in page
    cara.say("answer for Amina")
    cara.press("Choose support for Amina")
    papers = "Papers and documents"
    cara.fill(
        {**({} if shown_whole(cara) else {"What kind of support would help?": papers}), papers: ("Braille papers",)}
    )
    assert "Braille papers" in cara.last()
    assert "Please look at the checklist now." not in cara.last()
    world.settle()
    assert "There is little time" not in cara.screen()
    amina.say("come back")
    amina.say("my support")
    assert f"Your next meeting is on {dates.day(coming.local_start)}." in amina.last()
    assert "You have asked for this" in amina.last()


def test_whoever_would_like_to_talk_and_nobody_is_told_reads_so_and_what_to_do(world: World) -> None:
    group, other = world.group("Radiotherapy volunteers"), world.group("Hospital advisers")
    amina, cara = world.member("Amina", of=group), world.coordinator("Cara", of=group)
    world.member("Bill", of=other, state="interested")
    world.coordinator("Eve", of=other)
    amina.say("pause for 1 month")
    for name in ("Amina", "Bill", "Eve", "Dev"):
        phone = world.someone(name)
        phone.say("hello")
        choose(phone, "Something else", "I would rather talk to someone about this")
        assert phone.sees("I have told nobody that you would like to talk to someone.", 'reply "feedback"')
        assert "When you are in a group, its coordinators can see them." in phone.last()
        assert "I have asked the coordinators" not in phone.screen()
    world.settle()
    assert "would like to talk" not in cara.screen()
    amina.press("Give feedback")
    amina.fill({"What would you like to say?": "I would like to talk, on 01632 960111"})
    assert "Cara will read it" in amina.last()


def test_a_coordinator_who_stopped_messages_is_not_told_that_somebody_would_like_to_talk(one_world: World) -> None:
    group = one_world.group("Radiotherapy volunteers")
    amina, cara = one_world.member("Amina", of=group), one_world.coordinator("Cara", of=group)
    cara.say("stop")
    choose(amina, "Something else", "I would rather talk to someone about this")
    assert "I have told nobody that you would like to talk to someone." in amina.last()


def test_a_coordinator_who_is_to_get_in_touch_sees_how(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    amina, cara = world.member("Amina", of=group), world.coordinator("Cara", of=group)
    choose(amina, "Something else", "I would rather talk to someone about this")
    amina.press("Add the details")
    amina.fill({"I would rather talk to someone about this: How should we contact you?": "01632 960111"})
    world.settle()
    cara.press("See how to reach Amina")
    if shown_whole(cara):
        cara.fill({})
    assert "01632 960111" in cara.last()


def test_the_only_coordinator_who_chooses_for_a_member_is_told_what_is_left_to_do(world: World) -> None:
    group = world.group("Radiotherapy volunteers")
    world.without_chat("Bill", of=group)
    cara = world.coordinator("Cara", of=group)
    meeting(world, group, days=7)
    for area, label in (
        ("Hearing, speaking and languages", "Lipspeaker"),
        ("Something else", "I would rather talk to someone about this"),
    ):
        cara.say("answer for Bill")
        cara.press("Choose support for Bill")
        cara.fill({**({} if shown_whole(cara) else {"What kind of support would help?": area}), area: (label,)})
        if label == "Lipspeaker":
            assert "Please look at the checklist now." in cara.last()
            assert "I have told the coordinators" not in cara.last()
    assert "Please get in touch with Bill within 2 working days." in cara.last()
    assert "I have asked the coordinators" not in cara.last()
    cara.press("Choose support for Bill")


def test_no_letter_that_nobody_asked_for_names_support_or_its_detail(one_world: World) -> None:
    world = one_world
    group = world.group("Radiotherapy volunteers")
    amina, cara = world.member("Amina", of=group), world.coordinator("Cara", of=group)
    meeting(world, group, days=7, how="both")
    for area, label in adjustments.areas().items():
        items = [item for item in adjustments.by_code().values() if item.group == area and item.code != "none"]
        choose(amina, label, *(item.label for item in items))
    amina.say("my support")
    amina.press("Add or change the details")
    amina.fill({"Large print papers: What size of print do you need?": "Zanzibar"})
    cara.say("checklist")
    world.settle()
    told = unasked(world, "Cara") + unasked(world, "Amina")
    assert told
    said = [text for body in told for text in (cards.load(body).title, cards.load(body).text)]
    for item in adjustments.by_code().values():
        assert not any(item.label.casefold() in text.casefold() for text in said if item.code != "other")
    assert "Zanzibar" not in "".join(told)


@given(
    first=st.sets(st.sampled_from(CODES)),
    second=st.sets(st.sampled_from(CODES)),
    detail=st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc")), max_size=40),
)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_set_of_codes_is_read_back_as_it_was_saved(
    one_world: World, first: set[str], second: set[str], detail: str
) -> None:
    with one_world.turn() as turn:
        person = people.add_person(
            turn.session, turn.organisation.id, name="Bill", time_zone="Europe/London", now=turn.now
        )
        for codes in (first, second):
            support.set_needs(turn.session, person, dict.fromkeys(codes, detail), now=turn.now)
            turn.session.expire_all()
            assert {need.code: need.detail for need in support.needs_of(turn.session, person)} == dict.fromkeys(
                codes, detail
            )


@given(
    code=st.sampled_from(CODES),
    today=st.dates(date(2026, 1, 1), date(2029, 12, 31)),
    ahead=st.integers(0, 120),
    nation=st.sampled_from(("ENG", "WLS", "SCT", "NIR")),
)
def test_the_day_to_book_by_is_never_after_the_meeting(code: str, today: date, ahead: int, nation: str) -> None:
    item: Adjustment = adjustments.by_code()[code]
    day = today + timedelta(days=ahead)
    due = book_by(item, day, today=today, nation=nation)
    assert due.day <= day
    assert due.late == (day - timedelta(days=item.lead_days_min) < today)
    assert due.late or due.day >= today
    assert due.day == today or is_working_day(due.day, nation)


def test_the_ideal_day_comes_first_then_the_minimum_then_it_is_late() -> None:
    interpreter = adjustments.by_code()["bsl_interpreter"]
    day = datetime(2027, 4, 13, tzinfo=UTC).date()
    said = [
        book_by(interpreter, day, today=day - timedelta(days=ahead), nation="ENG") for ahead in (50, 42, 41, 14, 13)
    ]
    assert [(due.day.isoformat(), due.late) for due in said] == [
        ("2027-03-02", False),
        ("2027-03-02", False),
        ("2027-03-30", False),
        ("2027-03-30", False),
        ("2027-03-30", True),
    ]


def test_every_kind_of_support_belongs_to_an_area_and_fits_a_choice() -> None:
    for item in adjustments.by_code().values():
        assert item.group in adjustments.areas()
        assert len(item.label) <= 75
        assert len(item.short) <= 36
        assert item.lead_days_min <= item.lead_days_ideal
    assert len({item.short for item in adjustments.by_code().values()}) == len(adjustments.by_code())
    for area in adjustments.areas():
        assert 1 <= sum(item.group == area for item in adjustments.by_code().values()) <= 10
