"""Who sent an event: the organisation, the account and the person, and what stands between them and us, in one look."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, exists, select
from sqlalchemy.orm import Session, contains_eager

from storage.conversations import OpenQuestion
from storage.database import Moment
from storage.organisations import Organisation, Workspace
from storage.people import Account, ConsentRecord, Person, account_of


class Sender(NamedTuple):
    """An account that we know. ``told``: the privacy notice was shown. ``asked``: a question of ours stands open."""

    organisation: Organisation
    account: Account
    told: bool
    asked: bool


# Made once: building a statement takes longer than the database needs for it, and this one runs at every event.
_SENDER: Any = (
    select(
        Organisation,
        Account,
        exists().where(ConsentRecord.person_id == Person.id, ConsentRecord.kind == "notice"),
        exists().where(OpenQuestion.account_id == Account.id, OpenQuestion.until > bindparam("now", type_=Moment())),
    )
    .join(Workspace, Workspace.organisation_id == Organisation.id)
    .join(Account, and_(Account.platform == Workspace.platform, Account.workspace == Workspace.workspace))
    .join(Account.person)
    .where(
        Workspace.platform == bindparam("platform"),
        Workspace.workspace == bindparam("workspace"),
        Account.user == bindparam("user"),
    )
    .options(contains_eager(Account.person))
)


def sender(session: Session, platform: str, workspace: str, user: str, *, now: datetime) -> Sender | None:
    """The sender, or None when no organisation owns the workspace or we never met this account.

    On PostgreSQL whoever asks for it next waits for this transaction: what one person does is answered in turn.
    """
    if session.get_bind().dialect.name != "sqlite":
        # By itself, so that what is read next is what the transaction left that was waited for.
        account_of(session, platform, workspace, user)
    given = {"platform": platform, "workspace": workspace, "user": user, "now": now}
    found = session.execute(_SENDER, given).one_or_none()
    return Sender(*found) if found is not None else None
