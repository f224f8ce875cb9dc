"""Meetings as a calendar file (RFC 5545)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from storage.meetings import Meeting
from storage.organisations import Organisation


def calendar_file(organisation: Organisation, meetings: Sequence[Meeting], *, now: datetime) -> str:
    """The meetings in their own time zones, described with it.

    An event keeps its UID and counts SEQUENCE up when the meeting is moved, so that calendars replace it.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Round Table//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for meeting in meetings:
        calendar.add_component(_event(organisation, meeting, now))
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical()).decode()


def _event(organisation: Organisation, meeting: Meeting, now: datetime) -> Event:
    start = meeting.local_start.replace(tzinfo=ZoneInfo(meeting.zone))
    event = Event()
    event.add("uid", f"meeting-{meeting.id}@{organisation.ref}.round-table")
    event.add("dtstamp", now)
    event.add("sequence", meeting.version)
    event.add("dtstart", start)
    event.add("dtend", start + timedelta(minutes=meeting.minutes))
    event.add("summary", f"{meeting.title} ({meeting.group.name})")
    event.add("status", "CANCELLED" if meeting.cancelled_at else "CONFIRMED")
    if place := meeting.address or meeting.link:
        event.add("location", place)
    ways = (("Link", meeting.link), ("Phone", meeting.phone), ("Address", meeting.address))
    if said := "\n".join(f"{name}: {way}" for name, way in ways if way):
        event.add("description", said)
    return event
