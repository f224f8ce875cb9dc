"""The words of joining and leaving a group."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from handlers.chat import Button, Card, Field, Form, Option
from handlers.texts.labels import distinct, fit
from handlers.texts.signposts import STANDING_LINE
from handlers.texts.telling import calls, telling
from storage.groups import HERE, Group, Membership
from storage.people import Reach

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
    return fit("Join ", group.name)


def leave_label(place: Membership) -> str:
    """The label of the button that leaves, or that takes the request back."""
    return fit("Take back my request to " if place.state == "interested" else "Leave ", place.group.name)


def all_groups(mine: Sequence[tuple[Group, str]], reach: Reach, *, start: int) -> Card:
    """The groups from the one numbered `start` on: what each does, who can join, and the reader's state in it.

    ``reach``: how the reader hears what is decided, here and below.
    """
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
            lines.append(_standing(state, reach))
        parts.append("\n".join(line for line in lines if line))
    buttons = tuple(
        Button(join_label(group), "joining.join", str(group.id)) for group, state in shown if state not in STATES
    )
    more = _more(len(mine), start, "joining.groups")
    return Card("Groups", "\n\n".join(parts), buttons=distinct((*buttons, *more)))


def _more(of: int, start: int, action: str) -> tuple[Button, ...]:
    left = of - start - PER_PAGE
    return (Button(f"Show more groups ({left})", action, str(start + PER_PAGE)),) if left > 0 else ()


DECIDED: Mapping[Reach, str] = {
    "chat": "A coordinator will answer you in a message.",
    "call": "A coordinator will get in touch with you.",
    "stopped": "There is no answer yet. "
    'You stopped messages, so please look in "my groups" later to see if you are a member.',
}
"""What becomes of a request to join, by how news reaches the person who asked."""


def _standing(state: str, reach: Reach) -> str:
    return {
        "interested": f"You asked to join. {DECIDED[reach]}",
        "paused": "You are a member, and paused.",
    }.get(state, "You are a member.")


def my_groups(places: Sequence[Membership], reach: Reach, *, start: int) -> Card:
    """The reader's own groups, from the one numbered `start` on."""
    shown = places[start : start + PER_PAGE]
    if not shown:
        return in_no_group()
    text = "\n\n".join(f"{place.group.name}\n{standing_in(place, reach)}" for place in shown)
    buttons = [Button("See meetings", "meetings.list")]
    buttons += [Button(leave_label(place), "joining.leaving", str(place.group_id)) for place in shown]
    buttons += _more(len(places), start, "joining.mine")
    return Card("Your groups", text, buttons=distinct(buttons))


def standing_in(place: Membership, reach: Reach) -> str:
    """What the reader is in the group, in a sentence."""
    if place.state in HERE and place.role != "member":
        role = {"coordinator": "a coordinator", "chair": "the chair", "staff_partner": "a staff partner"}[place.role]
        return f"You are {role}{', and paused' if place.state == 'paused' else ''}."
    return _standing(place.state, reach)


def in_no_group() -> Card:
    """The reader is in no group."""
    return Card("You are not in a group yet", "You can see the groups and ask to join one.", buttons=(_groups(),))


def _groups() -> Button:
    return Button("Show all groups", "joining.groups", "", "primary")


def which_group(choices: Sequence[Group], action: str, label: Callable[[Group], str], *, found: bool) -> Card:
    """Several groups fit, or none is ``found`` and these are all there are."""
    if not choices:
        return in_no_group()
    verb = "join" if action == "joining.join" else "leave"
    return Card(
        "Which group?",
        "Please choose one." if found else "I cannot find that name. Please choose one.",
        buttons=distinct(Button(label(group), action, str(group.id)) for group in choices[:_CHOICES]),
        note=f'There are more groups. You can write "{verb}" and the name of one.' if len(choices) > _CHOICES else "",
    )


def already(group: Group, state: str, reach: Reach) -> Card:
    """The reader is in the group or asked to be."""
    return Card(group.name, _standing(state, reach), buttons=(Button("Show my groups", "joining.mine"),))


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
                hint="We listen to each other. What people share in the group stays in the group. "
                "We make room for everyone.",
            ),
        ),
        value=str(group.id),
        intro=f"{group.name}. Please do not tell us about your health here. We do not need it.",
        submit="Ask to join",
    )


def asked(group: Group, reach: Reach) -> Card:
    """The receipt of a request to join."""
    return Card(
        "Thank you. Your request is saved",
        f"You asked to join {group.name}. {DECIDED[reach]}",
        buttons=(Button("Choose support to take part", "support.ask"),),
        note=STANDING_LINE,
    )


def under_16() -> Card:
    """Nobody under 16 is enrolled: a person gets in touch."""
    return Card(
        "Thank you for asking",
        "This group is for people aged 16 or over. I have told a coordinator your name, "
        "so that a person can get in touch. I have not kept your other answers.",
        note='Nobody reads messages here straight away. Reply "help now" to see who to call.',
    )


def under_16_asked(group: Group, name: str, *, in_chat: str) -> Card:
    """To the coordinators: somebody to call. Their names are all that is needed."""
    who = f"{name} (in chat: {in_chat})" if in_chat not in ("", name) else name
    return Card(
        "Somebody would like you to get in touch",
        f"{who} asked about {group.name} and is under 16. They are not a member. Please get in touch with them.",
    )


