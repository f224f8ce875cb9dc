"""Administration: groups, who coordinates them, and the organisation's settings."""

from __future__ import annotations

from handlers.router import Router

router = Router()
