"""What a check page says of the cells of a file that cannot be read: what has one cause stands in one row."""

from collections.abc import Iterable
from dataclasses import dataclass

from shadowing.errors import RowError

ROWS_MOST = 12
VALUES_MOST = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongCells:
    """Cells of one column that are wrong in one way: the *first* of them, as many of their *rows* as fit into a line and how
    many *more* there are, and *others*: values beside that of the first, which its sentence names."""

    first: RowError
    rows: tuple[int, ...]
    more: int
    others: tuple[str, ...]


def causes(errors: Iterable[RowError]) -> list[WrongCells]:
    """In the order in which they appear."""
    together: dict[tuple[str, ...], list[RowError]] = {}
    for error in errors:
        alike = (error.file, error.sheet, error.column, error.reason, error.suggestion)
        together.setdefault(alike, []).append(error)
    return [_cause(found) for found in together.values()]


def _cause(errors: list[RowError]) -> WrongCells:
    first = errors[0]
    rows = tuple(dict.fromkeys(error.row for error in errors if error.row))
    values = dict.fromkeys(error.value for error in errors if error.value and error.value != first.value)
    shown = rows[:ROWS_MOST]
    return WrongCells(first=first, rows=shown, more=len(rows) - len(shown), others=tuple(values)[:VALUES_MOST])
