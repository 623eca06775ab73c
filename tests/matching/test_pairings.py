"""The review board: what HR may do by hand, and what stays."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.errors import Refusal, WrongStage
from shadowing.matching import board, choices, pairings
from shadowing.matching.board import PairingsSought
from shadowing.matching.spans import minutes
from shadowing.models import Forbid, Guest, Hosting, Opening, Pairing, PairingStatus, Round, Stage
from tests import factories
from tests.factories import NOW, at, free


def under_review() -> tuple[Round, Guest, Opening, Opening]:
    """A guest, free on Tuesday, sits in the first of two meetings of the wished department."""
    round = factories.round_(stage=Stage.REVIEWING)
    wished = factories.department("wished")
    guest = factories.guest(round, wishes=(wished,))
    free(round, guest.person, 1, 9, 17)
    first = factories.opening(round, factories.person(department_=wished), starts_at=at(1, 10))
    second = factories.opening(round, factories.person(department_=wished), starts_at=at(1, 14), seats=1)
    factories.pairing(guest, factories.slot(first))
    factories.slot(second)
    return round, guest, first, second


def only(session: Session) -> Pairing:
    return session.scalars(select(Pairing)).one()


def test_a_guest_is_moved_and_held_there(session: Session) -> None:
    round, _guest, _first, second = under_review()
    before = round.version

    pairings.move(only(session), second.id, minutes(at(1, 14)), None, NOW)

    moved = only(session)
    assert (moved.slot.opening, moved.pinned, moved.by_hand) == (second, True, True)
    assert round.version > before


def test_a_move_that_breaks_a_rule_is_refused_and_changes_nothing(session: Session) -> None:
    round, _guest, first, second = under_review()
    other = factories.guest(round, wishes=(second.department,))
    factories.pairing(other, second.slots[0], pinned=True)
    pairing = session.scalars(select(Pairing).where(Pairing.guest_id != other.id)).one()

    with pytest.raises(Refusal):
        pairings.move(pairing, second.id, minutes(at(1, 14)), None, NOW)

    assert pairing.slot.opening is first


def test_a_visit_by_hand_on_more_half_days_than_the_guest_gives_is_refused_with_the_reason(session: Session) -> None:
    _round, guest, _first, second = under_review()
    guest.visits, guest.half_days_most = 2, 1

    with pytest.raises(Refusal, match="more half-days than they give, or than the round allows"):
        pairings.place(guest, second.id, minutes(at(1, 14)), None, NOW)

    guest.half_days_most = 2
    pairings.place(guest, second.id, minutes(at(1, 14)), None, NOW)
    assert len(session.scalars(select(Pairing)).all()) == 2


def test_a_guest_by_hand_on_more_half_days_than_the_host_gives_is_refused_with_the_reason(session: Session) -> None:
    round, guest, _first, second = under_review()
    desk = factories.opening(round, second.hosts[0].person, flexible=True, starts_at=None)
    host = desk.hosts[0].person
    free(round, host, 1, 9, 18)
    factories.pairing(factories.guest(round, wishes=(second.department,)), factories.slot(desk, at(1, 16)), pinned=True)
    guest.visits = 2
    session.add(Hosting(round_id=round.id, person_id=host.id, half_days_most=1))

    with pytest.raises(Refusal, match="A host would have visitors on more half-days than they give"):
        pairings.place(guest, desk.id, minutes(at(1, 11)), None, NOW)

    pairings.place(guest, desk.id, minutes(at(1, 13)), None, NOW)
    assert len(session.scalars(select(Pairing)).all()) == 3


def test_who_makes_room_for_a_move_is_named_beforehand_and_has_no_visit_afterwards(session: Session) -> None:
    round, guest, _first, second = under_review()
    mine = only(session)
    other = factories.guest(round, wishes=(second.department,))
    factories.pairing(other, second.slots[0])

    choice = choices.alternatives(guest, mine, NOW)[0]
    pairings.move(mine, second.id, minutes(at(1, 14)), None, NOW)

    assert (choice.opening, choice.displaced) == (second, other.person)
    assert [pairing.guest for pairing in session.scalars(select(Pairing))] == [guest]
    assert [left.person for left in session.scalars(board.unmatched(round))] == [other.person]


def test_an_opening_of_another_round_is_refused(session: Session) -> None:
    under_review()
    elsewhere = factories.opening(factories.round_())

    with pytest.raises(Refusal):
        pairings.move(only(session), elsewhere.id, minutes(at(1, 10)), None, NOW)


def test_a_guest_who_was_taken_out_is_not_put_back_into_that_opening(session: Session) -> None:
    _round, guest, first, _second = under_review()

    pairings.remove(only(session), None, NOW)

    forbid = session.scalars(select(Forbid)).one()
    assert (forbid.guest_id, forbid.opening_id) == (guest.id, first.id)
    assert session.scalars(select(Pairing)).all() == []
    assert guest.reason is not None


def test_after_publishing_a_pairing_is_marked_and_never_deleted(session: Session) -> None:
    round, *_ = under_review()
    round.stage = Stage.PUBLISHED
    only(session).status = PairingStatus.PUBLISHED

    pairings.remove(only(session), None, NOW)

    assert only(session).status is PairingStatus.DROPPED


def test_nothing_is_moved_while_people_still_answer(session: Session) -> None:
    round, *_ = under_review()
    round.stage = Stage.COLLECTING

    with pytest.raises(WrongStage):
        pairings.remove(only(session), None, NOW)


@pytest.mark.parametrize("stage", [Stage.SOLVING, Stage.ENDED])
def test_nothing_is_kept_or_let_go_from_a_page_of_an_earlier_stage(session: Session, stage: Stage) -> None:
    round, *_ = under_review()
    pairing = only(session)
    pairings.pin(pairing, None, NOW)
    round.stage = stage

    for deed in (pairings.unpin, pairings.pin):
        with pytest.raises(WrongStage, match="at another step"):
            deed(pairing, None, NOW)
        assert pairing.pinned

    round.stage = Stage.PUBLISHED
    pairings.unpin(pairing, None, NOW)
    assert not pairing.pinned


def test_alternatives_are_feasible_and_tell_their_price(session: Session) -> None:
    _round, guest, _first, second = under_review()

    found = choices.alternatives(guest, only(session), NOW)

    assert [(choice.opening, choice.starts_at, choice.displaced) for choice in found] == [(second, at(1, 14), None)]


def test_every_alternative_that_is_offered_can_be_taken(session: Session) -> None:
    round, guest, first, second = under_review()
    third = factories.opening(round, factories.person(department_=first.department), starts_at=at(1, 12))
    factories.slot(third)

    offered = choices.alternatives(guest, only(session), NOW)

    assert {choice.opening for choice in offered} == {second, third}
    for choice in offered:
        pairings.move(only(session), choice.opening.id, choice.start, None, NOW)
        assert (only(session).slot.opening, only(session).slot.starts_at) == (choice.opening, choice.starts_at)


def test_the_board_filters_by_department_of_either_side_and_by_tag(session: Session) -> None:
    round, guest, first, _second = under_review()
    only(session).tags = ["wish_1"]

    def rows(**by: Any) -> int:
        return board.page(round, 1, NOW, PairingsSought(**by)).count

    assert (rows(), rows(department_id=first.department_id), rows(department_id=guest.person.department_id)) == (
        1,
        1,
        1,
    )
    assert (rows(tag="wish_1"), rows(tag="new_wall"), rows(tag="pinned")) == (1, 0, 0)


def test_unmatched_people_come_in_the_order_of_a_directory(session: Session) -> None:
    round = factories.round_(stage=Stage.REVIEWING)
    for kana in ("ワタナベ", "アオヤマ"):
        factories.guest(round, factories.person(kana=kana))
    factories.guest(round, visits=0)

    found = [guest.person.kana for guest in session.scalars(board.unmatched(round))]

    assert found == ["アオヤマ", "ワタナベ"]


def test_that_a_guest_takes_no_part_any_more_is_what_stands_against_a_place_by_hand(session: Session) -> None:
    _round, guest, _first, second = under_review()
    guest.visits = 0
    session.flush()

    with pytest.raises(Refusal, match="The guest takes no part any more"):
        pairings.move(only(session), second.id, minutes(at(1, 14)), None, NOW)
