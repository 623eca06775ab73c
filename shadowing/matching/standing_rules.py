"""What a round finds standing in the company, as the solver's values: when departments work and whom they keep, who must not
meet, where the openings are."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select

from shadowing.company import exclusions
from shadowing.extensions import db
from shadowing.folding import fold
from shadowing.matching import presence, spans
from shadowing.matching.excerpts import Excerpt
from shadowing.models import Department, Exclusion, Host, Hosting, Journey, LostTime, Opening, Person, Round, Slot
from shadowing.solver import problem as p

Frames = dict[int, spans.Frame]
"""The days on which each department is open in a round, by its id."""


def frames(round: Round) -> Frames:
    rows = db.session.execute(select(Department.id, Department.closed_days)).all()
    lost = _lost_days(round)
    own = spans.frame_of(round)
    days = {id: (*closed, *lost[None], *lost[id]) for id, closed in rows}
    return {id: spans.frame_of(round, shut) if shut else own for id, shut in days.items()}


def _lost_days(round: Round) -> defaultdict[int | None, list[str]]:
    """Department id, or None for all -> the days of the round that it has lost."""
    lost: defaultdict[int | None, list[str]] = defaultdict(list)
    for first, last, _, department in db.session.execute(_lost(round).where(LostTime.site == "")):
        lost[department] += [(first + timedelta(days=n)).isoformat() for n in range((last - first).days + 1)]
    return lost


def closed_sites(round: Round) -> Iterator[tuple[str, p.Span]]:
    """A site, folded, and from when to when nothing takes place there."""
    zone = ZoneInfo(round.zone)
    for first, last, site, _ in db.session.execute(_lost(round).where(LostTime.site != "")):
        begin, end = (datetime.combine(day, time.min, zone) for day in (first, last + timedelta(days=1)))
        yield fold(site), p.Span(spans.minutes(begin), spans.minutes(end))


def _lost(round: Round) -> Select[date, date, str, int | None]:
    columns = select(LostTime.first_on, LostTime.last_on, LostTime.site, LostTime.department_id)
    return columns.where(LostTime.round_id == round.id, LostTime.undone_at.is_(None)).order_by(LostTime.id)


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


def called_off(round: Round) -> dict[int, set[int]]:
    """Opening id -> the starts of flexible openings that were called off: nobody is asked to come then after all."""
    rows = select(Slot.opening_id, Slot.starts_at).join(Opening).where(Opening.round_id == round.id, Opening.flexible)
    off: dict[int, set[int]] = defaultdict(set)
    for opening, starts_at in db.session.execute(rows.where(Slot.cancelled_at.is_not(None))):
        off[opening].add(spans.minutes(starts_at))
    return off


def hosting_most(round: Round) -> dict[int, int]:
    """Person id -> the most half-days, for those who set a limit."""
    limits = select(Hosting.person_id, Hosting.half_days_most).where(Hosting.round_id == round.id)
    rows = db.session.execute(limits.where(Hosting.half_days_most.is_not(None)))
    return {row[0]: row[1] for row in rows if row[1]}
