"""The words of answering on behalf of a member."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from handlers.chat import Button, Card, Field, Form, Option
from handlers.texts import dates, labels
from handlers.texts.meetings import open_label
from handlers.texts.signposts import STANDING_LINE
from storage.groups import Group
from storage.meetings import Meeting
from storage.people import Person, Reach

MOST = 20
"""How many meetings are offered at once."""

MOST_NAMES = 10
"""How many people are offered at once."""

_HOW = {"online": " online", "in_person": " in person"}
SAID = {"yes": "Yes, they are coming", "no": "No, they are not coming", "not_sure": "They are not sure yet"}

CONNECTIONS = (
    Option("patient", "They are or were a patient"),
    Option("carer", "They are or were a carer (unpaid)"),
    Option("bereaved_carer", "They cared for someone who died"),
    Option("staff", "They work in the service"),
    Option("other", "Another reason, or they would rather not say"),
)


def name_form() -> Form:
    """Whom to answer for."""
    return Form(
        "on_behalf.name",
        "Answer for somebody",
        (Field("name", "Who do you want to answer for?", longest=100),),
        submit="Find them",
    )


def which(found: Sequence[Person], shared: Mapping[int, Sequence[Group]]) -> Card:
    """Several members fit. ``shared``: for each of those to show, the groups they share with the reader."""
    shown = [one for one in found if one.id in shared]
    buttons = [Button(_name_and_groups(one, shared[one.id]), "on_behalf.person", str(one.id)) for one in shown]
    return Card(
        "Who do you mean?",
        f"Members who fit: {len(found)}."
        + f" These are the first {len(shown)}. To find another, give the whole name." * (len(found) > len(shown)),
        buttons=(*labels.distinct(buttons), _another_name()),
    )


def _another_name() -> Button:
    return Button("Look for another name", "on_behalf.name")


def _name_and_groups(person: Person, shared: Sequence[Group]) -> str:
    return labels.fit(f"{person.name[:30]}, ", dates.joined([group.name for group in shared]))


def nobody(name: str) -> Card:
    """No member fits."""
    return Card(
        "I cannot find that name",
        f'No member of your groups is called "{name}". Coordinators are not in this list.\n\n'
        "You can look again, or add them as a member without chat.",
        buttons=(
            Button(labels.fit("Add ", name, " as a member without chat"), "on_behalf.add", name[:100]),
            _another_name(),
        ),
    )


def not_there() -> Card:
    """Not one of the coordinator's members."""
    return Card(
        "I cannot find that",
        "It may have changed or been taken away.",
        buttons=(Button("Look for a name", "on_behalf.name"),),
    )


def choices(member: Person, shared: Sequence[Group], reach: Reach, *, meetings_waiting: bool) -> Card:
    """What can be written down for them."""
    if reach == "chat":
        chat = "They use chat, so I will tell them that you wrote something down."
    elif member.account_id:
        chat = "I do not write to them in chat now, so please tell them yourself."
    else:
        chat = "They do not use chat."
    return Card(
        member.name,
        f"{'Group' if len(shared) == 1 else 'Groups'}: {dates.joined([group.name for group in shared])}. {chat}",
        buttons=_buttons(member, meetings_waiting=meetings_waiting),
    )


def _buttons(member: Person, *, meetings_waiting: bool, answered: bool = False) -> tuple[Button, ...]:
    buttons = [
        Button(labels.fit("Pass on what ", member.name, " said"), "on_behalf.comment", str(member.id)),
        Button(labels.fit("Choose support for ", member.name), "support.ask", str(member.id)),
    ]
    if answered:
        buttons.insert(0, Button("Change this, or answer for another meeting", "on_behalf.answer", str(member.id)))
    elif meetings_waiting:
        label = labels.fit("Say whether ", member.name, " is coming")
        buttons.insert(0, Button(label, "on_behalf.answer", str(member.id), "primary"))
    return tuple(buttons)


def no_meetings(member: Person) -> Card:
    """There is no meeting to answer for."""
    return Card(
        "There is no meeting to answer",
        f"You can answer for {member.name} when a meeting is planned. A meeting may have been cancelled or have begun.",
        buttons=_buttons(member, meetings_waiting=False),
    )


