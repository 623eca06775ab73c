"""Letters: written once for each deed, with what they name frozen, and put away when they are overtaken."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.extensions import db
from shadowing.mail import letters, outdated, text
from shadowing.mail.letters import Sender
from shadowing.matching import spans
from shadowing.models import Answer, Letter, LetterKind, LetterState, Link, SignInKey, WhyUnmatched
from shadowing.models.facts import Example, UnmatchedFacts
from shadowing.visiting import answers
from tests import factories as make
from tests.factories import NOW
from tests.visiting.test_invitations import HOUR, Visit, letters_to, of


def test_a_sign_in_mail_dies_with_its_key(session: Session) -> None:
    key = SignInKey(person=make.person(), hash="h", expires_at=NOW + timedelta(minutes=10))
    session.add(key)
    session.flush()

    letter = letters.sign_in(key, NOW)

    assert (letter.kind, letter.expires_at, letter.due_at) == (LetterKind.SIGN_IN, key.expires_at, NOW)
    assert letter.facts.heading.link == Link(purpose="sign_in", what=(key.id,))


def test_no_row_holds_a_token(app: Flask, session: Session) -> None:
    guest = make.guest(make.round_())

    letter = letters.ask([guest], NOW)[0]

    opens = (guest.person.id, guest.person.link_version, guest.round.id)
    assert letter.facts.heading.link == Link(purpose="personal", what=opens)
    assert Sender.of(app.extensions["settings"]).public_url not in str(letter.facts_json)


def test_people_are_asked_once_and_the_question_ends_with_the_deadline(session: Session) -> None:
    guest = make.guest(make.round_())

    first, second = letters.ask([guest], NOW)[0], letters.ask([guest], NOW + HOUR)[0]

    assert first is second
    assert first.expires_at == datetime(2027, 1, 4, 15, 0, tzinfo=UTC)


def test_a_letter_keeps_what_it_named(session: Session) -> None:
    guest = make.guest(make.round_(title="Spring"))
    letter = letters.ask([guest], NOW)[0]
    guest.round.title, guest.person.display_name = "Autumn", "Somebody Else"

    assert letter.facts.heading.round == "Spring"
    assert letter.facts.heading.reader != "Somebody Else"


def test_a_personal_link_is_mailed_each_time_it_is_asked_for(session: Session) -> None:
    person, round = make.person(), make.round_()

    letters.personal_link(person, round, NOW)
    letters.personal_link(person, round, NOW + HOUR)

    assert len(letters_to(person)) == 2


def test_the_unmatched_read_where_the_remedy_would_have_led(session: Session) -> None:
    begin, end = make.at(1, 10), make.at(1, 11)
    place: dict[str, int | str] = {"place": "営業部"}
    times = place | {"from": spans.minutes(begin), "to": spans.minutes(end)}
    timed, open_, before = (
        letters.missing(
            make.guest(make.round_(), reason=WhyUnmatched(code="not_free", remedy="wish_more", facts=facts)), NOW
        )
        for facts in (times, place, {})
    )

    assert example_in(timed) == Example(department="営業部", starts_at=begin, ends_at=end)
    assert example_in(open_) == Example(department="営業部")
    assert example_in(before) is None


def test_who_has_no_visit_reads_their_place_next_time_and_why(app: Flask, session: Session) -> None:
    guest = make.guest(make.round_(), make.person(locale="en"))
    promise = (
        "In your next round a visit for you counts more than one for somebody who had a visit, because you have none"
    )

    letter = letters.missing(guest, NOW)

    sender = Sender.of(app.extensions["settings"])
    assert promise in text.write(letter, sender).body
    facts = letter.facts
    assert isinstance(facts, UnmatchedFacts)
    letter.facts = replace(facts, first_next_time=False)
    assert "next round" not in text.write(letter, sender).body


def example_in(letter: Letter) -> Example | None:
    facts = letter.facts
    assert isinstance(facts, UnmatchedFacts)
    return facts.example


def letter_of(visit: Visit) -> Letter:
    return letters_to(visit.guest)[0]


def test_a_letter_that_is_wanted_is_sent(session: Session) -> None:
    visit = Visit()
    visit.tell()

    assert outdated.overtaken(letter_of(visit), NOW) is None


def test_a_letter_about_something_past_is_not_sent(session: Session) -> None:
    visit = Visit()
    visit.tell()

    assert outdated.overtaken(letter_of(visit), visit.slot.starts_at) is LetterState.GAVE_UP


def test_an_older_revision_that_failed_meanwhile_is_not_tried_again(session: Session) -> None:
    visit = Visit()
    visit.tell()
    letter_of(visit).lease_until = NOW + HOUR
    visit.opening.place = "Room 4"
    visit.tell(NOW + HOUR)

    assert outdated.overtaken(letter_of(visit), NOW) is LetterState.SUPERSEDED


def test_a_visit_called_off_while_its_invitation_failed_is_never_mentioned(session: Session) -> None:
    visit = Visit()
    visit.tell()
    letter_of(visit).lease_until = NOW + HOUR
    visit.slot.cancelled_at = NOW
    visit.tell(NOW + HOUR)

    first, second = letters_to(visit.guest)
    assert outdated.overtaken(first, NOW) is LetterState.CANCELLED
    first.state, first.done_at = LetterState.CANCELLED, NOW
    db.session.flush()
    assert outdated.overtaken(second, NOW) is LetterState.CANCELLED


def test_a_cancellation_is_sent_while_the_invitation_is_in_somebodys_hand(session: Session) -> None:
    visit = Visit()
    visit.tell()
    letter_of(visit).lease_until = NOW + HOUR
    visit.slot.cancelled_at = NOW
    visit.tell(NOW + HOUR)

    assert outdated.overtaken(letters_to(visit.guest)[-1], NOW) is None


def test_what_arrived_at_others_proves_nothing(session: Session) -> None:
    Visit().told()
    visit = Visit()
    visit.tell()
    visit.slot.cancelled_at = NOW
    visit.tell(NOW + HOUR)

    assert outdated.overtaken(letters_to(visit.guest)[0], NOW) is LetterState.CANCELLED


def test_a_cancellation_of_what_arrived_is_sent(session: Session) -> None:
    visit = Visit().told()
    visit.slot.cancelled_at = NOW
    visit.tell(NOW + HOUR)

    assert outdated.overtaken(letters_to(visit.guest)[-1], NOW) is None


def test_an_answer_proves_that_the_invitation_arrived(session: Session) -> None:
    visit = Visit()
    visit.tell()
    letter_of(visit).unfinished = 1
    assert outdated.overtaken(letter_of(visit), NOW) is None

    answers.on_the_page(of(visit.guest)[0], Answer.YES, NOW + HOUR)

    assert outdated.overtaken(letter_of(visit), NOW + HOUR) is LetterState.SENT


def test_a_reminder_of_another_day_is_another_letter(session: Session) -> None:
    guest = make.guest(make.round_())

    letters.nudge([guest], NOW)
    letters.nudge([guest], NOW + timedelta(days=1))

    assert [letter.kind for letter in db.session.scalars(select(Letter))] == [LetterKind.NUDGE] * 2
