"""Two departments become one: what would move, and the move."""

from dataclasses import astuple, dataclass
from datetime import datetime

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import aliased

from shadowing.company import audit, cards, departments, reasons
from shadowing.errors import Changed, Refusal
from shadowing.extensions import db
from shadowing.models import (
    Department,
    Goal,
    Guest,
    Opening,
    Pairing,
    PairingStatus,
    PastPairing,
    Person,
    Round,
    Slot,
    Stage,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeEffects:
    """What a merge would move. *left* are people who have left. *doubled* wishes name both and become one, *own* wishes come
    to name the guest's own department. *visits* of rounds that go on lead from one of the two to the other."""

    people: int
    left: int
    openings: int
    goals: int
    doubled: int
    own: int
    history: int
    below: int
    visits: int

    @property
    def told(self) -> str:
        """What a page carries, so that nothing else is done than what it told."""
        return "-".join(map(str, astuple(self)))


def merge_effects(source: Department, target: Department) -> MergeEffects:
    return MergeEffects(
        people=departments.heads(source),
        left=departments.count(Person, Person.department_id == source.id, Person.left_at.is_not(None)),
        openings=departments.count(Opening, Opening.department_id == source.id),
        goals=departments.count(Goal, Goal.department_id == source.id),
        doubled=len(_doubled(source, target)),
        own=_own_wishes(source, target),
        history=departments.count(PastPairing, PastPairing.department_id == source.id),
        below=departments.count(Department, Department.parent_id == source.id),
        visits=_visits_between(source, target),
    )


def _doubled(source: Department, target: Department) -> list[Goal]:
    """Of two wishes of one guest for the two departments the one that counts less."""
    other = aliased(Goal)
    pairs = select(Goal).join(other, other.guest_id == Goal.guest_id).where(Goal.rank > other.rank)
    ids = {source.id, target.id}
    twice = pairs.where(Goal.department_id.in_(ids), other.department_id.in_(ids))
    return list(db.session.scalars(twice.order_by(Goal.guest_id, Goal.rank)).unique())


def _own_wishes(source: Department, target: Department) -> int:
    crossed = or_(*(
        (Goal.department_id == one.id) & (Person.department_id == other.id)
        for one, other in ((source, target), (target, source))
    ))  # fmt: skip
    query = select(func.count()).select_from(Goal).join(Goal.guest).join(Guest.person).join(Guest.round)
    return db.session.scalar(query.where(crossed, Round.stage != Stage.ENDED)) or 0


def _visits_between(source: Department, target: Department) -> int:
    both = (source.id, target.id)
    query = select(func.count()).select_from(Pairing).join(Pairing.guest).join(Guest.person)
    query = query.join(Pairing.slot).join(Slot.opening).join(Guest.round)
    crossing = (Person.department_id.in_(both), Opening.department_id.in_(both))
    apart = (Person.department_id != Opening.department_id, Round.stage != Stage.ENDED)
    return db.session.scalar(query.where(*crossing, *apart, Pairing.status != PairingStatus.DROPPED)) or 0


def merge(source: Department, target: Department | None, told: str, by: Person, now: datetime) -> Department:
    """*source* is no more: all that hung on it belongs to *target*, whose name, card and rules stay. Cannot be undone.

    Raises Changed where it would not do what was *told*."""
    if target is None:
        raise Refusal("The other department is not there any more. Go back and choose another one.")
    if source.id == target.id:
        raise Refusal("A department cannot be merged into itself. Go back and choose another one.")
    effects = merge_effects(source, target)
    if effects.told != told:
        raise Changed("What would move is no longer what you were shown. Look again, then repeat your step.")
    for goal in _doubled(source, target):
        _drop(goal)
    cards.keep_of(source, target, now)
    departments.lift_out(source, target)
    for table in departments.NAMING:
        db.session.execute(update(table).where(table.department_id == source.id).values(department_id=target.id))
    names = {"source": source.name, "target": target.name, "department": target.id}
    db.session.delete(source)
    db.session.flush()
    departments.spoil_previews()
    audit.record("merge_departments", by, None, now, **names, people=effects.people, openings=effects.openings)
    reasons.look_anew(now)
    return target


def _drop(goal: Goal) -> None:
    """The wishes behind it move up one by one: no two may hold one rank, not even within a flush. Its words are kept."""
    guest = goal.guest
    first = next(one for one in guest.goals if one is not goal)
    first.text = first.text or goal.text
    guest.goals.remove(goal)
    db.session.flush()
    for later in [one for one in guest.goals if one.rank > goal.rank]:
        later.rank -= 1
        db.session.flush()
