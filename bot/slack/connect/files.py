"""The picture and the file of a card: sent up before its message, shown under it afterwards.

https://docs.slack.dev/messaging/working-with-files. Until it is shared nobody sees an upload, so all that can fail
often comes before the message.
"""

from __future__ import annotations

import asyncio
import logging

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.platform import Undeliverable
from bot.slack.connect.calls import calling, text_at
from handlers.chat import Card

log = logging.getLogger("pag.slack")

LOOKS = (0.0, 0.3, 0.6)
"""Seconds to wait before each look whether a file is shared: Slack can say "ok" without it."""
ALT_LIMIT = 1000


async def upload(client: AsyncWebClient, session: aiohttp.ClientSession, card: Card) -> tuple[str, ...]:
    """Send up what goes with `card`. Returns the files' ids; raises Undeliverable."""
    carried: list[str] = []
    if card.picture:
        carried.append(await _up(client, session, "picture.png", card.picture.png, alt=card.picture.alt))
    if card.attachment:
        content = card.attachment.content.encode()
        carried.append(await _up(client, session, card.attachment.name, content, alt=""))
    return tuple(carried)


async def share(client: AsyncWebClient, file_id: str, conversation: str) -> None:
    """Show the file. Its message stands already, so what fails here is logged and brings no second message."""
    try:
        for _ in range(2):
            sharing = client.files_completeUploadExternal(files=[{"id": file_id}], channel_id=conversation)
            await calling(sharing, repeatable=True)
            if await _shared(client, file_id, conversation):
                return
        log.warning("a file of a message was not shared: not_shared")
    except Undeliverable as why:
        log.warning("a file of a message was not shared: %s", why.code)


async def _up(client: AsyncWebClient, session: aiohttp.ClientSession, name: str, content: bytes, *, alt: str) -> str:
    asking = client.files_getUploadURLExternal(filename=name, length=len(content), alt_txt=alt[:ALT_LIMIT] or None)
    place = await calling(asking, repeatable=True)
    try:
        # The address itself is the permission: no token goes with it.
        async with session.post(text_at(place, "upload_url"), data=content, proxy=client.proxy) as answer:
            if answer.status != 200:
                raise Undeliverable("passing", f"upload_{answer.status}")
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        raise Undeliverable("passing", f"upload_{type(error).__name__}") from None
    return text_at(place, "file_id")


async def _shared(client: AsyncWebClient, file_id: str, conversation: str) -> bool:
    for wait in LOOKS:
        await asyncio.sleep(wait)
        found = await calling(client.files_info(file=file_id), repeatable=True)
        if conversation in _places(found.get("file")):
            return True
    return False


def _places(file: object) -> set[str]:
    """The conversations a file is in. Slack names them in `shares`, and the older lists may fill sooner."""
    if not isinstance(file, dict):
        return set()
    shares = file.get("shares")
    shared = [place for places in shares.values() for place in places] if isinstance(shares, dict) else []
    return {*shared, *file.get("channels", ()), *file.get("groups", ()), *file.get("ims", ())}
