"""Pairings that a later edit hit: an opening that was withdrawn or has fewer seats, an answer that changed, a person who is away.

They stay where they are until HR changes them; publishing is refused until then."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import func, or_, select

from shadowing.company import people
from shadowing.extensions import db
from shadowing.i18n import N_
from shadowing.matching import gather
from shadowing.matching.spans import minutes
from shadowing.models import Consent, Guest, Host, Opening, Pairing, Person, Round, Slot, Solve
from shadowing.solver import problem as p
from shadowing.solver.assignment import assign
from shadowing.solver.check_seat import guests_are_free, hosts_are_free, wishes_are_granted

WORDS = {
    "withdrawn": N_("The opening was withdrawn."),
    "not_held": N_("The opening does not take place at this time any more."),
    "seats_cut": N_("More guests sit here than the opening has seats now."),
    "customer_no": N_("The customer said no."),
    "guest_out": N_("The guest takes no part any more."),
    "guest_away": N_("The guest is not in the company on that day."),
    "host_away": N_("No host is in the company on that day."),
    guests_are_free.__name__: N_("The guest is not free at this time any more."),
    hosts_are_free.__name__: N_("A host is not free at this time any more."),
    wishes_are_granted.__name__: N_("The guest does not wish for this any more."),
}
Flags = dict[int, str]
"""Pairing id -> a key of WORDS."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """A visit to come, in columns."""

    pairing: int
    person: int
    opening: int
    starts_at: datetime
    trouble: str


def of(round: Round, now: datetime) -> Flags:
    """What the rows say alone; and of those who answered since the last plan was made, whether it still suits them."""
    rows = list(_sitting(round, now))
    away, late = _away(), _late(round)
    hosts = _hosts(round) if away or late else {}
    found = {row.pairing: row.trouble for row in rows if row.trouble}
    for row in rows:
        if trouble := _absent(row, away, hosts.get(row.opening, set())):
            found.setdefault(row.pairing, trouble)
    concerned = [row for row in rows if late & {row.person, *hosts.get(row.opening, ())} and row.pairing not in found]
    return found | dict(_no_longer(round, concerned))


def _sitting(round: Round, now: datetime) -> Iterator[Sitting]:
    columns = select(
        Pairing.id, Guest.person_id, Guest.answered_at, Guest.visits, Slot.starts_at, Slot.cancelled_at,
        Opening.id, Opening.seats, Opening.withdrawn_at, Opening.customer_consent,
    ).join_from(Pairing, Slot, Slot.id == Pairing.slot_id).join(Slot.opening).join(Pairing.guest)  # fmt: skip
    rows = db.session.execute(columns.where(Pairing.round_id == round.id, Pairing.stands, Slot.starts_at >= now)).all()
    sitting = Counter((opening, starts_at) for _, _, _, _, starts_at, _, opening, *_ in rows)
    for id, person, answered_at, visits, starts_at, cancelled_at, opening, seats, withdrawn_at, consent in rows:
        troubles = {
            "withdrawn": withdrawn_at is not None,
            "not_held": cancelled_at is not None,
            "customer_no": consent is Consent.NO,
            "guest_out": answered_at is None or visits == 0,
            "seats_cut": sitting[opening, starts_at] > seats,
        }
        trouble = next((name for name, there in troubles.items() if there), "")
        yield Sitting(
            pairing=id,
            person=person,
            opening=opening,
            starts_at=starts_at,
            trouble=trouble,
        )


def _away() -> dict[int, Person]:
    """Whoever is not in the company all the time."""
    absent = or_(Person.left_at.is_not(None), Person.away_until.is_not(None), Person.last_day.is_not(None))
    return {person.id: person for person in db.session.scalars(select(Person).where(absent))}


def _absent(row: Sitting, away: dict[int, Person], hosts: set[int]) -> str:
    if row.person in away and not people.there(away[row.person], row.starts_at):
        return "guest_away"
    gone = [host for host in hosts if host in away and not people.there(away[host], row.starts_at)]
    return "host_away" if hosts and len(gone) == len(hosts) else ""


def _hosts(round: Round) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    rows = select(Host.opening_id, Host.person_id).join(Host.opening).where(Opening.round_id == round.id)
    for opening, person in db.session.execute(rows):
        found.setdefault(opening, set()).add(person)
    return found


def _late(round: Round) -> set[int]:
    """Who answered since the last plan was made, or at all where none was."""
    planned = select(func.max(Solve.asked_at)).where(Solve.round_id == round.id, Solve.plan.is_not(None))
    answered = select(Guest.person_id).where(Guest.round_id == round.id, Guest.answered_at > planned.scalar_subquery())
    return set(db.session.scalars(answered))


def _no_longer(round: Round, rows: list[Sitting]) -> Iterator[tuple[int, str]]:
    """What HR keeps by hand is no longer what people can do either."""
    if not rows:
        return
    problem = replace(gather.problem(round, datetime.fromtimestamp(0, UTC)), earliest=0, pins=())
    plan = assign(problem, ())
    for row in rows:
        if row.person in plan.guest and row.opening in plan.opening:
            seat = p.Seat(guest=row.person, opening=row.opening, start=minutes(row.starts_at))
            wrong = next((check.__name__ for check in STILL if any(check(plan.having((seat,))))), "")
            if wrong:
                yield row.pairing, wrong


STILL = (guests_are_free, hosts_are_free, wishes_are_granted)
