"""A round that changes its mind, on its pages: what each deed tells before, and what it does."""

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.mail import links
from shadowing.models import Letter, LetterKind, PairingStatus, Round, Stage
from tests import factories
from tests.conftest import SECRET
from tests.views.conftest import Digest
from tests.views.test_rounds import SOON, filled, future_round

TODAY = datetime.now(UTC).date()
YESTERDAY = TODAY - timedelta(days=1)


def beside(page: str, field: str) -> str:
    return page.partition(f'id="{field}-error">')[2].partition("<")[0]


def over(stage: Stage = Stage.COLLECTING) -> Round:
    """A round whose last day for answers was a while ago."""
    round = future_round(stage)
    round.answers_until, round.late_answers = YESTERDAY - timedelta(days=2), False
    return round


def test_a_deadline_that_is_over_is_named_at_its_field_and_what_was_typed_is_kept(hr: FlaskClient) -> None:
    long_ago = str(YESTERDAY - timedelta(days=3))

    answer = hr.post("/rounds/new", data=filled(answers_until=long_ago, greeting="Kept words"))

    assert answer.status_code == 422
    assert beside(answer.text, "answers_until").startswith(f"The last day for answers, {long_ago}, is over.")
    assert "Kept words" in answer.text


def test_nobody_answers_after_the_deadline_though_no_worker_closed_it(client: FlaskClient, session: Session) -> None:
    guest = factories.guest(over(), answered_at=None)
    session.commit()
    address = f"/my/{links.sign(SECRET, 'personal', guest.person_id, guest.person.link_version, guest.round_id)}"

    page, answer = client.get(address).text, client.post(address, data={"skip": "yes", "wish": [""], "times": "keep"})

    assert "Answers are closed" in page
    assert (answer.status_code, guest.answered_at) == (409, None)


def test_opening_the_answers_tells_what_it_means_before(hr: FlaskClient, session: Session, digest: Digest) -> None:
    round = over(Stage.REVIEWING)
    factories.pairing(factories.guest(round), factories.slot(factories.opening(round)))
    factories.guest(round, answered_at=None)
    session.commit()
    before = digest()

    page = hr.get(f"/rounds/{round.id}/reopen").text

    assert "1 of 2 people have answered" in page
    assert "with 1 guest who has a visit, stays as a proposal" in page
    assert "To undo it, close the answers again." in page
    assert digest() == before


@pytest.mark.parametrize("reminders", [True, False])
def test_opening_the_answers_says_who_is_reminded_and_how_long_late_answers_count(
    hr: FlaskClient, session: Session, reminders: bool
) -> None:
    round = over(Stage.REVIEWING)
    round.late_answers, round.reminders = True, reminders
    session.commit()

    page = hr.get(f"/rounds/{round.id}/reopen").text

    assert "offer seats until the pairings are made; the day below is what they read." in page
    assert "until the end of the day below" not in page
    assert ("They are also reminded by itself" in page) is reminders


def test_answers_are_opened_from_the_review_and_closed_again(hr: FlaskClient, session: Session) -> None:
    round = over(Stage.REVIEWING)
    factories.pairing(factories.guest(round), factories.slot(factories.opening(round)))
    session.commit()

    opened = hr.post(f"/rounds/{round.id}/reopen", data={"answers_until": str(SOON)})
    collecting = hr.get(f"/rounds/{round.id}/collect").text
    assert (opened.status_code, opened.location) == (303, f"/rounds/{round.id}/collect")
    assert (round.stage, round.answers_until) == (Stage.COLLECTING, SOON)
    assert "The review of the plan that stands goes on." in collecting

    closed = hr.post(f"/rounds/{round.id}/close")
    assert (closed.status_code, closed.location) == (303, f"/rounds/{round.id}/pairings")
    assert round.stage is Stage.REVIEWING


def test_a_day_that_cannot_be_is_named_where_answers_are_opened(hr: FlaskClient, session: Session) -> None:
    round = over()
    session.commit()

    past = hr.post(f"/rounds/{round.id}/reopen", data={"answers_until": str(YESTERDAY - timedelta(days=1))})
    typed = hr.post(f"/rounds/{round.id}/reopen", data={"answers_until": "soon"})

    assert (past.status_code, typed.status_code) == (422, 422)
    assert "is over. Choose today" in beside(past.text, "answers_until")
    assert "“soon” is not a date." in beside(typed.text, "answers_until")


def test_home_says_that_the_answers_are_closed(hr: FlaskClient, session: Session) -> None:
    round = over()
    factories.guest(round, answered_at=None)
    session.commit()

    home, collecting = hr.get("/").text, hr.get(f"/rounds/{round.id}/collect").text

    assert "The answers are closed: make the pairings" in home
    assert f'href="/rounds/{round.id}/reopen"' in collecting


