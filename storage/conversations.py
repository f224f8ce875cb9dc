"""What stands open in a conversation: events already answered, a half-filled form, a signpost already shown."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.database import Base, Secret


class SeenEvent(Base):
    """An event that was answered. ``id`` is a hash, so that it says nothing of what it was."""

    __tablename__ = "seen_events"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)


class OpenQuestion(Base):
    """A form that is being filled in by typing, at most one an account.

    ``answers`` is JSON of what was given so far, encrypted. ``field`` is the question now asked. ``doubt`` holds an
    answer that is a word of ours too, while we ask which of the two was meant.
    """

    __tablename__ = "open_questions"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True)
    action: Mapped[str] = mapped_column(String(60))
    value: Mapped[str] = mapped_column(Secret)
    answers: Mapped[str] = mapped_column(Secret)
    field: Mapped[str] = mapped_column(String(60))
    doubt: Mapped[str | None] = mapped_column(Secret, default=None)
    until: Mapped[datetime] = mapped_column(index=True)


class ShownSignpost(Base):
    """That some signpost was shown, under a keyed hash of account, signpost and words: on its own it tells nothing."""

    __tablename__ = "shown_signposts"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)


# Made once: these run at every event.
_NOTE: dict[tuple[str, object], Any] = {
    (dialect, model): insert(Base.metadata.tables[model.__tablename__]).on_conflict_do_nothing()
    for dialect, insert in (("sqlite", sqlite_insert), ("postgresql", postgresql_insert))
    for model in (SeenEvent, ShownSignpost)
}
_OPEN = select(OpenQuestion).where(
    OpenQuestion.account_id == bindparam("account"), OpenQuestion.until > bindparam("now")
)


def first_time(session: Session, table: type[SeenEvent] | type[ShownSignpost], key: str, *, now: datetime) -> bool:
    """Write `key` down. False when it stood there already, however many ask at once."""
    connection = session.connection()
    return bool(connection.execute(_NOTE[connection.dialect.name, table], {"id": key, "at": now}).rowcount)


def open_question(session: Session, account_id: int, *, now: datetime) -> OpenQuestion | None:
    """The question that stands open in this account's conversation."""
    return session.scalar(_OPEN, {"account": account_id, "now": now})


def ask(
    session: Session,
    account_id: int,
    *,
    action: str,
    value: str,
    answers: str,
    field: str,
    until: datetime,
    doubt: str | None = None,
) -> None:
    """Open a question, in the place of one that stood open."""
    question = session.get(OpenQuestion, account_id)
    if question is None:
        question = OpenQuestion(account_id=account_id)
        session.add(question)
    question.action, question.value, question.answers = action, value, answers
    question.field, question.until, question.doubt = field, until, doubt
    session.flush()


def close_question(session: Session, account_id: int) -> bool:
    """Drop the open question and what was answered so far. False when none stood open."""
    question = session.get(OpenQuestion, account_id)
    if question is None:
        return False
    session.delete(question)
    session.flush()
    return True


def close_old(session: Session, *, now: datetime) -> None:
    """Drop the questions that ran out, and what was answered so far."""
    session.execute(delete(OpenQuestion).where(OpenQuestion.until <= now))


def forget_marks(session: Session, *, before: datetime) -> None:
    """Drop the marks of events answered and signposts shown before that moment."""
    session.execute(delete(SeenEvent).where(SeenEvent.at < before))
    session.execute(delete(ShownSignpost).where(ShownSignpost.at < before))
