"""The list of support that people can choose from, and when each has to be booked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from handlers.calendar import is_working_day

CALLS = frozenset({"contact_email", "contact_phone", "contact_post", "contact_text", "contact_via_supporter"})
"""The codes of people whom a coordinator reaches by phone, post, text, email or through somebody."""

WAYS = CALLS | {"relay_uk"}
"""The codes that say how to reach somebody."""

NOTHING = "none"
TALK_FIRST = "talk_first"

_ABOUT_CONTACT = "contact"


@dataclass(frozen=True)
class Adjustment:
    """One kind of support. The lead times are days before the meeting; ``question`` asks what booking it needs.

    ``short`` is the label where there is little room, on a button. ``to_do`` is for the coordinator.
    """

    code: str
    group: str
    label: str
    short: str
    applies_to: Literal["virtual", "in_person", "both"]
    needs_booking: bool
    lead_days_ideal: int
    lead_days_min: int
    question: str
    to_do: str

    @property
    def for_meetings(self) -> bool:
        """Whether it is something to have in place at a meeting, and not how the person is written to."""
        return self.group != _ABOUT_CONTACT and self.code != NOTHING

    def applies(self, how: str) -> bool:
        """Whether it matters to somebody who takes part so: ``online``, ``in_person`` or ``both``."""
        return "both" in (self.applies_to, how) or (self.applies_to == "virtual") == (how == "online")


@dataclass(frozen=True)
class BookBy:
    """The day by which it is to be booked, and whether that day has passed."""

    day: date
    late: bool


@cache
def by_code() -> Mapping[str, Adjustment]:
    """Every kind of support, in the order of the list."""
    return {
        item["code"]: Adjustment(
            code=item["code"],
            group=item["group"],
            label=item["label"],
            short=item.get("short", item["label"]),
            applies_to=item["applies_to"],
            needs_booking=item["needs_booking"],
            lead_days_ideal=item["lead_days_ideal"],
            lead_days_min=item["lead_days_min"],
            question=item["follow_up_question"] or "",
            to_do=item["coordinator_action"] or "",
        )
        for item in _list()["items"]
    }


@cache
def areas() -> Mapping[str, str]:
    """The headings the list is parted by: their codes and their names."""
    return dict(_list()["groups"])


def book_by(item: Adjustment, meeting_day: date, *, today: date, nation: str) -> BookBy:
    """When to book: a working day at the ideal lead time, at the minimum once that has passed, or too late.

    Never after the meeting. Inside the minimum lead time it is ``late``: nobody refuses, they try.
    """
    ideal, minimum = (meeting_day - timedelta(days=days) for days in (item.lead_days_ideal, item.lead_days_min))
    wanted = ideal if ideal >= today else minimum
    last = wanted
    while not is_working_day(last, nation):
        last -= timedelta(days=1)
    # A weekend is no reason to call something late that can still be done today.
    return BookBy(max(last, today) if wanted >= today else last, wanted < today)


@cache
def _list() -> dict[str, Any]:
    read: dict[str, Any] = json.loads(files("handlers").joinpath("adjustments.json").read_text(encoding="utf-8"))
    return read
