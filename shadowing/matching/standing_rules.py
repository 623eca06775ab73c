"""What a round finds standing in the company, as the solver's values: when departments work and whom they keep, who must not
meet, where the openings are."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from shadowing.company import exclusions
from shadowing.extensions import db
from shadowing.folding import fold
from shadowing.matching import presence, spans
from shadowing.matching.excerpts import Excerpt
from shadowing.models import Department, Exclusion, Host, Hosting, Journey, Opening, Person, Round
from shadowing.solver import problem as p

Frames = dict[int, spans.Frame]
"""The days on which each department is open in a round, by its id."""


def frames(round: Round) -> Frames:
    rows = db.session.execute(select(Department.id, Department.closed_days))
    return {department: spans.frame_of(round, closed) for department, closed in rows}


def floors(frames: Frames, excerpt: Excerpt) -> Iterator[p.Floor]:
    """For departments that keep people at work: how many may be away in each half-hour."""
    keepers = select(Department.id, Department.seated_least).where(Department.seated_least.is_not(None))
    if excerpt.asked is not None:
        keepers = keepers.where(Department.id.in_(select(Person.department_id).where(excerpt.persons())))
    for department, least in db.session.execute(keepers.order_by(Department.id)):
        at_work: dict[int, int] = defaultdict(int)
        there = (Person.department_id == department, Person.left_at.is_(None))
        known = select(Person.hours, Person.zone, Person.away_until, Person.last_day).where(*there)
        for hours, zone, away_until, last_day in db.session.execute(known):
            working = spans.working(hours, zone, frames[department])
            for work in presence.within(working, zone, away_until, last_day):
                for start in range(work.start, work.end, spans.HALF_HOUR):
                    at_work[start] += 1
        for start in sorted(at_work):
            yield p.Floor(department=department, start=start, away=max(0, at_work[start] - (least or 0)))


def away() -> Iterator[p.Away]:
    limits = select(Department.id, Department.away_most).where(Department.away_most.is_not(None))
    for department, most in db.session.execute(limits.order_by(Department.id)):
        yield p.Away(department=department, most=most or 0)


def excluded(round: Round, now: datetime) -> Iterator[tuple[int, int]]:
    """Who must not meet on any day of the round that is still to come."""
    today = max(round.starts_on, now.astimezone(ZoneInfo(round.zone)).date())
    held = select(Exclusion.person_id, Exclusion.other_id).where(exclusions.in_force(today))
    yield from ((low, high) for low, high in db.session.execute(held))


def ways() -> Iterator[p.Distance]:
    rows = db.session.execute(select(Journey.site, Journey.other_site, Journey.minutes).order_by(Journey.id))
    for site, other, minutes in rows:
        yield p.Distance(one=fold(site), other=fold(other), minutes=minutes)


def sites(round: Round) -> dict[int, str]:
    """Opening id -> where its first host works, for openings that name no site."""
    rows = (
        select(Host.opening_id, Person.site).join_from(Host, Person).join(Opening).where(Opening.round_id == round.id)
    )
    ordered = db.session.execute(rows.order_by(Host.opening_id, Host.position.desc()))
    return {row[0]: row[1] for row in ordered}


def hosting_most(round: Round) -> dict[int, int]:
    """Person id -> the most half-days, for those who set a limit."""
    limits = select(Hosting.person_id, Hosting.half_days_most).where(Hosting.round_id == round.id)
    rows = db.session.execute(limits.where(Hosting.half_days_most.is_not(None)))
    return {row[0]: row[1] for row in rows if row[1]}
