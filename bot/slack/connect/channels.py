"""Slack's channels: what one is called, and adding somebody to it."""

from __future__ import annotations

from slack_sdk.web.async_client import AsyncWebClient

from bot.platform import Undeliverable
from bot.slack.connect.calls import calling, text_at

THERE = frozenset({"already_in_channel", "cant_invite_self"})
BARRED = frozenset(
    {
        "cant_invite",
        "failed_for_some_users",
        "no_user",
        "org_user_not_in_team",
        "ura_max_channels",
        "user_disabled",
        "user_is_restricted",
        "user_is_ultra_restricted",
        "user_not_found",
        "user_not_visible",
        "user_team_not_in_channel",
    }
)
"""This person cannot be added, most often a guest: https://docs.slack.dev/reference/methods/conversations.invite."""


async def name_of(client: AsyncWebClient, channel: str) -> str:
    """The channel's name. Raises Undeliverable; of kind ``gone`` where it is archived or we are not in it."""
    told = await calling(client.conversations_info(channel=channel), repeatable=True)
    match told.get("channel"):
        case {"is_archived": True}:
            raise Undeliverable("gone", "is_archived")
        case {"is_member": False}:
            raise Undeliverable("gone", "not_in_channel")
    return text_at(told.get("channel"), "name")


async def invite(client: AsyncWebClient, channel: str, user: str) -> bool:
    """Add the person. False where Slack does not let us. Raises Undeliverable."""
    try:
        await calling(client.conversations_invite(channel=channel, users=user), repeatable=True)
    except Undeliverable as why:
        if why.code in THERE:
            return True
        if why.code in BARRED or why.code.startswith("restricted_action"):
            return False
        raise
    return True
