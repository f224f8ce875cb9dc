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

_ONLINE, _IN_PERSON = "I will join online", "I will come in person"


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
        your_answer(rsvp),
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
            Button(_ONLINE, "rsvp.answer", f"{meeting.number}:yes:online:{meeting.version}"),
            Button(_IN_PERSON, "rsvp.answer", f"{meeting.number}:yes:in_person:{meeting.version}"),
            change_button(meeting),
        ),
        note='Reply "online" or "in person".',
    )


def ask(meeting: Meeting, rsvp: Rsvp | None) -> Card:
    """Can they come? With what they answered before."""
    return Card(
        "Can you come to this meeting?",
        your_answer(rsvp),
        facts(meeting),
        answer_buttons(meeting),
        note="Reply with yes, no or not sure." if rsvp is None else "",
    )


def change(meeting: Meeting, rsvp: Rsvp, said: str) -> Card:
    """Nothing waits, but the next meeting was answered: do they mean that one?"""
    if rsvp.answer == said:
        return Card(
            "You have answered already",
            f"{your_answer(rsvp)} No other meeting waits for your answer.",
            facts(meeting, rsvp.how),
            (change_button(meeting), list_button()),
        )
    return Card(
        "Do you want to change your answer?",
        f"Your answer now: {your_answer(rsvp)}",
        facts(meeting),
        (
            Button(f'Change it to "{ANSWERS[said]}"', "rsvp.answer", f"{meeting.number}:{said}::{meeting.version}"),
            Button("Keep my answer", "meetings.show", str(meeting.number)),
        ),
    )


def which(waiting: Sequence[Meeting], said: str, how: str) -> Card:
    """Several meetings wait for an answer: the next ones, and the way to the others."""
    shown = waiting[:PER_PAGE]
    return Card(
        "Which meeting do you mean?",
        f'You said "{ANSWERS[said]}". These meetings wait for your answer.',
        tuple((f"Meeting {meeting.number}", f"{when(meeting)}. {meeting.group.name}") for meeting in shown),
        tuple(
            Button(
                f"Meeting {meeting.number}, {dates.day(meeting.local_start)}",
                "rsvp.answer",
                f"{meeting.number}:{said}:{how}:{meeting.version}",
            )
            for meeting in shown
        )
        + ((list_button(),) if len(waiting) > len(shown) else ()),
    )


def nothing_waits() -> Card:
    """There is no meeting to answer."""
    return Card(
        "No meeting waits for your answer",
        "I will write to you here when there is one.",
        buttons=(list_button(),),
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
    """The button belongs to a date that no longer holds."""
    return Card(
        "This meeting has moved",
        "I have not saved that, because the date has changed.\n\n"
        f"Before: {your_answer(rsvp)} Can you come at the new time?",
        facts(meeting),
        answer_buttons(meeting),
    )
