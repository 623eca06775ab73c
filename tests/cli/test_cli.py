"""The commands as an operator meets them: what they answer, how they end, and what they refuse."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from shadowing.app import create_app
from shadowing.config import PREFIX, ROOT
from shadowing.extensions import db
from shadowing.matching import solving
from shadowing.models import Letter, LetterState, Person, Round, Stage
from tests.conftest import NEWEST, settings
from tests.factories import person
from tests.postbox import Sink, serving
from tests.sample_folder import DEPARTMENTS, PEOPLE, files


def run(app: Flask, *words: str | Path) -> Result:
    return app.test_cli_runner().invoke(args=[str(word) for word in words])


def answer(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A round that begins a month from the next Monday on, whatever the day of the test."""
    today = datetime.now(UTC).date()
    monday = today + timedelta(days=35 - today.weekday())
    strangers = files(people=PEOPLE.replace(",A1\n", ",\n"), history=None, exclusions=None)
    return written(tmp_path / "round", strangers, monday - date(2027, 1, 18))


def written(where: Path, source: dict[str, bytes], shift: timedelta = timedelta()) -> Path:
    where.mkdir()
    for name, data in source.items():
        text = re.sub(r"2027-\d\d-\d\d", lambda day: str(date.fromisoformat(day[0]) + shift), data.decode())
        (where / name).write_text(text, encoding="utf-8")
    return where


def test_a_round_goes_from_folder_to_folder(app: Flask, folder: Path, tmp_path: Path) -> None:
    imported = answer(run(app, "rounds", "import", folder, "--json"))
    solved = answer(run(app, "rounds", "solve", "1", "--seconds", "5", "--json"))
    published = answer(run(app, "rounds", "publish", "1", "--json"))
    worked = run(app, "worker", "--until-idle")
    exported = answer(run(app, "rounds", "export", "1", tmp_path / "out", "--json"))

    assert imported == {"round_id": 1, "people": 3, "openings": 3, "guests": 1, "warnings": []}
    assert {name: solved[name] for name in ("status", "matched", "guests", "value", "bound", "gap")} == {
        "status": "optimal",
        "matched": 1,
        "guests": 1,
        "value": 1,
        "bound": 1,
        "gap": 0.0,
    }
    assert published["letters"] > 0
    assert worked.exit_code == 0
    assert "pairings.csv" in exported["files"]
    assert len((tmp_path / "out" / "pairings.csv").read_text("utf-8-sig").splitlines()) >= 2
    with app.app_context():
        states = set(db.session.scalars(select(Letter.state)))
    assert states == {LetterState.SENT}


@pytest.mark.slow
def test_a_search_without_time_keeps_the_plan_that_stands_and_says_so(app: Flask, shared: Path, tmp_path: Path) -> None:
    run(app, "rounds", "import", shared / "rounds" / "k8s-rotation")
    before = answer(run(app, "rounds", "solve", "1", "--seconds", "20", "--json"))
    run(app, "rounds", "export", "1", tmp_path / "before")

    after = answer(run(app, "rounds", "solve", "1", "--seconds", "1", "--json"))
    said = run(app, "rounds", "solve", "1", "--seconds", "1").stdout

    run(app, "rounds", "export", "1", tmp_path / "after")
    one, two = ((tmp_path / name / "pairings.csv").read_bytes() for name in ("before", "after"))
    assert before["matched"] > 200
    assert one == two
    assert (after["taken"], after["matched"], after["gone"]) == (False, before["matched"], [])
    assert after["gap"] > 0.0 or (after["status"], len(after["tiers"])) == ("optimal", 7)
    assert f"the pairings stay as they are: {before['matched']} guests have a visit." in said


@pytest.mark.slow
def test_the_same_round_solved_twice_gives_the_same_bytes(app: Flask, folder: Path, tmp_path: Path) -> None:
    run(app, "rounds", "import", folder)
    plans = []
    for name in ("one", "two"):
        answer(run(app, "rounds", "solve", "1", "--seconds", "5", "--seed", "3", "--json"))
        run(app, "rounds", "export", "1", tmp_path / name)
        plans.append((tmp_path / name / "pairings.csv").read_bytes())

    assert plans[0] == plans[1]


def test_importing_twice_answers_the_same_round(app: Flask, folder: Path) -> None:
    first = answer(run(app, "rounds", "import", folder, "--json"))

    assert answer(run(app, "rounds", "import", folder, "--json")) == first


