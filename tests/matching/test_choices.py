"""What else a guest could take, on a board on which something is amiss."""

import pytest
from sqlalchemy.orm import Session

from shadowing.errors import Refusal
from shadowing.matching import choices, pairings
from shadowing.models import Pairing
from tests import factories
from tests.factories import NOW
from tests.matching.test_pairings import only, under_review


def test_another_place_is_found_for_the_guest_of_an_opening_that_was_withdrawn(session: Session) -> None:
    _round, guest, first, second = under_review()
    first.withdrawn_at = NOW
    session.flush()

    (found,) = choices.alternatives(guest, only(session), NOW)

    assert (found.opening, found.displaced) == (second, None)


def test_a_place_that_was_withdrawn_is_not_offered_in_a_swap(session: Session) -> None:
    round, guest, first, second = under_review()
    factories.pairing(factories.guest(round, wishes=(second.department,)), second.slots[0])
    first.withdrawn_at = NOW
    session.flush()

    (found,) = choices.alternatives(guest, only_of(session, guest.id), NOW)

    assert (found.opening, found.displaced is None, found.swap) == (second, False, None)


def test_others_find_places_though_somebody_who_takes_no_part_still_stands_on_the_board(session: Session) -> None:
    round, guest, first, second = under_review()
    factories.pairing(factories.guest(round, visits=0), first.slots[0])

    (found,) = choices.alternatives(guest, only_of(session, guest.id), NOW)

    assert found.opening is second


def only_of(session: Session, guest: int) -> Pairing:
    return next(row for row in session.query(Pairing) if row.guest_id == guest)


def test_publishing_a_visit_of_a_withdrawn_opening_is_refused_by_name(session: Session) -> None:
    round, guest, first, _second = under_review()
    first.withdrawn_at = NOW
    session.flush()

    with pytest.raises(Refusal) as refused:
        pairings.refuse_broken(round)

    assert guest.person.display_name in str(refused.value)


def test_nothing_else_is_offered_to_whom_takes_no_part(session: Session) -> None:
    _round, guest, *_ = under_review()
    guest.visits = 0
    session.flush()

    assert choices.alternatives(guest, only(session), NOW) == []
