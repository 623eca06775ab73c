"""Reading the rows of one file: its cells by their columns, and what is wrong with a row is collected."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from shadowing.errors import Refusal, Remark, RowError, remark
from shadowing.folders import columns
from shadowing.folders.spreadsheets import Spreadsheet
from shadowing.i18n import N_
from shadowing.typed import Unfit, shown

VALUE_MOST = 200


class Skipped(Exception):
    """The row cannot be read; the errors are written down already."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file whose columns are known. *places* tells where each column stands."""

    file: str
    headings: tuple[str, ...]
    places: dict[str, int]
    rows: tuple[tuple[int, tuple[str, ...]], ...]

    def heading(self, column: str) -> str:
        return self.headings[self.places[column]].strip() if column in self.places else column

    def lines(self) -> Iterator["Line"]:
        return (Line(self, number, cells) for number, cells in self.rows)


@dataclass(slots=True)
class Line:
    """One row on its way to become a value."""

    sheet: Sheet
    number: int
    cells: tuple[str, ...]
    errors: list[RowError] = field(default_factory=list)

    def text(self, column: str) -> str:
        place = self.sheet.places.get(column)
        return "" if place is None else self.cells[place].strip()

    def said(self) -> dict[str, str]:
        """The cells that are filled in, by their columns."""
        return {column: text for column in self.sheet.places if (text := self.text(column))}

    def refuse(self, column: str, refusal: Refusal) -> None:
        self.errors.append(row_error(self.sheet, self.number, column, self.text(column), refusal))


def row_error(sheet: Sheet, number: int, column: str, value: str, refusal: Refusal) -> RowError:
    return RowError(
        file=sheet.file,
        row=number,
        column=sheet.heading(column),
        value=shown(value, VALUE_MOST),
        reason=refusal.sentence,
        suggestion=refusal.hint,
        facts=tuple((name, str(fact)) for name, fact in refusal.facts.items()),
    )


def whole_file(file: str, refusal: Refusal) -> RowError:
    return row_error(Sheet(file, (), {}, ()), 0, "", "", refusal)


def open_table(name: str, table: Spreadsheet) -> tuple[Sheet, list[RowError], list[Remark]]:
    """The table as the file called *name* of the contract. Without its required columns it has no rows."""
    found = columns.of(name, table.header)
    places = {column: place for place, column in enumerate(found) if column is not None}
    sheet = Sheet(table.file, table.header, places, table.rows)
    errors = [*table.errors, *_headings_twice(sheet, found), *(_missing(name, sheet) if table.header else ())]
    unknown = [heading for heading, column in zip(table.header, found, strict=True) if column is None]
    warnings = [
        remark("The column “%(column)s” of %(file)s is not read.", column=it.strip(), file=table.file) for it in unknown
    ]
    if len(errors) > len(table.errors):
        sheet = Sheet(table.file, table.header, places, ())
    return sheet, errors, warnings


def _headings_twice(sheet: Sheet, found: tuple[str | None, ...]) -> Iterator[RowError]:
    for place, column in enumerate(found):
        if column is not None and sheet.places[column] != place:
            first, second = sheet.headings[place].strip(), sheet.headings[sheet.places[column]].strip()
            trouble = Unfit(
                "The columns “%(first)s” and “%(second)s” both mean %(column)s. Keep one.",
                first=first,
                second=second,
                column=column,
            )
            yield row_error(sheet, 1, column, second, trouble)


def _missing(name: str, sheet: Sheet) -> Iterator[RowError]:
    for column in columns.REQUIRED[name]:
        if column not in sheet.places:
            others = ", ".join((column, *columns.ALIASES[name][column][:2]))
            trouble = Unfit(
                "The column %(column)s is missing.",
                N_("Add a column with one of these headings: %(others)s."),
                column=column,
                others=others,
            )
            yield row_error(sheet, 1, column, "", trouble)
