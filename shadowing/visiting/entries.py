"""The part that one person has in one slot: who hosts, who is guest, and the entry that their calendar shall hold."""

from collections import defaultdict
from collections.abc import Iterator, Set
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.orm import contains_eager, selectinload

from shadowing.company import people
from shadowing.extensions import db
from shadowing.models import (
    Consent,
    Contact,
    Entry,
    Guest,
    Host,
    Invitation,
    Opening,
    OpeningKind,
    Pairing,
    Person,
    Riding,
    Role,
    Round,
    Slot,
    Visitor,
)

DEBRIEF_MINUTES = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """*guests* are all of the slot for a host, and only the guest's own row for a guest. *promised*: a guest has said that
    they keep the customer of this opening to themselves."""

    slot: Slot
    person: Person
    role: Role
    guests: tuple[Guest, ...]
    promised: bool = False

    @property
    def key(self) -> tuple[int, int, str]:
        return self.slot.id, self.person.id, self.person.email

    @property
    def order(self) -> tuple[object, ...]:
        return self.slot.starts_at, self.slot.id, self.role is Role.GUEST, self.person.id

    @property
    def hosts(self) -> tuple[Host, ...]:
        """Who is there to receive the guests; all of them where HR has not yet said what becomes of a visit without a host."""
        every = tuple(self.slot.opening.hosts)
        return tuple(one for one in every if people.there(one.person, self.slot.starts_at)) or every

    @property
    def contacts(self) -> tuple[Contact, ...]:
        """The people on the other side, as this person writes to them."""
        others = [one.person for one in (self.guests if self.role is Role.HOST else self.hosts)]
        return tuple(Contact(name=one.name(self.person.locale), email=one.email) for one in others if one.email)

    @property
    def firm(self) -> bool:
        """Not while the customer of a ride-along has still to agree."""
        return not self.rides or self.slot.opening.customer_consent is Consent.YES

    @property
    def rides(self) -> bool:
        return self.slot.opening.kind is OpeningKind.RIDE_ALONG

    @property
    def named(self) -> bool:
        """Whether the person may read what may name a customer: title, place and preparation."""
        return not self.rides or self.role is Role.HOST or (self.firm and self.promised)

    @property
    def title(self) -> str:
        return self.slot.opening.title if self.named else ""

    @property
    def place(self) -> str:
        return (self.slot.opening.place or self.slot.opening.site) if self.named else ""

    @property
    def preparation(self) -> str:
        return self.slot.opening.preparation if self.named else ""

    @property
    def riding(self) -> Riding:
        return replace(self.slot.opening.riding, phone="", debrief=False) if self.rides and self.named else Riding()

    @property
    def debrief_minutes(self) -> int:
        return DEBRIEF_MINUTES if self.rides and self.slot.opening.riding.debrief else 0

    @property
    def way_minutes(self) -> int:
        """Hosts are on the way of a ride-along, too; elsewhere the travel is the guest's, who makes it as they like."""
        return self.slot.opening.travel_minutes if self.rides else 0

    @property
    def others(self) -> tuple[int, ...]:
        return tuple(one.person_id for one in (self.guests if self.role is Role.HOST else self.hosts))

    @property
    def news(self) -> tuple[object, ...]:
        """The `Entry.news` of what its calendar should show, without the names, which cost the most of an entry."""
        slot, opening = self.slot, self.slot.opening
        when_and_where = (slot.starts_at, slot.ends_at, self.place, self.way_minutes, self.firm)
        besides = (self.riding, self.debrief_minutes)
        return *when_and_where, self.title, self.preparation, self.others, opening.participation, *besides

    def entry(self) -> Entry:
        opening, locale = self.slot.opening, self.person.locale
        return Entry(
            role=self.role,
            kind=opening.kind,
            title=self.title,
            department=opening.department.name,
            starts_at=self.slot.starts_at,
            ends_at=self.slot.ends_at,
            place=self.place,
            preparation=self.preparation,
            confidential=opening.confidential,
            travel_minutes=opening.travel_minutes,
            hosts=tuple(one.person.name(locale) for one in self.hosts),
            guests=tuple(_visitor(guest, opening, locale) for guest in self.guests),
            others=self.others,
            rsvp=opening.round.rsvp,
            participation=opening.participation,
            way_minutes=self.way_minutes,
            firm=self.firm,
            riding=self.riding,
            debrief_minutes=self.debrief_minutes,
            promised=self.promised or self.role is Role.HOST or not self.rides,
        )


