"""Silence: everything stops for somebody who has died, or who must not be written to at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from handlers import rights
from handlers.chat import Answer, Card, Form, Refusal, Reply, Unclear
from handlers.router import Router
from handlers.texts import rights as rights_texts
from handlers.texts import silence as texts
from handlers.turn import Turn
from handlers.words import plain
from storage import groups, outbox, people
from storage.people import Person

router = Router()

UNDO_WITHIN = timedelta(days=30)


@router.word("stop everything for", "stop everything", takes="NAME")
def stop_by_name(turn: Turn, person: Person, name: str) -> Reply:
    """Ask whether the person of this name is meant. Nothing stops before a yes."""
    if not _has_the_right(turn, person):
        # What a member writes about somebody is for a coordinator to read, so it goes the way of all feedback.
        raise Unclear
    return _ask(turn, person, name) if name else texts.form()


@router.press("silence.ask")
def ask(turn: Turn, person: Person, value: str) -> Form:
    """Ask for the name."""
    if not _has_the_right(turn, person):
        raise Refusal(rights_texts.not_yours())
    return texts.form()


@router.form("silence.ask")
def asked(turn: Turn, person: Person, value: str, answers: Mapping[str, Answer]) -> Card:
    """Ask whether the person of this name is meant."""
    return _ask(turn, person, str(answers["name"]))


@router.press("silence.confirm")
def confirm(turn: Turn, person: Person, value: str) -> Card:
    """Say what would happen, and ask."""
    return texts.sure(_not_silenced(turn, person, value))


@router.press("silence.stop")
def stop(turn: Turn, person: Person, value: str) -> Card:
    """Stop every message to the person, also those that wait. Nobody is told."""
    whose = _not_silenced(turn, person, value)
    whose.silenced_at, whose.silenced_by_id = turn.now, person.id
    turn.session.flush()
    return texts.silenced(whose, outbox.stop(turn.session, whose, unasked_only=False, why="silenced"))


@router.press("silence.keep")
def keep(turn: Turn, person: Person, value: str) -> Card:
    """Change nothing."""
    return texts.kept(_theirs(turn, person, value))


@router.word("undo stop for", takes="NAME")
def undo_by_name(turn: Turn, person: Person, name: str) -> Reply:
    """Undo it for the person of this name."""
    if not _has_the_right(turn, person):
        raise Unclear
    found = _named([one for one in _within_reach(turn, person) if one.silenced_at is not None], name)
    if len(found) != 1:
        raise Refusal(texts.which(found, "silence.undo", lead="Write again to ") if found else texts.nobody_to_undo())
    return undo(turn, person, str(found[0].id))


@router.press("silence.undo")
def undo(turn: Turn, person: Person, value: str) -> Card:
    """Write to the person again, up to 30 days later. What was stopped meanwhile is not sent."""
    whose = _theirs(turn, person, value)
    if whose.silenced_at is None:
        raise Refusal(texts.nothing_to_undo(whose))
    if turn.now - whose.silenced_at > UNDO_WITHIN:
        raise Refusal(texts.too_late(whose))
    whose.silenced_at, whose.silenced_by_id = None, None
    turn.session.flush()
    return texts.undone(whose)


def _ask(turn: Turn, person: Person, name: str) -> Card:
    found = _named([one for one in _within_reach(turn, person) if one.silenced_at is None], name)
    if not found:
        raise Refusal(texts.nobody())
    return texts.sure(found[0]) if len(found) == 1 else texts.which(found, "silence.confirm")


def _has_the_right(turn: Turn, person: Person) -> bool:
    return person.admin or bool(groups.coordinated_by(turn.session, person))


def _within_reach(turn: Turn, person: Person) -> list[Person]:
    """Those this person may do it for: everyone for an administrator, their groups' people for a coordinator."""
    found: Sequence[Person]
    if person.admin:
        found = people.everyone(turn.session, turn.organisation.id)
    else:
        mine = [group.id for group in groups.coordinated_by(turn.session, person)]
        found = groups.people_in(turn.session, mine)
    return [one for one in found if one.id != person.id]


def _theirs(turn: Turn, person: Person, value: str) -> Person:
    wanted = rights.number(value)
    found = next((one for one in _within_reach(turn, person) if one.id == wanted), None)
    if found is None:
        raise Refusal(rights_texts.not_found())
    return found


def _not_silenced(turn: Turn, person: Person, value: str) -> Person:
    whose = _theirs(turn, person, value)
    if whose.silenced_at is not None:
        raise Refusal(texts.silenced_already(whose))
    return whose


def _named(choices: Sequence[Person], name: str) -> list[Person]:
    """The people a typed name fits: by the whole name, or by words that stand in it."""
    wanted = plain(name)
    if not wanted:
        return []
    exact = [person for person in choices if plain(person.name) == wanted]
    return exact or [person for person in choices if set(wanted.split()) <= set(plain(person.name).split())]
