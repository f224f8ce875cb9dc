"""A small notation for what people say, so that anyone can read and check the tables of phrases.

One phrase a line; a line that ends in ``|`` goes on in the next. ``a|b`` is one of these words, ``(a b|c)`` one of
these groups of words, ``?`` after either: may be missing. ``word*`` has any ending. ``..`` is up to 3 words,
``...`` up to 7; words of denial never fill them. ``{name}`` is a group that phrases share.
"""

from __future__ import annotations

import re

from handlers.signposts.spelling import canonical

DENIALS = "not|no|never|nor|neither|without|dont|none"

_SHARED = {
    "kin": (
        "husband|wife|partner|boyfriend|girlfriend|ex|mum|dad|nan|grandad|son|daughter|brother|sister|uncle"
        "|aunt|auntie|nephew|niece|grandson|granddaughter|stepdad|stepmum|stepson|cousin|carer|child|lad|lass"
        "|kid|neighbour|landlord|flatmate|family|relative|friend|bloke|fella|inlaws|care worker|care workers"
        "|lodger"
    ),
    "my": "my|our|me|the|her|his|their|a|mine",
    "i": (
        "i|we|he|she|they|husband|wife|partner|boyfriend|girlfriend|mum|dad|nan|grandad|son|daughter|brother"
        "|sister|uncle|aunt|auntie|friend|child|lad|lass|kid|who|grandson|granddaughter|carer|neighbour"
        "|patient"
    ),
    "is": (
        "am|is|are|s|be|been|was|were|feel|feels|felt|feeling|keep|keeps|kept|got|get|gets|getting|gone|look"
        "|looks|have|has|had|having|came|come|started|woke|went|goes|going|become|seem|seems|still|now|just|so"
        "|really|all"
    ),
    "me": "me|us|her|him|them|mum|dad|nan|grandad|wife|husband|sister|brother|daughter|son|child|friend",
    "myself": "myself|herself|himself|themselves|themself",
}
_ELEMENT = re.compile(r"\{\w+\}\??|\([^)]*\)\??|\S+")
_GAPS = {dots: rf"(?:(?!(?:{DENIALS}) )\S+ ){{0,{words}}}?" for dots, words in (("..", 3), ("...", 7))}


def compiled(table: str) -> re.Pattern[str]:
    """One pattern for a table of phrases, to be searched in a sentence of `spelling.sentences`."""
    lines = [line.strip() for line in re.sub(r"\|\n\s+", "|", table).splitlines()]
    return re.compile("(?<= )(?:" + "|".join(_phrase(line) for line in lines if line) + ")")


def _phrase(line: str) -> str:
    return "".join(_element(part) for part in _ELEMENT.findall(line))


def _element(part: str) -> str:
    if part in _GAPS:
        return _GAPS[part]
    optional = "?" if part.endswith("?") else ""
    part = re.sub(r"\{(\w+)\}", lambda name: _SHARED[name[1]], part.rstrip("?"))
    choices = [
        "".join(re.escape(canonical(word)).replace(r"\*", r"\S*") + " " for word in choice.split())
        for choice in part.strip("()").split("|")
    ]
    return f"(?:{'|'.join(choices)}){optional}"
