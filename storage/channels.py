"""Channels: where a group's meetings are announced, what stands there, and who was added."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import DateTime, ForeignKey, String, UniqueConstraint, delete, exists, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from storage.database import Base, inserting
from storage.groups import Group
from storage.meetings import Meeting
from storage.people import Person

OPEN = "open"
IN_CHANNEL = "channel"
"""The kind of the letters that go to a channel."""
LONGEST_NAME = 150
"""Characters. What a platform says beyond that is cut."""

LOOKED_AT = timedelta(days=1)
"""How often a channel is looked at, in case the platform's news of it did not reach us."""

_BY_CODE = {"is_archived": "archived", "not_in_channel": "left", "BotNotInConversationRoster": "left"}
"""Platforms' codes that say why nothing can be posted. Of the others, Slack's ``channel_not_found`` among them, it is
not known whether the channel or only our place in it is gone."""


class Channel(Base):
    """A channel that a group uses, used, or is about to use.

    ``conversation`` is the platform's id of it and ``name`` what the platform calls it, or empty. ``group_id`` is the
    group that uses it now; ``asked_by_id`` the coordinator who asked for that last, in the channel itself.
    ``state``: ``open``, or why nothing can be posted: ``archived``, ``deleted``, ``left`` (we were taken out) or
    ``closed`` (not known why). ``told``: the coordinators know that. ``names``: the group chose to show the names of
    those who come. ``changed_at`` is when the platform last told how it stands; at ``look_at`` we look ourselves.
    """

    __tablename__ = "channels"
    __table_args__ = (UniqueConstraint("platform", "workspace", "conversation"), UniqueConstraint("group_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    platform: Mapped[str] = mapped_column(String(10))
    workspace: Mapped[str] = mapped_column(String(100))
    conversation: Mapped[str] = mapped_column(String(300))
    name: Mapped[str] = mapped_column(String(LONGEST_NAME), default="")
    group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id", ondelete="SET NULL"), default=None)
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), default=None)
    state: Mapped[str] = mapped_column(String(10), default=OPEN)
    told: Mapped[bool] = mapped_column(default=False)
    names: Mapped[bool] = mapped_column(default=False)
    changed_at: Mapped[datetime | None] = mapped_column(default=None)
    look_at: Mapped[datetime | None] = mapped_column(default=None)

    group: Mapped[Group | None] = relationship()


