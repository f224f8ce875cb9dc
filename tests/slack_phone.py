"""A person's Slack: presses what is rendered, fills the modal that is open, and sends what Slack would send, signed."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import re
import time
from collections.abc import Mapping, Sequence
from typing import Any, Literal
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.fake_slack import FakeSlack, View
from tests.slack_limits import Json

Given = str | bool | Sequence[str]

APP = "A0TABLE"


class SlackPhone:
    """One person in Slack. ``url`` is the program's ``/slack/events``. Guests may use
    no slash command and no short cut.

    ``socket``: what they do reaches the program by Socket Mode instead.

    ``errors`` holds what stood beside the fields after the last form was sent: label -> words.
    """

    def __init__(
        self,
        slack: FakeSlack,
        url: str,
        *,
        user: str,
        name: str = "someone",
        channels: tuple[str, ...] = (),
        team: str = "",
        socket: bool = False,
    ) -> None:
        self.slack, self.url, self.user, self.name, self.socket = slack, url, user, name, socket
        self.team = team or slack.team
        self.errors: dict[str, str] = {}
        self._state: dict[str, Json] = {}
        self._state_of = ""
        slack.people.setdefault(user, {"name": name, "tz": "Europe/London", "is_bot": False, "team_id": self.team})
        for channel in channels:
            slack.channels[channel].add(user)

    # What the person does

    def say(self, text: str) -> None:
        """Write to the bot in the direct message."""
        self._no_form_in_the_way()
        assert text.strip(), "Slack sends no empty message"
        channel = self._direct()
        message = self.slack.post(channel, user=self.user, text=_escaped(text))
        self._event({"type": "message", "channel_type": "im", **_told(message)})

    def mention(self, channel: str, text: str) -> None:
        """Write to the bot where others read it."""
        self._no_form_in_the_way()
        assert self.user in self.slack.channels[channel], f"{self.name} is not in that channel"
        words = f"<@{self.slack.bot}> {_escaped(text)}"
        message = self.slack.post(channel, user=self.user, text=words)
        self._event({**_told(message), "type": "app_mention"})

    def open(self) -> None:
        """Look at the bot's direct message, and write nothing."""
        self._event({"type": "app_home_opened", "user": self.user, "channel": self._direct(), "tab": "messages"})

    def change(
        self,
        *,
        name: str = "",
        time_zone: str = "",
        closed: bool = False,
        guest: Literal["", "of one channel", "of several"] | None = None,
        at: float = 0.0,
    ) -> None:
        """Be renamed, move to another time zone, have the account closed or (without ``closed``) opened again.

        ``guest``: become one, or (empty) a full member. ``at``: when Slack told (seconds, Unix time); an earlier one
        arrives late.
        """
        if guest is not None:
            self.be_guest(guest)
        stands = self.slack.people[self.user]
        stands |= {"name": name or stands["name"], "tz": time_zone or stands["tz"], "deleted": closed}
        if closed:
            self.slack.unreachable[self.user] = "user_disabled"
        else:
            self.slack.unreachable.pop(self.user, None)
        told = {"id": self.user, "team_id": self.team, **stands, "profile": {"display_name": stands["name"]}}
        self._event({"type": "user_change", "user": told, "cache_ts": int(time.time())}, at=at)

    def be_guest(self, of: Literal["", "of one channel", "of several"] = "of several") -> None:
        """Be a guest of the workspace, or (empty) a full member. Slack is yet to tell the program."""
        one = of == "of one channel"
        self.slack.people[self.user] |= {"is_restricted": bool(of), "is_ultra_restricted": one}

    def _is_guest(self) -> bool:
        return bool(self.slack.people[self.user].get("is_restricted"))

    def open_home(self) -> None:
        """Look at the bot's Home."""
        self._event({"type": "app_home_opened", "user": self.user, "channel": self._direct(), "tab": "home"})

    def home_press(self, label: str) -> None:
        """Press the button with this label on the Home."""
        self._no_form_in_the_way()
        view = self.slack.homes[self.user]
        found = [(block, element) for block, element in _buttons(view) if element["text"]["text"] == label]
        assert len(found) == 1, f"not one button of the Home says {label!r}:\n{self.home()}"
        block, element = found[0]
        action = {name: value for name, value in element.items() if name != "accessibility_label"}
        self._interact(
            {
                "type": "block_actions",
                "container": {"type": "view", "view_id": view["id"]},
                "trigger_id": self.slack.trigger(self.user),
                "view": {**view, "team_id": self.team, "state": {"values": {}}, "app_id": APP},
                "actions": [{**action, "block_id": block.get("block_id", "b1"), "action_ts": f"{time.time():.6f}"}],
            }
        )

    def shortcut(self, callback: str) -> None:
        """Choose a global short cut."""
        assert not self._is_guest(), "this workspace lets guests use no short cut"
        trigger = self.slack.trigger(self.user)
        stamp = f"{time.time():.6f}"
        self._quietly({"type": "shortcut", "callback_id": callback, "trigger_id": trigger, "action_ts": stamp})

    def message_shortcut(self, callback: str, message: Json) -> None:
        """Choose a short cut in the menu of a message."""
        assert not self._is_guest(), "this workspace lets guests use no short cut"
        self._quietly(
            {
                "type": "message_action",
                "callback_id": callback,
                "trigger_id": self.slack.trigger(self.user),
                "action_ts": f"{time.time():.6f}",
                "message_ts": message["ts"],
                "channel": {"id": message["channel"], "name": "somewhere"},
                "message": _told(message),
                "response_url": "https://hooks.slack.test/app/1",
            }
        )

    def _quietly(self, payload: Json) -> None:
        assert not self._interact(payload), "Slack takes no words in the answer to a short cut"

    def command(self, text: str, *, command: str = "/pag", channel: str = "") -> None:
        """Type a slash command; in the direct message, or in a channel."""
        assert not self._is_guest(), "this workspace lets guests use no slash command"
        self._no_form_in_the_way()
        where = channel or self._direct()
        form = {
            "token": "unused",
            "team_id": self.team,
            "team_domain": "table",
            "channel_id": where,
            "channel_name": "directmessage" if where.startswith("D") else "group",
            "user_id": self.user,
            "user_name": self.name,
            "command": command,
            "text": _escaped(text),
            "api_app_id": APP,
            "is_enterprise_install": "false",
            "response_url": "https://hooks.slack.test/commands/1",
            "trigger_id": self.slack.trigger(self.user),
        }
        status, body = self._send(urlencode(form), "application/x-www-form-urlencoded")
        assert status == 200, f"Slack would say that {command} failed: HTTP {status}"
        if body:
            answer = json.loads(body) if body.startswith("{") else {"text": body}
            assert answer.get("response_type", "ephemeral") == "ephemeral", "the whole channel would see the answer"
            self.slack.post(where, user=self.slack.bot, text=answer["text"], ephemeral_to=self.user)

    def channel_press(self, channel: str, label: str) -> None:
        """Press the button with this label, in the newest message of the channel that has it."""
        self._no_form_in_the_way()
        self._press(*self._button_in(self._seen(channel), label))

    def channel_event(self, kind: str, channel: str, *, at: float = 0.0, **more: Any) -> None:
        """Something happens to the channel, and Slack tells the bot: ``kind`` is the event's type."""
        self._event({"type": kind, "channel": channel, "user": self.user, **more}, at=at)

    def archive(self, channel: str) -> None:
        """Archive the channel."""
        self.slack.archived.add(channel)
        self.channel_event("channel_archive", channel)

    def unarchive(self, channel: str) -> None:
        """Open the channel again."""
        self.slack.archived.discard(channel)
        self.channel_event("channel_unarchive", channel)

    def rename(self, channel: str, name: str) -> None:
        """Give the channel another name."""
        self.slack.names[channel] = name
        named = {"id": channel, "name": name, "created": int(time.time())}
        self._event({"type": "channel_rename", "channel": named})

    def press(self, label: str) -> None:
        """Press the button with this label, in the newest message that has it."""
        self._no_form_in_the_way()
        self._press(*self._button(label))

    def _press(self, message: Json, block: Json, element: Json) -> None:
        action = {name: value for name, value in element.items() if name not in ("accessibility_label", "confirm")}
        pressed = {**action, "block_id": block.get("block_id", "b1"), "action_ts": f"{time.time():.6f}"}
        container = {
            "type": "message",
            "message_ts": message["ts"],
            "channel_id": message["channel"],
            "is_ephemeral": bool(message.get("ephemeral_to")),
        }
        self._interact(
            {
                "type": "block_actions",
                "container": container,
                "trigger_id": self.slack.trigger(self.user),
                "channel": {"id": message["channel"], "name": "directmessage"},
                "message": _told(message),
                "state": {"values": {}},
                "response_url": "https://hooks.slack.test/actions/1",
                "actions": [pressed],
            }
        )

    def fill(self, given: Mapping[str, Given] | None = None, **more: Given) -> None:
        """Fill in the open form and send it. Fields by label (or label_with_underscores), options by their labels.

        What is not given stays as it is: empty, as it was filled in before, or as the bot filled it in.
        """
        view = self._open_view()
        state = self._standing(view)
        for label, answer in {**(given or {}), **more}.items():
            block = _field(view.view, label)
            state[block["block_id"]] = _filled(block, answer)
        for block in _inputs(view.view):
            empty = _is_empty(state[block["block_id"]])
            assert block.get("optional") or not empty, f"Slack asks to fill in {block['label']['text']!r} first"
        self._submit(view, state)

    def close(self) -> None:
        """Leave the open form without sending it."""
        self.slack.views.remove(self._open_view())

    # What the person sees

    def screen(self) -> str:
        """All that can be read in the direct message, newest last."""
        return "\n\n".join(_visible(message) for message in self._seen(self._direct()))

    def channel(self, channel: str) -> str:
        """All that this person can read in a channel, newest last."""
        return "\n\n".join(_visible(message) for message in self._seen(channel))

    def messages(self) -> list[str]:
        """What the bot said in the direct message, newest last."""
        return [_visible(message) for message in self._seen(self._direct()) if message["user"] == self.slack.bot]

    def last(self) -> str:
        """The newest of `messages`, or empty."""
        return (self.messages() or [""])[-1]

    def home(self) -> str:
        """All that can be read on the Home, or empty where there is none as yet."""
        assert not self.slack.faults, self.slack.faults
        return "\n".join(_words(self.slack.homes.get(self.user, {}).get("blocks", [])))

    def buttons(self) -> list[str]:
        """The labels of the buttons in the newest message that has any."""
        for message in reversed(self._seen(self._direct())):
            if labels := [element["text"]["text"] for _, element in _buttons(message)]:
                return labels
        return []

    def form(self) -> str:
        """All that can be read in the open form, or empty."""
        view = self.slack.view_of(self.user)
        return "\n".join([view.view["title"]["text"], *_words(view.view["blocks"])]) if view else ""

    def _seen(self, channel: str) -> list[Json]:
        assert not self.slack.faults, self.slack.faults
        assert channel.startswith("D") or self.user in self.slack.channels[channel], f"{self.name} is not in there"
        messages = [message for message in list(self.slack.messages) if message["channel"] == channel]
        return [message for message in messages if message.get("ephemeral_to", self.user) == self.user]

    def _button(self, label: str) -> tuple[Json, Json, Json]:
        places = [self._direct(), *(channel for channel, who in self.slack.channels.items() if self.user in who)]
        seen = sorted((message for place in places for message in self._seen(place)), key=lambda one: one["ts"])
        return self._button_in(seen, label)

    def _button_in(self, seen: list[Json], label: str) -> tuple[Json, Json, Json]:
        for message in reversed(seen):
            found = [(block, element) for block, element in _buttons(message) if element["text"]["text"] == label]
            assert len(found) < 2, f"two buttons say {label!r}"
            if found:
                return message, *found[0]
        raise AssertionError(f"no button says {label!r}; the newest say {self.buttons()}")

    # The form

    def _open_view(self) -> View:
        view = self.slack.view_of(self.user)
        assert view, "no form is open"
        return view

    def _no_form_in_the_way(self) -> None:
        assert not self.slack.view_of(self.user), "a form is open: fill() it or close() it first"

    def _standing(self, view: View) -> dict[str, Json]:
        """What stands in the fields now."""
        if self._state_of != view.id:
            self._state_of = view.id
            self._state = {block["block_id"]: _initial(block["element"]) for block in _inputs(view.view)}
        return self._state

    def _submit(self, view: View, state: dict[str, Json]) -> None:
        inputs = _inputs(view.view)
        values = {block["block_id"]: {block["element"]["action_id"]: state[block["block_id"]]} for block in inputs}
        sent = {
            **view.view,
            "id": view.id,
            "hash": view.hash,
            "team_id": self.team,
            "root_view_id": view.id,
            "app_id": APP,
            "bot_id": "B0BOT",
            "state": {"values": values},
        }
        self.errors = {}
        body = self._interact({"type": "view_submission", "view": sent, "trigger_id": self.slack.trigger(self.user)})
        answer = json.loads(body) if body else {}
        labels = {block["block_id"]: block["label"]["text"] for block in inputs}
        match answer.get("response_action", "clear"):
            case "errors":
                assert answer["errors"], "Slack refuses an empty list of errors"
                self.errors = {labels[block_id]: words for block_id, words in answer["errors"].items()}
            case "update" | "push":
                self.slack.show(self.user, answer["view"])
            case "clear":
                self.slack.views.remove(view)
            case other:
                raise AssertionError(f"Slack knows no response_action {other!r}")

    # The wire

    def _direct(self) -> str:
        return self.slack.direct_with(self.user)

    def _event(self, event: Json, *, at: float = 0.0) -> None:
        envelope = {
            "type": "event_callback",
            "token": "unused",
            "team_id": self.team,
            "api_app_id": APP,
            "event_id": self.slack.next_id("Ev"),
            "event_time": int(time.time()),
            "authorizations": [{"team_id": self.team, "user_id": self.slack.bot, "is_bot": True}],
            "event": {**event, "team": self.team, "event_ts": f"{at or time.time():.6f}"},
        }
        status, _ = self._send(json.dumps(envelope), "application/json")
        assert status == 200, f"Slack would deliver this again: HTTP {status}"

    def _interact(self, payload: Json) -> str:
        user = {"id": self.user, "username": self.name, "name": self.name, "team_id": self.team}
        whole = {**payload, "user": user, "team": {"id": self.team, "domain": "table"}, "api_app_id": APP}
        status, body = self._send(
            urlencode({"payload": json.dumps({**whole, "token": "unused"})}), "application/x-www-form-urlencoded"
        )
        assert status == 200, f"Slack would show a warning sign: HTTP {status}"
        return body

    def _send(self, body: str, content_type: str) -> tuple[int, str]:
        if self.socket:
            if content_type == "application/json":
                return self.slack.socket.deliver("events_api", json.loads(body))
            form = dict(parse_qsl(body, keep_blank_values=True))
            if "payload" in form:
                return self.slack.socket.deliver("interactive", json.loads(form["payload"]))
            return self.slack.socket.deliver("slash_commands", form)
        return post(self.url, body.encode(), secret=self.slack.secret, content_type=content_type)


