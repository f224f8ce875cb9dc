"""Feedback: what people say, who owns it, and what came of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from handlers import rights
from handlers.chat import Answer, Card, Form, Refusal, Reply, Unclear
from handlers.router import Router
from handlers.texts import feedback as texts
from handlers.turn import Turn
from handlers.words import plain
from storage import feedback, groups, people, quotes
from storage.feedback import Comment
from storage.groups import Group
from storage.people import Person

router = Router()

PASS_ON = texts.QUESTION


@router.word("feedback", "give feedback", "write feedback", takes="TEXT")
def say(turn: Turn, person: Person, text: str) -> Reply:
    """Save what follows the word, or show the form."""
    if not text.strip():
        return write(turn, person, "")
    return _save(turn, person, text, _only_group(turn, person))


@router.press("feedback.write")
def write(turn: Turn, person: Person, value: str) -> Form:
    """The form. It asks which group only of people in several."""
    return texts.form(_groups(turn, person), _readers(turn, person))


@router.form("feedback.write")
def written(turn: Turn, person: Person, value: str, answers: Mapping[str, Answer]) -> Card:
    """Save the feedback and tell its coordinators that it waits."""
    mine = _groups(turn, person)
    chosen = str(answers.get("group", "")) if len(mine) > 1 else ""
    group = mine[0] if len(mine) == 1 else next((group for group in mine if str(group.id) == chosen), None)
    return _save(turn, person, str(answers["text"]), group, asked="group" in answers)


@router.word("")
def said(turn: Turn, person: Person, text: str) -> tuple[Card, Form]:
    """Anything else that is said: hold it, and ask whether to pass it on. Nobody reads it before a yes."""
    return texts.held(), asking(turn, person, text)


def asking(turn: Turn, person: Person, text: str) -> Form:
    """Whether to pass on what was said, and who would read it then."""
    return texts.pass_on(text, _readers(turn, person))


@router.press(PASS_ON)
def pass_on(turn: Turn, person: Person, value: str) -> Form:
    """The question again. What it is about stands in the question alone, encrypted, for as long as it is open."""
    return asking(turn, person, value)


@router.form(PASS_ON)
def passed_on(turn: Turn, person: Person, value: str, answers: Mapping[str, Answer]) -> Card:
    """On yes save it, on no let go of it."""
    if answers["wanted"] == "yes":
        return _save(turn, person, value, _only_group(turn, person))
    quotes.forget(turn.session, value, [person.id])
    return texts.let_go()


@router.press("feedback.about")
def about(turn: Turn, person: Person, value: str) -> Card:
    """Say which group one's own comment is about, and pass it to that group. ``value``: its number and the group."""
    number, _, group_id = value.partition(" ")
    comment = _own(turn, person, number)
    group = next((group for group in _groups(turn, person) if str(group.id) == group_id), None)
    if group is None or comment.state != "open":
        raise Refusal(texts.closed(comment))
    comment.group_id, comment.owner_id = group.id, _owner_id(_owners(turn, person, group))
    turn.session.flush()
    turn.session.refresh(comment)
    _announce(turn, person, group)
    return texts.saved(comment, groups.reach(turn.session, person, comment.group_id))


@router.word("my feedback")
@router.press("feedback.mine")
def mine(turn: Turn, person: Person, value: str) -> Card:
    """What the person sent, newest first, a few at a time. ``value``: how many to skip."""
    return texts.mine(feedback.comments_by(turn.session, person), rights.number(value) if value else 0)


@router.word("status", takes="F-NUMBER")
def status_by_number(turn: Turn, person: Person, value: str) -> Reply:
    """What came of the comment that was typed, in any spelling of its number."""
    if not value:
        return mine(turn, person, "")
    number = re.fullmatch(r"(?:f\s*-?\s*|#)?(\d{1,9})", plain(value))
    if number is None:
        raise Unclear
    return status(turn, person, number.group(1))


@router.press("feedback.status")
def status(turn: Turn, person: Person, value: str) -> Card:
    """What came of one of the person's own comments."""
    return texts.status(_own(turn, person, value), turn.organisation.time_zone)


@router.press("feedback.taking_back")
def taking_back(turn: Turn, person: Person, value: str) -> Card:
    """Ask whether they are sure."""
    comment = _own(turn, person, value)
    if comment.state == "withdrawn":
        raise Refusal(texts.closed(comment))
    return texts.sure_to_take_back(comment)


@router.press("feedback.take_back")
def take_back(turn: Turn, person: Person, value: str) -> Card:
    """Delete the words of one's own comment."""
    comment = _own(turn, person, value)
    if comment.state == "withdrawn":
        raise Refusal(texts.closed(comment))
    feedback.withdraw(turn.session, comment)
    return texts.taken_back(comment)


def _groups(turn: Turn, person: Person) -> list[Group]:
    return [place.group for place in groups.memberships_of(turn.session, person)]


def _only_group(turn: Turn, person: Person) -> Group | None:
    mine = _groups(turn, person)
    return mine[0] if len(mine) == 1 else None


def _readers(turn: Turn, person: Person) -> texts.Readers:
    """Who reads what the person says, as far as can be told before it is known what it is about."""
    if all(one.id == person.id for one in groups.coordinators_for(turn.session, person)):
        return "an administrator"
    return "a coordinator" if _only_group(turn, person) else "a coordinator or an administrator"


def _save(turn: Turn, person: Person, text: str, group: Group | None, *, asked: bool = False) -> Card:
    owners = _owners(turn, person, group)
    comment = feedback.add_comment(
        turn.session,
        turn.organisation,
        author=person,
        group=group,
        owner=next(iter(owners), None),
        text=text.strip(),
        now=turn.now,
    )
    if group is not None:
        _announce(turn, person, group)
    else:
        _tell(turn, owners[:1], None)
    choices = _groups(turn, person) if group is None and not asked else []
    return texts.saved(comment, groups.reach(turn.session, person, comment.group_id), choices)


def _owners(turn: Turn, person: Person, group: Group | None) -> Sequence[Person]:
    """Who could own it, the likeliest first. Nobody owns what they said themselves, if somebody else can."""
    near = groups.coordinators_of(turn.session, group.id) if group else groups.coordinators_for(turn.session, person)
    if others := [owner for owner in near if owner.id != person.id]:
        return others
    could = [*near, *people.administrators(turn.session, turn.organisation.id)]
    return [owner for owner in could if owner.id != person.id] or could


def _owner_id(owners: Sequence[Person]) -> int | None:
    return owners[0].id if owners else None


def _announce(turn: Turn, person: Person, group: Group) -> None:
    who = groups.coordinators_of(turn.session, group.id) or _owners(turn, person, group)
    _tell(turn, [one for one in who if one.id != person.id], group)


def _tell(turn: Turn, who: Sequence[Person], group: Group | None) -> None:
    # One letter an hour, however many comments come.
    key = f"comment:{group.id if group else 'none'}:{turn.now:%Y-%m-%dT%H}"
    turn.tell(who, texts.waits(), key=key, kind="notice", group_id=group.id if group else None)


def _own(turn: Turn, person: Person, value: str) -> Comment:
    comment = feedback.comment_numbered(turn.session, turn.organisation.id, rights.number(value))
    if comment is None or comment.author_id != person.id:
        raise Refusal(texts.not_found())
    return comment
