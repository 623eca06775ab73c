"""Rounds: draft, ask, publish, end. Each step checks the stage, then moves it on.

Publishing writes the pairings, the invitations and the letters in one transaction, so no half-published round exists;
publishing again sends only what has changed since."""

from collections.abc import Set
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, exists, func, select, update
from sqlalchemy.orm import joinedload

from shadowing.collecting import dates, openings
from shadowing.company import audit, people, workdays
from shadowing.errors import Changed, Refusal
from shadowing.extensions import db
from shadowing.mail import letters
from shadowing.mail.letters import Sender
from shadowing.matching import asked_repairs, pairings
from shadowing.models import (
    OVER,
    Department,
    Goal,
    Guest,
    Host,
    Opening,
    Pairing,
    PairingStatus,
    Person,
    Round,
    Rsvp,
    Slot,
    Stage,
    Way,
)
from shadowing.rounds import agenda, reminders, whom
from shadowing.rounds.drafts import RoundDraft, today, today_for
from shadowing.rules import RoundRules
from shadowing.typed import Mistakes, Unfit
from shadowing.visiting import invitations, offering, swap_ends


def defaults(now: datetime, zone: str, title: str) -> RoundDraft:
    """Four weeks that begin on the Monday five weeks from now; answers until two weeks before; rules as in the last round."""
    day = today(zone, now)
    starts_on = day + timedelta(days=35 - day.weekday())
    ends_on = starts_on + timedelta(days=25)
    last = db.session.scalar(current().limit(1))
    return RoundDraft(
        title=title,
        starts_on=starts_on,
        ends_on=ends_on,
        answers_until=starts_on - timedelta(days=14),
        zone=zone,
        greeting=last.greeting if last else "",
        rsvp=last.rsvp if last else Rsvp.NONE,
        rules=last.rules if last else RoundRules(),
        late_answers=last.late_answers if last else False,
        reminders=last.reminders if last else True,
        briefs=last.briefs if last else True,
        closed_days=workdays.usual(zone, starts_on, ends_on),
    )


def current() -> Select[Round]:
    """All rounds, the one at work first: those to come before those that are over, later before earlier."""
    return select(Round).order_by(Round.stage.in_(OVER), Round.starts_on.desc(), Round.id.desc())


def draft(given: RoundDraft, by: Person | None, now: datetime) -> Round:
    round = Round(stage=Stage.DRAFT, coordinator=by)
    db.session.add(round)
    _fill(round, given, today(given.zone, now))
    audit.record("draft", by, None, now, title=given.title)
    return round


def change(round: Round, given: RoundDraft, by: Person | None, now: datetime) -> None:
    """A later last day for answers opens them again. One that was over before may stay where it is."""
    round.refuse_other_than(Stage.DRAFT, Stage.COLLECTING)
    if given.answers_until > round.answers_until:
        round.closed_at = None
    _fill(round, given, today_for(given, round, now))
    _lay_out_openings(round, now)
    round.version += 1
    agenda.write(round, now)
    audit.record("change", by, round, now)


def _lay_out_openings(round: Round, now: datetime) -> None:
    """Other days, closed days or another zone give regular meetings other dates."""
    standing = openings.to_lay_out(Opening.round_id == round.id, Opening.withdrawn_at.is_(None))
    found = list(db.session.scalars(standing))
    with db.session.no_autoflush:
        for opening in found:
            dates.lay_out(opening, round, now)
    db.session.flush()


def _fill(round: Round, given: RoundDraft, today: date | None) -> None:
    given.refuse_unfit(today)
    with db.session.no_autoflush:
        same = select(Round.id).where(
            Round.title == given.title, Round.starts_on == given.starts_on, Round.id != (round.id or 0)
        )
        if db.session.scalar(same):
            raise Mistakes({"title": Unfit("There is a round “%(title)s” on these days already.", title=given.title)})
    round.title, round.greeting, round.zone, round.rsvp = given.title, given.greeting, given.zone, given.rsvp
    round.starts_on, round.ends_on, round.answers_until = given.starts_on, given.ends_on, given.answers_until
    round.rules, round.late_answers = given.rules, given.late_answers
    round.reminders, round.briefs = given.reminders, given.briefs
    round.closed_days = [day.isoformat() for day in given.all_closed_days]


