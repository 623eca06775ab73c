"""Letters that a press would write: what a preview of many knows of each before any is written."""

from sqlalchemy.orm import Session

from shadowing.models import LetterKind, PairingStatus
from shadowing.visiting import invitations
from tests import factories as make
from tests.factories import NOW
from tests.mail.gallery import SENDER
from tests.visiting.test_invitations import CANCEL, CHANGE, HOUR, REQUEST, Visit


def test_kind_and_reader_of_a_planned_letter_are_known_before_it_is_written(session: Session) -> None:
    visit = Visit()
    gone = visit.add_guest()
    visit.told()
    visit.slot.starts_at, gone.status = visit.slot.starts_at + HOUR, PairingStatus.DROPPED
    visit.add_guest(person=make.person(locale="ja"))
    make.guest(visit.round, person=make.person(locale="ja"))

    ahead = invitations.planned(visit.round, NOW, SENDER)

    said = [(one.kind, one.person.locale, one.person.id) for one in ahead]
    assert {kind for kind, _, _ in said} == {CANCEL, CHANGE, REQUEST, LetterKind.UNMATCHED}
    assert said == [(one.kind, one.locale, one.person_id) for one in (planned.write() for planned in ahead)]
