"""The page that says what the program is and what it keeps: where the app's details in Teams lead to."""

from __future__ import annotations

from aiohttp import web
from markupsafe import Markup, escape

from handlers.chat import Card
from handlers.texts import about

PLACE = "/about"

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def routes() -> list[web.RouteDef]:
    """What the web server must serve: the same page for everybody."""
    page = _page()

    async def show(_: web.Request) -> web.Response:
        return web.Response(text=page, content_type="text/html", charset="utf-8", headers=_HEADERS)

    return [web.get(PLACE, show)]


def _page() -> str:
    first = about.what_it_is()
    parts = [
        Markup("<h1>{}</h1>\n").format(first.title) + _said(first),
        *(
            Markup('<h2 id="{}">{}</h2>\n').format(name, card.title) + _said(card)
            for name, card in (("privacy", about.privacy()), ("terms", about.terms()))
        ),
    ]
    return Markup(
        '<!doctype html>\n<html lang="en-GB">\n<head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><title>{}</title></head>\n'
        "<body><main>\n{}</main></body>\n</html>\n"
    ).format(first.title, Markup().join(parts))


def _said(card: Card) -> Markup:
    """The paragraphs and lists of a card."""
    made = Markup()
    for block in (*card.text.split("\n\n"), *([card.note] if card.note else [])):
        lines = block.split("\n")
        if all(line.startswith("- ") for line in lines):
            items = Markup().join(Markup("<li>{}</li>").format(line[2:]) for line in lines)
            made += Markup("<ul>{}</ul>\n").format(items)
        else:
            made += Markup("<p>{}</p>\n").format(Markup("<br>").join(escape(line) for line in lines))
    return made
