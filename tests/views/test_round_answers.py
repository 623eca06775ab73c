"""HR reads the answers of a round, types one in for somebody, takes it back, and opens the answers for one person alone."""

from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.collecting import availability, goals
from shadowing.collecting.availability import YES
from shadowing.extensions import db
from shadowing.matching import choices, gather, trials
from shadowing.matching.spans import minutes
from shadowing.models import (
    Audit,
    FreeTimes,
    Guest,
    HostRefusal,
    Letter,
    LetterKind,
    LetterState,
    Pairing,
    PairingStatus,
    Stage,
    WhyUnmatched,
)
from tests import factories
from tests.factories import NOW, at
from tests.views.conftest import Digest, statements
from tests.views.test_answers import my


@pytest.fixture
def guest(session: Session) -> Guest:
    """Somebody who was asked and has not answered."""
    guest = factories.guest(factories.round_(late_answers=False, answers_until=date(2100, 1, 1)), answered_at=None)
    session.commit()
    return guest


def page_for(guest: Guest) -> str:
    return f"/rounds/{guest.round_id}/answers/type-in?person={guest.person_id}"


def form(guest: Guest, hr: FlaskClient, **facts: Any) -> dict[str, Any]:
    """What HR sends from the form as it is shown now."""
    shown = hr.get(page_for(guest)).text
    seen = shown.split('name="seen" value="')[1].split('"')[0]
    wish = factories.department()
    db.session.commit()
    typed = {"person": guest.person_id, "seen": seen, "wish": [f"d{wish.id}", "", ""], "visits": "1"}
    return typed | {"line": "髙橋さんの一日 🙂", "times": "half", "half": ["tue-pm"]} | facts


def type_in(hr: FlaskClient, guest: Guest, **facts: Any) -> Any:
    return hr.post(f"/rounds/{guest.round_id}/answers/type-in", data=form(guest, hr, **facts))


def letters(session: Session, kind: LetterKind) -> list[Letter]:
    session.expire_all()
    return list(session.scalars(select(Letter).where(Letter.kind == kind).order_by(Letter.id)))


def deeds(session: Session) -> list[str]:
    return list(session.scalars(select(Audit.deed).order_by(Audit.id)))


# Reading


def test_answers_are_listed_by_state_department_and_name_however_it_is_typed(hr: FlaskClient, session: Session) -> None:
    round = factories.round_()
    sales = factories.department(name="Sales")
    asked = factories.guest(
        round, factories.person("p1", sales, display_name="髙橋 一", kana="タカハシ"), answered_at=None
    )
    factories.guest(round, factories.person("p2", display_name="Skipper O’Neil"), visits=0)
    factories.guest(round, factories.person("p3", display_name="Answering 𠮷野"))
    session.commit()

    def found(query: str) -> list[str]:
        page = hr.get(f"/rounds/{round.id}/answers?{query}").text
        return [name for name in ("髙橋", "Skipper", "Answering") if name in page]

    assert found("") == ["髙橋", "Skipper", "Answering"]
    assert found("state=missing") == ["髙橋"]
    assert found("state=skipped") == ["Skipper"]
    assert found("state=answered") == ["Answering"]
    assert found("words=たかはし") == ["髙橋"]
    assert found(f"department={sales.id}") == ["髙橋"]
    assert found("state=no-such&words=%25") == []
    assert asked.typed_in is None


def test_twenty_five_are_shown_a_page_with_the_same_statements_as_for_one(hr: FlaskClient, session: Session) -> None:
    few, many = factories.round_(title="Few"), factories.round_(title="Many")
    factories.guest(few)
    for _ in range(27):
        factories.guest(many)
    session.commit()
    hr.get(f"/rounds/{few.id}/answers")

    with statements() as one:
        hr.get(f"/rounds/{few.id}/answers")
    with statements() as all_of_them:
        page = hr.get(f"/rounds/{many.id}/answers").text

    assert (page.count('class="l" href="/guests/'), "page=2" in page) == (25, True)
    assert len(one) == len(all_of_them)


