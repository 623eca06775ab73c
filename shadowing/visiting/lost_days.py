"""Days that are lost for a published round: snow, a closed site, a department that needs everybody. One deed takes out all visits
that cannot stand, and until people are told of it another one gives them back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select

from shadowing.company import audit
from shadowing.errors import Refusal
from shadowing.extensions import db
from shadowing.folding import fold
from shadowing.matching import before, board, pairings, standing_rules, undoing, why
from shadowing.matching.concerned import by_visits
from shadowing.models import Department, LostTime, Opening, Pairing, Person, Round, Slot, Stage
from shadowing.typed import Day, Mistakes, Unfit, by, line, number

DAYS_MOST = timedelta(days=366)


@dataclass(frozen=True, slots=True, kw_only=True)
class LostDays:
    """From one day to another, both lost: at a *site*, in a department (an id), or everywhere."""

    first_on: Day
    last_on: Day | None = None
    site: Annotated[str, by(line(100))] = ""
    department: Annotated[int | None, by(number(1, 2**31 - 1))] = None

    @property
    def last(self) -> date:
        return self.last_on or self.first_on


@dataclass(frozen=True, slots=True, kw_only=True)
class FallingAway:
    """What cannot take place: visits, and the people in them."""

    visits: tuple[Pairing, ...]

    @property
    def guests(self) -> tuple[Person, ...]:
        return tuple(dict.fromkeys(one.guest.person for one in self.visits))

    @property
    def hosts(self) -> tuple[Person, ...]:
        return tuple(dict.fromkeys(host.person for one in self.visits for host in one.slot.opening.hosts))


def refuse_unfit(round: Round, days: LostDays) -> None:
    """Raises Mistakes."""
    if days.last < days.first_on:
        raise Mistakes({"last_on": Unfit("The last day is before the first one.")})
    if days.last - days.first_on > DAYS_MOST:
        raise Mistakes({"last_on": Unfit("These are more days than a year has.")})
    if days.department is not None and db.session.get(Department, days.department) is None:
        raise Mistakes({"department": Unfit("This department is not there any more.")})
    if days.site and days.department:
        raise Mistakes({"department": Unfit("Choose a site or a department, not both.")})


def broken(round: Round, days: LostDays, now: datetime) -> FallingAway:
    """The visits to come that cannot take place then, in the order of time."""
    zone, sites = ZoneInfo(round.zone), standing_rules.sites(round)
    coming = db.session.scalars(board.seated(round).where(Slot.starts_at > now))
    return FallingAway(
        visits=tuple(
            one
            for one in coming
            if days.first_on <= one.slot.starts_at.astimezone(zone).date() <= days.last
            and (_is_there(one.slot.opening, days, sites) or one.guest.person.department_id == days.department)
        )
    )


def _is_there(opening: Opening, days: LostDays, sites: dict[int, str]) -> bool:
    """Whether what is offered takes place where the days are lost."""
    if days.department is not None:
        return opening.department_id == days.department
    return not days.site or fold(opening.site or sites.get(opening.id, "")) == fold(days.site)


def lose(round: Round, days: LostDays, by: Person | None, now: datetime) -> LostTime:
    """Take the days out of the round, with every visit that stands then."""
    round.refuse_other_than(Stage.PUBLISHED)
    refuse_unfit(round, days)
    visits = broken(round, days, now).visits
    lost = LostTime(
        round=round,
        first_on=days.first_on,
        last_on=days.last,
        site=days.site,
        department_id=days.department,
        at=now,
        by_id=by and by.id,
    )
    db.session.add(lost)
    before.remember(round, sorted({one.guest_id for one in visits}), before.LOSE, by, now)
    _call_off(visits, days, standing_rules.sites(round), now)
    touched = by_visits(visits)
    for pairing in visits:
        pairings.take_out(pairing, why.CALLED_OFF)
    why.look_again(round, now, touched)
    round.version += 1
    figures = {"visits": len(visits), "last_day": days.last.isoformat()}
    audit.record("lose_time", by, round, now, first_day=days.first_on.isoformat(), **figures)
    return lost


def _call_off(visits: Iterable[Pairing], days: LostDays, sites: dict[int, str], now: datetime) -> None:
    """A guest of a closed department stays away; the visit of others to the same host takes place."""
    for slot in {one.slot for one in visits if _is_there(one.slot.opening, days, sites)}:
        slot.cancelled_at = now


def take_back(lost: LostTime, by: Person | None, now: datetime) -> None:
    """The days are there again, with all visits; refused once anybody was told, or something else was changed."""
    round = lost.round
    row = db.session.scalar(before.last_lost(round))
    if lost.undone_at is not None or row is None or row.at != lost.at:
        raise Refusal("This cannot be taken back any more: people were told, or the plan was changed since.")
    lost.undone_at = now
    mine = select(Slot).join(Slot.opening).where(Opening.round_id == round.id, Slot.cancelled_at == lost.at)
    for slot in db.session.scalars(mine):
        slot.cancelled_at = None
    db.session.flush()
    undoing.undo(round, row.id, by, now, before.last_lost(round))
    audit.record("take_back_time", by, round, now, last_day=lost.last_on.isoformat())


def of_round(round: Round) -> Select[LostTime]:
    rows = select(LostTime).where(LostTime.round_id == round.id, LostTime.undone_at.is_(None))
    return rows.order_by(LostTime.first_on, LostTime.id)


def can_be_taken_back(round: Round) -> datetime | None:
    """When the days were taken out that can still be given back."""
    row = db.session.scalar(before.last_lost(round))
    return row.at if row else None
