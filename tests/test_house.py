"""What the house holds itself to: sizes, floors, names, and documents that tell the truth."""

import ast
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from statistics import median, quantiles

import pytest
from flask import Flask
from flask.cli import AppGroup

from shadowing import config, rules
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
    "close",
    "reopen",
    "cancel",
    "delete_draft",
    "choose",
    "join",
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
    "merge",
)
OF_NO_ROOM = ("faults", "interop", "journeys", "lives")  # folders of tests that play more than one room

# Two ratchets: what a border still hands over without a type. The numbers may only go down; lower them when they do.
DICTIONARIES_MOST = 0
ANY_MOST = 37

Function = ast.FunctionDef | ast.AsyncFunctionDef
pytestmark = pytest.mark.xdist_group("house")  # one process reads the modules, not each


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


@cache
def nodes(path: Path) -> list[ast.AST]:
    """All of a module's tree; to walk every module's takes a quarter of a second."""
    return list(ast.walk(tree(path)))


@cache
def functions(path: Path) -> list[Function]:
    return [node for node in nodes(path) if isinstance(node, Function)]


def length(function: Function) -> int:
    assert function.end_lineno
    return function.end_lineno - function.lineno + 1


def lines(path: Path) -> int:
    return path.read_text("utf-8").count("\n")


def within(path: Path) -> str:
    """The one name of a file: eight modules are called `__init__.py`."""
    return path.relative_to(ROOT).as_posix()


def dotted(path: Path) -> str:
    return within(path).removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def lengths() -> dict[str, int]:
    return {f"{within(path)}:{one.lineno} {one.name}": length(one) for path in MODULES for one in functions(path)}


def test_every_file_and_function_is_measured() -> None:
    """A key that two of them share would hide one of them."""
    assert len({within(path) for path in MODULES + TESTS}) == len(MODULES + TESTS)
    assert len(lengths()) == sum(len(functions(path)) for path in MODULES)


def test_modules_stay_small() -> None:
    sizes = {within(path): lines(path) for path in MODULES + TESTS}
    most = {within(path): 600 if path in TESTS else 300 for path in MODULES + TESTS}

    assert {name: size for name, size in sizes.items() if size > most[name]} == {}


def test_functions_stay_small() -> None:
    found = lengths()

    assert {name: size for name, size in found.items() if size > 40} == {}
    assert median(found.values()) <= 8
    assert quantiles(found.values(), n=10)[-1] <= 20


def test_every_module_says_what_lives_in_it() -> None:
    assert [within(path) for path in MODULES if not ast.get_docstring(tree(path))] == []


