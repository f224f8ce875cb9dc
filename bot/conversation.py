"""One event, understood in the order that the contract fixes, and answered."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import cached_property

from bot import dialogue, typed
from bot.answered import Answered, Undone
from bot.logs import where
from bot.replies import Replies
from handlers import forms
from handlers.chat import (
    Answer,
    Card,
    Event,
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
from storage import conversations, groups
from storage.people import Account, Person

log = logging.getLogger("pag.inbox")

A_DAY = timedelta(hours=24)
TO_PASS_ON = {
    "pass it on": "yes",
    "send it": "yes",
    "delete it": "no",
    "do not pass it on": "no",
    "don't pass it on": "no",
}
"""What else people say to "Shall I pass this on?"."""

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
        said = plain(text)
        if said == "stop":
            return self._run(self.router.words["stop"].answer, "")
        question = self._question()
        if said in ("cancel", plain(form_texts.LEAVE_LABEL)):
            return self._leave(question)
        if question is not None:
            return self._to_lowest(question, said, text)
        if (reply := self._named(said)) is not None:
            return reply
        match = find(text, self.router.words)
        if isinstance(match, Match):
            return self._word_or_free(match, text)
        if (lowest := self._screen[0]) and (button := typed.begun(lowest.card, said)):
            return self._pressed(button.action, button.value)
        if isinstance(match, Guess):
            return self._did_you_mean(match, text)
        if not bare(text):
            return self._run(self.router.words["help"].answer, "")
        return self._free(text.strip())

    def _leave(self, question: conversations.OpenQuestion | None) -> Reply:
        if question is not None and question.action == PASS_ON and not self._is_lowest(question):
            return self._ask_again(question)
        return dialogue.leave(self.turn, self.account)

    def _named(self, said: str) -> Reply | None:
        """What the button does that the person typed, while no question stands open."""
        said, (lowest, above) = forms.plainly(said), self._screen
        if above and typed.named(above.card, said):
            return above.card  # they may mean either: now it stands lowest
        if lowest is None:
            return None
        button = typed.named(lowest.card, said)
        if button is None:
            asks = not lowest.unasked and (typed.named(lowest.card, "yes") or typed.named(lowest.card, "no"))
            return lowest.card if asks and said in forms.YES | forms.NO else None
        if lowest.unasked and button.action == "rsvp.answer" and said in typed.ANSWERS:
            # More than one invitation may wait: which is meant is for the meetings to say.
            return self._run(self.router.words[said].answer, button.value)
        if lowest.at < self.turn.now - A_DAY and button.action not in FORM:
            return lowest.card
        return self._pressed(button.action, button.value)

    def _to_lowest(self, question: conversations.OpenQuestion, said: str, text: str) -> Reply:
        """What was typed while a question stands open. A bare answer is meant for what stands lowest."""
        answer, (lowest, above) = forms.plainly(said), self._screen
        button = typed.named(lowest.card, answer) if lowest else None
        if self._is_lowest(question):
            if above and typed.named(above.card, answer):
                return self._ask_again(question)
            return self._pressed(button.action, button.value) if button else self._to_question(question, text)
        if lowest and button and button.action not in FORM and (not lowest.unasked or typed.is_label(button, said)):
            return self._pressed(button.action, button.value)
        if forms.says_little(said) or said == "leave":
            return self._ask_again(question)
        return self._to_question(question, text)

    def _is_lowest(self, question: conversations.OpenQuestion) -> bool:
        lowest, mark = self._screen[0], dialogue.mark(question)
        return lowest is not None and any(
            button.action in FORM and button.value.partition(" ")[0] == mark for button in lowest.card.buttons
        )

    def _ask_again(self, question: conversations.OpenQuestion) -> Reply:
        return dialogue.ask_again(self.turn, self.account, self.person, question, self.router)

    def _question(self) -> conversations.OpenQuestion | None:
        if not self.asked:
            return None
        return conversations.open_question(self.turn.session, self.account.id, now=self.turn.now)

    def _to_question(self, question: conversations.OpenQuestion, text: str) -> Reply:
        if question.action != PASS_ON:
            self.after = [text]
        elif (said := TO_PASS_ON.get(plain(text), plain(text))) == "leave":
            return dialogue.leave(self.turn, self.account)
        elif forms.plainly(said) not in ("yes", "no"):
            return self._to_pass_on(question, said, text)
        else:
            text = said
        doubt = question.doubt or ""
        went_on = dialogue.go_on(self.turn, self.account, self.person, question, text, self.router, self._meant)
        if self._question() is not None:
            self.kept = "not yet"
        if isinstance(went_on, Match):
            # Guarded by itself: a refusal must not open the form again that was just closed.
            return self._guarded(lambda: self._word_or_free(went_on, doubt))
        return went_on

    def _to_pass_on(self, question: conversations.OpenQuestion, said: str, text: str) -> Reply:
        """Something else than yes or no, while a message waits to be passed on."""
        match = find(text, self.router.words)
        if forms.says_little(said) or (isinstance(match, Match) and match.word.phrase == "not sure"):
            return self._ask_again(question)
        if isinstance(match, Match):
            with contextlib.suppress(Unclear):
                return self._word(match.word, match.rest)
        if (lowest := self._screen[0]) and (button := typed.begun(lowest.card, said)) and button.action not in FORM:
            return self._pressed(button.action, button.value)
        # More of the same: people write in several short messages.
        return self._free(text.strip())

    def _meant(self, text: str) -> Match | None:
        match = find(text, self.router.words)
        return match if isinstance(match, Match) and self._may(match.word) else None

    def _word_or_free(self, match: Match, text: str) -> Reply:
        try:
            return self._word(match.word, match.rest)
        except Unclear:
            return self._free(text.strip())

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
    def _screen(self) -> tuple[typed.Seen | None, typed.Seen | None]:
        return typed.screen(self.turn.session, self.account.id)

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
            question, (mark, _, answer) = self._question(), value.partition(" ")
            if question is None:
                return form_texts.closed()
            if mark != dialogue.mark(question):
                return self._ask_again(question)
            return (
                dialogue.leave(self.turn, self.account)
                if action == form_texts.LEAVE
                else self._to_question(question, answer)
            )
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
