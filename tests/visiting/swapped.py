"""A published round in which guests may swap their visits."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from shadowing.extensions import db
from shadowing.models import (
    Guest,
    Invitation,
    Job,
    JobKind,
    Letter,
    LetterState,
    Pairing,
    PairingStatus,
    Person,
    Role,
    Round,
    Slot,
    Stage,
)
from shadowing.models.background import SwapArguments
from shadowing.models.swaps import SwapOffer
from shadowing.visiting import invitations, swap_ends, swapping
from tests import factories
from tests.factories import NOW, at, free
from tests.visiting.freed import SENDER

NAMES = ("髙橋 O’Neil", "﨑山 𠮷子", "Zoë 🐟", "Ida D'Arc")


@dataclass
class Swapped:
    """Guests, each with a visit to a host of its own on two days; all are free and wish for both."""

    round: Round
    hosts: list[Person]
    guests: list[Guest]
    slots: list[Slot]

    def row(self, guest: Guest) -> Invitation:
        mine = select(Invitation).where(Invitation.person_id == guest.person_id, Invitation.role == Role.GUEST)
        return db.session.scalars(mine.where(Invitation.cancelled_at.is_(None))).one()

    def propose(self, now: datetime = NOW, of: int = 0, to: int = 1) -> SwapOffer:
        return swapping.propose(self.row(self.guests[of]), self.row(self.guests[to]), now)

    def agreed(self, now: datetime = NOW) -> SwapOffer:
        offer = self.propose(now)
        swapping.agree(offer, now)
        return offer

    def visits(self) -> list[int]:
        """Which slot each guest has, counted as `slots` are."""
        numbers = {slot.id: number for number, slot in enumerate(self.slots)}
        found = []
        for guest in self.guests:
            mine = select(Pairing.slot_id).where(Pairing.guest_id == guest.id, Pairing.stands)
            found.append(numbers[db.session.scalars(mine).one()])
        return found

    def work(self, now: datetime) -> None:
        due = select(Job).where(Job.kind == JobKind.END_SWAP, Job.due_at <= now, Job.done_at.is_(None))
        for job in db.session.scalars(due.order_by(Job.due_at, Job.id)).all():
            assert isinstance(job.arguments, SwapArguments)
            swap_ends.lapse(job.arguments.swap_id, now)
            job.done_at = now
        db.session.flush()


def world(visits: int = 2, first_day: int = 8, seats: int = 1) -> Swapped:
    """The first visit is on *first_day*, each other one a day after the one before."""
    round = factories.round_(stage=Stage.PUBLISHED, published_at=NOW - timedelta(days=2))
    wished = factories.department(name="営業部 & Söhne")
    hosts = [factories.person(department_=wished) for _ in range(visits)]
    slots = [
        factories.slot(
            factories.opening(round, host, starts_at=at(first_day + day, 10), seats=seats, place=f"Room {day}")
        )
        for day, host in enumerate(hosts)
    ]
    guests = [guest(round, slots, slot, number) for number, slot in enumerate(slots)]
    tell(round)
    return Swapped(round, hosts, guests, slots)


def guest(round: Round, slots: list[Slot], slot: Slot, number: int) -> Guest:
    """Who visits *slot*."""
    person = factories.person(display_name=NAMES[number % len(NAMES)])
    made = factories.guest(round, person, wishes=(slot.opening.department,))
    for one in slots:
        free(round, person, (one.starts_at - at(0, 10)).days, 9, 17)
    factories.pairing(made, slot, status=PairingStatus.PUBLISHED)
    return made


def tell(round: Round) -> None:
    before = NOW - timedelta(days=2)
    invitations.tell(round, before, SENDER, before)
    for letter in db.session.scalars(select(Letter)):
        letter.state, letter.done_at = LetterState.SENT, before
    db.session.flush()
