"""Invitations: what each person's calendar holds about each visit, told and kept up to date.

`tell` compares what the calendars were told with what stands now and writes a letter for each difference, so that telling
twice writes nothing twice. `planned` computes the same letters without writing them. One person has one invitation for a
slot: a host with two guests gets one entry that names both."""

import hashlib
import hmac
from collections import Counter
from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import contains_eager

from shadowing.extensions import db
from shadowing.mail import hearing, letters, mime, quiet
from shadowing.mail.letters import Sender
from shadowing.mail.planned import Planned, PlannedMails
from shadowing.matching import board, gather, presence
from shadowing.models import (
    Answer,
    Contact,
    Guest,
    Invitation,
    Letter,
    LetterKind,
    LetterState,
    Opening,
    Parting,
    Person,
    Revision,
    Role,
    Round,
    Slot,
    Told,
)
from shadowing.models.facts import VisitFacts
from shadowing.visiting import differences, entries, partings
from shadowing.visiting.differences import Difference
from shadowing.visiting.entries import Part
from shadowing.visiting.partings import Partings

DOMAIN_MOST = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class StepAhead:
    """One difference between a calendar and the plan. *silent*: the person never heard of the visit, so they need not hear
    that it is off. *step* works out what they are told, which a preview of many does for one."""

    kind: LetterKind
    person: Person
    silent: bool = False
    step: Callable[[], "Step"]

    def planned(self, round: Round) -> Planned:
        return Planned(self.kind, self.person, lambda: letter_of(self.step(), round))


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """*revision* is what the invitation becomes, about the slot and in the *generation* given."""

    kind: LetterKind
    invitation: Invitation | None
    person: Person
    address: str
    slot_id: int
    generation: int
    revision: Revision
    silent: bool = False
    contacts: tuple[Contact, ...] = ()
    parting: Parting | None = None


def tell(
    round: Round, stamp: datetime, sender: Sender, now: datetime, without: Set[int] = frozenset()
) -> Counter[LetterKind]:
    """Write all that is not yet told, in the caller's transaction; answers how many letters of each kind will go. The letters
    of people *without* (by id) are written and held back."""
    written: Counter[LetterKind] = Counter()
    rows = differences.of_round(round).with_for_update(of=Invitation)
    for step in [one.step() for one in _steps(round, stamp, sender, rows, some=False)]:
        letter = take(step, round, now)
        held = letter.done_at is None and letter.person_id in without
        letter.state = LetterState.HELD if held else letter.state
        written[step.kind] += not (step.silent or held)
    for guest in db.session.scalars(_left_out(round)).all():
        letter = letters.unmatched(guest, stamp, now)
        held = guest.person_id in without
        letter.state = LetterState.HELD if held else letter.state
        written[LetterKind.UNMATCHED] += not held
    db.session.flush()
    return +written


def ahead(round: Round, stamp: datetime, sender: Sender) -> PlannedMails:
    steps = list(_steps(round, stamp, sender, differences.of_round(round), some=True))
    told = [step.planned(round) for step in steps if not step.silent]
    without = db.session.scalars(_left_out(round)).all()
    missing = [Planned(LetterKind.UNMATCHED, one.person, partial(letters.missing, one, stamp)) for one in without]
    return PlannedMails(planned=told + missing, unheard=len(steps) - len(told))


def planned(round: Round, stamp: datetime, sender: Sender) -> list[Planned]:
    return ahead(round, stamp, sender).planned


def first_mails(round: Round, stamp: datetime) -> int:
    """How many letters `planned` has for a round of which nobody has heard yet."""
    left_out = select(func.count()).select_from(_left_out(round).order_by(None).subquery())
    return entries.count(round, stamp) + (db.session.scalar(left_out) or 0)


def of(person: Person, round: Round) -> Select[Invitation]:
    """The visits that stand in a person's calendar."""
    own = differences.of_round(round).where(Invitation.person_id == person.id, Invitation.cancelled_at.is_(None))
    return own.order_by(Slot.starts_at, Invitation.id)


