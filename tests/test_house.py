"""The house: README, `.env.example`, the changelog and the decisions, held to the code; the code, to its rules."""

from __future__ import annotations

import ast
import importlib
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

import click
import pytest

import handlers
from bot.__main__ import pag
from bot.settings import Settings
from handlers.router import Router, Who
from handlers.texts import forms as form_texts
from handlers.texts import inbox as inbox_texts
from handlers.texts.help import WORDS
from storage.database import Base

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
FLOORS = ("bot", "handlers", "storage")
LONGEST = 400
"""Lines of a file of the program. Most are far shorter."""

ASKS_ITSELF: Mapping[str, Who] = {
    # Whoever has not the right is not refused: what they wrote is taken as feedback.
    "stop everything for": "coordinator",
    "undo stop for": "coordinator",
    # The chair may see it too.
    "who is coming": "coordinator",
}
"""Words whose own function asks who may use them."""

PART_OF = {
    "checklist": "support",
    "comments": "feedback",
    "moving": "planning",
    "planning": "meetings",
    "reminding": "meetings",
}
"""Handlers that answer for a feature besides their own, whose file would grow too long."""

NO_STORAGE = {
    "administration": "groups, people",
    "calls": "outbox",
    "checklist": "support",
    "comments": "feedback",
    "help": "nothing to remember",
    "joining": "groups",
    "moving": "meetings",
    "on_behalf": "meetings, feedback, people",
    "pausing": "pauses",
    "planning": "meetings",
    "rsvp": "meetings",
    "settings": "organisations",
    "silence": "people, outbox",
}
"""Features without a file in storage of their own, and where what they remember is."""

NO_STORIES = {
    "comments": "feedback",
    "moving": "planning",
}
"""Features whose stories are told in the tests of another."""

OF_THE_WHOLE = {
    "attacks", "both", "browser", "fake_connector", "fuzz", "house", "migrations", "program", "table", "teams_phone",
    "texts", "translate",
}  # fmt: skip
"""Tests of no single module."""

ALLOWED: Mapping[str, set[str]] = {
    "handlers": {"handlers", "storage", "dateutil", "holidays", "icalendar", "sqlalchemy"},
    "storage": {"storage", "sqlalchemy", "alembic", "cryptography"},
}
FORBIDDEN_STANDARD = {"asyncio", "os", "socket", "subprocess", "threading", "time", "urllib"}


def _modules(floor: str) -> Iterator[Path]:
    return (path for path in sorted((ROOT / floor).rglob("*.py")) if "__pycache__" not in path.parts)


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _features() -> dict[str, Router]:
    """The routers of the table of contents by the names of their modules."""
    modules = {
        path.stem: importlib.import_module(f"handlers.{path.stem}") for path in (ROOT / "handlers").glob("[a-z]*.py")
    }
    return {name: module.router for name, module in modules.items() if name != "router" and hasattr(module, "router")}


# The papers


def _table_of_words() -> dict[str, tuple[str, str]]:
    """README's words: under ``phrase TAKES`` who may use it and what it does."""
    part = README.partition("\n## Words\n")[2].partition("\n## ")[0]
    found: dict[str, tuple[str, str]] = {}
    for heading, rows in re.findall(r"### (\w+)\n(.*?)(?=\n### |\Z)", part, re.DOTALL):
        for word, does in re.findall(r"^\| `(.+?)` \| (.+?) \|$", rows, re.MULTILINE):
            assert word not in found, f"{word} stands twice"
            found[word] = (heading, does)
    return found


def test_readme_lists_every_word_with_who_may_use_it() -> None:
    headings: Mapping[Who, str] = {"everyone": "Everyone", "coordinator": "Coordinators", "admin": "Administrators"}
    wanted = {
        f"{phrase} {word.takes}".strip(): (headings[ASKS_ITSELF.get(phrase, word.who)], WORDS[phrase])
        for phrase, word in handlers.router.words.items()
        if phrase in WORDS
    }
    assert _table_of_words() == wanted


def test_everything_that_answers_a_word_has_one_that_readme_and_help_name() -> None:
    names: dict[object, list[str]] = {}
    for phrase, word in handlers.router.words.items():
        names.setdefault(word.answer, []).append(phrase)
    for phrases in names.values():
        assert phrases == [""] or sum(phrase in WORDS for phrase in phrases) == 1, phrases


