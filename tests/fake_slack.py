"""A Slack of our own on loopback: the Web API's methods that we call, as strict as the real one.

In a test: ``with FakeSlack() as slack: ... slack.url ... slack.messages``. As a program of its own:
``python -m tests.fake_slack --port 9000``, read by ``GET /_seen`` and disturbed by ``POST /_disturb``.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import threading
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from aiohttp import web

from tests.fake_socket import FakeSocket
from tests.slack_limits import Json, faults_of_home, faults_of_message, faults_of_view

TEAM = "T0TABLE"
BOT = "U0BOT"
TOKEN = "xoxb-of-the-tests"
SECRET = "signing-secret-of-the-tests"
CLIENT = ("1234.5678", "client-secret-of-the-tests")
APP_TOKEN = "xapp-of-the-tests"


class Refused(Exception):
    """An answer that is not "ok"."""


@dataclass(frozen=True)
class Disturbance:
    """What happens to one call instead of its usual answer."""

    status: int = 200
    error: str = ""
    retry_after: int = 0
    body: str = ""
    drop: Literal["", "before", "after"] = ""


@dataclass
class File:
    """A file that was sent up."""

    id: str
    name: str
    length: int
    alt: str
    content: bytes = b""
    shared_in: list[str] = field(default_factory=list)


@dataclass
class View:
    """A modal that stands open for a person."""

    id: str
    user: str
    hash: str
    view: Json


ARGUMENTS = {
    "apps.connections.open": "",
    "auth.teams.list": "limit cursor",
    "auth.test": "",
    "chat.postEphemeral": "channel user text blocks parse link_names",
    "chat.postMessage": "channel text blocks metadata parse link_names mrkdwn unfurl_links unfurl_media thread_ts",
    "chat.update": "channel ts text blocks metadata parse link_names",
    "conversations.history": "channel oldest latest inclusive include_all_metadata limit cursor",
    "conversations.info": "channel",
    "conversations.invite": "channel users",
    "conversations.open": "users return_im",
    "files.completeUploadExternal": "files channel_id initial_comment thread_ts",
    "files.getUploadURLExternal": "filename length alt_txt snippet_type",
    "files.info": "file",
    "oauth.v2.access": "client_id client_secret code redirect_uri",
    "users.info": "user include_locale",
    "views.open": "trigger_id view",
    "views.publish": "user_id view hash",
}


class FakeSlack:
    """Everything that was posted, opened and sent up stands in its attributes, oldest first.

    ``messages`` are Slack's message objects with ``channel``; those only one person sees also have ``ephemeral_to``.
    ``homes`` are the Home views as they now stand, by user id.
    ``faults`` names whatever it refused because of limits: it should stay empty. ``calls`` counts by method.
    ``socket`` is its Socket Mode.
    ``unreachable`` maps a user id to the code Slack answers for them; ``channels`` the channels to their members,
    ``names`` to what they are called, and ``archived`` are those that are; ``guests`` cannot be added to channels;
    ``tokens`` maps each token that is good to its team; ``codes`` what oauth.v2.access hands out, once, for each code.
    ``delay`` holds each posting back (seconds). ``check_blocks`` off makes it fast enough for benchmarks.
    """

    def __init__(self, *, token: str = TOKEN, secret: str = SECRET, check_blocks: bool = True) -> None:
        self.token, self.secret, self.check_blocks = token, secret, check_blocks
        self.team, self.bot = TEAM, BOT
        self.tokens = {token: TEAM}
        self.grid: list[str] = []
        self.codes: dict[str, Json] = {}
        self.url = ""
        self.calls: Counter[str] = Counter()
        self.messages: list[Json] = []
        self.by_ts: dict[tuple[str, str], Json] = {}
        self.faults: list[str] = []
        self.views: list[View] = []
        self.homes: dict[str, Json] = {}
        self.files: dict[str, File] = {}
        self.people: dict[str, Json] = {}
        self.unreachable: dict[str, str] = {}
        self.channels: dict[str, set[str]] = {"C0GROUP": {BOT}}
        self.names = {"C0GROUP": "our-group"}
        self.archived: set[str] = set()
        self.guests: set[str] = set()
        self.socket = FakeSocket()
        self.delay = 0.0
        self.trigger_life = 3.0
        self._triggers: dict[str, tuple[str, float]] = {}
        self._disturbances: defaultdict[str, deque[Disturbance]] = defaultdict(deque)
        self._number = 0
        self._last_ts = 0.0
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopped: asyncio.Event | None = None

    # What tests do with it

    def __enter__(self) -> FakeSlack:
        ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self.serve(0, ready.set)), daemon=True)
        self._thread.start()
        if not ready.wait(20):
            raise TimeoutError("the fake Slack did not start")
        return self

    def __exit__(self, *_: object) -> None:
        if self._loop and self._stopped and self._thread:
            self._loop.call_soon_threadsafe(self._stopped.set)
            self._thread.join(20)

    def disturb(self, method: str, *what: Disturbance) -> None:
        """The next calls of `method` go wrong, one after the other."""
        self._disturbances[method].extend(what)

    def trigger(self, user: str) -> str:
        """A trigger id, as it comes with what `user` just did. It opens one modal within 3 seconds."""
        trigger = f"{self.next_id('')}.{self.team}.trigger"
        self._triggers[trigger] = (user, time.monotonic())
        return trigger

    def direct_with(self, user: str) -> str:
        """The id of the bot's direct message with `user`."""
        return f"D{user[1:]}"

    def post(self, channel: str, **message: Any) -> Json:
        """Put a message into `channel`."""
        with self._lock:
            self._last_ts = max(time.time(), self._last_ts + 0.000001)
            posted: Json = {"type": "message", "channel": channel, "ts": f"{self._last_ts:.6f}", **message}
            self.by_ts[channel, posted["ts"]] = posted
            self.messages.append(posted)
        return posted

    def next_id(self, letter: str) -> str:
        """A new id that begins with `letter`."""
        with self._lock:
            self._number += 1
            return f"{letter}{self._number:08d}"

    def view_of(self, user: str) -> View | None:
        """The modal that stands open for `user`."""
        return next((view for view in reversed(self.views) if view.user == user), None)

    def seen(self) -> Json:
        """Everything there is, for programs that read it over HTTP."""
        return {
            "calls": dict(self.calls),
            "messages": list(self.messages),
            "views": [{"id": view.id, "user": view.user, "view": view.view} for view in self.views],
            "files": [{"id": file.id, "name": file.name, "shared_in": file.shared_in} for file in self.files.values()],
            "faults": list(self.faults),
        }

    # The server

    async def serve(self, port: int, ready: Callable[[], object] = lambda: None) -> None:
        """Serve on loopback until stopped. Calls `ready` once ``url`` is known."""
        self._loop, self._stopped = asyncio.get_running_loop(), asyncio.Event()
        self.socket.loop = self._loop
        app = web.Application(client_max_size=32 * 1024 * 1024)
        app.add_routes(
            [
                web.route("*", "/api/{method}", self._call),
                web.post("/upload/{file}", self._upload),
                web.get("/link/", self.socket.link),
                web.get("/_seen", self._seen),
                web.post("/_disturb", self._disturb),
            ]
        )
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await runner.setup()
        try:
            site = web.TCPSite(runner, "127.0.0.1", port)
            await site.start()
            self.url = f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
            ready()
            await self._stopped.wait()
        finally:
            await runner.cleanup()

    async def _call(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        self.calls[method] += 1
        disturbances = self._disturbances[method]
        disturbance = disturbances.popleft() if disturbances else None
        if disturbance and (early := self._disturbed(request, disturbance)):
            return early
        if method == "chat.postMessage" and self.delay:
            await asyncio.sleep(self.delay)
        try:
            answer = {"ok": True, **self._answer(method, await _arguments(request), request)}
        except Refused as why:
            answer = {"ok": False, "error": str(why)}
        if disturbance and disturbance.drop == "after" and request.transport:
            request.transport.abort()
        return web.json_response(answer)

    def _disturbed(self, request: web.Request, what: Disturbance) -> web.Response | None:
        if what.drop == "before" and request.transport:
            request.transport.abort()
            return web.Response()
        headers = {"Retry-After": str(what.retry_after)} if what.retry_after else {}
        if what.error:
            return web.json_response({"ok": False, "error": what.error}, status=what.status, headers=headers)
        if what.status != 200 or what.body:
            text = what.body or "<html>something is wrong</html>"
            return web.Response(status=what.status, text=text, content_type="text/html", headers=headers)
        return None

    def _answer(self, method: str, given: Json, request: web.Request) -> Json:
        if method not in ARGUMENTS:
            raise Refused("unknown_method")
        authorization = request.headers.get("Authorization", "")
        token = authorization.removeprefix("Bearer ")
        if method == "oauth.v2.access":
            return self._oauth_v2_access(given)
        if method == "apps.connections.open" and token == APP_TOKEN:
            return self._apps_connections_open(given)
        if token not in self.tokens:
            raise Refused("invalid_auth" if authorization else "not_authed")
        if method == "auth.test":
            return {**self._auth_test(given), "team_id": self.tokens[token]}
        self._same_team(given, self.tokens[token])
        if unknown := set(given) - set(ARGUMENTS[method].split()) - {"team_id"}:
            self.faults.append(f"{method}: no such argument: {sorted(unknown)}")
            raise Refused("invalid_arguments")
        answer: Callable[[Json], Json] = getattr(self, "_" + method.replace(".", "_"))
        return answer(given)

    # The methods, by their own names

    def _auth_test(self, given: Json) -> Json:
        return {"team_id": self.team, "user_id": self.bot, "bot_id": "B0BOT", "url": "https://table.slack.test/"}

    def _apps_connections_open(self, given: Json) -> Json:
        return {"url": self.url.replace("http:", "ws:").replace("/api/", f"/link/?ticket={self.socket.ticket()}")}

    def _auth_teams_list(self, given: Json) -> Json:
        return {"teams": [{"id": team, "name": f"Ward {team}"} for team in self.grid]}

    def _oauth_v2_access(self, given: Json) -> Json:
        if (given.get("client_id"), given.get("client_secret")) != CLIENT:
            raise Refused("invalid_client_id")
        if given.get("code") not in self.codes:
            raise Refused("invalid_code")
        handed_out = self.codes.pop(given["code"])
        self.tokens[handed_out["access_token"]] = (handed_out.get("team") or handed_out["enterprise"])["id"]
        return handed_out

    def _users_info(self, given: Json) -> Json:
        user = given.get("user", "")
        if user not in self.people:
            raise Refused("user_not_found")
        return {"user": {"id": user, **self.people[user]}}

    def _conversations_open(self, given: Json) -> Json:
        user = given.get("users", "")
        if user in self.unreachable:
            raise Refused(self.unreachable[user])
        if not user.startswith(("U", "W")) or "," in user:
            raise Refused("user_not_found")
        return {"channel": {"id": self.direct_with(user)}}

    def _conversations_info(self, given: Json) -> Json:
        channel = given.get("channel", "")
        if channel not in self.channels:
            raise Refused("channel_not_found")
        member = self.bot in self.channels[channel]
        told = {"id": channel, "name": self.names.get(channel, "somewhere"), "is_member": member}
        return {"channel": {**told, "is_archived": channel in self.archived}}

    def _conversations_invite(self, given: Json) -> Json:
        channel, user = self._reachable(given.get("channel", "")), given.get("users", "")
        if user not in self.people:
            raise Refused("user_not_found")
        if user in self.channels[channel]:
            raise Refused("already_in_channel")
        if user in self.guests:
            raise Refused("user_is_ultra_restricted")
        self.channels[channel].add(user)
        return {"channel": {"id": channel}}

    def _chat_postMessage(self, given: Json) -> Json:  # noqa: N802 (Slack's name)
        channel = self._reachable(given.get("channel", ""))
        self._check_message(given)
        message = self.post(channel, **self._content(given))
        return {"channel": channel, "ts": message["ts"], "message": message}

    def _chat_update(self, given: Json) -> Json:
        channel = self._reachable(given.get("channel", ""))
        message = self.by_ts.get((channel, given.get("ts", "")))
        if message is None:
            raise Refused("message_not_found")
        if message["user"] != self.bot or message.get("ephemeral_to"):
            raise Refused("cant_update_message")
        self._check_message(given)
        message.update(self._content(given), edited={"user": self.bot, "ts": f"{time.time():.6f}"})
        return {"channel": channel, "ts": message["ts"], "text": message["text"]}

    def _chat_postEphemeral(self, given: Json) -> Json:  # noqa: N802 (Slack's name)
        channel = self._reachable(given.get("channel", ""))
        self._check_message(given)
        return {"message_ts": self.post(channel, ephemeral_to=given["user"], **self._content(given))["ts"]}

    def _views_open(self, given: Json) -> Json:
        user, made = self._triggers.get(given.get("trigger_id", ""), ("", 0.0))
        if not user:
            raise Refused("invalid_trigger_id")
        if time.monotonic() - made > self.trigger_life:
            raise Refused("expired_trigger_id")
        self._triggers[given["trigger_id"]] = ("", 0.0)
        return {"view": {"id": self.show(user, given.get("view", {})).id}}

    def _views_publish(self, given: Json) -> Json:
        user = given.get("user_id", "")
        if user in self.unreachable or user not in self.people:
            raise Refused("user_not_found" if user not in self.people else "not_enabled")
        if self.check_blocks and (faults := faults_of_home(given.get("view"))):
            self.faults += faults
            raise Refused("invalid_arguments")
        self.homes[user] = {**given["view"], "id": self.next_id("V"), "hash": self.next_id("h")}
        return {"view": self.homes[user]}

    def show(self, user: str, view: Json) -> View:
        """Open `view` for `user`, in place of any that is open."""
        if self.check_blocks and (faults := faults_of_view(view)):
            self.faults += faults
            raise Refused("invalid_arguments")
        self.views = [other for other in self.views if other.user != user]
        self.views.append(View(self.next_id("V"), user, self.next_id("h"), view))
        return self.views[-1]

    def _conversations_history(self, given: Json) -> Json:
        channel = self._reachable(given.get("channel", ""))
        oldest, start, limit = (
            float(given.get("oldest") or 0),
            int(given.get("cursor") or 0),
            int(given.get("limit") or 100),
        )
        found = [
            message if given.get("include_all_metadata") in ("1", "true", True) else {**message, "metadata": None}
            for message in reversed(self.messages)
            if message["channel"] == channel and float(message["ts"]) > oldest and not message.get("ephemeral_to")
        ]
        rest = str(start + limit) if len(found) > start + limit else ""
        return {"messages": found[start : start + limit], "response_metadata": {"next_cursor": rest}}

    def _files_getUploadURLExternal(self, given: Json) -> Json:  # noqa: N802 (Slack's name)
        name, alt = given.get("filename", ""), given.get("alt_txt", "")
        if not name or int(given.get("length") or 0) <= 0:
            raise Refused("invalid_arguments")
        if name.endswith(".png") and not alt:
            self.faults.append("a picture without alt text")
            raise Refused("invalid_arguments")
        file = File(self.next_id("F"), name, int(given["length"]), alt)
        self.files[file.id] = file
        return {"file_id": file.id, "upload_url": self.url.replace("/api/", f"/upload/{file.id}")}

    def _files_completeUploadExternal(self, given: Json) -> Json:  # noqa: N802 (Slack's name)
        listed = given.get("files")
        wanted = json.loads(listed) if isinstance(listed, str) else listed
        files = [self.files.get(one["id"]) for one in wanted or []]
        channel = self._reachable(given["channel_id"]) if given.get("channel_id") else ""
        for file in files:
            if file is None or len(file.content) != file.length:
                raise Refused("file_not_found")
            if channel and channel not in file.shared_in:
                file.shared_in.append(channel)
                shown = {"id": file.id, "name": file.name, "alt_txt": file.alt}
                self.post(channel, user=self.bot, text=given.get("initial_comment", ""), files=[shown])
        return {"files": [{"id": file.id} for file in files if file]}

    def _files_info(self, given: Json) -> Json:
        file = self.files.get(given.get("file", ""))
        if file is None:
            raise Refused("file_not_found")
        shares: Json = {channel: [{"ts": "1.0"}] for channel in file.shared_in}
        return {"file": {"id": file.id, "name": file.name, "shares": {"private": shares}}}

    # What they share

    def _reachable(self, channel: str) -> str:
        if channel.startswith("D"):
            if code := self.unreachable.get(f"U{channel[1:]}"):
                raise Refused(code)
            return channel
        if channel not in self.channels:
            raise Refused("channel_not_found")
        if self.bot not in self.channels[channel]:
            raise Refused("not_in_channel")
        if channel in self.archived:
            raise Refused("is_archived")
        return channel

    def _same_team(self, given: Json, team: str) -> None:
        """A token of one workspace knows nobody of another."""
        user = given.get("users") or given.get("user") or f"U{given.get('channel', '')[1:]}"
        if self.people.get(user, {}).get("team_id", team) != team:
            raise Refused("user_not_found")

    def _check_message(self, given: Json) -> None:
        if not given.get("text") and not given.get("blocks"):
            raise Refused("no_text")
        if not self.check_blocks:
            return
        if faults := faults_of_message(given.get("text"), given.get("blocks")):
            self.faults += faults
            raise Refused("invalid_blocks")

    def _content(self, given: Json) -> Json:
        content = {name: given[name] for name in ("text", "blocks", "metadata") if given.get(name)}
        return {"user": self.bot, "bot_id": "B0BOT", "blocks": [], **content}

    # Not Slack's: how another process uses it

    async def _upload(self, request: web.Request) -> web.Response:
        file = self.files.get(request.match_info["file"])
        if file is None:
            return web.Response(status=404)
        file.content = await request.read()
        return web.Response(text=f"OK - {len(file.content)}")

    async def _seen(self, request: web.Request) -> web.Response:
        if "counts" in request.query:
            return web.json_response({"calls": dict(self.calls), "messages": len(self.messages)})
        return web.json_response(self.seen())

    async def _disturb(self, request: web.Request) -> web.Response:
        what = await request.json()
        self.disturb(what.pop("method"), Disturbance(**what))
        return web.Response()


async def _arguments(request: web.Request) -> Json:
    if request.content_type == "application/json":
        given = await request.json()
        return given if isinstance(given, dict) else {}
    form = await request.post() if request.method == "POST" else {}
    given = {**request.query, **{name: value for name, value in form.items() if isinstance(value, str)}}
    for name in ("blocks", "metadata", "view"):
        if name in given:
            given[name] = json.loads(given[name])
    return given


def main() -> None:
    options = argparse.ArgumentParser(description="A Slack of our own, on loopback.")
    options.add_argument("--port", type=int, default=0)
    options.add_argument("--fast", action="store_true", help="do not check blocks: for benchmarks")
    options.add_argument("--delay", type=float, default=0.0, help="seconds that each chat.postMessage takes")
    chosen = options.parse_args()
    slack = FakeSlack(check_blocks=not chosen.fast)
    slack.delay = chosen.delay
    asyncio.run(slack.serve(chosen.port, lambda: print(slack.url, flush=True)))  # noqa: T201 (says where it is)


if __name__ == "__main__":
    main()
