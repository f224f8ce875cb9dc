"""Rows that go to or come from the database as one JSON text, in one call.

SQLite hands out row after row, and takes the interpreter's lock anew for each: with the event loop at work beside it,
that waiting costs more than the rows. PostgreSQL does the same by other names.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ARRAY, JSON, Connection, DateTime, Integer, Text, any_, bindparam, cast, func, select


class AtOnce:
    """The JSON of one database, by its dialect's name (``sqlite`` or ``postgresql``)."""

    def __init__(self, dialect: str) -> None:
        self._sqlite = dialect == "sqlite"

    def all_rows(self, query: Any) -> Any:
        """Instead of `query`, a query for one text that holds its rows, in its order. See `read`."""
        inner = query.subquery()
        gathered, row = (
            (func.json_group_array, func.json_array) if self._sqlite else (func.json_agg, func.json_build_array)
        )
        return select(cast(gathered(row(*inner.c)), Text))

    def given(self, name: str) -> Any:
        """The parameter `name`, which holds what `told` makes, as a table. `number`, `text` and `moment` read it."""
        rows = bindparam(name, type_=Text)
        each = func.json_each(rows) if self._sqlite else func.json_array_elements(cast(rows, JSON))
        return each.table_valued("value")

    def among(self, column: Any, name: str) -> Any:
        """Whether `column` is one of the numbers in the parameter `name`, which holds what `told_numbers` makes."""
        if self._sqlite:
            each = func.json_each(bindparam(name, type_=Text)).table_valued("value")
            return column.in_(select(each.c.value))
        # A join to JSON could make PostgreSQL read the whole table: it cannot know how few they are.
        return column == any_(bindparam(name, type_=ARRAY(Integer)))

    def told_numbers(self, numbers: Sequence[int]) -> str | list[int]:
        """These numbers as a parameter for `among`."""
        return json.dumps(list(numbers)) if self._sqlite else list(numbers)

    def text(self, given: Any, place: int) -> Any:
        """The text, or NULL, in this place of each row."""
        return func.json_extract(given.c.value, f"$[{place}]") if self._sqlite else given.c.value.op("->>")(place)

    def number(self, given: Any, place: int) -> Any:
        """The whole number in this place of each row."""
        return cast(self.text(given, place), Integer)

    def moment(self, given: Any, place: int) -> Any:
        """The moment, or NULL, in this place of each row."""
        text = self.text(given, place)
        return text if self._sqlite else cast(text, DateTime(timezone=True))

    def told_moment(self, moment: datetime | None) -> str | None:
        """The moment (aware) as this database keeps it, for `told` and for a parameter of type Text."""
        if moment is None:
            return None
        utc = moment.astimezone(UTC)
        return utc.replace(tzinfo=None).isoformat(" ", "microseconds") if self._sqlite else utc.isoformat(" ")


def told(rows: Sequence[Sequence[object]]) -> str:
    """These rows as a parameter for `AtOnce.given`. Their moments are told by `AtOnce.told_moment`."""
    return json.dumps(rows)


def read(connection: Connection, query: Any, parameters: Mapping[str, object]) -> list[list[Any]]:
    """The rows of a query of `AtOnce.all_rows`. In them a moment is a text, for `read_moment`."""
    rows: list[list[Any]] = json.loads(connection.execute(query, parameters).scalar() or "[]")
    return rows


def read_moment(text: str | None) -> datetime | None:
    """The moment, aware, in UTC."""
    if text is None:
        return None
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
