"""Pairings that a later edit hit are flagged where they stand."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from shadowing.matching import board, flags
from shadowing.matching.board import Grouping, PairingsSought
from shadowing.models import Availability, Consent, Pairing, Solve
from tests import factories
from tests.factories import NOW, at, free
from tests.matching.test_pairings import only, under_review


def flagged(pairing: Pairing) -> str | None:
    pairings_round = pairing.guest.round
    return flags.of(pairings_round, NOW).get(pairing.id)


def test_a_sound_plan_has_no_flags(session: Session) -> None:
    under_review()

    assert flagged(only(session)) is None


@pytest.mark.parametrize(
    "edit", ["withdrawn", "not_held", "seats_cut", "customer_no", "guest_out", "guest_away", "host_away"]
)
def test_a_later_edit_is_flagged(session: Session, edit: str) -> None:
    round, guest, first, _second = under_review()
    pairing = only(session)
    if edit == "withdrawn":
        first.withdrawn_at = NOW
    elif edit == "not_held":
        pairing.slot.cancelled_at = NOW
    elif edit == "seats_cut":
        factories.pairing(factories.guest(round, wishes=(first.department,)), pairing.slot)
        first.seats = 1
    elif edit == "customer_no":
        first.customer_consent = Consent.NO
    elif edit == "guest_out":
        guest.visits = 0
    elif edit == "guest_away":
        guest.person.left_at = NOW
    else:
        first.hosts[0].person.left_at = NOW
    session.flush()

    assert flagged(pairing) == edit


def test_an_answer_that_changed_is_flagged_though_the_pairing_is_kept(session: Session) -> None:
    round, guest, *_ = under_review()
    pairing = only(session)
    pairing.pinned = True
    facts = {"seconds": 1, "problem": "{}", "digest": "", "plan": "{}"}
    session.add(Solve(round_id=round.id, asked_at=NOW, **facts))
    for given in session.query(Availability).all():
        session.delete(given)
    free(round, guest.person, 2, 9, 17)
    guest.answered_at = NOW + timedelta(hours=1)
    session.flush()

    assert flagged(pairing) == "guests_are_free"


def test_every_flag_has_its_words() -> None:
    assert {"withdrawn", "not_held", "seats_cut", "customer_no", "guest_out", "guest_away", "host_away"} < set(
        flags.WORDS
    )


@pytest.mark.parametrize("typed", ["サトウ", "さとう", "ｻﾄｳ", "佐藤", "ＴＡＲＯ"])
def test_a_guest_is_found_however_the_name_is_typed(session: Session, typed: str) -> None:
    round, _guest, first, _second = under_review()
    names: dict[str, Any] = {
        "family_name": "佐藤",
        "given_name": "太郎",
        "kana": "サトウ タロウ",
        "display_name": "佐藤 太郎 Taro",
    }
    guest = factories.guest(round, factories.person(**names))
    factories.pairing(guest, factories.slot(first, at(2, 10)))

    found = board.page(round, 1, NOW, PairingsSought(name=typed))

    assert [row.guest for row in found.rows] == [guest]


def test_the_guests_of_a_host_are_found_by_the_name_of_the_host(session: Session) -> None:
    round, guest, first, _second = under_review()
    factories.pairing(factories.guest(round), factories.slot(factories.opening(round)))

    found = board.page(round, 1, NOW, PairingsSought(name=first.hosts[0].person.code))

    assert [row.guest for row in found.rows] == [guest]


def test_the_board_is_grouped_counted_and_paged(session: Session) -> None:
    round, guest, first, _second = under_review()
    for _ in range(26):
        factories.pairing(factories.guest(round), factories.slot(first, at(2, 10 + _ % 8, _)))

    by_day = board.page(round, 2, NOW)
    by_guest = board.page(round, 1, NOW, PairingsSought(order=Grouping.GUESTS, guests_of=guest.person.department_id))

    assert (by_day.count, len(by_day.rows), by_day.pages) == (27, 2, 2)
    assert sorted(by_day.counts.values()) == [1, 26]
    assert list(by_guest.counts) == [guest.person.department_id]
    assert sum(count for there in by_day.ways.values() for _, count in there) == 27


def test_only_affected_pairings_are_shown_where_asked(session: Session) -> None:
    round, _guest, first, _second = under_review()
    factories.pairing(factories.guest(round), factories.slot(factories.opening(round)))
    first.withdrawn_at = NOW
    session.flush()

    found = board.page(round, 1, NOW, PairingsSought(tag="affected"))

    assert [row.slot.opening for row in found.rows] == [first]
