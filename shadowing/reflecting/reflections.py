"""What a guest writes after a visit and what a host answers, within thirty days: a draft is kept apart from what was sent, so that
nobody reads half a sentence."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager, joinedload

from shadowing import typed
from shadowing.company import audit
from shadowing.errors import Refusal
from shadowing.extensions import db
from shadowing.mail import letters
from shadowing.models import Guest, Happened, Host, Opening, Pairing, PairingStatus, Person, Round, Slot
from shadowing.models.reflecting import HostAgain, HostThanks, Reflection, ShareLevel, Wall
from shadowing.reflecting import sharing
from shadowing.typed import Mistakes, Unfit, Yes, by
from shadowing.visiting import briefs, outcomes

OPEN_FOR = timedelta(days=30)
WORDS_MOST, LINE_MOST = 2000, 300
VISITS_MOST = 100
FEW = 5
"""Of fewer visits than this nothing is counted."""
FIELDS = (
    *("why_not_held", "tried", "why_it_worked", "cause_if_not", "brings_back", "for_whom"),
    *("walls", "customer_said", "quotable", "share"),
)
Words = Annotated[str, by(typed.text(WORDS_MOST))]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReflectionDraft:
    """A guest's answers. Where it did not take place only *why_not_held* is asked."""

    said: Annotated[Happened | None, by(typed.one_of({str(one): one for one in Happened}))] = None
    why_not_held: Words = ""
    tried: Words = ""
    why_it_worked: Words = ""
    cause_if_not: Words = ""
    brings_back: Words = ""
    for_whom: Annotated[str, by(typed.line(LINE_MOST))] = ""
    walls: Annotated[tuple[Wall, ...], by(typed.several(typed.one_of({str(one): one for one in Wall})))] = ()
    customer_said: Words = ""
    quotable: Yes = False
    share: Annotated[ShareLevel, by(typed.one_of({str(one): one for one in ShareLevel}))] = ShareLevel.HOST


@dataclass(frozen=True, slots=True, kw_only=True)
class ThanksDraft:
    """A host's answers about one guest."""

    said: Annotated[Happened | None, by(typed.one_of({str(one): one for one in Happened}))] = None
    line: Annotated[str, by(typed.text(WORDS_MOST))] = ""
    again: Annotated[HostAgain | None, by(typed.one_of({str(one): one for one in HostAgain}))] = None


# Written


def refuse_closed(pairing: Pairing, now: datetime) -> None:
    """Not before the visit is over, nor of one that is off, nor after thirty days."""
    outcomes.refuse_early(pairing, now)
    if now > pairing.slot.ends_at + OPEN_FOR:
        raise Refusal("This visit was more than 30 days ago, so its reflection can no longer be written or changed.")


def send(pairing: Pairing, given: ReflectionDraft, now: datetime) -> Reflection:
    """Twice is once: a later one replaces the earlier, and the draft is gone. Raises Mistakes."""
    refuse_closed(pairing, now)
    _refuse_empty(given)
    outcomes.say(pairing, pairing.guest.person, _said(given.said), now)
    row = _row(pairing)
    before = row.customer_said
    for name in ("tried", "why_it_worked", "cause_if_not", "brings_back", "for_whom", "why_not_held", "customer_said"):
        setattr(row, name, getattr(given, name))
    row.walls = [one.value for one in given.walls]
    row.quotable = given.quotable and bool(given.customer_said)
    if not row.quotable or row.customer_said != before:
        row.released_at = None
    row.share, row.sent_at, row.draft = given.share, now, None
    letters.take_back(briefs.asked_of(pairing.slot_id, row.person_id), now)
    db.session.flush()
    return row


def keep(pairing: Pairing, typed_in: Mapping[str, Sequence[str]], now: datetime) -> None:
    """As a draft, whatever it says; an empty form replaces none. What became of the visit is not kept: that is pressed when it
    is sent, so that a program which sends every form as it stands sends no draft."""
    refuse_closed(pairing, now)
    draft = {name: [one[:WORDS_MOST] for one in typed_in.get(name, ()) if one.strip()] for name in FIELDS}
    if any(draft[name] for name in FIELDS if name != "share"):
        _row(pairing).draft = draft
        db.session.flush()


def thank(pairing: Pairing, host: Person, given: ThanksDraft, now: datetime) -> HostThanks:
    """By a host of the visit; twice is once."""
    refuse_closed(pairing, now)
    outcomes.say(pairing, host, _said(given.said), now)
    _locked(pairing)
    row = db.session.scalar(thanks_by(host, [pairing]))
    if row is None:
        row = HostThanks(pairing=pairing, person=host, line=given.line, again=given.again, at=now)
        db.session.add(row)
    row.line, row.again, row.at = given.line, given.again, now
    letters.take_back(briefs.asked_of(pairing.slot_id, host.id), now)
    db.session.flush()
    return row


def release(reflection: Reflection, hr: Person, now: datetime) -> None:
    """The customer's words, without a name, may be read by whoever reads the reflection. Twice is once."""
    if reflection.released_at is None:
        reflection.released_at = now
        audit.record("release_quote", hr, reflection.pairing.guest.round, now, of=reflection.person_id)


