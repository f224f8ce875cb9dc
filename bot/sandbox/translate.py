"""Between the page and the neutral words: what was posted becomes an event, what was said becomes what is shown."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Literal
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from bot.sandbox.transcript import Message, Persona
from handlers.chat import Account, Button, Card, Event, Opened, Pressed, Said, Submitted
from handlers.texts import dates

BOT = "Round Table"
ZONE = "Europe/London"

Place = Literal["direct", "command", "channel"]

Move = Literal["tomorrow", "next"]

Posted = Mapping[str, tuple[str, ...]]
"""The fields of a posted HTML form, with all values of each."""

_MENTION = re.compile(r"(?i)(?<![\w@])@(?:bot|round ?table)\b[,:]?\s*")
_COMMAND = re.compile(r"(?i)^/pag\b\s*")
_MOVES: Mapping[str, Move] = {"tomorrow": "tomorrow", "next": "next"}
_NONCE = re.compile(r"[A-Za-z0-9_-]{8,64}")
_NUMBERED = re.compile(r"\d+\. ")
_LINK = re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?)\]]")


class Malformed(Exception):
    """What came in is not what the page sends. The words are for the person."""


def read_posted(body: bytes) -> Posted:
    """The fields of an ``application/x-www-form-urlencoded`` body. Raises `Malformed`."""
    try:
        pairs = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=1000
        )
    except ValueError:
        raise Malformed("The page sent something that cannot be read.") from None
    posted: dict[str, tuple[str, ...]] = {}
    for name, value in pairs:
        if "\0" in name or "\0" in value:
            raise Malformed("The page sent something that cannot be read.")
        posted[name] = (*posted.get(name, ()), value.replace("\r\n", "\n"))
    return posted


def one(posted: Posted, name: str) -> str:
    """The only value of a field. Raises `Malformed` when it is not there, or there twice."""
    values = posted.get(name, ())
    if len(values) != 1:
        raise Malformed("Something is missing from what the page sent.")
    return values[0]


def event_id(posted: Posted) -> str:
    """The same when the same page sends the same thing again, such as by a double press. Raises `Malformed`."""
    nonce = one(posted, "nonce")
    if not _NONCE.fullmatch(nonce):
        raise Malformed("Something is missing from what the page sent.")
    content = json.dumps(sorted(posted.items())).encode()
    return f"{nonce}-{hashlib.blake2b(content, digest_size=8).hexdigest()}"


def read_said(text: str, *, channel: bool) -> tuple[Said, Place] | None:
    """Typed words, and where they were said; None for words in a channel that do not mention the bot.

    ``/pag`` before them makes them a slash command, which nobody else sees.
    """
    place: Place = "channel" if channel else "direct"
    if command := _COMMAND.match(text):
        place, text = "command", text[command.end() :]
    elif channel and not _MENTION.search(text):
        return None
    return Said(_MENTION.sub("", text, count=1).strip()), place


def read_press(press: str) -> Pressed:
    """A pressed button, from what `press_value` made. Raises `Malformed`.

    What a client made up goes through: whoever answers the event checks what this person may do.
    """
    try:
        match json.loads(press):
            case [str(message), str(action), str(value)] if action and _storable(message, action, value):
                return Pressed(action, value, message)
    except (ValueError, RecursionError):
        pass
    raise Malformed("That is not a button of this page.")


def _storable(*texts: str) -> bool:
    """Whether a database holds these: no NUL, and no halves of characters, which JSON can bring."""
    return not any("\0" in text or text != text.encode(errors="replace").decode() for text in texts)


def press_value(message: str, button: Button) -> str:
    """What the page sends back when this button is pressed."""
    return json.dumps([message, button.action, button.value])


def read_move(to: str) -> Move:
    """How far the clock is to move. Raises `Malformed`."""
    if move := _MOVES.get(to):
        return move
    raise Malformed("The clock moves to tomorrow, or to what is due next.")


def event(
    persona: Persona,
    what: Said | Pressed | Submitted | Opened,
    *,
    id: str,
    place: Place = "direct",
    channel: str = "",
) -> Event:
    """One thing this person did. As in Slack, typed words alone cannot be answered by a whole form."""
    account = Account("sandbox", persona.workspace, persona.key)
    shows_forms = isinstance(what, Pressed | Submitted) or place == "command"
    return Event(f"{persona.key}-{id}", account, what, place, shows_forms, persona.name, ZONE, channel)


@dataclass(frozen=True)
class Block:
    """A paragraph or a list, its lines escaped and with their links made."""

    lines: tuple[Markup, ...]
    is_list: bool = False

    @property
    def is_numbered(self) -> bool:
        """Whether the items bring their own numbers."""
        return self.is_list and all(_NUMBERED.match(line) for line in self.lines)


@dataclass(frozen=True)
class Bubble:
    """One message as the page shows it to one reader."""

    id: str
    revision: int
    who: str
    when: str
    iso: str
    side: Literal["bot", "mine", "other"]
    private: bool
    blocks: tuple[Block, ...]
    title: str = ""
    facts: tuple[tuple[str, Markup], ...] = ()
    buttons: tuple[tuple[Button, str], ...] = ()
    note: tuple[Block, ...] = ()
    picture_alt: str = ""
    attachment: str = ""


def bubble(message: Message, *, reader: Persona, names: Mapping[str, str]) -> Bubble:
    """A message as this reader sees it. ``names`` are the personas' names by key."""
    at = message.at.astimezone(ZoneInfo(ZONE))
    side: Literal["bot", "mine", "other"] = "other" if message.by else "bot"
    if message.by == reader.key:
        side = "mine"
    card = message.said if isinstance(message.said, Card) else Card("", message.said)
    return Bubble(
        id=message.id,
        revision=message.revision,
        who=names.get(message.by, message.by) if message.by else BOT,
        when=dates.when(at),
        iso=at.isoformat(timespec="seconds"),
        side=side,
        private=bool(message.only_for),
        blocks=blocks(card.text, lists=not message.by),
        title=card.title,
        facts=tuple((name, linked(value)) for name, value in card.facts),
        buttons=tuple((button, press_value(message.id, button)) for button in card.buttons),
        note=blocks(card.note),
        picture_alt=card.picture.alt if card.picture else "",
        attachment=card.attachment.name if card.attachment else "",
    )


def blocks(text: str, *, lists: bool = True) -> tuple[Block, ...]:
    """Plain text as paragraphs, parted by blank lines, and lists, whose items begin with "- "."""
    found: list[Block] = []
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        for is_list, lines in groupby(paragraph.splitlines(), lambda line: lists and line.startswith("- ")):
            found.append(Block(tuple(linked(line[2:] if is_list else line) for line in lines), is_list))
    return tuple(found)


def linked(text: str) -> Markup:
    """Plain text, escaped, with its web addresses as links."""
    parts: list[Markup] = []
    end = 0
    for link in _LINK.finditer(text):
        parts += [escape(text[end : link.start()]), Markup('<a href="{0}">{0}</a>').format(link.group())]
        end = link.end()
    return Markup("").join([*parts, escape(text[end:])])
