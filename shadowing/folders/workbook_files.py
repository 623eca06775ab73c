"""A table becomes a workbook, row by row into a file on disk: 20,000 rows cost the web process no memory worth naming."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.worksheet.properties import PageSetupProperties

from shadowing.folders.spreadsheets import harmless
from shadowing.mail.reasons import Translate

CELL_MOST = 32_767  # of Excel
TITLE_MOST = 31
NOT_IN_TITLES = str.maketrans("[]:*?/\\", "       ")
WRAPPED = 30  # columns as wide as this hold sentences

WorkbookCell = str | int | date | datetime | None


@dataclass(frozen=True, slots=True)
class TakenColumn:
    """*heading* is English, marked for translation; *width* is counted in letters of Latin script."""

    heading: str
    width: int = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenTable:
    """What one workbook holds. *rows* may be endless for all that is kept of them; moments are local already."""

    name: str
    columns: tuple[TakenColumn, ...]
    rows: Iterable[tuple[WorkbookCell, ...]]


def write(table: TakenTable, translate: Translate, file: IO[bytes]) -> None:
    """One sheet: its first row bold, repeated in print and standing still, every column to be filtered by."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(translate(table.name).translate(NOT_IN_TITLES)[:TITLE_MOST])
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation, sheet.page_setup.paperSize, sheet.page_setup.fitToHeight = "landscape", 9, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    headings = []
    for number, column in enumerate(table.columns, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = column.width
        headings.append(WriteOnlyCell(sheet, translate(column.heading)))
        headings[-1].font = Font(bold=True)
    sheet.append(headings)
    wrapped, count = [column.width >= WRAPPED for column in table.columns], 1
    for row in table.rows:
        sheet.append([_cell(sheet, value, wraps) for value, wraps in zip(row, wrapped, strict=True)])
        count += 1
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(table.columns))}{count}"
    book.save(file)


def _cell(sheet: WriteOnlyWorksheet, value: WorkbookCell, wraps: bool) -> object:
    if not isinstance(value, str):
        return value
    shown = harmless(ILLEGAL_CHARACTERS_RE.sub("", value))[:CELL_MOST]
    if not (wraps and shown):
        return shown
    cell = WriteOnlyCell(sheet, shown)
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell
