"""The state that goes to Slack and back while somebody installs us: signed, for one browser, for 10 minutes.

That it is used once only is for whoever checks it to see to, by its `mark`.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

GOOD_FOR = 600
"""Seconds."""


def made(secret: str, *, browser: str, now: float) -> str:
    """A state that `checked` takes until it is too old. ``browser`` is known to this browser alone."""
    content = f"{int(now) + GOOD_FOR}.{secrets.token_urlsafe(16)}"
    return f"{content}.{_signature(content, secret, browser)}"


def checked(state: str, secret: str, *, browser: str, now: float) -> bool:
    """Whether `made` made it for this browser, and it is not too old."""
    content, _, signature = state.rpartition(".")
    until = content.partition(".")[0]
    wanted = _signature(content, secret, browser)
    genuine = hmac.compare_digest(wanted.encode(), signature.encode(errors="surrogateescape"))
    return bool(browser) and genuine and now < int(until)


def mark(state: str) -> str:
    """What to remember of a state that was used."""
    return hashlib.sha256(f"install:{state}".encode(errors="surrogateescape")).hexdigest()


def _signature(content: str, secret: str, browser: str) -> str:
    said = f"install:{browser}:{content}".encode(errors="surrogateescape")
    return hmac.new(secret.encode(), said, hashlib.sha256).hexdigest()