def answer_form(member: Person, coming: Sequence[Meeting]) -> Form:
    """Which meeting, and what they said."""
    fields = [
        Field(
            "meeting",
            "Which meeting?",
            "choice",
            tuple(Option(str(meeting.number), _meeting(meeting)) for meeting in coming),
        ),
        Field("answer", f"Is {member.name} coming?", "choice", tuple(Option(*pair) for pair in SAID.items())),
    ]
    if any(meeting.how == "both" for meeting in coming):
        fields.append(
            Field(
                "how",
                "How will they take part?",
                "choice",
                (Option("online", "Online"), Option("in_person", "In person")),
                required=False,
                hint="Skip this if the meeting is only online or only in person.",
                asked_if=("answer", "yes"),
            )
        )
    return Form(
        "on_behalf.answer",
        "Answer for a member",
        tuple(fields),
        value=str(member.id),
        intro=f"This is the answer of {member.name}. I will note that you gave it for them.",
        submit="Save the answer",
    )


def _meeting(meeting: Meeting) -> str:
    # The date and the number tell meetings apart. They come first: Teams cuts the end.
    return labels.fit(f"{dates.day(meeting.local_start)} (meeting {meeting.number}), ", meeting.title)


def answered(member: Person, meeting: Meeting, said: str, how: str) -> Card:
    """The receipt."""
    return Card(
        f"Saved for {member.name}",
        f"{meeting.title}, {dates.when(meeting.local_start, meeting.minutes)}.\n\n"
        f"{SAID[said]}{_HOW.get(how, '')}. I have noted that you answered for them.",
        buttons=_buttons(member, meetings_waiting=True, answered=True),
    )


def answered_for_you(by: Person, meeting: Meeting, said: str, how: str) -> Card:
    """To the member."""
    coming = f"you are coming{_HOW.get(how, '')} to"
    words = {"yes": coming, "no": "you are not coming to", "not_sure": "you are not sure yet about"}[said]
    return Card(
        f"{by.name} answered for you",
        f"They wrote down that {words} the meeting on {dates.day(meeting.local_start)}. You can change this.",
        buttons=(Button(open_label(meeting), "meetings.show", str(meeting.number)),),
    )


def comment_form(member: Person, shared: Sequence[Group]) -> Form:
    """What they said, and which group it is about when there are several."""
    text = Field(
        "text",
        f"What did {member.name} say?",
        "text",
        hint="Please use their own words, and no health details that are not needed.",
        longest=3000,
    )
    return Form(
        "on_behalf.comment",
        "Pass on feedback",
        (*_which_group(shared, "Which group is it about?"), text),
        value=str(member.id),
        intro=f"This is saved as feedback from {member.name}, passed on by you.",
        submit="Save the feedback",
    )


def _which_group(shared: Sequence[Group], question: str) -> tuple[Field, ...]:
    if len(shared) < 2:
        return ()
    options = tuple(Option(str(group.id), labels.fit("", group.name)) for group in shared)
    return (Field("group", question, "choice", options),)


def passed_on(member: Person, number: int, reach: Reach) -> Card:
    """The receipt."""
    tell = "I am telling them" if reach == "chat" else "Please tell them"
    return Card(
        f"Saved as F-{number}",
        f"It is saved as feedback from {member.name}, passed on by you. {tell} its number: F-{number}.",
        buttons=_buttons(member, meetings_waiting=False),
        note=STANDING_LINE,
    )


def passed_on_for_you(by: Person, number: int) -> Card:
    """To the member: the number, and none of the words."""
    return Card(
        f"{by.name} passed on your feedback",
        f"They wrote down what you told them. It is saved as F-{number}. You can look at it at any time.",
        buttons=(Button("Show my feedback", "feedback.mine"),),
    )


def add_form(name: str, mine: Sequence[Group]) -> Form:
    """What is needed of a member without chat, and no more."""
    return Form(
        "on_behalf.add",
        "Add a member",
        (
            Field("name", "What name would they like us to use?", initial=name, longest=100),
            Field("adult", "Are they aged 16 or over?", "yes_no"),
            *_which_group(mine, "Which group are they joining?"),
            Field("connection", "What brings them to this group?", "choice", CONNECTIONS),
            Field(
                "contact",
                "How can we reach them?",
                hint="For example a phone number, or an address for post.",
                longest=300,
            ),
        ),
        value=name,
        intro="Please tell them first: I keep what you write here. Coordinators of their groups can read it. "
        "They are a full member, and you answer for them.",
        submit="Add them",
    )


def under_16() -> Card:
    """Nobody under 16 is enrolled."""
    return Card(
        "Not added",
        "The groups are for people aged 16 or over, so I have not saved anything. Please call them.",
        buttons=(_another_name(),),
    )


def added(member: Person, group: Group, *, meetings_waiting: bool) -> Card:
    """They are a member now."""
    return Card(
        f"{member.name} is now a member",
        f"They are in {group.name}. They do not use chat, so their messages go on your call list.",
        buttons=(*_buttons(member, meetings_waiting=meetings_waiting), Button("Show the call list", "calls.list")),
        note=STANDING_LINE,
    )
