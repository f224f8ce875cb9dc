"""The words of somebody's own page. Every label names what it is about: many buttons stand on one page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from handlers import adjustments
from handlers.chat import Button, Card
from handlers.texts import dates, joining, labels
from handlers.texts.feedback import named, standing
from handlers.texts.hours import quiet
from handlers.texts.meetings import when, your_answer
from handlers.texts.support import STATES, Coming
from handlers.texts.surfaces import shortened
from storage.announcements import Announcement
from storage.feedback import Comment
from storage.groups import Group, Membership
from storage.meetings import Meeting, Rsvp
from storage.organisations import Organisation
from storage.people import Reach
from storage.support import Need

PAGE = "Your page"
SHOWN = 5
"""How much of each list stands on the page."""


def meeting(meeting: Meeting, rsvp: Rsvp | None, *, role: str, paused: bool, alone: bool) -> Card:
    """A meeting to come, with the reader's answer. ``alone``: the page shows no other one on that day."""
    number = str(meeting.number)
    # Named by its day: a number in a label would be typed, and that presses the button that stands there.
    day = labels.short_day(meeting.local_start) + ("" if alone else f" (meeting {number})")
    answered = Button(f"Change my answer for {day}", "rsvp.change", number)
    asked = (
        Button(f"Yes, I am coming on {day}", "rsvp.answer", f"{number}:yes::{meeting.version}"),
        Button(f"No, I cannot come on {day}", "rsvp.answer", f"{number}:no::{meeting.version}"),
        Button(f"Not sure yet about {day}", "rsvp.answer", f"{number}:not_sure::{meeting.version}"),
    )
    buttons: tuple[Button, ...]
    if role == "coordinator":
        said, buttons = "", (Button(f"See who is coming on {day}", "meetings.who", number),)
    elif paused:
        said, buttons = "You are paused, so you do not need to answer.", ()
    else:
        said, buttons = your_answer(rsvp), (answered,) if rsvp else asked
    return Card(
        labels.fit("", meeting.title, f" (meeting {number})", longest=150),
        said,
        (("When", when(meeting)), ("Group", meeting.group.name)),
        (*buttons, Button(f"Open the meeting on {day}", "meetings.show", number)),
    )


def no_meeting() -> Card:
    """None is planned."""
    return Card("Meetings", "No meetings are planned in your groups yet.")


def support(needs: Sequence[Need], coming: Coming | None) -> Card:
    """What the reader asked for, and how it stands for their next meeting."""
    choose = Button("Choose support to take part", "support.ask")
    if not needs:
        return Card("Support to take part", "You have not asked for support so far.", buttons=(choose,))
    lines = [f"For the meeting on {dates.day(coming.meeting.local_start)}:"] if coming else []
    lines += [f"- {_standing(need, coming)}" for need in needs[:SHOWN]]
    if more := len(needs) - SHOWN:
        lines += [f"- and {more} more"] if more > 0 else []
    return Card("Support to take part", "\n".join(lines), buttons=(Button("See my support", "support.mine"), choose))


def _standing(need: Need, coming: Coming | None) -> str:
    item = adjustments.by_code()[need.code]
    label = "A talk about what you need" if need.code == "talk_first" else item.label
    if need.detail:
        label += f" ({shortened(need.detail, 60)})"
    if coming is None or not item.for_meetings:
        return label
    if not item.applies(coming.how):
        return f"{label}: not needed for this meeting"
    done = coming.done.get(need.id)
    if done and done.state == "not_met":
        return f"{label}: we could not arrange this. Please read what we offer instead"
    return f"{label}: {_small(STATES[done.state if done else 'asked'])}"


def _small(said: str) -> str:
    return said[0].lower() + said[1:]


def feedback(comments: Sequence[Comment]) -> Card:
    """What the reader sent last, and where it stands."""
    write = Button("Give feedback", "feedback.write")
    if not comments:
        return Card("Feedback", "You have not sent feedback yet.", buttons=(write,))
    return Card(
        "Feedback",
        "",
        tuple((named(one), f"{standing(one)} {shortened(one.text or '', 100)}".strip()) for one in comments),
        (
            *(
                Button(f"See what came of {named(one)}", "feedback.status", str(one.number))
                for one in comments
                if one.state != "withdrawn"
            ),
            write,
        ),
    )


