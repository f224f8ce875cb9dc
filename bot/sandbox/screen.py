"""What the sandbox's page shows to each person, made from the transcripts and the templates in ``page/``."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.sandbox import translate
from bot.sandbox.forms import FormView
from bot.sandbox.transcript import Persona, Transcripts, within
from handlers.chat import Card
from handlers.texts import dates

PAGE = Path(__file__).parent / "page"
STATIC = {"sandbox.css": "text/css", "sandbox.js": "text/javascript", "icon.svg": "image/svg+xml"}


class Screen:
    """The page, over the transcripts it shows.

    A ``view`` is what a person looks at: empty for their messages with the bot, or ``channel:NAME``.
    """

    def __init__(self, transcripts: Transcripts, cast: Sequence[Persona], channels: Sequence[str]) -> None:
        self.cast = {persona.key: persona for persona in cast}
        self._transcripts = transcripts
        self._channels = [f"channel:{name}" for name in channels]
        self._templates = Environment(
            loader=FileSystemLoader(PAGE),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def persona(self, key: str) -> Persona:
        """Who this is; the first of the cast for an empty key. Raises 404."""
        if key and key not in self.cast:
            raise web.HTTPNotFound(text="There is nobody here by that name.")
        return self.cast[key] if key else next(iter(self.cast.values()))

    def view(self, persona: Persona, asked: str) -> str:
        """The view asked for; ``channel`` alone is the first channel. Raises 404."""
        views = self._views(persona)
        view = views[1] if asked == "channel" and len(views) > 1 else asked
        if view not in views:
            raise web.HTTPNotFound(text="There is no such channel.")
        return view

    def place(self, persona: Persona, view: str) -> str:
        """The conversation this person looks at in this view."""
        return within(persona.workspace, view or f"direct:{persona.key}")

    def address(self, persona: Persona, view: str, *, form: str = "", part: str = "") -> str:
        """The address of the page for this person and view, with this form open, at this part.

        Otherwise it is at the form, or the newest message.
        """
        query = {"who": persona.key} | ({"view": view} if view else {}) | ({"form": form} if form else {})
        return f"/sandbox?{urlencode(query)}#{part or ('foot' if form else 'end')}"

    def page(self, persona: Persona, view: str, *, form: FormView | None, now: datetime, happened: str) -> web.Response:
        """The whole page; what it shows counts as seen by this person."""
        place = self.place(persona, view)
        self._transcripts.see(place, persona)
        names = {key: other.name for key, other in self.cast.items()}
        others = [other for other in self.cast.values() if other != persona]
        new = {other.key: self._transcripts.unseen(self.place(other, ""), other) for other in others}
        local = now.astimezone(ZoneInfo(translate.ZONE))
        return self._html(
            "page.html",
            cast=self.cast.values(),
            persona=persona,
            new=new,
            view=view,
            views=[
                (name, self._transcripts.unseen(self.place(persona, name), persona)) for name in self._views(persona)
            ],
            bubbles=[
                translate.bubble(message, reader=persona, names=names)
                for message in self._transcripts.read(place, persona)
            ],
            form=form,
            bot=translate.BOT,
            day=dates.day(local),
            time=dates.clock(local.time()),
            happened=happened,
            nonce=secrets.token_urlsafe(12),
            mark=self._transcripts.mark,
            address=self.address,
        )

    def file(self, message_id: str, part: str) -> web.Response:
        """The ``picture`` or the ``attachment`` of a message. Raises 404."""
        message = self._transcripts.message(message_id)
        card = message.said if message else None
        if isinstance(card, Card) and card.picture and part == "picture":
            return web.Response(body=card.picture.png, content_type="image/png")
        if isinstance(card, Card) and card.attachment and part == "attachment":
            headers = {
                "Content-Type": f"{card.attachment.media_type}; charset=utf-8",
                "Content-Disposition": f"attachment; filename*=UTF-8''{quote(card.attachment.name, safe='')}",
            }
            return web.Response(body=card.attachment.content.encode(), headers=headers)
        raise web.HTTPNotFound(text="This file is not here.")

    def refusal(self, status: int, words: str) -> web.Response:
        """A plain page that says why not."""
        return self._html("refused.html", status=status, words=words)

    def _views(self, persona: Persona) -> Sequence[str]:
        return list(dict.fromkeys(["", *self._channels, *self._transcripts.channels(persona.workspace)]))

    def _html(self, template: str, *, status: int = 200, **contents: object) -> web.Response:
        text = self._templates.get_template(template).render(contents)
        return web.Response(text=text, content_type="text/html", charset="utf-8", status=status)


async def static(request: web.Request) -> web.Response:
    """The style sheet, the script and the icon. Raises 404."""
    name = request.match_info["name"]
    if name not in STATIC:
        raise web.HTTPNotFound(text="This file is not here.")
    return web.Response(body=(PAGE / name).read_bytes(), content_type=STATIC[name], charset="utf-8")
