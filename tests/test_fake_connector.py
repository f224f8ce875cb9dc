"""The Bot Connector of our own: each thing it insists on and each way it goes wrong, over real HTTP."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import aiohttp
import jwt
import pytest

from tests.connector_limits import CARD, faults_of_card
from tests.connector_tokens import APP_ID, ISSUER, PASSWORD, SCOPE, TENANT, rsa_key
from tests.fake_connector import ERRORS, Disturbance, FakeConnector

Json = dict[str, Any]

ANN = "29:ann"
DIRECTORY_ID = "00000000-0000-4000-8000-0000000000aa"
GROUP = "19:group@thread.tacv2"


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any
    headers: dict[str, str]

    @property
    def code(self) -> str:
        return str(self.body["error"]["code"])


class Bot:
    """A bot's HTTP client, with a token unless told otherwise."""

    def __init__(self, url: str, runner: asyncio.Runner, session: aiohttp.ClientSession) -> None:
        self.url, self._runner, self._session, self.token = url, runner, session, ""

    def call(self, method: str, path: str, *, timeout: float = 10, **what: Any) -> Answer:
        return self._runner.run(self._call(method, path, timeout, what))

    async def _call(self, method: str, path: str, timeout: float, what: Json) -> Answer:  # noqa: ASYNC109 (aiohttp's own)
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        limit = aiohttp.ClientTimeout(total=timeout)
        async with self._session.request(
            method, self.url + path, **{"headers": headers, "timeout": limit, **what}
        ) as answer:
            text = await answer.text()
            body = json.loads(text) if answer.content_type == "application/json" else text
            return Answer(answer.status, body, dict(answer.headers))

    def ask_token(self, *, tenant: str = TENANT, **changes: str) -> Answer:
        form = {"grant_type": "client_credentials", "client_id": APP_ID, "client_secret": PASSWORD, "scope": SCOPE}
        answer = self.call("POST", f"{tenant}/oauth2/v2.0/token", data={**form, **changes})
        self.token = answer.body.get("access_token", self.token)
        return answer

    def create(self, **changes: Any) -> Answer:
        body: Json = {
            "bot": {"id": f"28:{APP_ID}"},
            "members": [{"id": ANN}],
            "channelData": {"tenant": {"id": TENANT}},
        }
        return self.call("POST", "v3/conversations", json={**body, **changes})

    def send(self, conversation: str, to: str = "", /, *, timeout: float = 10, **activity: Any) -> Answer:
        path = f"v3/conversations/{quote(conversation, safe='')}/activities{'/' if to else ''}{to}"
        return self.call("POST", path, timeout=timeout, json={"type": "message", **(activity or {"text": "Hello"})})

    def change(self, method: str, conversation: str, activity: str, /, **to: Any) -> Answer:
        path = f"v3/conversations/{quote(conversation, safe='')}/activities/{activity}"
        return self.call(method, path, json={"type": "message", **to} if to else None)

    def members(self, conversation: str, rest: str = "members") -> Answer:
        return self.call("GET", f"v3/conversations/{quote(conversation, safe='')}/{rest}")


class Clock:
    now = 1_800_000_000.0

    def read(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def connector(clock: Clock) -> Iterator[FakeConnector]:
    with FakeConnector(clock=clock.read) as connector:
        yield connector


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture
def stranger(connector: FakeConnector, runner: asyncio.Runner) -> Iterator[Bot]:
    """A bot that has no token yet."""
    session = runner.run(_session())
    yield Bot(connector.url, runner, session)
    runner.run(session.close())


async def _session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession()


@pytest.fixture
def bot(stranger: Bot) -> Bot:
    stranger.ask_token()
    return stranger


@pytest.fixture
def ann(connector: FakeConnector) -> str:
    return connector.conversation_with(ANN)


def card(**changes: Any) -> Json:
    good = {
        "type": "AdaptiveCard",
        "version": "1.5",
        "fallbackText": "Are you coming?",
        "body": [
            {"type": "TextBlock", "text": "Are you coming?", "wrap": True},
            {"type": "Image", "url": "https://example.org/map.png", "altText": "A map"},
            {
                "type": "Input.ChoiceSet",
                "id": "coming",
                "label": "Your answer",
                "isRequired": True,
                "errorMessage": "Choose one",
                "choices": [{"title": "Yes", "value": "yes"}, {"title": "No", "value": "no"}],
            },
        ],
        "actions": [{"type": "Action.Execute", "id": "send", "title": "Send", "data": {"type": "anything"}}],
    }
    return {**good, **changes}


def with_card(content: Json) -> Json:
    return {"attachments": [{"contentType": CARD, "content": content}]}


# Conversations


def test_a_conversation_with_one_person_is_created_and_is_the_same_the_next_time(
    connector: FakeConnector, bot: Bot, ann: str
) -> None:
    connector.people[ANN] = {"aadObjectId": DIRECTORY_ID}
    assert [bot.create().body["id"], bot.create(members=[{"id": DIRECTORY_ID}]).body["id"]] == [ann, ann]
    assert bot.create().status == 201


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"bot": None}, "BadSyntax"),
        ({"bot": {"id": "28:another"}}, "BadSyntax"),
        ({"members": []}, "BadSyntax"),
        ({"members": [{"id": ANN}, {"id": "29:ben"}]}, "BadSyntax"),
        ({"members": [{"id": "Ann"}]}, "BadArgument"),
        ({"members": ["Ann"]}, "BadArgument"),
        ({"channelData": None}, "BadSyntax"),
        ({"channelData": {"tenant": {"id": "another"}}}, "BadSyntax"),
        ({"isGroup": True}, "BadSyntax"),
    ],
)
def test_a_conversation_needs_bot_member_and_tenant(bot: Bot, changes: Json, code: str) -> None:
    answer = bot.create(**changes)
    assert (answer.status, answer.code) == (400, code)


