"""A round's rows as the solver's Problem. Reads columns, never rows with relations: any round takes the same few statements."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, Text, and_, cast, select

from shadowing.extensions import db
from shadowing.folding import fold
from shadowing.matching import busy, elsewhere, ledger, met_before, presence, spans, standing_rules
from shadowing.matching.elsewhere import Elsewhere, Times
from shadowing.matching.excerpts import WHOLE, Excerpt
from shadowing.matching.met_before import pairs
from shadowing.matching.spans import minutes
from shadowing.matching.standing_rules import Frames
from shadowing.models import (
    Availability,
    Consent,
    Department,
    Forbid,
    Goal,
    Guest,
    Host,
    HostRefusal,
    Opening,
    OpeningKind,
    Pairing,
    Person,
    Round,
    Slot,
)
from shadowing.solver import problem as p
from shadowing.solver.intervals import merged, without

STEP = 30  # minutes between the possible starts of a flexible opening


def problem(round: Round, now: datetime, excerpt: Excerpt = WHOLE) -> p.Problem:
    """All that the solver may know of a round, or of an *excerpt* of it; the same rows give the same bytes."""
    rules = round.rules
    others, frames = elsewhere.of(round), standing_rules.frames(round)
    free = _free(round, frames, others.taken, excerpt)
    return p.Problem(
        zone=round.zone,
        earliest=minutes(now + timedelta(days=rules.notice_days)),
        people=tuple(_people(round, free, frames, others.taken, excerpt)),
        guests=tuple(_guests(round, excerpt)),
        openings=tuple(_openings(round, free, frames, others, excerpt)),
        rules=rules.for_solver(),
        past=tuple(sorted(set(met_before.resting(round, rules)))),
        excluded=tuple(sorted(standing_rules.excluded(round, now))),
        met=() if excerpt.judged else tuple(sorted(set(met_before.departments(round)))),
        floors=tuple(standing_rules.floors(frames, excerpt)),
        away=tuple(standing_rules.away()),
        ways=tuple(standing_rules.ways()),
        pins=tuple(_pins(round, excerpt)),
        forbids=tuple(sorted(set(_forbids(round)))),
    )


def takes_part(round: Round) -> ColumnElement[bool]:
    """The WHERE of guests who answered and want a visit."""
    return and_(Guest.round_id == round.id, Guest.answered_at.is_not(None), Guest.visits > 0)


def _free(round: Round, frames: Frames, taken: Times, excerpt: Excerpt) -> Times:
    """When everybody is here, free, not busy by their calendars, and on no visit of another round."""
    times = (Person.hours, Person.zone, Department.id, Person.away_until, Person.last_day)
    given_as_text = cast(Availability.given, Text)
    rows = select(Availability.person_id, given_as_text, *times).join_from(Availability, Person)
    rows = rows.join(Person.department).where(Availability.round_id == round.id, excerpt.timed(round))
    given = {
        person: presence.within(spans.free_as_stored(given, hours, zone, frames[home]), zone, away_until, last_day)
        for person, given, hours, zone, home, away_until, last_day in db.session.execute(rows)
    }
    for away in (taken, busy.of(round)):
        given |= {person: tuple(without(given[person], away[person])) for person in away.keys() & given.keys()}
    return given


def _people(round: Round, free: Times, frames: Frames, taken: Times, excerpt: Excerpt) -> Iterator[p.Person]:
    hosts = select(Host.person_id).join(Opening).where(Opening.round_id == round.id, Opening.withdrawn_at.is_(None))
    concerned = (
        select(Guest.person_id).where(takes_part(round), excerpt.guests(round)).union(hosts.where(excerpt.offered()))
    )
    columns = select(
        Person.id, Department.id, Person.manager_id, Person.may, Person.may_sites, Person.agency_consent,
        Person.hours, Person.zone, Person.away_until, Person.last_day,
    ).join_from(Person, Department, Person.department_id == Department.id)  # fmt: skip
    hosting_most = standing_rules.hosting_most(round)
    concerned_rows = db.session.execute(columns.where(Person.id.in_(concerned)).order_by(Person.id))
    for id, department, boss, may, sites, agency, hours, zone, away_until, last_day in concerned_rows:
        yield p.Person(
            id=id,
            department=department,
            boss=boss,
            free=free.get(id, ()),
            may=tuple(sorted(OpeningKind(kind) for kind in may)),
            hours=presence.within(spans.working(hours, zone, frames[department]), zone, away_until, last_day),
            elsewhere=taken.get(id, ()),
            sites=tuple(sorted(map(fold, sites))),
            consent=agency in (None, Consent.YES),
            hosting_most=hosting_most.get(id),
        )


def _guests(round: Round, excerpt: Excerpt) -> Iterator[p.Guest]:
    wishes: dict[int, list[p.Goal]] = defaultdict(list)
    taking = select(Guest.id).where(takes_part(round), excerpt.own())
    goals = select(Goal.guest_id, Goal.rank, Goal.department_id, Goal.topic).where(Goal.guest_id.in_(taking))
    goals = goals.order_by(Goal.guest_id, Goal.rank)
    for guest, rank, department, topic in db.session.execute(goals):
        wishes[guest].append(p.Goal(rank=rank, department=department, topic=topic))
    missed = Counter[int]() if excerpt.judged else ledger.missed(round)
    columns = select(Guest.id, Guest.person_id, Guest.visits, Guest.surprise, Guest.half_days_most)
    alive = columns.join(Person).where(takes_part(round), presence.all_along(round), excerpt.guests(round))
    for id, person, visits, surprise, half_days in db.session.execute(alive.order_by(Guest.person_id)):
        yield p.Guest(
            person=person,
            visits=visits,
            wishes=tuple(wishes[id]),
            weight=ledger.weight(missed[person]),
            surprise=surprise,
            half_days_most=half_days,
        )


def _openings(round: Round, free: Times, frames: Frames, others: Elsewhere, excerpt: Excerpt) -> Iterator[p.Opening]:
    hosts, starts, held = presence.Hosts(round, excerpt), _starts(round, frames, excerpt), _held(round, excerpt)
    sites, off, shut = (
        standing_rules.sites(round),
        standing_rules.called_off(round),
        list(standing_rules.closed_sites(round)),
    )
    offered = select(
        Opening.id, Opening.department_id, Opening.kind, Opening.minutes, Opening.seats, Opening.flexible,
        Opening.topics, Opening.most_per_week, Opening.travel_minutes, Opening.customer_consent, Opening.site,
    ).where(Opening.round_id == round.id, Opening.withdrawn_at.is_(None), excerpt.offered())  # fmt: skip
    for id, department, kind, length, seats, flexible, topics, most, travel, consent, site in db.session.execute(
        offered.order_by(Opening.id)
    ):
        around = travel if kind == OpeningKind.RIDE_ALONG else 0
        at_work = around if round.rules.travel_is_work else 0
        anywhere = [free.get(host, ()) for host in hosts.of(id)] if flexible and not excerpt.judged else []
        away = merged(span for host in hosts.of(id) for span in others.away.get(host, ()))
        fixed = _unless(away, starts[id], held[id], length, around)
        possible = (one for one in _possible(anywhere, length, at_work) if one not in off[id]) if flexible else fixed
        where = fold(site or sites.get(id, ""))
        closed = [span for place, span in shut if place == where]
        yield p.Opening(
            id=id,
            department=department,
            kind=OpeningKind(kind),
            hosts=tuple(hosts.of(id)),
            minutes=length,
            seats=seats,
            starts=tuple(_outside(closed, hosts.kept(id, possible))),
            fixed=not flexible,
            topics=tuple(sorted(topics)),
            most_per_week=most,
            travel=travel,
            consent=consent is not Consent.NO,
            site=where,
        )


def _outside(closed: list[p.Span], starts: Iterable[int]) -> Iterable[int]:
    return (one for one in starts if not any(day.start <= one < day.end for day in closed)) if closed else starts


def _starts(round: Round, frames: Frames, excerpt: Excerpt) -> dict[int, list[int]]:
    """Not on days on which the department is closed, but where somebody sits already."""
    starts: dict[int, list[int]] = defaultdict(list)
    zone, taken = ZoneInfo(round.zone), set(db.session.scalars(_taken(round)))
    slots = (
        select(Slot.opening_id, Slot.starts_at, Slot.id, Opening.department_id)
        .join(Opening)
        .where(
            Opening.round_id == round.id, Opening.flexible.is_(False), Slot.cancelled_at.is_(None), excerpt.offered()
        )
    )
    for opening, starts_at, slot, home in db.session.execute(slots.order_by(Slot.starts_at)):
        if slot in taken or f"{starts_at.astimezone(zone):%Y-%m-%d}" not in frames[home].closed:
            starts[opening].append(minutes(starts_at))
    return starts


def _taken(round: Round) -> Select[int]:
    return select(Pairing.slot_id).where(Pairing.round_id == round.id, Pairing.stands)


def _unless(away: tuple[p.Span, ...], starts: list[int], held: set[int], length: int, around: int) -> Iterator[int]:
    """The fixed dates but for those at which a host is on another round's visit; what is *held* by hand stays."""
    for start in starts:
        begin, end = start - around, start + length + around
        if start in held or not any(span.start < end and begin < span.end for span in away):
            yield start


