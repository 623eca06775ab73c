"""Would the tests notice? `make mutants` breaks the product in small ways, one at a time, and runs the tests that belong.

A sample is drawn by a seed that is printed, so that it can be drawn again. Every mutant lives in a copy of the tree; one that no
test kills is printed with its place and its diff, and wants either a test or a look at whether that line is needed."""

import argparse
import ast
import compileall
import difflib
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from queue import Queue

ROOT = Path(__file__).parent.parent
MODULES = (
    "matching/gather.py",
    "solver/check*.py",
    "company/people.py",
    "visiting/*.py",
    "background/queue.py",
    "mail/*.py",
    "rounds/*.py",
)
PAGES = {
    "company": ("tests/views/test_people.py",),
    "mail": ("tests/views/test_letters.py", "tests/visiting", "tests/background"),
    "matching": ("tests/views/test_pairings.py",),
    "rounds": ("tests/views/test_rounds.py",),
    "visiting": ("tests/views/test_visits.py", "tests/views/test_rounds.py"),
}
"""What plays a room besides the folder of its name."""

SECONDS = 120
AT_ONCE = 2
FLIPPED: dict[type[ast.cmpop], ast.cmpop] = {
    ast.Lt: ast.LtE(),
    ast.LtE: ast.Lt(),
    ast.Gt: ast.GtE(),
    ast.GtE: ast.Gt(),
    ast.Eq: ast.NotEq(),
    ast.NotEq: ast.Eq(),
    ast.Is: ast.IsNot(),
    ast.IsNot: ast.Is(),
    ast.In: ast.NotIn(),
    ast.NotIn: ast.In(),
}
Edited = ast.expr | ast.stmt


class Untested(Exception):
    """The tests fail before anything is broken, so they would kill every mutant."""


@dataclass(frozen=True, slots=True)
class Mutant:
    path: str
    line: int
    what: str
    source: str
    mutated: str

    def diff(self) -> str:
        before, after = (text.splitlines(keepends=True) for text in (self.source, self.mutated))
        return "".join(difflib.unified_diff(before, after, self.path, self.path, n=1))

    def tests(self) -> tuple[str, ...]:
        """The file of the module's own name first: it is the likeliest to notice."""
        room, module = Path(self.path).parts[1:3]
        own = f"tests/{room}/test_{module}"
        return (*([own] if (ROOT / own).is_file() else []), f"tests/{room}", *PAGES.get(room, ()))


# Breaking


def mutants(path: str, source: str) -> Iterator[Mutant]:
    """Every mutant of one module's functions."""
    for function in ast.walk(ast.parse(source)):
        if isinstance(function, ast.FunctionDef):
            parts = (node for each in function.body for node in ast.walk(each))
            for node in (node for node in parts if isinstance(node, Edited)):
                for what, changed in changes(node):
                    yield Mutant(path, node.lineno, what, source, replaced(source, node, changed))


def changes(node: Edited) -> Iterator[tuple[str, str]]:
    """What *node* may become, with its name."""
    match node:
        case ast.Compare(ops=[sign]):
            flipped = FLIPPED[type(sign)]
            yield "comparison flipped", unparsed(node, lambda new: new.ops.__setitem__(0, flipped))
        case ast.BoolOp(op=word):
            other = ast.Or() if isinstance(word, ast.And) else ast.And()
            yield "and/or", unparsed(node, lambda new: setattr(new, "op", other))
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield "not removed", f"({ast.unparse(operand)})"
        case ast.Constant(value=bool() as value):
            yield "yes/no", str(not value)
        case ast.Constant(value=int() as value):
            yield "constant one more", f"({value + 1})"
            yield "constant one less", f"({value - 1})"
        case ast.Return(value=ast.expr() as value) if not (isinstance(value, ast.Constant) and value.value is None):
            yield "return None", "return None"
        case ast.Call(func=ast.Attribute(attr="where", value=statement), args=[_]):
            yield "where dropped", ast.unparse(statement)
        case ast.Call(func=ast.Attribute(attr="where"), args=[_, *_] as given):
            for place in range(len(given)):
                yield "condition dropped", unparsed(node, lambda new, place=place: new.args.pop(place))
        case ast.Expr(value=ast.Call()) | ast.AugAssign() | ast.Raise():
            yield "statement removed", "pass"


