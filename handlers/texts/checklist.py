"""The words of the coordinator's checklist."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from handlers import adjustments
from handlers.adjustments import Adjustment, BookBy
from handlers.chat import Button, Card, Field, Form
from handlers.texts import dates, labels
from handlers.texts.signposts import STANDING_LINE
from storage.meetings import Meeting
from storage.people import Person
from storage.support import Need

PER_PAGE = 4

STATES = {
    "asked": "asked",
    "arranging": "being arranged",
    "arranged": "arranged",
    "met": "was in place",
    "not_met": "cannot be arranged, they were told",
    "not_needed": "not needed this time",
}


@dataclass(frozen=True)
class Line:
    """One thing for one person at one meeting."""

    need: Need
    person: Person
    meeting: Meeting
    item: Adjustment
    state: str
    due: BookBy

    @property
    def open(self) -> bool:
        """Whether it is still to be arranged."""
        return self.state in ("asked", "arranging")


def checklist(lines: Sequence[Line], *, start: int) -> Card:
    """The lines from the one numbered `start` on."""
    if not lines:
        return Card("Checklist", "There is no support to arrange for the meetings of the next 8 weeks.")
    shown = lines[start : start + PER_PAGE]
    still = sum(line.open for line in lines)
    parts = [f"Still to arrange: {still}. Paused people and people who said no are left out."]
    parts += [_said(line) for line in shown]
    buttons = [button for line in shown for button in _buttons(line)]
    if more := len(lines) - start - len(shown):
        buttons.append(Button(f"Show more of the checklist ({more})", "support.checklist", str(start + PER_PAGE)))
    return Card(
        "Checklist",
        "\n\n".join(parts),
        buttons=labels.distinct(buttons),
        note="Only coordinators see this. Please do not pass on who asked for what.",
    )


def _said(line: Line) -> str:
    detail = line.need.detail.rstrip(".")
    what = f"{line.item.label} ({detail})" if detail else line.item.label
    first = f"{line.person.name}: {what}, on {dates.day(line.meeting.local_start)}"
    if not line.open:
        return f"{first}\nState: {STATES[line.state]}."
    if not line.item.needs_booking:
        parts = [f"{first}. {_by(line)}", line.item.to_do]
    else:
        parts = [first, f"Meeting: {line.meeting.title}", f"State: {STATES[line.state]}. {_by(line)}", line.item.to_do]
    return "\n".join(part for part in parts if part)


def _by(line: Line) -> str:
    verb = "Book" if line.item.needs_booking else "Do this"
    if line.due.late:
        return f"{verb} now. It is late: we will try."
    return f"{verb} by {dates.day(line.due.day)}."


def _buttons(line: Line) -> list[Button]:
    value = f"{line.need.id}:{line.meeting.number}"
    offers = []
    if line.open or line.state == "not_met":
        offers.append(Button(_label("Arranged for ", line), "support.arranged", value))
    if line.open or line.state == "arranged":
        offers.append(Button(_label("Cannot arrange for ", line), "support.not_met", value))
    return offers


def _label(verb: str, line: Line) -> str:
    # A phone may cut the label: whom and when tell more of these apart than what.
    name = labels.fit("", line.person.name, longest=20)
    return labels.fit(f"{verb}{name}, {labels.short_day(line.meeting.local_start)}: ", line.item.label)


def arranged(need: Need, meeting: Meeting, value: str) -> Card:
    """It is arranged."""
    return Card(
        "Saved as arranged",
        f"{_label_of(need)} for {need.person.name} on {dates.day(meeting.local_start)}. They can see this.",
        buttons=(_list(), Button("Undo: it is not arranged yet", "support.arranging", value)),
    )


def arranging(need: Need) -> Card:
    """It is not arranged yet."""
    return Card("Saved as being arranged", f"{_label_of(need)} for {need.person.name}.", buttons=(_list(),))


def not_met_form(need: Need, meeting: Meeting, value: str) -> Form:
    """Why, and what instead."""
    return Form(
        "support.not_met",
        "Cannot arrange this",
        (
            Field(
                "reason",
                "Why can it not be arranged?",
                "text",
                hint=f"{need.person.name} will read this.",
                longest=500,
            ),
            Field(
                "alternative",
                "What can you do instead?",
                "text",
                hint="Please talk to them first if you can. They will read this too.",
                longest=500,
            ),
        ),
        value=value,
        intro=f"{_label_of(need)} for {need.person.name} on {dates.day(meeting.local_start)}.",
        submit="Save and tell them",
    )


def not_met(need: Need) -> Card:
    """It cannot be arranged, and the member is told."""
    return Card(
        "Saved",
        f"I am telling {need.person.name} that there is news. They can read your reason and what you offer instead.",
        buttons=(_list(),),
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
    return Card("That has changed since", "Nothing is different now.", buttons=(_list(),))


def _label_of(need: Need) -> str:
    return adjustments.by_code()[need.code].label


def _list() -> Button:
    return Button("Show the checklist", "support.checklist")
