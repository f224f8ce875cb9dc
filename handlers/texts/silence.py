"""The words of `stop everything for NAME`. They never say why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from handlers.chat import Button, Card, Field, Form
from handlers.texts.dates import count, day
from handlers.texts.labels import distinct, fit
from storage.people import Person

MOST = 10


def form() -> Form:
    """Who it is."""
    return Form(
        "silence.ask",
        "Stop everything",
        (Field("name", "What is the person's name?", longest=100),),
        intro="I will show you what happens, and ask you, before anything stops.",
        submit="Find the person",
    )


def nobody() -> Card:
    """No such name."""
    return Card(
        "I cannot find that name",
        "Nobody of that name is in a group of yours, or their messages are stopped already. Nothing has changed.",
        buttons=(Button("Try another name", "silence.ask"),),
        note='To write to them again, reply "undo stop for" and the name.',
    )


def which(found: Sequence[Person], action: str, *, lead: Literal["Choose ", "Write again to "] = "Choose ") -> Card:
    """Several people fit. ``lead``: what the buttons say before the name."""
    lines = [f"- {person.name}, here since {day(person.first_seen_at)}" for person in found[:MOST]]
    more = len(found) - len(lines)
    return Card(
        "Which person?",
        "\n".join(lines),
        buttons=distinct(Button(fit(lead, person.name), action, str(person.id)) for person in found[:MOST]),
        note=f"There {'is' if more == 1 else 'are'} {more} more. Please type the whole name."
        if more > 0
        else "The buttons are in this order.",
    )


def sure(person: Person) -> Card:
    """Ask, and say what happens."""
    return Card(
        "Stop everything for this person?",
        f"The person is {person.name}.\n\n"
        "Use this when somebody has died, or must not be written to at all.\n\n"
        "- Every message to them stops at once, also those that wait.\n"
        "- Their name is taken off lists and reminders.\n"
        "- I tell nobody.\n"
        "- You can undo it for 30 days.",
        buttons=(
            Button(fit("Yes, stop everything for ", person.name), "silence.stop", str(person.id), "danger"),
            Button("No, change nothing", "silence.keep", str(person.id)),
        ),
        note="Reply with yes or no.",
    )


def silenced(person: Person, stopped: int) -> Card:
    """It is done."""
    waited = (
        f"{count(stopped, 'message that waited is', 'messages that waited are')} stopped."
        if stopped
        else "No message was waiting."
    )
    return Card(
        "Everything is stopped",
        f"I no longer write to {person.name}. {waited}\n\n"
        "The name is taken off lists and reminders. I told nobody. You can undo this for 30 days.",
        buttons=(_undo(person),),
        note='You can also reply "undo stop for" and the name.',
    )


def silenced_already(person: Person) -> Card:
    """It was done before."""
    return Card(
        "Everything is stopped already",
        f"I do not write to {person.name}. Nothing has changed.",
        buttons=(_undo(person),),
    )


def _undo(person: Person) -> Button:
    return Button(fit("Write to ", person.name, " again"), "silence.undo", str(person.id))


def kept(person: Person) -> Card:
    """Nothing changed."""
    return Card("Nothing has changed", f"I have stopped nothing for {person.name}.")


def undone(person: Person) -> Card:
    """It was undone."""
    return Card(
        "It is undone",
        f"I no longer stop everything for {person.name}, and the name is back on lists. I told nobody.\n\n"
        "I do not send the messages that were stopped. "
        "If they paused or stopped messages themselves, that still holds.",
    )


def nothing_to_undo(person: Person) -> Card:
    """Nothing was stopped."""
    return Card("There is nothing to undo", f"I have stopped nothing for {person.name}.")


def nobody_to_undo() -> Card:
    """Nobody of that name was stopped."""
    return Card(
        "There is nothing to undo",
        "I have not stopped messages to anybody of that name in your groups.",
        note='To try again, reply "undo stop for" and the whole name.',
    )


def too_late(person: Person) -> Card:
    """More than 30 days have passed."""
    return Card(
        "This can no longer be undone",
        f"I stopped everything for {person.name} more than 30 days ago. Nothing has changed.\n\n"
        "I cannot write to them again. If they want to take part, please get in touch with them yourself.",
    )
