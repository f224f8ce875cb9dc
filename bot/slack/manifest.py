"""The app's manifest, made from what the code calls and listens to: `pag manifest slack` prints it.

https://docs.slack.dev/reference/app-manifest
"""

from __future__ import annotations

from typing import Any

NAME = "Round Table"
COMMAND = "/pag"
PASS_ON = "pass_on"  # noqa: S105 (no password: a callback id)
"""The message shortcut."""
MENU = "menu"
"""The global shortcut: a word of ours."""

METHODS = {
    "apps.connections.open": "",
    "auth.teams.list": "",
    "auth.test": "",
    "chat.postEphemeral": "chat:write",
    "chat.postMessage": "chat:write",
    "chat.update": "chat:write",
    "conversations.history": "im:history channels:history groups:history",
    "conversations.info": "channels:read groups:read",
    "conversations.invite": "channels:write.invites groups:write.invites",
    "conversations.open": "im:write",
    "files.completeUploadExternal": "files:write",
    "files.getUploadURLExternal": "files:write",
    "files.info": "files:read",
    "oauth.v2.access": "",
    "users.info": "users:read",
    "views.open": "",
    "views.publish": "",
}
"""Every method that we call, and the scopes it needs, if any: docs.slack.dev/reference/methods.

Private channels, which Slack calls groups here, have scopes of their own. History is only read to look up a message of
ours of which nobody knows whether it arrived.
"""

EVENTS = {
    "app_home_opened": "",
    "app_mention": "app_mentions:read",
    "app_uninstalled": "",
    "channel_archive": "channels:read",
    "channel_deleted": "channels:read",
    "channel_left": "channels:read",
    "channel_rename": "channels:read",
    "channel_unarchive": "channels:read",
    "group_archive": "groups:read",
    "group_deleted": "groups:read",
    "group_left": "groups:read",
    "group_rename": "groups:read",
    "group_unarchive": "groups:read",
    "member_joined_channel": "channels:read groups:read",
    "member_left_channel": "channels:read groups:read",
    "message.im": "im:history",
    "team_access_granted": "",
    "team_access_revoked": "",
    "tokens_revoked": "",
    "user_change": "users:read",
}
"""Every event that we listen to, and the scopes it needs, if any: docs.slack.dev/reference/events."""

SCOPES = sorted({"commands", *(scope for each in (*METHODS.values(), *EVENTS.values()) for scope in each.split())})
"""What a workspace is asked for, and nothing else."""


def manifest(base_url: str) -> dict[str, Any]:
    """The manifest for an app at this public address (``https://…``); without one, for Socket Mode."""
    base = base_url.rstrip("/")
    come_in = {"request_url": f"{base}/slack/events"} if base else {}
    command = {
        "command": COMMAND,
        "description": "Your patient advisory groups",
        "usage_hint": "help",
        "should_escape": False,
    }
    oauth: dict[str, Any] = {"scopes": {"bot": SCOPES}}
    if base:
        command["url"] = f"{base}/slack/events"
        oauth["redirect_urls"] = [f"{base}/slack/oauth_redirect"]
    return {
        "display_information": {"name": NAME, "description": "Helps to run patient advisory groups"},
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                # Otherwise nobody can write to the bot.
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": NAME, "always_online": True},
            "shortcuts": [
                {
                    "name": "Pass on as feedback",
                    "type": "message",
                    "callback_id": PASS_ON,
                    "description": "Passes this message on to a coordinator, as feedback",
                },
                {
                    "name": "Round Table menu",
                    "type": "global",
                    "callback_id": MENU,
                    "description": "Shows what you can do in your groups",
                },
            ],
            "slash_commands": [command],
        },
        "oauth_config": oauth,
        "settings": {
            "event_subscriptions": {**come_in, "bot_events": sorted(EVENTS)},
            "interactivity": {"is_enabled": True, **come_in},
            "org_deploy_enabled": bool(base),
            "socket_mode_enabled": not base,
            "token_rotation_enabled": False,
        },
    }
