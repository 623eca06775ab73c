"""Who must not meet: kept apart, until a day or for good, and let meet again."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.company import exclusions
from shadowing.company.exclusions import ExclusionDraft
from shadowing.models import Audit, Exclusion, PairingStatus, Person, Round, Stage
from shadowing.typed import Mistakes
from tests import factories
from tests.factories import NOW, at


def hanako() -> Person:
    return factories.person(hr=True)


def keep_apart(one: Person, other: Person, ends_on: date | None = None, knowing: bool = False) -> Exclusion:
    draft = ExclusionDraft(one=one.email, other=other.email, ends_on=ends_on, knowing=knowing)
    return exclusions.add(draft, hanako(), NOW)


def refused(draft: ExclusionDraft) -> dict[str, str]:
    with pytest.raises(Mistakes) as mistakes:
        exclusions.add(draft, hanako(), NOW)
    return {name: str(wrong) for name, wrong in mistakes.value.by_field.items()}


def visit(guest: Person, host: Person, **facts: Stage) -> Round:
    round = factories.round_(**facts)
    factories.pairing(factories.guest(round, guest), factories.slot(factories.opening(round, host)))
    return round


YUMIKO: dict[str, Any] = {
    "family_name": "髙橋",
    "given_name": "由美子",
    "kana": "タカハシ ユミコ",
    "display_name": "髙橋 由美子",
}


@pytest.mark.parametrize("asked", ["e7", "x7@example.org", "X7@EXAMPLE.ORG", "髙橋由美子", "由美子 髙橋", "ﾀｶﾊｼ ﾕﾐｺ"])
def test_each_of_the_two_is_found_by_number_address_or_name(session: Session, asked: str) -> None:
    yumiko = factories.person("e7", email="x7@example.org", **YUMIKO)
    other = factories.person()

    made = exclusions.add(ExclusionDraft(one=asked, other=other.code), hanako(), NOW)

    assert {made.person_id, made.other_id} == {yumiko.id, other.id}


def test_who_cannot_be_found_is_told_at_each_field(session: Session) -> None:
    for code in ("a1", "a2"):
        factories.person(code, display_name="𠮷野家 一")

    wrong = refused(ExclusionDraft(one="𠮷野家 一", other="nobody"))

    assert wrong == {
        "one": "Several people are called “𠮷野家 一”. Write the mail address.",
        "other": "Nobody here has the name, number or mail address “nobody”. "
        "Write the mail address of somebody on the list of people.",
    }


def test_nobody_is_kept_apart_from_themselves(session: Session) -> None:
    one = factories.person("a1", email="a1@example.org")

    assert refused(ExclusionDraft(one=one.code, other=one.email)).keys() == {"other"}


def test_a_last_day_that_is_over_is_refused(session: Session) -> None:
    one, other = factories.person(), factories.person()

    assert refused(ExclusionDraft(one=one.email, other=other.email, ends_on=date(2026, 11, 30))).keys() == {"ends_on"}


def test_of_two_who_are_kept_apart_already_the_last_day_changes(session: Session) -> None:
    one, other = factories.person(), factories.person()
    first = keep_apart(one, other, date(2027, 1, 31))

    again = keep_apart(other, one)

    assert (first, first.ends_on) == (again, None)
    assert len(session.scalars(select(Exclusion)).all()) == 1


@pytest.mark.parametrize("way", ["guest and host", "host and guest", "side by side"])
def test_visits_in_which_the_two_meet_are_told_first_and_then_known_of(session: Session, way: str) -> None:
    one, other = factories.person(), factories.person()
    if way == "side by side":
        round = factories.round_()
        slot = factories.slot(factories.opening(round))
        for person in (one, other):
            factories.pairing(factories.guest(round, person), slot)
    else:
        visit(*((one, other) if way == "guest and host" else (other, one)))

    wrong = refused(ExclusionDraft(one=one.email, other=other.email))
    made = keep_apart(one, other, knowing=True)

    assert wrong["knowing"].startswith("Visits to come in which these two meet: 1.")
    assert [row.visits for row in exclusions.listed(date(2026, 12, 1), NOW)] == [1]
    assert made.id is not None


def test_visits_that_are_over_dropped_or_of_a_round_that_ended_count_no_more(session: Session) -> None:
    one, other = factories.person(), factories.person()
    visit(one, other, stage=Stage.ENDED)
    round = factories.round_()
    guest, meeting = factories.guest(round, one), factories.opening(round, other)
    factories.pairing(guest, factories.slot(meeting, at(-60, 10)))
    factories.pairing(guest, factories.slot(meeting, at(3, 10)), status=PairingStatus.DROPPED)

    keep_apart(one, other)

    assert [row.visits for row in exclusions.listed(date(2026, 12, 1), NOW)] == [0]


def test_two_hosts_of_one_meeting_do_not_count_as_meeting(session: Session) -> None:
    one, other, round = factories.person(), factories.person(), factories.round_()
    factories.pairing(factories.guest(round), factories.slot(factories.opening(round, one, other)))

    keep_apart(one, other)

    assert [row.visits for row in exclusions.listed(date(2026, 12, 1), NOW)] == [0]


def test_those_that_are_over_come_last(session: Session) -> None:
    over = keep_apart(factories.person(), factories.person(), date(2026, 12, 5))
    holds = keep_apart(factories.person(), factories.person())

    rows = exclusions.listed(date(2026, 12, 6), NOW)

    assert [(row.exclusion, row.ended) for row in rows] == [(holds, False), (over, True)]


def test_letting_two_meet_again_asks_no_reason_and_is_on_record(session: Session) -> None:
    one, other = factories.person(), factories.person()
    made = keep_apart(one, other)

    exclusions.remove(made, hanako(), NOW)
    session.flush()

    assert session.scalars(select(Exclusion)).all() == []
    assert session.scalars(select(Audit.deed).order_by(Audit.id)).all() == ["keep_apart", "let_meet"]
