"""Forms for people who type: one question at a time, kept in the database, so that a restart loses nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from handlers import forms
from handlers.chat import Answer, Card, Field, Form, Refusal, Reply
from handlers.feedback import PASS_ON, asking
from handlers.router import Router
from handlers.texts import feedback as feedback_texts
from handlers.texts import forms as texts
from handlers.turn import Turn
from handlers.words import Match, plain
from storage import conversations, quotes
from storage.conversations import OpenQuestion
from storage.people import Account, Person

KEPT = timedelta(hours=24)
"""How long a half-filled form, and free text we asked about, is kept."""

Meant = Callable[[str], Match | None]


def begin(turn: Turn, account: Account, form: Form) -> Card:
    """Open the form, in the place of one that stood open, and ask its first question.

    A message that waits to be passed on would be lost so: then the form is not opened, and that is asked again.
    """
    question = conversations.open_question(turn.session, account.id, now=turn.now)
    if question is not None and question.action == PASS_ON != form.action:
        asked = asking(turn, account.person, question.value)
        return _again(asked, question, {}, problem=feedback_texts.answer_first(), field=asked.fields[0])
    leaves = question is not None and form.action == PASS_ON != question.action
    return _ask(turn, account, form, {}, first=True, problem=texts.other_form_left() if leaves else "")


def leave(turn: Turn, account: Account) -> Card:
    """Close the form and forget what was answered so far. A message that waits to be passed on is deleted."""
    if (waits := waiting(turn, account)) is not None:
        quotes.forget(turn.session, waits.value, [account.person_id])
        conversations.close_question(turn.session, account.id)
        return feedback_texts.let_go()
    return texts.left_form() if conversations.close_question(turn.session, account.id) else texts.nothing_to_cancel()


def waiting(turn: Turn, account: Account) -> OpenQuestion | None:
    """The question whether to pass a message on, while it stands open. The message is its value."""
    question = conversations.open_question(turn.session, account.id, now=turn.now)
    return question if question is not None and question.action == PASS_ON else None


def mark(question: OpenQuestion) -> str:
    """What the buttons of this question bear, and those of no other."""
    return _mark(question.action, question.value, question.field, question.doubt)


def _mark(action: str, value: str, field: str, doubt: str | None) -> str:
    return sha256(json.dumps([action, value, field, doubt]).encode()).hexdigest()[:12]


def ask_again(turn: Turn, account: Account, person: Person, question: OpenQuestion, router: Router) -> Reply:
    """The open question once more, because it could not be told what an answer was for. It is kept no longer for it."""
    opened = _opened(turn, account, person, question, router)
    if not isinstance(opened, _Opened):
        return opened
    return _again(opened.form, question, opened.answers, problem=texts.which_question(), field=opened.field)


def _again(form: Form, question: OpenQuestion, answers: Mapping[str, Answer], *, problem: str, field: Field) -> Card:
    if question.doubt is not None:
        return texts.unsure(form, question.doubt, fits=_is_free(field), mark=mark(question), problem=problem)
    return texts.question(
        form, field, left=forms.left(form, answers), first=not answers, mark=mark(question), problem=problem
    )


@dataclass(frozen=True)
class _Opened:
    """The form of the open question, made again, with the field now asked and what was answered so far."""

    form: Form
    field: Field
    answers: dict[str, Answer]


def _opened(turn: Turn, account: Account, person: Person, question: OpenQuestion, router: Router) -> _Opened | Reply:
    """The form made again.

    When it can no longer be made, it is closed, and the refusal's card returned: raised, it would undo the closing,
    and every word from then on would meet the same refusal.
    """
    builder = router.presses.get(question.action)
    if builder is None:
        # A form of an earlier version of the program.
        return leave(turn, account)
    try:
        form = builder(turn, person, question.value)
    except Refusal as refusal:
        conversations.close_question(turn.session, account.id)
        return refusal.card
    field = (
        next((field for field in form.fields if field.name == question.field), None) if isinstance(form, Form) else None
    )
    if not isinstance(form, Form) or field is None:
        conversations.close_question(turn.session, account.id)
        return form
    answers: dict[str, Answer] = {
        name: tuple(answer) if isinstance(answer, list) else answer
        for name, answer in json.loads(question.answers).items()
    }
    return _Opened(form, field, answers)


def go_on(
    turn: Turn, account: Account, person: Person, question: OpenQuestion, said: str, router: Router, meant: Meant
) -> Reply | Match:
    """Take what was typed as the answer to the open question, and ask the next or hand the form in.

    Returns a `Match` where the person turned out to want that word instead; the form is then closed. ``meant``: which
    word of ours, of those the person may use, a text is. A form that is refused as a whole is closed.
    """
    opened = _opened(turn, account, person, question, router)
    if not isinstance(opened, _Opened):
        return opened
    form, field, answers = opened.form, opened.field, opened.answers
    if question.doubt is not None:
        return _resolve_doubt(turn, account, person, question, form, field, answers, said, router, meant)
    if _may_mean_a_word(field, said, router, meant):
        _keep(turn, account, form, answers, field, doubt=said)
        return texts.unsure(form, said, fits=_is_free(field), mark=_mark(form.action, form.value, field.name, said))
    return _take(turn, account, person, form, field, answers, said, router)


def _is_free(field: Field) -> bool:
    return field.kind in ("line", "text")


def _may_mean_a_word(field: Field, said: str, router: Router, meant: Meant) -> bool:
    match = meant(said)
    if match is None or (not field.required and plain(said) in forms.SKIP):
        return False
    if _is_free(field):
        return True
    if match.word.answer in {router.words[word].answer for word in ("yes", "no", "not sure", "online", "in person")}:
        return False  # an answer, if not one of those to choose from
    try:
        forms.read(field, said)
    except forms.Unread:
        return True
    return False


def _resolve_doubt(
    turn: Turn,
    account: Account,
    person: Person,
    question: OpenQuestion,
    form: Form,
    field: Field,
    answers: dict[str, Answer],
    said: str,
    router: Router,
    meant: Meant,
) -> Reply | Match:
    doubt, fits = question.doubt or "", _is_free(field)
    try:
        answer = forms.read(Field("doubt", "", "yes_no"), said)
    except forms.Unread as unread:
        return _again(form, question, answers, problem=unread.words, field=field)
    if answer == "yes" and fits:
        return _take(turn, account, person, form, field, answers, doubt, router)
    if answer == "no" and not fits:
        return _ask(turn, account, form, answers, again=field)
    conversations.close_question(turn.session, account.id)
    return meant(doubt) or texts.left_form()


def _take(
    turn: Turn,
    account: Account,
    person: Person,
    form: Form,
    field: Field,
    answers: dict[str, Answer],
    said: str,
    router: Router,
) -> Reply:
    try:
        answers[field.name] = forms.read(field, said)
    except forms.Unread as unread:
        return _ask(turn, account, form, answers, problem=unread.words, again=field)
    if forms.next_field(form, answers) is not None:
        return _ask(turn, account, form, answers)
    given = {name: answer for name, answer in answers.items() if answer}
    try:
        with turn.session.begin_nested():
            reply = router.submissions[form.action](turn, person, form.value, given)
    except Refusal as refusal:
        again = next((field for field in form.fields if field.name == refusal.field), None)
        if again is None:
            conversations.close_question(turn.session, account.id)
            return refusal.card
        answers.pop(again.name)
        return _ask(turn, account, form, answers, problem=refusal.card.text or refusal.card.title, again=again)
    if not isinstance(reply, Form):
        conversations.close_question(turn.session, account.id)
    return reply


def _ask(
    turn: Turn,
    account: Account,
    form: Form,
    answers: Mapping[str, Answer],
    *,
    first: bool = False,
    problem: str = "",
    again: Field | None = None,
) -> Card:
    field = again or forms.next_field(form, answers)
    if field is None:
        raise ValueError("a form without questions")
    _keep(turn, account, form, answers, field)
    return texts.question(
        form,
        field,
        left=forms.left(form, answers),
        first=first,
        mark=_mark(form.action, form.value, field.name, None),
        problem=problem,
    )


def _keep(
    turn: Turn, account: Account, form: Form, answers: Mapping[str, Answer], field: Field, *, doubt: str | None = None
) -> None:
    conversations.ask(
        turn.session,
        account.id,
        action=form.action,
        value=form.value,
        answers=json.dumps(answers),
        field=field.name,
        until=turn.now + KEPT,
        doubt=doubt,
    )
