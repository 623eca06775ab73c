"""What `make mutants` breaks, and that it notices what is noticed."""

import pytest

from tests.mutants import Mutant, drawn, mutants

SOURCE = '''
def kept(rows, 数, limit):
    """Not 1 word of this."""
    if not rows or len(rows) > 3:
        raise ValueError
    found = rows.where(数 == 1).where(rows.a, rows.b)
    note(found)
    return found is not None
'''


def lines(what: str) -> list[str]:
    """What stands in the mutants of one kind instead of the lines that they break."""
    return [
        after.strip()
        for mutant in mutants("shadowing/rounds/rounds.py", SOURCE)
        if mutant.what == what
        for before, after in zip(SOURCE.splitlines(), mutant.mutated.splitlines(), strict=True)
        if before != after
    ]


@pytest.mark.parametrize(
    ("what", "broken"),
    [
        ("not removed", ["if (rows) or len(rows) > 3:"]),
        ("and/or", ["if (not rows and len(rows) > 3):"]),
        (
            "constant one less",
            ["if not rows or len(rows) > (2):", "found = rows.where(数 == (0)).where(rows.a, rows.b)"],
        ),
        ("where dropped", ["found = rows.where(rows.a, rows.b)"]),
        (
            "condition dropped",
            ["found = (rows.where(数 == 1).where(rows.b))", "found = (rows.where(数 == 1).where(rows.a))"],
        ),
        ("statement removed", ["pass", "pass"]),
        ("return None", ["return None"]),
    ],
)
def test_a_line_is_broken_in_every_way_that_it_can_be(what: str, broken: list[str]) -> None:
    assert sorted(lines(what)) == sorted(broken)


def test_comparisons_are_flipped_at_their_edge_and_turned_around() -> None:
    flipped = lines("comparison flipped")

    assert "if not rows or (len(rows) >= 3):" in flipped
    assert "return (found is None)" in flipped


def test_the_same_seed_draws_the_same_mutants() -> None:
    assert drawn(5, 7) == drawn(5, 7) != drawn(5, 8)


def test_a_mutant_meets_the_tests_of_its_room_and_of_its_own_file_first() -> None:
    mutant = Mutant("shadowing/mail/ical.py", 1, "", "", "")

    assert mutant.tests()[:2] == ("tests/mail/test_ical.py", "tests/mail")