def test_the_bot_cannot_write_first_to_whom_it_is_not_installed_for(connector: FakeConnector, bot: Bot) -> None:
    connector.unreachable[ANN] = "BotNotInConversationRoster"
    answer = bot.create()
    assert (answer.status, answer.code) == (403, "BotNotInConversationRoster")
    assert bot.create(members=[{"id": "29:ben"}]).status == 201


def test_members_are_listed_whole_by_page_and_singly(connector: FakeConnector, bot: Bot, ann: str) -> None:
    connector.people[ANN] = {"name": "Ann", "aadObjectId": DIRECTORY_ID}
    person = {"id": ANN, "name": "Ann", "aadObjectId": DIRECTORY_ID, "tenantId": TENANT, "userRole": "user"}
    assert bot.members(ann).body == [person]
    assert bot.members(ann, f"members/{DIRECTORY_ID}").body == person
    assert bot.members(ann, "members/29:ben").code == "MemberNotFoundInConversation"

    connector.channels[GROUP] = [f"29:{number}" for number in range(120)]
    found: list[str] = []
    token = ""
    while len(found) < 120:
        page = bot.members(GROUP, f"pagedmembers?pageSize=1&continuationToken={token}").body
        assert len(page["members"]) <= 50, "Teams makes pages of 50 at least"
        found += [member["id"] for member in page["members"]]
        token = page.get("continuationToken", "")
    assert (found, token) == (connector.channels[GROUP], "")
    assert bot.members(GROUP, "pagedmembers?continuationToken=x").code == "BadArgument"


# Activities


def test_what_is_sent_changed_and_taken_away_is_kept_in_order(connector: FakeConnector, bot: Bot, ann: str) -> None:
    first, second = (bot.send(ann, text=text) for text in ("One", "Two"))
    assert (first.status, second.status) == (201, 201)
    assert first.body["id"] < second.body["id"]
    assert bot.change("PUT", ann, first.body["id"], summary="One", **with_card(card())).body == first.body
    assert bot.change("DELETE", ann, second.body["id"]).status == 200
    assert [("text" in message, message.get("deleted", False)) for message in connector.messages] == [
        (False, False),
        (True, True),
    ]
    assert connector.shown_to(ANN) == connector.messages[:1]
    assert [update["id"] for update in connector.updates] == [first.body["id"]]
    assert connector.deletes == [{"conversation": ann, "id": second.body["id"]}]
    assert bot.send(ann, type="typing").status == 201
    assert len(connector.messages) == 2
    assert not connector.faults


def test_a_reply_goes_to_something_that_was_said(connector: FakeConnector, bot: Bot, ann: str) -> None:
    said = connector.heard(ANN, text="help")
    answer = bot.send(ann, said["id"], text="Here", replyToId=said["id"])
    assert connector.messages[0]["replyToId"] == said["id"]
    assert bot.send(ann, answer.body["id"]).status == 201
    assert bot.send(ann, "999").code == "ActivityNotFoundInConversation"
    assert bot.send(ann, said["id"], text="Here", replyToId="999").code == "BadArgument"
    assert bot.change("PUT", ann, said["id"], text="mine").code == "NotEnoughPermissions"