def test_one_answer_is_read_in_words(hr: FlaskClient, session: Session) -> None:
    round, wish = factories.round_(), factories.department(name="Quality")
    guest = factories.guest(round, factories.person(), (wish,), half_days_most=2, note="")
    guest.goals[0].text = "“How they test” & why"
    availability.keep(guest.person, round, FreeTimes(week={"mon-0900": YES, "mon-0930": YES}))
    session.commit()

    page = hr.get(f"/guests/{guest.id}/answer").text

    assert "<li>Quality</li>" in page
    assert "“How they test” &amp; why" in page
    assert "2 half-days at the most" in page
    assert "Mon</dt><dd><span>09:00–10:00</span>" in page


# Typing in


def test_hr_types_in_an_answer_with_the_form_of_the_person_who_is_told_and_sees_by_whom(
    hr: FlaskClient, client: FlaskClient, session: Session, guest: Guest
) -> None:
    answer = type_in(hr, guest)

    [letter] = letters(session, LetterKind.ANSWERED_FOR)
    assert (answer.status_code, answer.location) == (303, f"/guests/{guest.id}/answer")
    assert (guest.visits, goals.line_of(guest), letter.person_id) == (1, "髙橋さんの一日 🙂", guest.person_id)
    assert "type_in" in deeds(session)
    assert "Typed in by HR" in hr.get(f"/rounds/{guest.round_id}/answers?state=typed_in").text
    assert "Hanako HR entered this answer on" in hr.get(f"/guests/{guest.id}/answer").text
    for page in ("", "/thanks"):
        assert "Hanako HR entered this answer for you on" in client.get(my(guest.person, guest.round, page)).text


def test_once_the_person_answers_themselves_the_mark_goes(
    hr: FlaskClient, client: FlaskClient, session: Session, guest: Guest
) -> None:
    type_in(hr, guest)
    own = form(guest, hr, line="My own words")

    client.post(my(guest.person, guest.round), data=own)

    session.expire_all()
    assert (guest.typed_in, goals.line_of(guest)) == (None, "My own words")
    assert "entered this answer" not in client.get(my(guest.person, guest.round, "/thanks")).text


def test_a_second_press_of_the_same_form_writes_no_second_mail(
    hr: FlaskClient, session: Session, guest: Guest, digest: Digest
) -> None:
    typed = form(guest, hr)
    address = f"/rounds/{guest.round_id}/answers/type-in"
    hr.post(address, data=typed)
    before = digest()

    again = hr.post(address, data=typed)

    assert (again.status_code, digest()) == (303, before)


def test_a_stale_form_does_not_replace_what_the_person_answered_meanwhile(
    hr: FlaskClient, client: FlaskClient, session: Session, guest: Guest
) -> None:
    stale = form(guest, hr)
    client.post(my(guest.person, guest.round), data=form(guest, hr, line="My own words"))

    answer = hr.post(f"/rounds/{guest.round_id}/answers/type-in", data=stale)

    session.expire_all()
    assert (answer.status_code, "has changed meanwhile" in answer.text) == (409, True)
    assert (goals.line_of(guest), guest.typed_in) == ("My own words", None)
    assert letters(session, LetterKind.ANSWERED_FOR) == []


def test_a_mistake_is_shown_at_its_field_and_nothing_typed_is_lost(
    hr: FlaskClient, session: Session, guest: Guest, digest: Digest
) -> None:
    typed = form(guest, hr, half=[], half_days_most="0")
    before = digest()

    answer = hr.post(f"/rounds/{guest.round_id}/answers/type-in", data=typed)

    assert (answer.status_code, "is not a whole number from 1 to 40" in answer.text) == (422, True)
    assert 'value="髙橋さんの一日 🙂"' in answer.text
    assert digest() == before


