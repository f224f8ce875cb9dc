"""What people type for dates and times is read as they mean it, or asked about; and it is said in NHS style."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.dates import (
    DateProblem,
    Kind,
    Recurrence,
    Span,
    When,
    parse_date,
    parse_length,
    parse_recurrence,
    parse_span,
    parse_time,
    parse_when,
)
from handlers.phrases import MONTHS, WEEKDAYS
from handlers.texts import dates as texts

WEDNESDAY = date(2026, 11, 25)
DAYS = st.dates(min_value=WEDNESDAY, max_value=date(2099, 12, 31))
CLOCKS = st.times().map(lambda at: at.replace(second=0, microsecond=0))


@pytest.mark.parametrize(
    "text",
    [
        "8 December",
        '"8 December"',
        "\u201c8 December\u201d",
        "8th dec 2026",
        "Tue, 8 Dec.",
        "8/12/26",
        "8/12",
        "08.12.2026",
        "2026-12-08",
        "tuesday 8 december",
        "on Tuesday the 8th of December, please",
        "december 8th",
        "8 dec 26",
        "8 Dec '26",
        "tuseday 8 decmber",
        "tues 8th",
        "the 8th",
        "second tuesday of december",
        "a week on tuesday",
        "Tuesday week",
    ],
)
def test_a_date_is_read(text: str) -> None:
    assert parse_date(text, today=WEDNESDAY) == date(2026, 12, 8)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("today", 0),
        ("tomorrow", 1),
        ("the day after tomorrow", 2),
        ("this friday", 2),
        ("friday", 2),
        ("next tuesday", 6),
        ("next wednesday", 7),
        ("a week tomorrow", 8),
        ("tuesday next week", 6),
        ("friday next week", 9),
        ("in 10 days", 10),
        ("in 2 weeks", 14),
        ("in two weeks' time", 14),
        ("in a fortnight", 14),
        ("in a month", 30),
        ("a week on monday", 12),
        ("2 weeks on monday", 19),
    ],
)
def test_a_date_is_counted_from_today(text: str, days: int) -> None:
    assert parse_date(text, today=WEDNESDAY) == WEDNESDAY + timedelta(days=days)


def test_a_date_without_a_year_is_the_next_such_date() -> None:
    assert parse_date("25 november", today=WEDNESDAY) == WEDNESDAY
    assert parse_date("24 november", today=WEDNESDAY) == date(2027, 11, 24)
    assert parse_date("29 february", today=WEDNESDAY) == date(2028, 2, 29)
    assert parse_date("the 31st", today=WEDNESDAY) == date(2026, 12, 31)
    assert parse_date("last friday in october", today=WEDNESDAY) == date(2027, 10, 29)


@pytest.mark.parametrize(
    ("text", "kind", "sentence"),
    [
        (
            "wednesday 8 december",
            Kind.OTHER_WEEKDAY,
            "8 December 2026 is a Tuesday, not a Wednesday. Which did you mean? "
            'You can type "Tuesday 8 December 2026" or "Wednesday 9 December 2026".',
        ),
        ("30 february", Kind.NO_SUCH_DATE, "There is no 30 February. Please check the day and the month."),
        ("29/2/27", Kind.NO_SUCH_DATE, "There is no 29 February 2027. Please check the day and the month."),
        (
            "12/25/26",
            Kind.NO_SUCH_DATE,
            "There is no month 25. The day comes first: 8/12/26 is 8 December 2026.",
        ),
        (
            "8 december 2025",
            Kind.PAST,
            "Monday 8 December 2025 has passed. Did you mean Tuesday 8 December 2026?",
        ),
        (
            "next thursday",
            Kind.AMBIGUOUS,
            "Did you mean Thursday 26 November 2026 or Thursday 3 December 2026?",
        ),
        (
            "wednesday",
            Kind.AMBIGUOUS,
            "Did you mean Wednesday 25 November 2026 or Wednesday 2 December 2026?",
        ),
        (
            "when the moon is full",
            Kind.NOT_UNDERSTOOD,
            'Sorry, I could not read that. You can type a date like "8 December", "Tuesday 8 December" or "8/12/26".',
        ),
    ],
)
def test_a_date_in_doubt_is_asked_about(text: str, kind: Kind, sentence: str) -> None:
    with pytest.raises(DateProblem) as caught:
        parse_date(text, today=WEDNESDAY)
    assert caught.value.kind is kind
    assert texts.problem(caught.value) == sentence


@pytest.mark.parametrize(
    "text",
    ["", "8 december or 9 december", "8 december bring cake", "munday", "2nd tues", "8 " * 200, "yes", "½", "８年"],
)
def test_words_that_nobody_knows_are_never_skipped(text: str) -> None:
    with pytest.raises(DateProblem) as caught:
        parse_date(text, today=WEDNESDAY)
    assert caught.value.kind is Kind.NOT_UNDERSTOOD


def test_no_typed_words_reach_the_exception_text() -> None:
    with pytest.raises(DateProblem) as caught:
        parse_date("my chemo is on friday", today=WEDNESDAY)
    assert "chemo" not in str(caught.value) + repr(caught.value)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("6pm", time(18)),
        ("six pm", time(18)),
        ("6 p.m.", time(18)),
        ("18:00", time(18)),
        ("1830", time(18, 30)),
        ("6.30 pm", time(18, 30)),
        ("half past 6 pm", time(18, 30)),
        ("half 6 in the evening", time(18, 30)),
        ("quarter to 7pm", time(18, 45)),
        ("20 to 7pm", time(18, 40)),
        ("10 minutes to 6pm", time(17, 50)),
        ("quarter to 1", time(12, 45)),
        ("a quarter past 6pm", time(18, 15)),
        ("midday", time(12)),
        ("12 noon", time(12)),
        ("12.00 midday", time(12)),
        ("noon", time(12)),
        ("midnight", time(0)),
        ("12am", time(0)),
        ("12", time(12)),
        ("12.30", time(12, 30)),
        ("9", time(9)),
        ("11 o'clock", time(11)),
        ("7 in the morning", time(7)),
    ],
)
def test_a_time_is_read(text: str, at: time) -> None:
    assert parse_time(text) == at


@pytest.mark.parametrize("hour", range(1, 8))
@pytest.mark.parametrize("text", ["{}", "{}:30", "half past {}", "{} o'clock", "at {}.15", "0{}:00"])
def test_hours_1_to_7_with_no_am_or_pm_are_asked_about(text: str, hour: int) -> None:
    with pytest.raises(DateProblem) as caught:
        parse_time(text.format(hour))
    assert caught.value.kind is Kind.MORNING_OR_EVENING
    morning, evening = caught.value.times
    assert (morning.hour, evening.hour) == (hour, hour + 12)
    assert texts.problem(caught.value) == f"Did you mean {texts.clock(morning)} or {texts.clock(evening)}?"


@pytest.mark.parametrize("text", ["25:00", "6:75", "13am", "0pm", "18am"])
def test_a_time_that_does_not_exist(text: str) -> None:
    with pytest.raises(DateProblem) as caught:
        parse_time(text)
    assert caught.value.kind is Kind.NO_SUCH_TIME


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("90 minutes", 90),
        ("90 mins", 90),
        ("90", 90),
        ("an hour and a half", 90),
        ("one and a half hours", 90),
        ("1½ hours", 90),
        ("1h30", 90),
        ("1hr30m", 90),
        ("1:30", 90),
        ("1.5 hours", 90),
        ("1 hour and 30 minutes", 90),
        ("for 2 hours", 120),
        ("half an hour", 30),
        ("three quarters of an hour", 45),
        ("an hour and a quarter", 75),
    ],
)
def test_a_length_is_read(text: str, minutes: int) -> None:
    assert parse_length(text) == minutes


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("2", Kind.NOT_UNDERSTOOD),
        ("a while", Kind.NOT_UNDERSTOOD),
        ("2 minutes", Kind.LENGTH),
        ("13 hours", Kind.LENGTH),
    ],
)
def test_a_length_in_doubt(text: str, kind: Kind) -> None:
    with pytest.raises(DateProblem) as caught:
        parse_length(text)
    assert caught.value.kind is kind


@pytest.mark.parametrize(
    ("text", "start", "minutes"),
    [
        ("6pm to 7:30pm", time(18), 90),
        ("6-7.30pm", time(18), 90),
        ("6pm \u2013 7.30", time(18), 90),
        ("between 6pm and 7pm", time(18), 60),
        ("18:00-19:30", time(18), 90),
        ("from 6pm until 7pm", time(18), 60),
        ("6pm for an hour and a half", time(18), 90),
        ("11-1pm", time(11), 120),
        ("10am to 12", time(10), 120),
        ("10 to midday", time(10), 120),
        ("midday to 2", time(12), 120),
        ("9 to 5", time(9), 480),
        ("10pm to 1am", time(22), 180),
        ("6pm", time(18), None),
    ],
)
def test_a_span_is_read(text: str, start: time, minutes: int | None) -> None:
    assert parse_span(text) == Span(start, minutes)


def test_a_span_that_ends_before_it_starts_is_asked_about() -> None:
    with pytest.raises(DateProblem) as caught:
        parse_span("6pm to 5pm")
    assert texts.problem(caught.value).startswith("The end, 5pm, is not after the start, 6pm.")
    assert parse_span("6pm to 5pm", longest=24 * 60) == Span(time(18), 23 * 60)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tue 8 Dec 6pm", When(date(2026, 12, 8), time(18))),
        ("6pm on tuesday 8 december", When(date(2026, 12, 8), time(18))),
        ("8 december 6-7.30pm", When(date(2026, 12, 8), time(18), 90)),
        ("8/12/26 18:00", When(date(2026, 12, 8), time(18))),
        ("8 dec 18.00", When(date(2026, 12, 8), time(18))),
        ("8 dec 10 to 11am", When(date(2026, 12, 8), time(10), 60)),
        ("december 8 6pm", When(date(2026, 12, 8), time(18))),
        ("a week on monday at 11am for 2 hours", When(date(2026, 12, 7), time(11), 120)),
        ("8 december", When(date(2026, 12, 8))),
        ("tomorrow morning at 10", When(date(2026, 11, 26), time(10))),
        ("friday afternoon, 2-4", When(date(2026, 11, 27), time(14), 120)),
        ("tuesday evening 6.30pm", When(date(2026, 12, 1), time(18, 30))),
        ("8 in the evening, 8 december", When(date(2026, 12, 8), time(20))),
    ],
)
def test_a_date_with_its_time_is_read(text: str, expected: When) -> None:
    assert parse_when(text, today=WEDNESDAY) == expected


MONTHLY = "FREQ=MONTHLY;BYDAY=2TU"
NOT_AUGUST = ";BYMONTH=1,2,3,4,5,6,7,9,10,11,12"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("second tuesday of the month 6pm", Recurrence(MONTHLY, date(2026, 12, 8), time(18))),
        ("2nd tues 6pm", Recurrence(MONTHLY, date(2026, 12, 8), time(18))),
        ("every second tuesday of the month", Recurrence(MONTHLY, date(2026, 12, 8))),
        ("scond tusday of each month 6-7.30pm", Recurrence(MONTHLY, date(2026, 12, 8), time(18), 90)),
        ("2nd Tuesday monthly (not August)", Recurrence(MONTHLY + NOT_AUGUST, date(2026, 12, 8))),
        ("second tuesday starting 1 march 2027", Recurrence(MONTHLY, date(2027, 3, 9))),
        ("second tuesday of the month, starting at 6pm", Recurrence(MONTHLY, date(2026, 12, 8), time(18))),
        ("last thursday every month at 11am", Recurrence("FREQ=MONTHLY;BYDAY=-1TH", date(2026, 11, 26), time(11))),
        ("first monday", Recurrence("FREQ=MONTHLY;BYDAY=1MO", date(2026, 12, 7))),
        ("1st and 3rd wednesday", Recurrence("FREQ=MONTHLY;BYDAY=1WE,3WE", date(2026, 12, 2))),
        ("quarterly on the 2nd tuesday", Recurrence("FREQ=MONTHLY;INTERVAL=3;BYDAY=2TU", date(2026, 12, 8))),
        ("monthly on the 15th", Recurrence("FREQ=MONTHLY;BYMONTHDAY=15", date(2026, 12, 15))),
        ("last day of the month", Recurrence("FREQ=MONTHLY;BYMONTHDAY=-1", date(2026, 11, 30))),
        ("every 4 weeks on monday", Recurrence("FREQ=WEEKLY;INTERVAL=4;BYDAY=MO", date(2026, 11, 30))),
        ("every other tuesday", Recurrence("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", date(2026, 12, 1))),
        ("fortnightly on thursdays", Recurrence("FREQ=WEEKLY;INTERVAL=2;BYDAY=TH", date(2026, 11, 26))),
        ("tuesdays at 6pm", Recurrence("FREQ=WEEKLY;BYDAY=TU", date(2026, 12, 1), time(18))),
        ("every 4 weeks", Recurrence("FREQ=WEEKLY;INTERVAL=4")),
        ("every 4 weeks starting 4 january", Recurrence("FREQ=WEEKLY;INTERVAL=4", date(2027, 1, 4))),
    ],
)
def test_a_rhythm_is_read(text: str, expected: Recurrence) -> None:
    assert parse_recurrence(text, today=WEDNESDAY) == expected


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("every second tuesday", Kind.AMBIGUOUS),
        ("monthly on the 31st", Kind.NOT_EVERY_MONTH),
        ("fifth monday of the month", Kind.NOT_EVERY_MONTH),
        ("tuesdays at 6", Kind.MORNING_OR_EVENING),
        ("tuesday 6pm", Kind.NOT_UNDERSTOOD),
        ("monthly", Kind.NOT_UNDERSTOOD),
        ("every day", Kind.NOT_UNDERSTOOD),
        ("every 0 weeks on monday", Kind.NOT_UNDERSTOOD),
        ("every tuesday and thursday", Kind.NOT_UNDERSTOOD),
        ("every tuesday except 8 december", Kind.NOT_UNDERSTOOD),
        ("tuesdays except " + " ".join(MONTHS), Kind.NOT_UNDERSTOOD),
        ("second tuesday in december", Kind.NOT_UNDERSTOOD),
    ],
)
def test_a_rhythm_in_doubt(text: str, kind: Kind) -> None:
    with pytest.raises(DateProblem) as caught:
        parse_recurrence(text, today=WEDNESDAY)
    assert caught.value.kind is kind
    assert all(len(sentence.split()) <= 20 for sentence in re.split(r"[.?] ", texts.problem(caught.value)))


def test_every_second_tuesday_offers_both_meanings_in_words_that_can_be_typed() -> None:
    with pytest.raises(DateProblem) as caught:
        parse_recurrence("every second tuesday", today=WEDNESDAY)
    said = texts.problem(caught.value)
    assert said == 'Did you mean "on the second Tuesday of every month" or "every 2 weeks on a Tuesday"?'
    meanings = [parse_recurrence(phrase, today=WEDNESDAY).rule for phrase in re.findall('"(.+?)"', said)]
    assert tuple(meanings) == caught.value.rules


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (MONTHLY + NOT_AUGUST, "on the second Tuesday of every month, except August"),
        ("FREQ=MONTHLY;BYDAY=1WE,3WE", "on the first and third Wednesday of every month"),
        ("FREQ=MONTHLY;BYMONTHDAY=22", "on the 22nd of every month"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "on the last day of every month"),
        ("FREQ=MONTHLY;INTERVAL=3;BYDAY=1MO", "every 3 months, on the first Monday"),
        ("FREQ=WEEKLY;BYDAY=TU", "every Tuesday"),
        ("FREQ=WEEKLY;INTERVAL=4;BYDAY=MO", "every 4 weeks on a Monday"),
        ("FREQ=WEEKLY", "every week"),
    ],
)
def test_a_rhythm_is_said(rule: str, said: str) -> None:
    assert texts.in_words(rule) == said


def test_dates_times_and_counts_are_said_in_nhs_style() -> None:
    assert texts.day(date(2026, 12, 8)) == "Tuesday 8 December 2026"
    assert [texts.clock(time(h, m)) for h, m in ((18, 0), (17, 30), (12, 0), (0, 0), (0, 30), (12, 5))] == [
        "6pm", "5:30pm", "midday", "midnight", "12:30am", "12:05pm",
    ]  # fmt: skip
    assert texts.span(time(18), 90) == "6pm to 7:30pm"
    assert texts.span(time(11), 60) == "11am to midday"
    assert texts.when(datetime(2026, 12, 8, 18), 90) == "Tuesday 8 December 2026, 6pm to 7:30pm"
    assert [texts.length(n) for n in (90, 60, 1, 0, 121)] == [
        "1 hour 30 minutes", "1 hour", "1 minute", "0 minutes", "2 hours 1 minute",
    ]  # fmt: skip
    assert [texts.joined(words) for words in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]
    assert [texts.count(n, "person", "people") for n in (0, 1, 2)] == ["0 people", "1 person", "2 people"]
    assert [texts.ordinal(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 22)] == [
        "1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "22nd",
    ]  # fmt: skip


@given(DAYS)
def test_what_is_said_of_a_day_is_read_back(on: date) -> None:
    assert parse_date(texts.day(on), today=WEDNESDAY) == on
    assert parse_date(f"{on:%d/%m/%Y}", today=WEDNESDAY) == on


@given(DAYS, CLOCKS, st.integers(min_value=5, max_value=720))
def test_what_is_said_of_a_meeting_is_read_back(on: date, at: time, minutes: int) -> None:
    said = texts.when(datetime.combine(on, at), minutes)
    assert parse_when(said, today=WEDNESDAY) == When(on, at, minutes)
    assert parse_time(texts.clock(at)) == at
    assert parse_length(texts.length(minutes)) == minutes


@given(
    st.sampled_from(("FREQ=MONTHLY", "FREQ=MONTHLY;INTERVAL=2", "FREQ=WEEKLY", "FREQ=WEEKLY;INTERVAL=6")),
    st.sampled_from(("1", "2", "3", "4", "-1")),
    st.sampled_from(("MO", "TU", "WE", "TH", "FR", "SA", "SU")),
    st.sets(st.integers(min_value=1, max_value=12), min_size=1),
)
def test_what_is_said_of_a_rhythm_is_read_back(frequency: str, nth: str, weekday: str, months: set[int]) -> None:
    rule = f"{frequency};BYDAY={nth if 'MONTHLY' in frequency else ''}{weekday}"
    if len(months) < 12:
        rule += ";BYMONTH=" + ",".join(map(str, sorted(months)))
    assert parse_recurrence(texts.in_words(rule), today=WEDNESDAY).rule == rule


@given(DAYS, st.data())
def test_one_slip_in_a_month_or_weekday_never_changes_the_date(on: date, data: st.DataObject) -> None:
    weekday, month = WEEKDAYS[on.weekday()], MONTHS[on.month - 1]
    word = data.draw(st.sampled_from([name for name in (weekday, month) if len(name) > 4] or [weekday]))
    at = data.draw(st.integers(min_value=1, max_value=len(word) - 1))
    slipped = word[:at] + data.draw(st.sampled_from(["", "x" + word[at], "x"])) + word[at + 1 :]
    said = texts.day(on).replace(word, slipped)
    read = outcome(lambda: parse_date(said, today=WEDNESDAY))
    # Between Thursday and Tuesday one letter can be lost for good ("tursday"): then the date is asked for again.
    assert read == on or (isinstance(read, DateProblem) and read.kind is Kind.NOT_UNDERSTOOD)


def outcome(read: Callable[[], object]) -> object:
    try:
        return read()
    except DateProblem as problem:
        return problem


@given(st.text(alphabet=st.sampled_from("0123456789 :./-apmhdtuesyonfcrlwk"), max_size=30) | st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    for read in (
        lambda: parse_date(text, today=WEDNESDAY),
        lambda: parse_when(text, today=WEDNESDAY),
        lambda: parse_recurrence(text, today=WEDNESDAY),
        lambda: parse_time(text),
        lambda: parse_span(text),
        lambda: parse_length(text),
    ):
        found = outcome(read)
        assert not isinstance(found, DateProblem) or texts.problem(found)
