"""After publishing a deputy takes a host's place: the visit stays where and when it is, and so does its calendar entry."""

from datetime import datetime

from sqlalchemy import select

from shadowing.collecting import openings
from shadowing.company import audit, people
from shadowing.errors import Refusal
from shadowing.extensions import db
from shadowing.matching import why
from shadowing.matching.concerned import Touched
from shadowing.models import Host, Opening, Pairing, Person, Slot, Stage
from shadowing.rounds.opening_changes import Effects, Seen, VisitsAround, unseen

COPIED = (
    *("round_id", "department_id", "kind", "title", "topics", "minutes", "seats", "site", "place", "travel_minutes"),
    *("customer_consent", "preparation", "riding", "confidential", "participation", "note", "zone"),
)
"""What an opening of one date has of the one that it was a part of."""


def give(slot: Slot, host: Person, deputy: Person, by: Person, now: datetime, seen: Seen = unseen) -> Effects:
    """*deputy* hosts this visit in the place of *host*. Guests whom a rule keeps from the deputy lose the visit: answers who."""
    round = slot.opening.round
    round.refuse_other_than(Stage.PUBLISHED)
    _refuse_unfit(slot, host, deputy, now)
    openings.lock(slot.opening)
    hosts = {one.person_id for one in slot.opening.hosts}
    standing = VisitsAround(round, hosts | {deputy.id}, slot.opening_id, now)
    opening = of_its_own(slot)
    openings.put_hosts(opening, [deputy.id if id == host.id else id for id in _ids(opening)])
    effects = standing.settle()
    seen(effects)
    touched = frozenset([opening.id, *(visit.opening for visit in effects.visits)])
    guests = frozenset(visit.guest.id for visit in effects.visits)
    why.look_again(round, now, Touched(people=guests | hosts | {deputy.id}, openings=touched))
    round.version += 1
    audit.record("give_to_deputy", by, round, now, of=host.id, slot=slot.id, deputy=deputy.id)
    return effects


def without(slot: Slot, host: Person) -> None:
    """The other hosts of the visit go on without *host*."""
    opening = of_its_own(slot)
    openings.put_hosts(opening, [id for id in _ids(opening) if id != host.id])
    db.session.flush()


def of_its_own(slot: Slot) -> Opening:
    """An opening that holds nothing but this visit, so that who hosts it is said of no other one."""
    opening = slot.opening
    others = select(Slot.id).where(Slot.opening_id == opening.id, Slot.id != slot.id, Slot.cancelled_at.is_(None))
    visited = select(Pairing.id).join(Pairing.slot).where(Slot.opening_id == opening.id, Slot.id != slot.id)
    if not opening.flexible and not db.session.scalar(others.limit(1)) and not db.session.scalar(visited.limit(1)):
        return opening
    facts = {name: getattr(opening, name) for name in COPIED}
    own = Opening(code=_free_code(opening), flexible=False, starts_at=slot.starts_at, **facts)
    own.hosts = [Host(person_id=id, position=place) for place, id in enumerate(_ids(opening))]
    db.session.add(own)
    db.session.flush()
    slot.opening = own
    db.session.flush()
    return own


def _ids(opening: Opening) -> list[int]:
    return [host.person_id for host in opening.hosts]


def _free_code(opening: Opening) -> str:
    codes = set(db.session.scalars(select(Opening.code).where(Opening.round_id == opening.round_id)))
    return next(code for number in range(2, len(codes) + 3) if (code := f"{opening.code[:50]}-{number}") not in codes)


def _refuse_unfit(slot: Slot, host: Person, deputy: Person, now: datetime) -> None:
    ids = _ids(slot.opening)
    if slot.cancelled_at or slot.opening.withdrawn_at or slot.starts_at <= now:
        raise Refusal("This visit is over or called off. A deputy can take a visit that is to come.")
    if host.id not in ids:
        raise Refusal("%(name)s does not host this visit any more. Look at it again.", name=host.display_name)
    if deputy.id in ids:
        raise Refusal("%(name)s hosts this visit already.", name=deputy.display_name)
    if deputy.department_id is None or not people.there(deputy, slot.starts_at):
        raise Refusal("%(name)s is not there at that time. Choose somebody else.", name=deputy.display_name)
