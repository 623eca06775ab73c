"""Nobody is asked anew whom a deed does not concern: looking at some is the same as looking at all."""

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import time, timedelta
from typing import TypeVar

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.collecting.goals import GoalsAnswer, Wish
from shadowing.collecting.offers import Offer
from shadowing.errors import Refusal
from shadowing.extensions import db
from shadowing.matching import (
    before,
    board,
    choices,
    flags,
    gather,
    host_refusals,
    leaving,
    pairings,
    pausing,
    swaps,
    undoing,
    why,
)
from shadowing.matching.excerpts import WHOLE, near
from shadowing.models import (
    Consent,
    DatedSpan,
    FreeTimes,
    Guest,
    HostRefusal,
    Opening,
    OpeningKind,
    Pairing,
    PairingStatus,
    Person,
    Round,
    Stage,
    WhyUnmatched,
)
from shadowing.rounds import answers, opening_changes
from shadowing.solver import problem as p
from shadowing.solver.alternatives import blocked
from shadowing.solver.explain import Code, Remedy
from shadowing.visiting import slots
from tests import factories
from tests.factories import MONDAY, NOW, at, free
from tests.long import Portion
from tests.matching.drawn import TOPICS, drawn

DEEDS_EACH = 8
TODAY = NOW.date()
Row = TypeVar("Row")
Reasons = dict[int, WhyUnmatched | None]


@pytest.mark.long(slices=20, count=20, sample=4)
def test_whoever_is_not_looked_at_again_has_the_reason_of_a_look_at_everybody(
    session: Session, portion: Portion
) -> None:
    assert portion.failing(lambda seed: of_its_own(seed, untrue)) == {}


@pytest.mark.long(slices=20, count=20, sample=4)
def test_a_place_is_judged_from_what_is_near_as_from_the_whole_round(session: Session, portion: Portion) -> None:
    assert portion.failing(lambda seed: of_its_own(seed, judged_otherwise)) == {}


@pytest.mark.long(slices=20, count=20, sample=4)
def test_visits_that_an_edit_hit_are_found_from_what_the_rules_ask_as_from_the_whole_round(
    session: Session, portion: Portion
) -> None:
    assert portion.failing(lambda seed: of_its_own(seed, flagged_otherwise)) == {}


def of_its_own(seed: int, wrong: Callable[[random.Random, Round], object]) -> object:
    """What is wrong with the round of this number, which leaves nothing behind."""
    dice = random.Random(f"concerned {seed}")  # noqa: S311
    found = wrong(dice, drawn(dice))
    db.session.rollback()
    db.session.expunge_all()
    return found


def untrue(dice: random.Random, round: Round) -> object:
    """The first deed after which a look at everybody finds something else, and of whom."""
    why.look_again(round, NOW)
    said = reasons(round)
    for number in range(DEEDS_EACH):
        deed = dice.choice(DEEDS)
        with suppress(Refusal), db.session.begin_nested():
            deed(dice, round)
        partly = reasons(round)
        why.look_again(round, NOW)
        whole = reasons(round)
        if partly != whole:
            wrong = {guest: (partly[guest], told) for guest, told in whole.items() if partly[guest] != told}
            return number, deed.__name__, round.stage, wrong, said
    return None


def reasons(round: Round) -> Reasons:
    return {guest.id: guest.reason for guest in db.session.scalars(board.unmatched(round))}


def flagged_otherwise(dice: random.Random, round: Round) -> object:
    """The first deed after which the board says of a visit what a look at everything does not."""
    for number in range(DEEDS_EACH):
        deed = dice.choice(DEEDS)
        with suppress(Refusal), db.session.begin_nested():
            deed(dice, round)
        found, expected = flags.of(round, NOW), flags.of(round, NOW, WHOLE)
        if found != expected:
            return number, deed.__name__, found, expected
    return None


