"""What we send to Teams: each card and form as an Adaptive Card, drawn by Microsoft's own renderer in a browser."""

from __future__ import annotations

import base64
import html
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page

from bot.teams.translate import cards, forms
from handlers.chat import Attachment, Button, Card, Field, Form, Option, Picture
from tests.connector_limits import Json

HERE = Path(__file__).parent
LIBRARY = HERE / "node_modules" / "adaptivecards" / "dist"
MARKDOWN = HERE / "node_modules" / "markdown-it" / "dist" / "browser"
ADDRESS = "https://pictures.example/1"


def shown(made: Card | Form) -> list[Json]:
    """The Adaptive Cards of one card or form: each ``content``, with its ``kind`` and ``title`` for the page's frame.

    A long form is two: what stands in the conversation, and the dialog that it opens.
    """
    if isinstance(made, Card):
        return [{"kind": "message", "content": _with_picture(cards.card(made, link_for=_link_for), made.picture)}]
    inside = {"kind": "message", "content": forms.shown(made)}
    if forms.is_short(made):
        return [inside]
    dialog = forms.dialog(made)
    return [inside, {"kind": "modal", "title": dialog["title"], "content": dialog["card"]["content"]}]


def _link_for(what: Picture | Attachment) -> str:
    return ADDRESS if isinstance(what, Picture) else f"https://files.example/{what.name}"


def _with_picture(content: Json, picture: Picture | None) -> Json:
    """The picture itself in the place of its address: nothing is fetched."""
    source = f"data:image/png;base64,{base64.b64encode(picture.png).decode()}" if picture else ""
    body = [{**part, "url": source} if part.get("url") == ADDRESS else part for part in content["body"]]
    return {**content, "body": body}


@dataclass(frozen=True)
class Drawn:
    """One card: its HTML, the words that a person sees, and what the renderer has to say against it."""

    html: str
    words: str
    complaints: Sequence[str]


def drawn(page: Page, contents: Sequence[Json]) -> list[Drawn]:
    """Each card, drawn by the renderer."""
    page.set_content("<!doctype html><html lang=en><body></body></html>")
    for script in (LIBRARY / "adaptivecards.min.js", MARKDOWN / "markdown-it.umd.min.js", HERE / "teams.js"):
        page.add_script_tag(path=script)
    return [Drawn(**one) for one in page.evaluate("contents => contents.map(draw)", list(contents))]


AS_TYPED = (
    "*bold* and _slanted_ and ~~gone~~",
    "**",
    "[a link](https://example.org) and ![one](x)",
    "# 1. not a heading",
    "1. not a list",
    "+ nor this",
    "> not a quote & <b>not bold</b> &amp; &lt; `code` \\* {{DATE(2027-03-02T10:00:00Z, SHORT)}}",
    "snake_case_word, a*b*c, 2 < 3 > 1 | {x} ~ #tag",
)
"""What people may type, none of which may be read as markup."""


def not_as_typed(page: Page) -> list[str]:
    """What the renderer shows otherwise than it was typed, wherever it stands."""
    wrong = []
    options = tuple(Option(str(number), typed) for number, typed in enumerate(AS_TYPED))
    for typed in AS_TYPED:
        fields = (
            Field("a", typed),
            Field("b", "B", "choice", options),
            Field("c", "C", "choices", options, hint=typed),
        )
        in_form = forms.form_card(Form("a.b", typed, fields, intro=typed, submit=typed), errors={"a": typed})
        card = Card(typed, f"{typed}\n{typed}\n\n{typed}", ((typed, typed),), (Button(typed, "a.b"),), note=typed)
        for where, content, times in (("card", cards.card(card), 8), ("form", in_form, 8)):
            seen = drawn(page, [content])[0].words.replace("\u2060", "")
            if seen.count(typed) < times:
                wrong.append(f"{where}: {typed} is seen {seen.count(typed)} times, not {times}")
    return wrong


def framed(surface: Json, inside: str) -> str:
    """One card in the frame of its kind."""
    if surface["kind"] == "modal":
        head = f"<b>{html.escape(surface['title'])}</b><u>Close</u>"
    else:
        head = "<b>Round Table</b><i>TEAMS</i> 10:00"
    return f'<div class="surface teams {surface["kind"]}"><div class="bar head">{head}</div>{inside}</div>'


def style() -> str:
    """The renderer's own looks."""
    return (LIBRARY / "adaptivecards.css").read_text(encoding="utf-8")
