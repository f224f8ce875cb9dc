"""What is said when something is not there, or not for this person."""

from __future__ import annotations

from handlers.chat import Button, Card


def not_found() -> Card:
    """The thing asked for is not there, or not for this person: the two look the same."""
    return Card(
        "I cannot find that",
        "It may have changed or been taken away.",
        buttons=(Button("See what I can do", "help.show"),),
    )


def not_yours() -> Card:
    """Only the group's coordinators may do this."""
    return Card(
        "This is for the group's coordinators",
        "You are not a coordinator of this group, so nothing has changed.",
        buttons=(Button("See what I can do", "help.show"),),
    )
