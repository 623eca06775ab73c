"""Names sorted as a directory sorts them, found however they are typed; working hours; leaving."""

from datetime import UTC, date, datetime, time

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from shadowing.company import people
from shadowing.errors import Refusal
from shadowing.extensions import db
from shadowing.models import SignIn, SignInKey
from tests import factories
from tests.factories import NOW


def test_readings_sort_by_sound_not_by_code_point() -> None:
    readings = ["サトウ", "かとう", "ガトウ", "ｻｲﾄｳ", "オーノ", "オオノ", "さいとう"]

    in_order = sorted(readings, key=people.sort_key)

    assert in_order == ["オオノ", "オーノ", "かとう", "ガトウ", "ｻｲﾄｳ", "さいとう", "サトウ"]


def test_a_person_with_the_longest_names_is_kept_on_every_database(app_on_both: Flask) -> None:
    with app_on_both.app_context():
        person = factories.person(
            "a", family_name="㍿" * 100, given_name="㍿" * 100, kana="ガー" * 100, display_name="㍿" * 200
        )

        assert list(db.session.scalars(people.search("株式会社"))) == [person]


def test_people_without_a_reading_come_last(session: Session) -> None:
    factories.person("b", display_name="阿部 一")
    factories.person("a", display_name="渡辺 二", kana="ワタナベ ニ")

    found = list(session.scalars(people.active()))

    assert [person.code for person in found] == ["a", "b"]


@pytest.mark.parametrize("typed", ["ＴＡＮＡＫＡ", "田中太", "田中 太郎", "ﾀﾅｶ", "たなか", "t-001"])
def test_a_person_is_found_however_the_name_is_typed(session: Session, typed: str) -> None:
    factories.person("T-001", family_name="田中", given_name="太郎", kana="タナカ タロウ", display_name="Tanaka Taro")
    factories.person("other", display_name="Somebody Else")

    found = list(session.scalars(people.search(typed)))

    assert [person.code for person in found] == ["T-001"]


def test_a_percent_sign_finds_only_percent_signs(session: Session) -> None:
    factories.person("a")

    assert list(session.scalars(people.search("%"))) == []


def test_the_family_name_comes_first_in_japanese_and_in_japanese_script(session: Session) -> None:
    latin = factories.person("a", family_name="Tanaka", given_name="Taro", display_name="x")
    kanji = factories.person("b", family_name="田中", given_name="太郎", display_name="x")

    assert (latin.name("ja"), latin.name("en")) == ("Tanaka Taro", "Taro Tanaka")
    assert (kanji.name("ja"), kanji.name("en")) == ("田中 太郎", "田中 太郎")


def test_working_hours_of_several_parts_are_read() -> None:
    hours = people.read_hours("mon-tue 09:00-12:00; mon 13:00-17:30, sat 10:00-24:00")

    assert hours.spans(date(2027, 1, 18)) == ((time(9), time(12)), (time(13), time(17, 30)))
    assert hours.spans(date(2027, 1, 19)) == ((time(9), time(12)),)
    assert hours.spans(date(2027, 1, 23)) == ((time(10), time.max),)
    assert hours.spans(date(2027, 1, 20)) == ()


def test_working_days_may_run_over_the_weekend() -> None:
    hours = people.read_hours("SAT-MON 09:00-10:00")

    assert [len(spans) for spans in hours.week] == [1, 0, 0, 0, 0, 1, 1]


def test_who_has_no_working_hours_may_work_all_day() -> None:
    assert people.read_hours(" ").week == (((time.min, time.max),),) * 7


def test_midnight_at_the_end_of_a_day_is_the_beginning_of_the_next(session: Session) -> None:
    late = factories.person("late", zone="Asia/Tokyo", hours="sat 10:00-24:00, sun 00:00-23:59")

    saturday, sunday = (people.working(late.hours, late.zone, day)[0] for day in (date(2027, 1, 23), date(2027, 1, 24)))

    assert saturday[1] == sunday[0] == datetime(2027, 1, 23, 15, tzinfo=UTC)
    assert sunday[1] == datetime(2027, 1, 24, 14, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "nine to five",
        "mon 09:00",
        "mon 25:00-26:00",
        "mon 10:00-09:00",
        "xyz 09:00-10:00",
        "mon-xyz 09:00-10:00",
        "mon 09:00-09:00",
        "mon 24:00-24:00",
        "mon 09:60-10:00",
        "mon 9-17",
    ],
)
def test_hours_that_cannot_be_read_are_refused_with_the_text_itself(text: str) -> None:
    with pytest.raises(Refusal) as refusal:
        people.read_hours(text)

    assert text in str(refusal.value)


