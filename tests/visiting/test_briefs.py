"""The mails that go by themselves around a visit: when, to whom, and what they say; never twice, never outside the hours of their
reader, never after the visit has begun."""

import random
import threading
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.background import worker
from shadowing.company import aims
from shadowing.company.aims import SentenceDraft
from shadowing.extensions import db
from shadowing.mail import outbox, outdated, text
from shadowing.mail.letters import Sender
from shadowing.models import (
    BY_ITSELF,
    Answer,
    Happened,
    Invitation,
    Letter,
    LetterKind,
    LetterState,
    OpeningKind,
    Pairing,
    Person,
    Stage,
)
from shadowing.models.facts import BriefFacts
from shadowing.reflecting import reflections
from shadowing.reflecting.reflections import ReflectionDraft
from shadowing.visiting import answers, briefs
from tests import factories as make
from tests.factories import NOW, at
from tests.views.conftest import statements
from tests.visiting.test_invitations import Visit

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BRIEF, EVE, MORNING, AFTER, AGAIN = BY_ITSELF
WEEKS = (at(-12, 0), at(10, 0))
"""Day 1, Tuesday 19 January 2027, is that of the visit; the Monday of the week before is a holiday in Japan."""


def lived(visit: Visit, begin: datetime = WEEKS[0], end: datetime = WEEKS[1], step: timedelta = 6 * HOUR) -> None:
    """The planner looks every few hours, and what is due is sent within the hour."""
    now = begin
    while now < end:
        briefs.plan(visit.round.id, now)
        for letter in db.session.scalars(select(Letter).where(Letter.done_at.is_(None), Letter.due_at <= now)):
            state = outdated.overtaken(letter, now)
            letter.state, letter.done_at, letter.attempts = state or LetterState.SENT, now, 1
        db.session.flush()
        db.session.expire_all()
        now += step


def sent(person: Person) -> list[tuple[LetterKind, datetime]]:
    """Without the last reminder, which has tests of its own."""
    found = select(Letter.kind, Letter.due_at).where(Letter.person_id == person.id, Letter.kind.in_(BY_ITSELF[:-1]))
    return [
        (kind, due)
        for kind, due in db.session.execute(found.where(Letter.state == LetterState.SENT).order_by("due_at"))
    ]


def all_of(kind: LetterKind) -> list[Letter]:
    return list(db.session.scalars(select(Letter).where(Letter.kind == kind).order_by(Letter.id)))


def facts_of(letter: Letter) -> BriefFacts:
    assert isinstance(letter.facts, BriefFacts)
    return letter.facts


def told(**facts: Any) -> Visit:
    visit = Visit()
    for name, value in facts.items():
        setattr(visit.opening, name, value)
    return visit.told()


def test_guest_and_host_hear_a_week_before_and_the_day_before_and_are_asked_afterwards(session: Session) -> None:
    visit = told()

    lived(visit)

    expected = [(BRIEF, at(-6, 9)), (EVE, at(0, 9)), (AFTER, at(2, 8, 30))]
    assert sent(visit.guest) == sent(visit.host) == expected


def test_who_has_not_reflected_is_reminded_once_two_working_days_later(session: Session) -> None:
    visit = told()
    visit.slot.starts_at, visit.slot.ends_at = at(2, 10), at(2, 11)  # a Wednesday, so that a weekend lies between
    visit.told()

    lived(visit)

    assert [(one.due_at, one.state) for one in all_of(AGAIN)] == [(at(7, 8, 30), LetterState.SENT)] * 2


def test_who_has_reflected_is_not_reminded_though_the_reminder_was_written(session: Session) -> None:
    visit = told()
    lived(visit, end=at(3, 12))
    waiting = [one.state for one in all_of(AGAIN)]
    [pairing] = session.scalars(select(Pairing).where(Pairing.slot_id == visit.slot.id))

    given = ReflectionDraft(said=Happened.HELD, tried="見積もり")
    reflections.send(pairing, given, at(3, 12))
    lived(visit, begin=at(3, 13))

    assert waiting == [LetterState.READY] * 2
    assert {one.person_id for one in all_of(AGAIN) if one.state is LetterState.SENT} == {visit.host.id}


def test_a_ride_along_is_told_once_more_on_the_same_morning(session: Session) -> None:
    visit = told(kind=OpeningKind.RIDE_ALONG)

    lived(visit, begin=at(-7, 9), end=at(3, 9), step=HOUR / 2)

    assert [kind for kind, _ in sent(visit.guest)] == [BRIEF, EVE, MORNING, AFTER]
    assert sent(visit.guest)[2] == (MORNING, at(1, 8, 30))


