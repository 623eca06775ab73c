"""What a check page says of the cells of a file that cannot be read: what has one cause stands in one row."""

from collections.abc import Iterable
from dataclasses import dataclass

from shadowing.errors import RowError

ROWS_MOST = 12
VALUES_MOST = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongCells:
    """Cells of one column that are wrong in one way: the *first* of them, and what the others are."""

    first: RowError
    errors: tuple[RowError, ...]

    @property
    def rows(self) -> list[int]:
        """As many as fit into a line."""
        return list(dict.fromkeys(error.row for error in self.errors if error.row))[:ROWS_MOST]

    @property
    def more(self) -> int:
        return len({error.row for error in self.errors if error.row}) - len(self.rows)

    @property
    def others(self) -> list[str]:
        """Values beside that of the first, which its sentence names."""
        values = dict.fromkeys(error.value for error in self.errors if error.value and error.value != self.first.value)
        return list(values)[:VALUES_MOST]


def causes(errors: Iterable[RowError]) -> list[WrongCells]:
    """In the order in which they appear."""
    together: dict[tuple[str, ...], list[RowError]] = {}
    for error in errors:
        alike = (error.file, error.sheet, error.column, error.reason, error.suggestion)
        together.setdefault(alike, []).append(error)
    return [WrongCells(first=found[0], errors=tuple(found)) for found in together.values()]
