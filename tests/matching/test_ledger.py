"""Who had no visit comes first in the next round, as they were told."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.matching import gather, ledger, pairings
from shadowing.models import Guest, Pairing, PairingStatus, PastPairing, Person, Round, Stage
from shadowing.rounds import rounds
from tests import factories
from tests.factories import NOW, at, free
from tests.matching.test_solving import solved
from tests.rounds.test_rounds import SENDER, ready_to_publish


def published(weeks_ago: int, missing: tuple[Person, ...] = (), visiting: tuple[Person, ...] = ()) -> Round:
    """A round published so many weeks before now, in which all of these wanted a visit."""
    moment = NOW - timedelta(weeks=weeks_ago)
    round = factories.round_(stage=Stage.PUBLISHED, published_at=moment)
    for person in missing:
        factories.guest(round, person)
    slot = factories.slot(factories.opening(round))
    for person in visiting:
        factories.pairing(factories.guest(round, person), slot, status=PairingStatus.PUBLISHED)
    return round


def weight_of(person: Person, round: Round | None = None) -> int:
    round = round or factories.round_()
    factories.guest(round, person)
    return {guest.person: guest.weight for guest in gather.problem(round, NOW).guests}[person.id]


@pytest.mark.parametrize(("rounds_missed", "weight"), [(0, 1), (1, 2), (2, 3), (3, 4), (5, 4)])
def test_each_round_in_a_row_without_a_visit_counts_one_more_up_to_four(
    session: Session, rounds_missed: int, weight: int
) -> None:
    person = factories.person()
    for weeks_ago in range(1, rounds_missed + 1):
        published(weeks_ago, missing=(person,))

    assert weight_of(person) == weight


def test_a_visit_sets_it_back(session: Session) -> None:
    person = factories.person()
    published(4, missing=(person,))
    published(3, visiting=(person,))

    assert weight_of(person) == 1
    published(2, missing=(person,))
    assert weight_of(person) == 2


def test_a_round_somebody_took_no_part_in_neither_counts_nor_sets_back(session: Session) -> None:
    person = factories.person()
    published(4, missing=(person,))
    factories.guest(published(3), person, visits=0)
    factories.guest(published(2), person, answered_at=None)
    published(1)

    assert weight_of(person) == 2


def test_nothing_is_promised_before_a_round_is_published(session: Session) -> None:
    person = factories.person()
    factories.guest(factories.round_(stage=Stage.REVIEWING), person)

    assert weight_of(person) == 1


def test_a_visit_that_falls_away_after_publishing_counts_as_none_and_one_given_then_as_one(session: Session) -> None:
    person = factories.person()
    round = published(1, visiting=(person,))
    pairing = session.scalars(select(Pairing)).one()

    pairings.take_out(pairing)
    assert weight_of(person) == 2

    pairing.status = PairingStatus.PUBLISHED
    session.flush()
    assert ledger.missed(factories.round_())[person.id] == 0
    assert ledger.missed(round)[person.id] == 0


def test_a_round_published_already_weighs_what_was_before_it_alone(session: Session) -> None:
    person = factories.person()
    published(4, missing=(person,))
    second = published(3, missing=(person,))
    published(2, missing=(person,))

    assert ledger.missed(second)[person.id] == 1


def test_a_company_that_knows_its_rounds_from_a_folder_alone_promises_nothing(session: Session) -> None:
    round, guest, host = factories.round_(), factories.person(), factories.person()
    session.add(PastPairing(round_id=round.id, past_round="2026", position=0, guest_id=guest.id, host_id=host.id))

    assert weight_of(guest, round) == 1


def test_publishing_again_counts_a_round_once(session: Session) -> None:
    round = ready_to_publish()
    left_out = factories.guest(round, wishes=(factories.department("elsewhere"),))

    for _ in range(2):
        rounds.publish(round, None, round.version, NOW, SENDER, NOW)

    assert weight_of(left_out.person) == 2


@pytest.mark.parametrize("seed", [0, 1, 7, 2027])
def test_all_who_were_promised_sit_before_as_many_who_were_not(session: Session, seed: int) -> None:
    everybody = [factories.person() for _ in range(28)]
    promised = tuple(everybody[seed % 2 :: 2])  # neither the first nor the last in any order of numbers
    published(1, missing=promised)
    round, wished = factories.round_(), factories.department("wished")
    for person in everybody:
        factories.guest(round, person, (wished,))
        free(round, person, 1, 9, 12)
    factories.slot(factories.opening(round, factories.person(department_=wished), seats=14))

    solved(round, session, seed=seed)

    seated = select(Guest.person_id).join(Pairing, Pairing.guest_id == Guest.id).where(Guest.round_id == round.id)
    assert set(session.scalars(seated)) == {person.id for person in promised}


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_who_lost_the_one_seat_has_the_next_whatever_the_seed(session: Session, seed: int) -> None:
    rivals, wished = [factories.person(), factories.person()], factories.department("wished")
    seated = []
    for day in (1, 2):
        round = factories.round_(title=f"Round of day {day}")
        for person in rivals:
            factories.guest(round, person, (wished,))
            free(round, person, day, 9, 12)
        factories.slot(factories.opening(round, factories.person(department_=wished), starts_at=at(day, 10), seats=1))
        solved(round, session, seed=seed)
        rounds.publish(round, None, round.version, NOW, SENDER, NOW)
        seated.append(session.scalars(select(Pairing).where(Pairing.round_id == round.id)).one().guest.person_id)

    assert sorted(seated) == sorted(person.id for person in rivals)
