"""A Bot Connector of our own on loopback, and the issuer of its tokens: Teams' side of a bot, as strict as it is.

In a test: ``with FakeConnector() as connector: ... connector.url ... connector.messages``. As a program of its own:
``python -m tests.fake_connector --port 9000``, read by ``GET /_seen`` and disturbed by ``POST /_disturb``.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import threading
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal
from urllib.parse import parse_qsl
from uuid import UUID

from aiohttp import web

from tests.connector_limits import MOST_BYTES, faults_of_activity, size_of
from tests.connector_tokens import Issuer

Json = dict[str, Any]

ERRORS: Mapping[str, tuple[int, str]] = {
    "BadArgument": (400, "Bad argument."),
    "BadSyntax": (400, "Bad syntax."),
    "BotNotRegistered": (401, "No registration found for this bot."),
    "BotDisabledByAdmin": (403, "The tenant admin disabled this bot."),
    "BotNotInConversationRoster": (403, "The bot is not part of the conversation roster."),
    "ConversationBlockedByUser": (403, "User blocked the conversation with the bot."),
    "ForbiddenOperationException": (403, "The bot is not installed in the user's personal scope."),
    "MessageWritesBlocked": (403, "Thread is blocked from message writes."),
    "NotEnoughPermissions": (403, "The bot may not do this."),
    "ActivityNotFoundInConversation": (404, "Conversation not found."),
    "ConversationNotFound": (404, "Conversation not found."),
    "MemberNotFoundInConversation": (404, "The member is not in the conversation."),
    "PreconditionFailed": (412, "Precondition failed, please try again."),
    "MessageSizeTooBig": (413, "Message size too large."),
    "Throttled": (429, "Too many requests."),
    "ServiceError": (500, "An error has occurred."),
    "ServiceUnavailable": (503, "Service unavailable."),
}
"""Status and words of each code: learn.microsoft.com/microsoftteams/platform/bots/build-conversational-capability."""

LIMITS = ((7, 1), (8, 2), (60, 30), (1800, 3600))
"""So many in so many seconds a conversation: learn.microsoft.com/microsoftteams/platform/bots/how-to/rate-limit."""


class Refused(Exception):
    """An answer that is an error of the table."""

    def __init__(self, code: str, message: str = "", *, retry_after: int = 0) -> None:
        super().__init__(code)
        self.code, self.message, self.retry_after = code, message, retry_after


@dataclass(frozen=True)
class Disturbance:
    """What happens to one call instead of its usual answer.

    ``error`` is a code of `ERRORS`; a ``status`` without one is answered with HTML, or with ``body``. ``stored`` does
    what was asked before it answers so. ``slow`` holds the answer back for so many seconds after the work is done.
    """

    status: int = 0
    error: str = ""
    retry_after: int = 0
    body: str = ""
    drop: Literal["", "before", "after"] = ""
    stored: bool = False
    slow: float = 0.0

    def answer(self) -> web.Response | None:
        if self.error:
            return _refusal(self.error, status=self.status, retry_after=self.retry_after)
        if not self.status:
            return None
        headers = {"Retry-After": str(self.retry_after)} if self.retry_after else {}
        text = self.body or "<html><body>something is wrong</body></html>"
        return web.Response(status=self.status, text=text, content_type="text/html", headers=headers)


CALLS = {
    "create": ("POST", "/v3/conversations"),
    "send": ("POST", "/v3/conversations/{conversation}/activities"),
    "reply": ("POST", "/v3/conversations/{conversation}/activities/{activity}"),
    "update": ("PUT", "/v3/conversations/{conversation}/activities/{activity}"),
    "delete": ("DELETE", "/v3/conversations/{conversation}/activities/{activity}"),
    "members": ("GET", "/v3/conversations/{conversation}/members"),
    "member": ("GET", "/v3/conversations/{conversation}/members/{member}"),
    "paged_members": ("GET", "/v3/conversations/{conversation}/pagedmembers"),
    "token": ("POST", "/{tenant}/oauth2/v2.0/token"),
    "openid": ("GET", "/v1/.well-known/openidconfiguration"),
    "keys": ("GET", "/v1/.well-known/keys"),
}
WITHOUT_TOKEN = {"token", "openid", "keys"}


class FakeConnector:
    """Everything that the bot sent, changed, took away and asked for stands in its attributes, oldest first.

    ``messages`` are activities as they stand now, with ``id`` and ``conversation``; one that was taken away also has
    ``deleted``. ``updates`` and ``deletes`` say what was done to them; `issuer` knows which tokens were asked for.
    ``faults`` names whatever it refused because of the rules of activities and cards: it should stay empty.
    ``calls`` counts by the names of `CALLS`. Phones keep in ``said`` what people typed.

    The bot is installed for everyone. ``unreachable`` maps a person's id, or a channel's, to the code answered for
    them. ``people`` holds what is known of a person; ``channels`` the channels and who is in them. ``delay`` holds
    each posting back (seconds). ``limits`` on: `LIMITS` hold. ``check_cards`` off makes it fast enough for benchmarks.
    """

    def __init__(
        self, *, check_cards: bool = True, limits: bool = False, clock: Callable[[], float] = time.time
    ) -> None:
        self.check_cards, self.limits = check_cards, limits
        self.issuer = Issuer(clock)
        self.tenant, self.bot = self.issuer.tenant, f"28:{self.issuer.app_id}"
        self.url = self.token_url = self.openid_url = ""
        self.calls: Counter[str] = Counter()
        self.messages: list[Json] = []
        self.said: list[Json] = []
        self.updates: list[Json] = []
        self.deletes: list[Json] = []
        self.faults: list[str] = []
        self.people: dict[str, Json] = {}
        self.channels: dict[str, list[str]] = {"19:group@thread.tacv2": []}
        self.unreachable: dict[str, str] = {}
        self.delay = 0.0
        self._by_id: dict[tuple[str, str], Json] = {}
        self._heard: set[tuple[str, str]] = set()
        self._forgotten: Counter[str] = Counter()
        self._taken: defaultdict[str, deque[float]] = defaultdict(lambda: deque(maxlen=LIMITS[-1][0]))
        self._clock = clock
        self._disturbances: defaultdict[str, deque[Disturbance]] = defaultdict(deque)
        self._last_id = 0
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopped: asyncio.Event | None = None

    # What tests do with it

    def __enter__(self) -> FakeConnector:
        ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self.serve(0, ready.set)), daemon=True)
        self._thread.start()
        if not ready.wait(20):
            raise TimeoutError("the fake Bot Connector did not start")
        return self

    def __exit__(self, *_: object) -> None:
        if self._loop and self._stopped and self._thread:
            self._loop.call_soon_threadsafe(self._stopped.set)
            self._thread.join(20)

    def disturb(self, call: str, *what: Disturbance) -> None:
        """The next calls of that name (`CALLS`) go wrong, one after the other."""
        if call not in CALLS:
            raise ValueError(f"no such call: {call}")
        self._disturbances[call].extend(what)

    def conversation_with(self, user: str) -> str:
        """The id of the bot's conversation with `user`. It is another one after `forget`."""
        return f"a:{self._forgotten[user] + 1}-{user}"

    def forget(self, user: str) -> None:
        """The conversation with `user` is no longer known by its id; creating it anew gives another."""
        self._forgotten[user] += 1

    def heard(self, user: str, **what: Any) -> Json:
        """An activity as Teams sends it to the bot when `user` does something. The bot may reply to its id."""
        conversation = {"conversationType": "personal", "tenantId": self.tenant, "id": self.conversation_with(user)}
        activity: Json = {
            "type": "message",
            "id": self._new_id(),
            "timestamp": time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(self._clock())),
            "serviceUrl": self.url,
            "channelId": "msteams",
            "from": {"id": user, **self.people.get(user, {})},
            "conversation": conversation,
            "recipient": {"id": self.bot, "name": "Round Table"},
            "channelData": {"tenant": {"id": self.tenant}},
            **what,
        }
        self._heard.add((activity["conversation"]["id"], activity["id"]))
        return activity

    def begin_thread(self, activity: Json) -> None:
        """Let an activity be the first of a thread of its channel: a thread has the id of what began it."""
        conversation = activity["conversation"]
        conversation["id"] = f"{conversation['id'].partition(';')[0]};messageid={activity['id']}"
        self._heard.add((conversation["id"], activity["id"]))

    def shown_to(self, user: str) -> list[Json]:
        """What stands in the conversation with `user` now, whatever ids it had."""
        return [
            message
            for message in self.messages
            if message["conversation"]["id"].partition("-")[2] == user and not message.get("deleted")
        ]

    def seen(self) -> Json:
        """Everything there is, for programs that read it over HTTP."""
        return {
            "calls": dict(self.calls),
            "messages": list(self.messages),
            "updates": list(self.updates),
            "deletes": list(self.deletes),
            "tokens": list(self.issuer.asked),
            "faults": list(self.faults),
        }

    # The server

    async def serve(self, port: int, ready: Callable[[], object] = lambda: None) -> None:
        """Serve on loopback until stopped. Calls `ready` once ``url`` is known."""
        self._loop, self._stopped = asyncio.get_running_loop(), asyncio.Event()
        app = web.Application(client_max_size=32 * 1024 * 1024)
        app.add_routes(web.route(method, path, partial(self._call, call)) for call, (method, path) in CALLS.items())
        app.add_routes(
            [
                web.get("/_seen", self._see),
                web.post("/_disturb", self._disturb),
                web.post("/_sign", self._sign),
                web.post("/_heard", self._hear),
            ]
        )
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await runner.setup()
        try:
            site = web.TCPSite(runner, "127.0.0.1", port)
            await site.start()
            self.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
            self.token_url = f"{self.url}{self.tenant}/oauth2/v2.0/token"
            self.openid_url = f"{self.url}{CALLS['openid'][1][1:]}"
            ready()
            await self._stopped.wait()
        finally:
            await runner.cleanup()

    async def _call(self, call: str, request: web.Request) -> web.Response:
        self.calls[call] += 1
        waiting = self._disturbances[call]
        what = waiting.popleft() if waiting else Disturbance()
        raw = await request.read()
        if what.drop == "before" and request.transport:
            request.transport.abort()
            return web.Response()
        instead = what.answer()
        if instead and not what.stored:
            answer = instead
        else:
            if self.delay and call in ("send", "reply"):
                await asyncio.sleep(self.delay)
            done = self._answer(call, request, raw)
            answer = instead or done
        if what.slow:
            await asyncio.sleep(what.slow)
        if what.drop == "after" and request.transport:
            request.transport.abort()
        return answer

    def _answer(self, call: str, request: web.Request, raw: bytes) -> web.Response:
        answer: Callable[[web.Request, bytes], web.Response] = getattr(self, f"_{call}")
        if call not in WITHOUT_TOKEN and not self.issuer.takes(request.headers.get("Authorization", "")):
            body = {"message": "Authorization has been denied for this request."}
            return web.json_response(body, status=401, headers={"WWW-Authenticate": "Bearer"})
        try:
            return answer(request, raw)
        except Refused as why:
            return _refusal(why.code, why.message, retry_after=why.retry_after)

    # Conversations and their members

    def _create(self, request: web.Request, raw: bytes) -> web.Response:
        given = _object(request, raw)
        members, tenant = given.get("members"), _inside(given, "channelData", "tenant", "id")
        if given.get("isGroup") or not isinstance(members, list) or len(members) != 1:
            raise Refused("BadSyntax", "Incorrect conversation creation parameters: one member, and no group")
        if _inside(given, "bot", "id") != self.bot:
            raise Refused("BadSyntax", "Incorrect conversation creation parameters: bot")
        if tenant != self.tenant:
            raise Refused("BadSyntax", "Incorrect conversation creation parameters: channelData.tenant.id")
        user = self._user(members[0].get("id") if isinstance(members[0], dict) else None)
        self._refuse_unreachable(user, writes=False)
        conversation = self.conversation_with(user)
        self._count(conversation)
        return web.json_response({"id": conversation}, status=201)

    def _members(self, request: web.Request, raw: bytes) -> web.Response:
        return web.json_response(self._in(request))

    def _member(self, request: web.Request, raw: bytes) -> web.Response:
        wanted = request.match_info["member"]
        for member in self._in(request):
            if wanted in (member["id"], member.get("aadObjectId")):
                return web.json_response(member)
        raise Refused("MemberNotFoundInConversation")

    def _paged_members(self, request: web.Request, raw: bytes) -> web.Response:
        members, size = self._in(request), request.query.get("pageSize", "200")
        token = request.query.get("continuationToken") or "page-0"
        if not size.isdecimal() or not token.removeprefix("page-").isdecimal():
            raise Refused("BadArgument", "pageSize or continuationToken is wrong")
        start, most = int(token.removeprefix("page-")), min(max(int(size), 50), 500)
        more = {"continuationToken": f"page-{start + most}"} if len(members) > start + most else {}
        return web.json_response({"members": members[start : start + most], **more})

    # Activities

    def _send(self, request: web.Request, raw: bytes) -> web.Response:
        conversation = self._conversation(request, writes=True)
        return self._post(conversation, self._checked(request, raw, conversation))

    def _reply(self, request: web.Request, raw: bytes) -> web.Response:
        conversation, to = self._conversation(request, writes=True), request.match_info["activity"]
        activity = self._checked(request, raw, conversation)
        if activity.get("replyToId", to) != to:
            raise Refused("BadArgument", "replyToId is not the activity in the address")
        if (conversation, to) not in self._heard:
            self._standing(conversation, to)
        return self._post(conversation, {**activity, "replyToId": to})

    def _update(self, request: web.Request, raw: bytes) -> web.Response:
        conversation, message = self._own(request)
        activity = self._checked(request, raw, conversation)
        if activity.get("id", message["id"]) != message["id"]:
            raise Refused("BadArgument", "id is not the activity in the address")
        kept = {"id": message["id"], "conversation": {"id": conversation}}
        self.updates.append({**activity, **kept})
        for name in message.keys() - activity.keys() - kept.keys():
            del message[name]
        message.update(activity, **kept)
        return web.json_response({"id": message["id"]})

    def _delete(self, request: web.Request, raw: bytes) -> web.Response:
        conversation, message = self._own(request)
        self.deletes.append({"conversation": conversation, "id": message["id"]})
        message["deleted"] = True
        return web.Response()

    # The issuer

    def _token(self, request: web.Request, raw: bytes) -> web.Response:
        given = dict(parse_qsl(raw.decode("utf-8", "replace")))
        status, body = self.issuer.hand_out(request.match_info["tenant"], given)
        return web.json_response(body, status=status, headers={"Cache-Control": "no-store"})

    def _openid(self, request: web.Request, raw: bytes) -> web.Response:
        return web.json_response(self.issuer.metadata(f"{self.url}{CALLS['keys'][1][1:]}"))

    def _keys(self, request: web.Request, raw: bytes) -> web.Response:
        return web.json_response(self.issuer.keys())

    # What they share

    def _user(self, given: object) -> str:
        """The id a person has in conversations, from that id or their directory's object id."""
        if not isinstance(given, str) or not (given.startswith(("29:", "8:orgid:")) or _is_uuid(given)):
            raise Refused("BadArgument", "no such member id")
        return next((user for user, known in self.people.items() if known.get("aadObjectId") == given), given)

    def _refuse_unreachable(self, user: str, *, writes: bool) -> None:
        code = self.unreachable.get(user) or self.unreachable.get(self.people.get(user, {}).get("aadObjectId", ""))
        if code and (writes or code != "MessageWritesBlocked"):
            raise Refused(code)

    def _conversation(self, request: web.Request, *, writes: bool) -> str:
        conversation = request.match_info["conversation"]
        if not conversation.startswith(("a:", "19:")):
            raise Refused("BadSyntax", "Bad format of conversation ID")
        channel, user = conversation.partition(";")[0], conversation.partition("-")[2]
        if conversation.startswith("a:"):
            known, who = conversation == self.conversation_with(user), user
        else:
            known, who = channel in self.channels, channel
        if not known:
            raise Refused("ConversationNotFound")
        self._refuse_unreachable(who, writes=writes)
        if writes:
            self._count(conversation)
        return conversation

    def _count(self, conversation: str) -> None:
        if not self.limits:
            return
        now, taken = self._clock(), self._taken[conversation]
        for most, seconds in LIMITS:
            if len(taken) >= most and (wait := seconds - (now - taken[-most])) > 0:
                raise Refused("Throttled", retry_after=math.ceil(wait))
        taken.append(now)

    def _in(self, request: web.Request) -> list[Json]:
        conversation = self._conversation(request, writes=False)
        users = self.channels.get(conversation.partition(";")[0], [conversation.partition("-")[2]])
        shared = {"tenantId": self.tenant, "userRole": "user"}
        return [{"id": user, **shared, **self.people.get(user, {})} for user in users]

    def _standing(self, conversation: str, activity: str) -> Json:
        message = self._by_id.get((conversation, activity))
        if message is None or message.get("deleted"):
            raise Refused("ActivityNotFoundInConversation")
        return message

    def _own(self, request: web.Request) -> tuple[str, Json]:
        conversation, activity = self._conversation(request, writes=True), request.match_info["activity"]
        if (conversation, activity) in self._heard:
            raise Refused("NotEnoughPermissions", "The message is not the bot's own.")
        return conversation, self._standing(conversation, activity)

    def _checked(self, request: web.Request, raw: bytes, conversation: str) -> Json:
        activity = _object(request, raw)
        if not self.check_cards:
            return activity
        if len(raw) > MOST_BYTES and size_of(activity) > MOST_BYTES:
            self.faults.append("MessageSizeTooBig: over 28 KB")
            raise Refused("MessageSizeTooBig")
        faults = faults_of_activity(activity)
        if _inside(activity, "from", "id") not in (None, self.bot):
            faults.append("from is not the bot")
        if _inside(activity, "conversation", "id") not in (None, conversation):
            faults.append("conversation is not the one in the address")
        if faults:
            self.faults += faults
            raise Refused("BadArgument", faults[0])
        return activity

    def _post(self, conversation: str, activity: Json) -> web.Response:
        posted = {**activity, "id": self._new_id(), "conversation": {"id": conversation}}
        if activity.get("type") == "message":
            self._by_id[conversation, posted["id"]] = posted
            self.messages.append(posted)
        return web.json_response({"id": posted["id"]}, status=201)

    def _new_id(self) -> str:
        """Milliseconds, as Teams has it, but never the same twice."""
        with self._lock:
            self._last_id = max(int(time.time() * 1000), self._last_id + 1)
            return str(self._last_id)

    # Not Microsoft's: how another process uses it

    async def _see(self, request: web.Request) -> web.Response:
        seen = self.seen()
        if "counts" in request.query:
            seen = {name: len(value) if isinstance(value, list) else value for name, value in seen.items()}
        return web.json_response(seen)

    async def _disturb(self, request: web.Request) -> web.Response:
        """A `Disturbance` with ``call``; or any of the names below."""
        what = await request.json()
        if "call" in what:
            self.disturb(what.pop("call"), Disturbance(**what))
            return web.Response()
        self.unreachable.update(what.get("unreachable", {}))
        self.limits = what.get("limits", self.limits)
        for user in what.get("forget", []):
            self.forget(user)
        if what.get("revoke_tokens"):
            self.issuer.revoke_tokens()
        if what.get("roll_keys"):
            self.issuer.roll_keys()
        return web.Response()

    async def _sign(self, request: web.Request) -> web.Response:
        return web.json_response({"token": self.issuer.sign_for_bot(**await request.json())})

    async def _hear(self, request: web.Request) -> web.Response:
        return web.json_response(self.heard(**await request.json()))


