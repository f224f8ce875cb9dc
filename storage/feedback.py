"""Comments: one piece of feedback each, with a number, an owner and an outcome."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, ForeignKey, String, UniqueConstraint, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from storage import quotes
from storage.database import Base, Secret
from storage.groups import Group, Membership
from storage.organisations import Organisation, next_number
from storage.people import Person


class Comment(Base):
    """One piece of feedback.

    ``state``: open, answered or withdrawn. ``group_id`` is empty for feedback about the organisation as a whole.
    ``by_id`` is who wrote it down on the author's behalf. ``owner_id`` is who sees to it that something comes of it.
    ``author_id`` is empty once the author deleted their data; ``text`` is then empty too.
    """

    __tablename__ = "comments"
    __table_args__ = (UniqueConstraint("organisation_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    number: Mapped[int]
    group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id", ondelete="SET NULL"), default=None)
    author_id: Mapped[int | None] = mapped_column(
        ForeignKey("people.id", ondelete="SET NULL"), index=True, default=None
    )
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), default=None)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), default=None)
    text: Mapped[str | None] = mapped_column(Secret)
    state: Mapped[str] = mapped_column(String(10), default="open")
    outcome: Mapped[str | None] = mapped_column(Secret, default=None)
    created_at: Mapped[datetime]
    answered_at: Mapped[datetime | None] = mapped_column(default=None)

    group: Mapped[Group | None] = relationship()
    author: Mapped[Person | None] = relationship(foreign_keys=[author_id])
    by: Mapped[Person | None] = relationship(foreign_keys=[by_id])
    owner: Mapped[Person | None] = relationship(foreign_keys=[owner_id])


def add_comment(
    session: Session,
    organisation: Organisation,
    *,
    author: Person,
    group: Group | None,
    owner: Person | None,
    text: str,
    now: datetime,
    by: Person | None = None,
) -> Comment:
    """Save a comment under the organisation's next number."""
    comment = Comment(
        organisation_id=organisation.id,
        number=next_number(session, organisation, "comments_made"),
        group_id=group.id if group else None,
        author_id=author.id,
        owner_id=owner.id if owner else None,
        by_id=by.id if by else None,
        text=text,
        created_at=now,
    )
    session.add(comment)
    session.flush()
    return comment


def comment_numbered(session: Session, organisation_id: int, number: int) -> Comment | None:
    """The organisation's comment of this number."""
    return session.scalar(select(Comment).where(Comment.organisation_id == organisation_id, Comment.number == number))


def comments_by(session: Session, author: Person) -> Sequence[Comment]:
    """What this person sent, newest first."""
    return session.scalars(select(Comment).where(Comment.author_id == author.id).order_by(Comment.number.desc())).all()


def to_answer(person: Person, group_ids: Sequence[int]) -> ColumnElement[bool]:
    """Which comments this person may read and answer: those about the groups they coordinate; those about no group
    that they own; and for an administrator everything about no group, and what they own.
    """
    general, theirs = Comment.group_id.is_(None), Comment.owner_id == person.id
    return Comment.group_id.in_(group_ids) | (general | theirs if person.admin else general & theirs)


def of_those_who_may_be_named() -> ColumnElement[bool]:
    """Which comments may stand in lists and be counted: not those of people for whom everything was stopped."""
    silenced = select(Person.id).where(Person.silenced_at.is_not(None))
    return or_(Comment.author_id.is_(None), Comment.author_id.not_in(silenced))


def comments_to_answer(session: Session, person: Person, group_ids: Sequence[int], *, state: str) -> Sequence[Comment]:
    """The comments in this state that somebody who coordinates these groups may answer, oldest first."""
    return session.scalars(
        select(Comment)
        .where(
            Comment.organisation_id == person.organisation_id,
            Comment.state == state,
            to_answer(person, group_ids),
            of_those_who_may_be_named(),
        )
        .order_by(Comment.number)
    ).all()


def comment_to_answer(session: Session, person: Person, group_ids: Sequence[int], number: int) -> Comment | None:
    """The comment of this number, if somebody who coordinates these groups may answer it."""
    return session.scalar(
        select(Comment).where(
            Comment.organisation_id == person.organisation_id, Comment.number == number, to_answer(person, group_ids)
        )
    )


def hand_over(session: Session, group: Group, owner: Person, to: Person | None) -> None:
    """Give the open comments about the group that `owner` has to somebody else, or to nobody."""
    session.execute(
        update(Comment)
        .where(Comment.group_id == group.id, Comment.owner_id == owner.id, Comment.state == "open")
        .values(owner_id=to.id if to else None)
    )


def withdraw(session: Session, comment: Comment) -> None:
    """Delete the words of the comment. Its number stays, and the author sees that they took it back."""
    _unquote(session, [comment])
    comment.text, comment.outcome, comment.state = None, None, "withdrawn"
    session.flush()


def withdraw_all(session: Session, author: Person) -> int:
    """Delete the words of every comment of this person, and the link to them. Returns how many there were."""
    comments = comments_by(session, author)
    _unquote(session, comments)
    for comment in comments:
        comment.text, comment.outcome, comment.state, comment.author_id = None, None, "withdrawn", None
    session.flush()
    return len(comments)


def _unquote(session: Session, comments: Sequence[Comment]) -> None:
    """Take their words out of what was answered to those who sent them and to those who could read them."""
    told = [comment for comment in comments if comment.text]
    if not told:
        return
    near = {who for one in told for who in (one.author_id, one.by_id, one.owner_id)}
    coordinating = select(Membership.person_id).where(Membership.role == "coordinator")
    quotes.forget(
        session,
        "\n".join(f"{one.text}\n{one.outcome or ''}" for one in told),
        select(Person.id).where(
            Person.organisation_id == told[0].organisation_id,
            or_(Person.admin, Person.id.in_(near), Person.id.in_(coordinating)),
        ),
    )
