"""A linear model as arrays: columns between bounds, rows as triples, until an engine takes it."""

from dataclasses import dataclass, field

import numpy as np

from shadowing.solver.arrays import Numbers, Reals, joined

NO_LIMIT = np.inf


@dataclass(slots=True)
class Matrix:
    """All columns are whole numbers from *lower* to *upper*; a row is a weighted sum of columns between two bounds."""

    lower: Numbers
    upper: Numbers
    row: list[Numbers] = field(default_factory=list)
    column: list[Numbers] = field(default_factory=list)
    value: list[Numbers] = field(default_factory=list)
    least: list[Reals] = field(default_factory=list)
    most: list[Reals] = field(default_factory=list)
    rows: int = 0

    @property
    def width(self) -> int:
        return len(self.lower)

    def new(self, upper: Numbers) -> Numbers:
        """Further columns from 0 to *upper*: their numbers."""
        made = np.arange(self.width, self.width + len(upper), dtype=np.int64)
        self.lower = np.concatenate([self.lower, np.zeros(len(upper), dtype=np.int64)])
        self.upper = np.concatenate([self.upper, upper])
        return made

    def at_most(self, key: Numbers, column: Numbers, limit: Numbers) -> None:
        """For each key the sum of its columns, all of them 0 or 1, stays within *limit* (one for each key, ascending).
        What could not be more is not written down."""
        _, row, count = np.unique(key, return_inverse=True, return_counts=True)
        tight = count > limit
        chosen = tight[row]
        number = np.cumsum(tight) - 1
        one = np.ones(int(chosen.sum()), dtype=np.int64)
        self._add(number[row[chosen]], column[chosen], one, np.full(int(tight.sum()), -NO_LIMIT), limit[tight])

    def between(self, row: Numbers, column: Numbers, value: Numbers, least: float, most: float) -> None:
        """Rows 0, 1, ... of *column* times *value*, all within the same bounds."""
        count = int(row.max(initial=-1)) + 1
        self._add(row, column, value, np.full(count, least), np.full(count, most))

    def at_least(self, column: Numbers, value: Numbers, least: int) -> None:
        """One row: the sum of *column* times *value*."""
        self._add(np.zeros(len(column), dtype=np.int64), column, value, np.array([least]), np.array([NO_LIMIT]))

    def mark(self) -> tuple[int, int]:
        return len(self.row), self.rows

    def back_to(self, mark: tuple[int, int]) -> None:
        """Forget the rows since `mark`."""
        for kept in (self.row, self.column, self.value, self.least, self.most):
            del kept[mark[0] :]
        self.rows = mark[1]

    def _add(self, row: Numbers, column: Numbers, value: Numbers, least: Reals, most: Reals | Numbers) -> None:
        self.row.append(row + self.rows)
        self.column.append(column)
        self.value.append(value)
        self.least.append(np.asarray(least, dtype=np.float64))
        self.most.append(np.asarray(most, dtype=np.float64))
        self.rows += len(least)

    def triples(self) -> tuple[Numbers, Numbers, Numbers]:
        """Row, column and value of every entry, sorted, each place once."""
        row, column, value = joined(self.row), joined(self.column), joined(self.value)
        keys, back = np.unique(row * (self.width + 1) + column, return_inverse=True)
        summed = np.bincount(back, value, len(keys)).astype(np.int64)
        return keys // (self.width + 1), keys % (self.width + 1), summed

    def bounds(self) -> tuple[Reals, Reals]:
        nothing = np.empty(0)
        return np.concatenate([nothing, *self.least]), np.concatenate([nothing, *self.most])


def matrix(seats: int) -> Matrix:
    """A column from 0 to 1 for each seat."""
    return Matrix(np.zeros(seats, dtype=np.int64), np.ones(seats, dtype=np.int64))
