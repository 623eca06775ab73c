"""Each step of a round: what it does, and what it refuses."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

import shadowing
from shadowing.collecting import dates
from shadowing.errors import Changed, Refusal, WrongStage
from shadowing.extensions import db
from shadowing.folders.people_in import put
from shadowing.mail.letters import Sender
from shadowing.matching import gather, pairings
from shadowing.matching.spans import moment
from shadowing.models import Audit, Guest, Letter, LetterKind, Pairing, PairingStatus, Round, Stage
from shadowing.rounds import reminders, rounds
from shadowing.rounds.drafts import RoundDraft
from shadowing.rules import RoundRules
from tests import factories
from tests.factories import NOW, at
from tests.views.conftest import statements

SENDER = Sender(secret="s" * 32, mail_from="shadowing@example.org", public_url="http://localhost:8000", company="")


def letters_of(session: Session, kind: LetterKind) -> int:
    return session.scalar(select(func.count()).select_from(Letter).where(Letter.kind == kind)) or 0


def ready_to_publish() -> Round:
    round = factories.round_(stage=Stage.REVIEWING)
    guest = factories.guest(round, wishes=(factories.department("wished"),))
    host = factories.person(department_=guest.goals[0].department)
    factories.free(round, guest.person, 1, 9, 12)
    factories.pairing(guest, factories.slot(factories.opening(round, host)))
    return round


def test_a_new_round_begins_on_a_monday_with_its_holidays_closed(session: Session) -> None:
    given = rounds.defaults(datetime(2026, 12, 7, tzinfo=UTC), "Asia/Tokyo", "Winter")

    assert (given.starts_on, given.answers_until) == (date(2027, 1, 11), date(2026, 12, 28))
    assert given.closed_days == (date(2027, 1, 11),)


def test_a_round_takes_over_the_rules_of_the_last_one(session: Session) -> None:
    factories.round_(rules=RoundRules(away_most=2), greeting="Come and see")

    given = rounds.defaults(NOW, "Asia/Tokyo", "Next")

    assert (given.rules, given.greeting) == (RoundRules(away_most=2), "Come and see")


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"ends_on": date(2026, 12, 1)}, "before the first day"),
        ({"answers_until": date(2028, 1, 1)}, "before the round ends"),
    ],
)
def test_a_round_that_cannot_be_is_refused(session: Session, wrong: dict[str, Any], word: str) -> None:
    given = replace(rounds.defaults(NOW, "Asia/Tokyo", "Winter"), **wrong)

    with pytest.raises(Refusal, match=word):
        rounds.draft(given, None, NOW)


def test_a_second_round_of_the_same_name_and_days_is_refused(session: Session) -> None:
    given = rounds.defaults(NOW, "Asia/Tokyo", "Winter")
    rounds.draft(given, None, NOW)
    session.flush()

    with pytest.raises(Refusal, match="Winter"):
        rounds.draft(given, None, NOW)


def said_of(round: Round) -> RoundDraft:
    """What HR said about *round*, to be said again with a change."""
    fields = ("title", "starts_on", "ends_on", "answers_until", "zone", "greeting", "rsvp", "rules", "reminders")
    return RoundDraft(**{name: getattr(round, name) for name in fields})


def starts_of(round: Round) -> list[datetime]:
    [opening] = gather.problem(round, NOW).openings
    return [moment(start) for start in opening.starts]


@pytest.mark.parametrize("stage", [Stage.DRAFT, Stage.COLLECTING])
def test_new_days_of_a_round_reach_the_dates_of_its_regular_meetings(session: Session, stage: Stage) -> None:
    round = factories.round_(stage=stage)
    weekly = factories.opening(
        round, starts_at=None, weekday="TU", local_time=time(10), zone="Asia/Tokyo", rrule="FREQ=WEEKLY"
    )
    dates.lay_out(weekly, round, NOW)
    assert starts_of(round) == [at(day, 10) for day in (1, 8, 15, 22)]

    shorter = replace(said_of(round), ends_on=round.ends_on - timedelta(days=14), closed_days=(date(2027, 1, 19),))
    rounds.change(round, shorter, None, NOW)
    assert starts_of(round) == [at(8, 10)]

    longer = replace(shorter, ends_on=round.ends_on + timedelta(days=7), closed_days=())
    rounds.change(round, longer, None, NOW)
    assert starts_of(round) == [at(day, 10) for day in (1, 8, 15)]


def test_asking_writes_one_letter_to_everybody_who_is_here(session: Session) -> None:
    factories.person()
    factories.person()
    factories.person(left_at=NOW)
    round = factories.round_(stage=Stage.DRAFT)

    asked = rounds.ask(round, None, NOW)

    assert (asked, letters_of(session, LetterKind.ASK), round.stage) == (2, 2, Stage.COLLECTING)


def test_asking_twice_is_refused(session: Session) -> None:
    factories.person()
    round = factories.round_(stage=Stage.DRAFT)
    rounds.ask(round, None, NOW)

    with pytest.raises(WrongStage):
        rounds.ask(round, None, NOW)


def test_only_those_who_have_not_answered_are_reminded_and_not_twice_a_day(session: Session) -> None:
    round = factories.round_()
    factories.guest(round)
    silent = factories.guest(round, answered_at=None)

    first = NOW + timedelta(days=1)
    with pytest.raises(Refusal):
        reminders.nudge(round, None, first - timedelta(hours=1))

    reminded = reminders.nudge(round, None, first)

    assert (reminded, silent.nudged_at) == (1, first)
    with pytest.raises(Refusal):
        reminders.nudge(round, None, first + timedelta(hours=23))
    assert reminders.nudge(round, None, first + timedelta(hours=24)) == 1


def round_with(people: int) -> int:
    """A draft, and *people* who are guests of it as soon as they are asked; the session holds none of them."""
    coordinator = factories.person(left_at=NOW)
    round = factories.round_(stage=Stage.DRAFT, coordinator=coordinator)
    for _ in range(people):
        factories.person()
    id = round.id
    db.session.commit()
    db.session.expunge_all()
    return id


def statements_of(deed: Callable[[Round, None, datetime], int], round_id: int, now: datetime) -> tuple[int, int]:
    """How many people it reached, and the statements it took, but for the new rows: SQLite takes those one by one."""
    with statements() as sent:
        people = deed(db.session.get_one(Round, round_id), None, now)
        db.session.commit()
    db.session.expunge_all()
    return people, sum(not statement.startswith("INSERT") for statement in sent)


def test_many_people_are_asked_and_reminded_with_as_few_statements_as_one(session: Session) -> None:
    alone = round_with(1)
    deeds = ((rounds.ask, NOW), (reminders.nudge, NOW + timedelta(days=1)))
    one_asked, one_reminded = (statements_of(deed, alone, now) for deed, now in deeds)
    together = round_with(2)
    three_asked, three_reminded = (statements_of(deed, together, now) for deed, now in deeds)

    assert (one_asked[0], one_reminded[0], three_asked[0], three_reminded[0]) == (1, 1, 3, 3)
    assert (three_asked[1], three_reminded[1]) == (one_asked[1], one_reminded[1])


def test_collecting_shows_answers_wishes_and_seats_by_department(session: Session) -> None:
    round = factories.round_()
    wished = factories.department("wished")
    factories.guest(round, factories.person(department_=wished), answered_at=None)
    factories.guest(round, wishes=(wished,))
    host = factories.person(department_=wished)
    factories.slot(factories.opening(round, host, seats=3))
    factories.opening(round, host, flexible=True, seats=2, most_per_week=1)

    collection = rounds.collection(round)

    row = next(row for row in collection.departments if row.department is wished)
    assert (row.asked, row.answered, row.wished, row.seats) == (1, 0, 1, 3 + 2 * 4)
    assert (collection.asked, collection.answered) == (2, 1)
    other = next(row for row in collection.departments if row.department is not wished)
    assert (other.asked, other.answered, other.wished, other.seats) == (1, 1, 0, 0)


def test_only_seats_that_can_still_be_taken_count(session: Session) -> None:
    round, host = factories.round_(), factories.person()
    meeting = factories.opening(round, host, seats=3)
    factories.slot(meeting, at(1, 10))
    factories.slot(meeting, at(8, 10), cancelled_at=NOW)
    factories.slot(factories.opening(round, host, withdrawn_at=NOW))
    factories.opening(round, host, flexible=True, withdrawn_at=NOW)
    factories.slot(factories.opening(factories.round_(), host))

    [row] = [row for row in rounds.collection(round).departments if row.department is host.department]

    assert row.seats == 3


def test_publishing_makes_the_pairings_final_and_writes_to_guest_and_host(session: Session) -> None:
    round = ready_to_publish()

    written = rounds.publish(round, None, round.version, NOW, SENDER, NOW)

    assert written == letters_of(session, LetterKind.REQUEST) == 2
    assert round.stage is Stage.PUBLISHED
    assert session.scalars(select(Pairing)).one().status is PairingStatus.PUBLISHED
    assert session.scalars(select(Audit).where(Audit.deed == "publish")).one().facts == {"letters": 2}


@pytest.mark.parametrize("pressed", [True, False])
def test_replies_reach_whoever_published_or_at_the_command_line_the_first_who_runs_rounds(
    session: Session, pressed: bool
) -> None:
    factories.person("gone", hr=True, left_at=NOW)
    first, second = (factories.person(code, hr=True) for code in ("first", "second"))
    round = ready_to_publish()

    rounds.publish(round, second if pressed else None, round.version, NOW, SENDER, NOW)

    answering = [letter.facts.heading.coordinator for letter in session.scalars(select(Letter))]
    assert {one.email for one in answering if one} == {(second if pressed else first).email}
    assert None not in answering


def test_publishing_twice_is_refused_and_writes_no_second_letter(session: Session) -> None:
    round = ready_to_publish()
    seen = round.version
    rounds.publish(round, None, seen, NOW, SENDER, NOW)

    with pytest.raises(Changed, match="already"):
        rounds.publish(round, None, seen, NOW, SENDER, NOW)

    assert letters_of(session, LetterKind.REQUEST) == 2


def test_a_plan_that_changed_since_the_preview_is_not_published(session: Session) -> None:
    round = ready_to_publish()

    with pytest.raises(Changed):
        rounds.publish(round, None, round.version - 1, NOW, SENDER, NOW)

    assert letters_of(session, LetterKind.REQUEST) == 0


def test_a_preview_of_another_day_is_not_published(session: Session) -> None:
    round = ready_to_publish()

    with pytest.raises(Changed):
        rounds.publish(round, None, round.version, NOW - timedelta(days=1), SENDER, NOW)


def test_a_round_without_pairings_is_not_published(session: Session) -> None:
    round = factories.round_(stage=Stage.REVIEWING)

    with pytest.raises(Refusal, match="no pairings"):
        rounds.publish(round, None, round.version, NOW, SENDER, NOW)


def test_a_pairing_that_no_longer_holds_is_named_instead_of_published(session: Session) -> None:
    round = ready_to_publish()
    pairing = session.scalars(select(Pairing)).one()
    other = factories.opening(round, pairing.guest.person, starts_at=at(1, 10))
    factories.slot(other)

    with pytest.raises(Refusal, match=pairing.guest.person.display_name):
        rounds.publish(round, None, round.version, NOW, SENDER, NOW)


BEGUN = "Visits have begun before anybody was invited to them: %s. Move these people or take them out, then publish."
FIRST_DAY, NEXT_DAY = at(1, 10), at(2, 10)


@pytest.mark.parametrize("pinned", [False, True])
def test_a_visit_that_has_begun_is_named_instead_of_published(session: Session, pinned: bool) -> None:
    round = ready_to_publish()
    pairing = session.scalars(select(Pairing)).one()
    pairing.pinned = pinned

    with pytest.raises(Refusal) as refusal:
        rounds.publish(round, None, round.version, FIRST_DAY, SENDER, FIRST_DAY)

    assert str(refusal.value) == BEGUN % pairing.guest.person.display_name
    assert (round.stage, session.scalars(select(Letter)).all()) == (Stage.REVIEWING, [])


def test_a_visit_that_has_begun_can_be_taken_out_and_the_others_published(session: Session) -> None:
    round = ready_to_publish()
    late = session.scalars(select(Pairing)).one()
    other = factories.guest(round, wishes=(late.slot.opening.department,))
    factories.free(round, other.person, 7, 9, 12)
    factories.pairing(other, factories.slot(factories.opening(round, starts_at=at(7, 10)), at(7, 10)), pinned=True)

    pairings.remove(late, None, FIRST_DAY)
    rounds.publish(round, None, round.version, FIRST_DAY, SENDER, FIRST_DAY)

    assert [letters_of(session, kind) for kind in (LetterKind.REQUEST, LetterKind.UNMATCHED)] == [2, 1]


def test_visits_that_took_place_do_not_keep_changes_from_being_told(session: Session) -> None:
    round = ready_to_publish()
    rounds.publish(round, None, round.version, NOW, SENDER, NOW)
    held = session.scalars(select(Pairing)).one()
    other = factories.guest(round)
    factories.pairing(other, factories.slot(factories.opening(round, starts_at=at(7, 10)), at(7, 10)))

    assert rounds.publish(round, None, round.version, NEXT_DAY, SENDER, NEXT_DAY) == 2

    held.status = PairingStatus.PLANNED  # taken out and put back, which nobody has to hear
    session.flush()
    assert rounds.publish(round, None, round.version, NEXT_DAY, SENDER, NEXT_DAY) == 0


def test_a_visit_added_after_publishing_is_named_once_it_has_begun_untold(session: Session) -> None:
    round = ready_to_publish()
    rounds.publish(round, None, round.version, NOW, SENDER, NOW)
    added = factories.guest(round)
    factories.pairing(added, session.scalars(select(Pairing)).one().slot)

    with pytest.raises(Refusal) as refusal:
        rounds.publish(round, None, round.version, NEXT_DAY, SENDER, NEXT_DAY)

    assert str(refusal.value) == BEGUN % added.person.display_name


@pytest.mark.parametrize(
    ("stage", "step"),
    [
        (Stage.DRAFT, "ask"),
        (Stage.COLLECTING, "find_hosts"),
        (Stage.SOLVING, "solving"),
        (Stage.REVIEWING, "review"),
        (Stage.PUBLISHED, "run"),
    ],
)
def test_home_names_the_one_thing_to_do_next(session: Session, stage: Stage, step: str) -> None:
    assert rounds.next_step(factories.round_(stage=stage), NOW) == step


def test_home_waits_for_answers_before_it_asks_for_pairings(session: Session) -> None:
    round = factories.round_()
    factories.opening(round)
    guest = factories.guest(round, answered_at=None)

    assert rounds.next_step(round, NOW) == "collect"
    guest.answered_at = NOW
    session.flush()
    assert rounds.next_step(round, NOW) == "solve"


def test_an_empty_product_begins_with_people(session: Session) -> None:
    factories.person(hr=True)
    assert rounds.next_step(None, NOW) == "import_people"

    factories.person()
    assert rounds.next_step(None, NOW) == "new_round"


def test_asking_asks_again_nobody_who_is_a_guest_already(session: Session) -> None:
    round = factories.round_(stage=Stage.DRAFT)
    factories.guest(round)

    with pytest.raises(Refusal, match="nobody to ask"):
        rounds.ask(round, None, NOW)
    assert session.scalar(select(func.count()).select_from(Guest)) == 1


def test_a_host_who_got_no_visit_hears_that_as_well(session: Session) -> None:
    round = ready_to_publish()
    host = session.scalars(select(Pairing)).one().slot.opening.hosts[0].person
    factories.guest(round, host, wishes=(factories.department("elsewhere"),))

    rounds.publish(round, None, round.version, NOW, SENDER, NOW)

    assert letters_of(session, LetterKind.UNMATCHED) == 1


def test_a_step_from_a_stage_that_the_round_has_left_is_refused(session: Session) -> None:
    round = factories.round_(stage=Stage.PUBLISHED)

    with pytest.raises(WrongStage, match="at another step by now"):
        round.step(Stage.SOLVING, Stage.COLLECTING)

    assert (round.stage, round.version) == (Stage.PUBLISHED, 1)


def test_no_stage_is_changed_anywhere_but_in_the_one_step() -> None:
    package = Path(shadowing.__file__).parent
    code = {str(path.relative_to(package)): path.read_text() for path in package.rglob("*.py")}

    assert [name for name, text in code.items() if re.search(r"\.stage\b[^=\n]* = ", text)] == []
    assert [name for name, text in code.items() if re.search(r"values\([^)]*\bstage=", text)] == ["models/rounds.py"]


def test_no_row_gets_its_stage_by_a_name_among_others(session: Session) -> None:
    """What the pattern above cannot see is seen where it happens, in every test."""
    round = factories.round_(stage=Stage.DRAFT)

    with pytest.raises(AssertionError, match=r"past Round\.moved"):
        put(round, {"stage": Stage.COLLECTING})


def test_the_round_at_work_comes_first_though_one_that_has_ended_is_later(session: Session) -> None:
    earlier = factories.round_(title="Earlier", starts_on=factories.MONDAY - timedelta(days=90))
    ended = factories.round_(title="Ended", stage=Stage.ENDED, starts_on=factories.MONDAY + timedelta(days=90))
    later = factories.round_(title="Later")

    assert list(session.scalars(rounds.current())) == [later, earlier, ended]


def test_a_department_whose_every_opening_is_flexible_has_the_seats_of_those(session: Session) -> None:
    round, host = factories.round_(), factories.person()
    factories.opening(round, host, flexible=True, starts_at=None, seats=2, most_per_week=1)

    (row,) = [row for row in rounds.collection(round).departments if row.department.id == host.department_id]

    assert row.seats == 2 * 4
