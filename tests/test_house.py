"""What the house holds itself to: sizes, floors, names, and documents that tell the truth."""

import ast
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from statistics import median

import pytest
from flask import Flask
from flask.cli import AppGroup

from shadowing import config
from tests.conftest import settings

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "shadowing"
MODULES = sorted(PACKAGE.rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
TEMPLATES = sorted(PACKAGE.glob("templates/**/*.html"))
DEEDS = (
    "publish",
    "ask",
    "nudge",
    "end",
    "move",
    "place",
    "remove",
    "pin",
    "unpin",
    "stop",
    "offer",
    "withdraw",
    "reschedule",
    "call_off",
)
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def functions(path: Path) -> list[Function]:
    return [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, Function)]


def length(function: Function) -> int:
    assert function.end_lineno
    return function.end_lineno - function.lineno + 1


def test_modules_stay_small() -> None:
    sizes = {path.name: path.read_text("utf-8").count("\n") for path in MODULES + TESTS}
    most = {path.name: 600 if path in TESTS or path.name == "models.py" else 310 for path in MODULES + TESTS}

    assert {name: size for name, size in sizes.items() if size > most[name]} == {}


def test_functions_stay_small() -> None:
    found = {f"{path.name}:{one.name}": length(one) for path in MODULES for one in functions(path)}

    assert {name: size for name, size in found.items() if size > 40} == {}
    assert median(found.values()) <= 8


def test_every_module_says_what_lives_in_it() -> None:
    silent = [str(path) for path in MODULES if not ast.get_docstring(ast.parse(path.read_text("utf-8")))]

    assert silent == []


def test_nothing_is_imported_within_a_function_or_for_types_only() -> None:
    hidden = [
        f"{path.name}:{one.name}"
        for path in MODULES
        for one in functions(path)
        if any(isinstance(node, ast.Import | ast.ImportFrom) for node in ast.walk(one))
    ]

    assert hidden == []
    assert [path.name for path in MODULES if "TYPE_CHECKING" in path.read_text("utf-8")] == []


def test_one_module_alone_chooses_the_sqlite_library() -> None:
    choosers = [
        path.name for path in MODULES if re.search(r"^\s*import (py)?sqlite3", path.read_text("utf-8"), re.MULTILINE)
    ]

    assert choosers == ["extensions.py"]


@pytest.mark.parametrize("deed", DEEDS)
def test_a_deed_is_defined_once_as_a_rule_and_once_as_a_page(deed: str) -> None:
    where = [path for path in MODULES for one in functions(path) if one.name == deed and "solver" not in path.parts]
    nouns = {path.stem for path in where}

    # The command line names its commands after the same deeds.
    assert len([path for path in where if "cli" not in path.parts]) <= 2 * len(nouns - {"__init__"}), where


@pytest.mark.parametrize(
    ("room", "noun"),
    [
        ("company", "people"),
        ("rounds", "rounds"),
        ("collecting", "openings"),
        ("matching", "pairings"),
        ("visiting", "visits"),
        ("visiting", "slots"),
        ("mail", "letters"),
    ],
)
def test_a_noun_has_its_module_its_view_and_its_templates(room: str, noun: str) -> None:
    assert (PACKAGE / room / f"{noun}.py").is_file()
    assert (PACKAGE / "views" / f"{noun}.py").is_file()
    assert (PACKAGE / "templates" / noun).is_dir()


def test_pages_carry_nothing_inline_and_nothing_from_elsewhere() -> None:
    wrong = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|(?:src|href)=[\"'](?:https?:)?//")

    assert [path.name for path in TEMPLATES if wrong.search(path.read_text("utf-8"))] == []


def test_styles_and_scripts_stay_within_their_budget() -> None:
    lines = {
        kind: sum(path.read_text("utf-8").count("\n") for path in PACKAGE.glob(f"static/{kind}/**/*.{kind}"))
        for kind in ("css", "js")
    }

    assert lines["css"] <= 1200
    assert lines["js"] <= 500


def test_the_readme_names_every_setting() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")

    assert [name for name in config.Settings.model_fields if f"SHADOWING_{name.upper()}" not in readme] == []


def test_the_readme_names_every_command(app: Flask) -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    ours = [command for name, command in app.cli.commands.items() if name not in ("db", "routes", "run", "shell")]
    words = [
        f"{command.name} {one}" if isinstance(command, AppGroup) else str(command.name)
        for command in ours
        for one in (command.commands if isinstance(command, AppGroup) else [""])
    ]

    assert [word for word in words if f"`{word}" not in readme] == []


def test_the_readme_names_every_rule() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")

    from_code = re.findall(r"^    (\w+): (?:bool|int|str) = ", (PACKAGE / "rules.py").read_text("utf-8"), re.MULTILINE)
    assert from_code
    assert [name for name in from_code if f"`{name}`" not in readme] == []


@pytest.mark.slow
def test_the_web_loads_neither_or_tools_nor_pandas(tmp_path: Path) -> None:
    code = (
        "import sys; from shadowing.app import create_app; create_app().test_client().get('/sign-in');"
        "print([name for name in ('ortools', 'pandas', 'matplotlib') if name in sys.modules])"
    )
    environment = {"SHADOWING_INSTANCE": str(settings(tmp_path).instance), "PATH": ""}

    said = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )

    assert said.stdout.strip() == "[]"
