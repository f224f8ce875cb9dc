"""Privacy: the notice, and everybody's own data: see it, change it, delete it, complain about it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from handlers import rights
from handlers.chat import Answer, Card, Form, Refusal
from handlers.router import Router
from handlers.texts import privacy as texts
from handlers.texts.feedback import QUESTION as PASS_ON
from handlers.turn import Turn
from storage import conversations, feedback, outbox, people, privacy, quotes
from storage.people import Person

router = Router()

NOTICE_VERSION = texts.NOTICE_VERSION

BODIES_KEPT = timedelta(days=30)
"""How long what was said in a message or an announcement is kept."""

NEEDS_KEPT = timedelta(days=30)
"""How long what helps a person take part is kept after they left their last group."""

MARKS_KEPT = timedelta(days=2)
"""How long it is known that an event was answered and a signpost shown."""


def notice_for(turn: Turn, person: Person) -> Card | None:
    """The privacy notice, if this person never saw it; that they see it now is written down. Otherwise None."""
    if people.saw_notice(turn.session, person):
        return None
    people.record_consent(turn.session, person, "notice", version=NOTICE_VERSION, now=turn.now)
    turn.session.flush()
    return texts.notice(turn.organisation)


@router.word("my data", "see my data", "what do you know about me")
@router.press("privacy.mine")
def mine(turn: Turn, person: Person, value: str) -> Card:
    """Everything that is held about the person, a part at a time. ``value``: the number of the part."""
    part = rights.number(value) if value else 1
    return texts.my_data(person, turn.organisation, privacy.held(turn.session, person), part)


@router.word("change my data")
@router.press("privacy.change")
def change(turn: Turn, person: Person, value: str) -> Form:
    """The form with what the person can change."""
    return texts.change_form(person, _opted_in(turn, person))


@router.form("privacy.change")
def changed(turn: Turn, person: Person, value: str, answers: Mapping[str, Answer]) -> Card:
    """Keep the changes. Each opt-in is given and taken back alone."""
    person.name, person.language = str(answers["name"]).strip(), str(answers["language"]).strip()
    given = _opted_in(turn, person)
    for kind in texts.OPT_INS:
        wanted = answers[kind] == "yes"
        if wanted and kind not in given:
            people.record_consent(turn.session, person, kind, version=NOTICE_VERSION, now=turn.now)
        elif not wanted and kind in given:
            people.withdraw_consent(turn.session, person, kind, now=turn.now)
    turn.session.flush()
    return texts.changed(person, _opted_in(turn, person))


@router.word("delete my data", "delete my data now")
@router.press("privacy.delete")
def delete(turn: Turn, person: Person, value: str) -> Card:
    """Ask whether they are sure, and say what goes and what remains."""
    _replaceable(turn, person)
    return texts.sure_to_delete()


@router.press("privacy.delete_now")
def deleted(turn: Turn, person: Person, value: str) -> Card:
    """Delete everything that is held about the person. Nobody is told."""
    _replaceable(turn, person)
    privacy.erase(turn.session, person, now=turn.now)
    return texts.deleted()


@router.press("privacy.keep")
def keep(turn: Turn, person: Person, value: str) -> Card:
    """Nothing changes."""
    return texts.kept()


@router.word("complain about my data")
@router.press("privacy.complain")
def complain(turn: Turn, person: Person, value: str) -> Form:
    """The form for a complaint about data."""
    return texts.complain_form()


@router.form("privacy.complain")
def complained(turn: Turn, person: Person, value: str, answers: Mapping[str, Answer]) -> Card:
    """Save the complaint for the administrators alone, and tell them that it waits."""
    administrators = people.administrators(turn.session, turn.organisation.id)
    comment = feedback.add_comment(
        turn.session,
        turn.organisation,
        author=person,
        group=None,
        owner=next(iter(administrators), None),
        text=texts.as_complaint(str(answers["text"])),
        now=turn.now,
    )
    turn.tell(administrators, texts.complaint_waits(), key=f"complaint:{comment.id}", kind="notice")
    return texts.complained(comment)


@router.job("privacy.forget")
def forget(turn: Turn) -> None:
    """Take away the last of those who deleted their data, once their receipt has gone."""
    privacy.forget(turn.session, organisation_id=turn.organisation.id)


@router.job("privacy.retention")
def retention(turn: Turn) -> None:
    """Delete what has been kept long enough. What is not hourly business is done once a day."""
    quotes.forget_old(turn.session, action=PASS_ON, now=turn.now)
    conversations.close_old(turn.session, now=turn.now)
    once_a_day = f"retention:{turn.organisation.ref}:{turn.today}"
    if conversations.first_time(turn.session, conversations.SeenEvent, once_a_day, now=turn.now):
        conversations.forget_marks(turn.session, before=turn.now - MARKS_KEPT)
        outbox.forget_bodies(turn.session, before=turn.now - BODIES_KEPT)
        privacy.forget_announcements(turn.session, before=turn.now - BODIES_KEPT)
        privacy.forget_needs(turn.session, organisation_id=turn.organisation.id, before=turn.now - NEEDS_KEPT)


def _opted_in(turn: Turn, person: Person) -> set[str]:
    return {record.kind for record in people.consents_of(turn.session, person)} & set(texts.OPT_INS)


def _replaceable(turn: Turn, person: Person) -> None:
    if alone := privacy.needed_by(turn.session, person):
        raise Refusal(texts.last_coordinator(alone))
