"""What the rest of the program relies on of a wire to Teams. Whoever swaps the SDK runs this on the new class.

Subclass `Contract`, let ``made_by`` be the new class, and every test here must pass: see tests/test_teams.py.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.answered import Answered
from bot.platform import Address, CanTell, Platform, Undeliverable
from handlers.chat import Account, Button, Card, Field, Form, Pressed, Said, Submitted
from tests.connector_limits import CARD, faults_of_card
from tests.connector_tokens import APP_ID, PASSWORD, TENANT, rsa_key
from tests.fake_connector import Disturbance, FakeConnector
from tests.teams_wire import ANN, ANNS_ID, BEN, BENS_ID, CHANNEL, HELLO, Json, Response, Wire, action_in, wired
from tests.world import Loop, Template

AWAY = Card("It is Wednesday.")

OUTCOMES: list[tuple[str, Disturbance, str, str]] = [
    ("not in the roster", Disturbance(error="BotNotInConversationRoster"), "gone", "BotNotInConversationRoster"),
    ("not installed", Disturbance(error="ForbiddenOperationException"), "gone", "ForbiddenOperationException"),
    ("blocked by the thread", Disturbance(error="MessageWritesBlocked"), "gone", "MessageWritesBlocked"),
    ("blocked by the person", Disturbance(error="ConversationBlockedByUser"), "gone", "ConversationBlockedByUser"),
    ("turned off", Disturbance(error="BotDisabledByAdmin"), "held", "BotDisabledByAdmin"),
    ("bad argument", Disturbance(error="BadArgument"), "mistake", "BadArgument"),
    ("bad syntax", Disturbance(error="BadSyntax"), "mistake", "BadSyntax"),
    ("too big", Disturbance(error="MessageSizeTooBig"), "mistake", "MessageSizeTooBig"),
    ("not enough rights", Disturbance(error="NotEnoughPermissions"), "mistake", "NotEnoughPermissions"),
    ("precondition", Disturbance(error="PreconditionFailed"), "passing", "PreconditionFailed"),
    ("unavailable", Disturbance(error="ServiceUnavailable"), "passing", "ServiceUnavailable"),
    ("throttled", Disturbance(error="Throttled", retry_after=7), "passing", "Throttled"),
    ("throttled without a time", Disturbance(error="Throttled"), "passing", "Throttled"),
    ("throttled by something before Teams", Disturbance(status=429, retry_after=3), "passing", "http_429"),
    ("a fault of Teams'", Disturbance(error="ServiceError"), "ambiguous", "ServiceError"),
    ("a gateway's page", Disturbance(status=502), "ambiguous", "http_502"),
    ("a gateway's time ran out", Disturbance(status=504), "ambiguous", "http_504"),
    ("unavailable, as a page", Disturbance(status=503), "passing", "http_503"),
    ("an answer that is none", Disturbance(status=200), "ambiguous", "unreadable"),
    ("elsewhere", Disturbance(status=302), "passing", "http_302"),
    ("cut before it was read", Disturbance(drop="before"), "ambiguous", ""),
    ("cut after it was taken", Disturbance(drop="after"), "ambiguous", ""),
]


class Contract:
    """The contract. ``made_by`` makes the wire from what `bot.teams.connect.Teams` is made from."""

    made_by: Callable[..., Any]

    @pytest.fixture
    def wire(self, tmp_path: Path, loop: Loop, template: Template) -> Iterator[Wire]:
        with wired(tmp_path, loop, template, made_by=type(self).made_by) as wire:
            yield wire

    # What comes in

    def test_words_become_an_event(self, wire: Wire) -> None:
        answer = wire.post(wire.says("my groups"))
        assert (answer.status, answer.text) == (200, "")
        (event,) = wire.heard
        assert event.account == Account("teams", TENANT, ANNS_ID)
        assert event.what == Said("my groups")
        assert (event.place, event.name) == ("direct", "Ann")

    def test_an_event_that_comes_again_has_the_same_id(self, wire: Wire) -> None:
        activity = wire.says("my groups")
        wire.post(activity)
        wire.post(activity)
        wire.post(wire.says("my groups"))
        first, again, another = wire.heard
        assert first.id == again.id != another.id

    def test_what_could_not_be_kept_is_asked_for_again(self, wire: Wire) -> None:
        wire.answer = lambda _: Answered(failed=True)
        assert wire.post(wire.says("hello")).status == 503

    def test_help_now_is_sent_at_once_without_the_database(self, wire: Wire) -> None:
        wire.answer = lambda _: Answered(failed=True, at_once=Card("Call 999"))
        assert wire.post(wire.says("help now")).status == 200
        assert "Call 999" in str(wire.connector.shown_to(ANN))
        assert wire.connector.faults == []

    def test_help_now_that_could_not_be_sent_is_asked_for_again(self, wire: Wire) -> None:
        wire.answer = lambda _: Answered(failed=True, at_once=Card("Call 999"))
        wire.connector.disturb("send", Disturbance(status=503))
        assert wire.post(wire.says("help now")).status == 503

    def test_a_press_is_answered_with_the_card_that_replaces_it(self, wire: Wire) -> None:
        wire.answer = lambda _: Answered(replacing=Card("Noted"))
        sent, action = wire.shows(Card("Will you come?", buttons=(Button("Yes", "rsvp.answer", "4:yes"),)))
        answer = wire.post(wire.presses(action, on=sent))
        assert (answer.status, answer.body["statusCode"]) == (200, 200)
        assert answer.body["type"] == CARD
        assert "Noted" in str(answer.body["value"])
        assert faults_of_card(answer.body["value"]) == []
        assert wire.heard[-1].what == Pressed("rsvp.answer", "4:yes", sent)

    def test_a_press_that_replaces_nothing_is_answered(self, wire: Wire) -> None:
        sent, action = wire.shows(Card("Will you come?", buttons=(Button("Yes", "rsvp.answer"),)))
        answer = wire.post(wire.presses(action, on=sent))
        assert (answer.status, answer.body["statusCode"]) == (200, 200)
        assert answer.body["type"] != CARD

    def test_a_press_on_an_old_client_comes_as_a_message(self, wire: Wire) -> None:
        sent, action = wire.shows(Card("Will you come?", buttons=(Button("Yes", "rsvp.answer", "4:yes"),)))
        fallback = action["fallback"]
        answer = wire.post(wire.connector.heard(ANN, value=fallback["data"], replyToId=sent))
        assert (answer.status, answer.text) == (200, "")
        assert wire.heard[-1].what == Pressed("rsvp.answer", "4:yes", sent)

    def test_a_short_form_stands_in_the_conversation_until_it_is_right(self, wire: Wire) -> None:
        form = Form("support.send", "Your support", (Field("what", "What helps you?"),), value="7")
        wire.answer = lambda _: Answered(form=form)
        wire.post(wire.says("support"))
        (shown,) = wire.connector.shown_to(ANN)
        submit = action_in(shown, "Action.Execute")
        wire.answer = lambda _: Answered(form=form, errors={"what": "Please say more"})
        again = wire.post(wire.presses(submit, on=shown["id"], inputs={"field_what": "a ramp"}))
        assert wire.heard[-1].what == Submitted("support.send", "7", {"what": "a ramp"})
        assert "Please say more" in again.text
        assert "a ramp" in again.text
        assert faults_of_card(again.body["value"]) == []
        wire.answer = lambda _: Answered()
        done = wire.post(wire.presses(submit, on=shown["id"], inputs={"field_what": "a ramp"}))
        assert "Your support" in str(done.body["value"])
        assert "Input" not in done.text
        assert wire.connector.faults == []

    def test_a_long_form_opens_as_a_dialog_and_closes_when_it_is_right(self, wire: Wire) -> None:
        form = Form("support.send", "Your support", tuple(Field(f"q{n}", f"Question {n}") for n in range(9)))
        wire.answer = lambda _: Answered(form=form)
        wire.post(wire.says("support"))
        (shown,) = wire.connector.shown_to(ANN)
        opener = action_in(shown, "Action.Submit")

        def invoke(name: str, data: Json) -> Any:
            return wire.post(wire.connector.heard(ANN, type="invoke", name=name, value={"data": data})).body

        opened = invoke("task/fetch", opener["data"])["task"]
        assert opened["type"] == "continue"
        assert wire.heard[-1].what == Pressed("support.send")
        content = opened["value"]["card"]["content"]
        assert faults_of_card(content) == []
        brought = action_in(content, "Action.Submit")["data"]
        wire.answer = lambda _: Answered(form=form, errors={"q1": "Please say more"})
        again = invoke("task/submit", {**brought, "field_q0": "a ramp"})["task"]
        assert again["type"] == "continue"
        assert "Please say more" in str(again)
        assert "a ramp" in str(again)
        wire.answer = lambda _: Answered()
        assert invoke("task/submit", {**brought, "field_q0": "a ramp"}) == {}

    def test_a_form_that_cannot_be_shown_is_told_of(self, wire: Wire) -> None:
        many = tuple(Field(f"q{n}", "words " * 50) for n in range(200))
        wire.answer = lambda _: Answered(form=Form("support.send", "Your support", many))
        assert wire.post(wire.says("support")).status == 200
        assert "did not open" in str(wire.connector.shown_to(ANN))

    def test_an_aside_is_said_where_the_words_were(self, wire: Wire) -> None:
        wire.answer = lambda _: Answered(aside="I have answered you in private.")
        bot = wire.connector.bot
        mention = {"type": "mention", "text": "<at>Round Table</at>", "mentioned": {"id": bot}}
        thread = f"{CHANNEL};messageid=1"
        said = wire.says(
            "<at>Round Table</at> my groups",
            conversation={"id": thread, "conversationType": "channel", "tenantId": TENANT},
            entities=[mention],
        )
        assert wire.post(said).status == 200
        assert (wire.heard[-1].place, wire.heard[-1].channel) == ("channel", CHANNEL)
        (message,) = wire.connector.messages
        assert (message["text"], message["conversation"]["id"]) == ("I have answered you in private.", thread)
        assert wire.connector.faults == []

    def test_whoever_waits_for_long_sees_that_we_type(self, wire: Wire) -> None:
        wire.slow = 1.5
        assert wire.post(wire.says("my groups")).status == 200
        assert wire.connector.calls["send"] == 1
        assert wire.connector.shown_to(ANN) == []  # typing is no message

    def test_what_nobody_knows_is_not_answered_as_if_it_were(self, wire: Wire) -> None:
        assert wire.post(wire.connector.heard(ANN, type="invoke", name="something/new", value={})).status == 501
        assert wire.post(wire.connector.heard(ANN, type="messageReaction")).status == 200
        assert wire.heard == []

    @pytest.mark.parametrize(
        "body",
        [b"", b"null", b"[]", b"7", b'"words"', b"{", b"\xff\xfe", b"{}" * 2, b'{"type":' + b"[" * 5000, b"1" * 5000],
        ids=lambda body: repr(body[:12]),
    )
    def test_a_body_that_is_no_activity_gets_a_plain_400(self, wire: Wire, body: bytes) -> None:
        answer = wire.post(body)
        assert (answer.status, answer.text) == (400, "")
        assert wire.heard == []

    @pytest.mark.parametrize(
        "change",
        [
            {"type": None},
            {"type": 7},
            {"id": None},
            {"id": {"a": 1}},
            {"from": None},
            {"from": "Ann"},
            {"from": {"id": 7}},
            {"conversation": None},
            {"conversation": "a:1"},
            {"conversation": {"id": ["a"]}},
            {"channelData": None},
            {"channelData": {"tenant": "x"}},
            {"text": {"a": "b"}},
            {"value": [[]]},
            {"entities": "x"},
            {"membersAdded": 7, "type": "conversationUpdate"},
            {"type": "invoke", "name": 7},
            {"type": "invoke", "name": "adaptiveCard/action", "value": "x"},
            {"type": "invoke", "name": "task/fetch", "value": {"data": 7}},
            {"type": "invoke", "name": "task/submit", "value": None},
            {"type": "something of tomorrow"},
        ],
        ids=str,
    )
    def test_an_activity_out_of_shape_never_fails(self, wire: Wire, change: dict[str, object]) -> None:
        assert wire.post(wire.says("hello") | change).status in (200, 400, 501)

    def test_too_long_a_body_is_not_read(self, wire: Wire) -> None:
        assert wire.post(b'{"text": "' + b"x" * 1024 * 1024 + b'"}').status == 413

    def test_a_body_of_another_kind_is_refused(self, wire: Wire) -> None:
        assert wire.post(wire.says("hello"), **{"Content-Type": "text/plain"}).status in (400, 415)

    def test_who_is_not_proven_is_refused(self, wire: Wire) -> None:
        for token in ("", "made-up", wire.token(audience="another"), wire.token(key=rsa_key(-1))):
            assert wire.post(wire.says("hello"), token=token).status == 401
        assert wire.heard == []

    # What goes out

    def test_a_card_arrives_and_names_its_conversation(self, wire: Wire) -> None:
        wire.post(wire.says("hello"))
        sent = wire.send()
        (shown,) = wire.connector.shown_to(ANN)
        assert (shown["id"], shown["conversation"]["id"]) == (sent.message, sent.conversation)
        assert "It is Tuesday." in str(shown)
        assert wire.connector.calls["create"] == 0
        assert wire.connector.faults == []

    def test_a_conversation_is_opened_with_somebody_who_never_wrote(self, wire: Wire) -> None:
        wire.post(wire.says("hello", user=BEN))  # so the address of the tenant is known
        sent = wire.send(ANNS_ID)
        assert len(wire.connector.shown_to(ANN)) == 1
        again = wire.send(ANNS_ID)
        assert again.conversation == sent.conversation
        assert wire.connector.calls["create"] == 1

    def test_a_conversation_of_an_account_is_used(self, wire: Wire) -> None:
        wire.post(wire.says("hello", user=BEN))
        wire.send(ANNS_ID, conversation=wire.connector.conversation_with(ANN))
        assert wire.connector.calls["create"] == 0

    def test_a_lost_conversation_is_opened_once_more(self, wire: Wire) -> None:
        wire.post(wire.says("hello"))
        old = wire.send()
        wire.connector.forget(ANN)
        new = wire.send()
        assert new.conversation != old.conversation
        assert len(wire.connector.shown_to(ANN)) == 2
        wire.send()
        assert wire.connector.calls["create"] == 1

    def test_a_conversation_that_is_lost_again_is_gone(self, wire: Wire) -> None:
        wire.post(wire.says("hello"))
        wire.connector.disturb("send", *[Disturbance(error="ConversationNotFound")] * 2)
        with pytest.raises(Undeliverable, match="gone"):
            wire.send()
        assert wire.connector.calls["create"] == 1

    def test_a_channel_is_written_to(self, wire: Wire) -> None:
        wire.post(wire.says("hello"))
        address = Address("teams", TENANT, "", CHANNEL)
        sent = wire.loop.run(wire.teams.send(address, HELLO, letter="org-1"))
        assert sent.conversation == CHANNEL
        assert wire.connector.calls["create"] == 0

    def test_a_message_is_replaced_in_its_place(self, wire: Wire) -> None:
        wire.post(wire.says("hello"))
        first = wire.send()
        assert wire.update(first.message, AWAY) == first
        (shown,) = wire.connector.shown_to(ANN)
        assert "Wednesday" in str(shown)
        assert "Tuesday" not in str(shown)

    def test_a_message_that_is_gone_is_posted_anew(self, wire: Wire) -> None:
        wire.post(wire.says("hello"))
        new = wire.update("12345", AWAY)
        assert new.message != "12345"
        assert len(wire.connector.shown_to(ANN)) == 1

    def test_a_message_is_taken_away(self, wire: Wire) -> None:
        wire.post(wire.says("hello"))
        first = wire.send()
        for _ in range(2):
            wire.loop.run(wire.teams.delete(Address("teams", TENANT, ANNS_ID), first.message))
        assert wire.connector.shown_to(ANN) == []

    @pytest.mark.parametrize(("what", "kind", "code"), [row[1:] for row in OUTCOMES], ids=[row[0] for row in OUTCOMES])
    def test_what_an_answer_means(self, wire: Wire, what: Disturbance, kind: str, code: str) -> None:
        wire.post(wire.says("hello"))
        wire.connector.disturb("send", what)
        with pytest.raises(Undeliverable) as why:
            wire.send()
        assert why.value.kind == kind
        assert code in why.value.code
        assert why.value.retry_after == what.retry_after

    @pytest.mark.parametrize(
        "what", [Disturbance(status=502), Disturbance(error="ServiceError"), Disturbance(status=200)]
    )
    def test_replacing_and_opening_are_never_in_doubt(self, wire: Wire, what: Disturbance) -> None:
        wire.post(wire.says("hello"))
        first = wire.send()
        wire.connector.disturb("update", what)
        with pytest.raises(Undeliverable, match="passing"):
            wire.update(first.message, AWAY)
        wire.connector.disturb("create", what)
        with pytest.raises(Undeliverable, match="passing"):
            wire.send(BENS_ID)

    def test_replacing_goes_on_when_the_connection_was_cut(self, wire: Wire) -> None:
        wire.post(wire.says("hello"))
        first = wire.send()
        wire.connector.disturb("update", Disturbance(drop="after"))
        assert wire.update(first.message, AWAY) == first

    def test_nobody_there_is_passing(self, tmp_path: Path, loop: Loop, template: Template) -> None:
        with contextlib.ExitStack() as running:
            connector = running.enter_context(FakeConnector())
            with wired(tmp_path, loop, template, made_by=type(self).made_by, connector=connector) as wire:
                wire.post(wire.says("hello"))
                wire.send()
                running.close()
                with pytest.raises(Undeliverable, match="passing"):
                    wire.send()

    def test_too_late_an_answer_is_in_doubt(self, tmp_path: Path, loop: Loop, template: Template) -> None:
        with wired(tmp_path, loop, template, made_by=type(self).made_by, timeout=0.5) as wire:
            wire.post(wire.says("hello"))
            wire.connector.disturb("send", Disturbance(slow=1.5))
            with pytest.raises(Undeliverable, match="ambiguous"):
                wire.send()

    def test_too_large_a_card_is_a_mistake_and_nothing_is_sent(self, wire: Wire) -> None:
        wire.post(wire.says("hello"))
        with pytest.raises(Undeliverable, match="mistake"):
            wire.send(card=Card("Hello", buttons=tuple(Button("Choose", "a.b", "x" * 500) for _ in range(100))))
        assert wire.connector.calls["send"] == 0

    def test_nobody_to_write_to_is_gone(self, wire: Wire) -> None:
        with pytest.raises(Undeliverable, match="gone"):
            wire.loop.run(wire.teams.send(Address("teams", TENANT, ""), HELLO, letter="org-1"))

    def test_it_does_not_say_that_it_can_look_up(self, wire: Wire) -> None:
        assert not isinstance(wire.teams, CanTell), "a bot may not read what stands in a conversation"

    def test_it_is_a_platform_and_closed_it_only_says_later(self, wire: Wire) -> None:
        platform: Platform = wire.teams
        wire.loop.run(wire.teams.close())
        with pytest.raises(Undeliverable, match="passing"):
            wire.loop.run(platform.send(Address("teams", TENANT, ANNS_ID), HELLO, letter="org-1"))
        assert wire.post(wire.says("hello")).status == 503

    # Tokens of ours

    @pytest.mark.parametrize(("tenant", "asked"), [(TENANT, TENANT), ("", "botframework.com")])
    def test_the_token_is_asked_for_where_the_app_is_registered(
        self, tmp_path: Path, loop: Loop, template: Template, tenant: str, asked: str
    ) -> None:
        with wired(tmp_path, loop, template, made_by=type(self).made_by, tenant=tenant) as wire:
            wire.post(wire.says("hello"))
            wire.send()
            (given,) = wire.connector.issuer.asked
            assert (given["tenant"], given["client_id"], given["granted"]) == (asked, APP_ID, True)

    def test_one_token_serves_many_calls(self, wire: Wire) -> None:
        wire.post(wire.says("hello"))

        async def many() -> None:
            address = Address("teams", TENANT, ANNS_ID)
            await asyncio.gather(*(wire.teams.send(address, HELLO, letter=f"org-{n}") for n in range(20)))

        wire.loop.run(many())
        assert len(wire.connector.shown_to(ANN)) == 20
        assert wire.connector.calls["token"] == 1

    def test_a_refused_token_is_replaced_once(self, wire: Wire) -> None:
        wire.post(wire.says("hello"))
        wire.send()
        wire.connector.issuer.revoke_tokens()
        wire.send()
        assert wire.connector.calls["token"] == 2
        assert len(wire.connector.shown_to(ANN)) == 2
        assert wire.teams.wrong == ""

    def test_refused_for_good_all_of_teams_is_held_and_says_so(self, wire: Wire) -> None:
        wire.post(wire.says("hello"))
        wire.send()
        wire.connector.disturb("send", *[Disturbance(error="BotNotRegistered")] * 2)
        with pytest.raises(Undeliverable, match="held"):
            wire.send()
        assert wire.connector.calls["token"] == 2
        calls = wire.connector.calls["send"]
        with pytest.raises(Undeliverable, match="held"):
            wire.send(BENS_ID)
        assert wire.connector.calls["send"] == calls
        assert "credentials" in wire.teams.wrong
        assert TENANT in wire.teams.closed()

    def test_a_password_that_is_wrong_is_held_and_says_so(self, tmp_path: Path, loop: Loop, template: Template) -> None:
        with wired(tmp_path, loop, template, made_by=type(self).made_by, password=f"not-{PASSWORD}") as wire:
            wire.post(wire.says("hello"))
            with pytest.raises(Undeliverable, match="held: no_token_invalid_client"):
                wire.send()
            assert "credentials" in wire.teams.wrong

    @pytest.mark.parametrize("what", [Disturbance(status=503), Disturbance(drop="before"), Disturbance(status=200)])
    def test_no_token_just_now_is_passing(self, wire: Wire, what: Disturbance) -> None:
        wire.post(wire.says("hello"))
        wire.connector.disturb("token", what, what)
        with pytest.raises(Undeliverable, match="passing"):
            wire.send()
        assert wire.teams.wrong == ""

    def test_a_slow_issuer_of_tokens_holds_up_nobody_who_writes(self, wire: Wire) -> None:
        wire.post(wire.says("hello"))
        wire.connector.disturb("token", Disturbance(slow=1.5))

        async def both() -> tuple[Response, float]:
            sending = asyncio.create_task(wire.teams.send(Address("teams", TENANT, ANNS_ID), HELLO, letter="org-1"))
            await asyncio.sleep(0.1)
            began = time.monotonic()
            answer = await wire.posting(wire.says("hello"))
            took = time.monotonic() - began
            assert not sending.done()
            await sending
            return answer, took

        answer, took = wire.loop.run(both())
        assert answer.status == 200
        assert took < 0.5

    def test_one_tenant_that_turned_us_off_is_left_alone(self, wire: Wire) -> None:
        wire.post(wire.says("hello"))
        wire.connector.disturb("send", Disturbance(error="BotDisabledByAdmin"))
        with pytest.raises(Undeliverable, match="held"):
            wire.send()
        assert wire.teams.closed() == {TENANT}
        assert wire.teams.wrong == ""
