"""Answers: a no and another time are confirmed by mail once, and what counted before comes back."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.errors import Changed, Refusal
from shadowing.mail import text
from shadowing.models import (
    AnotherTime,
    Answer,
    AnswerWay,
    AnswerWhy,
    GivenAnswer,
    GivenState,
    Invitation,
    Letter,
    LetterKind,
    Pairing,
    Role,
    Trust,
)
from shadowing.models.facts import AnswerHeardFacts
from shadowing.visiting import answers, invitations, slots
from shadowing.visiting.answers import NewAnswer
from tests.factories import NOW, at
from tests.views.test_visits import SENDER, invitation, published

WISH = AnotherTime(starts_at=at(2, 14), ends_at=at(2, 15))
HOUR = timedelta(hours=1)


@pytest.fixture
def pairing(session: Session) -> Pairing:
    return published(session)


@pytest.fixture
def mine(session: Session, pairing: Pairing) -> Invitation:
    return invitation(session)


def heard(session: Session) -> list[Letter]:
    return list(session.scalars(select(Letter).where(Letter.kind == LetterKind.ANSWER_HEARD).order_by(Letter.id)))


def states(session: Session) -> list[GivenState]:
    session.flush()
    session.expire_all()
    return list(session.scalars(select(GivenAnswer.state).order_by(GivenAnswer.id)))


@pytest.mark.parametrize("way", AnswerWay)
def test_a_no_is_confirmed_to_the_address_on_record_whichever_way_it_came(
    session: Session, mine: Invitation, way: AnswerWay
) -> None:
    mine.person.email = "new@example.org"

    answers.take(mine, NewAnswer(answer=Answer.NO, way=way, trust=Trust.UNVERIFIED), NOW)

    [letter] = heard(session)
    assert isinstance(letter.facts, AnswerHeardFacts)
    assert (letter.address, letter.facts.way, letter.invitation_id) == ("new@example.org", way, None)


def test_the_mail_says_what_was_heard_of_which_visit_and_how_and_leads_to_the_way_back(
    app: Flask, session: Session, mine: Invitation
) -> None:
    answers.take(mine, NewAnswer(answer=Answer.NONE, way=AnswerWay.MAIL, another_time=WISH), NOW)

    said = text.write(heard(session)[0], SENDER)

    assert said.subject == "Heard: you ask for another time than Tue 19 Jan 10:00"
    for words in ("Wed 20 Jan 2027, 14:00–15:00", "a mail from your calendar", "If this was not you", "Take it back"):
        assert words in said.body
    assert f"/visits/{mine.id}/undo" in said.body
    assert said.calendar is None


def test_the_same_no_is_confirmed_once(session: Session, mine: Invitation) -> None:
    for again in range(3):
        answers.take(mine, NewAnswer(answer=Answer.NO, way=AnswerWay.MAIL, sequence=0), NOW + again * HOUR)

    assert len(heard(session)) == 1


@pytest.mark.parametrize("answer", [Answer.YES, Answer.MAYBE, Answer.NONE])
def test_nothing_else_is_confirmed(session: Session, mine: Invitation, answer: Answer) -> None:
    answers.take(mine, NewAnswer(answer=answer, way=AnswerWay.MAIL), NOW)

    assert heard(session) == []


def test_an_answer_that_waits_for_its_owner_is_not_confirmed(session: Session, mine: Invitation) -> None:
    answers.keep(mine, NewAnswer(answer=Answer.NO, trust=Trust.DOUBTED), GivenState.HELD, NOW)

    assert (heard(session), mine.answer) == ([], Answer.NONE)


def test_each_step_is_taken_back_to_the_one_before(session: Session, mine: Invitation) -> None:
    answers.accept(mine, NOW)
    answers.propose(mine, WISH, "", NOW)
    answers.decline(mine, AnswerWhy.BUSY, "", NOW)

    seen = []
    for _ in range(3):
        answers.undo(mine, NOW + HOUR)
        now = answers.counting(mine)
        seen.append((mine.answer, now.another_time if now else None))

    assert seen == [(Answer.YES, WISH), (Answer.YES, None), (Answer.NONE, None)]
    assert states(session) == [GivenState.UNDONE] * 3
    with pytest.raises(Changed, match="no answer of yours"):
        answers.undo(mine, NOW + HOUR)


def test_what_somebody_else_said_in_ones_name_does_not_come_back(session: Session, mine: Invitation) -> None:
    answers.keep(mine, NewAnswer(answer=Answer.NONE, trust=Trust.DOUBTED), GivenState.HELD, NOW)
    answers.decline(mine, AnswerWhy.BUSY, "", NOW)

    answers.undo(mine, NOW)

    assert states(session) == [GivenState.OVERTAKEN, GivenState.UNDONE]


def test_one_press_that_a_program_may_give_does_not_settle_an_answer_that_waits_for_its_owner(
    session: Session, mine: Invitation
) -> None:
    answers.keep(mine, NewAnswer(answer=Answer.NO, trust=Trust.DOUBTED), GivenState.HELD, NOW)

    answers.accept(mine, NOW)

    assert states(session) == [GivenState.HELD, GivenState.STANDS]


def test_nothing_is_taken_back_once_the_visit_began(session: Session, mine: Invitation) -> None:
    answers.decline(mine, AnswerWhy.BUSY, "", NOW)

    with pytest.raises(Refusal, match="has begun already"):
        answers.undo(mine, mine.slot.starts_at)
    assert mine.answer is Answer.NO


def test_an_answer_given_for_an_earlier_time_counts_no_more(session: Session, pairing: Pairing) -> None:
    answers.propose(invitation(session), WISH, "", NOW)
    slots.reschedule(pairing.slot, at(2, 14), None, NOW, sure=True)
    invitations.tell(pairing.guest.round, NOW + HOUR, SENDER, NOW + HOUR)
    session.commit()

    assert answers.counting(invitation(session)) is None
    with pytest.raises(Changed):
        answers.undo(invitation(session), NOW + HOUR)


def test_a_guest_whose_seat_went_to_somebody_else_hears_so(
    session: Session, pairing: Pairing, mine: Invitation
) -> None:
    answers.decline(mine, AnswerWhy.ILL, "", NOW)
    session.delete(pairing)
    session.flush()

    with pytest.raises(Refusal, match="given away meanwhile") as refused:
        answers.undo(mine, NOW)
    assert "Please ask" in str(refused.value)
    assert mine.answer is Answer.NO


def test_a_host_takes_back_as_long_as_they_host(session: Session, pairing: Pairing) -> None:
    hosts = invitation(session, Role.HOST)
    answers.decline(hosts, AnswerWhy.DEPUTY, "𠮷野家さんが代わります", NOW)
    answers.undo(hosts, NOW)
    answers.decline(hosts, AnswerWhy.DEPUTY, "", NOW)
    session.delete(pairing.slot.opening.hosts[0])
    session.flush()

    with pytest.raises(Refusal, match="given away meanwhile"):
        answers.undo(hosts, NOW)
