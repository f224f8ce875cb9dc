"""Digests: at most one card a week, to people for whom there is something in it."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, time, timedelta

from handlers.adjustments import book_by, by_code
from handlers.calendar import is_working_day, to_utc, working_days_after
from handlers.router import Router
from handlers.texts import digests as texts
from handlers.turn import Turn
from storage import conversations, digests
from storage.conversations import SeenEvent

router = Router()

A_WEEK = timedelta(days=7)
OPENS, CLOSES = time(9), time(18)
"""Local times, on the first working day of the week. A digest that could not go on that day is not sent late."""


@router.job("digests.weekly")
def weekly(turn: Turn) -> None:
    """Once a week, write to everyone for whom something waits or was new. Whoever has nothing hears nothing."""
    zone = turn.organisation.time_zone
    monday = turn.today - timedelta(days=turn.today.weekday())
    nation = turn.organisation.nation
    day = monday if is_working_day(monday, nation) else working_days_after(monday, 1, nation)
    opens = to_utc(datetime.combine(monday, OPENS), zone)
    closes = to_utc(datetime.combine(day, CLOSES), zone)
    if not to_utc(datetime.combine(day, OPENS), zone) <= turn.now < closes:
        return
    key = f"digest:{monday:%G-W%V}"
    # What becomes due later in the week waits for the next: this Monday is dealt with at its first tick.
    if not conversations.first_time(turn.session, SeenEvent, f"{key}:{turn.organisation.ref}", now=turn.now):
        return
    found = digests.weeks(
        turn.session,
        turn.organisation.id,
        since=to_utc(datetime.combine(monday - A_WEEK, OPENS), zone),
        before=opens,
        now=turn.now,
        to_book=_to_book(turn),
    )
    for week, people in found.items():
        turn.tell(people, texts.digest(week), key=key, kind="digest", until=closes)


def _to_book(turn: Turn) -> Counter[int]:
    """How much support is to be booked within a week, by group."""
    farthest = max(item.lead_days_ideal for item in by_code().values())
    until = turn.now + A_WEEK + timedelta(days=farthest + A_WEEK.days)
    counts: Counter[int] = Counter()
    for need in digests.open_needs(turn.session, turn.organisation.id, now=turn.now, until=until):
        item = by_code().get(need.code)
        if item is None or not item.needs_booking or not item.applies(need.how):
            continue
        by = book_by(item, need.local_start.date(), today=turn.today, nation=turn.organisation.nation)
        counts[need.group_id] += by.day <= turn.today + A_WEEK
    return counts
