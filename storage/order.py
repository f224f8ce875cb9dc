"""The order of letters: which wait for an earlier one, and of which a newer one takes the place."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, exists, literal_column, or_

from storage.outbox import Letter

WAITING: Any = literal_column("'waiting'")
SENDING: Any = literal_column("'sending'")

REPLACED = "replaced by a newer one"
"""Why a letter is not needed any more when a newer one takes the place of the same message."""

letters: Any = Letter.__table__


def behind(place: str, now: Any) -> Any:
    """Whether an earlier letter to the same account or channel is under way or due: ``place`` is the column."""
    earlier = letters.alias("earlier")
    return exists().where(
        earlier.c[place] == letters.c[place],
        earlier.c.id != letters.c.id,
        letters.c.kind != literal_column("'help'"),
        or_(
            earlier.c.state == SENDING,
            and_(
                earlier.c.state == WAITING,
                earlier.c.due_at <= now,
                or_(
                    earlier.c.urgent > letters.c.urgent,
                    and_(earlier.c.urgent == letters.c.urgent, earlier.c.id < letters.c.id),
                ),
            ),
        ),
        # Said once more without an "or", so that the index of open letters serves.
        earlier.c.state.in_([WAITING, SENDING]),
    )


def replaced() -> Any:
    """Whether a newer letter waits that is to take the place of the same message."""
    newer = letters.alias("newer")
    return and_(
        letters.c.replaces != literal_column("''"),
        exists().where(
            newer.c.account_id == letters.c.account_id,
            newer.c.id > letters.c.id,
            newer.c.replaces == letters.c.replaces,
            newer.c.state == WAITING,
            newer.c.state.in_([WAITING, SENDING]),
        ),
    )
