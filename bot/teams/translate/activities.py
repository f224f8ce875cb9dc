"""What Teams sends, as an Event.

https://learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/subscribe-to-conversation-events and
https://github.com/microsoft/botframework-sdk/blob/main/specs/botframework-activity/botframework-activity.md

Who somebody is, is told by ``from`` and the tenant alone, which Teams fills in. What a card brings back says what was
chosen, and nothing else.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from bot.teams.translate import marks
from bot.teams.translate.parts import Malformed, at, directory_id, identifier, storable, things, word
from handlers.chat import Account, Changed, Event, Opened, Pressed, Said, Submitted

__all__ = ["Heard", "Kind", "Malformed", "Reference", "understand"]

Activity = Mapping[str, object]
Kind = Literal["message", "execute", "fetch", "submit", "other"]

INVOKES: Mapping[str, Kind] = {"adaptiveCard/action": "execute", "task/fetch": "fetch", "task/submit": "submit"}
"""What Teams waits for an answer to, by the names that we know."""
_THREAD = re.compile(r";messageid=.*", re.DOTALL)
_MENTION = re.compile(r"<at\b[^<>]*>([^<>]*)</at>")
_WRITTEN_OUT = {"&nbsp;": " ", "\xa0": " ", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'", "&amp;": "&"}
"""Some clients escape what was typed, others do not. Only these are read, the last one last."""


@dataclass(frozen=True)
class Reference:
    """How a person or a channel is written to.

    ``user`` is the person's id in the tenant's directory and ``contact`` their id in conversations ("29:…"); both are
    empty for a channel. ``service_url`` is where Teams said to answer: to be trusted only after a look at its host.
    """

    tenant: str
    user: str
    contact: str
    conversation: str
    service_url: str


@dataclass(frozen=True)
class Heard:
    """One activity, understood. Without an ``event`` there is nothing to answer, only to acknowledge.

    ``kind``: ``execute`` is answered with the card that replaces the pressed one, ``fetch`` and ``submit`` with a
    dialog. ``title`` is that of the form that was sent.
    """

    event: Event | None = None
    reference: Reference | None = None
    kind: Kind = "other"
    title: str = ""


def understand(activity: Mapping[str, Any], *, app_id: str) -> Heard:
    """What `activity` says. Raises Malformed.

    Without ``app_id`` there is no authentication: then a client may leave the directory's id of a person out.
    """
    kind = word(activity, "type")
    if not kind:
        raise Malformed
    said = _Activity(activity, app_id)
    match kind:
        case "message":
            return said.message()
        case "invoke":
            return said.invoke()
        case "conversationUpdate":
            return said.members()
        case "installationUpdate":
            return said.installation()
    return said.nothing()


class _Activity:
    """One activity, and what all kinds of it have in common."""

    def __init__(self, activity: Activity, app_id: str) -> None:
        self._given = activity
        self._id = word(activity, "id")
        sender = at(activity, "from")
        self._contact = word(sender, "id")
        self._bots = {f"28:{app_id}", app_id, word(activity, "recipient", "id")} - {"", "28:"}
        self._from_bot = self._contact in self._bots or word(sender, "role") in ("bot", "skill")
        self._user = word(sender, "aadObjectId").lower() or ("" if app_id else self._contact)
        tenant = word(activity, "channelData", "tenant", "id") or word(activity, "conversation", "tenantId")
        self._tenant = tenant.lower()
        self._conversation = identifier(at(activity, "conversation", "id"))
        # Emulators leave the type out of what is personal.
        self._personal = word(activity, "conversation", "conversationType") in ("", "personal")

    def nothing(self) -> Heard:
        """Nothing to answer."""
        known = not self._from_bot and bool(self._tenant and (self._user or not self._personal))
        return Heard(reference=self._reference() if known else None)

    def message(self) -> Heard:
        """Words that were typed, or what a card brought back as a message: see `marks`."""
        if self._from_bot or self._contact.startswith("28:"):
            return Heard(kind="message")
        value = at(self._given, "value")
        text = word(self._given, "text")
        if not self._id:
            raise Malformed
        if value is not None and (marks.are_in(value) or not text.strip()):
            return self._brought(value, "message")
        mentioned, text = self._without_mention(text)
        if not self._personal and not mentioned:
            return self.nothing()
        return self._heard(Said(_typed(text)), "message")

    def invoke(self) -> Heard:
        """What Teams waits for an answer to."""
        name = word(self._given, "name")
        if not name:
            raise Malformed
        if name not in INVOKES:
            return self.nothing()
        kind, value = INVOKES[name], at(self._given, "value")
        if kind == "execute":
            if word(value, "action", "type") not in ("Action.Execute", "Action.Submit"):
                raise Malformed
            brought = at(value, "action", "data")
        else:
            brought = at(value, "data")
        return self._brought(brought, kind)

    def members(self) -> Heard:
        """Somebody was added to a conversation: it may have been us."""
        added = {word(member, "id") for member in things(self._given, "membersAdded")}
        if not self._bots & added or not self._personal or self._from_bot or not self._user:
            return self.nothing()
        return self._heard(Opened(), "other")

    def installation(self) -> Heard:
        """The person installed us, or took us away."""
        action = word(self._given, "action")
        if not action:
            raise Malformed
        if not self._personal or self._from_bot or action not in ("add", "remove"):
            return self.nothing()
        return self._heard(Opened() if action == "add" else Changed(self._when(), active=False), "other")

    # What they have in common

    def _heard(
        self, what: Said | Pressed | Submitted | Opened | Changed, kind: Kind, *, forms: bool = True, title: str = ""
    ) -> Heard:
        event = Event(
            id=self._event_id(),
            account=Account("teams", directory_id(self._tenant), directory_id(self._user)),
            what=what,
            # A press on a card that others see too is answered in private.
            place="channel" if isinstance(what, Said) and not self._personal else "direct",
            # Whoever types is asked one question at a time, and answers by typing.
            shows_forms=self._personal and forms and not isinstance(what, Said),
            name=word(self._given, "from", "name"),
            time_zone=self._time_zone(),
            channel="" if self._personal else self._place(),
        )
        return Heard(event, self._reference(), kind, title)

    def _brought(self, brought: object, kind: Kind) -> Heard:
        """What a card of ours brought back."""
        mark = marks.read(brought)
        if mark.kind == "form":
            return self._heard(Submitted(mark.action, mark.value, mark.answers), kind, title=mark.title)
        # The answer takes the card's place only where the card was this person's own.
        what = Pressed(mark.action, mark.value, word(self._given, "replyToId") if self._personal else "")
        # A client that sends as a message what should have opened a dialog can show none.
        return self._heard(what, kind, forms=mark.kind != "dialog" or kind == "fetch")

    def _reference(self) -> Reference:
        tenant, service_url = directory_id(self._tenant), word(self._given, "serviceUrl")
        if not self._personal:
            return Reference(tenant, "", "", self._place(), service_url)
        return Reference(tenant, directory_id(self._user), identifier(self._contact), self._conversation, service_url)

    def _place(self) -> str:
        """The channel or group chat, without the thread in it."""
        return _THREAD.sub("", self._conversation)

    def _event_id(self) -> str:
        if self._id:
            return f"{self._conversation}:{self._id}"
        # Not every client numbers what it waits for. What is sent again is the same in every part.
        try:
            told = json.dumps({name: self._given.get(name) for name in ("timestamp", "replyToId", "name", "value")})
        except RecursionError:
            raise Malformed from None
        return f"{self._conversation}:{self._contact}:{hashlib.sha256(told.encode()).hexdigest()}"

    def _without_mention(self, text: str) -> tuple[bool, str]:
        """Whether we are mentioned, and `text` without that mention, which is taken out once."""
        for entity in things(self._given, "entities"):
            if word(entity, "type") == "mention" and word(entity, "mentioned", "id") in self._bots:
                if mention := word(entity, "text"):
                    before, _, after = text.partition(mention)
                    text = f"{before.rstrip()} {after.lstrip()}"
                return True, text
        return False, text

    def _time_zone(self) -> str:
        if zone := word(self._given, "localTimezone"):
            return zone
        entities = things(self._given, "entities")
        return next((word(one, "timezone") for one in entities if word(one, "type") == "clientInfo"), "")

    def _when(self) -> datetime:
        try:
            when = datetime.fromisoformat(word(self._given, "timestamp"))
        except ValueError:
            raise Malformed from None
        if when.tzinfo is None:
            raise Malformed
        return when


def _typed(text: str) -> str:
    """What the person typed. Others whom they mentioned are named as they wrote them."""
    text = _MENTION.sub(r"@\1", text)
    for written, meant in _WRITTEN_OUT.items():
        text = text.replace(written, meant)
    return storable(text).strip()
