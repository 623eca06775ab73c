"""People added and changed by HR: what is taken, and what is refused at which field."""

from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.company import people, persons
from shadowing.company.persons import PersonDraft
from shadowing.errors import fill
from shadowing.mail import letters
from shadowing.models import Audit, Department, LetterState, Person, Round, Stage
from shadowing.rules import RoundRules
from shadowing.typed import Mistakes
from tests import factories
from tests.factories import NOW


def draft(department: Department, **facts: object) -> PersonDraft:
    given = {
        "family_name": "髙﨑",
        "given_name": "𠮷乃",
        "email": "yoshino@example.org",
        "zone": "Asia/Tokyo",
        "locale": "ja",
    }
    return PersonDraft(**given | {"department": department.id} | facts)  # type: ignore[arg-type]  # of a test's own facts


def mistakes(given: PersonDraft, person: Person | None = None, now: datetime = NOW) -> dict[str, str]:
    with pytest.raises(Mistakes) as refused:
        persons.change(person, given, None, now) if person else persons.add(given, None, now)
    return {name: fill(wrong.sentence, wrong.facts) for name, wrong in refused.value.by_field.items()}


def test_somebody_who_is_added_is_found_by_name_and_written_down(session: Session) -> None:
    home = factories.department()

    persons.add(draft(home, kana="タカサキ ヨシノ"), None, NOW)

    found = session.scalars(people.search("たかさき")).one()
    assert (found.name("ja"), found.code, found.department) == ("髙﨑 𠮷乃", "yoshino@example.org", home)
    assert session.scalars(select(Audit.deed)).all() == ["add_person"]


def test_all_that_is_wrong_is_said_at_once(session: Session) -> None:
    known = factories.person("e1", email="Taken@example.org", display_name="Seán O’Brien")
    given = PersonDraft(code="e1", email="taken@example.org", department=999, boss="?", zone="Asia/Tokyo", locale="en")

    assert mistakes(given) == {
        "boss": "Nobody here has the name, number or mail address “?”.",
        "family_name": "This person has no name.",
        "email": "This mail address belongs to Seán O’Brien already.",
        "code": "The number e1 belongs to Seán O’Brien already.",
        "department": "Choose a department.",
    }
    assert session.scalars(select(Person)).all() == [known]


@pytest.mark.parametrize("typed", ["B-7", "Boss@Example.org", "田中 太郎", "たなか　たろう"])
def test_a_boss_is_found_by_number_address_or_name(session: Session, typed: str) -> None:
    boss = factories.person("B-7", email="boss@example.org", kana="タナカタロウ", display_name="田中 太郎")

    person = persons.add(draft(boss.home, boss=typed), None, NOW)

    assert person.manager_id == boss.id


def test_of_two_bosses_with_one_name_none_is_guessed(session: Session) -> None:
    for _ in range(2):
        boss = factories.person(display_name="X")

    assert mistakes(draft(boss.home, boss="X")) == {"boss": "Several people are called “X”. Write the mail address."}


def test_nobody_stands_above_themselves(session: Session) -> None:
    low = factories.person(display_name="Low")
    high = factories.person(display_name="High", manager_id=low.id)

    given = draft(low.home, boss=high.email, email=low.email)

    assert mistakes(given, low) == {"boss": "The managers go round in a circle: Low → High → Low."}


def test_mails_that_wait_go_to_the_new_address(session: Session) -> None:
    guest = factories.guest(factories.round_())
    waiting, gone = letters.ask([guest], NOW)[0], letters.nudge([guest], NOW)[0]
    gone.state, gone.done_at = LetterState.SENT, NOW
    session.flush()

    persons.change(guest.person, draft(guest.person.home, email="new@example.org"), None, NOW)
    session.expire_all()

    assert waiting.address == guest.person.email == "new@example.org"
    assert gone.address != "new@example.org"


def visiting(round: Round) -> tuple[Person, Department]:
    """A guest with a visit to another department."""
    host = factories.person()
    guest = factories.guest(round, factories.person(display_name="Guest"))
    factories.pairing(guest, factories.slot(factories.opening(round, host)))
    return guest.person, host.home


def test_moving_to_a_department_that_one_visits_is_asked_once(session: Session) -> None:
    guest, there = visiting(factories.round_(title="Winter", stage=Stage.PUBLISHED))
    given = draft(there, email=guest.email)

    assert mistakes(given, guest) == {
        "moves": f"{there.name} would be the own department, and visits in “Winter” lead there: 1. Those that are "
        "announced or kept by hand stay until you take them out; the next plan drops the others."
    }
    persons.change(guest, replace(given, moves=True), None, NOW)
    assert guest.department_id == there.id


def test_where_one_may_visit_the_own_department_a_move_is_not_asked_about(session: Session) -> None:
    rules = RoundRules(own_department=True)
    guest, there = visiting(factories.round_(stage=Stage.PUBLISHED, rules=rules))

    persons.change(guest, draft(there, email=guest.email), None, NOW)

    assert guest.department_id == there.id
