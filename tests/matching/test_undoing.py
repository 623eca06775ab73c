"""Each deed of HR can be taken back, and the plan before a search put in place again, as far as it still holds."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.errors import Changed, Refusal
from shadowing.extensions import db
from shadowing.matching import before, pairings, swaps, undoing
from shadowing.matching.spans import minutes
from shadowing.models import Audit, Forbid, Guest, Opening, Pairing, PairingStatus, PlanBefore, Round, Stage
from shadowing.solver import problem as p
from tests import factories
from tests.factories import NOW, at, free
from tests.matching.test_pairings import only, under_review


def standing(session: Session) -> set[tuple[int, str, bool, bool]]:
    rows = session.scalars(select(Pairing).where(Pairing.stands))
    return {(row.guest_id, row.slot.opening.code, row.pinned, row.by_hand) for row in rows}


def last(session: Session, round: Round) -> int:
    return session.scalars(before.last_deed(round)).one().id


def of_plan(session: Session, round: Round) -> int:
    return session.scalars(before.last_plan(round)).one().id


def two_seated() -> tuple[Round, Pairing, Pairing]:
    """Two guests who could each sit where the other does."""
    round, guest, first, second = under_review()
    other = factories.guest(round, wishes=(second.department,))
    free(round, other.person, 1, 9, 17)
    mine = db.session.scalars(select(Pairing).where(Pairing.guest_id == guest.id)).one()
    theirs = factories.pairing(other, second.slots[0])
    assert first.department == second.department
    return round, mine, theirs


def test_a_move_is_taken_back(session: Session) -> None:
    round, _guest, _first, second = under_review()
    stood = standing(session)
    pairings.move(only(session), second.id, minutes(at(1, 14)), None, NOW)

    undoing.undo(round, last(session, round), None, NOW)

    assert standing(session) == stood
    assert session.scalars(select(Audit.deed).order_by(Audit.id)).all() == ["place", "undo"]


def test_whoever_lost_their_place_by_a_move_has_it_again(session: Session) -> None:
    round, mine, theirs = two_seated()
    theirs.guest.reason, stood = None, standing(session)
    pairings.move(mine, theirs.slot.opening_id, minutes(at(1, 14)), None, NOW)

    undoing.undo(round, last(session, round), None, NOW)

    assert standing(session) == stood
    assert [guest.reason for guest in session.scalars(select(Guest))] == [None, None]


def test_two_guests_swap_and_swap_back(session: Session) -> None:
    round, mine, theirs = two_seated()
    one, other, stood = mine.guest_id, theirs.guest_id, standing(session)
    codes = {one: mine.slot.opening.code, other: theirs.slot.opening.code}

    swaps.swap(mine, theirs, None, NOW)
    swapped = standing(session)
    undoing.undo(round, last(session, round), None, NOW)

    assert swapped == {(one, codes[other], True, True), (other, codes[one], True, True)}
    assert standing(session) == stood


def test_a_swap_that_breaks_a_rule_is_refused_and_changes_nothing(session: Session) -> None:
    _round, mine, theirs = two_seated()
    theirs.guest.goals = []
    stood = standing(session)

    with pytest.raises(Refusal, match="did not wish"):
        swaps.swap(mine, theirs, None, NOW)

    assert standing(session) == stood


def test_taking_out_is_taken_back_with_what_it_forbade(session: Session) -> None:
    round, guest, *_ = under_review()
    stood = standing(session)
    pairings.remove(only(session), None, NOW, "The host asked for somebody else.")
    why = session.scalars(select(Forbid.why)).all()

    undoing.undo(round, last(session, round), None, NOW)

    assert why == ["The host asked for somebody else."]
    assert (standing(session), session.scalars(select(Forbid)).all(), guest.reason) == (stood, [], None)


def test_why_hr_took_somebody_out_stays_with_hr(session: Session) -> None:
    _round, guest, *_ = under_review()

    pairings.remove(only(session), None, NOW, "Not this one.")

    assert "Not this one." not in str(guest.reason)
    assert session.scalars(select(Audit.facts)).one()["words"] == "Not this one."


@pytest.mark.parametrize("pinned", [True, False])
def test_keeping_and_letting_go_are_taken_back(session: Session, pinned: bool) -> None:
    round, *_ = under_review()
    pairing = only(session)
    pairing.pinned = not pinned
    (pairings.pin if pinned else pairings.unpin)(pairing, None, NOW)

    undoing.undo(round, last(session, round), None, NOW)

    assert only(session).pinned is not pinned


def test_only_the_last_deed_is_taken_back_and_a_second_press_is_harmless(session: Session) -> None:
    round, *_ = under_review()
    pairings.pin(only(session), None, NOW)
    first = last(session, round)
    pairings.unpin(only(session), None, NOW)
    number = last(session, round)

    with pytest.raises(Changed):
        undoing.undo(round, first, None, NOW)
    undoing.undo(round, number, None, NOW)
    with pytest.raises(Changed, match="taken back already"):
        undoing.undo(round, number, None, NOW)

    assert only(session).pinned


def test_what_is_not_possible_any_more_is_not_taken_back_and_the_way_on_is_said(session: Session) -> None:
    round, guest, first, second = under_review()
    pairings.move(only(session), second.id, minutes(at(1, 14)), None, NOW)
    first.withdrawn_at = NOW
    number = last(session, round)

    with pytest.raises(Refusal, match="Choose another place for them with “Change”") as refused:
        undoing.undo(round, number, None, NOW)

    assert guest.person.display_name in str(refused.value)


def test_after_publishing_what_was_told_is_as_before(session: Session) -> None:
    round, _guest, _first, second = under_review()
    round.stage, only(session).status = Stage.PUBLISHED, PairingStatus.PUBLISHED
    pairings.move(only(session), second.id, minutes(at(1, 14)), None, NOW)

    undoing.undo(round, last(session, round), None, NOW)

    assert only(session).status is PairingStatus.PUBLISHED


def test_what_was_told_since_is_no_longer_taken_back(session: Session) -> None:
    round, *_ = under_review()
    pairings.pin(only(session), None, NOW)
    session.add(Audit(at=at(0, 9), deed="publish", round_id=round.id, facts={}))
    session.flush()

    assert session.scalars(before.last_deed(round)).all() == []


def searched(session: Session, round: Round) -> None:
    """A search has put every guest into the other opening."""
    before.remember_plan(round, None, NOW)
    openings = list(session.scalars(select(Opening).order_by(Opening.id)))
    for pairing in session.scalars(select(Pairing)).all():
        there = next(one for one in openings if one.id != pairing.slot.opening_id)
        pairing.slot, pairing.tags = there.slots[0], []
    session.flush()


def test_the_plan_before_stands_again_and_the_same_button_leads_back(session: Session) -> None:
    round, *_ = two_seated()
    stood = standing(session)
    searched(session, round)
    newer = standing(session)

    lost = undoing.back(round, of_plan(session, round), None, NOW)
    restored = standing(session)
    undoing.back(round, of_plan(session, round), None, NOW)

    assert (lost, restored) == ([], stood)
    assert standing(session) == newer != stood


def test_what_does_not_hold_of_the_plan_before_is_named(session: Session) -> None:
    round, mine, theirs = two_seated()
    gone, kept = theirs.guest.person, mine.guest_id
    searched(session, round)
    theirs.guest.visits = 0

    lost = undoing.back(round, of_plan(session, round), None, NOW)

    assert lost == [gone]
    assert {row[0] for row in standing(session)} == {kept}


def test_a_plan_before_of_which_nothing_holds_is_refused(session: Session) -> None:
    round, _guest, first, _second = under_review()
    searched(session, round)
    first.withdrawn_at = NOW

    with pytest.raises(Refusal, match="Make the pairings again"):
        undoing.back(round, of_plan(session, round), None, NOW)


def test_what_a_search_changed_is_told_guest_by_guest(session: Session) -> None:
    round, guest, first, second = under_review()
    searched(session, round)
    row = session.scalars(select(PlanBefore)).one()

    (one,), count, same = undoing.differences(round, row, 10)

    assert (one.guest, [place.opening for place in one.old], [place.opening for place in one.new]) == (
        guest,
        [first],
        [second],
    )
    assert (count, same) == (1, 0)


def test_a_place_kept_by_hand_goes_before_one_that_was_proposed(session: Session) -> None:
    round, mine, theirs = two_seated()
    mine.pinned = True
    before.remember_plan(round, None, NOW)
    mine.slot.opening.seats = 1
    row = session.scalars(select(PlanBefore)).one()

    assert {place.pinned for one in row.guests for place in one.places} == {True, False}
    assert isinstance(pairings.seat_of(theirs), p.Seat)
    assert undoing.back(round, row.id, None, NOW) == []
