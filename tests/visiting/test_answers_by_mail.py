"""Answers by mail, from the bytes that a mail program writes to what counts, through the queue and the process that reads."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.background import hearing
from shadowing.extensions import db
from shadowing.mail import arriving
from shadowing.mail.reader import MailReader
from shadowing.models import (
    Answer,
    AnswerWay,
    GivenAnswer,
    GivenState,
    Invitation,
    Letter,
    LetterKind,
    MailAlias,
    MailOutcome,
    Received,
    Trust,
)
from shadowing.visiting import answers
from tests.factories import NOW
from tests.mail import clients
from tests.mail.clients import Pressed, pressed
from tests.visiting.test_invitations import Visit, of

SOON = NOW + timedelta(hours=1)
ANSWERS = {"ACCEPTED": Answer.YES, "TENTATIVE": Answer.MAYBE, "DECLINED": Answer.NO}
MINUTE = timedelta(minutes=1)
Program = Callable[[Pressed], bytes]


@pytest.fixture(scope="module")
def reader() -> Iterator[MailReader]:
    reader = MailReader(clients.AUTHSERV)
    yield reader
    reader.close()


@dataclass(frozen=True, slots=True)
class Post:
    """Mails arrive at the service."""

    app: Flask
    reader: MailReader

    def takes(self, raw: bytes, now: datetime) -> int:
        """Its id; nobody has read it yet."""
        id = arriving.take_in(raw, "shadowing@example.org", "somebody@example.org", now).id
        db.session.commit()
        return id

    def brings(self, raw: bytes, now: datetime = SOON + MINUTE) -> Received:
        id = self.takes(raw, now)
        while hearing.tick(self.app, self.reader, lambda: now):
            pass
        db.session.expire_all()
        return db.session.get_one(Received, id)


@pytest.fixture
def post(app: Flask, session: Session, reader: MailReader) -> Post:
    return Post(app, reader)


@pytest.fixture
def invitation(session: Session) -> Invitation:
    """The guest's."""
    visit = Visit().told()
    db.session.commit()
    return of(visit.guest)[0]


def given(invitation: Invitation) -> list[GivenAnswer]:
    rows = select(GivenAnswer).where(GivenAnswer.invitation_id == invitation.id).order_by(GivenAnswer.id)
    return list(db.session.scalars(rows))


@pytest.mark.parametrize("partstat", ANSWERS)
@pytest.mark.parametrize("program", clients.OWN)
def test_an_answer_of_every_program_counts(program: Program, partstat: str, post: Post, invitation: Invitation) -> None:
    row = post.brings(program(pressed(invitation, partstat, SOON)))

    assert (row.state, row.raw, row.invitation) == (MailOutcome.ANSWER, None, invitation)
    assert invitation.answer is ANSWERS[partstat]
    assert [(one.answer, one.trust, one.way, one.state, one.sequence, one.stamp) for one in given(invitation)] == [
        (ANSWERS[partstat], Trust.SURE, AnswerWay.MAIL, GivenState.STANDS, 0, SOON)
    ]


@pytest.mark.parametrize("partstat", ANSWERS)
@pytest.mark.parametrize("program", clients.OTHERS)
def test_another_address_that_is_proven_answers_for_the_owner(
    program: Program, partstat: str, post: Post, invitation: Invitation
) -> None:
    assert post.brings(program(pressed(invitation, partstat, SOON))).state is MailOutcome.ANSWER

    assert invitation.answer is ANSWERS[partstat]
    assert given(invitation)[0].trust is Trust.BY_ANOTHER


@pytest.mark.parametrize("program", clients.OTHERS)
def test_another_address_that_nothing_proves_is_held_until_the_owner_says_so(
    program: Program, post: Post, invitation: Invitation
) -> None:
    row = post.brings(program(replace(pressed(invitation, "DECLINED", SOON), proven=False)))

    assert (row.state, row.raw is not None) == (MailOutcome.HELD, True)
    assert invitation.answer is Answer.NONE
    assert [(one.trust, one.state) for one in given(invitation)] == [(Trust.DOUBTED, GivenState.HELD)]


@pytest.mark.parametrize("program", [*clients.OWN, *clients.OTHERS])
def test_another_time_is_a_wish_and_a_yes_to_it_is_none_to_the_visit(
    program: Program, post: Post, invitation: Invitation
) -> None:
    press = pressed(invitation, "ACCEPTED", SOON, counter=True)

    assert post.brings(program(press)).state is MailOutcome.PROPOSAL

    wish = given(invitation)[0].another_time
    assert wish
    assert (wish.starts_at, wish.ends_at - wish.starts_at) == (press.other, press.ends - press.begins)
    assert invitation.answer is Answer.NONE


