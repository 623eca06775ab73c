"""The audit page: a row a deed, 25 a page, searched, filtered and taken away."""

import io

from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.company import audit
from shadowing.models import Person
from tests import factories as make
from tests.factories import NOW


def hanako(session: Session) -> Person:
    return session.scalars(select(Person).where(Person.hr)).one()


def test_a_deed_stands_with_doer_person_round_and_time(hr: FlaskClient, session: Session) -> None:
    round = make.round_(title="Spring")
    guest = make.guest(round, make.person(display_name="Taro"))
    audit.record("remove", hanako(session), round, NOW, guest=guest.id)
    session.commit()

    page = hr.get("/audit").text.partition('<ol class="rows list trail">')[2]

    for words in (
        "Took a guest out of a visit",
        "Hanako HR",
        f'href="/people/{guest.person_id}">Taro',
        "Spring",
        "12:00",
    ):
        assert words in page


def test_a_publishing_says_who_was_left_without_mail(hr: FlaskClient, session: Session) -> None:
    round = make.round_(title="Spring")
    left_out = [make.person(display_name=name).id for name in ("Taro", "Jiro")]
    audit.record("publish", hanako(session), round, NOW, letters=3, without_mail=left_out)
    audit.record("publish", hanako(session), round, NOW, letters=5)
    session.commit()

    page = hr.get("/audit").text

    assert "mails: 3, without mail: Taro, Jiro" in page
    assert page.count("without mail") == 1


def test_the_page_is_turned_over_and_keeps_what_was_sought(hr: FlaskClient, session: Session) -> None:
    for _ in range(26):
        audit.record("end", hanako(session), None, NOW)
    audit.record("solve", None, None, NOW)
    session.commit()

    first, second = (hr.get(f"/audit?deed=end&name=hanako{page}").text for page in ("", "&page=2"))

    assert [page.count("<time") for page in (first, second)] == [25, 1]
    assert "/audit?page=2&amp;name=hanako&amp;deed=end" in first


def test_nonsense_in_the_address_filters_nothing(hr: FlaskClient, session: Session) -> None:
    audit.record("end", None, None, NOW)
    session.commit()

    assert hr.get("/audit?deed=x&person=y&round=z&page=-1").text.count("<time") == 1


def test_it_is_taken_away_as_it_was_sought(hr: FlaskClient, session: Session) -> None:
    audit.record("end", hanako(session), make.round_(title="Spring"), NOW)
    audit.record("solve", None, None, NOW)
    session.commit()

    with hr.get("/audit.xlsx?deed=end") as answer:
        sheet = load_workbook(io.BytesIO(answer.data)).active

    assert sheet is not None
    assert [cell.value for cell in sheet["C"]] == ["What", "Ended the round"]
    assert [cell.value for cell in sheet["F"]] == ["Round", "Spring"]
