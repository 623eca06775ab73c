"""The home page: the one thing to do next, what needs HR today, and today's visits."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.app import create_app
from shadowing.extensions import db
from shadowing.mail import letters
from shadowing.models import (
    Answer,
    Because,
    FreeSeat,
    Invitation,
    LetterState,
    MailOutcome,
    Opening,
    OpeningKind,
    Pairing,
    PairingStatus,
    PlaceRequest,
    Repair,
    RepairState,
    Round,
    Rsvp,
    SeatState,
    Slot,
    Stage,
    WhyUnmatched,
)
from shadowing.rounds.attention import Concern
from shadowing.views import auth
from tests import conftest, factories
from tests.views.conftest import Digest, statements
from tests.visiting.test_invitations import Visit


def test_the_first_thing_to_do_is_to_import_people(hr: FlaskClient) -> None:
    page = hr.get("/").text

    assert "Bring in your list of employees" in page
    assert 'href="/people/import"' in page


def test_with_people_the_next_thing_is_a_round(hr: FlaskClient, session: Session) -> None:
    factories.person()
    session.commit()

    assert 'href="/rounds/new"' in hr.get("/").text


@pytest.mark.parametrize(
    ("stage", "path"),
    [
        (Stage.DRAFT, "ask"),
        (Stage.COLLECTING, "collect"),
        (Stage.SOLVING, "solve"),
        (Stage.REVIEWING, "pairings"),
        (Stage.PUBLISHED, "run"),
    ],
)
def test_every_stage_has_one_thing_to_do_next(hr: FlaskClient, session: Session, stage: Stage, path: str) -> None:
    round = factories.round_(stage=stage)
    session.commit()

    page = hr.get("/").text

    assert page.count("button primary") == 1
    assert f'class="button primary" href="/rounds/{round.id}/{path}"' in page


def test_the_stage_line_says_where_the_round_stands(hr: FlaskClient, session: Session) -> None:
    factories.round_(stage=Stage.REVIEWING)
    session.commit()

    step = hr.get("/").text.partition('aria-current="step">')[2].partition("</li>")[0]

    assert "Review" in step


def test_nothing_to_mend_is_said_in_a_sentence(hr: FlaskClient, session: Session) -> None:
    factories.round_(stage=Stage.PUBLISHED)
    session.commit()

    assert "Nothing needs you today." in hr.get("/").text


def test_every_alert_leads_where_it_can_be_mended(hr: FlaskClient, session: Session) -> None:
    everything_is_the_matter()
    session.commit()

    page = hr.get("/").text
    alerts = re.findall(r'<li data-concern="(\w+)">.*?<a href="([^"]+)">', page, re.DOTALL)

    assert [concern for concern, _ in alerts] == [one for one in Concern if one is not Concern.LOOKING]
    assert [hr.get(link.replace("&amp;", "&")).status_code for _, link in alerts] == [200] * len(alerts)


def test_while_places_are_looked_for_home_says_so_without_a_way_to_tell(hr: FlaskClient, session: Session) -> None:
    visit = Visit()
    visit.tell(datetime.now(UTC) - timedelta(minutes=5))
    visit.pairing.status = PairingStatus.DROPPED
    session.add(Repair(round=visit.round, because=Because.LOST, asked_at=datetime.now(UTC)))
    session.commit()

    alert = hr.get("/").text.partition('<li data-concern="looking">')[2].partition("</li>")[0]

    assert "Looking for places" in alert
    assert "<a" not in alert


def test_who_cannot_come_is_the_next_thing_to_do(hr: FlaskClient, session: Session) -> None:
    everything_is_the_matter()
    session.commit()

    page = hr.get("/").text

    assert "Find another time for 1 person who cannot come" in page
    assert page.count("button primary") == 1


def everything_is_the_matter() -> None:
    """A round with one case of each cause, and another one that asked before somebody came."""
    visit = Visit()
    visit.round.rsvp = Rsvp.ASK
    begin = datetime.now(UTC) + timedelta(days=2)
    for state in ("declined", "silent", "off"):
        slot = factories.slot(factories.opening(visit.round, kind=OpeningKind.RIDE_ALONG), begin)
        seat = factories.pairing(factories.guest(visit.round), slot, status=PairingStatus.PUBLISHED)
        seat.tags = [state]
    visit.tell(datetime.now(UTC) - timedelta(minutes=5))
    for pairing in db.session.scalars(select(Pairing).where(Pairing.round_id == visit.round.id)):
        guest = select(Invitation).where(Invitation.person_id == pairing.guest.person_id)
        if pairing.tags == ["declined"]:
            db.session.scalars(guest).one().answer = Answer.NO
        if pairing.tags == ["silent"]:
            db.session.scalars(guest).one().stopped_at = datetime.now(UTC)
        if pairing.tags == ["off"]:
            pairing.status = PairingStatus.DROPPED
    factories.guest(visit.round, reason=WhyUnmatched(code="host_gone", remedy=""))
    before = {"starts_on": factories.MONDAY - timedelta(days=1)}
    asked = factories.round_(**before, asked_at=factories.NOW, answers_until=(begin + timedelta(days=9)).date())
    letter = letters.ask([factories.guest(asked)], factories.NOW)[0]
    letter.state, letter.done_at = LetterState.GAVE_UP, factories.NOW
    proposed = {"because": Because.LOST, "state": RepairState.PROPOSED, "concerned": [letter.person_id]}
    db.session.add(Repair(round=asked, asked_at=factories.NOW, **proposed))
    places_are_free(visit.round)
    factories.received(MailOutcome.FOR_HR)


def places_are_free(round: Round) -> None:
    """One at short notice, and one that who declined asks for."""
    declined = select(Invitation).join(Invitation.slot).join(Slot.opening).where(Opening.round_id == round.id)
    invitation = db.session.scalars(declined.where(Invitation.answer == Answer.NO)).one()
    slot, now = invitation.slot, datetime.now(UTC)
    wish = {"opening": slot.opening, "starts_at": slot.starts_at + timedelta(days=1), "asked_at": now}
    db.session.add(PlaceRequest(invitation=invitation, **wish))
    db.session.add(FreeSeat(slot=slot, opened_at=now, state=SeatState.TOO_LATE))


def test_todays_visits_stand_on_the_page(hr: FlaskClient, session: Session) -> None:
    visit = Visit()
    noon = datetime.now(ZoneInfo("Asia/Tokyo")).replace(hour=12, minute=0, second=0, microsecond=0).astimezone(UTC)
    visit.slot.starts_at, visit.slot.ends_at = noon, noon + timedelta(hours=1)
    visit.opening.title = "Comparing quotes"
    visit.tell(noon - timedelta(days=3))
    session.commit()

    page = hr.get("/").text.partition('id="today"')[2]

    assert "1 visit" in page
    assert "12:00–13:00" in page
    assert "Comparing quotes" in page


def test_past_rounds_are_turned_over_after_ten(hr: FlaskClient, session: Session) -> None:
    for _ in range(12):
        factories.round_(stage=Stage.ENDED)
    session.commit()

    pages = [hr.get(path).text for path in ("/", "/?page=2")]

    assert [page.count('<a class="l"') for page in pages] == [10, 2]


def test_the_banner_says_that_no_mail_is_sent(hr: FlaskClient) -> None:
    assert "Mails are not sent: no mail server is set." in hr.get("/").text


@pytest.mark.parametrize("server", ["", "smtp.example.org"])
def test_the_sample_company_says_so_to_everybody_as_long_as_it_mails_nothing(
    tmp_path: Path, sqlite_url: str, server: str
) -> None:
    app = create_app(conftest.settings(tmp_path, database_url=sqlite_url, demo=True, mail_server=server))

    page = app.test_client().get("/sign-in", headers={"Accept-Language": "en"}).text

    assert ("Sample company: nothing is mailed." in page) is (server == "")


@pytest.mark.parametrize("sample", [True, False])
def test_only_the_sample_company_opens_on_its_review(tmp_path: Path, sqlite_url: str, sample: bool) -> None:
    app = create_app(conftest.settings(tmp_path, database_url=sqlite_url, demo=sample))
    with app.test_request_context():
        round = factories.round_(stage=Stage.REVIEWING)

        assert auth.first_page() == (f"/rounds/{round.id}/pairings" if sample else "/")


def test_a_real_company_is_not_called_a_sample(hr: FlaskClient) -> None:
    assert "Sample company" not in hr.get("/").text


def test_looking_changes_nothing(hr: FlaskClient, session: Session, digest: Digest) -> None:
    factories.guest(factories.round_())
    session.commit()
    before = digest()

    hr.get("/")

    assert digest() == before


def test_more_rounds_need_no_more_statements(hr: FlaskClient, session: Session) -> None:
    counts = []
    for more in (1, 2):
        for _ in range(more):
            factories.guest(factories.round_())
        session.commit()
        with statements() as sent:
            hr.get("/")
        counts.append(len(sent))

    assert counts[0] == counts[1]


def test_the_health_check_needs_nobody_and_no_database(client: FlaskClient) -> None:
    answer = client.get("/healthz")

    assert (answer.status_code, answer.text) == (200, "ok\n")