def test_what_would_fall_on_a_holiday_goes_on_the_working_day_before(session: Session) -> None:
    """Monday 11 January is a holiday of Japan, and the week before a visit on the 18th falls on it."""
    visit = Visit()
    visit.slot.starts_at, visit.slot.ends_at = at(0, 10), at(0, 11)
    visit.told()

    lived(visit)

    assert sent(visit.guest) == [(BRIEF, at(-10, 9)), (EVE, at(-3, 9)), (AFTER, at(1, 8, 30))]


def test_days_on_which_the_company_or_the_department_is_closed_are_left_out(session: Session) -> None:
    visit = Visit()
    visit.round.closed_days = ["2027-01-18"]
    assert visit.guest.department
    visit.guest.department.closed_days = ["2027-01-15", "2027-01-20"]
    visit.told()

    lived(visit)

    assert [due for _, due in sent(visit.guest)] == [at(-6, 9), at(-4, 9), at(3, 8, 30)]
    assert [due for _, due in sent(visit.host)] == [at(-6, 9), at(-3, 9), at(2, 8, 30)]


def test_each_reader_has_the_hours_and_the_clock_of_their_own_site(session: Session) -> None:
    visit = Visit()
    visit.guest.zone, visit.guest.hours = "Europe/Berlin", "mon-fri 13:00-21:00"
    visit.told()

    lived(visit, step=HOUR)

    berlin = 8 * HOUR
    assert [due for _, due in sent(visit.guest)] == [
        moment + berlin for moment in (at(-6, 13), at(0, 13), at(2, 12, 30))
    ]


def test_planning_again_writes_nothing_twice(session: Session) -> None:
    visit = told()

    written = [briefs.plan(visit.round.id, at(-7, hour)) for hour in (8, 8, 12)]

    assert written == [2, 0, 0]


def test_who_declined_is_reminded_of_nothing_and_nobody_waits_for_them(session: Session) -> None:
    visit = told()
    own = session.scalars(select(Invitation).where(Invitation.person_id == visit.guest.id)).one()
    answers.on_the_page(own, Answer.NO, at(-8, 9))

    lived(visit)

    assert sent(visit.guest) == sent(visit.host) == []


def test_a_host_reads_only_of_guests_who_come_even_if_one_declines_while_the_mail_waits(session: Session) -> None:
    visit = Visit()
    other = visit.add_guest()
    visit.told()
    briefs.plan(visit.round.id, at(-7, 9))
    own = session.scalars(select(Invitation).where(Invitation.person_id == visit.guest.id)).one()
    answers.on_the_page(own, Answer.NO, at(-7, 12))

    lived(visit, begin=at(-7, 13))

    (digest,) = [one for one in all_of(BRIEF) if one.person_id == visit.host.id and one.state is LetterState.SENT]
    assert facts_of(digest).entry.others == (other.guest.person_id,)
    assert [one.name for one in facts_of(digest).entry.guests] == [other.guest.person.name("en")]


def test_a_visit_that_is_off_or_moved_before_anybody_was_told_of_it_reminds_nobody(session: Session) -> None:
    visit = told()
    briefs.plan(visit.round.id, at(-7, 9))
    (waiting, _) = all_of(BRIEF)
    visit.slot.starts_at += HOUR
    session.flush()

    assert outdated.overtaken(waiting, at(-6, 9)) is LetterState.SUPERSEDED
    lived(visit, begin=at(-6, 9))
    assert sent(visit.guest) == []


def test_a_moved_visit_is_reminded_of_at_its_new_time(session: Session) -> None:
    visit = told()
    lived(visit, end=at(-4, 12))
    visit.slot.starts_at, visit.slot.ends_at = at(8, 10), at(8, 11)
    visit.tell(at(-4, 13))

    lived(visit, begin=at(-4, 13))

    assert sent(visit.guest) == [(BRIEF, at(-6, 9)), (BRIEF, at(1, 9)), (EVE, at(7, 9)), (AFTER, at(9, 8, 30))]


def test_a_mail_that_waits_says_what_was_told_last(session: Session) -> None:
    visit = told()
    briefs.plan(visit.round.id, at(-1, 18))
    visit.opening.place = "髙﨑ビル 𠮷"
    visit.tell(at(-1, 19))

    lived(visit, begin=at(-1, 20))

    assert {facts_of(one).entry.place for one in all_of(EVE) if one.state is LetterState.SENT} == {"髙﨑ビル 𠮷"}
    assert Counter(kind for kind, _ in sent(visit.guest))[EVE] == 1


