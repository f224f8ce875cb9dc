"""Administration: groups, and who coordinates them."""

from __future__ import annotations

from collections.abc import Mapping

from handlers import rights
from handlers.chat import Answer, Card, Form, Refusal
from handlers.router import Router
from handlers.texts import administration as texts
from handlers.texts import inbox as inbox_texts
from handlers.turn import Turn
from handlers.words import plain
from storage import feedback, groups, people
from storage.groups import HERE, Group
from storage.people import Person

router = Router()


@router.word("new group", "set up a group", who="admin")
@router.press("administration.new_group")
def new_group(turn: Turn, person: Person, value: str) -> Form:
    """The form for a new group."""
    _administrator(person)
    return texts.group_form()


@router.form("administration.new_group")
def group_made(turn: Turn, person: Person, value: str, answers: Mapping[str, Answer]) -> Card:
    """Set the group up, with its first coordinator if one was named."""
    _administrator(person)
    name = str(answers["name"]).strip()
    if any(plain(group.name) == plain(name) for group in groups.groups_of(turn.session, turn.organisation.id)):
        raise Refusal(texts.name_taken(), field="name")
    wanted = str(answers.get("coordinator", "")).strip()
    found = _who_wrote(turn, wanted) if wanted else []
    if wanted and len(found) != 1:
        raise Refusal(texts.several(wanted) if found else texts.nobody(wanted), field="coordinator")
    group = groups.add_group(
        turn.session,
        turn.organisation.id,
        name=name,
        about=str(answers["about"]).strip(),
        who_can_join=str(answers.get("who_can_join", "")).strip(),
        rhythm=str(answers.get("rhythm", "")).strip(),
        now=turn.now,
    )
    first = found[0] if found else None
    if first is None:
        return texts.group_made(group, None, "stopped")
    _appoint(turn, group, first)
    return texts.group_made(group, first, groups.reach(turn.session, first, group.id))


@router.word("coordinators", who="admin")
@router.press("administration.coordinators")
def coordinators(turn: Turn, person: Person, value: str) -> Card:
    """The groups, to choose one from. ``value``: how many to skip."""
    _administrator(person)
    every = groups.groups_of(turn.session, turn.organisation.id)
    skip = rights.number(value) if value else 0
    return texts.choose_group(
        [(group, groups.coordinators_of(turn.session, group.id)) for group in every],
        skip=skip if skip < len(every) else 0,
    )


@router.press("administration.group")
def of_group(turn: Turn, person: Person, value: str) -> Card:
    """Who coordinates the group."""
    _administrator(person)
    group = rights.group(turn, rights.number(value))
    return texts.coordinators(group, groups.coordinators_of(turn.session, group.id))


@router.press("administration.add")
def add(turn: Turn, person: Person, value: str) -> Form:
    """Ask for the new coordinator's name."""
    _administrator(person)
    return texts.add_form(rights.group(turn, rights.number(value)))


@router.form("administration.add")
def added(turn: Turn, person: Person, value: str, answers: Mapping[str, Answer]) -> Card:
    """Make the person of this name a coordinator, or show who may be meant."""
    _administrator(person)
    group = rights.group(turn, rights.number(value))
    name = str(answers["name"]).strip()
    found = _who_wrote(turn, name)
    if not found:
        raise Refusal(texts.nobody(name), field="name")
    if len(found) > 1:
        return texts.which(group, [(one, groups.memberships_of(turn.session, one)) for one in found])
    return _appointed(turn, group, found[0])


@router.press("administration.appoint")
def appoint(turn: Turn, person: Person, value: str) -> Card:
    """Make this person a coordinator. ``value``: the group and the person."""
    _administrator(person)
    group, chosen = _group_and_person(turn, value)
    if chosen.account_id is None or chosen.silenced_at is not None:
        raise Refusal(texts.nobody(chosen.name))
    return _appointed(turn, group, chosen)


@router.press("administration.remove")
def remove(turn: Turn, person: Person, value: str) -> Card:
    """Make a coordinator an ordinary member, unless they are the last one. ``value``: the group and the person."""
    _administrator(person)
    group, chosen = _group_and_person(turn, value)
    others = [one for one in groups.coordinators_of(turn.session, group.id) if one.id != chosen.id]
    place = groups.membership(turn.session, group.id, chosen.id)
    if place is None or place.role != "coordinator" or place.state not in HERE or chosen.silenced_at:
        raise Refusal(texts.no_coordinator(group, chosen))
    if not others:
        raise Refusal(texts.last_one(group, chosen))
    place.role = "member"
    feedback.hand_over(turn.session, group, chosen, others[0])
    turn.session.flush()
    turn.tell(
        chosen,
        texts.removed_you(group),
        key=f"no-coordinator:{place.id}:{turn.now.isoformat()}",
        kind="notice",
        group_id=group.id,
    )
    return texts.coordinators(group, others, removed=chosen, reach=groups.reach(turn.session, chosen, group.id))


def _administrator(person: Person) -> None:
    if not person.admin:
        raise Refusal(inbox_texts.for_administrators())


def _who_wrote(turn: Turn, name: str) -> list[Person]:
    """The people of this name who wrote to the bot and whom it may write to."""
    named = people.people_named(turn.session, turn.organisation.id, name)
    return [one for one in named if one.account_id is not None and one.silenced_at is None]


def _group_and_person(turn: Turn, value: str) -> tuple[Group, Person]:
    group_id, _, person_id = value.partition(" ")
    group = rights.group(turn, rights.number(group_id))
    chosen = people.person_by_id(turn.session, turn.organisation.id, rights.number(person_id))
    if chosen is None:
        raise Refusal(texts.nobody(""))
    return group, chosen


def _appointed(turn: Turn, group: Group, chosen: Person) -> Card:
    new = _appoint(turn, group, chosen)
    return texts.coordinators(
        group,
        groups.coordinators_of(turn.session, group.id),
        added=chosen if new else None,
        reach=groups.reach(turn.session, chosen, group.id),
    )


def _appoint(turn: Turn, group: Group, chosen: Person) -> bool:
    """Make them a coordinator and tell them, unless they are one already."""
    place = groups.membership(turn.session, group.id, chosen.id)
    if place is not None and place.role == "coordinator" and place.state in HERE:
        return False
    place = groups.place(turn.session, group, chosen, state="active", role="coordinator", now=turn.now)
    place.decided_at = turn.now
    turn.session.flush()
    turn.tell(
        chosen,
        texts.appointed_you(group),
        key=f"coordinator:{place.id}:{turn.now.isoformat()}",
        kind="notice",
        group_id=group.id,
    )
    return True
