"""Round folders: what goes into the tables, what a second import does, and what comes out again."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import monotonic

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shadowing import folders
from shadowing.collecting import availability, openings
from shadowing.collecting.offers import Offer
from shadowing.errors import Unreadable, WrongStage
from shadowing.extensions import db
from shadowing.models import (
    Audit,
    Availability,
    Base,
    Department,
    Exclusion,
    FreeTimes,
    Goal,
    Guest,
    Host,
    Opening,
    PairingStatus,
    Participation,
    PastPairing,
    Person,
    Round,
    Slot,
    Stage,
    WhyUnmatched,
)
from shadowing.rules import RoundRules
from shadowing.typed import read
from tests import factories
from tests.factories import NOW
from tests.sample_folder import DEPARTMENTS, GUESTS, OPENINGS, PEOPLE, ROUND, files, only_people

LATER = NOW + timedelta(days=1)


def digest(session: Session) -> dict[str, list[str]]:
    return {
        table.name: sorted(map(str, session.execute(table.select()).all())) for table in Base.metadata.sorted_tables
    }


def counts(session: Session) -> dict[str, int]:
    tables = (Department, Person, Round, Opening, Host, Slot, Guest, Goal, Availability, PastPairing, Exclusion)
    return {it.__tablename__: session.scalar(select(func.count()).select_from(it)) or 0 for it in tables}


def person(session: Session, code: str) -> Person:
    return session.scalars(select(Person).where(Person.code == code)).one()


def take_in(source: dict[str, bytes] | Path, now: datetime = NOW, good_rows: bool = False) -> Round:
    return folders.take_in(folders.read(source), good_rows, now)


# People


def test_a_preview_counts_what_an_import_would_do_and_writes_nothing(session: Session) -> None:
    folders.take_in_people(folders.read(only_people(PEOPLE)), False, NOW)
    before = digest(session)
    changed = PEOPLE.replace("Bob,bob@", "Robert,bob@").replace("C3,Chie,chie", "D4,Dan,dan")

    seen = folders.preview(folders.read(only_people(changed)))

    assert [row.code for row in seen.new] == ["D4"]
    assert [(it.row.code, it.fields[0].column, it.fields[0].old, it.fields[0].new) for it in seen.changed] == [
        ("B2", "display_name", "Bob", "Robert")
    ]
    assert (seen.same, seen.unlisted) == (1, 1)
    assert digest(session) == before


def test_a_blank_cell_keeps_what_is_known(session: Session) -> None:
    folders.take_in_people(folders.read(only_people(PEOPLE)), False, NOW)
    person(session, "B2").site = "Osaka"
    text = "person_id,display_name,email,department_id,manager_id,site\nB2,Bob,bob@example.org,market,,\n"

    folders.take_in_people(folders.read(only_people(text)), False, NOW)

    bob = person(session, "B2")
    assert (bob.site, bob.manager_id) == ("Osaka", person(session, "A1").id)


def test_people_who_are_not_listed_stay(session: Session) -> None:
    old = factories.person("OLD")

    folders.take_in_people(folders.read(only_people(PEOPLE)), False, NOW)

    assert old.left_at is None


def test_two_people_may_swap_their_addresses(session: Session) -> None:
    folders.take_in_people(folders.read(only_people(PEOPLE)), False, NOW)
    swapped = PEOPLE.replace("ann@", "x@").replace("bob@", "ann@").replace("x@", "bob@")

    folders.take_in_people(folders.read(only_people(swapped)), False, NOW)

    assert (person(session, "A1").email, person(session, "B2").email) == ("bob@example.org", "ann@example.org")


def test_an_address_of_somebody_who_left_is_taken_by_the_next_one(session: Session) -> None:
    gone = factories.person("old", email="ann@example.org", left_at=NOW)

    folders.take_in_people(folders.read(only_people(PEOPLE)), False, NOW)

    assert (person(session, "A1").email, gone.email, gone.left_at) == ("ann@example.org", "ann@example.org", NOW)


def test_who_was_let_in_first_gets_the_id_of_the_list(session: Session) -> None:
    first = folders.make_admin("ann@example.org", "Ann")

    taken = folders.take_in_people(folders.read(only_people(PEOPLE)), False, NOW)

    assert (taken.new, taken.changed) == (2, 1)
    assert (first.code, first.hr, first.home.code) == ("A1", True, "sales")


def test_a_name_is_found_by_its_reading_after_the_import(session: Session) -> None:
    text = "社員番号,氏名,カナ,メール,部署\nA1,森 花,ﾓﾘ ﾊﾅ,m@example.org,sales\n"

    folders.take_in_people(folders.read(only_people(text)), False, NOW)

    assert "モリハナ" in person(session, "A1").folded


def test_nothing_is_written_while_a_row_is_wrong(session: Session) -> None:
    before = digest(session)
    wrong = folders.read(only_people(PEOPLE + "D4,Dan,dan,sales,\n"))

    with pytest.raises(Unreadable) as refusal:
        folders.take_in_people(wrong, False, NOW)

    assert str(refusal.value) == "Nothing was imported. Rows or files with errors: 1."
    assert len(refusal.value.errors) == 1
    assert digest(session) == before


def test_the_good_rows_go_in_alone_when_they_are_asked_for(session: Session) -> None:
    wrong = folders.read(only_people(PEOPLE + "D4,Dan,dan,sales,\nE5,Eve,eve@example.org,sales,D4\n"))

    taken = folders.take_in_people(wrong, True, NOW)

    assert taken.new == 3
    assert [error.row for error in taken.errors] == [5, 6]


# Rounds


def test_a_folder_becomes_a_round_with_all_that_belongs_to_it(session: Session) -> None:
    round = take_in(files())

    assert (round.stage, round.answers_until) == (Stage.COLLECTING, date(2027, 1, 4))
    assert counts(session) == {
        "department": 2,
        "person": 3,
        "round": 1,
        "opening": 3,
        "host": 4,
        "slot": 4 + 1,
        "guest": 1,
        "goal": 2,
        "availability": 2,
        "past_pairing": 3,
        "exclusion": 1,
    }
    guest = session.scalars(select(Guest)).one()
    assert (guest.visits, guest.note, guest.answered_at) == (2, "mornings", NOW)


def test_the_same_folder_twice_changes_nothing(session: Session) -> None:
    take_in(files())
    before = digest(session)

    take_in(files(), LATER)

    assert digest(session) == before


def test_a_changed_folder_changes_what_it_says(session: Session) -> None:
    round = take_in(files())
    openings = OPENINGS.replace("B2;C3,market,meeting,Weekly,,TU", "C3;A1,market,meeting,Weekly,,WE")
    before = round.version
    goals = "person_id,rank,department_id,topic,text\nA1,1,,prices,\n"
    free = "person_id,starts_at,ends_at,level\nA1,2027-01-21T09:00+09:00,2027-01-21T12:00+09:00,maybe\n"

    take_in(files(openings=openings, goals=goals, availability=free, guests=GUESTS.replace("2,mornings", "1,")), LATER)

    weekly = session.scalars(select(Opening).where(Opening.code == "weekly")).one()
    session.refresh(weekly)
    assert [host.person.code for host in weekly.hosts] == ["C3", "A1"]
    assert {slot.starts_at.astimezone(UTC).weekday() for slot in weekly.slots} == {2}
    guest = session.scalars(select(Guest)).one()
    assert (guest.visits, guest.note, guest.answered_at) == (1, "mornings", NOW)
    assert [(goal.rank, goal.topic) for goal in session.scalars(select(Goal))] == [(1, "prices")]
    rows = session.scalars(select(Availability)).all()
    assert sorted((span.starts_at.day, span.level) for row in rows for span in row.given.spans) == [(19, 1), (21, 1)]
    assert round.version == before + 1


def test_new_days_of_a_round_reach_openings_that_the_folder_does_not_list(session: Session) -> None:
    round = take_in(files())
    weekly = session.scalars(select(Opening).where(Opening.code == "weekly")).one()

    before = round.version
    desk = "".join(OPENINGS.splitlines(keepends=True)[:2])
    take_in(files(openings=desk, round=ROUND.replace("2027-02-12", "2027-01-31")), LATER)

    session.refresh(weekly)
    assert [slot.starts_at.date() for slot in weekly.slots] == [date(2027, 1, 19), date(2027, 1, 26)]
    assert round.version == before + 1


@pytest.mark.parametrize(("length", "travel"), [("15", "0"), ("480", "480")])
def test_the_shortest_and_the_longest_opening_of_a_file_can_be_changed_in_the_form(
    session: Session, length: str, travel: str
) -> None:
    heading = "opening_id,host_ids,department_id,kind,title,starts_at,duration_min,seats,travel_min\n"
    take_in(files(openings=f"{heading}day,B2,market,desk,A day,flexible,{length},1,{travel}\n"))
    with pytest.raises(Unreadable):
        take_in(files(openings=f"{heading}day,B2,market,desk,A day,flexible,{length},1,481\n"))
    opening = session.scalars(select(Opening)).one()
    typed = {"kind": "desk", "title": "B", "minutes": length, "travel_minutes": travel, "seats": "1", "flexible": "yes"}

    openings.change(opening, read(Offer, typed), NOW)

    assert (opening.title, opening.minutes, opening.travel_minutes) == ("B", int(length), int(travel))


def test_a_round_takes_its_own_zone_for_people_who_have_none(session: Session) -> None:
    take_in(files(round=ROUND.replace("Asia/Tokyo", "Europe/Berlin")))

    assert person(session, "A1").zone == "Europe/Berlin"


def test_a_draft_takes_answers_once_its_folder_comes_in(session: Session) -> None:
    draft = take_in(files())
    draft.stage = Stage.DRAFT
    session.commit()

    again = take_in(files(), LATER)

    assert (again.id, again.stage) == (draft.id, Stage.COLLECTING)
    assert [row.deed for row in session.scalars(select(Audit).where(Audit.at == LATER))] == ["import_round"]


@pytest.mark.parametrize("stage", [Stage.COLLECTING, Stage.REVIEWING])
def test_a_folder_leaves_a_round_at_the_stage_it_has_reached(session: Session, stage: Stage) -> None:
    take_in(files()).stage = stage
    session.flush()

    assert take_in(files(round=ROUND.replace("2027-02-12", "2027-02-05")), LATER).stage is stage


def test_a_published_round_is_not_changed_by_a_folder(session: Session) -> None:
    take_in(files()).stage = Stage.PUBLISHED
    session.flush()

    with pytest.raises(WrongStage) as refusal:
        take_in(files())

    assert str(refusal.value) == "The round “Winter” is past the stage in which a folder can change it."


def test_a_folder_without_a_round_is_no_round(session: Session) -> None:
    with pytest.raises(Unreadable) as refusal:
        take_in(only_people(PEOPLE))

    assert str(refusal.value) == "This folder has no round.toml that can be read, so it holds no round."


def test_rows_that_depend_on_a_wrong_row_are_left_out_with_it(session: Session) -> None:
    people = PEOPLE.replace("chie@example.org", "chie")

    take_in(files(people=people), good_rows=True)

    assert [opening.code for opening in session.scalars(select(Opening))] == ["desk"]


# Out again


def test_what_was_written_reads_as_the_same_folder(session: Session, tmp_path: Path) -> None:
    round = take_in(files())
    folders.export(round, tmp_path / "one", exclusions=True)

    again = folders.read(tmp_path / "one")
    before = digest(session)
    folders.take_in(again, False, LATER)
    folders.export(round, tmp_path / "two", exclusions=True)

    assert again.errors == ()
    assert digest(session) == before
    assert folders.read(tmp_path / "two") == again
    assert (again.history, again.exclusions) == (folders.read(files()).history, folders.read(files()).exclusions)


def test_a_painted_week_goes_out_as_dated_spans_and_comes_back_as_the_week(session: Session, tmp_path: Path) -> None:
    round = take_in(files())
    painter = person(session, "C3")
    availability.give(
        painter, round, FreeTimes(week={"tue-0900": 2, "tue-0930": 2}, days_off=(date(2027, 1, 26),)), NOW
    )
    session.flush()
    before = digest(session)

    folders.export(round, tmp_path)
    folders.take_in(folders.read(tmp_path), False, LATER)

    lines = (tmp_path / "availability.csv").read_text("utf-8-sig").splitlines()
    assert [line for line in lines if line.startswith("C3")] == [
        f"C3,2027-{day}T09:00:00+09:00,2027-{day}T10:00:00+09:00,yes" for day in ("01-19", "02-02", "02-09")
    ]
    assert digest(session) == before


def test_exclusions_are_written_only_when_they_are_asked_for(session: Session, tmp_path: Path) -> None:
    folders.export(take_in(files()), tmp_path)

    assert not (tmp_path / "exclusions.csv").exists()


def test_an_exclusion_goes_out_with_its_last_day_and_not_once_it_is_over(session: Session, tmp_path: Path) -> None:
    round = take_in(files())
    exclusion = session.scalars(select(Exclusion)).one()
    written = []
    for ends_on in (date(2027, 1, 18), date(2027, 1, 17)):
        exclusion.ends_on = ends_on
        session.flush()
        folders.export(round, tmp_path, exclusions=True)
        written.append((tmp_path / "exclusions.csv").read_text("utf-8-sig").splitlines()[1:])

    assert written == [["A1,C3,2027-01-18"], []]


@pytest.mark.parametrize(
    ("known", "said", "then"),
    [("", "2027-02-01", "2027-02-01"), ("2027-02-01", "", "2027-02-01"), ("2027-01-01", "", None)],
    ids=["a last day is set", "an empty cell keeps it", "one that is over holds again"],
)
def test_a_folder_says_until_when_two_are_kept_apart(session: Session, known: str, said: str, then: str | None) -> None:
    take_in(files(exclusions=f"person_id,other_id,ends_on\nC3,A1,{known}\n"))

    take_in(files(exclusions=f"person_id,other_id,ends_on\nC3,A1,{said}\n"))

    ends_on = session.scalars(select(Exclusion.ends_on)).one()
    assert (ends_on and str(ends_on)) == then


def test_pairings_and_unmatched_are_written_in_the_rounds_zone(session: Session, tmp_path: Path) -> None:
    round = take_in(files())
    slot = session.scalars(select(Slot).join(Opening).where(Opening.code == "once")).one()
    guest = session.scalars(select(Guest)).one()
    lonely = factories.guest(round, person(session, "B2"))
    lonely.reason = WhyUnmatched(code="taken_out", remedy="first_next_time", facts={})
    factories.pairing(guest, slot, status=PairingStatus.PLANNED, tags=["wish_1", "new_wall"])

    folders.export(round, tmp_path)

    assert (tmp_path / "pairings.csv").read_text("utf-8-sig") == (
        "guest_id,opening_id,starts_at,ends_at,host_ids,status,reason\n"
        "A1,once,2027-01-20T13:00:00+09:00,2027-01-20T16:00:00+09:00,C3,planned,wish_1;new_wall\n"
    )
    unmatched = (tmp_path / "unmatched.csv").read_text("utf-8-sig").splitlines()
    assert unmatched[1].startswith(
        'B2,"The people who run the round changed the plan by hand, and it has no visit for you any more.",'
    )


def test_whoever_never_answered_does_not_become_a_guest_by_way_of_a_folder(session: Session, tmp_path: Path) -> None:
    round = take_in(files())
    sales = session.scalars(select(Department).where(Department.code == "sales")).one()
    factories.guest(round, person(session, "B2"), (sales,), answered_at=None)
    factories.guest(round, person(session, "C3"), visits=0)

    folders.export(round, tmp_path)
    toml = (tmp_path / "round.toml").read_text("utf-8")
    (tmp_path / "round.toml").write_text(toml.replace(round.title, "Another round"), "utf-8")
    other = take_in(tmp_path)

    guests = select(Person.code, Guest.visits).join_from(Guest, Person).where(Guest.round_id == other.id)
    assert other.id != round.id
    assert sorted(tuple(row) for row in session.execute(guests)) == [("A1", 2), ("C3", 0)]


def test_a_round_that_nobody_has_answered_goes_out_and_comes_in_without_guests(
    session: Session, tmp_path: Path
) -> None:
    round = take_in(files(guests=None, goals=None))
    factories.guest(round, person(session, "B2"), answered_at=None)

    folders.export(round, tmp_path)

    again = folders.read(tmp_path)
    assert (again.errors, again.guests, again.goals) == ((), (), ())


def test_whether_guests_take_part_comes_back_and_a_list_without_it_keeps_it(session: Session, tmp_path: Path) -> None:
    openings = """opening_id,host_ids,department_id,kind,title,starts_at,duration_min,seats,参加のしかた
