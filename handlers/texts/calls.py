"""The words of the call list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from handlers import adjustments
from handlers.chat import Button, Card
from handlers.texts import labels
from storage.people import Person

PER_PAGE = 3


@dataclass(frozen=True)
class Call:
    """Somebody to reach: the letters and their cards, oldest first, and the ways they asked for (code and detail)."""

    person: Person
    letters: list[int]
    cards: list[Card]
    ways: list[tuple[str, str]]


def call_list(calls: Sequence[Call], *, start: int) -> Card:
    """The people from the one numbered `start` on."""
    if not calls:
        return Card("Call list", "There is nobody to call. Chat has reached everyone so far.")
    shown = calls[start : start + PER_PAGE]
    buttons = [Button(labels.fit("Done: ", call.person.name), "calls.done", _value(call)) for call in shown]
    if more := len(calls) - start - len(shown):
        buttons.append(Button(f"Show more of the call list ({more})", "calls.list", str(start + PER_PAGE)))
    return Card(
        "Call list",
        "\n\n".join([f"People to reach: {len(calls)}.", *(_said(call) for call in shown)]),
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
    ways = [f"{items[code].label}: {detail}" if detail else items[code].label for code, detail in call.ways]
    if call.person.contact:
        ways.insert(0, call.person.contact)
    return f"How to reach them: {'; '.join(ways)}." if ways else "They did not say how to reach them."


def _in_a_line(card: Card) -> str:
    facts = (f"{name}: {value}" for name, value in card.facts)
    parts = (part.rstrip() for part in (card.title, *card.text.splitlines(), *facts))
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
