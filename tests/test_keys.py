"""The keys of Teams: a new one is taken at once, and an issuer that is slow or away holds nobody else up."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from bot.teams import keys as module
from tests.connector_tokens import rsa_key
from tests.fake_connector import Disturbance, FakeConnector
from tests.teams_wire import Response, Wire, wired
from tests.world import Loop, Template


@pytest.fixture
def wire(tmp_path: Path, loop: Loop, template: Template) -> Iterator[Wire]:
    with wired(tmp_path, loop, template) as wire:
        yield wire


def fetches(connector: FakeConnector) -> int:
    return connector.calls["keys"]


@pytest.mark.parametrize("keep_old", [True, False])
def test_a_new_key_is_taken_at_once(wire: Wire, keep_old: bool) -> None:
    old = wire.token()
    assert wire.post(wire.says("one"), token=old).status == 200
    wire.connector.issuer.roll_keys(keep_old=keep_old)
    assert wire.post(wire.says("two"), token=wire.token()).status == 200
    assert wire.post(wire.says("three"), token=old).status == (200 if keep_old else 401)


def test_keys_are_fetched_once_for_all_who_wait(wire: Wire) -> None:
    wire.post(wire.says("hello"))
    before = fetches(wire.connector)
    wire.connector.issuer.roll_keys()

    async def many() -> list[Response]:
        return await asyncio.gather(*(wire.posting(wire.says("hello")) for _ in range(20)))

    assert {answer.status for answer in wire.loop.run(many())} == {200}
    assert fetches(wire.connector) - before <= 2


def test_made_up_keys_do_not_make_us_hammer_the_issuer_nor_shut_out_a_new_key(wire: Wire) -> None:
    wire.post(wire.says("hello"))
    before = fetches(wire.connector)
    began = time.monotonic()

    async def many() -> list[Response]:
        junk = [wire.token(key=rsa_key(-1), kid=f"junk-{number}") for number in range(40)]
        return await asyncio.gather(*(wire.posting(wire.says("hello"), token=token) for token in junk))

    assert {answer.status for answer in wire.loop.run(many())} == {401}
    wire.connector.issuer.roll_keys()
    assert wire.post(wire.says("after")).status == 200
    assert fetches(wire.connector) - before <= module.MOST * (1 + (time.monotonic() - began) // module.WINDOW)


def test_who_does_not_even_name_us_has_nothing_fetched(wire: Wire) -> None:
    wire.post(wire.says("hello"))
    before = fetches(wire.connector)
    for changes in ({"audience": "another"}, {"iss": "another"}, {"exp": 1}):
        assert wire.post(wire.says("hello"), token=wire.token(kid="junk", **changes)).status == 401
    assert fetches(wire.connector) == before


def test_a_slow_key_server_holds_up_nobody_whose_key_is_known(wire: Wire) -> None:
    assert wire.post(wire.says("hello")).status == 200
    known = wire.token()
    wire.connector.issuer.roll_keys()
    wire.connector.disturb("keys", Disturbance(slow=2.0))

    async def both() -> tuple[Response, list[float]]:
        new = asyncio.create_task(wire.posting(wire.says("new key")))
        await asyncio.sleep(0.1)
        took = []
        for _ in range(10):
            began = time.monotonic()
            assert (await wire.posting(wire.says("known key"), token=known)).status == 200
            took.append(time.monotonic() - began)
        assert not new.done()
        return await new, took

    new, took = wire.loop.run(both())
    assert new.status == 200
    assert max(took) < 0.5


@pytest.mark.parametrize(
    "away",
    [
        Disturbance(status=503),
        Disturbance(status=200, body="<html>"),
        Disturbance(status=200, body="[1]"),
        Disturbance(status=200, body='{"keys": 1}'),
        Disturbance(status=200, body='{"keys": [7, {"kid": "key-1"}, {"kid": "key-1", "kty": "RSA", "n": "?"}]}'),
        Disturbance(status=302),
        Disturbance(drop="before"),
        Disturbance(status=200, body="x" * (module.LARGEST + 1)),
        Disturbance(status=200, body='{"a":' * 100_000),
    ],
    ids=["503", "html", "a list", "no list", "no keys", "elsewhere", "dropped", "too large", "deep"],
)
def test_known_keys_serve_on_while_the_issuer_is_wrong(wire: Wire, away: Disturbance) -> None:
    assert wire.post(wire.says("hello")).status == 200
    wire.connector.disturb("keys", away)
    assert wire.post(wire.says("unknown"), token=wire.token(key=rsa_key(-1), kid="junk")).status == 401
    assert wire.post(wire.says("hello")).status == 200
    assert wire.teams.wrong == ""


def test_keys_grow_old(loop: Loop) -> None:
    """Old keys are fetched again beside the work; after a day without an answer nobody believes them."""
    with FakeConnector() as connector:
        loop.run(_grow_old(connector))


async def _grow_old(connector: FakeConnector) -> None:
    hours = 0.0
    async with aiohttp.ClientSession() as session:
        found = module.Keys(
            session,
            connector.openid_url,
            issuer="https://api.botframework.com",
            safe=lambda _: True,
            clock=lambda: time.monotonic() + hours * 3600,
        )
        assert await found.named("key-1") is not None
        assert fetches(connector) == 1
        hours = 1.1
        assert await found.named("key-1") is not None
        await asyncio.sleep(0.3)
        assert fetches(connector) == 2
        connector.disturb("openid", *[Disturbance(status=503)] * 9)
        hours = 20
        assert await found.named("key-1") is not None
        assert found.wrong == ""
        hours = 26
        assert await found.named("key-1") is None
        assert "cannot be fetched" in found.wrong
        await found.close()
