"""Pausing: a break from the groups, `stop` and `start`, and quiet hours."""

from __future__ import annotations

from collections.abc import Mapping

from dateutil.relativedelta import relativedelta

from handlers import cards
from handlers.chat import Answer, Card, Form, Refusal, Reply, Unclear
from handlers.router import Router
from handlers.texts import pausing as texts
from handlers.times import parse_time
from handlers.turn import Turn
from storage import groups, outbox, pauses, people
from storage.people import Person, these

router = Router()

LENGTHS = {
    "2w": relativedelta(weeks=2),
    "1m": relativedelta(months=1),
    "3m": relativedelta(months=3),
}
ASK_AFTER = relativedelta(months=6)
"""When somebody who paused with no end is asked whether they want to come back, once."""

STILL_PAUSED, BACK, DIGEST = "still-paused:", "back:", "digest:"
"""How the keys of letters begin that a pause, or its end, makes needless."""


@router.word("pause", "take a break", takes="HOW LONG")
def pause_for(turn: Turn, person: Person, said: str) -> Reply:
    """Pause for the length typed, or ask for one."""
    if not said:
        return pause(turn, person, "")
    chosen = texts.length_meant(said)
    if chosen is None:
        raise Unclear
    pause(turn, person, "")
    return paused(turn, person, "", {"until": chosen})


@router.press("pausing.pause")
def pause(turn: Turn, person: Person, value: str) -> Form:
    """Ask how long. No reason is asked."""
    if not groups.memberships_of(turn.session, person):
        raise Refusal(texts.in_no_group())
    return texts.pause_form({name: turn.today + length for name, length in LENGTHS.items()})


@router.form("pausing.pause")
def paused(turn: Turn, person: Person, value: str, answers: Mapping[str, Answer]) -> Card:
    """Pause every group of the person. What waits for them is not sent, and not sent later either."""
    length = LENGTHS.get(str(answers["until"]))
    until = turn.today + length if length else None
    if not pauses.pause(turn.session, person, until=until):
        raise Refusal(texts.in_no_group())
    # Letters about a group are dropped where they are sent from; these are about none.
    pauses.withdraw(turn.session, person, keys=(STILL_PAUSED, BACK, DIGEST))
    if until is None:
        _ask_later(turn, person)
    return texts.paused(until, people.reach(turn.session, person))


def _ask_later(turn: Turn, person: Person) -> None:
    outbox.post(
        turn.session,
        these([person]),
        organisation_id=turn.organisation.id,
        card_id=outbox.add_card(turn.session, cards.dump(texts.still_paused()), now=turn.now),
        key=f"{STILL_PAUSED}{turn.now.isoformat()}",
        kind="notice",
        now=turn.now,
        due_at=turn.now + ASK_AFTER,
    )


@router.word("come back", "unpause", "i am back")
@router.press("pausing.come_back")
def come_back(turn: Turn, person: Person, value: str) -> Card:
    """End the pause now. Nothing that was missed is sent."""
    places = pauses.come_back(turn.session, person)
    if not places:
        raise Refusal(texts.not_paused(stopped=person.stopped_at is not None))
    pauses.withdraw(turn.session, person, keys=(STILL_PAUSED,))
    return texts.welcome_back(stopped=person.stopped_at is not None)


@router.press("pausing.stay")
def stay(turn: Turn, person: Person, value: str) -> Card:
    """Stay paused, and ask no more."""
    places = groups.memberships_of(turn.session, person, states=("paused",))
    if not places:
        raise Refusal(texts.not_paused(stopped=person.stopped_at is not None))
    pauses.withdraw(turn.session, person, keys=(STILL_PAUSED,))
    return texts.staying(places[0].paused_until, stopped=person.stopped_at is not None)


@router.job("pausing.bring_back")
def bring_back(turn: Turn) -> None:
    """End the pauses whose day has come, and tell those people."""
    places = groups.bring_back(turn.session, organisation_id=turn.organisation.id, today=turn.today)
    if places:
        turn.session.flush()
        who = {place.person_id: place.person for place in places}
        turn.tell(who.values(), texts.back_today(), key=f"{BACK}{turn.today}", kind="notice")


@router.word("stop")
@router.press("pausing.stop")
def stop(turn: Turn, person: Person, value: str) -> Card:
    """Write nothing unasked until they say `start`, not even what waits now."""
    person.stopped_at = person.stopped_at or turn.now
    outbox.stop(turn.session, person, unasked_only=True, why="stop")
    turn.session.flush()
    return texts.stopped(member=bool(groups.memberships_of(turn.session, person)))


@router.word("start")
@router.press("pausing.start")
def start(turn: Turn, person: Person, value: str) -> Card:
    """Take `stop` back. What was stopped meanwhile is not sent."""
    paused = bool(groups.memberships_of(turn.session, person, states=("paused",)))
    if person.stopped_at is None:
        raise Refusal(texts.not_stopped(paused=paused))
    person.stopped_at = None
    turn.session.flush()
    return texts.started(paused=paused)


@router.word("quiet hours")
@router.press("pausing.quiet_hours")
def quiet_hours(turn: Turn, person: Person, value: str) -> Form:
    """Ask when not to write."""
    return texts.quiet_form(usual=turn.organisation.quiet_hours, own=person.quiet_hours)


@router.form("pausing.quiet_hours")
def quiet_hours_set(turn: Turn, person: Person, value: str, answers: Mapping[str, Answer]) -> Card:
    """Keep the person's own quiet hours, or take up the organisation's again."""
    chosen = str(answers["hours"])
    if chosen == texts.OWN:
        for name in ("from", "to"):
            if not answers.get(name):
                raise Refusal(texts.time_needed(), field=name)
        start, end = (parse_time(str(answers[name])) for name in ("from", "to"))
        if start == end:
            raise Refusal(texts.same_time(), field="to")
        chosen = f"{start:%H:%M}-{end:%H:%M}"
    person.quiet_hours = "" if chosen == texts.USUAL else chosen
    turn.session.flush()
    return texts.quiet_hours(person.quiet_hours or turn.organisation.quiet_hours)
