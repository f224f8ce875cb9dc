"""Announcements: a coordinator writes to a whole group, and sees what became of every message."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from handlers import rights
from handlers.calendar import next_sending_time, read_quiet_hours, to_local
from handlers.chat import Answer, Card, Form, Refusal
from handlers.router import Router
from handlers.texts import announcements as texts
from handlers.texts import rights as rights_texts
from handlers.turn import Turn
from storage import announcements, groups, outbox
from storage.announcements import Announcement
from storage.groups import Group
from storage.people import Person

router = Router()

NEWS = timedelta(days=30)
"""How long members can read an announcement again."""


@router.word("announce", who="coordinator")
@router.press("announcements.write")
def write(turn: Turn, person: Person, value: str) -> Form:
    """The form of a new announcement."""
    return texts.form("announcements.write", _coordinated(turn, person))


@router.form("announcements.write")
def written(turn: Turn, person: Person, value: str, answers: Mapping[str, Answer]) -> tuple[Card, ...]:
    """Keep a draft, and show it as members will see it."""
    mine = _coordinated(turn, person)
    chosen = mine[0].id if len(mine) == 1 else rights.number(str(answers.get("group", "")))
    return _draft(turn, person, rights.coordinated(turn, person, chosen), answers)


@router.press("announcements.change")
def change(turn: Turn, person: Person, value: str) -> Form:
    """The form again, with the words of the draft."""
    announcement = _draft_of(turn, person, value)
    return texts.form("announcements.change", [announcement.group], words=announcement.text, value=value)


@router.form("announcements.change")
def changed(turn: Turn, person: Person, value: str, answers: Mapping[str, Answer]) -> tuple[Card, ...]:
    """A new draft in the place of the old one, so that the old preview can no longer be sent."""
    return _draft(turn, person, _draft_of(turn, person, value).group, answers)


@router.press("announcements.drop")
def drop(turn: Turn, person: Person, value: str) -> Card:
    """Throw the draft away."""
    _draft_of(turn, person, value)
    announcements.drop_drafts(turn.session, person)
    return texts.dropped()


@router.press("announcements.send")
def send(turn: Turn, person: Person, value: str) -> Card:
    """Freeze the audience and write one letter for each of them, once, however often the button is pressed."""
    announcement = _draft_of(turn, person, value)
    if not announcements.mark_sent(turn.session, announcement, now=turn.now):
        raise Refusal(texts.sent_already(announcement))
    announcement.audience = turn.tell(
        groups.audience(announcement.group_id),
        texts.announcement(announcement),
        key=announcement.key,
        kind="announcement",
        group_id=announcement.group_id,
    )
    turn.session.flush()
    return _report(turn, announcement)


@router.press("announcements.report")
def report(turn: Turn, person: Person, value: str) -> Card:
    """What became of every message of one announcement, by now."""
    announcement = _coordinated_announcement(turn, person, value)
    if announcement.sent_at is None:
        raise Refusal(texts.gone())
    return _report(turn, announcement)


@router.word("announcements", who="coordinator")
@router.press("announcements.list")
def sent(turn: Turn, person: Person, value: str) -> Card:
    """The last announcements to this person's groups, each with its report."""
    start = rights.number(value) if value else 0
    mine = [group.id for group in _coordinated(turn, person)]
    found = announcements.sent_to(turn.session, mine, most=start + texts.PER_PAGE + 1)[start:]
    shown = [(announcement, outbox.columns(turn.session, announcement.key)) for announcement in found[: texts.PER_PAGE]]
    return texts.reports(shown, start=start, more=len(found) > len(shown), zone=turn.organisation.time_zone)


@router.word("catch up", "news")
@router.press("announcements.news")
def news(turn: Turn, person: Person, value: str) -> Card:
    """What was announced lately in the person's groups, for whoever was away."""
    start = rights.number(value) if value else 0
    mine = [place.group_id for place in groups.memberships_of(turn.session, person)]
    found = announcements.sent_to(turn.session, mine, since=turn.now - NEWS, most=start + texts.PER_PAGE_OF_NEWS + 1)[
        start:
    ]
    shown = found[: texts.PER_PAGE_OF_NEWS]
    return texts.news(shown, start=start, more=len(found) > len(shown), zone=turn.organisation.time_zone)


def _draft(turn: Turn, person: Person, group: Group, answers: Mapping[str, Answer]) -> tuple[Card, ...]:
    announcements.drop_drafts(turn.session, person)
    announcement = announcements.draft(turn.session, group, person, str(answers["text"]).strip(), now=turn.now)
    zone = turn.organisation.time_zone
    goes_at = next_sending_time(
        turn.now, zone, read_quiet_hours(turn.organisation.quiet_hours), turn.organisation.nation
    )
    size = groups.size(turn.session, group.id)
    return (
        texts.announcement(announcement),
        texts.ask(announcement, size, at=to_local(goes_at, zone) if goes_at > turn.now else None),
    )


def _report(turn: Turn, announcement: Announcement) -> Card:
    columns = outbox.columns(turn.session, announcement.key)
    return texts.report(announcement, columns, zone=turn.organisation.time_zone)


def _coordinated(turn: Turn, person: Person) -> list[Group]:
    mine = list(groups.coordinated_by(turn.session, person))
    if not mine:
        raise Refusal(rights_texts.not_yours())
    return mine


def _coordinated_announcement(turn: Turn, person: Person, value: str) -> Announcement:
    announcement = announcements.announcement_by_id(turn.session, turn.organisation.id, rights.number(value))
    if announcement is None:
        raise Refusal(texts.gone())
    rights.coordinated(turn, person, announcement.group_id)
    return announcement


def _draft_of(turn: Turn, person: Person, value: str) -> Announcement:
    """The person's own draft. Raises `Refusal` when it was sent, changed or thrown away since."""
    announcement = _coordinated_announcement(turn, person, value)
    if announcement.author_id != person.id:
        raise Refusal(texts.gone())
    if announcement.sent_at is not None:
        raise Refusal(texts.sent_already(announcement))
    return announcement
