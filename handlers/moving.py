"""Moving a meeting, changing how people join it, cancelling it; and telling everyone it concerns."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Select

from handlers import drafts, plans, rights
from handlers.calendar import to_utc, warn_holiday
from handlers.chat import Answer, Card, Form, Refusal, Reply
from handlers.plans import Draft
from handlers.rhythm import invitation_key, invited_at
from handlers.router import Router
from handlers.texts import dates
from handlers.texts import meetings as meeting_texts
from handlers.texts import moving as texts
from handlers.texts import planning as planning_texts
from handlers.truth import A_DAY
from handlers.turn import Kind, Turn
from storage import groups, meetings, outbox
from storage.meetings import Meeting, Series
from storage.people import Person, these

router = Router()


@router.press("planning.move")
def move(turn: Turn, person: Person, value: str) -> Form:
    """Ask for the meeting's new time."""
    return texts.form(
        _to_come(turn, person, value),
        value,
        check_when=drafts.check_start(turn.today),
        check_length=drafts.check_length,
    )


@router.form("planning.move")
def ask_to_move(turn: Turn, person: Person, value: str, answers: Mapping[str, Answer]) -> Card:
    """Show the old and the new time before anything changes."""
    meeting = _to_come(turn, person, value)
    draft = {
        **plans.drafted(answers, typed=turn.today),
        "number": str(meeting.number),
        "version": str(meeting.version),
    }
    start, minutes = _new_time(turn, meeting, draft)
    holiday = warn_holiday(start.date(), turn.organisation.nation)
    return texts.confirm_move(meeting, start, minutes, plans.dumped(draft), holiday=holiday)


@router.press("planning.moved")
def moved(turn: Turn, person: Person, value: str) -> Card:
    """Move the meeting and tell everyone in the group. Their answers stay."""
    draft = plans.loaded(value)
    meeting = _to_come(turn, person, draft.get("number", ""))
    if draft.get("version") != str(meeting.version):
        raise Refusal(texts.changed_since(meeting))
    try:
        start, minutes = _new_time(turn, meeting, draft)
    except Refusal as refusal:
        raise Refusal(texts.not_any_more(meeting, refusal.card.text)) from None
    before, late = meeting_texts.when(meeting), _is_soon(turn, meeting)
    starts_at = to_utc(start, meeting.zone)
    if not meetings.move(turn.session, meeting, local_start=start, starts_at=starts_at, minutes=minutes):
        raise Refusal(texts.changed_since(meeting))
    # Where the meeting is near enough to be asked about, this letter asks: an invitation would come on top of it.
    asks = turn.now >= invited_at(meeting, turn.organisation.nation)
    key = invitation_key(meeting) if asks else f"moved:{meeting.id}:{meeting.version}"
    everyone = groups.audience(meeting.group_id)
    _tell(turn, meeting, everyone, texts.has_moved(meeting, before), key=key, until=meeting.starts_at, late=late)
    _tell_coordinators(turn, person, meeting, texts.has_moved_for_coordinators(meeting, before), key=key, late=late)
    return texts.moved(meeting, outbox.columns(turn.session, key))


@router.press("planning.ways")
def ways(turn: Turn, person: Person, value: str) -> Form:
    """Ask how people join the meeting now."""
    return texts.ways_form(_to_come(turn, person, value), value, check_link=drafts.check_link)


@router.form("planning.ways")
def ways_changed(turn: Turn, person: Person, value: str, answers: Mapping[str, Answer]) -> Card:
    """Save the new ways to join, and tell those who said that they come, or may."""
    meeting = _to_come(turn, person, value)
    new = plans.drafted(answers, typed=turn.today)
    if not any(new.get(way) for way in ("link", "phone", "address")):
        raise Refusal(texts.no_new_way(meeting))
    meeting.link = new.get("link", meeting.link)
    meeting.phone = new.get("phone", meeting.phone)
    meeting.address = new.get("address", meeting.address)
    turn.session.flush()
    card, key = texts.new_ways(meeting), f"ways:{meeting.id}:{turn.now.isoformat()}"
    for answer in ("yes", "not_sure"):
        # A notice would go to those, too, who leave the group before it does.
        who = meetings.who_said(meeting, answer)
        turn.tell(who, card, key=key, kind="alert", meeting=meeting, until=meeting.starts_at)
    return texts.ways_saved(meeting, outbox.columns(turn.session, key))


