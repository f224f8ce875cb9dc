"""A database with very many letters that are due some day, and the people, groups and meetings they are about."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import Integer, Select, String, case, insert, literal, select, text, union_all

from benchmarks import letters
from benchmarks.letters import TUESDAY
from handlers import cards
from storage import outbox
from storage.database import Database, Moment
from storage.groups import Group, Membership
from storage.meetings import Meeting
from storage.organisations import Organisation
from storage.outbox import Letter
from storage.people import Person

MANY = 1_000_000
PEOPLE = 10_000
GROUPS = 50
MONTHS = 53
"""How many months ahead each group's meetings are planned. In the first 3 nothing is written yet that waits."""


def fill(database: Database, number: int, *, people: int = PEOPLE) -> None:
    """Write so many letters, at most 100 a person, due in 3 months or later. All else is the same for any number."""
    letters.sow(database, people, in_groups=GROUPS)
    with database.transaction() as session:
        organisation = session.scalars(select(Organisation)).one()
        rooms = session.scalars(select(Group.id).order_by(Group.id)).all()
        planned = [_meeting(group, number) for group in rooms for number in range(MONTHS)]
        session.execute(insert(Meeting), planned)
        organisation.meetings_made = len(planned)
        card = outbox.add_card(session, cards.dump(letters.CARD), now=TUESDAY)
        rows = _future(organisation.id, card).limit(number)
        session.execute(insert(Letter).from_select([column.name for column in rows.selected_columns], rows))
    if not database.single:
        # The server does so by itself, a while after so much was written.
        with database.engine.begin() as connection:
            connection.execute(text("ANALYZE"))


def _meeting(group: int, month: int) -> dict[str, object]:
    start = TUESDAY + timedelta(days=28 * month + group % 28, hours=4)
    return {
        "number": group * MONTHS + month,
        "group_id": group,
        "title": "Monthly meeting",
        "local_start": start.replace(tzinfo=None),
        "starts_at": start,
        "zone": "Europe/London",
        "minutes": 90,
        "how": "online",
    }


def _future(organisation_id: int, card: int) -> Select[*tuple[Any, ...]]:
    """For each member and each later meeting of their group an announcement and a reminder, soonest first."""
    kinds = union_all(*(select(literal(kind).label("kind")) for kind in ("announcement", "reminder"))).subquery()
    key = kinds.c.kind + ":far:" + Meeting.id.cast(String)
    return (
        select(
            literal(organisation_id).label("organisation_id"),
            key.label("key"),
            (literal("p") + Person.id.cast(String)).label("recipient"),
            kinds.c.kind,
            Person.id.label("person_id"),
            Person.account_id,
            Membership.group_id,
            case((kinds.c.kind == "reminder", Meeting.id)).label("meeting_id"),
            case((kinds.c.kind == "reminder", Meeting.version)).label("meeting_version"),
            literal(card, Integer).label("card_id"),
            literal("waiting").label("state"),
            literal("").label("why"),
            literal(value=True).label("unasked"),
            literal(value=False).label("urgent"),
            literal("").label("needs"),
            Meeting.starts_at.label("due_at"),
            literal("").label("replaces"),
            literal("").label("message"),
            literal(0).label("tries"),
            literal("").label("owner"),
            literal(TUESDAY, Moment).label("created_at"),
        )
        .select_from(Membership)
        .join(Person, Person.id == Membership.person_id)
        .join(Meeting, Meeting.group_id == Membership.group_id)
        .join(kinds, literal(value=True))
        .where(Meeting.starts_at > TUESDAY + timedelta(days=28 * 3))
        .order_by(Meeting.starts_at, Person.id, kinds.c.kind)
    )
