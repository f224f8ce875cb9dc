"""What Teams refuses in the activities of a bot, and what in an Adaptive Card not everyone could use."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

Json = dict[str, Any]

CARD = "application/vnd.microsoft.card.adaptive"
MOST_BYTES = 28 * 1024

FIELDS = set(
    "action attachmentLayout attachments callerId channelData channelId code conversation deliveryMode entities "
    "expiration from historyDisclosed id importance inputHint label listenFor localTimestamp localTimezone locale "
    "membersAdded membersRemoved name reactionsAdded reactionsRemoved recipient relatesTo replyToId semanticAction "
    "serviceUrl speak suggestedActions summary text textFormat textHighlights timestamp topicName type value "
    "valueType".split()
)
"""Of an activity: github.com/microsoft/botframework-sdk, specs/botframework-activity/botframework-activity.md."""
ATTACHMENTS = {
    CARD,
    "application/vnd.microsoft.teams.card.file.consent",
    "application/vnd.microsoft.teams.card.file.info",
    "image/gif",
    "image/jpeg",
    "image/png",
}
ELEMENTS = set(
    "ActionSet AdaptiveCard Column ColumnSet Container FactSet Image ImageSet Media RichTextBlock Table TableCell "
    "TableRow TextBlock TextRun Input.ChoiceSet Input.Date Input.Number Input.Text Input.Time Input.Toggle "
    "Action.Execute Action.OpenUrl Action.ShowCard Action.Submit Action.ToggleVisibility".split()
)


def faults_of_activity(activity: Json) -> list[str]:
    """Why Teams would refuse an activity, or show it wrongly or not to everyone. Empty when it is good."""
    faults = [f"no such field of an activity: {name}" for name in sorted(set(activity) - FIELDS)]
    kind, attachments = activity.get("type"), activity.get("attachments") or []
    if kind not in ("message", "typing"):
        faults.append(f"a bot sends no activity of type {kind!r}")
    if kind == "message" and not (activity.get("text") or attachments):
        faults.append("a message needs text or attachments")
    if activity.get("textFormat", "plain") not in ("markdown", "plain", "xml"):
        faults.append("textFormat is markdown, plain or xml")
    if not isinstance(attachments, list) or not all(isinstance(one, dict) for one in attachments):
        return [*faults, "attachments is a list of objects"]
    for attachment in attachments:
        media = attachment.get("contentType")
        if media not in ATTACHMENTS:
            faults.append(f"Unknown attachment type {media!r}")
        if media == CARD:
            faults += faults_of_card(attachment.get("content"))
    return faults


def faults_of_card(card: object) -> list[str]:
    """Why Teams would refuse an Adaptive Card, or a person who uses a screen reader could not. Empty when it is good.

    Versions and elements: adaptivecards.io/explorer; Teams' own limits:
    learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/cards-reference.
    """
    if not isinstance(card, dict) or card.get("type") != "AdaptiveCard":
        return ["the content is no AdaptiveCard"]
    faults = []
    if card.get("version") != "1.5":
        faults.append(f"version {card.get('version')!r} is not 1.5")
    if not _has_words(card, "fallbackText"):
        faults.append("a card without fallbackText")
    parts = list(_parts(card))
    ids = Counter(part["id"] for part in parts if "id" in part)
    faults += [f"the id {name!r} is not unique" for name, times in ids.items() if times > 1]
    for part in parts:
        faults += _faults_of_part(part, ids)
    return faults


def _parts(part: object) -> Iterator[Json]:
    """Every element and action, wherever it stands. What a button brings back is its own affair."""
    if isinstance(part, list):
        for item in part:
            yield from _parts(item)
    if isinstance(part, dict):
        if "type" in part:
            yield part
        for name, value in part.items():
            if name not in ("data", "msteams", "backgroundImage", "fallback"):
                yield from _parts(value)


def _faults_of_part(part: Json, ids: Mapping[str, int]) -> Iterator[str]:
    kind = str(part["type"])
    if kind not in ELEMENTS:
        yield f"no element {kind!r} in 1.5"
    if kind in ("TextBlock", "TextRun") and not _has_words(part, "text"):
        yield f"an empty {kind}"
    if kind in ("Image", "Media") and not _has_words(part, "altText"):
        yield f"{kind} without altText"
    if kind == "Image" and not _has_words(part, "url"):
        yield "an image without url"
    if kind.startswith("Input."):
        yield from _faults_of_input(part)
    if kind.startswith("Action.") and not _has_words(part, "title"):
        yield f"{kind} without title"
    if kind == "Action.OpenUrl" and not str(part.get("url", "")).startswith(("https://", "http://", "tel:", "mailto:")):
        yield "Action.OpenUrl without a good url"
    if kind == "Action.ToggleVisibility":
        targets = [one.get("elementId") if isinstance(one, dict) else one for one in part.get("targetElements") or []]
        if not targets or any(target not in ids for target in targets):
            yield "Action.ToggleVisibility without elements that are there"
    if len(part.get("actions") or []) > 6:
        yield "over 6 actions in a row"


def _faults_of_input(part: Json) -> Iterator[str]:
    kind = part["type"]
    if not _has_words(part, "id"):
        yield f"{kind} without id"
    if not _has_words(part, "label"):
        yield f"{kind} without label"
    if part.get("isRequired") and not _has_words(part, "errorMessage"):
        yield f"{kind} is required and has no errorMessage"
    if kind == "Input.Toggle" and not _has_words(part, "title"):
        yield f"{kind} without title"
    if kind != "Input.ChoiceSet":
        return
    values = [choice.get("value") for choice in part.get("choices") or []]
    if not values or len(set(values)) < len(values):
        yield "Input.ChoiceSet without choices, or with one value twice"
    initial = str(part.get("value") or "")
    chosen = initial.split(",") if part.get("isMultiSelect") else [initial]
    if initial and any(one not in values for one in chosen):
        yield "an initial value is not among the choices"


def _has_words(part: Json, name: str) -> bool:
    return isinstance(part.get(name), str) and bool(part[name].strip())


def size_of(activity: Json) -> int:
    """Bytes of what a person sees, however the client spelt it."""
    shown = {name: activity[name] for name in ("text", "summary", "attachments") if activity.get(name)}
    return len(json.dumps(shown, ensure_ascii=False, separators=(",", ":")).encode())
