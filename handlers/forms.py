"""Answers to a form: read from what was typed, and checked whole, on whatever road they came."""

from __future__ import annotations

import re
from collections.abc import Mapping

from handlers.chat import Answer, Field, Form
from handlers.texts import forms as texts
from handlers.words import plain

YES = frozenset({"yes", "y", "yep", "yeah", "ok", "okay", "sure", "yes i am", "yes i do", "i am", "i do", "please do"})
NO = frozenset({"no", "n", "nope", "no i am not", "i am not", "no i do not", "i do not", "do not"})
SKIP = frozenset({"skip", "none", "nothing", "no", "-"})
_PLAINLY = {**dict.fromkeys(("yes", "y", "yep", "yeah"), "yes"), **dict.fromkeys(("no", "n", "nope"), "no")}


class Unread(Exception):
    """The answer does not fit the question. ``words`` says so, and what would fit."""

    def __init__(self, words: str) -> None:
        super().__init__("unread")
        self.words = words


def plainly(said: str) -> str:
    """``yes`` or ``no`` where that is said and nothing more; else what was said."""
    return _PLAINLY.get(said, said)


def says_little(said: str) -> bool:
    """Whether it answers a question, and one cannot tell from it which: a yes, a no, "skip" or a number."""
    return said in YES | NO | SKIP | {"not sure", "maybe"} or re.fullmatch(r"[\d\s,;&+]+", said) is not None


def read(field: Field, text: str) -> Answer:
    """The answer that typed `text` gives to the question; empty when it was skipped. Raises `Unread`."""
    said = plain(text)
    if not field.required and said in SKIP:
        return () if field.kind == "choices" else ""
    if field.kind == "yes_no":
        if said in YES or said in NO:
            return "yes" if said in YES else "no"
        raise Unread(texts.yes_or_no())
    if field.kind == "choice":
        chosen = _options(field, said)
        if len(chosen) != 1:
            raise Unread(texts.one_of(field))
        return chosen[0]
    if field.kind == "choices":
        chosen = _options(field, said)
        if not chosen:
            raise Unread(texts.some_of(field))
        return tuple(dict.fromkeys(chosen))
    answer = text.strip()
    if field.required and not answer:
        raise Unread(texts.missing(field))
    if problem := _wrong(field, answer):
        raise Unread(problem)
    return answer


def problems(form: Form, answers: Mapping[str, Answer]) -> dict[str, str]:
    """What is wrong with the answers, in plain words, by the name of the field; empty when all are good."""
    found = {}
    for field in form.fields:
        answer = answers.get(field.name, ())
        if not (answer.strip() if isinstance(answer, str) else answer):
            # What people who type were not asked is not missing.
            if field.required and not field.narrows and field.asked_if is None:
                found[field.name] = texts.missing(field)
        elif problem := _wrong(field, answer):
            found[field.name] = problem
    return found


def next_field(form: Form, answers: Mapping[str, Answer]) -> Field | None:
    """The next question for somebody who types, or None when all are answered. Skipped ones are in `answers`, empty."""
    return next((field for field in form.fields if field.name not in answers and asked(field, answers)), None)


def left(form: Form, answers: Mapping[str, Answer]) -> int:
    """How many questions are still to be asked, as far as can be told now."""
    return sum(field.name not in answers and asked(field, answers) for field in form.fields)


def asked(field: Field, answers: Mapping[str, Answer]) -> bool:
    """Whether somebody who types is asked this question, given what they answered so far."""
    if field.asked_if is None:
        return True
    narrowing, value = field.asked_if
    return value in answers.get(narrowing, ())


def _wrong(field: Field, answer: Answer) -> str:
    allowed = {option.value for option in field.options}
    if field.kind == "choices":
        if isinstance(answer, str) or not allowed.issuperset(answer):
            return texts.some_of(field)
    elif not isinstance(answer, str):
        return texts.missing(field)
    elif (field.kind == "choice" and answer not in allowed) or (field.kind == "yes_no" and answer not in ("yes", "no")):
        return texts.one_of(field) if field.kind == "choice" else texts.yes_or_no()
    elif len(answer) > field.longest:
        return texts.too_long(field.longest)
    return field.check(answer) if field.check else ""


def _options(field: Field, said: str) -> list[str]:
    """The options meant: by their labels, by numbers ("1, 3 and 4"), or by the beginning of one label."""
    labels = {plain(option.label): option.value for option in field.options}
    if said in labels:
        return [labels[said]]
    # One way only to read each sign: a pattern that can be read in several takes for ever over a long row of digits.
    if re.fullmatch(r"(?:[\d\s,;&+]|and)+", said):
        numbers = [int(number) for number in re.findall(r"\d{1,3}", said)]
        if all(1 <= number <= len(field.options) for number in numbers):
            return [field.options[number - 1].value for number in numbers]
        return []
    # Commas first: a label may itself hold an "and".
    return _by_labels(re.split(r",|;|\n", said), labels) or _by_labels(re.split(r",|;| and |\n", said), labels)


def _by_labels(parts: list[str], labels: Mapping[str, str]) -> list[str]:
    """The values of the options whose labels begin so; none when a part fits no label, or several."""
    found: list[str] = []
    for part in (part.strip() for part in parts if part.strip()):
        fitting = [value for label, value in labels.items() if label == part] or [
            value for label, value in labels.items() if label.startswith(part) and len(part) > 1
        ]
        if len(fitting) != 1:
            return []
        found.append(fitting[0])
    return found
