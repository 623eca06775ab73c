"""What stands in a file, whatever kind it is: sheets of rows of text. What the text means is not known here."""

from collections.abc import Iterator
from dataclasses import dataclass

from shadowing.errors import Refusal, Remark, remark

ROWS_MOST = 200_000
COLUMNS_MOST = 300
CELL_MOST = 131_072


@dataclass(frozen=True, slots=True)
class WorksheetRow:
    """*number* is the one a spreadsheet shows. *hidden*: by hand or by a filter. *trouble* says why it cannot be read."""

    number: int
    cells: tuple[str, ...]
    hidden: bool = False
    trouble: Remark | None = None

    def __getitem__(self, place: int) -> str:
        """Cells that were not stored at the end of a row are empty."""
        return self.cells[place].strip() if place < len(self.cells) else ""

    def filled(self) -> tuple[str, ...]:
        return tuple(cell for cell in map(str.strip, self.cells) if cell)


@dataclass(frozen=True, slots=True)
class Worksheet:
    """*name* is empty where the file has only one. Rows without any text are not among *rows*."""

    name: str
    rows: tuple[WorksheetRow, ...]
    hidden: bool = False

    def width(self) -> int:
        return max((len(row.cells) for row in self.rows), default=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Workbook:
    """*kind* is `text`, `excel` or `page` (a web page that was saved under the name of a workbook).

    *readings* are the encodings in which a text reads well, the likeliest first, each with a few words as it shows them;
    more than one asks for HR's choice."""

    kind: str
    sheets: tuple[Worksheet, ...]
    encoding: str = ""
    readings: tuple[tuple[str, str], ...] = ()


def rows_of(lines: Iterator[tuple[str, ...] | Refusal]) -> tuple[WorksheetRow, ...]:
    """Numbered from 1; blank ones are dropped. Raises Refusal for what is larger than any list of people."""
    rows = []
    for number, line in enumerate(lines, start=1):
        if number > ROWS_MOST:
            raise Refusal("This file has more than %(most)s rows. Divide it.", most=ROWS_MOST)
        if isinstance(line, Refusal):
            rows.append(WorksheetRow(number, (), trouble=remark(line.sentence, **line.facts)))
        elif row := tidy(number, line):
            rows.append(row)
    return tuple(rows)


def tidy(number: int, cells: tuple[str, ...], hidden: bool = False) -> WorksheetRow | None:
    """Without the empty cells on the right; None for a row without any text."""
    width = max((place for place, cell in enumerate(cells, start=1) if cell.strip()), default=0)
    if not width:
        return None
    if width > COLUMNS_MOST:
        trouble = remark("This row has more than %(most)s cells.", most=COLUMNS_MOST)
        return WorksheetRow(number, cells[:1], hidden, trouble)
    if any(len(cell) > CELL_MOST for cell in cells):
        trouble = remark("A cell of this row has more than %(most)s characters.", most=CELL_MOST)
        return WorksheetRow(number, (), hidden, trouble)
    return WorksheetRow(number, cells[:width], hidden)
