"""What somebody typed, matched with the words we know: forgiving of case, politeness, quotes and small slips."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from handlers.router import Word

# Said around a word, these change nothing.
BEFORE = (
    "please", "hi", "hello", "hey", "can you", "could you", "can i", "could i", "may i", "i want to", "i would like to",
    "i'd like to", "i want", "i would like", "show me", "show", "tell me", "ok", "okay",
)  # fmt: skip
AFTER = ("please", "thanks", "thank you", "many thanks", "thank you very much", "ta", "cheers", "x", "xx")

_QUOTES = str.maketrans({"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u00a0": " "})
_EDGES = " \t\r\n.,!?;:\u2026\"'/"
_before = re.compile(r"^(?:" + "|".join(re.escape(words) for words in BEFORE) + r")[\s,!.]+", re.IGNORECASE)
_after = re.compile(r"[\s,!.]+(?:" + "|".join(re.escape(words) for words in AFTER) + r")$", re.IGNORECASE)
_LONGEST_AFTER = 2 * max(map(len, AFTER))


HELP_NOW = frozenset(
    {"help now", "helpnow", "help me now", "halp now", "hepl now", "help nwo", "help nw", "i need help now"}
)


@dataclass(frozen=True)
class Match:
    """A word that was surely meant, and what followed it, as it was typed."""

    word: Word
    rest: str


@dataclass(frozen=True)
class Guess:
    """A word that may have been meant: ask before doing anything."""

    word: Word
    rest: str


def plain(text: str) -> str:
    """The text without politeness around it, in small letters and single spaces."""
    # First the spaces, of every kind: what is punctuation at the edge shows only then.
    return " ".join(bare(" ".join(text.split())).casefold().split())


def bare(text: str) -> str:
    """The text without politeness and punctuation around it; its own case and inner spaces stay."""
    text = text.translate(_QUOTES).strip(_EDGES)
    while (shorter := _less_polite(text)) != text and shorter:
        text = shorter
    return text


def _opened(text: str) -> str:
    """The text from its first word that is not mere politeness; all that follows stays as it was typed."""
    text = text.strip()
    while (before := _before.match(text)) and before.end() < len(text):
        text = text[before.end() :]
    return text


def _less_polite(text: str) -> str:
    """The text without the outermost polite words. Looks at both ends only: a message may hold 40,000 characters."""
    if before := _before.match(text):
        text = text[before.end() :]
    if after := _after.search(text, max(0, len(text) - _LONGEST_AFTER)):
        text = text[: after.start()]
    return text.strip(_EDGES)


def is_help_now(text: str) -> bool:
    """Whether this asks whom to call. Slips are forgiven without asking: showing it does no harm."""
    return plain(text) in HELP_NOW


def find(text: str, words: Mapping[str, Word]) -> Match | Guess | None:
    """The word the text is, or begins with, or nearly is.

    A word that takes something may be followed by it, with or without a colon. A slip is only forgiven in short texts
    and never done without asking.
    """
    said = plain(text)
    if not said:
        return None
    if said in words:
        return Match(words[said], "")
    original = bare(text)
    for phrase in sorted(words, key=len, reverse=True):
        if words[phrase].takes and (rest := _rest(phrase, original)):
            # What somebody wants to say is theirs to the last full stop; names and numbers are read plainly.
            return Match(words[phrase], _rest(phrase, _opened(text)) or rest if words[phrase].takes == "TEXT" else rest)
    if len(said) > 40:
        return None
    for near in get_close_matches(said, [phrase for phrase in words if len(phrase) > 3], n=1, cutoff=0.8):
        return Guess(words[near], "")
    first, _, rest = original.partition(" ")
    takers = [phrase for phrase in words if words[phrase].takes and len(phrase) > 3 and " " not in phrase]
    if rest:
        for near in get_close_matches(first.casefold(), takers, n=1, cutoff=0.8):
            return Guess(words[near], rest.strip())
    return None


def _rest(phrase: str, original: str) -> str:
    pattern = r"\s+".join(re.escape(part) for part in phrase.split())
    found = re.match(rf"{pattern}(?:\s*:\s*|\s+)(\S.*)$", original, re.IGNORECASE | re.DOTALL)
    return found.group(1) if found else ""
