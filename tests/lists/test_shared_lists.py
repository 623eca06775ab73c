"""Lists in the styles of real HR systems are understood as they are meant, or ask what must be asked."""

import unicodedata
from typing import Any

import pytest

from shadowing.lists import people, process
from shadowing.lists.people import Acquainted, ListedPerson
from tests.lists.shared_lists import LISTS, Expected, all_of

ADMITTED = Acquainted({"you@example.co.jp": ("you", "you@example.co.jp")}, {"hr": "人事"})
PERSON_LISTS = all_of("people")
ALWAYS = {"id": "person_id", "mail": "email", "site": "site", "hours": "hours"}
WHERE_SAID = {"zone": "zone", "locale": "locale", "family": "family_name", "given": "given_name"}
OF_WHO_STAYS = {"department": "department", "manager": "manager_id"}


def test_the_lists_are_on_this_machine() -> None:
    if not LISTS.is_dir():
        pytest.skip(f"the folder {LISTS} is not on this machine")

    assert len(PERSON_LISTS) >= 50


def facts(person: ListedPerson, wanted: dict[str, Any]) -> dict[str, Any]:
    """What is compared, under the names of *wanted*."""
    said = {name: getattr(person, field) for name, field in ALWAYS.items()}
    said |= {name: getattr(person, field) for name, field in WHERE_SAID.items() if name in wanted}
    said["kana"] = person.kana
    if person.left_on and ("left_on" in wanted or person.left):
        said["left_on"] = person.left_on.isoformat()
    if person.left:
        return {name: value for name, value in said.items() if value is not None} | {"left": True}
    said |= {name: getattr(person, field) for name, field in OF_WHO_STAYS.items()}
    if "department_code" in wanted:
        said["department_code"] = person.department_code
    return {name: value for name, value in said.items() if value is not None}


def names_of(wanted: dict[str, Any]) -> set[str]:
    family, given = wanted.get("family", ""), wanted.get("given", "")
    return {wanted["name"], f"{family} {given}", f"{given} {family}"}


def without_what_leavers_lack(wanted: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in wanted.items() if name not in ("row", "name", "sheet")}
    if kept.get("left"):
        return {name: value for name, value in kept.items() if name not in ("department", "department_code", "manager")}
    return kept


@pytest.mark.parametrize("known", [Acquainted(), ADMITTED], ids=["empty", "after-admin"])
@pytest.mark.parametrize("expected", PERSON_LISTS, ids=lambda it: it.name)
def test_a_list_of_an_hr_system_is_understood_or_asks(expected: Expected, known: Acquainted) -> None:
    found = people.read(expected.file, process.read(expected.data), {}, expected.today, known)

    key = {(person.row, person.person_id): person for person in found.people}
    wanted = {(person["row"], person["id"]): person for person in expected.said["people"]}
    assert key.keys() == wanted.keys()
    for place, person in key.items():
        assert facts(person, wanted[place]) == without_what_leavers_lack(wanted[place])
        assert unicodedata.normalize("NFC", person.display_name) in names_of(wanted[place])
    assert {error.row for error in found.errors} == expected.refused_rows
    assert len(found.questions) == len(expected.said.get("questions", ()))
    assert bool(found.questions) is expected.asks
