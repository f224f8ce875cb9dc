"""What a workspace bars, as it shows in letters that could not go."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from handlers import guests
from handlers.turn import Turn
from storage import people
from storage.organisations import Organisation
from storage.people import Account


def note(session: Session, codes: Mapping[int, str], *, now: datetime) -> None:
    """Look through why letters did not go, by the ids of their accounts, for what a workspace bars.

    Whoever can have it changed is told, once for each workspace and kind of bar.
    """
    telling = [account for account, code in codes.items() if barred(code, guest=True)]
    if not telling:
        return
    found: dict[tuple[str, guests.Bar], Account] = {}
    for account in people.accounts(session, telling):
        what = barred(codes[account.id], guest=account.guest)
        if what and account.platform == ("teams" if what == "app" else "slack"):
            found.setdefault((account.workspace, what), account)
    for (_, what), account in found.items():
        organisation = session.get_one(Organisation, account.person.organisation_id)
        guests.barred(Turn(session, now, organisation), account, what)


def barred(code: str, *, guest: bool) -> Literal["", guests.Bar]:
    """What the workspace bars, where `code` is the answer to writing to somebody; empty where it is about them alone.

    Slack tells apps of nothing else that it bars: not of guests who may use no slash command or short cut. Teams tells
    when the app as a whole was turned off.
    """
    if code == "BotDisabledByAdmin":
        return "app"
    if code == "messages_tab_disabled":
        return "conversation"
    restricted = code.startswith("restricted_action")
    if guest and (restricted or code in ("cannot_dm_bot", "user_not_visible")):
        return "guests"
    return "everyone" if restricted else ""