def test_a_draft_is_deleted_by_a_button_that_tells_before(hr: FlaskClient, session: Session) -> None:
    hr.post("/rounds/new", data=filled())
    round = session.scalars(select(Round)).one()

    page = hr.get(f"/rounds/{round.id}").text
    address = f"/rounds/{round.id}/delete"
    answer, again = hr.post(address), hr.post(address)

    assert again.status_code == 303
    assert "Nobody has heard of this round, so nobody is told." in page
    assert "This cannot be undone." in page
    assert (answer.status_code, answer.location) == (303, "/")
    assert session.scalars(select(Round)).all() == []
    assert hr.get("/rounds/1").status_code == 404


def test_a_round_that_collects_answers_is_not_deleted(hr: FlaskClient, session: Session) -> None:
    round = future_round(Stage.COLLECTING)
    session.commit()

    answer = hr.post(f"/rounds/{round.id}/delete")

    assert answer.status_code == 409
    assert "Call it off instead" in answer.text


def test_calling_off_shows_what_it_means_and_the_mails_before_they_leave(
    hr: FlaskClient, session: Session, digest: Digest
) -> None:
    round = future_round(Stage.COLLECTING)
    for name in ("髙橋 一", "Seán O’Brien"):
        factories.guest(round, factories.person(display_name=name))
    session.commit()
    before = digest()

    asking = hr.get(f"/rounds/{round.id}/cancel").text
    shown = hr.get(f"/rounds/{round.id}/cancel?why=The+office+moves+%26+we+too").text

    assert "2 people who have heard of the round get a mail with your words." in asking
    assert "This cannot be undone." in asking
    assert "Call the round off and send 2 mails" in shown
    assert "The office moves &amp; we too" in shown
    assert digest() == before


def test_a_round_is_called_off_in_words_that_its_people_read_on_their_pages(
    hr: FlaskClient, client: FlaskClient, session: Session
) -> None:
    round = future_round(Stage.COLLECTING)
    guest = factories.guest(round)
    session.commit()
    address = f"/my/{links.sign(SECRET, 'personal', guest.person_id, guest.person.link_version, round.id)}"

    answer = hr.post(f"/rounds/{round.id}/cancel", data={"why": "The office moves."})

    assert (answer.status_code, round.stage) == (303, Stage.CANCELLED)
    for page in (hr.get(f"/rounds/{round.id}").text, client.get(address).text, client.get(f"{address}/visits").text):
        assert "The office moves." in page
    assert "Start a round" in hr.get("/").text


def test_where_nobody_was_mailed_no_mails_are_promised(hr: FlaskClient, session: Session) -> None:
    round = future_round(Stage.COLLECTING)
    session.commit()

    page = hr.get(f"/rounds/{round.id}/cancel?why=The+office+moves").text

    assert "Nobody has got a mail of this round yet, so nobody is told." in page
    assert '<button class="danger">Call the round off</button>' in page
    assert "0 mails" not in page


def test_a_round_is_not_called_off_without_a_word(hr: FlaskClient, session: Session) -> None:
    round = future_round(Stage.COLLECTING)
    session.commit()

    answer = hr.post(f"/rounds/{round.id}/cancel", data={"why": " "})

    assert (answer.status_code, round.stage) == (422, Stage.COLLECTING)
    assert beside(answer.text, "why") == "This must not be empty."
    assert beside(hr.get(f"/rounds/{round.id}/cancel?why=").text, "why") == "This must not be empty."


def test_the_round_and_its_form_show_the_days_that_follow(hr: FlaskClient, session: Session) -> None:
    round = future_round(Stage.DRAFT)
    session.commit()

    for path in (f"/rounds/{round.id}", f"/rounds/{round.id}/edit", "/rounds/new"):
        page = hr.get(path).text
        line = page.partition('<ol class="dates"')[2].partition("</ol>")[0]
        assert [part.partition("<")[0] for part in line.split("<b>")[1:]] == [
            "Collect answers", "Remind", "Answers close", "Review", "Publish by", "Visits",
        ]  # fmt: skip


def test_reminders_are_switched_off_on_the_form(hr: FlaskClient, session: Session) -> None:
    hr.post("/rounds/new", data=filled(title="With"))
    hr.post("/rounds/new", data={name: value for name, value in filled(title="Without").items() if name != "reminders"})

    assert session.scalars(select(Round.reminders).order_by(Round.id)).all() == [True, False]


@pytest.mark.parametrize("stage", [Stage.PUBLISHED, Stage.ENDED])
def test_visits_without_invitations_are_not_called_none(hr: FlaskClient, session: Session, stage: Stage) -> None:
    round = future_round(stage)
    factories.pairing(factories.guest(round), factories.slot(factories.opening(round)), status=PairingStatus.HELD)
    session.commit()

    page = hr.get(f"/rounds/{round.id}/run").text

    assert "1 visit belongs to this round, but no invitation was sent from here." in page
    assert "<strong>0</strong>" not in page
    assert "There are no visits in this round." not in page