def withhold(reflection: Reflection, hr: Person, now: datetime) -> None:
    """A release is taken back: only those who were there read the customer's words. Twice is once."""
    if reflection.released_at is not None:
        reflection.released_at = None
        audit.record("withhold_quote", hr, reflection.pairing.guest.round, now, of=reflection.person_id)


def _said(said: Happened | None) -> Happened:
    if said is None:
        raise Mistakes({"said": Unfit("Please choose what became of the visit.")})
    return said


def _refuse_empty(given: ReflectionDraft) -> None:
    _said(given.said)
    if given.said is not Happened.LOST and not given.tried:
        raise Mistakes({"tried": Unfit("Please say in a few words what you tried or saw.")})


def _row(pairing: Pairing) -> Reflection:
    _locked(pairing)
    row = db.session.scalar(of_pairing(pairing))
    if row is None:
        row = Reflection(pairing=pairing, person=pairing.guest.person, walls=[])
        db.session.add(row)
        db.session.flush()
    return row


def _locked(pairing: Pairing) -> None:
    """Two who write of the same visit do so one after the other."""
    db.session.execute(select(Pairing.id).where(Pairing.id == pairing.id).with_for_update())


# Read


def of_pairing(pairing: Pairing) -> Select[Reflection]:
    return select(Reflection).where(Reflection.pairing_id == pairing.id)


def thanks_by(host: Person, pairings: Iterable[Pairing]) -> Select[HostThanks]:
    ids = [one.id for one in pairings]
    return select(HostThanks).where(HostThanks.pairing_id.in_(ids), HostThanks.person_id == host.id)


def in_slot(slot_id: int, person: Person, round: Round) -> Select[Pairing]:
    """The visits in one slot that *person* may write about: their own as guest, or those of their guests."""
    hosted = select(Host.id).where(Host.opening_id == Slot.opening_id, Host.person_id == person.id)
    found = select(Pairing).join(Pairing.slot).join(Pairing.guest).where(Slot.id == slot_id)
    found = found.where(Pairing.round_id == round.id, Pairing.status.in_((PairingStatus.PUBLISHED, PairingStatus.HELD)))
    people = contains_eager(Pairing.guest).joinedload(Guest.person).joinedload(Person.department)
    found = found.options(people, contains_eager(Pairing.slot).joinedload(Slot.opening))
    return found.where((Guest.person_id == person.id) | hosted.exists()).order_by(Pairing.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reflected:
    """How many *held* visits were *written* about."""

    held: int
    written: int

    @property
    def few(self) -> bool:
        return self.held < FEW


def counted(round: Round) -> Reflected:
    held = select(Pairing.id).where(Pairing.round_id == round.id, Pairing.status == PairingStatus.HELD)
    written = select(func.count(Reflection.id)).where(sharing.sent(round), Reflection.pairing_id.in_(held))
    count = select(func.count()).select_from(held.subquery())
    return Reflected(held=db.session.scalar(count) or 0, written=db.session.scalar(written) or 0)


def seen(person: Person) -> Select[Pairing]:
    """The held visits of *person*, as guest or as host, of all rounds, the latest ones."""
    hosted = select(Host.id).where(Host.opening_id == Slot.opening_id, Host.person_id == person.id)
    return _held().where((Guest.person_id == person.id) | hosted.exists()).limit(VISITS_MOST)


def came_to(department_id: int) -> Select[Pairing]:
    """The held visits to a department by people of others, the latest ones."""
    others = Person.department_id.is_distinct_from(department_id)
    return _held().join(Guest.person).where(Opening.department_id == department_id, others).limit(VISITS_MOST)


def went_from(department_id: int) -> Select[Pairing]:
    """The held visits of its people elsewhere, the latest ones."""
    mine = (Person.department_id == department_id, Opening.department_id != department_id)
    return _held().join(Guest.person).where(*mine).limit(VISITS_MOST)


def _held() -> Select[Pairing]:
    found = select(Pairing).join(Pairing.slot).join(Slot.opening).join(Pairing.guest)
    slot = contains_eager(Pairing.slot).contains_eager(Slot.opening)
    return (
        found.where(Pairing.status == PairingStatus.HELD)
        .options(
            contains_eager(Pairing.guest).joinedload(Guest.person).joinedload(Person.department),
            slot.joinedload(Opening.department),
            slot.selectinload(Opening.hosts).joinedload(Host.person),
        )
        .order_by(Slot.starts_at.desc(), Pairing.id)
    )


def thanks_for(person: Person) -> Select[HostThanks]:
    """The lines that hosts wrote to *person*."""
    found = select(HostThanks).join(HostThanks.pairing).join(Pairing.guest)
    found = found.where(Guest.person_id == person.id, HostThanks.line != "").order_by(HostThanks.at.desc())
    return found.options(joinedload(HostThanks.person).joinedload(Person.department))


def again_of(person: Person, before: Round) -> HostAgain | None:
    """What the host said last, in an earlier round than the one *before* which they are asked."""
    found = select(HostThanks.again).join(HostThanks.pairing).where(HostThanks.person_id == person.id)
    found = found.where(HostThanks.again.is_not(None), Pairing.round_id != before.id)
    return db.session.scalar(found.order_by(HostThanks.at.desc()).limit(1))
