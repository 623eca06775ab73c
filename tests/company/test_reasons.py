"""What HR changes in the company makes no reason untrue: rounds with a plan look at theirs anew."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.company import contracts, exclusions, persons, reasons
from shadowing.company.contracts import ContractDraft
from shadowing.company.exclusions import ExclusionDraft
from shadowing.company.persons import PersonDraft
from shadowing.matching import why
from shadowing.models import Guest, Job, JobKind, Opening, OpeningKind, Person, Stage
from shadowing.rounds import by_itself
from tests import factories
from tests.factories import NOW
from tests.matching.test_why import keen, told, under_review

Change = Callable[[Guest, Opening, Person], object]


def limit(guest: Guest, opening: Opening, hr: Person) -> None:
    contracts.save(ContractDraft(person=guest.person.code, kinds=(OpeningKind.DESK,)), hr, NOW)


def keep_apart(guest: Guest, opening: Opening, hr: Person) -> None:
    exclusions.add(ExclusionDraft(one=guest.person.code, other=opening.hosts[0].person.code), hr, NOW)


def other_hours(guest: Guest, opening: Opening, hr: Person) -> None:
    person = guest.person
    assert person.department_id
    draft = PersonDraft(
        code=person.code,
        display_name=person.display_name,
        email=person.email,
        department=person.department_id,
        zone=person.zone,
        locale=person.locale,
        hours="mon 09:00-10:00",
    )
    persons.change(person, draft, hr, NOW)


def work(session: Session) -> list[Job]:
    """What the worker would do now for reasons."""
    jobs = list(session.scalars(select(Job).where(Job.kind == JobKind.REASONS, Job.done_at.is_(None))))
    for job in jobs:
        by_itself.run(job.kind, job.arguments, NOW)  # type: ignore[arg-type] # its kind says which they are
        job.done_at = NOW
    session.flush()
    return jobs


@pytest.mark.parametrize("change", [limit, keep_apart, other_hours])
def test_a_change_in_the_company_has_the_reasons_of_a_plan_looked_at_anew(session: Session, change: Change) -> None:
    round, opening = under_review((1, 10))
    guest, hr = keen(opening, 1), factories.person(hr=True)
    session.flush()
    why.look_again(round, NOW)
    before = told(guest)

    change(guest, opening, hr)
    work(session)

    after = told(guest)
    why.look_again(round, NOW)
    assert after != before
    assert after == told(guest)


def test_of_many_changes_before_the_worker_comes_each_round_hears_once(session: Session) -> None:
    round, _ = under_review((1, 10))
    factories.round_(stage=Stage.COLLECTING)
    session.flush()

    reasons.look_anew(NOW)
    reasons.look_anew(NOW + timedelta(seconds=1))

    assert [job.arguments.round_id for job in work(session)] == [round.id]  # type: ignore[union-attr] # a round's


def test_a_change_while_the_worker_is_at_it_is_looked_at_after_that(session: Session) -> None:
    under_review((1, 10))
    session.flush()
    reasons.look_anew(NOW)
    session.scalars(select(Job)).one().lease_until = NOW + timedelta(minutes=1)

    reasons.look_anew(NOW + timedelta(seconds=1))

    assert len(session.scalars(select(Job)).all()) == 2
