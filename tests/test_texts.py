"""Every card and form of our own is in plain words: each function of `handlers.texts` is called with made-up things."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import typing
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import UnionType

import pytest

import handlers.texts
from handlers import adjustments
from handlers.chat import Card, Field, Form, Option
from handlers.pages import page
from handlers.plans import Plan
from handlers.signposts import Category
from handlers.texts.calls import Call
from handlers.texts.checklist import Line
from handlers.texts.help import WORDS
from handlers.texts.signposts import Contacts
from handlers.texts.support import Coming, Hurry
from storage.announcements import Announcement
from storage.channel_posts import Coming as Shared
from storage.channels import Channel, ChannelInvitation
from storage.digests import Week
from storage.feedback import Comment
from storage.groups import Group, Membership
from storage.meetings import Meeting, Rsvp
from storage.organisations import Organisation
from storage.people import Account, ConsentRecord, Person
from storage.privacy import Held
from storage.support import Adjustment as Arrangement
from storage.support import Need
from tests.world import TUESDAY

LONGEST_SENTENCE = 20
HARDEST = 6.0
"""The Flesch-Kincaid grade that a card of over `LONG` words may have."""
LONG = 100

INSTEAD = {
    r"telephone|ring us": "phone, call",
    r"clinicians?": "a doctor, nurse or other healthcare professional",
    r"service users?": "people",
    r"e\.g\.|i\.e\.|etc\.?": "such as, that is",
    r"click(ed)? here|click(ed)?": "the words of the button",
    r"sms": "text message",
    r"log ?in": "sign in",
    r"fever|nausea|vomit\w*|medication|drugs|disease": "what NHS style says",
    r"passed away": "died",
    r"suffer\w*|handicapped|wheelchair-bound": "has, disabled",
    r"utili[sz]e|exceed\w*|seek|normally|ensure|regarding|prior to": "a plainer word",
    r"(\w+n't)|(\w+'(ll|re|ve|m|d))|(it|that|what|there|let|here|who|he|she)'s": "the words in full",
}
_FORBIDDEN = [
    (re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.IGNORECASE), instead) for pattern, instead in INSTEAD.items()
]
_EMOJI = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf]")

# Made-up things. What people write is as short as it can be, so that only our own words are looked at.

LOCAL = datetime(2027, 4, 13, 18)
GROUP = Group(id=1, organisation_id=1, name="Our group", about="It helps.", who_can_join="Anyone.", rhythm="Monthly")
BARE_GROUP = Group(id=2, organisation_id=1, name="Second group", about="", who_can_join="", rhythm="")
AMINA = Person(
    id=1, organisation_id=1, account_id=1, name="Amina", language="English", time_zone="Europe/London", admin=False,
    reach_by="chat", contact=None, quiet_hours="", first_seen_at=TUESDAY,
)  # fmt: skip
BILL = Person(
    id=2, organisation_id=1, account_id=None, name="Bill", language="Welsh", time_zone="Europe/London", admin=True,
    reach_by="call", contact="01632 960999", quiet_hours="21:00-09:00", first_seen_at=TUESDAY, stopped_at=TUESDAY,
    silenced_at=TUESDAY,
)  # fmt: skip
ORGANISATION = Organisation(
    id=1, ref="ab", name="Our trust", nation="ENG", time_zone="Europe/London", quiet_hours="20:00-08:00",
    helpline="Helpline, 01632 960100", pals="PALS, 01632 960200", safeguarding_contact="Team, 01632 960300",
)  # fmt: skip
NEW_ORGANISATION = Organisation(
    id=2, ref="cd", name="New trust", nation="SCT", time_zone="Europe/London", quiet_hours="20:00-08:00", helpline="",
    pals="", safeguarding_contact="",
)  # fmt: skip


def _meeting(number: int, how: str, *, cancelled: bool = False, series: int | None = None) -> Meeting:
    return Meeting(
        id=number, number=number, group_id=1, group=GROUP, series_id=series, title="Our meeting", zone="Europe/London",
        local_start=LOCAL + timedelta(days=number), starts_at=TUESDAY + timedelta(days=42 + number), minutes=90,
        how=how, link="" if how == "in_person" else "https://example.org", phone="01632 960105", version=1,
        address="" if how == "online" else "Room 1", cancelled_at=TUESDAY if cancelled else None,
    )  # fmt: skip


def _comment(number: int, state: str, **parts: typing.Any) -> Comment:
    return Comment(id=number, organisation_id=1, number=number, state=state, created_at=TUESDAY, **parts)


def _place(number: int, state: str, role: str) -> Membership:
    group = Group(id=number, organisation_id=1, name=f"Group {number}", about="", who_can_join="", rhythm="")
    return Membership(
        id=number, group_id=number, group=group, person_id=1, person=AMINA, role=role, state=state,
        connection="patient", asked_at=TUESDAY, decline_reason="Full." if state == "declined" else None,
        paused_until=LOCAL.date() if state == "paused" else None,
    )  # fmt: skip


MEETINGS = [
    _meeting(1, "online"),
    _meeting(2, "both", series=1),
    _meeting(3, "in_person"),
    _meeting(4, "online", cancelled=True),
]
RSVPS = [
    Rsvp(id=1, meeting_id=1, person_id=1, person=AMINA, answer="yes", how="online", answered_at=TUESDAY),
    Rsvp(id=2, meeting_id=1, person_id=2, person=BILL, answer="no", how="", answered_at=TUESDAY, by=AMINA, by_id=1),
    Rsvp(id=3, meeting_id=2, person_id=1, person=AMINA, answer="not_sure", how="", answered_at=TUESDAY),
]
PLACES = [
    _place(1, "active", "member"), _place(2, "active", "coordinator"), _place(3, "active", "chair"),
    _place(4, "paused", "member"), _place(5, "interested", "member"), _place(6, "declined", "member"),
]  # fmt: skip
COMMENTS = [
    _comment(1, "open", text="Words.", group=GROUP, group_id=1, author=AMINA, author_id=1, owner=BILL, owner_id=2),
    _comment(
        2, "answered", text="Words.", group=GROUP, group_id=1, author=AMINA, author_id=1, owner=AMINA, owner_id=1,
        outcome="Done.", answered_at=TUESDAY,
    ),
    _comment(3, "withdrawn", text=None, author=AMINA, author_id=1),
    _comment(4, "open", text="Words.", author=BILL, author_id=2, by=AMINA, by_id=1),
    _comment(5, "open", text="Words.", author=BILL, author_id=2, owner=AMINA, owner_id=1),
]  # fmt: skip
ANNOUNCEMENTS = [
    Announcement(
        id=number,
        group_id=1,
        group=GROUP,
        author=author,
        text="Words.",
        created_at=TUESDAY,
        sent_at=TUESDAY,
        audience=9,
    )
    for number, author in ((1, AMINA), (2, None))
]
ITEMS = [item for item in adjustments.by_code().values() if item.for_meetings]
NEEDS = [
    Need(
        id=number,
        person_id=1,
        person=AMINA,
        code=item.code,
        detail="18 point" if item.question else "",
        asked_at=TUESDAY,
    )
    for number, item in enumerate((*ITEMS[:3], ITEMS[-1]), 1)
]
NEED_OF_BILL = Need(id=9, person_id=2, person=BILL, code=ITEMS[0].code, detail="", asked_at=TUESDAY)
DONE = [
    Arrangement(id=1, need_id=1, meeting_id=1, state="arranged", changed_at=TUESDAY),
    Arrangement(
        id=2, need_id=2, meeting_id=1, state="not_met", reason="No room.", alternative="A call.", changed_at=TUESDAY
    ),
]
LINES = [
    Line(need, AMINA, MEETINGS[number % 2], item, adjustments.BookBy(LOCAL.date(), number == 1), done)
    for number, (need, item, done) in enumerate(
        zip(
            NEEDS,
            ITEMS,
            (None, Arrangement(id=3, need_id=1, meeting_id=1, state="arranging", changed_at=TUESDAY), *DONE),
            strict=False,
        )
    )
]
CHANNELS = [
    Channel(id=number, organisation_id=1, name=name, state=state, names=number == 1, group_id=1, group=GROUP)
    for number, (name, state) in enumerate(
        (("our-group", "open"), ("", "archived"), ("old", "left"), ("gone", "deleted"), ("", "closed")), 1
    )
]
HELD = Held(
    accounts=[
        Account(id=1, person_id=1, platform="slack", workspace="T1", user="U1", conversation="D1", guest=True),
        Account(id=2, person_id=1, platform="teams", workspace="7a2f", user="41be", conversation="a:1", name="Amina"),
    ],
    contacts={2: "29:1"},
    memberships=PLACES,
    needs=NEEDS,
    arranged=[(DONE[0], NEEDS[0], MEETINGS[0])],
    answers=[(RSVPS[0], MEETINGS[0])],
    comments=COMMENTS,
    consents=[ConsentRecord(id=1, person_id=1, kind="notice", privacy_notice_version="2027-01", given_at=TUESDAY)],
    announcements=ANNOUNCEMENTS,
    additions=[
        ChannelInvitation(id=number, channel_id=1, channel=channel, account_id=1, state=state)
        for number, (channel, state) in enumerate(zip(CHANNELS, ("added", "told", "waiting"), strict=False), 1)
    ],
    letters=3,
    open_forms=1,
)
FIELDS = [
    Field("name", "What is your name?"),
    Field("size", "Which size?", "choice", (Option("s", "Small"), Option("l", "Large")), hint="Choose one."),
    Field("help", "What would help?", "choices", (Option("a", "A break"), Option("b", "A call")), required=False),
    Field("sure", "Are you sure?", "yes_no"),
]
PLANS = [
    Plan(GROUP, "Our meeting", (LOCAL, *more), LOCAL, 90, "both", "https://example.org", "01632 960105", "Room 1", rule)
    for more, rule in (((), ""), ((LOCAL + timedelta(days=28), LOCAL + timedelta(days=63)), "FREQ=MONTHLY;BYDAY=2TU"))
]
COLUMNS = [
    dict.fromkeys("waiting sent unknown failed paused stopped not_needed needs_call".split(), number)
    for number in (1, 0)
]  # fmt: skip
DRAFT = {"group": "1", "title": "Our meeting", "when": "13 April 6pm", "how": "online", "typed": "2027-03-02"}

BY_TYPE: dict[object, Sequence[object]] = {
    bool: (False, True),
    int: (1, 2, 0),
    date: (LOCAL.date(),),
    datetime: (LOCAL,),
    Group: (GROUP, BARE_GROUP),
    Person: (AMINA, BILL),
    Organisation: (ORGANISATION, NEW_ORGANISATION),
    Meeting: MEETINGS,
    Rsvp: RSVPS,
    Membership: PLACES,
    Comment: COMMENTS,
    Announcement: ANNOUNCEMENTS,
    Need: NEEDS,
    Channel: CHANNELS,
    Shared: (Shared(2, 1, ["Amina", "Bill"]), Shared(), Shared(3, 0, ["Amina"])),
    Week: (Week(), Week(1, 1, 1, 1, 1, 1, 1), Week(2, 2, 2, 2, 2, 2, 2)),
    Held: (HELD, Held((), {}, (), (), (), (), (), (), (), (), 0, 0)),
    Contacts: (Contacts("Helpline, 01632 960100", "PALS, 01632 960200", "Team, 01632 960300"), Contacts()),
    Category: tuple(Category),
    Call: (Call(AMINA, [1], [Card("News", "Words.")], [("contact_phone", "01632 960999")]), Call(BILL, [2], [], [])),
    Line: LINES,
    Coming: (Coming(MEETINGS[0], "online", {}), Coming(MEETINGS[1], "in_person", {1: DONE[0], 2: DONE[1]})),
    Hurry: (Hurry(MEETINGS[0], ITEMS[:2]), Hurry(MEETINGS[0], ITEMS[:1])),
    Plan: PLANS,
    Field: FIELDS,
    Form: (Form("feedback.write", "Tell us", tuple(FIELDS), intro="Hello."), Form("a.b", "Tell us", tuple(FIELDS[1:]))),
    adjustments.Adjustment: ITEMS[:4],
}
BY_NAME: dict[str, Sequence[object]] = {
    # By the parameter's name, or by its whole name where another one needs other values.
    "nation": ("ENG", "WLS", "SCT", "NIR", ""),
    "zone": ("Europe/London",),
    "how": ("online", "in_person", "both", ""),
    "action": ("feedback.write",),
    "code": [need.code for need in NEEDS],
    "role": ("chair", "coordinator", "member", "staff_partner"),
    "state": ("open", "answered", ""),
    "value": ("1", "1 1"),
    "usual": ("20:00-08:00",),
    "own": ("", "21:00-09:00"),
    "columns": COLUMNS,
    "meetings.attendance.columns": ({"yes": ["Amina"], "not_sure": [], "no": ["Bill"], "waiting": []},),
    "moving.ended.meetings": (MEETINGS, MEETINGS[:1]),
    "joining.my_groups.places": (PLACES, PLACES[:1], []),
    "pausing.quiet_hours.saved": ("20:00-08:00",),
    "after": ("",),
    "checklist.arranged.need": (*NEEDS, NEED_OF_BILL),
    "checklist.not_met.need": (*NEEDS, NEED_OF_BILL),
    "checklist.not_met_form.need": (*NEEDS, NEED_OF_BILL),
    "checklist.checklist.after": ("", page(LINES, lambda line: line.place, after="", most=1).last),
    "announcements.reports.shown": (list(zip(ANNOUNCEMENTS, COLUMNS, strict=True)), []),
    "draft": (DRAFT,),
    "answers": ({1: RSVPS[0], 2: RSVPS[2]}, {}),
    "places": ({1: PLACES[0]}, {1: PLACES[1]}, {1: PLACES[3]}),
    "said": ("yes", "no", "not_sure"),
    "ends": (dict.fromkeys(("2w", "1m", "3m"), LOCAL.date()),),
    "made": (MEETINGS, MEETINGS[:1]),
    "opted_in": ((), ("use_words", "use_name")),
    "installations.removed.page": ("https://bot.example.org/slack/install", "/slack/install", ""),
    "have": ({}, {NEEDS[0].code: "18 point"}),
}


@dataclass(frozen=True)
class Text:
    """A function that makes a card or a form."""

    name: str
    make: Callable[..., Card | Form]

    def made(self) -> Iterator[Card | Form]:
        """What it makes of each of `arguments`."""
        return (self.make(**arguments) for arguments in self.arguments())

    def arguments(self) -> Iterator[dict[str, typing.Any]]:
        """Made-up arguments: each in turn takes each of its values."""
        hints = typing.get_type_hints(self.make)
        choices = {
            parameter: list(BY_NAME.get(f"{self.name}.{parameter}") or _made_up(hints[parameter], parameter))
            for parameter in inspect.signature(self.make).parameters
        }
        usual = {parameter: values[0] for parameter, values in choices.items()}
        fullest = {parameter: values[-1] for parameter, values in choices.items()}
        yield usual
        for arguments in (usual, fullest):
            for parameter, values in choices.items():
                for value in values:
                    yield {**arguments, parameter: value}


def _made_up(hint: object, name: str) -> Iterator[object]:
    """Values for a parameter. A type that is not known here is to be added to the table."""
    if name in BY_NAME:
        yield from BY_NAME[name]
    elif hint in BY_TYPE:
        yield from BY_TYPE[hint]
    elif hint is str:
        yield from ("Words", "")
    elif typing.get_origin(hint) in (typing.Union, UnionType):
        yield from (value for part in typing.get_args(hint) if part is not type(None) for value in _made_up(part, name))
        yield None
    elif typing.get_origin(hint) is typing.Literal:
        yield from typing.get_args(hint)
    elif typing.get_origin(hint) is typing.get_origin(Callable[[int], str]):
        yield lambda given: f"Words {given.name}" if isinstance(given, Group) else "Words"
    elif typing.get_origin(hint) is tuple:
        firsts = [list(_made_up(part, "")) for part in typing.get_args(hint)]
        yield from zip(*firsts, strict=False)
    elif typing.get_origin(hint) in (typing.get_origin(Sequence[int]), typing.get_origin(Collection[int])):
        whole = [value for value in _made_up(typing.get_args(hint)[0], "") if value != ""]
        yield from (whole, whole[:1], [])
    elif typing.get_origin(hint) is typing.get_origin(Mapping[int, int]):
        keys, values = (list(_made_up(part, "")) for part in typing.get_args(hint))
        yield from (dict(zip(keys, values, strict=False)), {})
    else:
        pytest.fail(f"{name}: {hint} needs made-up values in the table of tests/test_texts.py")


def every_text() -> Iterator[Text]:
    """Each function of `handlers.texts` that makes a card or a form."""
    for module in pkgutil.iter_modules(handlers.texts.__path__):
        found = importlib.import_module(f"handlers.texts.{module.name}")
        for name, function in inspect.getmembers(found, inspect.isfunction):
            if function.__module__ != found.__name__ or name.startswith("_"):
                continue
            if typing.get_type_hints(function).get("return") in (Card, Form):
                yield Text(f"{module.name}.{name}", function)


@pytest.mark.parametrize("text", list(every_text()), ids=lambda text: text.name)
def test_it_is_in_plain_words(text: Text) -> None:
    wrong = {problem for made in text.made() for problem in _problems(made)}
    assert not wrong, "\n".join(sorted(wrong))


def test_what_each_word_does_is_in_plain_words() -> None:
    wrong = [problem for said in WORDS.values() for problem in _wording(said)]
    assert not wrong, "\n".join(wrong)


def test_the_lint_itself_finds_what_it_is_for() -> None:
    assert list(_wording("Don't click here, e.g. on the telephone."))
    assert list(_wording(" ".join(["word"] * 21) + "."))
    assert list(_problems(Card("Title & more")))
    assert not list(_wording("You cannot do this. Please call us on 111."))
    assert grade(["The cat sat on the mat."]) < 1 < HARDEST < grade(["Organisational accountability necessitates it."])


def _problems(made: Card | Form) -> Iterator[str]:
    if isinstance(made, Form):
        if len(made.title) > 24:
            yield f"a form's title has over 24 characters: {made.title}"
        said = [made.title, made.intro, made.submit]
        for field in made.fields:
            said += [field.label, field.hint]
            said += [label for option in field.options for label in (option.label, option.group)]
            if any(len(option.label) > 75 for option in field.options):
                yield f"an option has over 75 characters: {field.name}"
    else:
        labels = [button.label for button in made.buttons]
        if not 0 < len(made.title) <= 150:
            yield f"a title has no or over 150 characters: {made.title}"
        for label in labels:
            if not 0 < len(label) <= 75:
                yield f"a label has no or over 75 characters: {label}"
            if labels.count(label) > 1:
                yield f"2 buttons are alike: {label}"
        said = [made.title, made.text, made.note, *labels, *(part for fact in made.facts for part in fact)]
    whole = "\n".join(said)
    for part in said:
        yield from _wording(part)
    if len(_EMOJI.findall(whole)) > 1:
        yield f"more than one emoji: {whole[:40]}"
    sentences = [sentence for part in said for sentence in _sentences(part)]
    if sum(len(sentence.split()) for sentence in sentences) > LONG and grade(sentences) > HARDEST:
        yield f"too hard, grade {grade(sentences):.1f}: {whole}"


def _wording(said: str) -> Iterator[str]:
    for sentence in _sentences(said):
        if len(sentence.split()) > LONGEST_SENTENCE:
            yield f"{len(sentence.split())} words: {sentence}"
    for pattern, instead in _FORBIDDEN:
        if found := pattern.search(said.replace("\u2019", "'")):
            yield f"“{found.group()}” ({instead}): {said[:80]}"
    for sign in "&\u2013\u2014":
        if sign in said.replace("A&E", ""):
            yield f"{sign}: {said[:80]}"


def _sentences(said: str) -> list[str]:
    """A line is a sentence or several; an item of a list is one of its own, and so is what a word is explained with."""
    lines = [line.removeprefix("- ") for line in said.splitlines()]
    return [part for line in lines for part in re.split(r"(?<=[.!?])[\"”)]?\s+", line) if re.search(r"\w", part)]


def grade(sentences: Sequence[str]) -> float:
    """The Flesch-Kincaid grade: 0.39 words a sentence + 11.8 syllables a word - 15.59 (Kincaid and others, 1975)."""
    words = [word for sentence in sentences for word in re.findall(r"[A-Za-z']+", sentence)]
    syllables = sum(_syllables(word.lower()) for word in words)
    return 0.39 * len(words) / len(sentences) + 11.8 * syllables / len(words) - 15.59


def _syllables(word: str) -> int:
    ends_silent = re.search(r"[^aeiouy]e[sd]?$", word) and not re.search(
        r"[^aeiouy]le$|[td]ed$|([sxzc]|[cs]h)es$", word
    )
    return max(1, len(re.findall(r"[aeiouy]+", word)) - bool(ends_silent))
