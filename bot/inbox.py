"""The inbox: one event in, its answer out, one transaction."""

from __future__ import annotations

import hashlib
import hmac
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot import dialogue
from bot.logs import where
from handlers import cards, forms, signposts
from handlers.chat import Answer, Card, Event, Field, Form, Opened, Pressed, Refusal, Reply, Said, Submitted, Unclear
from handlers.feedback import PASS_ON
from handlers.help import contacts_of
from handlers.privacy import notice_for
from handlers.router import Handler, Router, Word
from handlers.texts import forms as form_texts
from handlers.texts import inbox as texts
from handlers.texts import signposts as signpost_texts
from handlers.turn import Turn
from handlers.words import Guess, Match, bare, find, is_help_now, plain
from storage import conversations, groups, outbox, people
from storage.database import Database
from storage.organisations import owner_of
from storage.people import Account, Person

log = logging.getLogger("pag.inbox")

A_DAY = timedelta(hours=24)


@dataclass(frozen=True)
class Answered:
    """What the platform does at once. Every other answer is a letter in the outbox.

    ``form``: show it now. ``errors``: the submitted form stays open, with these words beside its fields. ``aside``:
    one neutral line that only this person sees. ``failed``: nothing was kept; the platform should deliver it again.
    ``at_once``: send this to the person now, since the outbox cannot be reached (`help now` only).
    """

    form: Form | None = None
    errors: Mapping[str, str] = field(default_factory=dict)
    aside: str = ""
    failed: bool = False
    at_once: Card | None = None


Receive = Callable[[Event], Awaitable[Answered]]
"""What a platform is given: it never raises, and everything is committed when it returns."""


@dataclass(frozen=True)
class Inbox:
    """What answers events.

    ``admins``: the accounts (``platform:workspace:user``) that are administrators on first sight. ``pepper`` keys the
    hashes under which signposts already shown are remembered.
    """

    router: Router
    admins: frozenset[str]
    pepper: bytes

    def receive(self, database: Database, event: Event, *, now: datetime) -> Answered:
        """Answer one event in one transaction.

        An event that was answered before, a button or form a client made up, and a mistake of ours change nothing.
        Raises what the database raises when it is down.
        """
        try:
            with database.transaction() as session:
                return self._answer(session, event, now)
        except _Undone as undone:
            return undone.answered

    def _answer(self, session: Session, event: Event, now: datetime) -> Answered:
        organisation = owner_of(session, event.account.platform, event.account.workspace)
        if organisation is None:
            return Answered(aside=texts.unknown_workspace())
        mark = hashlib.sha256(f"{event.account.platform}:{event.id}".encode()).hexdigest()
        if not conversations.first_time(session, conversations.SeenEvent, mark, now=now):
            return Answered()
        turn = Turn(session, now, organisation)
        account = self._account(turn, event)
        return _Conversation(self, turn, event, account, mark[:24]).answered()

    def _account(self, turn: Turn, event: Event) -> Account:
        who = event.account
        account = people.account_of(turn.session, who.platform, who.workspace, who.user)
        if account is None:
            account = people.meet(
                turn.session,
                turn.organisation.id,
                platform=who.platform,
                workspace=who.workspace,
                user=who.user,
                name=event.name or texts.someone(),
                time_zone=event.time_zone or turn.organisation.time_zone,
                now=turn.now,
            )
        person = account.person
        if event.name and person.name == texts.someone():
            person.name = event.name
        person.account_id = account.id
        account.gone = False
        if f"{who.platform}:{who.workspace}:{who.user}" in self.admins:
            person.admin = True
        turn.session.flush()
        return account


class _Undone(Exception):
    """Undo everything, and answer this."""

    def __init__(self, answered: Answered) -> None:
        super().__init__("undone")
        self.answered = answered


