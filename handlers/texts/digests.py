"""The words of the weekly digest. Nobody asked for it, so it counts and names nothing; buttons lead to the rest."""

from __future__ import annotations

from handlers.chat import Button, Card
from handlers.texts.dates import count
from storage.digests import Week


def digest(week: Week) -> Card:
    """What waits for the person, and what was new."""
    lines = (
        (week.meetings, "meeting waits for your answer", "meetings wait for your answer"),
        (week.announcements, "announcement in the last week", "announcements in the last week"),
        (week.outcomes, "answer to what you told us", "answers to what you told us"),
        (week.requests, "request to join waits for you", "requests to join wait for you"),
        (week.comments, "piece of feedback has no outcome yet", "pieces of feedback have no outcome yet"),
        (
            week.undelivered,
            "message from an announcement may not have arrived",
            "messages from announcements may not have arrived",
        ),
        (week.to_book, "booking to make in the next 7 days", "bookings to make in the next 7 days"),
    )
    buttons = (
        (week.meetings, Button("See meetings", "meetings.list")),
        (week.announcements, Button("Read the announcements", "announcements.news")),
        (week.outcomes, Button("Show my feedback", "feedback.mine")),
        (week.requests, Button("Show requests", "joining.requests")),
        (week.comments, Button("Show comments", "feedback.comments")),
        (week.undelivered, Button("See what became of announcements", "announcements.list")),
        (week.to_book, Button("Show the checklist", "support.checklist")),
    )
    return Card(
        "Your week in the groups",
        "\n".join(f"- {count(number, one, many)}" for number, one, many in lines if number),
        buttons=tuple(button for number, button in buttons if number),
        note='I write this at most once a week, when there is something. Reply "pause" for a break.',
    )
