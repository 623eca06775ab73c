"""A real rotation, release by release: who was left out comes first in the next one, as they were told.

Real are the roles, their leads and who shadowed them. Who else had applied is not in the record, so it is drawn: for a release
as many again as shadowed in it, of those who did in the two releases after it (they are there already, and not yet on). Each
role has seats for half of its wishers, and whoever is left out wishes again."""

import csv
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from shadowing.extensions import db
from shadowing.matching import gather
from shadowing.models import Department, Guest, Opening, PairingStatus, Person, Round, Slot, Stage
from shadowing.solver.problem import Problem, Seat
from tests import factories
from tests.factories import MONDAY, NOW, at
from tests.solver.solving import solve

SEED = 9
RELEASES = [f"1.{number}" for number in range(12, 38)]
AHEAD = 2
Weigh = Callable[[Problem], Problem]


@dataclass(frozen=True)
class Shadow:
    release: str
    role: str
    leads: tuple[str, ...]
    guest: str


@pytest.fixture
def record(shared: Path) -> list[Shadow]:
    file = shared / "data" / "k8s-rotation" / "history.csv"
    if not file.is_file():
        pytest.skip(f"NOT TESTED on a real rotation: {file} is not there")
    with file.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    return [
        Shadow(row["round"], row["department_id"], tuple(row["host_ids"].split(";")), row["guest_id"]) for row in rows
    ]


@dataclass(frozen=True)
class Release:
    """What one round came to: ids of people, the longest in a row that somebody has gone without, and the *passed over*: who
    went without though somebody who had waited less sat where they wished to."""

    name: str
    wishers: frozenset[str]
    seated: frozenset[str]
    left_before: frozenset[str]
    longest: int
    passed_over: frozenset[str]

    def __str__(self) -> str:
        before, others = self.wishers & self.left_before, self.wishers - self.left_before
        return (
            f"{self.name}: {len(self.wishers)} wish, {len(self.seated)} seated; of {len(before)} left out before"
            f" {len(before & self.seated)}, of {len(others)} others {len(others & self.seated)}; longest wait {self.longest}"
        )