def test_whose_mail_fails_the_policy_of_its_domain_answers_without_proof(post: Post, invitation: Invitation) -> None:
    post.brings(clients.google_without_dmarc(pressed(invitation, "DECLINED", SOON)))

    assert (invitation.answer, given(invitation)[0].trust) == (Answer.NO, Trust.UNVERIFIED)


@pytest.mark.parametrize("program", [clients.google, clients.outlook, clients.korganizer, clients.thunderbird])
def test_words_of_an_answer_are_kept(program: Program, post: Post, invitation: Invitation) -> None:
    press = replace(pressed(invitation, "DECLINED", SOON), comment="髙橋です。﨑 𠮷 <b>sorry</b> 🙇")

    post.brings(program(press))

    assert given(invitation)[0].comment == press.comment


def test_the_last_answer_counts_in_whatever_order_they_come(post: Post, invitation: Invitation) -> None:
    first, second = (pressed(invitation, one, SOON + n * MINUTE) for n, one in enumerate(("ACCEPTED", "DECLINED")))

    post.brings(clients.google(second), SOON + 5 * MINUTE)
    row = post.brings(clients.google(first), SOON + 6 * MINUTE)

    assert (row.state, invitation.answer) == (MailOutcome.OLD_ANSWER, Answer.NO)
    assert [one.state for one in given(invitation)] == [GivenState.STANDS, GivenState.OVERTAKEN]


def test_an_answer_on_the_page_counts_until_a_later_one_comes_by_mail(post: Post, invitation: Invitation) -> None:
    answers.take(invitation, answers.NewAnswer(answer=Answer.NO), SOON + MINUTE)
    db.session.commit()

    post.brings(clients.google(pressed(invitation, "ACCEPTED", SOON)), SOON + 5 * MINUTE)
    assert [one.answer for one in given(invitation) if one.state is GivenState.STANDS] == [Answer.NO]

    post.brings(clients.google(pressed(invitation, "TENTATIVE", SOON + 2 * MINUTE)), SOON + 5 * MINUTE)
    assert invitation.answer is Answer.MAYBE


def test_programs_that_copy_the_stamp_of_the_question_are_put_in_order_by_their_mails(
    post: Post, invitation: Invitation
) -> None:
    post.brings(clients.notes(pressed(invitation, "ACCEPTED", SOON)), SOON + 5 * MINUTE)
    post.brings(clients.notes(pressed(invitation, "DECLINED", SOON + 2 * MINUTE)), SOON + 5 * MINUTE)

    assert invitation.answer is Answer.NO


def test_a_clock_that_is_ahead_shuts_nobody_out(post: Post, invitation: Invitation) -> None:
    post.brings(clients.google(pressed(invitation, "ACCEPTED", SOON + timedelta(days=700))), SOON)
    post.brings(clients.google(pressed(invitation, "DECLINED", SOON + MINUTE)), SOON + 2 * MINUTE)

    assert invitation.answer is Answer.NO


@pytest.mark.parametrize("again", ["bytes", "message", "answer"])
def test_the_same_answer_twice_changes_nothing(again: str, post: Post, invitation: Invitation) -> None:
    press = pressed(invitation, "ACCEPTED", SOON)
    mail = clients.google(press)
    copy = {
        "bytes": mail,
        "message": b"Received: by another hop\r\n" + mail,
        "answer": clients.google(replace(press, serial=2)),
    }[again]
    first = post.brings(mail)

    row = post.brings(copy)

    assert row.state is (MailOutcome.ANSWER if again == "bytes" else MailOutcome.DUPLICATE)
    assert (row.id == first.id) is (again == "bytes")
    assert len(given(invitation)) == 1


def test_an_answer_to_the_time_before_does_not_count(post: Post, invitation: Invitation) -> None:
    invitation.sequence = 1
    db.session.commit()

    row = post.brings(clients.exchange(replace(pressed(invitation, "ACCEPTED", SOON), sequence=0)))

    assert (row.state, invitation.answer) == (MailOutcome.OLD_ANSWER, Answer.NONE)
    assert given(invitation)[0].state is GivenState.OLD


def test_an_answer_to_a_time_that_never_was_is_held(post: Post, invitation: Invitation) -> None:
    row = post.brings(clients.google(replace(pressed(invitation, "DECLINED", SOON), sequence=7)))

    assert (row.state, invitation.answer) == (MailOutcome.HELD, Answer.NONE)


def test_what_comes_after_the_visit_began_or_was_called_off_is_history(post: Post, invitation: Invitation) -> None:
    begun = invitation.slot.starts_at
    row = post.brings(clients.google(pressed(invitation, "DECLINED", begun)), begun)
    assert (row.state, invitation.answer) == (MailOutcome.OLD_ANSWER, Answer.NONE)

    invitation.cancelled_at = SOON
    db.session.commit()
    row = post.brings(clients.google(pressed(invitation, "ACCEPTED", SOON)))
    assert (row.state, invitation.answer) == (MailOutcome.OLD_ANSWER, Answer.NONE)


