"""Problems and plans as the JSON in which they are kept and sent to the child process: the same value, the same bytes.

README.md beside this file says what is in it."""

import hashlib
import json

from shadowing.solver import codec
from shadowing.solver.codec import WrongValue
from shadowing.solver.problem import VERSION, Plan, Problem, canonical


def to_json(problem: Problem) -> str:
    return text(codec.written(canonical(problem)))


def from_json(text: str | bytes) -> Problem:
    """Raises WrongValue for a value of the wrong type, or of a version that is not understood, and JSONDecodeError."""
    value = json.loads(text)
    version = value.get("version", 1) if isinstance(value, dict) else 1
    if isinstance(version, int) and not 1 <= version <= VERSION:
        raise WrongValue(f"a version from 1 to {VERSION}", version, ".version")
    return codec.read(Problem, value)


def plan_to_json(plan: Plan) -> str:
    return text(codec.written(plan))


def plan_from_json(text: str) -> Plan:
    """Raises WrongValue for a value of the wrong type, and JSONDecodeError."""
    return codec.read(Plan, json.loads(text))


def digest(problem: Problem) -> str:
    """The round's fingerprint: equal for equal rounds, in whatever order they were given."""
    return hashlib.sha256(to_json(problem).encode()).hexdigest()


def text(value: object) -> str:
    """Sorted keys, and floats as Python writes them: digests kept in the database are of these bytes."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
