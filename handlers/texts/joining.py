"""The words of joining and leaving a group."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from handlers.chat import Button, Card, Field, Form, Option
from handlers.texts.labels import distinct
from handlers.texts.signposts import STANDING_LINE
from storage.groups import HERE, Group, Membership

STATES = ("interested", "invited", "induction", *HERE)
"""The states of a place that a person still has."""

CONNECTIONS = (
    Option("patient", "I am or was a patient"),
    Option("carer", "I am or was a carer (unpaid)"),
    Option("bereaved_carer", "I cared for someone who died"),
    Option("staff", "I work in the service"),
    Option("other", "Another reason, or I would rather not say"),
)

PER_PAGE = 5
_CHOICES = 10
"""Groups to choose from by a button. Whoever has more of them to choose from knows the names."""


def join_label(group: Group) -> str:
    """The label of the button that joins."""
    return _within("Join ", group.name)


def leave_label(group: Group) -> str:
    """The label of the button that leaves."""
    return _within("Leave ", group.name)


def _within(verb: str, name: str, longest: int = 75) -> str:
    # 75 characters is the most that Slack allows on a button.
    return verb + (name if len(verb + name) <= longest else name[: longest - len(verb) - 1].rstrip() + "\u2026")


def all_groups(mine: Sequence[tuple[Group, str]], *, start: int) -> Card:
    """The groups from the one numbered `start` on: what each does, who can join, and the reader's state in it."""
    shown = mine[start : start + PER_PAGE]
    if not shown:
        return Card("Groups", "There are no groups yet. Please try again later.")
    parts = []
    for group, state in shown:
        lines = [group.name, group.about]
        if group.who_can_join:
            lines.append(f"Who can join: {group.who_can_join}")
        if group.rhythm:
            lines.append(f"How often: {group.rhythm}")
        if state:
            lines.append(_standing(state))
        parts.append("\n".join(line for line in lines if line))
    buttons = tuple(
        Button(join_label(group), "joining.join", str(group.id)) for group, state in shown if state not in STATES
    )
    more = _more(len(mine), start, "joining.groups")
    return Card("Groups", "\n\n".join(parts), buttons=distinct((*buttons, *more)))


def _more(of: int, start: int, action: str) -> tuple[Button, ...]:
    left = of - start - PER_PAGE
    return (Button(f"Show more groups ({left})", action, str(start + PER_PAGE)),) if left > 0 else ()


def _standing(state: str) -> str:
    return {
        "interested": "You asked to join. A coordinator will answer you here.",
        "paused": "You are a member, and paused.",
    }.get(state, "You are a member.")


def my_groups(places: Sequence[Membership], *, start: int) -> Card:
    """The reader's own groups, from the one numbered `start` on."""
    shown = places[start : start + PER_PAGE]
    if not shown:
        return in_no_group()
    text = "\n\n".join(f"{place.group.name}\n{standing_in(place)}" for place in shown)
    buttons = [Button("See meetings", "meetings.list")]
    buttons += [Button(leave_label(place.group), "joining.leaving", str(place.group_id)) for place in shown]
    buttons += _more(len(places), start, "joining.mine")
    return Card("Your groups", text, buttons=distinct(buttons))


def standing_in(place: Membership) -> str:
    """What the reader is in the group, in a sentence."""
    if place.state in HERE and place.role != "member":
        role = {"coordinator": "a coordinator", "chair": "the chair", "staff_partner": "a staff partner"}[place.role]
        return f"You are {role}."
    return _standing(place.state)


def in_no_group() -> Card:
    """The reader is in no group."""
    return Card("You are not in a group yet", "You can see the groups and ask to join one.", buttons=(_groups(),))


def _groups() -> Button:
    return Button("Show all groups", "joining.groups", "", "primary")


def which_group(choices: Sequence[Group], action: str, label: Callable[[Group], str]) -> Card:
    """Several groups fit, or none does."""
    if not choices:
        return in_no_group()
    verb = "join" if action == "joining.join" else "leave"
    return Card(
        "Which group?",
        "Please choose one.",
        buttons=distinct(Button(label(group), action, str(group.id)) for group in choices[:_CHOICES]),
        note=f'There are more groups. You can write "{verb}" and the name of one.' if len(choices) > _CHOICES else "",
    )


def already(group: Group, state: str) -> Card:
    """The reader is in the group or asked to be."""
    return Card(group.name, _standing(state), buttons=(Button("Show my groups", "joining.mine"),))


def join_form(group: Group, *, name: str, language: str) -> Form:
    """What a group needs to know of somebody who wants to join, and no more."""
    return Form(
        "joining.join",
        "Ask to join",
        (
            Field("name", "What name would you like us to use?", initial=name, longest=100),
            Field("adult", "Are you aged 16 or over?", "yes_no"),
            Field("connection", "What brings you to this group?", "choice", CONNECTIONS),
            Field("language", "Which language do you like to use?", initial=language, longest=60),
            Field(
                "support",
                "What would help you take part?",
                "text",
                required=False,
                hint="You do not need to tell us why. You can choose from a list later.",
                longest=500,
            ),
            Field(
                "ground_rules",
                "Do you agree to the ground rules?",
                "yes_no",
                hint="We listen to each other. We keep what people share in the group. We make room for everyone.",
            ),
        ),
        value=str(group.id),
        intro=f"{group.name}. Please do not tell us about your health here. We do not need it.",
        submit="Ask to join",
    )


