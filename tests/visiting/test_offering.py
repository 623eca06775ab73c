"""Free seats and the waiting list: who is asked, in what order and until when, and how it ends."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.collecting import dates
from shadowing.errors import Changed, Refusal
from shadowing.extensions import settings
from shadowing.mail import outbox
from shadowing.matching import pairings
from shadowing.models import (
    Answer,
    GivenAnswer,
    Letter,
    LetterKind,
    LetterState,
    OfferState,
    Pairing,
    PairingStatus,
    Role,
    SeatOffer,
    SeatState,
    Slot,
)
from shadowing.models.facts import SeatOfferFacts
from shadowing.rounds import rounds
from shadowing.visiting import answers, invitations, offering, seating, slots, waiting
from shadowing.visiting.answers import NewAnswer
from tests import factories
from tests.factories import NOW, at, free
from tests.visiting import freed
from tests.visiting.freed import LATER, letters_since, missed_last_time, world

DAY = timedelta(days=1)
OFFER = LetterKind.SEAT_OFFER


def ids(*guests: object) -> set[int]:
    return {one.id for one in guests}  # type: ignore[attr-defined]  # guests


# Who is asked


def test_a_freed_seat_is_offered_to_all_who_wait_and_could_come(session: Session) -> None:
    it = world(waiting=3)
    busy = factories.guest(it.round, wishes=(it.slot.opening.department,))
    elsewhere = freed.waiter(it.round, it.slot)
    elsewhere.goals = []
    session.flush()

    it.free_the_seat()

    assert it.asked == ids(*it.waiting)
    assert {busy.id, elsewhere.id} & it.asked == set()
    assert {key for key in letters_since(LATER) if key[1] is OFFER} == {(one.person.code, OFFER) for one in it.waiting}


def test_who_went_without_longest_is_asked_first_and_alone(session: Session) -> None:
    it = world(waiting=3)
    missed_last_time(it.waiting[1])
    missed_last_time(it.waiting[2], rounds=2)

    it.free_the_seat()

    assert it.asked == ids(it.waiting[2])


def test_who_has_a_visit_and_would_like_another_comes_last(session: Session) -> None:
    it = world(waiting=2)
    has, hasnt = it.waiting
    has.visits = 2
    other = factories.slot(factories.opening(it.round, factories.person(department_=it.host.home), starts_at=at(2, 10)))
    factories.pairing(has, other, status=PairingStatus.PUBLISHED)
    missed_last_time(has, rounds=2)
    invitations.tell(it.round, NOW, freed.SENDER, NOW)

    seat = it.free_the_seat()
    first = it.asked
    it.work(seat.until or LATER)

    assert (first, it.asked) == (ids(hasnt), ids(has))


def test_at_most_ten_are_asked_at_a_time_and_lots_decide_who_alike_each_time(session: Session) -> None:
    it = world(waiting=13)
    seat = it.free_the_seat()
    first = it.asked
    drawn = [one.guest.id for one in waiting.by_lot(waiting.of(it.round), seat.id) if one.guest != it.guest]

    it.work(seat.until or LATER)

    assert first == set(drawn[:10])
    assert it.asked == set(drawn[10:])


def test_nobody_is_asked_twice_for_the_same_seat(session: Session) -> None:
    it = world(waiting=2)
    seat = it.free_the_seat()

    it.work(seat.until or LATER)

    assert freed.states() == [SeatState.NOBODY]
    assert session.scalars(select(SeatOffer.state)).all() == [OfferState.LAPSED] * 2
    assert sum(letters_since(LATER)[one.person.code, OFFER] for one in it.waiting) == 2


def test_who_declined_the_visit_is_not_asked_for_it(session: Session) -> None:
    it = world(waiting=0)

    it.free_the_seat()

    assert freed.states() == [SeatState.NOBODY]
    assert session.scalars(select(GivenAnswer.answer)).all() == [Answer.NO]


def test_a_deadline_is_a_day_of_theirs_and_ends_a_day_before_the_visit(session: Session) -> None:
    it = world(waiting=1)
    weekdays = it.free_the_seat().until

    assert weekdays == LATER + DAY

    late = world(waiting=1)
    late.decline(late.slot.starts_at - 2 * DAY)
    late.work(late.slot.starts_at - 2 * DAY + timedelta(hours=1))

    assert late.seat.until == late.slot.starts_at - DAY


def test_over_a_weekend_there_is_time_until_monday(session: Session) -> None:
    it = world(waiting=1)
    friday = at(4, 12)  # noon; the visit is on the Tuesday after next

    it.slot.starts_at, it.slot.ends_at = at(15, 10), at(15, 11)
    free(it.round, it.waiting[0].person, 15, 9, 17)
    session.flush()
    taken_still = offering.open_seat(it.slot, friday).state
    session.scalars(select(Pairing)).one().status = PairingStatus.DROPPED
    session.flush()

    assert taken_still is SeatState.GONE
    assert offering.open_seat(it.slot, friday).until == at(7, 0)


def test_a_mail_tells_the_visit_the_time_and_how_many_others_are_asked(session: Session) -> None:
    it = world(waiting=3)
    it.free_the_seat()
    letter = session.scalars(select(Letter).where(Letter.kind == OFFER)).first()
    assert letter

    facts = letter.facts
    assert isinstance(facts, SeatOfferFacts)
    assert (facts.others, facts.entry.place, facts.until) == (2, "Room 7", it.seat.until)
    assert letter.expires_at == it.seat.until
    body = outbox.render(letter, settings()).get_body(("plain",))
    assert body
    said = body.get_content()
    for words in (
        "2 other people are asked at the same time. Who presses first has it.",
        "Room 7",
        "It is not yours yet",
    ):
        assert words in said


# Who takes it


def test_the_winner_and_the_host_are_invited_and_nobody_else_hears_anything(session: Session) -> None:
    it = world(waiting=3)
    it.free_the_seat()
    winner = it.waiting[1]

    offering.claim(it.offer(winner), LATER + DAY / 2)

    pairing = session.scalars(select(Pairing).where(Pairing.guest_id == winner.id)).one()
    assert (pairing.status, pairing.pinned, pairing.by_hand) == (PairingStatus.PUBLISHED, True, False)
    assert "waiting_list" in pairing.tags
    assert letters_since(LATER + DAY / 2) == {
        (winner.person.code, LetterKind.REQUEST): 1,
        (it.host.code, LetterKind.REQUEST): 1,
    }
    assert freed.states() == [SeatState.TAKEN]
    assert winner.reason is None


def test_of_two_who_press_the_second_is_told_kindly_and_stays_on_the_list(session: Session) -> None:
    it = world(waiting=2)
    it.free_the_seat()
    second = it.offer(it.waiting[1])
    offering.claim(it.offer(it.waiting[0]), LATER)

    with pytest.raises(Changed, match="Somebody was faster"):
        offering.claim(second, LATER)

    assert second.state is OfferState.GONE
    assert it.waiting[1] in [one.guest for one in waiting.of(it.round)]


def test_who_was_not_fast_enough_is_asked_for_the_next_seat_there(session: Session) -> None:
    it = world(waiting=2)
    it.free_the_seat()
    winner, other = it.waiting
    offering.claim(it.offer(winner), LATER)
    answers.take(it.invitation(winner.person), NewAnswer(answer=Answer.NO), LATER)

    it.work(LATER + DAY)

    assert it.asked == ids(other)


def test_mails_of_an_offer_that_wait_for_the_morning_stay_here_once_it_is_taken(session: Session) -> None:
    it = world(waiting=2)
    it.free_the_seat()
    waits = session.scalars(select(Letter).where(Letter.kind == OFFER)).all()

    offering.claim(it.offer(it.waiting[0]), LATER)
    session.expire_all()

    assert {one.state for one in waits} <= {LetterState.CANCELLED, LetterState.READY}
    theirs = next(one for one in waits if one.person_id == it.waiting[1].person_id)
    assert theirs.state is LetterState.CANCELLED


def test_after_the_time_is_over_the_seat_is_not_theirs_any_more(session: Session) -> None:
    it = world(waiting=1)
    seat = it.free_the_seat()

    with pytest.raises(Changed, match="time to take this place is over"):
        offering.claim(it.offer(it.waiting[0]), seat.until or LATER)


def test_a_seat_is_not_taken_where_a_rule_is_against_it_by_then(session: Session) -> None:
    it = world(waiting=1)
    it.free_the_seat()
    there = factories.slot(factories.opening(it.round, it.waiting[0].person, starts_at=at(8, 10)))

    with pytest.raises(Refusal, match="something has changed meanwhile"):
        offering.claim(it.offer(it.waiting[0]), LATER)
    assert there.id


def test_not_this_one_asks_the_next_as_soon_as_nobody_is_left_to_decide(session: Session) -> None:
    it = world(waiting=3)
    missed_last_time(it.waiting[0])
    missed_last_time(it.waiting[1])
    it.free_the_seat()

    offering.decline(it.offer(it.waiting[0]), LATER)
    one_left = it.asked
    offering.decline(it.offer(it.waiting[1]), LATER)

    assert (one_left, it.asked) == (ids(it.waiting[1]), ids(it.waiting[2]))


def test_who_said_not_this_one_may_think_better_of_it_while_it_is_free(session: Session) -> None:
    it = world(waiting=2)
    it.free_the_seat()
    offering.decline(it.offer(it.waiting[0]), LATER)

    offering.claim(it.offer(it.waiting[0]), LATER)

    assert it.visitors() == [it.waiting[0]]


def test_who_has_a_visit_now_is_offered_no_other_seat(session: Session) -> None:
    it = world(waiting=1)
    it.free_the_seat()
    first = it.offer(it.waiting[0])
    afternoon = factories.opening(it.round, factories.person(department_=it.host.home), starts_at=at(8, 14))
    other = offering.open_seat(factories.slot(afternoon), LATER)
    both = {one.guest_id for one in other.offers}

    offering.claim(first, LATER)

    assert both == ids(it.guest, it.waiting[0])
    assert it.asked == ids(it.guest)


# What HR does


def test_hr_stops_an_offer_and_gives_the_seat_to_nobody(session: Session) -> None:
    it = world(waiting=1)
    seat = it.free_the_seat()

    offering.stop(seat, None, LATER)

    assert freed.states() == [SeatState.STOPPED]
    with pytest.raises(Changed):
        offering.claim(it.offer(it.waiting[0]), LATER)
    it.work(LATER + 7 * DAY)
    assert it.asked == set()


def test_hr_hands_the_seat_to_somebody_directly(session: Session) -> None:
    it = world(waiting=2)
    seat = it.free_the_seat()

    offering.hand(seat, it.waiting[1], None, LATER)

    assert it.visitors() == [it.waiting[1]]
    assert it.invitation(it.waiting[1].person).role is Role.GUEST
    assert it.offer(it.waiting[0]).state is OfferState.GONE


def test_hr_offers_a_seat_that_nobody_has(session: Session) -> None:
    it = world(waiting=1, seats=2)

    offering.offer(it.slot, None, NOW)

    assert it.asked == ids(it.waiting[0])
    with pytest.raises(Refusal, match="No seat is free"):
        offering.offer(it.slot, None, NOW)


def test_hr_offers_no_seat_on_the_day_before(session: Session) -> None:
    it = world(waiting=1, seats=2)

    with pytest.raises(Refusal, match="begins within a day"):
        offering.offer(it.slot, None, it.slot.starts_at - DAY)


def test_a_slot_that_was_called_off_is_offered_to_nobody_else(session: Session) -> None:
    it = world(waiting=11)
    seat = it.free_the_seat()
    session.get_one(Slot, it.slot.id).cancelled_at = LATER
    session.flush()

    it.work(seat.until or LATER)

    assert freed.states() == [SeatState.GONE]


def test_a_visit_that_is_called_off_while_its_seat_is_on_offer_is_offered_no_more_once_that_is_told(
    session: Session,
) -> None:
    it = world(waiting=2, seats=2)
    beside = freed.waiter(it.round, it.slot)
    factories.pairing(beside, it.slot, status=PairingStatus.PUBLISHED)
    invitations.tell(it.round, NOW, freed.SENDER, NOW)
    it.free_the_seat()
    slots.call_off(it.slot, None, LATER)

    rounds.publish(it.round, None, it.round.version, LATER, freed.SENDER, LATER)

    assert freed.states() == [SeatState.GONE]
    assert it.asked == set()
    assert OFFER not in {kind for _, kind in letters_since(NOW)}


def test_a_seat_on_offer_that_a_published_plan_gives_to_somebody_is_on_offer_no_more(session: Session) -> None:
    it = world(waiting=2)
    it.free_the_seat()
    pairings.hold(it.waiting[0], it.slot.opening, seating.start_of(it.slot), [])

    rounds.publish(it.round, None, it.round.version, LATER, freed.SENDER, LATER)

    assert freed.states() == [SeatState.GONE]
    assert it.asked == set()


def test_who_has_a_visit_by_a_published_plan_is_asked_for_none_and_the_next_are_asked(session: Session) -> None:
    it = world(waiting=2)
    longest, next_one = it.waiting
    missed_last_time(longest)
    it.free_the_seat()
    assert it.asked == {longest.id}
    elsewhere = factories.slot(
        factories.opening(it.round, factories.person(department_=it.host.home), starts_at=at(9, 10))
    )
    factories.pairing(longest, elsewhere)

    rounds.publish(it.round, None, it.round.version, LATER, freed.SENDER, LATER)

    assert it.asked == {next_one.id}


def test_a_date_whose_place_is_on_offer_is_called_off_and_not_forgotten_when_the_meeting_moves(
    session: Session,
) -> None:
    it = world(waiting=1)
    idle = factories.slot(factories.opening(it.round, factories.person(department_=it.host.home), starts_at=at(8, 14)))
    offering.offer(idle, None, NOW)
    idle.opening.starts_at = at(9, 14)

    dates.lay_out(idle.opening, it.round, NOW)
    session.flush()

    assert idle.cancelled_at == NOW
    with pytest.raises(Refusal, match="does not take place any more"):
        offering.claim(it.offer(it.waiting[0]), NOW)
