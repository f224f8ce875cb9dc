"""Delivery by its protocol: nothing lost, nothing twice, nothing untrue, whatever breaks."""

from __future__ import annotations

import contextlib
import logging
import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import event, update
from sqlalchemy.orm import Session

from bot import ahead, claimed, delivery
from bot.deadline import Deadline
from bot.delivery import Delivery
from handlers.truth import Send
from storage import sending
from storage.database import Database
from storage.sending import Claim, Result
from tests.delivery_model import Fault
from tests.delivery_protocol import CopyInMemory, Delivering, settle_in
from tests.postgres import PostgresCopy, PostgresTemplate
from tests.world import Template

RUNS = int(os.environ.get("DELIVERY_RUNS", "25"))
"""How many lives of the state machine are led. Set it to thousands to look harder."""


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory, template: Template) -> Iterator[type[Delivering]]:
    """The state machine on a database file of its own."""
    database = template.copy(tmp_path_factory.mktemp("delivery") / "model.db")
    event.listen(database.engine, "connect", _do_not_wait_for_the_disk)
    settle_in(database)
    with contextlib.closing(database), contextlib.closing(CopyInMemory(database)) as beginning:
        yield _machine(database, beginning)


@pytest.fixture
def machine_on_postgresql(postgres: str, postgres_template: PostgresTemplate) -> Iterator[type[Delivering]]:
    """The state machine on PostgreSQL."""
    database = postgres_template.copy(Path())
    settle_in(database)
    with contextlib.closing(database), contextlib.closing(PostgresCopy(database, postgres)) as beginning:
        yield _machine(database, beginning)


def _do_not_wait_for_the_disk(connection: Any, _: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")


def _machine(database: Database, beginning: Any, **more: object) -> type[Delivering]:
    return type("Machine", (Delivering,), {"database": database, "beginning": beginning, **more})


def _settings(runs: int, *phases: Phase) -> settings:
    return settings(
        max_examples=runs,
        stateful_step_count=60,
        derandomize=True,
        database=None,
        deadline=None,
        phases=phases,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """The faults are on purpose: what is logged of them says nothing."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(autouse=True)
def groups_of_some_size() -> Iterator[None]:
    """Time stands still in the model, so a group would never grow, and nothing wait long for its turn."""
    with patch.object(ahead, "LEAST", 16):
        yield


def test_nothing_is_lost_twice_or_untrue_whatever_happens(machine: type[Delivering]) -> None:
    run_state_machine_as_test(machine, settings=_settings(RUNS, Phase.generate, Phase.shrink))


def test_nor_on_postgresql(machine_on_postgresql: type[Delivering]) -> None:
    run_state_machine_as_test(machine_on_postgresql, settings=_settings(RUNS // 3, Phase.generate, Phase.shrink))


# Weaker variants: each leaves out one part of the protocol, and the state machine must notice.


class NoLeaseCheck(Delivery):
    """Sends what it claimed, however long ago that was."""

    async def _send(self, ready: Any, deadline: Deadline) -> Any:
        return await super()._send(ready._replace(lease=float("inf")), deadline)


class BlindResend(Delivery):
    """Sends again what a dead worker left, without looking whether it arrived."""

    async def _resolve(self, letter: Any) -> Any:
        return delivery._Outcome(letter, self._again(letter, "worker died", 1e-6))


class NearSighted(Delivery):
    """Looks only as far back as the lease of whoever had it last, not to when it was claimed to be sent."""

    async def _look_up(self, platform: Any, letter: Any, code: str) -> Any:
        return await super()._look_up(platform, letter._replace(claimed_at=self._real()), code)


class BlindAfterFailedLookUp(Delivery):
    """Takes a look-up that failed for a look-up that found nothing."""

    def _in_doubt(self, letter: Any, why: str, seconds: float = 0.0) -> Any:
        return self._again(letter, why, seconds)


def _record_unfenced(session: Session, results: Sequence[Result], *, owner: str, now: datetime) -> None:
    mine = update(sending.letters).where(sending.letters.c.id.in_([result.id for result in results]))
    session.execute(mine.values(state="sending", owner=owner))
    _record(session, results, owner=owner, now=now)


class InMemory:
    """Claims letters without marking them: only the worker itself remembers that it has them."""

    def __init__(self) -> None:
        self._mine: defaultdict[str, set[int]] = defaultdict(set)

    def claim(self, session: Session, *, owner: str, **given: Any) -> list[Claim]:
        with session.begin_nested() as undone:
            found = _claim(session, owner=owner, **given)
            undone.rollback()
        new = [letter for letter in found if letter.id not in self._mine[owner]]
        self._mine[owner] |= {letter.id for letter in new}
        return new

    def record(self, session: Session, results: Sequence[Result], *, owner: str, now: datetime) -> None:
        self._mine[owner] -= {result.id for result in results}
        _record_unfenced(session, results, owner=owner, now=now)


_claim, _record = sending.claim, sending.record
_in_memory = InMemory()

VARIANTS: dict[str, tuple[type[Delivery], AbstractContextManager[Any]]] = {
    "no lease check right before the send": (NoLeaseCheck, nullcontext()),
    "a blind resend of what is in doubt": (BlindResend, nullcontext()),
    "a look-up that does not reach back to the claim": (NearSighted, nullcontext()),
    "a failed look-up taken for an empty one": (BlindAfterFailedLookUp, nullcontext()),
    "no durable mark before sending": (
        Delivery,
        patch.multiple(sending, claim=_in_memory.claim, record=_in_memory.record),
    ),
    "no fence when recording": (Delivery, patch.object(sending, "record", _record_unfenced)),
    "truth not asked at the claim": (Delivery, patch.object(claimed, "verdict", lambda letter, now: Send())),
}


@pytest.mark.parametrize("left_out", VARIANTS)
def test_the_state_machine_notices_what_is_left_out(machine: type[Delivering], left_out: str) -> None:
    make, weakened = VARIANTS[left_out]
    weaker = type("Weaker", (machine,), {"make": make})
    with weakened, pytest.raises(Fault):
        run_state_machine_as_test(weaker, settings=_settings(100, Phase.generate))
