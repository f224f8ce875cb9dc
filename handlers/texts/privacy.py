"""The words of privacy: the notice, and everybody's own data."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from handlers import adjustments
from handlers.calendar import to_local
from handlers.chat import Button, Card, Field, Form
from handlers.texts.dates import count, day, joined, when
from handlers.texts.hours import quiet
from handlers.texts.labels import fit
from handlers.texts.signposts import STANDING_LINE
from handlers.texts.support import STATES
from storage.channels import ChannelInvitation
from storage.feedback import Comment
from storage.groups import HERE, Group, Membership
from storage.organisations import Organisation
from storage.people import Account, ConsentKind, Person
from storage.privacy import Held
from storage.support import Adjustment

NOTICE_VERSION = "2027-02"
"""The version of the notice. It changes whenever what the notice promises does."""

OPT_INS: Mapping[ConsentKind, str] = {
    "use_words": "We may use your words in reports, without your name",
    "use_name": "We may show your name with your words",
    "other_groups": "We may write to you about other groups",
}

_ASKED: Mapping[ConsentKind, str] = {
    "use_words": "May we use your words in reports, without your name?",
    "use_name": "May we show your name with your words?",
    "other_groups": "May we write to you about other groups?",
}

_PART = 2500
"""Characters of a part of the data: under what Slack allows in one block of text (3,000)."""

_SEE = Button("See my data", "privacy.mine")
_CHANGE = Button("Change my data", "privacy.change")
_DELETE = Button("Delete my data", "privacy.delete")
_COMPLAIN = Button("Complain about my data", "privacy.complain")


def notice(organisation: Organisation) -> Card:
    """The first thing anybody reads."""
    return Card(
        "Before you start",
        f"I am a computer program. I help the patient groups of {organisation.name}.\n\n"
        "What you write here is not fully private:\n"
        "- Coordinators of your groups can read it, with your name.\n"
        "- Administrators can read what is about no group.\n"
        "- Coordinators see who needs what support to take part.\n"
        "- The people who run Slack or Teams for your organisation can get copies, even of direct messages.\n\n"
        "I keep your name, your groups, your answers, your feedback and the support you ask for. "
        "I keep the messages themselves for at most 30 days. "
        "Please do not write about your health.\n\n"
        'Reply "my data" to see what is kept. Reply "delete my data" to delete it.',
        buttons=(Button("See what I can do", "help.show"), _SEE),
        note=STANDING_LINE,
    )


def my_data(person: Person, organisation: Organisation, held: Held, part: int) -> Card:
    """One part of everything that is held. A part that does not exist shows the last one."""
    parts = _parts(_sections(person, organisation, held))
    part = max(1, min(part, len(parts)))
    buttons: list[Button] = []
    if part < len(parts):
        buttons.append(Button(f"Show part {part + 1} of {len(parts)}", "privacy.mine", str(part + 1), "primary"))
    title = "Your data" if len(parts) == 1 else f"Your data, part {part} of {len(parts)}"
    return Card(
        title,
        parts[part - 1],
        buttons=(*buttons, _CHANGE, _DELETE, _COMPLAIN),
        note="I keep what messages say for at most 30 days. After that I only know that one was sent.",
    )


def _sections(person: Person, organisation: Organisation, held: Held) -> list[tuple[str, list[str]]]:
    def on(moment: datetime) -> str:
        return day(to_local(moment, organisation.time_zone).date())

    you = [
        f"Name: {person.name}",
        f"Language: {person.language}",
        f"Time zone: {person.time_zone}",
        f"Quiet hours: {quiet(person.quiet_hours or organisation.quiet_hours)}",
        f"How we reach you: {'messages here' if person.reach_by == 'chat' else 'phone, post, text or email'}",
        f"First seen: {on(person.first_seen_at)}",
    ]
    if person.contact:
        you.append(f"Contact: {person.contact}")
    if person.admin:
        you.append("You are an administrator.")
    if person.stopped_at:
        you.append(f"Messages stopped since: {on(person.stopped_at)}")
    if held.open_forms:
        you.append("A form that is half filled in")
    accounts = [
        f"{account.platform.title()}{f', named {account.name} there' if account.name else ''}"
        f"{', as a guest' if account.guest else ''}. Codes there: {_codes(account, held)}"
        for account in held.accounts
    ]
    groups = [_place(place, on(place.asked_at)) for place in held.memberships]
    needs = [f"{_support(need.code)}{f': {need.detail}' if need.detail else ''}" for need in held.needs]
    needs += [
        f"For {meeting.title}, {when(meeting.local_start)}: {_support(need.code)}. {_arranged(adjustment)}"
        for adjustment, need, meeting in held.arranged
    ]
    answers = [
        f"{meeting.title}, {when(meeting.local_start)}: {rsvp.answer.replace('_', ' ')}"
        + (f", {rsvp.how.replace('_', ' ')}" if rsvp.how else "")
        + (", written down by somebody else for you" if rsvp.by_id else "")
        for rsvp, meeting in held.answers
    ]
    comments = []
    for comment in held.comments:
        said = comment.text if comment.text is not None else "you took it back"
        about = f", about {comment.group.name}" if comment.group else ""
        comments.append(f"F-{comment.number}, {on(comment.created_at)}{about}: {said}")
        if comment.outcome:
            comments.append(f"What came of F-{comment.number}: {comment.outcome}")
    seen = [
        f"Privacy notice {record.privacy_notice_version}, seen on {on(record.given_at)}"
        if record.kind == "notice"
        else f"{OPT_INS[record.kind]}: yes, on {on(record.given_at)}"  # type: ignore[index]  # kept as plain text
        + (f", taken back on {on(record.withdrawn_at)}" if record.withdrawn_at else "")
        for record in held.consents
    ]
    wrote = [
        f"{on(one.sent_at or one.created_at)}, to {one.group.name}: {one.text or 'the words are not kept any more'}"
        for one in held.announcements
    ]
    return [
        ("You", you),
        ("Accounts you write from", accounts),
        ("Groups", groups or ["None"]),
        *([("Channels", [_added(addition) for addition in held.additions])] if held.additions else []),
        ("Support to take part", needs or ["None"]),
        ("Answers to invitations", answers or ["None"]),
        ("Feedback", comments or ["None"]),
        ("What you saw and agreed to", seen or ["None"]),
        *([("Announcements you wrote", wrote)] if wrote else []),
        ("Messages", [f"{count(held.letters, 'message', 'messages')} to you"]),
    ]


def _codes(account: Account, held: Held) -> str:
    codes = (
        ("organisation", account.workspace),
        ("you", account.user),
        ("you in chats", held.contacts.get(account.id, "")),
        ("your chat with me", account.conversation),
    )
    return ", ".join(f"{whose} {code}" for whose, code in codes if code)


def _added(addition: ChannelInvitation) -> str:
    channel = addition.channel
    user = f", used by {channel.group.name}" if channel.group else ""
    outcome = {"waiting": "I will add you soon", "added": "I added you"}.get(addition.state, "I could not add you")
    return f"{channel.name or 'A channel'}{user}: {outcome}"


def _support(code: str) -> str:
    known = adjustments.by_code().get(code)
    return known.label if known else code.replace("_", " ")


def _arranged(adjustment: Adjustment) -> str:
    reason = f"Why: {adjustment.reason}" if adjustment.reason else ""
    instead = f"Instead: {adjustment.alternative}" if adjustment.alternative else ""
    state = STATES.get(adjustment.state, "We could not arrange this")
    return ". ".join(part.rstrip(". ") for part in (state, reason, instead) if part) + "."


def _place(place: Membership, asked: str) -> str:
    role = place.role.replace("_", " ") if place.state in HERE else ""
    state = {"interested": "waiting for an answer", "declined": "not accepted"}.get(place.state, place.state)
    if place.state == "paused" and place.paused_until:
        state = f"paused until {day(place.paused_until)}"
    facts = [state, role, f"asked on {asked}", place.connection.replace("_", " ")]
    if place.decline_reason:
        facts.append(f"reason: {place.decline_reason}")
    return f"{place.group.name}: {', '.join(filter(None, facts))}"


def _parts(sections: Sequence[tuple[str, Sequence[str]]]) -> list[str]:
    """The sections as texts of at most `_PART` characters each. A line that is longer is continued, never cut."""
    parts: list[str] = [""]
    for heading, lines in sections:
        lead = f"{heading}:"
        for line in lines:
            for start in range(0, len(line), _PART // 2):
                piece = f"- {' '.join(line[start : start + _PART // 2].split())}"
                block = f"\n\n{lead}\n{piece}" if lead else f"\n{piece}"
                if len(parts[-1]) + len(block) > _PART:
                    parts.append("")
                    block = f"{heading}:\n{piece}"
                parts[-1] = (parts[-1] + block).lstrip("\n")
                lead = ""
    return parts


def change_form(person: Person, opted_in: Collection[str]) -> Form:
    """What a person can change about themselves. Nothing is ticked for them."""
    return Form(
        "privacy.change",
        "Change my data",
        (
            Field("name", "What name would you like us to use?", initial=person.name, longest=100),
            Field("language", "Which language do you like to use?", initial=person.language, longest=60),
            *(
                Field(
                    kind,
                    question,
                    "yes_no",
                    hint="You can take this back at any time, and you stay in your groups.",
                    initial="yes" if kind in opted_in else "no",
                )
                for kind, question in _ASKED.items()
            ),
        ),
        submit="Save",
    )


def changed(person: Person, opted_in: Collection[str]) -> Card:
    """What stands now."""
    return Card(
        "Your changes are saved",
        facts=(
            ("Name", person.name),
            ("Language", person.language),
            *((label, "Yes" if kind in opted_in else "No") for kind, label in OPT_INS.items()),
        ),
        buttons=(_SEE,),
        note=STANDING_LINE,
    )


def sure_to_delete() -> Card:
    """What goes, and what remains."""
    return Card(
        "Delete your data?",
        "You leave every group, and nobody is told.\n\n"
        "This is deleted:\n"
        "- your name, which account you write from, your language and your quiet hours\n"
        "- your groups and your answers to invitations\n"
        "- the support you asked for\n"
        "- the words of your feedback, and what you agreed to\n"
        "- announcements you did not send\n\n"
        "This remains:\n"
        "- numbers without your name, such as that a message was sent\n"
        "- my copies of what other people already got, such as announcements you sent, for at most 30 days\n"
        "- the messages in this chat and in other chats, which belong to whoever runs them",
        buttons=(
            Button("Yes, delete my data", "privacy.delete_now", "", "danger"),
            Button("No, keep my data", "privacy.keep"),
            _SEE,
        ),
        note="This cannot be undone.",
    )


def deleted() -> Card:
    """The receipt. It can only come while the account is still known."""
    return Card(
        "Your data is deleted",
        "What stays are numbers without your name. I keep my copies of what others got for at most 30 days. "
        "I cannot take messages out of their chats.\n\n"
        "I need the address of this chat until this message has reached you. Within an hour I delete that too.\n\n"
        "If you write to me again, I will meet you as somebody new.",
        note='Reply "help now" to see who to call if you need help.',
    )


def kept() -> Card:
    """Nothing was deleted."""
    return Card("Nothing has changed", "Your data is as it was.", buttons=(_SEE,))


def last_coordinator(alone: Sequence[Group]) -> Card:
    """A group would be left without anybody."""
    return Card(
        fit("You are the only coordinator of ", joined([group.name for group in alone]), longest=150),
        "Please ask an administrator to name another coordinator first. Nothing is deleted.",
        buttons=(_SEE,),
    )


def complain_form() -> Form:
    """What is wrong, in the person's own words."""
    return Form(
        "privacy.complain",
        "Complain about my data",
        (Field("text", "What is wrong with how we keep or use your data?", "text", longest=2000),),
        intro="Only administrators will read this. You do not need to know the rules.",
    )


def as_complaint(text: str) -> str:
    """The words as they are kept, so that an administrator sees what they are."""
    return f"Complaint about data: {text.strip()}"


def complained(comment: Comment) -> Card:
    """The receipt, with the time the law gives (Data Protection Act 2018, section 164A)."""
    return Card(
        f"Saved as F-{comment.number}",
        "An administrator will read your complaint, and is to answer within 30 days. "
        'Reply "my feedback" to see if there is an answer.\n\n'
        "You can also complain to the Information Commissioner. Call 0303 123 1113 or go to ico.org.uk.\n\n"
        f"You wrote: {(comment.text or '').partition(': ')[2]}",
        buttons=(Button("Show my feedback", "feedback.mine"),),
        note=STANDING_LINE,
    )


def complaint_waits() -> Card:
    """To the administrators: no content and no name."""
    return Card(
        "A complaint waits for an answer",
        "Somebody complained about their data. They are to hear from you within 30 days.",
        buttons=(Button("Show complaints and service comments", "feedback.service"),),
    )
