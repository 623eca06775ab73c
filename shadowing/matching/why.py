"""Why somebody has no visit in the plan as it stands, and what would help: after every change by hand looked at anew, of those
whom it concerns.

`solver/explain.py` finds both. What people did is told in words of its own: see BY_HAND."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import joinedload

from shadowing.company import people
from shadowing.extensions import db
from shadowing.matching import asked_repairs, gather
from shadowing.matching.concerned import Touched, concerned
from shadowing.matching.excerpts import WHOLE, Excerpt
from shadowing.matching.spans import minutes, moment
from shadowing.models import (
    Answer,
    Availability,
    Guest,
    Invitation,
    Opening,
    Pairing,
    Person,
    Round,
    Stage,
    WhyUnmatched,
)
from shadowing.solver import problem as p
from shadowing.solver.explain import Code, Remedy, why_not_of
from shadowing.solver.inquiry import planned

TAKEN_OUT, DECLINED, CALLED_OFF, AWAY = "taken_out", "declined", "called_off", "away"
NO_LONGER, LOST_HOST, CUSTOMER_NO = "no_longer", "host_gone", "customer_no"
BY_HAND = (TAKEN_OUT, DECLINED, CALLED_OFF, AWAY, NO_LONGER, LOST_HOST, CUSTOMER_NO)
"""What became of a visit that somebody had. A new plan of the solver leaves it where no rule is against all their places."""
FELL_AWAY = (CALLED_OFF, NO_LONGER, LOST_HOST, CUSTOMER_NO)
"""What takes a visit from a guest who would still like one."""
OWN_TIME = (Remedy.ONE_MORE_HALF_DAY, Remedy.ENTER_FREE_TIME)
NOON, AFTER_LUNCH = 12 * 60, 13 * 60
HOUR, DAY = 60, 24 * 60


def look_again(round: Round, now: datetime, touched: Touched | None = None) -> None:
    """Write what is true of the plan that stands, where one stands, for everybody without a visit whom it concerns that something
    was *touched*; without it for everybody. Of a published plan a repair is asked for where it needs one."""
    reasons_again(round, now, touched)
    asked_repairs.look_again(round, now)


def reasons_again(round: Round, now: datetime, touched: Touched | None = None) -> None:
    """As `look_again`, where the change is a repair itself."""
    if round.stage not in (Stage.REVIEWING, Stage.PUBLISHED):
        return
    db.session.flush()
    if touched is None:
        _write(round, _found(round, WHOLE, now), BY_HAND)
    else:
        asked = concerned(round, touched)
        _write(round, _found(round, Excerpt(asked=asked), now) if asked else (), BY_HAND, asked | touched.people)


def _found(round: Round, excerpt: Excerpt, now: datetime) -> tuple[p.Reason, ...]:
    problem = gather.problem(round, now, excerpt)
    guests = {one.person for one in problem.guests}
    openings = {one.id for one in problem.openings}
    rows = db.session.execute(gather.seats_of(round))
    seats = (p.Seat(guest=row[0], opening=row[1], start=minutes(row[2])) for row in rows)
    standing = p.in_order(seat for seat in seats if seat.guest in guests and seat.opening in openings)
    return why_not_of(planned(_held(problem, standing), standing))


def _held(problem: p.Problem, standing: tuple[p.Seat, ...]) -> p.Problem:
    """With the plan as pins, which nothing is against; nobody asks what else the seated could have."""
    seated = {seat.guest for seat in standing}
    plain = tuple(replace(one, wishes=(), surprise=False) if one.person in seated else one for one in problem.guests)
    return replace(problem, pins=standing, guests=plain)


def write(round: Round, reasons: Iterable[p.Reason]) -> None:
    """Keep for every guest of the round what *reasons* of a new plan say; they are of those without a visit."""
    _write(round, reasons, (DECLINED,))


def _write(
    round: Round, reasons: Iterable[p.Reason], kept: tuple[str, ...], whose: Collection[int] | None = None
) -> None:
    """For *whose* reasons these are, or for everybody. *kept* are the codes that nothing the solver finds takes the place of."""
    found = {reason.guest: reason for reason in reasons}
    gave, openings = _gave(round, found), _openings(reason.facts.get("opening") for reason in found.values())
    guests = select(Guest).options(joinedload(Guest.person)).where(Guest.round_id == round.id)
    of = or_(Guest.reason.is_not(None), Guest.person_id.in_(found)) if whose is None else Guest.person_id.in_(whose)
    for guest in db.session.scalars(guests.where(of)).all():
        reason = found.get(guest.person_id)
        told = None if reason is None else _told(guest, reason, kept, guest.person_id in gave, openings)
        if guest.reason != told:
            guest.reason = told


def _openings(ids: Iterable[int | str | None]) -> dict[int, Opening]:
    named = {int(id) for id in ids if id is not None}
    found = select(Opening).options(joinedload(Opening.department)).where(Opening.id.in_(named))
    return {one.id: one for one in db.session.scalars(found)}


def _gave(round: Round, people: Iterable[int]) -> set[int]:
    """The solver knows what is left of somebody's times, not that they gave some, such as on days when their department is
    closed."""
    given = select(Availability.person_id, Availability.given).where(Availability.round_id == round.id)
    rows = db.session.execute(given.where(Availability.person_id.in_(people)))
    return {person for person, times in rows if times}


def _told(
    guest: Guest, reason: p.Reason, kept: tuple[str, ...], gave: bool, openings: dict[int, Opening]
) -> WhyUnmatched:
    code, remedy, before = reason.code, reason.remedy, guest.reason.code if guest.reason else ""
    if code == Code.NO_FREE_TIME and gave:
        code = Code.NOT_FREE
        remedy = Remedy.ONE_MORE_HALF_DAY if remedy == Remedy.ENTER_FREE_TIME else remedy
    if before in kept or (before in BY_HAND and code in (Code.FULL, Code.PLACE_LEFT)):
        code = before
    return WhyUnmatched(code=code, remedy=remedy, facts={**reason.facts, **_where(guest.person, reason, openings)})


def _where(person: Person, reason: p.Reason, openings: dict[int, Opening]) -> dict[str, int | str]:
    """What may be told of where the remedy leads: `place`, a department, and `from` and `to` in minutes. Of a flexible opening
    no time is told, which would give away when its hosts are free, but the half-day that the person would have to be."""
    if "opening" not in reason.facts:
        return {}
    opening, start = openings[int(reason.facts["opening"])], int(reason.facts["start"])
    facts: dict[str, int | str] = {"place": opening.department.name}
    if reason.remedy in OWN_TIME:
        around = opening.travel_minutes
        facts["from"], facts["to"] = half_day(person, start - around, start + opening.minutes + around)
    elif not opening.flexible:
        facts["from"], facts["to"] = start, start + opening.minutes
    return facts


def half_day(person: Person, begin: int, end: int) -> tuple[int, int]:
    """The working half-day around these minutes, as the answer page offers it; where it holds no such time, the hours."""
    zone = ZoneInfo(person.zone)
    local = moment(begin).astimezone(zone)
    midnight = minutes(people.at(local.date(), local.min.time(), zone))
    for first, last in ((midnight, midnight + NOON), (midnight + AFTER_LUNCH, midnight + DAY)):
        for one, other in people.working(people.painted_hours(person.hours), person.zone, local.date()):
            work = max(first, minutes(one)), min(last, minutes(other))
            if work[0] <= begin and end <= work[1]:
                return work
    return begin // HOUR * HOUR, -(-end // HOUR) * HOUR


def after(lost: Pairing, code: str) -> WhyUnmatched:
    """What is known at once when a visit is gone: *code*, but nobody hears that it was taken from them who had declined it."""
    declined = exists().where(
        Invitation.slot_id == lost.slot_id,
        Invitation.person_id == lost.guest.person_id,
        Invitation.cancelled_at.is_(None),
        Invitation.answer == Answer.NO,
    )
    return WhyUnmatched(code=DECLINED if db.session.scalar(select(declined)) else code, remedy=Remedy.FIRST_NEXT_TIME)