def test_what_was_typed_in_is_taken_back_and_the_answer_before_stands_again(
    hr: FlaskClient, client: FlaskClient, session: Session, guest: Guest
) -> None:
    client.post(my(guest.person, guest.round), data=form(guest, hr, line="My own words", half=["mon-am"]))
    session.expire_all()
    before, week = guest.answered_at, availability.given(guest.person, guest.round).week
    type_in(hr, guest)

    hr.post(f"/guests/{guest.id}/answer/take-back")
    hr.post(f"/guests/{guest.id}/answer/take-back")

    [letter] = letters(session, LetterKind.ANSWERED_FOR)
    assert (guest.answered_at, goals.line_of(guest)) == (before, "My own words")
    assert (availability.given(guest.person, guest.round).week, guest.typed_in) == (week, None)
    assert letter.state is LetterState.CANCELLED  # it had not left, so there is nothing to tell
    assert deeds(session).count("take_back_answer") == 1


def test_who_has_heard_that_hr_typed_in_hears_that_it_was_taken_back(
    hr: FlaskClient, session: Session, guest: Guest
) -> None:
    type_in(hr, guest)
    [sent] = letters(session, LetterKind.ANSWERED_FOR)
    sent.state, sent.done_at = LetterState.SENT, NOW
    session.commit()

    hr.post(f"/guests/{guest.id}/answer/take-back")

    [_, back] = letters(session, LetterKind.ANSWERED_FOR)
    assert (guest.answered_at, availability.given(guest.person, guest.round)) == (None, FreeTimes())
    assert "If you had answered before yourself, that counts again." in hr.get(f"/letters/{back.id}").text


def test_an_answer_is_typed_in_for_somebody_who_was_not_asked(hr: FlaskClient, session: Session) -> None:
    round, person = factories.round_(), factories.person("late", display_name="d'Artagnan 𠮷")
    session.commit()

    chosen = hr.post(f"/rounds/{round.id}/answers/choose", data={"who": "d'Artagnan 𠮷"})
    unknown = hr.post(f"/rounds/{round.id}/answers/choose", data={"who": "Nobody"})
    hr.post(f"/rounds/{round.id}/answers/type-in", data={"person": person.id, "seen": "", "skip": "yes", "wish": []})

    assert chosen.location == f"/rounds/{round.id}/answers/type-in?person={person.id}"
    assert (unknown.status_code, "Nobody here has the name" in unknown.text) == (422, True)
    assert session.scalars(select(Guest).where(Guest.person_id == person.id)).one().visits == 0


@pytest.mark.parametrize(
    ("stage", "status"),
    [
        (Stage.DRAFT, 409),
        (Stage.COLLECTING, 303),
        (Stage.SOLVING, 409),
        (Stage.REVIEWING, 303),
        (Stage.PUBLISHED, 409),
        (Stage.ENDED, 409),
        (Stage.CANCELLED, 409),
    ],
)
def test_answers_are_typed_in_from_the_question_until_the_plan_is_out(
    hr: FlaskClient, session: Session, guest: Guest, stage: Stage, status: int
) -> None:
    typed = form(guest, hr)
    guest.round.stage, guest.round.closed_at = stage, NOW
    session.commit()

    page = hr.get(f"/rounds/{guest.round_id}/answers/type-in").text
    answer = hr.post(f"/rounds/{guest.round_id}/answers/type-in", data=typed)

    assert (answer.status_code, bool(letters(session, LetterKind.ANSWERED_FOR))) == (status, status == 303)
    assert ("Answers can be entered from when people are asked until" in page) is (
        status == 409 and stage is not Stage.SOLVING
    )
    assert ("Stop the search first." in page) is (stage is Stage.SOLVING)


# Open for one


@pytest.fixture
def late(session: Session, guest: Guest) -> Guest:
    """The answers are closed, and a plan is under review."""
    guest.round.stage, guest.round.closed_at, guest.round.answers_until = Stage.REVIEWING, NOW, date(2026, 1, 1)
    guest.round.starts_on, guest.round.ends_on = date(2100, 1, 1), date(2100, 2, 1)
    session.commit()
    return guest


