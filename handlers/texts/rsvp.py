"""The words of answering an invitation."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.chat import Button, Card
from handlers.texts import dates
from handlers.texts.meetings import (
    ANSWERS,
    PER_PAGE,
    answer_buttons,
    calendar_button,
    change_button,
    facts,
    list_button,
    support_button,
    when,
    your_answer,
)
from storage.meetings import Meeting, Rsvp

_WAYS = {"online": "I will join online", "in_person": "I will come in person"}


def saved(meeting: Meeting, rsvp: Rsvp) -> Card:
    """The receipt of an answer, with how to join for those who come."""
    if rsvp.answer == "no":
        return Card(
            "Your answer is saved",
            "You are not coming. Thank you for telling us.\n\nI will not remind you of this meeting.",
            (("When", when(meeting)), ("Group", meeting.group.name)),
            (change_button(meeting), list_button()),
        )
    return Card(
        "Your answer is saved",
        your_answer(rsvp) + " You can change your answer at any time." * (rsvp.answer == "not_sure"),
        facts(meeting, rsvp.how),
        (change_button(meeting), calendar_button(meeting), support_button()),
    )


def online_or_in_person(meeting: Meeting) -> Card:
    """The receipt of a yes to a meeting that can be joined in two ways: which?"""
    return Card(
        "Your answer is saved",
        "You are coming. Online or in person?",
        facts(meeting),
        (
            *(
                Button(label, "rsvp.answer", f"{meeting.number}:yes:{how}:{meeting.version}")
                for how, label in _WAYS.items()
            ),
            change_button(meeting),
        ),
        note='Reply "online" or "in person".',
    )


def ask(meeting: Meeting, rsvp: Rsvp | None) -> Card:
    """Can they come? With what they answered before."""
    if rsvp is not None:
        return Card(
            "Change your answer",
            f"Your answer now: {your_answer(rsvp)}",
            facts(meeting),
            (*answer_buttons(meeting), _keep_button(meeting)),
        )
    return Card(
        "Can you come to this meeting?",
        your_answer(None),
        facts(meeting),
        answer_buttons(meeting),
        note="Reply with yes, no or not sure.",
    )


def _keep_button(meeting: Meeting) -> Button:
    return Button("Keep my answer", "meetings.show", str(meeting.number))


def change(meeting: Meeting, rsvp: Rsvp, said: str, how: str) -> Card:
    """Nothing waits, but a meeting was answered: do they mean that one? ``how``: the way to join they named."""
    how = how if meeting.how == "both" else ""
    if rsvp.answer == said and how in ("", rsvp.how):
        return Card(
            "You have answered already",
            f"{your_answer(rsvp)} No other meeting waits for your answer.",
            facts(meeting, rsvp.how),
            (change_button(meeting), list_button()),
        )
    return Card(
        "Your answer has not changed yet",
        f"Your answer now: {your_answer(rsvp)}",
        facts(meeting),
        (
            Button(
                f'Change it to "{_WAYS.get(how, ANSWERS[said])}"',
                "rsvp.answer",
                f"{meeting.number}:{said}:{how}:{meeting.version}",
            ),
            _keep_button(meeting),
        ),
    )


def which(meant: Sequence[Meeting], said: str, how: str) -> Card:
    """They can mean several meetings: the next ones, and the way to the others.

    Numbered by their place, because a typed number presses the button that stands there.
    """
    shown = meant[:PER_PAGE]
    more = len(meant) - len(shown)
    return Card(
        "Which meeting do you mean?",
        f'You said "{_WAYS.get(how, ANSWERS[said])}". Choose the meeting that you mean.'
        + f" There {'is' if more == 1 else 'are'} {more} more in your list." * bool(more),
        tuple((str(place), f"{when(meeting)}. {meeting.group.name}") for place, meeting in enumerate(shown, 1)),
        tuple(
            Button(
                f"{place}. {dates.day(meeting.local_start)}",
                "rsvp.answer",
                f"{meeting.number}:{said}:{how}:{meeting.version}",
            )
            for place, meeting in enumerate(shown, 1)
        )
        + ((list_button(),) if more else ()),
        note="Reply with a number.",
    )


def nothing_waits() -> Card:
    """There is no meeting to answer."""
    return Card(
        "No meeting waits for your answer",
        "When a group has a new meeting, I write to its members here.",
        buttons=(list_button(), Button("Show all groups", "joining.groups")),
        note='Reply "help" to see what you can do.',
    )


def paused() -> Card:
    """Somebody paused answers."""
    return Card(
        "You are paused",
        "I have not saved an answer. You do not need to answer while you are paused.\n\n"
        'To answer, first reply "come back".',
        buttons=(Button("Come back", "pausing.come_back"), list_button()),
    )


def not_asked(meeting: Meeting) -> Card:
    """A coordinator answers a meeting of their own group."""
    return Card(
        "You coordinate this group",
        "Only members answer invitations, so I have not saved an answer.",
        buttons=(Button("See who is coming", "meetings.who", str(meeting.number)),),
    )


def moved_since(meeting: Meeting, rsvp: Rsvp | None) -> Card:
    """The button belongs to a time that no longer holds. The answer was kept when the meeting moved."""
    now = f"Your answer now: {your_answer(rsvp)}" if rsvp else your_answer(None)
    return Card(
        "This meeting has moved",
        f"I have not saved that, because the time has changed.\n\n{now} Can you come at this time?",
        facts(meeting),
        answer_buttons(meeting),
    )