def _is_uuid(given: str) -> bool:
    try:
        return str(UUID(given)) == given.lower()
    except ValueError:
        return False


def _object(request: web.Request, raw: bytes) -> Json:
    if request.content_type != "application/json":
        raise Refused("BadSyntax", "the body is not application/json")
    try:
        given = json.loads(raw)
    except ValueError:
        raise Refused("BadSyntax", "the body is not JSON") from None
    if not isinstance(given, dict):
        raise Refused("BadSyntax", "the body is no object")
    return given


def _inside(given: Any, *names: str) -> Any:
    for name in names:
        given = given.get(name) if isinstance(given, dict) else None
    return given


def _refusal(code: str, message: str = "", *, status: int = 0, retry_after: int = 0) -> web.Response:
    usual, words = ERRORS.get(code, (400, code))
    headers = {"Retry-After": str(retry_after)} if retry_after else {}
    body: Json = {"error": {"code": code, "message": message or words}}
    if code == "MessageWritesBlocked":
        inner = {"subCode": code, "details": message or words, "errorCode": None, "errorSubCode": None}
        body = {"errorCode": 209, "message": json.dumps(inner, indent=2)}
    return web.json_response(body, status=status or usual, headers=headers)


def main() -> None:
    options = argparse.ArgumentParser(description="A Bot Connector of our own, on loopback.")
    options.add_argument("--port", type=int, default=0)
    options.add_argument("--fast", action="store_true", help="do not check cards: for benchmarks")
    options.add_argument("--delay", type=float, default=0.0, help="seconds that each posting takes")
    options.add_argument("--limits", action="store_true", help="hold to Teams' limits for each conversation")
    chosen = options.parse_args()
    connector = FakeConnector(check_cards=not chosen.fast, limits=chosen.limits)
    connector.delay = chosen.delay
    asyncio.run(connector.serve(chosen.port, lambda: print(connector.url, flush=True)))  # noqa: T201 (says where it is)


if __name__ == "__main__":
    main()
