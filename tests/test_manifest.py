"""The manifest for Slack: valid, and made of just what the code calls and listens to."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner
from slack_sdk.web.async_client import AsyncWebClient

from bot.__main__ import pag
from bot.slack import manifest
from bot.slack.connect import installing
from tests.fake_slack import ARGUMENTS

ROOT = Path(__file__).parent.parent
SCHEMA = json.loads((ROOT / "tests" / "slack-manifest.schema.json").read_text(encoding="utf-8"))
ADDRESS = "https://bot.example.org"

SCOPE_OF = {
    "apps.connections.open": "",
    "auth.teams.list": "",
    "auth.test": "",
    "chat.delete": "chat:write",
    "chat.postEphemeral": "chat:write",
    "chat.postMessage": "chat:write",
    "chat.update": "chat:write",
    "conversations.history": "im:history",
    "conversations.info": "channels:read",
    "conversations.invite": "channels:write.invites",
    "conversations.list": "channels:read",
    "conversations.members": "channels:read",
    "conversations.open": "im:write",
    "files.completeUploadExternal": "files:write",
    "files.getUploadURLExternal": "files:write",
    "files.info": "files:read",
    "oauth.v2.access": "",
    "users.info": "users:read",
    "views.open": "",
    "views.publish": "",
    "views.push": "",
    "views.update": "",
}
"""The least scope that each method needs for what we use it for: docs.slack.dev/reference/methods."""

EVENT_SCOPE = {
    "app_home_opened": "",
    "app_mention": "app_mentions:read",
    "app_uninstalled": "",
    "channel_archive": "channels:read",
    "channel_deleted": "channels:read",
    "channel_left": "channels:read",
    "channel_rename": "channels:read",
    "channel_unarchive": "channels:read",
    "member_joined_channel": "channels:read",
    "member_left_channel": "channels:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "message.mpim": "mpim:history",
    "reaction_added": "reactions:read",
    "team_access_granted": "",
    "team_access_revoked": "",
    "team_join": "users:read",
    "tokens_revoked": "",
    "user_change": "users:read",
}
"""Events of docs.slack.dev/reference/events, with the scope that each needs."""

NOT_BY_SUBSCRIPTION = {"message.channels", "message.groups", "message.mpim"}
"""Of messages we read only those to us: the others' type is the same word."""


def _trees() -> Iterator[ast.Module]:
    for path in sorted((ROOT / "bot" / "slack").rglob("*.py")):
        if path.name != "manifest.py":
            yield ast.parse(path.read_text(encoding="utf-8"))


def _called() -> set[str]:
    """The methods that the code calls: by the SDK's function of that name, or by name."""
    found = set()
    for tree in _trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and "_" in node.attr and hasattr(AsyncWebClient, node.attr):
                found.add(node.attr.replace("_", "."))
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".api_call"):
                found.add(ast.literal_eval(node.args[0]))
    return {method for method in found if method != "api.call" and not method.startswith(".")}


def _listened_to() -> set[str]:
    """The events whose type stands in the code that reads what comes in."""
    words = {
        node.value
        for path in (ROOT / "bot" / "slack" / "translate").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    types = {name: name.partition(".")[0] for name in EVENT_SCOPE.keys() - NOT_BY_SUBSCRIPTION}
    return {name for name, kind in types.items() if kind in words}


def test_it_names_every_method_that_the_code_calls_and_no_other() -> None:
    assert set(manifest.METHODS) == _called()
    assert _called() <= ARGUMENTS.keys(), "the fake Slack knows them too"


def test_each_method_and_event_has_the_scope_that_slack_names() -> None:
    assert {name: SCOPE_OF[name] for name in manifest.METHODS} == manifest.METHODS
    assert {name: EVENT_SCOPE[name] for name in manifest.EVENTS} == manifest.EVENTS


def test_it_asks_for_every_event_that_the_code_reads_and_no_other() -> None:
    assert set(manifest.EVENTS) == _listened_to()


def test_it_asks_for_no_scope_that_nothing_needs() -> None:
    needed = {SCOPE_OF[name] for name in _called()} | {EVENT_SCOPE[name] for name in _listened_to()}
    assert set(manifest.SCOPES) == (needed | {"commands"}) - {""}


@pytest.mark.parametrize("address", ["", ADDRESS, f"{ADDRESS}/"])
def test_it_is_valid(address: str) -> None:
    jsonschema.validate(manifest.manifest(address), SCHEMA)


def test_the_validator_refuses_what_is_wrong() -> None:
    made = manifest.manifest(ADDRESS)
    made["features"]["slash_commands"][0]["command"] = "pag"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(made, SCHEMA)


def test_without_an_address_it_is_for_socket_mode_and_names_none() -> None:
    made = manifest.manifest("")
    assert made["settings"]["socket_mode_enabled"] is True
    assert "http" not in json.dumps(made)
    assert "redirect_urls" not in made["oauth_config"]


def test_with_an_address_everything_leads_to_what_we_serve() -> None:
    made = manifest.manifest(ADDRESS)
    assert made["settings"]["socket_mode_enabled"] is False
    urls = re.findall(rf'"{ADDRESS}(/[^"]+)"', json.dumps(made))
    assert sorted(urls) == ["/slack/events"] * 3 + [installing.BACK]
    served = re.findall(
        r'web\.post\("([^"]+)"', (ROOT / "bot" / "slack" / "connect" / "__init__.py").read_text(encoding="utf-8")
    )
    assert set(urls) == {*served, installing.BACK}


def test_people_can_write_to_the_bot_and_have_a_home() -> None:
    home = manifest.manifest("")["features"]["app_home"]
    assert home == {
        "home_tab_enabled": True,
        "messages_tab_enabled": True,
        "messages_tab_read_only_enabled": False,
    }
    shortcuts: list[dict[str, Any]] = manifest.manifest("")["features"]["shortcuts"]
    assert {(one["type"], one["callback_id"]) for one in shortcuts} == {("message", "pass_on"), ("global", "menu")}


def test_the_command_prints_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BASE_URL", ADDRESS)
    done = CliRunner().invoke(pag, ["manifest", "slack"])
    assert done.exit_code == 0
    assert json.loads(done.output) == manifest.manifest(ADDRESS)
    monkeypatch.delenv("BASE_URL")
    assert json.loads(CliRunner().invoke(pag, ["manifest", "slack"]).output) == manifest.manifest("")
