"""Slots: the dated instances of openings. After publishing HR moves them or calls them off; the next publish tells it.

A time at which nobody can come is refused. One that the company, the round or somebody's own times speak against is asked about
once: HR may have spoken to them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from shadowing.collecting import availability
from shadowing.company import audit, people
from shadowing.errors import Refusal, WrongStage
from shadowing.extensions import db
from shadowing.matching import busy, elsewhere, gather, pairings, spans, why
from shadowing.matching.concerned import Touched, by_visits
from shadowing.matching.excerpts import Excerpt, near
from shadowing.matching.spans import minutes
from shadowing.models import OpeningKind, Person, Round, Slot, Stage
from shadowing.solver.alternatives import known
from shadowing.solver.assignment import assign
from shadowing.solver.check import one_place_at_a_time
from shadowing.solver.intervals import cut, merged, without
from shadowing.solver.problem import Span

LATEST = timedelta(days=366)
DAY = timedelta(days=1)


class Against(StrEnum):
    """What speaks against a time of a visit without forbidding it."""

    CLOSED_DAY = "closed_day"
    OUTSIDE_ROUND = "outside_round"
    OUTSIDE_WORK = "outside_work"
    NOT_FREE = "not_free"


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """*people* are those whose times it is about, if it is about anybody's."""

    against: Against
    people: tuple[Person, ...] = ()


class NotSure(Refusal):
    """The move has been asked about and not yet been confirmed; `doubts` says what speaks against it."""


def reschedule(slot: Slot, starts_at: datetime, by: Person | None, now: datetime, sure: bool = False) -> None:
    """The whole slot moves, with everybody in it; nobody's answer holds any more. Raises NotSure where there are doubts, unless
    HR has seen them and is *sure*, which stays with the pairings; nobody is put in two places."""
    round = slot.opening.round
    _only_published(slot, round)
    if starts_at <= now:
        raise Refusal("The new time is in the past. Choose a later one.")
    if starts_at > round.instants[1] + LATEST:
        raise Refusal("The new time is more than a year after the round.")
    doubtful = bool(doubts(slot, starts_at))
    if doubtful and not sure:
        raise NotSure(
            "The visit is not moved yet. See what speaks against the new time, then move it or choose another one."
        )
    guests = [pairing.guest.person_id for pairing in db.session.scalars(pairings.in_slot(slot))]
    excerpt = near(round, guests, [slot.opening_id])
    clashes = _clashes(round, now, excerpt)
    slot.starts_at, slot.ends_at = starts_at, starts_at + (slot.ends_at - slot.starts_at)
    db.session.flush()
    if _clashes(round, now, excerpt) - clashes:
        raise Refusal(
            "Somebody in this visit would have to be in two places at once at the new time. Choose another one."
        )
    _refuse_elsewhere(slot)
    for pairing in db.session.scalars(pairings.in_slot(slot)):
        plain = [tag for tag in pairing.tags if tag != pairings.AGREED]
        pairing.tags = [*plain, pairings.AGREED] if doubtful else plain
    why.look_again(round, now, Touched(people=frozenset(guests), openings=frozenset([slot.opening_id])))
    round.version += 1
    audit.record("reschedule", by, round, now, slot=slot.id)


def _clashes(round: Round, now: datetime, excerpt: Excerpt) -> set[str]:
    problem = gather.problem(round, now, excerpt)
    return set(one_place_at_a_time(assign(problem, known(problem, pairings.seats(round, excerpt)))))


def _refuse_elsewhere(slot: Slot) -> None:
    others = elsewhere.of(slot.opening.round)
    busy = [
        person.display_name
        for person, times in _people(slot, slot.starts_at)
        if any(span.start < times.end and times.start < span.end for span in others.taken.get(person.id, ()))
    ]
    if busy:
        raise Refusal(
            "Another round has a visit at the new time: %(names)s. Choose another time, or move that visit first.",
            names=", ".join(busy),
        )


