"""How people write, evened out: case, quotes, text speech, regional words and slips become one plain spelling."""

from __future__ import annotations

import re
from collections.abc import Iterator

from handlers.signposts.everyday import FORGIVEN, NOT_SLIPS, SAME

LONGEST = 5000
"""Characters that are looked at: longer messages are cut, so that the work is bounded."""

_QUOTES = str.maketrans(dict.fromkeys("\u2018\u2019\u02bc\u00b4`", "'") | {"\u00a0": " ", "&": " and "})
_ENDS = re.compile(r"[.!?;\n\r\u2026]+(?!\d)")
_WORDS = re.compile(r"[^\W_]+")
_LONG_DRAWN = re.compile(r"([^\W\d_])\1{2,}")

_TWO_WORDS = (
    (re.compile(r"(?<= )(?:do|does|did) not "), "dont "),
    (re.compile(r"(?<= )(?:can|could) not "), "cant "),
    (re.compile(r"(?<= )(?:will|would) not "), "wont "),
    # A denial that says something is wrong is no denial.
    (
        re.compile(
            r"(?<= )(?:not|dont) (?:(?:been|feeling|feel|felt|look|looking|seem|too|very|at all|so|really) ){1,4}"
            r"(?:well|good|great|right|clever|better) "
        ),
        "unwell ",
    ),
    (re.compile(r"(?<= )not well (?=(?:and|since|after|at|today|now|with|so|tonight|because) |$)"), "unwell "),
    (re.compile(r"(?<= )(?:not (?:sure|certain)|dont know|no idea) "), "unsure "),
)

# "No energy, shivering": the comma ends the denial.
_DENIAL_ENDS = re.compile(r"\b((?:no|not|never|without)\b(?: \w+){1,3}),")


def _without_a_letter(word: str) -> list[str]:
    # The first letter is hardly ever the slip, and leaving it alone keeps other words apart.
    return [word[:at] + word[at + 1 :] for at in range(1, len(word))]


_FORGIVABLE = range(min(map(len, FORGIVEN)) - 1, max(map(len, FORGIVEN)) + 2)
_RIGHT = FORGIVEN.union(NOT_SLIPS, SAME)
_slips = {shorter: word for word in sorted(FORGIVEN) for shorter in _without_a_letter(word)}


def sentences(text: str) -> Iterator[str]:
    """The sentences of a text in plain spelling, each with one space before, between and after its words."""
    text = _DENIAL_ENDS.sub(r"\1 but", text[:LONGEST].translate(_QUOTES).casefold())
    for sentence in _ENDS.split(text):
        words = " ".join(_plain_words(sentence))
        if words:
            words = f" {words} "
            for pattern, plain in _TWO_WORDS:
                words = pattern.sub(plain, words)
            yield words


def _plain_words(sentence: str) -> Iterator[str]:
    for found in _WORDS.finditer(_joined(sentence)):
        word = _LONG_DRAWN.sub(r"\1\1", found.group())
        yield canonical(_near(word) if len(word) in _FORGIVABLE and word not in _RIGHT else word)


def canonical(word: str) -> str:
    """The one spelling of a word that the tables compare."""
    return SAME.get(word, word)


def _joined(sentence: str) -> str:
    """Without apostrophes: "can't" is one word, "mum's" is two."""
    return re.sub(r"(?<=\w)'s\b", " s", sentence).replace("'", "")


def _near(word: str) -> str:
    if word in _slips:
        return _slips[word]
    for shorter in _without_a_letter(word):
        if shorter in FORGIVEN:
            return shorter
        # Two words that become the same by leaving out a letter each: one letter differs, or two are swapped.
        near = _slips.get(shorter)
        if near and _one_slip(word, near):
            return near
    return word


def _one_slip(word: str, near: str) -> bool:
    if len(word) != len(near):
        return False
    differing = [at for at in range(len(word)) if word[at] != near[at]]
    if len(differing) == 1:
        return True
    return len(differing) == 2 and word[differing[0]] == near[differing[1]] and word[differing[1]] == near[differing[0]]
