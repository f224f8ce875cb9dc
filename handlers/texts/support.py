"""The words of asking for support to take part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from handlers import adjustments
from handlers.adjustments import NOTHING, Adjustment
from handlers.chat import Button, Card, Field, Form, Option
from handlers.texts import dates, labels
from handlers.texts.signposts import STANDING_LINE
from storage.groups import Group
from storage.meetings import Meeting
from storage.people import Person
from storage.support import Adjustment as Arrangement
from storage.support import Need

PER_PAGE = 3
_NOT_MET_SHOWN = 2
"""Meetings of which it is told in full that something cannot be had. A reason and an offer may be long."""


@dataclass(frozen=True)
class Hurry:
    """A meeting before which time is short, and for what."""

    meeting: Meeting
    items: list[Adjustment]


STATES = {
    "asked": "You have asked for this",
    "arranging": "We are arranging this",
    "arranged": "Arranged",
    "met": "This was in place",
    "not_needed": "Not needed this time",
}


@dataclass(frozen=True)
class Coming:
    """A meeting the reader may come to, how they take part, and what was done for it by the id of the need."""

    meeting: Meeting
    how: str
    done: Mapping[int, Arrangement]


def list_form(have: Mapping[str, str], value: str, *, name: str) -> Form:
    """Everything there is to choose from. ``name``: whom a coordinator chooses for, or empty."""
    areas = adjustments.areas()
    return Form(
        "support.ask",
        "Support to take part",
        (
            Field(
                "areas",
                "What kind of support would help?",
                "choices",
                (
                    *(Option(area, label) for area, label in areas.items()),
                    Option(NOTHING, "None of these: I do not need anything at the moment"),
                ),
                narrows=True,
            ),
            *(_area(area, label, have) for area, label in areas.items()),
        ),
        value=value,
        intro=f"You are choosing for {name}. They do not need to tell you why."
        if name
        else "This is about what helps you take part (also called reasonable adjustments). "
        "You do not need to tell us why. When you are in a group, its coordinators can see it. "
        "Your choices stay until you change them.",
        submit="Save",
    )


def _area(area: str, label: str, have: Mapping[str, str]) -> Field:
    items = [item for item in adjustments.by_code().values() if item.group == area]
    chosen = tuple(item.code for item in items if item.code in have)
    now = dates.joined([item.label for item in items if item.code in have])
    return Field(
        area,
        label,
        "choices",
        tuple(Option(item.code, item.label) for item in items),
        required=False,
        hint=f"Chosen now: {now}. A new answer here takes its place." if now else "",
        initial=chosen,
        asked_if=("areas", area),
    )


def nothing_or_something() -> Card:
    """Both were chosen."""
    return Card(
        "Please choose one or the other",
        'You chose "I do not need anything" together with something else. Please choose one or the other.',
    )


def questions_about(have: Mapping[str, str]) -> list[tuple[Adjustment, str]]:
    """What was chosen that booking needs a detail of, with the detail as it stands."""
    return [(item, have[item.code]) for item in adjustments.by_code().values() if item.code in have and item.question]


def details_form(questions: Sequence[tuple[Adjustment, str]], value: str, *, name: str) -> Form:
    """The smallest details that arranging needs, none of them required. ``name``: as in the list."""
    which = Field(
        "which",
        "Which of these would you like to tell us more about?",
        "choices",
        tuple(Option(item.code, item.label) for item, _ in questions),
        narrows=True,
    )
    fields = [
        Field(
            item.code,
            labels.fit("", item.label, f": {item.question}", longest=150),
            required=False,
            hint=f'Now: "{detail}". A new answer here takes its place.' if detail else "",
            initial=detail,
            longest=300,
            asked_if=("which", item.code) if len(questions) > 1 else None,
        )
        for item, detail in questions
    ]
    return Form(
        "support.details",
        "A few details",
        (which, *fields) if len(questions) > 1 else tuple(fields),
        value=value,
        intro="Please write only what we need to arrange it. "
        f"{f'{name} does not need to tell you why.' if name else 'You do not need to tell us why.'} "
        "You can leave out any of these.",
        submit="Save the details",
    )


def no_details(value: str, *, name: str) -> Card:
    """Nothing chosen has a question."""
    return Card("No details are needed", "What you chose needs no details.", buttons=_ways(value, name))


def saved(have: Mapping[str, str], hurry: Hurry | None, value: str, *, name: str, talk: bool | None = None) -> Card:
    """The receipt: what is saved, who sees it, and where time is short that we will try.

    ``talk``: where they would now rather talk about it, whether a coordinator was told so.
    """
    yours = f"{name}'s choices are" if name else "Your choices are"
    if not have:
        return Card(
            "Saved",
            f"{yours} saved: no support is needed at the moment. You can change this at any time.",
            buttons=(_ask(value, name),),
            note=STANDING_LINE,
        )
    parts = [
        f"{yours} saved. {_seen_by(name)} coordinators can see them. The chair and the group cannot.",
        _list(have),
    ]
    buttons = list(_ways(value, name))
    if talk is not None and not talk:
        buttons.append(Button("Give feedback", "feedback.write"))
        parts.append(
            "I have told nobody that you would like to talk to someone. "
            'To tell a person, reply "feedback" and say so there, with how to reach you.'
        )
    elif talk:
        parts.append(
            f"Please get in touch with {name} within 2 working days."
            if name
            else "I have asked the coordinators to get in touch with you within 2 working days."
        )
    if hurry:
        late = "\n".join(f"- {item.label}" for item in hurry.items)
        parts += [
            f"There is a meeting on {dates.day(hurry.meeting.local_start)}. There is little time to arrange:\n{late}",
            "Please look at the checklist now." if name else "We will try.",
        ]
        if name:
            buttons.insert(0, _checklist())
    questions = questions_about(have)
    if not all(detail for _, detail in questions):
        buttons.insert(0, Button("Add the details", "support.details", value, "primary"))
        parts.append("I have a question about some of this.")
    elif questions:
        buttons.insert(0, Button("Add or change the details", "support.details", value))
    return Card("Saved", "\n\n".join(parts), buttons=tuple(buttons), note=STANDING_LINE)


def _seen_by(name: str) -> str:
    return "The group's" if name else "When you are in a group, its"


def _list(have: Mapping[str, str]) -> str:
    items = adjustments.by_code()
    return "\n".join(f"- {_with_detail(item, have[code])}" for code, item in items.items() if code in have)


def _with_detail(item: Adjustment, detail: str) -> str:
    return f"{item.label} ({detail.rstrip('.')})" if detail else item.label


def mine(needs: Sequence[Need], coming: Sequence[Coming], *, start: int) -> Card:
    """What the reader asked for, from the one numbered `start` on, and how it stands for the meetings to come."""
    if not needs:
        return Card("Your support", "You have not asked for support so far.", buttons=(_ask(""),))
    parts = [f"Your next meeting is on {dates.day(coming[0].meeting.local_start)}."] if coming else []
    # What cannot be had is what they were led here to read.
    ordered = sorted(needs, key=lambda need: not any(_not_met(need, one) for one in coming))
    if start >= len(needs):
        start = 0  # a button of an earlier, longer list
    shown = ordered[start : start + PER_PAGE]
    parts += [_standing(need, coming) for need in shown]
    buttons = [_ask("")]
    if questions_about({need.code: need.detail for need in needs}):
        buttons.append(Button("Add or change the details", "support.details"))
    buttons += [
        Button(f"Take off: {adjustments.by_code()[need.code].short}", "support.drop", str(need.id)) for need in shown
    ]
    if more := len(needs) - start - len(shown):
        buttons.append(Button(f"Show more of my support ({more})", "support.mine", str(start + PER_PAGE)))
    return Card(
        "Your support",
        "\n\n".join(parts),
        buttons=labels.distinct(buttons),
        note=f"{_seen_by('')} coordinators can see this. The chair and the group cannot.",
    )


def _standing(need: Need, coming: Sequence[Coming]) -> str:
    item = adjustments.by_code()[need.code]
    lines = [_with_detail(item, need.detail)]
    missed = 0
    for place, one in enumerate(coming):
        done = one.done.get(need.id)
        if not item.for_meetings or not item.applies(one.how):
            continue
        if done and done.state == "not_met":
            missed += 1
            if missed > _NOT_MET_SHOWN:
                continue
            lines += [
                f"We could not arrange this for {dates.day(one.meeting.local_start)}.",
                f"Why: {done.reason}",
                f"What we can do instead: {done.alternative}",
            ]
        elif place == 0:
            lines.append(f"{STATES[done.state if done else 'asked']}.")
    if missed > _NOT_MET_SHOWN:
        lines.append(f"Later meetings for which we could not arrange this: {missed - _NOT_MET_SHOWN}.")
    return "\n".join(lines)


def _not_met(need: Need, coming: Coming) -> bool:
    return need.id in coming.done and coming.done[need.id].state == "not_met"


def gone() -> Card:
    """It is not there any more."""
    return Card("That is off your list already", "I have changed nothing now.", buttons=(_mine(),))


def dropped(code: str) -> Card:
    """One thing is not needed any more."""
    label = adjustments.by_code()[code].label
    return Card("I have taken it off your list", f"It was: {label}.", buttons=(_mine(), _ask("")))


def changed(group: Group) -> Card:
    """To coordinators: neutral, whoever it was and whatever it is."""
    return Card(
        "Your checklist may have changed",
        f"Please look at what is to be arranged for {group.name}.",
        buttons=(_checklist(),),
    )


def little_time(group: Group) -> Card:
    """To coordinators, inside a minimum lead time."""
    return Card(
        "Your checklist has something urgent",
        f"There is little time to arrange something for a meeting of {group.name}. Please look now.",
        buttons=(_checklist(),),
    )


def would_like_to_talk(person: Person) -> Card:
    """To coordinators: who, and nothing more."""
    return Card(
        "Somebody would like to talk to you",
        f"{person.name} would like to talk to a coordinator. Please get in touch within 2 working days.\n\n"
        "They may have written how to reach them.",
        buttons=(Button(labels.fit("See how to reach ", person.name), "support.details", str(person.id)), _checklist()),
    )


def done_for_you(by: Person) -> Card:
    """To a member for whom a coordinator chose."""
    return Card(
        f"{by.name} answered for you",
        "They wrote down something you told them. You can look at it and change it.",
        buttons=(_mine(),),
    )


def _ways(value: str, name: str) -> tuple[Button, ...]:
    return (_ask(value, name),) if value else (_mine(), _ask(""))


def _ask(value: str, name: str = "") -> Button:
    return Button(
        labels.fit("Choose support for ", name) if name else "Choose support to take part", "support.ask", value
    )


def _mine() -> Button:
    return Button("See my support", "support.mine")


def _checklist() -> Button:
    return Button("Show the checklist", "support.checklist", "", "primary")
