"""HR looks the openings of a round through and changes them at every stage; what becomes of visits is shown before it is done."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.collecting import hosting
from shadowing.models import (
    Audit,
    Consent,
    Letter,
    LetterKind,
    LetterState,
    Opening,
    OpeningKind,
    Pairing,
    PairingStatus,
    Round,
    Slot,
    Stage,
)
from shadowing.visiting import invitations
from tests import factories
from tests.factories import NOW, at
from tests.views.conftest import Digest, statements
from tests.views.test_answers import my
from tests.views.test_openings import MEETING
from tests.views.test_visits import SENDER

OPEN_STAGES = (Stage.DRAFT, Stage.COLLECTING, Stage.REVIEWING, Stage.PUBLISHED)
SHUT_STAGES = (Stage.SOLVING, Stage.ENDED, Stage.CANCELLED)
ONCE = MEETING | {"repeat": "once"}


@pytest.fixture
def round(session: Session) -> Round:
    round = factories.round_(stage=Stage.REVIEWING)
    session.commit()
    return round


@pytest.fixture
def visit(session: Session, round: Round) -> Pairing:
    """A guest in a meeting with two seats, on Tuesday at ten."""
    host = factories.person("host", display_name="髙橋 Host")
    guest = factories.guest(round, factories.person("visitor", display_name="Visitor 🙂"), (host.home,))
    factories.free(round, guest.person, 1, 9, 18)
    pairing = factories.pairing(guest, factories.slot(factories.opening(round, host, zone="Asia/Tokyo")))
    session.commit()
    return pairing


def of(visit: Pairing) -> Opening:
    return visit.slot.opening


def edited(visit: Pairing, **facts: Any) -> dict[str, Any]:
    return ONCE | {"title": of(visit).title} | facts


def seen(page: str) -> str:
    return page.split('name="seen" value="')[1].split('"')[0]


def pressed_twice(hr: FlaskClient, path: str, data: dict[str, Any] | None = None) -> tuple[int, int, str]:
    """The status of both presses, and the page between them."""
    first = hr.post(path, data=data or {})
    second = hr.post(path, data=(data or {}) | {"seen": seen(first.text)})
    return first.status_code, second.status_code, first.text


def publish(session: Session, visit: Pairing) -> None:
    visit.status, visit.guest.round.stage = PairingStatus.PUBLISHED, Stage.PUBLISHED
    session.flush()
    invitations.tell(visit.guest.round, NOW, SENDER, NOW)
    for letter in session.scalars(select(Letter)):
        letter.state, letter.done_at = LetterState.SENT, NOW
    session.commit()


def told(session: Session, round: Round) -> list[tuple[LetterKind, str]]:
    """What the next publish would tell, and to whom."""
    session.expire_all()
    planned = invitations.planned(round, NOW, SENDER)
    return sorted((letter.kind, letter.person.code) for letter in planned)


# Looking through


def test_openings_are_found_by_host_department_kind_and_state(hr: FlaskClient, session: Session, round: Round) -> None:
    host = factories.person("p1", display_name="髙橋 一", kana="タカハシ")
    full = factories.opening(round, host, title="Full", seats=1)
    factories.pairing(factories.guest(round), factories.slot(full))
    riding = {"kind": OpeningKind.RIDE_ALONG, "customer_consent": Consent.ASKED, "title": "Riding"}
    factories.slot(factories.opening(round, **riding))
    factories.opening(round, title="Taken off", withdrawn_at=NOW)
    session.commit()

    def found(query: str) -> list[str]:
        page = hr.get(f"/rounds/{round.id}/openings?{query}").text
        return [name for name in ("Full</a>", "Riding", "Taken off") if name in page]

    assert found("") == ["Full</a>", "Riding", "Taken off"]
    assert found("words=たかはし") == ["Full</a>"]
    assert found(f"department={host.department_id}") == ["Full</a>"]
    assert found("kind=ride_along") == ["Riding"]
    assert found("state=full") == ["Full</a>"]
    assert found("state=free") == ["Riding"]
    assert found("state=consent") == ["Riding"]
    assert found("state=offered") == ["Full</a>", "Riding"]
    assert found("state=withdrawn") == ["Taken off"]
    assert "1 of 1 seats taken" in hr.get(f"/rounds/{round.id}/openings?state=full").text


def test_a_list_of_openings_takes_the_same_statements_for_one_and_for_many(
    hr: FlaskClient, session: Session, round: Round
) -> None:
    other = factories.round_(title="Other")
    factories.opening(round)
    for _ in range(27):
        factories.slot(factories.opening(other))
    session.commit()
    hr.get(f"/rounds/{round.id}/openings")

    with statements() as one:
        hr.get(f"/rounds/{round.id}/openings")
    with statements() as many:
        page = hr.get(f"/rounds/{other.id}/openings").text

    assert (page.count('class="l" href="/openings/'), len(one)) == (25, len(many))


# On behalf of a host


@pytest.mark.parametrize("stage", OPEN_STAGES)
def test_hr_offers_an_opening_for_a_host_at_every_stage(
    hr: FlaskClient, session: Session, round: Round, stage: Stage
) -> None:
    host = factories.person("host", display_name="O’Brien 𠮷")
    round.stage, round.closed_at = stage, NOW
    session.commit()

    chosen = hr.post(f"/rounds/{round.id}/openings/choose", data={"who": "O’Brien 𠮷"})
    form = hr.get(chosen.location).text
    answer = hr.post(chosen.location, data=MEETING)
    again = hr.post(chosen.location, data=MEETING)

    [opening] = session.scalars(select(Opening))
    assert ("Enter an opening of O’Brien 𠮷" in form, answer.status_code) == (True, 303)
    assert (answer.location, again.location) == (f"/openings/{opening.id}", f"/openings/{opening.id}")
    assert (opening.hosts[0].person_id, len(opening.slots)) == (host.id, 4)


@pytest.mark.parametrize("stage", SHUT_STAGES)
def test_while_the_pairings_are_made_and_after_the_end_no_opening_changes(
    hr: FlaskClient, session: Session, visit: Pairing, digest: Digest, stage: Stage
) -> None:
    visit.guest.round.stage = stage
    session.commit()
    before, opening = digest(), f"/openings/{of(visit).id}"
    deeds = ("/withdraw", "/offer-again", "/seats", "/edit")

    statuses = {hr.post(opening + deed, data=edited(visit) | {"seats": "9"}).status_code for deed in deeds}

    assert (statuses, digest()) == ({409}, before)


# What becomes of visits


def test_before_publishing_a_withdrawal_shows_whose_visit_it_takes_out_and_the_second_press_does_it(
    hr: FlaskClient, session: Session, visit: Pairing, digest: Digest
) -> None:
    path, guest, before = f"/openings/{of(visit).id}/withdraw", visit.guest, digest()

    first = hr.post(path)
    untouched = digest() == before
    second = hr.post(path, data={"seen": seen(first.text)})
    third = hr.post(path)

    session.expire_all()
    assert (first.status_code, untouched, second.status_code, third.status_code) == (422, True, 303, 303)
    assert "Visitor 🙂 with 髙橋 Host (Weekly meeting, " in first.text
    assert "is taken out of the plan" in first.text
    assert session.scalars(select(Pairing)).all() == []
    assert (guest.reason is not None, session.scalar(select(Opening.withdrawn_at)) is not None) == (True, True)


@pytest.mark.parametrize("deed", ["withdraw", "edit"])
def test_what_a_change_does_to_visits_is_said_once_and_has_the_focus(
    hr: FlaskClient, session: Session, visit: Pairing, deed: str
) -> None:
    page = hr.post(f"/openings/{of(visit).id}/{deed}", data=edited(visit, local_time="14:00")).text

    assert (page.count('role="alert"'), page.count("autofocus"), page.count("Nothing is changed yet.")) == (1, 1, 1)


def test_an_opening_that_was_withdrawn_is_offered_again(hr: FlaskClient, session: Session, visit: Pairing) -> None:
    opening = of(visit)
    pressed_twice(hr, f"/openings/{opening.id}/withdraw")

    hr.post(f"/openings/{opening.id}/offer-again")

    session.expire_all()
    assert (opening.withdrawn_at, [slot.cancelled_at for slot in opening.slots]) == (None, [None])
    assert list(session.scalars(select(Audit.deed).order_by(Audit.id))) == ["withdraw_opening", "offer_again"]


def test_after_publishing_a_withdrawal_calls_visits_off_and_the_next_publish_tells_both(
    hr: FlaskClient, session: Session, visit: Pairing
) -> None:
    publish(session, visit)
    round = visit.guest.round

    statuses = pressed_twice(hr, f"/openings/{of(visit).id}/withdraw")

    assert (statuses[:2], "is called off" in statuses[2]) == ((422, 303), True)
    assert told(session, round) == [(LetterKind.CANCEL, "host"), (LetterKind.CANCEL, "visitor")]
    assert visit.status is PairingStatus.DROPPED


@pytest.mark.parametrize("stage", [Stage.REVIEWING, Stage.PUBLISHED])
def test_a_visit_goes_along_with_a_date_on_which_its_guest_is_free(
    hr: FlaskClient, session: Session, visit: Pairing, stage: Stage
) -> None:
    if stage is Stage.PUBLISHED:
        publish(session, visit)
    round = visit.guest.round

    first, second, page = pressed_twice(hr, f"/openings/{of(visit).id}/edit", edited(visit, local_time="14:00"))

    changed = told(session, round)
    assert (first, second) == (422, 303)
    assert "moves to" in page
    assert (visit.slot.starts_at, visit.stands) == (at(1, 14), True)
    if stage is Stage.PUBLISHED:
        assert changed == [(LetterKind.CHANGE, "host"), (LetterKind.CHANGE, "visitor")]


def test_a_visit_whose_guest_is_not_free_at_the_new_time_is_taken_out(
    hr: FlaskClient, session: Session, visit: Pairing
) -> None:
    first, second, page = pressed_twice(hr, f"/openings/{of(visit).id}/edit", edited(visit, first_on="2027-01-21"))

    assert (first, second) == (422, 303)
    assert "is taken out of the plan. The guest is not free at that time." in page
    assert session.scalars(select(Pairing)).all() == []


def test_a_change_that_touches_no_visit_is_done_at_once(hr: FlaskClient, session: Session, visit: Pairing) -> None:
    answer = hr.post(f"/openings/{of(visit).id}/edit", data=edited(visit, place="Room 7", title="Monday’s 会議"))

    session.expire_all()
    assert (answer.status_code, of(visit).place, of(visit).title, visit.stands) == (
        303,
        "Room 7",
        "Monday’s 会議",
        True,
    )


def test_seats_are_added_at_once_and_fewer_seats_name_who_loses_theirs(
    hr: FlaskClient, session: Session, visit: Pairing
) -> None:
    other = factories.guest(of(visit).round, factories.person("other", display_name="Other"), (of(visit).department,))
    factories.free(of(visit).round, other.person, 1, 9, 18)
    kept = factories.pairing(other, visit.slot, pinned=True)
    session.commit()
    path = f"/openings/{of(visit).id}/seats"

    added = hr.post(path, data={"seats": "5"})
    first, second, page = pressed_twice(hr, path, {"seats": "1"})
    wrong = hr.post(path, data={"seats": "0"})

    session.expire_all()
    assert (added.status_code, first, second, wrong.status_code) == (303, 422, 303, 422)
    assert ("Visitor 🙂 with" in page, "Other with" in page) == (True, False)
    assert list(session.scalars(select(Pairing.id))) == [kept.id]  # what HR keeps is kept
    assert session.scalars(select(Slot.seats)).all() == [1]


def test_what_hr_saw_must_be_what_happens(hr: FlaskClient, session: Session, visit: Pairing, digest: Digest) -> None:
    """Between the two presses somebody else was placed there."""
    path = f"/openings/{of(visit).id}/withdraw"
    stale = seen(hr.post(path).text)
    factories.pairing(factories.guest(of(visit).round, factories.person("later", display_name="Later")), visit.slot)
    session.commit()
    before = digest()

    answer = hr.post(path, data={"seen": stale})

    assert (answer.status_code, "Later with" in answer.text, digest() == before) == (422, True, True)


@pytest.mark.parametrize("stage", OPEN_STAGES)
def test_what_a_customer_says_is_recorded_at_every_stage(
    hr: FlaskClient, session: Session, round: Round, stage: Stage
) -> None:
    ride = factories.opening(round, kind=OpeningKind.RIDE_ALONG, customer_consent=Consent.ASKED)
    round.stage = stage
    session.commit()

    answer = hr.post(f"/openings/{ride.id}/consent", data={"consent": "yes"})

    session.expire_all()
    assert (answer.status_code, ride.customer_consent) == (303, Consent.YES)


def test_a_customer_who_says_no_takes_the_visit_out_and_one_who_agrees_shows_the_guest_the_title(
    hr: FlaskClient, session: Session, visit: Pairing
) -> None:
    of(visit).kind, of(visit).customer_consent, round = OpeningKind.RIDE_ALONG, Consent.ASKED, of(visit).round
    publish(session, visit)
    path = f"/openings/{of(visit).id}/consent"

    hr.post(path, data={"consent": "yes"})
    agreed = told(session, round)
    first, second, _ = pressed_twice(hr, path, {"consent": "no"})

    assert agreed == [(LetterKind.CHANGE, "host"), (LetterKind.CHANGE, "visitor")]
    assert (first, second) == (422, 303)
    assert told(session, round) == [(LetterKind.CANCEL, "host"), (LetterKind.CANCEL, "visitor")]


def test_a_visit_that_has_begun_stays_as_it_was(hr: FlaskClient, session: Session, visit: Pairing) -> None:
    """The pages read the clock of today; this visit was in 2020."""
    visit.slot.starts_at, visit.slot.ends_at = at(-2500, 10), at(-2500, 11)
    visit.status, visit.guest.round.stage = PairingStatus.PUBLISHED, Stage.PUBLISHED
    session.commit()

    answer = hr.post(f"/openings/{of(visit).id}/withdraw")

    session.expire_all()
    assert (answer.status_code, visit.status, visit.slot.cancelled_at) == (303, PairingStatus.PUBLISHED, None)


def test_a_fixed_date_that_binds_a_host_who_visits_somebody_then_names_that_visit(
    hr: FlaskClient, session: Session, visit: Pairing
) -> None:
    visitor = visit.guest.person
    address = f"/rounds/{of(visit).round_id}/openings/new?host={visitor.id}"

    first, second, page = pressed_twice(hr, address, ONCE | {"title": "At the same hour"})

    assert (first, second, "Visitor 🙂 with 髙橋 Host" in page) == (422, 303, True)
    assert session.scalars(select(Pairing)).all() == []


# Nothing this time


def test_a_host_says_that_they_offer_nothing_this_time_and_may_think_again(
    hr: FlaskClient, client: FlaskClient, session: Session
) -> None:
    round, host = factories.round_(), factories.person("host", display_name="Not me 﨑")
    session.commit()

    for _ in range(2):
        client.post(my(host, round, "/openings/decline"))
    said = client.get(my(host, round, "/openings")).text
    read = hr.get(f"/rounds/{round.id}/openings").text
    client.post(my(host, round, "/openings/new"), data=MEETING)

    assert "You said that you offer nothing this time." in said
    assert ("1 person offers nothing this time" in read, "Not me 﨑" in read) == (True, True)
    assert hosting.declined_at(host, round) is None


def test_who_offers_something_withdraws_it_before_saying_so(
    client: FlaskClient, session: Session, digest: Digest
) -> None:
    round, host = factories.round_(), factories.person("host")
    factories.opening(round, host)
    session.commit()
    before = digest()

    answer = client.post(my(host, round, "/openings/decline"))

    assert (answer.status_code, "Withdraw it first." in answer.text, digest() == before) == (422, True, True)


def test_a_limit_stays_when_a_host_says_nothing_this_time(client: FlaskClient, session: Session) -> None:
    round, host = factories.round_(), factories.person("host")
    session.commit()

    client.post(my(host, round, "/openings/limit"), data={"half_days_most": "3"})
    client.post(my(host, round, "/openings/decline"))

    assert (hosting.given(host, round), hosting.declined_at(host, round) is not None) == (3, True)


@pytest.mark.parametrize(
    ("stage", "sentence"),
    [
        (Stage.DRAFT, "Nobody has been asked yet, so no mail tells the host: 髙橋 Host."),
        (Stage.REVIEWING, "A mail tells the host: 髙橋 Host."),
        (Stage.PUBLISHED, "When you publish the change, the mail about the visit tells the host: 髙橋 Host."),
    ],
)
def test_before_pressing_hr_reads_whether_and_when_the_host_hears_of_it(
    hr: FlaskClient, session: Session, visit: Pairing, stage: Stage, sentence: str
) -> None:
    visit.guest.round.stage = stage
    session.commit()
    own = f"/openings/{of(visit).id}"

    pages = [hr.get(path).text for path in (own, f"{own}/edit")]
    new = hr.get(f"/rounds/{visit.round_id}/openings/new?host={of(visit).hosts[0].person_id}").text

    assert [sentence in page for page in pages] == [True, True]
    assert ("tells the host" in new, "A mail tells the host" in new) == (True, stage is not Stage.DRAFT)


def test_what_hr_asks_about_first_tells_nobody_until_it_is_pressed_again(
    hr: FlaskClient, session: Session, visit: Pairing
) -> None:
    path = f"/openings/{of(visit).id}/withdraw"

    first = hr.post(path)
    waiting = session.scalars(select(Letter.kind)).all()
    hr.post(path, data={"seen": seen(first.text)})

    assert (first.status_code, waiting) == (422, [])
    assert session.scalars(select(Letter.kind)).all() == [LetterKind.OFFERED_FOR]
