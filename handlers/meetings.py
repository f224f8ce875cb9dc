"""Meetings: the list, one meeting, its calendar file, and who is coming."""

from __future__ import annotations

import re

from handlers import rights
from handlers.calendar import warn_holiday
from handlers.chat import Card, Refusal, Reply, Unclear
from handlers.router import Router
from handlers.texts import joining as joining_texts
from handlers.texts import meetings as texts
from handlers.turn import Turn
from storage import groups, meetings
from storage.meetings import Meeting
from storage.people import Person

router = Router()


@router.word("meetings", "my meetings", "see meetings", "the meetings", "next meeting", public=True)
@router.press("meetings.list")
def upcoming(turn: Turn, person: Person, value: str) -> Card:
    """The meetings to come in the person's groups, with their answers, a page at a time."""
    start = rights.number(value) if value else 0
    places = {place.group_id: place for place in groups.memberships_of(turn.session, person)}
    if not places:
        return joining_texts.in_no_group()
    mine = meetings.upcoming_for(turn.session, person, now=turn.now)
    return texts.upcoming(
        mine,
        meetings.answers_of(turn.session, person, mine),
        places,
        start=start if start < len(mine) else 0,
    )


@router.word("meeting", takes="NUMBER")
def by_number(turn: Turn, person: Person, value: str) -> Reply:
    """The meeting of this number; all of them when no number is given."""
    if not value:
        return upcoming(turn, person, "")
    if not re.fullmatch(r"(?:number |no\.? )?#?[0-9]{1,9}", value.strip(), re.IGNORECASE):
        raise Unclear
    return show(turn, person, value.split()[-1])


@router.press("meetings.show")
def show(turn: Turn, person: Person, value: str) -> Card:
    """One meeting, with what this person can do about it."""
    meeting = rights.meeting(turn, person, rights.number(value))
    place = groups.membership(turn.session, meeting.group_id, person.id)
    return texts.details(
        meeting,
        meetings.rsvp_of(turn.session, meeting, person),
        role=place.role if place else "member",
        paused=place is not None and place.state == "paused",
        past=meeting.starts_at <= turn.now,
        holiday=warn_holiday(meeting.local_start.date(), turn.organisation.nation),
    )


@router.word("calendar", "add to my calendar", "add to calendar")
@router.press("meetings.calendar")
def calendar(turn: Turn, person: Person, value: str) -> Card:
    """The meeting as a calendar file; the next one the person has not declined when none is named."""
    if value:
        meeting = rights.meeting(turn, person, rights.number(value))
    else:
        mine = meetings.upcoming_for(turn.session, person, now=turn.now)
        answers = meetings.answers_of(turn.session, person, mine)
        wanted = [one for one in mine if one.id not in answers or answers[one.id].answer != "no"]
        if not wanted:
            raise Refusal(texts.none_for_calendar())
        meeting = wanted[0]
    if meeting.cancelled_at:
        raise Refusal(texts.cancelled(meeting))
    return texts.calendar(turn.organisation, meeting, now=turn.now)


@router.word("who is coming", "who's coming", "whos coming", "who comes", "attendance")
@router.press("meetings.who")
def who_is_coming(turn: Turn, person: Person, value: str) -> Card:
    """Who answered what. For coordinators and chairs: of the next meeting, when none is named."""
    places = [place for place in groups.memberships_of(turn.session, person) if place.role in _SEES_WHO]
    seen = {place.group_id for place in places}
    if not seen:
        raise Refusal(texts.not_for_you())
    mine = [one for one in meetings.upcoming_for(turn.session, person, now=turn.now) if one.group_id in seen]
    if value:
        meeting = rights.meeting(turn, person, rights.number(value))
        if meeting.group_id not in seen:
            raise Refusal(texts.not_for_you())
    elif mine:
        meeting = mine[0]
    else:
        ways = {groups.reach(turn.session, person, group_id) for group_id in seen}
        reach = ways.pop() if len(ways) == 1 else "stopped"
        raise Refusal(texts.no_meeting(reach, coordinator=any(place.role == "coordinator" for place in places)))
    later = [one for one in mine if one.starts_at > meeting.starts_at]
    return texts.attendance(meeting, _columns(turn, meeting), later, past=meeting.starts_at <= turn.now)


_SEES_WHO = ("coordinator", "chair")


def _columns(turn: Turn, meeting: Meeting) -> dict[str, list[str]]:
    """The people under each answer. Whoever is paused stands with those who are not coming: nobody sees a pause."""
    answers = {rsvp.person_id: rsvp for rsvp in meetings.rsvps_to(turn.session, meeting)}
    columns: dict[str, list[str]] = {"yes": [], "no": [], "not_sure": [], "waiting": []}
    for place in groups.members_of(turn.session, meeting.group):
        rsvp = answers.get(place.person_id)
        if place.state == "paused":
            columns["no"].append(texts.attendee(place.person.name, None))
        else:
            columns[rsvp.answer if rsvp else "waiting"].append(texts.attendee(place.person.name, rsvp))
    return columns
