"""`make gallery`: a picture of each message and view in `screenshots/gallery/`, and a contact sheet of all.

Fails where Microsoft's renderer has anything to say against a card, also one with the longest words and the most parts,
or shows otherwise than it was typed what a person wrote.
"""

from __future__ import annotations

import html
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.gallery import teams
from tests.gallery.surfaces import Surface, every_surface, the_largest
from tests.test_browser import CHROMIUM, FLAGS

HERE = Path(__file__).parent
OUT = HERE.parent.parent / "screenshots" / "gallery"
LIBRARY = HERE / "node_modules" / "slack-blocks-to-jsx"
WIDE = 1640


def main() -> None:
    """Draw everything anew. Exits with plain words where something that it needs is not there."""
    node = shutil.which("node")
    if node is None:
        sys.exit("There is no Node. Install it with: apt-get install nodejs npm")
    if not LIBRARY.is_dir() or not teams.LIBRARY.is_dir():
        sys.exit("The libraries that draw are not installed. Run: make gallery")
    if not CHROMIUM.exists():
        sys.exit("There is no browser. Install it with: apt-get install chromium")
    surfaces = list(every_surface())
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": WIDE, "height": 1000})
        figures = [
            Figure(surface, drawn, beside)
            for surface, drawn, beside in zip(surfaces, _drawn(node, surfaces), _in_teams(page, surfaces), strict=True)
        ]
        shutil.rmtree(OUT, ignore_errors=True)
        OUT.mkdir(parents=True)
        _write(OUT / "index.html", _sheet(figures))
        for feature, group in groupby(figures, key=lambda one: one.surface.feature):
            _take(page, feature, list(group))
        browser.close()
    sys.stdout.write(f"{len(surfaces)} pictures, and all on one page: {OUT / 'index.html'}\n")


@dataclass(frozen=True)
class Figure:
    """A surface as it is drawn for Slack, and for Teams beside it."""

    surface: Surface
    drawn: str
    teams: Sequence[str]


def _take(page: Page, feature: str, figures: Sequence[Figure]) -> None:
    page.set_content(_sheet(figures))
    page.screenshot(path=OUT / f"sheet-{feature}.png", full_page=True)
    shown = page.locator("figure")
    for number, figure in enumerate(figures):
        shown.nth(number).locator(".pair").screenshot(path=OUT / f"{figure.surface.name}.png")


def _in_teams(page: Page, surfaces: Sequence[Surface]) -> Iterator[list[str]]:
    """The HTML of each surface's cards for Teams. Exits where the renderer complains of any, or of the largest."""
    shown = [(surface.name, one) for surface in surfaces for one in surface.teams]
    tried = [*shown, *((name, {"content": content}) for name, content in the_largest())]
    drawn = teams.drawn(page, [one["content"] for _, one in tried])
    wrong = [f"{name}: {one}" for (name, _), made in zip(tried, drawn, strict=True) for one in made.complaints]
    if wrong := wrong + teams.not_as_typed(page):
        sys.exit("Microsoft's renderer does not show well what we send to Teams:\n" + "\n".join(wrong))
    ready = iter(teams.framed(one, made.html) for (_, one), made in zip(shown, drawn, strict=False))
    for surface in surfaces:
        yield [next(ready) for _ in surface.teams]


def _drawn(node: str, surfaces: Sequence[Surface]) -> Iterator[str]:
    given = json.dumps([surface.shown for surface in surfaces])
    ran = subprocess.run(
        [node, str(HERE / "render.mjs")], input=given, capture_output=True, text=True, check=False, encoding="utf-8"
    )
    if ran.returncode:
        sys.exit(f"The pictures were not drawn:\n{ran.stderr}")
    yield from json.loads(ran.stdout)


def _figure(figure: Figure) -> str:
    pair = f'<div class="pair">{figure.drawn}{"".join(figure.teams)}</div>'
    return f"<figure>{pair}<figcaption>{html.escape(figure.surface.name)}</figcaption></figure>"


def _sheet(figures: Sequence[Figure]) -> str:
    looks = (LIBRARY / "dist" / "style.css").read_text(encoding="utf-8") + teams.style()
    style = looks + (HERE / "page.css").read_text(encoding="utf-8")
    head = f"<meta charset=utf-8><title>What we send to Slack and Teams</title><style>{style}</style>"
    body = "".join(_figure(figure) for figure in figures)
    return f"<!doctype html><html lang=en><head>{head}</head><body><main>{body}</main></body></html>"


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
