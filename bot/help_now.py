"""A local copy of whom to call, so that `help now` is answered when the database is down."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from handlers.chat import Card, Event, Pressed, Said
from handlers.help import contacts_of
from handlers.texts.signposts import Contacts, help_now
from handlers.words import is_help_now
from storage import organisations
from storage.database import Database


class LocalCopy:
    """The contacts of each workspace's organisation, in memory and in a file."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._known: dict[str, tuple[str, dict[str, str]]] = {}
        try:
            self._known = {key: (nation, contacts) for key, (nation, contacts) in json.loads(file.read_text()).items()}
        except (OSError, ValueError):
            self._known = {}

    def refresh(self, database: Database) -> None:
        """Take the contacts as they stand in the database now."""
        known: dict[str, tuple[str, dict[str, str]]] = {}
        with database.transaction() as session:
            for organisation in organisations.all_organisations(session):
                for workspace in organisations.workspaces_of(session, organisation):
                    key = f"{workspace.platform}:{workspace.workspace}"
                    known[key] = (organisation.nation, asdict(contacts_of(organisation)))
        if known != self._known:
            self._known = known
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._file.write_text(json.dumps(known), encoding="utf-8")

    def answer(self, event: Event) -> Card | None:
        """The card for `help now`, if that is what the event is."""
        asked = (isinstance(event.what, Said) and is_help_now(event.what.text)) or (
            isinstance(event.what, Pressed) and event.what.action == "help.now"
        )
        if not asked:
            return None
        nation, contacts = self._known.get(f"{event.account.platform}:{event.account.workspace}", ("", {}))
        return help_now(nation, Contacts(**contacts))
