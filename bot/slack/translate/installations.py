"""What Slack tells of our being installed: taken out of a workspace, or let into another one of a Grid.

https://docs.slack.dev/reference/events/app_uninstalled and tokens_revoked, team_access_granted, team_access_revoked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from bot.slack.translate.payloads import Malformed


@dataclass(frozen=True)
class Change:
    """We were ``removed`` from these workspaces or ``added`` to them. Without ``teams``: the whole Grid.

    ``at`` is when, in seconds (Unix time).
    """

    kind: Literal["added", "removed"]
    enterprise: str
    teams: tuple[str, ...]
    at: int


def change(payload: Mapping[str, object]) -> Change | None:
    """What `payload` says of our being installed, or None where it is about something else. Raises Malformed."""
    match payload:
        case {"type": "event_callback", "event": {"type": "app_uninstalled"}}:
            return _removed(payload)
        case {"type": "event_callback", "event": {"type": "tokens_revoked", "tokens": {} as tokens}}:
            # People's own tokens may be revoked too. We never ask for any.
            return _removed(payload) if tokens.get("bot") else None
        case {"type": "event_callback", "event": {"type": "team_access_granted", "team_ids": list(teams)}}:
            return Change("added", _text(payload, "enterprise_id"), _ids(teams), _at(payload))
        case {"type": "event_callback", "event": {"type": "team_access_revoked", "team_ids": list(teams)}}:
            return Change("removed", _text(payload, "enterprise_id"), _ids(teams), _at(payload))
    return None


def _removed(payload: Mapping[str, object]) -> Change:
    enterprise, team = _text(payload, "enterprise_id"), _text(payload, "team_id")
    match payload:
        case {"authorizations": [{"is_enterprise_install": True}, *_]} | {"is_enterprise_install": True}:
            team = ""
    if not team and not enterprise:
        raise Malformed
    return Change("removed", enterprise, (team,) if team and team != enterprise else (), _at(payload))


def _ids(teams: list[object]) -> tuple[str, ...]:
    found = tuple(team for team in teams if isinstance(team, str) and team)
    if len(found) != len(teams) or not found:
        raise Malformed
    return found


def _text(payload: Mapping[str, object], name: str) -> str:
    found = payload.get(name)
    if found is None:
        return ""
    if not isinstance(found, str) or "\0" in found:
        raise Malformed
    return found


def _at(payload: Mapping[str, object]) -> int:
    at = payload.get("event_time")
    if not isinstance(at, int) or not 0 < at < 2**32:
        raise Malformed
    return at
