"""The wire to Teams: the contract that any wire must keep, and what is remembered of how people are reached."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event, select

from bot.hosts import HOST, SERVICE_HOSTS, trusted
from bot.platform import Address
from bot.teams import known as known_module
from bot.teams.connect import Teams
from bot.teams.outcomes import code_of, outcome
from bot.teams.translate.activities import Reference as Where
from storage import people, privacy, references
from storage.references import Reference
from tests.connector_tokens import TENANT
from tests.teams_contract import Contract
from tests.teams_wire import ANN, ANNS_ID, HELLO, NOW, Wire, wired
from tests.world import Loop, Template


class TestOurs(Contract):
    """The wire that the program uses."""

    made_by = staticmethod(Teams)


@pytest.fixture
def wire(tmp_path: Path, loop: Loop, template: Template) -> Iterator[Wire]:
    with wired(tmp_path, loop, template) as wire:
        yield wire


# How people are reached


def kept(wire: Wire) -> dict[str, tuple[str, str, str]]:
    with wire.database.transaction() as session:
        rows = session.scalars(select(Reference).where(Reference.tenant == TENANT)).all()
        return {row.who: (row.contact, row.conversation, row.service_url) for row in rows}


def test_how_somebody_is_reached_is_kept_and_renewed(wire: Wire) -> None:
    wire.post(wire.says("hello"))
    url = wire.connector.url
    assert kept(wire) == {ANNS_ID: (ANN, wire.connector.conversation_with(ANN), url)}
    moved = url.replace("127.0.0.1", "localhost")
    wire.connector.forget(ANN)
    wire.post(wire.says("hello") | {"serviceUrl": moved}, token=wire.token(service_url=moved))
    assert kept(wire) == {ANNS_ID: (ANN, wire.connector.conversation_with(ANN), moved)}


def test_what_is_known_costs_neither_a_question_nor_a_write(wire: Wire) -> None:
    wire.post(wire.says("hello"))
    asked: list[str] = []
    event.listen(wire.database.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    for _ in range(3):
        wire.post(wire.says("hello"))
        wire.send()
    assert asked == []


def test_what_was_kept_serves_after_a_start(wire: Wire, template: Template) -> None:
    wire.post(wire.says("hello"))
    with Wire(wire.loop, wire.connector, wire.database) as started:
        started.send()
    assert wire.connector.calls["create"] == 0


def test_another_process_may_have_heard_from_them_since(wire: Wire) -> None:
    hours = 0.0
    first = known_module.Known(wire.database, wire.threads, clock=lambda: hours * 3600)
    wire.post(wire.says("hello"))
    assert wire.loop.run(first.of(TENANT, ANNS_ID)) is not None
    wire.connector.forget(ANN)
    wire.post(wire.says("hello"))
    hours = 0.5
    found = wire.loop.run(first.of(TENANT, ANNS_ID))
    assert found is not None
    assert found.conversation == wire.connector.conversation_with(ANN)


def test_of_a_tenant_that_nobody_owns_nothing_is_kept(wire: Wire) -> None:
    elsewhere = {"channelData": {"tenant": {"id": "another"}}, "conversation": {"id": "a:1", "tenantId": "another"}}
    assert wire.post(wire.says("hello") | elsewhere).status == 200
    assert kept(wire) == {}
    with wire.database.transaction() as session:
        assert session.scalars(select(Reference)).all() == []


def test_without_the_database_whoever_writes_is_answered(wire: Wire) -> None:
    with contextlib.closing(wire.database.engine.raw_connection()) as connection:
        connection.cursor().execute("ALTER TABLE teams_references RENAME TO away")
    assert wire.post(wire.says("hello")).status == 200
    assert len(wire.heard) == 1
    with contextlib.closing(wire.database.engine.raw_connection()) as connection:
        connection.cursor().execute("ALTER TABLE away RENAME TO teams_references")
    wire.post(wire.says("hello"))
    assert ANNS_ID in kept(wire)


def test_memory_holds_no_more_than_it_may(wire: Wire) -> None:
    small = known_module.Known(wire.database, wire.threads, most=2)
    for number in range(4):
        one = Where(TENANT, f"user-{number}", "29:x", "a:1", "https://smba.trafficmanager.net/")
        wire.loop.run(small.remember(one))
    assert len(small._memory) == 2
    found = wire.loop.run(small.of(TENANT, "user-0"))
    assert found is not None
    assert found.contact == "29:x"


def test_two_first_sights_at_once_are_one(wire: Wire) -> None:
    async def many() -> None:
        await asyncio.gather(*(wire.posting(wire.says("hello")) for _ in range(10)))

    wire.loop.run(many())
    assert len(kept(wire)) == 1


def test_deleting_somebodys_data_takes_it_away(wire: Wire) -> None:
    wire.post(wire.says("hello"))
    with wire.database.transaction() as session:
        account = people.meet(
            session, 1, platform="teams", workspace=TENANT, user=ANNS_ID, name="Ann", time_zone="Europe/London", now=NOW
        )
        privacy.erase(session, account.person, now=NOW)
        privacy.forget(session, organisation_id=1)
    assert kept(wire) == {}


def test_one_connection_serves_call_after_call(wire: Wire) -> None:
    wire.post(wire.says("hello"))
    for _ in range(10):
        wire.send()

    async def connections() -> int:
        outbound = wire.teams._outbound
        assert outbound is not None
        connector = outbound.session.connector
        assert connector is not None
        return sum(len(held) for held in connector._conns.values())

    # One for the keys and one for the calls, at most.
    assert wire.loop.run(connections()) <= 2


def test_many_at_once_share_the_pool(wire: Wire) -> None:
    wire.post(wire.says("hello"))

    async def many() -> None:
        address = Address("teams", TENANT, ANNS_ID)
        await asyncio.gather(*(wire.teams.send(address, HELLO, letter=f"org-{n}") for n in range(100)))

    wire.loop.run(many())
    assert len(wire.connector.shown_to(ANN)) == 100


# Pure parts


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"error": {"code": "BadSyntax", "message": "words"}}', "BadSyntax"),
        (b'{"errorCode": 209, "message": "{\\n \\"subCode\\": \\"MessageWritesBlocked\\"}"}', "MessageWritesBlocked"),
        (b'{"error": {"code": "ServiceError", "innerHttpError": {"body": {"error": {"code": "Deep"}}}}}', "Deep"),
        (b'{"error": {"code": "words of a person, perhaps"}}', ""),
        (b'{"message": "Authorization has been denied for this request."}', ""),
        (b'{"message": "{ not JSON"}', ""),
        (b"<html>502</html>", ""),
        (b"", ""),
        (b"[1]", ""),
        (b'{"error": "text"}', ""),
        (b'{"error":' * 5000, ""),
        (b'{"error":' * 9 + b'{"code": "TooDeep"}' + b"}" * 9, ""),
        (b"\xff\xfe\x00", ""),
    ],
)
def test_the_code_in_an_error(body: bytes, code: str) -> None:
    assert code_of(body) == code


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (401, "", "held"),
        (403, "", "passing"),
        (403, "SomethingNew", "mistake"),
        (404, "", "passing"),
        (404, "ConversationNotFound", "gone"),
        (404, "ActivityNotFoundInConversation", "mistake"),
        (500, "ForbiddenOperationException", "gone"),
        (500, "", "ambiguous"),
        (599, "", "ambiguous"),
    ],
)
def test_what_a_status_means(status: int, code: str, kind: str) -> None:
    body = f'{{"error": {{"code": "{code}"}}}}'.encode() if code else b"<html>"
    assert outcome(status=status, body=body).kind == kind


@pytest.mark.parametrize(("given", "seconds"), [("7", 7), ("", 0), ("-1", 0), ("soon", 0), ("٣", 0), ("9" * 9, 86400)])
def test_how_long_to_wait(given: str, seconds: float) -> None:
    assert outcome(status=429, body=b"", retry_after=given).retry_after == seconds


def test_which_hosts_may_have_a_token() -> None:
    def given(url: str, *hosts: str, loopback: bool = False) -> bool:
        return trusted(url, hosts=hosts or SERVICE_HOSTS, loopback=loopback)

    assert given("https://smba.trafficmanager.net/uk/00000000-0000-4000-8000-0000000000a1/")
    assert given("https://SMBA.trafficmanager.net")
    assert given("https://a.example.com/", "*.example.com")
    assert not given("https://example.com/", "*.example.com")
    assert not given("https://badexample.com/", "*.example.com")
    assert not given("https://smba.trafficmanager.net:443/")
    assert not given("https://smba.trafficmanager.net/?to=elsewhere")
    assert not given("https://smba.trafficmanager.net/#x")
    assert not given("https://smba.trafficmanager.net/\n")
    assert not given("http://127.0.0.1:9000/")
    assert given("http://127.0.0.1:9000/_connector", loopback=True)
    assert given("http://localhost:9000", loopback=True)
    assert given("http://[::1]:9000/", loopback=True)
    assert not given("http://127.0.0.1@example.com/", loopback=True)
    assert all(HOST.fullmatch(host) for host in SERVICE_HOSTS)


def test_references_of_channels_and_people_do_not_meet(wire: Wire) -> None:
    with wire.database.transaction() as session:
        for who in (ANNS_ID, "19:x@thread.tacv2"):
            references.remember(
                session, tenant=TENANT, who=who, contact="", conversation=f"c-{who}", service_url="https://a.example/"
            )
        newest = references.newest_of(session, TENANT)
        assert newest is not None
        assert newest.who == "19:x@thread.tacv2"
        assert references.reference_of(session, TENANT, "nobody") is None
        assert references.newest_of(session, "another") is None
