"""Pauses: a person keeps their place in their groups, and hears nothing of them for a while."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from storage.database import constants
from storage.groups import Membership, memberships_of
from storage.outbox import Letter
from storage.people import Person


def pause(session: Session, person: Person, *, until: date | None) -> Sequence[Membership]:
    """Pause the person in every group they belong to, until that day, or until they come back by themselves.

    Returns the paused places; none when they belong to no group.
    """
    places = memberships_of(session, person)
    for place in places:
        place.state, place.paused_until = "paused", until
    session.flush()
    return places


def come_back(session: Session, person: Person) -> Sequence[Membership]:
    """Make the person active again wherever they are paused. Returns those places."""
    places = memberships_of(session, person, states=("paused",))
    for place in places:
        place.state, place.paused_until = "active", None
    session.flush()
    return places


def withdraw(session: Session, person: Person, *, keys: Sequence[str]) -> None:
    """Letters that wait for the person, or for a call to them, under keys that begin so, are no longer needed."""
    session.execute(
        update(Letter)
        .where(
            Letter.person_id == person.id,
            Letter.state.in_(constants(("waiting", "needs_call"))),
            Letter.handled_at.is_(None),
            or_(*(Letter.key.startswith(key) for key in keys)),
        )
        .values(state="not_needed", why="withdrawn")
        .execution_options(synchronize_session=False)
    )
