"""A group's channel: a coordinator links it, and each meeting has one shared card there whose numbers keep up."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from handlers import cards, rights
from handlers.chat import Card, Refusal
from handlers.rhythm import FARTHEST, invited_at
from handlers.router import Router
from handlers.texts import channels as texts
from handlers.texts import rights as rights_texts
from handlers.turn import Kind, Turn
from storage import channel_invitations as invitations
from storage import channel_posts as posts
from storage import channels, groups, meetings
from storage.channel_posts import Coming
from storage.channels import OPEN, Channel, ChannelPost
from storage.groups import Group
from storage.meetings import Meeting
from storage.people import Person

router = Router()


@router.word("use this channel", "use this channel for my group", who="coordinator", public=True)
def use(turn: Turn, person: Person, value: str) -> Card:
    """Ask, in a direct message, whether the channel where this was said is to be the group's."""
    mine = groups.coordinated_by(turn.session, person)
    if not mine:
        raise Refusal(rights_texts.not_yours())
    event = turn.event
    if event is None or not event.channel:
        raise Refusal(texts.not_in_a_channel())
    channel = channels.ask(
        turn.session,
        turn.organisation.id,
        platform=event.account.platform,
        workspace=event.account.workspace,
        conversation=event.channel,
        by=person,
    )
    if channel.organisation_id != turn.organisation.id:
        raise Refusal(texts.taken())
    if channel.group is not None:
        if channel.group not in mine:
            raise Refusal(texts.taken())
        # Whoever says it again in a channel that was closed has made it good.
        channels.link(turn.session, channel, channel.group, names=channel.names, now=turn.now)
        return texts.linked(channel, channel.group)
    return _confirm(turn, channel, mine[0]) if len(mine) == 1 else texts.which(channel, mine, start=0)


@router.press("channels.which")
def more_groups(turn: Turn, person: Person, value: str) -> Card:
    """More of the groups that the channel can be for. ``value``: the channel, and how many groups to skip."""
    channel_id, _, start = value.partition(":")
    mine = groups.coordinated_by(turn.session, person)
    channel = channels.channel_by_id(turn.session, turn.organisation.id, rights.number(channel_id))
    if channel is None or channel.asked_by_id != person.id:
        raise Refusal(texts.ask_again())
    skip = rights.number(start)
    return texts.which(channel, mine, start=skip if skip < len(mine) else 0)


@router.press("channels.choose")
def choose(turn: Turn, person: Person, value: str) -> Card:
    """What it means to use the channel for this group. ``value``: the channel and the group."""
    return _confirm(turn, *_asked(turn, person, value))


@router.press("channels.link")
def link(turn: Turn, person: Person, value: str) -> Card:
    """Use the channel for the group. ``value``: the channel, the group, and ``numbers`` or ``names``."""
    asked, _, shown = value.rpartition(":")
    channel, group = _asked(turn, person, asked)
    channels.link(turn.session, channel, group, names=shown == "names", now=turn.now)
    return texts.linked(channel, group)


@router.press("channels.drop")
def drop(turn: Turn, person: Person, value: str) -> Card:
    """Nothing changes."""
    return texts.dropped()


@router.word("group channels", "group channel", "our channel", "channels", "channel", who="coordinator")
@router.press("channels.list")
def show_links(turn: Turn, person: Person, value: str) -> Card:
    """The channels of the groups this person coordinates. ``value``: how many groups to skip."""
    mine = groups.coordinated_by(turn.session, person)
    if not mine:
        raise Refusal(rights_texts.not_yours())
    links = [(group, channels.channel_of(turn.session, group)) for group in mine]
    start = rights.number(value or "0")
    return texts.all_links(links, start=start if start < len(links) else 0)


@router.press("channels.ask_names")
def ask_names(turn: Turn, person: Person, value: str) -> Card:
    """What it means to show names, before they show."""
    return texts.ask_names(*_linked(turn, person, value))


@router.press("channels.names")
def show_names(turn: Turn, person: Person, value: str) -> Card:
    """Show the names of those who come, or no longer. ``value``: the channel, and ``numbers`` or ``names``."""
    number, _, shown = value.partition(":")
    channel, group = _linked(turn, person, number)
    channel.names = shown == "names"
    turn.session.flush()
    return texts.linked(channel, group)


@router.press("channels.unlink")
def unlink(turn: Turn, person: Person, value: str) -> Card:
    """Use the channel no longer."""
    channel, group = _linked(turn, person, value)
    writable = channel.state == channels.OPEN
    channels.unlink(turn.session, channel)
    return texts.unlinked(group, writable=writable)


