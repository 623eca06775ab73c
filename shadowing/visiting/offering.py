"""Free seats offered to the waiting list, wave by wave: taken by whoever presses first, stopped or given away by HR.

A wave is everybody of the highest rank who could sit there, ten at most. Who does not want the seat says so or says nothing; when
the time is over the next wave is asked. Nobody is asked at night, and nobody for a visit that begins within a day."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, Select, select, text, update

from shadowing.company import audit
from shadowing.errors import Changed, Refusal
from shadowing.extensions import db
from shadowing.mail import letters, quiet
from shadowing.models import (
    Answer,
    FreeSeat,
    GivenAnswer,
    Guest,
    Invitation,
    Job,
    JobKind,
    Letter,
    LetterKind,
    OfferState,
    Opening,
    Pairing,
    Person,
    Role,
    Round,
    SeatOffer,
    SeatState,
    Slot,
    WaveArguments,
)
from shadowing.models.facts import SeatOfferFacts
from shadowing.visiting import seating, waiting
from shadowing.visiting.entries import Part
from shadowing.visiting.waiting import Waiting

WAVE_MOST = 10
TIME_TO_ANSWER = timedelta(hours=24)
PATIENCE = "SET LOCAL lock_timeout = '20s'"
SHORTEST = timedelta(hours=1)
"""How long somebody has at least."""
BEFORE_VISIT = timedelta(hours=24)
"""How long before a visit it is settled who comes."""


def offer(slot: Slot, by: Person | None, now: datetime) -> FreeSeat:
    """HR offers a seat that nobody has. Refused where there is none, or where it is too late to ask anybody."""
    seating.locked(slot.opening.round)
    if not seating.takes_place(slot) or seating.free_seats(slot) < 1:
        raise Refusal("No seat is free there. Somebody has it, or it is offered already.")
    seating.refuse_untold(slot.opening.round, {slot.id}, now)
    if _last_moment(slot) - now < SHORTEST:
        raise Refusal("The visit begins within a day, so nobody is asked by mail any more. Please speak to people.")
    audit.record("offer_seat", by, slot.opening.round, now, slot=slot.id)
    return open_seat(slot, now)


def freed(slot: Slot, now: datetime) -> None:
    """A seat has just become free. Where more people were there than the opening has seats, none has."""
    if seating.takes_place(slot) and seating.free_seats(slot) > 0:
        open_seat(slot, now)


def open_seat(slot: Slot, now: datetime) -> FreeSeat:
    seat = FreeSeat(slot=slot, opened_at=now)
    db.session.add(seat)
    db.session.flush()
    _ask_next(seat, now)
    return seat


def _last_moment(slot: Slot) -> datetime:
    return slot.starts_at - BEFORE_VISIT


# Who is asked


def _ask_next(seat: FreeSeat, now: datetime) -> None:
    """The next wave, or the end of it all where there is none."""
    last = _last_moment(seat.slot)
    if not seating.takes_place(seat.slot) or seating.free_seats(seat.slot) < 0:
        _end(seat, SeatState.GONE, now)
    elif last - now < SHORTEST:
        _end(seat, SeatState.TOO_LATE, now)
    elif not (could := waiting.who_could(seat.slot, _not_asked(seat), now)):
        _end(seat, SeatState.NOBODY, now)
    elif not (in_time := [one for one in could if last - _day_for(one, now) >= SHORTEST]):
        _end(seat, SeatState.TOO_LATE, now)
    else:
        highest = max(one.rank for one in in_time)
        wave = waiting.by_lot((one for one in in_time if one.rank == highest), seat.id)[:WAVE_MOST]
        _ask(seat, wave, min(last, max(_day_for(one, _day_for(one, now) + TIME_TO_ANSWER) for one in wave)), now)


def _day_for(one: Waiting, moment: datetime) -> datetime:
    return quiet.day_for(one.guest.person, one.guest.round, moment)


def _not_asked(seat: FreeSeat) -> list[Waiting]:
    """Who waits, but for those who did not take a seat in this slot before, or declined the visit. Who only was not fast enough
    is asked again for the next one."""
    asked = select(SeatOffer.guest_id).join(SeatOffer.seat).where(FreeSeat.slot_id == seat.slot_id)
    known = set(db.session.scalars(asked.where((FreeSeat.id == seat.id) | (SeatOffer.state != OfferState.GONE))))
    declined = select(Invitation.person_id).join(GivenAnswer, GivenAnswer.invitation_id == Invitation.id)
    declined = declined.where(Invitation.slot_id == seat.slot_id, Invitation.role == Role.GUEST)
    people = set(db.session.scalars(declined.where(GivenAnswer.answer == Answer.NO)))
    everybody = waiting.of(seat.slot.opening.round)
    return [one for one in everybody if one.guest.id not in known and one.guest.person_id not in people]


def _ask(seat: FreeSeat, wave: Sequence[Waiting], until: datetime, now: datetime) -> None:
    seat.wave, seat.until = seat.wave + 1, until
    made = [
        SeatOffer(seat=seat, guest=one.guest, rank=one.rank, wave=seat.wave, offered_at=now, until=until)
        for one in wave
    ]
    db.session.add_all(made)
    db.session.flush()
    letters.keep([letter_of(one, len(made) - 1, now) for one in made])
    arguments = WaveArguments(seat_id=seat.id, wave=seat.wave)
    key = f"{JobKind.ASK_NEXT}:{seat.id}:{seat.wave}"
    db.session.add(Job(key=key, kind=JobKind.ASK_NEXT, due_at=until, arguments=arguments))


def letter_of(offer: SeatOffer, others: int, now: datetime) -> Letter:
    """The unsaved mail that offers it."""
    guest, round = offer.guest, offer.guest.round
    part = Part(slot=offer.seat.slot, person=guest.person, role=Role.GUEST, guests=(guest,))
    heading = letters.heading_of(guest.person, round, "/offers")
    facts = SeatOfferFacts(heading=heading, entry=part.entry(), until=offer.until, others=others)
    letter = letters.addressed(guest.person, round, LetterKind.SEAT_OFFER, _key(offer), now, facts)
    letter.expires_at = offer.until
    return letter


def _key(offer: SeatOffer) -> str:
    return f"{LetterKind.SEAT_OFFER}:{offer.id}"


def lapse(arguments: WaveArguments, now: datetime) -> None:
    """Nobody of this wave took the seat in time. Does nothing where the seat has gone on since."""
    seat = db.session.get(FreeSeat, arguments.seat_id, with_for_update=True, populate_existing=True)
    if seat is None or seat.state is not SeatState.OPEN or seat.wave != arguments.wave:
        return
    for one in db.session.scalars(_offers(SeatOffer.seat_id == seat.id)):
        one.state = OfferState.LAPSED
    _ask_next(seat, now)


# Who takes it


def claim(offer: SeatOffer, now: datetime) -> Pairing:
    """The first who presses has the seat. All others read that somebody was faster, and hear nothing else."""
    seat, guest = offer.seat, offer.guest
    if not _won(seat, now):
        raise Changed("Somebody was faster, so this place is taken. You stay on the waiting list where you were.")
    if offer.until <= now:
        raise Changed("The time to take this place is over. You stay on the waiting list where you were.")
    made = _given(seat, guest, now)
    audit.record("claim_seat", guest.person, guest.round, now, guest=guest.id, slot=seat.slot_id)
    return made


def hand(seat: FreeSeat, guest: Guest, by: Person | None, now: datetime) -> Pairing:
    """HR gives the seat to somebody, whoever else is asked."""
    if not _won(seat, now):
        raise Changed("This place is not on offer any more. Look at it again.")
    made = _given(seat, guest, now)
    audit.record("hand_seat", by, guest.round, now, guest=guest.id, slot=seat.slot_id)
    return made


def _won(seat: FreeSeat, now: datetime) -> bool:
    """Many may press at once: each waits for their turn until the first is through with it."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text(PATIENCE))
    return _moved(FreeSeat.id == seat.id, SeatState.TAKEN, now)


