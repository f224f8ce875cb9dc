"""Home: somebody's own page, with all that concerns them now. It meets the other features in storage alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from handlers import adjustments, truth
from handlers.chat import Card
from handlers.router import Router
from handlers.texts import help as help_texts
from handlers.texts import home as texts
from handlers.texts import inbox as inbox_texts
from handlers.texts.labels import distinct
from handlers.texts.signposts import STANDING_LINE
from handlers.texts.support import Coming
from handlers.turn import Turn
from storage import announcements, digests, groups, meetings, outbox, people, sending, support
from storage import home as pages
from storage.groups import CONCERNED, HERE, Group, Membership
from storage.people import Person

router = Router()

MEETINGS, COMMENTS = 3, 3
"""How many stand on the page."""

AHEAD = timedelta(weeks=8)
"""How far ahead support to book is counted: as far as the checklist shows it."""


def home(turn: Turn, person: Person) -> tuple[Card, ...]:
    """The person's page, part by part: nothing on it is of anybody else but a coordinator's numbers."""
    if person.silenced_at is not None:
        return (inbox_texts.silenced(turn.organisation.pals),)
    if not turn.organisation.contacts_set:
        return (help_texts.first_steps() if person.admin else inbox_texts.not_open_yet(),)
    places = groups.memberships_of(turn.session, person, states=CONCERNED)
    coordinated = groups.coordinated_by(turn.session, person)
    parts = [_waiting(turn, person, coordinated)] if coordinated else []
    if not places:
        parts += [texts.newcomer(turn.organisation)]
        parts += [texts.choose(groups.groups_of(turn.session, turn.organisation.id))]
    here = [place for place in places if place.state in HERE]
    if here:
        parts += _meetings(turn, person, here)
    if any(place.role != "coordinator" for place in here):
        parts.append(_support(turn, person))
    comments = pages.latest_comments(turn.session, person, most=COMMENTS)
    if places or comments:
        parts.append(texts.feedback(comments))
    reach = people.reach(turn.session, person)
    if places:
        parts.append(texts.groups(places, reach))
    paused = [place for place in places if place.state == "paused"]
    parts.append(
        texts.messages(
            usual=turn.organisation.quiet_hours,
            own=person.quiet_hours,
            member=bool(here),
            paused=bool(paused),
            until=paused[0].paused_until if paused else None,
            reach=reach,
        )
    )
    return tuple(parts)


@router.word("home", "my page", "my home")
def show(turn: Turn, person: Person, value: str) -> Card:
    """The page as one message, with the first choices of each part. The others have words of their own."""
    parts = home(turn, person)
    if len(parts) == 1:
        return parts[0]
    text = "\n\n".join(_in_words(part) for part in parts)
    asking = [part.buttons for part in parts if len(part.buttons) > 1 and part.buttons[0].action == "rsvp.answer"]
    first = [part.buttons[0] for part in parts if part.buttons and part.buttons not in asking]
    return Card(
        texts.PAGE,
        text,
        buttons=distinct((*(button for buttons in asking[:1] for button in buttons), *first, parts[-1].buttons[-1])),
        note=STANDING_LINE,
    )


def _in_words(part: Card) -> str:
    facts = (f"{name}: {value}" for name, value in part.facts)
    return "\n".join(filter(None, (part.title, part.text, *facts)))


def _meetings(turn: Turn, person: Person, places: Sequence[Membership]) -> list[Card]:
    coming = meetings.upcoming_for(turn.session, person, now=turn.now)[:MEETINGS]
    answers = meetings.answers_of(turn.session, person, coming)
    by_group = {place.group_id: place for place in places}
    on_day = Counter(one.local_start.date() for one in coming)
    return [
        texts.meeting(
            one,
            answers.get(one.id),
            role=by_group[one.group_id].role,
            paused=by_group[one.group_id].state == "paused",
            alone=on_day[one.local_start.date()] == 1,
        )
        for one in coming
    ] or [texts.no_meeting()]


def _support(turn: Turn, person: Person) -> Card:
    needs = [need for need in support.needs_of(turn.session, person) if need.code in adjustments.by_code()]
    ahead = support.coming(turn.session, person, now=turn.now) if needs else []
    if not ahead:
        return texts.support(needs, None)
    meeting, how = ahead[0]
    return texts.support(needs, Coming(meeting, how, support.adjustments_for(turn.session, meeting)))


def _waiting(turn: Turn, person: Person, coordinated: Sequence[Group]) -> Card:
    mine = [group.id for group in coordinated]
    last = next(iter(announcements.sent_to(turn.session, mine, most=1)), None)
    letters = pages.calls_waiting(turn.session, mine, now=turn.now)
    calls = truth.to_be_told(sending.claims(turn.session, list(letters)), now=turn.now) if letters else set()
    days = []
    for need in digests.open_needs(
        turn.session, turn.organisation.id, now=turn.now, until=turn.now + AHEAD, group_ids=mine
    ):
        item = adjustments.by_code().get(need.code)
        if item is not None and item.needs_booking and item.applies(need.how):
            day = need.local_start.date()
            days.append(adjustments.book_by(item, day, today=turn.today, nation=turn.organisation.nation).day)
    return texts.waiting(
        requests=len(groups.requests_for(turn.session, mine)),
        comments=pages.comments_waiting(turn.session, person, mine),
        bookings=len(days),
        soonest=min(days, default=None),
        calls=len({letters[letter] for letter in calls}),
        last=last,
        columns=outbox.columns(turn.session, last.key) if last else {},
    )
