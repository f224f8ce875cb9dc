"""Organisations, and the workspaces and tenants each of them owns."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from sqlalchemy import ForeignKey, String, UniqueConstraint, bindparam, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.database import Base

LONGEST_NAME = 200
"""Characters."""


class Organisation(Base):
    """One organisation. Nothing of it is ever seen by another in the same database.

    ``ref`` is a random name that means nothing: it makes the ids that leave the database unique.
    ``quiet_hours`` is ``HH:MM-HH:MM`` in each person's own time zone.
    """

    __tablename__ = "organisations"

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(16), unique=True)
    name: Mapped[str] = mapped_column(String(LONGEST_NAME), unique=True)
    nation: Mapped[str] = mapped_column(String(3))
    time_zone: Mapped[str] = mapped_column(String(60))
    quiet_hours: Mapped[str] = mapped_column(String(11), default="20:00-08:00")
    helpline: Mapped[str] = mapped_column(String(300), default="")
    pals: Mapped[str] = mapped_column(String(300), default="")
    safeguarding_contact: Mapped[str] = mapped_column(String(300), default="")
    meetings_made: Mapped[int] = mapped_column(default=0)
    comments_made: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]

    @property
    def contacts_set(self) -> bool:
        """Whether the contacts that every signpost needs are there. Until then the bot is not open."""
        return bool(self.helpline and self.pals and self.safeguarding_contact)


class Workspace(Base):
    """A Slack workspace, a Teams tenant or a sandbox that belongs to an organisation."""

    __tablename__ = "workspaces"
    __table_args__ = (UniqueConstraint("platform", "workspace"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    platform: Mapped[str] = mapped_column(String(10))
    workspace: Mapped[str] = mapped_column(String(100))


# Made once: these run at many events.
_OWNER = (
    select(Organisation)
    .join(Workspace, Workspace.organisation_id == Organisation.id)
    .where(Workspace.platform == bindparam("platform"), Workspace.workspace == bindparam("workspace"))
)


_organisations = Base.metadata.tables["organisations"]
_COUNT = {
    counter: update(_organisations)
    .where(_organisations.c.id == bindparam("organisation"))
    .values({counter: _organisations.c[counter] + 1})
    .returning(_organisations.c[counter])
    for counter in ("meetings_made", "comments_made")
}


def add_organisation(session: Session, name: str, *, nation: str, time_zone: str, now: datetime) -> Organisation:
    """A new organisation. The caller has looked that the name is free."""
    organisation = Organisation(ref=secrets.token_hex(8), name=name, nation=nation, time_zone=time_zone, created_at=now)
    session.add(organisation)
    session.flush()
    return organisation


def own_workspace(session: Session, organisation: Organisation, platform: str, workspace: str) -> bool:
    """Give the workspace to the organisation. False, and nothing changed, when another one owns it."""
    owner = owner_of(session, platform, workspace)
    if owner is None:
        session.add(Workspace(organisation_id=organisation.id, platform=platform, workspace=workspace))
        session.flush()
        return True
    return owner.id == organisation.id


def owner_of(session: Session, platform: str, workspace: str) -> Organisation | None:
    """The organisation that owns this workspace."""
    return session.scalar(_OWNER, {"platform": platform, "workspace": workspace})


def next_number(
    session: Session, organisation: Organisation, counter: Literal["meetings_made", "comments_made"]
) -> int:
    """The organisation's next number of this kind. Two processes that ask at once get different ones."""
    number: int = session.connection().execute(_COUNT[counter], {"organisation": organisation.id}).scalar_one()
    session.expire(organisation, [counter])
    return number


def named(session: Session, name: str) -> Organisation | None:
    """The organisation of exactly this name."""
    return session.scalar(select(Organisation).where(Organisation.name == name))


def all_organisations(session: Session) -> Sequence[Organisation]:
    """Every organisation, oldest first."""
    return session.scalars(select(Organisation).order_by(Organisation.id)).all()


def workspaces_of(session: Session, organisation: Organisation) -> Sequence[Workspace]:
    """The workspaces the organisation owns."""
    return session.scalars(
        select(Workspace).where(Workspace.organisation_id == organisation.id).order_by(Workspace.id)
    ).all()