class ChannelPost(Base):
    """One meeting's shared card in one channel.

    ``mark`` tells what it last was to say, ``letters`` how many letters were written to say it. ``first_start`` is the
    meeting's local start when it was announced. ``done``: nothing about it will change any more.
    """

    __tablename__ = "channel_posts"
    __table_args__ = (UniqueConstraint("channel_id", "meeting_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    channel_id: Mapped[int] = mapped_column(ForeignKey("channels.id", ondelete="CASCADE"))
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id", ondelete="CASCADE"), index=True)
    first_start: Mapped[datetime] = mapped_column(DateTime)
    mark: Mapped[str] = mapped_column(String(64), default="")
    letters: Mapped[int] = mapped_column(default=0)
    done: Mapped[bool] = mapped_column(default=False)

    meeting: Mapped[Meeting] = relationship()


class ChannelInvitation(Base):
    """That somebody is to be added to a channel, once.

    ``state``: ``waiting``, ``added``, ``barred`` (the platform says no to this person) or ``told`` (and the
    coordinators know). ``not_before`` is on the machine's clock.
    """

    __tablename__ = "channel_invitations"
    __table_args__ = (UniqueConstraint("channel_id", "account_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    channel_id: Mapped[int] = mapped_column(ForeignKey("channels.id", ondelete="CASCADE"))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    tries: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime | None] = mapped_column(default=None)

    channel: Mapped[Channel] = relationship()


# Which channel


def channel_at(session: Session, platform: str, workspace: str, conversation: str) -> Channel | None:
    """The channel of this id, if it was ever used."""
    return session.scalar(
        select(Channel).where(
            Channel.platform == platform, Channel.workspace == workspace, Channel.conversation == conversation
        )
    )


def channel_by_id(session: Session, organisation_id: int, channel_id: int) -> Channel | None:
    """The channel, if it is this organisation's."""
    channel = session.get(Channel, channel_id)
    return channel if channel is not None and channel.organisation_id == organisation_id else None


def channel_of(session: Session, group: Group) -> Channel | None:
    """The channel that the group uses."""
    return session.scalar(select(Channel).where(Channel.group_id == group.id))


def ask(
    session: Session, organisation_id: int, *, platform: str, workspace: str, conversation: str, by: Person
) -> Channel:
    """The channel in which this coordinator asks to use it. Only they can go on with that."""
    session.execute(
        inserting(session, Channel)
        .values(organisation_id=organisation_id, platform=platform, workspace=workspace, conversation=conversation)
        .on_conflict_do_nothing()
    )
    channel = channel_at(session, platform, workspace, conversation)
    assert channel is not None  # noqa: S101 (it was there, or is now)
    channel.asked_by_id = by.id
    session.flush()
    return channel


def link(session: Session, channel: Channel, group: Group, *, names: bool, now: datetime) -> None:
    """The group uses this channel from now on, and no other."""
    before = channel_of(session, group)
    if before is not None and before is not channel:
        unlink(session, before)
    channel.group_id, channel.names, channel.asked_by_id = group.id, names, None
    _open(session, channel)
    channel.look_at = now
    session.flush()
    session.refresh(channel, ["group"])


def unlink(session: Session, channel: Channel) -> None:
    """No group uses this channel any more. What stands there says so when its letters have gone."""
    channel.group_id, channel.names = None, False
    session.execute(
        delete(ChannelInvitation).where(
            ChannelInvitation.channel_id == channel.id, ChannelInvitation.state == "waiting"
        )
    )
    session.flush()
    session.refresh(channel, ["group"])


def _open(session: Session, channel: Channel) -> None:
    channel.state, channel.told = OPEN, False
    # What was to be said while it was closed was not.
    session.execute(
        update(ChannelPost)
        .where(ChannelPost.channel_id == channel.id, ChannelPost.done.is_(False))
        .values(mark="")
        .execution_options(synchronize_session="fetch")
    )


# How it stands


def close(session: Session, channel_id: int, *, code: str) -> None:
    """The platform says, with this code, that nothing can be posted there."""
    session.execute(
        update(Channel)
        .where(Channel.id == channel_id, Channel.state == OPEN)
        .values(state=_BY_CODE.get(code, "closed"), told=False)
        .execution_options(synchronize_session="fetch")
    )


def stands(session: Session, channel: Channel, *, at: datetime, state: str = "", name: str = "") -> None:
    """The platform tells what the channel is called, or how it stands, since then; or neither.

    What is older than what we know changes nothing.
    """
    if channel.changed_at is not None and at < channel.changed_at:
        return
    channel.changed_at = at
    channel.name = name[:LONGEST_NAME] or channel.name
    if state == OPEN and channel.state != OPEN:
        _open(session, channel)
    elif state not in ("", OPEN, channel.state):
        channel.state, channel.told = state, False
    session.flush()


def to_look_at(session: Session, platforms: Collection[str], *, now: datetime) -> Sequence[Channel]:
    """The channels in use on these platforms that it is time to look at."""
    return session.scalars(
        select(Channel)
        .where(
            Channel.platform.in_(platforms),
            Channel.group_id.is_not(None),
            Channel.state == OPEN,
            Channel.look_at <= now,
        )
        .order_by(Channel.id)
    ).all()


def looked_at(session: Session, channel_id: int, *, name: str | None, next_at: datetime) -> None:
    """The channel bears this name (None: the platform did not say), and is looked at again then."""
    known = {"name": name[:LONGEST_NAME]} if name is not None else {}
    session.execute(update(Channel).where(Channel.id == channel_id).values(look_at=next_at, **known))


def in_use(session: Session, organisation_id: int) -> Sequence[Channel]:
    """The organisation's channels that a group uses, or used so lately that something stands there still.

    On PostgreSQL they are this transaction's alone; one that another process is busy with is left out.
    """
    unfinished = exists().where(ChannelPost.channel_id == Channel.id, ChannelPost.done.is_(False))
    return session.scalars(
        select(Channel)
        .where(Channel.organisation_id == organisation_id, or_(Channel.group_id.is_not(None), unfinished))
        .order_by(Channel.id)
        .with_for_update(skip_locked=True)
    ).all()


def forget_workspace(session: Session, platform: str, workspace: str) -> None:
    """Erase what is known of a workspace's channels."""
    session.execute(delete(Channel).where(Channel.platform == platform, Channel.workspace == workspace))
