"""Where the header of a list of times stands, and what its columns are: a person, parts of a time, or times themselves
(days across, half-days under days, hours, weekdays). A grid can also have its times down and its people across."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from shadowing.lists import clocks, days, marks, moments
from shadowing.lists.clocks import Piece
from shadowing.lists.colleagues import Colleague, Surroundings
from shadowing.lists.days import RoundDays, Weekdays
from shadowing.lists.round_headings import RoundMeaning, meaning
from shadowing.lists.workbooks import Worksheet, WorksheetRow
from shadowing.typed import Unfit

LOOKED_AT, DEEPEST = 12, 3
WHO = (RoundMeaning.CODE, RoundMeaning.MAIL, RoundMeaning.NAME)
SHARE = 0.6
SAMPLE = 50
MONTH = re.compile(r"(?:\d{4}年)?\d{1,2}月")
INNER = re.compile(r"\[([^\]]+)\]\s*$")


@dataclass(frozen=True, slots=True)
class TimeSlot:
    """The days and the piece of a day that a heading means. Without *piece* it is the whole day."""

    days: tuple[date, ...] = ()
    rules: tuple[Weekdays, ...] = ()
    piece: Piece | None = None

    @property
    def has_days(self) -> bool:
        return bool(self.days or self.rules)

    def on(self, round: RoundDays) -> tuple[date, ...]:
        return moments.Phrase(self.days, self.rules).on(round)


@dataclass(frozen=True, slots=True)
class GridColumn:
    """A column with what its heading means; *trouble* is what is wrong with a heading that was meant as a day."""

    place: int
    heading: str
    meaning: RoundMeaning | None = None
    slot: TimeSlot | None = None
    trouble: Unfit | None = None


@dataclass(frozen=True, slots=True)
class Grid:
    """*across* are the people that a grid has as its columns; *last* is the number of the header's last row."""

    columns: tuple[GridColumn, ...]
    body: tuple[WorksheetRow, ...]
    last: int
    rank: float
    across: Mapping[int, Colleague] = field(default_factory=dict)

    def of(self, *meanings: RoundMeaning) -> list[GridColumn]:
        return [column for wanted in meanings for column in self.columns if column.meaning is wanted]

    @property
    def slots(self) -> list[GridColumn]:
        return [column for column in self.columns if column.slot]


def find(sheet: Worksheet, known: Surroundings) -> Grid | None:
    """The likeliest header of *sheet*; None where no row could be one."""
    rows = [row for row in sheet.rows if row.trouble is None]
    grids = [grid for start in range(min(LOOKED_AT, len(rows))) for grid in _from(rows, start, known)]
    best = max(grids, key=lambda grid: grid.rank, default=None)
    if best is None or not best.rank:
        turned = (_turned(rows, start, known) for start in range(min(LOOKED_AT, len(rows))))
        best = max(filter(None, turned), key=lambda grid: grid.rank, default=None)
    return best


def _from(rows: Sequence[WorksheetRow], start: int, known: Surroundings) -> list[Grid]:
    found = []
    for depth in range(1, min(DEEPEST, len(rows) - start) + 1):
        header = rows[start : start + depth]
        if depth > 1 and not _continues(header, known.days):
            break
        body = tuple(rows[start + depth :])
        if any(known.is_person(cell) for row in header for cell in row.filled() if not _is_hour(cell)):
            break
        columns = _with_people(_columns(header, known.days), body, known)
        columns = _without_needless(_with_days(columns, body, known.days))
        found.append(Grid(columns, body, header[-1].number, _rank(columns) + (depth - 1) * 0.1))
    return found


def _continues(header: Sequence[WorksheetRow], round: RoundDays) -> bool:
    """Whether the last row tells more about the columns above it: half-days, hours or weekdays under days."""
    *above, last = header
    filled = [(place, cell.strip()) for place, cell in enumerate(last.cells) if cell.strip()]
    named = {place for row in above for place, cell in enumerate(row.cells) if meaning(cell)}
    same = [cell for place, cell in filled if any(row[place] == cell for row in above)]
    more = [cell for place, cell in filled if place not in named and (slot(cell, round) or _is_hour(cell))]
    return (
        bool(more)
        and all(place not in named or cell in same for place, cell in filled)
        and len(more) + len(same) >= len(filled)
    )


