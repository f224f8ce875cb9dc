"""What people type for times of day and lengths: "6pm", "half past 6 pm", "6-7.30pm", "an hour and a half"."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import time

from handlers.phrases import DateProblem, Kind, plain, take

LONGEST = 12 * 60
"""Minutes. A longer meeting is more likely a slip than a meeting."""

_DAY = 24 * 60


@dataclass(frozen=True)
class Span:
    """A time of day and how long it lasts; ``minutes`` is None when no end was typed."""

    start: time
    minutes: int | None = None


# Four digits are a time only where they cannot be a year. "5 to 6pm" is a span, "5 minutes to 6pm" a time.
_CLOCK = (
    r"(?:(?:12 (?:[:.] 00 )?)?(?:midday|midnight)"
    r"|(?:(?:half|quarter|\d{1,2}(?: minute)?) past |(?:quarter|20|25|\d{1,2} minute) to |half )?"
    r"(?:[01]\d{3}|\d{1,2}(?: [:.] \d\d)?)(?! (?:hour|minute|th)(?!\S))(?: (?:am|pm))?)"
)
_LENGTHS: tuple[tuple[str, Callable[[re.Match[str]], float]], ...] = (
    (r"(\d{1,2}) and (1 )?half hour", lambda m: int(m[1]) * 60 + 30),
    (r"half (1 )?hour", lambda m: 30),
    (r"(1|3) quarter (1 )?hour", lambda m: int(m[1]) * 15),
    (r"(\d{1,2}) hour and (1 )?(half|quarter)", lambda m: int(m[1]) * 60 + (30 if m[3] == "half" else 15)),
    (r"(\d{1,2}) hour(?: and)? (\d{1,2})(?: minute)?", lambda m: int(m[1]) * 60 + int(m[2])),
    (r"(\d{1,2}) \. (\d{1,2}) hour", lambda m: float(f"{m[1]}.{m[2]}") * 60),
    (r"(\d{1,2}) hour", lambda m: int(m[1]) * 60),
    (r"(\d{1,4}) minute", lambda m: int(m[1])),
)


def _meanings(clock: str) -> tuple[int, ...]:
    """The minutes of the day that a clock phrase can mean: one, or two when am and pm are both possible."""
    if clock.endswith(("midday", "midnight")):
        return (12 * 60 if clock.endswith("midday") else 0,)
    parts = re.fullmatch(r"(?:(.+) (past|to) |(half) )?(\d{1,2}) ?(?:[:.] )?(\d\d)?(?: (am|pm))?", clock)
    if parts is None:
        raise DateProblem(Kind.NOT_UNDERSTOOD, sought="time")
    amount, direction, half, hour, minute, noon = parts.groups()
    words = {"half": 30, "quarter": 15}
    shift = 30 if half else words[amount] if amount in words else int((amount or "0").split()[0])
    hours, minutes = int(hour), int(minute or 0)
    if hours > 23 or minutes > 59 or shift > 59 or (noon == "am" and hours > 12) or (noon and hours == 0):
        raise DateProblem(Kind.NO_SUCH_TIME, sought="time")
    offset = minutes + (-shift if direction == "to" else shift)
    if hours == 0 or hours > 12:
        return ((hours * 60 + offset) % _DAY,)
    morning, evening = (hours % 12 * 60 + offset) % _DAY, (hours % 12 * 60 + 720 + offset) % _DAY
    return {"am": (morning,), "pm": (evening,)}.get(noon, (morning, evening))


def _settle(meanings: tuple[int, ...]) -> int:
    """The one meaning. From 8 to 11 it is the morning, with 12 it is midday; from 1 to 7 the person is asked."""
    if len(meanings) == 1:
        return meanings[0]
    morning, evening = sorted(meanings)
    if morning < 60:
        return evening
    if morning < 8 * 60:
        raise DateProblem(Kind.MORNING_OR_EVENING, sought="time", times=(_time(morning), _time(evening)))
    return morning


def _time(minutes: int) -> time:
    return time(minutes // 60, minutes % 60)


def _span(first: str, last: str, longest: int) -> Span:
    """One am or pm serves both ends: "6-7.30pm" begins at 6pm, "11am to 1" ends at 1pm."""
    starts, ends = _meanings(first), _meanings(last)
    if len(ends) == 2:
        starts = (_settle(starts),)
    pairs = [((end - start) % _DAY or _DAY, start, end) for start in starts for end in ends]
    minutes, start, end = min(pairs)
    if minutes > longest:
        raise DateProblem(Kind.ENDS_BEFORE_START, sought="span", times=(_time(start), _time(end)))
    return Span(_time(start), minutes)


def take_length(words: str) -> tuple[int | None, str]:
    """Take a length in minutes from plain words."""
    for pattern, minutes in _LENGTHS:
        match, rest = take(pattern, words)
        if match:
            return _checked(minutes(match)), rest
    return None, words


def _checked(minutes: float) -> int:
    if not 5 <= minutes <= LONGEST:
        raise DateProblem(Kind.LENGTH, sought="length")
    return round(minutes)


def take_span(words: str, *, longest: int = LONGEST) -> tuple[Span | None, str]:
    """Take "6pm to 7:30pm", "6pm for 90 minutes" or "6pm" from plain words."""
    match, rest = take(rf"(?P<first>{_CLOCK}) (?:to|-) (?P<last>{_CLOCK})", words)
    if match:
        return _span(match["first"], match["last"], longest), rest
    match, rest = take(_CLOCK, words)
    if not match:
        return None, words
    start = _time(_settle(_meanings(match[0])))
    minutes, rest = take_length(rest)
    return Span(start, minutes), rest.removeprefix("for").strip()


def parse_span(text: str, *, longest: int = LONGEST) -> Span:
    """A time with its end or length, if typed. A span of more than ``longest`` minutes counts as a slip.

    Raises `DateProblem`.
    """
    span, rest = take_span(plain(text), longest=longest)
    if span is None or rest:
        raise DateProblem(Kind.NOT_UNDERSTOOD, sought="span")
    return span


def parse_time(text: str) -> time:
    """A time of day. Raises `DateProblem`."""
    match, rest = take(_CLOCK, plain(text))
    if match is None or rest:
        raise DateProblem(Kind.NOT_UNDERSTOOD, sought="time")
    return _time(_settle(_meanings(match[0])))


def parse_length(text: str) -> int:
    """A length in minutes; a bare number from 10 on is minutes, "1:30" an hour and a half. Raises `DateProblem`."""
    words = plain(text).removeprefix("for ")
    bare = re.fullmatch(r"(?:(\d{1,2}) : )?(\d{2,3})", words)
    if bare:
        return _checked(int(bare[1] or 0) * 60 + int(bare[2]))
    minutes, rest = take_length(words)
    if minutes is None or rest:
        raise DateProblem(Kind.NOT_UNDERSTOOD, sought="length")
    return minutes
