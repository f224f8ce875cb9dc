"""Answering on behalf of members: those without chat, and those who asked a coordinator to write it down."""

from __future__ import annotations

from collections.abc import Mapping

from handlers import rights
from handlers.chat import Answer, Card, Form, Refusal, Reply, Unclear
from handlers.router import Router
from handlers.texts import on_behalf as texts
from handlers.turn import Turn
from handlers.words import plain
from storage import feedback, groups, meetings, people
from storage.groups import Group
from storage.meetings import Meeting
from storage.people import Person

router = Router()


@router.word("answer for", who="coordinator", takes="NAME")
def answer_for(turn: Turn, person: Person, name: str) -> Reply:
    """What can be written down for the member named, or who may be meant."""
    if not name:
        return ask_name(turn, person, "")
    found = _named(turn, person, name)
    if not found and len(name.split()) > 4:
        raise Unclear
    return _found(turn, person, name, found)


@router.press("on_behalf.name")
def ask_name(turn: Turn, person: Person, value: str) -> Form:
    """Ask whom to answer for."""
    _my_groups(turn, person)
    return texts.name_form()


@router.form("on_behalf.name")
def name_given(turn: Turn, person: Person, value: str, answers: Mapping[str, Answer]) -> Reply:
    """What can be written down for the member named."""
    name = str(answers["name"]).strip()
    return _found(turn, person, name, _named(turn, person, name))


@router.press("on_behalf.person")
def show(turn: Turn, person: Person, value: str) -> Card:
    """What can be written down for this member."""
    member, shared = _member(turn, person, value)
    reach = people.reach(turn.session, member)
    return texts.choices(member, shared, reach, meetings_waiting=bool(_meetings(turn, member, shared)))


@router.press("on_behalf.answer")
def answer(turn: Turn, person: Person, value: str) -> Form:
    """Which meeting, and what they said."""
    member, shared = _member(turn, person, value)
    coming = _meetings(turn, member, shared)
    if not coming:
        raise Refusal(texts.no_meetings(member))
    return texts.answer_form(member, coming)


@router.form("on_behalf.answer")
def answered(turn: Turn, person: Person, value: str, answers: Mapping[str, Answer]) -> Card:
    """Save the member's answer as given through this coordinator, and tell them so."""
    member, shared = _member(turn, person, value)
    number = rights.number(str(answers["meeting"]))
    meeting = next((meeting for meeting in _meetings(turn, member, shared) if meeting.number == number), None)
    if meeting is None:
        raise Refusal(texts.no_meetings(member))
    said = str(answers["answer"])
    how = str(answers.get("how", "")) if meeting.how == "both" and said == "yes" else ""
    meetings.answer(turn.session, meeting, member, answer=said, how=how, now=turn.now, by=person)
    _tell(turn, member, texts.answered_for_you(person, meeting, said, how))
    return texts.answered(member, meeting, said, how)


@router.press("on_behalf.comment")
def comment(turn: Turn, person: Person, value: str) -> Form:
    """What they said, in their words."""
    return texts.comment_form(*_member(turn, person, value))


@router.form("on_behalf.comment")
def commented(turn: Turn, person: Person, value: str, answers: Mapping[str, Answer]) -> Card:
    """Save it as the member's own feedback, which this coordinator passes on and owns, and tell them its number."""
    member, shared = _member(turn, person, value)
    group = shared[0]
    if len(shared) > 1:
        chosen = rights.number(str(answers["group"]))
        group = next(one for one in shared if one.id == chosen)
    saved = feedback.add_comment(
        turn.session,
        turn.organisation,
        author=member,
        group=group,
        owner=person,
        text=str(answers["text"]).strip(),
        now=turn.now,
        by=person,
    )
    _tell(turn, member, texts.passed_on_for_you(person, saved.number))
    return texts.passed_on(member, saved.number, people.reach(turn.session, member))


@router.press("on_behalf.add")
def add(turn: Turn, person: Person, value: str) -> Form:
    """Add a member who has no chat. ``value`` is the name that was looked for."""
    return texts.add_form(value, _my_groups(turn, person))


@router.form("on_behalf.add")
def added(turn: Turn, person: Person, value: str, answers: Mapping[str, Answer]) -> Card:
    """Make them a full member, whom a coordinator reaches. Nobody under 16: nothing of them is kept."""
    mine = _my_groups(turn, person)
    group = mine[0]
    if len(mine) > 1:
        group = rights.coordinated(turn, person, rights.number(str(answers["group"])))
    name = str(answers["name"]).strip()
    if answers["adult"] == "no":
        return texts.under_16()
    member = people.add_person(
        turn.session, turn.organisation.id, name=name, time_zone=turn.organisation.time_zone, now=turn.now
    )
    member.reach_by, member.contact = "call", str(answers["contact"]).strip()
    groups.place(
        turn.session, group, member, state="active", now=turn.now, connection=str(answers["connection"])
    ).decided_at = turn.now
    turn.session.flush()
    return texts.added(member, group, meetings_waiting=bool(_meetings(turn, member, [group])))


def _found(turn: Turn, coordinator: Person, name: str, found: list[Person]) -> Reply:
    if len(found) == 1:
        return show(turn, coordinator, str(found[0].id))
    if not found:
        return texts.nobody(name)
    return texts.which(
        found, {one.id: rights.member(turn, coordinator, one.id)[1] for one in found[: texts.MOST_NAMES]}
    )


def _named(turn: Turn, coordinator: Person, name: str) -> list[Person]:
    """The members of the coordinator's groups whom a typed name fits: by the whole name, or by its beginning."""
    wanted = plain(name)
    everyone = {
        place.person_id: place.person
        for group in groups.coordinated_by(turn.session, coordinator)
        for place in groups.members_of(turn.session, group)
    }
    exact = [person for person in everyone.values() if plain(person.name) == wanted]
    return exact or [person for person in everyone.values() if wanted and plain(person.name).startswith(wanted)]


def _member(turn: Turn, coordinator: Person, value: str) -> tuple[Person, list[Group]]:
    member, shared = rights.member(turn, coordinator, rights.number(value))
    if member.silenced_at is not None or member.id == coordinator.id:
        raise Refusal(texts.not_there())
    return member, shared


def _my_groups(turn: Turn, coordinator: Person) -> list[Group]:
    mine = list(groups.coordinated_by(turn.session, coordinator))
    if not mine:
        raise Refusal(texts.not_there())
    return mine


def _meetings(turn: Turn, member: Person, shared: list[Group]) -> list[Meeting]:
    here = {group.id for group in shared}
    coming = meetings.upcoming_for(turn.session, member, now=turn.now)
    return [meeting for meeting in coming if meeting.group_id in here][: texts.MOST]


def _tell(turn: Turn, member: Person, card: Card) -> None:
    """Tell them, if chat reaches them: whoever spoke with the coordinator on the phone knows it already."""
    if people.reach(turn.session, member) == "chat":
        turn.tell(member, card, key=f"on-behalf:{member.id}:{turn.now.isoformat()}", kind="notice")