def groups(mine: Sequence[Membership], reach: Reach) -> Card:
    """The reader's groups, and those they asked to join. ``reach``: how they hear what is decided."""
    lines = [f"- {place.group.name}: {_small(joining.standing_in(place, reach))}" for place in mine[: 2 * SHOWN]]
    return Card(
        "Groups",
        "\n".join(lines) or "You are not in a group.",
        buttons=(Button("Show my groups", "joining.mine"), Button("Show all groups", "joining.groups")),
    )


def messages(*, usual: str, own: str, member: bool, paused: bool, until: date | None, reach: Reach) -> Card:
    """When and how we write to the reader, what we keep, and who to call."""
    stopped = reach == "stopped"
    if stopped:
        state = "Stopped. I write nothing that you did not ask for."
    elif paused:
        state = f"Paused until {dates.day(until)}" if until else "Paused until you come back"
    else:
        state = "On" if reach == "chat" else "By phone, post, text or email"
    turn = Button("Take a break", "pausing.pause") if member else Button("Stop all messages", "pausing.stop")
    if stopped:
        turn = Button("Start messages again", "pausing.start")
    elif paused:
        turn = Button("Come back now", "pausing.come_back")
    return Card(
        "Messages and your data",
        "",
        (("Messages", state), ("Quiet hours", f"{quiet(own or usual)}, and Sundays")),
        (
            turn,
            Button("Change my quiet hours", "pausing.quiet_hours"),
            Button("See my data", "privacy.mine"),
            Button("Who to call now", "help.now"),
        ),
        note='Messages are not read straight away. Write "help now" in a message to see who to call.',
    )


def waiting(
    *, requests: int, comments: int, bookings: int, soonest: date | None, calls: int, last: Announcement | None,
    columns: Mapping[str, int],
) -> Card:  # fmt: skip
    """What waits for a coordinator, in numbers. ``columns``: what became of the last announcement."""
    book = dates.count(bookings, "booking to make", "bookings to make")
    lines = (
        (requests, dates.count(requests, "request to join", "requests to join")),
        (comments, dates.count(comments, "comment without an outcome", "comments without an outcome")),
        (bookings, f"{book}, {'by' if bookings == 1 else 'the first by'} {dates.day(soonest)}" if soonest else book),
        (calls, dates.count(calls, "person to call", "people to call")),
    )
    buttons = (
        (requests, Button("Show requests", "joining.requests")),
        (comments, Button("Show comments", "feedback.comments")),
        (bookings, Button("Show the checklist", "support.checklist")),
        (calls, Button("Show the call list", "calls.list")),
    )
    shown = [button for number, button in buttons if number]
    facts: tuple[tuple[str, str], ...] = ()
    if last:
        to = dates.count(last.audience, "person", "people")
        facts = (("Last announcement", f"Sent to {columns.get('sent', 0):,} of {to} in {last.group.name}"),)
        shown.append(Button("See what became of the announcement", "announcements.report", str(last.id)))
    return Card(
        "What waits for you",
        "\n".join(f"- {line}" for number, line in lines if number) or "Nothing waits for you now.",
        facts,
        tuple(shown),
    )


def newcomer(organisation: Organisation) -> Card:
    """The privacy notice in short, to somebody in no group."""
    return Card(
        "Welcome",
        f"I am a computer program. I help the patient groups of {organisation.name}.\n\n"
        "What you write here is not fully private. Coordinators of your groups can read it, with your name. "
        "Administrators can read what is about no group. "
        "The people who run Slack or Teams for your organisation can get copies.\n\n"
        'Please do not write about your health. Write "my data" in a message to see what is kept.',
        buttons=(Button("See what I can do", "help.show"),),
    )


def choose(choices: Sequence[Group]) -> Card:
    """The groups that somebody in none can ask to join."""
    if not choices:
        return Card("Groups", "There are no groups yet.")
    shown = choices[:SHOWN]
    return Card(
        "Groups",
        "\n\n".join(f"{group.name}\n{shortened(group.about, 200)}".strip() for group in shown),
        buttons=(
            *labels.distinct(Button(joining.join_label(group), "joining.join", str(group.id)) for group in shown),
            Button("Show all groups", "joining.groups"),
        ),
    )