def test_a_message_that_is_gone_or_elsewhere_is_not_found(connector: FakeConnector, bot: Bot, ann: str) -> None:
    message = bot.send(ann).body["id"]
    elsewhere = bot.change("PUT", connector.conversation_with("29:ben"), message, text="Hello")
    bot.change("DELETE", ann, message)
    gone = [bot.change("DELETE", ann, message), bot.change("PUT", ann, message, text="x"), bot.send(ann, message)]
    assert {(answer.status, answer.code) for answer in (elsewhere, *gone)} == {(404, "ActivityNotFoundInConversation")}


def test_a_forgotten_conversation_is_not_found_until_it_is_created_anew(
    connector: FakeConnector, bot: Bot, ann: str
) -> None:
    bot.send(ann)
    connector.forget(ANN)
    answer = bot.send(ann)
    assert (answer.status, answer.code) == (404, "ConversationNotFound")
    again = bot.create().body["id"]
    assert again != ann
    assert bot.send(again).status == 201
    assert len(connector.shown_to(ANN)) == 2


def test_channels_and_their_threads_are_known_and_ids_have_a_form(bot: Bot) -> None:
    assert [bot.send(GROUP).status, bot.send(f"{GROUP};messageid=1").status] == [201, 201]
    assert bot.send("19:another@thread.tacv2").code == "ConversationNotFound"
    assert bot.send("D0ANN").code == "BadSyntax"


@pytest.mark.parametrize(
    ("activity", "fault"),
    [
        ({"text": ""}, "text or attachments"),
        ({"type": "trace", "text": "x"}, "type 'trace'"),
        ({"text": "x", "channel_data": {}}, "channel_data"),
        ({"text": "x", "textFormat": "html"}, "textFormat"),
        ({"text": "x", "from": {"id": "28:another"}}, "from"),
        ({"text": "x", "conversation": {"id": "a:1-29:ben"}}, "conversation"),
        ({"attachments": ["a picture"]}, "attachments is a list"),
        ({"attachments": [{"contentType": "text/calendar", "content": "x"}]}, "Unknown attachment type"),
        (with_card(card(version="1.6")), "1.5"),
    ],
)
def test_a_wrong_activity_is_refused_and_noted(
    connector: FakeConnector, bot: Bot, ann: str, activity: Json, fault: str
) -> None:
    answer = bot.send(ann, **activity)
    assert (answer.status, answer.code) == (400, "BadArgument")
    assert fault in answer.body["error"]["message"]
    assert answer.body["error"]["message"] in connector.faults
    assert not connector.messages


def test_a_body_must_be_a_json_object(bot: Bot, ann: str) -> None:
    path = f"v3/conversations/{ann}/activities"
    headers = {"Authorization": f"Bearer {bot.token}", "Content-Type": "application/json"}
    wrong: list[Json] = [{"data": "{", "headers": headers}, {"json": []}, {"data": {"text": "x"}}]
    for what in wrong:
        answer = bot.call("POST", path, **what)
        assert (answer.status, answer.code) == (400, "BadSyntax")


