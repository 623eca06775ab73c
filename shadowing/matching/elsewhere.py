"""Visits of other rounds, which take the time of people of this one.

What counts is told or held by hand: a visit that was published, and one that HR keeps under review. What a search has only
proposed may go with the next search; of two such rounds the one that is published second is refused where they meet."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from shadowing.extensions import db
from shadowing.matching.spans import minutes
from shadowing.models import Guest, Host, Opening, OpeningKind, Pairing, Round, Slot, Stage
from shadowing.solver.intervals import merged
from shadowing.solver.problem import Span

A_DAY = timedelta(days=1)
Times = dict[int, tuple[Span, ...]]
"""Person id -> disjoint spans, travel included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """*taken*: all that other rounds take of somebody's time. *away*: the same but for regular meetings of their own that
    a guest of another round sits in, which they hold in any case."""

    taken: Times
    away: Times


def of(round: Round) -> Elsewhere:
    guests, hosts = list(_visits(round)), list(_sessions(round))
    return Elsewhere(
        taken=_by_person([*guests, *((person, span) for person, span, _ in hosts)]),
        away=_by_person([*guests, *((person, span) for person, span, flexible in hosts if flexible)]),
    )


def _by_person(found: list[tuple[int, Span]]) -> Times:
    spans = defaultdict(list)
    for person, span in found:
        spans[person].append(span)
    return {person: merged(each) for person, each in spans.items()}


def _visits(round: Round) -> Iterator[tuple[int, Span]]:
    rows = select(Guest.person_id, Slot.starts_at, Slot.ends_at, Opening.travel_minutes).join_from(Pairing, Guest)
    rows = rows.join(Slot, Slot.id == Pairing.slot_id).join(Opening).where(Pairing.id.in_(_standing(round)))
    for person, begin, end, travel in db.session.execute(rows):
        yield person, Span(minutes(begin) - travel, minutes(end) + travel)


def _sessions(round: Round) -> Iterator[tuple[int, Span, bool]]:
    columns = Host.person_id, Slot.starts_at, Slot.ends_at, Opening.travel_minutes, Opening.kind, Opening.flexible
    used = select(Pairing.slot_id).where(Pairing.id.in_(_standing(round)))
    rows = select(*columns).join_from(Slot, Opening).join(Host).where(Slot.id.in_(used))
    for person, begin, end, travel, kind, flexible in db.session.execute(rows):
        around = travel if kind == OpeningKind.RIDE_ALONG else 0
        yield person, Span(minutes(begin) - around, minutes(end) + around), flexible


def _standing(round: Round) -> Select[int]:
    """Ids of the pairings that count, on the days of *round*."""
    begin, end = _days(round)
    near = (Slot.starts_at < end + A_DAY, Slot.ends_at > begin - A_DAY)
    rows = select(Pairing.id).join(Slot, Slot.id == Pairing.slot_id).join(Round, Round.id == Pairing.round_id)
    return rows.where(Pairing.round_id != round.id, Pairing.stands, Slot.cancelled_at.is_(None), *near, _counts())


def _days(round: Round) -> tuple[datetime, datetime]:
    """From the first to the last instant at which it has visits: one may have been moved out of its days."""
    own = select(func.min(Slot.starts_at), func.max(Slot.ends_at)).join(Opening).where(Opening.round_id == round.id)
    begins, ends = round.instants
    first, last = db.session.execute(own).one()
    return min(first or begins, begins), max(last or ends, ends)


def _counts() -> ColumnElement[bool]:
    kept = and_(Round.stage.in_((Stage.REVIEWING, Stage.SOLVING)), Pairing.pinned)
    return or_(Round.stage.in_((Stage.PUBLISHED, Stage.ENDED)), kept)
