"""The app's package for Teams, made from the code's own words: `pag manifest teams` writes it.

https://learn.microsoft.com/microsoft-365/extensibility/schema
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from typing import Any

import handlers
from bot.teams import icons
from handlers.texts import about
from handlers.texts.help import WORDS

NAME = "Round Table"
VERSION = "0.1.0"
SCHEMA = "1.25"
PERSONAL = (
    "help", "help now", "meetings", "groups", "my groups", "support", "feedback", "my feedback", "my data", "stop"
)  # fmt: skip
"""What Teams offers under the box in which people write to the bot, at most 10."""

_GUID = re.compile(r"[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_BEGINNING = (1980, 1, 1, 0, 0, 0)
"""The earliest time a zip can hold: the same package comes out whenever it is made."""


class CannotMake(Exception):
    """The settings do not suffice for a package. The message says in plain words what to do."""


def package(app_id: str, base_url: str) -> bytes:
    """The zip that is uploaded to Teams: the manifest and its icons. The same input makes the same bytes."""
    files = {
        "manifest.json": json.dumps(manifest(app_id, base_url), indent=2).encode(),
        "color.png": icons.colour(),
        "outline.png": icons.outline(),
    }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, _BEGINNING)
            entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, 0o644 << 16, 3
            archive.writestr(entry, content)
    return made.getvalue()


def manifest(app_id: str, base_url: str) -> dict[str, Any]:
    """The manifest for the bot of this app registration at this public address (``https://…``).

    Raises CannotMake.
    """
    if not app_id:
        raise CannotMake("TEAMS_APP_ID is missing. Set it to the application (client) id of your app registration.")
    if not _GUID.fullmatch(app_id):
        raise CannotMake(
            "TEAMS_APP_ID is no application id. It looks like 12345678-1234-1234-1234-123456789abc, and stands on the "
            "page of your app registration."
        )
    if not base_url.startswith("https://"):
        raise CannotMake(
            "BASE_URL is missing. Set it to the public address of the bot, such as https://bot.example.org"
        )
    page = f"{base_url.rstrip('/')}/about"
    return {
        "$schema": f"https://developer.microsoft.com/json-schemas/teams/v{SCHEMA}/MicrosoftTeams.schema.json",
        "manifestVersion": SCHEMA,
        "version": VERSION,
        "id": app_id,
        "localizationInfo": {"defaultLanguageTag": "en-gb"},
        "developer": {
            "name": "Round Table contributors",
            "websiteUrl": page,
            "privacyUrl": f"{page}#privacy",
            "termsOfUseUrl": f"{page}#terms",
        },
        "name": {"short": NAME, "full": f"{NAME}: patient advisory groups"},
        "description": {"short": "Helps to run patient advisory groups", "full": about.what_it_is().text},
        "icons": {"color": "color.png", "outline": "outline.png"},
        "accentColor": "#{:02x}{:02x}{:02x}".format(*icons.BLUE),
        "defaultInstallScope": "personal",
        "defaultGroupCapability": {"team": "bot", "groupchat": "bot"},
        "bots": [
            {
                "botId": app_id,
                "scopes": ["personal", "team", "groupChat"],
                "supportsFiles": False,
                "isNotificationOnly": False,
                "commandLists": [
                    {"scopes": ["personal"], "commands": [_command(word) for word in PERSONAL]},
                    {"scopes": ["team", "groupChat"], "commands": [_command(word) for word in _public()]},
                ],
            }
        ],
    }


def _public() -> list[str]:
    """The words that are also answered where others can see them."""
    return [phrase for phrase in WORDS if handlers.router.words[phrase].public]


def _command(phrase: str) -> dict[str, str]:
    return {"title": phrase, "description": WORDS[phrase]}
