"""Who is to be added to groups' channels, and what came of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import exists, literal, or_, select, update
from sqlalchemy.orm import Session

from storage.channels import OPEN, Channel, ChannelInvitation
from storage.database import inserting
from storage.groups import Membership
from storage.people import Account, Person


def invite_members(session: Session, channel: Channel) -> None:
    """Everybody who is active in the group, and has an account where the channel is, is to be added to it, once."""
    wanted = (
        select(literal(channel.id), Account.id, literal("waiting"), literal(0))
        .join(Person, Person.id == Account.person_id)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.group_id == channel.group_id,
            Membership.state == "active",
            Person.silenced_at.is_(None),
            Person.stopped_at.is_(None),
            Account.platform == channel.platform,
            Account.workspace == channel.workspace,
            Account.gone.is_(False),
            ~exists().where(ChannelInvitation.channel_id == channel.id, ChannelInvitation.account_id == Account.id),
        )
        .order_by(Account.id)
    )
    names = ["channel_id", "account_id", "state", "tries"]
    session.execute(inserting(session, ChannelInvitation).from_select(names, wanted).on_conflict_do_nothing())


def to_add(
    session: Session, platforms: Collection[str], *, real: datetime, most: int
) -> Sequence[tuple[ChannelInvitation, Channel, str]]:
    """The next people to be added to channels of these platforms: with the channel, and the platform's id of them."""
    rows = session.execute(
        select(ChannelInvitation, Channel, Account.user)
        .join(Channel, Channel.id == ChannelInvitation.channel_id)
        .join(Account, Account.id == ChannelInvitation.account_id)
        .where(
            ChannelInvitation.state == "waiting",
            or_(ChannelInvitation.not_before.is_(None), ChannelInvitation.not_before <= real),
            Channel.state == OPEN,
            Channel.platform.in_(platforms),
        )
        .order_by(ChannelInvitation.id)
        .limit(most)
    )
    return [(invitation, channel, user) for invitation, channel, user in rows]


def dealt_with(session: Session, invitation_id: int, *, state: str, not_before: datetime | None = None) -> None:
    """What came of adding somebody. ``waiting``: try again, not before that moment."""
    session.execute(
        update(ChannelInvitation)
        .where(ChannelInvitation.id == invitation_id)
        .values(state=state, not_before=not_before, tries=ChannelInvitation.tries + 1)
    )


def newly_barred(session: Session, channel: Channel) -> Sequence[Person]:
    """Those who could not be added and of whom the coordinators were not told yet, by name. Now they are."""
    barred = session.execute(
        select(ChannelInvitation, Person)
        .join(Account, Account.id == ChannelInvitation.account_id)
        .join(Person, Person.id == Account.person_id)
        .where(
            ChannelInvitation.channel_id == channel.id,
            ChannelInvitation.state == "barred",
            Person.silenced_at.is_(None),
        )
        .order_by(Person.name, Person.id)
    ).all()
    for invitation, _ in barred:
        invitation.state = "told"
    session.flush()
    return [person for _, person in barred]
