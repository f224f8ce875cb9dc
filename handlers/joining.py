"""Joining: find a group, ask to join, be approved or declined, leave."""

from __future__ import annotations

from collections.abc import Mapping

from handlers import rights
from handlers.chat import Answer, Card, Form, Refusal, Reply, Unclear
from handlers.router import Router
from handlers.texts import joining as texts
from handlers.turn import Turn
from handlers.words import plain
from storage import feedback, groups, people, support
from storage.groups import HERE, Group, Membership
from storage.people import Person

router = Router()


@router.word("groups", "the groups", "list groups", public=True)
@router.press("joining.groups")
def show_groups(turn: Turn, person: Person, value: str) -> Card:
    """Every group of the organisation, with the way into each, a few at a time. ``value``: how many to skip."""
    mine = {place.group_id: place.state for place in groups.memberships_of(turn.session, person, states=texts.STATES)}
    standing = [(group, mine.get(group.id, "")) for group in _all(turn)]
    return texts.all_groups(standing, people.reach(turn.session, person), start=rights.number(value or "0"))


@router.word("my groups")
@router.press("joining.mine")
def my_groups(turn: Turn, person: Person, value: str) -> Card:
    """The groups the person is in or asked to join, a few at a time. ``value``: how many to skip."""
    places = groups.memberships_of(turn.session, person, states=texts.STATES)
    return texts.my_groups(places, people.reach(turn.session, person), start=rights.number(value or "0"))


@router.word("join", "join group", "join a group", takes="NAME")
def join_by_name(turn: Turn, person: Person, name: str) -> Reply:
    """The join form of the group named, or the groups to choose from."""
    if not name:
        return show_groups(turn, person, "")
    found = named(_all(turn), name)
    if len(found) != 1:
        if not found and len(name.split()) > 4:
            raise Unclear
        raise Refusal(texts.which_group(found or _all(turn), "joining.join", texts.join_label, found=bool(found)))
    return join(turn, person, str(found[0].id))


@router.press("joining.join")
def join(turn: Turn, person: Person, value: str) -> Form:
    """The join form. It asks only what a group needs to know."""
    group = rights.group(turn, rights.number(value))
    place = groups.membership(turn.session, group.id, person.id)
    if place is not None and (place.state in HERE or place.state == "interested"):
        raise Refusal(texts.already(group, place.state, people.reach(turn.session, person)))
    return texts.join_form(group, name=person.name, language=person.language)


@router.form("joining.join")
def asked_to_join(turn: Turn, person: Person, value: str, answers: Mapping[str, Answer]) -> Card:
    """Save the request and tell the group's coordinators that one waits. Under 16: save nothing, a person calls."""
    group = rights.group(turn, rights.number(value))
    name = str(answers["name"]).strip()
    if answers["adult"] == "no":
        turn.tell(
            groups.coordinators_of(turn.session, group.id),
            texts.under_16_asked(group, name, in_chat=person.name),
            key=f"under-16:{group.id}:{person.id}:{turn.today}",
            kind="alert",
            group_id=group.id,
        )
        return texts.under_16()
    if answers["ground_rules"] == "no":
        raise Refusal(texts.rules_needed(), field="ground_rules")
    person.name, person.language = name, str(answers["language"]).strip()
    groups.place(turn.session, group, person, state="interested", now=turn.now, connection=str(answers["connection"]))
    if helps := str(answers.get("support", "")).strip():
        needs = {need.code: need.detail for need in support.needs_of(turn.session, person)}
        support.set_needs(turn.session, person, {**needs, "other": helps}, now=turn.now)
    turn.tell(
        groups.coordinators_of(turn.session, group.id),
        texts.request_waits(group),
        key=f"request:{group.id}:{person.id}:{turn.now.isoformat()}",
        kind="notice",
        group_id=group.id,
    )
    return texts.asked(group, people.reach(turn.session, person))


@router.word("requests", who="coordinator")
@router.press("joining.requests")
def requests(turn: Turn, person: Person, value: str) -> Card:
    """Who asked to join the groups this person coordinates."""
    mine = [group.id for group in groups.coordinated_by(turn.session, person)]
    return texts.requests(groups.requests_for(turn.session, mine))


@router.press("joining.approve")
def approve(turn: Turn, person: Person, value: str) -> Card:
    """Make the person a member and tell them."""
    place = _request(turn, person, value)
    _decide(turn, place, "active", texts.welcome(place.group))
    return texts.decided(place, people.reach(turn.session, place.person), approved=True)


