"""Small tools on integer arrays that the solver's rooms share: groups of equal keys, and pieces laid side by side."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
Mask = NDArray[np.bool_]
Reals = NDArray[np.float64]

NOTHING: Numbers = np.empty(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Groups:
    """Members by key: those of key k are ``members[first[k]:first[k + 1]]``."""

    first: Numbers
    members: Numbers

    def of(self, key: int) -> Numbers:
        return self.members[self.first[key] : self.first[key + 1]]

    def sizes(self, keys: Numbers) -> Numbers:
        return self.first[keys + 1] - self.first[keys]

    def each(self, keys: Numbers) -> tuple[Numbers, Numbers]:
        """Every member of every one of *keys*: the number of the key in *keys*, and the member."""
        row, number = laid_out(self.sizes(keys))
        return row, self.members[self.first[keys[row]] + number]


def groups(keys: Numbers, count: int) -> Groups:
    """The places of each of the keys 0 .. *count* - 1, in order."""
    order = np.argsort(keys, kind="stable").astype(np.int64)
    return Groups(np.concatenate([[0], np.cumsum(np.bincount(keys, minlength=count))]).astype(np.int64), order)


def listed(lists: Sequence[Iterable[int]]) -> Groups:
    """Groups written down as lists."""
    held = [list(members) for members in lists]
    first = np.cumsum([0, *map(len, held)]).astype(np.int64)
    return Groups(first, np.array([member for members in held for member in members], dtype=np.int64))


def laid_out(sizes: Numbers) -> tuple[Numbers, Numbers]:
    """Row n as often as *sizes[n]* says, and beside it 0, 1, ... within the row."""
    row = np.repeat(np.arange(len(sizes), dtype=np.int64), sizes)
    return row, np.arange(len(row), dtype=np.int64) - np.repeat(np.cumsum(sizes) - sizes, sizes)


def joined(pieces: Iterable[Numbers]) -> Numbers:
    return np.concatenate([NOTHING, *pieces])


def numbers(values: Iterable[int]) -> Numbers:
    return np.array(list(values), dtype=np.int64)


def within(keys: Numbers, known: Numbers) -> Mask:
    """Which of *keys* are among the sorted *known*."""
    if not len(known):
        return np.zeros(len(keys), dtype=bool)
    place = np.minimum(np.searchsorted(known, keys), len(known) - 1)
    return np.asarray(known[place] == keys)