def test_one_person_may_answer_after_the_deadline_and_nobody_else(
    hr: FlaskClient, client: FlaskClient, session: Session, late: Guest
) -> None:
    other = factories.guest(late.round, answered_at=None)
    session.commit()
    closed = client.get(my(late.person, late.round)).text

    hr.post(f"/guests/{late.id}/answer/reopen", data={"until": "2100-01-10"})
    hr.post(f"/guests/{late.id}/answer/reopen", data={"until": "2100-01-10"})
    own = {"wish": [], "surprise": "yes", "visits": "1", "times": "half", "half": ["tue-pm"]}
    answers = [client.post(my(one.person, late.round), data=own).status_code for one in (late, other)]

    [letter] = letters(session, LetterKind.OPEN_FOR_YOU)
    assert "Answers are closed" in closed
    assert (
        "you can answer, or change your answer, until the end of Sun 10 Jan 2100, unless"
        in hr.get(f"/letters/{letter.id}").text
    )
    assert (answers, letter.person_id, late.surprise) == ([303, 409], late.person_id, True)
    assert deeds(session).count("reopen_for") == 1


def test_closing_the_answers_does_not_count_whom_they_are_open_for_alone(
    hr: FlaskClient, client: FlaskClient, session: Session, guest: Guest
) -> None:
    factories.guest(guest.round, answered_at=None)
    guest.round.ends_on, guest.open_until = date(2100, 2, 1), date(2100, 1, 10)
    session.commit()

    page = hr.get(f"/rounds/{guest.round_id}/collect").text
    hr.post(f"/rounds/{guest.round_id}/close")

    assert "1 person who was asked can then no longer answer or change an answer." in page
    assert "Send my answer" in client.get(my(guest.person, guest.round)).text


def test_what_was_opened_for_one_is_closed_again_and_the_mail_stays_at_home(
    hr: FlaskClient, client: FlaskClient, session: Session, late: Guest
) -> None:
    hr.post(f"/guests/{late.id}/answer/reopen", data={"until": "2100-01-10"})

    hr.post(f"/guests/{late.id}/answer/close")

    [letter] = letters(session, LetterKind.OPEN_FOR_YOU)
    assert (letter.state, "Answers are closed" in client.get(my(late.person, late.round)).text) == (
        LetterState.CANCELLED,
        True,
    )


@pytest.mark.parametrize("until", ["2020-01-01", "2100-02-01", "soon", ""])
def test_a_day_on_which_nobody_could_answer_is_refused_at_its_field(
    hr: FlaskClient, session: Session, late: Guest, digest: Digest, until: str
) -> None:
    before = digest()

    answer = hr.post(f"/guests/{late.id}/answer/reopen", data={"until": until})

    assert (answer.status_code, 'id="until-error"' in answer.text) == (422, True)
    assert digest() == before


def test_once_the_round_is_published_nothing_is_opened_for_anybody(
    hr: FlaskClient, session: Session, late: Guest
) -> None:
    late.open_until, late.round.stage = date(2100, 1, 10), Stage.PUBLISHED
    session.commit()

    assert not goals.open_to(late.person, late.round, NOW)
    assert hr.post(f"/guests/{late.id}/answer/reopen", data={"until": "2100-01-12"}).status_code == 409


# A host asks for somebody else


@pytest.fixture
def planned(session: Session) -> Pairing:
    """A guest who visits a host in a plan under review; the host offers a second opening."""
    round = factories.round_(stage=Stage.REVIEWING)
    host = factories.person("host")
    guest = factories.guest(round, factories.person("visitor"), (host.home,))
    slot = factories.slot(factories.opening(round, host))
    factories.opening(round, host, starts_at=at(2, 10))
    pairing = factories.pairing(guest, slot)
    session.commit()
    return pairing


def refusing(pairing: Pairing, **facts: str) -> dict[str, str]:
    return {
        "host": str(pairing.slot.opening.hosts[0].person_id),
        "why": "They worked together — 前に一緒だった",
    } | facts


def test_what_a_host_refuses_is_taken_out_once_hr_has_seen_it_and_no_plan_brings_it_back(
    hr: FlaskClient, session: Session, planned: Pairing
) -> None:
    guest, round = planned.guest, planned.guest.round
    address, typed = f"/guests/{guest.id}/answer/refuse", refusing(planned)

    asked = hr.post(address, data=typed)
    standing = session.scalar(select(Pairing.id))
    done = hr.post(address, data=typed | {"seen": str(planned.id)})

    session.expire_all()
    assert (asked.status_code, standing is not None, "These visits are taken out" in asked.text) == (422, True, True)
    assert (done.status_code, session.scalar(select(Pairing.id))) == (303, None)
    assert len(gather.problem(round, NOW).forbids) == 2  # both openings of the host
    assert deeds(session)[-1] == "refuse_guest"


