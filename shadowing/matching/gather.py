"""A round's rows as the solver's Problem. Reads columns, never rows with relations: any round takes the same few statements."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, select

from shadowing.company import people
from shadowing.extensions import db
from shadowing.models import (
    Availability,
    Consent,
    Department,
    Exclusion,
    Forbid,
    Goal,
    Guest,
    Host,
    Opening,
    OpeningKind,
    Pairing,
    PairingStatus,
    PastPairing,
    Person,
    Round,
    Slot,
)
from shadowing.rules import RoundRules, read_rules
from shadowing.solver import problem as p

STEP = 30  # minutes between the possible starts of a flexible opening


def minutes(moment: datetime) -> int:
    return int(moment.timestamp()) // 60


def moment(minute: int) -> datetime:
    return datetime.fromtimestamp(minute * 60, UTC)


def problem(round: Round, now: datetime) -> p.Problem:
    """All that the solver may know of a round; the same rows give the same bytes."""
    rules = read_rules(round.rules)
    free = _free(round)
    return p.Problem(
        zone=round.zone,
        earliest=minutes(now + timedelta(days=rules.notice_days)),
        people=tuple(_people(round, free)),
        guests=tuple(_guests(round)),
        openings=tuple(_openings(round, free)),
        rules=rules.for_solver(),
        past=tuple(sorted(set(_past(round, rules)))),
        excluded=tuple(sorted((low, high) for low, high in _pairs(select(Exclusion.person_id, Exclusion.other_id)))),
        met=tuple(sorted(set(_met(round)))),
        floors=tuple(_floors(round)),
        pins=tuple(_pins(round)),
        forbids=tuple(sorted(_forbids(round))),
    )


def _pairs(statement: Select[int, int]) -> Iterator[tuple[int, int]]:
    for row in db.session.execute(statement):
        yield row[0], row[1]


def takes_part(round: Round) -> ColumnElement[bool]:
    """The WHERE of guests who answered and want a visit."""
    return and_(Guest.round_id == round.id, Guest.answered_at.is_not(None), Guest.visits > 0)


def _free(round: Round) -> dict[int, tuple[p.Span, ...]]:
    """Person id -> what they entered, cut to their working hours."""
    entered: dict[int, list[p.Span]] = defaultdict(list)
    when = (Availability.starts_at, Availability.ends_at, Availability.level)
    rows = select(Person.id, *when, Person.hours, Person.zone).join_from(Availability, Person)
    rows = rows.where(Availability.round_id == round.id).order_by(Person.id, Availability.starts_at)
    closed = tuple(round.closed_days)
    for person, starts_at, ends_at, level, hours, zone in db.session.execute(rows):
        begin, end = minutes(starts_at), minutes(ends_at)
        for work_begin, work_end in _working(hours, zone, round.starts_on, round.ends_on, closed):
            if work_begin < end and begin < work_end:
                entered[person].append(p.Span(max(begin, work_begin), min(end, work_end), level))
    return {person: merged(spans) for person, spans in entered.items()}


@lru_cache(maxsize=256)
def _working(hours: str, zone: str, first: date, last: date, closed: tuple[str, ...]) -> tuple[tuple[int, int], ...]:
    """The working spans of the round's open days, as the person's own calendar counts days."""
    week, where = people.read_hours(hours), ZoneInfo(zone)
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return tuple(
        (minutes(people.at(day, begin, where)), minutes(people.at(day, end, where)))
        for day in days
        if day.isoformat() not in closed
        for begin, end in week.spans(day)
    )


def merged(spans: Iterable[p.Span]) -> tuple[p.Span, ...]:
    """Disjoint, in order; neighbours of one level become one. Where two overlap, yes wins over if need be."""
    done: list[p.Span] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.level)):
        last = done[-1] if done else None
        if last and span.start <= last.end and span.level == last.level:
            done[-1] = p.Span(last.start, max(last.end, span.end), last.level)
        elif last and span.start < last.end:
            done.extend(_overlapping(done.pop(), span))
        else:
            done.append(span)
    return tuple(done)


def _overlapping(first: p.Span, second: p.Span) -> Iterator[p.Span]:
    """Two spans of unlike level, the first beginning no later."""
    if second.level < first.level:
        yield first
        if second.end > first.end:
            yield p.Span(first.end, second.end, second.level)
        return
    if first.start < second.start:
        yield p.Span(first.start, second.start, first.level)
    yield second
    if first.end > second.end:
        yield p.Span(second.end, first.end, first.level)


def _people(round: Round, free: dict[int, tuple[p.Span, ...]]) -> Iterator[p.Person]:
    concerned = (
        select(Guest.person_id)
        .where(takes_part(round))
        .union(select(Host.person_id).join(Opening).where(Opening.round_id == round.id, Opening.withdrawn_at.is_(None)))
    )
    columns = select(Person.id, Person.department_id, Person.manager_id, Person.may).where(Person.id.in_(concerned))
    for id, department, boss, may in db.session.execute(columns.order_by(Person.id)):
        kinds = tuple(sorted(p.Kind(kind) for kind in may))
        yield p.Person(id=id, department=department, boss=boss, free=free.get(id, ()), may=kinds)


def _guests(round: Round) -> Iterator[p.Guest]:
    wishes: dict[int, list[p.Wish]] = defaultdict(list)
    goals = select(Goal.guest_id, Goal.rank, Goal.department_id, Goal.topic).join(Guest).where(takes_part(round))
    for guest, rank, department, topic in db.session.execute(goals.order_by(Goal.guest_id, Goal.rank)):
        wishes[guest].append(p.Wish(rank=rank, department=department, topic=topic))
    columns = select(Guest.id, Guest.person_id, Guest.visits, Guest.weight, Guest.surprise)
    alive = columns.join(Person).where(takes_part(round), Person.left_at.is_(None))
    for id, person, visits, weight, surprise in db.session.execute(alive.order_by(Guest.person_id)):
        yield p.Guest(person=person, visits=visits, wishes=tuple(wishes[id]), weight=weight, surprise=surprise)


def _openings(round: Round, free: dict[int, tuple[p.Span, ...]]) -> Iterator[p.Opening]:
    hosts, starts = _hosts(round), _starts(round)
    offered = select(
        Opening.id, Opening.department_id, Opening.kind, Opening.minutes, Opening.seats, Opening.flexible,
        Opening.topics, Opening.most_per_week, Opening.travel_minutes, Opening.customer_consent,
    ).where(Opening.round_id == round.id, Opening.withdrawn_at.is_(None))  # fmt: skip
    for id, department, kind, length, seats, flexible, topics, most, travel, consent in db.session.execute(
        offered.order_by(Opening.id)
    ):
        around = travel if kind == OpeningKind.RIDE_ALONG else 0
        anywhere = [free.get(host, ()) for host in hosts[id]] if flexible else []
        possible = _possible(anywhere, length, around) if flexible else starts[id]
        yield p.Opening(
            id=id,
            department=department,
            kind=p.Kind(kind),
            hosts=tuple(hosts[id]),
            minutes=length,
            seats=seats,
            starts=tuple(possible),
            fixed=not flexible,
            topics=tuple(sorted(topics)),
            most_per_week=most,
            travel=travel,
            consent=consent is not Consent.NO,
        )


def _hosts(round: Round) -> dict[int, list[int]]:
    hosts: dict[int, list[int]] = defaultdict(list)
    rows = select(Host.opening_id, Host.person_id).join(Opening).where(Opening.round_id == round.id)
    for opening, person in _pairs(rows.order_by(Host.opening_id, Host.position)):
        hosts[opening].append(person)
    return hosts


def _starts(round: Round) -> dict[int, list[int]]:
    starts: dict[int, list[int]] = defaultdict(list)
    slots = (
        select(Slot.opening_id, Slot.starts_at)
        .join(Opening)
        .where(Opening.round_id == round.id, Opening.flexible.is_(False), Slot.cancelled_at.is_(None))
    )
    for opening, starts_at in db.session.execute(slots.order_by(Slot.starts_at)):
        starts[opening].append(minutes(starts_at))
    return starts


def _possible(free: list[tuple[p.Span, ...]], length: int, around: int) -> Iterator[int]:
    """Each half-hour at which a visit and the hosts' travel lie within every host's time."""
    anytime = [_joined(spans) for spans in free]
    for begin, end in anytime[0] if anytime else ():
        first = -(-(begin + around) // STEP) * STEP
        for start in range(first, end - around - length + 1, STEP):
            whole = (start - around, start + length + around)
            if all(any(a <= whole[0] and whole[1] <= b for a, b in spans) for spans in anytime[1:]):
                yield start


def _joined(spans: tuple[p.Span, ...]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for span in spans:
        if joined and joined[-1][1] >= span.start:
            joined[-1] = (joined[-1][0], max(joined[-1][1], span.end))
        else:
            joined.append((span.start, span.end))
    return joined


def _own_rounds(round: Round) -> list[int]:
    """Earlier rounds of our own that took place, oldest first."""
    told = select(Pairing.round_id).where(Pairing.status.in_((PairingStatus.PUBLISHED, PairingStatus.HELD)))
    earlier = select(Round.id).where(Round.starts_on < round.starts_on, Round.id.in_(told), Round.id != round.id)
    return list(db.session.scalars(earlier.order_by(Round.starts_on, Round.id)))


def _met_in(rounds: list[int]) -> Select[int, int]:
    return (
        select(Guest.person_id, Host.person_id)
        .join(Pairing, Pairing.guest_id == Guest.id)
        .join(Slot)
        .join(Host, Host.opening_id == Slot.opening_id)
        .where(Pairing.round_id.in_(rounds), Pairing.status.in_((PairingStatus.PUBLISHED, PairingStatus.HELD)))
    )


def _past(round: Round, rules: RoundRules) -> Iterator[tuple[int, int]]:
    """(guest, host) of the last *repeat_rounds* rounds: those of the folder come before our own."""
    if rules.repeat_rounds == 0:
        return
    own = _own_rounds(round)
    yield from _pairs(_met_in(own[-rules.repeat_rounds :]))
    told = sorted(set(db.session.scalars(select(PastPairing.position).where(PastPairing.round_id == round.id))))
    left = max(0, rules.repeat_rounds - len(own))
    if told and left:
        rows = select(PastPairing.guest_id, PastPairing.host_id)
        yield from _pairs(rows.where(PastPairing.round_id == round.id, PastPairing.position.in_(told[-left:])))


def _met(round: Round) -> Iterator[tuple[int, int]]:
    home = dict(_pairs(select(Person.id, Person.department_id)))
    for guest, host in _pairs(_met_in(_own_rounds(round))):
        yield home[guest], home[host]
    rows = select(PastPairing.guest_id, PastPairing.host_id, PastPairing.department_id)
    for guest, host, department in db.session.execute(rows.where(PastPairing.round_id == round.id)):
        yield home[guest], department or home[host]


def _floors(round: Round) -> Iterator[p.Floor]:
    """For departments that keep people at work: how many may be away in each half-hour."""
    keepers = select(Department.id, Department.seated_least).where(Department.seated_least.is_not(None))
    for department, least in db.session.execute(keepers.order_by(Department.id)):
        at_work: dict[int, int] = defaultdict(int)
        there = (Person.department_id == department, Person.left_at.is_(None))
        for hours, zone in db.session.execute(select(Person.hours, Person.zone).where(*there)):
            for begin, end in _working(hours, zone, round.starts_on, round.ends_on, tuple(round.closed_days)):
                for start in range(begin, end, STEP):
                    at_work[start] += 1
        for start in sorted(at_work):
            yield p.Floor(department=department, start=start, away=max(0, at_work[start] - (least or 0)))


def _pins(round: Round) -> Iterator[p.Seat]:
    pinned = seats_of(round).where(Pairing.pinned).order_by(Guest.person_id, Slot.opening_id, Slot.starts_at)
    for row in db.session.execute(pinned):
        yield p.Seat(guest=row[0], opening=row[1], start=minutes(row[2]))


def seats_of(round: Round) -> Select[int, int, datetime]:
    """The plan as it stands: (person, opening, start) of every pairing that is not dropped."""
    return (
        select(Guest.person_id, Slot.opening_id, Slot.starts_at)
        .join(Pairing, Pairing.guest_id == Guest.id)
        .join(Slot, Slot.id == Pairing.slot_id)
        .where(Pairing.round_id == round.id, Pairing.status != PairingStatus.DROPPED)
    )


def _forbids(round: Round) -> Iterator[tuple[int, int]]:
    yield from _pairs(select(Guest.person_id, Forbid.opening_id).join(Forbid).where(Guest.round_id == round.id))
