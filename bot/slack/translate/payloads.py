"""What Slack sends, as an Event.

https://docs.slack.dev/reference/interaction-payloads and https://docs.slack.dev/apis/events-api

A replay is told by the event's id: `event_id` for events, `trigger_id` for commands, shortcuts and presses. A
submission has neither: its id is the view's id and hash, and a digest of the answers, because a form that was sent back
with an error keeps its hash.
"""

from __future__ import annotations

import hashlib
import html
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from bot.slack import manifest
from bot.slack.translate import modals
from bot.slack.translate.blocks import pressed_action
from bot.slack.translate.profile import profile_of
from handlers.chat import Account, Answer, Changed, Event, Forwarded, Opened, Pressed, Said, Submitted

Payload = Mapping[str, object]
Kind = Literal["command", "event", "press", "shortcut", "submission"]

_ID = re.compile(r"[A-Za-z0-9._:/+=-]{1,250}")
_MENTION = re.compile(r"<@([A-Z0-9]+)(?:\|[^<>]*)?>[:,]?")
_MARKED = re.compile(r"<(?:(https?://[^<>|]*|mailto:[^<>|]*|tel:[^<>|]*)|([@#!])([^<>|]*))(?:\|([^<>]*))?>")


class Malformed(ValueError):
    """Slack does not send such a payload."""


@dataclass(frozen=True)
class Heard:
    """One payload, understood. Without an ``event`` there is nothing to answer, only to acknowledge.

    ``trigger`` opens a modal within 3 seconds; ``channel`` is where a line for this person alone can be shown;
    ``fields`` are the block ids of the modal that was sent.
    """

    event: Event | None = None
    kind: Kind = "event"
    trigger: str = ""
    channel: str = ""
    fields: tuple[str, ...] = ()


def understand(payload: Payload) -> Heard | None:
    """What `payload` says, or None for a kind that we do not know. Raises Malformed."""
    match payload:
        case {"type": "event_callback", "event": {} as event}:
            return _event(payload, event)
        case {"type": "block_actions", "actions": [{} as action, *_]}:
            return _press(payload, action)
        case {"type": "view_submission", "view": {} as view}:
            return _submission(payload, view)
        case {"type": "shortcut", "callback_id": str(word)}:
            return _typed(payload, word.replace("_", " "), account=_interacting(payload), kind="shortcut")
        case {"type": "message_action", "callback_id": manifest.PASS_ON, "message": {} as message}:
            return _chosen(payload, message)
        case {"type": "view_closed", "view": {"callback_id": str()}} | {"type": "message_action", "callback_id": str()}:
            return Heard()
        case {"type": "event_callback" | "block_actions" | "view_submission" | "shortcut" | "view_closed"}:
            raise Malformed
        case {"type": "message_action"}:
            raise Malformed
        case {"type": "app_rate_limited"}:
            return Heard()
        case {"command": str(command)} if command.startswith("/"):
            account = Account("slack", _id(payload, "team_id"), _id(payload, "user_id"))
            return _typed(payload, _said(_word(payload, "text")), account=account, kind="command")
    return None


def _event(payload: Payload, event: Payload) -> Heard:
    kind, channel = _id(event, "type"), _word(event, "channel")
    if kind == "user_change":
        return _change(payload, event)
    ours = _word(payload, "authorizations", 0, "user_id")
    place: Literal["direct", "channel"] = "channel" if kind == "app_mention" else "direct"
    what: Said | Opened
    team = _word(payload, "authorizations", 0, "team_id") or _id(payload, "team_id")
    event_id = _id(payload, "event_id")
    if kind == "app_home_opened" and _word(event, "tab") == "home":
        what = Opened(home=True)
    elif kind == "app_home_opened" and _word(event, "tab") == "messages":
        what = Opened()
        # Slack sends this at every look at the tab. Only the first one is news.
        event_id = f"opened:{team}:{_id(event, 'user')}"
    elif kind == "app_mention" or (kind == "message" and _word(event, "channel_type") == "im"):
        if _not_from_a_person(event, ours=ours):
            return Heard()
        what = Said(_said(_without_mention(_word(event, "text"), ours=ours)))
    else:
        return Heard()
    account = Account("slack", team, _id(event, "user"))
    return Heard(Event(event_id, account, what, place, channel=_shared(channel)), channel=channel)


def _change(payload: Payload, event: Payload) -> Heard:
    """How an account now stands: docs.slack.dev/reference/events/user_change."""
    told, user = profile_of(event.get("user")), _id(event, "user", "id")
    try:
        at = datetime.fromtimestamp(float(_word(event, "event_ts")), UTC)
    except (ValueError, OverflowError, OSError):
        raise Malformed from None
    active = _at(event, "user", "deleted") is not True
    what = Changed(at, _storable(told.name), told.time_zone, active=active, guest=told.guest)
    account = Account("slack", _word(payload, "authorizations", 0, "team_id") or _id(payload, "team_id"), user)
    return Heard(Event(_id(payload, "event_id"), account, what))


def _not_from_a_person(event: Payload, *, ours: str) -> bool:
    """Whether a bot, Slack or an edit made this message. A picture sent with words is a person's."""
    subtype = _word(event, "subtype")
    made = _at(event, "bot_id") or _at(event, "edited") or _at(event, "hidden") or subtype not in ("", "file_share")
    return bool(made) or _word(event, "user") in ("", "USLACKBOT", ours)


