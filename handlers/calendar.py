"""The calendar: meetings that repeat, clock changes, bank holidays, working days and the hours when messages may go.

Local times are naive datetimes of the wall clock in a named zone; UTC times are aware.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from holidays import country_holidays

NATIONS = ("ENG", "WLS", "SCT", "NIR")
_SUNDAY = 6
_DAY = timedelta(days=1)
_OFFICE_OPENS, _OFFICE_CLOSES = time(9), time(18)
# A step is a day, or a move within one. Days without work come 4 in a row at Easter and Christmas.
_MOST_STEPS = 20


def occurrences(
    rule: str, first_local: datetime, *, after: datetime, until: datetime | None = None, limit: int = 12
) -> list[datetime]:
    """At most ``limit`` local starts of a series, from ``after`` to ``until``, both included.

    ``rule`` is an RFC 5545 RRULE, ``first_local`` the start of the series, which belongs to it only if it fits the
    rule. The wall time is the same on every date, also over a clock change.
    """
    starts = rrulestr(rule, dtstart=first_local).xafter(after, inc=True)
    found: list[datetime] = []
    for start in islice(starts, limit):
        if until is not None and start > until:
            break
        found.append(start)
    return found


def to_utc(local: datetime, zone: str) -> datetime:
    """The moment of a wall time in an IANA zone.

    A time that the clocks skip moves forward by the size of the gap; of a time that comes twice it is the first.
    """
    # With fold=0 Python takes the offset from before the change, which does both (PEP 495).
    return local.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC)


def to_local(utc: datetime, zone: str) -> datetime:
    """The wall time, naive, of a moment in an IANA zone."""
    return _local(utc, zone).replace(tzinfo=None, fold=0)


def _local(utc: datetime, zone: str) -> datetime:
    if utc.tzinfo is None:
        raise ValueError("a moment needs its zone: this datetime is naive")
    return utc.astimezone(ZoneInfo(zone))


@lru_cache(maxsize=64)
def _year_of_holidays(nation: str, year: int) -> dict[date, str]:
    if nation not in NATIONS:
        raise ValueError(f"not a nation of the UK: {nation}")
    return dict(country_holidays("GB", subdiv=nation, years=year))


def warn_holiday(day: date, nation: str) -> str:
    """The name of the bank holiday on that day, or empty. To warn with: a date is never moved silently.

    ValueError for an unknown nation.
    """
    return _year_of_holidays(nation, day.year).get(day, "")


def is_working_day(day: date, nation: str) -> bool:
    """Monday to Friday, and no bank holiday of the nation."""
    return day.weekday() < 5 and day not in _year_of_holidays(nation, day.year)


def working_days_after(day: date, n: int, nation: str) -> date:
    """The n-th working day after a day; the day itself for 0."""
    return _stepped(day, n, nation, _DAY)


def working_days_before(day: date, n: int, nation: str) -> date:
    """The n-th working day before a day; the day itself for 0."""
    return _stepped(day, n, nation, -_DAY)


def _stepped(day: date, n: int, nation: str, step: timedelta) -> date:
    while n > 0:
        day += step
        n -= is_working_day(day, nation)
    return day


@dataclass(frozen=True)
class QuietHours:
    """When nothing unasked is sent, in the person's own zone.

    From ``start`` until just before ``end``, over midnight when ``end`` is the earlier; the same time twice means
    no quiet hours. ``sundays``: all of Sunday is quiet.
    """

    start: time = time(20)
    end: time = time(8)
    sundays: bool = True

    def cover(self, local: datetime) -> bool:
        """Whether a wall time is quiet."""
        now = local.time()
        if self.sundays and local.weekday() == _SUNDAY:
            return True
        if self.start <= self.end:
            return self.start <= now < self.end
        return now >= self.start or now < self.end


@lru_cache(maxsize=256)
def read_quiet_hours(text: str) -> QuietHours:
    """Quiet hours as they are stored, ``HH:MM-HH:MM``. Raises ValueError when they are not so."""
    if len(text) > len("HH:MM-HH:MM"):
        raise ValueError("quiet hours are HH:MM-HH:MM")
    start, _, end = text.partition("-")
    return QuietHours(time.fromisoformat(start), time.fromisoformat(end))


def next_allowed(now_utc: datetime, zone: str, quiet: QuietHours) -> datetime:
    """The moment itself when it is not in quiet hours, or else when they end (UTC)."""
    local = _local(now_utc, zone)
    moment = now_utc
    while quiet.cover(local):
        moment = _end_of_quiet(local, quiet).astimezone(UTC)
        # Back to the wall clock: a time that the clocks skip has moved.
        local = moment.astimezone(local.tzinfo)
    return moment


def _end_of_quiet(local: datetime, quiet: QuietHours) -> datetime:
    """When the quiet around a wall time ends: at midnight after a Sunday, or at the end of the night."""
    if quiet.sundays and local.weekday() == _SUNDAY:
        return _at(local, time(), days=1)
    return _at(local, quiet.end, days=1 if local.time() >= quiet.end else 0)


def _at(local: datetime, clock: time, *, days: int) -> datetime:
    # The fold stays: in the hour that comes twice, the end must not fall back into its first run.
    return datetime.combine(local.date() + days * _DAY, clock, local.tzinfo).replace(fold=local.fold)


@lru_cache(maxsize=256)
def next_sending_time(now_utc: datetime, zone: str, quiet: QuietHours, nation: str) -> datetime:
    """When a message that nobody asked for may go: now, or the next moment that is allowed (UTC).

    Between 9am and 6pm, Monday to Friday, not on a bank holiday of the nation, and not in the person's quiet hours.
    Someone whose quiet hours leave no room in the working day gets it when their quiet hours end.
    """
    local = moment = _local(now_utc, zone)
    for _ in range(_MOST_STEPS):
        if moment.time() >= _OFFICE_CLOSES or not is_working_day(moment.date(), nation):
            moment = _at(moment, _OFFICE_OPENS, days=1)
        elif moment.time() < _OFFICE_OPENS:
            moment = _at(moment, _OFFICE_OPENS, days=0)
        elif quiet.cover(moment):
            moment = _end_of_quiet(moment, quiet)
        else:
            return now_utc if moment is local else moment.astimezone(UTC)
    return next_allowed(now_utc, zone, quiet)
