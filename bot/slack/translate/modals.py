"""A Form as a Slack modal, and what was typed into it as answers.

Limits: https://docs.slack.dev/reference/views/modal-views and docs.slack.dev/reference/block-kit/block-elements
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bot.slack.translate.blocks import Block, plain, sections
from handlers.chat import Answer, Field, Form, Option
from handlers.texts.surfaces import CANCEL, CHOOSE, OTHER, YES_NO, shortened

BLOCKS_LIMIT = 100
TITLE_LIMIT = 24
LABEL_LIMIT = 2000
LINE_LIMIT = 3000
CHOICES_SHOWN = 10
"""Radio buttons and checkboxes hold 10; from 11 on it is a menu."""
MENU_LIMIT = 100
"""Options in a menu, options in a group of a menu, and groups."""
OPTION_LIMIT = 75
PRIVATE_LIMIT = 3000

FORM = "form"
"""The `callback_id` of every modal of ours."""
ANSWER = "answer"
FIELD_MARK = "field:"


def modal(form: Form) -> dict[str, Any]:
    """`form` as the view of a modal. Raises ValueError for a form that Slack could not hold."""
    blocks = [*sections(form.intro), *(_question(field) for field in form.fields if not field.narrows)]
    private = json.dumps({"action": form.action, "value": form.value})
    if len(blocks) > BLOCKS_LIMIT or len(private) > PRIVATE_LIMIT:
        raise ValueError("more questions, or a longer value, than a Slack modal holds")
    return {
        "type": "modal",
        "callback_id": FORM,
        "private_metadata": private,
        "title": plain(shortened(form.title, TITLE_LIMIT)),
        "submit": plain(shortened(form.submit, TITLE_LIMIT)),
        "close": plain(CANCEL),
        "blocks": blocks,
    }


def subject(private_metadata: str) -> tuple[str, str]:
    """The form's action and value. Raises ValueError for what is not ours."""
    try:
        held = json.loads(private_metadata)
        action, value = held["action"], held["value"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise ValueError("private_metadata is not ours") from None
    if not isinstance(action, str) or not isinstance(value, str):
        raise ValueError("private_metadata is not ours")
    return action, value


def answers(state: Mapping[str, Any]) -> dict[str, Answer]:
    """What stands in a modal's ``state.values``, by field name. Raises ValueError when it is no state of ours."""
    found: dict[str, Answer] = {}
    for block_id, elements in state.items():
        name = block_id.removeprefix(FIELD_MARK)
        element = elements.get(ANSWER) if isinstance(elements, Mapping) else None
        if name == block_id or not isinstance(element, Mapping):
            raise ValueError("not a field of ours")
        if answer := _answer(element):
            found[name] = answer
    return found


def errors(words: Mapping[str, str], fields: Iterable[str]) -> dict[str, str]:
    """What is wrong, by block id. Slack refuses ids that are not in the view: those words go beside the first field.

    ``fields`` are the block ids of the modal, in order.
    """
    there = [block_id for block_id in fields if block_id.startswith(FIELD_MARK)]
    placed: dict[str, str] = {}
    for name, said in words.items():
        block_id = FIELD_MARK + name if FIELD_MARK + name in there else there[0] if there else ""
        if block_id:
            placed[block_id] = shortened(f"{placed[block_id]} {said}" if block_id in placed else said, LABEL_LIMIT)
    return placed


def _answer(element: Mapping[str, Any]) -> Answer:
    match element:
        case {"selected_options": list(chosen)}:
            return tuple(_value(option) for option in chosen)
        case {"selected_option": {} as option}:
            return _value(option)
        case {"value": str(text)} if text.strip():
            return text
        case {"selected_option": None} | {"value": None | str()}:
            return ""
    raise ValueError("an answer of a kind that no form of ours asks for")


def _value(option: object) -> str:
    match option:
        case {"value": str(value)}:
            return value
    raise ValueError("an option without a value")


def _question(field: Field) -> Block:
    block: Block = {
        "type": "input",
        "block_id": FIELD_MARK + field.name,
        "label": plain(shortened(field.label, LABEL_LIMIT)),
        "element": {"action_id": ANSWER, **_element(field)},
        # What people who type are not always asked is not missing where it is left empty.
        "optional": not field.required or field.asked_if is not None,
    }
    if field.hint:
        block["hint"] = plain(shortened(field.hint, LABEL_LIMIT))
    return block


def _element(field: Field) -> Block:
    match field.kind:
        case "line" | "text":
            return _typed(field)
        case "yes_no":
            return _one(field, YES_NO)
        case "choice":
            return _one(field, field.options)
        case "choices":
            return _several(field)


def _typed(field: Field) -> Block:
    longest = max(1, min(field.longest, LINE_LIMIT))
    element: Block = {"type": "plain_text_input", "multiline": field.kind == "text", "max_length": longest}
    if isinstance(field.initial, str) and field.initial:
        element["initial_value"] = field.initial[:longest]
    return element


def _one(field: Field, options: tuple[Option, ...]) -> Block:
    element: Block = {"type": "radio_buttons", "options": [_option(option) for option in options]}
    if len(options) > CHOICES_SHOWN:
        element = {"type": "static_select", **_menu(options)}
    chosen = [option for option in options if option.value == field.initial]
    return {**element, "initial_option": _option(chosen[0])} if chosen else element


def _several(field: Field) -> Block:
    element: Block = {"type": "checkboxes", "options": [_option(option) for option in field.options]}
    if len(field.options) > CHOICES_SHOWN:
        element = {"type": "multi_static_select", **_menu(field.options)}
    chosen = [_option(option) for option in field.options if option.value in _values(field.initial)]
    return {**element, "initial_options": chosen} if chosen else element


def _values(initial: Answer) -> tuple[str, ...]:
    return (initial,) if isinstance(initial, str) else initial


def _menu(options: tuple[Option, ...]) -> Block:
    if len(options) <= MENU_LIMIT and not any(option.group for option in options):
        return {"placeholder": plain(CHOOSE), "options": [_option(option) for option in options]}
    groups = [
        {"label": plain(shortened(heading, OPTION_LIMIT)), "options": [_option(option) for option in members]}
        for heading, members in _groups(options)
    ]
    if len(groups) > MENU_LIMIT:
        raise ValueError("more options than a Slack menu holds")
    return {"placeholder": plain(CHOOSE), "option_groups": groups}


def _groups(options: tuple[Option, ...]) -> Iterator[tuple[str, list[Option]]]:
    """The options under their headings, in the order they first come. A group that is too long comes in parts."""
    together: dict[str, list[Option]] = {}
    for option in options:
        together.setdefault(option.group, []).append(option)
    for heading, members in together.items():
        for start in range(0, len(members), MENU_LIMIT):
            part = members[start : start + MENU_LIMIT]
            numbers = f"{start + 1} to {start + len(part)}"
            if len(members) > MENU_LIMIT:
                yield (f"{heading}: {numbers}" if heading else numbers), part
            else:
                yield heading or OTHER, part


def _option(option: Option) -> Block:
    """One option. A label that is too long goes on in the option's description."""
    if not 0 < len(option.value) <= OPTION_LIMIT:
        raise ValueError("an option's value is empty or longer than Slack allows")
    head = option.label if len(option.label) <= OPTION_LIMIT else option.label[:OPTION_LIMIT].rpartition(" ")[0]
    head = head or option.label[:OPTION_LIMIT]
    rest = option.label[len(head) :].strip()
    block: Block = {"text": plain(head), "value": option.value}
    return {**block, "description": plain(shortened(rest, OPTION_LIMIT))} if rest else block
