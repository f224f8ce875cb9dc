"""What goes out in answer to one event: each reply is a letter in the same transaction."""

from __future__ import annotations

import hmac
from collections.abc import Iterable

from handlers import cards
from handlers.chat import Card
from handlers.help import contacts_of
from handlers.privacy import notice_for
from handlers.signposts import AT_MOST, Category, recognise
from handlers.texts import inbox as texts
from handlers.texts import signposts as signpost_texts
from handlers.texts.signposts import Kept
from handlers.turn import Turn
from handlers.words import plain
from storage import conversations, groups, outbox, people
from storage.people import Account


class Replies:
    """The letters of one event, in order.

    ``mark`` is the event's own name; ``pepper`` keys what is remembered of signposts that were shown. ``told``: the
    person surely saw the privacy notice.
    """

    def __init__(self, turn: Turn, account: Account, *, mark: str, pepper: bytes, told: bool) -> None:
        self._turn = turn
        self._account = account
        self._mark = mark
        self._pepper = pepper
        self._told = told
        self._number = 0

    def send(self, card: Card, *, kind: str = "reply", replaces: str = "") -> None:
        """Answer with this card. ``replaces``: the message whose place it takes."""
        self._number += 1
        outbox.reply(
            self._turn.session,
            self._account,
            card_id=outbox.add_card(self._turn.session, cards.dump(card), now=self._turn.now),
            key=f"{kind}:{self._mark}:{self._number}",
            now=self._turn.now,
            kind=kind,
            replaces=replaces,
        )

    def help_now(self) -> None:
        """Show who to call. It goes out whatever else is stopped."""
        organisation = self._turn.organisation
        self.send(signpost_texts.help_now(organisation.nation, contacts_of(organisation)), kind="help")

    def notice(self) -> bool:
        """Show the privacy notice to somebody who never saw it. Returns whether it was shown."""
        notice = None if self._told else notice_for(self._turn, self._account.person)
        if notice is not None:
            self.send(notice)
        return notice is not None

    def signposts(self, said: Iterable[str], *, kept: Kept) -> None:
        """Show the signposts that these words call for, each once a day for the same words.

        The coordinators are told that a message may need attention, and nothing of it.
        """
        found: dict[Category, str] = {}
        for text in said:
            for category in recognise(text):
                found.setdefault(category, text)
        pressing = [category for category in Category if category in found][:AT_MOST]
        new = [category for category in pressing if self._is_new(category, found[category])]
        organisation = self._turn.organisation
        for category in new:
            contacts = contacts_of(organisation)
            card = signpost_texts.signpost(category, organisation.nation, contacts, kept=kept)
            self.send(card, kind="signpost")
        if new:
            told = groups.coordinators_for(self._turn.session, self._account.person) or people.administrators(
                self._turn.session, organisation.id
            )
            self._turn.tell(told, texts.needs_attention(), key=f"attention:{self._mark}", kind="alert")

    def _is_new(self, category: Category, text: str) -> bool:
        words = f"{self._account.id}|{category}|{plain(text)}".encode()
        key = hmac.new(self._pepper, words, "sha256").hexdigest()
        return conversations.first_time(self._turn.session, conversations.ShownSignpost, key, now=self._turn.now)
