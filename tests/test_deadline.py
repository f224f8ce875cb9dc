"""A time limit that is set many times a second."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from bot.deadline import Deadline
from tests.world import Loop

SHORT = 0.02


def test_what_takes_too_long_ends_and_the_next_has_all_its_time(loop: Loop) -> None:
    async def story() -> str:
        with contextlib.closing(Deadline(SHORT)) as deadline:
            for _ in range(3):
                with pytest.raises(TimeoutError), deadline:
                    await asyncio.sleep(60)
            for _ in range(6):
                with deadline:
                    await asyncio.sleep(SHORT / 4)
            await asyncio.sleep(SHORT * 3)
        task = asyncio.current_task()
        assert task is not None
        return f"cancelled {task.cancelling()} times"

    assert loop.run(story()) == "cancelled 0 times"


def test_whoever_is_stopped_from_outside_stops(loop: Loop) -> None:
    async def patient() -> None:
        with contextlib.closing(Deadline(60)) as deadline, deadline:
            await asyncio.sleep(60)

    async def story() -> bool:
        task = asyncio.create_task(patient())
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        return task.cancelled()

    assert loop.run(story())


def test_what_goes_wrong_inside_is_told_as_it_is(loop: Loop) -> None:
    async def story() -> None:
        with contextlib.closing(Deadline(60)) as deadline, deadline:
            raise ValueError("wrong")

    with pytest.raises(ValueError, match="wrong"):
        loop.run(story())