def test_a_card_has_at_most_28_kilobytes(connector: FakeConnector, bot: Bot, ann: str) -> None:
    def sized(length: int) -> Json:
        return with_card(card(fallbackText="é" * (length // 2)))

    assert bot.send(ann, **sized(27 * 1024)).status == 201, "however it is spelt: é is 6 bytes in this JSON"
    answer = bot.send(ann, **sized(28 * 1024))
    assert (answer.status, answer.code) == (413, "MessageSizeTooBig")
    assert connector.faults == ["MessageSizeTooBig: over 28 KB"]


TEXT = {"type": "TextBlock", "text": "x"}
ASK = {"type": "Input.Text", "id": "a", "label": "Say"}
PRESS = {"type": "Action.Submit", "title": "Go"}
CHOOSE: Json = {"type": "Input.ChoiceSet", "id": "a", "label": "Which", "choices": [{"title": "Yes", "value": "yes"}]}


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"version": "1.4"}, "version '1.4' is not 1.5"),
        ({"fallbackText": " "}, "a card without fallbackText"),
        ({"body": [ASK, {"type": "Container", "items": [ASK]}], "actions": []}, "the id 'a' is not unique"),
        ({"body": [{**ASK, "label": ""}]}, "Input.Text without label"),
        ({"body": [{**ASK, "id": ""}]}, "Input.Text without id"),
        ({"body": [{**ASK, "isRequired": True}]}, "Input.Text is required and has no errorMessage"),
        ({"body": [{**ASK, "type": "Input.Toggle"}]}, "Input.Toggle without title"),
        ({"body": [{**CHOOSE, "choices": []}]}, "Input.ChoiceSet without choices, or with one value twice"),
        (
            {"body": [{**CHOOSE, "choices": CHOOSE["choices"] * 2}]},
            "Input.ChoiceSet without choices, or with one value",
        ),
        ({"body": [{**CHOOSE, "value": "no"}]}, "an initial value is not among the choices"),
        ({"body": [{"type": "Image", "url": "https://example.org/x.png"}]}, "Image without altText"),
        ({"body": [{"type": "Image", "altText": "x"}]}, "an image without url"),
        ({"body": [{**TEXT, "text": ""}]}, "an empty TextBlock"),
        ({"body": [{**TEXT, "type": "Carousel"}]}, "no element 'Carousel' in 1.5"),
        ({"actions": [{"type": "Action.Submit"}]}, "Action.Submit without title"),
        ({"actions": [PRESS] * 7}, "over 6 actions in a row"),
        ({"actions": [{**PRESS, "type": "Action.OpenUrl"}]}, "Action.OpenUrl without a good url"),
        (
            {"actions": [{**PRESS, "type": "Action.ToggleVisibility", "targetElements": ["z"]}]},
            "Action.ToggleVisibility without elements that are there",
        ),
    ],
)
def test_each_fault_of_a_card_is_named(changes: Json, fault: str) -> None:
    (found,) = faults_of_card(card(**changes))
    assert found.startswith(fault)


def test_a_good_card_has_no_faults() -> None:
    assert faults_of_card(card()) == []
    assert faults_of_card({**card(), "type": "Card"}) == ["the content is no AdaptiveCard"]


def test_limits_hold_for_each_conversation_when_they_are_on(
    connector: FakeConnector, bot: Bot, ann: str, clock: Clock
) -> None:
    assert {bot.send(ann).status for _ in range(9)} == {201}
    connector.limits, connector.issuer.token_life = True, 86_400.0
    bot.ask_token()

    def wait_after(sends: int, every: float = 0.0) -> int:
        """How long the bot is told to wait after so many more."""
        for _ in range(sends):
            clock.now += every
            assert bot.send(ann).status == 201
        answer = bot.send(ann)
        assert (answer.status, answer.code) == (429, "Throttled")
        assert bot.send(connector.conversation_with(f"29:ben-{clock.now}")).status == 201
        return int(answer.headers["Retry-After"])

    assert wait_after(7) == 1
    clock.now += 1
    assert wait_after(1) == 1, "8 in 2 seconds"
    clock.now += 2
    assert wait_after(52, every=0.4) == 7, "60 in 30 seconds, of which 23.8 are past"
    clock.now += 30
    assert wait_after(1740, every=1.5) == 937, "1,800 in 1 hour, of which 2,663.8 seconds are past"
    clock.now += 937
    assert bot.send(ann).status == 201


# Tokens


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "another"}, 400, "unauthorized_client"),
        ({"scope": "https://graph.microsoft.com/.default"}, 400, "invalid_scope"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"tenant": "another"}, 400, "invalid_request"),
    ],
)
def test_a_token_is_refused_to_who_asks_wrongly(
    connector: FakeConnector, stranger: Bot, changes: dict[str, str], status: int, error: str
) -> None:
    answer = stranger.ask_token(**changes)
    assert (answer.status, answer.body["error"]) == (status, error)
    assert [asked["granted"] for asked in connector.issuer.asked] == [False]
    assert PASSWORD not in json.dumps(connector.seen())


def test_a_token_is_a_signed_one_for_the_connector(connector: FakeConnector, stranger: Bot, clock: Clock) -> None:
    body = stranger.ask_token().body
    claims = jwt.decode(
        body["access_token"],
        rsa_key(0).public_key(),
        algorithms=["RS256"],
        audience=ISSUER,
        options={"verify_exp": False, "verify_nbf": False, "verify_iat": False},
    )
    assert (claims["appid"], claims["exp"]) == (APP_ID, clock.now + 3600)
    assert (body["token_type"], body["expires_in"]) == ("Bearer", 3600)
    assert stranger.ask_token(tenant="botframework.com").status == 200
    assert [asked["tenant"] for asked in connector.issuer.asked] == [TENANT, "botframework.com"]


