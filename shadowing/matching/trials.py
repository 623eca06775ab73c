"""One guest tried in one opening on one day: what stands against it, rule by rule, or where they may be placed."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from shadowing.errors import Refusal
from shadowing.extensions import db
from shadowing.matching import pairings
from shadowing.matching.pairings import BROKEN, SOME_RULE
from shadowing.matching.spans import HALF_HOUR, minutes, moment
from shadowing.models import Guest, Opening, Pairing, Person, Round
from shadowing.solver import problem as p
from shadowing.solver.alternatives import Neighbourhood, against, displaced, neighbourhood

MOST_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A guest in an opening at *start* (minutes since 1970). *against* are sentences of `pairings.BROKEN`; where *displaced*
    gives up their place, nothing is against it."""

    opening: Opening
    start: int
    against: tuple[str, ...]
    displaced: Person | None = None

    @property
    def possible(self) -> bool:
        return not self.against

    @property
    def starts_at(self) -> datetime:
        return moment(self.start)


def of(guest: Guest, opening: Opening, day: date, instead: Pairing | None, now: datetime) -> list[Trial]:
    """The times of *day*, in the round's zone, at which the guest may be placed, at most five, those that cost nobody a place
    first; else the one time that the fewest rules are against. *instead* is given up. Raises Refusal for a guest of none."""
    pairings.only_under_review(guest.round)
    somewhen = p.Seat(guest=guest.person_id, opening=opening.id, start=0)
    problem = pairings.let_in(guest.round, pairings.problem_without(guest.round, instead, now), somewhen)
    if guest.person_id not in {one.person for one in problem.guests}:
        raise Refusal("This person takes no part in the round, so no place can be tried.")
    given_up = pairings.seat_of(instead) if instead else None
    plan = neighbourhood(problem, (seat for seat in pairings.seats(guest.round) if seat != given_up))
    starts = _starts(plan, guest, opening, day)
    tried = [_tried(plan, opening, p.Seat(guest=guest.person_id, opening=opening.id, start=start)) for start in starts]
    free = [one for one in tried if one.possible]
    ordered = sorted(free, key=lambda one: (one.displaced is not None, one.start))
    return ordered[:MOST_SHOWN] or sorted(tried, key=lambda one: (len(one.against), one.start))[:1]


def openings(round: Round) -> list[Opening]:
    """All that somebody can be tried in."""
    offered = pairings.with_hosts().where(Opening.round_id == round.id, Opening.withdrawn_at.is_(None))
    return list(db.session.scalars(offered.order_by(Opening.department_id, Opening.code)))


def _tried(plan: Neighbourhood, opening: Opening, seat: p.Seat) -> Trial:
    rules = against(plan, seat)
    loser = displaced(plan, seat, rules) if rules and seat.start in plan.assignment.opening[opening.id].starts else None
    if loser:
        person = db.session.scalars(select(Person).where(Person.id == loser.guest)).one()
        return Trial(opening=opening, start=seat.start, against=(), displaced=person)
    sentences = dict.fromkeys(BROKEN.get(rule, SOME_RULE) for rule in rules)
    return Trial(opening=opening, start=seat.start, against=tuple(sentences))


def _starts(plan: Neighbourhood, guest: Guest, opening: Opening, day: date) -> list[int]:
    """When it is offered on *day*; where it is not, the first time at which the guest could come."""
    zone, length = ZoneInfo(guest.round.zone), opening.minutes + 2 * opening.travel_minutes
    midnight, after = (
        minutes(datetime(one.year, one.month, one.day, tzinfo=zone)) for one in (day, day + timedelta(days=1))
    )
    offered = [start for start in plan.assignment.opening[opening.id].starts if midnight <= start < after]
    free = [
        -(-max(span.start, midnight) // HALF_HOUR) * HALF_HOUR + opening.travel_minutes
        for span in plan.assignment.person[guest.person_id].free
        if min(span.end, after) - max(span.start, midnight) >= length
    ]
    return offered or free[:1] or [midnight + 10 * 60]
