"""The signposts: static cards that name who to call, in plain words, with the numbers written in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from handlers.chat import Card
from handlers.signposts import Category

STANDING_LINE = 'Messages are not read straight away. Reply "help now" to see who to call.'
"""Ends every receipt for free text."""

_PROGRAM = "This is a computer program. Nobody reads messages here straight away."
_EMERGENCY = "If it could be an emergency, call 999 or go to A&E."
_CHILDLINE = "Anyone under 19 can call Childline free on 0800 1111."
_WITHOUT_111 = "call your GP. When the surgery is closed, call the GP out of hours service."
_COMPLAIN = "Its staff can help you to make a complaint."


Kept = Literal["saved", "held", "not yet", "seen by others", "failed"]
"""What became of the message. ``held``: kept for a day, unless they ask to pass it on. ``not yet``: that is open."""

_KEPT: Mapping[Kept, str] = {
    "saved": "Your message is saved.",
    "held": "I keep your message for 24 hours.",
    "not yet": "",
    "seen by others": "Your message is not saved, because others could see it.",
    "failed": "Your message is not saved, because something went wrong on our side.",
}


@dataclass(frozen=True)
class Contacts:
    """The organisation's own contacts, as its administrator typed them. Each may be empty."""

    helpline: str = ""
    pals: str = ""
    safeguarding: str = ""


@dataclass(frozen=True)
class _Service:
    """Who helps with complaints in the whole of a nation that has no PALS."""

    nation: str
    name: str
    initials: str
    number: str
    what: str

    def is_meant(self, contact: str) -> bool:
        """Whether an organisation's own contact is this service: once we asked for its number, and for nothing else."""
        bare = not any(letter.isalpha() for letter in contact)
        named = re.search(rf"\b((?i:{self.name})|{self.initials})\b", contact)
        return bare or bool(named) or self.number.replace(" ", "")[1:] in "".join(filter(str.isdecimal, contact))


_ELSEWHERE = {
    "WLS": _Service("Wales", "Llais", "Llais", "02920 235 558", "Llais is free and independent of the NHS."),
    "SCT": _Service(
        "Scotland",
        "Patient Advice and Support Service",
        "PASS",
        "0800 917 2127",
        "The Patient Advice and Support Service is free and independent.",
    ),
    "NIR": _Service(
        "Northern Ireland",
        "Patient and Client Council",
        "PCC",
        "0800 917 0222",
        "The Patient and Client Council is free and independent.",
    ),
}


def signpost(category: Category, nation: str, contacts: Contacts, *, kept: Kept = "saved") -> Card:
    """The card of one category. ``nation`` is ENG, WLS, SCT or NIR; anything else gets the numbers of the whole UK."""
    own = _tidy(contacts)
    parts: list[str]
    match category:
        case Category.SELF_HARM:
            parts = _self_harm(nation)
        case Category.URGENT_HEALTH:
            parts = _urgent_health(nation, own.helpline)
        case Category.SAFEGUARDING:
            parts = _safeguarding(nation, own.safeguarding)
        case Category.COMPLAINT:
            parts = ["Feedback here does not start a complaint.", *_complaint(nation, own.pals)]
    # The same for all categories that are about safety: it shows on lock screens, and others may see it.
    title = "Who you can talk to" if category is Category.COMPLAINT else "Who you can call"
    return Card(title, "\n\n".join((f"{_KEPT[kept]} {_PROGRAM}".strip(), *parts)))


def help_now(nation: str | None, contacts: Contacts | None) -> Card:
    """Who to call, for anyone at any time. It needs no organisation, no database and nothing known of the person."""
    own = _tidy(contacts or Contacts())
    parts = [
        _PROGRAM,
        "If it could be an emergency, or someone is in danger now, call 999 or go to A&E.",
        *_in_treatment("If you are in treatment and feel unwell, call:", nation or "", own.helpline),
        f"If you feel unwell and it is not an emergency, {_health_line(nation or '')}",
        *_self_harm(nation or "")[:2],
    ]
    if own.safeguarding:
        parts += ["If you or someone else may not be safe, you can also talk to:", f"- {own.safeguarding}"]
    return Card("Who to call", "\n\n".join((*parts, _CHILDLINE)))


