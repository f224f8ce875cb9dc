"""What is said when a form is asked one question at a time, or an answer does not fit."""

from __future__ import annotations

from handlers.chat import Button, Card, Field, Form
from handlers.texts.labels import fit

ANSWER = "dialogue.answer"
LEAVE = "dialogue.leave"
LEAVE_LABEL = "Leave this form"
_KEPT = 60
"""Characters of an answer that can be kept by a button. A longer one has no room on it."""


def question(form: Form, field: Field, *, left: int, first: bool, mark: str = "", problem: str = "") -> Card:
    """One question. ``left`` counts this one; ``problem`` says why the last answer did not fit.

    ``mark`` tells this question from others, here and below: its buttons bear it.
    """
    parts = [problem] if problem else []
    if first and form.intro:
        parts.append(form.intro)
    parts.append(field.label if field.label.endswith(("?", ".")) else f"{field.label}:")
    if field.hint:
        parts.append(field.hint)
    if now := _chosen_now(field):
        parts.append(f"Chosen now: {now}.")
    pressed = field.kind == "choice" and len(field.options) <= 5
    if field.kind in ("choice", "choices") and not pressed:
        parts.append("\n".join(f"- {number}. {option.label}" for number, option in enumerate(field.options, 1)))
    buttons: tuple[Button, ...] = ()
    if field.kind == "yes_no":
        buttons = (Button("Yes", ANSWER, f"{mark} yes"), Button("No", ANSWER, f"{mark} no"))
    elif pressed:
        buttons = tuple(
            Button(fit(f"{number}. ", option.label), ANSWER, f"{mark} {option.label}")
            for number, option in enumerate(field.options, 1)
        )
    elif field.kind == "line" and isinstance(field.initial, str) and 0 < len(field.initial) <= _KEPT:
        buttons = (Button(f'Keep "{field.initial}"', ANSWER, f"{mark} {field.initial}"),)
    if not field.required:
        buttons += (Button("Skip this question", ANSWER, f"{mark} skip"),)
    buttons += (Button(LEAVE_LABEL, LEAVE, mark),)
    return Card(
        form.title,
        "\n\n".join(parts),
        buttons=buttons,
        note=f"{_how(field)} {_left(left, alone=first and left <= 1)}",
        numbered=pressed or field.kind == "yes_no",
    )


def _chosen_now(field: Field) -> str:
    options = {"yes": "yes", "no": "no"} if field.kind == "yes_no" else {one.value: one.label for one in field.options}
    return options.get(field.initial, "") if isinstance(field.initial, str) else ""


def _how(field: Field) -> str:
    how = {
        "choice": "Reply with a number or the words.",
        "choices": "Reply with one or more numbers, such as 1, 2.",
        "yes_no": "Reply with yes or no.",
        "line": "Reply in your own words.",
        "text": "Reply in your own words.",
    }[field.kind]
    return how if field.required else f'{how} Or reply "skip".'


def _left(left: int, *, alone: bool) -> str:
    leave = 'Reply "cancel" to leave the form.'
    if alone:
        return leave
    return f"{'This is the last question.' if left <= 1 else f'Questions left: {left}.'} {leave}"


def unsure(form: Form, text: str, *, fits: bool, mark: str = "", problem: str = "") -> Card:
    """An answer that is one of our words. ``fits``: it may also be meant as the answer."""
    please = f"{problem}\n\n" if problem else ""
    if fits:
        asked = (
            f'"{text}" is also something I can do for you. Is it your answer to the question?\n\n'
            "If you say no, I close the form and do not keep your answers."
        )
        buttons = (
            Button("Yes, it is my answer", ANSWER, f"{mark} yes"),
            Button("No, do that instead", ANSWER, f"{mark} no"),
        )
    else:
        asked = (
            f'"{text}" is not one of the answers. It is something else that I can do for you.\n\n'
            "Shall I close the form and do that? I do not keep your answers then."
        )
        buttons = (
            Button("Yes, do that instead", ANSWER, f"{mark} yes"),
            Button("No, go on with the form", ANSWER, f"{mark} no"),
        )
    return Card(form.title, please + asked, buttons=buttons, note="Reply with yes or no.")


def left_form() -> Card:
    """The form was left."""
    return Card("Form closed", "I have not kept your answers.", note='Reply "help" to see what you can do.')


def other_form_left() -> str:
    """A message is to be passed on, and a form stood open."""
    return "The form that was open is closed. I have not kept its answers."


def which_question() -> str:
    """A yes, a no or a number, and something else stood below the question."""
    return "I was not sure what your answer was for, so I have done nothing with it."


def closed() -> Card:
    """A button of a question that is not open any more."""
    return Card(
        "That question is closed",
        "You answered it or left it, or more than 24 hours have passed. Nothing has changed now.",
        note='Reply "help" to see what you can do.',
    )


def nothing_to_cancel() -> Card:
    """`cancel`, and no form is open."""
    return Card("Nothing to cancel", "No form is open.", note='Reply "help" to see what you can do.')


def yes_or_no() -> str:
    """Neither yes nor no."""
    return "Please answer yes or no."


def one_of(field: Field) -> str:
    """Not one of the options."""
    return f"Please choose one of the {len(field.options)} answers."


def some_of(field: Field) -> str:
    """Not among the options."""
    return f"Please choose from the {len(field.options)} answers, by number."


def missing(field: Field) -> str:
    """A required question without an answer."""
    return "Please choose an answer." if field.kind in ("choice", "choices", "yes_no") else "Please write an answer."


def too_long(longest: int) -> str:
    """A text over the limit."""
    return f"Please use at most {longest:,} characters. You can send more in a second message."
