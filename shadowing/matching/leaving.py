"""People who leave the company and who come back, and what that takes away: visits, mails that wait, access.

Visits that cannot take place are taken out at once; calendars are told when HR publishes the round again. What somebody
offered and answered stays in its tables and counts again once they are back."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import contains_eager

from shadowing.company import audit, people, running
from shadowing.errors import Refusal
from shadowing.extensions import db
from shadowing.matching import board, choices, pairings, why
from shadowing.matching.concerned import Touched, by_visits
from shadowing.models import (
    Guest,
    Host,
    Job,
    JobKind,
    LeaveArguments,
    Letter,
    LetterKind,
    LetterState,
    Opening,
    Pairing,
    Person,
    Round,
    SignIn,
    Slot,
    Stage,
)

OPEN = (Stage.DRAFT, Stage.COLLECTING, Stage.SOLVING, Stage.REVIEWING, Stage.PUBLISHED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caused:
    """What it takes away that somebody is not there: *visits* of their own, *hosted* visits of *guests* to them alone, *openings*
    that nobody offers then, *letters* that have not left, *links* and *sign_ins* that open pages, and *asked_of*, the rounds in
    which people are told to turn to them."""

    visits: tuple[Pairing, ...] = ()
    hosted: tuple[Pairing, ...] = ()
    openings: int = 0
    letters: int = 0
    links: int = 0
    sign_ins: int = 0
    asked_of: tuple[Round, ...] = ()
    guests: tuple[Person, ...] = ()

    @property
    def rounds(self) -> tuple[Round, ...]:
        return tuple(dict.fromkeys(pairing.slot.opening.round for pairing in (*self.visits, *self.hosted)))


def caused(person: Person, last_day: date, now: datetime) -> Caused:
    """What `let_go` would bring about now."""
    if person.left_at is not None:
        return Caused()
    at_once = is_over(person, last_day, now)
    return replace(
        visits_between(person, max(now, people.end_of(last_day, person.zone)), None),
        openings=_count(_left_alone(person)),
        letters=_count(_waiting(person)) if at_once else 0,
        links=_count(_rounds_of(person)),
        sign_ins=_count(
            select(SignIn.id).where(SignIn.person_id == person.id, SignIn.ended_at.is_(None), SignIn.ends_at > now)
        ),
        asked_of=tuple(db.session.scalars(_asked_of(person))),
    )


def visits_between(person: Person, since: datetime, until: datetime | None) -> Caused:
    """The visits alone that begin then and cannot take place without *person*."""
    coming = _coming(since) if until is None else _coming(since).where(Slot.starts_at < until)
    hosted = _hosted(person, coming)
    return Caused(
        visits=tuple(db.session.scalars(coming.where(Guest.person_id == person.id))),
        hosted=hosted,
        guests=tuple(dict.fromkeys(pairing.guest.person for pairing in hosted)),
    )


def is_over(person: Person, last_day: date, now: datetime) -> bool:
    """The last day itself counts as over: who is let go today has no access from now on."""
    return last_day <= now.astimezone(ZoneInfo(person.zone)).date()


def let_go(person: Person, last_day: date, by: Person | None, now: datetime) -> Caused:
    """Access ends at once, or when *last_day* is over; visits after it are taken out now. Twice is once.

    Raises Refusal for the only one who runs rounds."""
    if person.left_at is not None or person.last_day == last_day:
        return Caused()
    running.refuse_last(person)
    found = caused(person, last_day, now)
    person.last_day = last_day
    touched = take_out(found)
    for round in found.asked_of:
        round.coordinator = by if by is not person else None
        round.version += 1
    if is_over(person, last_day, now):
        _end(person, now)
    else:
        _later(person, last_day, now)
    look_again(person, touched, now)
    figures = {"visits": len(found.visits), "hosted": len(found.hosted), "letters": found.letters}
    audit.record("let_go", by, None, now, of=person.id, last_day=last_day.isoformat(), **figures)
    return found


def on_the_day(person: Person, last_day: date, now: datetime) -> None:
    """The last day is over; nothing happens where HR has taken it back or set another one meanwhile."""
    if person.last_day != last_day or person.left_at is not None:
        return
    touched = take_out(caused(person, last_day, now))
    _end(person, now)
    look_again(person, touched, now)
    audit.record("leave", None, None, now, of=person.id)


def take_back(person: Person, by: Person | None, now: datetime) -> None:
    """They are here again, with their answers and openings; visits that were taken out do not come back by themselves, nor
    do old links. Twice is once."""
    if person.left_at is None and person.last_day is None:
        return
    same = select(Person).where(func.lower(Person.email) == person.email.lower(), Person.left_at.is_(None))
    owner = db.session.scalar(same.where(Person.id != person.id).limit(1))
    if owner is not None:
        raise Refusal(
            "%(owner)s has the mail address %(address)s by now. Give one of the two another address first.",
            owner=owner.display_name,
            address=person.email,
        )
    person.left_at = person.last_day = None
    for round in db.session.scalars(_hosting(person)):
        round.version += 1
    look_again(person, Touched(), now)
    audit.record("take_back", by, None, now, of=person.id)


def take_out(found: Caused) -> Touched:
    """The visits that cannot take place; their rounds have changed. `look_again` is due once the person is gone, too."""
    for round in found.rounds:
        round.version += 1
    touched = by_visits((*found.visits, *found.hosted))
    for pairing in found.hosted:
        pairings.take_out(pairing, why.LOST_HOST)
    for pairing in found.visits:
        if pairing not in found.hosted:
            pairings.take_out(pairing, why.AWAY)
    return touched


def look_again(person: Person, touched: Touched, now: datetime) -> None:
    """Where *person*, who is gone or there again, is a guest or a host, there are more or fewer places than before."""
    for round in db.session.scalars(_taking_part(person)):
        why.look_again(round, now, replace(touched, people=touched.people | {person.id}))


def _end(person: Person, now: datetime) -> None:
    people.leave(person, now)
    ids = db.session.scalars(_waiting(person)).all()
    back = update(Letter).where(Letter.id.in_(ids)).values(state=LetterState.CANCELLED, done_at=now)
    db.session.execute(back.execution_options(synchronize_session="fetch"))


def _later(person: Person, last_day: date, now: datetime) -> None:
    arguments = LeaveArguments(person_id=person.id, last_day=last_day)
    due, key = people.end_of(last_day, person.zone), f"leave:{person.id}:{now.isoformat()}"
    db.session.add(Job(key=key, kind=JobKind.LEAVE, due_at=due, arguments=arguments))


# Who is concerned


def _coming(since: datetime) -> Select[Pairing]:
    coming = (
        select(Pairing).join(Pairing.slot).join(Slot.opening).join(Opening.round).join(Pairing.guest).join(Guest.person)
    )
    coming = coming.where(Pairing.stands, Slot.starts_at >= since, Round.stage.in_(OPEN))
    slot = contains_eager(Pairing.slot).contains_eager(Slot.opening)
    return coming.options(
        contains_eager(Pairing.guest).contains_eager(Guest.person).joinedload(Person.department),
        slot.contains_eager(Opening.round),
        slot.joinedload(Opening.department),
        slot.selectinload(Opening.hosts).joinedload(Host.person),
    ).order_by(Person.sort_key, Person.code, Slot.starts_at)


def _hosted(person: Person, coming: Select[Pairing]) -> tuple[Pairing, ...]:
    """Where another host is there the visit takes place all the same."""
    found = db.session.scalars(coming.where(Opening.id.in_(_own_openings(person))))
    return tuple(pairing for pairing in found if not hosted_by_others(pairing.slot, person))


def hosted_by_others(slot: Slot, person: Person) -> bool:
    others = (host.person for host in slot.opening.hosts if host.person_id != person.id)
    return any(people.there(other, slot.starts_at) for other in others)


def _own_openings(person: Person) -> Select[int]:
    return select(Host.opening_id).where(Host.person_id == person.id)


def _left_alone(person: Person) -> Select[int]:
    """Openings in rounds that are not over, of which *person* is the only host who is here."""
    others = select(Host.opening_id).join(Host.person).where(Host.person_id != person.id, Person.left_at.is_(None))
    mine = select(Opening.id).join(Opening.round).where(Opening.withdrawn_at.is_(None), Round.stage.in_(OPEN))
    return mine.where(Opening.id.in_(_own_openings(person)), Opening.id.not_in(others))


def _waiting(person: Person) -> Select[int]:
    """Mails that nobody is sending right now. Cancellations still go: they clear a calendar."""
    waiting = select(Letter.id).where(
        Letter.person_id == person.id, Letter.done_at.is_(None), Letter.lease_until.is_(None)
    )
    return waiting.where(Letter.kind.not_in((LetterKind.CANCEL, LetterKind.TEST_CANCEL)))


def _rounds_of(person: Person) -> Select[int]:
    """Rounds whose personal link they have."""
    asked = select(Guest.round_id).where(Guest.person_id == person.id, Guest.asked_at.is_not(None))
    hosting = select(Opening.round_id).where(Opening.id.in_(_own_openings(person)))
    return select(Round.id).where(Round.stage.in_(OPEN), Round.id.in_(asked.union(hosting)))


def _hosting(person: Person) -> Select[Round]:
    hosting = select(Opening.round_id).where(Opening.id.in_(_own_openings(person)))
    return select(Round).where(Round.stage.in_(OPEN), Round.id.in_(hosting))


def _taking_part(person: Person) -> Select[Round]:
    visiting = select(Guest.round_id).where(Guest.person_id == person.id, Guest.visits > 0)
    hosting = select(Opening.round_id).where(Opening.id.in_(_own_openings(person)))
    return select(Round).where(Round.stage.in_(OPEN), Round.id.in_(visiting.union(hosting))).order_by(Round.id)


def _asked_of(person: Person) -> Select[Round]:
    return select(Round).where(Round.coordinator_id == person.id, Round.stage.in_(OPEN)).order_by(Round.id)


def _count(ids: Select[int]) -> int:
    return db.session.scalar(select(func.count()).select_from(ids.subquery())) or 0


# Who lost a visit by it


def take_out_gone(round: Round, now: datetime) -> None:
    """Somebody may have left, or begun a pause, while a plan with them was being made."""
    gone = list(_gone(db.session.scalars(board.seated(round).where(Slot.starts_at >= now))))
    touched = by_visits(pairing for pairing, _ in gone)
    for pairing, code in gone:
        pairings.take_out(pairing, code)
    if gone:
        why.look_again(round, now, touched)


def _gone(visits: Iterable[Pairing]) -> Iterator[tuple[Pairing, str]]:
    """Those that cannot take place, and why."""
    for pairing in visits:
        start, hosts = pairing.slot.starts_at, pairing.slot.opening.hosts
        if not people.there(pairing.guest.person, start):
            yield pairing, why.AWAY
        elif not any(people.there(host.person, start) for host in hosts):
            yield pairing, why.LOST_HOST


def stranded(guests: Iterable[Guest]) -> tuple[Guest, ...]:
    """Of *guests* without a visit those who had one until its host was gone."""
    return tuple(guest for guest in guests if guest.reason is not None and guest.reason.code == why.LOST_HOST)


def place_again(round: Round, by: Person | None, now: datetime) -> int:
    """Give each stranded guest the best place that costs nobody else theirs; answers how many have one now."""
    pairings.only_under_review(round)
    placed = 0
    for guest in stranded(db.session.scalars(board.unmatched(round)).all()):
        found = choices.alternatives(guest, None, now)
        free = next((choice for choice in found if choice.displaced is None), None)
        if free is not None:
            pairings.place(guest, free.opening.id, free.start, by, now)
            placed += 1
    return placed
