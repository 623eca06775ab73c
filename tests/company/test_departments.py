"""Departments: added, renamed, merged into one another, deleted."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.company import departments, merging
from shadowing.company.departments import DepartmentDraft
from shadowing.errors import Changed, Refusal
from shadowing.models import Audit, Department, Goal, Guest, Opening, PastPairing, Person, Stage
from shadowing.typed import Mistakes
from tests import factories
from tests.factories import NOW


def merge(source: Department, target: Department) -> None:
    merging.merge(source, target, merging.merge_effects(source, target).told, hanako(), NOW)


def hanako() -> Person:
    return factories.person(hr=True)


def wishes_of(session: Session, guest: Guest) -> list[tuple[int, int | None, str]]:
    rows = select(Goal.rank, Goal.department_id, Goal.text).where(Goal.guest_id == guest.id).order_by(Goal.rank)
    return [(rank, home, text) for rank, home, text in session.execute(rows)]


def test_a_department_without_a_number_is_known_by_its_name(session: Session) -> None:
    made = departments.add(DepartmentDraft(name="𠮷野家　髙﨑支店", short_name="髙﨑"), hanako(), NOW)

    assert (made.code, made.name, made.short_name) == ("𠮷野家 髙﨑支店", "𠮷野家　髙﨑支店", "髙﨑")


@pytest.mark.parametrize("name", ["Sales", "ＳＡＬＥＳ", " sales "])
def test_no_two_departments_share_a_name_however_it_is_typed(session: Session, name: str) -> None:
    factories.department("s", name="Sales")

    with pytest.raises(Mistakes) as refused:
        departments.add(DepartmentDraft(name=name.strip()), hanako(), NOW)

    assert refused.value.by_field.keys() == {"name"}


def test_departments_of_one_name_are_told_apart_by_the_one_above(session: Session) -> None:
    east, west = factories.department("east"), factories.department("west")
    departments.add(DepartmentDraft(name="Sales", code="es", parent_id=east.id), hanako(), NOW)

    made = departments.add(DepartmentDraft(name="Sales", code="ws", parent_id=west.id), hanako(), NOW)

    assert made.parent_id == west.id


def test_a_number_that_is_taken_is_refused(session: Session) -> None:
    factories.department("s", name="Sales")

    with pytest.raises(Mistakes) as refused:
        departments.add(DepartmentDraft(name="Support", code="s"), hanako(), NOW)

    assert refused.value.by_field.keys() == {"code"}


def test_a_department_is_never_its_own_parent(session: Session) -> None:
    sales = factories.department("s", name="Sales")

    with pytest.raises(Mistakes, match="above itself"):
        departments.change(sales, DepartmentDraft(name="Sales", parent_id=sales.id), hanako(), NOW)


def test_departments_stand_in_no_circle(session: Session) -> None:
    top = factories.department("top", name="Top")
    middle = factories.department("middle", parent_id=top.id)
    lowest = factories.department("lowest", parent_id=middle.id)

    with pytest.raises(Mistakes, match="stands below “Top” already"):
        departments.change(top, DepartmentDraft(name="Top", parent_id=lowest.id), hanako(), NOW)

    assert {middle.code, lowest.code}.isdisjoint(one.code for one in departments.possible_parents(top))


def test_a_new_name_spoils_the_preview_of_a_round_under_review(session: Session) -> None:
    sales, round = factories.department("s", name="Sales"), factories.round_(stage=Stage.REVIEWING)
    before = round.version

    departments.change(sales, DepartmentDraft(name="Sales & service"), hanako(), NOW)
    session.refresh(round)

    assert (sales.name, sales.code, round.version) == ("Sales & service", "s", before + 1)


def test_saving_what_is_there_already_changes_nothing(session: Session) -> None:
    sales, round = factories.department("s", name="Sales"), factories.round_(stage=Stage.REVIEWING)

    departments.change(sales, DepartmentDraft(name="Sales"), hanako(), NOW)
    session.refresh(round)

    assert (round.version, session.scalars(select(Audit)).all()) == (1, [])


def test_a_merge_moves_people_openings_wishes_and_history(session: Session) -> None:
    source, target, round = factories.department("old"), factories.department("new"), factories.round_()
    host, left = factories.person(department_=source), factories.person(department_=source, left_at=NOW)
    opening, guest = factories.opening(round, host), factories.guest(round, wishes=(source,))
    past = {"round_id": round.id, "past_round": "2026", "position": 0, "guest_id": guest.person_id, "host_id": host.id}
    session.add(PastPairing(**past, department_id=source.id))
    below = factories.department("below", parent_id=source.id)

    effects = merging.merge_effects(source, target)
    merge(source, target)
    session.expire_all()

    assert (effects.people, effects.left, effects.openings, effects.goals, effects.history) == (1, 1, 1, 1, 1)
    assert {host.department_id, left.department_id, opening.department_id, below.parent_id} == {target.id}
    assert wishes_of(session, guest) == [(1, target.id, "")]
    assert session.scalars(select(PastPairing.department_id)).all() == [target.id]
    assert session.scalars(select(Department).where(Department.code == "old")).all() == []


def test_two_wishes_that_become_one_count_once_at_the_better_rank(session: Session) -> None:
    source, target, third = (factories.department(code) for code in ("old", "new", "third"))
    guest = factories.guest(factories.round_(), wishes=(source, target, third))
    guest.goals[1].text = "How they find customers"

    told = merging.merge_effects(source, target).doubled
    merge(source, target)

    assert told == 1
    assert wishes_of(session, guest) == [(1, target.id, "How they find customers"), (2, third.id, "")]


def test_a_merge_tells_of_wishes_and_visits_within_the_new_department(session: Session) -> None:
    source, target, round = factories.department("old"), factories.department("new"), factories.round_()
    guest = factories.guest(round, factories.person(department_=source), wishes=(target,))
    factories.pairing(guest, factories.slot(factories.opening(round, factories.person(department_=target))))

    effects = merging.merge_effects(source, target)

    assert (effects.own, effects.visits) == (1, 1)


def test_a_department_is_merged_into_one_that_stands_below_it(session: Session) -> None:
    top = factories.department("top")
    source = factories.department("source", parent_id=top.id)
    middle = factories.department("middle", parent_id=source.id)
    target = factories.department("target", parent_id=middle.id)

    merge(source, target)
    session.expire_all()

    assert (target.parent_id, middle.parent_id) == (top.id, target.id)


def test_nothing_moves_but_what_was_told(session: Session) -> None:
    source, target = factories.department("old"), factories.department("new")
    told = merging.merge_effects(source, target).told
    late = factories.person(department_=source)

    with pytest.raises(Changed):
        merging.merge(source, target, told, hanako(), NOW)

    assert late.department_id == source.id


def test_a_department_is_not_merged_into_itself(session: Session) -> None:
    source = factories.department("old")

    with pytest.raises(Refusal, match="into itself"):
        merge(source, source)


def test_an_empty_department_is_deleted_and_those_below_move_up(session: Session) -> None:
    top = factories.department("top")
    empty = factories.department("empty", parent_id=top.id)
    below = factories.department("below", parent_id=empty.id)

    departments.remove(empty, hanako(), NOW)
    session.flush()
    session.expire_all()

    assert below.parent_id == top.id
    assert session.scalars(select(Audit.deed)).all() == ["remove_department"]


def test_a_department_with_people_is_not_deleted(session: Session) -> None:
    home = factories.person().home

    with pytest.raises(Refusal, match="Move them first, or merge it"):
        departments.remove(home, hanako(), NOW)


@pytest.mark.parametrize("kind", ["somebody left", "an opening", "a wish"])
def test_a_department_that_something_names_is_not_deleted(session: Session, kind: str) -> None:
    home, round = factories.department("home"), factories.round_()
    if kind == "somebody left":
        factories.person(department_=home, left_at=NOW)
    elif kind == "an opening":
        factories.opening(round, department_id=home.id)
    else:
        factories.guest(round, wishes=(home,))

    with pytest.raises(Refusal, match="Merge it into another department instead"):
        departments.remove(home, hanako(), NOW)

    assert session.scalars(select(Opening.department_id)).all() == ([home.id] if kind == "an opening" else [])