desk,B2,market,desk,Desk,flexible,120,1,体験
"""
    round = take_in(files(openings=openings))
    folders.export(round, tmp_path)

    take_in(files(openings=openings.replace(",参加のしかた", "").replace(",体験", "")))

    assert [row.participation for row in folders.read(tmp_path).openings] == [Participation.TAKE_PART]
    assert session.scalars(select(Opening.participation)).all() == [Participation.TAKE_PART]


def test_the_half_days_that_guests_give_come_back_and_a_blank_keeps_them(session: Session, tmp_path: Path) -> None:
    round = take_in(files(guests="person_id,visits,半日数の上限\nA1,2,3\n"))
    folders.export(round, tmp_path)

    take_in(files(guests="person_id,visits,half_days_most\nA1,2,\n"))

    assert folders.read(tmp_path).guests[0].half_days_most == 3
    assert session.scalars(select(Guest).where(Guest.visits == 2)).one().half_days_most == 3


def test_texts_that_a_spreadsheet_would_run_are_harmless_and_come_back(session: Session, tmp_path: Path) -> None:
    round = take_in(files(guests="person_id,visits,note\nA1,2,'=HYPERLINK(1)\n"))
    folders.export(round, tmp_path)

    assert "'=HYPERLINK(1)" in (tmp_path / "guests.csv").read_text("utf-8-sig")
    assert folders.read(tmp_path).guests[0].note == "=HYPERLINK(1)"


def test_texts_of_round_toml_survive_quotes_and_line_breaks(session: Session, tmp_path: Path) -> None:
    round = take_in(files(round=ROUND + 'closed_days = [2027-02-11]\n[rules]\nwishes = "prefer"\n'))
    round.greeting = 'Say "hello"\nand \\ back'
    folders.export(round, tmp_path)

    read = folders.read(tmp_path).round

    assert read is not None
    assert (read.greeting, read.closed_days, read.rules) == (
        round.greeting,
        (date(2027, 2, 11),),
        RoundRules(wishes="prefer"),
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("k8s-rotation", {"person": 583, "opening": 113, "guest": 352, "availability": 444, "past_pairing": 747}),
        ("jp-agency", {"person": 240, "opening": 137, "guest": 169, "availability": 240, "past_pairing": 0}),
    ],
)
def test_a_real_round_goes_in_quickly_twice_and_comes_out_the_same(
    session: Session, shared: Path, tmp_path: Path, name: str, expected: dict[str, int]
) -> None:
    began = monotonic()
    round = take_in(shared / "rounds" / name)
    took = monotonic() - began
    before = digest(session)

    take_in(shared / "rounds" / name, LATER)
    folders.export(round, tmp_path, exclusions=True)
    take_in(tmp_path, LATER)

    assert {table: number for table, number in counts(session).items() if table in expected} == expected
    assert digest(session) == before
    assert took < 10


def test_departments_are_changed_by_their_file(session: Session) -> None:
    folders.take_in_people(folders.read(only_people(PEOPLE)), False, NOW)

    folders.take_in_people(folders.read(only_people(PEOPLE, DEPARTMENTS.replace("営業部", "営業一部"))), False, NOW)

    assert session.scalars(select(Department.name).where(Department.code == "sales")).one() == "営業一部"


def test_a_second_import_changes_nothing_on_either_database(app: Flask) -> None:
    with app.app_context():
        take_in(files())
        db.session.commit()
        before = digest(db.session())

        take_in(files(), LATER)
        db.session.commit()

        assert digest(db.session()) == before