def test_a_visit_that_was_planned_since_hr_looked_is_asked_about_again(
    hr: FlaskClient, session: Session, planned: Pairing, digest: Digest
) -> None:
    before = digest()

    answer = hr.post(f"/guests/{planned.guest_id}/answer/refuse", data=refusing(planned, seen="999"))

    assert (answer.status_code, digest()) == (422, before)


def test_the_mail_is_read_before_it_goes(hr: FlaskClient, session: Session, guest: Guest) -> None:
    of_the_form, of_one = hr.get(page_for(guest)).text, hr.get(f"/guests/{guest.id}/answer").text

    assert "Hanako HR entered your answer in" in of_the_form
    assert "unless the plan is published before" in of_one
    links = [my(guest.person, guest.round).rpartition("/")[2] in page for page in (of_the_form, of_one)]
    assert links == [False, False]  # HR reads the mail, and no link that works


def test_a_guest_whom_a_host_refused_is_told_what_everybody_is_told(
    hr: FlaskClient, session: Session, planned: Pairing
) -> None:
    """Nobody heard of the visit, so it is not said that it was taken out."""
    guest = planned.guest
    factories.free(guest.round, guest.person, 1, 9, 18)
    session.commit()

    hr.post(f"/guests/{guest.id}/answer/refuse", data=refusing(planned, seen=str(planned.id)))

    session.expire_all()
    assert guest.reason == WhyUnmatched(code="full", remedy="first_next_time")


def test_hr_is_offered_no_place_with_a_host_who_asked_for_somebody_else(
    hr: FlaskClient, session: Session, planned: Pairing
) -> None:
    guest, opening, place = planned.guest, planned.slot.opening, minutes(planned.slot.starts_at)
    factories.free(guest.round, guest.person, 1, 9, 18)
    session.commit()
    hr.post(f"/guests/{guest.id}/answer/refuse", data=refusing(planned, seen=str(planned.id)))

    placed = hr.post(f"/guests/{guest.id}/place", data={"opening": opening.id, "start": place})

    tried = trials.of(guest, opening, date(2027, 1, 19), None, NOW)
    assert placed.status_code == 422
    assert session.scalars(select(Pairing)).all() == []
    assert [one.possible for one in tried] == [False]
    assert choices.alternatives(guest, None, NOW) == []


def test_the_guest_reads_nothing_of_a_refusal_and_hr_may_take_it_back(
    hr: FlaskClient, client: FlaskClient, session: Session, planned: Pairing
) -> None:
    guest = planned.guest
    typed = refusing(planned, seen=str(planned.id))
    hr.post(f"/guests/{guest.id}/answer/refuse", data=typed)
    read_by_hr = hr.get(f"/guests/{guest.id}/answer").text
    read_by_guest = "".join(client.get(my(guest.person, guest.round, path)).text for path in ("", "/visits", "/thanks"))

    hr.post(f"/guests/{guest.id}/answer/allow", data={"host": typed["host"]})

    assert ("前に一緒だった" in read_by_hr, "前に一緒だった" in read_by_guest) == (True, False)
    assert (session.scalars(select(HostRefusal)).all(), gather.problem(guest.round, NOW).forbids) == ([], ())


@pytest.mark.parametrize("stage", [Stage.SOLVING, Stage.PUBLISHED, Stage.ENDED])
def test_a_host_refuses_before_publishing_only(
    hr: FlaskClient, session: Session, planned: Pairing, digest: Digest, stage: Stage
) -> None:
    planned.guest.round.stage, planned.status = stage, PairingStatus.PUBLISHED
    session.commit()
    before = digest()

    answer = hr.post(f"/guests/{planned.guest_id}/answer/refuse", data=refusing(planned, seen=str(planned.id)))

    assert (answer.status_code, digest()) == (409, before)
