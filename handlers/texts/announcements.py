"""The words of announcements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from handlers.calendar import to_local
from handlers.chat import Button, Card, Field, Form, Option
from handlers.texts.dates import clock, count, day
from handlers.texts.labels import fit
from storage.announcements import Announcement
from storage.groups import Group

LONGEST = 2500
PER_PAGE = 5
PER_PAGE_OF_NEWS = 3
_TITLE = 150

COLUMNS = {
    "sent": "Sent",
    "waiting": "Waiting to go",
    "unknown": "Not known if it arrived",
    "failed": "Could not be sent",
    "paused": "Not sent, because of a pause",
    "stopped": "Not sent, because messages are stopped",
    "not_needed": "No longer needed",
    "needs_call": "Needs a phone call",
}
"""The columns of a report in plain words."""


def form(action: str, choices: Sequence[Group], *, words: str = "", value: str = "") -> Form:
    """The announcement's words, and the group where there is more than one."""
    which = Field(
        "group",
        "Which group is it for?",
        "choice",
        tuple(Option(str(group.id), fit("", group.name)) for group in choices),
    )
    text = Field(
        "text",
        "What do you want to say?",
        "text",
        hint="This can show on locked phones, where others may see it. Please keep personal matters out.",
        initial=words,
        longest=LONGEST,
    )
    return Form(
        action,
        "Write an announcement",
        (which, text) if len(choices) > 1 else (text,),
        value=value,
        intro="You will see it as members see it before it goes.",
        submit="Show me how it looks",
    )


def announcement(of: Announcement) -> Card:
    """What members get."""
    return Card(
        fit("News from ", of.group.name, longest=_TITLE),
        of.text,
        note=f'{_author(of)} wrote this for the group. Reply "catch up" to read it again.',
    )


def _author(of: Announcement) -> str:
    return of.author.name if of.author is not None and of.author.silenced_at is None else "A coordinator"


def ask(of: Announcement, size: int, *, at: datetime | None) -> Card:
    """Under the preview. ``at``: the local time at which it goes, or None for now."""
    if not size:
        return Card(
            "There is nobody to send this to",
            f"{of.group.name} has no members yet.",
            buttons=(Button("Throw it away", "announcements.drop", str(of.id), "danger"),),
        )
    people = count(size, "person", "people")
    goes = f"at {clock(at.time())} on {day(at)}" if at else "now"
    return Card(
        f"Send this to {people}?",
        f"Members see it as it stands above. It goes {goes}.\n\n"
        "Nobody gets it in their own quiet hours. Some may be paused, or need a phone call: the report shows how many.",
        buttons=(
            Button(f"Yes, send to {people}", "announcements.send", str(of.id), "primary"),
            Button("Change the words", "announcements.change", str(of.id)),
            Button("Throw it away", "announcements.drop", str(of.id), "danger"),
        ),
    )


def dropped() -> Card:
    """The draft is gone."""
    return Card(
        "Thrown away", "Nothing was sent.", buttons=(Button("Write a new announcement", "announcements.write"),)
    )


def gone() -> Card:
    """The draft was changed or thrown away since."""
    return Card(
        "That announcement is not there any more",
        "It was changed or thrown away. Nothing was sent by this button.",
        buttons=(Button("Write a new announcement", "announcements.write"),),
    )


def sent_already(of: Announcement) -> Card:
    """Send was pressed a second time."""
    return Card(
        "This was sent already",
        "Nobody gets it twice.",
        buttons=(Button("See what became of it", "announcements.report", str(of.id)),),
    )


def report(of: Announcement, columns: Mapping[str, int], *, zone: str) -> Card:
    """In which column everyone of the audience stands."""
    facts = [(words, str(columns[name])) for name, words in COLUMNS.items() if columns[name]]
    return Card(
        "What became of this announcement",
        f"{of.group.name}, {_when(of, zone)}.\n\n{_sent(of, columns)}",
        (*facts, ("Total", str(of.audience))),
        buttons=(
            Button("Count again", "announcements.report", str(of.id)),
            Button("See all announcements", "announcements.list"),
        ),
        note='Reply "call list" to see who needs a call.' if columns["needs_call"] else "",
    )


def _sent(of: Announcement, columns: Mapping[str, int]) -> str:
    return f"Sent to {columns['sent']} of {of.audience}."


def _when(of: Announcement, zone: str) -> str:
    if of.sent_at is None:
        raise ValueError("a draft was not sent")
    local = to_local(of.sent_at, zone)
    return f"{day(local)}, {clock(local.time())}"


def reports(shown: Sequence[tuple[Announcement, Mapping[str, int]]], *, start: int, more: bool, zone: str) -> Card:
    """The last announcements, newest first."""
    write = Button("Write a new announcement", "announcements.write")
    if not shown:
        return Card("Announcements", "Nothing was announced yet.", buttons=(write,))
    parts = []
    buttons = []
    for number, (of, columns) in enumerate(shown, start + 1):
        what = f"Announcement {number}: {of.group.name}, {_when(of, zone)}"
        parts.append("\n".join(filter(None, (what, _beginning(of.text), _sent(of, columns)))))
        buttons.append(Button(f"Announcement {number}: see all numbers", "announcements.report", str(of.id)))
    if more:
        buttons.append(Button("Show older announcements", "announcements.list", str(start + len(shown))))
    return Card("Announcements", "\n\n".join(parts), buttons=(*buttons, write))


def _beginning(text: str) -> str:
    return fit("", " ".join(text.split()), longest=80)


def news(shown: Sequence[Announcement], *, start: int, more: bool, zone: str) -> Card:
    """What was announced lately, to a member who asks."""
    meetings = Button("See meetings", "meetings.list")
    if not shown:
        return Card("Nothing new", "Nothing was announced in the last 30 days.", buttons=(meetings,))
    parts = [f"{of.group.name}, {_when(of, zone)}. {_author(of)} wrote:\n{of.text}" for of in shown]
    older = (Button("Show older news", "announcements.news", str(start + len(shown))),) if more else ()
    return Card("News from your groups", "\n\n".join(parts), buttons=(*older, meetings))
