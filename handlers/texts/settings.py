"""The words of the organisation's settings."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import available_timezones

from handlers.chat import Answer, Button, Card, Field, Form, Option
from handlers.phrases import DateProblem
from handlers.texts.dates import problem
from handlers.texts.hours import quiet
from handlers.texts.signposts import STANDING_LINE
from handlers.times import Span, parse_span
from storage.organisations import Organisation

A_DAY = 24 * 60
"""Minutes."""

NATIONS = (
    Option("ENG", "England"),
    Option("WLS", "Wales"),
    Option("SCT", "Scotland"),
    Option("NIR", "Northern Ireland"),
)

_PALS = "PALS (Patient Advice and Liaison Service)"


def settings(organisation: Organisation, *, saved: bool = False, opened: bool = False) -> Card:
    """Every setting as it stands. ``opened``: the contacts were set for the first time."""
    text = "People who need help see these contacts at once, so please keep them right."
    if opened:
        text = f"I am open now: everyone can write to me. {text}"
    elif not organisation.contacts_set:
        text = 'Please set the contacts first. Until then I answer only administrators and "help now".'
    nation = next((option.label for option in NATIONS if option.value == organisation.nation), organisation.nation)
    return Card(
        "Your changes are saved" if saved else "Settings",
        text,
        (
            ("Organisation", organisation.name),
            ("Nation", nation),
            ("Time zone", organisation.time_zone),
            ("Quiet hours", f"{quiet(organisation.quiet_hours)}, and Sundays"),
            ("24-hour helpline", organisation.helpline or "Not set"),
            (_PALS if _has_pals(organisation) else "Who helps with complaints", organisation.pals or "Not set"),
            ("Safeguarding contact", organisation.safeguarding_contact or "Not set"),
            ("How long I keep messages", "30 days"),
        ),
        (
            Button("Set the contacts", "settings.contacts", "", "" if organisation.contacts_set else "primary"),
            Button("Change name, nation and times", "settings.place"),
            Button("Set up a group", "administration.new_group"),
            Button("Change coordinators", "administration.coordinators"),
        ),
        note=STANDING_LINE if saved else "",
    )


def contacts_form(organisation: Organisation) -> Form:
    """Who people are to call."""
    return Form(
        "settings.contacts",
        "Contacts",
        (
            _contact("helpline", "What is the name and number of the 24-hour helpline?", organisation.helpline),
            _complaints(organisation),
            _contact(
                "safeguarding_contact",
                "What is the name and number of the safeguarding contact?",
                organisation.safeguarding_contact,
            ),
        ),
        intro="People who need help are shown these. Please call each number once to check it.",
        submit="Save",
    )


def place_form(organisation: Organisation) -> Form:
    """What the organisation is called, where it is, and when nothing is sent."""
    hours = quiet(organisation.quiet_hours)
    return Form(
        "settings.place",
        "Name, nation and times",
        (
            Field(
                "name",
                "What is the organisation called?",
                hint=_now(organisation.name),
                initial=organisation.name,
                longest=200,
            ),
            Field("nation", "Which nation is it in?", "choice", NATIONS, initial=organisation.nation),
            Field(
                "time_zone",
                "Which time zone?",
                hint=_now(organisation.time_zone),
                initial=organisation.time_zone,
                longest=60,
                check=_zone_problem,
            ),
            Field(
                "quiet_hours",
                "Between which times should I send nothing?",
                hint=f"{_now(hours)} Sundays are quiet too. I still answer people who write to me. "
                "I also tell people when a meeting in the next 24 hours is cancelled or moved.",
                initial=hours,
                longest=40,
                check=_hours_problem,
            ),
        ),
        submit="Save",
    )


def name_taken() -> Card:
    """Another organisation in the same database has that name."""
    return Card("Please choose another name", "Another organisation here has that name. Please choose another.")


def stored(hours: Span) -> str:
    """Quiet hours as they are kept, ``HH:MM-HH:MM``."""
    end = datetime.combine(date(2000, 1, 1), hours.start) + timedelta(minutes=hours.minutes or 0)
    return f"{hours.start:%H:%M}-{end:%H:%M}"


def zone_named(name: str) -> str:
    """The IANA zone of this name, in any case and with or without its continent; empty when there is none."""
    wanted = name.strip().casefold().replace(" ", "_")
    fitting = _zones().get(wanted, ())
    return fitting[0] if len(fitting) == 1 else ""


@cache
def _zones() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for zone in sorted(available_timezones()):
        for name in {zone.casefold(), zone.rpartition("/")[2].casefold()}:
            found[name] = (*found.get(name, ()), zone)
    # A whole name is never in doubt, whatever city it also ends in.
    return found | {zone.casefold(): (zone,) for zone in available_timezones()}


def _zone_problem(answer: Answer) -> str:
    if zone_named(str(answer)):
        return ""
    return "I do not know that time zone. In the UK it is Europe/London."


def _hours_problem(answer: Answer) -> str:
    try:
        hours = parse_span(str(answer), longest=A_DAY)
    except DateProblem as unread:
        return problem(unread)
    if not hours.minutes or hours.minutes >= A_DAY:
        return "Please give a start and an end. You can type hours like 8pm to 8am."
    return ""


def _contact(name: str, label: str, now: str) -> Field:
    return Field(name, label, hint=_now(now) if now else "", initial=now, longest=300, check=_number_problem)


def _complaints(organisation: Organisation) -> Field:
    if _has_pals(organisation):
        return _contact("pals", f"What is the number of {_PALS}?", organisation.pals)
    label = "Who helps with complaints at your organisation? Please give a name and a number."
    return replace(_contact("pals", label, organisation.pals), check=_name_problem)


def _name_problem(answer: Answer) -> str:
    # Beside the service of the whole nation, a bare number would say nothing of whose it is.
    return _number_problem(answer) or ("" if any(map(str.isalpha, answer)) else "Please add a name.")


def _number_problem(answer: Answer) -> str:
    # 111 and 999 are the shortest numbers anyone is told to call.
    return "" if sum(letter.isdigit() for letter in answer) >= 3 else "Please add a phone number."


def _now(value: str) -> str:
    return f"Now: {value}."


def _has_pals(organisation: Organisation) -> bool:
    """The other nations have one service each in its place, whose number `handlers.texts.signposts` knows."""
    return organisation.nation not in ("WLS", "SCT", "NIR")
