"""A round on its pages, from the form to the visits."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shadowing.company import people
from shadowing.mail import letters
from shadowing.models import Guest, Invitation, Letter, LetterKind, LetterState, Person, Role, Round, Stage
from shadowing.rounds.drafts import RoundDraft
from shadowing.views import forms
from tests import factories
from tests.views.conftest import Digest, statements

LONG_AGO = datetime.now(UTC) - timedelta(days=9)
SOON = datetime.now(UTC).date() + timedelta(days=40)


def filled(**changes: str) -> dict[str, str]:
    """The form of a new round as it is prefilled."""
    draft = RoundDraft(
        title="Spring",
        starts_on=SOON,
        ends_on=SOON + timedelta(days=25),
        answers_until=SOON,
        zone="Asia/Tokyo",
    )
    return {name: str(value) for name, value in forms.of_draft(draft).typed.items()} | changes


def future_round(stage: Stage = Stage.REVIEWING) -> Round:
    return factories.round_(stage=stage, starts_on=SOON, ends_on=SOON + timedelta(days=25), answers_until=SOON)


def reviewed(session: Session) -> Round:
    """A round with one visit, to be published."""
    round, marketing, sales = future_round(), factories.department("marketing"), factories.department("sales")
    host = factories.person("host", marketing)
    begin = datetime.combine(SOON + timedelta(days=7 - SOON.weekday()), datetime.min.time(), UTC) + timedelta(hours=2)
    guest = factories.guest(round, factories.person("guest", sales), (marketing,))
    factories.free_at(round, guest.person, begin, begin + timedelta(hours=2))
    slot = factories.slot(factories.opening(round, host, starts_at=begin))
    factories.pairing(guest, slot, tags=["wish_1"])
    session.commit()
    return round


def shown(page: str, name: str) -> str:
    return page.partition(f'name="{name}" value="')[2].partition('"')[0]


def test_a_new_round_is_filled_in_already(hr: FlaskClient) -> None:
    page = hr.get("/rounds/new").text

    assert 'value="Asia/Tokyo"' in page
    assert "Job shadowing, " in page


def test_the_form_says_which_limits_0_takes_away(hr: FlaskClient) -> None:
    page = hr.get("/rounds/new").text

    hints = [
        page.partition(f'id="rule_{name}-hint">')[2] for name in ("visits_most", "visits_per_week_most", "away_most")
    ]
    assert [hint.partition("<")[0] for hint in hints] == ["0 means no limit."] * 3


def test_the_prefilled_form_makes_a_draft_and_leads_to_the_mail(hr: FlaskClient, session: Session) -> None:
    answer = hr.post("/rounds/new", data=filled())

    round = session.scalars(select(Round)).one()
    assert (answer.status_code, answer.location) == (303, f"/rounds/{round.id}/ask")
    assert (round.title, round.stage, round.coordinator and round.coordinator.code) == ("Spring", Stage.DRAFT, "hanako")


@pytest.mark.parametrize(
    ("field", "typed", "message"),
    [
        ("title", "", "This must not be empty."),
        ("starts_on", "soon", "“soon” is not a date. Write it like 2027-01-18."),
        ("ends_on", "2020-01-01", "The last day is before the first day."),
        ("answers_until", "2999-01-01", "Answers must be in before the round ends."),
        ("zone", "Tokio", "There is no time zone “Tokio”. Did you mean “Asia/Tokyo”?"),
        ("closed_days", "2027-01-11\n2027-13-01", "“2027-13-01” is not a date."),
        ("rsvp", "perhaps", "“perhaps” is not one of: none, ask."),
        ("rule_visits_most", "-1", "“-1” is not a whole number from 0 to 999."),
        ("rule_wishes", "whatever", "“whatever” is not one of: require, prefer."),
    ],
)
def test_a_wrong_field_is_named_and_what_was_typed_is_kept(
    hr: FlaskClient, session: Session, field: str, typed: str, message: str
) -> None:
    answer = hr.post("/rounds/new", data=filled(**{field: typed, "greeting": "Kept words"}))

    assert answer.status_code == 422
    assert message in answer.text
    assert "Kept words" in answer.text
    assert session.scalars(select(Round)).all() == []


def test_all_mistakes_of_a_form_are_named_at_once(hr: FlaskClient) -> None:
    page = hr.post("/rounds/new", data=filled(title="a\0b", zone="", rule_visits_most="", rule_walls="high")).text

    assert [page.partition(f'id="{name}-error">')[2].partition("<")[0] for name in ("title", "zone")] == [
        "“a�b” contains a character that is no text. Delete what is shown as �, or type it anew.",
        "This must not be empty.",
    ]
    assert [page.partition(f'id="rule_{name}-error">')[2].partition("<")[0] for name in ("visits_most", "walls")] == [
        "“” is not a whole number from 0 to 999.",
        "“high” is not one of: off, prefer.",
    ]


def test_what_is_wrong_with_the_dates_is_named_beside_an_empty_title(hr: FlaskClient) -> None:
    page = hr.post("/rounds/new", data=filled(title="", ends_on="2020-01-01", answers_until="2020-01-02")).text

    assert [page.partition(f'id="{name}-error">')[2].partition("<")[0] for name in ("title", "ends_on")] == [
        "This must not be empty.",
        "The last day is before the first day.",
    ]
    assert 'id="answers_until-error"' in page


def test_the_same_mistake_in_several_fields_is_listed_once_and_counted(hr: FlaskClient) -> None:
    page = hr.post("/rounds/new", data=filled(title="", starts_on="", zone="")).text

    summary = page.partition('id="problems"')[2].partition("</div>")[0]
    assert re.findall(r'<a href="#(\w+)">([^<]+)</a> <small>([^<]+)', summary) == [
        ("starts_on", "This must not be empty.", "(in 3 fields)")
    ]
    assert page.count("This must not be empty.") == 1 + 3


def test_a_mistake_is_named_in_the_readers_language(hr: FlaskClient, session: Session) -> None:
    session.scalars(select(Person)).one().locale = "ja"
    session.commit()

    page = hr.post("/rounds/new", data=filled(starts_on="来週")).text

    assert "「来週」は日付ではありません。2027-01-18 のように書いてください。" in page


def test_a_second_round_of_the_same_name_and_days_is_refused_on_the_form(hr: FlaskClient) -> None:
    hr.post("/rounds/new", data=filled())

    answer = hr.post("/rounds/new", data=filled(greeting="Kept words"))

    assert answer.status_code == 422
    assert "Kept words" in answer.text
    assert 'role="alert"' in answer.text


def test_public_holidays_are_closed_days_when_ticked(hr: FlaskClient, session: Session) -> None:
    days = {"starts_on": "2030-01-07", "ends_on": "2030-01-31", "answers_until": "2029-12-20"}

    hr.post("/rounds/new", data=filled(**days, title="With", holidays="yes", closed_days="2030-01-09"))
    hr.post("/rounds/new", data=filled(**days, title="Without", holidays="", closed_days=""))

    assert session.scalars(select(Round.closed_days).order_by(Round.id)).all() == [["2030-01-09", "2030-01-14"], []]


def test_where_no_public_holidays_are_known_the_form_says_so(hr: FlaskClient, session: Session) -> None:
    said = "No public holidays are known for the time zone of this round."
    rounds = [factories.round_(zone=zone, stage=Stage.DRAFT) for zone in ("Asia/Tokyo", "UTC")]
    session.commit()

    assert [said in hr.get(f"/rounds/{round.id}/edit").text for round in rounds] == [False, True]


def test_a_draft_can_be_changed(hr: FlaskClient, session: Session) -> None:
    hr.post("/rounds/new", data=filled())
    round = session.scalars(select(Round)).one()

    answer = hr.post(f"/rounds/{round.id}/edit", data=filled(title="Summer", rule_visits_most="5"))

    assert (answer.status_code, round.title, round.rules.visits_most) == (303, "Summer", 5)


def test_a_published_round_is_not_changed_by_the_form(hr: FlaskClient, session: Session) -> None:
    round = future_round(Stage.PUBLISHED)
    session.commit()

    answer = hr.post(f"/rounds/{round.id}/edit", data=filled(title="Summer"))

    assert answer.status_code == 409
    assert "is at another step by now" in answer.text


def test_the_mail_is_seen_before_it_is_sent(hr: FlaskClient, session: Session, digest: Digest) -> None:
    round = future_round(Stage.DRAFT)
    taro = factories.person("taro", display_name="Taro Test")
    session.commit()
    before = digest()

    page = hr.get(f"/rounds/{round.id}/ask?person={taro.id}").text

    assert "Send to 2 people and start the round" in page
    assert "This is what Taro Test gets" in page
    assert "taro@example.org" in page
    assert digest() == before


def test_asking_writes_one_letter_to_everybody(hr: FlaskClient, session: Session) -> None:
    round = future_round(Stage.DRAFT)
    factories.person()
    session.commit()

    answer = hr.post(f"/rounds/{round.id}/ask")

    kinds = session.scalars(select(Letter.kind)).all()
    assert (answer.status_code, round.stage, kinds) == (303, Stage.COLLECTING, [LetterKind.ASK] * 2)


def test_asking_twice_is_refused(hr: FlaskClient, session: Session) -> None:
    round = future_round(Stage.DRAFT)
    session.commit()
    hr.post(f"/rounds/{round.id}/ask")

    again = hr.post(f"/rounds/{round.id}/ask")

    assert again.status_code == 409
    assert session.scalar(select(func.count()).select_from(Letter)) == 1


def test_collecting_shows_who_is_missing(hr: FlaskClient, session: Session) -> None:
    round = future_round(Stage.COLLECTING)
    factories.guest(round, factories.person(display_name="Early Bird"))
    factories.guest(round, factories.person(display_name="Late Riser"), answered_at=None)
    session.commit()

    page = hr.get(f"/rounds/{round.id}/collect").text

    assert "1 of 2 people have answered" in page
    assert "Late Riser" in page
    assert "Early Bird" not in page


def test_nobody_is_told_to_offer_a_seat_once_the_answers_are_closed(hr: FlaskClient, session: Session) -> None:
    round = future_round(Stage.COLLECTING)
    session.commit()
    before = hr.get(f"/rounds/{round.id}/collect").text
    round.closed_at = datetime.now(UTC)
    session.commit()

    closed = hr.get(f"/rounds/{round.id}/collect").text

    assert ("Everybody can offer one" in before, "Everybody can offer one" in closed) == (True, False)


def test_answers_are_called_open_until_the_pairings_are_made(hr: FlaskClient, session: Session) -> None:
    round, promise = future_round(Stage.DRAFT), "Answers can be given and changed until the pairings are made."
    factories.opening(round)
    factories.guest(round, answered_at=None)
    session.commit()

    asking = hr.get(f"/rounds/{round.id}/ask").text
    round.stage = Stage.COLLECTING
    session.commit()
    collecting, home = hr.get(f"/rounds/{round.id}/collect").text, hr.get("/").text
    round.stage = Stage.REVIEWING
    session.commit()
    closed = hr.get(f"/rounds/{round.id}/collect").text

    assert [promise in page for page in (asking, collecting, home, closed)] == [True, True, True, False]


def test_only_the_missing_are_reminded(hr: FlaskClient, session: Session) -> None:
    round = future_round(Stage.COLLECTING)
    factories.guest(round)
    late = factories.guest(round, answered_at=None, asked_at=LONG_AGO)
    session.commit()

    preview = hr.get(f"/rounds/{round.id}/nudge").text
    answer = hr.post(f"/rounds/{round.id}/nudge")

    assert "Remind 1 person" in preview
    assert answer.status_code == 303
    assert session.execute(select(Letter.person_id, Letter.kind)).all() == [(late.person_id, LetterKind.NUDGE)]


def test_nobody_is_reminded_twice_in_a_day(hr: FlaskClient, session: Session) -> None:
    round = future_round(Stage.COLLECTING)
    factories.guest(round, answered_at=None, asked_at=LONG_AGO)
    session.commit()
    hr.post(f"/rounds/{round.id}/nudge")

    answer = hr.post(f"/rounds/{round.id}/nudge")

    assert answer.status_code == 422
    assert f'href="/rounds/{round.id}/collect"' in answer.text


def test_the_preview_shows_the_very_mails_and_changes_nothing(
    hr: FlaskClient, session: Session, digest: Digest
) -> None:
    round = reviewed(session)
    before = digest()

    page = hr.get(f"/rounds/{round.id}/publish").text

    assert "Publish and send 2 mails" in page
    assert "METHOD" in page
    assert digest() == before


def test_what_was_previewed_is_published(hr: FlaskClient, session: Session) -> None:
    round = reviewed(session)
    page = hr.get(f"/rounds/{round.id}/publish").text
    stamp = shown(page, "stamp")

    answer = hr.post(f"/rounds/{round.id}/publish", data={"version": shown(page, "version"), "stamp": stamp})

    stamps = session.scalars(select(Letter.stamp).where(Letter.kind == LetterKind.REQUEST)).all()
    assert (answer.status_code, answer.location) == (303, f"/rounds/{round.id}/run")
    assert (round.stage, stamps) == (Stage.PUBLISHED, [datetime.fromisoformat(stamp)] * 2)


def test_a_stale_preview_is_not_published(hr: FlaskClient, session: Session) -> None:
    round = reviewed(session)
    page = hr.get(f"/rounds/{round.id}/publish").text
    round.version += 1
    session.commit()

    answer = hr.post(
        f"/rounds/{round.id}/publish", data={"version": shown(page, "version"), "stamp": shown(page, "stamp")}
    )

    assert (answer.status_code, round.stage) == (409, Stage.REVIEWING)
    assert "Somebody changed this round" in answer.text


@pytest.mark.parametrize("sent", [{}, {"version": "x", "stamp": "y"}, {"version": "1", "stamp": "2027-01-01"}])
def test_publishing_without_a_preview_is_refused(hr: FlaskClient, session: Session, sent: dict[str, str]) -> None:
    round = reviewed(session)

    answer = hr.post(f"/rounds/{round.id}/publish", data=sent)

    assert (answer.status_code, round.stage) == (409, Stage.REVIEWING)


def test_publishing_twice_sends_nothing_twice(hr: FlaskClient, session: Session) -> None:
    round = reviewed(session)
    page = hr.get(f"/rounds/{round.id}/publish").text
    form = {"version": shown(page, "version"), "stamp": shown(page, "stamp")}
    hr.post(f"/rounds/{round.id}/publish", data=form)

    again = hr.post(f"/rounds/{round.id}/publish", data=form)

    assert again.status_code == 409
    assert "Nothing was sent twice." in again.text
    assert session.scalar(select(func.count()).select_from(Letter)) == 2


def test_after_publishing_the_visits_are_followed(hr: FlaskClient, session: Session) -> None:
    round = reviewed(session)
    page = hr.get(f"/rounds/{round.id}/publish").text
    hr.post(f"/rounds/{round.id}/publish", data={"version": shown(page, "version"), "stamp": shown(page, "stamp")})

    followed = hr.get(f"/rounds/{round.id}/run").text

    assert "Weekly meeting" in followed
    assert followed.count("0 of 2 mails have left.") == 1
    assert "not left yet" not in followed


def test_visits_are_found_by_a_name_however_it_is_typed_and_by_what_was_answered(
    hr: FlaskClient, session: Session
) -> None:
    round = reviewed(session)
    page = hr.get(f"/rounds/{round.id}/publish").text
    hr.post(f"/rounds/{round.id}/publish", data={"version": shown(page, "version"), "stamp": shown(page, "stamp")})
    guest = session.scalars(select(Invitation).where(Invitation.role == Role.GUEST)).one()
    guest.person.given_name, guest.person.kana = "𠮷子", "よしこ"
    people.index(guest.person)
    session.commit()

    def found(query: str) -> bool:
        return "Weekly meeting" in hr.get(f"/rounds/{round.id}/run?{query}").text

    assert found("name=ﾖｼｺ")
    assert found(f"department={guest.person.department_id}&answer=NEEDS-ACTION")
    assert not found("name=nobody+of+this+name")
    assert not found("answer=DECLINED")
    assert "No visit fits this search." in hr.get(f"/rounds/{round.id}/run?answer=DECLINED").text


@pytest.mark.parametrize(
    ("state", "lost"),
    [
        (LetterState.UNDELIVERABLE, True),
        (LetterState.GAVE_UP, True),
        (LetterState.UNKNOWN, True),
        (LetterState.SENT, False),
        (LetterState.SUPERSEDED, False),
    ],
)
def test_a_mail_of_which_nobody_knows_that_it_arrived_is_shown_as_lost(
    hr: FlaskClient, session: Session, state: LetterState, lost: bool
) -> None:
    round = future_round(Stage.PUBLISHED)
    letter = letters.ask([factories.guest(round)], datetime.now(UTC))[0]
    letter.state, letter.done_at = state, datetime.now(UTC)
    elsewhere = letters.ask([factories.guest(future_round(Stage.PUBLISHED))], datetime.now(UTC))[0]
    elsewhere.state = LetterState.GAVE_UP
    session.commit()

    page = hr.get(f"/rounds/{round.id}/run").text

    assert (letter.address in page, "1 mail did not arrive" in page) == (lost, lost)
    assert elsewhere.address not in page


def test_a_round_is_ended(hr: FlaskClient, session: Session) -> None:
    round = future_round(Stage.PUBLISHED)
    session.commit()

    hr.post(f"/rounds/{round.id}/end")

    assert round.stage is Stage.ENDED


def test_more_missing_people_need_no_more_statements(hr: FlaskClient, session: Session) -> None:
    round, counts = future_round(Stage.COLLECTING), []
    for more in (1, 2):
        for _ in range(more):
            factories.guest(round, answered_at=None)
        session.commit()
        with statements() as sent:
            hr.get(f"/rounds/{round.id}/collect")
        counts.append(len(sent))

    assert counts[0] == counts[1]


@pytest.mark.parametrize("stage", list(Stage))
@pytest.mark.parametrize("page", ["", "/edit", "/ask", "/collect", "/nudge", "/publish", "/run"])
def test_every_page_stands_at_every_stage_and_changes_nothing(
    hr: FlaskClient, session: Session, digest: Digest, stage: Stage, page: str
) -> None:
    round = future_round(stage)
    factories.guest(round)
    session.commit()
    before = digest()

    answer = hr.get(f"/rounds/{round.id}{page}")

    assert answer.status_code == 200
    assert digest() == before


def test_a_round_that_is_not_there_is_a_404(hr: FlaskClient, session: Session) -> None:
    assert hr.get("/rounds/99").status_code == 404
    assert session.scalars(select(Guest)).all() == []
