"""Guests, and what a workspace keeps from them or from everybody: told once to those who can have it changed."""

from __future__ import annotations

from typing import Literal

from handlers.texts import guests as texts
from handlers.turn import Turn
from storage import groups, outbox, people
from storage.people import Account

Bar = Literal["guests", "everyone", "conversation", "app"]
"""Nothing may be sent to guests, or to anybody; or the conversation with the bot, or the bot, is switched off."""


def barred(turn: Turn, account: Account, what: Bar) -> None:
    """A letter to `account` showed that its workspace bars this. After the first time, nobody is told again.

    Told are the administrators, and the coordinators of the person it could not reach. Where the bot is turned off,
    whoever is reached there is not told: it would be old news once they can read it.
    """
    key = f"barred:{account.platform}:{account.workspace}:{what}"
    if outbox.anyone_has(turn.session, turn.organisation.id, key=key):
        return
    coordinators = groups.coordinators_for(turn.session, account.person)
    told = {
        person.id: person
        for person in (*people.administrators(turn.session, turn.organisation.id), *coordinators)
        if person.id != account.person_id or what == "conversation"
    }
    if what == "app":
        for one in people.accounts(turn.session, [person.account_id or 0 for person in told.values()]):
            if (one.platform, one.workspace) == (account.platform, account.workspace):
                del told[one.person_id]
    for calls in (True, False):
        who = [person for person in told.values() if (person in coordinators) == calls]
        turn.tell(who, texts.barred(what, calls=calls), key=key, kind="alert")
