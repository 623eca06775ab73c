"""A workbook as somebody in HR keeps it: a title above, a blank line, people who have left, a hidden row, a second post."""

from io import BytesIO

import openpyxl

HOST, SECOND_HOST, HIDDEN, LEFT = "O’Brien-Smith Seán", "﨑山 葵", "𠮷野家 一", "石井 花子"
Row = tuple[str, ...]

JAPANESE: tuple[Row, ...] = (
    ("従業員名簿（2026年11月現在）",),
    (),
    ("社員番号", "氏名", "フリガナ", "会社メールアドレス", "部署", "主務・兼務", "在籍状況", "上司", "言語"),
    ("0007", "髙橋 由美子", "タカハシ ユミコ", "takahashi@example.org", "営業部", "主務", "在籍", "", "ja"),
    ("0008", "王 小明", "ワン シャオミン", "wang@example.org", "営業部", "主務", "在籍", "髙橋 由美子", "ja"),
    ("0009", SECOND_HOST, "サキヤマ アオイ", "sakiyama@example.org", "DX推進部", "主務", "在籍", "", "ja"),
    ("0009", SECOND_HOST, "サキヤマ アオイ", "sakiyama@example.org", "法務部", "兼務", "在籍", "", "ja"),
    ("0010", HOST, "オブライエン ショーン", "sean@example.org", "DX推進部", "主務", "在籍", SECOND_HOST, "ja"),
    ("0011", HIDDEN, "ヨシノヤ ハジメ", "yoshinoya@example.org", "法務部", "主務", "在籍", "", "ja"),
    ("0012", LEFT, "イシイ ハナコ", "ishii@example.org", "営業部", "主務", "退職", "", "ja"),
    ("0013", "김 하나", "キム ハナ", "kim@example.org", "法務部", "主務", "在籍", "", "ja"),
    ("合計", "", "", "", "7名"),
)
TITLE, HEADS = "Staff as of November 2026", (
    "Employee ID", "Name", "Reading", "Work email", "Department", "Post", "Status", "Manager", "Language",
)  # fmt: skip
IN_ENGLISH = {
    "営業部": "Sales",
    "DX推進部": "Digital",
    "法務部": "Legal",
    "主務": "Main",
    "兼務": "Concurrent",
    "在籍": "Active",
    "退職": "Terminated",
    "ja": "en",
    "合計": "Total",
    "7名": "7",
}
DEPARTMENTS = {
    "ja": ("営業部", "DX推進部", "法務部"),
    "en": ("Sales", "Digital", "Legal"),
}


def workbook(language: str) -> bytes:
    """The list in *language*; the names of people are the same."""
    rows = JAPANESE if language == "ja" else english()
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for place, row in enumerate(rows, start=1):
        for column, value in enumerate(row, start=1):
            sheet.cell(place, column, value)
        sheet.row_dimensions[place].hidden = HIDDEN in row[1:2]
    data = BytesIO()
    book.save(data)
    return data.getvalue()


def english() -> tuple[Row, ...]:
    people = (tuple(IN_ENGLISH.get(value, value) for value in row) for row in JAPANESE[3:])
    return ((TITLE,), (), HEADS, *people)
