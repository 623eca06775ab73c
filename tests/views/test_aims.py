"""The page of the company's goal, and the one of what two departments gain."""

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.company import aims
from shadowing.company.aims import SentenceDraft
from shadowing.models import CompanyGoal, PairSentence
from tests import factories
from tests.views.test_answers import my
from tests.views.test_visits import published


def test_hr_sets_the_goal_of_the_company(hr: FlaskClient, session: Session) -> None:
    answer = hr.post("/aims", data={"text": "日本一", "figure": "98％", "due_on": "2028-03-31"})

    assert answer.status_code == 303
    assert session.scalars(select(CompanyGoal.text)).one() == "日本一"
    assert "日本一" in hr.get("/aims").text


def test_a_goal_that_is_refused_is_still_there_to_be_mended(hr: FlaskClient, session: Session) -> None:
    answer = hr.post("/aims", data={"text": "日本一", "due_on": "soon"})

    assert answer.status_code == 422
    assert "日本一" in answer.text
    assert session.scalars(select(CompanyGoal)).all() == []


def test_a_first_draft_is_shown_and_saved_only_by_a_press(hr: FlaskClient, session: Session) -> None:
    one = factories.department(name="営業部", problem="値引きが続く")
    other = factories.department(name="開発部", wish_known="試作は2週間")
    session.commit()
    address = f"/aims/pair?department={one.id}&other={other.id}"

    page = hr.get(address).text

    assert "営業部: 値引きが続く / 開発部: 試作は2週間" in page
    assert "Not saved yet" in page
    assert session.scalars(select(PairSentence)).all() == []
    assert hr.post(address, data={"text": "早く試せる"}).status_code == 303
    assert "早く試せる" in hr.get("/aims").text


def test_a_department_and_itself_are_no_pair(hr: FlaskClient, session: Session) -> None:
    one = factories.department()
    session.commit()

    assert hr.get(f"/aims/pair?department={one.id}&other={one.id}").status_code == 422
    assert hr.get("/aims/pair").location == "/aims"


def test_a_card_that_is_too_long_loses_nothing_that_was_typed(hr: FlaskClient, session: Session) -> None:
    home, long = factories.department(name="営業部"), "長" * 20_000
    session.commit()

    answer = hr.post(f"/departments/{home.id}/edit", data={"name": "営業部", "problem": long, "goal": "92％"})

    assert answer.status_code == 422
    assert "This text has more than 10000 characters." in answer.text
    assert long in answer.text
    assert "92％" in answer.text


def test_whoever_chooses_a_department_reads_what_it_aims_at(client: FlaskClient, session: Session) -> None:
    guest = factories.guest(factories.round_(), answered_at=None)
    factories.department(name="営業部", goal="92％", problem="値引きが続く", wish_known="止まらないことが大切")
    session.add(CompanyGoal(text="日本一", figure="95％"))
    session.commit()

    page = client.get(my(guest.person, guest.round)).text

    for words in ("Goal of the company: 日本一 · 95％", "Goal: 92％", "Problem: 値引きが続く", "止まらないことが大切"):
        assert words in page


def test_a_guest_reads_on_their_visit_what_both_departments_gain(client: FlaskClient, session: Session) -> None:
    held = published(session)
    home, own = held.slot.opening.department, held.guest.person.home
    aims.keep_sentence(home, own, SentenceDraft(text="早く試せる"), factories.person(hr=True), factories.NOW)
    session.commit()

    guests, hosts = (held.guest.person, held.slot.opening.hosts[0].person)

    assert "早く試せる" in client.get(my(guests, held.guest.round, "/visits")).text
    assert "早く試せる" not in client.get(my(hosts, held.guest.round, "/visits")).text
