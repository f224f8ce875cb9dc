"""Answering an invitation: yes, no or not sure, by word or button, and changing one's mind."""

from __future__ import annotations

import re

from handlers import rights
from handlers.chat import Card, Refusal, Reply
from handlers.rhythm import invited_at
from handlers.router import Router
from handlers.texts import channels as channel_texts
from handlers.texts import meetings as meeting_texts
from handlers.texts import rights as rights_texts
from handlers.texts import rsvp as texts
from handlers.turn import Turn
from storage import channels, groups, meetings, people
from storage.groups import HERE
from storage.meetings import Meeting
from storage.people import Person

router = Router()

_VALUE = re.compile(
    r"(?P<number>[0-9]{1,9}):(?P<said>yes|no|not_sure)(?::(?P<how>online|in_person)?)?(?::(?P<version>[0-9]{1,9}))?"
)
"""NUMBER:ANSWER, then the way to join and the meeting's version, which both may be missing."""


@router.press("rsvp.answer")
def answer(turn: Turn, person: Person, value: str) -> Card:
    """Save the answer. A meeting that can be joined in two ways asks for the way next.

    An answer to a time that no longer holds is not taken, nor a yes to a way to join that the meeting does not have.
    """
    read = _VALUE.fullmatch(value)
    if read is None:
        raise Refusal(rights_texts.not_found())
    meeting = _answerable(turn, person, read["number"])
    if read["version"] and int(read["version"]) != meeting.version:
        raise Refusal(texts.moved_since(meeting, meetings.rsvp_of(turn.session, meeting, person)))
    how = (read["how"] or "") if read["said"] == "yes" else ""
    if how and meeting.how not in ("both", how):
        raise Refusal(texts.ask(meeting, meetings.rsvp_of(turn.session, meeting, person)))
    how = how if meeting.how == "both" else ""
    rsvp = meetings.answer(turn.session, meeting, person, answer=read["said"], how=how, now=turn.now)
    if rsvp.answer == "yes" and meeting.how == "both" and not how:
        return texts.online_or_in_person(meeting)
    return texts.saved(meeting, rsvp)


@router.press("rsvp.change")
def change(turn: Turn, person: Person, value: str) -> Card:
    """The answers to choose from again."""
    meeting = _answerable(turn, person, value)
    return texts.ask(meeting, meetings.rsvp_of(turn.session, meeting, person))


@router.word("change my answer", "change answer")
def change_next(turn: Turn, person: Person, value: str) -> Card:
    """The answers to choose from again, for the next meeting the person answered, or else for the next one."""
    mine = _mine(turn, person)
    answers = meetings.answers_of(turn.session, person, mine)
    meeting = next((one for one in mine if one.id in answers), mine[0])
    return texts.ask(meeting, answers.get(meeting.id))


@router.word(
    "yes", "yep", "yeah", "yes i am", "yes i can", "yes i will", "yes i am coming", "yes, i am coming",
    "yes i'm coming", "yes i will come", "yes i can come", "i am coming", "i'm coming", "im coming", "coming",
    "i will come", "i'll come", "i can come", "i can make it", "i will be there", "i'll be there", "count me in",
)  # fmt: skip
def yes(turn: Turn, person: Person, value: str) -> Reply:
    """They are coming. ``value``: of the button that they see lowest, if it is about a meeting."""
    return _said(turn, person, "yes", seen=value)


@router.word(
    "no", "nope", "no i cannot", "no i can't", "no i cannot come", "no, i cannot come", "no i can't come",
    "i cannot come", "i can not come", "i can't come", "i cant come", "cannot come", "can't come", "cant come",
    "not coming", "i am not coming", "i'm not coming", "im not coming", "no i am not coming", "i will not come",
    "i won't come", "i cannot make it", "i can't make it", "i cant make it", "cannot make it", "can't make it",
)  # fmt: skip
def no(turn: Turn, person: Person, value: str) -> Reply:
    """They are not coming. ``value``: of the button that they see lowest, if it is about a meeting."""
    return _said(turn, person, "no", seen=value)


