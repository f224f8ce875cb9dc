"""One person's Teams: the Agents Playground in a process of its own, and a window of a browser that shows it."""

from __future__ import annotations

import json
import os
import subprocess
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.program import free_port

HERE = Path(__file__).parent
CLI = HERE / "node_modules" / "@microsoft" / "m365agentsplayground" / "cli.js"
TENANT = "6f1c7f2e-0d0b-4a53-9d6a-3f2b1c5a7e10"
BOT = "Round Table"
FONTS = "res-1.cdn.office.net"
"""Where the page gets Microsoft's typeface. It is not let out, and shows another one."""
SIZE = (1280, 1100)
PATIENCE = 90_000
"""Milliseconds. What the program does by itself comes with the next look at its clock, every half minute."""


@dataclass(frozen=True)
class Colleague:
    """Somebody in the tenant. ``user`` is their id there, as Microsoft Entra gives it."""

    name: str
    user: str

    @property
    def contact(self) -> str:
        """What the Connector calls them, in place of "29:…"."""
        return f"contact-{self.name.lower()}"

    def as_configured(self) -> dict[str, str]:
        """The person as the Playground's configuration names them. (The misspelt key is Microsoft's.)"""
        address = f"{self.name.lower()}@example.org"
        return {
            "id": self.contact,
            "name": self.name,
            "aadObjectId": self.user,
            "givenName": self.name,
            "surname": "",
            "userPrincipleName": address,
            "email": address,
        }


OTHERS = tuple(Colleague(name, f"00000000-0000-4000-8000-00000000000{n}") for n, name in enumerate("ABCDE"))
"""Whoever else is in the tenant: the Playground does not start with fewer than 5, and none of them does anything."""


class Playground:
    """The Teams of one person. ``url`` is its page; the bot calls it as its Connector at ``url``/_connector."""

    def __init__(self, folder: Path, node: str, me: Colleague, *, endpoint: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._folder = folder / me.name
        self._folder.mkdir()
        configuration = self._folder / "configuration.yml"
        # JSON is YAML too.
        configuration.write_text(json.dumps(_configuration(me)), encoding="utf-8")
        self._command = [
            *(node, "--require", str(HERE / "loopback.cjs"), str(CLI), "start", "--disable-telemetry"),
            *("--app-endpoint", endpoint, "--channel-id", "msteams"),
            *("--port", str(self.port), "--service-url", f"{self.url}/_connector"),
        ]
        self._environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self._folder),
            "TEAMSAPPTESTER_BROWSER": "none",
            "M365_AGENTS_PLAYGROUND_CONFIG_PATH": str(configuration),
            # Without this it asks the cloud, on a link-local address, which machine it is on.
            "APPLICATION_INSIGHTS_NO_STATSBEAT": "true",
        }
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        with (self._folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                self._command, cwd=self._folder, env=self._environment, stdout=log, stderr=log
            )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        for _ in range(300):
            assert self._process.poll() is None, self._said()
            try:
                with opener.open(f"{self.url}/_debug/ping", timeout=5):
                    return self
            except OSError:
                time.sleep(0.1)
        raise AssertionError(self._said())

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, _: TracebackType | None) -> None:
        assert self._process is not None
        self._process.terminate()
        self._process.wait(20)

    def _said(self) -> str:
        logs = (self._folder / "log", *self._folder.glob("devTools/*.log"))
        return "\n".join(log.read_text(encoding="utf-8") for log in logs)


def _configuration(me: Colleague) -> dict[str, Any]:
    return {
        "version": "0.1.1",
        "tenantId": TENANT,
        "bot": {"id": "bot", "name": BOT},
        "currentUser": me.as_configured(),
        "users": [other.as_configured() for other in OTHERS],
        "personalChat": {"id": f"chat-of-{me.name.lower()}"},
        "groupChat": {"id": "group-chat", "name": "Group chat"},
        "team": {
            "id": "team",
            "name": "Team",
            "aadGroupId": "0f5f3a8e-8f8b-4f8e-9d3b-2b6f4a1c9e77",
            "channels": [{"id": "channel", "name": "Announcements"}],
        },
    }


class Window:
    """What one person sees and does. ``wrong`` holds what the page complained of."""

    def __init__(self, browser: Browser, playground: Playground, pictures: Path) -> None:
        self.wrong: list[str] = []
        self._pictures = pictures
        width, height = SIZE
        self.page: Page = browser.new_page(viewport={"width": width, "height": height}, reduced_motion="reduce")
        self.page.set_default_timeout(20_000)
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.route("**/*", self._let_out)
        self.page.goto(playground.url)
        self.page.get_by_role("treeitem", name="Personal Chat").click()
        self.page.get_by_role("button", name="Hide log panel").click()

    def _let_out(self, route: Route) -> None:
        host = urlsplit(route.request.url).hostname
        if host == "127.0.0.1":
            route.continue_()
            return
        if host != FONTS:
            self.wrong.append(f"fetched {route.request.url}")
        route.abort()

    def sees(self, words: str) -> Locator:
        """Wait until these words stand in the conversation. The newest that holds them."""
        found = self.page.get_by_text(words).last
        expect(found).to_be_visible(timeout=PATIENCE)
        # A card that was just replaced is drawn a second time; Playwright's own scrolling does not like that.
        found.evaluate("element => element.scrollIntoView({ block: 'nearest' })")
        return found

    def say(self, words: str) -> None:
        """Type words to the bot."""
        self.page.get_by_role("textbox").last.click()
        self.page.keyboard.type(words)
        self.page.get_by_role("button", name="Send Message").click()

    def mention(self, channel: str, words: str) -> None:
        """Type words to the bot where others can see them."""
        self.page.get_by_role("treeitem", name=channel).click()
        self.page.get_by_role("textbox").last.click()
        self.page.keyboard.type(f"@{BOT[0]}")
        self.page.get_by_role("menuitem", name=BOT).click()
        self.page.keyboard.type(words)
        self.page.get_by_role("button", name="Post").click()

    def press(self, label: str) -> None:
        """Press the newest button of this name."""
        self.page.get_by_role("button", name=label, exact=True).last.click()

    def picture(self, name: str) -> None:
        """Keep what is seen now for a person to look at."""
        self._pictures.mkdir(parents=True, exist_ok=True)
        number = len(list(self._pictures.iterdir())) + 1
        self.page.screenshot(path=self._pictures / f"{number:02}-{name}.png")
