"""The words of the phrases that people type for dates and times, and what can be wrong with such a phrase."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, time
from enum import Enum
from typing import Literal

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
"""The weekdays as RFC 5545 writes them."""


class Kind(Enum):
    """Why a phrase could not be taken as it is."""

    NOT_UNDERSTOOD = "not understood"
    OTHER_WEEKDAY = "the weekday does not match the date"
    MORNING_OR_EVENING = "no am or pm"
    PAST = "in the past"
    NO_SUCH_DATE = "no such date"
    NO_SUCH_TIME = "no such time"
    AMBIGUOUS = "two meanings"
    ENDS_BEFORE_START = "ends before it starts"
    LENGTH = "too short or too long"
    NOT_EVERY_MONTH = "not every month has that day"


class DateProblem(Exception):
    """The phrase needs another word from the person; `handlers.texts.dates.problem` says so in a sentence.

    ``sought`` is what was asked for. ``dates``, ``times`` and ``rules`` hold the meanings to choose from, the
    likelier first; for ENDS_BEFORE_START ``times`` are start and end, for PAST the first of ``dates`` is the date
    that has passed. ``weekday`` is the one typed (Monday is 0). ``numbers`` are the day and, if they were typed, the
    month and year of a date that does not exist. No typed words are kept: this may reach a log.
    """

    def __init__(
        self,
        kind: Kind,
        *,
        sought: Literal["date", "time", "span", "when", "length", "rhythm"] = "date",
        dates: tuple[date, ...] = (),
        times: tuple[time, ...] = (),
        rules: tuple[str, ...] = (),
        weekday: int = 0,
        numbers: tuple[int, ...] = (),
    ) -> None:
        super().__init__(kind.value)
        self.kind = kind
        self.sought = sought
        self.dates = dates
        self.times = times
        self.rules = rules
        self.weekday = weekday
        self.numbers = numbers


_NAMES = (*MONTHS, *WEEKDAYS)
_ORDINALS = ("first", "second", "third", "fourth", "fifth")
_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_KEPT = (
    "am", "pm", "midday", "midnight", "half", "quarter", "past", "to", "hour", "minute", "day", "week", "fortnight",
    "month", "today", "tomorrow", "yesterday", "after", "next", "this", "coming", "every", "last", "except", "but",
    "starting", "and", "for",
)  # fmt: skip
_DROPPED = ("a", "an", "the", "of", "on", "at", "in", "from", "o", "oclock", "please", "once", "time")
_ALIKE = {
    "tues": "tuesday", "weds": "wednesday", "wensday": "wednesday", "thur": "thursday", "thurs": "thursday",
    "sept": "september", "noon": "midday", "tonight": "today", "tommorow": "tomorrow", "until": "to", "till": "to",
    "hours": "hour", "hrs": "hour", "hr": "hour", "h": "hour",
    "minutes": "minute", "mins": "minute", "min": "minute", "m": "minute",
    "days": "day", "weeks": "week", "fortnights": "fortnight", "months": "month", "quarters": "quarter",
    "each": "every", "weekly": "every week", "fortnightly": "every fortnight", "monthly": "every month",
    "quarterly": "every 3 month", "other": "2", "morning": "am", "afternoon": "pm", "evening": "pm",
    "excluding": "except", "not": "except", "apart": "except", "skipping": "except", "beginning": "starting",
    "fifteen": "15", "twenty": "20", "thirty": "30", "forty": "40", "sixty": "60", "ninety": "90",
}  # fmt: skip
_WORDS: dict[str, str] = {
    **{name.lower(): name.lower() for name in _NAMES},
    **{name[:3].lower(): name.lower() for name in _NAMES},
    **{f"{name.lower()}s": f"every {name.lower()}" for name in WEEKDAYS},
    **{word: f"{n}th" for n, word in enumerate(_ORDINALS, 1)},
    **{word: str(n) for n, word in enumerate(_NUMBERS, 1)},
    **{word: word for word in _KEPT},
    **dict.fromkeys(_DROPPED, ""),
    **_ALIKE,
}
"""What each word of the grammar becomes; an empty string drops it."""


_LONGEST = 200
"""Characters. Nobody types a longer phrase for a date, and a cut one could be misread."""

_SIGNS = {ord(sign): "-" for sign in "\u2010\u2011\u2012\u2013\u2014\u2212"}
_SIGNS |= {ord(sign): "" for sign in "'\"`\u2018\u2019\u201c\u201d"}
_SIGNS |= {ord("\u00bd"): " and a half"}


def _slip(word: str, known: str) -> bool:
    """Whether one letter was left out, added or wrong, or two neighbours changed places."""
    at = next((i for i, (a, b) in enumerate(zip(word, known, strict=False)) if a != b), min(len(word), len(known)))
    mine, theirs = word[at:], known[at:]
    swapped = mine[1::-1] == theirs[:2] and mine[2:] == theirs[2:]
    return swapped or mine[1:] == theirs[1:] or mine == theirs[1:] or mine[1:] == theirs


def _known(word: str) -> str:
    if word in _WORDS or len(word) < 4:
        return _WORDS.get(word, word)
    near = {_WORDS[known] for known in _WORDS if (len(known) > 4 or known in ("june", "july")) and _slip(word, known)}
    return near.pop() if len(near) == 1 else word


def plain(text: str) -> str:
    """The phrase as known words, numbers and signs with one space between; an ordinal is a number with "th"."""
    if len(text) > _LONGEST:
        return "?"
    text = text.lower().translate(_SIGNS).strip(" .!?")
    text = re.sub(r"(?<![a-z])([ap])\. ?m\b\.?", r"\1m", text)
    text = re.sub(r"(?<=[a-z])\.", " ", text)
    text = re.sub(r"\ban? (?=(?:day|week|fortnight|month|hour|(?:half|quarter)(?! past| to))\b)", "1 ", text)
    # "Friday afternoon at 2" and "Friday afternoon, 2pm" become "Friday 2 afternoon" and "Friday 2pm".
    part, clock = r"(?<!the )\b(morning|afternoon|evening),? (?:at )?", r"([0-9]{1,2}(?:[:.][0-9]{2})?)\b"
    text = re.sub(rf"{part}(?=[0-9:.]+ ?[ap]m)", "", text)
    text = re.sub(part + clock, r"\2 \1", text)
    text = re.sub(r"\bbetween (.+?) and ", r"\1 to ", text)
    found: list[str] = re.findall(r"[0-9]+(?:st|nd|rd|th)\b|[0-9]+|[a-z]+|[^\s,()]", text)
    tokens = (token[:-2] + "th" if token[0].isdigit() and token[-1].isalpha() else _known(token) for token in found)
    return " ".join(token for token in tokens if token)


def take(pattern: str, words: str) -> tuple[re.Match[str] | None, str]:
    """The first place where whole words match, and the other words.

    More than one space stays where the match was, so that its neighbours are not read as one phrase.
    """
    match = re.search(rf"(?<!\S)(?:{pattern})(?!\S)", words)
    return (match, f"{words[: match.start()]} {words[match.end() :]}".strip()) if match else (None, words)


def at(names: Sequence[str], name: str) -> int:
    """Where a plain word stands among `MONTHS` or `WEEKDAYS`, from 0."""
    return names.index(name.capitalize())
