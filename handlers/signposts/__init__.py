"""Which signposts the words of a message suggest: tables of phrases, no guessing and no machine learning.

It decides only which static card to show. It blocks nothing, grades nothing and keeps nothing.
"""

from __future__ import annotations

import re
from enum import StrEnum

from handlers.signposts import complaint, harm, illness, self_harm
from handlers.signposts.softeners import IDIOMS, LONG_AGO, PERSONAL, RIGHT_NOW, SERVICE, hidden
from handlers.signposts.spelling import sentences

AT_MOST = 2


class Category(StrEnum):
    """What a signpost is about, the most pressing first."""

    SELF_HARM = "self_harm"
    URGENT_HEALTH = "urgent_health"
    SAFEGUARDING = "safeguarding"
    COMPLAINT = "complaint"


# What is told of somebody stands even beside talk of services and papers; what is merely named does not.
_TOLD = {
    Category.SELF_HARM: self_harm.TOLD,
    Category.URGENT_HEALTH: illness.TOLD,
    Category.SAFEGUARDING: harm.TOLD,
    Category.COMPLAINT: complaint.TOLD,
}


def recognise(text: str) -> tuple[Category, ...]:
    """The categories that the words suggest, in the order of `Category`, at most 2.

    Works for one message at a time, on its first 5,000 characters. When in doubt it says yes.
    """
    said = [IDIOMS.sub("~ ", sentence) for sentence in sentences(text)]
    treated = any(illness.TREATMENT.search(sentence) for sentence in said)
    found = (category for category in Category if any(_suggests(category, sentence, treated) for sentence in said))
    return tuple(found)[:AT_MOST]


def _suggests(category: Category, sentence: str, treated: bool) -> bool:
    if LONG_AGO.search(sentence) and not RIGHT_NOW.search(sentence):
        return False
    if category is Category.URGENT_HEALTH and illness.SUPPORT.search(sentence):
        return False
    service = SERVICE.search(sentence)
    if (not service or PERSONAL.search(sentence)) and _stands(_TOLD[category], sentence):
        return True
    return not service and _is_named(category, sentence, treated)


def _is_named(category: Category, sentence: str, treated: bool) -> bool:
    match category:
        case Category.SELF_HARM:
            return _stands(self_harm.NAMED, sentence) or _stand_together(self_harm.HINTS, sentence)
        case Category.URGENT_HEALTH if illness.PLACES.search(sentence):
            return False
        case Category.URGENT_HEALTH:
            on_treatment = treated and _stands(illness.ON_TREATMENT, sentence)
            return on_treatment or _stand_together(illness.HINTS, sentence)
        case Category.SAFEGUARDING:
            somebody = harm.SOMEBODY.search(sentence)
            return _stands(harm.NAMED, sentence) or bool(somebody and _stand_together(harm.HINTS, sentence))
        case Category.COMPLAINT:
            return _stands(complaint.NAMED, sentence)


def _stands(table: re.Pattern[str], sentence: str) -> bool:
    return any(not hidden(sentence, found) for found in table.finditer(sentence))


def _stand_together(hints: re.Pattern[str], sentence: str) -> bool:
    return len({found.group() for found in hints.finditer(sentence) if not hidden(sentence, found)}) >= 2
