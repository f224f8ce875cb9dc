"""What is sent unasked about each meeting: the invitation, the reminders, and how to join on the day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Select

from handlers.chat import Card
from handlers.rhythm import FARTHEST, invitation_key, invited_at, reminded_at, told_how_at
from handlers.router import Router
from handlers.texts import reminding as texts
from handlers.turn import Turn
from storage import groups, meetings, reminding
from storage.meetings import Meeting

router = Router()

MOST_REMINDERS = 2
"""For one meeting and one person, also when it is moved."""

_A_DAY = timedelta(hours=24)


@router.job("meetings.invitations")
def invite(turn: Turn) -> None:
    """Invite everyone to the meetings that are near enough, also those who joined the group since."""
    for meeting in _near(turn):
        if turn.now >= invited_at(meeting, turn.organisation.nation):
            turn.tell(
                groups.audience(meeting.group_id),
                texts.invitation(meeting),
                key=invitation_key(meeting),
                kind="invitation",
                meeting=meeting,
                until=meeting.starts_at,
                needs="unanswered",
            )


@router.job("meetings.reminders")
def remind(turn: Turn) -> None:
    """Remind once before the meeting, and on the day tell those who come how to join. Nobody who said no."""
    for meeting in _near(turn):
        reminded = reminded_at(meeting, turn.organisation.nation)
        told_how = told_how_at(meeting, turn.organisation.nation)
        if reminded <= turn.now < told_how:
            _remind(turn, meeting, since=reminded, until=told_how)
        elif told_how <= turn.now:
            _tell_how(turn, meeting, since=told_how)


def _remind(turn: Turn, meeting: Meeting, *, since: datetime, until: datetime) -> None:
    # Whoever answered or was invited a moment ago needs no reminder of it.
    silent = reminding.written_to(
        meetings.who_has_not_answered(meeting), key=invitation_key(meeting), before=since - _A_DAY
    )
    unsure = meetings.who_has_said(meeting, "not_sure", before=since)
    going = meetings.who_has_said(meeting, "yes", before=since)
    _reminder(turn, meeting, going, texts.coming(meeting), "reminder", until=until, needs="going")
    _reminder(turn, meeting, unsure, texts.not_sure(meeting), "reminder", until=meeting.starts_at)
    _reminder(turn, meeting, silent, texts.unanswered(meeting), "reminder", until=meeting.starts_at, needs="unanswered")


def _tell_how(turn: Turn, meeting: Meeting, *, since: datetime) -> None:
    coordinators = [one.name for one in groups.coordinators_of(turn.session, meeting.group_id)]
    for how in ("online", "in_person", "") if meeting.how == "both" else ("",):
        going = meetings.who_has_said(meeting, "yes", before=since, how=how)
        card = texts.how_to_join(meeting, how, coordinators=coordinators)
        _reminder(turn, meeting, going, card, "today", until=meeting.starts_at, needs="going")


def _near(turn: Turn) -> Sequence[Meeting]:
    return meetings.upcoming(turn.session, turn.organisation.id, now=turn.now, until=turn.now + FARTHEST)


def _reminder(
    turn: Turn,
    meeting: Meeting,
    to: Select[int],
    card: Card,
    name: str,
    *,
    until: datetime,
    needs: Literal["", "unanswered", "going"] = "",
) -> None:
    few = reminding.to_remind(to, meeting, most=MOST_REMINDERS)
    key = f"{name}:{meeting.id}:{meeting.version}"
    turn.tell(few, card, key=key, kind="reminder", meeting=meeting, until=until, needs=needs)
