"""Slots: the dated instances of openings. After publishing HR moves them or calls them off; the next publish tells it."""

from datetime import datetime, timedelta

from shadowing.company import audit
from shadowing.errors import Refusal, WrongStage
from shadowing.extensions import db
from shadowing.matching import gather, pairings
from shadowing.models import Person, Round, Slot, Stage
from shadowing.solver.assignment import assign
from shadowing.solver.check import one_place_at_a_time

LATEST = timedelta(days=366)


def reschedule(slot: Slot, starts_at: datetime, by: Person | None, now: datetime) -> None:
    """The whole slot moves, with everybody in it; nobody's answer holds any more. What people entered as free time is left
    to HR, who spoke to them; nobody is put in two places."""
    round = slot.opening.round
    _only_published(slot, round)
    if starts_at <= now:
        raise Refusal("The new time is in the past.")
    if starts_at > round.instants[1] + LATEST:
        raise Refusal("The new time is more than a year after the round.")
    clashes = _clashes(round, now)
    slot.starts_at, slot.ends_at = starts_at, starts_at + (slot.ends_at - slot.starts_at)
    db.session.flush()
    if _clashes(round, now) - clashes:
        raise Refusal("Somebody in this visit would have to be in two places at once at the new time.")
    round.version += 1
    audit.record("reschedule", by, round, now, slot=slot.id)


def _clashes(round: Round, now: datetime) -> set[str]:
    return set(one_place_at_a_time(assign(gather.problem(round, now), pairings.seats(round))))


def call_off(slot: Slot, by: Person | None, now: datetime) -> None:
    """The slot does not take place, and whoever sat in it has no visit."""
    round = slot.opening.round
    _only_published(slot, round)
    slot.cancelled_at = now
    for pairing in list(db.session.scalars(pairings.in_slot(slot))):
        pairings.take_out(pairing)
    round.version += 1
    audit.record("call_off", by, round, now, slot=slot.id)


def _only_published(slot: Slot, round: Round) -> None:
    if round.stage is not Stage.PUBLISHED:
        raise WrongStage("Visits are moved and called off after the round is published.")
    if slot.cancelled_at:
        raise WrongStage("This visit is called off already.")
