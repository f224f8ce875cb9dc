"""What people type for dates, times and rhythms: a small grammar of ordinary UK phrases, no general date parser.

A phrase is turned into plain words, then each rule takes the words it knows. Words that nobody took mean that the
phrase was not understood: nothing is skipped over and guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, time

from handlers.days import MONTH, WEEKDAY, by_day, first_date, parse_date, take_date
from handlers.phrases import CODES, MONTHS, WEEKDAYS, DateProblem, Kind, at, plain, take
from handlers.times import Span, parse_length, parse_span, parse_time, take_span

__all__ = [
    "DateProblem", "Kind", "Recurrence", "Span", "When",
    "parse_date", "parse_length", "parse_recurrence", "parse_span", "parse_time", "parse_when",
]  # fmt: skip


@dataclass(frozen=True)
class When:
    """A date, and the time and length where they were typed."""

    day: date
    start: time | None = None
    minutes: int | None = None


@dataclass(frozen=True)
class Recurrence:
    """A rhythm. ``rule`` is an RFC 5545 RRULE in local time.

    ``first`` is the first date of the series, from today on; None when the rule leaves it open ("every 4 weeks").
    ``start`` and ``minutes`` are there where they were typed.
    """

    rule: str
    first: date | None = None
    start: time | None = None
    minutes: int | None = None


def parse_when(text: str, *, today: date) -> When:
    """A date, with its time and length or end where they were typed. Raises `DateProblem`."""
    day, rest = take_date(plain(text), today)
    span, rest = take_span(rest)
    if day is None or rest:
        raise DateProblem(Kind.NOT_UNDERSTOOD, sought="when")
    return When(day, span.start, span.minutes) if span else When(day)


# Rhythms

_ONE_MONTH = MONTH.replace("?P<month>", "?:")
_NTH = r"(?:[1-5]th|last)"
_EVERY = r"(?:every (?:(?P<n>[1-9]\d?)(?:th)? )?|1 )?(?P<unit>week|fortnight|month)"
_ON = (
    rf"(?P<every>every )?(?:(?P<nth>{_NTH}(?: and {_NTH})*) |(?<=every )(?P<weeks>[1-9]\d?) )?(?:every )?{WEEKDAY}"
    r"|(?P<ordinal>every )?(?:(?P<day>\d{1,2})th|last day)"
)


def parse_recurrence(text: str, *, today: date) -> Recurrence:
    """A rhythm, with its start and time where they were typed. Raises `DateProblem`.

    A weekday alone ("Tuesday 6pm") is a date, not a rhythm; "Tuesdays 6pm" is one.
    """
    words = plain(text)
    months, words = take(rf"(?:but )?except ({_ONE_MONTH}(?: (?:and )?{_ONE_MONTH})*)", words)
    starting, words = take(r"starting (?P<day>.*)", words)
    since, rest = take_date(starting["day"], today) if starting else (None, "")
    every, words = take(_EVERY, words)
    on, words = take(_ON, words)
    rule = _rule(every, on)
    span, unread = take_span(f"{words} {rest}".strip())
    left_out = {at(MONTHS, name) + 1 for name in re.findall(_ONE_MONTH, months[1])} if months else set()
    if rule is None or unread or len(left_out) == 12:
        raise DateProblem(Kind.NOT_UNDERSTOOD, sought="rhythm")
    open_ended = "BY" not in rule and since is None
    if left_out:
        rule += ";BYMONTH=" + ",".join(str(n) for n in range(1, 13) if n not in left_out)
    # The series begins at the first fitting date, whatever the interval that follows it.
    first = None if open_ended else first_date(re.sub(r";INTERVAL=\d+", "", rule), since or today)
    return Recurrence(rule, first, span.start if span else None, span.minutes if span else None)


def _rule(every: re.Match[str] | None, on: re.Match[str] | None) -> str | None:
    """The RRULE of "every 4 weeks" and "on the second Tuesday"; None when they do not make a rhythm."""
    n, unit = (int(every["n"] or 1), every["unit"]) if every else (1, "")
    if unit in ("week", "fortnight") or (on and on["every"] and on["weekday"] and not on["nth"] and not unit):
        if on and (on["nth"] or not on["weekday"] or (unit and on["weeks"])):
            return None
        weeks = int(on["weeks"] or n) if on else n
        return _weekly(weeks * (2 if unit == "fortnight" else 1), on and on["weekday"])
    if on is None:
        return None
    if on["nth"]:
        return _by_weekday(_repeated("MONTHLY", n), on["nth"], on["weekday"], sure=bool(unit or not on["every"]))
    if on["weekday"] or not (unit or on["ordinal"]):
        return None
    day = int(on["day"] or -1)
    if day > 28:
        raise DateProblem(Kind.NOT_EVERY_MONTH, sought="rhythm", numbers=(day,))
    return f"{_repeated('MONTHLY', n)};BYMONTHDAY={day}" if day else None


def _by_weekday(monthly: str, nth: str, weekday: str, *, sure: bool) -> str:
    """On which weekdays of the month. Unless ``sure``, "every second Tuesday" can also mean every 2 weeks."""
    if "5th" in nth:
        raise DateProblem(Kind.NOT_EVERY_MONTH, sought="rhythm", numbers=(5,), weekday=at(WEEKDAYS, weekday))
    rule = f"{monthly};BYDAY={','.join(by_day(one, weekday) for one in nth.split(' and '))}"
    if not sure and re.fullmatch(r"[2-4]th", nth):
        raise DateProblem(Kind.AMBIGUOUS, sought="rhythm", rules=(rule, _weekly(int(nth[0]), weekday)))
    return rule


def _weekly(weeks: int, weekday: str | None) -> str:
    return _repeated("WEEKLY", weeks) + (f";BYDAY={CODES[at(WEEKDAYS, weekday)]}" if weekday else "")


def _repeated(frequency: str, n: int) -> str:
    return f"FREQ={frequency}" + (f";INTERVAL={n}" if n > 1 else "")
