"""Whom a round asks, on its page; and the open link of volunteers."""

from datetime import date

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.mail import links
from shadowing.models import Attempt, Guest, Letter, LetterKind, Round, Stage, Way, Whom
from shadowing.views import auth
from tests import factories
from tests.conftest import SECRET
from tests.views.test_changes_of_mind import beside
from tests.views.test_rounds import future_round


def test_the_draft_shows_how_many_will_be_asked(hr: FlaskClient, session: Session) -> None:
    round, sales = future_round(Stage.DRAFT), factories.department("sales", name="営業部")
    for _ in range(3):
        factories.person(department_=sales)
    session.commit()

    everybody = hr.get(f"/rounds/{round.id}/whom").text
    answer = hr.post(f"/rounds/{round.id}/whom", data={"way": "departments", "departments": [str(sales.id)]})

    assert "Everybody: 4 people" in everybody
    assert (answer.status_code, answer.location) == (303, f"/rounds/{round.id}/ask")
    assert "3 people" in hr.get(f"/rounds/{round.id}").text
    assert "Send to 3 people and start the round" in hr.get(f"/rounds/{round.id}/ask").text
    assert " checked> <span>営業部" in hr.get(f"/rounds/{round.id}/whom").text


def test_a_list_with_a_stranger_is_shown_again_as_it_was_typed(hr: FlaskClient, session: Session) -> None:
    round = future_round(Stage.DRAFT)
    session.commit()

    answer = hr.post(
        f"/rounds/{round.id}/whom", data={"way": "listed", "people": "hanako@example.org\nwho@example.org"}
    )

    assert answer.status_code == 422
    assert beside(answer.text, "people").startswith(
        "1 of 2 are not one person’s address, number or name: who@example.org."
    )
    assert "hanako@example.org\nwho@example.org</textarea>" in answer.text


def test_a_way_that_nobody_offers_is_refused(hr: FlaskClient, session: Session) -> None:
    round = future_round(Stage.DRAFT)
    session.commit()

    assert hr.post(f"/rounds/{round.id}/whom", data={"way": "all"}).status_code == 422
    assert hr.post(f"/rounds/{round.id}/whom", data={}).status_code == 422


def volunteers(session: Session) -> tuple[Round, str]:
    round = future_round(Stage.COLLECTING)
    round.whom = Whom(way=Way.VOLUNTEERS)
    session.commit()
    return round, f"/join/{links.sign(SECRET, 'join', round.id)}"


def test_hr_finds_the_open_link_where_answers_are_followed(hr: FlaskClient, session: Session) -> None:
    round, path = volunteers(session)

    assert f"http://localhost:8000{path}" in hr.get(f"/rounds/{round.id}/collect").text


def test_a_volunteer_is_mailed_a_link_and_a_stranger_reads_the_same(client: FlaskClient, session: Session) -> None:
    round, path = volunteers(session)
    factories.person("oneil", email="o'neil@example.org", display_name="Róisín O’Neil")
    session.commit()
    assert round.title in client.get(path).text

    known = client.post(path, data={"address": "O'Neil@example.org"})
    unknown = client.post(path, data={"address": "nobody@example.org"})
    scrawl = client.post(path, data={"address": "?"})

    assert {(one.status_code, one.location) for one in (known, unknown, scrawl)} == {(303, f"{path}/sent")}
    assert client.get(f"{path}/sent").status_code == 200
    assert session.scalars(select(Letter.kind)).all() == [LetterKind.PERSONAL_LINK]
    assert len(session.scalars(select(Guest)).all()) == 1


def test_whoever_gets_no_mail_reads_who_can_enter_the_answer(client: FlaskClient, session: Session) -> None:
    round, path = volunteers(session)
    english, places = {"Accept-Language": "en"}, (path, f"{path}/sent")
    told = [client.get(place, headers=english).text for place in places]
    round.coordinator = factories.person("runner", display_name="Rin Runner", email="rin@example.org")
    session.commit()
    named = [client.get(place, headers=english).text for place in places]

    assert all("speak to the people who run the round: your answer can be entered for you." in page for page in told)
    assert all("speak to Rin Runner: your answer can be entered for you." in page for page in named)
    assert all('href="mailto:rin@example.org"' in page for page in named)


def test_the_open_link_is_rationed_as_the_sign_in_is(client: FlaskClient, session: Session) -> None:
    _, path = volunteers(session)
    factories.person("a", email="a@example.org")
    session.commit()

    for _ in range(auth.ASKS_PER_ADDRESS + 2):
        client.post(path, data={"address": "a@example.org"})

    assert len(session.scalars(select(Letter)).all()) == auth.ASKS_PER_ADDRESS
    assert len(session.scalars(select(Attempt)).all()) == 2 * (auth.ASKS_PER_ADDRESS + 2)


def test_a_link_that_is_forged_or_over_leads_nowhere(client: FlaskClient, session: Session) -> None:
    round, path = volunteers(session)
    forged = f"/join/{links.sign('x' * 32, 'join', round.id)}"
    round.stage = Stage.REVIEWING
    session.commit()

    for address in (path, forged, "/join/nothing"):
        assert client.get(address).status_code == 410
        assert client.post(address, data={"address": "a@example.org"}).status_code == 410


def test_everybody_counts_who_would_be_asked(hr: FlaskClient, session: Session) -> None:
    factories.person("paused", away_until=date(2100, 1, 1))
    round = future_round(Stage.DRAFT)
    session.commit()

    page = hr.get(f"/rounds/{round.id}/whom").text

    assert "Everybody: 1 person" in page


def test_where_nobody_is_mailed_no_mail_is_promised(hr: FlaskClient, session: Session) -> None:
    round = future_round(Stage.DRAFT)
    session.commit()
    everybody = hr.get(f"/rounds/{round.id}/ask").text
    round.whom = Whom(way=Way.VOLUNTEERS)
    session.commit()

    volunteers = hr.get(f"/rounds/{round.id}/ask").text

    assert ("Each mail carries a personal link." in everybody, "Nobody is mailed:" in everybody) == (True, False)
    assert ("Each mail carries a personal link." in volunteers, "Nobody is mailed:" in volunteers) == (False, True)
