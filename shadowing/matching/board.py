"""The review board: who has a visit and who has none, as it stands now."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager, selectinload

from shadowing.extensions import db
from shadowing.matching import gather, ledger, presence
from shadowing.models import Guest, Host, Opening, Pairing, Person, Round, Slot, Solve

PAGE = 100


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
class Board:
    """One page of the review board. *count* is of all pages, under the filter. *missed*: person id -> rounds in a row without a
    visit before this one, for which they are placed first."""

    rows: list[Pairing]
    count: int
    page: int
    pages: int
    guests: int
    matched: int
    unmatched: list[Guest]
    solve: Solve | None
    missed: Counter[int]


def page(round: Round, number: int, department_id: int | None = None, tag: str | None = None) -> Board:
    """*department_id* finds pairings in which either side is of it; *tag* is one of `Pairing.tags`, `pinned` or `by_hand`."""
    rows = seated(round)
    if department_id:
        rows = rows.where((Person.department_id == department_id) | (Opening.department_id == department_id))
    found = [row for row in db.session.scalars(rows) if not tag or tag in row.tags or getattr(row, tag, False) is True]
    pages = max(1, -(-len(found) // PAGE))
    number = min(max(1, number), pages)
    taking = select(func.count()).select_from(Guest).join(Guest.person)
    taking = taking.where(gather.takes_part(round), presence.all_along(round))
    missing = list(db.session.scalars(unmatched(round)))
    guests = db.session.scalar(taking) or 0
    return Board(
        rows=found[(number - 1) * PAGE : number * PAGE],
        count=len(found),
        page=number,
        pages=pages,
        guests=guests,
        matched=guests - len(missing),
        unmatched=missing,
        solve=db.session.scalar(last_solve(round)),
        missed=ledger.missed(round),
    )
