"""A whole round goes out as a zip file and comes back as the same round."""

import io
import re
import zipfile

from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from shadowing.models import Letter, Opening, Round
from tests import factories
from tests.views.conftest import Digest


def zipped(**files: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in files.items():
            archive.writestr(f"my round/{name.replace('__', '.')}", text)
    return file.getvalue()


def look(hr: FlaskClient, data: bytes) -> TestResponse:
    files = {"folder": (io.BytesIO(data), "round.zip")}
    return hr.post("/rounds/folder/check", data=files, content_type="multipart/form-data")


def carried(page: str) -> dict[str, str]:
    return {"folder": re.findall(r'name="folder" value="([^"]*)"', page)[0]}


def test_a_round_that_was_downloaded_can_be_given_back_and_changes_nothing(
    hr: FlaskClient, session: Session, digest: Digest
) -> None:
    round, host = factories.round_(), factories.person()
    factories.opening(round, host)
    session.commit()
    packed = hr.get(f"/rounds/{round.id}/folder.zip").data

    page = look(hr, packed)
    answer = hr.post("/rounds/folder", data=carried(page.text))

    assert (page.status_code, answer.status_code, answer.location) == (200, 303, f"/rounds/{round.id}")
    assert session.scalar(select(func.count()).select_from(Round)) == 1
    assert session.scalar(select(func.count()).select_from(Opening)) == 1
    assert session.scalars(select(Letter)).all() == []


def test_a_new_round_comes_in_with_its_people_whatever_folder_the_archive_has(
    hr: FlaskClient, session: Session
) -> None:
    toml = 'title = "春の見学"\nfrom = "2027-01-18"\nto = "2027-02-12"\nzone = "Asia/Tokyo"\n'
    people = "person_id,display_name,email,department_id,department_name\n1,𠮷野 花子,hanako@example.co.jp,s,営業部\n"
    people += "2,髙﨑 健,ken@example.co.jp,m,製造部\n"
    openings = (
        "opening_id,host_ids,department_id,kind,title,starts_at,duration_min,seats\no1,2,m,desk,組立,flexible,60,1\n"
    )
    data = zipped(round__toml=toml, people__csv=people, openings__csv=openings)

    hr.post("/rounds/folder", data=carried(look(hr, data).text))

    assert session.scalars(select(Round.title)).all() == ["春の見学"]


def test_a_round_with_an_error_does_not_come_in_and_names_it(hr: FlaskClient, session: Session, digest: Digest) -> None:
    toml = 'title = "A"\nfrom = "2027-01-18"\nto = "2027-02-12"\n'
    before = digest()

    page = look(hr, zipped(round__toml=toml, people__csv="person_id,display_name,email,department_id\n1,A,nobody,s\n"))

    assert page.status_code == 422
    assert "“nobody” is not a mail address." in page.text
    assert digest() == before


def test_what_is_no_round_gets_a_sentence(hr: FlaskClient) -> None:
    assert "This is no zip file." in look(hr, b"PK\x03\x04 broken").text
    assert "There is no round.toml in this zip file" in look(hr, zipped(people__csv="a\n")).text
    assert "Please choose the zip file" in hr.post("/rounds/folder/check", data={}).text