def judged_otherwise(dice: random.Random, round: Round) -> object:
    """The first place that breaks another rule in what is near it than in the whole round."""
    whole, standing = gather.problem(round, NOW), pairings.seats(round)
    tries = [(guest.person, opening) for guest in whole.guests for opening in whole.openings]
    for person, opening in dice.sample(tries, min(20, len(tries))):
        excerpt = near(round, [person], [opening.id])
        problem, seats = gather.problem(round, NOW, excerpt), pairings.seats(round, excerpt)
        for start in dice.sample(opening.starts, min(3, len(opening.starts))):
            seat = p.Seat(guest=person, opening=opening.id, start=start)
            found, expected = blocked(problem, seats, seat), blocked(whole, standing, seat)
            if found != expected:
                return seat, found, expected
    return None


# Deeds drawn at random


def chosen(dice: random.Random, rows: Sequence[Row]) -> Row:
    """Raises Refusal where there is none, as a page would."""
    if not rows:
        raise Refusal("There is none.")
    return dice.choice(rows)


def a_visit(dice: random.Random, round: Round) -> Pairing:
    return chosen(dice, db.session.scalars(board.seated(round)).all())


def a_guest(dice: random.Random, round: Round) -> Guest:
    return chosen(dice, db.session.scalars(select(Guest).where(Guest.round_id == round.id).order_by(Guest.id)).all())


def an_opening(dice: random.Random, round: Round) -> Opening:
    rows = select(Opening).where(Opening.round_id == round.id).order_by(Opening.id)
    return chosen(dice, db.session.scalars(rows).all())


def a_person(dice: random.Random, round: Round) -> Person:
    return a_guest(dice, round).person


def hr() -> Person:
    return db.session.scalars(select(Person).order_by(Person.id.desc()).limit(1)).one()


def place(dice: random.Random, round: Round) -> None:
    guest = chosen(dice, [*db.session.scalars(board.unmatched(round)), a_guest(dice, round)])
    has = db.session.scalars(select(Pairing).where(Pairing.guest_id == guest.id, Pairing.stands)).all()
    instead = dice.choice([None, *has])
    choice = chosen(dice, choices.alternatives(guest, instead, NOW))
    pairings.place(guest, choice.opening.id, choice.start, None, NOW, instead)


def swap(dice: random.Random, round: Round) -> None:
    visit = a_visit(dice, round)
    found = [choice.swap for choice in choices.alternatives(visit.guest, visit, NOW) if choice.swap]
    swaps.swap(visit, chosen(dice, found), None, NOW)


def remove(dice: random.Random, round: Round) -> None:
    pairings.remove(a_visit(dice, round), None, NOW)


def undo(dice: random.Random, round: Round) -> None:
    rows = db.session.scalars(before.last_deed(round)).all()
    undoing.undo(round, chosen(dice, rows).id, None, NOW)


def call_off(dice: random.Random, round: Round) -> None:
    slots.call_off(a_visit(dice, round).slot, None, NOW)


def reschedule(dice: random.Random, round: Round) -> None:
    slot = a_visit(dice, round).slot
    later = slot.starts_at + timedelta(days=dice.randint(-1, 1), hours=dice.randint(-3, 3))
    slots.reschedule(slot, later, None, NOW, sure=True)


def refuse(dice: random.Random, round: Round) -> None:
    guest = a_guest(dice, round)
    host = chosen(dice, db.session.scalars(host_refusals.hosts(guest)).all())
    host_refusals.refuse(guest, host_refusals.HostRefusalDraft(host=host.id, why="no"), hr(), NOW)


def allow(dice: random.Random, round: Round) -> None:
    rows = select(HostRefusal).join(Guest).where(Guest.round_id == round.id).order_by(HostRefusal.id)
    host_refusals.allow(chosen(dice, db.session.scalars(rows).all()), hr(), NOW)


def withdraw(dice: random.Random, round: Round) -> None:
    opening_changes.withdraw(an_opening(dice, round), hr(), NOW)


def offer_again(dice: random.Random, round: Round) -> None:
    opening_changes.offer_again(an_opening(dice, round), hr(), NOW)


def set_seats(dice: random.Random, round: Round) -> None:
    opening_changes.set_seats(an_opening(dice, round), dice.randint(1, 3), hr(), NOW)


