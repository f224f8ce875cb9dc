"""The program as a whole: started by `pag run`, killed, restarted, attacked, and searched for what it wrote."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from bot.ahead import MOST
from bot.delivery import IN_FLIGHT
from handlers.privacy import NOTICE_VERSION
from storage import groups, organisations, outbox, people
from storage.database import Database, open_database
from tests.fake_slack import TEAM, FakeSlack
from tests.postgres import PostgresTemplate
from tests.program import Program, eventually
from tests.slack_phone import post
from tests.world import KEY, Template

NOW = datetime(2027, 3, 2, 10, 0, tzinfo=UTC)


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack() as slack:
        yield slack


def sown(folder: Path, template: Template, *, members: int) -> Database:
    """A database file with a group of so many members, and a coordinator U0CARA."""
    return sow(template.copy(folder / "pag.db"), members=members)


def sow(database: Database, *, members: int) -> Database:
    """Put a group of so many members, and a coordinator U0CARA, into the database."""
    with database.transaction() as session:
        organisation = organisations.add_organisation(
            session, "Eastern Hospitals", nation="ENG", time_zone="Europe/London", now=NOW
        )
        organisation.helpline = organisation.pals = organisation.safeguarding_contact = "01632 960100"
        organisations.own_workspace(session, organisation, "slack", TEAM)
        group = groups.add_group(
            session, organisation.id, name="Volunteers", about="", who_can_join="", rhythm="", now=NOW
        )
        for number in range(-1, members):
            account = people.meet(
                session,
                organisation.id,
                platform="slack",
                workspace=TEAM,
                user=f"U{number:05d}" if number >= 0 else "U0CARA",
                name=f"Member {number}" if number >= 0 else "Cara",
                time_zone="Europe/London",
                now=NOW,
            )
            people.record_consent(session, account.person, "notice", version=NOTICE_VERSION, now=NOW)
            role = "member" if number >= 0 else "coordinator"
            groups.place(session, group, account.person, state="active", now=NOW, role=role)
    return database


def test_killed_in_the_middle_of_an_announcement_nobody_is_missed(
    tmp_path: Path, slack: FakeSlack, template: Template
) -> None:
    sown(tmp_path, template, members=1000).close()
    slack.check_blocks = False
    words = "The next meeting has a new room."

    def received() -> Counter[str]:
        return Counter(
            message["channel"]
            for message in slack.messages
            if words in message["text"] and message["channel"] != slack.direct_with("U0CARA")
        )

    with Program(tmp_path, slack) as program:
        cara = program.phone("Cara", "U0CARA")
        cara.say("announce")
        cara.say(words)
        eventually(
            "a preview",
            lambda: any(f"Yes, send to {number} people" in cara.screen() for number in ("1,000", "1000")),
        )
        cara.press(next(label for label in cara.buttons() if label.startswith("Yes, send to")))
        eventually("some have it", lambda: len(received()) > 200)
        program.kill()
        assert len(received()) < 1000, "it was killed too late to show anything"
        program.start()
        eventually("all have it", lambda: len(received()) == 1000, seconds=120)
        program.stop()

    assert max(received().values()) == 1
    database = open_database(f"sqlite:///{tmp_path}/pag.db", [KEY])
    with database.transaction() as session:
        columns = outbox.columns(session, "announcement:1")
    database.close()
    assert sum(columns.values()) == 1000
    assert columns["sent"] == 1000


def test_no_words_of_a_person_in_anything_the_program_wrote(
    tmp_path: Path, slack: FakeSlack, template: Template
) -> None:
    sown(tmp_path, template, members=2).close()
    marked = "zebra-marmalade-lighthouse"
    with Program(tmp_path, slack, PAG_ENV="development") as program:
        amina, cara, dev = (program.phone(n, u) for n, u in [("A", "U00000"), ("Cara", "U0CARA"), ("Dev", "U0DEV")])
        amina.say(f"feedback the parking, {marked}")
        amina.say(f"{marked} and some more")
        amina.say("yes")
        amina.say("support")
        amina.say(marked)
        amina.say("cancel")
        amina.say(f"join {marked}")
        amina.say(f"status {marked}")
        amina.mention("C0GROUP", f"feedback {marked}")
        amina.command(f"feedback {marked}")
        dev.say("join volunteers")
        dev.say(marked)
        dev.say(marked)
        cara.say("comments")
        cara.say("announce")
        cara.say(marked)
        cara.say(f"answer for {marked}")
        cara.say(f"new meeting {marked}")
        slack.unreachable["U00001"] = "user_disabled"
        post(f"{program.url}/slack/events", marked.encode(), secret="wrong", content_type="application/json")
        post(
            f"{program.url}/slack/events",
            json.dumps({"type": marked, "event": {"text": marked}}).encode(),
            secret=slack.secret,
            content_type="application/json",
        )
        status, metrics = program.get("/metrics")
        assert status == 200
        _, health = program.get("/health/ready")
        eventually("cara was answered", lambda: marked in cara.screen())
        program.stop()
        log = program.log()
    assert marked not in log
    assert marked not in metrics
    assert marked not in health
    # At rest everything that holds a person's words is encrypted.
    written = {file.name: file.read_bytes() for file in tmp_path.iterdir() if file.is_file()}
    assert [name for name, content in written.items() if marked.encode() in content] == []


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/nowhere", b"", 404),
        ("/slack/events", b"{}", 401),
        ("/slack/events", b"x" * (1024 * 1024 + 1), 413),
    ],
)
def test_bad_requests_get_a_plain_answer(
    shared_program: Program,
    path: str,
    body: bytes,
    status: int,
) -> None:
    got, answer = post(f"{shared_program.url}{path}", body, secret="wrong", content_type="application/json")
    assert got == status
    assert "Traceback" not in answer
    assert "Traceback" not in shared_program.log()


@pytest.fixture(scope="module")
def shared_program(tmp_path_factory: pytest.TempPathFactory, template: Template) -> Iterator[Program]:
    folder = tmp_path_factory.mktemp("program")
    sown(folder, template, members=1).close()
    with FakeSlack() as slack, Program(folder, slack) as program:
        yield program


def test_a_stop_is_clean(tmp_path: Path, slack: FakeSlack, template: Template) -> None:
    sown(tmp_path, template, members=1).close()
    with Program(tmp_path, slack) as program:
        assert program.get("/health/live")[0] == 200
        assert program.stop() == 0
    assert "Traceback" not in program.log()


def test_a_second_program_on_one_file_is_refused_in_plain_words(
    tmp_path: Path, slack: FakeSlack, template: Template
) -> None:
    sown(tmp_path, template, members=1).close()
    with Program(tmp_path, slack) as program:
        code, said = program.command("run")
        assert code == 1
        assert "Another `pag run` uses" in said
        assert "Traceback" not in said
        code, said = program.command("organisation", "list")
        assert (code, "Eastern Hospitals" in said) == (0, True)


def test_asked_to_stop_in_the_middle_it_finishes_what_is_under_way(
    tmp_path: Path, slack: FakeSlack, template: Template
) -> None:
    sown(tmp_path, template, members=300).close()
    slack.check_blocks = False
    slack.delay = 0.1
    with Program(tmp_path, slack) as program:
        cara = program.phone("Cara", "U0CARA")
        cara.say("announce")
        cara.say("A new room.")
        eventually("a preview", lambda: "Yes, send to 300 people" in cara.buttons())
        cara.press("Yes, send to 300 people")
        eventually("some have it", lambda: len(slack.messages) > 60)
        began = time.monotonic()
        assert program.stop() == 0
        assert time.monotonic() - began < 10
        of_cara = slack.direct_with("U0CARA")
        arrived = sum("A new room." in m["text"] for m in slack.messages if m["channel"] != of_cara)
    database = open_database(f"sqlite:///{tmp_path}/pag.db", [KEY])
    with database.transaction() as session:
        columns = outbox.columns(session, "announcement:1")
        doubtful = session.scalar(select(func.count()).where(outbox.Letter.state == "sending"))
    database.close()
    assert sum(columns.values()) == 300
    assert doubtful == 0
    assert 0 < columns["sent"] == arrived


def sent(database: Database) -> int:
    with database.transaction() as session:
        return outbox.columns(session, "announcement:1")["sent"]


def test_two_processes_on_one_postgresql_and_one_is_killed(
    tmp_path: Path, slack: FakeSlack, postgres_template: PostgresTemplate
) -> None:
    database = sow(postgres_template.copy(tmp_path), members=400)
    url = database.engine.url.render_as_string(hide_password=False)
    slack.check_blocks = False
    slack.delay = 0.02
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    with (
        Program(tmp_path / "one", slack, DATABASE_URL=url) as one,
        Program(tmp_path / "two", slack, DATABASE_URL=url) as two,
    ):
        cara = one.phone("Cara", "U0CARA")
        cara.say("announce")
        cara.say("A new room.")
        eventually("a preview", lambda: "Yes, send to 400 people" in cara.buttons())
        cara.press("Yes, send to 400 people")
        of_cara = slack.direct_with("U0CARA")

        def received() -> Counter[str]:
            told = [m for m in slack.messages if m["channel"] != of_cara and "A new room." in m["text"]]
            return Counter(message["channel"] for message in told)

        eventually("some have it", lambda: len(received()) > 100)
        one.kill()
        elsewhere = two.phone("Cara", "U0CARA")
        elsewhere.say("groups")
        eventually("the other answers", lambda: "Volunteers" in elsewhere.last())
        # What the dead one was sending is looked up when its lease has run out, by any other. Here: at a start.
        eventually("nearly all have it", lambda: len(received()) >= 400 - (IN_FLIGHT + MOST))
        with database.transaction() as session:
            session.execute(update(outbox.Letter).values(lease_until=NOW - timedelta(days=365)))
        eventually("all are known to have it", lambda: sent(database) == 400)
    assert len(received()) == 400
    assert max(received().values()) == 1
    database.close()
