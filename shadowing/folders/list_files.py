"""Workbooks that HR takes away: a template to fill in, and the refused rows with their reasons. And lists of departments."""

import io
from collections.abc import Iterable, Sequence

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from shadowing.errors import Unreadable
from shadowing.folders import company
from shadowing.folders.reading import Reading
from shadowing.folders.rows import DepartmentRow
from shadowing.folders.spreadsheets import harmless

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
