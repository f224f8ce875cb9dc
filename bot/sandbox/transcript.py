"""What stands in the sandbox's conversations: who said what, in memory, and who has seen it."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from handlers.chat import Card


@dataclass(frozen=True)
class Persona:
    """An invented person one can be. ``key`` is the platform's id of them; ``about`` says in one line who this is."""

    key: str
    name: str
    about: str
    workspace: str = "sandbox"


@dataclass(frozen=True)
class Message:
    """One message: a person's words, or a card of the bot's.

    ``by`` is a persona's key, or empty for the bot. ``only_for`` is the one persona who sees it, or empty for all.
    ``revision`` grows with every change to any conversation.
    """

    id: str
    at: datetime
    said: str | Card
    by: str = ""
    only_for: str = ""
    revision: int = 0


def within(workspace: str, conversation: str) -> str:
    """A conversation's name among those of all workspaces."""
    return f"{workspace}/{conversation}"


class Transcripts:
    """Every conversation since the program started.

    Ids begin with a word of this run, so that a card of an earlier run is never taken for one of this run.
    """

    def __init__(self) -> None:
        self.run = secrets.token_hex(3)
        self._messages: dict[str, list[Message]] = {}
        self._letters: dict[str, str] = {}
        self._seen: dict[tuple[str, str], int] = {}
        self._revision = 0
        self._news = asyncio.Event()

    @property
    def mark(self) -> str:
        """Changes whenever anything in any conversation does."""
        return f"{self.run}-{self._revision}"

    def channels(self, workspace: str) -> Sequence[str]:
        """The channels of this workspace in which something was said: ``channel:NAME``."""
        opening = within(workspace, "channel:")
        return [name.removeprefix(f"{workspace}/") for name in self._messages if name.startswith(opening)]

    def read(self, conversation: str, reader: Persona) -> Sequence[Message]:
        """The messages this person may see, oldest first."""
        return tuple(m for m in self._messages.get(conversation, ()) if m.only_for in ("", reader.key))

    def message(self, message_id: str) -> Message | None:
        """The message with this id, in whatever conversation."""
        return next((m for messages in self._messages.values() for m in messages if m.id == message_id), None)

    def append(
        self, conversation: str, said: str | Card, *, at: datetime, by: str = "", only_for: str = "", letter: str = ""
    ) -> str:
        """Add a message, and return its id."""
        self.stir()
        added = Message(f"{self.run}-{self._revision}", at, said, by, only_for, self._revision)
        self._messages.setdefault(conversation, []).append(added)
        if letter:
            self._letters[letter] = added.id
        return added.id

    def replace(self, conversation: str, message_id: str, card: Card, *, letter: str) -> bool:
        """Put a card in the place of a message of the bot's; False when there is none by this id."""
        messages = self._messages.get(conversation, [])
        for place, old in enumerate(messages):
            if old.id == message_id and not old.by:
                self.stir()
                messages[place] = replace(old, said=card, revision=self._revision)
                self._letters[letter] = old.id
                return True
        return False

    def carrying(self, letter: str) -> str | None:
        """The id of the message that this letter became."""
        return self._letters.get(letter)

    def see(self, conversation: str, reader: Persona) -> None:
        """Remember that this person has seen all that stands there now."""
        self._seen[conversation, reader.key] = self._revision

    def unseen(self, conversation: str, reader: Persona) -> int:
        """How many messages by others this person has not seen yet."""
        seen = self._seen.get((conversation, reader.key), 0)
        return sum(m.revision > seen and m.by != reader.key for m in self.read(conversation, reader))

    async def changed(self, mark: str) -> str:
        """Wait until something differs from ``mark``, and return the new mark."""
        while self.mark == mark:
            await self._news.wait()
        return self.mark

    def stir(self) -> None:
        """Have every page look again, after something other than a message changed."""
        self._revision += 1
        self._news.set()
        self._news = asyncio.Event()
