"""The page that Teams leads to from the app's details."""

from __future__ import annotations

import urllib.request

from bs4 import BeautifulSoup

from bot.about import PLACE
from bot.teams.manifest import manifest
from handlers.texts import about
from tests.world import World

BROWSER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def test_it_says_what_it_is_what_it_keeps_and_how_it_may_be_used(one_world: World) -> None:
    with BROWSER.open(f"{one_world.url}{PLACE}", timeout=20) as answer:
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
        page = BeautifulSoup(answer.read(), "html.parser")
    assert page.html
    assert page.html["lang"] == "en-GB"
    assert [heading.get_text() for heading in page.select("h1, h2")] == [
        card.title for card in (about.what_it_is(), about.privacy(), about.terms())
    ]
    assert [item.get_text() for item in page.select("li")] == [
        line[2:] for line in about.privacy().text.splitlines() if line.startswith("- ")
    ]
    assert about.what_it_is().note in page.get_text()
    assert not page.select("script, style, img, a, form")


def test_every_place_in_it_that_teams_leads_to_is_there(one_world: World) -> None:
    with BROWSER.open(f"{one_world.url}{PLACE}", timeout=20) as answer:
        page = BeautifulSoup(answer.read(), "html.parser")
    developer = manifest("00000000-0000-4000-8000-000000000b07", "https://bot.example.org")["developer"]
    places = [url.partition("#")[2] for name, url in developer.items() if name != "name"]
    assert {place for place in places if place} == {str(heading["id"]) for heading in page.select("h2")}
