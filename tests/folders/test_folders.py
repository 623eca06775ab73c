"""Round folders: what is read, and what is refused with which words."""

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from openpyxl import Workbook
from sqlalchemy.orm import Session

from shadowing import folders
from shadowing.errors import RowError
from tests import factories
from tests.sample_folder import DEPARTMENTS, FREE, OPENINGS, PEOPLE, ROUND, files, only_people


def said(error: RowError) -> tuple[str, int, str, str, str, str]:
    facts = dict(error.facts)
    reason, suggestion = (text % facts if facts else text for text in (error.reason, error.suggestion))
    return error.file, error.row, error.column, error.value, reason, suggestion


def troubles(source: dict[str, bytes]) -> list[tuple[str, int, str, str, str, str]]:
    return [said(error) for error in folders.read(source).errors]


# Reading


def test_a_sound_folder_has_no_errors_and_no_warnings(session: Session) -> None:
    folder = folders.read(files())

    assert (folder.errors, folder.warnings) == ((), ())
    assert folder.round is not None
    assert [row.code for row in folder.people] == ["A1", "B2", "C3"]
    assert folder.goals[1].topic == "prices"
    assert folder.openings[2].starts_at == datetime(2027, 1, 20, 4, tzinfo=UTC)


@pytest.mark.parametrize("name", ["people.csv", "people-excel.csv", "people-sjis.csv", "people-cp932-halfkana.csv"])
def test_the_four_encodings_of_one_list_are_the_same_240_people(session: Session, shared: Path, name: str) -> None:
    data = shared / "data" / "jp-agency"
    departments = (data / "departments.csv").read_bytes()

    one = folders.read({"people.csv": (data / name).read_bytes(), "departments.csv": departments})
    plain = folders.read({"people.csv": (data / "people.csv").read_bytes(), "departments.csv": departments})

    assert one.errors == ()
    assert len(one.people) == 240
    assert one.people == plain.people
    assert one.people[0].kana == "アサヌマ コウイチ"
    assert (one.people[0].family_name, one.people[0].given_name) == ("浅沼", "浩一")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
def test_names_outside_the_common_characters_survive(session: Session, encoding: str) -> None:
    names = ["髙橋 﨑子", "㈱①工業", "ジョン・スミス", "森一", "～の会"]
    lines = [f"N{number},{name},n{number}@example.org,sales" for number, name in enumerate(names)]
    text = "\r\n".join(("社員番号,氏名,メール,部署コード", *lines))

    folder = folders.read({"people.csv": text.encode(encoding), "departments.csv": DEPARTMENTS.encode()})

    assert folder.errors == ()
    assert [row.display_name for row in folder.people] == names
    assert [row.family_name for row in folder.people] == ["髙橋", None, None, None, None]


def test_a_name_with_a_character_beyond_the_basic_plane_is_parted(session: Session) -> None:
    folder = folders.read(only_people("社員番号,氏名,メール,部署\nA1,𠮷田　花,y@example.org,営業部\n"))

    assert (folder.people[0].family_name, folder.people[0].given_name) == ("𠮷田", "花")


def test_readings_become_full_width_katakana(session: Session) -> None:
    text = "社員番号,氏名,ﾌﾘｶﾞﾅ,メール,部署\nA1,一,ｶﾞｷﾞﾀﾞ ﾊﾟﾋﾟ,a@example.org,sales\nB2,二,がぎだ　ぱぴ,b@example.org,sales\n"

    folder = folders.read(only_people(text))

    assert [row.kana for row in folder.people] == ["ガギダ パピ", "ガギダ パピ"]


def test_headings_are_understood_in_both_languages_and_any_width(session: Session) -> None:
    headings = "ＰＥＲＳＯＮ＿ＩＤ, 姓,名 ,よみがな,メールアドレス,部署,上司,拠点,勤務時間"
    text = f"{headings}\nA1,森,花,もり はな,m@example.org,営業部,,東京,mon-fri 09:00-18:00\n"

    folder = folders.read(only_people(text))

    assert (folder.errors, folder.warnings) == ((), ())
    assert folder.people[0].department == "sales"
    assert folder.people[0].site == "東京"