def unparsed(node: Edited, change: Callable[..., object]) -> str:
    new = deepcopy(node)
    change(new)
    return f"({ast.unparse(new)})"


def replaced(source: str, node: Edited, text: str) -> str:
    """*source* with *text* where *node* stood; columns of a syntax tree count bytes."""
    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    lines = [line.encode() for line in source.splitlines(keepends=True)]
    first, last = lines[node.lineno - 1], lines[node.end_lineno - 1]
    changed = first[: node.col_offset] + text.encode() + last[node.end_col_offset :]
    return b"".join([*lines[: node.lineno - 1], changed, *lines[node.end_lineno :]]).decode()


def drawn(size: int, seed: int) -> list[Mutant]:
    paths = sorted({path for pattern in MODULES for path in (ROOT / "shadowing").glob(pattern)})
    every = [mutant for path in paths for mutant in mutants(path.relative_to(ROOT).as_posix(), path.read_text("utf-8"))]
    random.Random(seed).shuffle(every)  # noqa: S311
    return list(islice((mutant for mutant in every if compiles(mutant.mutated)), size))


def compiles(source: str) -> bool:
    """A number within an f-string cannot be written in brackets everywhere."""
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True


# Noticing


def copied(folder: Path) -> Path:
    """What git knows, and what is new, with everything compiled: a mutant's run compiles its one module only."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
    compileall.compile_dir(folder, quiet=1)
    return folder


def fails(tree: Path, tests: Iterable[str]) -> bool:
    """A run that takes too long has failed as well. Nothing compiled is kept: it would be taken for the sound module."""
    command = [sys.executable, "-m", "pytest", "-qx", "-m", "not slow and not long", "-p", "no:randomly"]
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
    try:
        run = subprocess.run(
            [*command, f"--basetemp={tree / 'temporary'}", *tests],
            cwd=tree, env=environment, capture_output=True, timeout=SECONDS, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return True
    return run.returncode != 0


def survives(tree: Path, mutant: Mutant) -> bool:
    file = tree / mutant.path
    for compiled in (file.parent / "__pycache__").glob(f"{file.stem}.*.pyc"):
        compiled.unlink()
    file.write_text(mutant.mutated, "utf-8")
    try:
        return not fails(tree, mutant.tests())
    finally:
        file.write_text(mutant.source, "utf-8")


def survivors(sample: list[Mutant], folder: Path) -> Iterator[Mutant]:
    trees: Queue[Path] = Queue()
    for number in range(AT_ONCE):
        trees.put(copied(folder / str(number)))

    def in_a_tree(deed: Callable[[Path], bool]) -> bool:
        tree = trees.get()
        try:
            return deed(tree)
        finally:
            trees.put(tree)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        sound = sorted({mutant.tests() for mutant in sample})
        for tests, failed in zip(
            sound, pool.map(lambda tests: in_a_tree(lambda tree: fails(tree, tests)), sound), strict=True
        ):
            if failed:
                raise Untested(f"These fail with nothing broken: {' '.join(tests)}")
        alive = pool.map(lambda mutant: in_a_tree(lambda tree: survives(tree, mutant)), sample)
        yield from (mutant for mutant, lives in zip(sample, alive, strict=True) if lives)


def main() -> int:
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument("--sample", type=int, default=30)
    parser.add_argument("--seed", type=int, required=True)
    asked = parser.parse_args()
    print(f"seed {asked.seed}", flush=True)
    sample, alive = drawn(asked.sample, asked.seed), 0
    with tempfile.TemporaryDirectory(prefix="shadowing-mutants-") as folder:
        for mutant in survivors(sample, Path(folder)):
            alive += 1
            print(f"\nsurvived: {mutant.path}:{mutant.line} {mutant.what}\n{mutant.diff()}", flush=True)
    print(f"mutants: {len(sample)} tried, {len(sample) - alive} killed, {alive} survived")
    return 0


if __name__ == "__main__":
    sys.exit(main())