def standing(round: Round, slots: Set[int] | None = None) -> Iterator[Part]:
    """Every part in the round, or in some *slots* (by id) of it, as it stands now, of people who are still here."""
    guests: defaultdict[Slot, list[Guest]] = defaultdict(list)
    rows = _pairings(round) if slots is None else _pairings(round).where(Slot.id.in_(slots))
    for pairing in db.session.scalars(rows):
        guests[pairing.slot].append(pairing.guest)
    promised = _promised(round) if any(slot.opening.kind is OpeningKind.RIDE_ALONG for slot in guests) else frozenset()
    for slot, visitors in guests.items():
        for host in slot.opening.hosts:
            if people.there(host.person, slot.starts_at):
                yield Part(slot=slot, person=host.person, role=Role.HOST, guests=tuple(visitors))
        for guest in visitors:
            kept = (slot.opening_id, guest.person_id) in promised
            yield Part(slot=slot, person=guest.person, role=Role.GUEST, guests=(guest,), promised=kept)


def _promised(round: Round) -> frozenset[tuple[int, int]]:
    """Openings and the guests who keep their customer to themselves, wherever the visit has moved since."""
    found = select(Slot.opening_id, Invitation.person_id).join_from(Invitation, Slot).join(Slot.opening)
    found = found.where(Opening.round_id == round.id, Invitation.discreet_at.is_not(None))
    return frozenset((opening, person) for opening, person in db.session.execute(found))


def count(round: Round, stamp: datetime) -> int:
    """How many parts are `standing` and begin after *stamp*, in columns: the review board says it of a thousand."""
    columns = select(Slot.id, Slot.opening_id, Slot.starts_at).select_from(Pairing).join(Pairing.slot)
    columns = columns.join(Slot.opening).join(Pairing.guest).join(Guest.person)
    rows = db.session.execute(columns.where(_takes_place(round), Slot.starts_at > stamp))
    visits = [(slot, opening, starts_at) for slot, opening, starts_at in rows]
    hosts: defaultdict[int, list[Person]] = defaultdict(list)
    of_openings = select(Host.opening_id, Person).join_from(Host, Person).join(Host.opening)
    for opening, person in db.session.execute(of_openings.where(Opening.round_id == round.id)):
        hosts[opening].append(person)
    receiving = (people.there(host, starts_at) for _, opening, starts_at in set(visits) for host in hosts[opening])
    return len(visits) + sum(receiving)


def _takes_place(round: Round) -> ColumnElement[bool]:
    kept = and_(Slot.cancelled_at.is_(None), Opening.withdrawn_at.is_(None), Person.left_at.is_(None))
    return and_(Pairing.round_id == round.id, Pairing.stands, kept)


def _pairings(round: Round) -> Select[Pairing]:
    found = select(Pairing).join(Pairing.slot).join(Slot.opening).join(Pairing.guest).join(Guest.person)
    found = found.where(_takes_place(round))
    opening = contains_eager(Pairing.slot).selectinload(Slot.opening)
    return found.options(
        contains_eager(Pairing.guest).contains_eager(Guest.person).selectinload(Person.department),
        opening.selectinload(Opening.department),
        opening.selectinload(Opening.hosts).joinedload(Host.person),
    ).order_by(Slot.starts_at, Slot.id, Person.id)


def load_goals(round: Round) -> None:
    """Of all guests at once, for who writes many entries: one that is looked at alone finds its own."""
    db.session.scalars(select(Guest).where(Guest.round_id == round.id).options(selectinload(Guest.goals))).all()


def _visitor(guest: Guest, opening: Opening, locale: str) -> Visitor:
    person = guest.person
    return Visitor(name=person.name(locale), department=person.home.name, goal=_goal(guest, opening))


def _goal(guest: Guest, opening: Opening) -> str:
    """The line "what I want to see" of the wish that this opening meets, else of the first wish that has one, else of none."""
    goals = guest.goals
    meets = [goal for goal in goals if goal.department_id == opening.department_id or goal.topic in opening.topics]
    return next((goal.text for goal in [*meets, *goals] if goal.text), guest.note)
