"""When people are busy, as the calendars say that they handed over."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from sqlalchemy import select

from shadowing.extensions import db
from shadowing.matching.elsewhere import Times
from shadowing.matching.spans import minutes, moment
from shadowing.models import BusyCalendar, DatedSpan, Person, Round
from shadowing.solver.intervals import merged, without
from shadowing.solver.problem import Span


def of(round: Round, person: Person | None = None) -> Times:
    """Person id -> the merged times of all their calendars; of *person* alone where one is given."""
    found: dict[int, list[Span]] = defaultdict(list)
    rows = select(BusyCalendar.person_id, BusyCalendar.spans).where(BusyCalendar.round_id == round.id)
    for id, spans in db.session.execute(rows if person is None else rows.where(BusyCalendar.person_id == person.id)):
        found[id] += (Span(begin, end) for begin, end in spans)
    return {id: merged(spans) for id, spans in found.items() if spans}


def less(given: Iterable[DatedSpan], busy: tuple[Span, ...]) -> Iterator[DatedSpan]:
    """What is left of free times."""
    for one in given:
        for span in without([Span(minutes(one.starts_at), minutes(one.ends_at), one.level)], busy):
            yield DatedSpan(moment(span.start), moment(span.end), span.level)
