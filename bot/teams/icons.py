"""The app's two icons, drawn here: a round table from above, and the seats around it."""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Callable

Rgb = tuple[int, int, int]
Paint = Callable[[float], tuple[int, ...]]

BLUE: Rgb = (11, 92, 173)
WHITE: Rgb = (255, 255, 255)

_SEATS = 6
_TABLE, _RIM, _SEAT, _AWAY = 0.2, 0.06, 0.075, 0.335
"""Radius of the table, breadth of its rim, radius of a seat and how far out it stands, in parts of the side."""


def colour(side: int = 192) -> bytes:
    """The icon in colour, as a PNG: white on blue, with no part of it see-through."""
    return _png(side, lambda shown: (*(round(b + (w - b) * shown) for b, w in zip(BLUE, WHITE, strict=True)), 255))


def outline(side: int = 32) -> bytes:
    """The icon as an outline, as a PNG: white on nothing. Teams colours it itself."""
    return _png(side, lambda shown: (*WHITE, round(255 * shown)), rim=True)


def _png(side: int, paint: Paint, *, rim: bool = False) -> bytes:
    """A PNG of RGBA pixels: www.w3.org/TR/png-3. ``paint`` makes a pixel from how much of it is covered, 0 to 1."""
    rows = (
        b"\0" + b"".join(bytes(paint(_covered(x + 0.5, y + 0.5, side, rim=rim))) for x in range(side))
        for y in range(side)
    )
    head = struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", head)
        + _chunk(b"IDAT", zlib.compress(b"".join(rows), 9))
        + _chunk(b"IEND", b"")
    )


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _covered(x: float, y: float, side: int, *, rim: bool) -> float:
    """How much of the pixel at this point is drawn on. ``rim``: only the edge of the table is."""
    middle = side / 2
    from_middle = math.hypot(x - middle, y - middle)
    table = _TABLE * side - from_middle
    if rim:
        table = min(table, from_middle - (_TABLE - _RIM) * side)
    turns = (2 * math.pi * seat / _SEATS for seat in range(_SEATS))
    seats = (
        _SEAT * side
        - math.hypot(x - middle - _AWAY * side * math.sin(turn), y - middle + _AWAY * side * math.cos(turn))
        for turn in turns
    )
    return min(1.0, max(0.0, max(table, *seats) + 0.5))
