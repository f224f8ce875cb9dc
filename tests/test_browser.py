"""The main job in a real browser: from asking to join a group to a comment that its coordinator reads."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

ROOT = Path(__file__).parent.parent
SCREENSHOTS = ROOT / "screenshots"
CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESK = (1200, 800)
PHONE = (375, 740)
GROUP = "East of England Cancer Alliance group"
CONTROLS = {"button", "link", "textbox", "combobox", "radio", "checkbox", "DisclosureTriangle"}
WORST_CONTRAST = """() => {
    const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
    const light = (colour) => {
        const linear = (part) => (part <= 10 ? part / 3294.6 : ((part / 255 + 0.055) / 1.055) ** 2.4);
        const [r, g, b] = parts(colour).map(linear);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = (element) => {
        const colour = element ? getComputedStyle(element).backgroundColor : "rgb(255, 255, 255)";
        return parts(colour)[3] === 0 ? behind(element.parentElement) : colour;
    };
    const worst = { ratio: 21, words: "" };
    for (const element of document.body.querySelectorAll("*")) {
        const words = [...element.childNodes].map((node) => (node.nodeType === 3 ? node.data : "")).join("").trim();
        if (!words || !element.checkVisibility()) continue;
        const [low, high] = [light(getComputedStyle(element).color), light(behind(element))].sort((a, b) => a - b);
        const ratio = (high + 0.05) / (low + 0.05);
        if (ratio < worst.ratio) Object.assign(worst, { ratio, words });
    }
    return worst;
}"""
FOCUSED = """() => {
    const at = document.activeElement;
    return at.labels?.length ? at.labels[0].textContent.trim() : at.textContent.trim();
}"""


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[str]:
    """The address of a sandbox, started as a person starts it."""
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "sandbox", "--port", "0"],
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    with process:
        assert process.stdout
        address = re.search(r"http://\S+", process.stdout.readline())
        assert address, (tmp_path / "log").read_text(encoding="utf-8")
        yield address.group()
        process.terminate()
        assert process.wait(20) == 0
    assert "Traceback" not in (tmp_path / "log").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip("There is no browser. Install it with: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


class Desk:
    """Windows of one browser at the sandbox. ``wrong`` holds what the pages complained of or fetched elsewhere."""

    def __init__(self, browser: Browser, address: str) -> None:
        self._browser = browser
        self._address = address
        self._pictures = 0
        self.contexts: list[BrowserContext] = []
        self.wrong: list[str] = []

    def window(self, who: str, *, size: tuple[int, int] = DESK, dark: bool = False) -> Page:
        """A new window that shows what this person sees."""
        context = self._browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
        )
        context.set_default_timeout(10_000)
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: self.wrong.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("request", lambda request: self._elsewhere(request.url))
        page.on("requestfailed", lambda request: self._failed(request.url, request.failure))
        page.goto(self._address)
        if page.get_by_label("Who", exact=True).input_value() != who:
            with page.expect_navigation():
                page.get_by_label("Who", exact=True).select_option(who)
        # A page that is loaded again loses this.
        page.evaluate("() => { window.neverReloaded = true }")
        return page

    def _elsewhere(self, url: str) -> None:
        if urlsplit(url).hostname != "127.0.0.1":
            self.wrong.append(f"fetched {url}")

    def _failed(self, url: str, why: str | None) -> None:
        # Whatever is under way ends with its page.
        if why != "net::ERR_ABORTED":
            self.wrong.append(f"{why}: {url}")

    def picture(self, page: Page, name: str) -> None:
        """Keep what is seen now in ``screenshots/`` for a person to look at."""
        self._pictures += 1
        SCREENSHOTS.mkdir(exist_ok=True)
        page.screenshot(path=SCREENSHOTS / f"{self._pictures:02}-{name}.png")


@pytest.fixture
def desk(browser: Browser, sandbox: str) -> Iterator[Desk]:
    desk = Desk(browser, sandbox)
    yield desk
    for context in desk.contexts:
        context.close()
    assert desk.wrong == []


def last(page: Page) -> Locator:
    """The newest message."""
    return page.get_by_role("log").get_by_role("article").last


def say(page: Page, words: str) -> None:
    page.get_by_label("Message", exact=True).fill(words)
    page.get_by_role("button", name="Send", exact=True).click()


def press(page: Page, label: str) -> None:
    page.get_by_role("log").get_by_role("button", name=label, exact=True).last.click()


def tab_to(page: Page, label: str, *, back: bool = False) -> None:
    """Go on by the Tab key alone until this control has the focus."""
    for _ in range(40):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        if page.evaluate(FOCUSED) == label:
            return
    raise AssertionError(f"the Tab key never reaches {label!r}")


def move_clock(page: Page, control: str) -> None:
    """Press a control of the clock, and wait until the clock has moved."""
    with page.expect_response("**/sandbox/clock"):
        page.get_by_role("button", name=control, exact=True).click()


def next_due_until(page: Page, arrived: Locator) -> None:
    """Move the clock on, from one thing due to the next, until this has arrived in another window."""
    for _ in range(12):
        if arrived.count():
            return
        move_clock(page, "Next due")
        # The other window hears of it a moment later.
        page.wait_for_timeout(200)
    expect(arrived).to_have_count(1)


def fits(page: Page) -> None:
    """Nothing stands out on the right, and every button is large enough for a thumb."""
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    for button in page.get_by_role("button").all():
        box = button.bounding_box()
        assert box is None or box["height"] >= 44, button.inner_text()


def test_the_main_job_from_joining_to_a_comment(desk: Desk) -> None:
    grace, dev = desk.window("grace"), desk.window("dev")
    expect(dev.get_by_text("What you write here is not fully private")).to_be_visible()
    desk.picture(dev, "dev-is-met")

    join_by_keyboard(dev, desk)
    expect(last(dev)).to_contain_text("Your request is saved")

    # Grace did nothing: the request arrives by itself.
    expect(last(grace)).to_contain_text("A request to join waits for you")
    press(grace, "Show requests")
    expect(last(grace)).to_contain_text("I am or was a patient")
    desk.picture(grace, "grace-has-a-request")
    press(grace, "Approve Dev")
    expect(last(grace)).to_contain_text("Dev is now a member")
    expect(last(dev)).to_contain_text(f"Welcome to {GROUP}")

    invitation = dev.get_by_role("article").filter(has_text="Can you come to a meeting?")
    next_due_until(grace, invitation)
    expect(dev.locator("#now")).to_have_text(grace.locator("#now").inner_text())
    desk.picture(dev, "dev-is-invited")
    press(dev, "Yes, I am coming")
    expect(dev.get_by_text("Your answer is saved")).to_be_visible()
    desk.picture(dev, "dev-said-yes")
    move_clock(grace, "Tomorrow")
    expect(grace.get_by_role("status")).to_contain_text("It is now")
    next_due_until(grace, dev.get_by_role("article").filter(has_text="There is a meeting soon"))
    desk.picture(dev, "dev-is-reminded")
    assert dev.evaluate("() => window.neverReloaded")

    phone = desk.window("dev", size=PHONE)
    say(phone, "feedback The letters about appointments are hard to read.")
    expect(last(phone)).to_contain_text("Saved as F-1")
    expect(last(phone)).to_contain_text("Grace will read it.")
    fits(phone)
    desk.picture(phone, "dev-gets-a-receipt-on-a-phone")
    expect(last(dev)).to_contain_text("Saved as F-1")
    desk.picture(dev, "dev-sees-it-at-a-desk-too")

    say(grace, "who is coming")
    expect(last(grace)).to_contain_text("Coming: 1Dev")
    desk.picture(grace, "grace-sees-who-is-coming")
    say(grace, "checklist")
    expect(last(grace)).to_contain_text("Bill: Large print papers (18 point)")
    expect(last(grace)).to_contain_text("Dev: Something else (A quiet room)")
    desk.picture(grace, "grace-sees-what-to-book")
    say(grace, "comments")
    expect(last(grace)).to_contain_text("The letters about appointments are hard to read")
    desk.picture(grace, "grace-reads-the-comment")
    assert grace.evaluate("() => window.neverReloaded")


def join_by_keyboard(page: Page, desk: Desk) -> None:
    """Ask to join without a mouse, first with a mistake."""
    page.get_by_label("Message", exact=True).focus()
    page.keyboard.type("groups")
    page.keyboard.press("Enter")
    expect(last(page)).to_contain_text("Who can join")
    tab_to(page, f"Join {GROUP}", back=True)
    page.keyboard.press("Enter")
    form = page.get_by_role("region", name="Ask to join")
    expect(form.get_by_role("heading", name="Ask to join")).to_be_focused()
    desk.picture(page, "dev-asks-to-join")
    tab_to(page, "Ask to join")
    page.keyboard.press("Enter")
    problems = page.get_by_role("alert").filter(has_text="There is a problem")
    expect(problems).to_be_focused()
    desk.picture(page, "dev-forgot-something")
    tab_to(page, "Are you aged 16 or over? Please choose an answer.")
    page.keyboard.press("Enter")
    page.keyboard.press("Space")
    expect(form.get_by_role("group", name="Are you aged 16 or over?").get_by_label("Yes")).to_be_checked()
    tab_to(page, "I am or was a patient")
    page.keyboard.press("Space")
    tab_to(page, "What would help you take part? (optional)")
    page.keyboard.type("A quiet room.")
    tab_to(page, "Yes")
    page.keyboard.press("Space")
    desk.picture(page, "dev-filled-the-form")
    tab_to(page, "Ask to join")
    page.keyboard.press("Enter")
    expect(form).to_have_count(0)
    expect(page.get_by_label("Message", exact=True)).to_be_focused()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_part_has_a_name_and_can_be_read(desk: Desk, dark: bool) -> None:
    page = desk.window("amina", size=PHONE, dark=dark)
    expect(page.locator("body")).to_match_aria_snapshot("""
        - banner:
          - heading "Round Table sandbox" [level=1]
        - region "Who you are":
          - combobox "Who"
        - main:
          - navigation "Conversations":
            - list:
              - listitem:
                - link "Your messages"
              - listitem:
                - link /The group's channel \\(\\d+ new\\)/
          - log "Your messages"
          - textbox "Message"
          - button "Send"
        - region "The clock of this sandbox":
          - button "Tomorrow"
          - button "Next due"
    """)
    for words in ("help", "groups", "meetings", "my data"):
        say(page, words)
        expect(last(page).get_by_role("heading").first).to_contain_text("Round Table")
        fits(page)
    all_named(page)
    press(page, "Ask for support")
    form = page.get_by_role("region", name="Support to take part")
    expect(form.get_by_role("heading", name="Support to take part")).to_be_focused()
    # What was chosen before stands open, and the other lists are folded.
    expect(form.get_by_label("Extra breaks")).to_be_checked()
    expect(form.get_by_label("Large print papers")).to_be_hidden()
    desk.picture(page, f"amina-chooses-support-{'dark' if dark else 'light'}")
    form.get_by_text("Papers and documents").first.click()
    form.get_by_label("Large print papers").check()
    fits(page)
    all_named(page)
    form.get_by_role("button", name="Save").click()
    expect(form).to_have_count(0)
    expect(page.get_by_text("Your choices are saved")).to_be_visible()


def all_named(page: Page) -> None:
    """Whatever can be used has a name in the tree that screen readers read, and all words stand out enough to read.

    WCAG 2.2, 4.1.2 and 1.4.3.
    """
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    controls = [node for node in nodes if not node["ignored"] and node["role"]["value"] in CONTROLS]
    assert len(controls) > 10
    assert [node for node in controls if not node.get("name", {}).get("value", "").strip()] == []
    worst = page.evaluate(WORST_CONTRAST)
    assert worst["ratio"] >= 4.5, worst
