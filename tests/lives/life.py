"""A random life: a small round is published, and then things happen to it in a random order, through the product's own functions.

The mails leave through the real outbox to a real SMTP server that misbehaves now and then, and the sender dies now and then after a
mail has gone and before anybody wrote that down. Everything is drawn from the number of the life."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from email import message_from_bytes
from email.message import Message
from random import Random
from typing import Any

import vobject
from flask import Flask
from sqlalchemy import Engine, select, text

from shadowing.background import hearing, jobs, worker
from shadowing.collecting import openings
from shadowing.collecting.offers import Offer
from shadowing.config import MailTls
from shadowing.errors import Refusal
from shadowing.extensions import db
from shadowing.mail import arriving
from shadowing.mail.letters import Sender
from shadowing.mail.outbox import Fate, Lane, Outcome
from shadowing.mail.reader import MailReader
from shadowing.mail.smtp import Patience
from shadowing.matching import pairings
from shadowing.models import (
    LOST,
    Availability,
    Base,
    DatedSpan,
    Department,
    FreeTimes,
    Guest,
    Invitation,
    Job,
    Letter,
    LetterState,
    OpeningKind,
    Pairing,
    PairingStatus,
    Person,
    Round,
    Rsvp,
    Slot,
    Stage,
)
from shadowing.rounds import holding, rounds
from shadowing.visiting import invitations, resending
from tests import factories as make
from tests.conftest import emptied
from tests.factories import NAMES, NOW, PEOPLE, at
from tests.postbox import DROP, Calendar, Sink

TITLES = (
    "朝会 髙橋・﨑山・𠮷野家",
    "ﾊﾝｶｸｶﾅ の 会議 👩‍👩‍👧 “q” \\ ; , :",
    "d'Artagnan's <b>desk</b> & more",
    "長い題名" * 45,
    "X",
    "%(name)s {{ 7 * 7 }} %s",
)
PLACES = ("本社 3F; 会議室, A", "", "Room 7", "〒100-0001 千代田区 𠮷ビル\\2階", "👨🏽‍💻 Lab “Ω”", "長い場所" * 40)
PREPARATIONS = (
    "",
    "名刺\n筆記用具; ノート, PC\n\n\\ は改行ではない",
    "Bring C:\\new.\r\nBEGIN:VEVENT\r\nUID:x",
    "あ" * 3000,
)
WEEKDAYS = [day for day in range(1, 25) if day % 7 < 5]
HASTE = Patience(connect=10, command=10, dot=10)
DEEDS = 9
DRAWS = 6
"""So many times a deed is drawn, where there is nothing to do it to or it is refused."""
MINUTE = timedelta(minutes=1)


class Died(BaseException):
    """The sender was killed."""


class Postman(Lane):
    """Dies where *dies* says so: with the letter in hand, or once the mail server has confirmed and before that is written down."""

    dies: Callable[[], bool] = staticmethod(lambda: False)

    def send(self, letter: Letter) -> Outcome:
        if self.dies():
            raise Died
        outcome = super().send(letter)
        if outcome.fate is Fate.SENT and self.dies():
            self.close()
            raise Died
        return outcome


@dataclass(frozen=True, slots=True)
class Arrived:
    """A mail that reached its reader. *part* is its calendar, as bytes and as vobject reads it."""

    address: str
    content: bytes
    message_id: str
    part: bytes | None
    calendar: Any

    @classmethod
    def of(cls, address: str, content: bytes) -> "Arrived":
        mail = message_from_bytes(content)
        part = calendar_part(mail)
        return cls(address, content, str(mail["Message-ID"]), part, part and vobject.readOne(part.decode()))


def calendar_part(mail: Message) -> bytes | None:
    found = (part.get_payload(decode=True) for part in mail.walk() if part.get_content_type() == "text/calendar")
    return next((part for part in found if isinstance(part, bytes)), None)


@dataclass
class Life:
    app: Flask
    sink: Sink
    reader: MailReader
    number: int
    now: datetime = field(init=False)
    diary: list[str] = field(default_factory=list)
    offers: dict[int, Offer] = field(default_factory=dict)
    presses: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    arrived: list["Arrived"] = field(default_factory=list)
    calendars: dict[str, Calendar] = field(default_factory=lambda: defaultdict(Calendar))
    deaths: int = 0
    round_id: int = 0
    hr_id: int = 0

    def __post_init__(self) -> None:
        """Every third life is lived while the first visits begin."""
        self.now = NOW if self.number % 3 else at(-1, 9)
        self.random = Random(self.number)  # noqa: S311 - nothing secret
        self.postman = Postman(self.app.extensions["settings"], HASTE)
        self.postman.dies = self._dies
        self.trouble = True
        self.sink.digest, self.sink.refuse = self._digest, self._refuse

    # Its mail server and its sender

    def _dies(self) -> bool:
        dead = self.trouble and self.random.random() < 0.05
        self.deaths += dead
        return dead

    def _digest(self, content: bytes) -> str | None:
        chance = self.random.random() if self.trouble else 1.0
        return DROP if chance < 0.04 else "451 busy" if chance < 0.08 else None

    def _refuse(self, address: str) -> str | None:
        chance = self.random.random() if self.trouble else 1.0
        return "450 later" if chance < 0.04 else "550 5.1.1 No such user" if chance < 0.06 else None

    def post(self, most: int) -> None:
        """At most so many steps of the sender."""
        db.session.commit()
        for _ in range(most):
            try:
                if not worker.tick(self.app, self.postman, lambda: self.now):
                    break
            except Died:
                self.now += MINUTE
        db.session.expire_all()
        for address, content in self.sink.mails[len(self.arrived) :]:
            self.arrived.append(Arrived.of(address, content))
            if self.arrived[-1].calendar is not None:
                self.calendars[address].take(self.arrived[-1].calendar)

    def work(self) -> None:
        """The jobs that are due, but for repairs, which a deed of their own plays."""
        due = select(Job).where(Job.done_at.is_(None), Job.due_at <= self.now, Job.key.not_like("repair:%"))
        for job in db.session.scalars(due.order_by(Job.due_at, Job.id)).all():
            self.do(job)

    def do(self, job: Job) -> None:
        job.fence = 1
        db.session.commit()
        assert jobs.run(job, lambda progress: False, self.now), job.key
        db.session.commit()

    def receive(self, raw: bytes) -> None:
        """A mail arrives at the service."""
        arriving.take_in(raw, "shadowing@example.org", "somebody@example.org", self.now)
        db.session.commit()
        while hearing.tick(self.app, self.reader, lambda: self.now):
            pass
        db.session.expire_all()

    # Who and what is there

    @property
    def sender(self) -> Sender:
        return Sender.of(self.app.extensions["settings"])

    @property
    def round(self) -> Round:
        return db.session.get_one(Round, self.round_id)

    @property
    def hr(self) -> Person:
        return db.session.get_one(Person, self.hr_id)

    def standing(self) -> list[Invitation]:
        rows = select(Invitation).where(Invitation.cancelled_at.is_(None), Invitation.person_id != self.hr_id)
        return list(db.session.scalars(rows.order_by(Invitation.id)))

    def slots(self) -> list[Slot]:
        here = select(Slot).where(Slot.cancelled_at.is_(None), Slot.starts_at > self.now).order_by(Slot.id)
        return [one for one in db.session.scalars(here) if one.opening.withdrawn_at is None]

    def people(self) -> list[Person]:
        here = select(Person).where(Person.left_at.is_(None), Person.id != self.hr_id).order_by(Person.id)
        return list(db.session.scalars(here))

    # How it goes

    def begin(self) -> None:
        make.begin(self.number)
        sales, market, lab = (make.department(name=name) for name in ("営業部 “East”", "マーケ; 企画, 部", "𠮷 Lab"))
        self.hr_id = make.person(hr=True).id
        round = make.round_(
            title=f"{self.random.choice(TITLES)[:150]} {self.number}",
            stage=Stage.REVIEWING,
            rsvp=self.random.choice(list(Rsvp)),
            coordinator=self.hr,
            zone="Asia/Tokyo",
        )
        self.round_id = round.id
        hosts = [self._person(self.random.choice((market, lab))) for _ in range(3)]
        guests = [self._guest(round, sales, (market, lab)) for _ in range(5)]
        days = self.random.sample(WEEKDAYS, 5)
        for number, day in enumerate(days):
            first = hosts[number % 3]
            with_ = [one for one in hosts if one.department_id == first.department_id and one is not first][:1]
            self._opening(round, [first, *(with_ if self.random.random() < 0.3 else [])], day)
        self._pair(guests)
        self.publish()

    def _person(self, home: Department) -> Person:
        names = dict(zip(NAMES, self.random.choice(PEOPLE), strict=True))
        return make.person(department_=home, locale=self.random.choice(("ja", "en")), **names)

    def _guest(self, round: Round, home: Department, wishes: tuple[Department, ...]) -> Guest:
        guest = make.guest(round, self._person(home), wishes=wishes, visits=self.random.choice((1, 1, 2)))
        spans = tuple(DatedSpan(at(day, 9), at(day, 18), 2) for day in WEEKDAYS)
        db.session.add(Availability(round_id=round.id, person_id=guest.person_id, given=FreeTimes(spans=spans)))
        return guest

    def _opening(self, round: Round, hosts: list[Person], day: int) -> None:
        offer = Offer(
            kind=self.random.choice((OpeningKind.MEETING, OpeningKind.WORKSHOP, OpeningKind.MEETING)),
            title=self.random.choice(TITLES)[:200],
            first_on=self.day(day),
            local_time=time(self.random.choice((10, 11, 13, 15))),
            seats=self.random.choice((1, 2, 2, 3)),
            minutes=self.random.choice((45, 60, 90)),
            place=self.random.choice(PLACES)[:200],
            preparation=self.random.choice(PREPARATIONS),
            zone="Asia/Tokyo",
        )
        opening = openings.offer_for(round, hosts, offer, self.now)
        self.offers[opening.id] = offer

    @staticmethod
    def day(day: int) -> date:
        return at(day, 12).date()

    def _pair(self, guests: list[Guest]) -> None:
        """The first ones sit, one each; the last one waits."""
        db.session.flush()
        left = {slot: slot.seats for slot in self.slots()}
        for guest in guests[: self.random.choice((3, 4))]:
            slot = self.random.choice([one for one, seats in left.items() if seats])
            left[slot] -= 1
            make.pairing(guest, slot)

    def publish(self, without: frozenset[int] = frozenset()) -> None:
        rounds.publish(self.round, self.hr, self.round.version, self.now, self.sender, self.now, without)

    def take_out_begun(self) -> None:
        """Nobody can be invited to what has begun."""
        begun = select(Pairing).join(Pairing.slot).where(Slot.starts_at <= self.now)
        for one in db.session.scalars(begun.where(Pairing.status == PairingStatus.PLANNED)).all():
            pairings.remove(one, self.hr, self.now)

    def live(self, deeds: "tuple[Callable[[Life], None], ...]") -> None:
        self.begin()
        self.post(self.random.randrange(12))
        for _ in range(DEEDS):
            self.now += MINUTE * self.random.randrange(1, 500)
            self.work()
            for deed in self.random.sample(deeds, DRAWS):
                if self.done(deed):
                    break
            self.post(self.random.choice((0, 1, 2, 5, 100)))
        self.settle()

    def done(self, deed: "Callable[[Life], None]") -> bool:
        """False where it was refused, and nothing has changed."""
        try:
            deed(self)
            db.session.commit()
        except Refusal:
            db.session.rollback()
            return False
        self.diary.append(f"{self.now:%d %H:%M} {deed.__name__}")
        return True

    def settle(self) -> None:
        """All is told, all troubles are over, and whatever did not arrive is sent again."""
        self.trouble = False
        holding.resume(self.round, self.hr, self.now)
        for _ in range(40):
            self.now += timedelta(hours=3)
            self.work()
            if db.session.scalar(select(Letter.id).where(Letter.state == LetterState.HELD).limit(1)):
                holding.release(self.round, self.hr, self.now)
            if self.round.stage is Stage.PUBLISHED and invitations.planned(self.round, self.now, self.sender):
                self.take_out_begun()
                self.publish()
            self.post(1000)
            again = [one for one in self.lost() if resending.obstacle(one, self.now) is None]
            for letter in again:
                resending.send_again(letter, self.hr, self.now)
            if not again and not self.waiting():
                break
        db.session.commit()
        self.postman.close()

    def lost(self) -> list[Letter]:
        return list(db.session.scalars(select(Letter).where(Letter.state.in_(LOST))))

    def waiting(self) -> bool:
        return db.session.scalar(select(Letter.id).where(Letter.done_at.is_(None)).limit(1)) is not None


@contextmanager
def lived(app: Flask, sink: Sink, reader: MailReader, number: int, deeds: "Deeds") -> Iterator[Life]:
    """The *number*-th life, in a database without a row before it."""
    given = app.extensions["settings"]
    mail = {"mail_server": "127.0.0.1", "mail_port": sink.port, "mail_tls": MailTls.NONE, "mail_per_second": 10_000.0}
    app.extensions["settings"] = given.model_copy(update=mail | {"mail_listen": "127.0.0.1:1"})
    sink.mails.clear()
    with app.app_context():
        empty(db.engine)
        life = Life(app, sink, reader, number)
        life.live(deeds)
        yield life
    app.extensions["settings"] = given


Deeds = tuple[Callable[[Life], None], ...]


def empty(engine: Engine) -> None:
    """No row is left, and ids begin with 1."""
    if engine.dialect.name == "postgresql":
        emptied()
        return
    with engine.begin() as connection:
        connection.execute(text("PRAGMA defer_foreign_keys = ON"))
        for table in reversed(Base.metadata.sorted_tables):
            connection.execute(text(f'DELETE FROM "{table.name}"'))