def _typed(payload: Payload, text: str, *, account: Account, kind: Kind) -> Heard:
    """A slash command or a shortcut: typed or chosen where nobody else sees it."""
    trigger = _id(payload, "trigger_id")
    name, channel = _word(payload, "user_name") or _name(payload), _word(payload, "channel_id")
    event = Event(trigger, account, Said(text), "command", shows_forms=True, name=name, channel=_shared(channel))
    return Heard(event, kind, trigger=trigger, channel=channel)


def _chosen(payload: Payload, message: Payload) -> Heard:
    """A message shortcut. Of the message its words are taken, and whether they are this person's own."""
    account, trigger = _interacting(payload), _id(payload, "trigger_id")
    own = _word(message, "user") == account.user and not _at(message, "bot_id")
    event = Event(trigger, account, Forwarded(_said(_word(message, "text")), own), "command", name=_name(payload))
    # In a direct message the answer is seen, or nothing can be shown.
    channel = _word(payload, "channel", "id")
    return Heard(event, "shortcut", trigger=trigger, channel="" if channel.startswith("D") else channel)


def _press(payload: Payload, action: Payload) -> Heard:
    action_id = _word(action, "action_id")
    if not action_id:
        raise Malformed
    if _word(action, "type") != "button":
        return Heard()
    account = _interacting(payload)
    trigger, channel = _word(payload, "trigger_id"), _word(payload, "channel", "id")
    pressed_at = (account.workspace, account.user, _word(action, "action_ts"), action_id)
    # The answer takes the card's place only where the card was this person's own and still stands.
    own = channel.startswith("D") and not _at(payload, "container", "is_ephemeral")
    message = _word(payload, "container", "message_ts") if own else ""
    event = Event(
        id=trigger or ":".join(("press", *pressed_at)),
        account=account,
        what=Pressed(pressed_action(action_id), _word(action, "value"), message),
        shows_forms=bool(trigger),
        name=_name(payload),
        channel=_shared(channel),
    )
    return Heard(event, "press", trigger=trigger, channel=channel)


def _shared(channel: str) -> str:
    """`channel`, unless it is a direct message."""
    return "" if channel.startswith("D") else channel


def _submission(payload: Payload, view: Payload) -> Heard:
    if _word(view, "callback_id") != modals.FORM:
        raise Malformed
    state = _at(view, "state", "values")
    blocks = _at(view, "blocks")
    if not isinstance(state, Mapping) or not isinstance(blocks, list):
        raise Malformed
    try:
        action, value = modals.subject(_word(view, "private_metadata"))
        answers = {_storable(name): _kept(answer) for name, answer in modals.answers(state).items()}
    except ValueError:
        raise Malformed from None
    digest = hashlib.sha256(json.dumps(answers, sort_keys=True).encode()).hexdigest()[:16]
    event = Event(
        id=":".join(("view", _id(view, "id"), _word(view, "hash"), digest)),
        account=_interacting(payload),
        what=Submitted(action, value, answers),
        shows_forms=True,
        name=_name(payload),
    )
    return Heard(event, "submission", fields=tuple(_word(block, "block_id") for block in blocks))


def _interacting(payload: Payload) -> Account:
    """Whose press or submission it is. Installed for a whole organisation, an app is told no team, only the user's."""
    team = _word(payload, "view", "app_installed_team_id")
    if not team or team.startswith("E"):
        team = _word(payload, "team", "id")
    return Account("slack", team or _id(payload, "user", "team_id"), _id(payload, "user", "id"))


def _name(payload: Payload) -> str:
    return _word(payload, "user", "name") or _word(payload, "user", "username")


def _without_mention(text: str, *, ours: str) -> str:
    """`text` without the first mention of the bot; where Slack does not say who the bot is, without a leading one."""
    for mention in _MENTION.finditer(text):
        if mention[1] == ours or (not ours and mention.start() == 0):
            return f"{text[: mention.start()]} {text[mention.end() :]}".strip()
    return text


def _said(text: str) -> str:
    """What the person typed, of Slack's escaped text: docs.slack.dev/messaging/formatting-message-text."""
    return html.unescape(_MARKED.sub(_as_typed, text)).strip() if "<" in text or "&" in text else text.strip()


def _as_typed(marked: re.Match[str]) -> str:
    link, kind, name, label = marked.groups()
    if link is not None:
        return label or link
    return ("#" if kind == "#" else "@") + (label or name).lstrip("@#")


def _at(payload: object, *path: str | int) -> object:
    """What lies at the end of `path`, or None. Raises Malformed where the way leads through what has no parts."""
    for step in path:
        if payload is None:
            return None
        if isinstance(payload, Mapping):
            payload = payload.get(step)
        elif isinstance(payload, list) and isinstance(step, int):
            payload = payload[step] if step < len(payload) else None
        else:
            raise Malformed
    return payload


def _word(payload: object, *path: str | int) -> str:
    """The text at the end of `path`; empty where there is none."""
    found = _at(payload, *path)
    if found is None:
        return ""
    if not isinstance(found, str):
        raise Malformed
    return _storable(found)


def _id(payload: object, *path: str | int) -> str:
    found = _word(payload, *path)
    if not _ID.fullmatch(found):
        raise Malformed
    return found


def _storable(text: str) -> str:
    """`text` without what no database holds: NUL, and halves of characters."""
    return text.replace("\0", "").encode(errors="replace").decode()


def _kept(answer: Answer) -> Answer:
    return _storable(answer) if isinstance(answer, str) else tuple(_storable(value) for value in answer)
