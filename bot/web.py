"""The one HTTP server: the platforms' routes, health and metrics."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST

from bot.logs import where

log = logging.getLogger("pag.web")

LARGEST_BODY = 1024 * 1024
"""Bytes. Slack's and Teams' own messages are far smaller."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def make_web(
    routes: Iterable[web.RouteDef], *, ready: Callable[[], Awaitable[list[str]]], metrics: Callable[[], bytes]
) -> web.Application:
    """The application. ``ready`` names what is wrong, or nothing; ``metrics`` is Prometheus text."""

    async def live(_: web.Request) -> web.Response:
        return web.json_response({"live": True})

    async def is_ready(_: web.Request) -> web.Response:
        wrong = await ready()
        return web.json_response({"ready": not wrong, "wrong": wrong}, status=503 if wrong else 200)

    async def show_metrics(_: web.Request) -> web.Response:
        return web.Response(body=metrics(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    application = web.Application(client_max_size=LARGEST_BODY, middlewares=[_no_traceback])
    application.add_routes(
        [
            web.get("/health/live", live),
            web.get("/health/ready", is_ready),
            web.get("/metrics", show_metrics),
            *routes,
        ]
    )
    return application


@web.middleware
async def _no_traceback(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except web.HTTPException:
        raise
    except web.RequestPayloadError:
        return web.json_response({"error": "unreadable"}, status=400)
    except Exception as mistake:  # noqa: BLE001 (nothing a client sends makes a traceback)
        log.error("a request failed: %s", where(mistake))
        return web.json_response({"error": "internal"}, status=500)