def test_every_call_needs_a_token_that_is_good_now(
    connector: FakeConnector, stranger: Bot, ann: str, clock: Clock
) -> None:
    def statuses() -> set[int]:
        answers = [
            stranger.create(),
            stranger.send(ann),
            stranger.send(ann, "1"),
            stranger.change("PUT", ann, "1", text="x"),
            stranger.change("DELETE", ann, "1"),
            stranger.members(ann),
            stranger.members(ann, "pagedmembers"),
            stranger.members(ann, f"members/{ANN}"),
        ]
        return {answer.status for answer in answers}

    assert statuses() == {401}
    stranger.token = connector.issuer.sign_for_bot(APP_ID, connector.url)
    assert statuses() == {401}, "the token of the other direction"
    stranger.ask_token()
    assert stranger.send(ann).status == 201
    connector.issuer.revoke_tokens()
    assert statuses() == {401}
    stranger.ask_token()
    assert stranger.send(ann).status == 201
    clock.now += 3600
    assert statuses() == {401}, "it has run out"
    assert len(connector.messages) == 2


def _verified(bot: Bot, connector: FakeConnector, token: str, clock: Clock) -> Json:
    """What a careful bot does with a token that came with an activity."""
    metadata = bot.call("GET", connector.openid_url.removeprefix(bot.url)).body
    keys = bot.call("GET", metadata["jwks_uri"].removeprefix(bot.url)).body["keys"]
    key = next((key for key in keys if key["kid"] == jwt.get_unverified_header(token)["kid"]), None)
    if key is None or "msteams" not in key["endorsements"]:
        raise jwt.InvalidTokenError("no such key")
    claims: Json = jwt.decode(
        token,
        jwt.PyJWK(key).key,
        algorithms=metadata["id_token_signing_alg_values_supported"],
        audience=APP_ID,
        issuer=metadata["issuer"],
        options={"verify_exp": False, "verify_nbf": False},
    )
    if claims["serviceurl"] != connector.url or not claims["nbf"] <= clock.now < claims["exp"]:
        raise jwt.InvalidTokenError("not for here, or not for now")
    return claims


def test_tokens_for_the_bot_are_good_unless_a_test_makes_them_bad(
    connector: FakeConnector, stranger: Bot, clock: Clock
) -> None:
    sign, url = connector.issuer.sign_for_bot, connector.url
    assert _verified(stranger, connector, sign(APP_ID, url), clock)["aud"] == APP_ID
    bad = [
        sign("another", url),
        sign(APP_ID, "https://evil.example/"),
        sign(APP_ID, url, iss="https://sts.windows.net/"),
        sign(APP_ID, url, iss=None),
        sign(APP_ID, url, exp=int(clock.now) - 1),
        sign(APP_ID, url, nbf=int(clock.now) + 600),
        sign(APP_ID, url, kid="key-99"),
        sign(APP_ID, url, key=rsa_key(-1)),
        sign(APP_ID, url, key="x" * 32, algorithm="HS256"),
        sign(APP_ID, url, algorithm="none"),
    ]
    for token in bad:
        with pytest.raises(jwt.InvalidTokenError):
            _verified(stranger, connector, token, clock)
    connector.issuer.endorsements = ["webchat"]
    with pytest.raises(jwt.InvalidTokenError):
        _verified(stranger, connector, sign(APP_ID, url), clock)


def test_keys_roll_over(connector: FakeConnector, stranger: Bot, clock: Clock) -> None:
    old = connector.issuer.sign_for_bot(APP_ID, connector.url)
    assert connector.issuer.roll_keys() == "key-2"
    new = connector.issuer.sign_for_bot(APP_ID, connector.url)
    assert jwt.get_unverified_header(new)["kid"] == "key-2"
    assert all(_verified(stranger, connector, token, clock) for token in (old, new))
    connector.issuer.roll_keys(keep_old=False)
    with pytest.raises(jwt.InvalidTokenError):
        _verified(stranger, connector, new, clock)
    assert connector.calls["keys"] == 3


# Faults


@pytest.mark.parametrize("code", sorted(ERRORS.keys() - {"MessageWritesBlocked"}))
def test_any_error_of_the_table_can_be_had_once(connector: FakeConnector, bot: Bot, ann: str, code: str) -> None:
    connector.disturb("send", Disturbance(error=code))
    answer = bot.send(ann)
    assert (answer.status, answer.body) == (ERRORS[code][0], {"error": {"code": code, "message": ERRORS[code][1]}})
    assert not connector.messages
    assert bot.send(ann).status == 201


