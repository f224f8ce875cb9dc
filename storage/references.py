"""How people and channels of Microsoft Teams are written to: the newest conversation and address of each."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, String, UniqueConstraint, and_, delete, exists, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.database import Base
from storage.outbox import Letter
from storage.people import Account, Person


class Reference(Base):
    """One person, or one channel, of a tenant.

    ``who`` is the person's Entra object id, or the channel's id. ``contact`` is the person's id in conversations, and
    empty for a channel. ``service_url`` is where Teams takes messages for them.
    """

    __tablename__ = "teams_references"
    __table_args__ = (UniqueConstraint("tenant", "who"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    tenant: Mapped[str] = mapped_column(String(100))
    who: Mapped[str] = mapped_column(String(300))
    contact: Mapped[str] = mapped_column(String(300), default="")
    conversation: Mapped[str] = mapped_column(String(300), default="")
    service_url: Mapped[str] = mapped_column(String(300), default="")


def remember(
    session: Session, *, tenant: str, who: str, contact: str, conversation: str, service_url: str
) -> Reference:
    """Keep how they are written to now. Of two first sights at once, the second takes up the first."""
    row = reference_of(session, tenant, who)
    if row is None:
        row = Reference(tenant=tenant, who=who)
        try:
            with session.begin_nested():
                session.add(row)
                session.flush()
        except IntegrityError:
            row = session.scalars(_of(tenant, who)).one()
    row.contact, row.conversation, row.service_url = contact or row.contact, conversation, service_url
    session.flush()
    return row


def reference_of(session: Session, tenant: str, who: str) -> Reference | None:
    """How they are written to, or None when we never heard from them."""
    return session.scalar(_of(tenant, who))


def newest_of(session: Session, tenant: str) -> Reference | None:
    """That of the tenant which was first heard from last: the address of a tenant is the same for all its people."""
    return session.scalar(select(Reference).where(Reference.tenant == tenant).order_by(Reference.id.desc()).limit(1))


def contacts_of(session: Session, person: Person) -> dict[int, str]:
    """The person's ids in conversations of Teams, by the ids of their accounts."""
    found = session.execute(select(Account.id, Reference.contact).where(_theirs(person), Reference.contact != ""))
    return {row.id: row.contact for row in found}


def forget(session: Session, person: Person) -> None:
    """Keep nothing of how the person is written to."""
    theirs = exists().where(_theirs(person))
    session.execute(delete(Reference).where(theirs).execution_options(synchronize_session=False))


def _theirs(person: Person) -> ColumnElement[bool]:
    return and_(
        Account.person_id == person.id,
        Account.platform == "teams",
        Account.workspace == Reference.tenant,
        Account.user == Reference.who,
    )


def release(session: Session) -> None:
    """What was held back because Teams was closed to us may leave at once."""
    accounts = select(Account.id).where(Account.platform == "teams")
    session.execute(
        update(Letter)
        .where(Letter.state == "waiting", Letter.account_id.in_(accounts), Letter.not_before.is_not(None))
        .values(not_before=None)
        .execution_options(synchronize_session=False)
    )


def _of(tenant: str, who: str) -> Select[Reference]:
    return select(Reference).where(Reference.tenant == tenant, Reference.who == who)