def rules_needed() -> Card:
    """The ground rules were not agreed to."""
    return Card(
        "Ground rules",
        "You can ask to join when you agree to these rules. Nothing is sent yet. "
        "You can ask a coordinator about them first.",
    )


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
    facts: list[tuple[str, str]] = []
    buttons: list[Button] = []
    for number, place in enumerate(shown):
        name = place.person.name
        # The lines and the buttons of one name are numbered alike.
        same = sum(other.person.name == name for other in shown[: number + 1])
        which = f" ({same})" if same > 1 else ""
        said = f"{place.group.name}. They said: {words.get(place.connection, place.connection)}."
        facts.append((f"{name}{which}", said))
        buttons.append(Button(fit("Approve ", name, which), "joining.approve", str(place.id), "primary"))
        buttons.append(Button(fit("Decline ", name, which), "joining.decline", str(place.id)))
    more = len(waiting) - len(shown)
    return Card(
        "Requests to join",
        f"Waiting: {len(waiting)}.",
        tuple(facts),
        distinct(buttons),
        note=f"{more} more will show when you have answered these." if more else "",
    )


def decline_form(place: Membership, reach: Reach) -> Form:
    """Why the request is declined, in words the person will read or be told."""
    told = telling(place.person.name, reach, chat="They will read this.")
    return Form(
        "joining.decline",
        "Decline a request",
        (
            Field(
                "reason",
                f"What would you like to say to {place.person.name}?",
                "text",
                hint=f"{told} Please be kind, and say what else they can do.",
                longest=1000,
            ),
        ),
        value=str(place.id),
        submit="Decline",
    )


def decided(place: Membership, reach: Reach, *, approved: bool) -> Card:
    """To the coordinator, in the place of the list."""
    name = place.person.name
    chat = "I am telling them." if approved else "I am telling them. They can read your reason."
    wrote = "" if approved or reach == "chat" else f"\n\nYou wrote: {place.decline_reason}"
    kept = " The call list does not show your words." if wrote and reach == "call" else ""
    return Card(
        f"{name}: {'approved' if approved else 'declined'}",
        f"{name} {'is now a member of' if approved else 'is not a member of'} {place.group.name}. "
        f"{telling(name, reach, chat=chat)}{kept}{wrote}",
        buttons=(Button("Show requests", "joining.requests"), *calls(reach)),
    )


def welcome(group: Group) -> Card:
    """To somebody who was approved."""
    return Card(
        f"Welcome to {group.name}",
        "A coordinator has said yes. You will hear about meetings.",
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
        "That answer is not here any more",
        "Your request to join has changed.",
        buttons=(Button("Show my groups", "joining.mine"),),
    )


def request_gone() -> Card:
    """The request was answered or taken back."""
    return Card(
        "That request is not waiting any more",
        "It was answered, or the person changed their mind. Nothing has changed.",
        buttons=(Button("Show requests", "joining.requests"),),
    )


def sure_to_leave(place: Membership) -> Card:
    """Ask before leaving, and offer a pause to whoever has none."""
    group, paused = place.group, place.state == "paused"
    pause = "\n\nYou can also pause all your groups. Then I write nothing about them until you come back."
    return Card(
        f"Leave {group.name}?",
        f"You do not need to give a reason.{'' if paused else pause}",
        buttons=(
            Button("Yes, leave the group", "joining.leave", str(group.id), "danger"),
            *([] if paused else [Button("Pause all my groups instead", "pausing.pause")]),
            Button("No, stay in the group", "joining.stay", str(group.id)),
        ),
    )


def sure_to_take_back(group: Group) -> Card:
    """Ask before a request to join is taken back."""
    return Card(
        "Take back your request?",
        f"You asked to join {group.name}. You do not need to give a reason.",
        buttons=(
            Button("Yes, take back my request", "joining.leave", str(group.id), "danger"),
            Button("No, keep my request", "joining.stay", str(group.id)),
        ),
    )


def last_coordinator(group: Group) -> Card:
    """A group is never left without a coordinator."""
    return Card(
        f"You are the only coordinator of {group.name}",
        "Please ask an administrator to name another coordinator first. Nothing has changed.",
    )


def left(group: Group, *, last: bool) -> Card:
    """The person left. ``last``: they are in no other group and ask to join none."""
    return Card(
        f"You have left {group.name}",
        "Thank you for what you gave to the group. I will not write to you about it again, "
        "except about feedback you gave.\n\n"
        "Your feedback stays with the group." + _needs(last=last),
        buttons=_GONE,
    )


def taken_back(group: Group, *, last: bool) -> Card:
    """The request to join is taken back. ``last``: as above."""
    return Card(
        "Your request is taken back",
        f"You no longer ask to join {group.name}. You can ask again at any time." + _needs(last=last),
        buttons=_GONE,
    )


def _needs(*, last: bool) -> str:
    return " What you need to take part is deleted after 30 days." if last else ""


_GONE = Button("Delete my data now", "privacy.delete"), Button("Show all groups", "joining.groups")


def stayed(place: Membership) -> Card:
    """Nothing changed."""
    group = place.group.name
    if place.state == "interested":
        return Card("Nothing has changed", f"Your request to join {group} still waits.")
    return Card("Nothing has changed", f"You are still a member of {group}.")
