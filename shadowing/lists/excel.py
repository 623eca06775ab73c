"""Excel workbooks as people see them: number formats that show zeros, dates, merged cells, hidden rows and sheets.

Only the cells that are stored are visited: a workbook of a kilobyte may claim a million rows."""

import io
import re
import unicodedata
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time
from xml.etree.ElementTree import ParseError

from openpyxl import Workbook as Book
from openpyxl import load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet as Sheet

from shadowing.errors import Refusal, remark
from shadowing.lists.workbooks import COLUMNS_MOST, ROWS_MOST, Workbook, Worksheet, WorksheetRow, tidy

UNPACKED_MOST = 300 * 1024 * 1024
SPAN_MOST = 20_000
BROKEN = (
    zipfile.BadZipFile,
    ParseError,
    KeyError,
    ValueError,
    EOFError,
    OSError,
    IndexError,
    TypeError,
    AttributeError,
)
SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
UNCOMPUTED = re.compile(rb"</f>\s*(?:<v\s*/>|<v></v>)?\s*</c>")
LITERALS = re.compile(r'"([^"]*)"|\\(.)|([0#?.,]+)|(General|@)|(\[[^\]]*\])|(.)')


def read(data: bytes) -> Workbook:
    """Raises Refusal. An archive that unpacks to more than any honest list is refused before it is unpacked."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        names = archive.infolist()
        if sum(part.file_size for part in names) > UNPACKED_MOST:
            raise Refusal("This workbook is too large to be a list.")
        if not any(part.filename == "xl/workbook.xml" for part in names):
            raise Refusal("This is no Excel workbook. Save the list as .xlsx or as CSV.")
        book = load_workbook(io.BytesIO(data), data_only=True, keep_links=False)
        if any(UNCOMPUTED.search(archive.read(part)) for part in names if SHEET.match(part.filename)):
            _mark_uncomputed(book, load_workbook(io.BytesIO(data), keep_links=False))
        sheets = tuple(_sheet(sheet) for sheet in book.worksheets)
    except BROKEN:
        raise Refusal("This workbook cannot be opened. Save it again as .xlsx or as CSV.") from None
    return Workbook(kind="excel", sheets=sheets, encoding="xlsx")


def _mark_uncomputed(book: Book, formulas: Book) -> None:
    """A program that wrote formulas without ever computing them leaves cells that look empty and are not."""
    for sheet, other in zip(book.worksheets, formulas.worksheets, strict=True):
        for place, cell in other._cells.items():
            if cell.data_type == "f" and sheet._cells[place].value is None:
                sheet._cells[place] = Cell(sheet, row=place[0], column=place[1], value="#CALC!")


def _sheet(sheet: Sheet) -> Worksheet:
    grid: dict[int, dict[int, str]] = defaultdict(dict)
    for (row, column), cell in sheet._cells.items():  # the sparse store; every public way walks the whole rectangle
        if isinstance(cell, Cell) and (text := shown(cell)).strip():
            grid[row][column] = text
    for row, column, text in _merged(sheet):
        grid[row].setdefault(column, text)
    return Worksheet(sheet.title, tuple(_rows(sheet, grid)), hidden=sheet.sheet_state != "visible")


def _rows(sheet: Sheet, grid: dict[int, dict[int, str]]) -> Iterator[WorksheetRow]:
    for number in sorted(grid):
        if number > ROWS_MOST:
            yield WorksheetRow(
                number, (), trouble=remark("This file has more than %(most)s rows. Divide it.", most=ROWS_MOST)
            )
            return
        cells, hidden = grid[number], number in sheet.row_dimensions and bool(sheet.row_dimensions[number].hidden)
        width = min(max(cells), COLUMNS_MOST + 1)
        if row := tidy(number, tuple(cells.get(column, "") for column in range(1, width + 1)), hidden):
            yield row


def _merged(sheet: Sheet) -> Iterator[tuple[int, int, str]]:
    """Each cell that a merged one covers, with its text."""
    for area in sheet.merged_cells.ranges:
        first = sheet._cells.get((area.min_row, area.min_col))
        text = shown(first) if isinstance(first, Cell) else ""
        if text.strip() and (area.max_row - area.min_row + 1) * (area.max_col - area.min_col + 1) <= SPAN_MOST:
            yield from ((row, column, text) for row, column in area.cells)


def shown(cell: Cell) -> str:
    """A cell as its reader sees it; moments in ISO 8601, whole numbers without a fraction."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return number(value, str(cell.number_format or "General"))
    if isinstance(value, datetime) and value.time() == time.min:
        return value.date().isoformat()
    if isinstance(value, time):
        return value.isoformat("minutes" if not value.second else "seconds")
    if isinstance(value, date):
        return value.isoformat()
    return unicodedata.normalize("NFC", str(value))


def number(value: float, number_format: str) -> str:
    """`7` under the format `0000` is `0007`, under `"E"00000` it is `E00007`: the letter is only in the format."""
    whole = int(value) if float(value).is_integer() else None
    if whole is None or whole < 0:
        return str(value if whole is None else whole)
    positive = number_format.split(";")[0]
    parts = LITERALS.findall(positive)
    digits = [part[2] for part in parts if part[2]]
    if len(digits) != 1 or "." in digits[0] or "," in digits[0]:
        return str(whole)
    padded = str(whole).zfill(digits[0].count("0"))
    return "".join(padded if part[2] else part[0] or part[1] or ("" if part[4] else part[5]) for part in parts).strip()
