"""Where people come from and go to, as arrays: how many of each department may be away, in how many half-days each guest, and
how far it is from site to site."""

from dataclasses import dataclass

import numpy as np

from shadowing.solver.arrays import Numbers, numbers
from shadowing.solver.eligible import Roster
from shadowing.solver.problem import Problem


def away_most(problem: Problem, departments: dict[int, int]) -> Numbers:
    """The round's limit, or the department's own where that is stricter."""
    most = np.full(len(departments), problem.rules.away_most or -1, dtype=np.int64)
    for limit in problem.away:
        if (place := departments.get(limit.department)) is not None:
            most[place] = limit.most if most[place] < 0 else min(most[place], limit.most)
    return most


@dataclass(frozen=True, slots=True)
class HalfDays:
    """The most that each *guest* (the round's limit, or their own where that is stricter) and each *host* (by place) gives;
    -1 without a limit."""

    guest: Numbers
    host: Numbers


def half_days(people: Roster) -> HalfDays:
    general = people.problem.rules.half_days_most or None
    both = ((general, one.half_days_most) for one in people.guests)
    guest = numbers(min((most for most in limits if most is not None), default=-1) for limits in both)
    hosting = (one.hosting_most for one in people.problem.people)
    return HalfDays(guest, numbers(-1 if most is None else most for most in hosting))


def sites_of(people: Roster) -> Numbers:
    known = sorted({opening.site for opening in people.openings})
    return numbers(known.index(opening.site) for opening in people.openings)


def minutes_between(people: Roster, site: Numbers) -> Numbers:
    place = {opening.site: int(number) for opening, number in zip(people.openings, site, strict=True)}
    minutes = np.zeros((len(place), len(place)), dtype=np.int64)
    for way in people.problem.ways:
        if way.one in place and way.other in place and way.one != way.other:
            one, other = place[way.one], place[way.other]
            minutes[one, other] = minutes[other, one] = max(minutes[one, other], way.minutes)
    return minutes
