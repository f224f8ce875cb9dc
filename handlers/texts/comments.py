"""The words of answering feedback."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.chat import Button, Card, Field, Form
from handlers.pages import page
from handlers.texts.feedback import PER_PAGE, named, sent_on
from handlers.texts.signposts import STANDING_LINE
from handlers.texts.surfaces import shortened
from handlers.texts.telling import telling
from storage.feedback import Comment
from storage.people import Person, Reach

_SHOWN = 300
"""Characters of a comment that stand in the list."""

_COMMENTS = Button("Show comments", "feedback.comments")


def comments(waiting: Sequence[Comment], zone: str, *, state: str, after: str) -> Card:
    """The comments a coordinator can answer, or has answered, a few from the one after the place `after` on."""
    other = (
        Button("Show answered comments", "feedback.comments", "answered")
        if state == "open"
        else Button("Show comments that wait", "feedback.comments", "open")
    )
    if not waiting:
        return Card(
            "Comments", "No comments are waiting." if state == "open" else "None is answered yet.", buttons=(other,)
        )
    now = page(waiting, lambda one: (one.number,), after=after, most=PER_PAGE)
    buttons = [Button(f"Open {named(one)}", "feedback.read", str(one.number)) for one in now.shown]
    if now.left:
        buttons.append(Button(f"Show more comments ({now.left})", "feedback.comments", f"{state} {now.last}"))
    elif not now.at_start:
        buttons.append(Button("Show comments from the start", "feedback.comments", state))
    return Card(
        "Comments",
        f"{'Waiting' if state == 'open' else 'Answered'}: {len(waiting)}.",
        tuple((f"{named(one)}, {_author(one)}", _told(one, zone)) for one in now.shown),
        (*buttons, other),
        note="Please tell each person what came of it." if state == "open" else "",
    )


def _told(comment: Comment, zone: str) -> str:
    lines = [f"{sent_on(comment, zone)}. {_about(comment)}."]
    lines.append(shortened(comment.text or "", _SHOWN))
    if comment.owner:
        lines.append(f"Owner: {comment.owner.name}.")
    if comment.outcome:
        lines.append(f"What happened: {shortened(comment.outcome, _SHOWN)}")
    return "\n".join(lines)


def _about(comment: Comment) -> str:
    return comment.group.name if comment.group else "The service as a whole"


def _author(comment: Comment) -> str:
    name = comment.author.name if comment.author else "no name"
    return f"{name}, written down on their behalf by {comment.by.name}" if comment.by else name


def whole(comment: Comment, reader: Person, zone: str) -> Card:
    """One comment with all its words, to somebody who can answer it."""
    facts = [("Sent on", sent_on(comment, zone)), ("About", _about(comment))]
    if comment.owner:
        facts.append(("Owner", comment.owner.name))
    if comment.outcome:
        facts.append(("What happened", comment.outcome))
    buttons = [_answer(comment)]
    if comment.state == "open" and comment.owner_id != reader.id:
        buttons.append(Button(f"Take over {named(comment)}", "feedback.take_over", str(comment.number)))
    return Card(f"{named(comment)}, {_author(comment)}", comment.text or "", tuple(facts), (*buttons, _COMMENTS))


def _answer(comment: Comment) -> Button:
    label = "Say what happened" if comment.state == "open" else "Change what happened"
    return Button(f"{label}: {named(comment)}", "feedback.outcome", str(comment.number))


def outcome_form(comment: Comment, reach: Reach) -> Form:
    """What came of it, in words the author will read or be told. ``reach``: how news reaches the author."""
    told = _heard(comment, reach, chat="{name} will read this.")
    return Form(
        "feedback.outcome",
        "Say what happened",
        (
            Field(
                "outcome",
                f"What came of {named(comment)}?",
                "text",
                hint=f'{told} If the answer is "not now", please say why.',
                initial=comment.outcome or "",
                longest=2000,
            ),
        ),
        value=str(comment.number),
        intro=f"{named(comment)}: {shortened(comment.text or '', 500)}",
        submit="Save and tell them" if comment.author and reach == "chat" else "Save",
    )


def _heard(comment: Comment, reach: Reach, *, chat: str) -> str:
    author = _told_of(comment)
    return telling(author.name, reach, chat=chat.format(name=author.name)) if author else "There is nobody to tell."


def _told_of(comment: Comment) -> Person | None:
    """The author, if there still is one who may be told."""
    return comment.author if comment.author and comment.author.silenced_at is None else None


def outcome_kept(comment: Comment, reach: Reach) -> Card:
    """To whoever answered."""
    heard = _heard(comment, reach, chat="I am telling {name} that there is news.")
    return Card(
        f"{named(comment)} is answered",
        f"{heard}\n\nYou wrote: {shortened(comment.outcome or '', 1500)}",
        buttons=(_COMMENTS,),
        note=STANDING_LINE,
    )


def taken_over(comment: Comment) -> Card:
    """The reader owns it now."""
    author = _told_of(comment)
    sees = author if author and author.account_id is not None and comment.state == "open" else None
    seen = f"{sees.name} can see your name when they look at {named(comment)}." if sees else ""
    return Card(f"You now look after {named(comment)}", seen, buttons=(_answer(comment), _COMMENTS))


def news(comment: Comment) -> Card:
    """To the author, unasked: what happened waits behind the button."""
    return Card(
        f"There is news about your feedback {named(comment)}",
        "Somebody has answered it.",
        buttons=(Button("Read what happened", "feedback.status", str(comment.number), "primary"),),
    )


def taken_back(comment: Comment) -> Card:
    """Somebody wants to answer what its author took back."""
    return Card(
        f"{named(comment)} was taken back",
        "The person who sent it took it back. There is nothing to answer.",
        buttons=(_COMMENTS,),
    )


def not_found() -> Card:
    """There is no such comment, or it is not for the reader to answer: the two look the same."""
    return Card("I cannot find that comment", "It may belong to another group now.", buttons=(_COMMENTS,))


def not_for_you() -> Card:
    """The list is for coordinators and administrators."""
    return Card(
        "This is for coordinators",
        "You can see your own feedback here.",
        buttons=(Button("Show my feedback", "feedback.mine"),),
    )
