"""The manifests: valid, and made of just what the code calls, listens to and answers."""

from __future__ import annotations

import ast
import io
import json
import re
import struct
import tomllib
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner
from slack_sdk.web.async_client import AsyncWebClient

import handlers
from bot import about
from bot.__main__ import pag
from bot.slack import manifest
from bot.slack.connect import installing
from bot.teams import manifest as teams
from handlers.texts.help import WORDS
from tests.fake_slack import ARGUMENTS

ROOT = Path(__file__).parent.parent
SCHEMA = json.loads((ROOT / "tests" / "slack-manifest.schema.json").read_text(encoding="utf-8"))
TEAMS_SCHEMA = json.loads((ROOT / "tests" / "teams-manifest.schema.json").read_text(encoding="utf-8"))
ADDRESS = "https://bot.example.org"
TEAMS_APP = "00000000-0000-4000-8000-000000000b07"

SCOPE_OF = {
    "apps.connections.open": "",
    "auth.teams.list": "",
    "auth.test": "",
    "chat.delete": "chat:write",
    "chat.postEphemeral": "chat:write",
    "chat.postMessage": "chat:write",
    "chat.update": "chat:write",
    "conversations.history": "im:history channels:history groups:history",
    "conversations.info": "channels:read groups:read",
    "conversations.invite": "channels:write.invites groups:write.invites",
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
"""The least scopes that each method needs for what we use it for: docs.slack.dev/reference/methods."""

EVENT_SCOPE = {
    "app_home_opened": "",
    "app_mention": "app_mentions:read",
    "app_uninstalled": "",
    "channel_archive": "channels:read",
    "channel_deleted": "channels:read",
    "channel_left": "channels:read",
    "channel_rename": "channels:read",
    "channel_unarchive": "channels:read",
    "group_archive": "groups:read",
    "group_deleted": "groups:read",
    "group_left": "groups:read",
    "group_rename": "groups:read",
    "group_unarchive": "groups:read",
    "member_joined_channel": "channels:read groups:read",
    "member_left_channel": "channels:read groups:read",
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
    needed = [SCOPE_OF[name] for name in _called()] + [EVENT_SCOPE[name] for name in _listened_to()]
    assert set(manifest.SCOPES) == {"commands", *" ".join(needed).split()}


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


# Teams


def _faults(made: dict[str, Any]) -> list[str]:
    """What Microsoft's own schema says against it."""
    # The schema calls itself draft 4 and uses words of a later one.
    return [fault.message for fault in jsonschema.Draft7Validator(TEAMS_SCHEMA).iter_errors(made)]


def _pixels(png: bytes) -> list[tuple[int, int, int, int]]:
    """The pixels of a PNG of 8-bit RGBA without filters; it says what is wrong with any other."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    at, data, size = 8, b"", (0, 0)
    while at < len(png):
        length, name = struct.unpack(">I4s", png[at : at + 8])
        part = png[at + 8 : at + 8 + length]
        assert struct.unpack(">I", png[at + 8 + length : at + 12 + length])[0] == zlib.crc32(name + part)
        if name == b"IHDR":
            size = struct.unpack(">II", part[:8])
            assert part[8:] == bytes([8, 6, 0, 0, 0])
        data += part if name == b"IDAT" else b""
        at += 12 + length
    raw, row = zlib.decompress(data), 4 * size[0] + 1
    assert len(raw) == row * size[1]
    rows = [raw[start : start + row] for start in range(0, len(raw), row)]
    assert {line[0] for line in rows} == {0}
    return [struct.unpack("4B", line[at : at + 4]) for line in rows for at in range(1, row, 4)]


@pytest.mark.parametrize("address", [ADDRESS, f"{ADDRESS}/", f"{ADDRESS}/round-table"])
def test_the_manifest_for_teams_is_valid(address: str) -> None:
    assert _faults(teams.manifest(TEAMS_APP, address)) == []


@pytest.mark.parametrize(
    ("part", "wrong"), [("manifestVersion", "1.24"), ("id", "the-app"), ("accentColor", "blue"), ("extra", True)]
)
def test_the_validator_for_teams_refuses_what_is_wrong(part: str, wrong: object) -> None:
    assert _faults({**teams.manifest(TEAMS_APP, ADDRESS), part: wrong})


def test_teams_offers_words_that_are_answered_and_where_they_are() -> None:
    (bot,) = teams.manifest(TEAMS_APP, ADDRESS)["bots"]
    personal, shared = bot["commandLists"]
    assert bot["scopes"] == [*personal["scopes"], *shared["scopes"]] == ["personal", "team", "groupChat"]
    public = {word.phrase for word in handlers.router.words.values() if word.public} & WORDS.keys()
    assert {command["title"] for command in shared["commands"]} == public
    for offered in (personal, shared):
        assert 0 < len(offered["commands"]) <= 10
        for command in offered["commands"]:
            word = handlers.router.words[command["title"]]
            assert word.who == "everyone" or word.public
            assert command["description"] == WORDS[word.phrase]
            # Teams shows no more: learn.microsoft.com/microsoftteams/platform/bots/how-to/create-a-bot-commands-menu
            assert len(command["title"]) <= 32
            assert len(command["description"]) <= 128


def test_the_version_in_teams_is_the_projects() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == teams.VERSION


def test_the_addresses_in_teams_lead_to_a_page_that_is_served() -> None:
    assert len(about.routes()) == 1
    developer = teams.manifest(TEAMS_APP, f"{ADDRESS}/")["developer"]
    urls = [url for name, url in developer.items() if name != "name"]
    assert {url.partition("#")[0] for url in urls} == {f"{ADDRESS}{about.PLACE}"}


def test_the_icons_are_as_teams_wants_them() -> None:
    """learn.microsoft.com/microsoftteams/platform/concepts/build-and-test/apps-package: app icons."""
    with zipfile.ZipFile(io.BytesIO(teams.package(TEAMS_APP, ADDRESS))) as package:
        assert sorted(package.namelist()) == ["color.png", "manifest.json", "outline.png"]
        colour, outline = _pixels(package.read("color.png")), _pixels(package.read("outline.png"))
        assert json.loads(package.read("manifest.json")) == teams.manifest(TEAMS_APP, ADDRESS)
    assert (len(colour), len(outline)) == (192 * 192, 32 * 32)
    assert {pixel[3] for pixel in colour} == {255}
    assert {pixel[:3] for pixel in outline} == {(255, 255, 255)}
    assert {0, 255} <= {pixel[3] for pixel in outline}


def test_the_package_is_the_same_each_time() -> None:
    assert teams.package(TEAMS_APP, ADDRESS) == teams.package(TEAMS_APP, ADDRESS)


def test_the_command_writes_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in (("TEAMS_APP_ID", TEAMS_APP), ("TEAMS_APP_PASSWORD", "secret"), ("BASE_URL", ADDRESS)):
        monkeypatch.setenv(name, value)
    done = CliRunner().invoke(pag, ["manifest", "teams", "--out", "app.zip"])
    assert (done.exit_code, done.output.partition(":")[0]) == (0, "app.zip")
    assert (tmp_path / "app.zip").read_bytes() == teams.package(TEAMS_APP, ADDRESS)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"BASE_URL": ADDRESS}, "TEAMS_APP_ID"),
        ({"TEAMS_APP_ID": "my-app", "TEAMS_APP_PASSWORD": "secret", "BASE_URL": ADDRESS}, "TEAMS_APP_ID"),
        ({"TEAMS_APP_ID": TEAMS_APP, "TEAMS_APP_PASSWORD": "secret"}, "BASE_URL"),
        ({"TEAMS_APP_ID": TEAMS_APP, "TEAMS_APP_PASSWORD": "secret", "BASE_URL": "http://a.example"}, "BASE_URL"),
    ],
)
def test_the_command_says_what_is_missing_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: dict[str, str], named: str
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    done = CliRunner().invoke(pag, ["manifest", "teams", "--out", "app.zip"])
    assert done.exit_code == 1
    assert done.output.startswith(f"Error: {named} ")
    assert not (tmp_path / "app.zip").exists()