@router.job("channels.keep", soon=True)
def keep(turn: Turn) -> None:
    """Have each channel say what is so now, add who is new in the group, and tell coordinators what they can mend."""
    in_use = channels.in_use(turn.session, turn.organisation.id)
    near = _near(turn) if in_use else []
    for channel in in_use:
        if channel.state == OPEN:
            _show(turn, channel, {one.id: one for one in near if one.group_id == channel.group_id})
        if channel.group is not None:
            _tell(turn, channel, channel.group)


def _show(turn: Turn, channel: Channel, near: Mapping[int, Meeting]) -> None:
    known = posts.posts_in(turn.session, channel, near)
    new = [meeting for number, meeting in near.items() if number not in known]
    every = [*known.values(), *(posts.new_post(turn.session, channel, meeting) for meeting in new)]
    to_come = [post.meeting_id for post in every]
    coming = posts.coming(turn.session, channel.group_id, to_come) if channel.group_id is not None else {}
    for post in every:
        _show_one(turn, channel, post, coming.get(post.meeting_id, Coming()))


def _show_one(turn: Turn, channel: Channel, post: ChannelPost, coming: Coming) -> None:
    if _mark(_card(turn, channel, post, coming)[0]) == post.mark:
        return
    message = posts.standing(turn.session, post)
    if message is None:
        return  # the next round will know
    if not message:
        post.first_start = post.meeting.local_start
    card, done = _card(turn, channel, post, coming)
    post.mark, post.done = _mark(card), done
    if message or not done:
        posts.say(turn.session, channel, post, body=cards.dump(card), replaces=message, now=turn.now)


def _mark(card: Card) -> str:
    return hashlib.sha256(cards.dump(card).encode()).hexdigest()


def _card(turn: Turn, channel: Channel, post: ChannelPost, coming: Coming) -> tuple[Card, bool]:
    """What the shared card is to say now, and whether that is its last word."""
    meeting = post.meeting
    if meeting.group_id != channel.group_id:
        return texts.parted(meeting), True
    if meeting.cancelled_at:
        return texts.cancelled(meeting), True
    if meeting.starts_at <= turn.now:
        return texts.past(meeting, coming), True
    return texts.shared(meeting, coming, names=channel.names, first_start=post.first_start), False


def _near(turn: Turn) -> list[Meeting]:
    """The meetings that are announced by now: as early as members are invited."""
    coming = meetings.upcoming(turn.session, turn.organisation.id, now=turn.now, until=turn.now + FARTHEST)
    return [one for one in coming if turn.now >= invited_at(one, turn.organisation.nation)]


def _tell(turn: Turn, channel: Channel, group: Group) -> None:
    def tell(card: Card, what: str, kind: Kind) -> None:
        key = f"channel-{what}:{channel.id}:{turn.now.isoformat()}"
        turn.tell(groups.coordinators_of(turn.session, group.id), card, key=key, kind=kind, group_id=group.id)

    if channel.state != OPEN and not channel.told:
        channel.told = True
        tell(texts.is_closed(channel, group), "closed", "alert")
    if channel.state == OPEN:
        invitations.invite_members(turn.session, channel)
    if barred := invitations.newly_barred(turn.session, channel):
        tell(texts.not_added(channel, group, barred), "barred", "notice")


def _confirm(turn: Turn, channel: Channel, group: Group) -> Card:
    return texts.confirm(channel, group, other=channels.channel_of(turn.session, group) is not None)


def _asked(turn: Turn, person: Person, value: str) -> tuple[Channel, Group]:
    """A channel in which this very person asked to use it, and a group of theirs. Raises `Refusal`."""
    channel_id, _, group_id = value.partition(":")
    channel = channels.channel_by_id(turn.session, turn.organisation.id, rights.number(channel_id))
    group = rights.coordinated(turn, person, rights.number(group_id))
    if channel is None or (channel.asked_by_id != person.id and channel.group_id != group.id):
        raise Refusal(texts.ask_again())
    if channel.group_id is not None and channel.group_id != group.id:
        raise Refusal(texts.taken())
    return channel, group


def _linked(turn: Turn, person: Person, value: str) -> tuple[Channel, Group]:
    """A channel of a group that this person coordinates, and the group. Raises `Refusal`."""
    channel = channels.channel_by_id(turn.session, turn.organisation.id, rights.number(value))
    if channel is None or channel.group is None:
        raise Refusal(texts.gone())
    return channel, rights.coordinated(turn, person, channel.group.id)
