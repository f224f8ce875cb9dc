"""An Adaptive Card as the holder of a phone has it: what can be read, which buttons there are, and what stands in it.

Rules: adaptivecards.io/explorer; learn.microsoft.com/adaptive-cards/authoring-cards/input-validation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tests.connector_limits import CARD

Json = dict[str, Any]
Given = str | bool | Sequence[str]

_MARKDOWN = re.compile(
    r"\\(?P<escaped>[!-/:-@\[-`{-~])"
    r"|\[(?P<link>[^\]]*)\]\((?P<url>[^)\s]*)\)"
    r"|(?P<strong>\*\*|__)(?P<bold>(?:(?!(?P=strong)).)+)(?P=strong)"
    r"|(?<![\w*_])(?P<mark>[*_])(?P<slanted>(?:(?!(?P=mark)).)+)(?P=mark)(?![\w*_])",
    re.DOTALL,
)
_BULLET = re.compile(r"^[ ]{0,3}[-*+] +", re.MULTILINE)
_NUMBERED = re.compile(r"^[ ]{0,3}(\d+)\. +", re.MULTILINE)


def card_of(message: Mapping[str, Any]) -> Json | None:
    """The card of a message, if it has one."""
    cards = [one["content"] for one in message.get("attachments") or [] if one.get("contentType") == CARD]
    assert len(cards) < 2, "one message, one card"
    return cards[0] if cards else None


def words(part: Any) -> list[str]:
    """What can be read in a card or a part of one, in order, one piece of text after the other."""
    if isinstance(part, list):
        return [said for item in part for said in words(item)]
    if not isinstance(part, dict) or part.get("isVisible") is False:
        return []
    match part.get("type", ""):
        case "TextBlock":
            return [rendered(part["text"])]
        case "RichTextBlock":
            return ["".join(run if isinstance(run, str) else run["text"] for run in part["inlines"])]
        case "FactSet":
            return [f"{rendered(fact['title'])}\n{rendered(fact['value'])}" for fact in part["facts"]]
        case "Image":
            return [part["altText"]]
        case kind if kind.startswith("Input."):
            return _of_input(part)
        case kind if kind.startswith("Action."):
            return [part["title"]]
    inside = ("items", "columns", "body", "rows", "cells", "images", "actions")
    return [said for name in inside for said in words(part.get(name))]


def _of_input(part: Json) -> list[str]:
    said = [part["label"], part.get("placeholder", ""), part.get("title", "")]
    said += [choice["title"] for choice in part.get("choices", ())]
    said += [] if "choices" in part or part["type"] == "Input.Toggle" else [part.get("value", "")]
    return [one for one in said if one]


def rendered(text: str) -> str:
    """Text with the little Markdown that cards understand, as it is seen: without its marks."""
    text = _BULLET.sub("• ", text)
    return _MARKDOWN.sub(_seen, _NUMBERED.sub(r"\1. ", text))


def _seen(found: re.Match[str]) -> str:
    if escaped := found["escaped"]:
        return escaped
    return rendered(found["link"] or found["bold"] or found["slanted"] or "")


def _elements(part: Any) -> Iterator[Json]:
    if isinstance(part, list):
        for item in part:
            yield from _elements(item)
    elif isinstance(part, dict) and part.get("isVisible") is not False:
        if "type" in part:
            yield part
        for name in ("items", "columns", "body", "rows", "cells", "actions", "inlines"):
            yield from _elements(part.get(name))


def inputs(card: Any) -> list[Json]:
    """The inputs, in order."""
    return [part for part in _elements(card) if part["type"].startswith("Input.")]


def buttons(card: Any) -> list[Json]:
    """The actions that can be pressed, in order."""
    return [part for part in _elements(card) if part["type"].startswith("Action.")]


def opens_a_dialog(action: Json) -> bool:
    """Whether pressing it asks the bot for a dialog."""
    data = action.get("data")
    kind = data.get("msteams", {}).get("type") if action["type"] == "Action.Submit" and isinstance(data, dict) else ""
    assert kind in ("", None, "task/fetch"), f"this phone knows no msteams action {kind!r}"
    return kind == "task/fetch"


def standing(card: Json) -> dict[str, str]:
    """What stands in each input of a card that was just shown, by its id."""
    return {part["id"]: _initial(part) for part in inputs(card)}


def _initial(part: Json) -> str:
    if part["type"] == "Input.Toggle":
        return str(part.get("value", part.get("valueOff", "false")))
    return str(part.get("value") or "")


def filled(card: Json, stands: dict[str, str], given: Mapping[str, Given]) -> dict[str, str]:
    """What stands in the inputs once the person has answered. They answer by labels, and what is offered by titles."""
    now = dict(stands)
    for label, answer in given.items():
        now |= _answered(_named(card, label), label, answer)
    return now


def _named(card: Json, label: str) -> list[Json]:
    """The inputs of this label, or those under a line that reads so, or the only one whose label begins so."""
    labels = {part["id"]: str(part["label"]) for part in inputs(card)}
    exact = [part for part in inputs(card) if labels[part["id"]] == label]
    loose = [part for part in inputs(card) if _slug(labels[part["id"]]) == _slug(label)]
    begun = [part for part in inputs(card) if _slug(labels[part["id"]]).startswith(_slug(label))]
    for found in (exact, loose, begun):
        if len(found) == 1:
            return found
    under = _under(card, label)
    assert under, f"no one field says {label!r}; there are {list(labels.values())}"
    return under


def _under(card: Json, label: str) -> list[Json]:
    """The inputs that follow a line of text, up to the next one."""
    found, under = [], False
    for part in _elements(card):
        if part["type"] in ("TextBlock", "RichTextBlock"):
            under = words(part) in ([label], [f"{label} (optional)"])
        elif under and part["type"].startswith("Input."):
            found.append(part)
    return found


def _slug(label: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", label.lower()).strip("_")


def _answered(parts: list[Json], label: str, answer: Given) -> Iterator[tuple[str, str]]:
    """What then stands in each of the inputs of one question, by their ids."""
    if parts[0]["type"] == "Input.Text":
        assert isinstance(answer, str), f"{label!r} is for typing"
        most = parts[0].get("maxLength")
        assert most is None or len(answer) <= most, f"Teams stops at {most} characters"
        assert parts[0].get("isMultiline") or "\n" not in answer, f"{label!r} has one line"
        yield parts[0]["id"], answer
        return
    if isinstance(answer, bool):
        answer = "Yes" if answer else "No"
    wanted = [answer] * bool(answer) if isinstance(answer, str) else list(answer)
    left = list(wanted)
    for part in parts:
        assert part["type"] == "Input.ChoiceSet", f"this phone knows no {part['type']}"
        chosen = [choice["value"] for choice in part["choices"] if _takes(left, choice["title"])]
        assert part.get("isMultiSelect") or len(chosen) < 2, f"{label!r} takes one answer"
        yield part["id"], ",".join(chosen)
    assert not left, f"{label!r} has no option {left}: {[one['title'] for part in parts for one in part['choices']]}"


def _takes(left: list[str], title: str) -> bool:
    """Whether one of the words that are left names this choice, which is then taken from them.

    A choice under a heading of its own may be named without it.
    """
    for words_ in left:
        if words_.casefold() in (title.casefold(), title.partition(": ")[2].casefold()):
            left.remove(words_)
            return True
    return False


def refused(card: Json, stands: Mapping[str, str]) -> list[str]:
    """What the client itself says against what stands in the inputs, before anything is sent."""
    return [
        f"{part['label']}: {part['errorMessage']}"
        for part in inputs(card)
        if part.get("isRequired") and not stands[part["id"]].strip()
    ]


def _in_red(part: Json) -> bool:
    return all(run.get("color") == "Attention" for run in part.get("inlines", [part]))


def errors(card: Json) -> dict[str, str]:
    """The words in the colour of errors under each input, by its label; under "" those that stand above all."""
    found: dict[str, list[str]] = {}
    label = ""
    for part in _elements(card):
        if part["type"].startswith("Input."):
            label = str(part["label"])
        elif part["type"] in ("TextBlock", "RichTextBlock") and _in_red(part):
            found.setdefault(label, []).append(words(part)[0])
    return {name: "\n".join(said) for name, said in found.items()}