def test_tests_stand_where_the_package_has_what_they_test() -> None:
    rooms = {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").is_file()}
    folders = {path.name for path in (ROOT / "tests").iterdir() if (path / "__init__.py").is_file()}

    assert sorted(folders - set(OF_NO_ROOM)) == sorted(rooms)


@cache
def imported(path: Path) -> dict[str, str]:
    """What each name is that *path* imports of ours: `people` is `shadowing.company.people`."""
    return {
        one.asname or one.name: f"{node.module}.{one.name}"
        for node in nodes(path)
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == PACKAGE.name
        for one in node.names
    }


def test_no_module_imports_itself_by_way_of_others() -> None:
    modules = {dotted(path): path for path in MODULES}
    graph = {
        name: {whole if whole in modules else whole.rpartition(".")[0] for whole in imported(path).values()} - {name}
        for name, path in modules.items()
    }

    assert sum(map(len, graph.values())) > len(modules)
    TopologicalSorter(graph).prepare()


def used(path: Path) -> set[str]:
    """Functions of ours that *path* names, as `shadowing.company.people.fold`; of other things the bare `.attribute`."""
    known = imported(path)
    names = {known[node.id] for node in nodes(path) if isinstance(node, ast.Name) and node.id in known}
    for node in nodes(path):
        if isinstance(node, ast.Attribute):
            base = known.get(node.value.id, "") if isinstance(node.value, ast.Name) else ""
            names.add(f"{base}.{node.attr}")
    return names


@cache
def methods(path: Path) -> set[Function]:
    classes = [node for node in nodes(path) if isinstance(node, ast.ClassDef)]
    return {one for each in classes for one in each.body if isinstance(one, Function)}


def across_borders() -> Iterator[tuple[Path, Function]]:
    """Public functions and methods that another room names."""
    users: dict[str, set[str]] = {}
    for path in MODULES:
        users[room(path)] = users.get(room(path), set()) | used(path)
    for path in MODULES:
        elsewhere = set().union(*(names for where, names in users.items() if where != room(path)))
        for one in functions(path):
            name = f".{one.name}" if one in methods(path) else f"{dotted(path)}.{one.name}"
            if not one.name.startswith("_") and name in elsewhere:
                yield path, one


def signature(function: Function) -> str:
    given = function.args
    marks = [one.annotation for one in (*given.posonlyargs, *given.args, *given.kwonlyargs)] + [function.returns]
    return " ".join(ast.unparse(mark) for mark in marks if mark)


def test_fewer_and_fewer_dictionaries_of_anything_cross_from_room_to_room() -> None:
    crossing = list(across_borders())
    loose = [
        f"{within(path)}:{one.lineno} {one.name}"
        for path, one in crossing
        if re.search(r"(dict|Mapping)\[str, Any\]", signature(one))
    ]

    assert len(crossing) > 100
    assert len(loose) <= DICTIONARIES_MOST, "\n".join(loose)


def test_less_and_less_is_typed_as_anything() -> None:
    counts = {
        within(path): sum(isinstance(node, ast.Name) and node.id == "Any" for node in nodes(path)) for path in MODULES
    }

    assert sum(counts.values()) <= ANY_MOST, {name: count for name, count in counts.items() if count}


def test_nothing_is_imported_within_a_function_or_for_types_only() -> None:
    hidden = [
        f"{within(path)}:{one.name}"
        for path in MODULES
        for one in functions(path)
        if any(isinstance(node, ast.Import | ast.ImportFrom) for node in ast.walk(one))
    ]

    assert hidden == []
    assert [within(path) for path in MODULES if "TYPE_CHECKING" in path.read_text("utf-8")] == []


def test_one_module_alone_chooses_the_sqlite_library() -> None:
    choosers = [
        within(path) for path in MODULES if re.search(r"^\s*import (py)?sqlite3", path.read_text("utf-8"), re.MULTILINE)
    ]

    assert choosers == ["shadowing/extensions.py"]


def test_no_two_public_classes_share_a_name() -> None:
    """But for the solver's own values, each of which mirrors the table of its name."""
    homes: dict[str, list[str]] = {}
    for path in MODULES:
        for node in tree(path).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                homes.setdefault(node.name, []).append(within(path))
    shared = {name: where for name, where in homes.items() if len(where) > 1}

    assert shared.keys() == {"Goal", "Guest", "Opening", "Person"}
    assert [where for where in shared.values() if len(where) > 2 or "shadowing/solver/problem.py" not in where] == []


@pytest.mark.parametrize("deed", DEEDS)
def test_a_deed_is_defined_once_as_a_rule_and_once_as_a_page(deed: str) -> None:
    # The command line names its commands after the same deeds, and the solver knows no deeds of people.
    where = [within(path) for path in MODULES for one in functions(path) if one.name == deed]
    where = [path for path in where if not path.startswith(("shadowing/cli/", "shadowing/solver/"))]
    definitions = Counter((Path(path).stem, "page" if "/views/" in path else "rule") for path in where)

    assert definitions
    assert [each for each, count in definitions.items() if count > 1] == []


@pytest.mark.parametrize(
    ("room", "noun"),
    [
        ("company", "people"),
        ("company", "departments"),
        ("company", "exclusions"),
        ("company", "contracts"),
        ("company", "sites"),
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

    pages = [path for path in TEMPLATES if path.parent.name != "mail"]  # mail programs drop style sheets
    assert [within(path) for path in pages if wrong.search(path.read_text("utf-8"))] == []


def test_styles_and_scripts_stay_within_their_budget() -> None:
    found = {kind: sum(lines(path) for path in PACKAGE.glob(f"static/{kind}/**/*.{kind}")) for kind in ("css", "js")}

    assert found["css"] <= 1200
    assert found["js"] <= 500


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


@pytest.mark.parametrize("name", ["README.md", "README.ja.md"])
def test_the_pictures_of_a_readme_are_there(name: str) -> None:
    shown = re.findall(r"!\[[^\]]+\]\((\S+)\)", (ROOT / name).read_text("utf-8"))

    assert [one for one in shown if not (ROOT / one).is_file()] == []
    assert len(shown) >= 4


def test_the_readme_names_every_rule() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")

    assert [name for name in rules.NAMES if f"`{name}`" not in readme] == []


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