# What differs


def _steps(round: Round, stamp: datetime, sender: Sender, rows: Select[Invitation], some: bool) -> Iterator[StepAhead]:
    return steps_of(differences.difference(round, stamp.replace(microsecond=0), rows, some), round, stamp, sender)


def steps_of(found: Difference, round: Round, stamp: datetime, sender: Sender) -> Iterator[StepAhead]:
    """Cancellations first, then changes, then new invitations."""
    stamp, heard = stamp.replace(microsecond=0), hearing.heard(round)
    off = partings.among(round, found)
    for row in found.gone:
        yield cancelled(row, stamp, row.id in heard, off)
    for row, part in found.kept:
        if part.news != row.told.entry.news:
            yield _changed(found, row, part, stamp, row.id in heard, sender)
    yield from _new(found, round, stamp, sender)


def cancelled(row: Invitation, stamp: datetime, heard: bool, off: Partings) -> StepAhead:
    step = partial(_cancellation, row, stamp, heard, off)
    return StepAhead(kind=LetterKind.CANCEL, person=row.person, silent=not heard, step=step)


def _cancellation(row: Invitation, stamp: datetime, heard: bool, off: Partings) -> Step:
    last = told_last(row)
    said = replace(following(last, stamp), sequence=last.sequence + 1, answer=Answer.NONE)
    return Step(
        kind=LetterKind.CANCEL,
        invitation=row,
        person=row.person,
        address=row.address,
        slot_id=row.slot_id,
        generation=row.generation,
        revision=said,
        silent=not heard,
        parting=off.of(row),
    )


def _changed(found: Difference, row: Invitation, part: Part, stamp: datetime, heard: bool, sender: Sender) -> StepAhead:
    """An update. Whoever has not heard of the visit yet is invited to it as it is now."""
    step = partial(_change, found, row, part, stamp, heard, sender)
    return StepAhead(kind=LetterKind.CHANGE if heard else LetterKind.REQUEST, person=row.person, step=step)


def _change(found: Difference, row: Invitation, part: Part, stamp: datetime, heard: bool, sender: Sender) -> Step:
    last = told_last(row)
    changed = replace(following(last, stamp), entry=part.entry(), hears=sender.hears)
    if heard:
        was = last.entry.without_customer if changed.entry.masked else last.entry
        changed = replace(changed, before=was.appointment, was=was)
    if changed.entry.asks_anew(last.entry):
        changed = replace(changed, sequence=last.sequence + 1, answer=Answer.NONE)
    return Step(
        kind=LetterKind.CHANGE if heard else LetterKind.REQUEST,
        invitation=row,
        person=row.person,
        address=row.address,
        slot_id=part.slot.id,
        generation=differences.generation(found.every, row, part),
        revision=changed,
        contacts=part.contacts,
    )


def told_last(row: Invitation) -> Revision:
    """What the person was told last."""
    return Revision(
        uid=row.uid,
        organizer=row.organizer,
        number=row.revision,
        sequence=row.sequence,
        answer=row.answer,
        stamp=row.told.stamp,
        entry=row.told.entry,
    )


def following(last: Revision, stamp: datetime) -> Revision:
    """One more word on the same; stamps rise even if the clock does not."""
    return replace(last, number=last.number + 1, stamp=max(stamp, last.stamp + timedelta(seconds=1)))


def _new(found: Difference, round: Round, stamp: datetime, sender: Sender) -> Iterator[StepAhead]:
    serials = Counter(row.person_id for row in found.every)
    for part in found.fresh:
        serials[part.person.id] += 1
        step = partial(_request, found, part, round, serials[part.person.id], stamp, sender)
        yield StepAhead(kind=LetterKind.REQUEST, person=part.person, step=step)


