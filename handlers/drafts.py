"""What a coordinator's words for a meeting mean: its dates, its length, and the ways to join it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta

from dateutil.relativedelta import relativedelta

from handlers import dates, rights
from handlers.calendar import occurrences, to_local, to_utc
from handlers.chat import Answer, Refusal
from handlers.forms import Unread
from handlers.phrases import DateProblem, Kind
from handlers.phrases import plain as plain_dates
from handlers.plans import Draft, Plan, Start
from handlers.texts import dates as date_texts
from handlers.texts import forms as form_texts
from handlers.texts import planning as texts
from handlers.texts import rights as rights_texts
from handlers.turn import Turn
from storage.people import Person

USUAL_LENGTH = 90
"""Minutes."""

LONGEST_PHONE = 100
"""Characters of a phone number, with what people need to know besides."""

AHEAD = relativedelta(months=12)
"""How far ahead the meetings of a series are made."""


def read_start(text: str, *, today: date) -> Start:
    """What a date or a rhythm, with its time, means when it is typed on that day. Raises `Unread`."""
    try:
        found = _parsed(text, today)
    except DateProblem as problem:
        raise Unread(date_texts.problem(problem)) from None
    rule, day = (found.rule, found.first) if isinstance(found, dates.Recurrence) else ("", found.day)
    if found.start is None:
        raise Unread(texts.what_time())
    if day is None:
        raise Unread(texts.first_date())
    return Start(datetime.combine(day, found.start), found.minutes, rule)


def _parsed(text: str, today: date) -> dates.When | dates.Recurrence:
    try:
        return dates.parse_when(text, today=today)
    except DateProblem as no_date:
        try:
            return dates.parse_recurrence(text, today=today)
        except DateProblem as no_rhythm:
            rhythm = no_rhythm.kind is not Kind.NOT_UNDERSTOOD or "every" in plain_dates(text).split()
            raise (no_rhythm if rhythm and no_date.kind is Kind.NOT_UNDERSTOOD else no_date) from None


def check_start(today: date) -> Callable[[Answer], str]:
    """A field's check: what is wrong with a date or rhythm, in plain words."""

    def check(answer: Answer) -> str:
        try:
            read_start(str(answer), today=today)
        except Unread as unread:
            return unread.words
        return ""

    return check


def check_length(answer: Answer) -> str:
    """A field's check: what is wrong with a length, in plain words."""
    try:
        dates.parse_length(str(answer))
    except DateProblem as problem:
        return date_texts.problem(problem)
    return ""


def check_link(answer: Answer) -> str:
    """A field's check: a link is one that people can open."""
    link = str(answer)
    return "" if link.startswith(("https://", "http://")) and " " not in link else texts.no_link()


def in_place(answers: Mapping[str, Answer]) -> Mapping[str, Answer]:
    """The answers, with a link that was given as the phone number where a link belongs."""
    given = str(answers.get("phone", "")).strip()
    return answers if answers.get("link") or check_link(given) else {**answers, "link": given, "phone": ""}


def start_of(turn: Turn, draft: Draft, *, usual: int = USUAL_LENGTH) -> tuple[Start, int]:
    """When the drafted meeting begins, still to come, and its length in minutes, ``usual`` when none was given.

    Raises `Refusal`, beside the field it is about.
    """
    try:
        start = read_start(draft.get("when", ""), today=date.fromisoformat(draft["typed"]))
    except Unread as unread:
        raise Refusal(texts.problem(unread.words), field="when") from None
    typed = draft.get("length", "")
    if typed and (problem := check_length(typed)):
        raise Refusal(texts.problem(problem), field="length")
    minutes = dates.parse_length(typed) if typed else start.minutes or usual
    if start.minutes and minutes != start.minutes:
        raise Refusal(texts.two_lengths(start.minutes, minutes), field="length")
    if not start.rule and to_utc(start.local, turn.organisation.time_zone) <= turn.now:
        raise Refusal(texts.problem(texts.has_passed()), field="when")
    return start, minutes


def planned(turn: Turn, person: Person, draft: Draft) -> Plan:
    """The plan in a draft, everything checked: the person's right to the group, dates, ways to join.

    Raises `Refusal`, beside the field it is about.
    """
    group = rights.coordinated(turn, person, rights.number(draft.get("group", "")))
    start, minutes = start_of(turn, draft)
    how, link, phone, address = (draft.get(name, "") for name in ("how", "link", "phone", "address"))
    if how not in ("online", "in_person", "both"):
        raise Refusal(rights_texts.not_found())
    if link and (problem := check_link(link)):
        raise Refusal(texts.problem(problem), field="link")
    if how != "in_person" and not (link or phone):
        # Beside the last of the two questions: who types was asked both, and may answer this one with a link too.
        raise Refusal(texts.problem(texts.how_online()), field="phone")
    if len(phone) > LONGEST_PHONE:
        raise Refusal(texts.problem(form_texts.too_long(LONGEST_PHONE)), field="phone")
    if how != "online" and not address:
        raise Refusal(texts.problem(texts.which_place()), field="address")
    return Plan(
        group=group,
        title=draft.get("title") or texts.USUAL_TITLE,
        starts=_starts(turn, start),
        first=start.local,
        minutes=minutes,
        how=how,
        link=link if how != "in_person" else "",
        phone=phone if how != "in_person" else "",
        address=address if how != "online" else "",
        rule=start.rule,
    )


def _starts(turn: Turn, start: Start) -> tuple[datetime, ...]:
    if not start.rule:
        return (start.local,)
    now = to_local(turn.now, turn.organisation.time_zone)
    found = occurrences(start.rule, start.local, after=now + timedelta(minutes=1), until=now + AHEAD, limit=120)
    if not found:
        raise Refusal(texts.problem(texts.has_passed()), field="when")
    return tuple(found)
