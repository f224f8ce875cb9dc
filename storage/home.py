"""People's own pages: for whom one is kept, whose may have changed, and what they count."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import and_, func, literal_column, or_, select, tuple_
from sqlalchemy.orm import Session

from storage import feedback
from storage.feedback import Comment
from storage.groups import CONCERNED, HERE, Membership
from storage.outbox import Letter
from storage.people import Account, Person

NOT_SHOWN = "announcement"
"""The kind of letter that changes no page: it would make everyone's be worked out anew."""


MOST = 5_000
"""People with new letters whose pages are looked at in one go. The others see theirs anew when they next look."""

Whose = tuple[str, str, str]
"""An account: platform, workspace, user."""


def newest_letter(session: Session) -> int:
    """The id of the newest letter, for `changed`."""
    return session.scalar(select(func.max(Letter.id))) or 0


def changed(session: Session, acted: Collection[Whose], *, written: Collection[int], since: int) -> Sequence[Whose]:
    """The pages that may have changed: those of the people who did something come first.

    ``acted``: the accounts of those who did something; ``written``: the ids of those that were sent something. Letters
    after the one numbered `since` count as well, sent or not. With all these go the coordinators of their groups, and
    with a coordinator who did something the people of theirs.
    """
    kept = select(Account).where(Account.home_seen, Account.gone.is_(False))
    if session.scalar(kept.with_only_columns(Account.id).limit(1)) is None:
        return []
    first = _owners(session, acted)
    told = select(Letter.person_id).where(Letter.id > since, Letter.kind != NOT_SHOWN, Letter.person_id.is_not(None))
    sent = select(Account.person_id).where(Account.id.in_(written))
    moved = {*first, *session.scalars(sent), *session.scalars(told.distinct().limit(MOST))}
    coordinated = select(Membership.group_id).where(
        Membership.person_id.in_(first), Membership.role == "coordinator", Membership.state.in_(HERE)
    )
    theirs = select(Membership.group_id).where(Membership.person_id.in_(moved))
    concerned = select(Membership.person_id).where(
        or_(
            and_(Membership.role == "coordinator", Membership.group_id.in_(theirs)),
            and_(Membership.state.in_(CONCERNED), Membership.group_id.in_(coordinated)),
        )
    )
    owners = select(Comment.owner_id).where(Comment.author_id.in_(moved), Comment.owner_id.is_not(None))
    silenced = select(Person.id).where(Person.silenced_by_id.in_(first))
    whose = Account.person_id
    found = session.scalars(
        kept.where(or_(whose.in_(moved), whose.in_(concerned), whose.in_(owners), whose.in_(silenced)))
    )
    in_order = sorted(found, key=lambda account: account.person_id not in first)
    return [(account.platform, account.workspace, account.user) for account in in_order]


def _owners(session: Session, accounts: Collection[Whose]) -> set[int]:
    if not accounts:
        return set()
    named = tuple_(Account.platform, Account.workspace, Account.user).in_(accounts)
    return set(session.scalars(select(Account.person_id).where(named)))


def person_of(session: Session, whose: Whose) -> Person | None:
    """Whose page it is; None when they are no longer known."""
    platform, workspace, user = whose
    return session.scalar(
        select(Person)
        .join(Account, Account.person_id == Person.id)
        .where(Account.platform == platform, Account.workspace == workspace, Account.user == user)
    )


def comments_waiting(session: Session, person: Person, group_ids: Sequence[int]) -> int:
    """How many comments without an outcome this person may answer."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Comment)
            .where(
                Comment.organisation_id == person.organisation_id,
                Comment.state == "open",
                feedback.to_answer(person, group_ids),
                feedback.of_those_who_may_be_named(),
            )
        )
        or 0
    )


def latest_comments(session: Session, author: Person, *, most: int) -> Sequence[Comment]:
    """What this person sent last, newest first."""
    return session.scalars(
        select(Comment).where(Comment.author_id == author.id).order_by(Comment.number.desc()).limit(most)
    ).all()


def calls_waiting(session: Session, group_ids: Sequence[int], *, now: datetime) -> dict[int, int]:
    """The letters that somebody must by now bring to people of these groups: id of the letter -> id of the person."""
    in_them = select(Membership.person_id).where(Membership.group_id.in_(group_ids), Membership.state.in_(HERE))
    rows = session.execute(
        select(Letter.id.label("letter"), Person.id.label("person"))
        .join(Person, Person.id == Letter.person_id)
        .where(
            Letter.state == literal_column("'needs_call'"),
            Letter.handled_at.is_(None),
            Letter.due_at <= now,
            or_(Letter.group_id.in_(group_ids), Letter.group_id.is_(None) & Letter.person_id.in_(in_them)),
            Person.silenced_at.is_(None),
        )
    )
    return {row.letter: row.person for row in rows}
