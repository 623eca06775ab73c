"""A host drops out of a published round: ill, moved to another post, or kept from one visit. Whatever the reason, visits that
cannot stand are taken out at once, and places for their guests are looked for."""

from datetime import date, datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select

from shadowing.collecting import openings
from shadowing.company import audit, people
from shadowing.errors import Refusal
from shadowing.extensions import db
from shadowing.matching import board, leaving, pausing, why
from shadowing.matching.concerned import by_visits
from shadowing.models import (
    DeclineArguments,
    Host,
    Invitation,
    Opening,
    Pairing,
    Person,
    Role,
    Round,
    Slot,
    Stage,
)
from shadowing.rounds import deputies, opening_changes
from shadowing.typed import Mistakes, Unfit
from shadowing.visiting import declining, slots
from shadowing.visiting.lost_days import FallingAway


class HostOut(StrEnum):
    """Why a host drops out: until a day, for good, or of one visit."""

    ILL = "ill"
    MOVED = "moved"
    ONE_VISIT = "one_visit"


def of_host(round: Round, host: Person, reason: HostOut, back_on: date | None, now: datetime) -> FallingAway:
    """What `ill` would break in all rounds, or `moved` in this one."""
    if reason is HostOut.ILL:
        until = people.at(back_on, time.min, ZoneInfo(host.zone)) if back_on else None
        found = leaving.visits_between(host, now, until)
        return FallingAway(visits=tuple(dict.fromkeys((*found.hosted, *found.visits))))
    rows = db.session.scalars(hosted(round, host, now)).all()
    return FallingAway(visits=tuple(one for one in rows if not leaving.hosted_by_others(one.slot, host)))


def hosted(round: Round, host: Person, now: datetime) -> Select[Pairing]:
    """The visits to come that they host."""
    mine = select(Host.opening_id).where(Host.person_id == host.id)
    return board.seated(round).where(Slot.starts_at > now, Opening.id.in_(mine))


def ill(round: Round, host: Person, back_on: date | None, by: Person | None, now: datetime) -> None:
    """Until the day on which they are back they host and visit nothing, in any round. Raises Mistakes."""
    round.refuse_other_than(Stage.PUBLISHED)
    if back_on is None:
        raise Mistakes({"back_on": Unfit("Say on which day they are back; an estimate will do.")})
    pausing.pause(host, back_on, by, now)


def when_over(arguments: DeclineArguments, now: datetime) -> None:
    """The time is over in which whoever declined may think better of it. A host's no is a no to this one visit."""
    invitation = db.session.get(Invitation, arguments.invitation_id)
    if invitation is None or invitation.role is Role.GUEST:
        declining.when_over(arguments, now)
    elif declining.still(arguments) is not None and _hosts_to_come(invitation, now):
        one_visit(invitation.slot, invitation.person, None, now)


def _hosts_to_come(invitation: Invitation, now: datetime) -> bool:
    slot = invitation.slot
    stands = slot.starts_at > now and slot.cancelled_at is None and slot.opening.withdrawn_at is None
    return stands and invitation.person_id in [one.person_id for one in slot.opening.hosts]


def moved(round: Round, host: Person, by: Person, now: datetime) -> None:
    """They offer nothing in this round any more; where others host with them, those go on."""
    round.refuse_other_than(Stage.PUBLISHED)
    for opening in db.session.scalars(openings.of(host, round)).all():
        others = [one.person_id for one in opening.hosts if one.person_id != host.id and one.person.left_at is None]
        if others:
            openings.put_hosts(opening, others)
            db.session.flush()
        else:
            opening_changes.withdraw(opening, by, now)
    leaving.look_again(host, by_visits(()), now)
    round.version += 1
    audit.record("stop_hosting", by, round, now, of=host.id)


def one_visit(slot: Slot, host: Person, by: Person | None, now: datetime) -> None:
    """They cannot come to this one visit: others who host it go on, else it is called off."""
    round = slot.opening.round
    round.refuse_other_than(Stage.PUBLISHED)
    if slot.starts_at <= now:
        raise Refusal("This visit has begun already.")
    if host.id not in [one.person_id for one in slot.opening.hosts]:
        raise Refusal("%(name)s does not host this visit any more. Look at it again.", name=host.display_name)
    if not leaving.hosted_by_others(slot, host):
        slots.call_off(slot, by, now)
        return
    deputies.without(slot, host)
    why.look_again(round, now, by_visits((), openings=[slot.opening]))
    round.version += 1
    audit.record("stop_hosting", by, round, now, of=host.id, slot=slot.id)
