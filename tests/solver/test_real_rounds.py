"""Two whole rounds on real ground: as many matched as an exact model of another make finds, no breach, in time."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

import pytest
from ortools.math_opt.python import mathopt

from shadowing.solver.check import breaches
from shadowing.solver.problem import Guest, Opening, Person, Problem, Status
from tests.solver.real_rounds import real_round
from tests.solver.solving import solve

WEEK = 7 * 24 * 60
MONDAY = 4 * 24 * 60  # 1970-01-05, in minutes

Held = dict[tuple[int, int], mathopt.Variable]
Sits = dict[tuple[int, int, int], mathopt.Variable]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "matched", "guests"), [("k8s-rotation", 254, 352), ("jp-agency", 169, 169)])
def test_a_real_round_is_matched_as_far_as_it_can_be(name: str, matched: int, guests: int) -> None:
    round = real_round(name)

    found = solve(round, seconds=60)

    first = found.tiers[0]
    assert (first.value, first.bound, len(round.guests)) == (matched, matched, guests)
    assert len({seat.guest for seat in found.seats}) == matched
    assert len(found.reasons) == guests - matched
    assert breaches(round, found) == []
    assert found.status is Status.OPTIMAL
    assert [tier.value - tier.bound for tier in found.tiers] == [0] * 7


@pytest.mark.slow
@pytest.mark.parametrize(("name", "matched"), [("k8s-rotation", 254), ("jp-agency", 169)])
def test_an_independent_exact_model_finds_no_more(name: str, matched: int) -> None:
    assert Textbook(real_round(name)).most_guests() == matched


@dataclass(frozen=True)
class Textbook:
    """The first tier written down plainly for HiGHS: guests, openings and starts in loops, conflicts for each half-hour.

    Of the rules it has what these two folders use: wishes, other department, past, free time, seats, sessions in a week,
    one place at a time, the same host once. Their zone counts weeks as UTC does but for Sunday nights, when nobody visits."""

    round: Problem

    def most_guests(self) -> int:
        model = mathopt.Model()
        held = {
            (opening.id, start): model.add_binary_variable()
            for opening in self.round.openings
            for start in opening.starts
            if opening.fixed or all(self._idle(host, opening, start) for host in opening.hosts)
        }
        sits = {
            (guest.person, opening.id, start): model.add_binary_variable()
            for guest in self.round.guests
            for opening in self.round.openings
            if self._may(guest, opening)
            for start in opening.starts
            if (opening.id, start) in held and self._idle(guest.person, opening, start)
        }
        self._slots(model, held, sits)
        self._days(model, held, sits)
        matched = self._guests(model, sits)
        model.maximize(mathopt.fast_sum(matched))
        limits = mathopt.SolveParameters(time_limit=timedelta(minutes=4))
        result = mathopt.solve(model, mathopt.SolverType.HIGHS, params=limits)
        assert result.termination.reason is mathopt.TerminationReason.OPTIMAL
        return int(result.objective_value() + 0.5)

    def _may(self, guest: Guest, opening: Opening) -> bool:
        wished = any(wish.department == opening.department for wish in guest.wishes)
        strangers = all((guest.person, host) not in self.round.past for host in opening.hosts)
        return wished and strangers and self._people[guest.person].department != opening.department

    @cached_property
    def _people(self) -> dict[int, Person]:
        return {person.id: person for person in self.round.people}

    def _idle(self, id: int, opening: Opening, start: int) -> bool:
        end = start + opening.minutes
        inside = sum(max(0, min(end, span.end) - max(start, span.start)) for span in self._people[id].free)
        bound = any(
            own.fixed and id in own.hosts and any(begin < end and start < begin + own.minutes for begin in own.starts)
            for own in self.round.openings
        )
        return inside == opening.minutes and not bound

    def _slots(self, model: mathopt.Model, held: Held, sits: Sits) -> None:
        guests, weeks = defaultdict(list), defaultdict(list)
        for (_, opening, start), sit in sits.items():
            guests[opening, start].append(sit)
        for (number, start), session in held.items():
            weeks[number, (start - MONDAY) // WEEK].append(session)
            model.add_linear_constraint(
                mathopt.fast_sum(guests[number, start]) <= self._openings[number].seats * session
            )
        for (number, _), sessions in weeks.items():
            most = self._openings[number].most_per_week
            if most is not None:
                model.add_linear_constraint(mathopt.fast_sum(sessions) <= most)

    @cached_property
    def _openings(self) -> dict[int, Opening]:
        return {opening.id: opening for opening in self.round.openings}

    def _days(self, model: mathopt.Model, held: Held, sits: Sits) -> None:
        """At most one place for each person and quarter of an hour."""
        busy = defaultdict(list)
        for (guest, place, start), sit in sits.items():
            for tick in _quarters(start, self._openings[place].minutes):
                busy[guest, tick].append(sit)
        for (number, start), session in held.items():
            opening = self._openings[number]
            for host in () if opening.fixed else opening.hosts:
                for tick in _quarters(start, opening.minutes):
                    busy[host, tick].append(session)
        for terms in busy.values():
            model.add_linear_constraint(mathopt.fast_sum(terms) <= 1)

    def _guests(self, model: mathopt.Model, sits: Sits) -> list[mathopt.Variable]:
        visits, meetings, matched = defaultdict(list), defaultdict(list), []
        for (visitor, opening, _), sit in sits.items():
            visits[visitor].append(sit)
            for host in self._openings[opening].hosts:
                meetings[visitor, host].append(sit)
        for terms in meetings.values():
            model.add_linear_constraint(mathopt.fast_sum(terms) <= 1)
        for guest in self.round.guests:
            matched.append(model.add_binary_variable())
            total = mathopt.fast_sum(visits[guest.person])
            model.add_linear_constraint(total >= matched[-1])
            model.add_linear_constraint(total <= min(guest.visits, self.round.rules.visits_most))
        return matched


def _quarters(start: int, minutes: int) -> Iterable[int]:
    return range(start // 15, -(-(start + minutes) // 15))