def post(url: str, body: bytes, *, secret: str, content_type: str, at: float | None = None) -> tuple[int, str]:
    """Post `body` to the program, signed as Slack signs. Returns the status and the answer's body."""
    stamp = str(int(time.time() if at is None else at))
    signed = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    headers = {
        "Content-Type": content_type,
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": f"v0={signed}",
        "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
    }
    where = urlsplit(url)
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=20)
    try:
        connection.request("POST", where.path, body=body, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def _told(message: Json) -> Json:
    """`message` as Slack tells the app of it."""
    return {name: value for name, value in message.items() if name not in ("ephemeral_to", "metadata")}


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _visible(message: Json) -> str:
    words = _words(message.get("blocks") or []) or [_plain(message.get("text", ""))]
    files = [f"[{file['name']}] {file['alt_txt']}".strip() for file in message.get("files", ())]
    return "\n".join(filter(None, [*words, *files]))


def _plain(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _words(part: Any) -> list[str]:
    """The words that can be read in a part of a message or form, in order. The text of one line stays one line."""
    if isinstance(part, list):
        return [words for item in part for words in _words(item)]
    match part:
        case {"type": "rich_text_section", "elements": elements}:
            return ["".join(element.get("text", "") for element in elements)]
        case {"type": "plain_text", "text": text}:
            return [text]
        case {"type": "mrkdwn", "text": text}:
            return [_plain(text)]
        case {"type": "image", "alt_text": alt}:
            return [alt]
        case dict():
            order = (
                "label",
                "text",
                "description",
                "fields",
                "hint",
                "element",
                "elements",
                "options",
                "option_groups",
            )
            return [words for name in order for words in _words(part.get(name))] + (
                [part["initial_value"]] if "initial_value" in part else []
            )
    return []


def _buttons(message: Json) -> list[tuple[Json, Json]]:
    blocks = [block for block in message.get("blocks") or [] if block["type"] == "actions"]
    return [(block, element) for block in blocks for element in block["elements"] if element["type"] == "button"]


def _inputs(view: Json) -> list[Json]:
    return [block for block in view["blocks"] if block["type"] == "input"]


def _field(view: Json, label: str) -> Json:
    """The field with this label, or with this label_with_underscores, or the only one that begins so."""
    inputs = _inputs(view)
    exact = [block for block in inputs if block["label"]["text"] == label]
    loose = [block for block in inputs if _slug(block["label"]["text"]) == _slug(label)]
    begun = [block for block in inputs if _slug(block["label"]["text"]).startswith(_slug(label))]
    for found in (exact, loose, begun):
        if len(found) == 1:
            return found[0]
    raise AssertionError(f"no one field says {label!r}; there are {[block['label']['text'] for block in inputs]}")


def _slug(label: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", label.lower()).strip("_")


def _options(element: Json) -> list[Json]:
    groups = element.get("option_groups") or [{"options": element.get("options", [])}]
    return [option for group in groups for option in group["options"]]


def _initial(element: Json) -> Json:
    match element["type"]:
        case "plain_text_input":
            return {"type": element["type"], "value": element.get("initial_value")}
        case "radio_buttons" | "static_select":
            return {"type": element["type"], "selected_option": element.get("initial_option")}
        case _:
            return {"type": element["type"], "selected_options": element.get("initial_options", [])}


def _is_empty(state: Json) -> bool:
    return not (state.get("value") or state.get("selected_option") or state.get("selected_options"))


def _filled(block: Json, answer: Given) -> Json:
    """What stands in the field of `block` once the person has answered."""
    element, label = block["element"], block["label"]["text"]
    if element["type"] == "plain_text_input":
        assert isinstance(answer, str), f"{label!r} is for typing"
        assert len(answer) <= element.get("max_length", 3000), f"Slack stops at {element['max_length']} characters"
        assert element.get("multiline") or "\n" not in answer, f"{label!r} has one line"
        return {"type": element["type"], "value": answer or None}
    if isinstance(answer, bool):
        answer = "Yes" if answer else "No"
    wanted = [answer] if isinstance(answer, str) else list(answer)
    chosen = [_option(element, words, label) for words in wanted]
    if element["type"] in ("radio_buttons", "static_select"):
        assert len(chosen) == 1, f"{label!r} takes one answer"
        return {"type": element["type"], "selected_option": chosen[0]}
    return {"type": element["type"], "selected_options": chosen}


def _option(element: Json, words: str, label: str) -> Json:
    """The option that reads `words`, its label alone or with its description."""
    for option in _options(element):
        whole = f"{option['text']['text']} {option.get('description', {}).get('text', '')}".strip()
        if words.casefold() in (option["text"]["text"].casefold(), whole.casefold()):
            return option
    raise AssertionError(f"{label!r} has no option {words!r}: {[one['text']['text'] for one in _options(element)]}")
