"""Forms on the page: a form as questions to show, and what was filled in as answers."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from bot.sandbox.translate import Block, Malformed, Posted, blocks
from handlers.chat import Answer, Field, Form, Option
from handlers.texts.surfaces import YES_NO, optional

FOLDS_OVER = 15
"""A list with more options than this is folded by group."""


@dataclass(frozen=True)
class OpenForm:
    """A form that stands open in front of one person (a persona's key), as far as it is filled."""

    id: str
    who: str
    form: Form
    answers: Mapping[str, Answer] | None = None
    errors: Mapping[str, str] = dataclasses.field(default_factory=dict)
    tries: int = 0


@dataclass(frozen=True)
class Choice:
    """One option of a question as the page shows it."""

    id: str
    value: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class Group:
    """Options under one heading, which may be empty."""

    heading: str
    choices: tuple[Choice, ...]
    is_open: bool


@dataclass(frozen=True)
class Question:
    """One field as the page shows it.

    ``folded``: all of it is folded, as one of many lists; ``is_open`` tells whether it stands open.
    ``target`` is the id of its first input; ``described_by`` are the ids of its hint and error.
    """

    id: str
    name: str
    label: str
    kind: str
    hint: str
    error: str
    text: str
    groups: tuple[Group, ...]
    folds: bool
    folded: bool
    is_open: bool
    target: str
    described_by: str


@dataclass(frozen=True)
class FormView:
    """A form as the page shows it.

    ``state`` differs when there is something new to show. ``problems`` are pairs of words and the id of the input
    they are about, or empty.
    """

    id: str
    state: str
    title: str
    intro: tuple[Block, ...]
    questions: tuple[Question, ...]
    submit: str
    problems: tuple[tuple[str, str], ...]


def shown_fields(form: Form) -> Sequence[Field]:
    """The fields of a form that is shown whole."""
    return [field for field in form.fields if not field.narrows]


def read_answers(form: Form, posted: Posted) -> Mapping[str, Answer]:
    """What was filled in; fields left empty are absent. Raises `Malformed`."""
    answers: dict[str, Answer] = {}
    for field in shown_fields(form):
        values = tuple(value.strip() for value in posted.get(input_name(field), ()) if value.strip())
        if field.kind == "choices":
            if values:
                answers[field.name] = tuple(dict.fromkeys(values))
        elif len(values) > 1:
            raise Malformed("A question with one answer came with several.")
        elif values:
            answers[field.name] = values[0]
    return answers


def form_view(shown: OpenForm) -> FormView:
    """An open form as the page shows it."""
    questions = tuple(
        _question(field, place=f"q{place}", filled=shown.answers, error=shown.errors.get(field.name, ""))
        for place, field in enumerate(shown_fields(shown.form), start=1)
    )
    names = {question.name for question in questions}
    elsewhere = tuple((words, "") for name, words in shown.errors.items() if f"answer.{name}" not in names)
    return FormView(
        id=shown.id,
        state=f"{shown.id}-{shown.tries}",
        title=shown.form.title,
        intro=blocks(shown.form.intro),
        questions=questions,
        submit=shown.form.submit,
        problems=(*((_named(q), q.target) for q in questions if q.error), *elsewhere),
    )


def input_name(field: Field) -> str:
    """The name of a field's inputs, which cannot be taken for one of the page's own."""
    return f"answer.{field.name}"


def _named(question: Question) -> str:
    """The error in words that are clear away from the question."""
    return f"{question.label}{'' if question.label.endswith('?') else ':'} {question.error}"


def _options(field: Field) -> Sequence[Option]:
    return YES_NO if field.kind == "yes_no" else field.options


def _question(field: Field, *, place: str, filled: Mapping[str, Answer] | None, error: str) -> Question:
    answer = field.initial if filled is None else filled.get(field.name, "")
    chosen = {answer} if isinstance(answer, str) else set(answer)
    options = _options(field)
    # Of the lists that people who type choose from first, a page of all is too long to look through.
    folded = field.kind == "choices" and field.asked_if is not None
    folds = len(options) > FOLDS_OVER and any(option.group for option in options)
    choices = [
        (option.group, Choice(f"{place}-{number}", option.value, option.label, option.value in chosen))
        for number, option in enumerate(options, start=1)
    ]
    groups = [
        (heading, tuple(choice for _, choice in pairs)) for heading, pairs in groupby(choices, lambda pair: pair[0])
    ]
    described = [f"{place}-hint"] * bool(field.hint) + [f"{place}-error"] * bool(error)
    return Question(
        id=place,
        name=input_name(field),
        label=field.label if field.required or folded else optional(field.label),
        kind=field.kind,
        hint=field.hint,
        error=error,
        text=answer if isinstance(answer, str) else "",
        groups=tuple(
            Group(heading, members, bool(error) or any(choice.chosen for choice in members))
            for heading, members in groups
        ),
        folds=folds,
        folded=folded,
        is_open=bool(error or chosen - {""}),
        target=f"{place}-1" if options else place,
        described_by=" ".join(described),
    )
