"""Cells as long as their columns go in on every database, longer ones are refused with their place."""

import pytest
from flask import Flask
from sqlalchemy import select

from shadowing import folders
from shadowing.errors import Refusal
from shadowing.extensions import db
from shadowing.models import Opening, Person
from tests.factories import NOW
from tests.sample_folder import files

HARD = "𠮷"
HOURS = ", ".join(["mon-fri 09:00-18:00"] * 9)
RULE = "FREQ=WEEKLY;BYDAY=" + ",".join(["TU"] * 60)
PEOPLE = "person_id,family_name,given_name,kana,display_name,email,department_id,site,hours\n"
OPENINGS = (
    "opening_id,host_ids,department_id,kind,title,weekday,local_time,tz,rrule,first_on,"
    "duration_min,seats,site,place,topics\n"
)
PERSON = {
    "person_id": HARD * 60,
    "family_name": HARD * 100,
    "given_name": HARD * 100,
    "kana": "ﾀﾞ" * 200,
    "display_name": HARD * 200,
    "email": f"{'a' * 64}@{'b' * 60}.{'c' * 60}.{'d' * 60}.org",
    "department_id": "sales",
    "site": HARD * 100,
    "hours": f'"{HOURS}"',
}
OPENING = {
    "opening_id": HARD * 60,
    "host_ids": "B2",
    "department_id": "market",
    "kind": "meeting",
    "title": HARD * 200,
    "weekday": "TU",
    "local_time": "10:00",
    "tz": "Asia/Tokyo",
    "rrule": f'"{RULE}"',
    "first_on": "2027-01-19",
    "duration_min": "60",
    "seats": "2",
    "site": HARD * 100,
    "place": HARD * 200,
    "topics": HARD * 100,
}


def round_with(person: dict[str, str], opening: dict[str, str]) -> dict[str, bytes]:
    """The sample round, with one more person and one more opening of these cells."""
    sound = files()
    people = PEOPLE + ",".join(person.values()) + "\n"
    for code in ("A1", "B2", "C3"):
        people += f"{code},,,,{code},{code}@example.org,market,,\n"
    openings = OPENINGS + ",".join(opening.values()) + "\n"
    sound |= {"people.csv": people.encode(), "openings.csv": openings.encode()}
    return sound


def test_the_longest_cells_go_in(app: Flask) -> None:
    with app.app_context():
        folders.take_in(folders.read(round_with(PERSON, OPENING)), False, NOW)
        db.session.commit()

        person = db.session.scalars(select(Person).where(Person.code == HARD * 60)).one()
        opening = db.session.scalars(select(Opening)).one()

    assert (person.display_name, person.kana, person.hours) == (HARD * 200, "ダ" * 200, HOURS)
    assert (opening.title, opening.topics, len(opening.rrule)) == (HARD * 200, [HARD * 100], len(RULE))


@pytest.mark.parametrize("column", [column for column in PERSON if column != "department_id"])
def test_a_longer_cell_of_a_person_is_refused_with_its_place(app: Flask, column: str) -> None:
    longer = {"hours": f'"{HOURS},{HOURS}"', "email": f"a{PERSON['email']}"}
    cell = longer.get(column, PERSON[column] * 2)

    with app.app_context():
        found = folders.read(round_with(PERSON | {column: cell}, OPENING))

    assert ("people.csv", 2, column) in [(error.file, error.row, error.column) for error in found.errors]


@pytest.mark.parametrize("column", ["opening_id", "title", "rrule", "site", "place", "topics"])
def test_a_longer_cell_of_an_opening_is_refused_with_its_place(app: Flask, column: str) -> None:
    longer = {"rrule": f'"{RULE},TU,TU,TU,TU,TU,TU,TU,TU"'}
    cell = longer.get(column, OPENING[column] * 2)

    with app.app_context():
        found = folders.read(round_with(PERSON, OPENING | {column: cell}))

    assert [(error.file, error.row, error.column) for error in found.errors] == [("openings.csv", 2, column)]


@pytest.mark.parametrize("name", [f"{'長' * 150} 名", "長 " + "名" * 150, "長" * 200])
def test_a_long_japanese_name_that_cannot_be_parted_is_left_whole(app: Flask, name: str) -> None:
    with app.app_context():
        folders.take_in(folders.read(round_with({**dict.fromkeys(PERSON, ""), **shown_as(name)}, OPENING)), False, NOW)
        db.session.commit()

        person = db.session.scalars(select(Person).where(Person.code == "L1")).one()

    assert (person.family_name, person.display_name) == ("", name)


def shown_as(name: str) -> dict[str, str]:
    return {"person_id": "L1", "display_name": name, "email": "l@example.org", "department_id": "sales"}


def test_two_long_parts_make_a_name_that_fits(app: Flask) -> None:
    parts = {"family_name": HARD * 100, "given_name": HARD * 100}
    row = {**dict.fromkeys(PERSON, ""), **shown_as(""), **parts}

    with app.app_context():
        folders.take_in(folders.read(round_with(row, OPENING)), False, NOW)
        db.session.commit()

        person = db.session.scalars(select(Person).where(Person.code == "L1")).one()

    assert (len(person.display_name), person.name("ja")) == (200, f"{HARD * 100} {HARD * 100}")


def test_an_id_that_grows_when_it_is_read_is_refused_with_its_place(app: Flask) -> None:
    with app.app_context():
        found = folders.read(
            {"people.csv": f"person_id,display_name,email,department_id\nA1,Ann,a@b.org,{'ﷺ' * 20}\n".encode()}
        )

    assert ("people.csv", 2, "department_id") in [(error.file, error.row, error.column) for error in found.errors]


def test_an_admin_with_a_name_too_long_is_refused(app: Flask) -> None:
    with app.app_context(), pytest.raises(Refusal, match="more than 200 characters"):
        folders.make_admin("a@example.org", "x" * 201)