def ask(round: Round, by: Person | None, now: datetime) -> int:
    """Ask everybody whom the round is meant for about wishes and free times; answers how many."""
    if round.stage is Stage.DRAFT and now >= round.answers_end:
        raise Refusal(
            "The last day for answers, %(day)s, is over. Change the round, then ask.", day=round.answers_until
        )
    round.step(Stage.DRAFT, Stage.COLLECTING, round.version)
    round.take_charge(by)
    round.asked_at = now
    known = set(db.session.scalars(select(Guest.person_id).where(Guest.round_id == round.id)))
    meant = list(db.session.scalars(whom.chosen(round, now)))
    for person in meant:
        if person.id not in known:
            db.session.add(Guest(round=round, person=person))
    db.session.flush()
    here = {person.id for person in meant}
    unasked = [guest for guest in db.session.scalars(_unasked(round)) if guest.person_id in here]
    if not unasked and round.whom.way is not Way.VOLUNTEERS:
        raise Refusal("There is nobody to ask yet. Import your people, or choose others to ask.")
    for guest in unasked:
        guest.asked_at = now
    letters.ask(unasked, now)
    agenda.write(round, now)
    audit.record("ask", by, round, now, people=len(unasked))
    return len(unasked)


def _unasked(round: Round) -> Select[Guest]:
    waiting = select(Guest).where(Guest.round_id == round.id, Guest.asked_at.is_(None))
    return waiting.options(joinedload(Guest.person)).order_by(Guest.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class DepartmentCount:
    """*wished* guests have this department among their wishes; *seats* are all seats it offers in the round
    (a flexible opening counts its seats once for each of its weekly sessions)."""

    department: Department
    asked: int
    answered: int
    wished: int
    seats: int

    @property
    def short(self) -> int:
        """Seats that are missing; those with the most come first where HR looks."""
        return self.wished - self.seats


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    asked: int
    answered: int
    departments: tuple[DepartmentCount, ...]


def collection(round: Round) -> Collection:
    """Who has answered, and whether the seats will be enough, by department. Five statements for any size."""
    guests = select(Person.department_id, func.count()).join_from(Guest, Person).where(Person.left_at.is_(None))
    asked = _by_department(guests, round)
    answered = _by_department(guests.where(Guest.answered_at.is_not(None)), round)
    wished = _by_department(
        select(Goal.department_id, func.count(Goal.guest_id.distinct())).join_from(Goal, Guest), round
    )
    seats = _seats(round)
    rows = tuple(
        DepartmentCount(
            department=department,
            asked=asked.get(department.id, 0),
            answered=answered.get(department.id, 0),
            wished=wished.get(department.id, 0),
            seats=seats.get(department.id, 0),
        )
        for department in db.session.scalars(people.departments())
    )
    return Collection(asked=sum(asked.values()), answered=sum(answered.values()), departments=rows)


def _by_department(counts: Select[Any, int], round: Round) -> dict[int | None, int]:
    grouped = counts.where(Guest.round_id == round.id).group_by(counts.selected_columns[0])
    return {row[0]: row[1] for row in db.session.execute(grouped)}


def _seats(round: Round) -> dict[int, int]:
    weeks = max(1, -(-((round.ends_on - round.starts_on).days + 1) // 7))
    here = select(Host.opening_id).join(Host.person).where(Person.left_at.is_(None))
    offered = (Opening.round_id == round.id, Opening.withdrawn_at.is_(None), Opening.id.in_(here))
    fixed = select(Opening.department_id, func.sum(Slot.seats)).join_from(Slot, Opening)
    fixed = fixed.where(*offered, Slot.cancelled_at.is_(None), Opening.flexible.is_(False))
    sessions = func.coalesce(Opening.most_per_week, 1) * weeks
    flexible = select(Opening.department_id, func.sum(Opening.seats * sessions)).where(*offered, Opening.flexible)
    counts = {row[0]: int(row[1]) for row in db.session.execute(fixed.group_by(Opening.department_id))}
    for department, seats in db.session.execute(flexible.group_by(Opening.department_id)):
        counts[department] = counts.get(department, 0) + int(seats)
    return counts


def publish(
    round: Round,
    by: Person | None,
    version: int,
    stamp: datetime,
    sender: Sender,
    now: datetime,
    without: Set[int] = frozenset(),
) -> int:
    """Make the plan *version* final and write every letter it takes; answers how many leave: those of people *without* (by
    id) are held back. *stamp* is the instant the previewed letters carry, so that what was previewed is what is sent. Of two
    who press at once one is told who was first."""
    if round.stage is Stage.PUBLISHED and round.version != version:
        raise _published_already(round)
    round.refuse_other_than(Stage.REVIEWING, Stage.PUBLISHED)
    if abs(now - stamp) > timedelta(hours=12):
        raise Changed("This preview is from another day. Look at it again, then publish.")
    first = round.stage is Stage.REVIEWING
    if first:
        _refuse_empty(round)  # later every visit may be called off, and that must be told
        pairings.refuse_broken(round)
    pairings.refuse_begun(round, now)
    round.step(round.stage, Stage.PUBLISHED, version)
    asked_repairs.overtake(round, now)
    if first:
        round.published_at, round.published_by = now, by
    planned = update(Pairing).where(Pairing.round_id == round.id, Pairing.status == PairingStatus.PLANNED)
    db.session.execute(planned.values(status=PairingStatus.PUBLISHED))
    round.take_charge(by)
    written = invitations.tell(round, stamp, sender, now, without).total()
    offering.settle(round, now)
    swap_ends.sweep(round, now)
    agenda.write(round, now)
    held = {"without_mail": sorted(without)} if without else {}
    audit.record("publish", by, round, now, letters=written, **held)
    return written


def _refuse_empty(round: Round) -> None:
    standing = exists().where(Pairing.round_id == round.id, Pairing.stands)
    if not db.session.scalar(select(standing)):
        raise Refusal(
            "This round has no pairings to publish. Make the pairings, or find places for the guests on the board, then publish."
        )


def _published_already(round: Round) -> Changed:
    if round.published_at is None or round.published_by is None:
        return Changed("This round was published already. Nothing was sent twice.")
    return Changed(
        "%(name)s published this round already, at %(time)s. Nothing was sent twice.",
        name=round.published_by.display_name,
        time=round.published_at.astimezone(ZoneInfo(round.zone)).strftime("%H:%M"),
    )


def end(round: Round, by: Person | None, now: datetime) -> None:
    round.refuse_other_than(Stage.PUBLISHED)
    round.step(Stage.PUBLISHED, Stage.ENDED, round.version)
    audit.record("end", by, round, now)


def next_step(round: Round | None, now: datetime) -> str:
    """The one thing HR has to do next, as the key of a sentence and a link on the home page."""
    if round is None or round.stage in OVER:
        somebody = db.session.scalar(select(exists().where(Person.left_at.is_(None), Person.hr.is_(False))))
        return "new_round" if somebody else "import_people"
    if round.stage is Stage.COLLECTING and not round.takes_answers(now):
        return "closed"
    if round.stage is Stage.COLLECTING:
        hosted = db.session.scalar(select(exists().where(Host.opening_id == Opening.id, Opening.round_id == round.id)))
        waiting = db.session.scalar(reminders.unanswered(round).with_only_columns(Guest.id).limit(1))
        return "find_hosts" if not hosted else "collect" if waiting else "solve"
    steps = {Stage.DRAFT: "ask", Stage.SOLVING: "solving", Stage.REVIEWING: "review", Stage.PUBLISHED: "run"}
    return steps[round.stage]