def _is_hour(cell: str) -> bool:
    return clocks.hours_across((cell,)) != (None,)


def _columns(header: Sequence[WorksheetRow], round: RoundDays) -> tuple[GridColumn, ...]:
    width = max(len(row.cells) for row in header)
    parts = [_spread(row, width, round, is_last=row is header[-1]) for row in header]
    columns = [_column(place, [row[place] for row in parts], round) for place in range(width)]
    if dated := _days_of_month(parts[-1], columns, round):
        return dated
    lowest = [_hour_text(column, [row[column.place] for row in parts], round) for column in columns]
    hours = clocks.hours_across(lowest)
    if sum(piece is not None for piece in hours) < 2:
        return tuple(columns)
    return tuple(
        column if piece is None else _with_hour(column, piece) for column, piece in zip(columns, hours, strict=True)
    )


def _days_of_month(lowest: Sequence[str], columns: Sequence[GridColumn], round: RoundDays) -> tuple[GridColumn, ...]:
    """18, 19, 20 are days where the round has them all and none could be a time before the afternoon."""
    numbers = {one.place: int(cell) for one in columns if (cell := lowest[one.place]).isdigit() and not one.slot}
    by_day = {day.day: day for day in reversed(round.open())}
    if len(numbers) < 2 or min(numbers.values()) <= 12 or not all(number in by_day for number in numbers.values()):
        return ()
    return tuple(
        replace(one, slot=TimeSlot((by_day[numbers[one.place]],)), trouble=None) if one.place in numbers else one
        for one in columns
    )


def _hour_text(column: GridColumn, parts: Sequence[str], round: RoundDays) -> str:
    """What may be an hour: not the 19 of a column under 1月."""
    if column.slot and column.slot.piece and column.slot.piece.begin is not None and column.slot.piece.is_moment:
        return clocks.shown(column.slot.piece.begin)
    if column.meaning or (column.slot and column.slot.piece):
        return ""
    is_day = parts[-1].isdigit() and column.slot and not any(slot(part, round) for part in parts[:-1])
    return "" if is_day else parts[-1]


def _with_hour(column: GridColumn, piece: Piece) -> GridColumn:
    return replace(column, slot=replace(column.slot or TimeSlot(), piece=piece), trouble=None)


def _spread(row: WorksheetRow, width: int, round: RoundDays, is_last: bool) -> list[str]:
    """A day that is written once stands over all columns up to the next."""
    cells, day = [], ""
    for place in range(width):
        cell = row[place]
        if not is_last and cell:
            day = cell if slot(cell, round) or MONTH.fullmatch(cell) else ""
        cells.append(cell or day)
    return cells


def _column(place: int, parts: Sequence[str], round: RoundDays) -> GridColumn:
    said = list(dict.fromkeys(part for part in parts if part))
    heading = " ".join(" ".join(said).split())
    claimed = next((found for part in reversed(said) if (found := meaning(part))), None)
    if claimed and not any(slot(part, round) for part in said):
        return GridColumn(place, heading, claimed)
    try:
        return GridColumn(place, heading, None, _slot(heading, round))
    except Unfit as trouble:
        meant = days.DAY.match(clocks.plain(heading)) and not (len(said) == 1 and said[0].isdigit())
        return GridColumn(place, heading, claimed, None, trouble if meant and not claimed else None)


def slot(text: str, round: RoundDays) -> TimeSlot | None:
    """The time that *text* stands for as a heading; None where it is none."""
    try:
        return _slot(text, round)
    except Unfit:
        return None


def _slot(text: str, round: RoundDays) -> TimeSlot | None:
    """Raises Unfit."""
    inner = INNER.search(text)
    if serial := days.serial(text):
        return TimeSlot((serial[0],))
    phrases = moments.phrases(inner[1] if inner else text, round)
    if len(phrases) != 1 or len(phrases[0].pieces) > 1:
        return None
    phrase, free = phrases[0], phrases[0].pieces[0]
    piece = None if free.piece == clocks.ALL_DAY else free.piece
    if (free.remark and not phrase.has_days) or not (phrase.has_days or piece) or free.level != marks.YES:
        return None
    return TimeSlot(phrase.days, phrase.rules, piece)