def test_wrong_rows_are_listed_and_nothing_is_imported(app: Flask, tmp_path: Path) -> None:
    wrong = written(tmp_path / "wrong", files(guests="person_id,visits\nA1,1\nZ9,1\n"))

    result = run(app, "rounds", "import", wrong, "--json")

    assert result.exit_code == 1
    assert "Nothing was imported. Rows or files with errors: 1." in result.stderr
    assert "guests.csv, row 3, person_id “Z9”: There is no person “Z9”. Add them to people.csv." in result.stderr
    assert json.loads(result.stdout)["errors"] == [
        {
            "file": "guests.csv",
            "row": 3,
            "column": "person_id",
            "value": "Z9",
            "reason": "There is no person “Z9”.",
            "suggestion": "Add them to people.csv.",
            "sheet": "",
        }
    ]
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Person)) == 0


def test_the_sound_rows_of_a_list_go_in_and_the_others_are_named(app: Flask, tmp_path: Path) -> None:
    source = tmp_path / "people.csv"
    source.write_text(
        "社員番号,氏名,メール,部署\n1,𠮷田 葵,yoshida@example.org,営業部\n2,#REF!,x@example.org,営業部\n",
        encoding="utf-8",
    )

    taken = answer(run(app, "people", "import", source, "--json"))

    assert [(error["row"], error["value"]) for error in taken["errors"]] == [(3, "#REF!")]
    with app.app_context():
        assert list(db.session.scalars(select(Person.code))) == ["1"]


def test_good_rows_go_in_and_the_others_are_named(app: Flask, tmp_path: Path) -> None:
    wrong = written(tmp_path / "wrong", files(guests="person_id,visits\nA1,1\nZ9,1\n"))

    found = answer(run(app, "rounds", "import", wrong, "--good-rows", "--json"))

    assert found["guests"] == 1
    assert [error["row"] for error in found["errors"]] == [3]


def test_people_are_imported_from_a_folder_or_looked_at_first(app: Flask, tmp_path: Path) -> None:
    source = written(tmp_path / "people", {"people.csv": PEOPLE.encode(), "departments.csv": DEPARTMENTS.encode()})

    seen = answer(run(app, "people", "import", source, "--dry-run", "--json"))
    taken = answer(run(app, "people", "import", source, "--json"))
    again = answer(run(app, "people", "import", source, "--json"))

    assert [(it["new"], it["changed"], it["same"], it["departments"]) for it in (seen, taken, again)] == [
        (3, 0, 0, 2),
        (3, 0, 0, 2),
        (0, 0, 3, 0),
    ]


def test_a_round_under_way_in_another_process_is_not_solved_twice(app: Flask, folder: Path) -> None:
    run(app, "rounds", "import", folder)
    with app.app_context():
        solving.ask(db.session.get_one(Round, 1), None, 5, 0, datetime.now(UTC))
        db.session.commit()

    result = run(app, "rounds", "solve", "1")

    assert (result.exit_code, result.stderr) == (1, "The pairings of “Winter” are being made already.\n")


@pytest.mark.parametrize("command", [("solve",), ("publish",), ("export", "out")])
def test_a_round_that_is_not_there_is_refused(app: Flask, command: tuple[str, ...]) -> None:
    result = run(app, "rounds", command[0], "99", *command[1:])

    assert (result.exit_code, result.stderr) == (1, "There is no round 99.\n")


def test_publishing_before_a_plan_is_refused(app: Flask, folder: Path) -> None:
    run(app, "rounds", "import", folder)

    result = run(app, "rounds", "publish", "1")

    assert (result.exit_code, result.stderr) == (1, "The round “Winter” is at another step by now. Look at it again.\n")


def test_wrong_usage_ends_with_two(app: Flask, tmp_path: Path) -> None:
    assert run(app, "rounds", "solve").exit_code == 2
    assert run(app, "rounds", "import", tmp_path / "nowhere").exit_code == 2


@pytest.mark.slow
@pytest.mark.parametrize("trouble", ["ctrl-c", "the solver is killed"])
def test_a_solve_that_breaks_off_leaves_the_round_where_it_was(tmp_path: Path, folder: Path, trouble: str) -> None:
    app = create_app(settings(tmp_path))
    run(app, "rounds", "import", folder)
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "rounds", "solve", "1"]
    own = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    environment = own | {"SHADOWING_INSTANCE": str(tmp_path / "instance")}

    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True) as running:
        solver = child_of(running)
        os.kill(*((running.pid, signal.SIGINT) if trouble == "ctrl-c" else (solver, signal.SIGKILL)))
        said = running.communicate(timeout=30)[1]

    assert running.returncode == 1
    assert said.startswith("The solver came back without a plan.")
    assert [it["stage"] for it in answer(run(app, "rounds", "list", "--json"))["rounds"]] == [Stage.COLLECTING]


