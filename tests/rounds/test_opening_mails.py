"""What hosts hear of what HR does to their openings."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.background import queue
from shadowing.mail import text
from shadowing.models import (
    Consent,
    Letter,
    LetterKind,
    LetterState,
    Opening,
    OpeningKind,
    Pairing,
    PairingStatus,
    Person,
    Round,
    Stage,
)
from shadowing.rounds import holding, opening_changes
from tests import factories
from tests.collecting.test_openings import offered
from tests.conftest import settings
from tests.factories import NOW
from tests.mail.gallery import SENDER
from tests.matching.test_pairings import under_review

LATER = NOW + timedelta(minutes=1)


def hr() -> Person:
    return factories.person("hr", hr=True, display_name="Hana HR")


def entered(round: Round, host: Person, by: Person, **facts: Any) -> Opening:
    return opening_changes.offer_for(round, [host], offered(**facts), by, NOW)[0]


def told(session: Session) -> list[str]:
    """Subject and text of what waits for hosts."""
    waiting = select(Letter).where(Letter.kind == LetterKind.OFFERED_FOR, Letter.done_at.is_(None)).order_by(Letter.id)
    written = [text.write(letter, SENDER) for letter in session.scalars(waiting)]
    return [f"{mail.subject}\n{mail.body}" for mail in written]


def sent(session: Session) -> None:
    for letter in session.scalars(select(Letter)):
        letter.state, letter.done_at = LetterState.SENT, NOW
    session.flush()


@pytest.mark.parametrize("stage", [Stage.COLLECTING, Stage.REVIEWING, Stage.PUBLISHED])
def test_a_host_is_told_what_hr_offers_changes_and_withdraws_for_them(session: Session, stage: Stage) -> None:
    by, host = hr(), factories.person()
    opening = entered(factories.round_(stage=stage), host, by, title="Monday meeting")
    [first] = told(session)
    sent(session)

    opening_changes.change(opening, offered(title="Monday meeting", place="Room 7"), by, LATER)
    [second] = told(session)
    sent(session)
    opening_changes.withdraw(opening, by, LATER + timedelta(minutes=1))
    [third] = told(session)

    assert "Entered for you: “Monday meeting”" in first
    assert "Hana HR" in first
    assert "Changed for you: “Monday meeting”" in second
    assert "Room 7" in second
    assert "Withdrawn for you: “Monday meeting”" in third


def test_seats_that_hr_sets_are_told_as_they_were_and_as_they_are(session: Session) -> None:
    by = hr()
    opening = entered(factories.round_(), factories.person(), by, seats=2)
    sent(session)

    opening_changes.set_seats(opening, 5, by, LATER)

    [mail] = told(session)
    assert mail.index("Seats: 2") < mail.index("Seats: 5")


def test_before_anybody_was_asked_no_host_hears_of_the_round(session: Session) -> None:
    by = hr()
    opening = entered(factories.round_(stage=Stage.DRAFT), factories.person(), by)
    opening_changes.set_seats(opening, 5, by, LATER)
    opening_changes.withdraw(opening, by, LATER)

    assert told(session) == []


def test_after_publishing_a_host_with_a_visit_hears_by_its_mails_when_hr_publishes_the_change(session: Session) -> None:
    round, _guest, first, second = under_review()
    round.stage, by = Stage.PUBLISHED, hr()
    session.scalars(select(Pairing)).one().status = PairingStatus.PUBLISHED
    session.flush()

    opening_changes.withdraw(first, by, NOW)
    assert told(session) == []

    opening_changes.withdraw(second, by, NOW)
    assert len(told(session)) == 1


def test_under_review_a_host_whose_visit_nobody_has_heard_of_is_told_at_once(session: Session) -> None:
    _round, _guest, first, _second = under_review()

    opening_changes.withdraw(first, hr(), NOW)

    assert len(told(session)) == 1


def test_what_changes_nothing_for_the_host_is_not_told(session: Session) -> None:
    by, round = hr(), factories.round_()
    facts = {"kind": OpeningKind.RIDE_ALONG, "customer_consent": Consent.ASKED, "title": "To a customer"}
    opening = entered(round, factories.person(), by, **facts)
    sent(session)

    opening_changes.change(opening, offered(**facts), by, LATER)
    opening_changes.record_consent(opening, Consent.YES, by, LATER)
    opening_changes.offer_for(
        round, [opening.hosts[0].person], replace(offered(**facts), customer_consent=Consent.YES), by, LATER
    )
    opening_changes.offer_again(opening, by, LATER)

    assert told(session) == []


def test_what_no_field_of_the_mail_names_is_told_all_the_same(session: Session) -> None:
    by = hr()
    opening = entered(factories.round_(), factories.person(), by)
    sent(session)

    opening_changes.change(opening, offered(topics=("prices",)), by, LATER)

    assert len(told(session)) == 1


def test_an_opening_that_is_changed_before_its_mail_has_left_is_told_once_as_it_is(session: Session) -> None:
    by = hr()
    opening = entered(factories.round_(), factories.person(), by, seats=2)

    opening_changes.set_seats(opening, 5, by, LATER)

    [mail] = told(session)
    assert "Entered for you" in mail
    assert "Seats: 5" in mail
    assert "Seats: 2" not in mail


def test_an_opening_that_comes_and_goes_before_its_mail_has_left_is_never_mentioned(session: Session) -> None:
    by = hr()
    opening = entered(factories.round_(), factories.person(), by)

    opening_changes.withdraw(opening, by, LATER)

    assert told(session) == []


def test_a_withdrawal_that_is_taken_back_before_its_mail_has_left_is_never_mentioned(session: Session) -> None:
    by = hr()
    opening = entered(factories.round_(), factories.person(), by)
    sent(session)

    opening_changes.withdraw(opening, by, LATER)
    opening_changes.offer_again(opening, by, LATER)

    assert told(session) == []


def test_each_host_is_told_but_who_has_left_and_hr_of_what_they_do_themselves(session: Session) -> None:
    by, gone, other = hr(), factories.person(), factories.person()
    round = factories.round_()
    opening, _ = opening_changes.offer_for(round, [by, gone, other], offered(), by, NOW)
    sent(session)
    gone.left_at = NOW

    opening_changes.set_seats(opening, 5, by, LATER)

    waiting = select(Letter.person_id).where(Letter.done_at.is_(None))
    assert session.scalars(waiting).all() == [other.id]


def test_what_hosts_hear_waits_for_their_day_and_for_hrs_pause(app: Flask, session: Session, tmp_path: Path) -> None:
    app.extensions["settings"] = settings(tmp_path, mail_server="mail.example.org", mail_hours="8-19")
    by, round = hr(), factories.round_()
    night = NOW.replace(hour=20)
    opening_changes.offer_for(round, [factories.person()], offered(), by, night)
    [letter] = session.scalars(select(Letter)).all()
    morning = letter.not_before
    assert morning
    assert morning > night

    holding.pause(round, by, night)
    session.flush()
    assert queue.claim(Letter, morning) is None
    holding.resume(round, by, night)
    session.flush()
    claimed = queue.claim(Letter, morning)
    assert claimed
    assert claimed.kind is LetterKind.OFFERED_FOR
