"""Whether a letter is still true at the moment it would leave, and if not now, when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from handlers.calendar import next_allowed, next_sending_time, read_quiet_hours
from storage.channels import IN_CHANNEL
from storage.groups import HERE
from storage.order import REPLACED
from storage.sending import Claim

IN_OFFICE_HOURS = frozenset({"invitation", "reminder", "announcement", "digest", IN_CHANNEL})
"""Kinds that go from 9am to 6pm on working days only. The others keep to quiet hours."""

CHANGES = frozenset({"change", "late_change"})
"""News of a meeting that was moved or cancelled. A late one is about a meeting that was, or is, in the next 24 hours:
it is the one thing that breaks quiet hours."""

TWICE_IS_BETTER = frozenset({"reply", "help", "signpost", *CHANGES})
"""Kinds that are sent again when nobody can tell whether they arrived. Of the others never is better than twice."""

A_DAY = timedelta(hours=24)


@dataclass(frozen=True)
class Send:
    """It is true: send it."""


@dataclass(frozen=True)
class Hold:
    """Not now: look again at ``until``."""

    until: datetime


@dataclass(frozen=True)
class Drop:
    """It is not to be sent. ``state`` is the column it stands in from now on, ``why`` the reason in a word."""

    state: str
    why: str


def verdict(letter: Claim, *, now: datetime) -> Send | Hold | Drop:
    """What to do with a letter that is due, in the program's time `now`."""
    if letter.card_id is None:
        return Drop("not_needed", "deleted")
    if letter.replaced:
        return Drop("not_needed", REPLACED)
    if letter.kind == IN_CHANNEL:
        return _in_channel(letter, now)
    if letter.silenced and letter.kind != "help":
        return Drop("stopped", "silenced")
    if letter.account_id is None:
        return Drop("needs_call", "no account")
    if not letter.unasked:
        return Send()
    return _dropped(letter, now) or _held(letter, now) or Send()


def _in_channel(letter: Claim, now: datetime) -> Send | Hold | Drop:
    if not letter.channel_open:
        return Drop("not_needed", "unlinked" if letter.channel_open is None else "closed")
    if letter.meeting_version != letter.meeting_now:
        return Drop("not_needed", "changed")
    if letter.replaces:
        # What stands there is put right at any hour: nobody is told of it.
        return Send()
    if letter.until is not None and now >= letter.until:
        return Drop("not_needed", "too late")
    return _held(letter, now) or Send()


def to_be_told(letters: Iterable[Claim], *, now: datetime) -> set[int]:
    """Those that would still be sent if chat reached the person: not cancelled, answered, paused or past by now.

    Whether their words are still kept makes no difference.
    """
    reached = (
        letter._replace(account_id=0, card_id=letter.card_id or 0, reach_by="chat", gone=False) for letter in letters
    )
    return {letter.id for letter in reached if not isinstance(verdict(letter, now=now), Drop)}


def _dropped(letter: Claim, now: datetime) -> Drop | None:
    if letter.stopped:
        return Drop("stopped", "stop")
    if letter.membership == "paused":
        return Drop("paused", "paused")
    if letter.group_id is not None and letter.membership not in (*HERE, None) and letter.kind != "notice":
        return Drop("not_needed", "left")
    if letter.until is not None and now >= letter.until:
        return Drop("not_needed", "too late")
    if letter.kind in CHANGES and letter.meeting_version != letter.meeting_now:
        return Drop("not_needed", "changed again")
    if letter.meeting_id is not None and letter.kind not in CHANGES:
        if letter.meeting_cancelled:
            return Drop("not_needed", "cancelled")
        if letter.meeting_version != letter.meeting_now:
            return Drop("not_needed", "moved")
        if letter.needs == "unanswered" and letter.rsvp is not None:
            return Drop("not_needed", "answered")
        if letter.needs == "going" and letter.rsvp != "yes":
            return Drop("not_needed", "not coming")
        if letter.kind in ("invitation", "reminder") and letter.meeting_starts_at and now >= letter.meeting_starts_at:
            return Drop("not_needed", "past")
    if letter.reach_by == "call" or letter.gone:
        return Drop("needs_call", "asked for a call" if letter.reach_by == "call" else "cannot be reached")
    return None


def _held(letter: Claim, now: datetime) -> Hold | None:
    soon = letter.meeting_starts_at is not None and letter.meeting_starts_at - now < A_DAY
    if letter.kind == "late_change" or (letter.kind == "change" and soon):
        return None
    zone = letter.zone or "Europe/London"
    quiet = read_quiet_hours(letter.quiet_hours)
    if letter.kind in IN_OFFICE_HOURS:
        allowed = next_sending_time(now, zone, quiet, letter.nation)
    else:
        allowed = next_allowed(now, zone, quiet)
    return Hold(allowed) if allowed > now else None
