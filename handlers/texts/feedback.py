"""The words of feedback: sending it, following it, answering it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from handlers.calendar import to_local
from handlers.chat import Button, Card, Field, Form, Option
from handlers.texts.dates import count, day
from handlers.texts.labels import distinct, fit
from handlers.texts.signposts import STANDING_LINE
from handlers.texts.surfaces import shortened
from storage.feedback import Comment
from storage.groups import Group
from storage.people import Reach

QUESTION = "feedback.pass_on"
"""The question whether something that was simply said is to be passed on."""

PER_PAGE = 5

_WHOLE = Option("0", "The service as a whole")
_MINE = Button("Show my feedback", "feedback.mine")
_WRITE = Button("Give feedback", "feedback.write")


Readers = Literal["a coordinator", "an administrator", "a coordinator or an administrator"]
"""Who reads what somebody sends."""


def form(groups: Sequence[Group], readers: Readers) -> Form:
    """What somebody thinks, and about which of their groups."""
    said = Field("text", "What would you like to say?", "text", longest=2000)
    about = Field(
        "group",
        "What is it about?",
        "choice",
        (*(Option(str(group.id), fit("", group.name)) for group in groups), _WHOLE),
    )
    return Form(
        "feedback.write",
        "Give feedback",
        (about, said) if len(groups) > 1 else (said,),
        intro=f"{readers.capitalize()} will read it, with your name. Good things matter as much as bad ones.",
    )


def held() -> Card:
    """Something was said that is none of our words. It is safe, and nobody has read it."""
    return Card(
        "Thank you for writing",
        "I am a computer program. Nobody has read what you wrote.\n\n"
        "Please answer below. I keep it for 24 hours at most.",
        note=STANDING_LINE,
    )


def answer_first() -> str:
    """Another form is to be opened, and would take the place of this question."""
    return "Please answer this first. Then ask me again for what you wanted."


def pass_on(text: str, readers: Readers) -> Form:
    """Whether to pass on what was said."""
    return Form(
        QUESTION,
        "Your message",
        (
            Field(
                "wanted",
                "Shall I pass this on?",
                "yes_no",
                hint=f"If you say yes, {readers} reads it with your name. If you say no or leave, I delete it.",
            ),
        ),
        value=text,
        intro=f"You wrote: {shortened(text, 200)}",
    )


def reported(text: str) -> str:
    """Somebody else's words, as the person who passes them on tells of them. Nobody learns whose they are."""
    return f"I report what somebody else wrote:\n\n{text}"


def nothing_to_pass_on() -> Card:
    """A message without words: a picture, a file."""
    return Card("There are no words in that message", "I can pass on words only.", buttons=(_WRITE,))


def let_go() -> Card:
    """It was not to be passed on."""
    return Card(
        "I have deleted it",
        "Nobody has read it. Your own message stays in this chat.",
        buttons=(_WRITE, Button("See what I can do", "help.show")),
    )


_WHAT_CAME: Mapping[Reach, str] = {
    "chat": "I will tell you here what came of it.",
    "call": "Somebody will tell you what came of it.",
    "stopped": 'Reply "my feedback" to see what came of it.',
}


def saved(comment: Comment, reach: Reach, choices: Sequence[Group] = ()) -> Card:
    """The receipt: a number, an owner and what happens next.

    ``reach``: how news about it reaches its author. ``choices``: the groups it may be about.
    """
    owner, somebody = comment.owner, "A coordinator" if comment.group else "An administrator"
    reader = f"{owner.name if owner else somebody} will read it"
    if owner and not owner.admin and not comment.group:
        reader += ". Administrators can read it too"
    about = f"It is about {comment.group.name}. " if comment.group else ""
    ask = "\n\nIs it about one of your groups? Please choose one, or leave it as it is." if choices else ""
    return Card(
        f"Saved as {named(comment)}",
        f"{about}{reader}. {_WHAT_CAME[reach]}{ask}\n\nYou wrote: {shortened(comment.text or '', 1500)}",
        buttons=(
            *distinct(
                Button(fit("It is about ", group.name), "feedback.about", f"{comment.number} {group.id}")
                for group in choices[:10]
            ),
            _MINE,
            Button(f"Take back {named(comment)}", "feedback.taking_back", str(comment.number)),
        ),
        note=STANDING_LINE,
    )


