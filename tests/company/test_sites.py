"""How long it takes from one site to another, and that visits leave time for it."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.company import sites
from shadowing.company.sites import JourneyDraft
from shadowing.matching import gather
from shadowing.models import Audit, Journey, Person, Round
from shadowing.rules import RoundRules
from shadowing.solver.check import breaches
from shadowing.typed import Mistakes
from tests import factories
from tests.factories import MONDAY, NOW, at, free
from tests.solver.solving import solve


def hanako() -> Person:
    return factories.person(hr=True)


def two_sites() -> None:
    factories.person(site="東京本社")
    factories.person(site="ｵｵｻｶ")


def journey(site: str = "ｵｵｻｶ", other_site: str = "東京本社", minutes: int = 150) -> Journey:
    draft = JourneyDraft(site=site, other_site=other_site, minutes=minutes)
    return sites.set_minutes(draft, hanako(), NOW)


def day_of_two_visits() -> Round:
    """Somebody who wants two visits, which are on one day, at two sites and two hours apart."""
    round = factories.round_(ends_on=MONDAY + timedelta(days=4), rules=RoundRules(visits_most=2))
    east, west = factories.department("east"), factories.department("west")
    guest = factories.guest(round, wishes=(east, west), visits=2)
    free(round, guest.person, 1, 9, 18)
    for home, site, hour in ((east, "東京本社", 10), (west, "大阪", 13)):
        host = factories.person(department_=home, site=site)
        factories.slot(factories.opening(round, host, starts_at=at(1, hour), seats=1))
    return round


@pytest.mark.parametrize(("minutes", "visits"), [(None, 2), (120, 2), (121, 1)])
def test_two_visits_on_one_day_leave_time_for_the_way(session: Session, minutes: int | None, visits: int) -> None:
    round = day_of_two_visits()
    if minutes:
        journey("東京本社", "大阪", minutes)

    problem = gather.problem(round, NOW)
    plan = solve(problem, seconds=5)

    assert (len(plan.seats), breaches(problem, plan)) == (visits, [])


def test_a_new_number_replaces_the_old_one_whichever_site_comes_first(session: Session) -> None:
    two_sites()
    first = journey()

    again = journey("東京本社", "オオサカ", 90)

    assert (again, again.minutes) == (first, 90)
    assert len(session.scalars(select(Journey)).all()) == 1


def test_pairs_of_which_nobody_said_anything_are_counted(session: Session) -> None:
    two_sites()
    factories.person(site="福岡")
    factories.person(site="オオサカ")

    before = sites.untold()
    journey()

    assert (before, sites.untold()) == (3, 2)


def test_sites_that_nobody_knows_are_told_at_their_fields(session: Session) -> None:
    two_sites()

    with pytest.raises(Mistakes) as refused:
        journey("京都", "奈良")

    assert refused.value.by_field.keys() == {"site", "other_site"}


def test_one_site_is_no_journey(session: Session) -> None:
    two_sites()

    with pytest.raises(Mistakes, match="These are one site"):
        journey("ｵｵｻｶ", "オオサカ")


def test_a_way_that_is_removed_counts_no_more_and_is_on_record(session: Session) -> None:
    two_sites()

    sites.remove(journey(), hanako(), NOW)
    session.flush()

    assert gather.problem(factories.round_(), NOW).ways == ()
    assert session.scalars(select(Audit.deed).order_by(Audit.id)).all() == ["set_journey", "forget_journey"]
