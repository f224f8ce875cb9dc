"""Installations: what follows when a Slack workspace takes us out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from handlers.calendar import to_local
from handlers.router import Router
from handlers.texts import installations as texts
from handlers.turn import Turn
from storage import installations
from storage.installations import Installation

router = Router()

KEPT = timedelta(days=30)
"""How long a workspace's ids are kept after it took us out, for if that was a slip."""


def removed(turn: Turn, rows: Sequence[Installation], page: str) -> None:
    """Tell the administrators whom we still reach. ``rows`` are the organisation's, and are revoked already.

    ``page``: where we can be installed again, or empty.
    """
    whole = [row.enterprise for row in rows if not row.team]
    workspaces = whole or [row.team for row in rows]
    erased_on = to_local(turn.now + KEPT, turn.organisation.time_zone).date()
    turn.tell(
        installations.administrators_elsewhere(turn.session, turn.organisation.id),
        texts.removed(workspaces, erased_on, page),
        key=f"uninstalled:{rows[0].id}:{turn.now:%Y%m%d%H%M%S}",
        kind="notice",
    )


@router.job("installations.erase")
def erase(turn: Turn) -> None:
    """Erase what was kept of workspaces that took us out and did not let us in again."""
    for row in installations.to_erase(turn.session, organisation_id=turn.organisation.id, now=turn.now):
        installations.erase(turn.session, row)
