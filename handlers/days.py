"""What people type for a date: "8 December", "8/12/26", "next Tuesday", "a week on Monday"."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from dateutil.relativedelta import relativedelta
from dateutil.rrule import rrulestr

from handlers.phrases import CODES, MONTHS, WEEKDAYS, DateProblem, Kind, at, plain, take

WEEKDAY = f"(?P<weekday>{'|'.join(WEEKDAYS).lower()})"
MONTH = f"(?P<month>{'|'.join(MONTHS).lower()})"
_DAY = r"(?P<day>\d{1,2})"
_NOT_A_TIME = r"(?! (?:[:.-]|am|pm|to|hour|minute)(?!\S))"
# A year of two digits is one that cannot be an hour: "8 December 26", but "8 December 18".
_YEAR = rf"(?: (?P<year>(?:19|20|21)\d\d|(?:2[5-9]|[3-9]\d){_NOT_A_TIME}))?"
_NUMBERED = (
    r"(?P<year>(?:19|20|21)\d\d) (?P<sign>[-/.]) (?P<month>\d{1,2}) (?P=sign) (?P<day>\d{1,2})",
    rf"{_DAY} (?P<sign>[-/.]) (?P<month>\d{{1,2}}) (?P=sign) (?P<year>(?:19|20|21)\d\d|\d\d)",
    rf"{_DAY} / (?P<month>\d{{1,2}})",
    rf"{_DAY}(?:th)? {MONTH}{_YEAR}",
    rf"{MONTH} {_DAY}{_NOT_A_TIME}(?:th)?{_YEAR}",
    rf"{_DAY}th(?! (?:{'|'.join(WEEKDAYS).lower()}))",
)


def _numbered(match: re.Match[str], today: date) -> date:
    """The date of a day with its month and year, or the next such date where those are left out."""
    parts = match.groupdict()
    day, month, year = int(parts["day"]), parts.get("month"), parts.get("year")
    if month is None:
        month_starts = (today.replace(day=1) + relativedelta(months=n) for n in range(12))
        candidates = [(start.year, start.month) for start in month_starts]
    else:
        number = int(month) if month.isdigit() else at(MONTHS, month) + 1
        years = [int(year) + (2000 if len(year) == 2 else 0)] if year else range(today.year, today.year + 9)
        candidates = [(one, number) for one in years]
    found = [date(y, m, day) for y, m in candidates if _exists(y, m, day)]
    if not found:
        typed = (candidates[0][1], candidates[0][0])[: bool(month) + bool(year)]
        raise DateProblem(Kind.NO_SUCH_DATE, numbers=(day, *typed))
    return next((one for one in found if one >= today), found[0])


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _nth_weekday(match: re.Match[str], today: date) -> date:
    """The date of "second Tuesday of December", in the year typed or else the next one."""
    code = by_day(match["nth"], match["weekday"])
    rule = f"FREQ=YEARLY;BYMONTH={at(MONTHS, match['month']) + 1};BYDAY={code}"
    year = match["year"]
    since = date(int(year) + (2000 if len(year) == 2 else 0), 1, 1) if year else today
    return first_date(rule, since)


def by_day(nth: str, weekday: str) -> str:
    """RFC 5545's name of "second Tuesday" (2TU) or "last Tuesday" (-1TU)."""
    return f"{'-1' if nth == 'last' else nth.removesuffix('th')}{CODES[at(WEEKDAYS, weekday)]}"


def first_date(rule: str, since: date) -> date:
    """The first date from ``since`` on that fits an RRULE."""
    start = datetime.combine(since, time())
    found: datetime | None = rrulestr(rule, dtstart=start).after(start, inc=True)
    if found is None:
        raise DateProblem(Kind.NOT_UNDERSTOOD)
    return found.date()


def _one_of(first: date, second: date) -> DateProblem:
    return DateProblem(Kind.AMBIGUOUS, dates=(first, second))


