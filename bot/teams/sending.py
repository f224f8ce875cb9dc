"""What goes out to Teams: where each person is reached, and what follows where a conversation or message is lost."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial

from bot.platform import Address, Sent, Undeliverable
from bot.teams.known import Known, channel_of
from bot.teams.outbound import UNTRUSTED, Json, Outbound
from bot.teams.outcomes import CONVERSATION_LOST, MESSAGE_LOST, TURNED_OFF
from bot.teams.translate import cards
from bot.teams.translate.activities import Reference
from handlers.chat import Attachment, Card, Picture

log = logging.getLogger("pag.teams")

SERVICE = "https://smba.trafficmanager.net/teams/"
"""Where anybody of Teams can be written to whose own address we do not know: learn.microsoft.com/microsoftteams/
platform/bots/how-to/conversations/send-proactive-messages."""
CLOSED = 60.0
"""Seconds for which nothing is sent where Teams lets us in no more; then a few letters try."""
EVERYWHERE = ""

LinkFor = Callable[[str, Picture | Attachment], str]
"""The address of a part of what a letter says."""


class Sending:
    """Posts, replaces and takes away our messages. ``bot`` is our own id; ``clock`` gives seconds that go forward.

    Every method raises Undeliverable and nothing else.
    """

    def __init__(
        self,
        outbound: Outbound,
        known: Known,
        *,
        bot: str,
        link_for: Callable[[str, Picture | Attachment], str] | None,
        clock: Callable[[], float],
    ) -> None:
        self._outbound = outbound
        self._known = known
        self._bot = bot
        self._link_for = link_for
        self._clock = clock
        self._closed: dict[str, float] = {}

    @property
    def wrong(self) -> str:
        """Why nothing goes out to anybody, or empty."""
        return "Teams does not take our credentials" if EVERYWHERE in self._closed else ""

    def closed(self) -> frozenset[str]:
        """The tenants to which nothing may go at all, for now."""
        return frozenset(tenant for tenant in self._known.tenants | self._closed.keys() if self._closed_to(tenant))

    async def send(self, address: Address, card: Card, *, letter: str) -> Sent:
        """Post `card`, opening the conversation if need be."""
        activity = self._content(card, letter=letter)
        return await self._to(address, lambda where: self._post(where, activity))

    async def update(self, address: Address, message: str, card: Card, *, letter: str) -> Sent:
        """Put `card` in the place of `message`. One that is gone is posted anew."""
        activity = self._content(card, letter=letter)

        async def put(where: Reference) -> Sent:
            try:
                await self._outbound.put(where.service_url, where.conversation, message, activity)
            except Undeliverable as why:
                if why.code != MESSAGE_LOST:
                    raise
                return await self._post(where, activity)
            return Sent(message, where.conversation)

        return await self._to(address, put)

    async def delete(self, address: Address, message: str) -> None:
        """Take a message of ours away. One that is gone already is well."""

        async def take_away(where: Reference) -> Sent:
            try:
                await self._outbound.delete(where.service_url, where.conversation, message)
            except Undeliverable as why:
                if why.code != MESSAGE_LOST:
                    raise
            return Sent(message, where.conversation)

        await self._to(address, take_away)

    async def _to(self, address: Address, act: Callable[[Reference], Awaitable[Sent]]) -> Sent:
        """Do it where `address` is reached; where that conversation is lost, once more in a new one."""
        if self._closed_to(address.workspace):
            raise Undeliverable("held", "closed")
        try:
            where = await self._where(address)
            is_new = not where.conversation
            if is_new:
                where = await self._opened(where)
            try:
                sent = await act(where)
            except Undeliverable as why:
                if why.code != CONVERSATION_LOST or is_new or not address.user:
                    raise
                sent = await act(await self._opened(where))
        except Undeliverable as why:
            self._note(address, why)
            raise
        self._closed.pop(EVERYWHERE, None)
        self._closed.pop(address.workspace, None)
        return sent

    async def _where(self, address: Address) -> Reference:
        who = address.user or channel_of(address.conversation)
        if not who:
            raise Undeliverable("gone", "no_address")
        try:
            known = await self._known.of(address.workspace, who)
        except Exception as mistake:  # noqa: BLE001 (a Platform raises Undeliverable and nothing else)
            raise Undeliverable("passing", type(mistake).__name__) from None
        if known is None:
            return Reference(address.workspace, address.user, "", address.conversation, SERVICE)
        if address.user and known.conversation:
            return known
        return replace(known, conversation=address.conversation)

    async def _opened(self, where: Reference) -> Reference:
        conversation = await self._outbound.create(
            where.service_url, tenant=where.tenant, member=where.contact or where.user, bot=self._bot
        )
        return await self._known.opened(where, conversation)

    async def _post(self, where: Reference, activity: Json) -> Sent:
        message = await self._outbound.post(where.service_url, where.conversation, activity)
        return Sent(message, where.conversation)

    def _content(self, card: Card, *, letter: str) -> Json:
        link_for = partial(self._link_for, letter) if self._link_for else None
        try:
            return cards.message(card, letter=letter, link_for=link_for)
        except ValueError:
            raise Undeliverable("mistake", "card_too_large") from None

    def _note(self, address: Address, why: Undeliverable) -> None:
        """Where Teams lets us in no more, leave it alone for a while."""
        if why.kind != "held" or why.code == UNTRUSTED:
            return
        place = address.workspace if why.code == TURNED_OFF else EVERYWHERE
        if place not in self._closed:
            log.error("Teams is closed to us: %s", why.code)
        self._closed[place] = self._clock() + CLOSED

    def _closed_to(self, tenant: str) -> bool:
        now = self._clock()
        return any(now < self._closed.get(place, now) for place in (EVERYWHERE, tenant))
