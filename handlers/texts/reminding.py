"""The words of what is sent unasked about a meeting: neutral, because it may show on a lock screen."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.chat import Button, Card
from handlers.texts import dates
from handlers.texts.meetings import answer_buttons, change_button, facts, support_button, when
from storage.meetings import Meeting

_SOON = "There is a meeting soon"


def invitation(meeting: Meeting) -> Card:
    """Can you come? Without the meeting's title, which a coordinator wrote and which may say too much."""
    return Card(
        "Can you come to a meeting?",
        _about(meeting),
        buttons=(*answer_buttons(meeting), support_button(), details_button(meeting)),
        note="Reply with yes, no or not sure.",
    )


def coming(meeting: Meeting) -> Card:
    """The reminder for those who said yes."""
    return Card(
        _SOON,
        f"{_about(meeting)}\n\nYou said you are coming. Thank you. The details say how to join.",
        buttons=(details_button(meeting), change_button(meeting), support_button()),
    )


def not_sure(meeting: Meeting) -> Card:
    """The reminder for those who were not sure."""
    return Card(
        _SOON,
        f"{_about(meeting)}\n\nYou were not sure yet. Can you come? It is fine if you cannot.",
        buttons=(*answer_buttons(meeting), support_button(), details_button(meeting)),
    )


def unanswered(meeting: Meeting) -> Card:
    """The reminder for those who have not answered."""
    return Card(
        "Can you come to a meeting?",
        f"{_about(meeting)}\n\nI have no answer from you yet. It is fine if you cannot come.",
        buttons=(*answer_buttons(meeting), support_button(), details_button(meeting)),
        note="Reply with yes, no or not sure.",
    )


def how_to_join(meeting: Meeting, how: str, *, coordinators: Sequence[str]) -> Card:
    """On the day, for those who said yes: where to go, and whom to tell if it fails."""
    return Card(
        "How to join your meeting",
        facts=facts(meeting, how),
        buttons=(change_button(meeting), details_button(meeting)),
        note=f"If you cannot get in, please write to {dates.joined(coordinators, 'or') or 'the coordinator'}.",
    )


def details_button(meeting: Meeting) -> Button:
    """The way to everything about the meeting."""
    return Button("See the details", "meetings.show", str(meeting.number))


def _about(meeting: Meeting) -> str:
    return f"{meeting.group.name}\n{when(meeting)}\n{dict(facts(meeting))['How']}"
