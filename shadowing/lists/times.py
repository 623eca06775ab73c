"""A list of when people are free becomes spans: a grid, a line a time, or a cell a person; and questions and errors."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from shadowing import typed
from shadowing.errors import RowError
from shadowing.i18n import N_
from shadowing.lists import grids, marks
from shadowing.lists.clocks import Piece
from shadowing.lists.colleagues import USUAL_DAY, Colleague, Surroundings
from shadowing.lists.questions import Answers, Question, question
from shadowing.lists.time_rows import SaidTime, TimeReading, error_in, read_row
from shadowing.lists.workbooks import Worksheet
from shadowing.typed import Unfit

LEAVE_OUT, REPLACE, KEEP = N_("leave out"), N_("replace"), N_("keep")
REMARK_LEVELS = {"△": marks.MAYBE, "○": marks.YES, LEAVE_OUT: marks.NO}
OWN_TIMES = "own times"
NAMED_MOST = 3


@dataclass(frozen=True, slots=True, order=True)
class ListedSpan:
    """*begin* and *end* are minutes after the midnight that *day* begins with, on the clock of *zone*."""

    person: str
    day: date
    begin: int
    end: int
    level: int
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedTimes:
    """*people* are all that the list says something about, those without a span have no time. *left_out* counts rows that
    tell of nobody, such as totals and legends."""

    people: tuple[str, ...] = ()
    spans: tuple[ListedSpan, ...] = ()
    questions: tuple[Question, ...] = ()
    errors: tuple[RowError, ...] = ()
    left_out: int = 0


def read(file: str, sheet: Worksheet, known: Surroundings, answers: Answers) -> ListedTimes:
    """What *sheet* says, as far as *answers* go and the proposals beyond them."""
    grid = grids.find(sheet, known)
    if grid is None:
        hint = N_(
            "Give a column with the number, the mail address or the name of each person, and columns with days or times."
        )
        return ListedTimes(errors=(error_in(file, 0, "", "", Unfit("It cannot be told whose times these are.", hint)),))
    reading = TimeReading(file, grid, known)
    for column in grid.columns:
        if column.trouble:
            reading.refuse(grid.last, column.heading, column.heading, column.trouble)
    for row in grid.body:
        read_row(row, reading)
    return _settled(reading, answers)


def _settled(reading: TimeReading, answers: Answers) -> ListedTimes:
    """Remarks become levels, pieces of a day become minutes, and what overlaps becomes one."""
    asked = tuple(_remarks(reading.said))
    levels = {one.about: REMARK_LEVELS.get(one.choice(answers), marks.MAYBE) for one in asked}
    pieces: dict[tuple[str, date, str], list[tuple[int, int, int]]] = defaultdict(list)
    for said in reading.said:
        level = min(said.free.level, levels.get(said.free.remark, marks.YES))
        if minutes := _minutes(said):
            zone = said.person.zone if _is_open(said.free.piece) else said.zone
            pieces[said.person.code, said.day, zone].append((*minutes, level))
    spans = [
        ListedSpan(person, day, begin, end, level, zone)
        for (person, day, zone), found in pieces.items()
        for begin, end, level in _merged(found)
    ]
    own = _own_times({said.person for said in reading.said if said.person.answered})
    own_code = {said.person.code for said in reading.said if said.person.answered}
    kept = own_code if own and own[0].choice(answers) == KEEP else set()
    people = dict.fromkeys(said.person.code for said in reading.said)
    return ListedTimes(
        people=tuple(person for person in people if person not in kept),
        spans=tuple(span for span in spans if span.person not in kept),
        questions=(*asked, *own),
        errors=tuple(reading.errors),
        left_out=reading.left_out,
    )


def _remarks(said: list[SaidTime]) -> Iterator[Question]:
    writers: dict[str, dict[str, None]] = defaultdict(dict)
    for one in said:
        if one.free.remark and one.free.level:
            writers[one.free.remark][one.person.name] = None
    for remark, names in writers.items():
        yield question(
            remark,
            N_("%(who)s added “%(remark)s”. Count it as if need be (△)?"),
            tuple(REMARK_LEVELS),
            who=_listed(list(names)),
            remark=remark,
        )


def _own_times(people: set[Colleague]) -> tuple[Question, ...]:
    if not people:
        return ()
    sentence = N_("%(who)s gave times on their own page. Does the list replace them?")
    names = sorted(person.name for person in people)
    return (question(OWN_TIMES, sentence, (KEEP, REPLACE), who=_listed(names)),)


def _listed(names: list[str]) -> str:
    more = f" (+{len(names) - NAMED_MOST})" if len(names) > NAMED_MOST else ""
    return ", ".join(names[:NAMED_MOST]) + more


def _is_open(piece: Piece) -> bool:
    return piece.begin is None or piece.end is None


def _minutes(said: SaidTime) -> tuple[int, int] | None:
    """Where a piece is open it reaches to the working hours of that day, or the usual ones on a day off that was named."""
    piece, work = said.free.piece, said.person.week[said.day.weekday()] or USUAL_DAY
    begin = work[0].begin if piece.begin is None else piece.begin
    end = work[-1].end if piece.end is None else piece.end
    assert begin is not None
    assert end is not None
    return (begin, end) if begin < end else None


def _merged(pieces: list[tuple[int, int, int]]) -> Iterator[tuple[int, int, int]]:
    """Yes goes before if need be, and no before both; neighbours of one level are one."""
    bounds = sorted({bound for begin, end, _ in pieces for bound in (begin, end)})
    begin, end, level = 0, 0, marks.NO
    for first, last in pairwise(bounds):
        covering = [one[2] for one in pieces if one[0] <= first and last <= one[1]]
        here = min(covering) if marks.NO in covering else max(covering, default=marks.NO)
        if here == level and first == end:
            end = last
            continue
        if level:
            yield begin, end, level
        begin, end, level = first, last, here
    if level:
        yield begin, end, level


def instants(span: ListedSpan) -> tuple[datetime, datetime]:
    """Both ends as UTC. Raises Unfit where clocks skip one."""
    midnight = datetime.combine(span.day, datetime.min.time())
    begin, end = (typed.instant(midnight + timedelta(minutes=minute), span.zone) for minute in (span.begin, span.end))
    return begin, end
