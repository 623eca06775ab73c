"""The rows of a list of times: who says what about which day. A row that tells of nobody is left out, a wrong cell refused."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from shadowing import typed
from shadowing.errors import Refusal, RowError
from shadowing.i18n import N_
from shadowing.lists import clocks, days, grids, marks, moments
from shadowing.lists.clocks import Piece
from shadowing.lists.colleagues import Colleague, Surroundings
from shadowing.lists.grids import WHO, Grid, GridColumn
from shadowing.lists.moments import Free
from shadowing.lists.round_headings import RoundMeaning
from shadowing.lists.workbooks import WorksheetRow
from shadowing.typed import Unfit, shown

TOTAL = re.compile(
    r"(?:総|小)?(?:合)?計|人数|集計|[○〇◯△×]の?(?:数|人数)|以上|(?:凡例|記入例|例|注|※).*|total.*|sum", re.IGNORECASE
)
DITTO = ("〃", "″", "同上", "々", '"')
Told = list[tuple[date, Free]]


@dataclass(frozen=True, slots=True)
class SaidTime:
    """A piece of a day that somebody has, on the clock of *zone* where both of its ends are said."""

    person: Colleague
    day: date
    free: Free
    zone: str


@dataclass(slots=True)
class TimeReading:
    """What has been read so far. *who* and *day* are those of the row above, which a merged cell leaves blank below."""

    file: str
    grid: Grid
    known: Surroundings
    said: list[SaidTime] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)
    left_out: int = 0
    who: Colleague | None = None
    day: str = ""

    def refuse(self, row: int, column: str, value: str, refusal: Refusal) -> None:
        self.errors.append(error_in(self.file, row, column, value, refusal))


def error_in(file: str, row: int, column: str, value: str, refusal: Refusal) -> RowError:
    return RowError(
        file=file,
        row=row,
        column=column,
        value=shown(value, 200),
        reason=refusal.sentence,
        suggestion=refusal.hint,
        facts=tuple((name, str(fact)) for name, fact in refusal.facts.items()),
    )


def read_row(row: WorksheetRow, reading: TimeReading) -> None:
    if row.trouble:
        reading.refuse(row.number, "", "", Refusal(row.trouble.sentence, **dict(row.trouble.facts)))
    elif reading.grid.across:
        _read_turned(row, reading)
    elif person := _person(row, reading):
        for column, said in _said(row, person, reading):
            _keep(said, person, row, column, reading)


def _read_turned(row: WorksheetRow, reading: TimeReading) -> None:
    """A row of a grid with people across. The day may stand only in the first of its rows."""
    grid, round = reading.grid, reading.known.days
    left = range(min(grid.across))
    slot = grids.slot(grids.label(row, left), round)
    if slot and not slot.days and not slot.rules and reading.day:
        slot = grids.slot(f"{reading.day} {grids.label(row, left)}", round)
    if slot is None:
        reading.left_out += 1
        return
    reading.day = row[0] if (first := grids.slot(row[0], round)) and (first.days or first.rules) else reading.day
    for place, person in grid.across.items():
        column = grid.columns[place]
        said = _cell(row, replace(column, slot=slot), slot.on(round), reading)
        _keep(said, person, row, column, reading)


def _person(row: WorksheetRow, reading: TimeReading) -> Colleague | None:
    """Whom the row is about; None where it is about nobody, or that cannot be told."""
    cells = [(column, own) for column in reading.grid.of(*WHO) if (own := _own(row[column.place]))]
    if not cells and not _tells(row, reading):
        reading.left_out += 1
        return None
    if not cells:
        if reading.who is None:
            reading.left_out += 1
        return reading.who
    trouble: Unfit | None = None
    for _, cell in cells:
        try:
            reading.who = reading.known.person(cell)
            return reading.who
        except Unfit as unfit:
            trouble = trouble or unfit
    reading.who = None
    if trouble and _tells(row, reading) and not any(TOTAL.fullmatch(cell) for cell in row.filled()[:2]):
        reading.refuse(row.number, cells[0][0].heading, cells[0][1], trouble)
    else:
        reading.left_out += 1
    return None


def _own(cell: str) -> str:
    """What a cell says itself; 〃 stands for the one above, as a blank does."""
    return "" if cell in DITTO else cell


def _tells(row: WorksheetRow, reading: TimeReading) -> bool:
    """Whether any of its cells is about a time: totals and legends are not."""
    telling = (RoundMeaning.WHEN, RoundMeaning.DATE, RoundMeaning.BEGIN)
    return any(row[column.place] for column in [*reading.grid.slots, *reading.grid.of(*telling)])


def _said(row: WorksheetRow, person: Colleague, reading: TimeReading) -> Iterator[tuple[GridColumn, Told]]:
    grid = reading.grid
    dated = grid.of(RoundMeaning.DATE)
    if dated:
        reading.day = _own(row[dated[0].place]) or reading.day
    if grid.slots:
        yield from _slots_said(row, dated[0] if dated else None, reading)
        return
    columns = grid.of(RoundMeaning.WHEN, RoundMeaning.BEGIN, RoundMeaning.DATE)
    if begins := grid.of(RoundMeaning.BEGIN):
        yield columns[0], _line(row, reading.day if dated else "", begins[0], reading)
        return
    for column in grid.of(RoundMeaning.WHEN) or dated:
        day = reading.day if dated and column is not dated[0] else ""
        text = row[column.place]
        if text and (day or marks.level(text) != marks.NO):
            yield column, _text(f"{moments.spelled_out(day)} {moments.spelled_out(text)}".strip(), row, column, reading)


def _slots_said(row: WorksheetRow, dated: GridColumn | None, reading: TimeReading) -> Iterator[tuple[GridColumn, Told]]:
    """A row of a grid; where a column says the day, the headings say the time."""
    on: tuple[date, ...] = ()
    if dated:
        found = grids.slot(moments.spelled_out(reading.day), reading.known.days)
        if found is None:
            hint = N_("Write it like 2027-01-18.")
            reading.refuse(
                row.number, dated.heading, reading.day, Unfit("“%(value)s” is not a date.", hint, value=reading.day)
            )
            return
        on = found.on(reading.known.days)
    for column in reading.grid.slots:
        assert column.slot
        days_meant = column.slot.on(reading.known.days) if column.slot.has_days else on
        if row[column.place] and not (column.slot.has_days or dated):
            refusal = Unfit(
                "“%(value)s” does not say on which day.", N_("Add a column with the days."), value=column.heading
            )
            reading.refuse(row.number, column.heading, row[column.place], refusal)
            return
        yield column, _cell(row, column, days_meant, reading)


def _cell(row: WorksheetRow, column: GridColumn, on: tuple[date, ...], reading: TimeReading) -> Told:
    """A mark, or times of their own, under a heading that says the day."""
    text = row[column.place]
    usual = (column.slot and column.slot.piece) or clocks.ALL_DAY
    if not text:
        return []
    if (level := marks.level(text)) is not None:
        return [(day, Free(usual, level)) for day in on]
    return _text(text, row, column, reading, on, usual)


def _text(
    text: str,
    row: WorksheetRow,
    column: GridColumn,
    reading: TimeReading,
    on: tuple[date, ...] = (),
    usual: Piece | None = None,
) -> Told:
    try:
        phrases = moments.phrases(text, reading.known.days, usual)
        if not on and not all(phrase.has_days for phrase in phrases):
            raise Unfit("“%(value)s” does not say on which day.", N_("Write it like 1/19 9:00-12:00."), value=text)
        _refuse_moments(phrases, text)
    except Unfit as refusal:
        reading.refuse(row.number, column.heading, text, refusal)
        return []
    round = reading.known.days
    return [(day, free) for said in phrases for day in (said.on(round) or on) for free in said.pieces]


def _refuse_moments(phrases: tuple[moments.Phrase, ...], text: str) -> None:
    if any(free.piece.is_moment for phrase in phrases for free in phrase.pieces):
        raise Unfit(
            "“%(value)s” says when a time begins, but not when it ends.", N_("Write it like 9:00-12:00."), value=text
        )


def _line(row: WorksheetRow, day: str, begins: GridColumn, reading: TimeReading) -> Told:
    """One time a row: its day, its beginning, its end and how well it suits, each in a cell or together."""
    ends, levels = reading.grid.of(RoundMeaning.END), reading.grid.of(RoundMeaning.LEVEL)
    begin = row[begins.place]
    end = row[ends[0].place] if ends else ""
    level = marks.level(row[levels[0].place]) if levels and row[levels[0].place] else marks.YES
    if level is None:
        wrong = Unfit("“%(value)s” is not one of: %(allowed)s.", value=row[levels[0].place], allowed="○, △, ×")
        reading.refuse(row.number, levels[0].heading, row[levels[0].place], wrong)
        return []
    try:
        on, piece = _between(day, begin, end, reading.known.days)
    except Unfit as refusal:
        reading.refuse(row.number, begins.heading, " ".join(filter(None, (day, begin, end))), refusal)
        return []
    return [(one, Free(piece, level)) for one in on]


def _between(day: str, begin: str, end: str, round: days.RoundDays) -> tuple[tuple[date, ...], Piece]:
    """Raises Unfit."""
    if not end:
        phrases = moments.phrases(f"{moments.spelled_out(day)} {moments.spelled_out(begin)}", round)
        _refuse_moments(phrases, f"{day} {begin}".strip())
        pieces = [free.piece for phrase in phrases for free in phrase.pieces]
        on = tuple(one for phrase in phrases for one in phrase.on(round))
        if len(pieces) == 1 and on:
            return on, pieces[0]
    if day:
        phrases = moments.phrases(
            f"{moments.spelled_out(day)} {moments.spelled_out(begin, bare=True)}~{moments.spelled_out(end, bare=True)}",
            round,
        )
        if len(phrases) == len(phrases[0].pieces) == 1 and phrases[0].on(round):
            return phrases[0].on(round), phrases[0].pieces[0].piece
    first = _moment(f"{moments.spelled_out(day)} {moments.spelled_out(begin, bare=True)}", round)
    last = _moment(moments.spelled_out(end, bare=True), round)
    if first[0] is None or first[1] is None or last[1] is None:
        hint, value = N_("Write it like 2027-01-18 9:00."), " ".join((day, begin, end)).strip()
        raise Unfit("“%(value)s” is no time that can be read.", hint, value=value)
    until = last[1] + (max((last[0] - first[0]).days, 0) * clocks.MIDNIGHT if last[0] else 0)
    if until <= first[1] or until > clocks.LATEST:
        raise Unfit("“%(value)s” ends before it begins, or lasts longer than a day.", value=f"{begin} – {end}")
    return (first[0],), Piece(first[1], until)


def _moment(text: str, round: days.RoundDays) -> tuple[date | None, int | None]:
    phrases = moments.phrases(text, round)
    on = [day for phrase in phrases for day in phrase.days]
    moment = [free.piece.begin for phrase in phrases for free in phrase.pieces if free.piece.is_moment]
    return (on[0] if len(on) == 1 else None), (moment[0] if len(moment) == 1 else None)


def _keep(told: Told, person: Colleague, row: WorksheetRow, column: GridColumn, reading: TimeReading) -> None:
    round = reading.known.days
    zones = reading.grid.of(RoundMeaning.ZONE)
    zone = typed.asked(typed.zone, row[zones[0].place], round.zone) if zones and row[zones[0].place] else round.zone
    outside = sorted({day for day, free in told if not round.holds(day) and free.level})
    if outside:
        refusal = Unfit(
            "%(days)s is not within the round, which goes from %(first)s to %(last)s.",
            days=", ".join(map(str, outside)),
            first=round.starts_on,
            last=round.ends_on,
        )
        if not any(
            error.facts == tuple((name, str(fact)) for name, fact in refusal.facts.items()) for error in reading.errors
        ):
            reading.refuse(row.number, column.heading, row[column.place], refusal)
    reading.said += [SaidTime(person, day, free, zone) for day, free in told if round.holds(day)]
