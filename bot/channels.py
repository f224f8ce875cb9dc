"""Groups' channels, kept as they should be: their names known, their members added, their end noticed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.logs import where
from bot.now import Now
from bot.platform import Address, ChannelChanged, HasChannels, Platform, Undeliverable
from bot.threads import Threads
from storage import channel_invitations as invitations
from storage import channels
from storage.channels import Channel
from storage.database import Database

log = logging.getLogger("pag.channels")

EVERY = 10.0
"""Seconds from one round to the next at the most. Nothing waits for it but people who are to be added."""
AT_ONCE = 20
"""People added in one round."""
CALLING = 8.0
"""Seconds that one call may take."""
LATER = timedelta(minutes=5)
"""When a channel is looked at again that could not be."""
LONGEST_WAIT = 3600.0
MOST_TRIES = 8
"""After so many, over two hours, somebody counts as one who cannot be added."""


@dataclass(frozen=True)
class _Wanted:
    invitation: int
    channel: int
    address: Address
    user: str
    tries: int


class Channels:
    """What has to be asked and done at the platforms that have channels. What goes wrong is tried again later.

    Twice does no harm, so several processes may do it at once. ``real`` is the machine's clock.
    """

    def __init__(
        self,
        database: Database,
        threads: Threads,
        platforms: Mapping[str, Platform],
        now: Now,
        *,
        real: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._threads = threads
        self._platforms = platforms
        self._now = now
        self._real = real
        self._one_at_a_time = asyncio.Lock()

    async def run(self) -> None:
        """Do what is due every few seconds, until cancelled."""
        while True:
            await asyncio.sleep(EVERY)
            await self.keep_due()

    async def keep_due(self) -> None:
        """One round. Never raises."""
        having: Mapping[str, HasChannels] = {
            name: platform for name, platform in self._platforms.items() if isinstance(platform, HasChannels)
        }
        if not having:
            return
        async with self._one_at_a_time:
            try:
                to_look, wanted = await self._threads.run(self._due, sorted(having))
                for channel, address in to_look:
                    await self._look(having[address.platform], channel, address)
                for one in wanted:
                    if not await self._add(having[one.address.platform], one):
                        break
            except Exception as mistake:  # noqa: BLE001 (the database may be away; the next round tries again)
                log.error("the channels were not looked after: %s", where(mistake))

    async def changed(self, told: ChannelChanged) -> bool:
        """Take up what a platform tells of a channel. False when the database could not: it should tell it again."""
        try:
            await self._threads.run(self._take_up, told)
        except Exception as mistake:  # noqa: BLE001 (whatever it is, it is not kept)
            log.error("news of a channel was not taken: %s", where(mistake))
            return False
        return True

    # At the platform

    async def _look(self, platform: HasChannels, channel: int, address: Address) -> None:
        try:
            async with asyncio.timeout(CALLING):
                name = await platform.name_of(address)
        except TimeoutError:
            await self._threads.run(self._not_seen, channel, "")
        except Undeliverable as why:
            await self._threads.run(self._not_seen, channel, why.code if why.kind == "gone" else "")
        else:
            await self._threads.run(self._seen, channel, name)

    async def _add(self, platform: HasChannels, one: _Wanted) -> bool:
        """Whether to go on with the next one."""
        try:
            async with asyncio.timeout(CALLING):
                added = await platform.invite(one.address, one.user)
        except TimeoutError:
            await self._threads.run(self._not_added, one, 0.0)
            return False
        except Undeliverable as why:
            log.warning("somebody was not added to a channel: %s", why.code)
            if why.kind == "gone":
                await self._threads.run(self._not_seen, one.channel, why.code)
            else:
                await self._threads.run(self._not_added, one, why.retry_after)
            return False
        await self._threads.run(self._dealt_with, one, "added" if added else "barred")
        return True

    # In the database's thread

    def _due(self, having: Sequence[str]) -> tuple[list[tuple[int, Address]], list[_Wanted]]:
        with self._database.transaction() as session:
            to_look = [
                (channel.id, _address(channel)) for channel in channels.to_look_at(session, having, now=self._now())
            ]
            wanted = [
                _Wanted(invitation.id, channel.id, _address(channel), user, invitation.tries)
                for invitation, channel, user in invitations.to_add(session, having, real=self._real(), most=AT_ONCE)
            ]
        return to_look, wanted

    def _seen(self, channel: int, name: str) -> None:
        with self._database.transaction() as session:
            channels.looked_at(session, channel, name=name, next_at=self._now() + channels.LOOKED_AT)

    def _not_seen(self, channel: int, code: str) -> None:
        with self._database.transaction() as session:
            if code:
                channels.close(session, channel, code=code)
            channels.looked_at(session, channel, name=None, next_at=self._now() + LATER)

    def _not_added(self, one: _Wanted, wait: float) -> None:
        if one.tries + 1 >= MOST_TRIES:
            self._dealt_with(one, "barred")
            return
        seconds = wait or min(60.0 * 2**one.tries, LONGEST_WAIT)
        with self._database.transaction() as session:
            not_before = self._real() + timedelta(seconds=seconds)
            invitations.dealt_with(session, one.invitation, state="waiting", not_before=not_before)

    def _dealt_with(self, one: _Wanted, state: str) -> None:
        with self._database.transaction() as session:
            invitations.dealt_with(session, one.invitation, state=state)

    def _take_up(self, told: ChannelChanged) -> None:
        at = told.channel
        with self._database.transaction() as session:
            channel = channels.channel_at(session, at.platform, at.workspace, at.conversation)
            if channel is not None:
                channels.stands(session, channel, at=told.at, state=told.state, name=told.name)


def _address(channel: Channel) -> Address:
    return Address(channel.platform, channel.workspace, "", channel.conversation)
