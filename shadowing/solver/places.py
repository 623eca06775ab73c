"""Where people come from and go to, as arrays: how many of each department may be away, and how far it is from site to site."""

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
