"""The words of the coordinator's checklist."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from handlers import adjustments
from handlers.adjustments import Adjustment, BookBy
from handlers.chat import Button, Card, Field, Form
from handlers.pages import Place, page
from handlers.texts import dates, labels
from handlers.texts.signposts import STANDING_LINE
from handlers.texts.telling import calls, telling
from storage.meetings import Meeting
from storage.people import Person, Reach
from storage.support import Adjustment as Arrangement
from storage.support import Need

PER_PAGE = 4

STATES = {
    "asked": "",
    "arranging": "Being arranged.",
    "arranged": "Arranged.",
    "met": "This was in place.",
    "not_met": "Cannot be arranged.",
    "not_needed": "Not needed this time.",
}


@dataclass(frozen=True)
class Line:
    """One thing for one person at one meeting. ``arrangement``: what became of it, once somebody did something."""

    need: Need
    person: Person
    meeting: Meeting
    item: Adjustment
    due: BookBy
    arrangement: Arrangement | None

    @property
    def state(self) -> str:
        """What became of it, `asked` at first."""
        return self.arrangement.state if self.arrangement else "asked"

    @property
    def value(self) -> str:
        """What the buttons of this line bear."""
        return f"{self.need.id}:{self.meeting.number}"

    @property
    def place(self) -> Place:
        """Where it stands in the list: what is open comes first, and then it goes by the day."""
        return (0 if self.open else 1, self.due.day.toordinal(), self.person.id, self.need.id, self.meeting.number)

    @property
    def open(self) -> bool:
        """Whether it is still to be arranged."""
        return self.state in ("asked", "arranging")


def checklist(lines: Sequence[Line], *, after: str) -> Card:
    """A few lines, from the one after the place `after` on."""
    if not lines:
        return Card("Checklist", "There is no support to arrange for the meetings of the next 8 weeks.")
    now = page(lines, lambda line: line.place, after=after, most=PER_PAGE)
    still = sum(line.open for line in lines)
    parts = [f"Still to arrange: {still}. Paused people and people who said no are left out."]
    parts += [f"{number}. {_said(line)}" for number, line in enumerate(now.shown, 1)]
    buttons = [
        Button(f"{number}. {_whose(line)}", "support.line", line.value) for number, line in enumerate(now.shown, 1)
    ]
    if now.left:
        buttons.append(Button(f"Show more of the checklist ({now.left})", "support.checklist", now.last))
    elif not now.at_start:
        buttons.append(Button("Show the checklist from the start", "support.checklist"))
    return Card(
        "Checklist",
        "\n\n".join(parts),
        buttons=tuple(buttons),
        note="Reply with a number to open it. Please do not pass on who asked for what.",
    )


def line(line: Line) -> Card:
    """One line, with how to do it, and what can be said of it."""
    offers = []
    if line.open or line.state == "not_met":
        offers.append(Button("It is arranged", "support.arranged", line.value, "primary"))
    if line.state == "arranged":
        offers.append(_not_yet(line.value))
    # A talk is had or not: there is nothing in its place.
    if line.item.code != adjustments.TALK_FIRST and (line.open or line.state == "arranged"):
        offers.append(Button("It cannot be arranged", "support.not_met", line.value))
    to_do = f"\n\n{line.item.to_do}" if line.open else ""
    return Card(
        "Support to take part", _said(line) + to_do, buttons=(*offers, _list()), note="Please do not pass this on."
    )


def _said(line: Line) -> str:
    first = f"{line.person.name}: {_what(line.need)}, on {dates.day(line.meeting.local_start)}"
    title, state = f"Meeting: {line.meeting.title}", STATES[line.state]
    if not line.open:
        parts = [first, title, state, *_told(line)]
    elif not line.item.needs_booking:
        parts = [f"{first}. {_by(line)}"]
    else:
        parts = [first, title, f"{state} {_by(line)}".strip()]
    return "\n".join(part for part in parts if part)


def _told(line: Line) -> list[str]:
    """What a coordinator wrote to the person, for whoever has to tell them."""
    found = line.arrangement
    if found is None or not found.reason:
        return []
    return [f"Why: {found.reason}", f"What you offer: {found.alternative or ''}"]


def _by(line: Line) -> str:
    verb = "Book" if line.item.needs_booking else "Do this"
    if line.due.late:
        return f"{verb} now. It is late: we will try."
    return f"{verb} by {dates.day(line.due.day)}."


def _whose(line: Line) -> str:
    # A phone cuts longer labels. What it is stands in the list, under the same number.
    return labels.fit("", line.person.name, f", {labels.short_day(line.meeting.local_start)}", longest=36)


def _not_yet(value: str) -> Button:
    return Button("It is not arranged yet", "support.arranging", value)


def arranged(need: Need, meeting: Meeting, value: str, reach: Reach) -> Card:
    """It is arranged. Nobody is written to about it: ``reach`` tells whether the member can see it in chat."""
    seen = telling(need.person.name, reach if reach == "call" else "chat", chat="They can see this.")
    return Card(
        "Saved as arranged",
        f"{_for_whom(need, meeting)} {seen}",
        buttons=(_list(), _not_yet(value)),
    )


def arranging(need: Need, meeting: Meeting) -> Card:
    """It is not arranged yet."""
    return Card("Saved as being arranged", _for_whom(need, meeting), buttons=(_list(),))


def not_met_form(need: Need, meeting: Meeting, value: str, reach: Reach) -> Form:
    """Why, and what instead. ``reach``: how the member hears of it, here and below."""
    name, reads = need.person.name, reach == "chat"
    return Form(
        "support.not_met",
        "Cannot arrange this",
        (
            Field(
                "reason",
                "Why can it not be arranged?",
                "text",
                hint=telling(name, reach, chat=f"{name} will read this."),
                longest=500,
            ),
            Field(
                "alternative",
                "What can you do instead?",
                "text",
                hint=f"Please talk to them first if you can.{' They will read this too.' if reads else ''}",
                longest=500,
            ),
        ),
        value=value,
        intro=_for_whom(need, meeting),
        submit="Save and tell them" if reads else "Save",
    )


def not_met(need: Need, reason: str, alternative: str, reach: Reach) -> Card:
    """It cannot be arranged, and the member is told, or is to be told."""
    name = need.person.name
    chat = f"I am telling {name} that there is news. They can read your reason and what you offer instead."
    wrote = "" if reach == "chat" else f"\n\nWhy: {reason}\n\nWhat you offer: {alternative}"
    return Card(
        "Saved",
        f"{telling(name, reach, chat=chat)}{wrote}",
        buttons=(_list(), *calls(reach)),
        note=STANDING_LINE,
    )


def news(meeting: Meeting) -> Card:
    """To the member: neutral, leading to the details."""
    return Card(
        f"News about the meeting on {dates.day(meeting.local_start)}",
        "A coordinator has written something for you. Please read it before the meeting.",
        buttons=(Button("Read what they wrote", "support.mine", "", "primary"),),
    )


def gone() -> Card:
    """The need or the meeting is not there any more."""
    return Card(
        "This is not on the checklist any more",
        "The meeting or the person's plans have changed. I have not changed anything.",
        buttons=(_list(),),
    )


def _what(need: Need) -> str:
    label, detail = adjustments.by_code()[need.code].label, need.detail.rstrip(".")
    return f"{label} ({detail})" if detail else label


def _for_whom(need: Need, meeting: Meeting) -> str:
    # Many labels are in the person's own voice: the name comes first.
    return f"{need.person.name}, on {dates.day(meeting.local_start)}: {_what(need)}."


def _list() -> Button:
    return Button("Show the checklist", "support.checklist")
