"""What one database refuses, all refuse: NUL, half characters, and texts longer than their column."""

import re
import traceback

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm import Session

from shadowing.models import Attempt, Audit, Base, Department, Person
from shadowing.models.columns import LongText, ShortText, Unstorable
from tests import factories
from tests.factories import NOW

HALF = "\ud842"


@pytest.mark.parametrize("text", ["a\0b", "\0", HALF], ids=["NUL within", "NUL alone", "half a character"])
def test_a_text_that_postgresql_cannot_hold_is_refused_everywhere(session: Session, text: str) -> None:
    session.add(Department(code="d", name="Sales", goal=text))

    with pytest.raises(StatementError, match="this text holds NUL"):
        session.flush()


@pytest.mark.parametrize("facts", [{"a": ["x\0"]}, {"a\0": 1}, {"a": HALF}, {"a": "\\\0"}])
def test_so_is_one_that_stands_deep_in_json(session: Session, facts: dict[str, object]) -> None:
    session.add(Audit(at=NOW, deed="x", facts=facts))

    with pytest.raises((StatementError, Unstorable), match="this JSON holds NUL"):
        session.flush()


@pytest.mark.parametrize("text", [r"\u0000", r"\\u0000", "𠮷\\"])
def test_words_that_only_look_like_it_come_back_as_they_were(session: Session, text: str) -> None:
    session.add(Audit(at=NOW, deed="x", facts={"a": text}))
    session.commit()
    session.expire_all()

    assert session.scalars(select(Audit)).one().facts == {"a": text}


def test_a_text_longer_than_its_column_is_refused_everywhere(session: Session) -> None:
    session.add(Attempt(key="𠮷" * 101, at=NOW))

    with pytest.raises(StatementError, match="this text has 101 characters, and its column takes 100"):
        session.flush()


def test_a_text_as_long_as_its_column_is_kept(session: Session) -> None:
    session.add(Attempt(key="𠮷" * 100, at=NOW))
    session.commit()

    assert session.scalars(select(Attempt.key)).one() == "𠮷" * 100


def test_a_text_to_look_for_may_be_longer(session: Session) -> None:
    factories.department("d")

    assert session.scalars(select(Department).where(Department.code == "d" * 1000)).all() == []


def test_an_error_about_a_row_does_not_show_the_row(session: Session) -> None:
    home = factories.department()
    session.add(Person(code="p", display_name="Secret Name" * 50, email="secret@example.org", department=home))

    with pytest.raises(StatementError) as wrong:
        session.flush()

    assert "secret" not in str(wrong.value).casefold()


def test_a_row_that_the_database_refuses_is_not_shown_either(session: Session) -> None:
    home = factories.department()
    factories.person("first", email="secret@example.org")
    session.add(Person(code="second", display_name="Secret", email="secret@example.org", department=home))

    with pytest.raises(IntegrityError) as wrong:
        session.flush()

    shown = "".join(traceback.format_exception(wrong.value))
    assert re.search("uq_person_email|person.email", shown)
    assert "secret@" not in shown
    assert "Key (" not in shown


def test_every_text_column_is_one_of_ours() -> None:
    foreign = [
        str(column)
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if column.type.python_type is str and not isinstance(column.type, LongText | ShortText)
    ]

    assert foreign == []