def _moved(which: ColumnElement[bool], new: SeatState, now: datetime) -> bool:
    """Only where the seat is still open, whatever was read before: of all who try at once one does."""
    change = update(FreeSeat).where(which, FreeSeat.state == SeatState.OPEN).values(state=new, ended_at=now)
    result = db.session.execute(change.execution_options(synchronize_session=False))
    return cast("CursorResult[Any]", result).rowcount == 1


def _given(seat: FreeSeat, guest: Guest, now: datetime) -> Pairing:
    round = seating.locked(guest.round)
    if not seating.takes_place(seat.slot) or seat.slot.starts_at <= now:
        raise Refusal("This visit does not take place any more.")
    seating.refuse_untold(round, {seat.slot_id}, now)
    made = seating.seat(guest, seat.slot.opening, seating.start_of(seat.slot), seating.WAITING_LIST, now)
    _close(seat, guest, now)
    seating.settle(round, [made], now)
    _content(guest, now)
    return made


def _content(guest: Guest, now: datetime) -> None:
    """Whoever has all visits that they asked for is asked for no other seat."""
    if waiting.waits(guest):
        return
    for one in db.session.scalars(_offers(SeatOffer.guest_id == guest.id)).all():
        _take_back(one, now)
        _go_on(one.seat, now)


