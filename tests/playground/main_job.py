"""The main job in Microsoft's own client: from asking to join a group to the receipt of a comment; and a mention.

Run by `make test-playground`, apart from the other tests: it needs npm, and what it installs is for evaluation only.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from handlers.calendar import to_utc
from handlers.privacy import NOTICE_VERSION
from storage import groups, meetings, organisations, people
from storage.database import Database
from tests.playground.playground import CLI, TENANT, Colleague, Playground, Window
from tests.program import Program
from tests.test_browser import CHROMIUM, FLAGS
from tests.world import Template

PICTURES = Path(__file__).parent.parent.parent / "screenshots" / "playground"
NOW = datetime(2027, 3, 2, 10, 0, tzinfo=UTC)
INVITED, REMINDED = "2027-03-03T10:30:00+00:00", "2027-03-19T10:30:00+00:00"
MEETING = datetime(2027, 3, 23, 18, 0)
GROUP = "Eastern Voices"
GRACE = Colleague("Grace", "00000000-0000-4000-8000-00000006ace0")
DEV = Colleague("Dev", "00000000-0000-4000-8000-000000000de7")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip("There is no browser. Install it with: apt-get install chromium")
    shutil.rmtree(PICTURES, ignore_errors=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def program(tmp_path: Path, template: Template) -> Iterator[Program]:
    sow(template.copy(tmp_path / "pag.db"))
    with Program(tmp_path, None, at=NOW.isoformat(), TEAMS_ALLOW_UNAUTHENTICATED="true") as program:
        yield program
    assert "Traceback" not in program.log()


@pytest.fixture
def windows(tmp_path: Path, program: Program, browser: Browser) -> Iterator[dict[str, Window]]:
    """What Grace and Dev see, each in a Teams of their own."""
    node = shutil.which("node")
    if node is None or not CLI.exists():
        pytest.skip("The Agents Playground is not installed. Run: make test-playground")
    endpoint = f"{program.url}/teams/messages"
    with ExitStack() as stack:
        windows = {}
        for me in (GRACE, DEV):
            playground = stack.enter_context(Playground(tmp_path, node, me, endpoint=endpoint))
            windows[me.name] = Window(browser, playground, PICTURES)
        yield windows
        for window in windows.values():
            window.page.close()
            assert window.wrong == []


def sow(database: Database) -> None:
    """A group with a meeting in 3 weeks, and Grace who coordinates it."""
    with database.transaction() as session:
        organisation = organisations.add_organisation(
            session, "Eastern Hospitals", nation="ENG", time_zone="Europe/London", now=NOW
        )
        organisation.helpline = organisation.pals = organisation.safeguarding_contact = "01632 960100"
        organisations.own_workspace(session, organisation, "teams", TENANT)
        group = groups.add_group(
            session,
            organisation.id,
            name=GROUP,
            about="Local people who know cancer shape the services for it.",
            who_can_join="People in the East of England.",
            rhythm="Online once a month",
            now=NOW,
        )
        grace = people.meet(
            session,
            organisation.id,
            platform="teams",
            workspace=TENANT,
            user=GRACE.user,
            name=GRACE.name,
            time_zone="Europe/London",
            now=NOW,
        ).person
        people.record_consent(session, grace, "notice", version=NOTICE_VERSION, now=NOW)
        groups.place(session, group, grace, state="active", now=NOW, role="coordinator", connection="staff")
        meetings.add_meeting(
            session,
            organisation,
            group,
            title="Monthly meeting",
            local_start=MEETING,
            starts_at=to_utc(MEETING, "Europe/London"),
            zone="Europe/London",
            minutes=90,
            how="online",
            link="https://meet.example/eastern-voices",
        )
    database.close()


def move_clock(program: Program, at: str) -> None:
    (program.folder / "clock").write_text(at, encoding="utf-8")


def test_the_main_job_from_joining_to_a_receipt(program: Program, windows: dict[str, Window]) -> None:
    grace, dev = windows["Grace"], windows["Dev"]
    dev.sees("What you write here is not fully private")
    dev.picture("dev-is-met")

    dev.say("groups")
    dev.press(f"Join {GROUP}")
    dev.sees("Ask to join")
    dev.picture("dev-asks-to-join")
    dev.press("Ask to join")
    dev.picture("dev-forgot-something")
    dev.page.get_by_label("Yes").first.check()
    dev.page.get_by_label("I am or was a patient").check()
    dev.page.get_by_label("What would help you take part?").fill("A quiet room.")
    dev.page.get_by_label("Yes").last.check()
    dev.picture("dev-filled-the-form")
    dev.press("Ask to join")
    dev.sees("Your request is saved")
    dev.picture("dev-asked")

    # Grace did nothing: the request arrives by itself.
    grace.sees("A request to join waits for you")
    grace.press("Show requests")
    grace.sees("I am or was a patient")
    grace.picture("grace-has-a-request")
    grace.press("Approve Dev")
    grace.sees("Dev is now a member")
    grace.picture("grace-approved")
    dev.sees(f"Welcome to {GROUP}")
    dev.picture("dev-is-welcome")

    move_clock(program, INVITED)
    dev.sees("Can you come to a meeting?")
    dev.picture("dev-is-invited")
    dev.press("Yes, I am coming")
    dev.sees("Your answer is saved")
    # The pressed card is replaced: nobody can press it again.
    expect(dev.page.get_by_role("button", name="Yes, I am coming", exact=True)).to_have_count(0)
    dev.picture("dev-said-yes")

    move_clock(program, REMINDED)
    dev.sees("There is a meeting soon")
    dev.picture("dev-is-reminded")

    dev.say("feedback The letters about appointments are hard to read.")
    dev.sees("Saved as F-1")
    dev.sees("Grace will read it.")
    dev.picture("dev-gets-a-receipt")

    grace.say("who is coming")
    grace.sees("Coming: 1")
    grace.picture("grace-sees-who-is-coming")
    grace.say("comments")
    grace.sees("The letters about appointments are hard to read")
    grace.picture("grace-reads-the-comment")


def test_a_mention_where_others_can_see_it_is_answered_in_private(windows: dict[str, Window]) -> None:
    grace = windows["Grace"]
    grace.mention("General", "who is coming")
    grace.sees("write to me in a direct message")
    grace.picture("grace-is-asked-to-write-in-private")
