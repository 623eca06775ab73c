"""The list of people as HR looks through it: by words, department and what stands out, under the rows of the kana table."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, func, select

from shadowing.company import people
from shadowing.extensions import db
from shadowing.folding import fold
from shadowing.models import Person

ROWS = "アカサタナハマヤラワ"
"""The first letters of the rows, in order; a reading belongs to the last one that does not come after it."""
NO_READING = "-"
BEYOND = "\u3100"
"""Sorts after all kana."""


class Standing(StrEnum):
    """Who is looked for, apart from everybody who is here."""

    PAUSED = "paused"
    LEAVING = "leaving"
    HEADS = "heads"
    RUNNING = "running"
    LEFT = "left"


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleSought:
    """Whom the page asks for; *row* is one of the kana table, or `NO_READING`."""

    words: str = ""
    department_id: int | None = None
    standing: Standing | None = None
    row: str = ""

    def everybody(self, today: date) -> Select[Person]:
        """All who fit, in whatever row."""
        left = self.standing is Standing.LEFT
        found = people.gone() if left else people.active()
        if self.words:
            found = found.where(Person.folded.contains(fold(self.words), autoescape=True))
        if self.department_id is not None:
            found = found.where(Person.department_id == self.department_id)
        return found.where(*_standing(self.standing, today))

    def found(self, today: date) -> Select[Person]:
        return self.everybody(today).where(*_in_row(self.row))

    def rows(self, today: date) -> dict[str, int]:
        """How many fit in each row that has any, in the order of the table."""
        letter = func.substr(Person.sort_key, 1, 1)
        first = select(letter, func.count()).where(Person.id.in_(self.everybody(today).with_only_columns(Person.id)))
        counts = dict.fromkeys((*ROWS, NO_READING), 0)
        for key, count in db.session.execute(first.group_by(letter)):
            counts[row_of(key)] += count
        return {row: count for row, count in counts.items() if count}


def row_of(sort_key: str) -> str:
    """The row under which somebody stands; who has no Japanese reading stands after all."""
    first = sort_key[:1]
    if not ROWS[0] <= first < BEYOND:
        return NO_READING
    return max(row for row in ROWS if row <= first)


def _in_row(row: str) -> tuple[ColumnElement[bool], ...]:
    if row == NO_READING:
        return ((Person.sort_key < ROWS[0]) | (Person.sort_key >= BEYOND),)
    if not row or row not in ROWS:
        return ()
    place = ROWS.index(row)
    after = ROWS[place + 1] if place + 1 < len(ROWS) else BEYOND
    return (Person.sort_key >= row, Person.sort_key < after)


def _standing(standing: Standing | None, today: date) -> tuple[ColumnElement[bool], ...]:
    match standing:
        case Standing.PAUSED:
            return (Person.away_until > today,)
        case Standing.LEAVING:
            return (Person.last_day.is_not(None),)
        case Standing.HEADS:
            return (Person.lead.is_(True),)
        case Standing.RUNNING:
            return (Person.hr.is_(True),)
        case _:
            return ()
