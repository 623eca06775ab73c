"""When people are in the company at all, as spans for the solver: until their last day is over."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date

from sqlalchemy import select

from shadowing.company import people
from shadowing.extensions import db
from shadowing.matching.spans import minutes
from shadowing.models import Host, Opening, Person, Round
from shadowing.solver.intervals import cut
from shadowing.solver.problem import Span

FOR_EVER = 2**31 - 1
ALWAYS = Span(0, FOR_EVER)


def span(zone: str, last_day: date | None) -> Span:
    return ALWAYS if last_day is None else Span(0, minutes(people.end_of(last_day, zone)))


def within(spans: tuple[Span, ...], zone: str, last_day: date | None) -> tuple[Span, ...]:
    """The *spans* in which somebody is there."""
    return spans if last_day is None else tuple(cut(spans, (span(zone, last_day),)))


class Hosts:
    """The hosts of a round's openings: who they are, and when at least one of them is there."""

    def __init__(self, round: Round) -> None:
        self._all: dict[int, list[int]] = defaultdict(list)
        self._here: dict[int, list[int]] = defaultdict(list)
        self._spans: dict[int, list[Span]] = defaultdict(list)
        rows = select(Host.opening_id, Host.person_id, Person.zone, Person.last_day, Person.left_at).join(Host.person)
        rows = rows.join(Host.opening).where(Opening.round_id == round.id).order_by(Host.opening_id, Host.position)
        for opening, person, zone, last_day, left_at in db.session.execute(rows):
            self._all[opening].append(person)
            if left_at is None:
                self._here[opening].append(person)
                self._spans[opening].append(span(zone, last_day))

    def of(self, opening: int) -> list[int]:
        """Those who have not left; where all have, all of them, so that what they hosted in the past keeps its hosts."""
        return self._here[opening] or self._all[opening]

    def kept(self, opening: int, starts: Iterable[int]) -> Iterator[int]:
        """The *starts* at which somebody is there to host."""
        for start in starts:
            if any(one.start <= start < one.end for one in self._spans[opening]):
                yield start
