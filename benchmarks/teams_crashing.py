"""Letters to Teams whose worker is killed again and again: who got none, who got two, and what nobody can say.

``python -m benchmarks.teams_crashing DATABASE KEY CONNECTOR`` is one such worker; it prints "ready".
"""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from sqlalchemy import select, update

from benchmarks import letters
from benchmarks.letters import TUESDAY
from benchmarks.programs import Program, until
from benchmarks.row import Row
from benchmarks.scale import scaled
from benchmarks.teams import ConnectorProgram, say, user, wired
from bot.app import App
from bot.delivery import IN_FLIGHT
from bot.now import Now
from storage import references, schema
from storage.database import Database, new_key, open_database
from storage.organisations import Workspace
from storage.outbox import Letter
from storage.people import Account
from tests.connector_tokens import TENANT

LETTERS = 10_000
KILLS = 20
LONGEST = 240.0


def measure() -> list[Row]:
    """One worker, killed 20 times. Half of the letters are of a kind for which twice is better than never."""
    with ExitStack() as stack:
        folder, connector = stack.enter_context(tempfile.TemporaryDirectory()), stack.enter_context(ConnectorProgram())
        key, url = new_key(), f"sqlite:///{folder}/bench.db"
        database = open_database(url, [key])
        schema.upgrade(database)
        number = _written(database, connector.url)
        moments = random.Random(5)  # noqa: S311 (moments that can be drawn again)
        kills, in_doubt, begun = scaled(KILLS, least=3), 0, 0
        words = ("benchmarks.teams_crashing", url, key, connector.url)
        worker = Program(*words, log=Path(folder) / "log")
        stack.callback(lambda: worker.kill())
        worker.line()
        for seen in sorted(moments.sample(range(number // 50, number * 9 // 10), kills)):
            until(f"{seen} messages", lambda seen=seen: connector.count() >= seen, seconds=LONGEST, every=0.01)  # type: ignore[misc]  # mypy does not read such a default
            time.sleep(moments.uniform(0, 0.03))
            worker.kill()
            marked, here = _in_doubt(database), connector.conversations()
            in_doubt, begun = in_doubt + len(marked), begun + sum(bool(here[one]) for one in marked)
            say(f"killed after {connector.count()} messages, {len(marked)} in doubt")
            worker = Program(*words, log=Path(folder) / "log")
            worker.line()
        until("all letters delivered", lambda: letters.open_letters(database) == 0, seconds=LONGEST, every=0.25)
        return _counted(database, connector, number=number, kills=kills, in_doubt=in_doubt, begun=begun)


def _counted(
    database: Database, connector: ConnectorProgram, *, number: int, kills: int, in_doubt: int, begun: int
) -> list[Row]:
    with database.transaction() as session:
        query = select(Account.conversation, Letter.kind, Letter.state).join(Account, Account.id == Letter.account_id)
        wanted = {conversation: (kind, state) for conversation, kind, state in session.execute(query)}
    database.close()
    seen = connector.conversations()
    unknown = [conversation for conversation, (_, state) in wanted.items() if state == "unknown"]
    lost = [conversation for conversation in wanted if not seen[conversation] and conversation not in set(unknown)]
    twice = Counter(wanted[conversation][0] for conversation, times in seen.items() if times > 1)
    say(f"{len(unknown)} unknown, of which {sum(bool(seen[one]) for one in unknown)} had arrived")
    what = f"Teams: {number} letters on SQLite, the worker killed {kills} times"
    return [
        Row(f"{what}: neither received nor listed as unknown", len(lost), "letters", goal="0", holds=not lost),
        Row(
            f"{what}: in doubt at the kills",
            in_doubt,
            "letters",
            f"at most {IN_FLIGHT} a kill",
            in_doubt <= IN_FLIGHT * kills,
        ),
        Row(
            f"{what}: listed as unknown",
            len(unknown),
            "letters",
            f"at most the {in_doubt} in doubt",
            len(unknown) <= in_doubt,
        ),
        Row(f"{what}: announcements twice", twice["announcement"], "letters", "0", not twice["announcement"]),
        Row(
            f"{what}: answers twice",
            twice["reply"],
            "letters",
            goal=f"at most the {begun} begun at a kill",
            holds=twice["reply"] <= begun,
        ),
    ]


def _in_doubt(database: Database) -> Sequence[str]:
    """The conversations of the letters that are marked as being sent."""
    wanted = select(Account.conversation).join(Letter, Letter.account_id == Account.id)
    with database.transaction() as session:
        return session.scalars(wanted.where(Letter.state == "sending")).all()


def _written(database: Database, connector_url: str) -> int:
    """The letters of `benchmarks.letters`, to people on Teams."""
    letters.sow(database, scaled(LETTERS, least=2500))
    with database.transaction() as session:
        session.execute(update(Workspace).values(platform="teams", workspace=TENANT))
        for number, account in enumerate(session.scalars(select(Account).order_by(Account.id)).all()):
            account.platform, account.workspace = "teams", TENANT
            account.user, account.conversation = user(number), f"a:1-29:{number}"
        references.remember(
            session, tenant=TENANT, who="first", contact="29:x", conversation="a:1-29:x", service_url=connector_url
        )
    number = letters.announce(database)
    with database.transaction() as session:
        session.execute(update(Letter).where(Letter.id % 2 == 0).values(kind="reply"))
    return number


async def _work(database_url: str, key: str, connector_url: str, var: Path) -> None:
    now = Now()
    now.move_to(TUESDAY)
    app = App(open_database(database_url, [key]), now, keys=[key], admins=frozenset(), var=var)
    await wired(app, connector_url, receive=app.receive)
    await app.delivery.take_over()
    print("ready", flush=True)
    await app.delivery.run(every=0.25)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        asyncio.run(_work(sys.argv[1], sys.argv[2], sys.argv[3], Path(made)))