def test_unknown_columns_are_kept_out_with_a_warning(session: Session) -> None:
    folder = folders.read(only_people("社員番号,氏名,役職,メール,部署\nA1,森 花,部長,m@example.org,sales\n"))

    assert [str(warning) for warning in folder.warnings] == ["The column “役職” of people.csv is not read."]


def test_departments_may_come_with_the_people(session: Session) -> None:
    folder = folders.read(
        only_people("社員番号,氏名,部署コード,部署名,メール\nA1,森 花,d1,営業部,m@example.org\n", None)
    )

    assert [(row.code, row.name) for row in folder.departments] == [("d1", "営業部")]
    assert folder.errors == ()


def test_a_workbook_may_stand_for_a_list(session: Session) -> None:
    book = Workbook()
    assert book.active is not None
    for line in (("社員番号", "氏名", "メール", "部署"), (1001.0, "森 花", "m@example.org", "営業部")):
        book.active.append(line)
    file = io.BytesIO()
    book.save(file)

    folder = folders.read({"people.xlsx": file.getvalue(), "departments.csv": DEPARTMENTS.encode()})

    assert folder.errors == ()
    assert folder.people[0].code == "1001"
    assert folder.encodings[0] == ("people.xlsx", "xlsx")


@pytest.mark.parametrize("circle", ["〇", "◯", "◎", "○", "可"])
def test_free_times_are_read_as_a_spreadsheet_and_a_keyboard_leave_them(session: Session, circle: str) -> None:
    row = f"A1,2027/1/19 9:00,46406.75,{circle},Asia/Tokyo\n"

    found = folders.read(files(availability="person_id,starts_at,ends_at,level,zone\n" + row))

    assert [(one.starts_at, one.ends_at, one.level) for one in found.availability] == [
        (factories.at(1, 9), factories.at(1, 18), 2)
    ]


def test_local_times_with_a_zone_of_their_own_are_understood(session: Session) -> None:
    text = "person_id,starts_at,ends_at,zone\nA1,2027-01-19 09:00,2027-01-19 12:00,Europe/Berlin\n"

    folder = folders.read(files(availability=text))

    assert folder.availability[0].starts_at == datetime(2027, 1, 19, 8, tzinfo=UTC)


def test_a_cell_that_was_made_harmless_is_read_as_it_was_meant(session: Session) -> None:
    folder = folders.read(files(guests="person_id,note\nA1,'=1+1\n", goals=None))

    assert folder.guests[0].note == "=1+1"


