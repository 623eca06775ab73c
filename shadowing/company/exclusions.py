"""Who must not meet: two people, kept apart until a day or for good. Only HR knows of it.

Neither a reason nor a refusal ever names an exclusion: see `solver/explain.py` and `matching/pairings.py`."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import joinedload

from shadowing.company import audit, people, reasons
from shadowing.errors import Refusal
from shadowing.extensions import db
from shadowing.i18n import N_
from shadowing.models import Exclusion, Guest, Host, Pairing, Person, Round, Slot, Stage
from shadowing.typed import Day, Mistakes, Unfit, Yes, by, line


@dataclass(frozen=True, slots=True, kw_only=True)
class ExclusionDraft:
    """What HR types: each of the two by name, number or mail address. *knowing*: visits in which they meet are known of."""

    one: Annotated[str, by(line(254))]
    other: Annotated[str, by(line(254))]
    ends_on: Day | None = None
    knowing: Yes = False


@dataclass(frozen=True, slots=True)
class KeptApart:
    """An exclusion as its page lists it. *visits* are those to come in which the two meet all the same."""

    exclusion: Exclusion
    ended: bool
    visits: int


def in_force(day: date) -> ColumnElement[bool]:
    """The WHERE of those that hold on *day*."""
    return or_(Exclusion.ends_on.is_(None), Exclusion.ends_on >= day)


def listed(today: date, now: datetime) -> list[KeptApart]:
    """Those that hold first."""
    both = (joinedload(Exclusion.person), joinedload(Exclusion.other))
    found = list(db.session.scalars(select(Exclusion).options(*both).order_by(Exclusion.id)))
    meetings = _meetings(found, now)
    rows = [KeptApart(one, one.ends_on is not None and one.ends_on < today, meetings[one.id]) for one in found]
    return sorted(rows, key=lambda row: (row.ended, row.exclusion.person.sort_key, row.exclusion.id))


def add(draft: ExclusionDraft, by: Person, now: datetime) -> Exclusion:
    """Of two who are kept apart already the end changes. Raises Mistakes."""
    one, other = _people(draft)
    if draft.ends_on and draft.ends_on < now.astimezone(ZoneInfo(by.zone)).date():
        hint = N_("Choose a later day, or leave it empty.")
        raise Mistakes({"ends_on": Unfit("This day is over, so nobody would be kept apart.", hint)})
    low, high = sorted((one, other), key=lambda person: person.id)
    known = select(Exclusion).where(Exclusion.person_id == low.id, Exclusion.other_id == high.id)
    exclusion = db.session.scalar(known) or Exclusion(person_id=low.id, other_id=high.id)
    visits = _meetings([exclusion], now)[exclusion.id]
    if visits and not draft.knowing:
        hint = N_(
            "Those that are announced or kept by hand stay until you take them out; the next plan drops the others. "
            "Tick the box to keep the two apart all the same."
        )
        trouble = Unfit("Visits to come in which these two meet: %(count)s.", hint, count=visits)
        raise Mistakes({"knowing": trouble})
    exclusion.ends_on = draft.ends_on
    db.session.add(exclusion)
    db.session.flush()
    until = draft.ends_on and draft.ends_on.isoformat()
    audit.record("keep_apart", by, None, now, people=[low.id, high.id], until=until)
    reasons.look_anew(now)
    return exclusion


def _people(draft: ExclusionDraft) -> tuple[Person, Person]:
    wrong: dict[str, Refusal] = {}
    found: list[Person] = []
    for name, asked in (("one", draft.one), ("other", draft.other)):
        try:
            found.append(people.named(asked))
        except Unfit as unfit:
            wrong[name] = unfit
    if not wrong and found[0] is found[1]:
        wrong["other"] = Unfit("Nobody can be kept apart from themselves.")
    if wrong:
        raise Mistakes(wrong)
    return found[0], found[1]


def remove(exclusion: Exclusion, by: Person, now: datetime) -> None:
    """The next plan may bring the two together again."""
    audit.record("let_meet", by, None, now, people=[exclusion.person_id, exclusion.other_id])
    db.session.delete(exclusion)
    reasons.look_anew(now)


def _meetings(exclusions: list[Exclusion], now: datetime) -> dict[int | None, int]:
    """By the id of each exclusion the visits to come in which its two people meet or sit side by side."""
    concerned = {id for one in exclusions for id in (one.person_id, one.other_id)}
    seats = (
        select(Guest.person_id, Slot.id, Slot.opening_id)
        .join_from(Pairing, Guest)
        .join(Slot, Slot.id == Pairing.slot_id)
    )
    seats = seats.join(Round, Round.id == Pairing.round_id).where(Guest.person_id.in_(concerned), Pairing.stands)
    sits: dict[int, set[int]] = defaultdict(set)
    openings: dict[int, int] = {}
    for person, slot, opening in db.session.execute(seats.where(Slot.starts_at > now, Round.stage != Stage.ENDED)):
        sits[person].add(slot)
        openings[slot] = opening
    hosts: dict[int, set[int]] = defaultdict(set)
    receiving = select(Host.person_id, Host.opening_id).where(Host.opening_id.in_(set(openings.values())))
    for person, opening in db.session.execute(receiving):
        hosts[person].add(opening)
    there = {one: sits[one] | {slot for slot, at in openings.items() if at in hosts[one]} for one in concerned}
    met = {one.id: there[one.person_id] & there[one.other_id] for one in exclusions}
    return {one.id: len(met[one.id] & (sits[one.person_id] | sits[one.other_id])) for one in exclusions}
