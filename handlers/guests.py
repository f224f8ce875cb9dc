"""Guests, and what a workspace keeps from them or from everybody: told once to those who can have it changed."""

from __future__ import annotations

from typing import Literal

from handlers.texts import guests as texts
from handlers.turn import Turn
from storage import groups, outbox, people
from storage.people import Account

Bar = Literal["guests", "everyone", "conversation"]
"""Nothing may be sent to guests, or to anybody; or the conversation with the bot is switched off for all."""


def barred(turn: Turn, account: Account, what: Bar) -> None:
    """A letter to `account` showed that its workspace bars this. After the first time, nobody is told again.

    Told are the administrators, and the coordinators of the person it could not reach.
    """
    key = f"barred:{account.platform}:{account.workspace}:{what}"
    if outbox.anyone_has(turn.session, turn.organisation.id, key=key):
        return
    told = {
        person.id: person
        for person in (
            *people.administrators(turn.session, turn.organisation.id),
            *groups.coordinators_for(turn.session, account.person),
        )
        if person.id != account.person_id or what == "conversation"
    }
    turn.tell(told.values(), texts.barred(what), key=key, kind="alert")
