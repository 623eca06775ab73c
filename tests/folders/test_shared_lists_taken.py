"""Every list of an HR system goes into the tables, into an empty database and after HR was admitted, on both databases."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing import folders
from shadowing.folders import lists_in, lists_taken
from shadowing.models import Person
from tests.lists.shared_lists import LISTS, Expected, all_of

TOKYO = ZoneInfo("Asia/Tokyo")


def taken(session: Session, expected: Expected) -> set[tuple[str, str]]:
    """Number and address of who is here after *expected* was taken in as its questions propose."""
    now = datetime.combine(expected.today, time(12), TOKYO)
    found = lists_in.look_at(expected.file, expected.data, {}, now)
    lists_taken.take_in_list(found, found.answers, None, now, absent_left=False, sure=True)
    rows = session.execute(select(Person.code, Person.email).where(Person.left_at.is_(None), Person.hr.is_(False)))
    return {(code, email) for code, email in rows}


def wanted(expected: Expected) -> set[tuple[str, str]]:
    return {(person["id"], person["mail"]) for person in expected.said["people"] if not person.get("left")}


@pytest.mark.slow
@pytest.mark.parametrize("admitted", [False, True], ids=["empty", "after-admin"])
def test_every_list_of_an_hr_system_is_taken_in(session: Session, admitted: bool) -> None:
    if not LISTS.is_dir():
        pytest.skip(f"the folder {LISTS} is not on this machine")
    wrong = {}
    for expected in all_of("people"):
        if admitted:
            folders.make_admin("you@example.co.jp", "")
        if (here := taken(session, expected)) != wanted(expected):
            wrong[expected.name] = here ^ wanted(expected)
        session.rollback()

    assert wrong == {}
