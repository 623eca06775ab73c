"""A draft that is deleted, and a round that is called off: who hears of it, and what becomes of visits and of a search."""

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.background import jobs
from shadowing.collecting import hosting
from shadowing.collecting.hosting import HostingLimit
from shadowing.errors import WrongStage
from shadowing.extensions import db
from shadowing.matching import child, solving
from shadowing.models import Audit, Job, Letter, LetterKind, LetterState, Pairing, PairingStatus, Round, Stage
from shadowing.models.facts import RoundCancelledFacts
from shadowing.rounds import cancellation, rounds
from shadowing.visiting import calling_off
from tests import factories
from tests.factories import NOW, at
from tests.rounds.test_rounds import SENDER, ready_to_publish

WHY = "The 移転 of the 髙﨑 office comes first. Sorry! 🙏"


def kinds(session: Session) -> Counter[LetterKind]:
    waiting = select(Letter.kind).where(Letter.state != LetterState.CANCELLED)
    return Counter(session.scalars(waiting))


def published() -> Round:
    round = ready_to_publish()
    rounds.publish(round, None, round.version, NOW, SENDER, NOW)
    for letter in db.session.scalars(select(Letter)):
        letter.state, letter.done_at = LetterState.SENT, NOW
    db.session.flush()
    return round


def test_a_draft_is_deleted_with_all_that_is_in_it(session: Session) -> None:
    factories.person()
    draft = rounds.draft(rounds.defaults(NOW, "Asia/Tokyo", "Wrong"), factories.person(), NOW)
    factories.slot(factories.opening(draft))
    guest = factories.guest(draft, wishes=(factories.department(),))
    factories.free(draft, guest.person, 1, 9, 12)
    hosting.limit(guest.person, draft, HostingLimit(half_days_most=2), NOW)
    assert cancellation.contents(draft) == cancellation.Contents(guests=1, openings=1)

    cancellation.delete_draft(draft, None, NOW)

    assert session.scalars(select(Round)).all() == []
    assert session.scalars(select(Letter)).all() == []
    assert session.scalars(select(Audit.deed).order_by(Audit.id)).all() == ["draft", "delete_draft"]


def test_a_round_that_people_have_heard_of_is_not_deleted(session: Session) -> None:
    with pytest.raises(WrongStage, match="Call it off instead"):
        cancellation.delete_draft(factories.round_(), None, NOW)


def test_everybody_who_was_asked_or_hosts_is_told_why(session: Session) -> None:
    round = factories.round_()
    factories.guest(round)
    factories.guest(round, answered_at=None)
    factories.guest(round, factories.person(left_at=NOW))
    factories.opening(round)
    factories.opening(round, withdrawn_at=NOW)
    factories.person()

    told = cancellation.cancel(round, WHY, None, NOW)

    letters = session.scalars(select(Letter)).all()
    assert (told, [letter.kind for letter in letters]) == (3, [LetterKind.ROUND_CANCELLED] * 3)
    facts = [letter.facts for letter in letters]
    assert [(one.why, one.visits) for one in facts if isinstance(one, RoundCancelledFacts)] == [(WHY, False)] * 3
    assert (round.stage, round.cancelled_why, round.takes_answers(NOW)) == (Stage.CANCELLED, WHY, False)


def test_whom_the_question_never_reached_hears_nothing_at_all(session: Session) -> None:
    factories.person()
    round = factories.round_(stage=Stage.DRAFT)
    rounds.ask(round, None, NOW)

    assert cancellation.cancel(round, WHY, None, NOW) == 0
    assert [letter.state for letter in session.scalars(select(Letter))] == [LetterState.CANCELLED]


def test_the_visits_of_a_published_round_are_taken_out_of_the_calendars(session: Session) -> None:
    round = published()

    written = cancellation.cancel(round, WHY, None, NOW)

    assert written == 4
    assert kinds(session)[LetterKind.CANCEL] == kinds(session)[LetterKind.ROUND_CANCELLED] == 2
    assert session.scalars(select(Pairing.status)).all() == [PairingStatus.DROPPED]
    told = [one.facts for one in session.scalars(select(Letter)) if one.kind is LetterKind.ROUND_CANCELLED]
    assert [one.visits for one in told if isinstance(one, RoundCancelledFacts)] == [True, True]


def test_a_visit_that_took_place_stays_as_it_was(session: Session) -> None:
    round = published()
    later = at(1, 10) + timedelta(hours=2)

    cancellation.cancel(round, WHY, None, later)

    assert kinds(session)[LetterKind.CANCEL] == 0
    assert session.scalars(select(Pairing.status)).all() == [PairingStatus.PUBLISHED]


def test_the_preview_shows_the_very_letters(session: Session) -> None:
    round = published()
    mails = [one.write() for one in cancellation.planned(round, WHY, NOW, calling_off.standing(round, NOW))]
    planned = [(one.kind, one.key, one.address) for one in mails]

    cancellation.cancel(round, WHY, None, NOW)

    written = session.scalars(select(Letter).where(Letter.state == LetterState.READY))
    assert sorted((one.kind, one.key, one.address) for one in written) == sorted(planned)


def test_a_round_that_is_called_off_while_it_is_solved_stops_the_search(session: Session) -> None:
    round = factories.round_()
    wished = factories.department()
    guest = factories.guest(round, wishes=(wished,))
    factories.free(round, guest.person, 1, 9, 12)
    factories.slot(factories.opening(round, factories.person(department_=wished)))
    solve = solving.ask(round, None, 10, 0, NOW)
    [job] = session.scalars(select(Job))

    cancellation.cancel(round, WHY, None, NOW)
    assert job.cancel_requested
    late = solving.conclude(solve, child.Ended(), Stage.COLLECTING, NOW)
    jobs.fail(job, "", NOW)

    assert (late, round.stage) == (True, Stage.CANCELLED)


@pytest.mark.parametrize("stage", [Stage.ENDED, Stage.CANCELLED])
def test_a_round_that_is_over_is_not_called_off(session: Session, stage: Stage) -> None:
    with pytest.raises(WrongStage, match="is over already"):
        cancellation.cancel(factories.round_(stage=stage), WHY, None, NOW)


def test_a_draft_is_not_called_off(session: Session) -> None:
    with pytest.raises(WrongStage, match="Delete the draft"):
        cancellation.cancel(factories.round_(stage=Stage.DRAFT), WHY, None, NOW)
