"""Who somebody is, as Slack knows them: asked once for each person and kept for a while."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable

from slack_sdk.web.async_client import AsyncWebClient

from bot.platform import Undeliverable
from bot.slack.connect.calls import calling
from bot.slack.translate.profile import Profile, profile_of
from handlers.chat import Account

KEPT = 24 * 3600.0
"""Seconds for which an answer is good."""
TRIED_AGAIN = 600.0
"""Seconds after which we ask again when there was no answer."""
PATIENCE = 1.0
"""Seconds that somebody's first message may wait for their name."""
MOST = 10_000


class Profiles:
    """The profiles of the people who wrote lately. ``now`` is in seconds."""

    def __init__(self, client_for: Callable[[str], AsyncWebClient], now: Callable[[], float]) -> None:
        self._client_for = client_for
        self._now = now
        self._known: OrderedDict[tuple[str, str], tuple[float, Profile]] = OrderedDict()

    async def of(self, account: Account) -> Profile:
        """The person's profile; an empty one when Slack does not answer in time."""
        key = (account.workspace, account.user)
        until, profile = self._known.get(key, (0.0, Profile()))
        if self._now() < until:
            return profile
        try:
            async with asyncio.timeout(PATIENCE):
                answer = await calling(self._client_for(account.workspace).users_info(user=account.user))
            profile, kept = profile_of(answer.get("user")), KEPT
        except (TimeoutError, Undeliverable):
            kept = TRIED_AGAIN
        self._known[key] = (self._now() + kept, profile)
        if len(self._known) > MOST:
            self._known.popitem(last=False)
        return profile

    def forget(self, account: Account) -> None:
        """Ask anew when they next write."""
        self._known.pop((account.workspace, account.user), None)
