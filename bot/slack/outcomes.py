"""What an answer of Slack's means for a letter: the codes of docs.slack.dev/reference/methods/chat.postMessage."""

from __future__ import annotations

from bot.platform import Undeliverable

HOUR = 3600.0
LONGEST_WAIT = 24 * HOUR

PASSING = frozenset({"ratelimited", "rate_limited", "service_unavailable", "request_timeout"})
PASSING_LONG = frozenset({"message_limit_exceeded", "team_added_to_org", "org_login_required"})
GONE = frozenset(
    {
        "cannot_dm_bot",
        "channel_not_found",
        "is_archived",
        "not_in_channel",
        "user_disabled",
        "user_not_found",
        "user_not_visible",
    }
)
HELD = frozenset(
    {
        "account_inactive",
        "invalid_auth",
        "messages_tab_disabled",
        "missing_scope",
        "no_permission",
        "not_authed",
        "token_expired",
        "token_revoked",
    }
)
MISTAKE = frozenset({"msg_too_long", "no_text"})
GONE_FAMILIES = ("restricted_action",)
MISTAKE_FAMILIES = ("invalid_arg", "invalid_blocks", "metadata_", "msg_blocks_too_long")


def outcome(*, status: int, code: str, retry_after: str = "") -> Undeliverable:
    """What follows from an answer that was not "ok".

    ``status`` is the HTTP status, ``code`` Slack's own ``error`` (empty when the body was not Slack's JSON) and
    ``retry_after`` the header of that name, in seconds. Unknown codes are ambiguous.
    """
    if status == 429 or code in PASSING:
        return Undeliverable("passing", code or "ratelimited", retry_after=_seconds(retry_after))
    if code in PASSING_LONG:
        return Undeliverable("passing", code, retry_after=HOUR)
    if code in GONE or code.startswith(GONE_FAMILIES):
        return Undeliverable("gone", code)
    if code in HELD:
        return Undeliverable("held", code)
    if code in MISTAKE or code.startswith(MISTAKE_FAMILIES):
        return Undeliverable("mistake", code)
    return Undeliverable("ambiguous", code or f"http_{status}")


def _seconds(retry_after: str) -> float:
    return min(float(retry_after), LONGEST_WAIT) if retry_after.isdecimal() else 0.0
