"""What becomes of a person here when their account changes on the platform: renamed, closed, opened again, moved."""

from __future__ import annotations

from zoneinfo import available_timezones

from handlers.chat import Account, Changed
from handlers.texts import inbox as texts
from handlers.turn import Turn
from storage import groups, people
from storage.privacy import NOBODY


def note(turn: Turn, who: Account, changed: Changed) -> None:
    """Take up how an account now stands. People we never met, and what is older than what we know, change nothing.

    A new name counts only for somebody who still goes by the platform's old one. Of an account that was closed the
    coordinators are told once; what its person must hear goes to the call list.
    """
    account = people.account_of(turn.session, who.platform, who.workspace, who.user)
    if account is None or (account.changed_at is not None and changed.at <= account.changed_at):
        return
    person, was_gone = account.person, account.gone
    account.changed_at, account.gone = changed.at, not changed.active
    if not changed.active:
        if person.account_id == account.id and not was_gone and person.silenced_at is None:
            told = [other for other in groups.coordinators_for(turn.session, person) if other.id != person.id]
            key = f"closed:{account.id}:{changed.at:%Y%m%dT%H%M%S%f}"
            turn.tell(told, texts.account_closed(person.name), key=key, kind="alert")
        return
    account.guest = account.guest if changed.guest is None else changed.guest
    # Of somebody who had their data deleted no name is kept.
    if changed.name and person.name != NOBODY:
        name = changed.name[: people.LONGEST_NAME]
        person.name = name if person.name == account.name else person.name
        account.name = name
    if person.account_id == account.id and changed.time_zone in available_timezones():
        person.time_zone = changed.time_zone
