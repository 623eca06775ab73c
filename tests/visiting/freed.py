"""A published round in which a guest may decline, and people who wait for a seat."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from shadowing.extensions import db
from shadowing.mail.letters import Sender
from shadowing.models import (
    Answer,
    FreeSeat,
    Guest,
    Invitation,
    Job,
    JobKind,
    Letter,
    LetterKind,
    LetterState,
    Pairing,
    PairingStatus,
    Person,
    Role,
    Round,
    SeatOffer,
    SeatState,
    Slot,
    Stage,
)
from shadowing.visiting import answers, declining, invitations, offering
from shadowing.visiting.answers import NewAnswer
from tests import factories
from tests.conftest import SECRET
from tests.factories import NOW, at, free

SENDER = Sender(secret=SECRET, mail_from="shadowing@example.org", public_url="http://localhost:8000", company="")
LATER = NOW + timedelta(hours=2)


@dataclass
class Freed:
    """A meeting with one seat, which *guest* has; *waiting* wish for it and are free then."""

    round: Round
    host: Person
    guest: Guest
    slot: Slot
    waiting: list[Guest]

    def invitation(self, person: Person, role: Role = Role.GUEST) -> Invitation:
        mine = select(Invitation).where(Invitation.person_id == person.id, Invitation.role == role)
        return db.session.scalars(mine.order_by(Invitation.id.desc())).first() or self.fail(person)

    def fail(self, person: Person) -> Invitation:
        raise AssertionError(f"{person.display_name} has no invitation")

    @property
    def seat(self) -> FreeSeat:
        return db.session.scalars(select(FreeSeat).order_by(FreeSeat.id.desc())).first() or self.no_seat()

    def no_seat(self) -> FreeSeat:
        raise AssertionError("no seat is free")

    def offer(self, guest: Guest) -> SeatOffer:
        mine = select(SeatOffer).where(SeatOffer.guest_id == guest.id).order_by(SeatOffer.id.desc())
        return db.session.scalars(mine).first() or self.no_offer(guest)

    def no_offer(self, guest: Guest) -> SeatOffer:
        raise AssertionError(f"{guest.person.display_name} is offered nothing")

    @property
    def asked(self) -> set[int]:
        """The ids of the guests who have an open offer."""
        return set(db.session.scalars(select(SeatOffer.guest_id).join(SeatOffer.seat).where(SeatOffer.state == "open")))

    def decline(self, now: datetime = NOW) -> None:
        answers.take(self.invitation(self.guest.person), NewAnswer(answer=Answer.NO), now)

    def work(self, now: datetime) -> None:
        """What the worker does of declines and waves by *now*."""
        due = select(Job).where(Job.kind.in_((JobKind.FREE_SEAT, JobKind.ASK_NEXT)), Job.due_at <= now)
        for job in db.session.scalars(due.where(Job.done_at.is_(None)).order_by(Job.due_at, Job.id)).all():
            if job.kind is JobKind.FREE_SEAT:
                declining.when_over(job.arguments, now)  # type: ignore[arg-type]  # of its kind
            else:
                offering.lapse(job.arguments, now)  # type: ignore[arg-type]  # of its kind
            job.done_at = now
        db.session.flush()

    def free_the_seat(self) -> FreeSeat:
        self.decline()
        self.work(LATER)
        return self.seat

    def visitors(self) -> list[Guest]:
        there = select(Pairing).where(Pairing.slot_id == self.slot.id, Pairing.stands)
        return [one.guest for one in db.session.scalars(there)]


def world(waiting: int = 3, seats: int = 1, day: int = 8) -> Freed:
    round = factories.round_(stage=Stage.PUBLISHED, published_at=NOW - timedelta(days=2))
    wished = factories.department(name="営業部")
    host = factories.person(department_=wished)
    slot = factories.slot(factories.opening(round, host, starts_at=at(day, 10), seats=seats, place="Room 7"))
    guest = factories.guest(round, wishes=(wished,))
    free(round, guest.person, day, 9, 17)
    factories.pairing(guest, slot, status=PairingStatus.PUBLISHED)
    waiters = [waiter(round, slot) for _ in range(waiting)]
    before = NOW - timedelta(days=2)
    invitations.tell(round, before, SENDER, before)
    for letter in db.session.scalars(select(Letter)):
        letter.state, letter.done_at = LetterState.SENT, before
    db.session.flush()
    return Freed(round, host, guest, slot, waiters)


def waiter(round: Round, slot: Slot) -> Guest:
    row = factories.guest(round, wishes=(slot.opening.department,))
    local_day = (slot.starts_at - at(0, 10)).days
    free(round, row.person, local_day, 9, 17)
    return row


def missed_last_time(guest: Guest, rounds: int = 1) -> None:
    """The guest's person wanted a visit in so many earlier rounds and had none."""
    for number in range(rounds):
        earlier = factories.round_(stage=Stage.ENDED, published_at=NOW - timedelta(days=200 + number))
        factories.guest(earlier, guest.person)


def letters_since(moment: datetime) -> Counter[tuple[str, LetterKind]]:
    """(person's code, kind) of the letters that have been written since and are to leave, or have left; but for the echo of the
    answer that somebody gave."""
    rows = db.session.scalars(select(Letter).where(Letter.due_at >= moment, Letter.kind != LetterKind.ANSWER_HEARD))
    kept = [one for one in rows if one.state in (LetterState.READY, LetterState.SENT)]
    return Counter((one.person.code, one.kind) for one in kept)


def states() -> list[SeatState]:
    return list(db.session.scalars(select(FreeSeat.state).order_by(FreeSeat.id)))