def _relative(words: str, today: date) -> tuple[date | None, str]:
    """A date counted from today. Weeks begin on Monday."""
    match, rest = take(
        rf"(?P<n>\d{{1,3}}) (?P<unit>day|week|fortnight|month)(?: (?:(?P<near>today|tomorrow)|{WEEKDAY}))?", words
    )
    if match:
        counted = _count(int(match["n"]), match["unit"])
        if match["weekday"]:
            return _coming(match["weekday"], today, counted), rest
        return today + counted + timedelta(days=match["near"] == "tomorrow"), rest
    match, rest = take(rf"{WEEKDAY} (?P<unit>week|fortnight)", words)
    if match:
        return _coming(match["weekday"], today, _count(1, match["unit"])), rest
    match, rest = take(rf"{WEEKDAY} next week|next week {WEEKDAY.replace('weekday', 'other')}", words)
    if match:
        weekday = at(WEEKDAYS, match["weekday"] or match["other"])
        return today + timedelta(days=7 - today.weekday() + weekday), rest
    match, rest = take(rf"(?P<which>this coming|coming|this|next)? ?{WEEKDAY}", words)
    if match:
        return _weekday(match["which"], match["weekday"], today), rest
    match, rest = take(r"day after tomorrow|today|tomorrow|yesterday", words)
    if match:
        steps = {"yesterday": -1, "today": 0, "tomorrow": 1}.get(match[0], 2)
        return today + timedelta(days=steps), rest
    return None, words


def _count(n: int, unit: str) -> relativedelta:
    weeks = {"week": n, "fortnight": 2 * n}.get(unit, 0)
    return relativedelta(days=n if unit == "day" else 0, weeks=weeks, months=n if unit == "month" else 0)


def _coming(weekday: str, today: date, later: relativedelta) -> date:
    """The coming weekday and some weeks later; said on that very weekday it may count from today or in a week."""
    ahead = (at(WEEKDAYS, weekday) - today.weekday()) % 7
    if ahead == 0:
        raise _one_of(today + later, today + later + timedelta(days=7))
    return today + timedelta(days=ahead) + later


def _weekday(which: str | None, weekday: str, today: date) -> date:
    ahead = (at(WEEKDAYS, weekday) - today.weekday()) % 7
    coming = today + timedelta(days=ahead)
    if which is None:
        return _coming(weekday, today, relativedelta())
    if which != "next":
        return coming
    if ahead == 0:
        return today + timedelta(days=7)
    # On Monday, "next Thursday" is 3 days away to some people and 10 to others. On Thursday, "next Tuesday" is clear.
    if ahead <= 3 or coming.weekday() > today.weekday():
        raise _one_of(coming, coming + timedelta(days=7))
    return coming


def take_date(words: str, today: date) -> tuple[date | None, str]:
    """Take a date. It is real, not in the past, and on the weekday typed with it."""
    match, rest = take(rf"(?P<nth>[1-4]th|last) {WEEKDAY} {MONTH}{_YEAR}", words)
    if match:
        return _not_past(_nth_weekday(match, today), today), rest
    for pattern in _NUMBERED:
        match, rest = take(pattern, words)
        if match:
            day = _not_past(_numbered(match, today), today)
            named, rest = take(WEEKDAY, rest)
            if named and at(WEEKDAYS, named["weekday"]) != day.weekday():
                raise _other_weekday(day, at(WEEKDAYS, named["weekday"]), today)
            return day, rest
    relative, rest = _relative(words, today)
    if relative and relative < today:
        raise DateProblem(Kind.PAST, dates=(relative,))
    return relative, rest


def _not_past(day: date, today: date) -> date:
    if day >= today:
        return day
    again = today.year + ((day.month, day.day) < (today.month, today.day))
    meant = (date(again, day.month, day.day),) if _exists(again, day.month, day.day) else ()
    raise DateProblem(Kind.PAST, dates=(day, *meant))


def _other_weekday(day: date, weekday: int, today: date) -> DateProblem:
    near = day + timedelta(days=(weekday - day.weekday() + 3) % 7 - 3)
    near += timedelta(days=7 if near < today else 0)
    return DateProblem(Kind.OTHER_WEEKDAY, dates=(day, near), weekday=weekday)


def parse_date(text: str, *, today: date) -> date:
    """A date from ``today`` on; without a year it is the next such date. Raises `DateProblem`."""
    day, rest = take_date(plain(text), today)
    if day is None or rest:
        raise DateProblem(Kind.NOT_UNDERSTOOD)
    return day