def _self_harm(nation: str) -> list[str]:
    option = "choose the mental health option"
    first = {
        "ENG": [f"- 111, then {option}."],
        "WLS": ["- 111, then press 2 for mental health."],
        "SCT": [f"- NHS 24 on 111, then {option}."],
        "NIR": ["- Lifeline, free on 0808 808 8000, day or night."],
    }
    whole_uk = [
        f"- In England, Scotland or Wales: 111, then {option}.",
        "- In Northern Ireland: Lifeline, free on 0808 808 8000, day or night.",
    ]
    lines = [
        *first.get(nation, whole_uk),
        "- Samaritans, free on 116 123, day or night.",
        "- Text SHOUT to 85258, free, day or night.",
    ]
    return [
        "If life feels too hard, you can talk to someone now:",
        "\n".join(lines),
        "If you are hurt, or a life is at risk, call 999 or go to A&E.",
        "You can also call for someone you are worried about.",
    ]


def _urgent_health(nation: str, helpline: str) -> list[str]:
    return [
        "This is for people in treatment, or just after it, who feel unwell, hot, cold or shivery.",
        *(
            _in_treatment("Please call now, at any hour, even if you are not sure:", nation, helpline)
            or ["Please call the 24-hour number that your treatment team gave you, even if you are not sure."]
        ),
        f"If you cannot get through, {_health_line(nation)}",
        _EMERGENCY,
    ]


def _in_treatment(lead: str, nation: str, helpline: str) -> list[str]:
    """Whom people in cancer treatment call, or nothing where no such number is known."""
    if helpline:
        return [lead, f"- {_called('24-hour cancer helpline', helpline, known_by='helpline')}"]
    # The only nation with one number for all.
    return [lead, "- Cancer Treatment Helpline: 0800 917 7711"] if nation == "SCT" else []


def _health_line(nation: str) -> str:
    return {
        "ENG": "call 111.",
        "WLS": "call 111.",
        "SCT": "call NHS 24 on 111.",
        "NIR": _WITHOUT_111,
    }.get(nation, f"call 111 in England, Scotland or Wales. In Northern Ireland, {_WITHOUT_111}")


def _safeguarding(nation: str, contact: str) -> list[str]:
    council = {
        "SCT": "your council for its social work team",
        "NIR": "your health and social care trust for its adult safeguarding team",
    }.get(nation, "your council for its adult social care team")
    return [
        "If anyone is in danger now, call 999. On a mobile, if it is not safe to speak, press 55 when asked.",
        *(
            ["You can talk to the people here who help to keep others safe (safeguarding):", f"- {contact}"]
            if contact
            else [f"If it is not an emergency, you can call the police on 101. You can also ask {council}."]
        ),
        _CHILDLINE,
        # No question: a plain yes or no would answer whatever else is open.
        "If it is safe for the coordinator to contact you, tell me how and when, in your own words.",
    ]


def _complaint(nation: str, pals: str) -> list[str]:
    about_pals = [
        "PALS is the Patient Advice and Liaison Service of a hospital. "
        "Its staff listen, help to put things right, and tell you how to make a complaint.",
        f"- {_called('PALS', pals, known_by='pals')}"
        if pals
        else "To find your PALS, ask at the hospital or call 111.",
    ]
    if nation in _ELSEWHERE:
        service = _ELSEWHERE[nation]
        lead = f"{service.what} {_COMPLAIN}"
        if pals and service.is_meant(pals):
            return [lead, f"- {_called(service.name, pals, known_by=service.name.casefold())}"]
        own = ["You can also contact the people who help with complaints here:", f"- {pals}"] if pals else []
        return [lead, f"- {service.name}: {service.number}", *own]
    if nation == "ENG" or pals:
        return about_pals
    return [
        "Who can help you to make a complaint:",
        "- In England, the Patient Advice and Liaison Service (PALS): ask at the hospital or call 111.",
        *(f"- In {service.nation}, {service.name}: {service.number}" for service in _ELSEWHERE.values()),
    ]


def _called(name: str, contact: str, *, known_by: str) -> str:
    """The contact with its name, which administrators often type themselves."""
    return contact if known_by in contact.casefold() else f"{name}: {contact}"


def _tidy(contacts: Contacts) -> Contacts:
    """One line each, without a full stop at the end."""
    helpline, pals, safeguarding = (
        " ".join(contact.split()).rstrip(".") for contact in (contacts.helpline, contacts.pals, contacts.safeguarding)
    )
    return Contacts(helpline, pals, safeguarding)
