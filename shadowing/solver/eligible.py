"""The rules that a guest and an opening can be asked alone, without the rest of the plan, as masks made by numpy.

A mask has a row for each guest and a column for each opening; True = this rule has nothing against it."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shadowing.solver.problem import Goal, Guest, Opening, Person, Problem

Mask = NDArray[np.bool_]
Points = NDArray[np.int64]

POINTS = {1: 10, 2: 6, 3: 3}


@dataclass(frozen=True, slots=True)
class Roster:
    """A canonical problem with its indexes: person by id, row by guest, column by opening, columns by host."""

    problem: Problem
    person: dict[int, Person]
    row: dict[int, int]
    column: dict[int, int]
    hosted: dict[int, list[int]]

    @property
    def guests(self) -> tuple[Guest, ...]:
        return self.problem.guests

    @property
    def openings(self) -> tuple[Opening, ...]:
        return self.problem.openings

    def mask(self, value: bool = True) -> Mask:
        return np.full((len(self.guests), len(self.openings)), value)

    def without(self, pairs: Iterable[tuple[int, int | None]]) -> Mask:
        """All but these (guest's person id, host's person id)."""
        mask = self.mask()
        for guest, host in pairs:
            if guest in self.row and host in self.hosted:
                mask[self.row[guest], self.hosted[host]] = False
        return mask


def roster(problem: Problem) -> Roster:
    hosted = defaultdict(list)
    for column, opening in enumerate(problem.openings):
        for host in opening.hosts:
            hosted[host].append(column)
    return Roster(
        problem,
        {person.id: person for person in problem.people},
        {guest.person: row for row, guest in enumerate(problem.guests)},
        {opening.id: column for column, opening in enumerate(problem.openings)},
        dict(hosted),
    )


def nobody_visits_themselves(roster: Roster) -> Mask:
    return roster.without((guest.person, guest.person) for guest in roster.guests)


def other_department(roster: Roster) -> Mask:
    """Guests see another department than their own."""
    if roster.problem.rules.own_department:
        return roster.mask()
    theirs = np.array([roster.person[guest.person].department for guest in roster.guests], dtype=np.int64)
    offered = np.array([opening.department for opening in roster.openings], dtype=np.int64)
    return np.asarray(theirs[:, None] != offered[None, :])


def no_boss_and_no_report(roster: Roster) -> Mask:
    if roster.problem.rules.own_boss:
        return roster.mask()
    lines = [(person.id, person.boss) for person in roster.problem.people if person.boss is not None]
    return roster.without(lines) & roster.without((boss, report) for report, boss in lines)


def past_pairs_rest(roster: Roster) -> Mask:
    """Whoever met in the last rounds meets somebody else."""
    return roster.without(roster.problem.past)


def excluded_never_meet(roster: Roster) -> Mask:
    pairs = roster.problem.excluded
    return roster.without(pairs) & roster.without((other, one) for one, other in pairs)


def contracts_allow(roster: Roster) -> Mask:
    """Guests go only to the kinds of opening that their contract names, if it names any."""
    mask = roster.mask()
    kinds = np.array([opening.kind for opening in roster.openings], dtype=str)
    for row, guest in enumerate(roster.guests):
        if may := roster.person[guest.person].may:
            mask[row] = np.isin(kinds, may)
    return mask


def customers_consent(roster: Roster) -> Mask:
    consent = np.array([opening.consent for opening in roster.openings], dtype=bool)
    return np.asarray(roster.mask() & consent[None, :])


def forbids_hold(roster: Roster) -> Mask:
    mask = roster.mask()
    for guest, opening in roster.problem.forbids:
        if guest in roster.row and opening in roster.column:
            mask[roster.row[guest], roster.column[opening]] = False
    return mask


def wishes_are_granted(roster: Roster) -> Mask:
    """Where wishes are required, nobody is sent to what they did not wish, but for those who like a surprise."""
    if roster.problem.rules.wishes != "require":
        return roster.mask()
    lifted = np.array([guest.surprise for guest in roster.guests], dtype=bool)
    return np.asarray((fit(roster) > 0) | lifted[:, None])


def fit(roster: Roster) -> Points:
    """How well each opening meets each guest's ranked goals; two goals met by one opening both count."""
    points = np.zeros((len(roster.guests), len(roster.openings)), dtype=np.int64)
    granting = _granting(roster)
    for row, guest in enumerate(roster.guests):
        for wish in guest.wishes:
            points[row, granting[_target(wish)]] += POINTS.get(wish.rank, 1)
    return points


def _granting(roster: Roster) -> defaultdict[int | str | None, list[int]]:
    """The columns that grant a wish for a department (a number) or a topic (a word)."""
    columns: defaultdict[int | str | None, list[int]] = defaultdict(list)
    for column, opening in enumerate(roster.openings):
        targets: tuple[int | str, ...] = (opening.department, *opening.topics)
        for target in targets:
            columns[target].append(column)
    return columns


def _target(wish: Goal) -> int | str | None:
    return wish.topic if wish.department is None else wish.department


PAIR_RULES: tuple[Callable[[Roster], Mask], ...] = (
    nobody_visits_themselves,
    other_department,
    no_boss_and_no_report,
    past_pairs_rest,
    excluded_never_meet,
    contracts_allow,
    customers_consent,
    forbids_hold,
    wishes_are_granted,
)


def allowed(roster: Roster) -> Mask:
    mask = roster.mask()
    for rule in PAIR_RULES:
        mask &= rule(roster)
    return mask
