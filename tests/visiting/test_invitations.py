"""The life of an invitation: told once, kept up to date, called off, and answered."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from shadowing.errors import Refusal
from shadowing.extensions import db
from shadowing.mail import outbox
from shadowing.mail.letters import Sender
from shadowing.models import (
    Answer,
    Appointment,
    Consent,
    Goal,
    Host,
    Invitation,
    Letter,
    LetterKind,
    LetterState,
    OpeningKind,
    Pairing,
    PairingStatus,
    Participation,
    Person,
    Role,
    Round,
    Stage,
    WhyUnmatched,
)
from shadowing.models.facts import VisitFacts
from shadowing.visiting import answers, invitations
from tests import factories as make
from tests.factories import NOW, at

SENDER = Sender(secret="s" * 32, mail_from="shadowing@example.org", public_url="http://localhost:8000", company="")
HOUR = timedelta(hours=1)


class Visit:
    """A published round with one host and one guest in one slot."""

    def __init__(self) -> None:
        self.round = make.round_(stage=Stage.PUBLISHED)
        self.host, self.guest = make.person(), make.person()
        self.opening = make.opening(self.round, self.host, place="Room 3", seats=3)
        self.slot = make.slot(self.opening)
        self.pairing = make.pairing(make.guest(self.round, self.guest), self.slot, status=PairingStatus.PUBLISHED)

    def tell(self, now: datetime = NOW) -> dict[LetterKind, int]:
        db.session.flush()
        db.session.expire_all()
        return dict(invitations.tell(self.round, now, SENDER, now))

    def told(self) -> "Visit":
        """All letters are sent."""
        self.tell()
        for letter in db.session.scalars(select(Letter)):
            letter.state, letter.done_at = LetterState.SENT, NOW
        db.session.flush()
        return self

    def add_guest(self, **facts: Any) -> Pairing:
        return make.pairing(make.guest(self.round, **facts), self.slot, status=PairingStatus.PUBLISHED)


def of(person: Person) -> list[Invitation]:
    return list(db.session.scalars(select(Invitation).where(Invitation.person_id == person.id).order_by(Invitation.id)))


def letters_to(person: Person) -> list[Letter]:
    return list(db.session.scalars(select(Letter).where(Letter.person_id == person.id).order_by(Letter.id)))


def shape(letter: Letter) -> tuple[LetterKind, int, int]:
    return letter.kind, letter.revision, make.revision_of(letter).sequence


REQUEST, CHANGE, CANCEL = LetterKind.REQUEST, LetterKind.CHANGE, LetterKind.CANCEL


def test_host_and_guest_each_get_an_entry_of_their_own(session: Session) -> None:
    visit = Visit()

    assert visit.tell() == {REQUEST: 2}

    host, guest = of(visit.host)[0], of(visit.guest)[0]
    assert (host.role, guest.role) == (Role.HOST, Role.GUEST)
    assert host.uid != guest.uid
    assert [shape(letter) for letter in letters_to(visit.guest)] == [(REQUEST, 0, 0)]


def test_people_are_told_in_the_order_of_time_and_hosts_before_their_guests(session: Session) -> None:
    visit = Visit()
    earlier = make.opening(visit.round, make.person(), starts_at=at(0, 9))
    early = make.pairing(make.guest(visit.round), make.slot(earlier), status=PairingStatus.PUBLISHED)
    second = visit.add_guest()

    visit.tell()

    told = session.scalars(select(Letter.person_id).order_by(Letter.id)).all()
    assert told == [
        earlier.hosts[0].person_id,
        early.guest.person_id,
        visit.host.id,
        visit.guest.id,
        second.guest.person_id,
    ]


def test_a_long_domain_of_the_service_leaves_room_for_the_uid(session: Session) -> None:
    visit = Visit()
    domain = f"{'a' * 60}.{'b' * 60}.{'c' * 60}.example.org"

    invitations.tell(
        visit.round, NOW, Sender(secret="s" * 32, mail_from=f"shadowing@{domain}", public_url="", company=""), NOW
    )
    session.flush()

    uid = of(visit.guest)[0].uid
    assert len(uid) <= 100
    assert uid.endswith(".example.org")


def test_a_uid_is_long_ascii_and_needs_the_secret(session: Session) -> None:
    visit = Visit()
    guessed = Sender(secret="g" * 32, mail_from="shadowing@example.org", public_url="", company="")

    ours = [make.revision_of(one.write()).uid for one in invitations.planned(visit.round, NOW, SENDER)]
    theirs = [make.revision_of(one.write()).uid for one in invitations.planned(visit.round, NOW, guessed)]

    assert set(ours).isdisjoint(theirs)
    assert all(len(uid.partition("@")[0]) == 32 and uid.isascii() and len(uid) <= 100 for uid in ours)


def test_telling_twice_tells_once(session: Session) -> None:
    visit = Visit()
    visit.tell()

    assert visit.tell(NOW + HOUR) == {}
    assert len(letters_to(visit.guest)) == 1


def test_the_plan_of_letters_is_what_is_written(app: Flask, session: Session) -> None:
    visit = Visit()
    make.guest(visit.round)
    settings = app.extensions["settings"]

    planned = [outbox.to_bytes(one.write(), settings) for one in invitations.planned(visit.round, NOW, SENDER)]
    assert list(db.session.scalars(select(Letter))) == []
    visit.tell()

    assert [outbox.to_bytes(letter, settings) for letter in db.session.scalars(select(Letter))] == planned


def test_planning_a_change_changes_nothing(session: Session) -> None:
    visit = Visit().told()
    visit.slot.starts_at += HOUR
    db.session.flush()
    before = of(visit.guest)[0].told

    planned = [one.write() for one in invitations.planned(visit.round, NOW, SENDER)]

    assert Counter(letter.kind for letter in planned) == {CHANGE: 2}
    assert (of(visit.guest)[0].sequence, of(visit.guest)[0].told) == (0, before)
    assert not db.session.dirty


def test_a_host_with_two_guests_has_one_entry_that_names_both(session: Session) -> None:
    visit = Visit()
    other = visit.add_guest().guest

    assert visit.tell() == {REQUEST: 3}
    names = [guest.name for guest in make.revision_of(letters_to(visit.host)[0]).entry.guests]
    assert names == [visit.guest.name("en"), other.person.name("en")]


def test_guests_do_not_learn_of_each_other_and_are_told_where_their_host_is_reached(session: Session) -> None:
    visit = Visit()
    other = visit.add_guest().guest.person
    visit.tell()

    said, known = letters_to(visit.guest)[0], letters_to(visit.host)[0].facts
    assert [guest.name for guest in make.revision_of(said).entry.guests] == [visit.guest.name("en")]
    assert other.email not in str(said.facts)
    assert isinstance(said.facts, VisitFacts)
    assert [one.email for one in said.facts.contacts] == [visit.host.email]
    assert isinstance(known, VisitFacts)
    assert [one.email for one in known.contacts] == [visit.guest.email, other.email]


def test_what_a_calendar_holds_names_nobodys_address(session: Session) -> None:
    visit = Visit()
    visit.tell()

    entries = [str(make.revision_of(letters_to(person)[0]).entry) for person in (visit.guest, visit.host)]
    assert not any("@" in entry.replace(visit.guest.name("en"), "") for entry in entries)


def test_a_host_reads_what_the_guest_wants_to_see(session: Session) -> None:
    visit = Visit()
    visit.pairing.guest.goals = [
        Goal(rank=1, topic="other", text="something else"),
        Goal(rank=2, department_id=visit.opening.department_id, text="how you plan a week"),
    ]
    visit.tell()

    assert make.revision_of(letters_to(visit.host)[0]).entry.guests[0].goal == "how you plan a week"


def test_a_host_reads_what_a_guest_without_wishes_wants_to_see(session: Session) -> None:
    visit = Visit()
    visit.pairing.guest.goals, visit.pairing.guest.note = [], "anything with customers"
    visit.tell()

    assert make.revision_of(letters_to(visit.host)[0]).entry.guests[0].goal == "anything with customers"


def test_a_new_time_raises_the_sequence_and_asks_again(session: Session) -> None:
    visit = Visit().told()
    answers.on_the_page(of(visit.guest)[0], Answer.YES, NOW)
    visit.slot.starts_at += HOUR
    visit.slot.ends_at += HOUR

    assert visit.tell(NOW + HOUR) == {CHANGE: 2}

    letter = letters_to(visit.guest)[-1]
    assert shape(letter) == (CHANGE, 1, 1)
    said = make.revision_of(letter)
    assert said.answer is Answer.NONE
    assert said.before == Appointment(starts_at=at(1, 10), ends_at=at(1, 11), place="Room 3")
    assert of(visit.guest)[0].answer is Answer.NONE


def test_a_new_place_raises_the_sequence_too(session: Session) -> None:
    visit = Visit().told()
    visit.opening.place = "Room 4"

    assert visit.tell() == {CHANGE: 2}
    assert shape(letters_to(visit.guest)[-1]) == (CHANGE, 1, 1)
    before = make.revision_of(letters_to(visit.guest)[-1]).before
    assert before is not None
    assert before.place == "Room 3"


def test_an_update_of_the_text_keeps_sequence_and_answer(session: Session) -> None:
    visit = Visit().told()
    answers.on_the_page(of(visit.guest)[0], Answer.YES, NOW)
    visit.opening.preparation = "Bring a notebook"
    visit.tell(NOW + HOUR)

    letter = letters_to(visit.guest)[-1]
    assert shape(letter) == (CHANGE, 1, 0)
    assert (make.revision_of(letter).minor, make.revision_of(letter).answer) == (True, Answer.YES)
    assert letter.stamp > letters_to(visit.guest)[0].stamp


def test_guests_who_are_to_take_part_after_all_are_told_and_keep_their_answer(session: Session) -> None:
    visit = Visit().told()
    answers.on_the_page(of(visit.guest)[0], Answer.YES, NOW)
    visit.opening.participation = Participation.TAKE_PART

    assert visit.tell(NOW + HOUR) == {CHANGE: 2}
    assert shape(letters_to(visit.guest)[-1]) == (CHANGE, 1, 0)
    assert make.revision_of(letters_to(visit.guest)[-1]).answer is Answer.YES


def test_another_guest_concerns_the_host_only(session: Session) -> None:
    visit = Visit().told()
    other = visit.add_guest().guest.person

    assert visit.tell(NOW + HOUR) == {CHANGE: 1, REQUEST: 1}
    assert shape(letters_to(visit.host)[-1]) == (CHANGE, 1, 0)
    assert len(letters_to(visit.guest)) == 1
    assert len(letters_to(other)) == 1


def test_uid_and_organizer_never_change(session: Session) -> None:
    visit = Visit().told()
    uid, organizer = of(visit.guest)[0].uid, of(visit.guest)[0].organizer
    visit.slot.starts_at += HOUR
    visit.slot.ends_at += HOUR
    moved_house = Sender(secret="n" * 32, mail_from="new@example.com", public_url="", company="")
    db.session.flush()

    invitations.tell(visit.round, NOW, moved_house, NOW)

    said = make.revision_of(letters_to(visit.guest)[-1])
    assert (said.uid, said.organizer) == (uid, organizer)


def test_stamps_rise_even_if_the_clock_does_not(session: Session) -> None:
    visit = Visit().told()
    for place in ("Room 4", "Room 5"):
        visit.opening.place = place
        visit.tell(NOW)

    stamps = [letter.stamp for letter in letters_to(visit.guest)]
    assert stamps == [NOW, NOW + timedelta(seconds=1), NOW + timedelta(seconds=2)]


def test_a_visit_that_is_off_is_cancelled_for_both(session: Session) -> None:
    visit = Visit().told()
    visit.pairing.status = PairingStatus.DROPPED

    assert visit.tell(NOW + HOUR) == {CANCEL: 2}
    assert shape(letters_to(visit.guest)[-1]) == (CANCEL, 1, 1)
    assert of(visit.guest)[0].cancelled_at == NOW + HOUR


def test_a_cancelled_visit_that_comes_back_has_a_new_uid(session: Session) -> None:
    visit = Visit().told()
    visit.pairing.status = PairingStatus.DROPPED
    visit.tell()
    visit.pairing.status = PairingStatus.PUBLISHED

    assert visit.tell(NOW + HOUR) == {REQUEST: 2}
    old, new = of(visit.guest)
    assert old.uid != new.uid
    assert (new.generation, new.sequence, old.cancelled_at is not None) == (1, 0, True)


def test_a_cancellation_before_the_invitation_left_tells_the_guest_alone_that_there_is_no_visit(
    session: Session,
) -> None:
    visit = Visit()
    visit.tell()
    visit.pairing.status = PairingStatus.DROPPED

    assert visit.tell(NOW + HOUR) == {LetterKind.UNMATCHED: 1}
    told = [(letter.kind, letter.state) for letter in letters_to(visit.guest)]
    assert told[:2] == [(LetterKind.REQUEST, LetterState.CANCELLED), (LetterKind.CANCEL, LetterState.CANCELLED)]
    assert told[2:] == [(LetterKind.UNMATCHED, LetterState.READY)]
    assert invitations.planned(visit.round, NOW, SENDER) == []


@pytest.mark.parametrize(
    "perhaps",
    [{"unfinished": 1}, {"lease_until": NOW + HOUR}, {"state": LetterState.UNKNOWN, "done_at": NOW}],
    ids=["its worker died", "it is being sent", "its line broke"],
)
def test_a_cancellation_goes_out_where_the_invitation_may_have_arrived(
    session: Session, perhaps: dict[str, Any]
) -> None:
    visit = Visit()
    visit.tell()
    for letter in letters_to(visit.guest):
        for name, value in perhaps.items():
            setattr(letter, name, value)
    visit.pairing.status = PairingStatus.DROPPED

    assert visit.tell(NOW + HOUR) == {CANCEL: 1}


def test_a_change_before_the_invitation_left_is_a_first_invitation(session: Session) -> None:
    visit = Visit()
    visit.tell()
    visit.slot.starts_at += HOUR
    visit.slot.ends_at += HOUR

    assert visit.tell(NOW + HOUR) == {REQUEST: 2}
    first, second = letters_to(visit.guest)
    assert (first.state, shape(second)) == (LetterState.SUPERSEDED, (REQUEST, 1, 1))
    assert make.revision_of(second).before is None


def test_a_letter_on_its_way_is_left_alone(session: Session) -> None:
    visit = Visit()
    visit.tell()
    letters_to(visit.guest)[0].lease_until = NOW + HOUR
    visit.opening.place = "Room 4"
    visit.tell(NOW + HOUR)

    first, second = letters_to(visit.guest)
    assert (first.state, second.kind) == (LetterState.READY, CHANGE)


def test_a_guest_moved_within_an_opening_keeps_the_entry(session: Session) -> None:
    visit = Visit().told()
    uid = of(visit.guest)[0].uid
    later = make.slot(visit.opening, at(8, 10))
    visit.pairing.status = PairingStatus.DROPPED
    make.pairing(visit.pairing.guest, later, status=PairingStatus.PUBLISHED)

    assert visit.tell(NOW + HOUR) == {CHANGE: 2}
    moved = of(visit.guest)
    assert [(row.uid, row.slot_id, row.sequence) for row in moved] == [(uid, later.id, 1)]


def test_moving_there_and_back_again_keeps_uids_apart(session: Session) -> None:
    visit = Visit().told()
    later = make.slot(visit.opening, at(8, 10))
    visit.pairing.status = PairingStatus.DROPPED
    second = make.pairing(visit.pairing.guest, later, status=PairingStatus.PUBLISHED)
    visit.tell()
    visit.pairing.status = PairingStatus.PUBLISHED

    assert visit.tell() == {REQUEST: 2}
    assert len({row.uid for row in of(visit.guest)}) == 2
    second.status = PairingStatus.DROPPED
    assert visit.tell()[CANCEL] == 2


def test_another_opening_is_another_entry(session: Session) -> None:
    visit = Visit().told()
    elsewhere = make.slot(make.opening(visit.round, make.person(), starts_at=at(2, 10)))
    visit.pairing.status = PairingStatus.DROPPED
    make.pairing(visit.pairing.guest, elsewhere, status=PairingStatus.PUBLISHED)

    assert visit.tell() == {CANCEL: 2, REQUEST: 2}
    assert [letter.kind for letter in letters_to(visit.guest)] == [REQUEST, CANCEL, REQUEST]


def test_a_new_address_is_a_new_entry_and_the_old_one_is_cleared(session: Session) -> None:
    visit = Visit().told()
    old, visit.guest.email = visit.guest.email, "married@example.org"

    assert visit.tell() == {CANCEL: 1, REQUEST: 1}
    assert [letter.address for letter in letters_to(visit.guest)] == [old, old, "married@example.org"]


def test_who_left_is_cancelled_at_the_address_they_had(session: Session) -> None:
    visit = Visit().told()
    visit.guest.left_at = NOW

    assert visit.tell()[CANCEL] == 2


def test_a_host_who_left_before_is_not_invited_and_the_others_are(session: Session) -> None:
    visit = Visit()
    visit.host.left_at = NOW

    assert visit.tell() == {REQUEST: 1}
    assert letters_to(visit.host) == []


def test_a_guest_who_left_before_is_not_invited_and_nobody_waits_for_them(session: Session) -> None:
    visit = Visit()
    visit.guest.left_at = NOW

    assert visit.tell() == {}


def test_nothing_is_told_of_the_past(session: Session) -> None:
    visit = Visit().told()
    visit.pairing.status = PairingStatus.DROPPED

    assert visit.tell(visit.slot.starts_at) == {}


def test_an_invitation_is_useless_once_its_visit_has_begun(session: Session) -> None:
    visit = Visit()
    visit.tell()

    assert letters_to(visit.guest)[0].expires_at == visit.slot.starts_at


def test_the_unmatched_hear_once_and_only_they(session: Session) -> None:
    visit = Visit()
    missing = make.guest(visit.round, reason=WhyUnmatched(code="full", remedy="first_next_time", facts={}))
    make.guest(visit.round, visits=0)
    make.guest(visit.round, answered_at=None)

    assert visit.tell() == {REQUEST: 2, LetterKind.UNMATCHED: 1}
    assert visit.tell() == {}
    assert [letter.kind for letter in letters_to(missing.person)] == [LetterKind.UNMATCHED]


def test_whoever_loses_a_visit_gets_the_cancellation_and_no_second_bad_news(session: Session) -> None:
    visit = Visit().told()
    visit.pairing.status = PairingStatus.DROPPED
    visit.tell()

    assert [letter.kind for letter in letters_to(visit.guest)] == [REQUEST, CANCEL]


@pytest.mark.parametrize("consent", [Consent.ASKED, Consent.NO, Consent.YES])
def test_a_guest_who_has_promised_nothing_yet_reads_no_customers_name(session: Session, consent: Consent) -> None:
    visit = Visit()
    visit.opening.kind, visit.opening.title = OpeningKind.RIDE_ALONG, "Acme Corp"
    visit.opening.customer_consent = consent
    visit.tell()

    assert make.revision_of(letters_to(visit.guest)[0]).entry.title == ""
    assert make.revision_of(letters_to(visit.host)[0]).entry.title == "Acme Corp"
    assert make.revision_of(letters_to(visit.guest)[0]).entry.private
    assert "Acme" not in str(of(visit.guest)[0].told)


def test_a_customers_yes_is_told_to_the_guest_who_may_now_read_the_name(session: Session) -> None:
    visit = Visit()
    visit.opening.kind, visit.opening.title = OpeningKind.RIDE_ALONG, "Acme Corp"
    visit.told()
    of(visit.guest)[0].discreet_at = NOW
    visit.opening.customer_consent = Consent.YES

    assert visit.tell(NOW + HOUR) == {CHANGE: 2}
    assert [shape(letters_to(person)[-1]) for person in (visit.guest, visit.host)] == [(CHANGE, 1, 1)] * 2
    assert make.revision_of(letters_to(visit.guest)[-1]).entry.title == "Acme Corp"


def test_a_title_that_a_guest_may_not_read_is_told_to_the_host_alone(session: Session) -> None:
    visit = Visit()
    visit.opening.kind, visit.opening.title = OpeningKind.RIDE_ALONG, "Acme Corp"
    visit.told()
    visit.opening.title = "Acme Corporation"

    assert visit.tell(NOW + HOUR) == {CHANGE: 1}
    assert [len(letters_to(person)) for person in (visit.host, visit.guest)] == [2, 1]


def test_a_name_that_is_written_anew_is_no_news_for_a_calendar(session: Session) -> None:
    visit = Visit().told()
    for person in (visit.host, visit.guest):
        person.display_name, person.home.name = "Somebody Renamed", "A department renamed"

    assert visit.tell(NOW + HOUR) == {}


def test_another_host_is_told_to_the_guest_and_not_to_the_first_host(session: Session) -> None:
    visit = Visit().told()
    visit.opening.hosts.append(Host(person=make.person(), position=1))

    assert visit.tell(NOW + HOUR) == {CHANGE: 1, REQUEST: 1}
    assert shape(letters_to(visit.guest)[-1]) == (CHANGE, 1, 0)


def test_an_answer_is_kept(session: Session) -> None:
    visit = Visit().told()
    mine = db.session.scalars(invitations.of(visit.guest, visit.round)).one()

    answers.on_the_page(mine, Answer.NO, NOW)

    assert (mine.answer, mine.answered_at) == (Answer.NO, NOW)


def cancelled(visit: Visit) -> datetime:
    of(visit.guest)[0].cancelled_at = NOW
    return NOW


def begun(visit: Visit) -> datetime:
    return visit.slot.starts_at


@pytest.mark.parametrize("late", [cancelled, begun])
def test_an_answer_that_comes_too_late_is_refused(session: Session, late: Callable[[Visit], datetime]) -> None:
    visit = Visit().told()

    with pytest.raises(Refusal):
        answers.on_the_page(of(visit.guest)[0], Answer.YES, late(visit))


def test_a_person_sees_the_visits_of_one_round_that_stand(session: Session) -> None:
    visit, other = Visit().told(), Visit().told()

    def seen(round: Round) -> list[int]:
        return [row.slot_id for row in db.session.scalars(invitations.of(visit.guest, round))]

    assert (seen(visit.round), seen(other.round)) == ([visit.slot.id], [])
    of(visit.guest)[0].cancelled_at = NOW
    assert seen(visit.round) == []


def test_planning_takes_the_same_statements_for_one_visit_and_for_three(
    session: Session, statements: Callable[[Callable[[], object]], int]
) -> None:
    visit = Visit()
    one = statements(lambda: invitations.planned(visit.round, NOW, SENDER))
    for _ in range(2):
        visit.add_guest()

    assert statements(lambda: invitations.planned(visit.round, NOW, SENDER)) == one


@pytest.fixture
def statements(session: Session) -> Callable[[Callable[[], object]], int]:
    """How many statements a deed takes, with nothing loaded before."""

    def count(deed: Callable[[], object]) -> int:
        db.session.commit()
        seen: list[str] = []

        def note(*arguments: Any) -> None:
            seen.append(arguments[2])

        event.listen(db.engine, "before_cursor_execute", note)
        deed()
        event.remove(db.engine, "before_cursor_execute", note)
        return len(seen)

    return count
