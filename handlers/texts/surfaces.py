"""A card in plain words, and the few words that platforms put around cards and forms of ours."""

from __future__ import annotations

from handlers.chat import Card, Option

YES_NO = (Option("yes", "Yes"), Option("no", "No"))
CHOOSE = "Choose"
"""What stands in a menu before anything is chosen."""
OTHER = "Other"
"""The heading of options that have none, beside options that have one."""
CANCEL = "Cancel"
OPEN_FORM = "Open the form"
OPEN_LINK = "Open the link"
PROBLEM = "There is a problem"
"""Above a form in which something is to be mended."""
TOO_LONG = "This message is too long to show in full."


def not_opened() -> Card:
    """A form could not be shown."""
    return Card("The form did not open. Please try again.")


def optional(label: str) -> str:
    """The label of a question that can be left out, where the platform does not say so itself."""
    return label if "optional" in label else f"{label} (optional)"


def sent(title: str) -> str:
    """The line that takes the place of a form that was sent."""
    return f"Sent: {title}" if title.strip() else "Sent"


def open_file(name: str) -> str:
    """The label of what leads to a file."""
    return f"Open the file {name}"


def in_place_of_picture(alt: str) -> str:
    """A picture where none can be shown."""
    return f"Picture: {alt}"


def words_of(card: Card) -> str:
    """All of `card` in words but what `choices_of` says."""
    facts = "\n".join(f"{name}: {value}" for name, value in card.facts)
    picture = in_place_of_picture(card.picture.alt) if card.picture else ""
    return joined(card.title, card.text, facts, picture)


def choices_of(card: Card) -> str:
    """What can be chosen, numbered where a reply of "2" means the second of them, and the small print."""
    labels = [button.label for button in card.buttons]
    choices = (
        [numbered(at, label) for at, label in enumerate(labels, 1)] if card.numbered else [f"- {one}" for one in labels]
    )
    return joined("\n".join(choices), card.note)


def numbered(number: int, label: str) -> str:
    """`label` with its number, which some labels bear already."""
    head = f"{number}. "
    return label if label.startswith(head) else head + label


def shortened(text: str, longest: int) -> str:
    """`text` in at most `longest` characters. A cut is marked with an ellipsis, and is between words if it can."""
    if len(text) <= longest:
        return text
    head = text[: max(longest - 1, 0)]
    whole = head if text[len(head)].isspace() else head.rpartition(" ")[0]
    return (whole if len(whole) > longest // 2 else head).rstrip() + "\u2026"


def joined(*parts: str) -> str:
    """The parts that are not empty, an empty line between them."""
    return "\n\n".join(part.strip() for part in parts if part.strip())