def _request(found: Difference, part: Part, round: Round, serial: int, stamp: datetime, sender: Sender) -> Step:
    first = Revision(
        uid=_uid(part, round, serial, sender),
        organizer=sender.mail_from,
        number=0,
        sequence=0,
        answer=Answer.NONE,
        stamp=stamp,
        entry=part.entry(),
        hears=sender.hears,
    )
    return Step(
        kind=LetterKind.REQUEST,
        invitation=None,
        person=part.person,
        address=part.person.email,
        slot_id=part.slot.id,
        generation=differences.generation(found.every, None, part),
        revision=first,
        contacts=part.contacts,
    )


def _uid(part: Part, round: Round, serial: int, sender: Sender) -> str:
    """Known before it is written, so that the preview shows it; without the secret nobody can guess it. The serial
    counts the person's invitations in the round, of which none is ever deleted. A domain may be longer than its column."""
    what = f"{round.id} {part.person.id} {part.person.email} {part.role} {part.slot.starts_at.isoformat()} {serial}"
    digest = hmac.new(sender.secret.encode(), f"invitation {what}".encode(), hashlib.sha256).hexdigest()[:32]
    return f"{digest}@{mime.wire(sender.mail_from).rpartition('@')[2][-DOMAIN_MOST:].lstrip('.-')}"


def _left_out(round: Round) -> Select[Guest]:
    """Guests who take part, have no visit, and have not been told so, nor have heard of a visit that was cancelled since."""
    visited = select(Invitation.person_id).join(Slot).join(Opening)
    visited = visited.where(Opening.round_id == round.id, Invitation.role == Role.GUEST)
    visited = visited.where(Invitation.id.in_(hearing.heard_ids(round)))
    told = select(Letter.person_id).where(Letter.round_id == round.id, Letter.kind == LetterKind.UNMATCHED)
    wanting = select(Guest).join(Guest.person).options(contains_eager(Guest.person))
    wanting = wanting.where(gather.takes_part(round), presence.all_along(round))
    missing = wanting.where(
        Guest.id.not_in(board.seated_guests(round)), Guest.person_id.not_in(told), Guest.person_id.not_in(visited)
    )
    return missing.order_by(Person.sort_key, Person.code)


# What is written


def take(step: Step, round: Round, now: datetime) -> Letter:
    invitation = step.invitation or _invitation(step)
    said = step.revision
    invitation.slot_id, invitation.generation = step.slot_id, step.generation
    invitation.revision, invitation.sequence, invitation.answer = said.number, said.sequence, said.answer
    invitation.told = Told(entry=said.entry, stamp=said.stamp)
    invitation.cancelled_at = now if step.kind is LetterKind.CANCEL else None
    if step.invitation is not None:
        _take_back(invitation, LetterState.CANCELLED if step.silent else LetterState.SUPERSEDED, now)
    letter = letter_of(step, round)
    letter.due_at, letter.invitation = now, invitation
    if step.silent:
        letter.state, letter.done_at = LetterState.CANCELLED, now
    quiet.wait(letter)
    db.session.add(letter)
    return letter


def _invitation(step: Step) -> Invitation:
    fixed = {"uid": step.revision.uid, "organizer": step.revision.organizer, "address": step.address}
    return Invitation(person_id=step.person.id, role=step.revision.entry.role, **fixed)


def _take_back(invitation: Invitation, state: LetterState, now: datetime) -> None:
    """Older letters that nobody is sending right now stay at home."""
    here = update(Letter).where(Letter.invitation_id == invitation.id, Letter.done_at.is_(None))
    db.session.execute(here.where(Letter.lease_until.is_(None)).values(state=state, done_at=now))


def letter_of(step: Step, round: Round) -> Letter:
    letter = letters.of_invitation(step.kind, step.person, step.address, round, step.revision)
    facts = letter.facts
    assert isinstance(facts, VisitFacts)
    letter.facts = replace(facts, contacts=step.contacts, parting=step.parting)
    return letter
