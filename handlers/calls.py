"""The call list: what a coordinator must bring to people whom chat does not reach, and how to reach them."""

from __future__ import annotations

from handlers import adjustments, cards, rights, truth
from handlers.chat import Card, Refusal
from handlers.router import Router
from handlers.texts import calls as texts
from handlers.texts.calls import Call
from handlers.turn import Turn
from storage import groups, outbox, sending, support
from storage.people import Person

router = Router()


@router.word("call list", "calls", who="coordinator")
@router.press("calls.list")
def call_list(turn: Turn, person: Person, value: str) -> Card:
    """Everybody the coordinators of this person's groups have to reach. ``value``: after whom the list begins."""
    return texts.call_list(_calls(turn, person), after=value)


@router.press("calls.done")
def done(turn: Turn, person: Person, value: str) -> Card:
    """The person was told all that the list showed. What came in since stays on the list."""
    person_id, _, newest = value.partition(":")
    last = rights.number(newest)
    mine = [group.id for group in groups.coordinated_by(turn.session, person)]
    call = next((call for call in _calls(turn, person) if call.person.id == rights.number(person_id)), None)
    told = [letter for letter in call.letters if letter <= last] if call else []
    if call is None or not told:
        raise Refusal(texts.gone())
    for letter in told:
        outbox.call_made(turn.session, letter, mine, now=turn.now)
    return texts.done(call.person)


def _calls(turn: Turn, coordinator: Person) -> list[Call]:
    mine = [group.id for group in groups.coordinated_by(turn.session, coordinator)]
    waiting = outbox.calls_to_make(turn.session, mine, now=turn.now) if mine else []
    claims = sending.claims(turn.session, [letter.id for letter, _, _ in waiting])
    true = truth.to_be_told(claims, now=turn.now)
    calls: dict[int, Call] = {}
    for letter, person, body in waiting:
        if letter.id in true:
            call = calls.setdefault(person.id, Call(person, [], [], []))
            call.letters.append(letter.id)
            if body is not None:
                call.cards.append(cards.load(body))
            elif texts.FORGOTTEN not in call.cards:
                call.cards.append(texts.FORGOTTEN)
    for person_id, needs in support.needs_by_person(turn.session, list(calls)).items():
        calls[person_id].ways.extend((need.code, need.detail) for need in needs if need.code in adjustments.WAYS)
    return list(calls.values())
