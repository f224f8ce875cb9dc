"""A Form as a card with inputs, and as a dialog where it is long.

Inputs: https://adaptivecards.io/explorer/Input.Text.html. Dialogs:
https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/task-modules/task-modules-bots
What comes back is read in `marks`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from bot.teams.translate import cards, marks
from bot.teams.translate.words import Element, escaped, heading, is_markup, paragraphs, uncomputed
from handlers.chat import Answer, Field, Form, Option
from handlers.texts import forms as texts
from handlers.texts.surfaces import CHOOSE, OPEN_FORM, OTHER, PROBLEM, YES_NO, joined, optional

SHORT = 6
"""Questions in a form that stands in the conversation. A longer one opens as a dialog."""
SHORT_BYTES = 20 * 1024
CHOICES_SHOWN = 10
"""From 11 on, one of many is a menu. Any of many are always boxes to tick."""

Given = Mapping[str, Answer]


def shown(form: Form, *, errors: Mapping[str, str] | None = None, answers: Given | None = None) -> dict[str, Any]:
    """The Adaptive Card that shows `form` in a personal chat. ``errors`` and ``answers`` as in `form_card`.

    Raises ValueError for a form that Teams could not hold.
    """
    return form_card(form, errors=errors, answers=answers) if is_short(form) else opener(form)


def is_short(form: Form) -> bool:
    """Whether `form` stands in the conversation itself. Raises ValueError for a form that Teams could not hold."""
    questions = sum(not field.narrows for field in form.fields)
    return cards.size(form_card(form)) <= SHORT_BYTES and questions <= SHORT


def form_card(form: Form, *, errors: Mapping[str, str] | None = None, answers: Given | None = None) -> dict[str, Any]:
    """`form` as an Adaptive Card with inputs. Raises ValueError for a form that Teams could not hold.

    ``errors`` are words by the name of the field they stand beside; any other name stands above all. With ``answers``
    these stand in the inputs and nothing else does, as after a try that was not taken.
    """
    return _checked(_body(form, errors or {}, answers, in_dialog=False), form)


def dialog(form: Form, *, errors: Mapping[str, str] | None = None, answers: Given | None = None) -> dict[str, Any]:
    """`form` as what a dialog shows: see `replies.dialog`. Raises ValueError for a form that Teams could not hold."""
    content = _checked(_body(form, errors or {}, answers, in_dialog=True), form)
    content["fallbackText"] = joined(form.title, form.intro)
    attachment = {"contentType": cards.CONTENT_TYPE, "content": content}
    return {"title": form.title, "height": "large", "width": "medium", "card": attachment}


def opener(form: Form) -> dict[str, Any]:
    """The Adaptive Card with the button that opens `form` as a dialog."""
    brings = {**marks.data("dialog", form.action, form.value), "msteams": {"type": "task/fetch"}}
    button = {"type": "Action.Submit", "title": OPEN_FORM, "data": brings, "style": "positive"}
    return _checked([*heading(form.title), *paragraphs(form.intro), *cards.rows([button])], form)


def _checked(body: list[Element], form: Form) -> dict[str, Any]:
    content = cards.adaptive(body, joined(form.title, form.intro))
    if cards.size(content) > cards.BYTES_LIMIT - len(content["fallbackText"].encode()):
        raise ValueError("a form larger than Teams allows")
    return content


def _body(form: Form, errors: Mapping[str, str], answers: Given | None, *, in_dialog: bool) -> list[Element]:
    fields = [field for field in form.fields if not field.narrows]
    names = {field.name for field in fields}
    elsewhere = [words for name, words in errors.items() if name not in names]
    body = [*_titled(form, in_dialog=in_dialog), *paragraphs(form.intro)]
    if errors:
        body += paragraphs(PROBLEM, weight="Bolder", color="Attention")
        body += paragraphs("\n\n".join(elsewhere), color="Attention")
    for field in fields:
        given = field.initial if answers is None else answers.get(field.name, "")
        body += _question(field, given, errors.get(field.name, ""))
    return [*body, *cards.rows([_submit(form, in_dialog=in_dialog)])]


def _titled(form: Form, *, in_dialog: bool) -> Iterator[Element]:
    # A dialog bears the title itself.
    return iter(()) if in_dialog else heading(form.title)


def _submit(form: Form, *, in_dialog: bool) -> Element:
    brings = marks.data("form", form.action, form.value, title=form.title)
    if in_dialog:
        return {"type": "Action.Submit", "title": form.submit, "data": brings, "style": "positive"}
    return cards.execute(form.submit, form.action, brings, name="submit", style="positive")


def _question(field: Field, given: Answer, error: str) -> Iterator[Element]:
    chosen = (given,) if isinstance(given, str) else given
    match field.kind:
        case "line" | "text":
            yield _typed(field, given)
        case "yes_no":
            yield _one(field, YES_NO, chosen)
        case "choice":
            yield _one(field, field.options, chosen)
        case "choices":
            yield from _several(field, chosen)
    yield from ({**block, "spacing": "Small"} for block in paragraphs(error, color="Attention"))
    yield from ({**block, "spacing": "Small"} for block in paragraphs(field.hint, size="Small", isSubtle=True))


def _label(field: Field) -> str:
    # Teams marks what must be answered, with a sign that it does not explain.
    return field.label if field.required else optional(field.label)


def _input(kind: str, field: Field, name: str, label: str) -> Element:
    element: Element = {"type": kind, "id": name, "label": uncomputed(label)}
    # What people who type are not always asked is not missing where it is left empty.
    if field.required and field.asked_if is None:
        element |= {"isRequired": True, "errorMessage": texts.missing(field)}
    return element


def _typed(field: Field, given: Answer) -> Element:
    element = _input("Input.Text", field, marks.input_id(field.name), _label(field))
    element |= {"isMultiline": field.kind == "text", "maxLength": max(1, field.longest)}
    return {**element, "value": given} if isinstance(given, str) and given else element


def _one(field: Field, options: tuple[Option, ...], chosen: tuple[str, ...]) -> Element:
    titles = {option.value: f"{option.group}: {option.label}" if option.group else option.label for option in options}
    element = _input("Input.ChoiceSet", field, marks.input_id(field.name), _label(field))
    element |= _look(titles.values())
    element |= {
        "choices": [{"title": uncomputed(title), "value": value} for value, title in titles.items()],
        "wrap": True,
    }
    return {**element, "value": chosen[0]} if chosen and chosen[0] in titles else element


def _look(titles: Iterable[str]) -> Element:
    """Buttons where there are few, else a menu. Beside a button a title is Markdown; in a menu it is not."""
    # A menu with a search ("filtered") is not in the schema of 1.5, and some clients lose what stands in it.
    shown = list(titles)
    if len(shown) > CHOICES_SHOWN or any(is_markup(title) for title in shown):
        return {"style": "compact", "placeholder": CHOOSE}
    return {"style": "expanded"}


def _several(field: Field, chosen: tuple[str, ...]) -> Iterator[Element]:
    """Boxes to tick, one set under each heading: a set has one label, and no headings inside."""
    groups = [(name, list(options)) for name, options in groupby(field.options, key=lambda option: option.group)]
    if any(name for name, _ in groups):
        yield from paragraphs(_label(field), weight="Bolder")
    for number, (name, options) in enumerate(groups):
        label = name or (OTHER if len(groups) > 1 else _label(field))
        element = _input("Input.ChoiceSet", field, marks.input_id(field.name, several=number), label)
        if len(groups) > 1:
            # That one of the sets holds an answer is for us to see.
            element.pop("isRequired", None)
            element.pop("errorMessage", None)
        ticked = [marks.encoded(option.value) for option in options if option.value in chosen]
        element |= {"style": "expanded", "isMultiSelect": True, "wrap": True}
        element["choices"] = [
            {"title": escaped(option.label), "value": marks.encoded(option.value)} for option in options
        ]
        yield {**element, "value": ",".join(ticked)} if ticked else element