def test_closing_every_day_of_a_round_is_refused_at_its_field(hr: FlaskClient) -> None:
    whole = f"{SOON}-{SOON + timedelta(days=25)}"

    answer = hr.post("/rounds/new", data=filled(closed_days=whole))

    assert answer.status_code == 422
    assert beside(answer.text, "closed_days").startswith("Every day of the round is closed. Leave at least one")
    assert whole in answer.text


def test_closed_days_are_read_as_people_write_them(hr: FlaskClient, session: Session) -> None:
    days = {"starts_on": "2030-12-16", "ends_on": "2031-01-24", "answers_until": "2030-12-02"}

    hr.post("/rounds/new", data=filled(**days, closed_days="12/29-1/3\n2031年1月6日", holidays=""))

    closed = ["2030-12-29", "2030-12-30", "2030-12-31", "2031-01-01", "2031-01-02", "2031-01-03", "2031-01-06"]
    assert session.scalars(select(Round.closed_days)).one() == closed


def collecting(answered: int, silent: int) -> Round:
    round, wished = future_round(Stage.COLLECTING), factories.department()
    round.late_answers = False
    for place in range(answered + silent):
        factories.guest(round, wishes=(wished,), **({} if place < answered else {"answered_at": None}))
    factories.slot(factories.opening(round, factories.person(department_=wished)))
    return round


@pytest.mark.parametrize(
    ("answered", "silent", "ended", "said"),
    [
        (3, 1, False, ["3 of 4 people have answered", "1 person can still answer until the end of"]),
        (1, 3, False, ["1 of 4 people have answered", "3 people can still answer", "less than half"]),
        (1, 3, True, ["1 of 4 people have answered", "less than half"]),
    ],
)
def test_making_pairings_early_asks_once_in_figures(
    hr: FlaskClient, session: Session, answered: int, silent: int, ended: bool, said: list[str]
) -> None:
    round = collecting(answered, silent)
    round.answers_until = YESTERDAY - timedelta(days=1) if ended else SOON
    session.commit()

    asked = hr.post(f"/rounds/{round.id}/solve", data={"seconds": "30"})
    page = hr.get(asked.location).text
    assert (asked.status_code, asked.location) == (303, f"/rounds/{round.id}/solve/early?seconds=30")
    assert [words for words in said if words not in page] == []
    assert round.stage is Stage.COLLECTING

    hr.post(f"/rounds/{round.id}/solve", data={"seconds": "30", "sure": "yes"})
    session.expire_all()
    assert session.scalars(select(Round.stage)).one() is Stage.SOLVING
    assert hr.get(asked.location).location == f"/rounds/{round.id}/solve"


@pytest.mark.parametrize(("answered", "silent", "ended"), [(2, 0, False), (1, 1, True)])
def test_pairings_are_made_at_once_where_nothing_speaks_against_it(
    hr: FlaskClient, session: Session, answered: int, silent: int, ended: bool
) -> None:
    round = collecting(answered, silent)
    round.answers_until = YESTERDAY - timedelta(days=1) if ended else SOON
    session.commit()

    assert hr.post(f"/rounds/{round.id}/solve").location == f"/rounds/{round.id}/solve"


def test_other_days_are_told_after_hr_has_seen_the_mail(hr: FlaskClient, session: Session) -> None:
    round = future_round(Stage.DRAFT)
    session.commit()
    hr.post(f"/rounds/{round.id}/ask")
    days = filled(title=round.title, answers_until=str(SOON - timedelta(days=5)))

    saved = hr.post(f"/rounds/{round.id}/edit", data=days | {"tell": "yes"})
    collecting, page = hr.get(f"/rounds/{round.id}/collect").text, hr.get(saved.location).text
    assert saved.location == f"/rounds/{round.id}/tell"
    assert "1 person was told other days than the round has now." in collecting
    assert "Tell 1 person" in page

    told = hr.post(f"/rounds/{round.id}/tell")
    assert (told.status_code, told.location) == (303, f"/rounds/{round.id}/collect")
    kinds = session.scalars(select(Letter.kind).order_by(Letter.id)).all()
    assert kinds == [LetterKind.ASK, LetterKind.NEW_DATES]
    assert hr.post(f"/rounds/{round.id}/tell").status_code == 422


def test_without_the_tick_the_round_is_saved_and_nobody_is_told(hr: FlaskClient, session: Session) -> None:
    round = future_round(Stage.COLLECTING)
    session.commit()

    saved = hr.post(f"/rounds/{round.id}/edit", data=filled(title=round.title))

    assert saved.location == f"/rounds/{round.id}"
    assert session.scalars(select(Letter)).all() == []
