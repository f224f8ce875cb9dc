"""A group of many people, and an announcement to all of them, written straight into an empty database."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import func, insert, select, update

from handlers.chat import Card
from handlers.privacy import NOTICE_VERSION
from handlers.turn import Turn
from storage import groups, organisations
from storage.database import Database
from storage.groups import Group, Membership
from storage.organisations import Organisation
from storage.outbox import Letter
from storage.people import Account, ConsentRecord, Person
from tests.fake_slack import TEAM

CARD = Card("News from the group", "The next meeting has a new room. The link stays the same.", note="From Grace.")
KEY = "bench"
TUESDAY = datetime(2027, 3, 2, 10, 0, tzinfo=UTC)
"""A working hour, so that nothing is held."""


def sow(database: Database, members: int, *, in_groups: int = 1) -> None:
    """An organisation, and so many people in its groups. Each has seen the privacy notice and can be written to."""
    with database.transaction() as session:
        organisation = organisations.add_organisation(
            session, "Bench", nation="ENG", time_zone="Europe/London", now=TUESDAY
        )
        organisation.helpline = organisation.pals = organisation.safeguarding_contact = "01632 960000"
        organisations.own_workspace(session, organisation, "slack", TEAM)
        for number in range(in_groups):
            name = f"Group {number}"
            groups.add_group(session, organisation.id, name=name, about="", who_can_join="", rhythm="", now=TUESDAY)
        place = {"organisation_id": organisation.id, "time_zone": "Europe/London", "first_seen_at": TUESDAY}
        session.execute(insert(Person), [{**place, "name": f"Member {number}"} for number in range(members)])
        people = session.scalars(select(Person.id).order_by(Person.id)).all()
        rooms = session.scalars(select(Group.id).order_by(Group.id)).all()
        session.execute(insert(Account), [_account(person, number) for number, person in enumerate(people)])
        his_account = select(Account.id).where(Account.person_id == Person.id).scalar_subquery()
        session.execute(update(Person).values(account_id=his_account).execution_options(synchronize_session=False))
        session.execute(
            insert(Membership),
            [
                {"group_id": rooms[number % in_groups], "person_id": person, "state": "active", "asked_at": TUESDAY}
                for number, person in enumerate(people)
            ],
        )
        seen = {"kind": "notice", "privacy_notice_version": NOTICE_VERSION, "given_at": TUESDAY}
        session.execute(insert(ConsentRecord), [{**seen, "person_id": person} for person in people])


def _account(person: int, number: int) -> dict[str, object]:
    user = f"{number:04d}"
    return {
        "person_id": person,
        "platform": "slack",
        "workspace": TEAM,
        "user": f"U{user}",
        "conversation": f"D{user}",
    }


def announce(database: Database) -> int:
    """One letter for everyone in the first group, due now. Returns how many."""
    with database.transaction() as session:
        organisation = session.scalars(select(Organisation)).one()
        group = session.scalars(select(Group.id).order_by(Group.id)).first()
        assert group is not None
        turn = Turn(session, TUESDAY, organisation)
        return turn.tell(groups.audience(group), CARD, key=KEY, kind="announcement", group_id=group)


def open_letters(database: Database) -> int:
    """How many letters are waiting or being sent."""
    with database.transaction() as session:
        query = select(func.count()).select_from(Letter).where(Letter.state.in_(("waiting", "sending")))
        return session.scalar(query) or 0
