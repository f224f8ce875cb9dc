"""`make gallery`: a picture of each message and view in `screenshots/gallery/`, and a contact sheet of all."""

from __future__ import annotations

import html
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.gallery.surfaces import Surface, every_surface
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
    if not LIBRARY.is_dir():
        sys.exit("slack-blocks-to-jsx is not installed. Run: make gallery")
    if not CHROMIUM.exists():
        sys.exit("There is no browser. Install it with: apt-get install chromium")
    surfaces = list(every_surface())
    figures = list(zip(surfaces, _drawn(node, surfaces), strict=True))
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    _write(OUT / "index.html", _sheet("".join(_figure(surface, drawn) for surface, drawn in figures)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": WIDE, "height": 1000})
        for feature, group in groupby(figures, key=lambda one: one[0].feature):
            _take(page, feature, list(group))
        browser.close()
    sys.stdout.write(f"{len(surfaces)} pictures, and all on one page: {OUT / 'index.html'}\n")


def _take(page: Page, feature: str, figures: Sequence[tuple[Surface, str]]) -> None:
    page.set_content(_sheet("".join(_figure(surface, drawn) for surface, drawn in figures)))
    page.screenshot(path=OUT / f"sheet-{feature}.png", full_page=True)
    shown = page.locator(".surface")
    for number, (surface, _) in enumerate(figures):
        shown.nth(number).screenshot(path=OUT / f"{surface.name}.png")


def _drawn(node: str, surfaces: Sequence[Surface]) -> Iterator[str]:
    given = json.dumps([surface.shown for surface in surfaces])
    ran = subprocess.run(
        [node, str(HERE / "render.mjs")], input=given, capture_output=True, text=True, check=False, encoding="utf-8"
    )
    if ran.returncode:
        sys.exit(f"The pictures were not drawn:\n{ran.stderr}")
    yield from json.loads(ran.stdout)


def _figure(surface: Surface, drawn: str) -> str:
    return f"<figure>{drawn}<figcaption>{html.escape(surface.name)}</figcaption></figure>"


def _sheet(figures: str) -> str:
    style = (LIBRARY / "dist" / "style.css").read_text(encoding="utf-8") + (HERE / "page.css").read_text("utf-8")
    head = f"<meta charset=utf-8><title>What we send to Slack</title><style>{style}</style>"
    return f"<!doctype html><html lang=en><head>{head}</head><body><main>{figures}</main></body></html>"


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
