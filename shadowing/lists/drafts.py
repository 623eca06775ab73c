"""A row on its way to become a person, and what is noted on the way: questions, errors, rows that are no people."""

import re
from dataclasses import dataclass, field
from datetime import date

from shadowing.errors import Refusal, Remark, RowError
from shadowing.folding import katakana
from shadowing.lists import contents
from shadowing.lists.headings import Meaning
from shadowing.lists.meanings import ColumnMeanings
from shadowing.lists.questions import Answers, Question
from shadowing.lists.workbooks import WorksheetRow
from shadowing.typed import shown

VALUE_MOST = 200
NO_PERSON = re.compile(
    r"(合計|総計|小計|計|総数|人数|以上|以下余白|total|subtotal|sum|count|凡例|注\d*|※.*|\*.*|■.*|備考.*|作成.*|更新.*|印刷.*"
    r"|社外秘.*|confidential.*|page.*|ページ.*|\d+ ?/ ?\d+ ?(ページ)?|[計全]?\d+名|end( of.*)?|-+.*-+)[:：]?",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Draft:
    """*cells* are clean; those in *broken* held the error of a formula. *department* is found in `departments.py`,
    *manager* (an id) in `managers.py`; *wrong*: an error is noted and the row will not go in."""

    sheet: str
    row: int
    columns: ColumnMeanings
    cells: dict[Meaning, str]
    broken: dict[Meaning, str] = field(default_factory=dict)
    department: str = ""
    department_code: str = ""
    manager: str | None = None
    left: bool = False
    left_on: date | None = None
    away: bool = False
    hidden: bool = False
    wrong: bool = False

    def __getitem__(self, meaning: Meaning) -> str:
        return self.cells.get(meaning, "")

    @property
    def code(self) -> str:
        return contents.id_of(self[Meaning.ID])

    @property
    def mail(self) -> str:
        return self[Meaning.MAIL].strip()

    @property
    def name(self) -> str:
        """As a page shows it; given name first where the family name is in Latin letters."""
        if self[Meaning.NAME]:
            return " ".join(self[Meaning.NAME].split())
        family, given = self[Meaning.FAMILY], self[Meaning.GIVEN]
        latin = all(letter < "\u2e80" for letter in family + given)
        return " ".join((f"{given} {family}" if latin else f"{family} {given}").split())

    @property
    def kana(self) -> str:
        whole = self[Meaning.KANA] or f"{self[Meaning.KANA_FAMILY]} {self[Meaning.KANA_GIVEN]}"
        return " ".join(katakana(whole).split())


def draft(sheet: str, row: WorksheetRow, columns: ColumnMeanings, above: Draft | None) -> Draft:
    """〃 stands for what the row *above* says."""
    made = Draft(sheet, row.number, columns, {}, hidden=row.hidden)
    for meaning, places in columns.places.items():
        cell = row[places[0]]
        if contents.is_error(cell):
            made.broken[meaning] = cell
        elif contents.is_ditto(cell) and above:
            made.cells[meaning] = above[meaning]
        elif text := contents.clean(cell):
            made.cells[meaning] = text
    return made


@dataclass(slots=True)
class Notes:
    """All that is said about a list. *left_out* are rows that are no people, each with why."""

    file: str
    answers: Answers
    questions: list[Question] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    left_out: list[tuple[str, int, str]] = field(default_factory=list)

    def ask(self, question: Question) -> str:
        self.questions.append(question)
        return question.choice(self.answers)

    def refuse(self, draft: Draft, meaning: Meaning, refusal: Refusal, heading: str = "") -> None:
        draft.wrong = True
        value = draft.broken.get(meaning, "") or draft[meaning]
        self.errors.append(
            RowError(
                file=self.file,
                sheet=draft.sheet,
                row=draft.row,
                column=heading or draft.columns.heading(meaning),
                value=shown(value, VALUE_MOST),
                reason=refusal.sentence,
                suggestion=refusal.hint,
                facts=tuple((name, str(fact)) for name, fact in refusal.facts.items()),
            )
        )

    def refuse_file(self, refusal: Refusal, sheet: str = "", row: int = 0) -> None:
        facts = tuple((name, str(fact)) for name, fact in refusal.facts.items())
        self.errors.append(
            RowError(
                file=self.file,
                sheet=sheet,
                row=row,
                column="",
                value="",
                reason=refusal.sentence,
                suggestion=refusal.hint,
                facts=facts,
            )
        )
