"""The coordinator's checklist: what to arrange for whom at the coming meetings, by when, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from handlers import adjustments, rights
from handlers.chat import Answer, Card, Form, Refusal
from handlers.router import Router
from handlers.texts import checklist as texts
from handlers.texts.checklist import Line
from handlers.turn import Turn
from storage import groups, meetings, support
from storage.meetings import Meeting
from storage.people import Person
from storage.support import Need

router = Router()

AHEAD = timedelta(weeks=8)
"""How far the checklist looks: as far as the longest lead time."""


@router.word("checklist", "check list", who="coordinator")
@router.press("support.checklist")
def checklist(turn: Turn, person: Person, value: str) -> Card:
    """What to arrange for the groups this person coordinates, open things first. ``value``: after which line."""
    return texts.checklist(_lines(turn, person), after=value)


@router.press("support.line")
def line(turn: Turn, person: Person, value: str) -> Card:
    """One line of the checklist, to be said what became of it."""
    found = next((one for one in _lines(turn, person) if one.value == value), None)
    if found is None:
        raise Refusal(texts.gone())
    return texts.line(found)


@router.press("support.arranged")
def arranged(turn: Turn, person: Person, value: str) -> Card:
    """It is arranged: this person says so."""
    need, meeting = _asked(turn, person, value)
    support.set_state(turn.session, need, meeting, "arranged", by=person, now=turn.now)
    return texts.arranged(need, meeting, value, groups.reach(turn.session, need.person, meeting.group_id))


@router.press("support.arranging")
def arranging(turn: Turn, person: Person, value: str) -> Card:
    """It is not arranged after all, and somebody is at it."""
    need, meeting = _asked(turn, person, value)
    support.set_state(turn.session, need, meeting, "arranging", by=person, now=turn.now)
    return texts.arranging(need, meeting)


@router.press("support.not_met")
def cannot_arrange(turn: Turn, person: Person, value: str) -> Form:
    """Ask why, and what is offered instead. The member will read or be told both."""
    need, meeting = _asked(turn, person, value)
    return texts.not_met_form(need, meeting, value, groups.reach(turn.session, need.person, meeting.group_id))


@router.form("support.not_met")
def not_met(turn: Turn, person: Person, value: str, answers: Mapping[str, Answer]) -> Card:
    """Save why it cannot be had and what is offered instead, and lead the member to it."""
    need, meeting = _asked(turn, person, value)
    reason, alternative = str(answers["reason"]).strip(), str(answers["alternative"]).strip()
    support.set_state(
        turn.session, need, meeting, "not_met", by=person, now=turn.now, reason=reason, alternative=alternative
    )
    turn.tell(
        need.person,
        texts.news(meeting),
        key=f"support-not-met:{need.id}:{meeting.id}:{turn.now.isoformat()}",
        kind="notice",
        until=meeting.starts_at,
        group_id=meeting.group_id,
    )
    return texts.not_met(need, reason, alternative, groups.reach(turn.session, need.person, meeting.group_id))


def _lines(turn: Turn, person: Person) -> list[Line]:
    """One line for each need and meeting."""
    mine = {group.id for group in groups.coordinated_by(turn.session, person)}
    lines = []
    for meeting in meetings.upcoming(turn.session, turn.organisation.id, now=turn.now, until=turn.now + AHEAD):
        if meeting.group_id not in mine:
            continue
        done = support.adjustments_for(turn.session, meeting)
        day = meeting.local_start.date()
        for need, whose, how in support.needs_at(turn.session, meeting):
            item = adjustments.by_code().get(need.code)
            if item is not None and item.for_meetings and item.applies(how):
                due = adjustments.book_by(item, day, today=turn.today, nation=turn.organisation.nation)
                arrangement = done.get(need.id)
                lines.append(Line(need, whose, meeting, item, due, arrangement))
    return lines


def _asked(turn: Turn, coordinator: Person, value: str) -> tuple[Need, Meeting]:
    """The need and the meeting a button is about, if this coordinator has to do with both. Raises `Refusal`."""
    need_id, _, number = value.partition(":")
    meeting = rights.coordinated_meeting(turn, coordinator, rights.number(number))
    need = support.need_by_id(turn.session, turn.organisation.id, rights.number(need_id))
    if need is None or need.code not in adjustments.by_code() or need.person.silenced_at is not None:
        raise Refusal(texts.gone())
    here = groups.membership(turn.session, meeting.group_id, need.person_id)
    if here is None or here.state != "active" or meeting.cancelled_at is not None or meeting.starts_at <= turn.now:
        raise Refusal(texts.gone())
    return need, meeting