def child_of(parent: subprocess.Popen[str]) -> int:
    """The first child of the process, as soon as it has one."""
    children = Path(f"/proc/{parent.pid}/task/{parent.pid}/children")
    until = time.monotonic() + 60
    while parent.poll() is None and time.monotonic() < until:
        if found := children.read_text().split():
            return int(found[0])
        time.sleep(0.01)
    parent.kill()
    raise AssertionError(f"no child; {parent.communicate()[1]!r}")


def test_rounds_are_listed_with_their_stage(app: Flask, folder: Path) -> None:
    assert run(app, "rounds", "list").stdout == "There is no round yet.\n"

    run(app, "rounds", "import", folder)

    assert [it["stage"] for it in answer(run(app, "rounds", "list", "--json"))["rounds"]] == [Stage.COLLECTING]


def test_an_empty_database_gets_its_tables_by_itself(tmp_path: Path) -> None:
    app = create_app(settings(tmp_path))

    assert answer(run(app, "rounds", "list", "--json")) == {"rounds": []}


@pytest.mark.parametrize("words", [("rounds", "list"), ("worker", "--until-idle")])
def test_a_database_of_another_version_is_left_alone(app: Flask, words: tuple[str, ...]) -> None:
    with app.app_context():
        db.session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
        db.session.commit()

    result = run(app, *words)

    assert result.exit_code == 1
    newest = f"and this program needs {NEWEST}. Run: flask --app wsgi db"
    assert f"The database is at version 0000, {newest}" in result.stderr


def test_the_first_admin_gets_a_link_that_signs_in(app: Flask) -> None:
    made = answer(run(app, "admin", "create", "hr@example.org", "--name", "森 花", "--json"))

    client = app.test_client()
    path = made["url"].removeprefix("http://localhost:8000")
    assert client.get(path).status_code == 200
    assert client.post(path).status_code == 303
    with app.app_context():
        person = db.session.scalars(select(Person)).one()
        assert (person.display_name, person.hr, person.department) == ("森 花", True, None)


def test_somebody_known_becomes_an_admin_as_they_are(app: Flask, folder: Path) -> None:
    run(app, "rounds", "import", folder)

    assert answer(run(app, "admin", "create", "ANN@example.org", "--json"))["person_id"] == "A1"


def test_an_admin_needs_a_mail_address(app: Flask) -> None:
    result = run(app, "admin", "create", "森")

    assert (result.exit_code, result.stderr) == (
        1,
        "“森” is not a mail address. Write it like taro.yamada@example.co.jp.\n",
    )


def test_the_demo_is_refused_where_people_are(app: Flask, folder: Path) -> None:
    run(app, "rounds", "import", folder)

    result = run(app, "demo")

    assert result.exit_code == 1
    assert "empty database" in result.stderr


WAYS_OF_MAIL = ("mail", "answers by mail")


def test_the_doctor_finds_nothing_on_a_sound_machine(app: Flask) -> None:
    result = run(app, "doctor", "--json")

    own = "sqlite library" if app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite") else "clock"
    names = ("settings", "public url", "instance folder", own, "database", "schema", "holidays", *WAYS_OF_MAIL)
    assert {check["name"]: check["well"] for check in answer(result)["checks"]} == dict.fromkeys(names, True)


def test_the_doctor_says_whether_answers_by_mail_arrive(app: Flask) -> None:
    settings = app.extensions["settings"]

    deaf = run(app, "doctor").output
    app.extensions["settings"] = settings.model_copy(update={"mail_listen": "127.0.0.1:8024"})
    listening = run(app, "doctor").output
    app.extensions["settings"] = settings.model_copy(update={"imap_server": "localhost", "imap_port": 1})
    broken = run(app, "doctor")

    assert "ok   answers by mail: Answers given inside a calendar program do not arrive" in deaf
    assert "ok   answers by mail: The worker takes mail in at 127.0.0.1:8024 (lmtp)." in listening
    assert "FAIL answers by mail: " in broken.output
    assert broken.exit_code == 1


def test_the_doctor_says_how_to_mend_what_is_missing(tmp_path: Path) -> None:
    app = create_app(settings(tmp_path, mail_server="localhost", mail_port=1, mail_tls="none"))

    result = run(app, "doctor")

    assert result.exit_code == 1
    assert f"FAIL schema: at None, not at {NEWEST}. Run: flask --app wsgi db upgrade" in result.stdout
    assert "FAIL mail: localhost:1 (none): [Errno 111] Connection refused." in result.stdout


def test_a_test_mail_needs_a_mail_server(app: Flask) -> None:
    result = run(app, "mail", "test", "a@example.org")

    assert result.exit_code == 1
    assert result.stderr == "No mail server is set. Set SHADOWING_MAIL_SERVER and the settings beside it.\n"


