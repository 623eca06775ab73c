"""What may happen in a random life. Each deed draws whom and what it is about, and does it as the page or the mail would."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from shadowing.company import persons
from shadowing.company.persons import PersonDraft
from shadowing.errors import Refusal
from shadowing.extensions import db
from shadowing.matching import asked_repairs, leaving, pairings, pausing, swaps
from shadowing.matching.spans import minutes
from shadowing.models import (
    AnotherTime,
    Answer,
    AnswerWhy,
    Invitation,
    Job,
    OfferState,
    Opening,
    Pairing,
    Person,
    PlaceRequest,
    RequestState,
    SeatOffer,
    Slot,
)
from shadowing.rounds import cancellation, deputies, dropouts, holding, opening_changes, repairs
from shadowing.visiting import answers, declining, instead, invitations, lost_days, offering, seating, slots
from shadowing.visiting.lost_days import LostDays
from tests.lives.life import PLACES, PREPARATIONS, TITLES, WEEKDAYS, Life
from tests.mail import clients
from tests.postbox import Calendar

PARTSTATS = ("ACCEPTED", "ACCEPTED", "TENTATIVE", "DECLINED")


def nothing(life: Life) -> Refusal:
    return Refusal(f"There is nothing to do that to in life {life.number}.")


# Answers


def _standing(life: Life) -> Invitation:
    rows = life.standing()
    if not rows:
        raise nothing(life)
    return life.random.choice(rows)


def decline_on_the_page(life: Life) -> None:
    row = _standing(life)
    answers.decline(row, AnswerWhy.BUSY, "髙橋です 🙇\nsorry", life.now)
    life.presses[row.id] += 1


def accept_on_the_page(life: Life) -> None:
    row = _standing(life)
    answers.accept(row, life.now)
    life.presses[row.id] += 1


def ask_for_another_time(life: Life) -> None:
    row = _standing(life)
    begin = life.random.choice(life.slots() or _none(life)).starts_at + timedelta(hours=1)
    answers.propose(row, AnotherTime(starts_at=begin, ends_at=begin + timedelta(hours=1)), "", life.now)
    life.presses[row.id] += 1


def take_the_answer_back(life: Life) -> None:
    rows = [one for one in life.standing() if answers.counting(one)]
    if not rows:
        raise nothing(life)
    answers.undo(life.random.choice(rows), life.now)


def answer_by_mail(life: Life) -> None:
    """From what the calendar holds by now, which may be older than what we know; once in a while the mail comes twice."""
    held = {uid: entry for one in life.calendars.values() for uid, entry in standing(one).items()}
    rows = list(db.session.scalars(select(Invitation).where(Invitation.uid.in_(held)).order_by(Invitation.id)))
    if not rows:
        raise nothing(life)
    row = life.random.choice(rows)
    entry = held[row.uid]
    partstat, counter = life.random.choice(PARTSTATS), life.random.random() < 0.2
    press = replace(
        clients.pressed(row, partstat, life.now, counter=counter),
        sequence=entry["revision"][0],
        begins=entry["starts_at"],
        ends=entry["ends_at"],
        serial=life.random.randrange(10**6),
    )
    mail = life.random.choice(clients.OWN)(press)
    life.presses[row.id] += 1
    life.receive(mail)
    for again in (mail, b"Received: by another hop\r\n" + mail)[: life.random.randrange(3)]:
        life.receive(again)


def standing(calendar: Calendar) -> dict[str, dict[str, Any]]:
    return {uid: entry for uid, entry in calendar.entries.items() if not entry["cancelled"]}


def free_a_declined_seat(life: Life) -> None:
    rows = [one for one in life.standing() if one.answer is Answer.NO]
    if not rows:
        raise nothing(life)
    declining.free_now(life.random.choice(rows), life.hr, life.now)


def take_another_place(life: Life) -> None:
    for row in db.session.scalars(select(Invitation).where(Invitation.answer == Answer.NO).order_by(Invitation.id)):
        if instead.is_declined(row) and (found := instead.places(row, life.now)):
            chosen = life.random.choice(found)
            instead.take(row, chosen.opening, chosen.start, life.now)
            return
    raise nothing(life)


def hr_decides_on_a_place(life: Life) -> None:
    asked = db.session.scalars(select(PlaceRequest).where(PlaceRequest.state == RequestState.ASKED)).first()
    if asked is None:
        raise nothing(life)
    life.random.choice((instead.agree, instead.disagree))(asked, life.hr, life.now)


# Visits that HR changes


def reschedule(life: Life) -> None:
    slot = life.random.choice(life.slots() or _none(life))
    day = life.random.choice(WEEKDAYS)
    begin = slot.starts_at.replace(hour=life.random.randrange(1, 7)) + timedelta(days=day - (slot.starts_at.day - 18))
    slots.reschedule(slot, begin, life.hr, life.now, sure=True)


def call_off(life: Life) -> None:
    slots.call_off(life.random.choice(life.slots() or _none(life)), life.hr, life.now)


def _none(life: Life) -> list[Slot]:
    raise nothing(life)


def _opening(life: Life) -> Opening:
    rows = select(Opening).where(Opening.withdrawn_at.is_(None), Opening.id.in_(life.offers)).order_by(Opening.id)
    found = db.session.scalars(rows).all()
    if not found:
        raise nothing(life)
    return life.random.choice(found)


def change_the_words(life: Life) -> None:
    opening = _opening(life)
    offer = life.offers[opening.id]
    new = {
        "place": life.random.choice(PLACES)[:200],
        "preparation": life.random.choice(PREPARATIONS),
        "title": life.random.choice(TITLES)[:200],
    }
    for name in life.random.sample(sorted(new), life.random.randrange(1, 4)):
        offer = replace(offer, **{name: new[name]})  # type: ignore[arg-type]  # fields by name
    opening_changes.change(opening, offer, life.hr, life.now)
    life.offers[opening.id] = offer


def withdraw_an_opening(life: Life) -> None:
    opening_changes.withdraw(_opening(life), life.hr, life.now)


def lose_a_day(life: Life) -> None:
    slot = life.random.choice(life.slots() or _none(life))
    lost_days.lose(life.round, LostDays(first_on=slot.starts_at.date()), life.hr, life.now)


def _pairings(life: Life) -> list[Pairing]:
    rows = db.session.scalars(select(Pairing).where(Pairing.stands).order_by(Pairing.id)).all()
    return [one for one in rows if one.slot in life.slots()]


def swap_guests(life: Life) -> None:
    rows = _pairings(life)
    if len(rows) < 2:
        raise nothing(life)
    one, other = life.random.sample(rows, 2)
    swaps.swap(one, other, life.hr, life.now)


def move_a_guest(life: Life) -> None:
    rows = _pairings(life)
    if not rows:
        raise nothing(life)
    slot = life.random.choice(life.slots())
    pairings.move(life.random.choice(rows), slot.opening_id, minutes(slot.starts_at), life.hr, life.now)


def take_a_guest_out(life: Life) -> None:
    rows = _pairings(life)
    if not rows:
        raise nothing(life)
    pairings.remove(life.random.choice(rows), life.hr, life.now)


# People


def _hosted(life: Life) -> tuple[Slot, Person]:
    rows = [(one.slot, host.person) for one in _pairings(life) for host in one.slot.opening.hosts]
    if not rows:
        raise nothing(life)
    return life.random.choice(rows)


def a_host_cannot_come_once(life: Life) -> None:
    slot, host = _hosted(life)
    dropouts.one_visit(slot, host, life.hr, life.now)


def a_host_is_moved(life: Life) -> None:
    _, host = _hosted(life)
    dropouts.moved(life.round, host, life.hr, life.now)


def a_deputy_takes_over(life: Life) -> None:
    slot, host = _hosted(life)
    others = [one for one in life.people() if one.department_id == host.department_id and one is not host]
    deputies.give(slot, host, life.random.choice(others or _nobody(life)), life.hr, life.now)


def _nobody(life: Life) -> list[Person]:
    raise nothing(life)


def another_address(life: Life) -> None:
    person = life.random.choice(life.people())
    assert person.department_id is not None
    given = PersonDraft(
        code=person.code,
        family_name=person.family_name,
        given_name=person.given_name,
        display_name=person.display_name,
        kana=person.kana,
        email=f"new{life.random.randrange(10**6)}.{person.code}@example.org",
        department=person.department_id,
        zone=person.zone,
        locale=person.locale,
    )
    persons.change(person, given, life.hr, life.now)


def somebody_leaves(life: Life) -> None:
    person = life.random.choice(life.people())
    last_day = life.now.date() + timedelta(days=life.random.choice((-1, 1, 30, 50)))
    leaving.let_go(person, last_day, life.hr, life.now)


def somebody_pauses(life: Life) -> None:
    day = life.day(life.random.choice(WEEKDAYS))
    pausing.pause(life.random.choice(life.people()), day, life.hr, life.now)


def somebody_is_back(life: Life) -> None:
    away = [one for one in life.people() if one.away_until]
    pausing.resume(life.random.choice(away or _nobody(life)), life.hr, life.now)


# Places that are free


def offer_a_free_seat(life: Life) -> None:
    free = [one for one in life.slots() if seating.free_seats(one) > 0]
    offering.offer(life.random.choice(free or _none(life)), life.hr, life.now)


def claim_a_seat(life: Life) -> None:
    rows = db.session.scalars(select(SeatOffer).where(SeatOffer.state == OfferState.OPEN).order_by(SeatOffer.id)).all()
    if not rows:
        raise nothing(life)
    offering.claim(life.random.choice(rows), life.now)


def take_a_repair(life: Life) -> None:
    """In one of eight lives, for the solver takes a process of its own."""
    job = db.session.scalars(select(Job).where(Job.done_at.is_(None), Job.key.like("repair:%"))).first()
    if job is None or life.number % 8:
        raise nothing(life)
    life.do(job)
    repair = db.session.scalars(asked_repairs.last_of(life.round)).first()
    if repair is None or not repair.proposals:
        raise nothing(life)
    repairs.take_and_tell(repair, 0, life.hr, life.sender, life.now)


# The round


def publish_again(life: Life) -> None:
    if not invitations.planned(life.round, life.now, life.sender):
        raise nothing(life)
    life.publish()


def publish_without_mail_for_some(life: Life) -> None:
    if not invitations.planned(life.round, life.now, life.sender):
        raise nothing(life)
    life.publish(frozenset(one.id for one in life.people() if life.random.random() < 0.3))


def send_what_was_held_back(life: Life) -> None:
    holding.release(life.round, life.hr, life.now)


def pause_the_mail(life: Life) -> None:
    life.random.choice((holding.pause, holding.resume))(life.round, life.hr, life.now)


def cancel_the_round(life: Life) -> None:
    if life.random.random() < 0.7:
        raise nothing(life)
    cancellation.cancel(life.round, "台風\n🌀", life.hr, life.now)


DEEDS = (
    *(decline_on_the_page, accept_on_the_page, ask_for_another_time, take_the_answer_back),
    *(answer_by_mail, answer_by_mail, answer_by_mail, free_a_declined_seat, take_another_place, hr_decides_on_a_place),
    *(reschedule, reschedule, call_off, change_the_words, change_the_words, withdraw_an_opening, lose_a_day),
    *(swap_guests, move_a_guest, take_a_guest_out, a_host_cannot_come_once, a_host_is_moved, a_deputy_takes_over),
    *(
        another_address,
        somebody_leaves,
        somebody_pauses,
        somebody_is_back,
        offer_a_free_seat,
        claim_a_seat,
        claim_a_seat,
    ),
    *(take_a_repair, publish_again, publish_again, publish_again, publish_again, cancel_the_round),
    *(publish_without_mail_for_some, send_what_was_held_back, pause_the_mail),
)
