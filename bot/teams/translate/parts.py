"""Reading what a client sends: every part is looked at before it is believed."""

from __future__ import annotations

import re
from collections.abc import Mapping

_ID = re.compile(r"[\x21-\x7e]{1,500}")
_DIRECTORY_ID = re.compile(r"[A-Za-z0-9_.:+/=-]{1,100}")


class Malformed(ValueError):
    """Teams does not send such an activity."""


def at(part: object, *path: str) -> object:
    """What lies at the end of `path`, or None. Raises Malformed where the way leads through what has no parts."""
    for step in path:
        if part is None:
            return None
        if not isinstance(part, Mapping):
            raise Malformed
        part = part.get(step)
    return part


def word(part: object, *path: str) -> str:
    """The text at the end of `path`; empty where there is none. Raises Malformed for anything but text."""
    found = at(part, *path)
    if found is None:
        return ""
    if not isinstance(found, str):
        raise Malformed
    return storable(found)


def things(part: object, *path: str) -> list[Mapping[str, object]]:
    """The list of objects at the end of `path`; empty where there is none. Raises Malformed for anything else."""
    found = at(part, *path)
    if found is None:
        return []
    if not isinstance(found, list) or not all(isinstance(thing, Mapping) for thing in found):
        raise Malformed
    return found


def identifier(found: object) -> str:
    """`found`, an id of Teams' as it came. Raises Malformed where it cannot be one."""
    if not isinstance(found, str) or not _ID.fullmatch(found):
        raise Malformed
    return found


def directory_id(text: str) -> str:
    """`text`, the id of a tenant, or of a person in it. Raises Malformed where it is none."""
    if not _DIRECTORY_ID.fullmatch(text):
        raise Malformed
    return text


def storable(text: str) -> str:
    """`text` without what no database holds: NUL, and halves of characters."""
    return text.replace("\0", "").encode(errors="replace").decode()
