"""Problems and plans as the JSON in which they are kept and sent to the child process: the same value, the same bytes."""

import hashlib
import json

from pydantic import TypeAdapter

from shadowing.solver.problem import Plan, Problem, canonical

PROBLEM = TypeAdapter(Problem)
PLAN = TypeAdapter(Plan)


def to_json(problem: Problem) -> str:
    return written(PROBLEM.dump_python(canonical(problem), mode="json"))


def from_json(text: str) -> Problem:
    """Raises ValidationError for a value of the wrong type; keys that are not known are left out."""
    return PROBLEM.validate_json(text, strict=True)


def plan_to_json(plan: Plan) -> str:
    return written(PLAN.dump_python(plan, mode="json"))


def plan_from_json(text: str) -> Plan:
    """Raises ValidationError for a value of the wrong type."""
    return PLAN.validate_json(text, strict=True)


def digest(problem: Problem) -> str:
    """The round's fingerprint: equal for equal rounds, in whatever order they were given."""
    return hashlib.sha256(to_json(problem).encode()).hexdigest()


def written(value: object) -> str:
    """Sorted keys, and floats as Python writes them: digests kept in the database are of these bytes."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