@router.press("joining.decline")
def decline(turn: Turn, person: Person, value: str) -> Form:
    """Ask for the reason, which the person will read."""
    place = _request(turn, person, value)
    return texts.decline_form(place, people.reach(turn.session, place.person))


@router.form("joining.decline")
def declined(turn: Turn, person: Person, value: str, answers: Mapping[str, Answer]) -> Card:
    """Decline the request and tell the person why."""
    place = _request(turn, person, value)
    place.decline_reason = str(answers["reason"])
    _decide(turn, place, "declined", texts.sorry(place.group))
    return texts.decided(place, people.reach(turn.session, place.person), approved=False)


@router.press("joining.why")
def why(turn: Turn, person: Person, value: str) -> Card:
    """The reason for which the person's request was declined, on their asking."""
    place = groups.membership(turn.session, rights.group(turn, rights.number(value)).id, person.id)
    if place is None or place.state != "declined":
        raise Refusal(texts.nothing_declined())
    return texts.reason(place)


@router.word("leave", takes="NAME")
def leave_by_name(turn: Turn, person: Person, name: str) -> Reply:
    """Ask whether they are sure, and offer a pause instead."""
    places = {place.group: place for place in groups.memberships_of(turn.session, person, states=texts.STATES)}
    mine = list(places)
    if not mine:
        raise Refusal(texts.in_no_group())
    found = named(mine, name) if name else mine
    if not found and len(name.split()) > 4:
        raise Unclear
    if len(found) != 1:
        label = {group: texts.leave_label(place) for group, place in places.items()}
        raise Refusal(texts.which_group(found or mine, "joining.leaving", label.__getitem__, found=bool(found)))
    return _sure(places[found[0]])


@router.press("joining.leaving")
def leaving(turn: Turn, person: Person, value: str) -> Card:
    """Ask whether they are sure to leave this group."""
    return _sure(_mine(turn, person, value))


def _sure(place: Membership) -> Card:
    return texts.sure_to_take_back(place.group) if place.state == "interested" else texts.sure_to_leave(place)


@router.press("joining.leave")
def leave(turn: Turn, person: Person, value: str) -> Card:
    """Leave the group, or take back the request: no reason asked, nothing more about it is sent."""
    place = _mine(turn, person, value)
    only_asked = place.state == "interested"
    if place.role == "coordinator":
        others = [one for one in groups.coordinators_of(turn.session, place.group_id) if one.id != person.id]
        if not others:
            raise Refusal(texts.last_coordinator(place.group))
        feedback.hand_over(turn.session, place.group, person, others[0])
    place.state, place.decided_at = "left", turn.now
    turn.session.flush()
    last = not groups.memberships_of(turn.session, person, states=texts.STATES)
    return texts.taken_back(place.group, last=last) if only_asked else texts.left(place.group, last=last)


@router.press("joining.stay")
def stay(turn: Turn, person: Person, value: str) -> Card:
    """Nothing changes."""
    return texts.stayed(_mine(turn, person, value))


def named(choices: list[Group], name: str) -> list[Group]:
    """The groups a typed name fits: by the whole name, or by words that stand in it."""
    wanted = plain(name)
    exact = [group for group in choices if plain(group.name) == wanted]
    return exact or [group for group in choices if all(word in plain(group.name) for word in wanted.split())]


def _all(turn: Turn) -> list[Group]:
    return list(groups.groups_of(turn.session, turn.organisation.id))


def _mine(turn: Turn, person: Person, value: str) -> Membership:
    group = rights.group(turn, rights.number(value))
    place = groups.membership(turn.session, group.id, person.id)
    if place is None or place.state not in texts.STATES:
        raise Refusal(texts.in_no_group())
    return place


def _decide(turn: Turn, place: Membership, state: str, card: Card) -> None:
    place.state, place.decided_at = state, turn.now
    turn.session.flush()
    key = f"{state}:{place.id}:{turn.now.isoformat()}"
    turn.tell(place.person, card, key=key, kind="notice", group_id=place.group_id)


def _request(turn: Turn, person: Person, value: str) -> Membership:
    place = turn.session.get(Membership, rights.number(value))
    if place is None:
        raise Refusal(texts.request_gone())
    rights.coordinated(turn, person, place.group_id)
    if place.state != "interested" or place.person.silenced_at is not None:
        raise Refusal(texts.request_gone())
    return place
