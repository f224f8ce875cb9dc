"""The words of pausing, `stop`, `start` and quiet hours."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from handlers.chat import Answer, Button, Card, Field, Form, Option
from handlers.phrases import DateProblem
from handlers.texts import dates
from handlers.texts.hours import ends, quiet
from handlers.times import parse_time
from handlers.words import plain
from storage.people import Reach

USUAL, OWN = "usual", "own"
CHOICES = ("18:00-10:00", "21:00-07:00")
_LENGTHS = {"2w": "2 weeks", "1m": "1 month", "3m": "3 months"}
_COME_BACK = Button("Come back now", "pausing.come_back")
_STOP = Button("Stop all messages", "pausing.stop")
_START = Button("Start messages again", "pausing.start")
_TO_END = 'Reply "come back" to end your pause.'
_MEETINGS = Button("See meetings", "meetings.list")
_GROUPS = Button("Show my groups", "joining.mine")


def in_no_group() -> Card:
    """There is nothing to pause."""
    return Card(
        "You are not in a group yet",
        'There is nothing to pause. Reply "stop" if you want me to write nothing you did not ask for.',
        buttons=(_STOP, Button("Show all groups", "joining.groups")),
    )


def pause_form(ends: Mapping[str, date]) -> Form:
    """How long the pause is."""
    options = [Option(name, f"{_LENGTHS[name]}, until {dates.day(end)}") for name, end in ends.items()]
    return Form(
        "pausing.pause",
        "Take a break",
        (
            Field(
                "until",
                "How long do you want to pause?",
                "choice",
                (*options, Option("open", 'Until I write "come back"')),
                hint="You do not need to say why. Your place in your groups is kept.",
            ),
        ),
        submit="Pause",
    )


def length_meant(said: str) -> str | None:
    """The length that was typed after `pause`, or None."""
    words = plain(said).removeprefix("for ")
    return next((name for name, length in _LENGTHS.items() if words == length), None)


_OVER: Mapping[Reach, str] = {
    "chat": " Then I will tell you that the pause is over.",
    "call": " Then a coordinator will tell you that the pause is over.",
    "stopped": "",
}
_ASKED: Mapping[Reach, str] = {
    "chat": " I will ask you once, in 6 months, if you want to come back.",
    "call": " A coordinator will ask you once, in 6 months, if you want to come back.",
    "stopped": "",
}


def paused(until: date | None, reach: Reach) -> Card:
    """The pause has begun. ``until``: the day of return, or None when it is left open."""
    later = (_OVER if until else _ASKED)[reach]
    stopped = reach == "stopped"
    return Card(
        "Your pause has begun",
        f"I write nothing about your groups {_end(until)}.{later} What you miss is not sent later.\n\n"
        "Your place is kept. If you write to me, I answer you. You can come back at any time."
        + _also_stopped(stopped=stopped),
        buttons=(_COME_BACK, _START if stopped else _STOP),
        note=_TO_END,
    )


def _end(until: date | None) -> str:
    return f"until {dates.day(until)}" if until else "until you come back"


def staying(until: date | None, *, stopped: bool) -> Card:
    """They were asked whether they want to come back, and do not."""
    ask = "" if stopped else " I will not ask before that." if until else " I will not ask again."
    return Card(
        "You are still on a break",
        f"I write nothing about your groups {_end(until)}.{ask} Your place is kept.{_also_stopped(stopped=stopped)}",
        buttons=(_COME_BACK, _START if stopped else _STOP),
        note=_TO_END,
    )


def still_paused() -> Card:
    """6 months into a pause without an end: asked once."""
    return Card(
        "You are taking a break from your groups",
        "Would you like to come back? You can also stay away as long as you like. I will not ask again.",
        buttons=(
            Button("Yes, come back now", "pausing.come_back", "", "primary"),
            Button("No, stay on a break", "pausing.stay"),
            _GROUPS,
        ),
        note='Reply "come back", or do nothing.',
    )


def welcome_back(*, stopped: bool) -> Card:
    """They came back."""
    return Card(
        "Welcome back",
        "Your pause is over. I do not send you what went out while you were away." + _also_stopped(stopped=stopped),
        buttons=(*((_START,) if stopped else ()), _MEETINGS, Button("Read the announcements", "announcements.news")),
        note='Reply "catch up" to see what was announced.',
    )


def back_today() -> Card:
    """The day of return has come."""
    return Card(
        "Welcome back: your break is over",
        "From today I write to you about your groups again. I do not send what you missed.",
        buttons=(
            _MEETINGS,
            Button("Read the announcements", "announcements.news"),
            Button("Pause again", "pausing.pause"),
        ),
        note='Reply "pause" if you need longer.',
    )


def not_paused(*, stopped: bool) -> Card:
    """There is no pause to end."""
    return Card(
        "You are not paused",
        "There is no pause to end." + _also_stopped(stopped=stopped),
        buttons=(_START, _GROUPS) if stopped else (_GROUPS,),
    )


def _also_stopped(*, stopped: bool) -> str:
    return '\n\nAll messages are stopped. Reply "start" if I may write to you again.' if stopped else ""


def stopped(*, member: bool) -> Card:
    """Nothing unasked goes out any more. ``member``: whether they are in a group."""
    also = "You are still in your groups. You can also leave them, or delete your data."
    return Card(
        "Messages are stopped",
        'I write nothing that you did not ask for, until you reply "start". If you write to me, I answer you.\n\n'
        + (also if member else "You can also delete your data."),
        buttons=(
            _START,
            *((Button("Show my groups, to leave one", "joining.mine"),) if member else ()),
            Button("Delete my data", "privacy.delete"),
        ),
        note='Reply "help now" to see who to call if you need help.',
    )


_ON_A_BREAK = 'You are still on a break, so I write nothing about your groups. Reply "come back" to end it.'


def not_stopped(*, paused: bool) -> Card:
    """There is no `stop` to take back."""
    if paused:
        return Card("Messages are not stopped", _ON_A_BREAK, buttons=(_COME_BACK, _STOP))
    return Card("Messages are not stopped", "You hear what is new, as usual.", buttons=(_STOP,))


def started(*, paused: bool) -> Card:
    """`stop` was taken back."""
    return Card(
        "Messages have started again",
        _ON_A_BREAK if paused else "From now on you hear what is new. I do not send what was stopped.",
        buttons=(_COME_BACK, _MEETINGS) if paused else (_MEETINGS,),
    )


def quiet_form(*, usual: str, own: str) -> Form:
    """When not to write. ``usual``: the organisation's hours; ``own``: the person's, or empty."""
    options = (
        Option(USUAL, f"As usual, {quiet(usual)}"),
        *(Option(choice, quiet(choice)) for choice in CHOICES if choice != usual),
        Option(OWN, "Other times"),
    )
    current = USUAL if not own else own if own in CHOICES else OWN
    start, end = ends(own) if current == OWN else ("", "")
    return Form(
        "pausing.quiet_hours",
        "Quiet hours",
        (
            Field("hours", "When should I not write to you?", "choice", options, initial=current),
            _time("from", "Other times: from when?", start),
            _time("to", "Other times: until when?", end),
        ),
        intro="I do not write on Sundays either. I always answer what you write.",
        submit="Save",
    )


def _time(name: str, label: str, initial: str) -> Field:
    return Field(
        name,
        label,
        hint="You can type a time like 7pm or 8:30am.",
        initial=initial,
        longest=40,
        check=_not_a_time,
        asked_if=("hours", OWN),
    )


def _not_a_time(answer: Answer) -> str:
    try:
        parse_time(str(answer))
    except DateProblem as problem:
        return dates.problem(problem)
    return ""


def time_needed() -> Card:
    """ "Other times" was chosen, and one is missing."""
    return Card("Quiet hours", "Please give both times, such as 7pm and 8:30am.")


def same_time() -> Card:
    """Both times are the same."""
    return Card("Quiet hours", "Please choose 2 different times.")


def quiet_hours(saved: str) -> Card:
    """The hours are kept."""
    return Card(
        "Your quiet hours are saved",
        f"I write nothing that you did not ask for from {quiet(saved)}, or on Sundays. "
        "A meeting that is cancelled or moved in the next 24 hours is the one exception.\n\n"
        "I always answer what you write to me.",
        buttons=(Button("Change my quiet hours", "pausing.quiet_hours"), _STOP),
    )
