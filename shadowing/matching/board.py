"""The review board: who has a visit and who has none, as it stands now."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import aliased, contains_eager, selectinload

from shadowing.extensions import db
from shadowing.folding import fold
from shadowing.matching import flags, gather, ledger, presence
from shadowing.matching.flags import Flags
from shadowing.models import Department, Guest, Host, Opening, Pairing, Person, Round, Slot, Solve

PAGE = 25
AFFECTED = "affected"


class Grouping(StrEnum):
    """What the rows of the board are grouped by."""

    DAY = "day"
    GUESTS = "guests"
    HOSTS = "hosts"


def last_solve(round: Round) -> Select[Solve]:
    return select(Solve).where(Solve.round_id == round.id).order_by(Solve.id.desc()).limit(1)


def seated_guests(round: Round) -> Select[int]:
    return select(Pairing.guest_id).where(Pairing.round_id == round.id, Pairing.stands)


def unmatched(round: Round) -> Select[Guest]:
    """Guests who take part and have no visit, in the order of a directory."""
    wanting = select(Guest).join(Guest.person).options(contains_eager(Guest.person).joinedload(Person.department))
    wanting = wanting.where(gather.takes_part(round), presence.all_along(round))
    return wanting.where(Guest.id.not_in(seated_guests(round))).order_by(Person.sort_key, Person.code)


def seated(round: Round) -> Select[Pairing]:
    """Every pairing that stands, in the order of time, with all that a list shows loaded in a few statements."""
    standing = select(Pairing).join(Pairing.slot).join(Slot.opening).join(Pairing.guest).join(Guest.person)
    standing = standing.where(Pairing.round_id == round.id, Pairing.stands)
    return standing.options(
        contains_eager(Pairing.guest).contains_eager(Guest.person).joinedload(Person.department),
        contains_eager(Pairing.slot).contains_eager(Slot.opening).joinedload(Opening.department),
        contains_eager(Pairing.slot).contains_eager(Slot.opening).selectinload(Opening.hosts).joinedload(Host.person),
        selectinload(Pairing.guest, Guest.goals),
    ).order_by(Slot.starts_at, Opening.code, Person.sort_key, Person.code)


@dataclass(frozen=True, slots=True, kw_only=True)
class PairingsSought:
    """What the board is narrowed to; nothing said is everything. *name* is of a guest or a host, however typed; *department_id*
    of either side, *guests_of* and *hosts_of* of one. *tag* is one of `Pairing.tags`, `pinned`, `by_hand`, or AFFECTED."""

    name: str = ""
    department_id: int | None = None
    guests_of: int | None = None
    hosts_of: int | None = None
    tag: str = ""
    order: Grouping = Grouping.DAY

    def __bool__(self) -> bool:
        return bool(self.name or self.department_id or self.guests_of or self.hosts_of or self.tag)


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardLine:
    """What the whole board knows of each pairing, in columns: a round has a thousand."""

    id: int
    guest: int
    day: str
    home: int
    offered: int
    tags: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """One page of the review board. *count* is of all pages, under the filter, and *counts* of the group that each row stands in.
    *figures* count tags over the whole plan; *walls* are the ways from one department to another that open: nobody went there
    before. *ways*: department of guests -> those of their
    hosts with the number of pairings, the largest first. *missed*: person id -> rounds
    in a row without a visit before this one, for which they are placed first."""

    rows: list[Pairing]
    heads: dict[int, str | int]
    counts: Counter[str | int]
    count: int
    page: int
    pages: int
    guests: int
    matched: int
    pairings: int
    figures: Counter[str]
    walls: int
    ways: dict[int, list[tuple[int, int]]]
    unmatched: list[Guest]
    affected: Flags
    solve: Solve | None
    missed: Counter[int]


EVERYTHING = PairingsSought()


def page(
    round: Round, number: int, now: datetime, sought: PairingsSought = EVERYTHING, row: int | None = None
) -> Board:
    """The page of this *number*, or the one on which the pairing *row* stands."""
    lines, affected = list(_lines(round, sought.order)), flags.of(round, now)
    found = [line for line in _named(round, lines, sought.name) if _fits(line, sought, affected)]
    pages = max(1, -(-len(found) // PAGE))
    place = next((place for place, line in enumerate(found) if line.id == row), None)
    number = min(max(1, number), pages) if place is None else place // PAGE + 1
    shown = found[(number - 1) * PAGE : number * PAGE]
    heads = {line.id: _head(line, sought.order) for line in found}
    missing, guests = list(db.session.scalars(unmatched(round))), db.session.scalar(_taking(round)) or 0
    return Board(
        rows=_rows(round, shown),
        heads=heads,
        counts=Counter(heads.values()),
        count=len(found),
        page=number,
        pages=pages,
        guests=guests,
        matched=guests - len(missing),
        pairings=len(lines),
        figures=Counter(tag for line in lines for tag in line.tags),
        walls=len(
            {(line.home, line.offered) for line in lines if "new_wall" in line.tags and line.home != line.offered}
        ),
        ways=_ways(lines),
        unmatched=missing,
        affected=affected,
        solve=db.session.scalar(last_solve(round)),
        missed=ledger.missed(round),
    )


def _ways(lines: list[BoardLine]) -> dict[int, list[tuple[int, int]]]:
    ways: dict[int, list[tuple[int, int]]] = {}
    for (home, offered), count in Counter((line.home, line.offered) for line in lines).most_common():
        ways.setdefault(home, []).append((offered, count))
    return ways


def _taking(round: Round) -> Select[int]:
    taking = select(func.count()).select_from(Guest).join(Guest.person)
    return taking.where(gather.takes_part(round), presence.all_along(round))


def _lines(round: Round, order: Grouping) -> Iterator[BoardLine]:
    where = aliased(Department)
    columns = select(
        Pairing.id, Pairing.guest_id, Pairing.tags, Pairing.pinned, Pairing.by_hand, Slot.starts_at,
        Department.id, where.id,
    ).join_from(Pairing, Slot, Slot.id == Pairing.slot_id).join(Slot.opening).join(where, Opening.department)  # fmt: skip
    columns = columns.join(Pairing.guest).join(Guest.person).outerjoin(Person.department)
    first = {Grouping.DAY: (), Grouping.GUESTS: (Department.code,), Grouping.HOSTS: (where.code,)}[order]
    columns = columns.where(Pairing.round_id == round.id, Pairing.stands)
    zone = ZoneInfo(round.zone)
    rows = columns.order_by(*first, Slot.starts_at, Opening.code, Person.sort_key, Person.code)
    for id, guest, tags, pinned, by_hand, starts_at, home, offered in db.session.execute(rows):
        known = {*tags, *(["pinned"] if pinned else []), *(["by_hand"] if by_hand else [])}
        day = starts_at.astimezone(zone).date().isoformat()
        yield BoardLine(id=id, guest=guest, day=day, home=home or 0, offered=offered, tags=frozenset(known))


def _named(round: Round, lines: list[BoardLine], name: str) -> list[BoardLine]:
    if not name:
        return lines
    called = Person.folded.contains(fold(name), autoescape=True)
    host = select(Host.opening_id).join(Host.person).where(called)
    rows = select(Pairing.id).join(Pairing.slot).join(Pairing.guest).join(Guest.person)
    found = set(db.session.scalars(rows.where(Pairing.round_id == round.id, or_(called, Slot.opening_id.in_(host)))))
    return [line for line in lines if line.id in found]


def _fits(line: BoardLine, sought: PairingsSought, affected: Flags) -> bool:
    return (
        sought.department_id in (None, line.home, line.offered)
        and sought.guests_of in (None, line.home)
        and sought.hosts_of in (None, line.offered)
        and (not sought.tag or sought.tag in line.tags or (sought.tag == AFFECTED and line.id in affected))
    )


def _head(line: BoardLine, order: Grouping) -> str | int:
    if order is Grouping.DAY:
        return line.day
    return line.home if order is Grouping.GUESTS else line.offered


def _rows(round: Round, lines: list[BoardLine]) -> list[Pairing]:
    ids = [line.id for line in lines]
    rows = {row.id: row for row in db.session.scalars(seated(round).where(Pairing.id.in_(ids)))}
    return [rows[id] for id in ids]
