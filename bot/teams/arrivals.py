"""What comes in from Teams, once it is proven to: through the translation to `receive`, and what goes back at once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

from bot.frontdoor import TurnedAway
from bot.platform import ChannelChanged, Undeliverable
from bot.teams.known import Known
from bot.teams.outbound import Json
from bot.teams.translate import cards, forms, replies
from bot.teams.translate.activities import Heard, Malformed, understand
from bot.teams.translate.channels import channel_change
from handlers.chat import Card, Event, Submitted
from handlers.texts import inbox as texts
from handlers.texts import surfaces

if TYPE_CHECKING:
    from bot.answered import Answered, Receive

log = logging.getLogger("pag.teams")

Back = tuple[int, Json | None]
"""Status and body of the HTTP answer."""
Say = Callable[[Json], Awaitable[None]]
"""Posts an activity where the one being answered came from. Raises Undeliverable."""
Answer = Callable[[Mapping[str, Any], Say], Awaitable[Back]]

SLOW = 1.0
"""Seconds after which whoever waits sees that we are typing."""
TYPING: Json = {"type": "typing"}
NOTED: Back = (200, None)
AGAIN: Back = (503, None)
"""Teams delivers it again."""
NOT_KNOWN: Back = (501, None)


class Arrivals:
    """The way in. ``app_id`` is empty where there is no authentication.

    ``channel_changed`` takes up how a channel now stands, and says whether it could.
    """

    def __init__(
        self,
        *,
        receive: Receive,
        app_id: str,
        references: Known,
        channel_changed: Callable[[ChannelChanged], Awaitable[bool]] | None = None,
    ) -> None:
        self._receive = receive
        self._channel_changed = channel_changed
        self._app_id = app_id
        self._known = references

    async def answer(self, activity: Mapping[str, Any], say: Say) -> Back:
        """Answer one activity. Raises TurnedAway where it is none."""
        try:
            moved = channel_change(activity)
            heard = understand(activity, app_id=self._app_id)
        except Malformed:
            raise TurnedAway(400) from None
        if heard.reference is not None:
            await self._known.remember(heard.reference)
        if moved and self._channel_changed:
            return NOTED if await self._channel_changed(moved) else AGAIN
        if heard.event is None:
            return NOT_KNOWN if activity.get("type") == "invoke" else NOTED
        answered = await self._answered(heard, heard.event, say)
        if answered.failed and not (answered.at_once and await _tell(answered.at_once, say)):
            return AGAIN
        match heard.kind:
            case "message":
                await _in_a_message(answered, heard.event, say)
            case "execute":
                return 200, await _in_place(answered, heard, heard.event, say)
            case "fetch" | "submit":
                return 200, _in_a_dialog(answered, heard.event, closes=heard.kind == "submit")
        return NOTED

    async def _answered(self, heard: Heard, event: Event, say: Say) -> Answered:
        answering = asyncio.ensure_future(self._receive(event))
        if heard.kind == "message" and event.place == "direct":
            done, _ = await asyncio.wait({answering}, timeout=SLOW)
            if not done:
                await _try(TYPING, say)
        return await answering


async def _in_a_message(answered: Answered, event: Event, say: Say) -> None:
    if answered.form:
        content = _shown(forms.shown, answered, event)
        if content is None or not await _try(_carrying(content), say):
            await _tell(surfaces.not_opened(), say)
    if answered.aside:
        await _try(replies.line(answered.aside), say)


async def _in_place(answered: Answered, heard: Heard, event: Event, say: Say) -> Json:
    """What stands where the button was: the form again, a line that it was sent, the next card, or what was there."""
    if isinstance(event.what, Submitted):
        if not answered.form:
            return replies.sent(heard.title)
        content = _shown(forms.shown, answered, event)
        return replies.replaced(content) if content else replies.said(surfaces.not_opened().title)
    if answered.form:
        # The pressed card stays, so that its other buttons do too.
        await _in_a_message(answered, event, say)
        return replies.said(_where(event))
    # A picture or a file needs a link, which a letter has: the outbox puts the card in its place.
    if answered.replacing and not (answered.replacing.picture or answered.replacing.attachment):
        try:
            return replies.replaced(cards.card(answered.replacing))
        except ValueError as why:
            log.error("a card could not be shown in place: %s", why)
    return replies.said(answered.aside or _where(event))


def _where(event: Event) -> str:
    """Where the answer is. Teams takes an empty one for none: it says that we cannot be reached, and asks again."""
    return texts.answered_in_direct_message() if event.channel else texts.answered_here()


def _in_a_dialog(answered: Answered, event: Event, *, closes: bool) -> Json:
    if answered.form:
        content = _shown(forms.dialog, answered, event)
        return replies.dialog(content) if content else replies.closed(surfaces.not_opened().title)
    return replies.closed(answered.aside or ("" if closes else texts.answered_in_direct_message()))


def _shown(build: Callable[..., Json], answered: Answered, event: Event) -> Json | None:
    """The form as `build` makes it; with errors what was typed stays. None where Teams cannot show it."""
    tried = event.what.answers if answered.errors and isinstance(event.what, Submitted) else None
    try:
        return build(answered.form, errors=answered.errors, answers=tried)
    except ValueError as why:
        log.error("a form could not be shown: %s", why)
        return None


def _carrying(content: Json) -> Json:
    """A message that carries this Adaptive Card."""
    attachment = {"contentType": cards.CONTENT_TYPE, "content": content}
    return {"type": "message", "summary": content["fallbackText"], "attachments": [attachment]}


async def _tell(card: Card, say: Say) -> bool:
    """Send `card` now, without the outbox. Says whether it went."""
    return await _try(cards.message(card, letter=""), say)


async def _try(activity: Json, say: Say) -> bool:
    try:
        await say(activity)
    except Undeliverable as why:
        log.warning("an answer that could not wait was not sent: %s", why.code)
        return False
    return True
