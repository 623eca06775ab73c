"""Why a visit is off for one person, and what comes next for them: what their cancellation says besides the fact.

Of several reasons that hold, the one that the reader knows best comes first; none tells a person's answer to another."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass

from sqlalchemy import select

from shadowing.company import people
from shadowing.extensions import db
from shadowing.mail import reasons
from shadowing.models import Answer, Guest, Invitation, Parting, Role, Round, Why
from shadowing.visiting import differences
from shadowing.visiting.differences import Difference
from shadowing.visiting.entries import Part


@dataclass(frozen=True, slots=True, kw_only=True)
class Partings:
    """What stands of a round beside the invitations that are off: *parts* are slot and person of all visits, *visitors* and
    *guests* those who lose one, *staying* who keeps one in the calendar, *fresh* the visits that guests hear of now. *round_off*
    are HR's words where all is off."""

    round_off: str | None
    parts: Set[tuple[int, int]]
    slots: Set[int]
    visitors: Set[int]
    staying: Set[int]
    fresh: Mapping[int, Part]
    guests: Mapping[int, Guest]

    def of(self, row: Invitation) -> Parting:
        guest = self.guests.get(row.person_id) if row.role is Role.GUEST else None
        why, without = self._why(row), guest is not None and row.person_id not in self.visitors
        reason = guest.reason if guest is not None and without and why is Why.OTHER else None
        instead = self.fresh.get(row.person_id) if guest is not None and why is not Why.ADDRESS else None
        return Parting(
            why=why,
            code=reason.code if reason and reason.code in reasons.WHY else "",
            words=self.round_off or "",
            address=row.person.email if why is Why.ADDRESS else "",
            instead=instead.entry() if instead else None,
            first_next_time=without and _wanted_one(guest),
            others_stay=row.person_id in self.staying and why is not Why.ADDRESS,
        )

    def _why(self, row: Invitation) -> Why:
        slot, opening, begin = row.slot, row.slot.opening, differences.starts_at(row)
        hosts = [host.person for host in opening.hosts]
        guest, is_host = row.role is Role.GUEST, row.person_id in [host.id for host in hosts]
        tests = (
            (Why.ROUND, self.round_off is not None),
            (Why.ADDRESS, (slot.id, row.person_id) in self.parts),
            (Why.AWAY, not people.there(row.person, begin)),
            (Why.DECLINED, row.answer is Answer.NO),
            (Why.WITHDRAWN, opening.withdrawn_at is not None),
            (Why.DATE, slot.cancelled_at is not None),
            (Why.HOST_GONE, guest and not any(people.there(host, begin) for host in hosts)),
            (Why.NOT_HOST, not guest and not is_host),
            (Why.NO_GUEST, not guest and slot.id not in self.slots),
        )
        return next((why for why, holds in tests if holds), Why.OTHER)


def _wanted_one(guest: Guest | None) -> bool:
    """Whether the ledger (matching/ledger.py) counts them as having gone without."""
    return guest is not None and guest.answered_at is not None and guest.visits > 0


def among(round: Round, found: Difference) -> Partings:
    """Of the invitations that are off while the round goes on."""
    visits = {part.person.id: part for part in reversed(found.fresh) if part.role is Role.GUEST}
    return Partings(
        round_off=None,
        parts={(part.slot.id, part.person.id) for part in found.wanted},
        slots={part.slot.id for part in found.wanted},
        visitors={part.person.id for part in found.wanted if part.role is Role.GUEST},
        staying={part.person.id for _, part in found.kept},
        fresh=visits,
        guests=_guests(round, found.gone),
    )


def of_all(round: Round, why: str, rows: Iterable[Invitation]) -> Partings:
    """Of a round that is called off with HR's words *why*."""
    nothing: frozenset[int] = frozenset()
    guests = _guests(round, rows)
    return Partings(
        round_off=why, parts=frozenset(), slots=nothing, visitors=nothing, staying=nothing, fresh={}, guests=guests
    )


def _guests(round: Round, rows: Iterable[Invitation]) -> dict[int, Guest]:
    """One statement for any number of visits; none where no guest loses one."""
    ids = {row.person_id for row in rows if row.role is Role.GUEST}
    found = select(Guest).where(Guest.round_id == round.id, Guest.person_id.in_(ids))
    return {guest.person_id: guest for guest in db.session.scalars(found)} if ids else {}