class _Conversation:
    """One event being answered: who it is from, and the letters that came of it so far."""

    def __init__(self, inbox: Inbox, turn: Turn, event: Event, account: Account, mark: str) -> None:
        self.inbox = inbox
        self.router = inbox.router
        self.turn = turn
        self.event = event
        self.account = account
        self.person: Person = account.person
        self.mark = mark
        self.letters = 0
        self.after: list[str] = []

    def answered(self) -> Answered:
        """Write the letters, and return what is to be done at once."""
        said = self.event.what.text if isinstance(self.event.what, Said) else ""
        if is_help_now(said) or (isinstance(self.event.what, Pressed) and self.event.what.action == "help.now"):
            self._send(
                signpost_texts.help_now(self.turn.organisation.nation, contacts_of(self.turn.organisation)), kind="help"
            )
            self._notice()
            return self._aside()
        if self.person.silenced_at is not None:
            self._send(texts.silenced(self.turn.organisation.pals), kind="help")
            return self._aside()
        if not self.turn.organisation.contacts_set and not self.person.admin:
            self._send(texts.not_open_yet())
            return self._aside()
        if self.event.place == "channel":
            return self._in_channel(said)
        first_contact = self._notice()
        if isinstance(self.event.what, Opened) and not first_contact:
            return Answered()
        return self._deliver(self._attempt())

    # What others can see

    def _in_channel(self, said: str) -> Answered:
        match = find(said, self.router.words)
        if isinstance(match, Match) and match.word.public:
            self._notice()
            self._deliver(self._guarded(lambda: self._run(match.word.answer, match.rest)))
            return Answered(aside=texts.answered_in_direct_message())
        self._signposts([said], kept=False)
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
        return self._guarded(lambda: self._said(what.text))

    def _said(self, text: str) -> Reply:
        said, words = plain(text), self.router.words
        if said in ("stop", "cancel"):
            return dialogue.leave(self.turn, self.account) if said == "cancel" else self._run(words["stop"].answer, "")
        question = conversations.open_question(self.turn.session, self.account.id, now=self.turn.now)
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

    def _to_question(self, question: conversations.OpenQuestion, text: str) -> Reply:
        if question.action == PASS_ON and question.doubt is None:
            try:
                forms.read(Field("pass_on", "", "yes_no"), text)
            except forms.Unread:
                match = find(text, self.router.words)
                if isinstance(match, Match):
                    return self._word(match.word, match.rest)
                # More of the same: people write in several short messages.
                return self._free(text.strip(), before=question.value)
        else:
            self._signposts([text] if len(text) > 3 else [])
        went_on = dialogue.go_on(self.turn, self.account, self.person, question, text, self.router)
        return self._word(went_on.word, went_on.rest) if isinstance(went_on, Match) else went_on

    def _free(self, text: str, *, before: str = "") -> Reply:
        self.after = []
        self._signposts([text])
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
        return texts.did_you_mean(guess.word.phrase, guess.rest, text.strip())

    def _pressed(self, action: str, value: str) -> Reply:
        if action in (form_texts.ANSWER, form_texts.LEAVE):
            question = conversations.open_question(self.turn.session, self.account.id, now=self.turn.now)
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
            raise _Undone(Answered(errors=errors))
        free = {field.name for field in made.fields if field.kind in ("line", "text")}
        refused: list[Refusal] = []
        reply = self._guarded(lambda: handler(self.turn, self.person, what.value, answers), beside_field=refused)
        if refused:
            card = refused[0].card
            raise _Undone(Answered(errors={refused[0].field: card.text or card.title}))
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
        except Exception as mistake:
            log.error("a handler failed: %s", where(mistake))
            return texts.our_mistake()

    # What goes out

    def _deliver(self, reply: Reply) -> Answered:
        parts = reply if isinstance(reply, tuple) else (reply,)
        shown: Form | None = None
        replaces = self.event.what.message if isinstance(self.event.what, Pressed) else ""
        for part in parts:
            if isinstance(part, Form):
                if self.event.shows_forms and len(parts) == 1:
                    shown = part
                else:
                    self._send(dialogue.begin(self.turn, self.account, part))
            else:
                self._send(part, replaces=replaces)
                replaces = ""
        self._signposts(self.after)
        return Answered(form=shown) if shown else self._aside()

    def _notice(self) -> bool:
        """Show the privacy notice to somebody who never saw it. Returns whether it was."""
        notice = notice_for(self.turn, self.person)
        if notice is not None:
            self._send(notice)
        return notice is not None

    def _signposts(self, texts_said: list[str], *, kept: bool = True) -> None:
        """Show the signposts that what was said calls for, each once a day for the same words; tell the coordinators."""
        found: dict[signposts.Category, str] = {}
        for text in texts_said:
            for category in signposts.recognise(text):
                found.setdefault(category, text)
        shown = False
        for category in sorted(found, key=list(signposts.Category).index)[:2]:
            sign = hmac.new(
                self.inbox.pepper, f"{self.account.id}|{category}|{plain(found[category])}".encode(), "sha256"
            )
            if conversations.first_time(
                self.turn.session, conversations.ShownSignpost, sign.hexdigest(), now=self.turn.now
            ):
                contacts = contacts_of(self.turn.organisation)
                self._send(
                    signpost_texts.signpost(category, self.turn.organisation.nation, contacts, kept=kept),
                    kind="signpost",
                )
                shown = True
        if shown:
            who = groups.coordinators_for(self.turn.session, self.person) or people.administrators(
                self.turn.session, self.turn.organisation.id
            )
            self.turn.tell(who, texts.needs_attention(), key=f"attention:{self.mark}", kind="alert")

    def _send(self, card: Card, *, kind: str = "reply", replaces: str = "") -> None:
        self.letters += 1
        outbox.reply(
            self.turn.session,
            self.account,
            card_id=outbox.add_card(self.turn.session, cards.dump(card), now=self.turn.now),
            key=f"{kind}:{self.mark}:{self.letters}",
            now=self.turn.now,
            kind=kind,
            replaces=replaces,
        )

    def _aside(self) -> Answered:
        return Answered(aside=texts.answered_in_direct_message() if self.event.place == "command" else "")
