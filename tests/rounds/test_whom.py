"""Whom a round asks: everybody, departments, a list, volunteers."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.errors import WrongStage
from shadowing.models import Guest, Letter, LetterKind, Person, Round, Stage, Way, Whom
from shadowing.rounds import rounds, whom
from shadowing.rounds.whom import WhomDraft
from shadowing.typed import Mistakes, Unfit
from tests import factories
from tests.factories import NOW


def draft() -> Round:
    return factories.round_(stage=Stage.DRAFT)


def asked(session: Session, round: Round) -> list[str]:
    rounds.ask(round, None, NOW)
    rows = select(Person.code).join(Letter, Letter.person_id == Person.id).where(Letter.kind == LetterKind.ASK)
    return sorted(session.scalars(rows))


def refused(round: Round, choice: WhomDraft) -> tuple[str, str]:
    with pytest.raises(Mistakes) as refusal:
        whom.choose(round, choice, None, NOW)
    [(field, unfit)] = refusal.value.by_field.items()
    assert isinstance(unfit, Unfit)
    return field, str(unfit)


def test_only_the_departments_that_are_ticked_are_asked(session: Session) -> None:
    sales, works = factories.department("sales"), factories.department("works")
    factories.person("s1", sales)
    factories.person("s2", sales, left_at=NOW)
    factories.person("w1", works)
    round = draft()

    whom.choose(round, WhomDraft(way=Way.DEPARTMENTS, departments=(sales.id, 999)), None, NOW)

    assert whom.count(round, factories.NOW) == 1
    assert asked(session, round) == ["s1"]


def test_people_are_listed_by_addresses_and_numbers_as_they_are_pasted(session: Session) -> None:
    for code in ("0007", "8", "9", "10", "11"):
        factories.person(code, email=f"P.{code}@example.org")
    round = draft()
    pasted = "髙橋 由美子 <p.0007@example.org>; 﨑山 葵 <P.8@EXAMPLE.ORG>\n９、 10\n\n8"

    whom.choose(round, WhomDraft(way=Way.LISTED, people=pasted), None, NOW)

    assert asked(session, round) == ["0007", "10", "8", "9"]


def test_names_are_understood_where_one_person_has_them(session: Session) -> None:
    factories.person("7", display_name="髙橋 由美子")
    factories.person("8", display_name="佐藤 健")
    factories.person("9", display_name="佐藤　健")
    factories.person("10", display_name="王 小明")
    round = draft()

    whom.choose(round, WhomDraft(way=Way.LISTED, people="髙橋　由美子\n王小明、8"), None, NOW)

    assert asked(session, round) == ["10", "7", "8"]
    _, said = refused(draft(), WhomDraft(way=Way.LISTED, people="髙橋 由美子\n佐藤 健\n鈴木 さくら"))
    assert "2 of 3" in said
    assert "佐藤 健, 鈴木 さくら" in said


def test_who_is_not_known_is_named_and_nothing_is_changed(session: Session) -> None:
    factories.person("7")
    round = draft()
    before = round.whom

    field, said = refused(round, WhomDraft(way=Way.LISTED, people="7, 𠮷野家, o'neil@example.org"))

    assert (field, round.whom) == ("people", before)
    assert said.startswith("2 of 3 are not one person’s address, number or name: 𠮷野家, o'neil@example.org.")


@pytest.mark.parametrize(
    ("choice", "field", "words"),
    [
        (WhomDraft(way=Way.LISTED), "people", "Paste at least one"),
        (WhomDraft(way=Way.DEPARTMENTS), "departments", "Tick at least one"),
        (WhomDraft(way=Way.LISTED, people=" ".join(map(str, range(10_001)))), "people", "At most 10000"),
    ],
)
def test_a_choice_of_nobody_is_refused_at_its_field(
    session: Session, choice: WhomDraft, field: str, words: str
) -> None:
    where, said = refused(draft(), choice)

    assert (where, words in said) == (field, True)


def test_whom_to_ask_is_settled_once_people_were_asked(session: Session) -> None:
    with pytest.raises(WrongStage):
        whom.choose(factories.round_(), WhomDraft(way=Way.EVERYBODY), None, NOW)


def volunteers(**facts: object) -> Round:
    return factories.round_(**{"whom": Whom(way=Way.VOLUNTEERS), "stage": Stage.DRAFT} | facts)


def test_a_round_for_volunteers_begins_without_a_mail(session: Session) -> None:
    factories.person()
    round = volunteers()

    assert rounds.ask(round, None, NOW) == 0

    assert (round.stage, session.scalars(select(Letter)).all()) == (Stage.COLLECTING, [])
    assert whom.open_to_volunteers(round, NOW)


def test_a_volunteer_is_mailed_the_own_link_and_is_a_guest_once(session: Session) -> None:
    round, person = volunteers(stage=Stage.COLLECTING), factories.person()

    for _ in range(2):
        whom.join(round, person, NOW)
        session.flush()

    assert session.scalars(select(Guest.person_id)).all() == [person.id]
    assert set(session.scalars(select(Letter.kind))) == {LetterKind.PERSONAL_LINK}


@pytest.mark.parametrize(
    "facts",
    [
        {"stage": Stage.DRAFT},
        {"stage": Stage.REVIEWING},
        {"stage": Stage.COLLECTING, "closed_at": NOW},
        {"stage": Stage.COLLECTING, "whom": Whom()},
    ],
)
def test_nobody_joins_a_round_that_is_not_open_to_volunteers(session: Session, facts: dict[str, object]) -> None:
    with pytest.raises(WrongStage):
        whom.join(volunteers(**facts), factories.person(), NOW)
