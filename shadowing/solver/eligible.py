"""The rules that a guest and an opening can be asked alone, without the rest of the plan.

A rule is asked about pairs, two parallel arrays: the row of a guest and the column of an opening; True = it has nothing
against the pair. Which pairs are asked at all comes from a join of wishes with what is offered: a table of all guests by all
openings would be a gigabyte at 20,000 people."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from shadowing.solver.arrays import Groups, Mask, Numbers, joined, listed, numbers, within
from shadowing.solver.problem import Goal, Guest, Opening, OpeningKind, Person, Problem

POINTS = {1: 10, 2: 6, 3: 3}
KINDS = sorted(OpeningKind)


@dataclass(frozen=True, slots=True)
class Fits:
    """How well openings meet the ranked goals of guests, only where they do, sorted by *key* = guest * openings + opening.
    Two goals met by one opening both count."""

    key: Numbers
    points: Numbers

    def of(self, keys: Numbers) -> Numbers:
        place = np.minimum(np.searchsorted(self.key, keys), max(0, len(self.key) - 1))
        return (
            np.where(within(keys, self.key), self.points[place], 0)
            if len(self.key)
            else np.zeros(len(keys), dtype=np.int64)
        )


@dataclass(frozen=True, slots=True)
class Roster:
    """A problem with its indexes. Guests are rows, openings columns, people places in *problem.people*; *place* is of each
    guest, *hosts* of each opening, *hosted* the columns of each place."""

    problem: Problem
    person: dict[int, Person]
    seat_of: dict[int, int]
    row: dict[int, int]
    column: dict[int, int]
    place: Numbers
    hosts: Groups
    hosted: Groups
    home: Numbers  # department of each guest
    offered: Numbers  # department of each opening
    fits: Fits

    @property
    def guests(self) -> tuple[Guest, ...]:
        return self.problem.guests

    @property
    def openings(self) -> tuple[Opening, ...]:
        return self.problem.openings

    def meet(self, guest: Numbers, opening: Numbers, pairs: Iterable[tuple[int, int | None]]) -> Mask:
        """Which pairs bring one of these (guest's person id, host's person id) together."""
        width = len(self.problem.people)
        known = [
            (self.seat_of[one], self.seat_of[host])
            for one, host in pairs
            if one in self.seat_of and host in self.seat_of
        ]
        keys = np.unique(numbers(one * width + host for one, host in known))
        mask = np.zeros(len(guest), dtype=bool)
        if len(keys):
            number, host = self.hosts.each(opening)
            mask[number[within(self.place[guest[number]] * width + host, keys)]] = True
        return mask


def roster(problem: Problem) -> Roster:
    seat_of = {person.id: place for place, person in enumerate(problem.people)}
    person = {one.id: one for one in problem.people}
    hosted: list[list[int]] = [[] for _ in problem.people]
    for column, opening in enumerate(problem.openings):
        for host in opening.hosts:
            hosted[seat_of[host]].append(column)
    return Roster(
        problem,
        person,
        seat_of,
        {guest.person: row for row, guest in enumerate(problem.guests)},
        {opening.id: column for column, opening in enumerate(problem.openings)},
        numbers(seat_of[guest.person] for guest in problem.guests),
        listed([[seat_of[host] for host in opening.hosts] for opening in problem.openings]),
        listed(hosted),
        numbers(person[guest.person].department for guest in problem.guests),
        numbers(opening.department for opening in problem.openings),
        _fits(problem),
    )


def nobody_visits_themselves(roster: Roster, guest: Numbers, opening: Numbers) -> Mask:
    return ~roster.meet(guest, opening, ((one.person, one.person) for one in roster.guests))


def other_department(roster: Roster, guest: Numbers, opening: Numbers) -> Mask:
    """Guests see another department than their own."""
    if roster.problem.rules.own_department:
        return np.ones(len(guest), dtype=bool)
    return np.asarray(roster.home[guest] != roster.offered[opening])


def no_boss_and_no_report(roster: Roster, guest: Numbers, opening: Numbers) -> Mask:
    if roster.problem.rules.own_boss:
        return np.ones(len(guest), dtype=bool)
    lines = [(person.id, person.boss) for person in roster.problem.people if person.boss is not None]
    return ~roster.meet(guest, opening, chain(lines, ((boss, report) for report, boss in lines)))


def past_pairs_rest(roster: Roster, guest: Numbers, opening: Numbers) -> Mask:
    """Whoever met in the last rounds meets somebody else."""
    return ~roster.meet(guest, opening, roster.problem.past)


def excluded_never_meet(roster: Roster, guest: Numbers, opening: Numbers) -> Mask:
    pairs = roster.problem.excluded
    return ~roster.meet(guest, opening, chain(pairs, ((other, one) for one, other in pairs)))


def contracts_allow(roster: Roster, guest: Numbers, opening: Numbers) -> Mask:
    """Guests go only to the kinds of opening and the sites that their contract names, if it names any, and only once the
    agency agrees."""
    people = [roster.person[one.person] for one in roster.guests]
    places = sorted({one.site for one in roster.openings})
    kind = numbers(KINDS.index(one.kind) for one in roster.openings)
    place = numbers(places.index(one.site) for one in roster.openings)
    agreed = np.array([person.consent for person in people], dtype=bool)
    kinds = _named([person.may for person in people], KINDS)
    sites = _named([person.sites for person in people], places)
    return np.asarray(kinds[guest, kind[opening]] & sites[guest, place[opening]] & agreed[guest])


def _named(contracts: Sequence[Sequence[str]], known: Sequence[str]) -> Mask:
    """A row for each contract, a column for each of the *known*: named there, or nothing is."""
    table = [[not contract or one in contract for one in known] for contract in contracts]
    return np.array(table, dtype=bool).reshape(len(contracts), len(known))


def customers_consent(roster: Roster, guest: Numbers, opening: Numbers) -> Mask:
    return np.asarray(np.array([one.consent for one in roster.openings], dtype=bool)[opening])


def forbids_hold(roster: Roster, guest: Numbers, opening: Numbers) -> Mask:
    width = len(roster.openings)
    known = [pair for pair in roster.problem.forbids if pair[0] in roster.row and pair[1] in roster.column]
    keys = np.unique(numbers(roster.row[one] * width + roster.column[number] for one, number in known))
    return ~within(guest * width + opening, keys)


def wishes_are_granted(roster: Roster, guest: Numbers, opening: Numbers) -> Mask:
    """Where wishes are required, nobody is sent to what they did not wish, but for those who like a surprise."""
    if roster.problem.rules.wishes != "require":
        return np.ones(len(guest), dtype=bool)
    lifted = np.array([one.surprise for one in roster.guests], dtype=bool)
    return np.asarray(within(guest * len(roster.openings) + opening, roster.fits.key) | lifted[guest])


PairRule = Callable[[Roster, Numbers, Numbers], Mask]

PAIR_RULES: tuple[PairRule, ...] = (
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


def _fits(problem: Problem) -> Fits:
    granting, keys, worth = _granting(problem), [], []
    for row, guest in enumerate(problem.guests):
        for wish in guest.wishes:
            found = granting[_target(wish)]
            keys.append(row * len(problem.openings) + found)
            worth.append(np.full(len(found), POINTS.get(wish.rank, 1), dtype=np.int64))
    distinct, back = np.unique(joined(keys), return_inverse=True)
    return Fits(distinct, np.bincount(back, joined(worth), len(distinct)).astype(np.int64))


def _granting(problem: Problem) -> defaultdict[int | str | None, Numbers]:
    """The columns that grant a wish for a department (a number) or a topic (a word)."""
    columns: defaultdict[int | str | None, list[int]] = defaultdict(list)
    for column, opening in enumerate(problem.openings):
        targets: tuple[int | str, ...] = (opening.department, *opening.topics)
        for target in targets:
            columns[target].append(column)
    return defaultdict(lambda: numbers(()), {target: numbers(found) for target, found in columns.items()})


def _target(wish: Goal) -> int | str | None:
    return wish.topic if wish.department is None else wish.department


def eligible(roster: Roster) -> tuple[Numbers, Numbers]:
    """Guest and opening of every pair that no pair rule is against, sorted."""
    keys, width = roster.fits.key, max(1, len(roster.openings))
    required = roster.problem.rules.wishes == "require"
    lifted = numbers(row for row, guest in enumerate(roster.guests) if guest.surprise or not required)
    if len(lifted):
        keys = np.union1d(keys, (lifted[:, None] * width + np.arange(len(roster.openings))[None, :]).reshape(-1))
    guest, opening = keys // width, keys % width
    for rule in PAIR_RULES:
        fine = rule(roster, guest, opening)
        guest, opening = guest[fine], opening[fine]
    return guest, opening
