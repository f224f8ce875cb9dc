"""Settings: the organisation's name, place, quiet hours and the contacts that people are to call."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.chat import Answer, Card, Form, Refusal
from handlers.router import Router
from handlers.texts import inbox as inbox_texts
from handlers.texts import settings as texts
from handlers.times import parse_span
from handlers.turn import Turn
from storage import organisations
from storage.people import Person

router = Router()


@router.word("settings", who="admin")
@router.press("settings.show")
def show(turn: Turn, person: Person, value: str) -> Card:
    """The organisation's settings as they stand."""
    _administrator(person)
    return texts.settings(turn.organisation)


@router.press("settings.contacts")
def contacts(turn: Turn, person: Person, value: str) -> Form:
    """The form for who people are to call."""
    _administrator(person)
    return texts.contacts_form(turn.organisation)


@router.form("settings.contacts")
def contacts_set(turn: Turn, person: Person, value: str, answers: Mapping[str, Answer]) -> Card:
    """Keep the contacts. From now on the bot is open."""
    _administrator(person)
    organisation = turn.organisation
    opened = not organisation.contacts_set
    organisation.helpline = str(answers["helpline"]).strip()
    organisation.pals = str(answers["pals"]).strip()
    organisation.safeguarding_contact = str(answers["safeguarding_contact"]).strip()
    turn.session.flush()
    return texts.settings(organisation, saved=True, opened=opened)


@router.press("settings.place")
def place(turn: Turn, person: Person, value: str) -> Form:
    """The form for name, nation, time zone and quiet hours."""
    _administrator(person)
    return texts.place_form(turn.organisation)


@router.form("settings.place")
def place_set(turn: Turn, person: Person, value: str, answers: Mapping[str, Answer]) -> Card:
    """Keep name, nation, time zone and quiet hours. Nobody is told."""
    _administrator(person)
    organisation = turn.organisation
    name = str(answers["name"]).strip()
    other = organisations.named(turn.session, name)
    if other is not None and other.id != organisation.id:
        raise Refusal(texts.name_taken(), field="name")
    quiet = parse_span(str(answers["quiet_hours"]), longest=texts.A_DAY)
    organisation.name, organisation.nation = name, str(answers["nation"])
    organisation.time_zone = texts.zone_named(str(answers["time_zone"])) or organisation.time_zone
    organisation.quiet_hours = texts.stored(quiet)
    turn.session.flush()
    return texts.settings(organisation, saved=True)


def _administrator(person: Person) -> None:
    if not person.admin:
        raise Refusal(inbox_texts.for_administrators())
