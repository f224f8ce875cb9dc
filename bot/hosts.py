"""Addresses on the network: which of them may be sent to, and above all which may get a token of ours."""

from __future__ import annotations

import re
from collections.abc import Collection

SERVICE_HOSTS = ("smba.trafficmanager.net", "smba.infra.gcc.teams.microsoft.com")
"""Where the Bot Connector of Teams is: learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/
send-proactive-messages."""

HOST = re.compile(r"(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
"""A host as it stands in a list; ``*.`` before it stands for every host below it."""

# Stricter than any parser: what one reads differently from another must not decide where a token goes.
_PATH = r"(?:/[A-Za-z0-9._~/-]*)?"
_OUTSIDE = re.compile(rf"https://([A-Za-z0-9.-]+){_PATH}")
_LOOPBACK = re.compile(rf"http://(?:127\.0\.0\.1|localhost|\[::1\])(?::[0-9]{{1,5}})?{_PATH}")


def trusted(url: str, *, hosts: Collection[str], loopback: bool) -> bool:
    """Whether `url` is HTTPS at one of these hosts, or, with ``loopback``, HTTP on this machine."""
    if loopback and is_loopback(url):
        return True
    found = _OUTSIDE.fullmatch(url)
    return found is not None and any(_is(found[1].lower(), host) for host in hosts)


def is_https(url: str) -> bool:
    """Whether `url` is a plain HTTPS address."""
    return _OUTSIDE.fullmatch(url) is not None


def is_loopback(url: str) -> bool:
    """Whether `url` is a plain HTTP address on this machine."""
    return _LOOPBACK.fullmatch(url) is not None


def _is(host: str, listed: str) -> bool:
    return host.endswith(listed[1:]) if listed.startswith("*.") else host == listed