def test_who_was_invited_within_the_last_three_days_needs_no_brief(session: Session) -> None:
    visit = Visit()
    visit.tell(at(-6, 8))
    for letter in session.scalars(select(Letter)):
        letter.state, letter.done_at = LetterState.SENT, at(-6, 8)

    lived(visit, begin=at(-6, 8))

    assert [kind for kind, _ in sent(visit.guest)] == [EVE, AFTER]


def test_nobody_is_reminded_of_a_visit_of_which_they_have_not_heard(session: Session) -> None:
    visit = Visit()
    visit.tell()
    session.scalars(select(Letter).where(Letter.person_id == visit.guest.id)).one().state = LetterState.HELD

    assert briefs.plan(visit.round.id, at(-7, 9)) == 0


def test_a_service_that_was_away_sends_within_two_days_at_the_hours_of_the_reader_or_not_at_all(
    session: Session,
) -> None:
    late, too_late = told(), told()

    lived(late, begin=at(-6, 23))
    lived(too_late, begin=at(-3, 23))

    assert sent(late.guest)[0] == (BRIEF, at(-5, 9))
    assert BRIEF not in [kind for kind, _ in sent(too_late.guest)]


def test_what_waited_while_the_worker_was_away_does_not_come_late(session: Session) -> None:
    visit = told()
    briefs.plan(visit.round.id, at(-1, 12))
    (eve, _) = all_of(EVE)

    assert outdated.overtaken(eve, at(0, 17)) is None
    assert outdated.overtaken(eve, at(0, 18)) is LetterState.GAVE_UP


def test_hr_switches_them_off_and_what_waits_stays_at_home(session: Session) -> None:
    visit, hr = told(), make.person(hr=True)
    briefs.plan(visit.round.id, at(-7, 9))

    briefs.switch(visit.round, False, hr, at(-7, 10))

    assert {one.state for one in all_of(BRIEF)} == {LetterState.CANCELLED}
    assert visit.round.id not in briefs.due(at(-7, 11))
    briefs.switch(visit.round, True, hr, at(-7, 12))
    lived(visit, begin=at(-7, 12))
    assert [kind for kind, _ in sent(visit.guest)] == [BRIEF, EVE, AFTER]


def test_a_waiting_reminder_holds_no_change_up_and_goes_when_it_comes(app: Flask, session: Session) -> None:
    visit = told()
    briefs.plan(visit.round.id, at(-1, 12))
    visit.opening.preparation = "名刺"
    visit.tell(at(-1, 12))
    session.commit()

    worker.run(app, until_idle=True, stop=threading.Event(), clock=lambda: at(-1, 12) + timedelta(minutes=1))

    session.expire_all()
    assert {one.state for one in all_of(LetterKind.CHANGE)} == {LetterState.SENT}
    assert Counter(one.state for one in all_of(EVE)) == {LetterState.SUPERSEDED: 2, LetterState.READY: 2}


def test_the_worker_plans_and_sends_them(app: Flask, session: Session) -> None:
    visit = told()
    session.commit()
    for now in (at(day, hour) for day in range(-9, 5) for hour in (9, 12)):
        db.session.rollback()
        worker.run(app, until_idle=True, stop=threading.Event(), clock=lambda now=now: now)  # type: ignore[misc]

    session.expire_all()
    assert [kind for kind, _ in sent(visit.guest)] == [BRIEF, EVE, AFTER]


@pytest.mark.parametrize("seed", range(4))
def test_whenever_the_service_is_away_nobody_is_written_to_twice_or_after_the_visit_has_begun(
    session: Session, seed: int
) -> None:
    drawn = random.Random(seed)  # noqa: S311 - cases, not secrets
    visit = Visit()
    visit.guest.zone = drawn.choice(["America/New_York", "Asia/Kolkata", "Europe/Berlin"])
    visit.opening.kind = OpeningKind.RIDE_ALONG
    visit.round.closed_days = [f"2027-01-{drawn.randrange(8, 28):02}" for _ in range(3)]
    visit.told()

    now = at(-11, 0)
    while now < at(8, 0):
        lived(visit, begin=now, end=now + drawn.choice([1, 3, 12]) * HOUR, step=HOUR)
        now += drawn.choice([1, 5, 20, 50]) * HOUR

    gone = [one for kind in BY_ITSELF for one in all_of(kind) if one.state is LetterState.SENT]
    assert max(Counter((one.person_id, one.kind) for one in gone).values(), default=1) == 1
    for one in gone:
        assert one.done_at
        assert one.expires_at
        assert one.due_at <= one.done_at < one.expires_at
        if one.kind not in (AFTER, AGAIN):
            assert one.done_at < visit.slot.starts_at


