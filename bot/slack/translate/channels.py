"""What Slack tells of channels: renamed, archived, deleted, and whether we are in them.

https://docs.slack.dev/reference/events/channel_rename and its neighbours; private channels have the same under
``group_``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Literal

from bot.platform import Address, ChannelChanged
from bot.slack.translate.payloads import Malformed

State = Literal["", "open", "archived", "deleted", "left"]

STATES: Mapping[str, State] = {
    "channel_archive": "archived",
    "channel_deleted": "deleted",
    "channel_left": "left",
    "channel_rename": "",
    "channel_unarchive": "open",
    "group_archive": "archived",
    "group_deleted": "deleted",
    "group_left": "left",
    "group_rename": "",
    "group_unarchive": "open",
}
ABOUT_US: Mapping[str, State] = {"member_joined_channel": "open", "member_left_channel": "left"}
"""Slack tells these of everybody. Only what becomes of us is news."""


def channel_change(payload: Mapping[str, object]) -> ChannelChanged | None:
    """What `payload` says of a channel, or None where it is about something else. Raises Malformed."""
    event = payload.get("event") if payload.get("type") == "event_callback" else None
    if not isinstance(event, Mapping):
        return None
    match event.get("type"):
        case str(kind) if kind in STATES:
            state = STATES[kind]
        case str(kind) if kind in ABOUT_US and event.get("user") == _authorized(payload, "user_id"):
            state = ABOUT_US[kind]
        case _:
            return None
    match event:
        case {"channel": {"id": str(channel), "name": str(name)}}:
            pass
        case {"channel": str(channel)}:
            name = ""
        case _:
            raise Malformed
    team = _authorized(payload, "team_id") or payload.get("team_id")
    stamp = event.get("event_ts")
    try:
        at = datetime.fromtimestamp(float(stamp if isinstance(stamp, str) else ""), UTC)
    except (ValueError, OverflowError, OSError):
        raise Malformed from None
    if not isinstance(team, str) or not _storable(team + channel + name):
        raise Malformed
    where = Address("slack", team, "", channel)
    return ChannelChanged(where, at, state, name)


def _storable(text: str) -> bool:
    """Whether a database holds it: no NUL, and no halves of characters, which JSON can bring."""
    return "\0" not in text and text == text.encode(errors="replace").decode()


def _authorized(payload: Mapping[str, object], name: str) -> str:
    match payload.get("authorizations"):
        case [{} as first, *_]:
            found = first.get(name)
            return found if isinstance(found, str) else ""
    return ""
