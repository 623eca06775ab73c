"""The page that follows the mails of a round."""

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.mail import letters
from shadowing.models import Letter, LetterState, Round
from shadowing.rounds import mailings
from tests import factories
from tests.factories import NOW
from tests.views.conftest import statements


def asked(session: Session, count: int, when: datetime = NOW) -> Round:
    """A round with so many letters that wait."""
    round = factories.round_()
    letters.ask([factories.guest(round) for _ in range(count)], when)
    session.commit()
    return round


def mark(session: Session, *states: LetterState) -> None:
    for letter, state in zip(session.scalars(select(Letter).order_by(Letter.id)), states, strict=False):
        letter.state, letter.done_at = state, NOW
    session.commit()


def test_the_page_says_how_many_have_left_and_how_many_did_not_arrive(hr: FlaskClient, session: Session) -> None:
    round = asked(session, 5)
    mark(session, LetterState.SENT, LetterState.UNDELIVERABLE, LetterState.SUPERSEDED)

    page = hr.get(f"/rounds/{round.id}/mailings").text

    assert "2 of 4 mails have left." in page
    assert '<progress value="2" max="4"' in page
    assert "1 did not arrive" in page


def test_every_page_of_the_round_tells_of_mails_on_their_way_until_all_have_left(
    hr: FlaskClient, session: Session
) -> None:
    round = asked(session, 2)
    mark(session, LetterState.SENT)

    before = hr.get(f"/rounds/{round.id}/collect").text
    mark(session, LetterState.SENT, LetterState.SENT)
    after = hr.get(f"/rounds/{round.id}/collect").text

    assert "1 of 2 mails have left." in before
    assert f'href="/rounds/{round.id}/mailings"' in before
    assert "have left." not in after


def test_the_page_renews_itself_with_and_without_script_while_mails_leave(
    hr: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    round, known = asked(session, 1, datetime.now(UTC)), hr.application.extensions["settings"]
    sending = known.model_copy(update={"mail_server": "mail.example"})
    monkeypatch.setitem(hr.application.extensions, "settings", sending)

    going = hr.get(f"/rounds/{round.id}/mailings").text
    session.scalars(select(Letter)).one().due_at = datetime.now(UTC) + timedelta(hours=9)
    session.commit()
    resting = hr.get(f"/rounds/{round.id}/mailings").text

    assert 'data-every="2000"' in going
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in going
    assert "data-every" not in resting
    assert "The next one leaves on" in resting


def test_the_letters_of_one_press_are_one_mailing_and_later_ones_another(session: Session) -> None:
    round = asked(session, 2)
    letters.nudge([factories.guest(round)], NOW + timedelta(seconds=1))
    letters.nudge([factories.guest(round)], NOW + timedelta(hours=1))

    assert [mailing.total for mailing in mailings.of(round)] == [1, 3]
    assert mailings.of(factories.round_()) == ()


def test_more_mails_need_no_more_statements(hr: FlaskClient, session: Session) -> None:
    counts = []
    for round in (asked(session, 1), asked(session, 3)):
        with statements() as sent:
            hr.get(f"/rounds/{round.id}/mailings")
        counts.append(len(sent))

    assert counts[0] == counts[1]


def test_of_a_paused_round_nobody_reads_when_the_next_mail_leaves(hr: FlaskClient, session: Session) -> None:
    round = asked(session, 1, datetime.now(UTC) + timedelta(days=1))
    before = hr.get(f"/rounds/{round.id}/mailings").text
    round.mail_paused_at = NOW
    session.commit()

    paused = hr.get(f"/rounds/{round.id}/mailings").text
    letter = hr.get(f"/letters/{session.scalars(select(Letter.id)).one()}").text

    assert ("The mails of this round are paused" in letter, "Next try:" in letter) == (True, False)
    assert "The next one leaves on" in before
    assert ("Paused since" in paused, "The next one leaves on" in paused) == (True, False)
