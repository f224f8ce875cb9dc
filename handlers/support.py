"""Support to take part (reasonable adjustments): what somebody needs, and what is in place for their next meeting."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from handlers import adjustments, rights
from handlers.adjustments import CALLS, NOTHING, TALK_FIRST, Adjustment
from handlers.chat import Answer, Card, Form, Refusal, Submitted
from handlers.router import Router
from handlers.texts import support as texts
from handlers.texts.support import Coming, Hurry
from handlers.turn import Turn
from storage import groups, support
from storage.groups import Group
from storage.meetings import Meeting
from storage.people import Person

router = Router()


@router.word("support", "support to take part", "ask for support")
@router.press("support.ask")
def ask(turn: Turn, person: Person, value: str) -> Form:
    """The list to choose from, with what stands already. ``value``: the id of the member a coordinator does it for."""
    whose = _whose(turn, person, value)
    return texts.list_form(_details(turn, whose), value, name=_name(whose, person))


@router.form("support.ask")
def asked(turn: Turn, person: Person, value: str, answers: Mapping[str, Answer]) -> Card:
    """Save what was chosen. Details that stand already stay."""
    whose = _whose(turn, person, value)
    have = _details(turn, whose)
    wanted = {code: have.get(code, "") for code in _chosen(answers, have)}
    hurry, talk = _save(turn, whose, wanted, by=person)
    return texts.saved(wanted, hurry, value, name=_name(whose, person), talk=talk)


@router.press("support.details")
def details(turn: Turn, person: Person, value: str) -> Form:
    """The questions that arranging what was chosen brings with it."""
    whose = _whose(turn, person, value)
    questions = texts.questions_about(_details(turn, whose))
    if not questions:
        raise Refusal(texts.no_details(value, name=_name(whose, person)))
    return texts.details_form(questions, value, name=_name(whose, person))


@router.form("support.details")
def detailed(turn: Turn, person: Person, value: str, answers: Mapping[str, Answer]) -> Card:
    """Save the details. One that was emptied on a form shown whole is deleted; one that was skipped stays."""
    whose = _whose(turn, person, value)
    wanted = _details(turn, whose)
    whole = turn.event is not None and isinstance(turn.event.what, Submitted)
    for item, _ in texts.questions_about(wanted):
        detail = str(answers.get(item.code, "")).strip()
        if detail or whole:
            wanted[item.code] = detail
    hurry, _ = _save(turn, whose, wanted, by=person)
    return texts.saved(wanted, hurry, value, name=_name(whose, person))


@router.word("my support")
@router.press("support.mine")
def mine(turn: Turn, person: Person, value: str) -> Card:
    """What the person asked for, how it stands for their next meeting, and what cannot be had at later ones."""
    needs = [need for need in support.needs_of(turn.session, person) if need.code in adjustments.by_code()]
    ahead = [
        Coming(meeting, how, support.adjustments_for(turn.session, meeting))
        for meeting, how in support.coming(turn.session, person, now=turn.now)
    ]
    return texts.mine(needs, ahead, start=rights.number(value or "0"))


@router.press("support.drop")
def drop(turn: Turn, person: Person, value: str) -> Card:
    """The person does not need this any more."""
    need = support.need_by_id(turn.session, turn.organisation.id, rights.number(value))
    if need is None or need.person_id != person.id:
        raise Refusal(texts.gone())
    code, wanted = need.code, _details(turn, person)
    wanted.pop(code, None)
    _save(turn, person, wanted, by=person)
    return texts.dropped(code)


def _whose(turn: Turn, person: Person, value: str) -> Person:
    return rights.member(turn, person, rights.number(value))[0] if value else person


def _name(whose: Person, person: Person) -> str:
    """Whom a coordinator does it for; empty for oneself."""
    return "" if whose is person else whose.name


def _details(turn: Turn, person: Person) -> dict[str, str]:
    """What the person needs, by code. What is no longer on the list is left out."""
    return {
        need.code: need.detail for need in support.needs_of(turn.session, person) if need.code in adjustments.by_code()
    }


def _chosen(answers: Mapping[str, Answer], have: Iterable[str]) -> list[str]:
    """The codes chosen. Raises `Refusal` where "nothing" was chosen together with something.

    People who type are asked about some areas only, and may skip those: what they have there stays.
    """
    areas = answers.get("areas")
    answered = {
        area: tuple(answers[area])
        for area in adjustments.areas()
        if area in answers and (areas is None or area in areas)
    }
    codes = [code for chosen in answered.values() for code in chosen]
    if NOTHING in codes or NOTHING in (areas or ()):
        if any(code != NOTHING for code in codes) or (NOTHING in (areas or ()) and len(areas or ()) > 1):
            raise Refusal(texts.nothing_or_something(), field="general" if areas is None else "areas")
        return []
    if areas is not None:
        codes += [code for code in have if adjustments.by_code()[code].group not in answered]
    return codes


def _save(turn: Turn, whose: Person, wanted: Mapping[str, str], *, by: Person) -> tuple[Hurry | None, bool | None]:
    """Save, and tell those who have to know.

    Returns the next meeting for which time is short, and for what; and, when it is new that they would like to talk,
    whether a coordinator has just learned it.
    """
    had = _details(turn, whose)
    if wanted == had:
        return None, None
    support.set_needs(turn.session, whose, wanted, now=turn.now)
    if CALLS & wanted.keys():
        whose.reach_by = "call"
    elif CALLS & had.keys() and whose.account_id is not None:
        whose.reach_by = "chat"
    new = [adjustments.by_code()[code] for code in wanted if code not in had]
    hurries = [
        Hurry(meeting, late)
        for meeting, how in support.coming(turn.session, whose, now=turn.now)
        if (late := _too_late(turn, new, meeting, how))
    ]
    _tell_coordinators(turn, whose, {hurry.meeting.group_id for hurry in hurries}, by=by)
    talk = _tell_of_talk(turn, whose, by=by) if any(item.code == TALK_FIRST for item in new) else None
    if whose.id != by.id and whose.account_id is not None:
        turn.tell(whose, texts.done_for_you(by), key=f"support-for:{whose.id}:{turn.now.isoformat()}", kind="notice")
    return hurries[0] if hurries else None, talk


def _too_late(turn: Turn, items: Sequence[Adjustment], meeting: Meeting, how: str) -> list[Adjustment]:
    """Those for which the minimum lead time before this meeting has passed."""
    day, nation = meeting.local_start.date(), turn.organisation.nation
    return [
        item
        for item in items
        if item.for_meetings
        and item.applies(how)
        and adjustments.book_by(item, day, today=turn.today, nation=nation).late
    ]


def _tell_coordinators(turn: Turn, whose: Person, hurried: set[int], *, by: Person) -> None:
    """Tell each group's coordinators, at most once a day, and once more where time is short."""
    for group, who in _coordinators(turn, whose, by=by):
        if group.id in hurried:
            turn.tell(
                who,
                texts.little_time(group),
                key=f"support-soon:{group.id}:{turn.today}",
                kind="alert",
                group_id=group.id,
            )
        else:
            turn.tell(
                who, texts.changed(group), key=f"support:{group.id}:{turn.today}", kind="notice", group_id=group.id
            )


def _tell_of_talk(turn: Turn, whose: Person, *, by: Person) -> bool:
    """Returns whether there is a coordinator who knows it now, or hears of it."""
    known = whose.id != by.id
    for group, who in _coordinators(turn, whose, by=by):
        key = f"support-talk:{group.id}:{whose.id}:{turn.today}"
        turn.tell(who, texts.would_like_to_talk(whose), key=key, kind="alert", group_id=group.id)
        known = known or any(groups.reach(turn.session, one, group.id) != "stopped" for one in who)
    return known


def _coordinators(turn: Turn, whose: Person, *, by: Person) -> list[tuple[Group, list[Person]]]:
    return [
        (place.group, [one for one in groups.coordinators_of(turn.session, place.group_id) if one.id != by.id])
        for place in groups.memberships_of(turn.session, whose, states=("active",))
    ]
