"""What is known while a folder is read: its sheets, who and what exists so far, and all that is wrong."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TypeVar

from shadowing import typed
from shadowing.errors import Refusal, Remark, RowError
from shadowing.folders import columns, rows, spreadsheets
from shadowing.folders.sheets import Line, Sheet, Skipped, open_table, row_error, whole_file
from shadowing.folding import fold, near
from shadowing.i18n import N_
from shadowing.typed import Mistakes, Unfit

ROUND = "round.toml"
SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx")
HINTS_MOST = 200  # looking for a like name takes milliseconds, and one wrong column spoils thousands of rows
AnyRow = TypeVar("AnyRow", bound=rows.Row)
Source = Path | Mapping[str, bytes]


@dataclass(slots=True)
class Reading:
    """*departments* and *people* are those that rows may name, by code; *spoilt* those whose own row is wrong."""

    sheets: dict[str, Sheet] = field(default_factory=dict)
    departments: dict[str, str] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)
    spoilt: set[str] = field(default_factory=set)
    errors: list[RowError] = field(default_factory=list)
    warnings: list[Remark] = field(default_factory=list)
    encodings: list[tuple[str, str]] = field(default_factory=list)
    hints: int = 0

    def open(self, name: str, file: str, data: bytes) -> None:
        table = spreadsheets.read(file, data)
        sheet, errors, warnings = open_table(name, table)
        if name in self.sheets:
            errors = [
                whole_file(file, Unfit("%(other)s is there as well. Keep one of them.", other=self.sheets[name].file))
            ]
            sheet = Sheet(file, (), {}, ())
        self.sheets[name] = sheet
        self.errors += errors
        self.warnings += warnings
        self.encodings.append((file, table.encoding))

    def rows(self, name: str, make: Callable[[Line], Iterable[AnyRow]]) -> tuple[AnyRow, ...]:
        """What *make* reads out of the lines that nothing is wrong with."""
        if name not in self.sheets:
            return ()
        return tuple(row for line in self.sheets[name].lines() for row in self._of(line, make))

    def _of(self, line: Line, make: Callable[[Line], Iterable[AnyRow]]) -> list[AnyRow]:
        try:
            made = list(make(line))
        except Skipped:
            made = []
        self.errors += line.errors
        return [] if line.errors else made

    def read(self, line: Line, kind: type[AnyRow], said: Mapping[str, object] | None = None) -> AnyRow:
        """The cells of *line* (or what is *said* instead of them) as a *kind*. Raises Skipped."""
        try:
            return typed.read(kind, {"row": line.number, **(line.said() if said is None else said)}, self)
        except Mistakes as mistakes:
            for column, refusal in mistakes.by_field.items():
                line.refuse(column, refusal)
            raise Skipped from None

    def refuse(self, name: str, number: int, column: str, value: str, refusal: Refusal) -> None:
        self.errors.append(row_error(self.sheets[name], number, column, value, refusal))

    def once(
        self, name: str, column: str, made: Iterable[AnyRow], key: Callable[[AnyRow], Hashable]
    ) -> Iterator[AnyRow]:
        """The first row of each *key*; the others are errors."""
        first: dict[Hashable, int] = {}
        for row in made:
            found = first.setdefault(key(row), row.row)
            if found == row.row:
                yield row
            else:
                trouble = Unfit("This is there twice: row %(first)s has it already.", first=found)
                self.refuse(name, row.row, column, self.cell(name, row.row, column), trouble)

    def cell(self, name: str, number: int, column: str) -> str:
        sheet = self.sheets[name]
        place = sheet.places.get(column)
        return "" if place is None else next(cells[place].strip() for row, cells in sheet.rows if row == number)

    def department(self, cell: str) -> str:
        """The code of a department that is given by code, or by a name that only one has."""
        if typed.key(cell) in self.departments:
            return typed.key(cell)
        named = [code for code, name in self.departments.items() if fold(name) == fold(cell)]
        if len(named) == 1:
            return named[0]
        if named:
            raise Unfit(
                "“%(value)s” names several departments.",
                N_("Write one of their codes: %(codes)s."),
                value=cell,
                codes=", ".join(named),
            )
        if typed.key(cell) in self.spoilt:
            raise Unfit("The row of the department “%(value)s” has an error itself.", value=cell)
        like = self.near(cell, [*self.departments.values(), *self.departments])
        if like:
            raise Unfit("There is no department “%(value)s”.", N_("Did you mean “%(near)s”?"), value=cell, near=like)
        raise Unfit("There is no department “%(value)s”.", N_("Add it to departments.csv."), value=cell)

    def person(self, cell: str) -> str:
        code = typed.key(cell)
        if code in self.people:
            return code
        if code in self.spoilt:
            raise Unfit("The row of the person “%(value)s” has an error itself.", value=cell)
        named = (
            [code for code, name in self.people.items() if fold(name) == fold(cell)] if self.hints < HINTS_MOST else []
        )
        like = named[0] if len(named) == 1 else self.near(cell, self.people)
        if like:
            raise Unfit("There is no person “%(value)s”.", N_("Did you mean “%(near)s”?"), value=cell, near=like)
        raise Unfit("There is no person “%(value)s”.", N_("Add them to people.csv."), value=cell)

    def persons(self, cell: str) -> tuple[str, ...]:
        return typed.several(self.person)(cell)

    def near(self, value: str, names: Iterable[str]) -> str:
        self.hints += 1
        return near(value, names) if self.hints <= HINTS_MOST else ""


def files_of(source: Source) -> tuple[dict[str, bytes], bool]:
    """The files of *source* by name, and whether calendars lie beside them. A single file is the list of people."""
    if not isinstance(source, Path):
        return dict(source), any(name.startswith("calendars/") for name in source)
    if source.is_file():
        return {f"people{source.suffix}": source.read_bytes()}, False
    inside = sorted(
        path for path in source.iterdir() if path.is_file() and (path.name == ROUND or table_name(path.name))
    )
    return {path.name: path.read_bytes() for path in inside}, (source / "calendars").is_dir()


def table_name(file: str) -> str:
    """The name in the contract, such as `people` for people.xlsx; empty for a file that is none of it."""
    path = PurePosixPath(file)
    return path.stem.casefold() if path.suffix.casefold() in SUFFIXES and path.stem.casefold() in columns.NAMES else ""
