"""Who somebody is, of Slack's user object: docs.slack.dev/reference/objects/user-object."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Profile:
    """The name to show and the IANA time zone; empty where Slack does not tell. ``guest``: None where it does not."""

    name: str = ""
    time_zone: str = ""
    guest: bool | None = None


def profile_of(user: object) -> Profile:
    """The profile in `user`, whatever that is."""
    shown = user.get("profile") if isinstance(user, Mapping) else None
    names = (_text(shown, "display_name"), _text(shown, "real_name"), _text(user, "real_name"), _text(user, "name"))
    return Profile(next((name for name in names if name), ""), _text(user, "tz"), _guest(user))


def _guest(user: object) -> bool | None:
    """Whether they are a guest, of several channels (``is_restricted``) or of one (``is_ultra_restricted``, too)."""
    if not isinstance(user, Mapping):
        return None
    told = [told for told in map(user.get, ("is_restricted", "is_ultra_restricted")) if isinstance(told, bool)]
    return any(told) if told else None


def _text(part: object, name: str) -> str:
    found = part.get(name) if isinstance(part, Mapping) else None
    return found if isinstance(found, str) else ""
