"""The turn: the open transaction in which one event is answered or one job runs, and the way to tell others."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sqlalchemy import Select
from sqlalchemy.orm import Session

from handlers import cards
from handlers.calendar import to_local
from handlers.chat import Card, Event
from storage import outbox
from storage.meetings import Meeting
from storage.organisations import Organisation
from storage.people import Person, these

Kind = Literal["notice", "invitation", "reminder", "announcement", "digest", "change", "late_change", "alert"]
"""What a letter nobody asked for is. `handlers.truth` says when each kind may go."""


@dataclass(frozen=True)
class Turn:
    """One transaction of one organisation. ``now`` is the program's time, in UTC; ``event`` is what it answers."""

    session: Session
    now: datetime
    organisation: Organisation
    event: Event | None = None

    @property
    def today(self) -> date:
        """Today where the organisation is."""
        return to_local(self.now, self.organisation.time_zone).date()

    def tell(
        self,
        to: Select[int] | Person | Iterable[Person],
        card: Card,
        *,
        key: str,
        kind: Kind,
        until: datetime | None = None,
        group_id: int | None = None,
        meeting: Meeting | None = None,
        needs: Literal["", "unanswered", "going"] = "",
    ) -> int:
        """Write one letter for each of these people, unless they have one under this key. Returns how many are new.

        ``to`` is a person, some people, or a query for people's ids. The letters leave after the commit, if they are
        still true then. ``until``: not after this moment. ``needs``: only while the answer to `meeting` is so.
        """
        ids = to if isinstance(to, Select) else these([to] if isinstance(to, Person) else to)
        if not outbox.anyone_new(self.session, ids, key=key):
            return 0
        return outbox.post(
            self.session,
            ids,
            organisation_id=self.organisation.id,
            card_id=outbox.add_card(self.session, cards.dump(card), now=self.now),
            key=key,
            kind=kind,
            now=self.now,
            until=until,
            group_id=group_id if group_id is not None else meeting.group_id if meeting else None,
            meeting=meeting,
            needs=needs,
        )
