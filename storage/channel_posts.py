"""The shared cards of meetings in groups' channels: what each says, and the letters that say it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, literal_column, or_, select, update
from sqlalchemy.orm import Session, joinedload

from storage.channels import IN_CHANNEL, Channel, ChannelPost
from storage.groups import Membership
from storage.meetings import Meeting, Rsvp
from storage.order import REPLACED
from storage.outbox import CardBody, Letter
from storage.people import Person


@dataclass
class Coming:
    """How many come to a meeting and how many are not sure; ``names`` are of those who come and may be named."""

    yes: int = 0
    not_sure: int = 0
    names: list[str] = field(default_factory=list)


def posts_in(session: Session, channel: Channel, near: Collection[int]) -> Mapping[int, ChannelPost]:
    """The shared cards in the channel that are not done or are about one of these meetings, by the meeting's id."""
    found = session.scalars(
        select(ChannelPost)
        .where(
            ChannelPost.channel_id == channel.id,
            or_(ChannelPost.done.is_(False), ChannelPost.meeting_id.in_(near)),
        )
        .options(joinedload(ChannelPost.meeting))
        .order_by(ChannelPost.meeting_id)
    )
    return {post.meeting_id: post for post in found}


def new_post(session: Session, channel: Channel, meeting: Meeting) -> ChannelPost:
    """A shared card for this meeting, which says nothing as yet."""
    post = ChannelPost(channel_id=channel.id, meeting=meeting, first_start=meeting.local_start)
    session.add(post)
    session.flush()
    return post


def standing(session: Session, post: ChannelPost) -> str | None:
    """The platform's id of the message that the shared card stands in; empty when there is none.

    Letters that wait with what it said before are no longer needed. None: one of them is under way, so nobody can say.
    """
    mine = _about(post)
    session.execute(
        update(Letter)
        .where(mine, Letter.state == literal_column("'waiting'"))
        .values(state="not_needed", why=REPLACED)
        .execution_options(synchronize_session=False)
    )
    if session.scalar(select(Letter.id).where(mine, Letter.state == literal_column("'sending'")).limit(1)):
        return None
    sent = select(Letter.message).where(mine, Letter.state == literal_column("'sent'"))
    return session.scalar(sent.order_by(Letter.id.desc()).limit(1)) or ""


def say(session: Session, channel: Channel, post: ChannelPost, *, body: str, replaces: str, now: datetime) -> None:
    """Write the letter that puts this card there: as a new message, or in the place of the one it stands in.

    What it said before is deleted, since it may name somebody who is to be named no longer.
    """
    mine = _about(post)
    session.execute(
        delete(CardBody)
        .where(CardBody.id.in_(select(Letter.card_id).where(mine, Letter.card_id.is_not(None))))
        .execution_options(synchronize_session=False)
    )
    card = CardBody(body=body, created_at=now)
    session.add(card)
    session.flush()
    post.letters += 1
    session.add(
        Letter(
            organisation_id=channel.organisation_id,
            key=f"channel:{post.id}:{post.letters}",
            recipient=f"c{channel.id}",
            kind=IN_CHANNEL,
            channel_id=channel.id,
            group_id=post.meeting.group_id,
            meeting_id=post.meeting_id,
            meeting_version=post.meeting.version,
            card_id=card.id,
            state="waiting",
            why="",
            unasked=not replaces,
            urgent=False,
            needs="",
            due_at=now,
            until=None if replaces else post.meeting.starts_at,
            replaces=replaces,
            message="",
            tries=0,
            owner="",
            created_at=now,
        )
    )
    session.flush()


def _about(post: ChannelPost) -> ColumnElement[bool]:
    return and_(Letter.channel_id == post.channel_id, Letter.meeting_id == post.meeting_id)


def coming(session: Session, group_id: int, meetings: Collection[int]) -> Mapping[int, Coming]:
    """Who of the group's active members comes to these meetings, by the meeting's id.

    Nobody who is paused, or for whom everything was stopped; whoever wrote `stop` counts, and is not named.
    """
    found: dict[int, Coming] = defaultdict(Coming)
    if not meetings:
        return found
    rows = session.execute(
        select(Rsvp.meeting_id, Rsvp.answer, Person.name, Person.stopped_at)
        .join(Person, Person.id == Rsvp.person_id)
        .join(Membership, and_(Membership.person_id == Person.id, Membership.group_id == group_id))
        .where(
            Rsvp.meeting_id.in_(meetings),
            Rsvp.answer.in_(("yes", "not_sure")),
            Membership.state == "active",
            Membership.role != "coordinator",
            Person.silenced_at.is_(None),
        )
        .order_by(Person.name, Person.id)
    )
    for meeting, answer, name, stopped_at in rows:
        if answer == "not_sure":
            found[meeting].not_sure += 1
            continue
        found[meeting].yes += 1
        if stopped_at is None:
            found[meeting].names.append(name)
    return found