def _people(slot: Slot, starts_at: datetime) -> list[tuple[Person, Span]]:
    """Everybody in the visit, hosts first, and what it would take of their day from *starts_at* on, travel included."""
    opening, begin = slot.opening, minutes(starts_at)
    end = begin + minutes(slot.ends_at) - minutes(slot.starts_at)
    travel = opening.travel_minutes
    around = travel if opening.kind is OpeningKind.RIDE_ALONG else 0
    guests = [pairing.guest.person for pairing in db.session.scalars(pairings.in_slot(slot))]
    hosts = [(host.person, Span(begin - around, end + around)) for host in opening.hosts]
    return hosts + [(guest, Span(begin - travel, end + travel)) for guest in guests]


# What speaks against a time


def doubts(slot: Slot, starts_at: datetime) -> tuple[Doubt, ...]:
    """What HR is asked about before the visit moves to *starts_at*; nothing where it may simply move."""
    round, concerned = slot.opening.round, _people(slot, starts_at)
    ends_at = starts_at + (slot.ends_at - slot.starts_at)
    found = [Doubt(against=against) for against in _of_round(round, starts_at, ends_at)]
    stay = Span(minutes(starts_at), minutes(ends_at))
    of_work = dict(concerned) if round.rules.travel_is_work else {person: stay for person, _ in concerned}
    off = [person for person, _ in concerned if not _at_work(person, of_work[person])]
    busy = [person for person, _ in concerned if person not in off and _not_free(person, round, of_work[person])]
    for against, persons in ((Against.OUTSIDE_WORK, off), (Against.NOT_FREE, [] if found else busy)):
        if persons:
            found.append(Doubt(against=against, people=tuple(persons)))
    return tuple(found)


def _of_round(round: Round, starts_at: datetime, ends_at: datetime) -> Iterator[Against]:
    zone = ZoneInfo(round.zone)
    touched = {moment.astimezone(zone).date().isoformat() for moment in (starts_at, ends_at - timedelta(minutes=1))}
    if touched & set(round.closed_days):
        yield Against.CLOSED_DAY
    if starts_at < round.instants[0] or ends_at > round.instants[1]:
        yield Against.OUTSIDE_ROUND


def _at_work(person: Person, times: Span) -> bool:
    first = spans.moment(times.start).astimezone(ZoneInfo(person.zone)).date()
    worked = [
        Span(minutes(begin), minutes(end))
        for day in (first - DAY, first, first + DAY)
        for begin, end in people.working(person.hours, person.zone, day)
    ]
    return list(cut([times], merged(worked))) == [times]


def _not_free(person: Person, round: Round, times: Span) -> bool:
    """Whether they entered their free times, and not that one."""
    given = db.session.scalar(availability.of(person, round))
    if given is None or not given.given:
        return False
    free = spans.free(given.given, person.hours, person.zone, spans.frame_of(round))
    left = without(free, busy.of(round, person).get(person.id, ()))
    whole = merged(Span(span.start, span.end) for span in left)
    return list(cut([times], whole)) != [times]


def call_off(slot: Slot, by: Person | None, now: datetime) -> None:
    """The slot does not take place, and whoever sat in it has no visit."""
    round = slot.opening.round
    _only_published(slot, round)
    slot.cancelled_at = now
    visits = list(db.session.scalars(pairings.in_slot(slot)))
    touched = by_visits(visits, openings=[slot.opening])
    for pairing in visits:
        pairings.take_out(pairing, why.CALLED_OFF)
    why.look_again(round, now, touched)
    round.version += 1
    audit.record("call_off", by, round, now, slot=slot.id)


def _only_published(slot: Slot, round: Round) -> None:
    if round.stage is not Stage.PUBLISHED:
        raise WrongStage("Visits are moved and called off once the round is published, until it ends.")
    if slot.cancelled_at:
        raise WrongStage("This visit is called off already.")