def asked(group: Group) -> Card:
    """The receipt of a request to join."""
    return Card(
        "Thank you. Your request is saved",
        f"You asked to join {group.name}. A coordinator will answer you here.",
        buttons=(Button("Choose support to take part", "support.ask"),),
        note=STANDING_LINE,
    )


def under_16(group: Group) -> Card:
    """Nobody under 16 is enrolled: a person gets in touch."""
    return Card(
        "Thank you for asking",
        "This group is for people aged 16 or over, so I have not saved your answers. "
        "A person from the group will get in touch with you.",
        note='Nobody reads messages here straight away. Reply "help now" to see who to call.',
    )


def under_16_asked(group: Group, name: str) -> Card:
    """To the coordinators: somebody to call. The name is all they need."""
    return Card(
        "Somebody would like you to get in touch",
        f"{name} asked about {group.name} and is under 16. They are not enrolled. Please contact them.",
    )


def rules_needed() -> Card:
    """The ground rules were not agreed to."""
    return Card("Ground rules", "The group works by these rules. You can ask a coordinator about them first.")


def request_waits(group: Group) -> Card:
    """To the coordinators."""
    return Card(
        "A request to join waits for you",
        f"Somebody asked to join {group.name}.",
        buttons=(Button("Show requests", "joining.requests", "", "primary"),),
    )


def requests(waiting: Sequence[Membership]) -> Card:
    """The requests a coordinator can answer now, a few at a time."""
    if not waiting:
        return Card("Requests to join", "No requests are waiting.")
    shown = waiting[:PER_PAGE]
    words = {option.value: option.label for option in CONNECTIONS}
    facts = tuple(
        (place.person.name, f"{place.group.name}. They said: {words.get(place.connection, place.connection)}.")
        for place in shown
    )
    buttons: list[Button] = []
    for place in shown:
        buttons.append(Button(_within("Approve ", place.person.name), "joining.approve", str(place.id), "primary"))
        buttons.append(Button(_within("Decline ", place.person.name), "joining.decline", str(place.id)))
    more = len(waiting) - len(shown)
    return Card(
        "Requests to join",
        f"Waiting: {len(waiting)}.",
        facts,
        distinct(buttons),
        note=f"{more} more will show when you have answered these." if more else "",
    )


def decline_form(place: Membership) -> Form:
    """Why the request is declined, in words the person will read."""
    return Form(
        "joining.decline",
        "Decline a request",
        (
            Field(
                "reason",
                f"What would you like to say to {place.person.name}?",
                "text",
                hint="They will read this. Please be kind, and say what else they can do.",
                longest=1000,
            ),
        ),
        value=str(place.id),
        submit="Decline",
    )


def decided(place: Membership, *, approved: bool) -> Card:
    """To the coordinator, in the place of the list."""
    what = "is now a member of" if approved else "was told that they cannot join"
    return Card(
        f"{place.person.name}: {'approved' if approved else 'declined'}",
        f"{place.person.name} {what} {place.group.name}."
        + (" I have told them." if approved else " They can read your reason."),
        buttons=(Button("Show the other requests", "joining.requests"),),
    )


def welcome(group: Group) -> Card:
    """To somebody who was approved."""
    return Card(
        f"Welcome to {group.name}",
        "A coordinator has said yes. I will write to you here about meetings.",
        buttons=(
            Button("See meetings", "meetings.list", "", "primary"),
            Button("Choose support to take part", "support.ask"),
        ),
    )


def sorry(group: Group) -> Card:
    """To somebody who was declined. The reason may be personal, so it waits behind a button."""
    return Card(
        "Your request to join has an answer",
        f"It is about {group.name}. The group cannot take you as a member now.",
        buttons=(Button("Read what they said", "joining.why", str(group.id)), _groups()),
    )


def reason(place: Membership) -> Card:
    """The coordinator's words."""
    return Card(
        "What the coordinator said",
        place.decline_reason or "They gave no reason.",
        buttons=(Button("Show all groups", "joining.groups"),),
    )


def nothing_declined() -> Card:
    """There is no such answer any more."""
    return Card(
        "Nothing to show", "Your request has changed since.", buttons=(Button("Show my groups", "joining.mine"),)
    )


def request_gone() -> Card:
    """The request was answered or taken back."""
    return Card(
        "That request is not waiting any more",
        "It was answered, or the person changed their mind. Nothing has changed.",
        buttons=(Button("Show requests", "joining.requests"),),
    )


def sure_to_leave(group: Group) -> Card:
    """Ask before leaving, and offer a pause."""
    return Card(
        f"Leave {group.name}?",
        "You do not need to give a reason. You can also pause: then I write nothing until you come back.",
        buttons=(
            Button("Yes, leave the group", "joining.leave", str(group.id), "danger"),
            Button("Pause instead", "pausing.pause"),
            Button("No, stay in the group", "joining.stay", str(group.id)),
        ),
    )


def last_coordinator(group: Group) -> Card:
    """A group is never left without a coordinator."""
    return Card(
        f"You are the only coordinator of {group.name}",
        "Please ask an administrator to name another coordinator first. Nothing has changed.",
    )


def left(group: Group) -> Card:
    """The person left."""
    return Card(
        f"You have left {group.name}",
        "Thank you for what you gave to the group. I will not write to you about it again.\n\n"
        "What you need to take part is deleted after 30 days. Your feedback stays with the group.",
        buttons=(Button("Delete my data now", "privacy.delete"), Button("Show all groups", "joining.groups")),
    )


def stayed(group: Group) -> Card:
    """Nothing changed."""
    return Card("Nothing has changed", f"You are still a member of {group.name}.")
