"""Small inputs of strangers that broke the product stand beside a developer's checkout; each holds by now, by the command
line as an operator gives it."""

import csv
import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from shadowing.company.people import active
from shadowing.extensions import db
from shadowing.models import Availability, Person, Slot
from tests.journeys.conftest import House
from tests.journeys.test_real_rounds import brought_forward

pytestmark = pytest.mark.slow

HR = "you@example.co.jp"


@pytest.fixture
def cases(shared: Path) -> Path:
    return shared / "cases"


def people(app: Flask) -> dict[str, str]:
    """Who is here, each with the department's name; whoever runs rounds without being in the list is left out."""
    with app.app_context():
        found = db.session.scalars(active().where(Person.email != HR))
        return {it.display_name: it.department.name if it.department else "" for it in found}


def count(app: Flask, table: type[Any]) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(table)) or 0


def run(house: House, *words: str | Path) -> Result:
    return house.app.test_cli_runner().invoke(args=[str(word) for word in words])


TWO = {"青木 一郎": "営業部", "石井 花子": "企画部"}


@pytest.mark.parametrize("admin_first", [False, True])
@pytest.mark.parametrize(
    ("file", "taken"),
    [
        ("first-import-after-admin/people.csv", TWO),
        ("title-above-the-header/title.csv", TWO),
        ("title-above-the-header/blank.csv", TWO),
        ("title-above-the-header/sep.csv", TWO),
        ("xlsx-list-on-second-sheet/cover.xlsx", {"青木 一郎": "営業部"}),
        ("xlsx-list-on-second-sheet/hidden.xlsx", {"青木 一郎": "営業部"}),
        ("headings-of-hr-systems/starred.csv", {"青木 一郎": "営業部"}),
        ("headings-of-hr-systems/bamboo.csv", {"Ann Bell": "Executive"}),
        ("headings-of-hr-systems/workday.csv", {"Ann Bell": "Executive"}),
    ],
)
def test_a_list_is_taken_in_as_it_comes(
    house: House, cases: Path, file: str, taken: dict[str, str], admin_first: bool
) -> None:
    if admin_first:
        house.command("admin", "create", HR)

    said = house.command("people", "import", cases / file)

    assert (said["errors"], said["departments"]) == ([], list(taken.values()))
    assert people(house.app) == taken


@pytest.mark.parametrize(("file", "kana"), [("yayoi.csv", "アオキ イチロウ"), ("smarthr.csv", "アオキ イチロウ")])
def test_the_readings_of_names_are_found_under_the_headings_of_hr_systems(
    house: House, cases: Path, file: str, kana: str
) -> None:
    said = house.command("people", "import", cases / "headings-of-hr-systems" / file, "--dry-run")

    assert said["errors"] == []
    assert [person["kana"] for person in said["people"]] == [kana]


def test_a_president_without_a_manager_is_taken_in_where_the_last_cell_is_not_stored(house: House, cases: Path) -> None:
    said = house.command("people", "import", cases / "xlsx-empty-last-cells" / "people.xlsx")

    assert said["errors"] == []
    assert sorted(bool(person["manager_id"]) for person in said["people"]) == [False, True]
    assert len(people(house.app)) == 2


def test_whoever_has_left_is_not_taken_in(house: House, cases: Path) -> None:
    house.command("people", "import", cases / "leaver-imported" / "people.csv")

    assert people(house.app) == {"青木 一郎": "営業部"}


def test_a_full_list_lets_go_whom_it_does_not_name(house: House, cases: Path) -> None:
    house.command("people", "import", cases / "first-import-after-admin" / "people.csv")

    said = house.command("people", "import", cases / "leaver-imported" / "list2.csv", "--absent-left", "--sure")

    assert said["absent"] == 1
    assert people(house.app) == {"青木 一郎": "営業部"}


def test_a_formula_that_failed_is_an_error_of_its_cell(house: House, cases: Path) -> None:
    file = cases / "na-cells" / "people.csv"

    said = house.command("people", "import", file, "--dry-run")
    house.command("people", "import", file)

    assert {(error["row"], error["value"]) for error in said["errors"]} == {(2, "#N/A")}
    assert people(house.app) == {"石井 花子": "企画部"}


