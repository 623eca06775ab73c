"""Pairings that a later edit hit are flagged where they stand."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.collecting import openings
from shadowing.extensions import db
from shadowing.matching import board, flags, pairings
from shadowing.matching.board import Grouping, PairingsSought
from shadowing.matching.spans import minutes
from shadowing.models import (
    Availability,
    Consent,
    Exclusion,
    FreeTimes,
    Guest,
    Opening,
    OpeningKind,
    Pairing,
    PairingStatus,
    Person,
    Round,
    Stage,
)
from shadowing.visiting import slots
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


def shorter(edited: Person) -> None:
    edited.hours = "mon-fri 13:00-18:00"


def later_edits(edit: str, round: Round, guest: Guest, opening: Opening) -> None:
    """What HR, a list or somebody themselves may change once the plan is made."""
    host = opening.hosts[0].person
    department = host.department
    assert department
    if edit == "hours of the guest":
        shorter(guest.person)
    elif edit == "hours of the guest's department":
        guest.person.home.hours = "mon-fri 13:00-18:00"
    elif edit == "hours of the host":
        shorter(host)
    elif edit == "hours of the host's department":
        department.hours = "mon-fri 13:00-18:00"
    elif edit == "the guest moved to another time zone":
        guest.person.zone = "America/New_York"
    elif edit == "a new holiday":
        round.closed_days = ["2027-01-19"]
    elif edit == "the guest's department closes":
        guest.person.home.closed_days = ["2027-01-19"]
    elif edit == "the host's department closes":
        department.closed_days = ["2027-01-19"]
    elif edit == "the guest pauses":
        guest.person.away_until = date(2027, 2, 1)
    elif edit == "the guest leaves":
        guest.person.last_day = date(2027, 1, 18)
    elif edit == "the host pauses":
        host.away_until = date(2027, 2, 1)
    elif edit == "the two must not meet":
        low, high = sorted((guest.person_id, host.id))
        db.session.add(Exclusion(person_id=low, other_id=high))
    elif edit == "the contract allows other kinds":
        guest.person.may = [OpeningKind.DESK]
    elif edit == "the contract allows other sites":
        guest.person.may_sites = ["Osaka"]
    elif edit == "the agency says no":
        guest.person.agency_consent = Consent.NO
    elif edit == "the opening takes longer":
        opening.minutes = 8 * 60
    elif edit == "the opening takes a journey":
        opening.travel_minutes = 120
    elif edit == "the opening moves to another department":
        opening.department_id = factories.department().id
    elif edit == "the guest moves into the host's department":
        guest.person.department = department
    elif edit == "the host becomes the guest's boss":
        guest.person.manager_id = host.id
    elif edit == "another host":
        openings.put_hosts(opening, [guest.person_id])
    elif edit == "the guest enters other free times":
        given = db.session.scalars(select(Availability)).one()
        given.given = FreeTimes()
        free(round, guest.person, 2, 9, 17)
    else:
        assert edit == "the guest's department keeps everybody"
        guest.person.home.seated_least = 1


EDITS = {
    "hours of the guest": "guests_are_free",
    "hours of the guest's department": "guests_are_free",
    "hours of the host": "off_hours",
    "hours of the host's department": "off_hours",
    "the guest moved to another time zone": "guests_are_free",
    "a new holiday": "closed",
    "the guest's department closes": "closed",
    "the host's department closes": "closed",
    "the guest pauses": "guest_away",
    "the guest leaves": "guest_away",
    "the host pauses": "host_away",
    "the two must not meet": "rule",
    "the contract allows other kinds": "contracts_allow",
    "the contract allows other sites": "contracts_allow",
    "the agency says no": "contracts_allow",
    "the opening takes longer": "guests_are_free",
    "the opening takes a journey": "guests_are_free",
    "the opening moves to another department": "wishes_are_granted",
    "the guest moves into the host's department": "other_department",
    "the host becomes the guest's boss": "no_boss_and_no_report",
    "another host": "rule",
    "the guest enters other free times": "guests_are_free",
    "the guest's department keeps everybody": "floors_hold",
}


@pytest.mark.parametrize("edit", EDITS)
def test_whatever_else_was_edited_is_flagged_whether_or_not_the_pairing_is_kept(session: Session, edit: str) -> None:
    round, guest, first, _second = under_review()
    pairing = only(session)
    assert flagged(pairing) is None

    later_edits(edit, round, guest, first)
    session.flush()

    assert flagged(pairing) == EDITS[edit]
    pairing.pinned = True
    assert flagged(pairing) == EDITS[edit]


def test_a_host_who_is_free_no_more_is_flagged_where_the_time_was_theirs_to_choose(session: Session) -> None:
    _round, _guest, first, _second = under_review()
    first.flexible, first.starts_at = True, None
    free(first.round, first.hosts[0].person, 1, 9, 17)
    assert flagged(only(session)) is None

    shorter(first.hosts[0].person)
    session.flush()

    assert flagged(only(session)) == "hosts_are_free"


def test_a_meeting_that_always_was_outside_the_hours_of_its_host_was_hit_by_nothing(session: Session) -> None:
    round, guest, first, second = under_review()
    for opening in (first, second):
        shorter(opening.hosts[0].person)
    session.flush()

    pairings.remove(only(session), None, NOW)
    pairings.place(guest, first.id, minutes(at(1, 10)), None, NOW)

    assert "off_hours" in only(session).tags
    assert flags.of(round, NOW) == {}


def test_where_one_of_two_hosts_still_works_somebody_receives_the_guest(session: Session) -> None:
    _round, _guest, first, _second = under_review()
    openings.put_hosts(first, [first.hosts[0].person_id, factories.person().id])
    session.flush()

    shorter(first.hosts[0].person)
    session.flush()

    assert flagged(only(session)) is None


def test_of_those_who_cannot_all_stay_only_as_many_are_flagged_and_not_who_is_kept(session: Session) -> None:
    round, guest, first, _second = under_review()
    other = factories.guest(round, factories.person(department_=guest.person.home), wishes=(first.department,))
    free(round, other.person, 1, 9, 17)
    kept = factories.pairing(other, first.slots[0], pinned=True)

    guest.person.home.away_most = 1
    session.flush()

    assert flags.of(round, NOW).keys() == {row.id for row in session.scalars(select(Pairing)) if row is not kept}


def test_a_visit_of_another_round_is_named_as_what_takes_the_time(session: Session) -> None:
    round, guest, *_ = under_review()
    elsewhere = factories.opening(factories.round_(stage=Stage.PUBLISHED))
    there = factories.guest(elsewhere.round, guest.person)
    factories.pairing(there, factories.slot(elsewhere), status=PairingStatus.PUBLISHED)

    assert list(flags.of(round, NOW).values()) == ["guest_elsewhere"]


def test_a_time_that_hr_was_sure_of_is_not_asked_about_again_but_all_else_is(session: Session) -> None:
    round, guest, first, _second = under_review()
    round.stage = Stage.PUBLISHED
    slots.reschedule(first.slots[0], at(5, 10), None, NOW, sure=True)
    assert flagged(only(session)) is None

    guest.person.may = [OpeningKind.DESK]
    session.flush()

    assert flagged(only(session)) == "contracts_allow"


def test_a_visit_moved_back_to_a_time_without_doubts_is_looked_at_again(session: Session) -> None:
    round, guest, first, _second = under_review()
    round.stage = Stage.PUBLISHED
    slots.reschedule(first.slots[0], at(5, 10), None, NOW, sure=True)
    slots.reschedule(first.slots[0], at(1, 11), None, NOW)

    shorter(guest.person)
    session.flush()

    assert flagged(only(session)) == "guests_are_free"


def test_every_flag_has_its_words() -> None:
    assert {"withdrawn", "not_held", "seats_cut", "customer_no", "guest_out", "guest_away", "host_away"} < set(
        flags.WORDS
    )
    assert set(EDITS.values()) < set(flags.WORDS)


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
    round, _guest, first, second = under_review()
    other = factories.guest(round, wishes=(second.department,))
    free(round, other.person, 1, 9, 17)
    factories.pairing(other, second.slots[0])
    first.withdrawn_at = NOW
    session.flush()

    found = board.page(round, 1, NOW, PairingsSought(tag="affected"))

    assert [row.slot.opening for row in found.rows] == [first]
