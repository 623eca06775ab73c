"""Pairings by hand: pin, move, place, remove, and what else a guest could take. What is done by hand stays in later plans.

Before publishing a pairing may be deleted; afterwards it is only marked, and the next publish tells those concerned."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Select, delete, exists, select
from sqlalchemy.orm import selectinload

from shadowing.company import audit
from shadowing.errors import Refusal, WrongStage
from shadowing.extensions import db
from shadowing.i18n import N_
from shadowing.matching import before, gather, why
from shadowing.matching.concerned import by_visits
from shadowing.matching.excerpts import WHOLE, Excerpt, near
from shadowing.matching.spans import minutes, moment
from shadowing.models import (
    Forbid,
    Guest,
    Host,
    Invitation,
    Opening,
    Pairing,
    PairingStatus,
    Person,
    Round,
    Slot,
    Stage,
)
from shadowing.solver import check
from shadowing.solver import problem as p
from shadowing.solver.alternatives import GUEST_OUT, NOT_OFFERED, blocked, displaced, met_elsewhere, neighbourhood

BROKEN = {
    "seats_hold": N_("All seats are taken, and no single guest could make room."),
    "one_place_at_a_time": N_("The guest or a host would have to be in two places at once."),
    "visits_hold": N_("The guest would have more visits than they want, or than the round allows."),
    "hosts_rest": N_("A host would have more guests in that week than the round allows."),
    "sessions_hold": N_("The opening would take place more often in that week than its hosts offer."),
    "hosts_are_met_once": N_("The guest would visit the same host twice."),
    "away_holds": N_("Too many people of the guest's department would be away at that time."),
    "floors_hold": N_("Too few people of the guest's department would be at work at that time."),
    "not_offered": N_("The opening is not offered at that time."),
    "guest_out": N_("The guest takes no part any more."),
    "guests_are_free": N_("The guest is not free at that time."),
    "hosts_are_free": N_("A host is not free at that time."),
    "guest_elsewhere": N_("The guest is on a visit of another round at that time, or has visitors in it."),
    "host_elsewhere": N_("A host is on a visit of another round at that time, or has visitors in it."),
    "notice_is_given": N_("That time is too close to be announced in time."),
    "other_department": N_("The opening is in the guest's own department."),
    "wishes_are_granted": N_("The guest did not wish for that department or topic."),
    "past_pairs_rest": N_("The guest met one of these hosts in an earlier round."),
    "sites_are_reached": N_("There would be too little time for the way from another visit of the guest."),
    "guests_half_days_hold": N_("The guest would be away on more half-days than they give, or than the round allows."),
    "hosts_half_days_hold": N_("A host would have visitors on more half-days than they give."),
    "contracts_allow": N_("The guest's contract does not allow this visit."),
    "no_boss_and_no_report": N_("A host is the guest's own manager or reports to the guest."),
    "customers_consent": N_("The customer did not agree to a visit."),
    "visits_per_week_hold": N_("The guest would have more visits in that week than the round allows."),
    "visits_are_returned": N_("In this round people visit each other, and no host there comes to the guest."),
}
"""What HR is told for the rules of `solver/check.py`. Private exclusions have no sentence of their own, on purpose."""
OFF_HOURS, AGREED = "off_hours", "agreed"
NAMED_MOST = 5
SOME_RULE = N_("This move would break a rule of the round.")


def in_slot(slot: Slot) -> Select[Pairing]:
    """Who visits there, whatever became of others."""
    return select(Pairing).where(Pairing.slot_id == slot.id, Pairing.stands).order_by(Pairing.id)


def seats(round: Round, excerpt: Excerpt = WHOLE) -> tuple[p.Seat, ...]:
    rows = db.session.execute(gather.seats_of(round, excerpt))
    return p.in_order(p.Seat(guest=row[0], opening=row[1], start=minutes(row[2])) for row in rows)


def refuse_broken(round: Round) -> None:
    """A second look without the solver at the plan as it stands now: what people changed meanwhile must not break it."""
    problem = replace(gather.problem(round, datetime.fromtimestamp(0, UTC)), earliest=0)
    standing = seats(round)
    _refuse_met_elsewhere(problem, standing)
    if not check.breaches(problem, _as_plan(standing)):
        return
    alone = {seat.guest for seat in standing if check.breaches(problem, _as_plan((seat,)))}
    raise Refusal(
        "Pairings no longer hold, because something changed meanwhile: %(names)s. Change them, or make the pairings again.",
        names=_names(alone or {seat.guest for seat in standing}),
    )


def _refuse_met_elsewhere(problem: p.Problem, standing: tuple[p.Seat, ...]) -> None:
    """What is kept by hand in two rounds at one time breaks no rule of either."""
    if met := met_elsewhere(problem, standing):
        raise Refusal(
            "Another round has a visit at the same time, of the guest or of a host: %(names)s. Move one of the two or take it "
            "out, then publish.",
            names=_names(met),
        )


def _names(people: set[int]) -> str:
    persons = select(Person).where(Person.id.in_(people)).order_by(Person.sort_key, Person.code)
    return ", ".join(person.display_name for person in db.session.scalars(persons.limit(NAMED_MOST)))


def refuse_begun(round: Round, now: datetime) -> None:
    """Nobody can be invited to what has begun. Visits that were told in time are another matter: those took place."""
    persons = select(Person).where(Person.id.in_(_untold_before(round, now))).order_by(Person.sort_key, Person.code)
    late = [person.display_name for person in db.session.scalars(persons.limit(NAMED_MOST))]
    if late:
        raise Refusal(
            "Visits have begun before anybody was invited to them: %(names)s. Move these people or take them out, then publish.",
            names=", ".join(late),
        )


def _untold_before(round: Round, now: datetime) -> Select[int]:
    """The people of visits that are planned only, begin at *now* at the latest, and stand in no calendar."""
    told = exists().where(
        Invitation.slot_id == Slot.id, Invitation.person_id == Guest.person_id, Invitation.cancelled_at.is_(None)
    )
    planned = select(Guest.person_id).join_from(Pairing, Guest).join(Slot, Slot.id == Pairing.slot_id)
    planned = planned.where(Pairing.round_id == round.id, Pairing.status == PairingStatus.PLANNED)
    return planned.where(Slot.starts_at <= now, ~told)


def _as_plan(standing: tuple[p.Seat, ...]) -> p.Plan:
    return p.Plan(status=p.Status.FEASIBLE, seats=standing, reasons=(), tiers=(), gap=0.0, seconds=0.0)


def problem_without(round: Round, instead: Pairing | None, now: datetime, excerpt: Excerpt = WHOLE) -> p.Problem:
    """The round, or an *excerpt* of it, with *instead* no longer held in its place."""
    problem = gather.problem(round, now, excerpt)
    given_up = seat_of(instead) if instead else None
    return replace(problem, pins=tuple(pin for pin in problem.pins if pin != given_up))


def with_hosts() -> Select[Opening]:
    """Openings with what a list shows of them."""
    return select(Opening).options(
        selectinload(Opening.hosts).joinedload(Host.person), selectinload(Opening.department)
    )


def tags(problem: p.Problem, seat: p.Seat) -> tuple[str, ...]:
    """Why this pairing: `wish_1` to `wish_3`, `topic_wish`, `new_wall` (the departments meet for the first time), `maybe`; and
    that it is OFF_HOURS."""
    people = {person.id: person for person in problem.people}
    opening = next(opening for opening in problem.openings if opening.id == seat.opening)
    guest = next(guest for guest in problem.guests if guest.person == seat.guest)
    met = [f"wish_{wish.rank}" for wish in guest.wishes if wish.department == opening.department]
    met += ["topic_wish" for wish in guest.wishes if wish.topic and wish.topic in opening.topics][:1]
    if (people[seat.guest].department, opening.department) not in problem.met:
        met.append("new_wall")
    end = seat.start + opening.minutes
    if any(span.level == 1 and span.start < end and seat.start < span.end for span in people[seat.guest].free):
        met.append("maybe")
    if off_hours(people, opening, seat.start):
        met.append(OFF_HOURS)
    return tuple(met)


def off_hours(people: Mapping[int, p.Person], opening: p.Opening, start: int) -> bool:
    """Whether a fixed opening, which takes place at whatever time it is offered, begins when none of its hosts works."""
    hours = [people[host].hours for host in opening.hosts]
    return opening.fixed and not any(not own or any(one.start <= start < one.end for one in own) for own in hours)


def pin(pairing: Pairing, by: Person | None, now: datetime) -> None:
    _keep(pairing, True, by, now)


def unpin(pairing: Pairing, by: Person | None, now: datetime) -> None:
    _keep(pairing, False, by, now)


def _keep(pairing: Pairing, pinned: bool, by: Person | None, now: datetime) -> None:
    """Twice is once, and then there is nothing more to take back."""
    only_under_review(pairing.guest.round)
    if pairing.pinned is not pinned:
        before.remember(pairing.guest.round, [pairing.guest_id], "pin" if pinned else "unpin", by, now)
        pairing.pinned = pinned


def move(pairing: Pairing, opening_id: int, start: int, by: Person | None, now: datetime) -> Pairing:
    """Put the guest into another slot (*start* in minutes since 1970) and hold it there. Refused where a rule would break."""
    return place(pairing.guest, opening_id, start, by, now, instead=pairing)


def place(
    guest: Guest, opening_id: int, start: int, by: Person | None, now: datetime, instead: Pairing | None = None
) -> Pairing:
    """Seat a guest by hand, *instead* of a pairing they have or besides. Whoever loses their place by it is unmatched; that
    HR took this guest out of the opening before counts no more."""
    only_under_review(guest.round)
    opening = db.session.get(Opening, opening_id)
    if opening is None or opening.round_id != guest.round_id or opening.withdrawn_at:
        raise Refusal("This opening is not there any more. Look at the other places for this guest.")
    seat = p.Seat(guest=guest.person_id, opening=opening_id, start=start)
    excerpt = near(guest.round, [guest.person_id], [opening_id])
    problem = let_in(guest.round, problem_without(guest.round, instead, now, excerpt), seat)
    loser = _loser(problem, seats(guest.round, excerpt), seat, instead)
    lost = _pairing_at(guest.round, loser) if loser else None
    before.remember(guest.round, [guest.id, *([lost.guest_id] if lost else [])], "place", by, now)
    gone = [pairing for pairing in (instead, lost) if pairing]
    touched = by_visits(gone, [guest], [opening])
    for pairing in gone:
        take_out(pairing)
    placed = hold(guest, opening, start, [*tags(problem, seat), "by_hand"])
    why.look_again(guest.round, now, touched)
    guest.round.version += 1
    audit.record("place", by, guest.round, now, guest=guest.id, opening=opening_id, start=start)
    return placed


def let_in(round: Round, problem: p.Problem, *seats: p.Seat) -> p.Problem:
    """That HR took these guests out of these openings before counts no more; that a host refused them does."""
    lifted = {(seat.guest, seat.opening) for seat in seats} - set(gather.refused(round))
    return replace(problem, forbids=tuple(pair for pair in problem.forbids if pair not in lifted))


def _loser(problem: p.Problem, standing: tuple[p.Seat, ...], seat: p.Seat, instead: Pairing | None) -> p.Seat | None:
    """Who has to go so that *seat* breaks no rule; None where nobody has to. Refused where that would not be enough."""
    given_up = seat_of(instead) if instead else None
    others = tuple(other for other in standing if other != given_up)
    broken = blocked(problem, others, seat)
    if broken is None:
        return None
    around = neighbourhood(problem, others)
    if broken not in (NOT_OFFERED, GUEST_OUT) and (loser := displaced(around, seat, around.broken(seat))):
        return loser
    raise Refusal(BROKEN.get(broken, SOME_RULE))


def _pairing_at(round: Round, seat: p.Seat) -> Pairing:
    there = select(Pairing).join(Pairing.slot).join(Pairing.guest)
    there = there.where(Pairing.round_id == round.id, Guest.person_id == seat.guest, Slot.opening_id == seat.opening)
    return db.session.scalars(there.where(Slot.starts_at == moment(seat.start))).one()


def hold(guest: Guest, opening: Opening, start: int, why: list[str]) -> Pairing:
    """Seat the guest by hand, whatever the rules say."""
    slot = db.session.scalar(select(Slot).where(Slot.opening_id == opening.id, Slot.starts_at == moment(start)))
    slot = slot or new_slot(opening, start)
    same = select(Pairing).where(Pairing.guest_id == guest.id, Pairing.slot_id == slot.id)
    pairing = db.session.scalar(same) or Pairing(round_id=guest.round_id, guest=guest, slot=slot)
    pairing.status, pairing.tags, pairing.pinned, pairing.by_hand = PairingStatus.PLANNED, why, True, True
    db.session.add(pairing)
    db.session.execute(delete(Forbid).where(Forbid.guest_id == guest.id, Forbid.opening_id == opening.id))
    guest.reason = None
    return pairing


def new_slot(opening: Opening, start: int) -> Slot:
    begin, length = moment(start), timedelta(minutes=opening.minutes)
    slot = Slot(opening=opening, starts_at=begin, ends_at=begin + length, seats=opening.seats)
    db.session.add(slot)
    db.session.flush()
    return slot


def remove(pairing: Pairing, by: Person | None, now: datetime, words: str = "") -> None:
    """Take the guest out, and keep later plans from putting them back into this opening. *words* say why, to HR alone."""
    only_under_review(pairing.guest.round)
    guest, opening_id, round = pairing.guest, pairing.slot.opening_id, pairing.guest.round
    before.remember(round, [guest.id], "remove", by, now)
    db.session.execute(delete(Forbid).where(Forbid.guest_id == guest.id, Forbid.opening_id == opening_id))
    db.session.add(Forbid(guest_id=guest.id, opening_id=opening_id, why=words))
    touched = by_visits([pairing])
    take_out(pairing)
    why.look_again(round, now, touched)
    round.version += 1
    audit.record("remove", by, round, now, guest=guest.id, opening=opening_id, words=words)


def take_out(pairing: Pairing, code: str = why.TAKEN_OUT) -> None:
    """Before publishing the row goes; afterwards it is marked, so that the next publish tells its people. *code* says why to
    the guest who has no visit left: one of `why.BY_HAND`."""
    guest, reason = pairing.guest, why.after(pairing, code)
    if pairing.status is PairingStatus.PLANNED:
        db.session.delete(pairing)
    else:
        pairing.status, pairing.pinned, pairing.lost = PairingStatus.DROPPED, False, reason.code in why.FELL_AWAY
    db.session.flush()
    standing = select(Pairing.id).where(Pairing.guest_id == guest.id, Pairing.stands)
    if not db.session.scalar(standing.limit(1)):
        guest.reason = reason


def only_under_review(round: Round) -> None:
    if round.stage not in (Stage.REVIEWING, Stage.PUBLISHED):
        raise WrongStage("The round “%(title)s” is at another step by now. Look at it again.", title=round.title)


def seat_of(pairing: Pairing) -> p.Seat:
    return p.Seat(guest=pairing.guest.person_id, opening=pairing.slot.opening_id, start=minutes(pairing.slot.starts_at))