@pytest.mark.parametrize("file", ["excel.csv", "maru.csv"])
def test_free_times_are_read_as_a_spreadsheet_and_as_people_write_them(
    house: House, cases: Path, tmp_path: Path, file: str
) -> None:
    folder = tmp_path / "folder"
    shutil.copytree(cases / "promise-next-round" / "round1", folder)
    shutil.copyfile(cases / "availability-cells" / file, folder / "availability.csv")

    assert house.command("rounds", "import", folder)["warnings"] == []

    assert count(house.app, Availability) == 1


def winner(house: House, round_id: int, out: Path) -> list[str]:
    house.command("rounds", "export", str(round_id), out)
    with (out / "pairings.csv").open(encoding="utf-8-sig") as lines:
        return [row["guest_id"] for row in csv.DictReader(lines)]


@pytest.mark.parametrize("seed", ["0", "1", "7"])
def test_whoever_was_promised_to_come_first_has_the_seat_of_the_next_round(
    house: House, cases: Path, tmp_path: Path, seed: str
) -> None:
    won = []
    for name in ("round1", "round2"):
        folder = brought_forward(cases / "promise-next-round" / name, tmp_path / name)
        id = house.command("rounds", "import", folder)["round_id"]
        house.command("rounds", "solve", str(id), "--seconds", "5", "--seed", seed)
        house.command("rounds", "publish", str(id))
        won += winner(house, id, tmp_path / f"out-{name}")

    assert sorted(won) == ["A", "B"]


def test_two_rounds_do_not_invite_one_person_to_the_same_hour(house: House, cases: Path, tmp_path: Path) -> None:
    won = []
    for name in ("tokyo", "academy"):
        folder = brought_forward(cases / "two-rounds-one-hour" / name, tmp_path / name)
        id = house.command("rounds", "import", folder)["round_id"]
        house.command("rounds", "solve", str(id), "--seconds", "5")
        if name == "tokyo":
            house.command("rounds", "publish", str(id))
        won.append(winner(house, id, tmp_path / f"out-{name}"))

    assert won == [["A"], []]


def test_a_search_without_time_keeps_the_better_plan(house: House, shared: Path) -> None:
    id = house.command("rounds", "import", shared / "rounds" / "k8s-rotation")["round_id"]
    first = house.command("rounds", "solve", str(id), "--seconds", "45")

    second = house.command("rounds", "solve", str(id), "--seconds", "1")

    assert second["matched"] == first["matched"] > 0
    assert second["taken"] is False


@pytest.mark.parametrize(
    ("days", "clock", "said"),
    [
        (2, "10:00", "The company is closed on that day."),
        (-1, "03:00", "It is outside the days of this round."),
        (140, "10:00", "It is outside the days of this round."),
        (1, "03:00", "It is outside the working time of"),
    ],
)
def test_a_visit_is_moved_to_an_odd_hour_only_after_a_question(
    house: House, cases: Path, tmp_path: Path, days: int, clock: str, said: str
) -> None:
    folder = brought_forward(cases / "two-rounds-one-hour" / "tokyo", tmp_path / "tokyo")
    rules = (folder / "round.toml").read_text("utf-8")
    begins = date.fromisoformat(rules.partition("from = ")[2][:10])
    (folder / "round.toml").write_text(f"{rules}closed_days = [{begins + timedelta(days=2)}]\n", encoding="utf-8")
    id = house.command("rounds", "import", folder)["round_id"]
    house.command("rounds", "solve", str(id), "--seconds", "5")
    house.command("rounds", "publish", str(id))
    with house.app.app_context():
        before = db.session.scalars(select(Slot.starts_at)).one()
    hr, day = house.hr(HR), str(begins + timedelta(days=days))
    hr.open("/slots/1")

    page = hr.press("/reschedule", 422, day=day, clock=clock)

    assert said in page
    with house.app.app_context():
        assert db.session.scalars(select(Slot.starts_at)).one() == before
    hr.press("/reschedule")
    with house.app.app_context():
        assert db.session.scalars(select(Slot.starts_at)).one() != before
