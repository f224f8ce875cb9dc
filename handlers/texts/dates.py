"""How dates, times, lengths and rhythms are said, in the style of the NHS: "Tuesday 8 December 2026, 6pm to 7:30pm"."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from handlers.phrases import CODES, MONTHS, WEEKDAYS, DateProblem, Kind

_ORDINALS = {"1": "first", "2": "second", "3": "third", "4": "fourth", "5": "fifth", "-1": "last"}
_EXAMPLES = {
    "date": 'You can type a date like "8 December", "Tuesday 8 December" or "8/12/26".',
    "time": 'You can type a time like "6pm", "5:30pm" or "18:00".',
    "span": 'You can type times like "6pm to 7:30pm".',
    "when": 'You can type a date and time like "Tuesday 8 December, 6pm to 7:30pm".',
    "length": 'You can type a length like "90 minutes" or "1 hour 30 minutes".',
    "rhythm": 'You can type "second Tuesday of the month at 6pm" or "every 4 weeks on Monday".',
}


def day(on: date) -> str:
    """``Tuesday 8 December 2026``."""
    return f"{WEEKDAYS[on.weekday()]} {_date(on)}"


def _date(on: date) -> str:
    return f"{on.day} {MONTHS[on.month - 1]} {on.year}"


def clock(at: time) -> str:
    """``6pm``, ``5:30pm``, ``midday`` or ``midnight``."""
    if at.minute == 0 and at.hour % 12 == 0:
        return "midday" if at.hour else "midnight"
    minutes = f":{at.minute:02}" if at.minute else ""
    return f"{at.hour % 12 or 12}{minutes}{'pm' if at.hour >= 12 else 'am'}"


def span(start: time, minutes: int | None = None) -> str:
    """``6pm to 7:30pm``; only the start when there is no length."""
    if not minutes:
        return clock(start)
    end = datetime.combine(date(2000, 1, 1), start) + timedelta(minutes=minutes)
    return f"{clock(start)} to {clock(end.time())}"


def when(local_start: datetime, minutes: int | None = None) -> str:
    """``Tuesday 8 December 2026, 6pm to 7:30pm``."""
    return f"{day(local_start)}, {span(local_start.time(), minutes)}"


def length(minutes: int) -> str:
    """``1 hour 30 minutes``."""
    hours, rest = divmod(minutes, 60)
    parts = [count(hours, "hour", "hours")] if hours else []
    return " ".join(parts + ([count(rest, "minute", "minutes")] if rest or not hours else []))


def joined(words: Sequence[str], last: str = "and") -> str:
    """``a, b and c``."""
    return f" {last} ".join(part for part in (", ".join(words[:-1]), *words[-1:]) if part)


def count(n: int, one: str, many: str) -> str:
    """``1 person``, ``2 people``."""
    return f"{n:,} {one if n == 1 else many}"


def ordinal(n: int) -> str:
    """``15th``."""
    ending = "th" if n % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{ending}"


def in_words(rule: str) -> str:
    """``on the second Tuesday of every month, except August``, for an RRULE that `parse_recurrence` makes."""
    parts = dict(part.split("=") for part in rule.split(";"))
    interval = int(parts.get("INTERVAL", "1"))
    by_day = parts["BYDAY"].split(",") if "BYDAY" in parts else []
    weekday = WEEKDAYS[CODES.index(by_day[0][-2:])] if by_day else ""
    if parts["FREQ"] == "WEEKLY":
        said = f"every {interval} weeks" if interval > 1 else "every week"
        said = f"every {weekday}" if weekday and interval == 1 else said + (f" on a {weekday}" if weekday else "")
    else:
        if weekday:
            which = f"{joined([_ORDINALS[one[:-2]] for one in by_day])} {weekday}"
        else:
            which = "last day" if parts["BYMONTHDAY"] == "-1" else ordinal(int(parts["BYMONTHDAY"]))
        said = f"every {interval} months, on the {which}" if interval > 1 else f"on the {which} of every month"
    kept = {int(n) for n in parts.get("BYMONTH", "").split(",") if n}
    left_out = [name for n, name in enumerate(MONTHS, 1) if kept and n not in kept]
    return f"{said}, except {joined(left_out)}" if left_out else said


def problem(p: DateProblem) -> str:
    """What to tell the person, and what they can type instead."""
    dates = [day(on) for on in p.dates]
    if p.kind is Kind.OTHER_WEEKDAY:
        is_day, typed = WEEKDAYS[p.dates[0].weekday()], WEEKDAYS[p.weekday]
        meant = f"{_date(p.dates[0])} is a {is_day}, not a {typed}. Which did you mean?"
        return f"{meant} You can type {joined(_quoted(dates), 'or')}."
    if p.kind is Kind.MORNING_OR_EVENING:
        return f"Did you mean {joined([clock(at) for at in p.times], 'or')}?"
    if p.kind is Kind.AMBIGUOUS:
        return f"Did you mean {joined(dates or _quoted([in_words(rule) for rule in p.rules]), 'or')}?"
    if p.kind is Kind.PAST:
        return f"{dates[0]} has passed. " + (f"Did you mean {dates[1]}?" if dates[1:] else _EXAMPLES["date"])
    if p.kind is Kind.NO_SUCH_DATE:
        return _no_such_date(p.numbers)
    if p.kind is Kind.NO_SUCH_TIME:
        return f"There is no such time of day. {_EXAMPLES['time']}"
    if p.kind is Kind.ENDS_BEFORE_START:
        start, end = (clock(at) for at in p.times)
        return f"The end, {end}, is not after the start, {start}. Which times did you mean? {_EXAMPLES['span']}"
    if p.kind is Kind.LENGTH:
        return f"A meeting can last from 5 minutes to 12 hours. {_EXAMPLES['length']}"
    if p.kind is Kind.NOT_EVERY_MONTH and p.numbers == (5,):
        weekday = WEEKDAYS[p.weekday]
        return f'Not every month has a fifth {weekday}. You can type "last {weekday} of the month".'
    if p.kind is Kind.NOT_EVERY_MONTH:
        return f'Not every month has a {ordinal(p.numbers[0])}. You can type "last day of every month".'
    return f"Sorry, I could not read that. {_EXAMPLES[p.sought]}"


def _quoted(words: Sequence[str]) -> list[str]:
    return [f'"{one}"' for one in words]


def _no_such_date(numbers: tuple[int, ...]) -> str:
    on, *rest = numbers
    if not rest:
        return f"No month has a {ordinal(on)}. {_EXAMPLES['date']}"
    month, *year = rest
    if not 1 <= month <= 12:
        return f"There is no month {month}. The day comes first: 8/12/26 is 8 December 2026."
    name = " ".join([MONTHS[month - 1], *map(str, year)])
    return f"There is no {on} {name}. Please check the day and the month."
