"""The `[rules]` of a round: their names, defaults and limits, as folders, forms and the solver know them."""

from dataclasses import dataclass, fields
from typing import Annotated

from shadowing.solver.problem import Rules
from shadowing.typed import Yes, by, each, number, one_of

Count = Annotated[int, by(number(0, 999))]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundRules:
    """0 means "no limit" for every `..._most`, and "off" for *repeat_rounds* and *repeat_months*, of which each holds by itself."""

    own_department: Yes = False
    repeat_rounds: Count = 2
    repeat_months: Count = 0
    own_boss: Yes = False
    visits_most: Count = 2
    visits_per_week_most: Count = 0
    guests_per_week_most: Count = 0
    half_days_most: Count = 0
    wishes: Annotated[str, by(one_of(each(("require", "prefer"))))] = "require"
    away_most: Count = 0
    notice_days: Count = 3
    maybe_costs: Count = 1
    mix_departments: Yes = True
    reciprocal: Annotated[str, by(one_of(each(("off", "prefer", "require"))))] = "off"
    travel_is_work: Yes = True
    walls: Annotated[str, by(one_of(each(("off", "prefer"))))] = "prefer"

    def for_solver(self) -> Rules:
        return Rules(**{field.name: getattr(self, field.name) for field in fields(Rules)})


NAMES = tuple(field.name for field in fields(RoundRules))
