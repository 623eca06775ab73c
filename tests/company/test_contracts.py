"""What somebody's contract allows them to visit."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.company import contracts
from shadowing.company.contracts import ContractDraft
from shadowing.errors import Refusal
from shadowing.matching import gather
from shadowing.models import Audit, Consent, Guest, OpeningKind, Person, Stage
from shadowing.typed import Mistakes
from tests import factories
from tests.factories import MONDAY, NOW, free
from tests.matching.test_solving import solved


def hanako() -> Person:
    return factories.person(hr=True)


def wishing(site: str = "東京", host_site: str = "大阪") -> Guest:
    """Somebody who wishes for the one meeting there is, at the host's site unless it has its own."""
    round, wished = factories.round_(ends_on=MONDAY + timedelta(days=4)), factories.department("wished")
    guest = factories.guest(round, factories.person(site="東京"), (wished,))
    free(round, guest.person, 1, 9, 12)
    factories.slot(factories.opening(round, factories.person(department_=wished, site=host_site), site=site))
    return guest


@pytest.mark.parametrize(
    ("facts", "visits"),
    [
        ({}, 1),
        ({"may": ["meeting"]}, 1),
        ({"may": ["desk", "team"]}, 0),
        ({"may_sites": ["東京"]}, 1),
        ({"may_sites": ["大阪"]}, 0),
        ({"agency_consent": Consent.YES}, 1),
        ({"agency_consent": Consent.ASKED}, 0),
        ({"agency_consent": Consent.NO}, 0),
    ],
    ids=str,
)
def test_a_plan_places_people_only_where_their_contract_allows_it(
    session: Session, facts: dict[str, object], visits: int
) -> None:
    guest = wishing()
    for name, value in facts.items():
        setattr(guest.person, name, value)
    session.flush()

    solve = solved(guest.round, session)

    assert solve.matched == visits
    assert (guest.reason and guest.reason.code) == (
        None if visits else "agency" if "agency_consent" in facts else "contract"
    )


def test_an_opening_without_a_site_is_where_its_first_host_works(session: Session) -> None:
    guest = wishing(site="", host_site="ﾄｳｷｮｳ 本社")
    guest.person.may_sites = ["トウキョウ本社"]
    session.flush()

    assert solved(guest.round, session).matched == 1


def test_what_hr_says_is_kept_and_on_record(session: Session) -> None:
    person = factories.person("x1", site="東京、本社")

    contracts.save(
        ContractDraft(person="x1", kinds=(OpeningKind.DESK,), sites=("東京、本社",), agency=Consent.ASKED),
        hanako(),
        NOW,
    )

    assert (person.may, person.may_sites, person.agency_consent) == (["desk"], ["東京、本社"], Consent.ASKED)
    assert [one.id for one in contracts.limited()] == [person.id]
    assert session.scalars(select(Audit.deed)).all() == ["limit_visits"]


def test_a_site_that_nobody_knows_is_refused_with_those_that_are_known(session: Session) -> None:
    factories.person("x1", site="東京")

    with pytest.raises(Mistakes) as refused:
        contracts.save(ContractDraft(person="x1", sites=("京都",)), hanako(), NOW)

    assert str(refused.value.by_field["sites"]) == "Nobody works at the site “京都”. Known sites: 東京."


@pytest.mark.parametrize(
    ("draft", "count"),
    [
        (ContractDraft(person="x1", kinds=(OpeningKind.DESK,)), 1),
        (ContractDraft(person="x1", sites=("大阪",)), 1),
        (ContractDraft(person="x1", agency=Consent.ASKED), 1),
        (ContractDraft(person="x1", kinds=(OpeningKind.MEETING,), sites=("東京",), agency=Consent.YES), 0),
    ],
    ids=["another kind", "another site", "no yes yet", "all allowed"],
)
def test_visits_that_would_not_be_allowed_are_told_first(session: Session, draft: ContractDraft, count: int) -> None:
    round, person = factories.round_(stage=Stage.REVIEWING), factories.person("x1", site="大阪")
    opening = factories.opening(round, factories.person(site="東京"))
    factories.pairing(factories.guest(round, person), factories.slot(opening))

    if count:
        with pytest.raises(Mistakes) as refused:
            contracts.save(draft, hanako(), NOW)
        assert str(refused.value.by_field["knowing"]).startswith(f"Visits to come that this does not allow: {count}.")
    else:
        assert contracts.save(draft, hanako(), NOW) is person


def test_limits_are_lifted_once(session: Session) -> None:
    person = factories.person(may=["desk"], may_sites=["東京"], agency_consent=Consent.NO)

    contracts.remove(person, hanako(), NOW)

    assert (person.may, person.may_sites, person.agency_consent) == ([], [], None)
    with pytest.raises(Refusal, match="Nothing limits"):
        contracts.remove(person, hanako(), NOW)


def test_a_contract_changes_nothing_for_who_hosts(session: Session) -> None:
    guest = wishing()
    host = next(one for one in session.scalars(select(Person)) if one.site == "大阪")
    host.may, host.agency_consent = ["desk"], Consent.NO
    session.flush()

    assert gather.problem(guest.round, NOW).openings[0].starts != ()
    assert solved(guest.round, session).matched == 1
