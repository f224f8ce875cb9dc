"""Comments, as those see feedback who answer it: the list, who owns what, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping

from handlers import rights
from handlers.chat import Answer, Card, Form, Refusal, Reply
from handlers.router import Router
from handlers.texts import comments as texts
from handlers.turn import Turn
from storage import feedback, groups
from storage.feedback import Comment
from storage.people import Person, Reach

router = Router()


@router.word("comments", "show comments", who="coordinator")
@router.press("feedback.comments")
def comments(turn: Turn, person: Person, value: str) -> Card:
    """The comments this person may answer, a few at a time. ``value``: their state, and the place of the last shown."""
    mine = _coordinated(turn, person)
    state, _, after = (value or "open").partition(" ")
    if state not in ("open", "answered") or not (mine or person.admin):
        raise Refusal(texts.not_for_you())
    found = feedback.comments_to_answer(turn.session, person, mine, state=state)
    return texts.comments(found, turn.organisation.time_zone, state=state, after=after)


@router.word("service comments", who="admin")
@router.press("feedback.service")
def service_comments(turn: Turn, person: Person, value: str) -> Reply:
    """The same list, for administrators who coordinate no group."""
    return comments(turn, person, "")


@router.press("feedback.read")
def read(turn: Turn, person: Person, value: str) -> Card:
    """All the words of one comment."""
    return texts.whole(_answerable(turn, person, value), person, turn.organisation.time_zone)


@router.press("feedback.take_over")
def take_over(turn: Turn, person: Person, value: str) -> Card:
    """Become the owner of a comment."""
    comment = _answerable(turn, person, value)
    comment.owner_id = person.id
    turn.session.flush()
    turn.session.refresh(comment)
    return texts.taken_over(comment)


@router.press("feedback.outcome")
def outcome(turn: Turn, person: Person, value: str) -> Form:
    """Ask what happened."""
    comment = _answerable(turn, person, value)
    return texts.outcome_form(comment, _reach(turn, comment))


@router.form("feedback.outcome")
def outcome_written(turn: Turn, person: Person, value: str, answers: Mapping[str, Answer]) -> Card:
    """Keep what came of it, and tell the author that there is news."""
    comment = _answerable(turn, person, value)
    comment.outcome, comment.state, comment.answered_at = str(answers["outcome"]).strip(), "answered", turn.now
    turn.session.flush()
    if comment.author is not None:
        turn.tell(
            comment.author,
            texts.news(comment),
            key=f"news:{comment.id}:{turn.now.isoformat()}",
            kind="notice",
            group_id=comment.group_id,
        )
    return texts.outcome_kept(comment, _reach(turn, comment))


def _reach(turn: Turn, comment: Comment) -> Reach:
    """How its author hears of it. Without an author it makes no difference."""
    return groups.reach(turn.session, comment.author, comment.group_id) if comment.author else "stopped"


def _coordinated(turn: Turn, person: Person) -> list[int]:
    return [group.id for group in groups.coordinated_by(turn.session, person)]


def _answerable(turn: Turn, person: Person, value: str) -> Comment:
    mine = _coordinated(turn, person)
    if not mine and not person.admin:
        raise Refusal(texts.not_for_you())
    comment = feedback.comment_to_answer(turn.session, person, mine, rights.number(value))
    if comment is None:
        raise Refusal(texts.not_found())
    if comment.state == "withdrawn":
        raise Refusal(texts.taken_back(comment))
    return comment