def test_somebody_else_in_their_place_is_a_no_and_a_name_for_hr(post: Post, invitation: Invitation) -> None:
    line = f'ATTENDEE;PARTSTAT=DELEGATED;DELEGATED-TO="mailto:Deputy@example.org":mailto:{invitation.address}'
    deputy = "ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:deputy@example.org"
    press = pressed(invitation, "DELEGATED", SOON)
    ics = clients.calendar(press, ATTENDEE=f"{line}\r\n{deputy}")

    row = post.brings(clients.whole(clients.headers(press), clients.part(clients.method_of(press), ics)))

    assert (row.state, invitation.answer) == (MailOutcome.DELEGATED, Answer.NO)
    assert given(invitation)[0].delegate == "deputy@example.org"


def test_an_answer_that_is_none_goes_to_hr(post: Post, invitation: Invitation) -> None:
    row = post.brings(clients.google(pressed(invitation, "X-LATER", SOON)))

    assert (row.state, invitation.answer) == (MailOutcome.FOR_HR, Answer.NONE)


def test_whoever_was_handed_the_invitation_is_not_added(post: Post, invitation: Invitation) -> None:
    row = post.brings(clients.google(replace(pressed(invitation, "ACCEPTED", SOON), owner="stranger@example.org")))

    assert (row.state, row.raw is not None) == (MailOutcome.FORWARDED, True)
    assert (invitation.answer, given(invitation)) == (Answer.NONE, [])


def test_another_address_of_theirs_that_hr_knows_is_the_owner(post: Post, invitation: Invitation) -> None:
    db.session.add(MailAlias(person_id=invitation.person_id, address="other.name@example.com"))
    db.session.commit()

    post.brings(clients.google(replace(pressed(invitation, "ACCEPTED", SOON), owner="Other.Name@example.com")))

    assert (invitation.answer, given(invitation)[0].trust) == (Answer.YES, Trust.SURE)


def test_words_of_a_person_and_visits_that_nobody_knows_go_to_hr_with_the_original(
    post: Post, invitation: Invitation
) -> None:
    words = post.brings(clients.garoon(pressed(invitation, "DECLINED", SOON)))
    assert (words.state, words.text) == (
        MailOutcome.FOR_HR,
        "お世話になっております。12月7日は出席できません。髙橋",
    )
    assert words.raw == clients.garoon(pressed(invitation, "DECLINED", SOON))

    unknown = post.brings(
        clients.google(replace(pressed(invitation, "DECLINED", SOON), uid="nobody@example.org", serial=2))
    )
    assert (unknown.state, unknown.raw is not None) == (MailOutcome.UNKNOWN_VISIT, True)
    assert invitation.answer is Answer.NONE


def test_all_that_mails_make_go_out_is_what_confirms_a_no_to_the_address_on_record(
    post: Post, invitation: Invitation
) -> None:
    before = set(db.session.scalars(select(Letter.id)))
    for n, program in enumerate((*clients.OWN, *clients.OTHERS, clients.garoon)):
        for at, partstat in enumerate(ANSWERS):
            press = pressed(invitation, partstat, SOON + (3 * n + at) * MINUTE)
            post.brings(program(press), press.at + MINUTE)
            post.brings(program(replace(press, owner="stranger@example.org", proven=False)), press.at + MINUTE)

    made = db.session.scalars(select(Letter).where(Letter.id.not_in(before))).all()
    trusted = select(GivenAnswer).where(GivenAnswer.answer == Answer.NO, GivenAnswer.trust != Trust.DOUBTED)
    assert {(one.kind, one.address) for one in made} == {(LetterKind.ANSWER_HEARD, invitation.person.email)}
    assert len(made) == len(db.session.scalars(trusted).all())


def test_our_mail_from_a_former_address_is_a_loop_and_an_answer_to_it_counts(
    app: Flask, post: Post, invitation: Invitation
) -> None:
    former = "rotation@old.example.net"
    invitation.organizer = former
    db.session.commit()
    app.extensions["settings"] = app.extensions["settings"].model_copy(update={"mail_from_before": (former,)})

    answered = post.brings(clients.exchange(pressed(invitation, "DECLINED", SOON)))
    looped = post.brings(f"From: {former}\r\nMessage-ID: <1@x>\r\nSubject: hello\r\n\r\nhello\r\n".encode())

    assert (answered.state, looped.state) == (MailOutcome.ANSWER, MailOutcome.LOOP)
