"""Why a visit is off and what comes next: each sentence of a cancellation, played by the deed that makes it true."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from shadowing.mail import text
from shadowing.matching import ledger, pairings
from shadowing.models import Answer, Host, Letter, LetterKind, PairingStatus, Parting, Person, Stage, Why
from shadowing.models.facts import VisitFacts
from shadowing.rounds import cancellation
from shadowing.visiting import answers, calling_off, slots
from tests import factories as make
from tests.factories import NOW, at
from tests.visiting.test_invitations import SENDER, Visit, letters_to, of

HOUR = timedelta(hours=1)
COUNTS_MORE = "In your next round a visit for you counts more than one for somebody who had a visit"

STAY = "Your other visits in this round stay in your calendar."


def parting_of(person: Person) -> Parting:
    """Of the last mail to *person*, which is a cancellation."""
    letter = letters_to(person)[-1]
    assert letter.kind is LetterKind.CANCEL
    assert isinstance(letter.facts, VisitFacts)
    assert letter.facts.parting is not None
    return letter.facts.parting


def said(letter: Letter) -> str:
    return text.write(letter, SENDER).body


def declines(visit: Visit) -> None:
    answers.on_the_page(of(visit.guest)[0], Answer.NO, NOW)
    pairings.take_out(visit.pairing)


def host_leaves(visit: Visit) -> None:
    visit.host.left_at = NOW
    pairings.take_out(visit.pairing, "host_gone")


def is_called_off(visit: Visit) -> None:
    slots.call_off(visit.slot, None, NOW)


def seat_is_withdrawn(visit: Visit) -> None:
    visit.opening.withdrawn_at = NOW


def guest_is_away(visit: Visit) -> None:
    visit.guest.last_day = (visit.slot.starts_at - timedelta(days=2)).date()
    pairings.take_out(visit.pairing)


def is_taken_out(visit: Visit) -> None:
    pairings.take_out(visit.pairing)


@pytest.mark.parametrize(
    ("deed", "why", "sentence"),
    [
        (declines, Why.DECLINED, "You told us that it does not suit you."),
        (host_leaves, Why.HOST_GONE, "Your host cannot be there at the time of your visit any more."),
        (is_called_off, Why.DATE, "This date was called off."),
        (seat_is_withdrawn, Why.WITHDRAWN, "This seat is not offered any more."),
        (guest_is_away, Why.AWAY, "As far as we know, you are not there at that time."),
        (
            is_taken_out,
            Why.OTHER,
            "The people who run the round changed the plan by hand, and it has no visit for you any more.",
        ),
    ],
)
def test_a_guest_reads_why(
    app: Flask, session: Session, deed: Callable[[Visit], None], why: Why, sentence: str
) -> None:
    visit = Visit().told()
    deed(visit)

    visit.tell(NOW + HOUR)

    assert parting_of(visit.guest).why is why
    assert sentence in said(letters_to(visit.guest)[-1])


def test_who_declined_is_not_told_that_somebody_took_the_visit_away(app: Flask, session: Session) -> None:
    visit = Visit().told()
    declines(visit)

    visit.tell(NOW + HOUR)

    assert "changed the plan by hand" not in said(letters_to(visit.guest)[-1])


def test_a_host_reads_that_nobody_comes_and_not_who_said_what(app: Flask, session: Session) -> None:
    visit = Visit().told()
    declines(visit)

    visit.tell(NOW + HOUR)

    mail = said(letters_to(visit.host)[-1])
    assert "Nobody comes to it any more." in mail
    assert "suit" not in mail


def test_who_hosts_no_more_reads_that(app: Flask, session: Session) -> None:
    visit = Visit().told()
    visit.opening.hosts[0] = Host(person=make.person(), position=0)

    visit.tell(NOW + HOUR)

    assert "The people who run the round have changed who hosts this seat." in said(letters_to(visit.host)[-1])


def test_a_visit_counts_more_next_time_as_the_ledger_says(app: Flask, session: Session) -> None:
    visit = Visit().told()
    visit.round.published_at = NOW
    is_called_off(visit)

    visit.tell(NOW + HOUR)

    assert COUNTS_MORE in said(letters_to(visit.guest)[-1])
    following = make.round_(title="Next")
    assert ledger.missed(following)[visit.guest.id] == 1


def second_visit(visit: Visit, **facts: Any) -> None:
    opening = make.opening(visit.round, make.person(), place="Room 8", starts_at=at(3, 15), **facts)
    make.pairing(visit.pairing.guest, make.slot(opening), status=PairingStatus.PUBLISHED)


def test_who_keeps_another_visit_is_promised_nothing(app: Flask, session: Session) -> None:
    visit = Visit()
    second_visit(visit)
    visit.told()
    is_called_off(visit)

    visit.tell(NOW + HOUR)

    mail = said(letters_to(visit.guest)[-1])
    assert COUNTS_MORE not in mail
    assert STAY in mail


def test_who_has_no_other_visit_reads_of_none(app: Flask, session: Session) -> None:
    visit = Visit().told()
    is_called_off(visit)

    visit.tell(NOW + HOUR)

    assert STAY not in said(letters_to(visit.guest)[-1]) + said(letters_to(visit.host)[-1])


def test_who_was_moved_reads_the_new_visit_and_is_invited_to_it(app: Flask, session: Session) -> None:
    visit = Visit().told()
    is_taken_out(visit)
    second_visit(visit)

    visit.tell(NOW + HOUR)

    off, new = letters_to(visit.guest)[-2:]
    mail = said(off)
    assert (off.kind, new.kind) == (LetterKind.CANCEL, LetterKind.REQUEST)
    assert "Your visit is now on Thu 21 Jan 15:00" in mail
    assert "Place: Room 8" in mail
    assert "You have another visit instead. A mail of its own invites you to it." in mail
    assert COUNTS_MORE not in mail


def test_another_address_is_no_cancellation(app: Flask, session: Session) -> None:
    visit = Visit().told()
    visit.guest.email = "new@example.org"

    visit.tell(NOW + HOUR)

    off = next(letter for letter in letters_to(visit.guest) if letter.kind is LetterKind.CANCEL)
    written = text.write(off, SENDER)
    assert written.subject.startswith("Goes to your new address: ")
    assert "Your mail address is another one now: new@example.org" in written.body
    assert "Called off" not in written.body
    assert any(letter.address == "new@example.org" for letter in letters_to(visit.guest))


def test_a_round_that_is_called_off_says_so_in_each_cancellation_with_hrs_words(app: Flask, session: Session) -> None:
    visit = Visit().told()
    visit.round.published_at = NOW
    mails = [
        one.write()
        for one in cancellation.planned(visit.round, "We move house.", NOW, calling_off.standing(visit.round, NOW))
    ]
    planned = {letter.key: said(letter) for letter in mails}

    cancellation.cancel(visit.round, "We move house.", None, NOW)

    off = [letter for letter in letters_to(visit.guest) if letter.kind is LetterKind.CANCEL]
    assert visit.round.stage is Stage.CANCELLED
    assert "The whole round is called off.\nWe move house." in said(off[0])
    assert planned[off[0].key] == said(off[0])