def test_working_time_follows_the_clock_of_the_person_over_the_end_of_summer_time() -> None:
    hours, berlin = "mon-sun 09:00-17:00", "Europe/Berlin"

    before, after = (people.working(hours, berlin, day)[0][0] for day in (date(2026, 10, 24), date(2026, 10, 25)))

    assert before == datetime(2026, 10, 24, 7, tzinfo=UTC)
    assert after == datetime(2026, 10, 25, 8, tzinfo=UTC)


def test_leaving_ends_every_link_key_and_sign_in_at_once(session: Session) -> None:
    person = factories.person("a", hr=True)
    key = SignInKey(person=person, hash="k", expires_at=NOW)
    sign_in = SignIn(person=person, hash="s", began_at=NOW, ends_at=NOW)
    session.add_all([key, sign_in])
    session.flush()

    people.leave(person, NOW)

    session.expire_all()
    assert (key.used_at, sign_in.ended_at, person.link_version, person.hr) == (NOW, NOW, 2, False)


def test_leaving_ends_nothing_of_others_and_nothing_twice(session: Session) -> None:
    earlier, other = datetime(2026, 11, 1, tzinfo=UTC), factories.person("b", hr=True)
    person = factories.person("a", hr=True)
    keys = [SignInKey(person=one, hash=one.code, expires_at=NOW) for one in (person, other)]
    sign_ins = [SignIn(person=one, hash=one.code, began_at=NOW, ends_at=NOW) for one in (person, other)]
    spent = SignInKey(person=person, hash="spent", expires_at=NOW, used_at=earlier)
    over = SignIn(person=person, hash="over", began_at=earlier, ends_at=NOW, ended_at=earlier)
    session.add_all([*keys, *sign_ins, spent, over])
    session.flush()

    people.leave(person, NOW)

    session.expire_all()
    assert [key.used_at for key in (*keys, spent)] == [NOW, None, earlier]
    assert [sign_in.ended_at for sign_in in (*sign_ins, over)] == [NOW, None, earlier]
    assert [one.code for one in session.scalars(people.active())] == ["b"]
    assert (other.hr, other.link_version) == (True, 1)


READINGS = [
    "アオキ",
    "オオノ ハナ",
    "オーノ ハナ",
    "カトウ",
    "ガトウ",
    "カ トウ",
    "サトウ",
    "サトウ ハナ",
    "さとう はな",
    "サトウ・ハナ",
    "ハシモト",
    "バシモト",
    "ﾊﾟｼﾓﾄ",
    "ヴァン",
    "O'Brien",
    "obrien",
    "Zoë",
    "zoe",
    "김하나",
]


def test_both_databases_sort_people_as_the_key_says(app: Flask) -> None:
    with app.app_context():
        for reading in READINGS:
            factories.person(kana=reading)
        factories.person(display_name="阿部 一")
        factories.person(display_name="A. Abe")

        found = [person.kana for person in db.session.scalars(people.active())]

    assert found == [*sorted(READINGS, key=people.sort_key), "", ""]
    assert next(kana for kana in found if kana.startswith(("サトウ", "さとう"))) == "サトウ"


def test_codes_sort_alike_on_both_databases(app: Flask) -> None:
    codes = ["a-1", "A1", "a1", "a_1", "B", "b", "あ", "ア", "日"]
    with app.app_context():
        for code in codes:
            factories.department(code)

        found = [department.code for department in db.session.scalars(people.departments())]

    assert found == sorted(codes)


LONGEST = ["あ" * 200, "가" * 200, "𠮷" * 200, "ß" * 200, "ﷺ" * 11, "が" * 200, "ー" * 200]


@pytest.mark.parametrize("name", LONGEST, ids=[text[0] for text in LONGEST])
def test_the_longest_names_are_kept_found_and_sorted_on_both_databases(app: Flask, name: str) -> None:
    with app.app_context():
        factories.person("long", display_name=name, kana=name, family_name=name[:100], given_name=name[:100])
        factories.person("silent", display_name=name, family_name=name[:100], given_name=name[:100])
        db.session.commit()

        found = [person.code for person in db.session.scalars(people.search(name))]

    assert found == ["long", "silent"]


def test_a_week_is_painted_in_the_half_hours_that_are_worked_and_no_others() -> None:
    assert list(people.half_hours("mon 09:15-10:00, mon 23:30-24:00", 0)) == ["mon-0900", "mon-0930", "mon-2330"]
    assert people.half_hours("mon 09:15-10:00", 1) == {}