def test_a_test_mail_reaches_the_server(tmp_path: Path) -> None:
    with serving(Sink()) as sink:
        app = create_app(settings(tmp_path, mail_server="127.0.0.1", mail_port=sink.port, mail_tls="none"))

        result = run(app, "mail", "test", "a@example.org", "--json")

    assert answer(result) == {"address": "a@example.org", "sent": True}
    assert [(mail["To"], mail["Subject"]) for mail in sink.messages()] == [("a@example.org", "テストメール")]


def test_a_test_mail_says_why_it_did_not_go(tmp_path: Path) -> None:
    app = create_app(settings(tmp_path, mail_server="localhost", mail_port=1, mail_tls="none"))

    result = run(app, "mail", "test", "a@example.org")

    assert result.exit_code == 1
    assert "Connection refused" in result.stderr


@pytest.mark.parametrize(
    "words", [("admin", "create", "a\udcff@example.org"), ("admin", "create", "a@b.org", "--name", "\0")]
)
def test_words_that_no_database_takes_are_refused(app: Flask, words: tuple[str, ...]) -> None:
    result = run(app, *words)

    assert result.exit_code == 1
    assert "contains a character that cannot be saved. Type it in UTF-8." in result.stderr


def test_nul_in_the_round_file_is_refused_with_its_line(app: Flask, tmp_path: Path) -> None:
    source = files()
    source["round.toml"] = source["round.toml"].replace(b'title = "', b'title = "\\u0000')

    result = run(app, "rounds", "import", written(tmp_path / "round", source))

    assert result.exit_code == 1
    assert re.search(r"round.toml, row \d+, title “.*”: “�Winter” contains a character that is no text", result.stderr)


@pytest.fixture
def grudging(app_on_both: Flask) -> Flask:
    """The database refuses every person, as it would one that it has already."""
    with app_on_both.app_context():
        db.session.execute(text("CREATE UNIQUE INDEX one_locale ON person (locale)"))
        db.session.commit()
    return app_on_both


def test_what_the_database_refuses_is_said_in_a_line_that_names_nobody(grudging: Flask, folder: Path) -> None:
    result = run(grudging, "rounds", "import", folder)

    assert result.exit_code == 1
    said = "The database refused, and nothing was changed: .*(one_locale|person.locale).*"
    assert re.fullmatch(said, result.stderr.splitlines()[-1])
    assert result.exception is None or isinstance(result.exception, SystemExit)


@pytest.mark.slow
def test_a_real_round_of_japanese_names_is_imported(app: Flask, shared: Path) -> None:
    imported = answer(run(app, "rounds", "import", shared / "rounds" / "jp-agency", "--json"))

    assert (imported["people"], imported["guests"], imported["openings"]) == (240, 169, 137)


@pytest.mark.slow
def test_the_demo_fills_an_empty_database(app: Flask) -> None:
    filled = answer(run(app, "demo", "--json"))

    assert filled["people"] > 100
    assert answer(run(app, "rounds", "list", "--json"))["rounds"][0]["stage"] == Stage.REVIEWING


def test_the_doctor_writes_a_test_invitation_and_tells_what_it_has_seen_so_far(app: Flask, session: Session) -> None:
    person("hanako", hr=True)
    session.commit()

    result = run(app, "doctor", "mail", "o'brien@example.net", "--minutes", "0", "--json")

    said = json.loads(result.stdout)
    assert result.exit_code == 1
    assert "Answer in the calendar of o'brien@example.net: test invitation" in result.stderr
    assert len(said["faults"]) == 12
    found = {one["fault"]: one["sight"] for one in said["faults"]}
    assert (found["not_sent"], found["no_way_in"], found["silent"]) == ("present", "present", "unknown")
    assert session.scalars(select(Letter.address)).all() == ["o'brien@example.net"]


def test_the_doctor_says_in_words_what_to_do(app: Flask, session: Session) -> None:
    person("hanako", hr=True)
    session.commit()

    lines = run(app, "doctor", "mail", "a@example.net", "--minutes", "0").stdout.splitlines()

    assert lines[0] == "FAULT   Mails do not leave: No mail server is set, so no mail leaves the house."
    assert lines[1].strip().startswith("Set SHADOWING_MAIL_SERVER and the settings beside it")
    assert lines[-1] == "It goes on: http://localhost:8000/doctor/1"


def test_a_test_invitation_needs_somebody_who_runs_rounds(app: Flask) -> None:
    run(app, "db", "upgrade")

    result = run(app, "doctor", "mail", "a@example.net")

    assert result.exit_code == 1
    assert "Nobody runs rounds yet." in result.stderr
