"""Help: what I can do for you, and who to call now."""

from __future__ import annotations

from handlers.chat import Card
from handlers.router import Router
from handlers.texts import forms as form_texts
from handlers.texts import help as texts
from handlers.texts.signposts import Contacts, help_now
from handlers.turn import Turn
from storage import groups
from storage.organisations import Organisation
from storage.people import Person

router = Router()


@router.word("help", "menu", "start here", "hello", "hi", "hey", "what can you do", "what can i do", public=True)
@router.press("help.show")
def show(turn: Turn, person: Person, value: str) -> tuple[Card, ...]:
    """What the person can do here: a card for everyone, one more for coordinators, one more for administrators."""
    mine = groups.memberships_of(turn.session, person)
    coordinated = groups.coordinated_by(turn.session, person)
    found = [texts.everyone(member=bool(mine))]
    if coordinated:
        found.append(texts.coordinator())
    if person.admin:
        found.append(texts.administrator() if turn.organisation.contacts_set else texts.first_steps())
    return tuple(found)


@router.word("help now", public=True)
@router.press("help.now")
def now(turn: Turn, person: Person, value: str) -> Card:
    """Who to call now, where the organisation is. The typed word is answered by the inbox, before anything else."""
    return help_now(turn.organisation.nation, contacts_of(turn.organisation))


@router.word("cancel")
def cancel(turn: Turn, person: Person, value: str) -> Card:
    """There is nothing to cancel: while a form is open, the inbox answers this word itself."""
    return form_texts.nothing_to_cancel()


def contacts_of(organisation: Organisation) -> Contacts:
    """The organisation's own contacts. Each may be empty."""
    return Contacts(organisation.helpline, organisation.pals, organisation.safeguarding_contact)
