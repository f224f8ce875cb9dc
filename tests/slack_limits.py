"""What Slack refuses in blocks and views: the JSON schema beside this file, and the rules it does not hold."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator

Json = dict[str, Any]

_SCHEMA: Json = json.loads((Path(__file__).parent / "block-kit.schema.json").read_text())


def faults_of_message(text: object, blocks: Any) -> list[str]:
    """Why Slack would refuse a message, or look wrong to a person who uses a screen reader. Empty when it is good."""
    if not isinstance(text, str) or not text.strip():
        return ["no_text: a message needs top-level text"]
    if len(text) > 40_000:
        return ["msg_too_long: over 40,000 characters"]
    faults = list(_faults(blocks, most=50)) if blocks else []
    for button in _buttons(blocks or []):
        label = button["text"]["text"]
        if label.rstrip("…").strip() not in _unescaped(text):
            faults.append(f"the button {label!r} is not in the top-level text")
    return faults


def faults_of_view(view: object) -> list[str]:
    """Why Slack would refuse a modal. Empty when it is good."""
    if not isinstance(view, dict):
        return ["invalid_arguments: the view is not an object"]
    faults = [error.message[:200] for error in _validator("OutModal").iter_errors({**view, "blocks": []})]
    faults += _faults(view.get("blocks"), most=100)
    if len(view.get("private_metadata", "")) > 3000:
        faults.append("private_metadata is over 3,000 characters")
    has_input = any(block.get("type") == "input" for block in view.get("blocks") or [])
    if has_input and not view.get("submit"):
        faults.append("a view with inputs needs a submit button")
    return faults


def faults_of_home(view: object) -> list[str]:
    """Why Slack would refuse a Home, or somebody who uses a screen reader be lost in it. Empty when it is good."""
    if not isinstance(view, dict):
        return ["invalid_arguments: the view is not an object"]
    faults = [error.message[:200] for error in _validator("OutHome").iter_errors({**view, "blocks": []})]
    faults += _faults(view.get("blocks"), most=100)
    labels = [button["text"]["text"] for button in _buttons(view.get("blocks") or [])]
    faults += [f"2 buttons say {label!r}" for label in set(labels) if labels.count(label) > 1]
    if len(json.dumps(view)) > 250_000:
        faults.append("view_too_large")
    return faults


def _faults(blocks: object, *, most: int) -> Iterator[str]:
    if not isinstance(blocks, list) or len(blocks) > most:
        yield f"blocks: a list of at most {most}"
        return
    for block in blocks:
        kind = str(block.get("type")) if isinstance(block, dict) else "nothing"
        if kind not in _definitions():
            yield f"no block type {kind!r}"
            continue
        yield from (error.message[:200] for error in _validator(_definitions()[kind]).iter_errors(block))
    yield from _twice("block_id", [block["block_id"] for block in blocks if "block_id" in block])
    actions = [
        element.get("action_id") for block in blocks if block["type"] == "actions" for element in block["elements"]
    ]
    yield from _twice("action_id", actions)
    yield from _parts(blocks)


def _twice(name: str, ids: list[Any]) -> Iterator[str]:
    if len(set(ids)) < len(ids):
        yield f"{name} is not unique"


def _parts(part: object) -> Iterator[str]:
    """Rules about single parts, wherever they stand."""
    if isinstance(part, list):
        for item in part:
            yield from _parts(item)
        return
    if not isinstance(part, dict):
        return
    for value in part.values():
        yield from _parts(value)
    kind = part.get("type")
    if kind in ("plain_text", "mrkdwn") and not part["text"].strip():
        yield "an empty text object"
    if kind == "text" and not part.get("text"):
        yield "an empty text in rich_text"
    if kind == "section" and not (part.get("text") or part.get("fields")):
        yield "an empty section"
    if kind in ("actions", "context") and not part.get("elements"):
        yield f"an empty {kind} block"
    if kind == "image" and not part.get("alt_text", "").strip():
        yield "an image without alt text"
    if "value" in part and part["value"] == "":
        yield "an empty value"
    if kind == "plain_text_input" and not 1 <= part.get("max_length", 3000) <= 3000:
        yield "max_length is outside 1 to 3000"
    if kind == "plain_text_input" and len(part.get("initial_value", "")) > part.get("max_length", 3000):
        yield "initial_value is over max_length"
    yield from _choices(part)


def _choices(part: Json) -> Iterator[str]:
    groups = part.get("option_groups")
    options = [option for group in groups for option in group["options"]] if groups else part.get("options")
    if options is None:
        return
    if groups and len(groups) > 100:
        yield "over 100 option groups"
    for group in groups or []:
        if not 1 <= len(group["options"]) <= 100 or len(group["label"]["text"]) > 75:
            yield "an option group is empty, over 100 options, or its label is over 75 characters"
    if not options:
        yield "no options"
    yield from _twice("an option's value", [option.get("value") for option in options])
    chosen = part.get("initial_options", []) + ([part["initial_option"]] if "initial_option" in part else [])
    if any(option not in options for option in chosen):
        yield "an initial option is not among the options"


def _buttons(blocks: list[Json]) -> Iterator[Json]:
    for block in blocks:
        if block.get("type") == "actions":
            yield from (element for element in block["elements"] if element.get("type") == "button")


def _unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


@cache
def _definitions() -> Mapping[str, str]:
    """The schema's definition of each block type. Looked up by type, a fault is named; `anyOf` says "none fits"."""
    found = {}
    for choice in _SCHEMA["definitions"]["KnownBlock"]["anyOf"]:
        name = choice["$ref"].rpartition("/")[2]
        shape = _SCHEMA["definitions"][name]
        kinds = [shape, *shape.get("anyOf", [])]
        found.update({kind["properties"]["type"]["const"]: name for kind in kinds if "properties" in kind})
    return found


@cache
def _validator(name: str) -> Draft7Validator:
    return Draft7Validator({"$ref": f"#/definitions/{name}", "definitions": _SCHEMA["definitions"]})
