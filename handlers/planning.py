"""Making meetings: one, or a series, of which a job makes the next ones in time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from handlers import drafts, plans
from handlers.calendar import occurrences, to_local, to_utc, warn_holiday
from handlers.chat import Answer, Card, Form, Refusal
from handlers.plans import Plan
from handlers.rhythm import invited_at
from handlers.router import Router
from handlers.texts import planning as texts
from handlers.texts import rights as rights_texts
from handlers.turn import Turn
from storage import groups, meetings
from storage.meetings import Meeting, Series
from storage.people import Person

router = Router()


@router.word(
    "new meeting", "make a meeting", "make a new meeting", "add a meeting", "plan a meeting", who="coordinator"
)
@router.press("planning.new")
def new(turn: Turn, person: Person, value: str) -> Form:
    """The form for a new meeting; what was drafted before stands in it."""
    mine = groups.coordinated_by(turn.session, person)
    if not mine:
        raise Refusal(rights_texts.not_yours())
    return texts.form(
        mine,
        plans.loaded(value) if value else {},
        value,
        check_when=drafts.check_start(turn.today),
        check_length=drafts.check_length,
        check_link=drafts.check_link,
    )


@router.form("planning.new")
def drafted(turn: Turn, person: Person, value: str, answers: Mapping[str, Answer]) -> Card:
    """Show what the answers mean, with full dates and bank holidays, before anything is saved."""
    mine = groups.coordinated_by(turn.session, person)
    group = {} if len(mine) > 1 or not mine else {"group": str(mine[0].id)}
    draft = plans.drafted({**drafts.in_place(answers), **group}, typed=turn.today)
    plan = drafts.planned(turn, person, draft)
    nation = turn.organisation.nation
    holidays = [(start.date(), name) for start in plan.starts if (name := warn_holiday(start.date(), nation))]
    return texts.confirm(plan, plans.dumped(draft), holidays=holidays, there_already=_standing(turn, plan))


@router.press("planning.save")
def save(turn: Turn, person: Person, value: str) -> Card:
    """Make the meeting, or the series with the meetings of the next 12 months."""
    draft = plans.loaded(value)
    try:
        plan = drafts.planned(turn, person, draft)
    except Refusal as refusal:
        if not refusal.field:
            raise
        raise Refusal(texts.not_any_more(refusal.card.text, value)) from None
    if (there := _standing(turn, plan)) and there.title == plan.title:
        if plan.rule and there.series_id is None:
            raise Refusal(texts.not_any_more(texts.one_stands_there(there), value))
        raise Refusal(texts.saved_already(there))
    series = None
    if plan.rule:
        series = meetings.add_series(turn.session, plan.group, plan.rule, first_start=plan.first)
    zone = turn.organisation.time_zone
    made = [
        meetings.add_meeting(
            turn.session,
            turn.organisation,
            plan.group,
            title=plan.title,
            local_start=start,
            starts_at=to_utc(start, zone),
            zone=zone,
            minutes=plan.minutes,
            how=plan.how,
            link=plan.link,
            phone=plan.phone,
            address=plan.address,
            series=series,
        )
        for start in plan.starts
    ]
    if series is not None:
        _step(turn, series, after=plan.starts[-1])
    return texts.saved(made, invites=_invites(turn, made[0]))


@router.press("planning.drop")
def drop(turn: Turn, person: Person, value: str) -> Card:
    """Nothing is saved."""
    return texts.dropped()


@router.job("meetings.series")
def make_next(turn: Turn) -> None:
    """Make the meetings of each series that have come within 12 months."""
    horizon = to_local(turn.now, turn.organisation.time_zone) + drafts.AHEAD
    for series in meetings.series_due(turn.session, turn.organisation.id, until=horizon):
        pattern = meetings.pattern_of(turn.session, series)
        while pattern is not None and (start := series.next_start) <= horizon:
            if _step(turn, series, after=start):
                _warn(turn, _like(turn, pattern, series, start))


def _step(turn: Turn, series: Series, *, after: datetime) -> bool:
    (following,) = occurrences(series.rule, series.first_start, after=after + timedelta(minutes=1), limit=1)
    return meetings.step(turn.session, series, to=following)


def _like(turn: Turn, pattern: Meeting, series: Series, start: datetime) -> Meeting:
    """One more meeting of the series. Its time is the series' own, should the last one have been moved."""
    return meetings.add_meeting(
        turn.session,
        turn.organisation,
        pattern.group,
        title=pattern.title,
        local_start=start,
        starts_at=to_utc(start, pattern.zone),
        zone=pattern.zone,
        minutes=pattern.minutes,
        how=pattern.how,
        link=pattern.link,
        phone=pattern.phone,
        address=pattern.address,
        series=series,
    )


def _warn(turn: Turn, meeting: Meeting) -> None:
    if holiday := warn_holiday(meeting.local_start.date(), turn.organisation.nation):
        coordinators = groups.coordinators_of(turn.session, meeting.group_id)
        card, key = texts.on_holiday(meeting, holiday), f"holiday:{meeting.id}"
        turn.tell(coordinators, card, key=key, kind="notice", until=meeting.starts_at, group_id=meeting.group_id)


def _standing(turn: Turn, plan: Plan) -> Meeting | None:
    starts_at = to_utc(plan.starts[0], turn.organisation.time_zone)
    return meetings.standing_at(turn.session, plan.group, starts_at=starts_at)


def _invites(turn: Turn, meeting: Meeting) -> datetime:
    return to_local(max(invited_at(meeting, turn.organisation.nation), turn.now), meeting.zone)
