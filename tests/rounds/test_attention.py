"""What needs HR today: each cause once, only while it can be mended, and none where all is well."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.mail import letters
from shadowing.models import (
    Answer,
    Because,
    Consent,
    FreeSeat,
    Invitation,
    LetterState,
    OpeningKind,
    PairingStatus,
    Person,
    Repair,
    RepairState,
    Rsvp,
    SeatState,
    Stage,
    WhyUnmatched,
)
from shadowing.rounds import attention
from shadowing.rounds.attention import Alert, Concern
from tests import factories as make
from tests.factories import NOW
from tests.views.conftest import statements
from tests.visiting.test_invitations import Visit

DAY = timedelta(days=1)


def told() -> Visit:
    visit = Visit()
    visit.tell()
    return visit


def invitation(visit: Visit, person: Person, session: Session) -> Invitation:
    session.flush()
    return session.scalars(select(Invitation).where(Invitation.person_id == person.id)).one()


def test_nothing_needs_hr_where_nothing_is_the_matter(session: Session) -> None:
    told()

    assert attention.alerts(NOW) == ()


def test_who_cannot_come_is_an_alert_until_the_visit_begins_or_is_taken_out(session: Session) -> None:
    visit = told()
    invitation(visit, visit.guest, session).answer = Answer.NO
    start = visit.slot.starts_at

    alert = Alert(concern=Concern.DECLINED, count=1, round=visit.round, first=visit.guest, at=start)
    assert attention.alerts(NOW) == (alert,)
    assert attention.alerts(start) == ()
    visit.pairing.status = PairingStatus.DROPPED
    assert [one.concern for one in attention.alerts(NOW)] == [Concern.UNTOLD]


def test_a_host_who_cannot_come_is_one_alert_however_many_guests_there_are(session: Session) -> None:
    visit = told()
    more = make.guest(visit.round)
    make.pairing(more, visit.slot, status=PairingStatus.PUBLISHED)
    visit.tell(NOW + timedelta(minutes=5))
    invitation(visit, visit.host, session).answer = Answer.NO

    (alert,) = attention.alerts(NOW)

    assert (alert.concern, alert.count, alert.first) == (Concern.DECLINED, 1, visit.host)


def test_a_visit_that_is_off_is_an_alert_until_its_people_are_told(session: Session) -> None:
    visit = told()
    visit.pairing.status = PairingStatus.DROPPED

    (alert,) = attention.alerts(NOW)
    visit.tell(NOW + timedelta(minutes=5))

    assert (alert.concern, alert.count) == (Concern.UNTOLD, 2)
    assert attention.alerts(NOW) == ()


def test_a_visit_for_which_places_are_proposed_is_no_second_errand(session: Session) -> None:
    visit = told()
    visit.pairing.status = PairingStatus.DROPPED
    proposed = Repair(
        round=visit.round, because=Because.LOST, state=RepairState.PROPOSED, asked_at=NOW, concerned=[visit.guest.id]
    )
    session.add(proposed)
    session.flush()

    (alert,) = attention.alerts(NOW)
    proposed.state = RepairState.PUT_ASIDE
    (aside,) = attention.alerts(NOW)

    assert (alert.concern, alert.count) == (Concern.REPAIR, 1)
    assert (aside.concern, aside.count) == (Concern.UNTOLD, 2)


def test_while_the_worker_looks_for_places_nobody_is_sent_to_tell_that_there_are_none(session: Session) -> None:
    visit = told()
    visit.pairing.status = PairingStatus.DROPPED
    session.add(Repair(round=visit.round, because=Because.LOST, asked_at=NOW))
    session.flush()

    assert [(one.concern, one.count) for one in attention.alerts(NOW)] == [(Concern.LOOKING, 2)]
    later = NOW + timedelta(minutes=11)
    assert [(one.concern, one.count) for one in attention.alerts(later)] == [(Concern.UNTOLD, 2)]


@pytest.mark.parametrize(("rsvp", "found"), [(Rsvp.ASK, [Concern.SILENT]), (Rsvp.NONE, [])])
def test_a_missing_answer_is_an_alert_only_where_one_was_asked_for_and_the_day_is_near(
    session: Session, rsvp: Rsvp, found: list[Concern]
) -> None:
    visit = told()
    visit.round.rsvp = rsvp

    assert [one.concern for one in attention.alerts(visit.slot.starts_at - 6 * DAY)] == found
    assert attention.alerts(visit.slot.starts_at - 8 * DAY) == ()


@pytest.mark.parametrize(
    ("consent", "days", "found"),
    [
        (Consent.YES, 1, False),
        (Consent.ASKED, 6, True),
        (None, 6, True),
        (Consent.ASKED, 8, False),
        (Consent.NO, 8, True),
    ],
)
def test_a_ride_along_without_the_customers_word_is_an_alert_near_its_day(
    session: Session, consent: Consent | None, days: int, found: bool
) -> None:
    visit = told()
    visit.opening.kind, visit.opening.customer_consent = OpeningKind.RIDE_ALONG, consent
    start = visit.slot.starts_at

    concerns = [one.concern for one in attention.alerts(start - days * DAY)]

    assert concerns == [Concern.CONSENT] * found


def test_guests_whose_host_is_gone_are_one_alert_until_they_have_another_place(session: Session) -> None:
    round = make.round_(stage=Stage.PUBLISHED)
    guest = make.guest(round, reason=WhyUnmatched(code="host_gone", remedy=""))
    make.guest(round, reason=WhyUnmatched(code="no_seats", remedy=""))

    assert attention.alerts(NOW) == (Alert(concern=Concern.STRANDED, count=1, round=round, first=guest.person),)
    make.pairing(guest, make.slot(make.opening(round)))
    assert attention.alerts(NOW) == ()


def test_mails_that_did_not_arrive_are_one_alert_over_all_rounds(session: Session) -> None:
    written = [letters.ask([make.guest(make.round_(stage=Stage.PUBLISHED))], NOW)[0] for _ in range(3)]
    written[0].state = written[1].state = LetterState.UNDELIVERABLE
    written[1].expires_at = NOW + DAY
    session.flush()

    def found(now_after: timedelta) -> list[tuple[Concern, int]]:
        return [(one.concern, one.count) for one in attention.alerts(NOW + now_after)]

    assert found(timedelta()) == [(Concern.LOST_MAIL, 2)]
    assert found(2 * DAY) == [(Concern.LOST_MAIL, 1)]


def test_people_who_came_after_the_round_asked_are_an_alert_until_they_are_asked(session: Session) -> None:
    round = make.round_(asked_at=NOW, answers_until=NOW.date() + 9 * DAY)
    somebody = make.person()

    (alert,) = attention.alerts(NOW)
    make.guest(round, somebody, answered_at=None)

    assert (alert.concern, alert.count, alert.round) == (Concern.JOINERS, 1, round)
    assert attention.alerts(NOW) == ()


def test_a_place_that_became_free_too_late_is_an_alert_until_somebody_has_it(session: Session) -> None:
    round = make.round_(stage=Stage.PUBLISHED)
    slot = make.slot(make.opening(round, seats=1))
    session.add(FreeSeat(slot=slot, opened_at=NOW, state=SeatState.TOO_LATE))
    session.flush()

    (alert,) = attention.alerts(NOW)
    make.pairing(make.guest(round), slot, status=PairingStatus.PUBLISHED)

    assert (alert.concern, alert.count) == (Concern.UNTAKEN, 1)
    assert attention.alerts(NOW) == ()


def test_what_is_over_needs_nobody(session: Session) -> None:
    visit = told()
    invitation(visit, visit.guest, session).answer = Answer.NO
    visit.round.stage = Stage.ENDED

    assert attention.alerts(NOW) == ()


def test_more_people_need_no_more_statements(session: Session) -> None:
    counts = []
    for more in (1, 2):
        for _ in range(more):
            visit = told()
            invitation(visit, visit.guest, session).answer = Answer.NO
        session.flush()
        with statements() as sent:
            attention.alerts(NOW)
        counts.append(len(sent))

    assert counts[0] == counts[1] <= 11
