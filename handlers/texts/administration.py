"""The words of administration: groups and who coordinates them."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.chat import Button, Card, Field, Form
from handlers.texts.dates import joined
from handlers.texts.labels import distinct, fit
from handlers.texts.signposts import STANDING_LINE
from handlers.texts.telling import telling
from storage.groups import Group, Membership
from storage.people import Person, Reach

_PER_PAGE = 8

_NEW_GROUP = Button("Set up a group", "administration.new_group")
_GROUPS = Button("Show the coordinators of all groups", "administration.coordinators")


def group_form() -> Form:
    """What people need to know of a group before they join."""
    return Form(
        "administration.new_group",
        "Set up a group",
        (
            Field("name", "What is the group called?", longest=150),
            Field("about", "What does the group do?", "text", longest=1000),
            Field("who_can_join", "Who can join?", required=False, longest=500),
            Field(
                "rhythm",
                "How often does it meet, and how?",
                required=False,
                hint="Such as: online, once a month.",
                longest=300,
            ),
            Field(
                "coordinator",
                "Who coordinates it?",
                required=False,
                hint="The name of somebody who has written to me. You can add them later.",
                longest=100,
            ),
        ),
        submit="Set up the group",
    )


def name_taken() -> Card:
    """There is one of that name."""
    return Card("Please choose another name", "That name is taken.", buttons=(_NEW_GROUP,))


def group_made(group: Group, coordinator: Person | None, reach: Reach) -> Card:
    """The receipt. ``reach``: how its first coordinator hears of it."""
    if coordinator:
        told = telling(coordinator.name, reach, chat=f"I am telling {coordinator.name}.")
        text = f"People can see it and ask to join. {told}"
    else:
        text = "People can see it. Please add a coordinator, so that somebody answers them."
    return Card(
        "The group is set up",
        text,
        (
            ("Name", group.name),
            ("What it does", group.about),
            ("Who can join", group.who_can_join or "Not said"),
            ("How often", group.rhythm or "Not said"),
            ("Coordinator", coordinator.name if coordinator else "Nobody yet"),
        ),
        (Button(fit("Coordinators of ", group.name), "administration.group", str(group.id)), _NEW_GROUP),
        note=STANDING_LINE,
    )


def choose_group(groups: Sequence[tuple[Group, Sequence[Person]]], *, skip: int) -> Card:
    """The groups with their coordinators, a few at a time."""
    if not groups:
        return Card("Coordinators", "There are no groups yet.", buttons=(_NEW_GROUP,))
    shown = groups[skip : skip + _PER_PAGE]
    buttons = list(
        distinct(
            Button(fit("Coordinators of ", group.name), "administration.group", str(group.id)) for group, _ in shown
        )
    )
    if len(groups) > skip + _PER_PAGE:
        buttons.append(Button("Show more groups", "administration.coordinators", str(skip + _PER_PAGE)))
    return Card(
        "Coordinators",
        "Please choose a group.",
        tuple((group.name, _names(who)) for group, who in shown),
        tuple(buttons),
    )


def _names(people: Sequence[Person]) -> str:
    return joined([one.name for one in people]) or "Nobody yet"


_TELLING = "I am telling them."


def coordinators(
    group: Group,
    current: Sequence[Person],
    *,
    added: Person | None = None,
    removed: Person | None = None,
    reach: Reach = "chat",
) -> Card:
    """Who coordinates the group now. ``added`` and ``removed``: what just changed, of which they hear by ``reach``."""
    title, text = "Coordinators", ""
    if added:
        title, text = f"{added.name} is now a coordinator", f"{telling(added.name, reach, chat=_TELLING)} "
    if removed:
        title = f"{removed.name} is no longer a coordinator"
        text = f"They are still a member. {telling(removed.name, reach, chat=_TELLING)} "
    return Card(
        title,
        f"{text}Coordinators see requests, answers, support and feedback.",
        ((group.name, _names(current)),),
        (
            *distinct(
                Button(fit("Remove ", one.name), "administration.remove", f"{group.id} {one.id}")
                for one in current[:10]
            ),
            *([_undo(group, removed)] if removed and removed.account_id is not None else []),
            Button("Add a coordinator", "administration.add", str(group.id)),
            _GROUPS,
        ),
    )


def _undo(group: Group, person: Person) -> Button:
    return Button(
        fit("Undo: ", person.name, " stays a coordinator"), "administration.appoint", f"{group.id} {person.id}"
    )


def add_form(group: Group) -> Form:
    """The new coordinator's name."""
    return Form(
        "administration.add",
        "Add a coordinator",
        (Field("name", "What is their name?", hint="They must have written to me once.", longest=100),),
        value=str(group.id),
        intro=f"Group: {group.name}. "
        "The new coordinator will see who needs what support, and all feedback about the group.",
        submit="Add",
    )


def nobody(name: str) -> Card:
    """Nobody of that name writes here, or may be written to."""
    return Card(
        fit("I cannot add ", name or "this person", longest=150),
        'I can add only people who write to me here. Is this person new? They must write "help" to me first.',
        buttons=(_GROUPS,),
    )


def several(name: str) -> Card:
    """More than one person has that name."""
    return Card(
        "Please add the coordinator later",
        f"I know more than one {name}. "
        "Please leave out this question, and choose the person after the group is set up.",
    )


def which(group: Group, people: Sequence[tuple[Person, Sequence[Membership]]]) -> Card:
    """Several people fit the name; their groups tell them apart."""
    shown = people[:10]
    buttons = distinct(
        Button(fit("Add ", one.name), "administration.appoint", f"{group.id} {one.id}") for one, _ in shown
    )
    return Card(
        "Who do you mean?",
        f"I know more than one person of that name. Please choose who is to coordinate {group.name}.",
        tuple(
            (button.label.removeprefix("Add "), joined([place.group.name for place in places]) or "In no group")
            for button, (_, places) in zip(buttons, shown, strict=True)
        ),
        buttons,
    )


def last_one(group: Group, person: Person) -> Card:
    """The group would be left without anybody."""
    return Card(
        "Please add another coordinator first",
        f"{person.name} is the only coordinator of {group.name}. Nothing has changed.",
        buttons=(Button("Add a coordinator", "administration.add", str(group.id)), _GROUPS),
    )


def no_coordinator(group: Group, person: Person) -> Card:
    """The person does not coordinate the group any more."""
    return Card(
        "Nothing has changed",
        f"{person.name} does not coordinate {group.name}.",
        buttons=(Button(fit("Coordinators of ", group.name), "administration.group", str(group.id)),),
    )


def appointed_you(group: Group) -> Card:
    """To the new coordinator."""
    return Card(
        "You are now a coordinator",
        f"An administrator asked you to coordinate {group.name}. I will tell you when something waits for you.",
        buttons=(Button("See what I can do", "help.show", "", "primary"),),
    )


def removed_you(group: Group) -> Card:
    """To somebody who was a coordinator."""
    return Card(
        "You are no longer a coordinator",
        f"An administrator changed who coordinates {group.name}. You are still a member of it.",
        buttons=(Button("Show my groups", "joining.mine"),),
    )