def _held(round: Round, excerpt: Excerpt) -> dict[int, set[int]]:
    """Opening id -> the starts of its pins."""
    held: dict[int, set[int]] = defaultdict(set)
    for pin in _pins(round, excerpt):
        held[pin.opening].add(pin.start)
    return held


def _possible(free: list[tuple[p.Span, ...]], length: int, around: int) -> Iterator[int]:
    """Each half-hour at which a visit and so many minutes *around* it lie within every host's time."""
    anytime = [merged(p.Span(span.start, span.end) for span in host) for host in free]
    for span in anytime[0] if anytime else ():
        first = -(-(span.start + around) // STEP) * STEP
        for start in range(first, span.end - around - length + 1, STEP):
            begin, end = start - around, start + length + around
            if all(any(one.start <= begin and end <= one.end for one in host) for host in anytime[1:]):
                yield start


def _pins(round: Round, excerpt: Excerpt) -> Iterator[p.Seat]:
    pinned = seats_of(round, excerpt).where(Pairing.pinned).order_by(Guest.person_id, Slot.opening_id, Slot.starts_at)
    for row in db.session.execute(pinned):
        yield p.Seat(guest=row[0], opening=row[1], start=minutes(row[2]))


def seats_of(round: Round, excerpt: Excerpt = WHOLE) -> Select[int, int, datetime]:
    """The plan as it stands: (person, opening, start) of every pairing that is not dropped."""
    return (
        select(Guest.person_id, Slot.opening_id, Slot.starts_at)
        .join(Pairing, Pairing.guest_id == Guest.id)
        .join(Slot, Slot.id == Pairing.slot_id)
        .join(Slot.opening)
        .where(Pairing.round_id == round.id, Pairing.stands, excerpt.offered())
    )


def _forbids(round: Round) -> Iterator[tuple[int, int]]:
    """What HR took out by hand, and all that is hosted by somebody who asked for another guest."""
    yield from refused(round)
    yield from pairs(select(Guest.person_id, Forbid.opening_id).join(Forbid).where(Guest.round_id == round.id))


def refused(round: Round) -> Iterator[tuple[int, int]]:
    """(person, opening) that a host does not want to meet in."""
    refusals = select(Guest.person_id, HostRefusal.host_id).join(HostRefusal, HostRefusal.guest_id == Guest.id)
    said = list(pairs(refusals.where(Guest.round_id == round.id)))
    hosted: dict[int, list[int]] = defaultdict(list)
    for host, opening in pairs(_hosted(round, {host for _, host in said})) if said else ():
        hosted[host].append(opening)
    yield from ((guest, opening) for guest, host in said for opening in hosted[host])


def _hosted(round: Round, hosts: set[int]) -> Select[int, int]:
    rows = select(Host.person_id, Host.opening_id).join(Host.opening)
    return rows.where(Opening.round_id == round.id, Host.person_id.in_(hosts))
