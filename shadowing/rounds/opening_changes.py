"""What HR does to openings, at every stage and on behalf of their hosts, and what becomes of the visits there.

Each deed answers what it did to visits that stand in the plan, so that a page can do it, show that, and take it all back
until HR presses again. Before publishing a visit that cannot be is taken out of the plan; afterwards the next publish tells
its people, as of every other change. What the hosts hear of their opening itself: see `opening_mails.py`."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated

from sqlalchemy import or_, select

from shadowing.collecting import openings
from shadowing.collecting.offers import SEATS_MOST, Offer
from shadowing.company import audit
from shadowing.errors import Refusal, WrongStage
from shadowing.extensions import db
from shadowing.i18n import N_
from shadowing.matching import board, gather, pairings
from shadowing.matching.concerned import Touched
from shadowing.matching.excerpts import near
from shadowing.matching.why import CUSTOMER_NO, NO_LONGER, look_again
from shadowing.models import (
    OVER,
    Consent,
    Exceptions,
    Guest,
    Host,
    Opening,
    OpeningKind,
    Pairing,
    Person,
    Round,
    Slot,
    Stage,
)
from shadowing.rounds import opening_mails
from shadowing.rounds.opening_mails import Hearing
from shadowing.solver.alternatives import against, known, neighbourhood
from shadowing.typed import by, each, number, one_of

NOT_OFFERED = N_("The opening is not offered at that time.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seats:
    seats: Annotated[int, by(number(1, SEATS_MOST))]


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomersWord:
    consent: Annotated[Consent, by(one_of(each(Consent)))]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedVisit:
    """A visit as it stood before, in an *opening* (its id). *after* is when it takes place now, None where it does not; *why* is an
    English sentence."""

    guest: Person
    hosts: tuple[Person, ...]
    opening: int
    title: str
    before: datetime
    after: datetime | None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """What a deed does to visits; the *digest* is another one as soon as it does something else."""

    visits: tuple[ChangedVisit, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.visits)

    @property
    def digest(self) -> str:
        what = [(visit.guest.id, visit.title, visit.before, visit.after, visit.why) for visit in self.visits]
        return hashlib.sha256(repr(what).encode()).hexdigest()[:16]


Seen = Callable[[Effects], None]
"""Raises where somebody has to see the effects of a deed first. What a deed does beyond them is done only after it."""


def unseen(effects: Effects) -> None:
    """Nobody asks."""


def offer_for(
    round: Round, hosts: Sequence[Person], offer: Offer, by: Person, now: datetime, seen: Seen = unseen
) -> tuple[Opening, Effects]:
    """What hosts have told HR that they offer. A fixed date may bind a host who has another visit then."""
    refuse_wrong_stage(round)
    people = {host.id for host in hosts}
    standing, known = VisitsAround(round, people, 0, now), set(db.session.scalars(openings.of(hosts[0], round)))
    opening = openings.offer_for(round, hosts, offer, now)
    effects = standing.settle()
    seen(effects)
    if opening not in known and opening_mails.hearing(round, None, now) is Hearing.NOW:
        opening_mails.tell(opening, None, by, now)
    look_again(round, now, _touched(opening, effects))
    round.version += 1
    audit.record("offer_for", by, round, now, opening=opening.id, hosts=sorted(people))
    return opening, effects


def change(opening: Opening, offer: Offer, by: Person, now: datetime, seen: Seen = unseen) -> Effects:
    def rewrite() -> None:
        openings.refuse_withdrawn(opening)
        openings.rewrite(opening, offer, now)

    return _do("change_opening", opening, rewrite, by, now, seen)


def except_dates(opening: Opening, exceptions: Exceptions, by: Person, now: datetime, seen: Seen = unseen) -> Effects:
    """Where a regular meeting does not follow its rule from now on, and nothing else of it."""
    return _do("change_dates", opening, lambda: openings.except_dates(opening, exceptions, now), by, now, seen)


def withdraw(opening: Opening, by: Person, now: datetime, seen: Seen = unseen) -> Effects:
    """Twice is once."""
    return _do("withdraw_opening", opening, lambda: openings.take_off(opening, now), by, now, seen)


def offer_again(opening: Opening, by: Person, now: datetime, seen: Seen = unseen) -> Effects:
    """Visits that were called off by the withdrawal do not come back by themselves."""
    return _do("offer_again", opening, lambda: openings.put_on(opening, now), by, now, seen)


def set_seats(opening: Opening, seats: int, by: Person, now: datetime, seen: Seen = unseen) -> Effects:
    def set_them() -> None:
        openings.refuse_withdrawn(opening)
        openings.reseat(opening, seats, now)

    return _do("set_seats", opening, set_them, by, now, seen, seats=seats)


def record_consent(opening: Opening, said: Consent, by: Person, now: datetime, seen: Seen = unseen) -> Effects:
    """What the customer of a ride-along said, at whatever stage the round is."""
    if opening.kind is not OpeningKind.RIDE_ALONG:
        raise Refusal("No customer is asked for this opening.")

    def record() -> None:
        opening.customer_consent = said

    return _do("record_consent", opening, record, by, now, seen, consent=said.value)


def _do(
    deed: str, opening: Opening, do: Callable[[], None], by: Person, now: datetime, seen: Seen, **facts: object
) -> Effects:
    round = opening.round
    refuse_wrong_stage(round)
    openings.lock(opening)
    standing, topics = VisitsAround(round, {host.person_id for host in opening.hosts}, opening.id, now), opening.topics
    before, hearing = opening_mails.as_offered(opening), opening_mails.hearing(round, opening, now)
    do()
    effects = standing.settle()
    seen(effects)
    if hearing is Hearing.NOW:
        opening_mails.tell(opening, before, by, now)
    look_again(round, now, _touched(opening, effects, topics))
    round.version += 1
    audit.record(deed, by, round, now, opening=opening.id, visits=len(effects.visits), **facts)
    return effects


def _touched(opening: Opening, effects: Effects, topics: Iterable[str] = ()) -> Touched:
    return Touched(
        people=frozenset(visit.guest.id for visit in effects.visits),
        openings=frozenset([opening.id, *(visit.opening for visit in effects.visits)]),
        topics=frozenset(topics),
    )


def refuse_wrong_stage(round: Round) -> None:
    if round.stage is Stage.SOLVING:
        raise WrongStage("The pairings are being made. Stop the search first.")
    round.refuse_other_than(*(stage for stage in Stage if stage not in (Stage.SOLVING, *OVER)))


class VisitsAround:
    """The visits to come that a deed on an opening may touch: those in it, and all others of its hosts. Nothing is computed
    where there are none, as before any plan."""

    def __init__(self, round: Round, hosts: set[int], opening_id: int, now: datetime) -> None:
        self.round, self.opening_id, self.now = round, opening_id, now
        theirs = select(Host.opening_id).where(Host.person_id.in_(hosts))
        touched = or_(Slot.opening_id == opening_id, Slot.opening_id.in_(theirs), Guest.person_id.in_(hosts))
        self.rows = list(db.session.scalars(board.seated(round).where(Slot.starts_at > now, touched)))
        self.before = [_as_it_stood(row) for row in self.rows]
        self.broken = dict(self._broken()) if self.rows else {}

    def settle(self) -> Effects:
        """Take out what does not hold any more, and only because of the deed; answers what became of all. Where a customer said
        no, nothing in that opening holds."""
        if not self.rows:
            return Effects()
        db.session.flush()
        broken, found = dict(self._broken()), []
        for row, before in zip(self.rows, self.before, strict=True):
            refused = row.slot.opening.customer_consent is Consent.NO and row.slot.opening_id == self.opening_id
            held = refused or row.id not in self.broken or row.slot.cancelled_at is not None
            why = broken.get(row.id, NOT_OFFERED if refused else "") if held else ""
            if why:
                pairings.take_out(row, CUSTOMER_NO if refused else NO_LONGER)
                found.append(replace(before, after=None, why=why))
            elif row.slot.starts_at != before.before:
                found.append(replace(before, after=row.slot.starts_at))
        return Effects(visits=tuple(found))

    def _broken(self) -> Iterator[tuple[int, str]]:
        """The visits that break a rule beside the others, each with its sentence; what HR keeps is tried first."""
        tried = {pairings.seat_of(row): row for row in sorted(self.rows, key=lambda row: (not row.pinned, row.id))}
        excerpt = near(self.round, (seat.guest for seat in tried), (seat.opening for seat in tried))
        problem = replace(gather.problem(self.round, self.now, excerpt), earliest=0)
        plan = neighbourhood(problem, known(problem, set(pairings.seats(self.round, excerpt)) - tried.keys()))
        for seat in tried:
            if not known(problem, [seat]) or tried[seat].slot.cancelled_at:
                yield tried[seat].id, NOT_OFFERED
            elif wrong := against(plan, seat):
                yield tried[seat].id, pairings.BROKEN.get(wrong[0], pairings.SOME_RULE)
            else:
                plan.add(seat)


def _as_it_stood(row: Pairing) -> ChangedVisit:
    opening = row.slot.opening
    return ChangedVisit(
        guest=row.guest.person,
        hosts=tuple(host.person for host in opening.hosts),
        opening=opening.id,
        title=opening.title,
        before=row.slot.starts_at,
        after=row.slot.starts_at,
    )
