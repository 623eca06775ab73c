"""Who was asked in a round and what became of it, as HR looks them through."""

from collections.abc import Iterator
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import contains_eager, joinedload

from shadowing.extensions import db
from shadowing.folding import fold
from shadowing.models import Guest, Person, Round, TypedIn


class AnswerState(StrEnum):
    """TYPED_IN is one of the others besides."""

    ANSWERED = "answered"
    MISSING = "missing"
    SKIPPED = "skipped"
    TYPED_IN = "typed_in"


STATES: dict[AnswerState, ColumnElement[bool]] = {
    AnswerState.ANSWERED: Guest.answered_at.is_not(None) & (Guest.visits > 0),
    AnswerState.MISSING: Guest.answered_at.is_(None),
    AnswerState.SKIPPED: Guest.answered_at.is_not(None) & (Guest.visits == 0),
    AnswerState.TYPED_IN: Guest.id.in_(select(TypedIn.guest_id)),
}


def listed(round: Round, words: str, department_id: int | None, state: AnswerState | None) -> Select[Guest]:
    """In the order of a directory, with all that a row shows at hand. Who has left is not waited for."""
    found = select(Guest).join(Guest.person).where(*_here(round))
    if words:
        found = found.where(Person.folded.contains(fold(words), autoescape=True))
    if department_id:
        found = found.where(Person.department_id == department_id)
    if state:
        found = found.where(STATES[state])
    return found.order_by(Person.sort_key, Person.code).options(
        contains_eager(Guest.person).joinedload(Person.department),
        joinedload(Guest.typed_in).joinedload(TypedIn.by),
    )


def counts(round: Round) -> dict[AnswerState, int]:
    return dict(_counts(round))


def _counts(round: Round) -> Iterator[tuple[AnswerState, int]]:
    everybody = select(func.count()).select_from(Guest).join(Guest.person).where(*_here(round))
    for state, condition in STATES.items():
        yield state, db.session.scalar(everybody.where(condition)) or 0


def _here(round: Round) -> tuple[ColumnElement[bool], ...]:
    return Guest.round_id == round.id, Person.left_at.is_(None)
