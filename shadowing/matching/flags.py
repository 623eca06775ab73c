"""Pairings that a later edit hit: of an opening, an answer, a person, a department, a rule. Whatever stands is held against what
is known today, whether or not HR keeps it by hand.

They stay where they are until HR changes them. A time at which a visit stands because HR agreed on it is not asked about."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select

from shadowing.company import people
from shadowing.extensions import db
from shadowing.i18n import N_
from shadowing.matching import gather, pairings, standing_rules
from shadowing.matching.excerpts import AS_IT_STANDS, Excerpt
from shadowing.matching.spans import minutes
from shadowing.models import Consent, Guest, Host, Opening, Pairing, Person, Round, Slot
from shadowing.solver import problem as p
from shadowing.solver.alternatives import GUEST_OUT, NOT_OFFERED, PLAN_CHECKS, cause, neighbourhood
from shadowing.solver.assignment import Assignment, assign
from shadowing.solver.check import visits_are_returned
from shadowing.solver.check_seat import (
    SEAT_CHECKS,
    Check,
    guests_are_free,
    hosts_are_free,
    notice_is_given,
    wishes_are_granted,
)

CLOSED, RULE = "closed", "rule"
WORDS = pairings.BROKEN | {
    "withdrawn": N_("The opening was withdrawn."),
    "not_held": N_("The opening does not take place at this time any more."),
    "seats_cut": N_("More guests sit here than the opening has seats now."),
    "customer_no": N_("The customer said no."),
    "guest_away": N_("The guest is not in the company on that day."),
    "host_away": N_("No host is in the company on that day."),
    CLOSED: N_("The company or one of the two departments is closed on that day."),
    pairings.OFF_HOURS: N_("No host works at this time, by their working hours."),
    NOT_OFFERED: N_("The opening does not take place at this time any more."),
    guests_are_free.__name__: N_("The guest is not free at this time any more."),
    hosts_are_free.__name__: N_("A host is not free at this time any more."),
    wishes_are_granted.__name__: N_("The guest does not wish for this any more."),
    RULE: N_("It breaks a rule of the round now."),
}
"""What HR is told. Private exclusions have no sentence of their own here either: they are a RULE like others."""
OF_TIME = (guests_are_free, hosts_are_free)
Flags = dict[int, str]
"""Pairing id -> a key of WORDS."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """A visit to come, in columns. *homes* are the departments of guest and opening; *trouble* is what the row alone says."""

    pairing: int
    pinned: bool
    person: int
    opening: int
    starts_at: datetime
    homes: tuple[int | None, int]
    tags: tuple[str, ...]
    trouble: str

    @property
    def seat(self) -> p.Seat:
        return p.Seat(guest=self.person, opening=self.opening, start=minutes(self.starts_at))

    @property
    def agreed(self) -> bool:
        """Whether HR has answered for the time, who moved the visit there all the same."""
        return pairings.AGREED in self.tags


def of(round: Round, now: datetime, excerpt: Excerpt = AS_IT_STANDS) -> Flags:
    """By what the rules ask of the round as it stands; by the WHOLE of it they are the same, only later."""
    rows = list(_sitting(round, now))
    if not rows:
        return {}
    found = dict(_of_days(round, rows))
    found |= dict(_of_rules(round, [row for row in rows if row.pairing not in found], now, excerpt))
    return {pairing: word if word in WORDS else RULE for pairing, word in found.items()}


def _sitting(round: Round, now: datetime) -> Iterator[Sitting]:
    columns = select(
        Pairing.id, Pairing.pinned, Guest.person_id, Guest.answered_at, Guest.visits, Slot.starts_at, Slot.cancelled_at,
        Opening.id, Opening.seats, Opening.withdrawn_at, Opening.customer_consent,
        Person.department_id, Opening.department_id, Pairing.tags,
    ).join_from(Pairing, Slot, Slot.id == Pairing.slot_id).join(Slot.opening).join(Pairing.guest)  # fmt: skip
    standing = columns.join(Guest.person).where(Pairing.round_id == round.id, Pairing.stands, Slot.starts_at >= now)
    rows = db.session.execute(standing.order_by(Pairing.pinned.desc(), Pairing.id)).all()
    sitting = Counter((row[7], row[5]) for row in rows)
    for (
        id,
        pinned,
        person,
        answered_at,
        visits,
        starts_at,
        cancelled_at,
        opening,
        seats,
        withdrawn,
        consent,
        *rest,
    ) in rows:
        troubles = {
            "withdrawn": withdrawn is not None,
            "not_held": cancelled_at is not None,
            "customer_no": consent is Consent.NO,
            GUEST_OUT: answered_at is None or visits == 0,
            "seats_cut": sitting[opening, starts_at] > seats,
        }
        yield Sitting(
            pairing=id,
            pinned=pinned,
            person=person,
            opening=opening,
            starts_at=starts_at,
            homes=(rest[0], rest[1]),
            tags=tuple(rest[2]),
            trouble=next((name for name, there in troubles.items() if there), ""),
        )


# What rows and days say


def _of_days(round: Round, rows: list[Sitting]) -> Iterator[tuple[int, str]]:
    away, hosts = _away(), _hosts(round)
    frames, zone = standing_rules.frames(round), ZoneInfo(round.zone)
    for row in rows:
        day = row.starts_at.astimezone(zone).date().isoformat()
        closed = not row.agreed and any(day in frames[home].closed for home in row.homes if home is not None)
        if trouble := row.trouble or _absent(row, away, hosts.get(row.opening, set())) or (CLOSED if closed else ""):
            yield row.pairing, trouble


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


# What the rules say


def _of_rules(round: Round, rows: list[Sitting], now: datetime, excerpt: Excerpt) -> Iterator[tuple[int, str]]:
    plan = assign(replace(gather.problem(round, now, excerpt), earliest=0, pins=()), ())
    found = dict(_unplaced(plan, rows))
    sound = {row.seat: row for row in rows if row.pairing not in found}
    for check in (one for one in SEAT_CHECKS if one is not notice_is_given):
        asked = (seat for seat, row in sound.items() if not (check in OF_TIME and row.agreed))
        for seat in list(_failing(plan, check, tuple(asked))):
            found[sound.pop(seat).pairing] = cause(plan, seat, check.__name__)
    yield from found.items()
    yield from _together(plan, sound)


def _unplaced(plan: Assignment, rows: list[Sitting]) -> Iterator[tuple[int, str]]:
    """Of a guest or an opening that the round has no more, or at a time at which nobody receives them."""
    for row in rows:
        opening = plan.opening.get(row.opening)
        if row.person not in plan.guest or opening is None:
            yield row.pairing, GUEST_OUT if opening else "withdrawn"
        elif row.agreed:
            continue
        elif opening.fixed and row.seat.start not in opening.starts:
            yield row.pairing, cause(plan, row.seat, NOT_OFFERED)
        elif pairings.OFF_HOURS not in row.tags and pairings.off_hours(plan.person, opening, row.seat.start):
            yield row.pairing, pairings.OFF_HOURS


def _failing(plan: Assignment, check: Check, seats: tuple[p.Seat, ...]) -> Iterator[p.Seat]:
    """The *seats* that break a rule each alone, by halves: mostly there is none among a thousand."""
    if not any(check(plan.having(seats))):
        return
    if len(seats) == 1:
        yield seats[0]
        return
    middle = len(seats) // 2
    yield from _failing(plan, check, seats[:middle])
    yield from _failing(plan, check, seats[middle:])


def _together(plan: Assignment, sound: dict[p.Seat, Sitting]) -> Iterator[tuple[int, str]]:
    """The seats that break a rule beside those before them; what HR keeps comes first. One that comes back is nobody's alone."""
    whole = plan.having(tuple(sound))
    rules = [check for check in PLAN_CHECKS if check is not visits_are_returned and any(check(whole))]
    names, near = {check.__name__ for check in rules}, neighbourhood(plan.problem, ())
    for seat, row in sound.items() if rules else ():
        if wrong := [rule for rule in near.broken(seat) if rule in names]:
            yield row.pairing, wrong[0]
        else:
            near.add(seat)
