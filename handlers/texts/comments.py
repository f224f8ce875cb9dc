"""The words of answering feedback."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.chat import Button, Card, Field, Form
from handlers.texts.feedback import PER_PAGE, more, named, sent_on, short
from handlers.texts.signposts import STANDING_LINE
from storage.feedback import Comment
from storage.people import Person

_SHOWN = 1200
"""Characters of a comment that stand in the list."""

_COMMENTS = Button("Show comments", "feedback.comments")


def comments(waiting: Sequence[Comment], reader: Person, zone: str, *, state: str, skip: int) -> Card:
    """The comments a coordinator can answer, or has answered, a few at a time."""
    other = (
        Button("Show answered comments", "feedback.comments", "answered 0")
        if state == "open"
        else Button("Show comments that wait", "feedback.comments", "open 0")
    )
    if not waiting:
        return Card(
            "Comments", "No comments are waiting." if state == "open" else "None is answered yet.", buttons=(other,)
        )
    shown = waiting[skip : skip + PER_PAGE]
    buttons: list[Button] = []
    for one in shown:
        if len(one.text or "") > _SHOWN:
            buttons.append(Button(f"Read all of {named(one)}", "feedback.read", str(one.number)))
        label = "Say what happened" if state == "open" else "Change what happened"
        buttons.append(Button(f"{label}: {named(one)}", "feedback.outcome", str(one.number)))
        if one.owner_id != reader.id:
            buttons.append(Button(f"Take over {named(one)}", "feedback.take_over", str(one.number)))
    return Card(
        "Comments",
        f"{'Waiting' if state == 'open' else 'Answered'}: {len(waiting)}.",
        tuple((f"{named(one)}, {_author(one)}", _told(one, zone)) for one in shown),
        (*buttons, *more(len(waiting), skip, "feedback.comments", f"{state} "), other),
        note="Please tell each person what came of it, also when the answer is: not now, because.",
    )


def _told(comment: Comment, zone: str) -> str:
    lines = [f"{sent_on(comment, zone)}. {comment.group.name if comment.group else 'The service as a whole'}."]
    lines.append(short(comment.text or "", _SHOWN))
    if comment.owner:
        lines.append(f"Owner: {comment.owner.name}.")
    if comment.outcome:
        lines.append(f"What happened: {short(comment.outcome, 600)}")
    return "\n".join(lines)


def _author(comment: Comment) -> str:
    name = comment.author.name if comment.author else "no name"
    return f"{name}, written down on their behalf by {comment.by.name}" if comment.by else name


def whole(comment: Comment, zone: str) -> Card:
    """One comment with all its words, to somebody who can answer it."""
    return Card(
        f"{named(comment)}, {_author(comment)}",
        comment.text or "",
        (("Sent on", sent_on(comment, zone)),),
        (Button(f"Say what happened: {named(comment)}", "feedback.outcome", str(comment.number)), _COMMENTS),
    )


def outcome_form(comment: Comment) -> Form:
    """What came of it, in words the author will read."""
    return Form(
        "feedback.outcome",
        "Say what happened",
        (
            Field(
                "outcome",
                f"What came of {named(comment)}?",
                "text",
                hint="The person who sent it will read this. If it is not now, please say why.",
                initial=comment.outcome or "",
                longest=2000,
            ),
        ),
        value=str(comment.number),
        intro=f"{named(comment)}: {short(comment.text or '', 500)}",
        submit="Save and tell them",
    )


def outcome_kept(comment: Comment) -> Card:
    """To whoever answered."""
    if comment.author is None:
        told = "There is nobody to tell."
    elif comment.author.account_id is None or comment.author.reach_by == "call":
        told = f"Please tell {comment.author.name}: they stand on the call list."
    else:
        told = f"I am telling {comment.author.name} that there is news."
    return Card(
        f"{named(comment)} is answered",
        f"{told}\n\nYou wrote: {short(comment.outcome or '', 1500)}",
        buttons=(_COMMENTS,),
        note=STANDING_LINE,
    )


def taken_over(comment: Comment) -> Card:
    """The reader owns it now."""
    return Card(
        f"You now look after {named(comment)}",
        "The person who sent it can see your name there.",
        buttons=(Button(f"Say what happened: {named(comment)}", "feedback.outcome", str(comment.number)), _COMMENTS),
    )


def news(comment: Comment) -> Card:
    """To the author, unasked: what happened waits behind the button."""
    return Card(
        f"There is news about {named(comment)}",
        "Somebody has looked into it.",
        buttons=(Button("Read what happened", "feedback.status", str(comment.number), "primary"),),
    )


def not_for_you() -> Card:
    """The list is for coordinators and administrators."""
    return Card(
        "This is for coordinators",
        "You can see your own feedback here.",
        buttons=(Button("Show my feedback", "feedback.mine"),),
    )
