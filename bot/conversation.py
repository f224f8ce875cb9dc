"""One event, understood in the order that the contract fixes, and answered."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

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
from handlers.turn import Turn
from handlers.words import Guess, Match, bare, find, is_help_now, plain
from storage import conversations, groups, outbox
from storage.people import Account, Person

log = logging.getLogger("pag.inbox")

A_DAY = timedelta(hours=24)


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
        self.replies.signposts([said], kept=False)
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
        if said in ("stop", "cancel"):
            return dialogue.leave(self.turn, self.account) if said == "cancel" else self._run(words["stop"].answer, "")
        question = self._question()
        if question is not None:
            return self._to_question(question, text)
        if pressed := self._named_button(said):
            return self._pressed(*pressed)
        match = find(text, words)
        if isinstance(match, Match):
            try:
                return self._word(match.word, match.rest)
            except Unclear:
                return self._free(text.strip())
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
        if question.action == PASS_ON and question.doubt is None:
            try:
                forms.read(Field("pass_on", "", "yes_no"), text)
            except forms.Unread:
                match = find(text, self.router.words)
                if isinstance(match, Match):
                    with contextlib.suppress(Unclear):
                        return self._word(match.word, match.rest)
                # More of the same: people write in several short messages.
                return self._free(text.strip(), before=question.value)
        else:
            self.after = [text]
        went_on = dialogue.go_on(self.turn, self.account, self.person, question, text, self.router)
        if isinstance(went_on, Match):
            # Guarded by itself: a refusal must not open the form again that was just closed.
            return self._guarded(lambda: self._word(went_on.word, went_on.rest))
        return went_on

    def _forwarded(self, what: Forwarded) -> Reply:
        """A message that they chose goes the way of anything that is said: after what they said a moment ago."""
        if not what.text.strip():
            return feedback_texts.nothing_to_pass_on()
        question = self._question()
        waits = question is not None and question.action == PASS_ON and question.doubt is None
        text = what.text.strip() if what.own else feedback_texts.reported(what.text.strip())
        return self._free(text, before=question.value if question and waits else "")

    def _free(self, text: str, *, before: str = "") -> Reply:
        self.before, self.after = [text], []
        return self._run(self.router.words[""].answer, f"{before}\n\n{text}" if before else text)

    def _named_button(self, said: str) -> tuple[str, str] | None:
        """The button of the newest card that the person typed: by its number, its label, or its yes or no."""
        body = outbox.newest_card(self.turn.session, self.account.id, since=self.turn.now - A_DAY)
        buttons = cards.load(body).buttons if body else ()
        for number, button in enumerate(buttons, 1):
            if said in (str(number), plain(button.label)):
                return button.action, button.value
        for button in buttons:
            # Which meeting a bare yes answers is for the meetings to say: more than one may wait.
            if said in ("yes", "no") and plain(button.label).startswith(f"{said},") and button.action != "rsvp.answer":
                return button.action, button.value
        return None

    def _word(self, word: Word, rest: str) -> Reply:
        self.after = [rest]
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
        self.after = [text]
        return texts.did_you_mean(guess.word.phrase, guess.rest, text.strip())

    def _pressed(self, action: str, value: str) -> Reply:
        if action in (form_texts.ANSWER, form_texts.LEAVE):
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
            return refusal.card
        except Unclear:
            return texts.unknown_button()
        except Exception as mistake:  # noqa: BLE001 (whatever it is, the person gets a plain answer)
            log.error("a handler failed: %s", where(mistake))
            return texts.our_mistake()

    # What goes out

    def _deliver(self, reply: Reply) -> Answered:
        parts = reply if isinstance(reply, tuple) else (reply,)
        self.replies.signposts(self.before, held=True)
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
        self.replies.signposts(self.after)
        return Answered(form=shown) if shown else replace(self._aside(), replacing=replacing)

    def _aside(self) -> Answered:
        return Answered(aside=texts.answered_in_direct_message() if self.event.place == "command" else "")
