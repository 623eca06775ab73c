"""One file is a list of free times or one of openings: which it is, which of its sheets, and what else must be asked first."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from shadowing.errors import RowError
from shadowing.i18n import N_
from shadowing.lists import grids, offer_columns, offers, times
from shadowing.lists.colleagues import Surroundings
from shadowing.lists.offers import ListedOffers
from shadowing.lists.questions import Answers, Question, question
from shadowing.lists.time_rows import error_in
from shadowing.lists.times import ListedTimes
from shadowing.lists.workbooks import Workbook, Worksheet
from shadowing.typed import Unfit

FILE = "file"
ROWS_MOST = 20_000
LEAVE_OUT, TAKE_IN = N_("leave out"), N_("take in")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedForRound:
    """What a list of a round says: *times* or *offers*, one of them None. *questions* are all there are about it."""

    times: ListedTimes | None = None
    offers: ListedOffers | None = None
    questions: tuple[Question, ...] = ()
    errors: tuple[RowError, ...] = ()
    left_out: int = 0


def read(file: str, workbook: Workbook, known: Surroundings, answers: Answers) -> ListedForRound:
    """Its errors name the sheet where the file has several."""
    asked = list(_encoding(workbook))
    seen = [sheet for sheet in workbook.sheets if sheet.rows and not sheet.hidden]
    if not seen:
        return ListedForRound(questions=tuple(asked), errors=(error_in(file, 0, "", "", Unfit("This file is empty.")),))
    if max(len(sheet.rows) for sheet in seen) > ROWS_MOST:
        refusal = Unfit("This file has more than %(most)s rows. Divide it.", most=ROWS_MOST)
        return ListedForRound(questions=tuple(asked), errors=(error_in(file, 0, "", "", refusal),))
    sheet, hidden = _shown(_chosen(seen, known), answers)
    if offered := offers.read(file, sheet, known, answers):
        questions = (*asked, *hidden, *offered.questions)
        return ListedForRound(offers=offered, questions=questions, errors=offered.errors, left_out=offered.left_out)
    free = times.read(file, sheet, known, answers)
    return ListedForRound(
        times=free, questions=(*asked, *hidden, *free.questions), errors=_in(sheet, free.errors), left_out=free.left_out
    )


def _in(sheet: Worksheet, errors: tuple[RowError, ...]) -> tuple[RowError, ...]:
    return tuple(replace(error, sheet=sheet.name) for error in errors)


def _encoding(workbook: Workbook) -> Iterator[Question]:
    if len(workbook.readings) > 1:
        samples = "; ".join(f"{name}: {sample}" for name, sample in workbook.readings)
        sentence = N_(
            "This file does not say in which encoding it was written. These read well: %(samples)s. Which one is right?"
        )
        yield question(FILE, sentence, tuple(name for name, _ in workbook.readings), samples=samples)


def _chosen(sheets: list[Worksheet], known: Surroundings) -> Worksheet:
    """The first sheet of openings, else that whose header tells the most of times, else the first."""
    for sheet in sheets:
        if offer_columns.find(sheet):
            return sheet
    ranks = [grid.rank if (grid := grids.find(sheet, known)) else 0.0 for sheet in sheets]
    return sheets[ranks.index(max(ranks))]


def _shown(sheet: Worksheet, answers: Answers) -> tuple[Worksheet, tuple[Question, ...]]:
    """What HR does not see is left out unless HR says so."""
    hidden = sum(row.hidden for row in sheet.rows)
    if not hidden:
        return sheet, ()
    sentence = N_("Rows hidden by hand or by a filter: %(count)s. Leave them out?")
    asked = question("hidden rows", sentence, (LEAVE_OUT, TAKE_IN), count=hidden)
    if asked.choice(answers) == TAKE_IN:
        return sheet, (asked,)
    return replace(sheet, rows=tuple(row for row in sheet.rows if not row.hidden)), (asked,)