@router.word(
    "not sure", "not sure yet", "i am not sure", "i am not sure yet", "i'm not sure", "i'm not sure yet", "unsure",
    "maybe", "perhaps", "possibly", "i might come", "i may come", "i do not know", "i do not know yet",
    "i don't know", "i don't know yet", "don't know",
)  # fmt: skip
def not_sure(turn: Turn, person: Person, value: str) -> Reply:
    """They do not know yet. ``value``: of the button that they see lowest, if it is about a meeting."""
    return _said(turn, person, "not_sure", seen=value)


@router.word("online", "i will join online", "yes online", "yes, online", "join online")
def online(turn: Turn, person: Person, value: str) -> Reply:
    """They are coming, online."""
    return _said(turn, person, "yes", how="online")


@router.word("in person", "i will come in person", "yes in person", "yes, in person", "come in person")
def in_person(turn: Turn, person: Person, value: str) -> Reply:
    """They are coming, in person."""
    return _said(turn, person, "yes", how="in_person")


def _said(turn: Turn, person: Person, said: str, *, how: str = "", seen: str = "") -> Reply:
    """Take a typed answer for the invitation that waits, or for the meeting they see. Of several, ask which."""
    mine = _mine(turn, person)
    answers = meetings.answers_of(turn.session, person, mine)
    # They named a way to join, and said yes to these that have two: to some without the way, to some with the other.
    both = [one for one in mine if how and one.how == "both" and one.id in answers and answers[one.id].answer == "yes"]
    half = [one for one in both if not answers[one.id].how][:1]
    other = [one for one in both if answers[one.id].how not in ("", how)]
    waiting = [one for one in mine if one.id not in answers and turn.now >= invited_at(one, turn.organisation.nation)]
    lowest = _VALUE.fullmatch(seen)
    below = [one for one in mine if lowest and one.number == int(lowest["number"])]
    if below and not [one for one in waiting if one not in below]:
        return answer(turn, person, seen)
    meant = half or (waiting and [one for one in mine if one in waiting or one in other or one in below])
    if how:
        meant = [one for one in meant if one.how in ("both", how)] or meant
    if len(meant) == 1 and meant[0] not in other:
        return answer(turn, person, f"{meant[0].number}:{said}:{how}:{meant[0].version}")
    if len(meant) > 1:
        return texts.which(meant, said, how)
    meeting = next((one for one in other or mine if one.id in answers), mine[0])
    rsvp = answers.get(meeting.id)
    return texts.change(meeting, rsvp, said, how) if rsvp else texts.ask(meeting, None)


def _mine(turn: Turn, person: Person) -> list[Meeting]:
    """The meetings to come that this person can answer, soonest first. Raises `Refusal` when there are none."""
    places = [place for place in groups.memberships_of(turn.session, person) if place.role != "coordinator"]
    active = {place.group_id for place in places if place.state == "active"}
    mine = [one for one in meetings.upcoming_for(turn.session, person, now=turn.now) if one.group_id in active]
    if not mine:
        raise Refusal(texts.paused() if places and not active else texts.nothing_waits())
    return mine


def _answerable(turn: Turn, person: Person, number: str) -> Meeting:
    """The meeting, if this person can answer it now. Raises `Refusal`."""
    _in_the_group(turn, person, rights.number(number))
    meeting, place = rights.meeting_and_place(turn, person, rights.number(number))
    if meeting.cancelled_at:
        raise Refusal(meeting_texts.cancelled(meeting))
    if meeting.starts_at <= turn.now:
        raise Refusal(meeting_texts.past(meeting))
    if place.role == "coordinator":
        raise Refusal(texts.not_asked(meeting))
    if place.state == "paused":
        raise Refusal(texts.paused())
    return meeting


def _in_the_group(turn: Turn, person: Person, number: int) -> None:
    """Whoever answers in a group's channel and is not in the group is told how to join. Raises `Refusal`."""
    event = turn.event
    if event is None or not event.channel:
        return
    who = event.account
    channel = channels.channel_at(turn.session, who.platform, who.workspace, event.channel)
    meeting = meetings.meeting_numbered(turn.session, turn.organisation.id, number)
    if channel is None or channel.group is None or meeting is None or meeting.group_id != channel.group_id:
        return
    place = groups.membership(turn.session, channel.group.id, person.id)
    if place is None or place.state not in HERE:
        asked = place is not None and place.state == "interested"
        raise Refusal(channel_texts.join_first(channel.group, people.reach(turn.session, person), asked=asked))