def test_who_blocked_the_bot_can_still_be_looked_up(connector: FakeConnector, bot: Bot, ann: str) -> None:
    connector.unreachable[ANN] = "MessageWritesBlocked"
    answer = bot.send(ann)
    assert (answer.status, answer.body["errorCode"]) == (403, 209)
    assert json.loads(answer.body["message"])["subCode"] == "MessageWritesBlocked"
    assert [bot.create().status, bot.members(ann).status] == [201, 200]
    connector.unreachable[ANN] = "ConversationBlockedByUser"
    assert {bot.send(ann).code, bot.create().code} == {"ConversationBlockedByUser"}


def test_it_says_when_to_come_back_or_does_not(connector: FakeConnector, bot: Bot, ann: str) -> None:
    connector.disturb("send", Disturbance(error="Throttled", retry_after=3), Disturbance(error="Throttled"))
    answers = [bot.send(ann), bot.send(ann)]
    assert [(answer.status, answer.headers.get("Retry-After")) for answer in answers] == [(429, "3"), (429, None)]


def test_an_html_page_can_stand_in_the_way_before_or_after_storing(
    connector: FakeConnector, bot: Bot, ann: str
) -> None:
    connector.disturb("send", Disturbance(status=502), Disturbance(status=502, stored=True))
    for stored in (0, 1):
        answer = bot.send(ann)
        assert (answer.status, answer.headers["Content-Type"]) == (502, "text/html; charset=utf-8")
        assert "<html>" in answer.body
        assert len(connector.messages) == stored


def test_a_connection_drops_before_or_after_storing(connector: FakeConnector, bot: Bot, ann: str) -> None:
    connector.disturb("send", Disturbance(drop="before"), Disturbance(drop="after"))
    for stored in (0, 1):
        with pytest.raises(aiohttp.ClientConnectionError):
            bot.send(ann)
        assert len(connector.messages) == stored


def test_an_answer_can_come_too_late(connector: FakeConnector, bot: Bot, ann: str) -> None:
    connector.disturb("send", Disturbance(slow=0.5))
    with pytest.raises(TimeoutError):
        bot.send(ann, timeout=0.2)
    assert len(connector.messages) == 1


def test_other_calls_go_wrong_too_and_unknown_ones_are_refused(connector: FakeConnector, bot: Bot, ann: str) -> None:
    wrong = Disturbance(status=503)
    for call in ("create", "reply", "update", "delete", "members", "token"):
        connector.disturb(call, wrong)
    answers = [
        bot.create(),
        bot.send(ann, "1"),
        bot.change("PUT", ann, "1", text="x"),
        bot.change("DELETE", ann, "1"),
        bot.members(ann),
        bot.call("POST", f"{TENANT}/oauth2/v2.0/token"),
    ]
    assert {answer.status for answer in answers} == {503}
    with pytest.raises(ValueError, match="no such call"):
        connector.disturb("post", wrong)


# As a program of its own


def test_another_process_uses_it_over_http(runner: asyncio.Runner) -> None:
    command = [sys.executable, "-m", "tests.fake_connector", "--port", "0", "--fast", "--delay", "0.01"]
    session = runner.run(_session())
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
        try:
            assert program.stdout is not None
            bot = Bot(program.stdout.readline().strip(), runner, session)
            bot.ask_token()
            said = bot.call("POST", "_heard", json={"user": ANN, "text": "help"}).body
            conversation = said["conversation"]["id"]
            assert bot.send(conversation, said["id"], **with_card({"type": "unchecked"})).status == 201

            for what, expected in [
                ({"call": "send", "status": 502}, 502),
                ({"unreachable": {ANN: "BotDisabledByAdmin"}}, 403),
                ({"unreachable": {ANN: ""}}, 201),
                ({"forget": [ANN]}, 404),
                ({"revoke_tokens": True}, 401),
            ]:
                assert bot.call("POST", "_disturb", json=what).status == 200
                assert bot.send(conversation).status == expected

            bot.call("POST", "_disturb", json={"roll_keys": True})
            signed = bot.call("POST", "_sign", json={"audience": APP_ID, "service_url": bot.url}).body["token"]
            assert jwt.get_unverified_header(signed)["kid"] == "key-2"

            seen = bot.call("GET", "_seen").body
            assert [message.get("replyToId") for message in seen["messages"]] == [said["id"], None]
            counts = bot.call("GET", "_seen?counts").body
            assert (counts["messages"], counts["tokens"], counts["calls"]["send"]) == (2, 1, 5)
        finally:
            program.terminate()
            runner.run(session.close())
