"""A guest seated after publishing, by themselves or by HR: all rules asked again, and only those concerned told."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Select, func, select

from shadowing.errors import Refusal
from shadowing.extensions import db, settings
from shadowing.mail.letters import Sender
from shadowing.matching import pairings, why
from shadowing.matching.concerned import by_visits
from shadowing.matching.excerpts import near
from shadowing.matching.spans import minutes
from shadowing.models import FreeSeat, Guest, Opening, Pairing, PairingStatus, Round, SeatState, Slot, Stage
from shadowing.solver import problem as p
from shadowing.solver.alternatives import blocked
from shadowing.visiting import telling

WAITING_LIST, BY_GUEST = "waiting_list", "by_guest"
"""Tags of pairings that came about after publishing."""


def locked(round: Round) -> Round:
    """Nobody else frees or takes a place of the round until the caller's transaction ends; all is read anew."""
    db.session.flush()
    db.session.expire_all()
    return db.session.get_one(Round, round.id, with_for_update=True)


def refuse_untold(round: Round, slots: set[int], now: datetime) -> None:
    """What HR is changing at a visit is told when HR publishes it, and by nothing before."""
    if not telling.is_told(round, slots, now):
        raise Refusal("The people who run the round are changing this visit just now. Please try again later.")


def seat(guest: Guest, opening: Opening, start: int, why_there: str, now: datetime) -> Pairing:
    """Put the guest there (*start* in minutes since 1970), where no rule is against it; also where the notice of the round is
    over, since they said themselves that it suits them. Nothing is told yet."""
    place = p.Seat(guest=guest.person_id, opening=opening.id, start=start)
    excerpt = near(guest.round, [guest.person_id], [opening.id])
    problem = replace(pairings.problem_without(guest.round, None, now, excerpt), earliest=0)
    if blocked(problem, pairings.seats(guest.round, excerpt), place):
        raise Refusal("This place cannot be taken any more: something has changed meanwhile.")
    made = pairings.hold(guest, opening, start, [*pairings.tags(problem, place), why_there])
    made.status, made.by_hand = PairingStatus.PUBLISHED, False
    db.session.flush()
    return made


def leave_to_hr(round: Round, changed: list[Pairing], now: datetime) -> None:
    """After visits have *changed*: reasons are looked for anew; it is told when HR publishes the change."""
    why.look_again(round, now, by_visits(changed))
    round.version += 1


def settle(round: Round, changed: list[Pairing], now: datetime) -> None:
    """The same, and those concerned are told at once."""
    leave_to_hr(round, changed, now)
    telling.tell({one.slot_id for one in changed}, round, Sender.of(settings()), now)


def free_seats(slot: Slot) -> int:
    """How many seats nobody has, and nobody is offered."""
    taken = select(func.count()).select_from(Pairing).where(Pairing.slot_id == slot.id, Pairing.stands)
    offered = select(func.count()).select_from(FreeSeat)
    offered = offered.where(FreeSeat.slot_id == slot.id, FreeSeat.state == SeatState.OPEN)
    return slot.opening.seats - (db.session.scalar(taken) or 0) - (db.session.scalar(offered) or 0)


def with_free_seats(round: Round, after: datetime) -> Select[Slot]:
    """Slots that begin *after* then and have seats which nobody has and nobody is offered, in the order of time."""
    taken = select(func.count()).select_from(Pairing).where(Pairing.slot_id == Slot.id, Pairing.stands)
    offered = select(func.count()).select_from(FreeSeat)
    offered = offered.where(FreeSeat.slot_id == Slot.id, FreeSeat.state == SeatState.OPEN)
    free = taken.correlate(Slot).scalar_subquery() + offered.correlate(Slot).scalar_subquery() < Opening.seats
    found = select(Slot).join(Slot.opening).where(Opening.round_id == round.id, Opening.withdrawn_at.is_(None))
    return found.where(Slot.cancelled_at.is_(None), Slot.starts_at > after, free).order_by(Slot.starts_at, Slot.id)


def takes_place(slot: Slot) -> bool:
    """Whether there may be guests at all."""
    on = slot.cancelled_at is None and slot.opening.withdrawn_at is None
    return on and slot.opening.round.stage is Stage.PUBLISHED


def start_of(slot: Slot) -> int:
    return minutes(slot.starts_at)
