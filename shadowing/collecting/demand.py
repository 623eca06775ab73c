"""How many guests of a round want to see a department, and how many seats its people offer."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from shadowing.extensions import db
from shadowing.models import Department, Goal, Guest, Opening, Round


@dataclass(frozen=True, slots=True)
class Demand:
    guests: int
    seats: int


def of(department: Department, round: Round) -> Demand:
    wanting = select(func.count(func.distinct(Goal.guest_id))).join(Goal.guest)
    here = (Guest.round_id == round.id, Guest.answered_at.is_not(None), Guest.visits > 0)
    guests = db.session.scalar(wanting.where(*here, Goal.department_id == department.id)) or 0
    offered = select(Opening).where(Opening.round_id == round.id, Opening.department_id == department.id)
    openings = db.session.scalars(offered.where(Opening.withdrawn_at.is_(None)).options(selectinload(Opening.slots)))
    return Demand(guests, sum(one.seats * max(1, len(one.slots)) for one in openings))
