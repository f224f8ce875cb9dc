"""Announcements: what a coordinator wrote to a group. To whom it went stands in the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from storage.database import Base, Secret
from storage.groups import Group
from storage.people import Person


class Announcement(Base):
    """A draft until ``sent_at``; then its audience is frozen: ``audience`` people, one letter each."""

    __tablename__ = "announcements"

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id", ondelete="CASCADE"), index=True)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    text: Mapped[str] = mapped_column(Secret)
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None] = mapped_column(default=None)
    audience: Mapped[int] = mapped_column(default=0)

    group: Mapped[Group] = relationship()
    author: Mapped[Person | None] = relationship()

    @property
    def key(self) -> str:
        """The key of its letters in the outbox."""
        return f"announcement:{self.id}"


def draft(session: Session, group: Group, author: Person, text: str, *, now: datetime) -> Announcement:
    """A new announcement, not yet sent."""
    announcement = Announcement(group_id=group.id, author_id=author.id, text=text, created_at=now)
    session.add(announcement)
    session.flush()
    return announcement


def announcement_by_id(session: Session, organisation_id: int, announcement_id: int) -> Announcement | None:
    """The announcement, if its group belongs to this organisation."""
    found = session.get(Announcement, announcement_id)
    return found if found is not None and found.group.organisation_id == organisation_id else None


def sent_to(
    session: Session, group_ids: Sequence[int], *, since: datetime | None = None, most: int = 10
) -> Sequence[Announcement]:
    """The announcements sent to these groups, newest first."""
    query = select(Announcement).where(Announcement.group_id.in_(group_ids), Announcement.sent_at.is_not(None))
    if since is not None:
        query = query.where(Announcement.sent_at >= since)
    return session.scalars(query.order_by(Announcement.sent_at.desc(), Announcement.id.desc()).limit(most)).all()


def drop_drafts(session: Session, author: Person) -> None:
    """Throw away what this person wrote and did not send."""
    session.execute(delete(Announcement).where(Announcement.author_id == author.id, Announcement.sent_at.is_(None)))


def mark_sent(session: Session, announcement: Announcement, *, now: datetime) -> bool:
    """Write down that it is being sent. False when it was sent before, however many ask at once."""
    result = session.execute(
        update(Announcement)
        .where(Announcement.id == announcement.id, Announcement.sent_at.is_(None))
        .values(sent_at=now)
        .execution_options(synchronize_session=False)
    )
    session.refresh(announcement)
    return bool(result.rowcount)  # type: ignore[attr-defined]  # an UPDATE's result has it