@router.press("planning.cancel")
def ask_to_cancel(turn: Turn, person: Person, value: str) -> Card:
    """Ask whether they are sure."""
    meeting = _to_come(turn, person, value)
    return texts.confirm_cancel(meeting, f"{meeting.number}:{meeting.version}")


@router.press("planning.cancelled")
def cancelled(turn: Turn, person: Person, value: str) -> Card:
    """Cancel the meeting, and tell everyone but those who are not coming anyway."""
    meeting = _unchanged(turn, person, value)
    meetings.cancel(turn.session, meeting, now=turn.now)
    key = f"cancelled:{meeting.id}"
    to = meetings.who_did_not_say_no(meeting)
    _tell(turn, meeting, to, texts.is_cancelled(meeting, booked=False), key=key, until=meeting.starts_at)
    _tell_coordinators(turn, person, meeting, texts.is_cancelled(meeting, booked=True), key=key)
    return texts.cancelled(meeting, outbox.columns(turn.session, key))


@router.press("planning.end")
def end(turn: Turn, person: Person, value: str) -> Reply:
    """Cancel this meeting and all later ones of its series, which ends, and tell everyone in the group once."""
    meeting = _unchanged(turn, person, value)
    series = turn.session.get(Series, meeting.series_id) if meeting.series_id is not None else None
    if series is None:
        return cancelled(turn, person, value)
    rhythm = dates.in_words(series.rule)
    called_off = meetings.end_series(turn.session, meeting, now=turn.now)
    key, until = f"cancelled:{meeting.id}", called_off[-1].starts_at
    to = groups.audience(meeting.group_id)
    _tell(turn, meeting, to, texts.are_cancelled(meeting, rhythm, booked=False), key=key, until=until)
    _tell_coordinators(turn, person, meeting, texts.are_cancelled(meeting, rhythm, booked=True), key=key)
    return texts.ended(called_off, outbox.columns(turn.session, key))


def _is_soon(turn: Turn, meeting: Meeting) -> bool:
    return meeting.starts_at - turn.now < A_DAY


def _tell(
    turn: Turn,
    meeting: Meeting,
    to: Select[int],
    card: Card,
    *,
    key: str,
    until: datetime,
    late: bool = False,
) -> None:
    kind: Kind = "late_change" if late else "change"
    turn.tell(to, card, key=key, kind=kind, meeting=meeting, until=until)


def _tell_coordinators(
    turn: Turn, person: Person, meeting: Meeting, card: Card, *, key: str, late: bool = False
) -> None:
    others = [one for one in groups.coordinators_of(turn.session, meeting.group_id) if one.id != person.id]
    _tell(turn, meeting, these(others), card, key=key, until=meeting.starts_at, late=late)


def _new_time(turn: Turn, meeting: Meeting, draft: Draft) -> tuple[datetime, int]:
    start, minutes = drafts.start_of(turn, draft, usual=meeting.minutes)
    if start.rule:
        raise Refusal(planning_texts.problem(texts.only_one_date()), field="when")
    if (start.local, minutes) == (meeting.local_start, meeting.minutes):
        raise Refusal(planning_texts.problem(texts.same_time()), field="when")
    return start.local, minutes


def _to_come(turn: Turn, person: Person, number: str) -> Meeting:
    """A meeting this person coordinates that can still be changed. Raises `Refusal`."""
    meeting = rights.coordinated_meeting(turn, person, rights.number(number))
    if meeting.cancelled_at:
        raise Refusal(meeting_texts.cancelled(meeting))
    if meeting.starts_at <= turn.now:
        raise Refusal(texts.past(meeting))
    return meeting


def _unchanged(turn: Turn, person: Person, value: str) -> Meeting:
    number, _, version = value.partition(":")
    meeting = _to_come(turn, person, number)
    if version != str(meeting.version):
        raise Refusal(texts.changed_since(meeting))
    return meeting
