"""What Teams tells of channels: renamed, deleted, or there again.

https://learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/subscribe-to-conversation-events. What
becomes of a whole team names no channel of it: that is noticed at the next send.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from bot.platform import Address, ChannelChanged
from bot.teams.translate.parts import Malformed, at, directory_id, identifier, word

STATES: Mapping[str, Literal["", "open", "deleted"]] = {
    "channelDeleted": "deleted",
    "channelRenamed": "",
    "channelRestored": "open",
}


def channel_change(activity: Mapping[str, Any]) -> ChannelChanged | None:
    """What `activity` says of a channel, or None where it is about something else. Raises Malformed."""
    told = at(activity, "channelData") if activity.get("type") == "conversationUpdate" else None
    kind = word(told, "eventType")
    if kind not in STATES:
        return None
    try:
        when = datetime.fromisoformat(word(activity, "timestamp"))
    except ValueError:
        raise Malformed from None
    if when.tzinfo is None:
        raise Malformed
    tenant = directory_id(word(told, "tenant", "id").lower())
    channel = Address("teams", tenant, "", identifier(at(told, "channel", "id")))
    return ChannelChanged(channel, when, STATES[kind], word(told, "channel", "name"))