class Replay:
    """The rotation in a database of its own, with what the ledger says of each round weighed by *weigh*."""

    def __init__(self, record: Iterable[Shadow], weigh: Weigh) -> None:
        self.record, self.weigh = list(record), weigh
        self.chance = random.Random(SEED)  # noqa: S311 - drawn for a test
        self.people: dict[str, Person] = {}
        self.departments: dict[str, Department] = {}
        self.left: dict[str, tuple[str, ...]] = {}
        self.waits: Counter[str] = Counter()
        self.met: set[tuple[str, str]] = set()

    def releases(self) -> Iterator[Release]:
        for number, name in enumerate(RELEASES):
            yield self.release(number, name)

    def release(self, number: int, name: str) -> Release:
        here = [one for one in self.record if one.release == name and one.leads[0]]
        leads = {one.role: one.leads[0] for one in here}
        wishes = self.wishes(number, here, sorted(leads))
        for person in set(wishes) & set(leads.values()):
            del wishes[person]  # who leads does not shadow
        for role in leads:
            self.departments.setdefault(role, factories.department())
        monday = MONDAY + timedelta(weeks=5 * number)
        round = factories.round_(title=name, stage=Stage.SOLVING, starts_on=monday, ends_on=monday + timedelta(days=25))
        begin = at(1, 10) + timedelta(weeks=5 * number)
        first = Counter(roles[0] for roles in wishes.values())
        for role, lead in leads.items():
            self.offer(round, role, lead, max(1, first[role] // 2), begin)
        guests = {one: self.guest(round, one, roles, begin) for one, roles in wishes.items()}
        found = self.seats(gather.problem(round, NOW), guests)
        round.published_at = NOW - timedelta(weeks=17 * (len(RELEASES) - number))
        for person, seat in found.items():
            slot = db.session.query(Slot).where(Slot.opening_id == seat.opening).one()
            factories.pairing(guests[person], slot, status=PairingStatus.PUBLISHED)
        db.session.flush()
        return self.came_to(name, wishes, found, leads)

    def wishes(self, number: int, here: list[Shadow], roles: list[str]) -> dict[str, tuple[str, ...]]:
        """Wisher -> roles, the first wish first."""
        wishes = {person: tuple(role for role in wished if role in roles) for person, wished in self.left.items()}
        later = {one.guest: one.role for one in self.record if one.release in RELEASES[number + 1 : number + 1 + AHEAD]}
        applied = sorted(later.keys() - {one.guest for one in here})
        drawn = self.chance.sample(applied, min(len(applied), len(here)))
        took = {person: later[person] for person in drawn} | {one.guest: one.role for one in here}
        for person, role in sorted(took.items()):
            other = self.chance.choice(roles)
            wishes.setdefault(person, tuple(dict.fromkeys(one for one in (role, other) if one in roles)))
        return {person: wished for person, wished in wishes.items() if wished}

    def offer(self, round: Round, role: str, lead: str, seats: int, begin: datetime) -> None:
        host = self.person(lead)
        factories.free_at(round, host, begin, begin + timedelta(hours=1))
        place = {"department_id": self.departments[role].id, "starts_at": begin, "seats": seats, "code": role}
        factories.slot(factories.opening(round, host, **place))

    def guest(self, round: Round, name: str, roles: tuple[str, ...], begin: datetime) -> Guest:
        guest = factories.guest(round, self.person(name), tuple(self.departments[role] for role in roles))
        factories.free_at(round, guest.person, begin, begin + timedelta(hours=1))
        return guest

    def person(self, name: str) -> Person:
        if name not in self.people:
            self.people[name] = factories.person()
        return self.people[name]

    def seats(self, problem: Problem, guests: dict[str, Guest]) -> dict[str, Seat]:
        names = {guest.person_id: name for name, guest in guests.items()}
        return {names[seat.guest]: seat for seat in solve(self.weigh(problem), seconds=60).seats}

    def came_to(
        self, name: str, wishes: dict[str, tuple[str, ...]], found: dict[str, Seat], leads: dict[str, str]
    ) -> Release:
        before = frozenset(self.left)
        shorter: defaultdict[str, int] = defaultdict(lambda: 99)
        roles = {opening.id: opening.code for opening in db.session.query(Opening)}
        for person, seat in found.items():
            role = roles[seat.opening]
            shorter[role] = min(shorter[role], self.waits[person])
        self.left = {person: roles for person, roles in wishes.items() if person not in found}
        passed = frozenset(
            person
            for person, wished in self.left.items()
            if any(shorter[role] < self.waits[person] for role in wished if (person, leads[role]) not in self.met)
        )
        self.met |= {(person, leads[roles[seat.opening]]) for person, seat in found.items()}
        self.waits.update(self.left.keys())
        for person in found:
            del self.waits[person]
        longest = max(self.waits.values(), default=0)
        return Release(name, frozenset(wishes), frozenset(found), before, longest, passed)


def as_it_is(problem: Problem) -> Problem:
    return problem


def alike(problem: Problem) -> Problem:
    return replace(problem, guests=tuple(replace(guest, weight=1) for guest in problem.guests))


@pytest.mark.slow
def test_who_was_left_out_comes_first_in_the_next_release(
    sqlite_app: Flask, record: list[Shadow], record_property: Callable[[str, object], None]
) -> None:
    with sqlite_app.app_context():
        told = list(Replay(record, as_it_is).releases())
        db.session.rollback()
        untold = list(Replay(record, alike).releases())

    print(f"seed {SEED}", *told, sep="\n")
    longest = [max(release.longest for release in run) for run in (told, untold)]
    left = sum(len(release.left_before & release.wishers) for release in told)
    waits = f"longest wait {longest[0]} releases, without a ledger {longest[1]}"
    record_property("sweep", f"{len(told)} releases replayed, {left} people came back; {waits}")
    assert left > 100
    assert {release.name: release.passed_over for release in told if release.passed_over} == {}
    assert longest[0] < longest[1]