def test_a_single_file_is_the_list_of_people(session: Session, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_bytes(
        "社員番号,氏名,部署コード,部署名,メール\nA1,森 花,d1,営業部,m@example.org\n".encode("cp932")
    )

    folder = folders.read(tmp_path / "list.csv")

    assert [row.display_name for row in folder.people] == ["森 花"]


def test_calendars_are_said_to_be_unread(session: Session, tmp_path: Path) -> None:
    (tmp_path / "calendars").mkdir()

    assert "calendars" in str(folders.read(tmp_path).warnings[0])


# What is wrong, and with which words

PERSON_TROUBLES = [
    (
        "A1,Ann,ann@example.org,nowhere,",
        "department_id",
        "There is no department “nowhere”.",
        "Add it to departments.csv.",
    ),
    ("A1,Ann,ann@example.org,総務,", "department_id", "There is no department “総務”.", "Did you mean “総務部”?"),
    (
        "A1,Ann,ann at example,sales,",
        "email",
        "“ann at example” is not a mail address.",
        "Write it like taro.yamada@example.co.jp.",
    ),
    ("A1,Ann,ann@example.org,sales,Z9", "manager_id", "There is no person “Z9”.", "Add them to people.csv."),
    ("A1,Ann,ann@example.org,sales,A1", "manager_id", "The managers go round in a circle: A1 → A1.", ""),
    ("A1,Ann,,sales,", "email", "This must not be empty.", ""),
    (
        "A1,An\x07n,ann@example.org,sales,",
        "display_name",
        "“An�n” contains a character that is no text.",
        "Delete what is shown as �, or type it anew.",
    ),
    (f"{'x' * 61},Ann,ann@example.org,sales,", "person_id", "This id has more than 60 characters.", ""),
    (
        "A1,,ann@example.org,sales,",
        "display_name",
        "This person has no name.",
        "Fill in family name and given name, or the display name.",
    ),
]


@pytest.mark.parametrize(("line", "column", "reason", "suggestion"), PERSON_TROUBLES)
def test_a_wrong_person_is_refused_with_its_cell(
    session: Session, line: str, column: str, reason: str, suggestion: str
) -> None:
    header = "person_id,display_name,email,department_id,manager_id\n"

    found = troubles(only_people(header + line + "\n"))

    assert [(row, where, why, hint) for _, row, where, _, why, hint in found] == [(2, column, reason, suggestion)]


@pytest.mark.parametrize(
    ("typed", "shown"),
    [("山田　太郎", "山田　太郎"), ("山\x07田", "山�田"), ("x" * 201, "x" * 200 + "…")],
    ids=["full-width blank", "bell", "too long"],
)
def test_an_error_shows_what_was_typed(session: Session, typed: str, shown: str) -> None:
    rows = f"person_id,display_name,email,department_id\nA1,Ann,{typed},sales\n"

    (error,) = folders.read(only_people(rows)).errors

    assert (error.value, dict(error.facts)["value"]) == (shown, shown if len(typed) < 60 else "x" * 60 + "…")


def test_free_times_may_touch(session: Session) -> None:
    touching = FREE + "A1,2027-01-19T12:00+09:00,2027-01-19T13:00+09:00,yes\n"

    assert troubles(files(availability=touching)) == []


def test_everything_that_is_wrong_with_a_row_is_said_at_once(session: Session) -> None:
    text = "person_id,display_name,email,department_id,zone,roles\n,,ann,nowhere,Tokio,king\n"

    assert [(row, where) for _, row, where, *_ in troubles(only_people(text))] == [
        (2, "display_name"),
        (2, "person_id"),
        (2, "email"),
        (2, "department_id"),
        (2, "zone"),
        (2, "roles"),
    ]


def test_ids_and_addresses_that_are_there_twice_name_the_first_row(session: Session) -> None:
    text = PEOPLE + "A1,Ann,other@example.org,sales,\nD4,Dan,BOB@example.org,sales,\n"

    assert troubles(only_people(text)) == [
        ("people.csv", 5, "person_id", "A1", "This is there twice: row 2 has it already.", ""),
        ("people.csv", 6, "email", "BOB@example.org", "This is there twice: row 3 has it already.", ""),
    ]


def test_a_manager_loop_is_named_and_takes_everybody_below_along(session: Session) -> None:
    text = PEOPLE.replace("A1,Ann,ann@example.org,sales,", "A1,Ann,ann@example.org,sales,B2")

    found = troubles(only_people(text))

    assert [(row, reason) for _, row, _, _, reason, _ in found] == [
        (2, "The managers go round in a circle: A1 → B2 → A1."),
        (3, "The managers go round in a circle: A1 → B2 → A1."),
        (4, "The row of the person “B2” has an error itself."),
    ]


def test_a_missing_column_is_named_with_its_headings(session: Session) -> None:
    assert troubles(only_people("person_id,display_name,department_id\nA1,Ann,sales\n")) == [
        (
            "people.csv",
            1,
            "email",
            "",
            "The column email is missing.",
            "Add a column with one of these headings: email, メールアドレス, メール.",
        )
    ]


def test_two_columns_for_one_thing_are_refused(session: Session) -> None:
    found = troubles(only_people("社員番号,氏名,名前,メール,部署\nA1,森 花,森,m@example.org,sales\n"))

    assert found[0][4] == "The columns “氏名” and “名前” both mean display_name. Keep one."


def test_a_mail_address_of_somebody_else_is_refused(session: Session) -> None:
    factories.person("OLD", email="ann@example.org")

    assert troubles(only_people(PEOPLE))[0][4] == "This mail address belongs to OLD already."


OPENING_TROUBLES = [
    (
        "x,B2,market,dance,T,flexible,,,,,,60,1",
        "kind",
        "“dance” is not one of: desk, meeting, ride_along, workshop, team.",
    ),
    (
        "x,B2,market,desk,T,flexible,,,,,,-60,1",
        "duration_min",
        "This ends before it begins: its length is -60 minutes.",
    ),
    (
        "x,B2,market,desk,T,flexible,,,,,,－６０,1",
        "duration_min",
        "This ends before it begins: its length is -60 minutes.",
    ),
    ("x,B2,market,desk,T,flexible,,,,,,0,1", "duration_min", "“0” is not a whole number from 15 to 480."),
    ("x,B2,market,desk,T,flexible,,,,,,600,1", "duration_min", "“600” is not a whole number from 15 to 480."),
    ("x,B2,market,desk,T,flexible,,,,,,an hour,1", "duration_min", "“an hour” is not a whole number from 15 to 480."),
    ("x,B2,market,desk,T,flexible,,,,,,60,0", "seats", "“0” is not a whole number from 1 to 1000."),
    ("x,,market,desk,T,flexible,,,,,,60,1", "host_ids", "This must not be empty."),
    ("x,Z9,market,desk,T,flexible,,,,,,60,1", "host_ids", "There is no person “Z9”."),
    ("x,B2,market,desk,T,2027-01-20T13:00,,,,,,60,1", "starts_at", "“2027-01-20T13:00” has no time zone."),
    ("x,B2,market,desk,T,,,,,,,60,1", "starts_at", "This opening has no time."),
    (
        "x,B2,market,desk,T,flexible,TU,,,,,60,1",
        "weekday",
        "An opening with starts_at has no weekday. Empty one of the two cells.",
    ),
    ("x,B2,market,meeting,T,,XX,10:00,Asia/Tokyo,,,60,1", "weekday", None),
    ("x,B2,market,meeting,T,,TU,10h,Asia/Tokyo,,,60,1", "local_time", "“10h” is not a time of day."),
    ("x,B2,market,meeting,T,,TU,10:00,Asia/Tokio,,,60,1", "tz", "There is no time zone “Asia/Tokio”."),
    ("x,B2,market,meeting,T,,TU,10:00,Asia/Tokyo,FREQ=HOURLY,,60,1", "rrule", None),
    (
        "x,B2,market,meeting,T,,TU,10:00,Asia/Tokyo,FREQ=WEEKLY;INTERVAL=2,,60,1",
        "first_on",
        "A meeting that is not held every week needs the date on which it is first held.",
    ),
    (
        "x,B2,market,meeting,T,,TU,10:00,Asia/Tokyo,FREQ=WEEKLY;INTERVAL=2,2027-01-20,60,1",
        "first_on",
        "2027-01-20 is not a TU.",
    ),
    (
        "x,B2,market,meeting,T,,TU,10:00,Asia/Tokyo,FREQ=WEEKLY;BYDAY=WE,,60,1",
        "rrule",
        "The recurrence does not fall on TU.",
    ),
]


@pytest.mark.parametrize(("line", "column", "reason"), OPENING_TROUBLES)
def test_a_wrong_opening_is_refused_with_its_cell(session: Session, line: str, column: str, reason: str | None) -> None:
    found = troubles(files(openings=OPENINGS + line + "\n"))

    assert [(file, row, where) for file, row, where, *_ in found] == [("openings.csv", 5, column)]
    assert reason in (None, found[0][4])


ROW_TROUBLES = [
    (
        "availability",
        "A1,2027-01-20T09:00,2027-01-20T12:00+09:00,yes",
        "starts_at",
        "“2027-01-20T09:00” has no time zone.",
    ),
    (
        "availability",
        "A1,2027-01-20T12:00+09:00,2027-01-20T09:00+09:00,yes",
        "ends_at",
        "This time ends before it begins.",
    ),
    (
        "availability",
        "A1,2027-01-20T09:00+09:00,2027-01-20T12:00+09:00,sure",
        "level",
        "“sure” is not one of: yes, maybe.",
    ),
    (
        "availability",
        "A1,2027-01-19T11:00+09:00,2027-01-19T13:00+09:00,yes",
        "starts_at",
        "This time overlaps with row 2.",
    ),
    (
        "goals",
        "A1,3,market,prices,",
        "topic",
        "A goal is a department or a topic, not both. Empty one of the two cells.",
    ),
    ("goals", "A1,3,,,", "department_id", "This goal names neither a department nor a topic."),
    ("goals", "A1,4,market,,", "rank", "“4” is not a whole number from 1 to 3."),
    ("goals", "A1,2,market,,", "rank", "This is there twice: row 3 has it already."),
    ("goals", "B2,1,market,,", "person_id", "“B2” is not a guest of this round."),
    ("guests", "Z9,1,", "person_id", "There is no person “Z9”."),
    ("guests", "B2,many,", "visits", "“many” is not a whole number from 0 to 20."),
    ("history", "2026,A1,A1,sales", "host_ids", "Nobody is their own host."),
    ("exclusions", "A1,A1", "other_id", "Nobody can be kept apart from themselves."),
]


def test_a_gap_in_the_ranks_of_a_guest_is_refused(session: Session) -> None:
    found = troubles(files(goals="person_id,rank,department_id,topic,text\nA1,1,market,,\nA1,3,,prices,\n"))

    assert ("rank", "The ranks of a guest count 1, 2, 3 without a gap.") in [(row[2], row[4]) for row in found]


@pytest.mark.parametrize(("name", "line", "column", "reason"), ROW_TROUBLES)
def test_a_wrong_row_is_refused_with_its_cell(session: Session, name: str, line: str, column: str, reason: str) -> None:
    whole = files()
    whole[f"{name}.csv"] += f"{line}\n".encode()

    found = troubles(whole)

    last = whole[f"{name}.csv"].count(b"\n")
    assert [(file, row, where, why) for file, row, where, _, why, _ in found] == [(f"{name}.csv", last, column, reason)]


BERLIN = "person_id,starts_at,ends_at,zone,level\nA1,{begin},{end},Europe/Berlin,yes\n"


def test_a_time_that_the_clocks_skip_is_refused_and_its_neighbours_are_not(session: Session) -> None:
    skipped = BERLIN.format(begin="2027-03-28T02:30", end="2027-03-28T04:00")
    around = BERLIN.format(begin="2027-03-28T01:30", end="2027-03-28T03:00")

    assert [reason for *_, reason, _ in troubles(files(availability=skipped))] == [
        "In Europe/Berlin the clocks skip “2027-03-28 02:30”."
    ]
    [row] = folders.read(files(availability=around)).availability
    assert row.ends_at - row.starts_at == timedelta(minutes=30)


def test_a_visit_at_a_time_that_the_clocks_skip_is_refused(session: Session) -> None:
    head = "opening_id,host_ids,department_id,kind,title,starts_at,tz,duration_min,seats\n"
    night = head + "once,C3,market,workshop,Night shift,2027-03-28T02:00,Europe/Berlin,60,1\n"
    spring = ROUND.replace("2027-02-12", "2027-03-31")

    assert [reason for *_, reason, _ in troubles(files(openings=night, round=spring))] == [
        "In Europe/Berlin the clocks skip “2027-03-28 02:00”."
    ]


def test_free_times_may_touch_and_do_not_overlap(session: Session) -> None:
    head = "person_id,starts_at,ends_at,level\nA1,2027-01-19T09:00+09:00,2027-01-19T12:00+09:00,yes\n"
    touching = head + "A1,2027-01-19T12:00+09:00,2027-01-19T13:00+09:00,maybe\n"
    overlapping = head + "A1,2027-01-19T11:59+09:00,2027-01-19T13:00+09:00,maybe\n"
    of_another = head + "B2,2027-01-19T11:00+09:00,2027-01-19T13:00+09:00,maybe\n"

    assert troubles(files(availability=touching)) == []
    assert troubles(files(availability=of_another)) == []
    assert [reason for *_, reason, _ in troubles(files(availability=overlapping))] == ["This time overlaps with row 2."]
    assert len(folders.read(files(availability=touching)).availability) == 2


def test_working_hours_that_cannot_be_read_are_refused(session: Session) -> None:
    text = "person_id,display_name,email,department_id,hours,locale\nA1,Ann,a@example.org,sales,nine to five,fr\n"

    assert [(where, value) for _, _, where, value, *_ in troubles(only_people(text))] == [
        ("locale", "fr"),
        ("hours", "nine to five"),
    ]


TOML_TROUBLES = [
    ("title = \n", 1, "", None),
    (
        ROUND.replace("2027-02-12", "2027-01-01"),
        3,
        "to",
        "The round ends on 2027-01-01, before it begins on 2027-01-18.",
    ),
    (ROUND.replace("zone =", "zoen ="), 4, "zoen", "There is no key “zoen”."),
    (ROUND.replace('"Winter"', "{name = 7}"), 1, "title", "“{'name': 7}” cannot stand here."),
    (ROUND + "closed_days = 3\n", 5, "closed_days", "“3” is not a date."),
    (ROUND + "rules = 3\n", 5, "rules", "The rules are a table of their own."),
    (ROUND + "[rules]\nwishs = 3\n", 6, "wishs", "There is no key “wishs”."),
    (ROUND + "[rules]\nvisits_most = true\n", 6, "visits_most", "“true” is not a whole number from 0 to 999."),
    (ROUND.replace("Asia/Tokyo", "Tokio"), 4, "zone", "There is no time zone “Tokio”."),
]


@pytest.mark.parametrize(("text", "row", "column", "reason"), TOML_TROUBLES)
def test_a_wrong_round_is_refused_with_its_line(
    session: Session, text: str, row: int, column: str, reason: str | None
) -> None:
    found = [error for error in troubles(files(round=text)) if error[0] == "round.toml"]

    assert found[0][1:3] == (row, column)
    assert reason in (None, found[0][4])


def test_a_round_without_title_and_dates_says_what_to_write(session: Session) -> None:
    found = troubles(files(round='zone = "Asia/Tokyo"\n'))

    assert [(where, hint) for _, _, where, _, _, hint in found] == [
        ("title", 'Write it like title = "2027 winter".'),
        ("from", "Write it like from = 2027-01-18."),
        ("to", "Write it like to = 2027-02-12."),
    ]


def test_a_round_without_openings_is_refused(session: Session) -> None:
    sentence = "This round has no openings and so no hosts: nobody could be visited."

    assert [error[4] for error in troubles(files(openings=None))] == [sentence]


def test_one_wrong_column_does_not_take_minutes(session: Session) -> None:
    lines = "".join(f"X{number},2027-01-19T09:00+09:00,2027-01-19T12:00+09:00,yes\n" for number in range(5000))
    began = datetime.now(UTC)

    found = folders.read(files(availability="person_id,starts_at,ends_at,level\n" + lines)).errors

    assert len(found) == 5000
    assert datetime.now(UTC) - began < timedelta(seconds=10)
