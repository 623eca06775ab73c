"""A host asks for somebody else than a guest. HR records it, with a reason that HR alone reads, before anybody hears of the plan.

No plan of the round brings the two together then. Neither a reason nor a refusal ever tells of it, as with exclusions."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from shadowing.company import audit
from shadowing.errors import Refusal, WrongStage
from shadowing.extensions import db
from shadowing.matching import pairings, why
from shadowing.matching.concerned import by_visits
from shadowing.models import Guest, Host, HostRefusal, Opening, Pairing, Person, Slot, Stage
from shadowing.typed import by, number, text

WHY_LONGEST = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class HostRefusalDraft:
    """What HR writes down: the host's id, and what they said."""

    host: Annotated[int, by(number(1, 999_999_999))]
    why: Annotated[str, by(text(WHY_LONGEST))]


def of(guest: Guest) -> Select[HostRefusal]:
    found = select(HostRefusal).where(HostRefusal.guest_id == guest.id).order_by(HostRefusal.id)
    return found.options(joinedload(HostRefusal.host), joinedload(HostRefusal.by))


def hosts(guest: Guest) -> Select[Person]:
    """Everybody who offers something in the round, the guest apart."""
    offering = select(Host.person_id).join(Host.opening)
    offering = offering.where(Opening.round_id == guest.round_id, Opening.withdrawn_at.is_(None))
    here = select(Person).where(Person.id.in_(offering), Person.id != guest.person_id, Person.left_at.is_(None))
    return here.order_by(Person.sort_key, Person.code).options(joinedload(Person.department))


def stands_between(guest: Guest, opening: Opening) -> bool:
    """Whether a host of *opening* asked for somebody else."""
    hosting = select(Host.person_id).where(Host.opening_id == opening.id)
    found = select(HostRefusal.id).where(HostRefusal.guest_id == guest.id, HostRefusal.host_id.in_(hosting))
    return db.session.scalar(found.limit(1)) is not None


def visits(guest: Guest, host_id: int) -> Select[Pairing]:
    """The visits of *guest* that *host_id* has in the plan."""
    hosting = select(Host.opening_id).where(Host.person_id == host_id)
    there = select(Pairing).join(Pairing.slot).join(Slot.opening).where(Pairing.guest_id == guest.id, Pairing.stands)
    return there.where(Opening.id.in_(hosting)).order_by(Slot.starts_at, Pairing.id)


def refuse(guest: Guest, draft: HostRefusalDraft, by: Person, now: datetime) -> int:
    """Answers how many visits are taken out of the plan by it. Of one that is known the reason changes."""
    _refuse_wrong_stage(guest)
    host = db.session.scalar(hosts(guest).where(Person.id == draft.host))
    if host is None:
        raise Refusal("Choose a host of this round.")
    known = db.session.scalar(of(guest).where(HostRefusal.host_id == host.id))
    row = known or HostRefusal(guest_id=guest.id, host_id=host.id)
    row.why, row.by_id, row.at = draft.why, by.id, now
    db.session.add(row)
    planned = list(db.session.scalars(visits(guest, host.id)))
    touched = by_visits(planned, [guest])
    for pairing in planned:
        pairings.take_out(
            pairing, "full"
        )  # what is said to everybody for whom no place was left: nothing to infer from
    why.look_again(guest.round, now, touched)
    if known is None or planned:
        guest.round.version += 1
    audit.record("refuse_guest", by, guest.round, now, people=[guest.person_id, host.id])
    return len(planned)


def allow(refusal: HostRefusal, by: Person, now: datetime) -> None:
    """The next plan may bring the two together again."""
    _refuse_wrong_stage(refusal.guest)
    refusal.guest.round.version += 1
    audit.record("allow_guest", by, refusal.guest.round, now, people=[refusal.guest.person_id, refusal.host_id])
    db.session.delete(refusal)
    why.look_again(refusal.guest.round, now, by_visits([], [refusal.guest]))


def _refuse_wrong_stage(guest: Guest) -> None:
    if guest.round.stage is Stage.SOLVING:
        raise WrongStage("The pairings are being made. Stop the search first.")
    if guest.round.stage is Stage.PUBLISHED:
        raise WrongStage(
            "The round is published, and the guest has heard of the visit. Change it on the board instead."
        )
    guest.round.refuse_other_than(Stage.COLLECTING, Stage.REVIEWING)