def test_env_example_lists_every_setting_with_its_default() -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    listed = dict(re.findall(r"^# ([A-Z_]+)=(.*)$", "\n".join(lines), re.MULTILINE))
    defaults = {name.upper(): field.default for name, field in Settings.model_fields.items()}
    assert listed == {
        name: "" if default in (None, (), frozenset()) else str(default) for name, default in defaults.items()
    }
    for number, line in enumerate(lines):
        if re.match(r"# [A-Z_]+=", line):
            above = lines[number - 1]
            assert above.startswith("# "), f"{line} has no comment"


def _commands(group: click.Group, before: str = "pag") -> Iterator[str]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from _commands(command, f"{before} {name}")
        else:
            yield f"{before} {name}"


def test_readme_lists_every_command_and_no_other() -> None:
    table = README.partition("### The command line")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `(pag .+?)` \|", table, re.MULTILINE)) == set(_commands(pag))


def test_no_paper_names_a_command_or_a_target_that_is_not_there() -> None:
    known = set(_commands(pag))
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for paper in (ROOT / "README.md", ROOT / ".env.example", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")):
        text = paper.read_text(encoding="utf-8")
        for command in re.findall(r"`(?:\.venv/bin/)?(pag [a-z][^`]*)`", text):
            assert any(f"{command} ".startswith(f"{one} ") for one in known), f"{paper.name}: {command}"
        for target in re.findall(r"`make ([a-z-]+)", text):
            assert target in targets, f"{paper.name}: make {target}"


def test_what_readme_points_to_is_there() -> None:
    pointed = re.findall(r"\]\((?!https?:|#)([^)]+)\)", README)
    named = re.findall(r"`((?:bot|handlers|storage|tests|docs|benchmarks)/[\w/.]*)`", README)
    made_up = re.compile(r"minutes\.py$|0002_|results\.json$")
    missing = [path for path in {*pointed, *named} if not made_up.search(path) and not (ROOT / path).exists()]
    assert not missing
    headings = {
        re.sub(r"[^\w -]", "", line).lower().replace(" ", "-")
        for line in re.findall(r"^#+ (.+)$", README, re.MULTILINE)
    }
    assert set(re.findall(r"\]\(#([^)]+)\)", README)) <= headings


def test_readme_names_every_metric() -> None:
    made = re.findall(r"(Counter|Gauge)\(\s*\"(pag_\w+)\"", (ROOT / "bot" / "app.py").read_text(encoding="utf-8"))
    wanted = {f"{name}_total" if kind == "Counter" else name for kind, name in made}
    assert wanted == set(re.findall(r"`(pag_\w+)`", README))


def test_the_changelog_has_an_unreleased_head() -> None:
    headings = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert headings[0] == "[Unreleased]"


def test_the_decisions_are_numbered_and_say_what_was_decided() -> None:
    papers = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    for number, paper in enumerate(papers, 1):
        text = paper.read_text(encoding="utf-8")
        assert paper.name.startswith(f"{number:04}-")
        assert text.startswith(f"# {number}. ")
        assert number == 1 or {"**Decision.**", "**Instead of.**"} <= set(re.findall(r"\*\*.+?\*\*", text)), paper.name


# What people press and send


def _actions() -> Iterator[tuple[str, str, str]]:
    """Every string in the handlers that looks like an action: the file, what it is given to, and the action."""
    looks = re.compile(rf"({'|'.join({*_features(), 'inbox', 'forms'})})\.[a-z_]+")
    for path in _modules("handlers"):
        tree = _tree(path)
        given = {
            id(argument): call.func.id if isinstance(call.func, ast.Name) else ast.unparse(call.func)
            for call in ast.walk(tree)
            if isinstance(call, ast.Call)
            for argument in call.args
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and looks.fullmatch(node.value):
                yield _name(path), given.get(id(node), ""), node.value


IN_CONVERSATION = {form_texts.ANSWER, form_texts.LEAVE, inbox_texts.MEANT, inbox_texts.NOT_MEANT}
"""Actions that the conversation itself answers."""


def test_every_action_that_a_text_names_is_answered() -> None:
    router = handlers.router
    known = {*router.presses, *router.jobs, *IN_CONVERSATION}
    lost = {f"{file}: {action}" for file, _, action in _actions() if action not in known}
    assert not lost
    unsent = {
        f"{file}: {action}" for file, kind, action in _actions() if kind == "Form" and action not in router.submissions
    }
    assert not unsent


def test_every_button_and_form_is_given_its_action_in_plain_sight() -> None:
    """What is no literal must be a parameter or a constant, whose values the test above sees."""
    for path in _modules("handlers"):
        for call in ast.walk(_tree(path)):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in ("Button", "Form"):
                place = 1 if call.func.id == "Button" else 0
                if any(isinstance(argument, ast.Starred) for argument in call.args):
                    continue
                action = next((word.value for word in call.keywords if word.arg == "action"), None)
                action = action or call.args[place]
                assert isinstance(action, ast.Constant | ast.Name | ast.Attribute), f"{_name(path)}:{call.lineno}"


def test_every_press_has_something_that_bears_it() -> None:
    borne = {action for _, to, action in _actions() if not to.startswith("router.")}
    assert set(handlers.router.presses) - borne == set()
    assert set(handlers.router.submissions) <= set(handlers.router.presses)


def test_actions_and_jobs_begin_with_their_feature() -> None:
    for name, router in _features().items():
        for action in (*router.presses, *router.submissions, *router.jobs):
            assert action.partition(".")[0] in (name, PART_OF.get(name)), f"{name}: {action}"


def test_the_table_of_contents_holds_every_feature() -> None:
    for name, router in _features().items():
        assert router.words.keys() <= handlers.router.words.keys(), name
        assert router.presses.keys() <= handlers.router.presses.keys(), name
        assert router.submissions.keys() <= handlers.router.submissions.keys(), name
        assert router.jobs.keys() <= handlers.router.jobs.keys(), name


def test_the_import_contract_parts_every_feature_from_the_others() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    (layer,) = next(one["layers"] for one in contracts if one["name"].startswith("Features do not know each other"))
    assert set(re.findall(r"\((\w+)\)", layer)) == set(_features())


# The floors


def _imports(path: Path) -> Iterator[tuple[str, str]]:
    """Each module that is imported, and the name taken from it."""
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{_name(path)}: imports are written out"
            yield from ((node.module or "", alias.name) for alias in node.names)


@pytest.mark.parametrize("floor", sorted(ALLOWED))
def test_a_floor_stands_on_what_it_may(floor: str) -> None:
    standard = sys.stdlib_module_names - FORBIDDEN_STANDARD
    for path in _modules(floor):
        for module, _ in _imports(path):
            top = module.partition(".")[0]
            assert top in standard or top in ALLOWED[floor], f"{_name(path)} imports {module}"


def test_handlers_write_no_sql() -> None:
    taken = {
        (_name(path), module, name)
        for path in _modules("handlers")
        for module, name in _imports(path)
        if module.startswith("sqlalchemy")
    }
    # The type of a query for people's ids, and the type of the session that a turn carries.
    assert {(module, name) for _, module, name in taken} == {("sqlalchemy", "Select"), ("sqlalchemy.orm", "Session")}
    assert {file for file, _, name in taken if name == "Session"} == {"handlers/turn.py"}


def test_each_feature_has_its_file_on_each_floor_or_a_reason() -> None:
    stored = {path.stem for path in (ROOT / "storage").glob("*.py")}
    told = {path.stem.removeprefix("test_") for path in (ROOT / "tests").glob("test_*.py")}
    worded = {path.stem for path in (ROOT / "handlers" / "texts").glob("*.py")}
    features = set(_features())
    assert features - worded == set()
    assert features - stored == set(NO_STORAGE)
    assert features - told == set(NO_STORIES)


def test_each_test_is_of_something() -> None:
    parts = {path.stem for floor in FLOORS for path in (ROOT / floor).rglob("*.py")}
    parts |= {path.name for floor in FLOORS for path in (ROOT / floor).rglob("*") if path.is_dir()}
    for path in (ROOT / "tests").glob("test_*.py"):
        assert path.stem.removeprefix("test_") in parts | OF_THE_WHOLE, f"{path.name} is of no module"


def test_every_exception_to_a_tool_gives_its_reason() -> None:
    bare = [
        f"{_name(path)}:{number}"
        for floor in FLOORS
        for path in _modules(floor)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(r"#\s*(noqa|type: ignore)", line)
        and not re.search(r"noqa: [A-Z0-9, ]+ \(.{8,}\)|type: ignore\[[a-z-]+\]  # .{8,}", line)
    ]
    assert not bare


def test_no_file_is_too_long() -> None:
    lengths = {
        _name(path): len(path.read_text(encoding="utf-8").splitlines())
        for floor in FLOORS
        for path in _modules(floor)
        if "versions" not in path.parts
    }
    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}


def test_every_table_is_known_to_the_migrations() -> None:
    from storage import schema

    known = {module.__name__ for module in schema.TABLES}
    assert {mapper.class_.__module__ for mapper in Base.registry.mappers} == known
