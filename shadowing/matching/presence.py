"""When people are in the company at all, as spans for the solver: from the end of a pause until their last day is over."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, time
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, or_, select

from shadowing.company import people
from shadowing.extensions import db
from shadowing.matching.excerpts import Excerpt
from shadowing.matching.spans import minutes
from shadowing.models import Host, Opening, Person, Round
from shadowing.solver.intervals import cut
from shadowing.solver.problem import Span

FOR_EVER = 2**31 - 1
ALWAYS = Span(0, FOR_EVER)


def span(zone: str, away_until: date | None, last_day: date | None) -> Span:
    if away_until is None and last_day is None:
        return ALWAYS
    begins = 0 if away_until is None else minutes(people.at(away_until, time.min, ZoneInfo(zone)))
    ends = FOR_EVER if last_day is None else minutes(people.end_of(last_day, zone))
    return Span(begins, max(begins, ends))


def within(spans: tuple[Span, ...], zone: str, away_until: date | None, last_day: date | None) -> tuple[Span, ...]:
    """The *spans* in which somebody is there."""
    always = away_until is None and last_day is None
    return spans if always else tuple(cut(spans, (span(zone, away_until, last_day),)))


def all_along(round: Round) -> ColumnElement[bool]:
    """The WHERE of people who are here, on a list, and not on a pause that lasts beyond the round."""
    return and_(
        Person.left_at.is_(None),
        Person.department_id.is_not(None),
        or_(Person.away_until.is_(None), Person.away_until <= round.ends_on),
    )


class Hosts:
    """The hosts of a round's openings: who they are, and when at least one of them is there."""

    def __init__(self, round: Round, excerpt: Excerpt) -> None:
        self._all: dict[int, list[int]] = defaultdict(list)
        self._here: dict[int, list[int]] = defaultdict(list)
        self._spans: dict[int, list[Span]] = defaultdict(list)
        times = (Person.zone, Person.away_until, Person.last_day)
        rows = select(Host.opening_id, Host.person_id, Person.left_at, *times).join(Host.person).join(Host.opening)
        rows = rows.where(Opening.round_id == round.id, excerpt.offered()).order_by(Host.opening_id, Host.position)
        for opening, person, left_at, zone, away_until, last_day in db.session.execute(rows):
            self._all[opening].append(person)
            if left_at is None:
                self._here[opening].append(person)
                self._spans[opening].append(span(zone, away_until, last_day))

    def of(self, opening: int) -> list[int]:
        """Those who have not left; where all have, all of them, so that what they hosted in the past keeps its hosts."""
        return self._here[opening] or self._all[opening]

    def kept(self, opening: int, starts: Iterable[int]) -> Iterator[int]:
        """The *starts* at which somebody is there to host."""
        if ALWAYS in self._spans[opening]:
            yield from starts
            return
        for start in starts:
            if any(one.start <= start < one.end for one in self._spans[opening]):
                yield start
