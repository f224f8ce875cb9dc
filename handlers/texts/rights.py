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
    """Only coordinators may do this, of one group or of any."""
    return Card(
        "This is for coordinators",
        "You are not a coordinator who can do this, so nothing has changed.",
        buttons=(Button("See what I can do", "help.show"),),
    )
