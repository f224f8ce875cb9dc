"""One event, understood in the order that the contract fixes, and answered."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import cached_property

from bot import dialogue
from bot.answered import Answered, Undone
from bot.logs import where
from bot.replies import Replies
from handlers import cards, forms
from handlers.chat import (
    Answer,
    Card,
    Event,
    Field,
    Form,
    Forwarded,
    Opened,
    Pressed,
    Refusal,
    Reply,
    Said,
    Submitted,
    Unclear,
)
from handlers.feedback import PASS_ON
from handlers.router import Handler, Router, Word
from handlers.texts import feedback as feedback_texts
from handlers.texts import forms as form_texts
from handlers.texts import inbox as texts
from handlers.texts.signposts import Kept
from handlers.turn import Turn
from handlers.words import Guess, Match, bare, find, is_help_now, plain
from storage import conversations, groups, outbox
from storage.people import Account, Person

log = logging.getLogger("pag.inbox")

A_DAY = timedelta(hours=24)
FORM = (form_texts.ANSWER, form_texts.LEAVE)
"""What the buttons of a question do."""


class Conversation:
    """One event being understood and answered. ``asked``: a question of ours may stand open."""

    def __init__(
        self, router: Router, turn: Turn, event: Event, account: Account, replies: Replies, *, asked: bool
    ) -> None:
        self.router = router
        self.turn = turn
        self.event = event
        self.account = account
        self.person: Person = account.person
        self.replies = replies
        self.asked = asked
        # Free text, for the signposts: shown before the reply, or after it.
        self.before: list[str] = []
        self.after: list[str] = []
        # What became of the words that come after the reply.
        self.kept: Kept = "saved"

    def answered(self) -> Answered:
        """Write the letters, and return what is to be done at once."""
        said = self.event.what.text if isinstance(self.event.what, Said) else ""
        if is_help_now(said) or (isinstance(self.event.what, Pressed) and self.event.what.action == "help.now"):
            self.replies.help_now()
            self.replies.notice()
            return self._aside()
        closed = not self.turn.organisation.contacts_set and not self.person.admin
        if isinstance(self.event.what, Opened) and (closed or self.person.silenced_at is not None):
            return Answered()  # they only looked, and may not be written to
        if self.person.silenced_at is not None:
            self.replies.send(texts.silenced(self.turn.organisation.pals), kind="help")
            return self._aside()
        if closed:
            self.replies.send(texts.not_open_yet())
            return self._aside()
        if self.event.place == "channel" and isinstance(self.event.what, Said):
            return self._in_channel(said)
        first_contact = self.replies.notice()
        if isinstance(self.event.what, Opened) and not first_contact:
            return Answered()
        return self._deliver(self._attempt())

    # What others can see

    def _in_channel(self, said: str) -> Answered:
        match = find(said, self.router.words)
        if isinstance(match, Match) and match.word.public:
            self.replies.notice()
            self._deliver(self._guarded(lambda: self._word(match.word, match.rest)))
            return Answered(aside=texts.answered_in_direct_message())
        self.replies.signposts([said], kept="seen by others")
        return Answered(aside=texts.please_write_in_private())

    # The decision, in the order fixed in the contract

    def _attempt(self) -> Reply:
        what = self.event.what
        if isinstance(what, Opened):
            return self._guarded(lambda: self._run(self.router.words["help"].answer, ""))
        if isinstance(what, Pressed):
            return self._guarded(lambda: self._pressed(what.action, what.value))
        if isinstance(what, Submitted):
            return self._submitted(what)
        if isinstance(what, Forwarded):
            return self._guarded(lambda: self._forwarded(what))
        # A change of the account never comes this far: see `bot.changes`.
        return self._guarded(lambda: self._said(what.text)) if isinstance(what, Said) else ()

    def _said(self, text: str) -> Reply:
        said, words = plain(text), self.router.words
        if said == "stop":
            return self._run(words["stop"].answer, "")
        if said in ("cancel", plain(form_texts.LEAVE_LABEL)):
            return dialogue.leave(self.turn, self.account)
        question = self._question()
        pressed = self._named_button(said)
        # Below a question there may stand a newer card. Its yes and no are not meant for what waits to be passed on.
        if pressed and (question is None or question.action == PASS_ON or pressed[0] in FORM):
            return self._pressed(*pressed)
        if question is not None:
            return self._to_question(question, text)
        match = find(text, words)
        if isinstance(match, Match):
            try:
                return self._word(match.word, match.rest)
            except Unclear:
                return self._free(text.strip())
        if pressed := self._named_button(said, begun=True):
            return self._pressed(*pressed)
        if isinstance(match, Guess):
            return self._did_you_mean(match, text)
        if not bare(text):
            return self._run(words["help"].answer, "")
        return self._free(text.strip())

    def _question(self) -> conversations.OpenQuestion | None:
        if not self.asked:
            return None
        return conversations.open_question(self.turn.session, self.account.id, now=self.turn.now)

    def _to_question(self, question: conversations.OpenQuestion, text: str) -> Reply:
        if question.action == PASS_ON:
            if plain(text) == "leave":
                return dialogue.leave(self.turn, self.account)
            try:
                forms.read(Field("pass_on", "", "yes_no"), text)
                typed = isinstance(self.event.what, Said)
                if typed and form_texts.ANSWER not in {button.action for button in self._newest[0].buttons}:
                    # A yes to something that came since passes nothing on.
                    form = self._run(self.router.presses[PASS_ON], question.value)
                    return dialogue.begin(self.turn, self.account, form) if isinstance(form, Form) else form
            except forms.Unread:
                match = find(text, self.router.words)
                if isinstance(match, Match):
                    with contextlib.suppress(Unclear):
                        return self._word(match.word, match.rest)
                # More of the same: people write in several short messages.
                return self._free(text.strip())
        else:
            self.after = [text]
        went_on = dialogue.go_on(self.turn, self.account, self.person, question, text, self.router)
        if self._question() is not None:
            self.kept = "not yet"
        if isinstance(went_on, Match):
            # Guarded by itself: a refusal must not open the form again that was just closed.
            return self._guarded(lambda: self._word(went_on.word, went_on.rest))
        return went_on

    def _forwarded(self, what: Forwarded) -> Reply:
        """A message that they chose goes the way of anything that is said."""
        if not what.text.strip():
            return feedback_texts.nothing_to_pass_on()
        return self._free(what.text.strip() if what.own else feedback_texts.reported(what.text.strip()))

    def _free(self, text: str) -> Reply:
        """Hold it, after what they said a moment ago."""
        self.before, self.after = [text], []
        waits = dialogue.waiting(self.turn, self.account) if self.asked else None
        return self._run(self.router.words[""].answer, f"{waits.value}\n\n{text}" if waits else text)

    @cached_property
    def _newest(self) -> tuple[Card, bool]:
        """The lowest card in the conversation, and whether it came unasked."""
        found = outbox.newest_card(self.turn.session, self.account.id, since=self.turn.now - A_DAY)
        return (cards.load(found[0]), found[1]) if found else (Card(""), False)

    def _named_button(self, said: str, *, begun: bool = False) -> tuple[str, str] | None:
        """The button of the newest card that the person typed: by its number, its label, or its yes or no.

        ``begun``: or by the first words of its label, where no other label begins with them.
        """
        card, unasked = self._newest
        for number, button in enumerate(card.buttons, 1):
            if said == plain(button.label) or (card.numbered and said == str(number)):
                return button.action, button.value
        if not begun and said not in ("yes", "no", "not sure"):
            return None
        # Which meeting a bare yes to an invitation answers is for the meetings to say: more than one may wait.
        meant = [
            button
            for button in card.buttons
            if plain(button.label).replace(",", "").startswith(f"{said} ")
            and not (unasked and button.action == "rsvp.answer")
        ]
        return (meant[0].action, meant[0].value) if meant and (len(meant) == 1 or not begun) else None

    def _word(self, word: Word, rest: str) -> Reply:
        self.after = [rest]
        self.kept = "saved" if word.takes == "TEXT" else "not yet"
        if not self._may(word):
            if len(rest.split()) > 4:
                raise Unclear  # a sentence that happens to begin with a coordinator's word
            raise Refusal(texts.for_administrators() if word.who == "admin" else texts.for_coordinators())
        return self._run(word.answer, rest)

    def _may(self, word: Word) -> bool:
        if word.who == "coordinator":
            return bool(groups.coordinated_by(self.turn.session, self.person))
        return word.who == "everyone" or self.person.admin

    def _did_you_mean(self, guess: Guess, text: str) -> Reply:
        if not self._may(guess.word):
            return self._free(text.strip())
        self.after, self.kept = [text], "not yet"
        return texts.did_you_mean(guess.word.phrase, guess.rest, text.strip())

    def _pressed(self, action: str, value: str) -> Reply:
        if action in FORM:
            question = self._question()
            if question is None or action == form_texts.LEAVE:
                return dialogue.leave(self.turn, self.account)
            return self._to_question(question, value)
        if action == texts.MEANT:
            meant = find(value, self.router.words)
            if isinstance(meant, Match):
                return self._word(meant.word, meant.rest)
        if action == texts.NOT_MEANT:
            return self._free(value)
        handler = self.router.presses.get(action)
        if handler is None:
            raise Refusal(texts.unknown_button())
        return self._run(handler, value)

    def _submitted(self, what: Submitted) -> Reply:
        handler = self.router.submissions.get(what.action)
        builder = self.router.presses.get(what.action)
        if handler is None or builder is None:
            return texts.unknown_button()
        made = self._guarded(lambda: self._run(builder, what.value))
        if not isinstance(made, Form):
            return made
        known = {field.name for field in made.fields}
        answers: dict[str, Answer] = {name: answer for name, answer in what.answers.items() if name in known and answer}
        if errors := forms.problems(made, answers):
            # Some platforms send the mended form under the same id, so this try must not count as seen.
            raise Undone(Answered(form=made, errors=errors))
        free = {field.name for field in made.fields if field.kind in ("line", "text")}
        refused: list[Refusal] = []
        reply = self._guarded(lambda: handler(self.turn, self.person, what.value, answers), beside_field=refused)
        if refused:
            card = refused[0].card
            raise Undone(Answered(form=made, errors={refused[0].field: card.text or card.title}))
        self.after = [str(answer) for name, answer in answers.items() if name in free]
        return reply

    def _run(self, handler: Handler, value: str) -> Reply:
        return handler(self.turn, self.person, value)

    def _guarded(self, work: Callable[[], Reply], *, beside_field: list[Refusal] | None = None) -> Reply:
        """Do the work; a refusal or a mistake of ours undoes what it changed and becomes a card."""
        try:
            with self.turn.session.begin_nested():
                return work()
        except Refusal as refusal:
            if beside_field is not None and refusal.field:
                beside_field.append(refusal)
            self.kept = "not yet"
            return refusal.card
        except Unclear:
            return texts.unknown_button()
        except Exception as mistake:  # noqa: BLE001 (whatever it is, the person gets a plain answer)
            log.error("a handler failed: %s", where(mistake))
            self.kept = "failed"
            return texts.our_mistake()

    # What goes out

    def _deliver(self, reply: Reply) -> Answered:
        parts = reply if isinstance(reply, tuple) else (reply,)
        self.replies.signposts(self.before, kept="failed" if self.kept == "failed" else "held")
        shown: Form | None = None
        # A card that others see too stays as it is.
        shared = self.event.place == "channel" or self.event.channel
        replaces = self.event.what.message if isinstance(self.event.what, Pressed) and not shared else ""
        replacing: Card | None = None
        for part in parts:
            if isinstance(part, Form):
                if self.event.shows_forms and len(parts) == 1:
                    shown = part
                else:
                    self.replies.send(dialogue.begin(self.turn, self.account, part))
            else:
                self.replies.send(part, replaces=replaces)
                if replaces:
                    replacing, replaces = part, ""
        self.replies.signposts(self.after, kept=self.kept)
        return Answered(form=shown) if shown else replace(self._aside(), replacing=replacing)

    def _aside(self) -> Answered:
        return Answered(aside=texts.answered_in_direct_message() if self.event.place == "command" else "")
