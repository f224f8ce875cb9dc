"""A person's Teams: presses and fills what is rendered, and sends what Teams would send, signed.

Activities: learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/subscribe-to-conversation-events,
learn.microsoft.com/adaptive-cards/authoring-cards/universal-action-model and
learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/task-modules/task-modules-bots.
"""

from __future__ import annotations

import html
import http.client
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, build_opener
from uuid import UUID, uuid5

from tests import teams_cards as cards
from tests.connector_limits import CARD, MOST_BYTES, faults_of_card, size_of
from tests.fake_connector import FakeConnector
from tests.teams_cards import Given, Json

BOT = "Round Table"
TEAM = "19:team@thread.tacv2"
CHANNEL = "19:group@thread.tacv2"
ZONE = "Europe/London"
SHOWN = "application/vnd.microsoft.activity.message"
_NAMES = UUID("00000000-0000-4000-8000-00000000abcd")


def directory_id(name: str) -> str:
    """The id in the tenant's directory of the person of this name."""
    return str(uuid5(_NAMES, name))


def contact_id(name: str) -> str:
    """The id that the person of this name has in conversations."""
    return f"29:{directory_id(name)[:8]}"


class TeamsPhone:
    """One person in Teams. ``url`` is the program's ``/teams/messages``. ``old``: a client without Action.Execute.

    ``errors`` holds what stood beside the fields after the last form was sent: label -> words. ``told`` is what Teams
    showed for a moment under the card that was pressed last.
    """

    def __init__(
        self,
        connector: FakeConnector,
        url: str,
        *,
        name: str,
        channels: tuple[str, ...] = (CHANNEL,),
        old: bool = False,
    ) -> None:
        self.connector, self.url, self.name, self.old = connector, url, name, old
        self.user, self.contact = directory_id(name), contact_id(name)
        self.errors: dict[str, str] = {}
        self.told = ""
        self._replaced: dict[str, tuple[int, Json]] = {}
        self._standing: dict[str, tuple[Json, dict[str, str]]] = {}
        self._dialog: Json | None = None
        self._acted = ""
        connector.people[self.contact] = {"name": name, "aadObjectId": self.user}
        for channel in channels:
            if self.contact not in connector.channels.setdefault(channel, []):
                connector.channels[channel].append(self.contact)

    # What the person does

    def install(self) -> None:
        """Add the bot to one's own Teams: it hears of that twice."""
        self._send(self._activity(type="conversationUpdate", membersAdded=[{"id": self.connector.bot}], nameless=True))
        self._send(self._activity(type="installationUpdate", action="add", nameless=True))

    def channel_event(self, kind: str, channel: str, *, name: str = "") -> None:
        """Something happens to the channel, and Teams tells the bot: ``kind`` is the event's type."""
        activity = self._activity(type="conversationUpdate", channel=channel)
        about = {"id": channel, **({"name": name} if name else {})}
        self._send({**activity, "channelData": {**activity["channelData"], "eventType": kind, "channel": about}})

    def uninstall(self) -> None:
        """Take the bot out of one's own Teams. It cannot write any more."""
        self._send(self._activity(type="installationUpdate", action="remove", nameless=True))
        self.connector.unreachable[self.contact] = "ForbiddenOperationException"

    def say(self, text: str) -> None:
        """Write to the bot in the personal chat."""
        self._no_dialog_in_the_way()
        assert text.strip(), "Teams sends no empty message"
        self._hear(self._activity(type="message", text=text, textFormat="plain"))

    def command(self, text: str, *, channel: str = "") -> None:
        """Teams has no slash commands: it is said in the personal chat, or to the bot where others read it."""
        if channel:
            self.mention(channel, text)
        else:
            self.say(text)

    def channel_press(self, channel: str, label: str) -> None:
        """Press the newest button with this label that stands in a channel."""
        self._no_dialog_in_the_way()
        self._press(*self._button(label, self._channel(channel)))

    def mention(self, channel: str, text: str) -> None:
        """Write to the bot where others read it. It starts a thread."""
        self._no_dialog_in_the_way()
        channel = self._channel(channel)
        tag = f"<at>{BOT}</at>"
        mention = {"type": "mention", "text": tag, "mentioned": {"id": self.connector.bot, "name": BOT}}
        words = f"{tag}&nbsp;{html.escape(text, quote=False)}\n"
        self._hear(self._activity(type="message", text=words, textFormat="plain", entities=[mention], channel=channel))

    def press(self, label: str) -> None:
        """Press the button with this label, in the newest message that has it, or in the open dialog."""
        if self._dialog is not None:
            card = self._dialog
            found = [one for one in cards.buttons(card) if one["title"] == label]
            assert found, f"a dialog is open, and no button of it says {label!r}"
            self._submit_dialog(found[0])
            return
        message, action = self._button(label)
        self._press(message, action)

    def fill(self, given: Mapping[str, Given] | None = None, **more: Given) -> None:
        """Fill in the form that was just offered and send it. Fields by label, options by their titles.

        What is not given stays as it is: empty, as it was filled in before, or as the bot filled it in.
        """
        message, card = self._form()
        if message and not cards.inputs(card):
            self._press(message, _opener(card))
            message, card = self._form()
        assert cards.inputs(card), "no form was offered"
        key = message.get("id", "dialog")
        self._standing[key] = (card, cards.filled(card, self._stands(key, card), {**(given or {}), **more}))
        if message:
            self._press(message, _sender(card))
        else:
            self._submit_dialog(_sender(card))

    def close(self) -> None:
        """Close the open dialog without sending it."""
        assert self._dialog is not None, "no dialog is open"
        self._dialog = None

    def download(self, label: str) -> tuple[str, bytes]:
        """Follow the newest link with this label, in a browser that nobody signed in to. Returns its type and bytes."""
        _, action = self._button(label)
        assert action["type"] == "Action.OpenUrl", f"{label!r} is no link"
        with build_opener(ProxyHandler({})).open(action["url"], timeout=20) as answer:
            return answer.headers["Content-Type"], answer.read()

    # What the person sees

    def screen(self) -> str:
        """All that can be read in the personal chat, newest last."""
        return "\n\n".join(self._visible(message) for message in self._seen())

    def channel(self, channel: str) -> str:
        """All that this person can read in a channel, newest last."""
        return "\n\n".join(self._visible(message) for message in self._seen(self._channel(channel)))

    def messages(self) -> list[str]:
        """What the bot said in the personal chat, newest last."""
        return [self._visible(message) for message in self._seen() if not _is_typed(message)]

    def last(self) -> str:
        """The newest of `messages`, or empty."""
        return (self.messages() or [""])[-1]

    def buttons(self) -> list[str]:
        """The labels of the buttons in the newest message that has any."""
        for message in reversed(self._seen()):
            if labels := [action["title"] for action in cards.buttons(self._card(message))]:
                return labels
        return []

    @property
    def form(self) -> str:
        """All that can be read in the form that was just offered, or empty."""
        _, card = self._form()
        return "\n".join(cards.words(card))

    def _seen(self, channel: str = "") -> list[Json]:
        assert not self.connector.faults, self.connector.faults
        if channel:
            shown = [one for one in self.connector.messages if _place(one) == channel and not one.get("deleted")]
            typed = [one for one in self.connector.said if _place(one) == channel]
        else:
            shown = self.connector.shown_to(self.contact)
            typed = [one for one in self.connector.said if one["conversation"]["id"].partition("-")[2] == self.contact]
        return sorted([*shown, *typed], key=lambda message: int(message["id"]))

    def _card(self, message: Json) -> Json | None:
        """The card of a message, or what took its place for this person since it was last changed for everybody."""
        changes, card = self._replaced.get(message["id"], (-1, {}))
        return card if changes == self._changes_of(message) else cards.card_of(message)

    def _changes_of(self, message: Json) -> int:
        return sum(update["id"] == message["id"] for update in self.connector.updates)

    def _visible(self, message: Json) -> str:
        card = self._card(message)
        if card is None:
            return html.unescape(message.get("text", ""))
        return "\n".join(cards.words(card))

    def _button(self, label: str, channel: str = "") -> tuple[Json, Json]:
        """The newest message with this button, and the button; in the personal chat, or else where others read it."""
        others = [one for one, who in self.connector.channels.items() if self.contact in who]
        places = [channel] if channel else ["", *others]
        seen = sorted((one for place in places for one in self._seen(place)), key=lambda one: int(one["id"]))
        for message in reversed(seen):
            found = [action for action in cards.buttons(self._card(message)) if action["title"] == label]
            assert len(found) < 2, f"two buttons say {label!r}"
            if found:
                return message, found[0]
        raise AssertionError(f"no button says {label!r}; the newest say {self.buttons()}")

    def _form(self) -> tuple[Json, Json]:
        """The message and the card of the form that was just offered; the dialog's where one is open; or nothing."""
        if self._dialog is not None:
            return {}, self._dialog
        for message in reversed(self._seen()):
            card = self._card(message)
            is_new = int(message["id"]) > int(self._acted or 0) or message["id"] in self._standing
            if card and is_new and (cards.inputs(card) or any(map(cards.opens_a_dialog, cards.buttons(card)))):
                return message, card
        return {}, {}

    # Pressing

    def _press(self, message: Json, action: Json) -> None:
        self.told = ""
        card = self._card(message)
        assert card is not None
        place = message["conversation"]["id"]
        common = {"replyToId": message["id"], "place": place}
        if self.old and action["type"] == "Action.Execute":
            action = action["fallback"]
        kind = action["type"]
        data = self._brought(card, message["id"], action)
        if kind == "Action.Execute":
            assert action.get("verb"), "an Action.Execute without a verb"
            pressed = {**action, "data": data}
            told = ("type", "title", "id", "verb", "data")
            value = {"action": {name: pressed[name] for name in told if name in pressed}, "trigger": "manual"}
            body = self._invoke("adaptiveCard/action", value, **common)
            self._take_in(message, body)
        elif cards.opens_a_dialog(action):
            self._open(self._invoke("task/fetch", {"data": data, "context": {"theme": "default"}}, **common))
        else:
            assert kind == "Action.Submit", f"{action['title']!r} sends nothing"
            self._hear(self._activity(type="message", value=data, **common), typed=False)

    def _brought(self, card: Json, key: str, action: Json) -> Json:
        """The data of an action with what stands in the inputs, once they pass the client's own look at them."""
        data = action.get("data", {})
        assert isinstance(data, dict), "with inputs, data is an object"
        if action.get("associatedInputs", "auto").lower() == "none":
            return data
        stands = self._stands(key, card)
        wrong = cards.refused(card, stands)
        assert not wrong, f"Teams asks to mend this first: {wrong}"
        return {**data, **stands}

    def _stands(self, key: str, card: Json) -> dict[str, str]:
        """What stands in the inputs: what was filled in, unless another card has taken the place of that one."""
        shown, stands = self._standing.get(key, ({}, {}))
        return stands if shown == card else cards.standing(card)

    def _take_in(self, message: Json, body: Any) -> None:
        """What Teams does with the answer to a press: a card takes the place of the pressed one, words are shown."""
        assert isinstance(body, dict), "Teams would say that it cannot reach the app"
        assert body.get("statusCode") == 200, f"Teams would say that something went wrong: {body}"
        value = body.get("value")
        # Without words Teams takes it for no answer, and sends the press again: github.com/vercel/chat/pull/903.
        assert value, "an empty answer to a press"
        if body.get("type") == SHOWN:
            assert isinstance(value, str)
            self.told = value
            return
        assert body.get("type") == CARD, f"Teams would not take an answer of type {body.get('type')!r}"
        self._check(value)
        self.errors = cards.errors(value)
        self._replaced[message["id"]] = (self._changes_of(message), value)
        if cards.inputs(value) and message["id"] in self._standing:
            self._standing[message["id"]] = (value, cards.standing(value))
        else:
            self._standing.pop(message["id"], None)

    # Dialogs

    def _open(self, body: Any) -> None:
        """What Teams does with the answer to a fetch or to a dialog that was sent."""
        self._standing.pop("dialog", None)
        self.errors = {}
        task = body.get("task") if isinstance(body, dict) else None
        if body is None or task is None:
            assert not body, f"Teams would not take {body}"
            assert self._dialog is not None, "Teams would show an empty dialog"
            self._dialog = None
            return
        if task.get("type") == "message":
            assert isinstance(task.get("value"), str), "a message is text"
            self.told, self._dialog = task["value"], None
            return
        assert task.get("type") == "continue", f"Teams knows no task {task.get('type')!r}"
        value = task["value"]
        assert value.get("title"), "a dialog needs a title"
        assert value["card"]["contentType"] == CARD
        self._dialog = value["card"]["content"]
        self._check(self._dialog)
        for action in cards.buttons(self._dialog):
            assert action["type"] in ("Action.Submit", "Action.OpenUrl"), f"a dialog takes no {action['type']}"
        self.errors = cards.errors(self._dialog)

    def _submit_dialog(self, action: Json) -> None:
        assert self._dialog is not None
        self.told = ""
        assert action["type"] == "Action.Submit", f"a dialog takes no {action['type']}"
        data = self._brought(self._dialog, "dialog", action)
        self._open(self._invoke("task/submit", {"data": data, "context": {"theme": "default"}}))

    def _no_dialog_in_the_way(self) -> None:
        assert self._dialog is None, "a dialog is open: fill() it or close() it first"

    def _check(self, card: Json) -> None:
        faults = faults_of_card(card)
        assert not faults, faults
        assert size_of({"attachments": [card]}) < MOST_BYTES, "over 28 KB"

    # The wire

    def _channel(self, channel: str) -> str:
        """The id of a channel, which the stories call by one name on every platform."""
        channel = channel if channel.startswith("19:") else CHANNEL
        assert self.contact in self.connector.channels[channel], f"{self.name} is not in that channel"
        return channel

    def _activity(self, *, channel: str = "", place: str = "", nameless: bool = False, **what: Any) -> Json:
        """What Teams tells of something this person did, in the personal chat or in a channel."""
        client = {"type": "clientInfo", "locale": "en-GB", "country": "GB", "platform": "Web", "timezone": ZONE}
        tenant = self.connector.tenant
        told: Json = {
            "localTimezone": ZONE,
            "locale": "en-GB",
            **what,
            "entities": [*what.get("entities", ()), client],
        }
        if nameless:
            told["from"] = {"id": self.contact, "aadObjectId": self.user}
        if channel or place.startswith("19:"):
            channel = channel or place.partition(";")[0]
            told |= {
                "conversation": {
                    "isGroup": True,
                    "conversationType": "channel",
                    "tenantId": tenant,
                    "id": place or channel,
                },
                "channelData": {
                    "teamsChannelId": channel,
                    "teamsTeamId": TEAM,
                    "channel": {"id": channel},
                    "team": {"id": TEAM},
                    "tenant": {"id": tenant},
                },
            }
        activity = self.connector.heard(self.contact, **told)
        if channel and not place:
            self.connector.begin_thread(activity)
        return activity

    def _hear(self, activity: Json, *, typed: bool = True) -> None:
        if typed:
            self.connector.said.append(activity)
        self._acted = activity["id"]
        self._send(activity)

    def _invoke(self, name: str, value: Json, **common: Any) -> Any:
        activity = self._activity(type="invoke", name=name, value=value, **common)
        self._acted = activity["id"]
        return self._send(activity)

    def _send(self, activity: Json) -> Any:
        """Post it to the program. Returns the body of the answer, or None."""
        token = self.connector.issuer.sign_for_bot(self.connector.issuer.app_id, self.connector.url)
        status, body = post(self.url, json.dumps(activity).encode(), token=token)
        assert status == 200, f"Teams would deliver this again, or show an error: HTTP {status}"
        return json.loads(body) if body else None


def post(url: str, body: bytes, *, token: str) -> tuple[int, str]:
    """Post `body` to the program as the Bot Connector does. Returns the status and the answer's body."""
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Microsoft-SkypeBotApi (Microsoft-BotFramework/3.0)",
        **({"Authorization": f"Bearer {token}"} if token else {}),
    }
    where = urlsplit(url)
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=20)
    try:
        connection.request("POST", where.path, body=body, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def _is_typed(message: Json) -> bool:
    return bool(message.get("from", {}).get("aadObjectId"))


def _place(message: Json) -> str:
    return str(message["conversation"]["id"]).partition(";")[0]


def _opener(card: Json) -> Json:
    """The button that opens the form of a card in a dialog."""
    return next(action for action in cards.buttons(card) if cards.opens_a_dialog(action))


def _sender(card: Json) -> Json:
    """The button that sends the form of a card: the first one that brings the inputs with it."""
    sending = [action for action in cards.buttons(card) if action.get("associatedInputs", "auto").lower() != "none"]
    sending = [action for action in sending if action["type"] in ("Action.Execute", "Action.Submit")]
    assert sending, "nothing sends this form"
    return sending[0]
