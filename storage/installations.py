"""Installations: the Slack workspaces that let us in, with their tokens, and those that took us out again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import String, UniqueConstraint, and_, exists, literal, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage import channels
from storage.database import Base, Secret
from storage.organisations import Workspace
from storage.outbox import Letter
from storage.people import Account, Person

ERASED = "erased-"
"""What the user id of an account begins with, once its workspace's data was erased."""


class Installation(Base):
    """That we are, or were, installed in a workspace.

    ``enterprise`` is the id of the Enterprise Grid it is part of, or empty. ``team`` is empty for the Grid as a whole:
    its token is that of each of its workspaces, which have rows of their own. ``token`` is empty when it was revoked,
    or stands in the settings. ``installed_at`` is on the machine's clock, as Slack's own times are; the others are on
    the program's. ``erase_at``: when the platform's ids of its people are erased, unless it lets us in again.
    """

    __tablename__ = "installations"
    __table_args__ = (UniqueConstraint("enterprise", "team"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    enterprise: Mapped[str] = mapped_column(String(100))
    team: Mapped[str] = mapped_column(String(100), index=True)
    token: Mapped[str | None] = mapped_column(Secret, default=None)
    bot_user: Mapped[str] = mapped_column(String(100), default="")
    scopes: Mapped[str] = mapped_column(String(1000), default="")
    installed_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None] = mapped_column(default=None)
    erase_at: Mapped[datetime | None] = mapped_column(default=None)


def install(
    session: Session,
    *,
    enterprise: str,
    team: str,
    token: str | None,
    bot_user: str,
    scopes: str,
    installed_at: datetime,
) -> None:
    """We are in, for the first time or again. What waited for the workspace may leave at once.

    What is left empty stays as it was kept.
    """
    row = _row(session, enterprise, team)
    if row is None:
        row = Installation(enterprise=enterprise, team=team, bot_user="", scopes="")
        session.add(row)
    row.token = token or row.token
    row.bot_user, row.scopes = bot_user or row.bot_user, scopes[:1000] or row.scopes
    row.installed_at, row.revoked_at, row.erase_at = installed_at, None, None
    session.flush()
    held = select(Account.id).where(Account.platform == "slack", Account.workspace == team)
    session.execute(
        update(Letter)
        .where(Letter.state == "waiting", Letter.account_id.in_(held), Letter.not_before.is_not(None))
        .values(not_before=None)
        .execution_options(synchronize_session=False)
    )


def share(session: Session, enterprise: str, team: str) -> bool:
    """A workspace of the Grid uses the Grid's own installation. False when there is none."""
    whole = _row(session, enterprise, "")
    if whole is None or whole.revoked_at is not None:
        return False
    install(
        session,
        enterprise=enterprise,
        team=team,
        token=whole.token,
        bot_user=whole.bot_user,
        scopes=whole.scopes,
        installed_at=whole.installed_at,
    )
    return True


def revoke(
    session: Session, *, enterprise: str, teams: Collection[str], at: datetime, now: datetime, erase_at: datetime
) -> Sequence[Installation]:
    """We were taken out of these workspaces, or, without ``teams``, of the whole Grid. Returns the rows it concerns.

    ``at`` is when, by Slack's clock in whole seconds: what is older than the installation is old news. A token that
    was revoked is of no use to anyone, so it goes at once.
    """
    which = Installation.team.in_(teams) if teams else Installation.enterprise == enterprise
    rows = session.scalars(select(Installation).where(which, Installation.revoked_at.is_(None)).with_for_update()).all()
    revoked = [row for row in rows if row.installed_at.replace(microsecond=0) <= at]
    for row in revoked:
        row.token, row.revoked_at, row.erase_at = None, now, erase_at
    session.flush()
    return revoked


def all_installations(session: Session) -> Sequence[Installation]:
    """Every row, oldest first."""
    return session.scalars(select(Installation).order_by(Installation.id)).all()


def to_erase(session: Session, *, organisation_id: int, now: datetime) -> Sequence[Installation]:
    """The organisation's workspaces that took us out so long ago that nothing of their people may stay."""
    return session.scalars(
        select(Installation)
        .join(
            Workspace,
            or_(
                Workspace.workspace == Installation.team,
                and_(Installation.team == "", Workspace.workspace == Installation.enterprise),
            ),
        )
        .where(Workspace.platform == "slack", Workspace.organisation_id == organisation_id)
        .where(Installation.erase_at <= now)
    ).all()


def erase(session: Session, row: Installation) -> None:
    """Erase the installation and the platform's ids of its people. They stay, and are reached by phone from now on."""
    live = exists().where(Installation.team == row.team, Installation.revoked_at.is_(None))
    accounts = and_(Account.platform == "slack", Account.workspace == row.team)
    if row.team and not session.scalar(select(live)):
        here = select(Account.id).where(accounts)
        session.execute(
            update(Letter)
            .where(Letter.account_id.in_(here), Letter.state.in_(("waiting", "sending")))
            .values(state="not_needed", why="uninstalled", owner="", lease_until=None)
            .execution_options(synchronize_session=False)
        )
        session.execute(
            update(Letter)
            .where(Letter.account_id.in_(here))
            .values(message="", replaces="")
            .execution_options(synchronize_session=False)
        )
        for account in session.scalars(select(Account).where(accounts, Account.user.not_like(f"{ERASED}%"))):
            account.user, account.conversation, account.name = f"{ERASED}{account.id}", "", ""
            account.gone = True
        channels.forget_workspace(session, "slack", row.team)
    session.delete(row)
    session.flush()


def administrators_elsewhere(session: Session, organisation_id: int) -> Sequence[Person]:
    """The organisation's administrators whom we still reach: not through a workspace that took us out."""
    taken_out = exists().where(
        literal("slack") == Account.platform,
        Installation.team == Account.workspace,
        Installation.revoked_at.is_not(None),
    )
    return session.scalars(
        select(Person)
        .join(Account, Account.id == Person.account_id)
        .where(Person.organisation_id == organisation_id, Person.admin, Person.silenced_at.is_(None))
        .where(Account.gone.is_(False), ~taken_out)
        .order_by(Person.id)
    ).all()


def _row(session: Session, enterprise: str, team: str) -> Installation | None:
    return session.scalar(
        select(Installation).where(Installation.enterprise == enterprise, Installation.team == team).with_for_update()
    )
