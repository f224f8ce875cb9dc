"""Everything that is held about one person: reading it, and deleting it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, exists, func, or_, select, update
from sqlalchemy.orm import Session

from storage import announcements, feedback, groups, outbox, references
from storage.announcements import Announcement
from storage.channels import ChannelInvitation
from storage.conversations import OpenQuestion
from storage.database import Base
from storage.feedback import Comment
from storage.groups import Group, Membership
from storage.meetings import Meeting, Rsvp
from storage.outbox import Letter
from storage.people import Account, ConsentRecord, Person
from storage.support import Adjustment, Need

NOBODY = "Someone new"
"""The name of a person whose data was deleted, for as long as the receipt of that is on its way."""


@dataclass(frozen=True)
class Held:
    """What is held about one person, apart from the row of the person itself.

    ``contacts`` are their other ids in Teams, by the ids of their accounts. ``letters`` is how many messages to them
    are kept, with or without what they said. ``open_forms`` is how many forms are half filled in.
    """

    accounts: Sequence[Account]
    contacts: Mapping[int, str]
    memberships: Sequence[Membership]
    needs: Sequence[Need]
    arranged: Sequence[tuple[Adjustment, Need, Meeting]]
    answers: Sequence[tuple[Rsvp, Meeting]]
    comments: Sequence[Comment]
    consents: Sequence[ConsentRecord]
    announcements: Sequence[Announcement]
    additions: Sequence[ChannelInvitation]
    letters: int
    open_forms: int


def held(session: Session, person: Person) -> Held:
    """Everything that hangs on this person, oldest first; what they took back stands there too."""
    accounts = session.scalars(select(Account).where(Account.person_id == person.id).order_by(Account.id)).all()
    arranged = session.execute(
        select(Adjustment, Need, Meeting)
        .join(Need, Need.id == Adjustment.need_id)
        .join(Meeting, Meeting.id == Adjustment.meeting_id)
        .where(Need.person_id == person.id)
        .order_by(Meeting.starts_at, Adjustment.id)
    )
    answers = session.execute(
        select(Rsvp, Meeting)
        .join(Meeting, Meeting.id == Rsvp.meeting_id)
        .where(Rsvp.person_id == person.id)
        .order_by(Meeting.starts_at, Rsvp.id)
    )
    return Held(
        accounts=accounts,
        contacts=references.contacts_of(session, person),
        memberships=session.scalars(
            select(Membership)
            .join(Group, Group.id == Membership.group_id)
            .where(Membership.person_id == person.id)
            .order_by(Group.name)
        ).all(),
        needs=session.scalars(select(Need).where(Need.person_id == person.id).order_by(Need.id)).all(),
        arranged=[(adjustment, need, meeting) for adjustment, need, meeting in arranged],
        answers=[(rsvp, meeting) for rsvp, meeting in answers],
        comments=session.scalars(select(Comment).where(Comment.author_id == person.id).order_by(Comment.number)).all(),
        consents=session.scalars(
            select(ConsentRecord).where(ConsentRecord.person_id == person.id).order_by(ConsentRecord.id)
        ).all(),
        announcements=session.scalars(
            select(Announcement).where(Announcement.author_id == person.id).order_by(Announcement.id)
        ).all(),
        additions=session.scalars(
            select(ChannelInvitation)
            .where(ChannelInvitation.account_id.in_([account.id for account in accounts]))
            .order_by(ChannelInvitation.id)
        ).all(),
        letters=session.scalar(select(func.count()).where(Letter.person_id == person.id)) or 0,
        open_forms=session.scalar(
            select(func.count()).where(OpenQuestion.account_id.in_([account.id for account in accounts]))
        )
        or 0,
    )


def needed_by(session: Session, person: Person) -> Sequence[Group]:
    """The groups that would have no coordinator without this person, by name."""
    return [
        group
        for group in groups.coordinated_by(session, person)
        if all(other.id == person.id for other in groups.coordinators_of(session, group.id))
    ]


def erase(session: Session, person: Person, *, now: datetime) -> None:
    """Delete what is held about the person.

    Their comments stay as numbers without words or author, their letters as rows without a recipient, what they
    announced without an author. The person and their accounts stay bare, so that the receipt can reach them;
    `forget` takes them away after that.
    """
    feedback.withdraw_all(session, person)
    announcements.drop_drafts(session, person)
    for group in groups.coordinated_by(session, person):
        others = [one for one in groups.coordinators_of(session, group.id) if one.id != person.id]
        feedback.hand_over(session, group, person, next(iter(others), None))
    outbox.unname(session, person)
    accounts = select(Account.id).where(Account.person_id == person.id)
    for table in (OpenQuestion, ChannelInvitation):
        session.execute(
            delete(table).where(table.account_id.in_(accounts)).execution_options(synchronize_session=False)
        )
    _cut_loose(session, person)
    person.name, person.language, person.contact, person.quiet_hours = NOBODY, "", None, ""
    person.admin, person.reach_by, person.stopped_at = False, "chat", None
    session.execute(
        update(Account)
        .where(Account.person_id == person.id)
        .values(name="", guest=False)
        .execution_options(synchronize_session=False)
    )
    person.first_seen_at = now
    session.flush()
    session.expire_all()


def _cut_loose(session: Session, person: Person) -> None:
    """Do to every row that points at the person what its foreign key says of a person's end; accounts stay.

    Read from the tables, so that a table that is added later is not forgotten here.
    """
    session.flush()
    for table in Base.metadata.tables.values():
        for key in table.foreign_keys:
            if key.column is not Person.__table__.c.id or table is Account.__table__:
                continue
            points_here = key.parent == person.id
            if key.ondelete == "CASCADE":
                session.execute(delete(table).where(points_here))
            else:
                session.execute(update(table).where(points_here).values({key.parent.name: None}))


def forget(session: Session, *, organisation_id: int) -> int:
    """Take away the bare people whom `erase` left, once nothing waits for them. Returns how many that were.

    Somebody who wrote again meanwhile has seen the privacy notice, and is a new person.
    """
    bare = session.scalars(
        select(Person).where(
            Person.organisation_id == organisation_id,
            Person.name == NOBODY,
            Person.admin.is_(False),
            Person.silenced_at.is_(None),
            Person.account_id.is_not(None),
            ~exists().where(ConsentRecord.person_id == Person.id),
            ~exists().where(Membership.person_id == Person.id),
            ~exists().where(Letter.person_id == Person.id, Letter.state.in_(("waiting", "sending"))),
        )
    ).all()
    for person in bare:
        outbox.unname(session, person)
        references.forget(session, person)
        session.execute(delete(Person).where(Person.id == person.id).execution_options(synchronize_session=False))
    if bare:
        session.expire_all()
    return len(bare)


def forget_needs(session: Session, *, organisation_id: int, before: datetime) -> None:
    """Delete what helped people take part who have been in no group since `before`."""
    in_a_group = exists().where(
        Membership.person_id == Need.person_id,
        or_(Membership.state.not_in(("left", "declined")), Membership.decided_at >= before),
    )
    here = select(Person.id).where(Person.organisation_id == organisation_id)
    session.execute(
        delete(Need)
        .where(Need.person_id.in_(here), Need.asked_at < before, ~in_a_group)
        .execution_options(synchronize_session=False)
    )


def forget_announcements(session: Session, *, before: datetime) -> None:
    """Delete the words of announcements sent before then, and older drafts. The rows stay, for the reports."""
    session.execute(
        update(Announcement)
        .where(Announcement.sent_at < before, Announcement.text != "")
        .values(text="")
        .execution_options(synchronize_session=False)
    )
    session.execute(
        delete(Announcement)
        .where(Announcement.sent_at.is_(None), Announcement.created_at < before)
        .execution_options(synchronize_session=False)
    )
