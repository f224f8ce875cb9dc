"""The sandbox's front door: this computer only, this page only, small bodies only."""

from __future__ import annotations

from urllib.parse import urlsplit

from aiohttp import web

MOST_BYTES = 64 * 1024
LOOPBACK = {"127.0.0.1", "localhost", "::1"}

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    # Not no-referrer: with that, browsers hide the Origin of the page's own forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def check(request: web.Request) -> None:
    """Raise 403 unless this is for a loopback host and, when it changes something, from the page itself.

    The host is checked because another site can point a name of its own at 127.0.0.1 (DNS rebinding). Programs
    that are not browsers send neither Sec-Fetch-Site nor Origin, and are let in.
    """
    try:
        host = urlsplit(f"//{request.headers.get('Host', '')}").hostname
    except ValueError:
        host = None
    if host not in LOOPBACK:
        raise web.HTTPForbidden(text="The sandbox is only for the computer it runs on.")
    if request.method == "POST":
        site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
        own = site in ("same-origin", "none") if site else origin in (None, f"http://{request.headers['Host']}")
        if not own:
            raise web.HTTPForbidden(text="Another website tried to use the sandbox. Nothing was changed.")


async def body(request: web.Request) -> bytes:
    """The body of a posted HTML form. Raises 415 for any other kind, 413 over `MOST_BYTES`."""
    if request.content_type != "application/x-www-form-urlencoded":
        raise web.HTTPUnsupportedMediaType(text="The page sent something that cannot be read.")
    content = bytearray()
    async for part in request.content.iter_any():
        content += part
        if len(content) > MOST_BYTES:
            raise web.HTTPRequestEntityTooLarge(MOST_BYTES, len(content), text="That is too long. Send less at a time.")
    return bytes(content)
