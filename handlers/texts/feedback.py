"""The words of feedback: sending it, following it, answering it."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.calendar import to_local
from handlers.chat import Button, Card, Field, Form, Option
from handlers.texts.dates import count, day
from handlers.texts.labels import distinct, fit
from handlers.texts.signposts import STANDING_LINE
from storage.feedback import Comment
from storage.groups import Group
from storage.people import Person

QUESTION = "feedback.pass_on"
"""The question whether something that was simply said is to be passed on."""

PER_PAGE = 5

_WHOLE = Option("0", "About the service as a whole")
_MINE = Button("Show my feedback", "feedback.mine")
_WRITE = Button("Give feedback", "feedback.write")
_COMMENTS = Button("Show comments", "feedback.comments")


def form(groups: Sequence[Group]) -> Form:
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
        intro="A coordinator will read it, with your name. Good things matter as much as bad ones.",
    )


def held() -> Card:
    """Something was said that is none of our words. It is safe, and nobody has read it."""
    return Card(
        "Thank you for writing",
        "I am a computer program. I have kept what you wrote for 24 hours, and nobody has read it.",
        note=STANDING_LINE,
    )


def pass_on(text: str) -> Form:
    """Whether to pass on what was said."""
    return Form(
        QUESTION,
        "Pass this on?",
        (
            Field(
                "wanted",
                "Shall I pass this on?",
                "yes_no",
                hint="On yes, a coordinator reads it with your name. On no, I delete it.",
            ),
        ),
        value=text,
        intro=f"You wrote: {_short(text, 200)}",
    )


def let_go() -> Card:
    """It was not to be passed on."""
    return Card("I have deleted it", "Nobody has read it.", buttons=(_WRITE, Button("See what I can do", "help.show")))


def saved(comment: Comment, choices: Sequence[Group] = ()) -> Card:
    """The receipt: a number, an owner and what happens next. ``choices``: the groups it may be about."""
    reader = f"{comment.owner.name if comment.owner else 'A coordinator'} will read it"
    about = f"It is about {comment.group.name}. " if comment.group else ""
    ask = "\n\nIs it about one of your groups? Please choose one, or leave it as it is." if choices else ""
    return Card(
        f"Saved as {named(comment)}",
        f"{about}{reader}. I will tell you here what came of it.{ask}\n\nYou wrote: {_short(comment.text or '', 1500)}",
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
    return Card(
        "Your feedback",
        f"You have sent {count(len(comments), 'comment', 'comments')}, the newest first.",
        tuple((named(one), f"{_state(one)} {_short(one.text or '', 200)}".strip()) for one in shown),
        (*buttons, *_more(len(comments), skip, "feedback.mine", ""), _WRITE),
    )


def status(comment: Comment, zone: str) -> Card:
    """What came of one comment, to its author."""
    facts = [("Sent on", _day(comment, zone)), ("Where it stands", _state(comment))]
    if comment.group:
        facts.append(("About", comment.group.name))
    if comment.owner and comment.state == "open":
        facts.append(("Who looks after it", comment.owner.name))
    if comment.outcome:
        facts.append(("What happened", comment.outcome))
    if comment.text:
        facts.append(("You wrote", _short(comment.text, 1500)))
    back = Button(f"Take back {named(comment)}", "feedback.taking_back", str(comment.number))
    return Card(
        named(comment), "", tuple(facts), (_MINE, _WRITE) if comment.state == "withdrawn" else (_MINE, _WRITE, back)
    )


def sure_to_take_back(comment: Comment) -> Card:
    """Ask before the words go."""
    return Card(
        f"Take back {named(comment)}?",
        "I delete its words, also for the coordinators. You do not need to say why. Somebody may have read it already.",
        buttons=(
            Button(f"Yes, take back {named(comment)}", "feedback.take_back", str(comment.number), "danger"),
            Button(f"No, keep {named(comment)}", "feedback.status", str(comment.number)),
        ),
    )


def taken_back(comment: Comment) -> Card:
    """The words are gone."""
    return Card(f"You took back {named(comment)}", "Its words are deleted.", buttons=(_MINE, _WRITE))


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
        label = "Say what happened" if state == "open" else "Change what happened"
        buttons.append(Button(f"{label}: {named(one)}", "feedback.outcome", str(one.number)))
        if one.owner_id != reader.id:
            buttons.append(Button(f"Take over {named(one)}", "feedback.take_over", str(one.number)))
    return Card(
        "Comments",
        f"{'Waiting' if state == 'open' else 'Answered'}: {len(waiting)}.",
        tuple((f"{named(one)}, {_author(one)}", _told(one, zone)) for one in shown),
        (*buttons, *_more(len(waiting), skip, "feedback.comments", f"{state} "), other),
        note="Please tell each person what came of it, also when the answer is: not now, because.",
    )


def _told(comment: Comment, zone: str) -> str:
    lines = [f"{_day(comment, zone)}. {comment.group.name if comment.group else 'The service as a whole'}."]
    lines.append(_short(comment.text or "", 1200))
    if comment.owner:
        lines.append(f"Owner: {comment.owner.name}.")
    if comment.outcome:
        lines.append(f"What happened: {_short(comment.outcome, 600)}")
    return "\n".join(lines)


def _author(comment: Comment) -> str:
    name = comment.author.name if comment.author else "no name"
    return f"{name}, written down on their behalf by {comment.by.name}" if comment.by else name


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
        intro=f"{named(comment)}: {_short(comment.text or '', 500)}",
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
        f"{told}\n\nYou wrote: {_short(comment.outcome or '', 1500)}",
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


def not_found() -> Card:
    """There is no such comment, or it is somebody else's: the two look the same."""
    return Card("I cannot find that comment", "Please check its number. It looks like F-27.", buttons=(_MINE, _WRITE))


def closed(comment: Comment) -> Card:
    """Nothing can be done with it any more."""
    state = "was taken back" if comment.state == "withdrawn" else "cannot be changed like that"
    return Card(f"{named(comment)} {state}", "Nothing has changed.", buttons=(_MINE,))


def not_for_you() -> Card:
    """The list is for coordinators and administrators."""
    return Card("This is for coordinators", "You can see your own feedback here.", buttons=(_MINE,))


def named(comment: Comment) -> str:
    """``F-27``."""
    return f"F-{comment.number}"


def _state(comment: Comment) -> str:
    return {"open": "Waiting for an answer.", "answered": "Answered.", "withdrawn": "You took it back."}[comment.state]


def _day(comment: Comment, zone: str) -> str:
    return day(to_local(comment.created_at, zone).date())


def _more(of: int, skip: int, action: str, before: str) -> tuple[Button, ...]:
    return (Button("Show more", action, f"{before}{skip + PER_PAGE}"),) if of > skip + PER_PAGE else ()


def _short(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "\u2026"