def say_consent(dice: random.Random, round: Round) -> None:
    opening_changes.record_consent(an_opening(dice, round), dice.choice(list(Consent)), hr(), NOW)


def change(dice: random.Random, round: Round) -> None:
    opening_changes.change(an_opening(dice, round), an_offer(dice), hr(), NOW)


def offer(dice: random.Random, round: Round) -> None:
    opening_changes.offer_for(round, [a_person(dice, round)], an_offer(dice), hr(), NOW)


def an_offer(dice: random.Random) -> Offer:
    return Offer(
        kind=dice.choice([OpeningKind.DESK, OpeningKind.MEETING]),
        title=f"Offer {dice.random()}",
        minutes=dice.choice([60, 120]),
        seats=dice.randint(1, 2),
        flexible=dice.random() < 0.5,
        first_on=MONDAY + timedelta(days=dice.randint(0, 3)),
        local_time=time(dice.choice([9, 10, 14, 16])),
        zone="Asia/Tokyo",
        topics=tuple(dice.sample(TOPICS, dice.randint(0, 2))),
        most_per_week=dice.choice([None, 1]),
    )


def let_go(dice: random.Random, round: Round) -> None:
    leaving.let_go(a_person(dice, round), dice.choice([TODAY, MONDAY + timedelta(days=1)]), None, NOW)


def take_back(dice: random.Random, round: Round) -> None:
    leaving.take_back(a_person(dice, round), None, NOW)


def pause(dice: random.Random, round: Round) -> None:
    pausing.pause(a_person(dice, round), MONDAY + timedelta(days=dice.choice([2, 40])), None, NOW)


def resume(dice: random.Random, round: Round) -> None:
    pausing.resume(a_person(dice, round), None, NOW)


def type_in(dice: random.Random, round: Round) -> None:
    guest, other = a_guest(dice, round), a_guest(dice, round)
    named = (Wish(other.person.department_id, None), Wish(None, dice.choice(TOPICS)))
    wishes = tuple(wish for wish in named if wish.department_id != guest.person.department_id)
    said = GoalsAnswer(wishes=wishes, visits=dice.randint(1, 2), surprise=dice.random() < 0.2)
    times = dice.choice([None, FreeTimes(), FreeTimes(spans=tuple(week(dice)))])
    answers.type_in(guest.person, round, said, times, answers.version(guest), hr(), NOW)


def week(dice: random.Random) -> Iterator[DatedSpan]:
    for day in range(4):
        if dice.random() < 0.6:
            yield DatedSpan(at(day, 9), at(day, dice.choice([12, 18])), 2)


DEEDS = (
    *(place, place, swap, remove, remove, undo, call_off, reschedule, refuse, allow, withdraw, offer_again, set_seats),
    *(say_consent, change, offer, let_go, take_back, pause, resume, type_in),
)


def test_a_visit_that_is_called_off_lets_a_colleague_leave_who_wishes_for_something_else(session: Session) -> None:
    home = factories.department(away_most=1)
    round = factories.round_(stage=Stage.PUBLISHED)
    visited, wished = (factories.opening(round, factories.person(department_=factories.department())) for _ in range(2))
    seat = factories.slot(visited)
    factories.slot(wished, at(1, 10))
    factories.slot(wished, at(2, 10))
    colleague = factories.guest(round, factories.person(department_=home), (visited.department,))
    factories.pairing(colleague, seat, status=PairingStatus.PUBLISHED)
    guest = factories.guest(round, factories.person(department_=home), (wished.department,))
    free(round, guest.person, 1, 9, 12)
    why.look_again(round, NOW)
    waiting = guest.reason

    slots.call_off(seat, None, NOW)

    assert waiting
    assert (waiting.code, waiting.remedy) == (Code.AWAY_LIMIT, Remedy.ONE_MORE_HALF_DAY)
    assert guest.reason
    assert (guest.reason.code, guest.reason.remedy) == (Code.PLACE_LEFT, Remedy.PLACE)