def _with_people(
    columns: tuple[GridColumn, ...], body: Sequence[WorksheetRow], known: Surroundings
) -> tuple[GridColumn, ...]:
    """Where no heading says who, the column whose cells are people."""
    if any(column.meaning in WHO for column in columns):
        return columns
    shares = {
        column.place: share
        for column in columns
        if column.slot is None and column.meaning in (None, RoundMeaning.DEPARTMENT)
        if (share := _share_of_people(column.place, body, known)) >= SHARE
    }
    if not shares:
        return columns
    best = max(shares, key=lambda place: (shares[place], -place))
    return tuple(replace(one, meaning=RoundMeaning.NAME, trouble=None) if one.place == best else one for one in columns)


def _with_days(
    columns: tuple[GridColumn, ...], body: Sequence[WorksheetRow], round: RoundDays
) -> tuple[GridColumn, ...]:
    """Where the headings are only hours or half-days, the column whose cells are days."""
    if any(column.meaning is RoundMeaning.DATE for column in columns) or not any(
        column.slot and not column.slot.has_days for column in columns
    ):
        return columns
    for column in columns:
        cells = [row[column.place] for row in body[:SAMPLE] if row[column.place]]
        dated = [cell for cell in cells if (found := slot(cell, round)) and found.has_days]
        if column.meaning is None and column.slot is None and cells and len(dated) >= SHARE * len(cells):
            return tuple(replace(one, meaning=RoundMeaning.DATE) if one is column else one for one in columns)
    return columns


def _share_of_people(place: int, body: Sequence[WorksheetRow], known: Surroundings) -> float:
    cells = [row[place] for row in body[:SAMPLE] if row[place]]
    return sum(map(known.is_person, cells)) / len(cells) if cells else 0.0


def _without_needless(columns: tuple[GridColumn, ...]) -> tuple[GridColumn, ...]:
    """Beside times of their own, the beginning and the end are those of filling in a form; a lone 都合 is the times."""
    meanings = {column.meaning for column in columns}
    has_slots = any(column.slot for column in columns)
    drop: set[RoundMeaning] = set()
    if has_slots or (RoundMeaning.WHEN in meanings and RoundMeaning.DATE not in meanings):
        drop = {RoundMeaning.BEGIN, RoundMeaning.END}
    if has_slots:
        drop |= {RoundMeaning.WHEN, RoundMeaning.LEVEL}
    kept = tuple(replace(one, meaning=None) if one.meaning in drop else one for one in columns)
    if has_slots or meanings & {RoundMeaning.WHEN, RoundMeaning.DATE, RoundMeaning.BEGIN}:
        return kept
    return tuple(replace(one, meaning=RoundMeaning.WHEN) if one.meaning is RoundMeaning.LEVEL else one for one in kept)


def _rank(columns: Sequence[GridColumn]) -> float:
    meanings = {column.meaning for column in columns if column.meaning}
    slots = sum(column.slot is not None or column.trouble is not None for column in columns)
    told = slots or meanings & {RoundMeaning.WHEN, RoundMeaning.BEGIN, RoundMeaning.DATE}
    return float(len(meanings) + slots) if told and meanings & set(WHO) else 0.0


def _turned(rows: Sequence[WorksheetRow], start: int, known: Surroundings) -> Grid | None:
    """Times down, people across. One or two columns on the left say when."""
    header, body = rows[start], tuple(rows[start + 1 :])
    across = {place: known.person(cell) for place, cell in enumerate(header.cells) if place and known.is_person(cell)}
    if not across:
        return None
    left = range(min(across))
    dated = [row for row in body if slot(label(row, left), known.days)]
    columns = tuple(GridColumn(place, cell.strip()) for place, cell in enumerate(header.cells))
    return Grid(columns, body, header.number, float(len(across) + len(dated)), across) if dated else None


def label(row: WorksheetRow, left: range) -> str:
    """What the cells on the left of a row say together."""
    return " ".join(row[place] for place in left if row[place])
