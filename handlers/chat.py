"""The neutral words: what comes in from a person and what goes out to one, the same on every platform."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Answer = str | tuple[str, ...]
"""What a person gave for one field: a string, or the chosen option values for a field of kind ``choices``."""


@dataclass(frozen=True)
class Account:
    """Who is speaking, as the platform knows them.

    ``platform`` is ``slack``, ``teams`` or ``sandbox``; ``workspace`` is the Slack team, Teams tenant or the
    sandbox's own; ``user`` is the platform's id of the person there.
    """

    platform: str
    workspace: str
    user: str


@dataclass(frozen=True)
class Said:
    """The person typed words. The platform's mention of the bot is already taken off."""

    text: str


@dataclass(frozen=True)
class Pressed:
    """The person pressed a button. ``message`` is the platform's id of the card that bore it, or empty."""

    action: str
    value: str = ""
    message: str = ""


@dataclass(frozen=True)
class Submitted:
    """The person sent a form that was shown to them whole. Fields left empty are absent from ``answers``."""

    action: str
    value: str
    answers: Mapping[str, Answer]


@dataclass(frozen=True)
class Opened:
    """The person opened the bot's conversation, and said nothing yet. ``home``: they looked at their own page."""

    home: bool = False


@dataclass(frozen=True)
class Forwarded:
    """The person chose a message that stands somewhere, to have it passed on. ``own``: they wrote it themselves."""

    text: str
    own: bool


@dataclass(frozen=True)
class Changed:
    """The platform tells how the person's account stands since the moment ``at`` (aware). They did not write.

    ``name`` and ``time_zone`` (IANA) are empty where the platform does not tell. ``active``: the account is open.
    ``guest``: they are a guest of the workspace; None where the platform does not tell.
    """

    at: datetime
    name: str = ""
    time_zone: str = ""
    active: bool = True
    guest: bool | None = None


@dataclass(frozen=True)
class Event:
    """One thing a person did.

    ``id`` is the same each time the platform delivers this event, and unique within the platform.
    ``place`` is ``direct`` (a direct message), ``command`` (a slash command: nobody else saw it, wherever it was
    typed) or ``channel`` (others saw it); ``channel`` is the platform's id of that channel, or empty. ``shows_forms``
    tells whether the platform can show a whole form in answer to this very event; without it a form is asked one
    question at a time. ``name`` and ``time_zone`` (IANA) are what the platform tells of the person, or empty;
    ``guest`` whether they are a guest of the workspace, or None.
    """

    id: str
    account: Account
    what: Said | Pressed | Submitted | Opened | Forwarded | Changed
    place: Literal["direct", "command", "channel"] = "direct"
    shows_forms: bool = False
    name: str = ""
    time_zone: str = ""
    channel: str = ""
    guest: bool | None = None


@dataclass(frozen=True)
class Button:
    """One choice on a card. The label says what happens and is clear when read alone."""

    label: str
    action: str
    value: str = ""
    style: Literal["", "primary", "danger"] = ""


@dataclass(frozen=True)
class Picture:
    """A PNG picture and the words that stand for it."""

    png: bytes
    alt: str


@dataclass(frozen=True)
class Attachment:
    """A small text file that goes with a card, such as a calendar file."""

    name: str
    media_type: str
    content: str


@dataclass(frozen=True)
class Card:
    """What the bot says: a few flat parts, all plain text; whoever renders them escapes.

    ``title`` is the first line and shows on lock screens. ``text`` holds paragraphs parted by blank lines; a line
    that begins with "- " is an item of a list. ``facts`` are pairs of name and value. ``note`` is small print.
    ``numbered``: a reply of a number means the button at that place. Not so where a number may be an answer.
    """

    title: str
    text: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    buttons: tuple[Button, ...] = ()
    note: str = ""
    picture: Picture | None = None
    attachment: Attachment | None = None
    numbered: bool = True


@dataclass(frozen=True)
class Option:
    """One possible answer. ``group`` is a heading that options share, or empty."""

    value: str
    label: str
    group: str = ""


@dataclass(frozen=True)
class Field:
    """One question of a form.

    ``kind``: ``line`` (one line), ``text`` (several), ``choice`` (one of ``options``), ``choices`` (any of them),
    ``yes_no`` (the answers are ``yes`` and ``no``). ``check`` takes an answer and returns what is wrong with it in
    plain words, or empty when it is good. ``initial`` is what stands there already.

    ``narrows`` marks a question asked only of people who type: it is left out where the form is shown whole.
    ``asked_if`` is ``(name of a narrowing field, value)``: people who type are asked this one only if they chose it.
    """

    name: str
    label: str
    kind: Literal["line", "text", "choice", "choices", "yes_no"] = "line"
    options: tuple[Option, ...] = ()
    required: bool = True
    hint: str = ""
    initial: Answer = ""
    longest: int = 2000
    check: Callable[[Answer], str] | None = field(default=None, compare=False)
    narrows: bool = False
    asked_if: tuple[str, str] | None = None


@dataclass(frozen=True)
class Form:
    """Questions asked together: a modal, a card with inputs, an HTML form, or one question at a time.

    ``action`` and ``value`` come back with the answers. ``title`` has at most 24 characters (Slack's limit for a
    modal). ``submit`` is the button's label.
    """

    action: str
    title: str
    fields: tuple[Field, ...]
    value: str = ""
    intro: str = ""
    submit: str = "Send"


Reply = Card | Form | tuple[Card | Form, ...]
"""What a handler answers.

Of several, the first card takes the place of the pressed one and the rest follow as messages. A form among several
comes last, and is always asked one question at a time.
"""


class Refusal(Exception):
    """The answer is no, and here is what to do next. Nothing is changed.

    ``field`` names the form field it is about, if any: the words are then shown beside it.
    """

    def __init__(self, card: Card, *, field: str = "") -> None:
        super().__init__("refused")
        self.card = card
        self.field = field


class Unclear(Exception):
    """What was typed begins like one of our words but was not meant as one: take it as anything else that is said."""
