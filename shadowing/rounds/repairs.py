"""A repair of a published plan, from what the solver found to the mails: proposed to HR, taken, put aside, or taken by itself.

What a proposal would mail is what `invitations` writes for it: it is put in place for a look, and taken back."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select

from shadowing.company import audit
from shadowing.errors import Changed, Refusal
from shadowing.extensions import db
from shadowing.mail.letters import Sender
from shadowing.matching import asked_repairs, before, board, repairs, seating, why
from shadowing.matching.child import Mended
from shadowing.matching.concerned import Touched
from shadowing.matching.spans import moment
from shadowing.models import (
    Because,
    Guest,
    Host,
    LetterKind,
    MailAhead,
    Pairing,
    PairingStatus,
    Person,
    Proposal,
    Repair,
    RepairLimits,
    RepairState,
    Round,
    Stage,
)
from shadowing.rounds import rounds
from shadowing.solver import problem as p
from shadowing.visiting import invitations

TELLING, ALONE = "repair", "repair_alone"
"""The deeds by which a proposal was taken, by HR or by itself; the first is what can be taken back on the board."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailed:
    """Somebody, and what they are mailed by a proposal."""

    person: Person
    kinds: tuple[LetterKind, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPlace:
    """*guest* sits in the *opening* from *starts_at* on."""

    guest: Person
    opening: int
    starts_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownProposal:
    """A proposal in people: who moves, who has a place again, who has none, whom it mails."""

    number: int
    proposal: Proposal
    moved: tuple[Person, ...]
    places: tuple[NewPlace, ...]
    without: tuple[Person, ...]
    mailed: tuple[Mailed, ...]


def look(round: Round, by: Person | None, now: datetime) -> Repair:
    """Look for places for everybody who waits for one, with all others kept where they are."""
    round.refuse_other_than(Stage.PUBLISHED)
    if not asked_repairs.lost(round, now) and db.session.scalar(board.unmatched(round).limit(1)) is None:
        raise Refusal("Everybody who wants a visit has one.")
    repair = asked_repairs.ask(round, Because.WITHOUT, by, now)
    audit.record("look_for_places", by, round, now, repair=repair.id)
    return repair


def conclude(id: int, mended: Mended, sender: Sender, now: datetime) -> None:
    """Write what the solver found; where the round has changed meanwhile it is asked anew."""
    repair = db.session.get_one(Repair, id, with_for_update=True, populate_existing=True)
    round = repair.round
    if repair.state is not RepairState.WAITING or round.stage is not Stage.PUBLISHED:
        return
    repair.finished_at = now
    if round.version != repair.version:
        asked_repairs.ask(round, repair.because, None, now)
        return
    if mended.frontier is None:
        repair.state = RepairState.FAILED
        return
    problem, standing = repairs.settled(round, now)
    found = [repairs.proposal(option, standing) for option in mended.frontier.options]
    repair.concerned = list(mended.frontier.concerned)
    repair.proposals = tuple(replace(one, mails=_mails(round, problem, one, sender, now)) for one in found)
    repair.state = RepairState.PROPOSED
    db.session.flush()
    if _goes_alone(repair, now):
        take_and_tell(repair, 0, None, sender, now)


def fail(id: int, now: datetime) -> None:
    repair = db.session.get(Repair, id)
    if repair is not None and repair.state is RepairState.WAITING:
        repair.state, repair.finished_at = RepairState.FAILED, now


def _mails(
    round: Round, problem: p.Problem, proposal: Proposal, sender: Sender, now: datetime
) -> tuple[MailAhead, ...]:
    """The letters that the next publish writes where the proposal is taken."""
    look = db.session.begin_nested()
    try:
        seating.exchange(round, problem, proposal.given_up, proposal.taken, now)
        return _ahead(round, sender, now)
    finally:
        look.rollback()


def _ahead(round: Round, sender: Sender, now: datetime) -> tuple[MailAhead, ...]:
    db.session.flush()
    planned = invitations.planned(round, now, sender)
    found = (MailAhead(kind=one.kind, person=one.person.id) for one in planned)
    return tuple(sorted(found, key=lambda one: (one.person, one.kind)))


def _goes_alone(repair: Repair, now: datetime) -> bool:
    """Whether the first proposal is within what HR has allowed before."""
    limits, first = repair.round.repairs_alone, repair.proposals[0]
    if limits is None or repair.because is not Because.LOST or not first.taken or first.moved:
        return False
    gone = asked_repairs.lost(repair.round, now)
    if not first.mailed <= {*repair.concerned, *_hosts((*gone, *first.taken))} or _half_done(repair.round):
        return False
    earliest = min(seat.start for seat in (*first.taken, *first.given_up, *gone))
    ahead = moment(earliest) - now >= timedelta(hours=limits.hours_ahead)
    return ahead and len(first.mailed) <= limits.people_most


def _hosts(seats: Iterable[p.Seat]) -> frozenset[int]:
    openings = {seat.opening for seat in seats}
    return frozenset(db.session.scalars(select(Host.person_id).where(Host.opening_id.in_(openings))))


def _half_done(round: Round) -> bool:
    """Whether HR has changed something of which nobody is told yet: that leaves when HR says so."""
    planned = select(Pairing.id).where(Pairing.round_id == round.id, Pairing.status == PairingStatus.PLANNED)
    return db.session.scalar(planned.limit(1)) is not None


def set_limits(round: Round, limits: RepairLimits | None, by: Person | None, now: datetime) -> None:
    """Within which a repair needs nobody's press; None: each waits for HR."""
    round.refuse_other_than(Stage.REVIEWING, Stage.PUBLISHED)
    round.repairs_alone = limits
    facts = {"people": limits.people_most, "hours": limits.hours_ahead} if limits else {}
    audit.record("limit_repairs", by, round, now, **facts)


# What HR does with a proposal


def take(repair: Repair, number: int, by: Person | None, now: datetime) -> None:
    """Put a proposal in place; nobody is told before the next publish, and until then it can be taken back on the board."""
    repairs.refuse_settled(repair)
    round = repair.round
    if not 0 <= number < len(repair.proposals):
        raise Refusal("There is no such proposal. Look at them again.")
    if round.version != repair.version:
        raise Changed("The round has changed since this was proposed. Look for places again.")
    chosen = repair.proposals[number]
    people = {seat.guest for seat in (*chosen.given_up, *chosen.taken)}
    before.remember(round, _guest_ids(round, people), TELLING, by, now)
    repairs.put_in_place(round, chosen, now)
    repair.state, repair.chosen, repair.settled_at, repair.by_id = RepairState.TAKEN, number, now, by.id if by else None
    openings = frozenset(seat.opening for seat in (*chosen.given_up, *chosen.taken))
    why.reasons_again(round, now, Touched(people=frozenset(people), openings=openings))
    round.version += 1
    facts = {"visits": len(chosen.taken), "moved": len(chosen.moved)}
    audit.record(TELLING if by else ALONE, by, round, now, repair=repair.id, **facts)


def take_and_tell(repair: Repair, number: int, by: Person | None, sender: Sender, now: datetime) -> int:
    """One press: the proposal stands, and exactly the people that it named get their mail; answers how many letters leave."""
    take(repair, number, by, now)
    round = repair.round
    if _ahead(round, sender, now) != repair.proposals[number].mails:
        raise Changed("Other people would get a mail by now than this proposal says. Look for places again.")
    return rounds.publish(round, by, round.version, now, sender, now)


def put_aside(repair: Repair, by: Person | None, now: datetime) -> None:
    """The plan stays as it is. Twice is once."""
    if repair.state is RepairState.PUT_ASIDE:
        return
    repairs.refuse_settled(repair)
    repair.state, repair.settled_at, repair.by_id = RepairState.PUT_ASIDE, now, by.id if by else None
    audit.record("put_repair_aside", by, repair.round, now, repair=repair.id)


def _guest_ids(round: Round, people: set[int]) -> list[int]:
    ids = select(Guest.id).where(Guest.round_id == round.id, Guest.person_id.in_(people))
    return list(db.session.scalars(ids))


# What the page shows


def shown(repair: Repair) -> tuple[ShownProposal, ...]:
    ids = set(repair.concerned).union(*(one.mailed | {seat.guest for seat in one.taken} for one in repair.proposals))
    persons = {one.id: one for one in db.session.scalars(select(Person).where(Person.id.in_(ids)))}
    order = sorted(persons, key=lambda id: (persons[id].sort_key, persons[id].code))
    return tuple(_shown(number, repair, persons, order) for number in range(len(repair.proposals)))


def _shown(number: int, repair: Repair, persons: dict[int, Person], order: list[int]) -> ShownProposal:
    one = repair.proposals[number]
    seated, kinds = {seat.guest for seat in one.taken}, defaultdict(list)
    for mail in one.mails:
        kinds[mail.person].append(mail.kind)
    return ShownProposal(
        number=number,
        proposal=one,
        moved=tuple(persons[id] for id in order if id in one.moved),
        places=tuple(_place(persons, seat) for seat in sorted(one.taken, key=lambda seat: (seat.start, seat.guest))),
        without=tuple(persons[id] for id in order if id in repair.concerned and id not in seated),
        mailed=tuple(Mailed(person=persons[id], kinds=tuple(kinds[id])) for id in order if id in kinds),
    )


def _place(persons: dict[int, Person], seat: p.Seat) -> NewPlace:
    return NewPlace(guest=persons[seat.guest], opening=seat.opening, starts_at=moment(seat.start))
