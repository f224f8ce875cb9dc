"""Meetings keep their wall time, bank holidays are those of the nation, and nothing is sent at night."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.calendar import (
    NATIONS,
    QuietHours,
    is_working_day,
    next_allowed,
    next_sending_time,
    occurrences,
    to_local,
    to_utc,
    warn_holiday,
    working_days_after,
    working_days_before,
)

LONDON = "Europe/London"
ZONES = (LONDON, "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Auckland", "Australia/Lord_Howe")
QUIET = QuietHours()
SECOND_TUESDAY = "FREQ=MONTHLY;BYDAY=2TU"

moments = st.datetimes(datetime(2026, 1, 1), datetime(2029, 12, 31), timezones=st.just(UTC))
# The hours around both clock changes of 2027 in the UK: 28 March and 31 October, 1am UTC.
changes = st.sampled_from((datetime(2027, 3, 28, 1, tzinfo=UTC), datetime(2027, 10, 31, 1, tzinfo=UTC)))
near_changes = st.builds(lambda at, minutes: at + timedelta(minutes=minutes), changes, st.integers(-1500, 1500))
clocks = st.builds(time, st.integers(0, 23), st.sampled_from((0, 1, 15, 30, 59)))
quiets = st.builds(QuietHours, clocks, clocks, st.booleans())


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]


def days_between(start: date, end: date) -> list[date]:
    """The days after ``start``, up to and with ``end``."""
    return [start + timedelta(days=n) for n in range(1, (end - start).days + 1)]


def test_a_series_keeps_its_wall_time_over_both_clock_changes() -> None:
    starts = occurrences(SECOND_TUESDAY, datetime(2027, 3, 9, 18), after=datetime(2027, 3, 9, 18), limit=9)
    assert [(start.month, start.hour) for start in starts] == [(month, 18) for month in range(3, 12)]
    assert [to_utc(start, LONDON).hour for start in starts] == [18, 17, 17, 17, 17, 17, 17, 17, 18]


def test_a_series_is_cut_to_what_was_asked_for() -> None:
    first = datetime(2026, 12, 8, 18)
    after, until = datetime(2027, 1, 12, 18), datetime(2027, 3, 9, 18)
    three = [after, datetime(2027, 2, 9, 18), until]
    assert occurrences(SECOND_TUESDAY, first, after=after, until=until) == three
    assert occurrences(SECOND_TUESDAY, first, after=after, limit=2) == three[:2]
    assert occurrences(SECOND_TUESDAY, first, after=until, until=after) == []
    every_4_weeks = occurrences("FREQ=WEEKLY;INTERVAL=4;BYDAY=TU", first, after=first + timedelta(days=1), limit=2)
    assert every_4_weeks == [first + timedelta(weeks=4), first + timedelta(weeks=8)]


def test_a_time_that_the_clocks_skip_moves_forward_and_one_that_comes_twice_is_the_first() -> None:
    skipped, twice = datetime(2027, 3, 28, 1, 30), datetime(2027, 10, 31, 1, 30)
    assert to_local(to_utc(skipped, LONDON), LONDON) == datetime(2027, 3, 28, 2, 30)
    assert to_utc(twice, LONDON) == to_utc(twice.replace(fold=1), LONDON) == utc(2027, 10, 31, 0, 30)


def test_a_moment_without_a_zone_is_a_mistake() -> None:
    naive = datetime(2026, 12, 8, 18)
    with pytest.raises(ValueError, match="naive"):
        to_local(naive, LONDON)
    with pytest.raises(ValueError, match="naive"):
        next_allowed(naive, LONDON, QUIET)


@pytest.mark.parametrize(
    ("nation", "days"),
    [  # https://www.gov.uk/bank-holidays
        ("ENG", "01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28"),
        ("WLS", "01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28"),
        ("SCT", "01-01 01-04 03-26 05-03 05-31 08-02 11-30 12-27 12-28"),
        ("NIR", "01-01 03-17 03-26 03-29 05-03 05-31 07-12 08-30 12-27 12-28"),
    ],
)
def test_the_bank_holidays_of_2027_on_weekdays(nation: str, days: str) -> None:
    weekdays = [day for day in days_between(date(2026, 12, 31), date(2027, 12, 31)) if day.weekday() < 5]
    found = [day for day in weekdays if warn_holiday(day, nation)]
    assert " ".join(f"{day:%m-%d}" for day in found) == days
    assert [day for day in weekdays if not is_working_day(day, nation)] == found


def test_a_bank_holiday_is_warned_of_by_name_in_its_own_nation_only() -> None:
    assert warn_holiday(date(2026, 12, 25), "ENG") == "Christmas Day"
    assert warn_holiday(date(2027, 11, 30), "SCT") == "Saint Andrew's Day"
    assert warn_holiday(date(2027, 11, 30), "ENG") == ""
    with pytest.raises(ValueError, match="nation"):
        warn_holiday(date(2027, 1, 1), "UK")


def test_working_days_leave_out_weekends_and_bank_holidays() -> None:
    thursday, meeting = date(2026, 12, 24), date(2027, 1, 5)
    assert working_days_after(thursday, 1, "ENG") == date(2026, 12, 29)
    assert working_days_before(meeting, 5, "ENG") == thursday
    assert working_days_before(meeting, 4, "SCT") == thursday
    assert working_days_before(meeting, 0, "ENG") == meeting


@given(st.dates(date(2026, 1, 1), date(2030, 12, 31)), st.integers(0, 30), st.sampled_from(NATIONS))
def test_working_days_count_the_same_both_ways(day: date, n: int, nation: str) -> None:
    after, before = working_days_after(day, n, nation), working_days_before(day, n, nation)
    assert sum(is_working_day(one, nation) for one in days_between(day, after)) == n
    if is_working_day(day, nation):
        assert sum(is_working_day(one, nation) for one in days_between(before, day)) == n


@pytest.mark.parametrize(
    ("now", "allowed"),
    [
        (utc(2026, 12, 8, 19, 59), utc(2026, 12, 8, 19, 59)),
        (utc(2026, 12, 8, 20), utc(2026, 12, 9, 8)),
        (utc(2026, 12, 9, 7, 59), utc(2026, 12, 9, 8)),
        (utc(2026, 12, 12, 21), utc(2026, 12, 14, 8)),  # Saturday night: over Sunday to Monday
        (utc(2026, 12, 13, 12), utc(2026, 12, 14, 8)),
        (utc(2027, 3, 27, 21), utc(2027, 3, 29, 7)),  # the clocks go forward on the Sunday
        (utc(2027, 10, 30, 18), utc(2027, 10, 30, 18)),  # 7pm in summer time
        (utc(2027, 10, 30, 19, 30), utc(2027, 11, 1, 8)),  # the clocks go back on the Sunday
    ],
)
def test_quiet_hours_are_8pm_to_8am_and_sundays(now: datetime, allowed: datetime) -> None:
    assert next_allowed(now, LONDON, QUIET) == allowed


def test_quiet_hours_that_end_inside_a_clock_change() -> None:
    night = QuietHours(time(22), time(1, 30), sundays=False)
    assert next_allowed(utc(2027, 3, 28, 0, 30), LONDON, night) == utc(2027, 3, 28, 1, 30)  # 2:30am summer time
    assert next_allowed(utc(2027, 10, 31, 0, 10), LONDON, night) == utc(2027, 10, 31, 0, 30)  # the first 1:30am
    assert next_allowed(utc(2027, 10, 31, 1, 10), LONDON, night) == utc(2027, 10, 31, 1, 30)  # the second one
    assert next_allowed(utc(2027, 10, 31, 3), LONDON, QuietHours(time(8), time(8), sundays=False)).hour == 3


@given(moments | near_changes, st.sampled_from(ZONES), quiets)
def test_what_is_allowed_is_never_quiet_and_stays_allowed(now: datetime, zone: str, quiet: QuietHours) -> None:
    allowed = next_allowed(now, zone, quiet)
    assert allowed >= now
    assert not quiet.cover(to_local(allowed, zone))
    assert next_allowed(allowed, zone, quiet) == allowed
    assert allowed == now or quiet.cover(to_local(now, zone))


@pytest.mark.parametrize(
    ("now", "nation", "sent"),
    [
        (utc(2026, 12, 8, 9), "ENG", utc(2026, 12, 8, 9)),
        (utc(2026, 12, 8, 8, 59), "ENG", utc(2026, 12, 8, 9)),
        (utc(2026, 12, 8, 18), "ENG", utc(2026, 12, 9, 9)),
        (utc(2026, 12, 11, 18), "ENG", utc(2026, 12, 14, 9)),
        (utc(2026, 12, 24, 18), "ENG", utc(2026, 12, 29, 9)),
        (utc(2026, 12, 31, 18), "ENG", utc(2027, 1, 4, 9)),
        (utc(2026, 12, 31, 18), "SCT", utc(2027, 1, 5, 9)),
        (utc(2027, 3, 25, 18), "ENG", utc(2027, 3, 30, 8)),  # over Easter and the clock change
        (utc(2027, 10, 29, 17), "ENG", utc(2027, 11, 1, 9)),  # 6pm in summer time
    ],
)
def test_unasked_messages_go_in_working_hours(now: datetime, nation: str, sent: datetime) -> None:
    assert next_sending_time(now, LONDON, QUIET, nation) == sent


def test_a_persons_own_quiet_hours_narrow_the_working_day() -> None:
    mornings = QuietHours(time(20), time(14))
    assert next_sending_time(utc(2026, 12, 11, 9), LONDON, mornings, "ENG") == utc(2026, 12, 11, 14)
    at_work = QuietHours(time(8), time(19))
    assert next_sending_time(utc(2026, 12, 11, 9), LONDON, at_work, "ENG") == utc(2026, 12, 11, 19)


@given(moments | near_changes, st.sampled_from(ZONES), quiets, st.sampled_from(NATIONS))
def test_a_sending_time_is_never_quiet_and_stays(now: datetime, zone: str, quiet: QuietHours, nation: str) -> None:
    sent = next_sending_time(now, zone, quiet, nation)
    local = to_local(sent, zone)
    assert sent >= now
    assert not quiet.cover(local)
    assert next_sending_time(sent, zone, quiet, nation) == sent
    working_hours = is_working_day(local.date(), nation) and time(9) <= local.time() < time(18)
    assert working_hours or all(quiet.cover(datetime(2026, 12, 8, hour, 59)) for hour in range(9, 18))


@given(moments, st.sampled_from(ZONES))
def test_a_moment_comes_back_from_its_wall_time_except_in_the_hour_that_comes_twice(now: datetime, zone: str) -> None:
    again = to_utc(to_local(now, zone), zone)
    assert again == now or timedelta(0) < now - again <= timedelta(hours=1)
