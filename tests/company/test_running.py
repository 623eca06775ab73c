"""Who may run rounds: granted, taken, written down, and never taken from the last."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.company import people, running
from shadowing.errors import Refusal
from shadowing.models import Audit, SignIn
from tests import factories
from tests.factories import NOW


def test_who_runs_rounds_is_granted_and_taken_once_and_written_down(session: Session) -> None:
    by, person = factories.person(hr=True), factories.person()

    assert [running.grant(person, by, NOW), running.grant(person, by, NOW)] == [True, False]
    for _ in range(2):
        running.revoke(person, by, NOW)

    rows = session.execute(select(Audit.deed, Audit.person_id, Audit.facts)).all()
    assert [tuple(row) for row in rows] == [(deed, by.id, {"of": person.id}) for deed in ("grant", "revoke")]
    assert list(session.scalars(running.everybody())) == [by]


def test_whoever_it_is_taken_from_is_signed_out_and_keeps_the_personal_link(session: Session) -> None:
    factories.person(hr=True)
    person = factories.person(hr=True)
    session.add(SignIn(person_id=person.id, hash="x", began_at=NOW, ends_at=NOW + timedelta(hours=1)))
    session.flush()

    running.revoke(person, None, NOW)
    session.expire_all()

    assert (session.scalars(select(SignIn.ended_at)).all(), person.link_version) == ([NOW], 1)


def test_the_last_one_stays(session: Session) -> None:
    last = factories.person(hr=True, display_name="髙﨑")
    people.leave(factories.person(hr=True), NOW)

    with pytest.raises(Refusal) as refused:
        running.revoke(last, None, NOW)

    assert str(refused.value) == "髙﨑 is the only one who runs rounds. Let somebody else run rounds first."
    assert last.hr


def test_nobody_who_left_runs_rounds(session: Session) -> None:
    person = factories.person(left_at=NOW)

    with pytest.raises(Refusal, match="has left the company"):
        running.grant(person, None, NOW)
