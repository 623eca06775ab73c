"""What is offered in a round, as HR looks it through."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, ScalarSelect, Select, case, func, select
from sqlalchemy.orm import joinedload, selectinload

from shadowing.extensions import db
from shadowing.folding import fold
from shadowing.models import Consent, Host, Opening, OpeningKind, Pairing, Person, Round, Slot


class OpeningState(StrEnum):
    """FULL and FREE are of what is offered; CONSENT is a customer who has not agreed, so far or for good."""

    OFFERED = "offered"
    FREE = "free"
    FULL = "full"
    CONSENT = "consent"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class SoughtOpenings:
    """What HR looks for; empty is everything. *words* stand in a host's name."""

    words: str = ""
    department_id: int | None = None
    kind: OpeningKind | None = None
    state: OpeningState | None = None


def listed(round: Round, sought: SoughtOpenings) -> Select[Opening]:
    found = select(Opening).where(Opening.round_id == round.id)
    if sought.words:
        named = select(Host.opening_id).join(Host.person)
        found = found.where(Opening.id.in_(named.where(Person.folded.contains(fold(sought.words), autoescape=True))))
    if sought.department_id:
        found = found.where(Opening.department_id == sought.department_id)
    if sought.kind:
        found = found.where(Opening.kind == sought.kind)
    if sought.state:
        found = found.where(*_conditions(round)[sought.state])
    return found.order_by(Opening.withdrawn_at.is_not(None), Opening.department_id, Opening.title, Opening.id).options(
        joinedload(Opening.department), selectinload(Opening.hosts).joinedload(Host.person)
    )


def counts(round: Round) -> dict[OpeningState, int]:
    every = select(func.count()).select_from(Opening).where(Opening.round_id == round.id)
    found = {state: every.where(*conditions) for state, conditions in _conditions(round).items()}
    return {state: db.session.scalar(count) or 0 for state, count in found.items()}


def taken(openings: Sequence[Opening]) -> dict[int, int]:
    """Opening id -> how many visits are planned there."""
    planned = select(Slot.opening_id, func.count()).join(Pairing, Pairing.slot_id == Slot.id)
    planned = planned.where(Pairing.stands, Slot.opening_id.in_([opening.id for opening in openings]))
    return {row[0]: row[1] for row in db.session.execute(planned.group_by(Slot.opening_id))}


def seats(round: Round, openings: Sequence[Opening]) -> dict[int, int]:
    """Opening id -> all its seats in the round, as `rounds.collection` counts them."""
    every = select(Opening.id, _seats(round)).where(Opening.id.in_([opening.id for opening in openings]))
    return {row[0]: int(row[1]) for row in db.session.execute(every)}


def _conditions(round: Round) -> dict[OpeningState, tuple[ColumnElement[bool], ...]]:
    offered = Opening.withdrawn_at.is_(None)
    return {
        OpeningState.OFFERED: (offered,),
        OpeningState.FREE: (offered, _taken() < _seats(round)),
        OpeningState.FULL: (offered, _seats(round) > 0, _taken() >= _seats(round)),
        OpeningState.CONSENT: (offered, Opening.customer_consent.in_((Consent.ASKED, Consent.NO))),
        OpeningState.WITHDRAWN: (Opening.withdrawn_at.is_not(None),),
    }


def _taken() -> ScalarSelect[int]:
    planned = select(func.count(Pairing.id)).join(Slot, Slot.id == Pairing.slot_id)
    return planned.where(Slot.opening_id == Opening.id, Pairing.stands).correlate(Opening).scalar_subquery()


def _seats(round: Round) -> ColumnElement[int]:
    weeks = max(1, -(-((round.ends_on - round.starts_on).days + 1) // 7))
    dated = select(func.coalesce(func.sum(Slot.seats), 0)).where(Slot.opening_id == Opening.id)
    dated = dated.where(Slot.cancelled_at.is_(None)).correlate(Opening)
    anytime = Opening.seats * func.coalesce(Opening.most_per_week, 1) * weeks
    return case((Opening.flexible, anytime), else_=dated.scalar_subquery())
