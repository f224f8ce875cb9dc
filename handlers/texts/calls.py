"""The words of the call list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from handlers import adjustments
from handlers.chat import Button, Card
from handlers.pages import Place, page
from handlers.texts import labels
from storage.people import Person

PER_PAGE = 3
_STANDS = {
    "support.mine": 'Reply "checklist" to see what to say. It stands under their name.',
    # A comment about no group is seen by whoever owns it, and by administrators.
    "feedback.status": 'Reply "comments", then choose "Show answered comments", to see what to say. '
    "If it is not there, ask an administrator.",
}
"""Where the words are of a card that only leads to them, by what its button does."""

FORGOTTEN = Card("I had something for them more than 30 days ago", "I no longer keep the words")
"""Stands for all letters to somebody whose words are kept no longer."""


@dataclass(frozen=True)
class Call:
    """Somebody to reach: the letters and their cards, oldest first, and the ways they asked for (code and detail)."""

    person: Person
    letters: list[int]
    cards: list[Card]
    ways: list[tuple[str, str]]

    @property
    def place(self) -> Place:
        """Where they stand in the list: who has waited longest comes first."""
        return (min(self.letters),)


def call_list(calls: Sequence[Call], *, after: str) -> Card:
    """A few people, from the one after the place `after` on."""
    if not calls:
        return Card(
            "Call list", "There is nobody to call at the moment. When chat cannot reach somebody, they show here."
        )
    now = page(calls, lambda call: call.place, after=after, most=PER_PAGE)
    buttons = [Button(labels.fit("Done: ", call.person.name), "calls.done", _value(call)) for call in now.shown]
    if now.left:
        buttons.append(Button(f"Show more of the call list ({now.left})", "calls.list", now.last))
    elif not now.at_start:
        buttons.append(Button("Show the call list from the start", "calls.list"))
    return Card(
        "Call list",
        "\n\n".join([f"People to reach: {len(calls)}.", *(_said(call) for call in now.shown)]),
        buttons=labels.distinct(buttons),
        note='To write down what they say, reply "answer for" and their name.',
    )


def _value(call: Call) -> str:
    return f"{call.person.id}:{max(call.letters)}"


def _said(call: Call) -> str:
    told = [f"- {_in_a_line(card)}" for card in call.cards]
    return "\n".join([f"{call.person.name}. {_how(call)}", "Please tell them:", *told])


def _how(call: Call) -> str:
    items = adjustments.by_code()
    ways = [f'"{items[code].label}"{f" ({detail})" if detail else ""}' for code, detail in call.ways]
    said = [f"How to reach them: {call.person.contact}."] if call.person.contact else []
    said += [f"They asked: {', '.join(ways)}."] if ways else []
    return " ".join(said) or "They did not say how to reach them."


def _in_a_line(card: Card) -> str:
    facts = (f"{name}: {value}" for name, value in card.facts)
    leads = _STANDS.get(card.buttons[0].action) if len(card.buttons) == 1 else None
    parts = (part.rstrip() for part in (card.title, *([leads] if leads else card.text.splitlines()), *facts))
    return " ".join(part if part.endswith((".", "?", "!", ":")) else f"{part}." for part in parts if part)


def gone() -> Card:
    """Nothing is left to tell them."""
    return Card(
        "That call is not on the list any more",
        "Somebody made it, or it is no longer needed. Nothing has changed.",
        buttons=(_list(),),
    )


def done(person: Person) -> Card:
    """They were told."""
    return Card(f"Done: {person.name}", "Thank you. I have noted that they were told.", buttons=(_list(),))


def _list() -> Button:
    return Button("Show the call list", "calls.list")
