"""`flask rounds import-list`, on the lists that lie beside a developer's checkout and on smaller and harder ones."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from shadowing.collecting import availability
from shadowing.extensions import db
from shadowing.models import Audit, Availability, FreeTimes, Opening, Person, Round, Stage
from tests import factories
from tests.factories import at

LISTS = ("av-*", "op-*")


def run(app: Flask, *words: str | Path) -> Result:
    return app.test_cli_runner().invoke(args=[str(word) for word in words])


def answer(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def arranged(app: Flask, people: list[dict[str, str]]) -> int:
    """A round of the last two weeks of January with these people; its id."""
    with app.app_context():
        departments = {name: factories.department(name=name) for name in dict.fromkeys(p["department"] for p in people)}
        for one in people:
            home = departments[one["department"]]
            factories.person(one["id"], home, display_name=one["name"], email=one["mail"])
        round = factories.round_(ends_on=date(2027, 1, 29))
        db.session.commit()
        return round.id


PEOPLE = [
    {"id": "1", "name": "髙橋 由美子", "mail": "takahashi@example.org", "department": "営業部"},
    {"id": "2", "name": "﨑山 葵", "mail": "sakiyama@example.org", "department": "製造部"},
    {"id": "3", "name": "𠮷野家 一", "mail": "yoshinoya@example.org", "department": "製造部"},
    {"id": "4", "name": "Seán O'Brien 🧑🏽‍💻", "mail": "sean@example.org", "department": "営業部"},
]


@pytest.fixture
def round_id(app: Flask) -> int:
    return arranged(app, PEOPLE)


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "list.csv"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize("kind", LISTS)
def test_lists_as_people_type_them_are_understood_or_asked_about(app: Flask, shared: Path, kind: str) -> None:
    folders = sorted((shared / "hr-lists").glob(kind))
    expected = [json.loads((folder / "expected.json").read_text("utf-8")) for folder in folders]
    round_id = arranged(app, expected[0]["context"]["people"])

    wrong = {}
    for folder, whole in zip(folders, expected, strict=True):
        said = answer(run(app, "rounds", "import-list", str(round_id), folder / whole["file"], "--dry-run", "--json"))
        trouble = differences(said, whole)
        if trouble:
            wrong[folder.name] = trouble

    assert folders
    assert wrong == {}


def differences(said: Any, whole: Any) -> list[object]:
    names = ("person", "date", "from", "to", "level")
    spans = [{name: one[name] for name in names} for one in said.get("spans", [])]
    wrong: list[object] = [one for one in spans if one not in whole.get("spans", [])]
    wrong += [one for one in whole.get("spans", []) if one not in spans]
    for one, wanted in zip(said.get("openings", []), whole.get("openings", []), strict=True):
        wrong += [(name, one.get(name), value) for name, value in wanted.items() if one.get(name) != value]
    asked = {one["about"]: one["proposal"] for one in said["questions"]}
    wanted_questions = {one["about"]: one["proposal"] for one in whole.get("questions", [])}
    return [*wrong, *[(asked, wanted_questions)] * (asked != wanted_questions), *said["errors"]]


def test_free_times_go_in_once_and_stand_in_the_audit(app: Flask, round_id: int, tmp_path: Path) -> None:
    file = written(tmp_path, "氏名,1/19(火) 午前,1/19(火) 午後\n髙橋 由美子,〇,△\n﨑山　葵さん,×,13時半〜\n合計,1,2\n")

    first = answer(run(app, "rounds", "import-list", str(round_id), file, "--json"))
    second = answer(run(app, "rounds", "import-list", str(round_id), file, "--json"))

    assert (first["new"], first["changed"], first["same"], first["left_out"], first["errors"]) == (2, 0, 0, 1, [])
    assert (second["new"], second["changed"], second["same"]) == (0, 0, 2)
    with app.app_context():
        round = db.session.get_one(Round, round_id)
        sakiyama = db.session.scalars(select(Person).where(Person.code == "2")).one()
        given = availability.given(sakiyama, round).spans
        assert [(span.starts_at, span.ends_at, span.level) for span in given] == [(at(1, 13, 30), at(1, 18), 2)]
        assert list(db.session.scalars(select(Audit.deed))) == ["import_times"]


def test_a_dry_run_changes_nothing(app: Flask, round_id: int, tmp_path: Path) -> None:
    file = written(tmp_path, "社員番号,ご都合\n1,毎週月曜 10時〜11時\n")

    said = answer(run(app, "rounds", "import-list", str(round_id), file, "--dry-run", "--json"))

    assert [one["date"] for one in said["spans"]] == ["2027-01-18", "2027-01-25"]
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Availability)) == 0


def test_a_remark_is_asked_about_and_the_answer_counts(app: Flask, round_id: int, tmp_path: Path) -> None:
    file = written(tmp_path, "氏名,空いている日時\n𠮷野家 一,1/20 10:00-11:30（出張でなければ）\n")
    answers = tmp_path / "answers.json"
    answers.write_text(json.dumps({"出張でなければ": "○"}), encoding="utf-8")

    asked = answer(run(app, "rounds", "import-list", str(round_id), file, "--dry-run", "--json"))
    told = answer(run(app, "rounds", "import-list", str(round_id), file, "--json", "--answers", answers))

    assert [(one["about"], one["proposal"]) for one in asked["questions"]] == [("出張でなければ", "△")]
    assert [one["level"] for one in asked["spans"] + told["spans"]] == ["maybe", "yes"]


def test_a_wrong_cell_is_named_and_the_others_go_in(app: Flask, round_id: int, tmp_path: Path) -> None:
    file = written(tmp_path, "社員番号,1/19,1/30(土),1/20(月)\n1,9-12,,\n9,○,,\n2,会議,○,○\n")

    said = answer(run(app, "rounds", "import-list", str(round_id), file, "--json"))

    assert [(one["row"], one["column"], one["value"]) for one in said["errors"]] == [
        (1, "1/20(月)", "1/20(月)"),
        (3, "社員番号", "9"),
        (4, "1/19", "会議"),
        (4, "1/30(土)", "○"),
    ]
    assert [(one["person"], one["from"], one["to"]) for one in said["spans"]] == [("1", "09:00", "12:00")]


def test_openings_go_in_once_and_change_with_their_list(app: Flask, round_id: int, tmp_path: Path) -> None:
    head = "枠番号,担当者,種類,題名,日時,定員,場所\n"
    first = (
        head
        + "A,Seán O'Brien 🧑🏽‍💻,定例会議,朝会,毎週火曜 10:00〜11:00,2名,5F\nB,2;𠮷野家 一,隣で見る,検査,1/20(水) 13:30-15:00,1,\n"
    )
    file = written(tmp_path, first)

    made = answer(run(app, "rounds", "import-list", str(round_id), file, "--json"))
    again = answer(run(app, "rounds", "import-list", str(round_id), file, "--json"))
    file.write_text(first.replace("2名", "3名"), encoding="utf-8")
    changed = answer(run(app, "rounds", "import-list", str(round_id), file, "--json"))

    assert [(one["new"], one["changed"], one["same"]) for one in (made, again, changed)] == [
        (2, 0, 0),
        (0, 0, 2),
        (0, 1, 1),
    ]
    with app.app_context():
        kept = db.session.scalars(select(Opening).order_by(Opening.code)).all()
        assert [(it.code, it.seats, len(it.slots), [host.person.code for host in it.hosts]) for it in kept] == [
            ("A", 3, 2, ["4"]),
            ("B", 1, 1, ["2", "3"]),
        ]


def test_openings_without_numbers_are_known_again(app: Flask, round_id: int, tmp_path: Path) -> None:
    head = "部署,担当,内容,候補日時,人数\n"
    file = written(tmp_path, head + "製造部,2,見学,1/19・1/21 14:00～15:00,2人まで\n")
    other = tmp_path / "other.csv"
    other.write_text(head + "営業部,1,商談,随時,1\n", encoding="utf-8")

    for one in (file, other, file):
        said = answer(run(app, "rounds", "import-list", str(round_id), one, "--json"))

    assert (said["new"], said["same"]) == (0, 2)
    with app.app_context():
        found = db.session.execute(select(Opening.code, Opening.title, Opening.flexible).order_by(Opening.code))
        assert [tuple(row) for row in found] == [("1", "見学", False), ("2", "見学", False), ("3", "商談", True)]


def test_a_biweekly_meeting_waits_for_its_first_date(app: Flask, round_id: int, tmp_path: Path) -> None:
    file = written(tmp_path, "番号,ホスト,種類,題名,いつ,席数\nN,3,会議,品質会議,隔週月曜 10:00-10:45,1\n")
    answers = tmp_path / "answers.json"
    answers.write_text(json.dumps([{"about": "N", "answer": "25 Jan"}]), encoding="utf-8")

    asked = answer(run(app, "rounds", "import-list", str(round_id), file, "--json"))
    told = answer(run(app, "rounds", "import-list", str(round_id), file, "--json", "--answers", answers))

    assert (asked["new"], asked["questions"][0]["choices"]) == (0, ["18 Jan", "25 Jan"])
    assert (told["new"], told["openings"][0]["first_on"]) == (1, "2027-01-25")


def test_whoever_gave_their_own_times_keeps_them_unless_hr_says_otherwise(app: Flask, tmp_path: Path) -> None:
    round_id = arranged(app, PEOPLE)
    with app.app_context():
        round, person = (
            db.session.get_one(Round, round_id),
            db.session.scalars(select(Person).where(Person.code == "1")).one(),
        )
        db.session.add(Availability(round_id=round.id, person_id=person.id, given=FreeTimes(week={"mon-0900": 2})))
        db.session.commit()
    file = written(tmp_path, "社員番号,1/19\n1,終日\n2,終日\n")
    answers = tmp_path / "answers.json"
    answers.write_text(json.dumps({"own times": "replace"}), encoding="utf-8")

    kept = answer(run(app, "rounds", "import-list", str(round_id), file, "--json"))
    replaced = answer(run(app, "rounds", "import-list", str(round_id), file, "--json", "--answers", answers))

    assert ([one["person"] for one in kept["spans"]], kept["new"], kept["changed"]) == (["2"], 1, 0)
    assert (replaced["new"], replaced["changed"], replaced["same"]) == (0, 1, 1)


def test_a_list_comes_too_late_once_the_answers_are_closed(app: Flask, round_id: int, tmp_path: Path) -> None:
    file = written(tmp_path, "社員番号,1/19\n1,終日\n")
    with app.app_context():
        db.session.get_one(Round, round_id).step(Stage.COLLECTING, Stage.SOLVING)
        db.session.commit()

    said = run(app, "rounds", "import-list", str(round_id), file)

    assert (said.exit_code, "answers of this round are closed" in said.stderr) == (1, True)
