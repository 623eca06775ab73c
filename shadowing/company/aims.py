"""What the company aims at, and what two departments gain from one another."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from shadowing import typed
from shadowing.company import audit, departments
from shadowing.errors import Refusal
from shadowing.extensions import db
from shadowing.models import CompanyGoal, Department, PairSentence, Person
from shadowing.typed import by

GOAL_MOST, SENTENCE_MOST = 1000, 500


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyGoalDraft:
    text: Annotated[str, by(typed.text(GOAL_MOST))] = ""
    figure: Annotated[str, by(typed.line(100))] = ""
    due_on: Annotated[date | None, by(typed.day)] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceDraft:
    text: Annotated[str, by(typed.text(SENTENCE_MOST))] = ""


def company_goal() -> CompanyGoal | None:
    return db.session.scalars(select(CompanyGoal)).first()


def in_one_line() -> str:
    """The goal of the company with its figure."""
    goal = company_goal()
    return " · ".join(filter(None, (_flat(goal.text), goal.figure))) if goal else ""


def set_goal(draft: CompanyGoalDraft, by: Person, now: datetime) -> None:
    """Without a text there is none any more."""
    if not draft.text and (draft.figure or draft.due_on):
        raise Refusal("Write what the goal is, beside its figure or date. Leave all empty where there is none.")
    stored = company_goal()
    if (stored and CompanyGoalDraft(text=stored.text, figure=stored.figure, due_on=stored.due_on)) == draft:
        return
    if stored and not draft.text:
        db.session.delete(stored)
    elif draft.text:
        goal = stored or CompanyGoal()
        goal.text, goal.figure, goal.due_on = draft.text, draft.figure, draft.due_on
        db.session.add(goal)
    audit.record("set_company_goal", by, None, now, title=typed.shown(draft.text))


# What two departments gain


Gains = dict[tuple[int, int], str]
"""By the ids of both departments, the lower first."""


def sentences() -> list[PairSentence]:
    found = select(PairSentence).options(joinedload(PairSentence.department), joinedload(PairSentence.other))
    return sorted(db.session.scalars(found), key=lambda one: (one.department.code, one.other.code))


def sentence(one: Department, other: Department) -> PairSentence | None:
    low, high = sorted((one.id, other.id))
    kept = select(PairSentence).where(PairSentence.department_id == low, PairSentence.other_id == high)
    return db.session.scalars(kept).first()


def gain(one: Department, other: Department) -> str:
    """What is kept of the two, in either order."""
    kept = sentence(one, other)
    return kept.text if kept else ""


def gains() -> Gains:
    columns = select(PairSentence.department_id, PairSentence.other_id, PairSentence.text)
    return {(low, high): text for low, high, text in db.session.execute(columns)}


def between(gains: Gains, one: Department, other: Department | None) -> str:
    """What is kept of the two, in either order; nothing within one department."""
    return gains.get((min(one.id, other.id), max(one.id, other.id)), "") if other else ""


def gains_of(home: Department | None) -> dict[int, str]:
    """What *home* gains with each other department, by its id."""
    if home is None:
        return {}
    rows = select(PairSentence).where(or_(PairSentence.department_id == home.id, PairSentence.other_id == home.id))
    return {row.department_id + row.other_id - home.id: row.text for row in db.session.scalars(rows)}


def proposed(one: Department, other: Department) -> str:
    """The problem of each beside what the other wishes were known, in their own words."""
    met = [(a, b) for a, b in ((one, other), (other, one)) if a.problem and b.wish_known]
    halves = [f"{a.name}: {_flat(a.problem)} / {b.name}: {_flat(b.wish_known)}" for a, b in met]
    return "\n".join(halves)[:SENTENCE_MOST]


def _flat(text: str) -> str:
    return " ".join(text.split())


def keep_sentence(one: Department, other: Department, draft: SentenceDraft, by: Person, now: datetime) -> None:
    """Without a text there is none any more."""
    if one.id == other.id:
        raise Refusal("Choose two different departments.")
    low, high = sorted((one.id, other.id))
    kept = sentence(one, other)
    if (kept.text if kept else "") == draft.text:
        return
    if kept and not draft.text:
        db.session.delete(kept)
    elif kept:
        kept.text = draft.text
    else:
        db.session.add(PairSentence(department_id=low, other_id=high, text=draft.text))
    departments.spoil_previews()
    audit.record("write_sentence", by, None, now, source=one.name, target=other.name)
