"""Who may do what. Asked at every event: the ids in a button come from a client."""

from __future__ import annotations

from handlers.chat import Refusal
from handlers.texts import rights as texts
from handlers.turn import Turn
from storage import groups, meetings
from storage.groups import HERE, Group, Membership
from storage.meetings import Meeting
from storage.people import Person


def number(value: str) -> int:
    """The id or number in what a client sent. Raises `Refusal` when there is none."""
    digits = value.strip().lstrip("#")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 10):
        raise Refusal(texts.not_found())
    return int(digits)


def group(turn: Turn, group_id: int) -> Group:
    """A group of this organisation. Raises `Refusal`."""
    found = groups.group_by_id(turn.session, turn.organisation.id, group_id)
    if found is None:
        raise Refusal(texts.not_found())
    return found


def coordinated(turn: Turn, person: Person, group_id: int) -> Group:
    """The group, if this person coordinates it. Raises `Refusal`."""
    found = group(turn, group_id)
    place = groups.membership(turn.session, found.id, person.id)
    if place is None or place.role != "coordinator" or place.state not in HERE:
        raise Refusal(texts.not_yours())
    return found


def meeting(turn: Turn, person: Person, meeting_number: int) -> Meeting:
    """A meeting of a group this person belongs to. Raises `Refusal`."""
    return meeting_and_place(turn, person, meeting_number)[0]


def meeting_and_place(turn: Turn, person: Person, meeting_number: int) -> tuple[Meeting, Membership]:
    """A meeting of a group this person belongs to, and their place in the group. Raises `Refusal`."""
    found = meetings.meeting_numbered(turn.session, turn.organisation.id, meeting_number)
    place = groups.membership(turn.session, found.group_id, person.id) if found else None
    if found is None or place is None or place.state not in HERE:
        raise Refusal(texts.not_found())
    return found, place


def coordinated_meeting(turn: Turn, person: Person, meeting_number: int) -> Meeting:
    """A meeting of a group this person coordinates. Raises `Refusal`."""
    found = meetings.meeting_numbered(turn.session, turn.organisation.id, meeting_number)
    if found is None:
        raise Refusal(texts.not_found())
    coordinated(turn, person, found.group_id)
    return found


def member(turn: Turn, coordinator: Person, person_id: int) -> tuple[Person, list[Group]]:
    """Somebody in a group that `coordinator` coordinates, and those groups. Raises `Refusal`."""
    shared = [
        found
        for found in groups.coordinated_by(turn.session, coordinator)
        if (place := groups.membership(turn.session, found.id, person_id)) and place.state in HERE
    ]
    person = turn.session.get(Person, person_id)
    if person is None or person.organisation_id != turn.organisation.id or not shared:
        raise Refusal(texts.not_found())
    return person, shared
