"""Workbooks that HR takes away: a template to fill in, and the refused rows with their reasons. And lists of departments."""

import io
from collections.abc import Callable, Iterable, Sequence

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from shadowing.errors import RowError, Unreadable
from shadowing.folders import company
from shadowing.folders.lists_in import ListPreview
from shadowing.folders.reading import Reading
from shadowing.folders.rows import DepartmentRow
from shadowing.folders.spreadsheets import harmless
from shadowing.lists import process

TEMPLATES = {
    "ja": (
        ("社員番号", "氏名", "フリガナ", "メールアドレス", "部署", "上司", "拠点", "勤務時間", "退職日"),
        ("1001", "山田 太郎", "ヤマダ タロウ", "taro.yamada@example.co.jp", "営業部", "1000", "東京", "9:00-18:00", ""),
    ),
    "en": (
        ("Employee ID", "Name", "Reading", "Email", "Department", "Manager", "Site", "Working hours", "Last day"),
        ("1001", "Taro Yamada", "", "taro.yamada@example.co.jp", "Sales", "1000", "Tokyo", "9:00-18:00", ""),
    ),
}
WIDTH = 20


def template(locale: str) -> bytes:
    """Headings, and one row marked as an example, which is not taken in."""
    headings, example = TEMPLATES.get(locale, TEMPLATES["en"])
    mark = "記入例" if locale == "ja" else "Example"
    return workbook([headings, (mark, *example[1:])])


def refused(found: ListPreview, data: bytes, heading: str, said: Callable[[RowError], str]) -> bytes:
    """The rows of *data* that have an error, as HR has them and below their own headings, with what is wrong in a last column
    called *heading*. Mended, the workbook is a list to import."""
    sheets = {sheet.name: sheet for sheet in process.read(data, found.answers.get("file", "")).sheets}
    reasons: dict[tuple[str, int], list[str]] = {}
    for error in found.errors:
        reasons.setdefault((error.sheet, error.row), []).append(said(error))
    lines: list[Sequence[str]] = []
    width = max((sheet.width() for sheet in sheets.values()), default=0)
    for read in found.read.sheets:
        rows = {row.number: row.cells for row in sheets[read.name].rows}
        wrong = [(rows.get(row, ()), "\n".join(why)) for (name, row), why in reasons.items() if name == read.name]
        above = [rows[number] for number in read.header_rows]
        heads = [(cells, heading if cells is above[-1] else "") for cells in above]
        for cells, last in [*heads, *wrong] if wrong else ():
            lines.append((*cells, *[""] * (width - len(cells)), last))
    return workbook(lines or [(heading,), *[("\n".join(why),) for why in reasons.values()]])


def workbook(rows: Iterable[Sequence[object]]) -> bytes:
    """One sheet; its first row is bold. No cell that a spreadsheet would run."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append([harmless(cell) if isinstance(cell, str) else cell for cell in row])
    for column in range(1, sheet.max_column + 1):
        sheet.cell(1, column).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(column)].width = WIDTH
    sheet.freeze_panes = "A2"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def departments(data: bytes) -> tuple[DepartmentRow, ...]:
    """A list of departments of its own. Raises Unreadable, with its rows that are wrong."""
    reading = Reading()
    reading.open("departments", "departments", data)
    found = company.read_departments(reading)
    if reading.errors:
        raise Unreadable("The list of departments cannot be read: mend it, or leave it out.", tuple(reading.errors))
    return found
