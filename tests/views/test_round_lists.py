"""A list of free times or of openings goes into a round by its page."""

import io
import re
from datetime import date
from html import unescape

from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from shadowing.collecting import availability
from shadowing.models import Audit, Availability, Letter, Opening, Round, Stage
from tests import factories
from tests.factories import at
from tests.views.conftest import Digest


def a_round(session: Session, **facts: object) -> Round:
    round = factories.round_(ends_on=date(2027, 1, 29), **facts)
    factories.person("t1", display_name="髙橋 由美子")
    factories.person("s2", display_name="Seán O'Brien 🧑🏽‍💻")
    session.commit()
    return round


def checked(hr: FlaskClient, round: Round, text: str) -> TestResponse:
    files = {"list": (io.BytesIO(text.encode()), "予定 1月.csv")}
    return hr.post(f"/rounds/{round.id}/list/check", data=files, content_type="multipart/form-data")


def form_of(page: str) -> dict[str, str]:
    """What the form of the check page would send as it stands."""
    fields = dict(re.findall(r'<input type="hidden" name="(file:[^"]+)" value="([^"]*)"', page))
    selects = re.findall(r'<select id="[^"]+" name="([^"]+)">(.*?)</select>', page, re.DOTALL)
    for name, options in selects:
        chosen = re.findall(r'value="([^"]*)" selected', options) or re.findall(r'value="([^"]*)"', options)
        fields[unescape(name)] = unescape(chosen[0])
    return {unescape(name): value for name, value in fields.items()}


def test_what_a_list_would_do_is_shown_and_then_done(hr: FlaskClient, session: Session) -> None:
    round = a_round(session)

    page = checked(hr, round, "氏名,1/19(火),1/20(水)\n髙橋 由美子,9時半〜11時,○\n")
    done = hr.post(f"/rounds/{round.id}/list", data=form_of(page.text), follow_redirects=True)

    assert "1 person gets the times of the list." in page.text
    assert "Tue 19 Jan 09:30–11:00" in page.text
    assert "The times of 1 person are taken in." in done.text
    assert session.scalars(select(Audit.deed)).all() == ["import_times"]
    assert session.scalars(select(Letter)).all() == []


def test_checking_a_list_changes_nothing(hr: FlaskClient, session: Session, digest: Digest) -> None:
    round = a_round(session)
    before = digest()

    checked(hr, round, "氏名,1/19(火)\n髙橋 由美子,○\n")

    assert digest() == before


def test_an_answer_to_a_question_counts(hr: FlaskClient, session: Session) -> None:
    round = a_round(session)
    page = checked(hr, round, "名前,ご都合\nSeán O'Brien 🧑🏽‍💻,1/20 10:00-11:30（“リモート” & 在宅）\n").text
    form = form_of(page)
    answers = {name: "○" for name in form if name.startswith("answer:")}

    hr.post(f"/rounds/{round.id}/list", data=form | answers)

    given = session.scalars(select(Availability.given)).one()
    assert len(answers) == 1
    assert [(span.starts_at, span.level) for span in given.spans] == [(at(2, 10), availability.YES)]


def test_openings_are_shown_with_their_questions_and_made(hr: FlaskClient, session: Session) -> None:
    round = a_round(session)

    page = checked(hr, round, "担当者,内容,日時,定員\n髙橋 由美子,朝会,毎週火曜 10:00〜10:30,2名\n").text
    hr.post(f"/rounds/{round.id}/list", data=form_of(page))

    assert "1 opening is added." in page
    assert "Which kind?" in page
    opening = session.scalars(select(Opening)).one()
    assert (opening.title, opening.minutes, opening.seats, len(opening.slots)) == ("朝会", 30, 2, 2)
    assert session.scalars(select(Letter)).all() == []


def test_what_cannot_be_read_is_named_by_the_file_of_hr(hr: FlaskClient, session: Session) -> None:
    round = a_round(session)

    page = checked(hr, round, "氏名,1/19(火)\n髙橋 由美子,会議\n誰か,○\n")

    assert page.status_code == 422
    assert page.text.count('<span translate="no">予定 1月.csv</span> row') == 2
    assert "Take in the list" not in page.text


def test_without_a_file_the_page_asks_for_it(hr: FlaskClient, session: Session) -> None:
    round = a_round(session)

    answer = hr.post(f"/rounds/{round.id}/list/check", data={})

    assert (answer.status_code, "Please choose the file with the list." in answer.text) == (422, True)


def test_a_round_whose_answers_are_closed_takes_no_list(hr: FlaskClient, session: Session) -> None:
    round = a_round(session, stage=Stage.REVIEWING)

    assert "it takes no lists any more" in hr.get(f"/rounds/{round.id}/list").text
    assert checked(hr, round, "氏名,1/19(火)\n髙橋 由美子,○\n").status_code == 409
    assert session.scalar(select(func.count()).select_from(Availability)) == 0


def test_the_page_of_a_round_leads_to_its_lists_while_answers_are_collected(hr: FlaskClient, session: Session) -> None:
    round = a_round(session)

    assert f"/rounds/{round.id}/list" in hr.get(f"/rounds/{round.id}").text
    assert "Take in a list" in hr.get(f"/rounds/{round.id}/list").text
