"""The part that one person has in one slot: who hosts, who is guest, and what of it their calendar is told."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, selectinload

from shadowing.extensions import db
from shadowing.models import (
    Consent,
    Guest,
    Host,
    Opening,
    OpeningKind,
    Pairing,
    PairingStatus,
    Person,
    Role,
    Round,
    Slot,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """*guests* are all of the slot for a host, and only the guest's own row for a guest."""

    slot: Slot
    person: Person
    role: Role
    guests: tuple[Guest, ...]

    @property
    def key(self) -> tuple[int, int, str]:
        return self.slot.id, self.person.id, self.person.email

    @property
    def order(self) -> tuple[object, ...]:
        return self.slot.starts_at, self.slot.id, self.role is Role.GUEST, self.person.id

    def essence(self) -> dict[str, Any]:
        """What a calendar must be told again if it changes; the same in every language."""
        opening, host = self.slot.opening, self.role is Role.HOST
        return {
            "starts_at": self.slot.starts_at.isoformat(),
            "ends_at": self.slot.ends_at.isoformat(),
            "place": opening.place or opening.site,
            "title": opening.title,
            "preparation": opening.preparation,
            "hosts": [] if host else [one.person_id for one in opening.hosts],
            "guests": [guest.person_id for guest in self.guests] if host else [],
        }

    def words(self) -> dict[str, Any]:
        """All that the mail names, in the person's own writing of names. No address of anybody else is in it."""
        opening, locale = self.slot.opening, self.person.locale
        return {
            "role": self.role.value,
            "kind": opening.kind.value,
            "title": opening.title if self._may_read_title() else "",
            "department": opening.department.name,
            "starts_at": self.slot.starts_at.isoformat(),
            "ends_at": self.slot.ends_at.isoformat(),
            "place": opening.place or opening.site,
            "preparation": opening.preparation,
            "confidential": opening.confidential,
            "travel_minutes": opening.travel_minutes,
            "private": opening.kind is OpeningKind.RIDE_ALONG,
            "hosts": [host.person.name(locale) for host in opening.hosts],
            "guests": [_words_of(guest, opening, locale) for guest in self.guests],
            "rsvp": opening.round.rsvp.value,
        }

    def _may_read_title(self) -> bool:
        """The title of a ride-along may name the customer, who is named to a guest once they said yes."""
        opening = self.slot.opening
        agreed = opening.kind is not OpeningKind.RIDE_ALONG or opening.customer_consent is Consent.YES
        return agreed or self.role is Role.HOST


def standing(round: Round) -> Iterator[Part]:
    """Every part in the round as it stands now, of people who are still here."""
    guests: defaultdict[Slot, list[Guest]] = defaultdict(list)
    for pairing in db.session.scalars(_pairings(round)):
        guests[pairing.slot].append(pairing.guest)
    for slot, visitors in guests.items():
        for host in slot.opening.hosts:
            if host.person.left_at is None:
                yield Part(slot=slot, person=host.person, role=Role.HOST, guests=tuple(visitors))
        for guest in visitors:
            yield Part(slot=slot, person=guest.person, role=Role.GUEST, guests=(guest,))


def seated_guests(round: Round) -> Select[int]:
    return select(Pairing.guest_id).where(Pairing.round_id == round.id, Pairing.status != PairingStatus.DROPPED)


def _pairings(round: Round) -> Select[Pairing]:
    found = select(Pairing).join(Pairing.slot).join(Slot.opening).join(Pairing.guest).join(Guest.person)
    found = found.where(Pairing.round_id == round.id, Pairing.status != PairingStatus.DROPPED)
    found = found.where(Slot.cancelled_at.is_(None), Opening.withdrawn_at.is_(None), Person.left_at.is_(None))
    opening = contains_eager(Pairing.slot).contains_eager(Slot.opening)
    return found.options(
        contains_eager(Pairing.guest).contains_eager(Guest.person).joinedload(Person.department),
        opening.joinedload(Opening.department),
        opening.selectinload(Opening.hosts).joinedload(Host.person),
        selectinload(Pairing.guest, Guest.goals),
    ).order_by(Slot.starts_at, Slot.id, Person.id)


def _words_of(guest: Guest, opening: Opening, locale: str) -> dict[str, str]:
    person = guest.person
    return {"name": person.name(locale), "department": person.department.name, "goal": _goal(guest, opening)}


def _goal(guest: Guest, opening: Opening) -> str:
    """The line "what I want to see" of the wish that this opening meets, else of the first wish that has one, else of none."""
    goals = guest.goals
    meets = [goal for goal in goals if goal.department_id == opening.department_id or goal.topic in opening.topics]
    return next((goal.text for goal in [*meets, *goals] if goal.text), guest.note)
