"""Two rounds over the same weeks know of each other's visits."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.errors import Refusal
from shadowing.matching import gather, pairings
from shadowing.matching.spans import minutes
from shadowing.models import Guest, OpeningKind, Pairing, PairingStatus, Person, Round, Slot, Stage
from shadowing.rounds import rounds
from shadowing.solver.problem import Span
from tests import factories
from tests.factories import NOW, at, free
from tests.matching.test_solving import solved
from tests.rounds.test_rounds import SENDER

TEN, ELEVEN = minutes(at(1, 10)), minutes(at(1, 11))


def visit(
    stage: Stage = Stage.PUBLISHED, guest: Person | None = None, host: Person | None = None, **facts: object
) -> Pairing:
    """A visit of another round on Tuesday from ten to eleven."""
    round = factories.round_(stage=stage)
    pinned = facts.pop("pinned", False)
    slot = factories.slot(factories.opening(round, *[host] if host else [], **facts))
    status = PairingStatus.PLANNED if stage is Stage.REVIEWING else PairingStatus.PUBLISHED
    return factories.pairing(factories.guest(round, guest), slot, pinned=pinned, status=status)


def one_guest(person: Person | None = None) -> tuple[Round, Guest, Slot]:
    """Somebody who is free on Tuesday from nine to noon, and a meeting at ten that they wish for."""
    round, wished = factories.round_(), factories.department()
    guest = factories.guest(round, person, wishes=(wished,))
    free(round, guest.person, 1, 9, 12)
    return round, guest, factories.slot(factories.opening(round, factories.person(department_=wished)))


def free_of(round: Round, person: Person) -> list[tuple[int, int]]:
    found = {one.id: one for one in gather.problem(round, NOW).people}[person.id]
    return [(span.start, span.end) for span in found.free]


@pytest.mark.parametrize(
    ("stage", "pinned", "counts"),
    [
        (Stage.PUBLISHED, False, True),
        (Stage.ENDED, False, True),
        (Stage.REVIEWING, True, True),
        (Stage.REVIEWING, False, False),
    ],
)
def test_what_is_told_or_kept_in_another_round_takes_the_guests_time(
    session: Session, stage: Stage, pinned: bool, counts: bool
) -> None:
    round, guest, _slot = one_guest()
    visit(stage, guest.person, pinned=pinned)

    whole, parts = [(minutes(at(1, 9)), minutes(at(1, 12)))], [(minutes(at(1, 9)), TEN), (ELEVEN, minutes(at(1, 12)))]
    assert free_of(round, guest.person) == (parts if counts else whole)


def test_travel_of_the_other_visit_is_taken_too_a_hosts_only_on_a_ride_along(session: Session) -> None:
    for kind, around in ((OpeningKind.MEETING, 0), (OpeningKind.RIDE_ALONG, 30)):
        round, guest, _slot = one_guest()
        pairing = visit(host=guest.person, kind=kind, travel_minutes=30)
        free(round, pairing.guest.person, 1, 9, 12)
        factories.guest(round, pairing.guest.person)

        assert free_of(round, guest.person) == [
            (minutes(at(1, 9)), TEN - around),
            (ELEVEN + around, minutes(at(1, 12))),
        ]
        assert free_of(round, pairing.guest.person) == [
            (minutes(at(1, 9)), TEN - 30),
            (ELEVEN + 30, minutes(at(1, 12))),
        ]


@pytest.mark.parametrize("gone", ["dropped", "called off", "on other days"])
def test_a_visit_that_does_not_take_place_then_takes_nothing(session: Session, gone: str) -> None:
    round, guest, _slot = one_guest()
    pairing = visit(guest=guest.person)
    if gone == "dropped":
        pairing.status = PairingStatus.DROPPED
    if gone == "called off":
        pairing.slot.cancelled_at = NOW
    if gone == "on other days":
        pairing.slot.starts_at += timedelta(days=90)
        pairing.slot.ends_at += timedelta(days=90)
    session.flush()

    assert free_of(round, guest.person) == [(minutes(at(1, 9)), minutes(at(1, 12)))]


def test_a_host_on_a_visit_elsewhere_receives_nobody_then_though_the_meeting_is_regular(session: Session) -> None:
    round, _guest, slot = one_guest()
    visit(guest=slot.opening.hosts[0].person)

    assert gather.problem(round, NOW).openings[0].starts == ()


def test_a_meeting_that_two_rounds_send_guests_to_takes_place_for_both(session: Session) -> None:
    round, _guest, slot = one_guest()
    visit(host=slot.opening.hosts[0].person)

    assert gather.problem(round, NOW).openings[0].starts == (TEN,)


def test_a_host_who_shows_their_desk_in_another_round_does_so_once_at_a_time(session: Session) -> None:
    round, _guest, slot = one_guest()
    visit(host=slot.opening.hosts[0].person, flexible=True, starts_at=at(1, 10))

    assert gather.problem(round, NOW).openings[0].starts == ()


def test_what_is_kept_by_hand_stays_on_offer(session: Session) -> None:
    round, guest, slot = one_guest()
    factories.pairing(guest, slot, pinned=True)
    visit(guest=slot.opening.hosts[0].person)

    assert gather.problem(round, NOW).openings[0].starts == (TEN,)


def test_the_second_plan_knows_the_visits_of_the_first(session: Session) -> None:
    person = factories.person()
    first, _, _ = one_guest(person)
    solved(first, session)
    rounds.publish(first, None, first.version, NOW, SENDER, NOW)
    second, guest, slot = one_guest(person)
    later = factories.slot(slot.opening, at(1, 11))

    solved(second, session)

    assert session.scalars(select(Pairing).where(Pairing.guest_id == guest.id)).one().slot is later


def test_who_has_no_visit_because_of_another_round_is_told_so(session: Session) -> None:
    round, guest, _slot = one_guest()
    visit(guest=guest.person)

    solved(round, session)

    assert guest.reason
    assert (guest.reason.code, guest.reason.remedy) == ("elsewhere", "first_next_time")


def test_of_two_rounds_planned_side_by_side_the_second_is_not_published_onto_the_first(session: Session) -> None:
    person = factories.person()
    planned = [one_guest(person)[0] for _ in range(2)]
    for round in planned:
        solved(round, session)
    first, second = planned
    rounds.publish(first, None, first.version, NOW, SENDER, NOW)

    with pytest.raises(Refusal, match="Another round has a visit at the same time") as refusal:
        rounds.publish(second, None, second.version, NOW, SENDER, NOW)

    assert refusal.value.facts["names"] == person.display_name


def test_what_is_kept_in_two_rounds_at_one_time_is_published_in_neither(session: Session) -> None:
    person = factories.person()
    for round, guest, slot in [one_guest(person) for _ in range(2)]:
        round.stage = Stage.REVIEWING
        factories.pairing(guest, slot, pinned=True)

    for round in session.scalars(select(Round)).all():
        with pytest.raises(Refusal, match="Another round has a visit at the same time"):
            rounds.publish(round, None, round.version, NOW, SENDER, NOW)


def test_nobody_is_placed_by_hand_onto_a_visit_of_another_round(session: Session) -> None:
    round, guest, slot = one_guest()
    round.stage = Stage.REVIEWING
    visit(guest=guest.person)

    with pytest.raises(Refusal, match="The guest is on a visit of another round at that time"):
        pairings.place(guest, slot.opening_id, TEN, None, NOW)

    other = one_guest()[1]
    visit(guest=slot.opening.hosts[0].person)
    third = factories.guest(round, other.person, wishes=(slot.opening.department,))
    free(round, third.person, 1, 9, 12)
    with pytest.raises(Refusal, match="A host is on a visit of another round at that time"):
        pairings.place(third, slot.opening_id, TEN, None, NOW)


def test_the_solver_hears_what_other_rounds_take(session: Session) -> None:
    round, guest, _slot = one_guest()
    visit(guest=guest.person)

    people = {one.id: one for one in gather.problem(round, NOW).people}

    assert people[guest.person_id].elsewhere == (Span(TEN, ELEVEN),)