def decline(offer: SeatOffer, now: datetime) -> None:
    """Not this one. Where nobody is left who may want it, the next are asked at once."""
    db.session.get(FreeSeat, offer.seat_id, with_for_update=True, populate_existing=True)
    db.session.refresh(offer)
    if offer.state is not OfferState.OPEN:
        return
    offer.state = OfferState.DECLINED
    _go_on(offer.seat, now)


def _go_on(seat: FreeSeat, now: datetime) -> None:
    db.session.flush()
    if seat.state is SeatState.OPEN and db.session.scalars(_offers(SeatOffer.seat_id == seat.id)).first() is None:
        _ask_next(seat, now)


# How it ends


def stop(seat: FreeSeat, by: Person | None, now: datetime) -> None:
    """HR offers it to nobody any more. Who was asked and comes reads so."""
    if not _moved(FreeSeat.id == seat.id, SeatState.STOPPED, now):
        raise Changed("This place is not on offer any more. Look at it again.")
    db.session.refresh(seat)
    _close(seat, None, now)
    audit.record("stop_offer", by, seat.slot.opening.round, now, slot=seat.slot_id)


def settle(round: Round, now: datetime) -> None:
    """A plan was published: a seat that somebody has by it, or whose visit is off, is on offer no more, and whoever has all visits
    that they asked for is asked for none. A seat that is being taken this very moment is left to whoever takes it."""
    rows = select(FreeSeat).join(FreeSeat.slot).join(Slot.opening)
    rows = rows.where(Opening.round_id == round.id, FreeSeat.state == SeatState.OPEN).order_by(FreeSeat.id)
    for seat in db.session.scalars(rows.with_for_update(of=FreeSeat, skip_locked=True)).all():
        if not seating.takes_place(seat.slot) or seating.free_seats(seat.slot) < 0:
            _end(seat, SeatState.GONE, now)
            continue
        for one in db.session.scalars(_offers(SeatOffer.seat_id == seat.id)).all():
            if not waiting.waits(one.guest):
                _take_back(one, now)
        _go_on(seat, now)


def _end(seat: FreeSeat, state: SeatState, now: datetime) -> None:
    seat.state, seat.until, seat.ended_at = state, None, now
    if state is not SeatState.NOBODY:
        _close(seat, None, now)


def _close(seat: FreeSeat, winner: Guest | None, now: datetime) -> None:
    """All offers of the seat are over; mails that are still here stay here."""
    for one in db.session.scalars(_offers(SeatOffer.seat_id == seat.id, OfferState.DECLINED)).all():
        _take_back(one, now)
    if winner is not None:
        mine = update(SeatOffer).where(SeatOffer.seat_id == seat.id, SeatOffer.guest_id == winner.id)
        db.session.execute(mine.values(state=OfferState.CLAIMED))


def _take_back(offer: SeatOffer, now: datetime) -> None:
    offer.state = OfferState.GONE
    letters.take_back(Letter.key == _key(offer), now)


def _offers(which: ColumnElement[bool], *also: OfferState) -> Select[SeatOffer]:
    """Those that are open, or in a state *also* asked for."""
    return select(SeatOffer).where(which, SeatOffer.state.in_((OfferState.OPEN, *also))).order_by(SeatOffer.id)
