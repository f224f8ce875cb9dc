"""The made-up things of `test_texts`, as long and as many as the program lets them become."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from itertools import cycle
from typing import Any

from handlers.chat import Card, Form
from handlers.plans import Plan
from handlers.texts.calls import Call
from handlers.texts.checklist import Line
from handlers.texts.signposts import Contacts
from handlers.texts.support import Coming, Hurry
from storage.database import Base
from storage.privacy import Held
from tests.test_texts import Text

MOST = 60
"""Things in a list."""

LENGTHS: Mapping[str, int] = {
    "Adjustment.reason": 500,
    "Adjustment.alternative": 500,
    "Announcement.text": 2500,
    "Channel.name": 150,
    "Comment.text": 3000,
    "Comment.outcome": 2000,
    "Contacts.helpline": 300,
    "Contacts.pals": 300,
    "Contacts.safeguarding": 300,
    "Group.about": 1000,
    "Group.name": 150,
    "Group.rhythm": 300,
    "Group.who_can_join": 500,
    "Meeting.address": 300,
    "Meeting.link": 300,
    "Meeting.phone": 100,
    "Meeting.title": 80,
    "Membership.decline_reason": 1000,
    "Need.detail": 300,
    "Organisation.helpline": 300,
    "Organisation.name": 200,
    "Organisation.pals": 300,
    "Organisation.safeguarding_contact": 300,
    "Person.contact": 300,
    "Person.language": 60,
    "Person.name": 100,
    "Plan.address": 300,
    "Plan.link": 300,
    "Plan.phone": 100,
    "Plan.title": 80,
}
"""Characters: what the forms and the database let in."""
FEW: Mapping[str, int] = {
    "announcements.news.shown": 3,
    "announcements.reports.shown": 5,
    "home.feedback.comments": 3,
    "home.support.needs": 40,
    "support.details_form.questions": 1,
}
"""Lists that whoever calls has cut already, by their whole names."""
SHORT: Mapping[str, int] = {
    # A slip is only looked for in short texts.
    "inbox.did_you_mean.phrase": 40,
    "inbox.did_you_mean.rest": 40,
    "inbox.did_you_mean.text": 40,
    # Made by `bot.dialogue`, of this length.
    "forms.question.mark": 12,
    "forms.unsure.mark": 12,
}
"""Parameters that never hold `LONGEST_TEXT`, by their whole names."""
NEVER_EMPTY = {"on_behalf.answer_form.coming"}
"""Lists without which nothing is asked."""
LONGEST_TEXT = 2500


def long(text: str, characters: int) -> str:
    """`text` drawn out with words, to exactly so many characters."""
    start = text if text.startswith("https://") else f"{text} "
    filler = (
        "x" * characters if text.startswith("https://") else "extraordinarily long words, " * (characters // 20 + 1)
    )
    return (start + filler)[: characters - 1] + "Z"


def made(text: Text) -> Iterator[Card | Form]:
    """What `text` makes of the longest and the most."""
    for arguments in text.arguments():
        if all(arguments[name] for name in arguments if f"{text.name}.{name}" in NEVER_EMPTY):
            yield text.make(**{name: _grown(given, text, name) for name, given in arguments.items()})


def _grown(given: Any, text: Text, name: str) -> Any:
    if isinstance(given, list | tuple) and given and not isinstance(given[0], str):
        most = FEW.get(f"{text.name}.{name}", MOST)
        many = [_longer(one, number) for number, one in zip(range(1, most + 1), cycle(given), strict=False)]
        return tuple(many) if isinstance(given, tuple) else many
    if given == "Words":
        return long(given, SHORT.get(f"{text.name}.{name}", LONGEST_TEXT))
    return _longer(given)


def _longer(given: Any, number: int = 0) -> Any:
    """`given` with every text in it as long as it may be. A `number` tells copies of one thing apart."""
    if isinstance(given, Base):
        kind = type(given)
        state = {name: _longer(value) for name, value in vars(given).items() if not name.startswith("_")}
        for name in state:
            if isinstance(state[name], str) and state[name] and (most := LENGTHS.get(f"{kind.__name__}.{name}")):
                state[name] = long(state[name], most)
            if number and name in ("id", "number"):
                state[name] = number
        return kind(**state)
    if isinstance(given, tuple):
        return tuple(_longer(part, number) for part in given)
    if isinstance(given, list):
        return [_longer(part) for part in given]
    if isinstance(given, dict):
        return {name: _longer(value) for name, value in given.items()}
    if isinstance(given, Plan | Contacts | Line | Call | Coming | Hurry | Held):
        return replace(given, **{part.name: _part(given, part.name, number) for part in fields(given)})
    return given


def _part(whole: Any, name: str, number: int) -> Any:
    held = getattr(whole, name)
    most = LENGTHS.get(f"{type(whole).__name__}.{name}")
    return long(held, most) if most and isinstance(held, str) and held else _longer(held, number)
