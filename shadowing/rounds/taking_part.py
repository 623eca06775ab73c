"""What one person takes part in: each round with their part in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, select

from shadowing.extensions import db
from shadowing.models import Guest, Host, Opening, Pairing, Person, Round, Slot, Stage
from shadowing.rounds import rounds


@dataclass(frozen=True, slots=True, kw_only=True)
class TakingPart:
    """*visits* stand in the plan; *openings* are what they host, *visitors* the guests who are planned there."""

    round: Round
    guest_id: int | None
    asked_at: datetime | None
    answered_at: datetime | None
    visits: int
    openings: int
    visitors: int


def of(person: Person) -> tuple[TakingPart, ...]:
    """Every round in which they are asked or host, the one at work first. Five statements for any number."""
    mine = {guest.round_id: guest for guest in db.session.scalars(select(Guest).where(Guest.person_id == person.id))}
    openings = _by_round(select(Opening.round_id, func.count()).where(_hosted(person)))
    planned = select(Pairing.round_id, func.count()).where(Pairing.stands)
    visits = _by_round(planned.join(Guest, Guest.id == Pairing.guest_id).where(Guest.person_id == person.id))
    there = planned.join(Slot, Slot.id == Pairing.slot_id).join(Opening, Opening.id == Slot.opening_id)
    visitors = _by_round(there.where(_hosted(person)))
    concerned = rounds.current().where(Round.id.in_({*mine, *openings, *visits, *visitors}))
    return tuple(
        TakingPart(
            round=round,
            guest_id=mine[round.id].id if round.id in mine else None,
            asked_at=mine[round.id].asked_at if round.id in mine else None,
            answered_at=mine[round.id].answered_at if round.id in mine else None,
            visits=visits.get(round.id, 0),
            openings=openings.get(round.id, 0),
            visitors=visitors.get(round.id, 0),
        )
        for round in db.session.scalars(concerned)
    )


def answers(ids: Sequence[int], now: datetime) -> dict[int, bool]:
    """Of those of *ids* who are asked by rounds that take answers now: whether they have answered all of these rounds."""
    rounds_open = select(Round).where(Round.stage == Stage.COLLECTING)
    open_ids = [round.id for round in db.session.scalars(rounds_open) if round.takes_answers(now)]
    asked = select(Guest.person_id, func.count() == func.count(Guest.answered_at))
    asked = asked.where(Guest.round_id.in_(open_ids), Guest.person_id.in_(ids), Guest.asked_at.is_not(None))
    return {row[0]: bool(row[1]) for row in db.session.execute(asked.group_by(Guest.person_id))}


def _hosted(person: Person) -> ColumnElement[bool]:
    own = select(Host.opening_id).where(Host.person_id == person.id)
    return and_(Opening.id.in_(own), Opening.withdrawn_at.is_(None))


def _by_round(counts: Select[int, int]) -> dict[int, int]:
    grouped = counts.group_by(counts.selected_columns[0])
    return {row[0]: row[1] for row in db.session.execute(grouped)}