def test_a_guest_reads_the_goal_the_card_and_five_words_of_the_department(app: Flask, session: Session) -> None:
    visit = Visit()
    home = visit.opening.department
    home.card, home.goal, home.words = "We sell 髙級 clocks", "100 %", "\n".join(f"word{n}: meaning" for n in range(7))
    home.kpi = "42 clocks a day keep every train on time"
    aims.keep_sentence(
        home, visit.pairing.guest.person.home, SentenceDraft(text="One sees what the other sells"), visit.host, NOW
    )
    visit.pairing.guest.note = "How a price is made"
    visit.opening.preparation = "Three business cards"
    visit.told()
    briefs.plan(visit.round.id, at(-7, 9))

    guest, host = sorted(all_of(BRIEF), key=lambda one: one.person_id == visit.host.id)
    said = text.write(guest, Sender.of(app.extensions["settings"])).body

    for part in ("We sell 髙級 clocks", "100 %", "word0", "word4", "How a price is made", "Three business cards"):
        assert part in said
    assert "42 clocks a day keep every train on time" in " ".join(said.split())
    assert "One sees what the other sells" in " ".join(said.split())
    assert "word5" not in said
    assert "You watch and ask" in said
    assert "We sell" not in text.write(host, Sender.of(app.extensions["settings"])).body
    assert "How a price is made" in text.write(host, Sender.of(app.extensions["settings"])).body


def test_no_calendar_goes_with_them(app: Flask, session: Session) -> None:
    visit = told()
    briefs.plan(visit.round.id, at(-1, 9))

    for letter in all_of(EVE):
        assert b"text/calendar" not in outbox.to_bytes(letter, app.extensions["settings"])


def test_tomorrow_is_said_only_where_the_visit_is_tomorrow(app: Flask, session: Session) -> None:
    visit = told()
    briefs.plan(visit.round.id, at(-1, 9))
    monday = Visit()
    monday.slot.starts_at, monday.slot.ends_at = at(7, 10), at(7, 11)
    monday.told()
    briefs.plan(monday.round.id, at(3, 9))

    subjects = [text.subject(one) for one in all_of(EVE) if one.person_id in (visit.guest.id, monday.guest.id)]
    assert [subject.split(" 10:00")[0] for subject in subjects] == ["Tomorrow", "Mon 25 Jan"]


def test_the_preview_shows_the_mails_of_every_visit(session: Session) -> None:
    visit = told(kind=OpeningKind.RIDE_ALONG)

    kinds = Counter(one.kind for one in briefs.planned(visit.round, NOW))

    assert kinds == dict.fromkeys(BY_ITSELF, 2)


@pytest.mark.parametrize("stage", [Stage.CANCELLED, Stage.REVIEWING])
def test_only_a_round_that_is_published_reminds(session: Session, stage: Stage) -> None:
    visit = told()
    visit.round.stage = stage
    session.flush()

    assert briefs.due(at(-7, 9)) == []


def test_the_question_afterwards_comes_though_the_round_has_ended(session: Session) -> None:
    visit = told()
    visit.round.stage = Stage.ENDED
    session.flush()

    assert briefs.due(at(1, 12)) == [visit.round.id]
    lived(visit, begin=at(1, 12))
    assert sent(visit.host) == [(AFTER, at(2, 8, 30))]


def test_what_departments_gain_is_read_once_for_all_briefs(session: Session) -> None:
    visit = Visit()
    for _ in range(3):
        visit.add_guest()
    keep = SentenceDraft(text="互いの数字が分かる")
    aims.keep_sentence(visit.host.home, visit.guest.home, keep, make.person(hr=True), NOW)
    session.flush()

    with statements() as sent:
        said = [letter.write().facts for letter in briefs.planned(visit.round, NOW)]

    assert sum("pair_sentence" in one for one in sent) == 1
    assert [fact.card.both for fact in said if isinstance(fact, BriefFacts) and fact.card] == ["互いの数字が分かる"]