def waits() -> Card:
    """To coordinators: no content and no name."""
    return Card(
        "A new comment waits",
        "Somebody sent feedback. Please read it when you can.",
        buttons=(Button("Show comments", "feedback.comments", "", "primary"),),
    )


def mine(comments: Sequence[Comment], skip: int) -> Card:
    """What the reader sent."""
    if not comments:
        return Card(
            "You have not sent feedback yet",
            'You can write "feedback" and then what you think.',
            buttons=(_WRITE,),
        )
    shown = comments[skip : skip + PER_PAGE]
    buttons = [Button(f"See what came of {named(one)}", "feedback.status", str(one.number)) for one in shown]
    left = len(comments) - skip - PER_PAGE
    more = (Button(f"Show more feedback ({left})", "feedback.mine", str(skip + PER_PAGE)),) if left > 0 else ()
    return Card(
        "Your feedback",
        f"You have sent {count(len(comments), 'comment', 'comments')}."
        + (" The newest stands first." if len(comments) > 1 else ""),
        tuple((named(one), f"{standing(one)} {shortened(one.text or '', 200)}".strip()) for one in shown),
        (*buttons, *more, _WRITE),
    )


def status(comment: Comment, zone: str) -> Card:
    """What came of one comment, to its author."""
    facts = [("Sent on", sent_on(comment, zone)), ("Where it stands", standing(comment))]
    if comment.group:
        facts.append(("About", comment.group.name))
    if comment.owner and comment.state == "open":
        facts.append(("Who looks after it", comment.owner.name))
    if comment.outcome:
        facts.append(("What happened", comment.outcome))
    if comment.text:
        facts.append(("You wrote", comment.text))
    back = Button(f"Take back {named(comment)}", "feedback.taking_back", str(comment.number))
    return Card(
        f"Your feedback {named(comment)}",
        "",
        tuple(facts),
        (_MINE, _WRITE) if comment.state == "withdrawn" else (_MINE, _WRITE, back),
    )


def sure_to_take_back(comment: Comment) -> Card:
    """Ask before the words go."""
    return Card(
        f"Take back {named(comment)}?",
        "I delete its words and any answer to it, also for the coordinators. You do not need to say why.\n\n"
        "Somebody may have read it already. The messages in this chat stay.",
        buttons=(
            Button(f"Yes, take back {named(comment)}", "feedback.take_back", str(comment.number), "danger"),
            Button(f"No, keep {named(comment)}", "feedback.status", str(comment.number)),
        ),
    )


def taken_back(comment: Comment) -> Card:
    """The words are gone."""
    return Card(
        f"You took back {named(comment)}",
        "Its words and any answer are deleted. The messages in this chat stay.",
        buttons=(_MINE, _WRITE),
    )


def not_found() -> Card:
    """There is no such comment, or it is somebody else's: the two look the same."""
    return Card("I cannot find that comment", "Please check its number. It looks like F-27.", buttons=(_MINE, _WRITE))


def closed(comment: Comment) -> Card:
    """Nothing can be done with it any more."""
    if comment.state == "withdrawn":
        return Card(f"You took back {named(comment)} before", "Nothing has changed.", buttons=(_MINE, _WRITE))
    return Card(
        f"{named(comment)} stays as it is",
        "It is answered already, or you are not in that group any more. You can give new feedback.",
        buttons=(_MINE, _WRITE),
    )


def named(comment: Comment) -> str:
    """``F-27``."""
    return f"F-{comment.number}"


def standing(comment: Comment) -> str:
    """Where it stands, in a sentence, to its author."""
    return {"open": "Waiting for an answer.", "answered": "Answered.", "withdrawn": "You took it back."}[comment.state]


def sent_on(comment: Comment, zone: str) -> str:
    """The day it was sent. ``zone``: the organisation's."""
    return day(to_local(comment.created_at, zone).date())
