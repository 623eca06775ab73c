"""Two guests swap their visits: who may propose what to whom, who says yes, and how it ends."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.errors import Changed, Refusal
from shadowing.extensions import settings
from shadowing.mail import outbox
from shadowing.models import Answer, Exclusion, Forbid, Host, Letter, LetterKind, LetterState, Pairing
from shadowing.models.swaps import SwapState
from shadowing.visiting import answers, swap_hosts, swapping, telling
from shadowing.visiting.answers import NewAnswer
from tests import factories
from tests.factories import NOW, at
from tests.visiting import swapped
from tests.visiting.freed import SENDER, letters_since
from tests.visiting.swapped import world

HOUR = timedelta(hours=1)
OFFER, WAITS, ENDED = LetterKind.SWAP_OFFER, LetterKind.SWAP_WAITS, LetterKind.SWAP_ENDED


# What can be proposed


def test_a_guest_chooses_among_visits_that_suit_both(session: Session) -> None:
    it = world(visits=3)
    it.guests[2].goals = []
    session.flush()

    assert swapping.choices(it.row(it.guests[0]), NOW) == [it.row(it.guests[1])]


def test_a_rule_against_either_keeps_a_visit_from_the_choices(session: Session) -> None:
    it = world()
    one, other = (guest.person for guest in it.guests)
    rules = [
        Exclusion(person=other, other=it.hosts[0]),
        Forbid(guest_id=it.guests[0].id, opening_id=it.slots[1].opening_id, why=""),
    ]
    for rule in rules:
        session.add(rule)
        session.flush()
        assert swapping.choices(it.row(it.guests[0]), NOW) == []
        with pytest.raises(Changed, match="cannot be swapped any more"):
            it.propose()
        session.delete(rule)
        session.flush()
        session.expire_all()

    assert len(swapping.choices(it.row(it.guests[0]), NOW)) == 1
    assert one != other


def test_of_two_guests_at_one_visit_one_is_shown(session: Session) -> None:
    it = world(seats=2)
    swapped.guest(it.round, it.slots, it.slots[1], 2)
    swapped.tell(it.round)

    assert [one.slot for one in swapping.choices(it.row(it.guests[0]), NOW)] == [it.slots[1]]


def test_two_guests_of_one_visit_have_nothing_to_swap(session: Session) -> None:
    it = world(visits=1, seats=2)
    swapped.guest(it.round, it.slots, it.slots[0], 2)
    swapped.tell(it.round)

    assert swapping.choices(it.row(it.guests[0]), NOW) == []


def test_both_visits_are_48_hours_ahead(session: Session) -> None:
    it = world()
    first = it.slots[0].starts_at

    assert len(swapping.choices(it.row(it.guests[1]), first - 48 * HOUR)) == 1
    assert swapping.choices(it.row(it.guests[1]), first - 47 * HOUR) == []
    assert swapping.choices(it.row(it.guests[0]), first - 47 * HOUR) == []


def test_a_declined_visit_is_neither_proposed_nor_asked_for(session: Session) -> None:
    it = world()
    answers.take(it.row(it.guests[1]), NewAnswer(answer=Answer.NO), NOW)

    assert swapping.choices(it.row(it.guests[0]), NOW) == []
    assert swapping.choices(it.row(it.guests[1]), NOW) == []


def test_a_guest_waits_for_one_swap_at_a_time_and_a_second_press_changes_nothing(session: Session) -> None:
    it = world(visits=3)
    offer = it.propose()

    assert it.propose(NOW + HOUR) is offer
    with pytest.raises(Refusal, match="You wait for an answer to another swap"):
        it.propose(to=2)
    assert letters_since(NOW) == {(it.guests[1].person.code, OFFER): 1}


def test_what_hr_is_changing_is_not_swapped(session: Session) -> None:
    it = world()
    it.slots[1].opening.place = "Room 99"
    session.flush()

    with pytest.raises(Refusal, match="are changing this visit just now"):
        it.propose()


def test_the_mail_names_neither_guest_nor_customer(app: object, session: Session) -> None:
    it = world()
    it.slots[0].opening.title = "Visit to Nanban Trading"
    session.flush()
    swapped.tell(it.round)
    it.propose()

    letter = session.scalars(select(Letter).where(Letter.kind == OFFER)).one()
    mail = outbox.render(letter, settings()).as_string()

    assert letter.person == it.guests[1].person
    assert it.guests[0].person.display_name not in mail
    assert "Nanban" not in mail
    assert letter.expires_at == NOW + 48 * HOUR


def test_the_time_to_answer_is_48_hours_and_ends_a_day_before_the_first_visit(session: Session) -> None:
    it = world()
    first = it.slots[0].starts_at

    assert it.propose(first - 200 * HOUR).until == first - 152 * HOUR
    swapping.take_back(it.propose(first - 200 * HOUR), NOW)
    assert it.propose(first - 50 * HOUR).until == first - 24 * HOUR


# Three say yes


def test_a_swap_by_three_yeses_tells_only_those_concerned(session: Session) -> None:
    """Each guest and each host gets what their calendar needs; nobody else gets anything."""
    it = world(visits=4)
    offer = it.propose()
    assert it.visits() == [0, 1, 2, 3]
    swapping.agree(offer, NOW + HOUR)
    assert it.visits() == [0, 1, 2, 3]
    assert letters_since(NOW + HOUR) == {(host.code, LetterKind.SWAP_WAITS): 1 for host in it.hosts[:2]}

    swapping.allow(offer, it.hosts[0], NOW + 2 * HOUR)

    assert it.visits() == [1, 0, 2, 3]
    assert offer.state is SwapState.DONE
    told = {(guest.person.code, kind): 1 for guest in it.guests[:2] for kind in (LetterKind.CANCEL, LetterKind.REQUEST)}
    told |= {(host.code, LetterKind.CHANGE): 1 for host in it.hosts[:2]}
    assert letters_since(NOW + 2 * HOUR) == told
    assert telling.is_told(it.round, {slot.id for slot in it.slots}, NOW + 2 * HOUR)
    made = session.scalars(select(Pairing).where(Pairing.guest_id == it.guests[0].id, Pairing.stands)).one()
    assert ("by_guest" in made.tags, made.by_hand) == (True, False)


def test_a_second_press_of_any_yes_changes_nothing(session: Session) -> None:
    it = world()
    offer = it.agreed()
    swapping.agree(offer, NOW + HOUR)
    swapping.allow(offer, None, NOW + HOUR)
    letters = letters_since(NOW)

    swapping.allow(offer, None, NOW + 2 * HOUR)

    assert it.visits() == [1, 0]
    assert letters_since(NOW) == letters


def test_two_dates_of_one_opening_are_swapped_by_moving_the_entries(session: Session) -> None:
    it = world()
    it.slots[1].opening_id = it.slots[0].opening_id
    session.flush()
    session.expire_all()
    swapped.tell(it.round)
    offer = it.agreed()

    swapping.allow(offer, None, NOW + HOUR)

    assert it.visits() == [1, 0]
    guests = {key: count for key, count in letters_since(NOW + HOUR).items() if key[0] != it.hosts[0].code}
    assert guests == {(guest.person.code, LetterKind.CHANGE): 1 for guest in it.guests}


def test_nobody_swaps_without_the_yes_of_the_other_guest(session: Session) -> None:
    it = world()

    with pytest.raises(Changed):
        swapping.allow(it.propose(), None, NOW + HOUR)

    assert it.visits() == [0, 1]


def test_rules_are_asked_again_at_each_yes(session: Session) -> None:
    it = world()
    offer = it.agreed()
    session.add(Exclusion(person=it.guests[0].person, other=it.hosts[1]))
    session.flush()

    with pytest.raises(Changed, match="something has changed meanwhile"):
        swapping.allow(offer, None, NOW + HOUR)

    assert it.visits() == [0, 1]


def test_of_two_proposals_for_a_visit_the_first_agreed_wins(session: Session) -> None:
    it = world(visits=3)
    lost, won = it.propose(of=0, to=1), it.propose(of=2, to=1)

    swapping.agree(won, NOW + HOUR)

    assert (lost.state, won.state) == (SwapState.OVERTAKEN, SwapState.AGREED)
    told = {(it.guests[0].person.code, ENDED): 1} | {(host.code, WAITS): 1 for host in it.hosts[1:]}
    assert letters_since(NOW + HOUR) == told
    with pytest.raises(Changed, match="over already"):
        swapping.agree(lost, NOW + HOUR)
    assert it.row(it.guests[1]) not in swapping.choices(it.row(it.guests[0]), NOW + HOUR)


def test_each_host_is_asked_once_names_the_guests_and_no_customer(app: object, session: Session) -> None:
    it = world()
    offer = it.propose()
    it.slots[0].opening.title = "Visit to Nanban Trading"
    it.hosts[1].left_at = NOW
    session.add(Host(opening=it.slots[0].opening, person=it.guests[1].person))
    session.flush()
    for _ in range(2):
        swap_hosts.ask(offer, NOW)

    letter = session.scalars(select(Letter).where(Letter.kind == WAITS)).one()
    mail = outbox.render(letter, settings()).get_body(("plain",))

    assert (letter.person, letter.expires_at) == (it.hosts[0], offer.until)
    assert mail
    said = mail.get_content()
    assert "Who answers first decides." in said
    assert "/swaps" in said
    assert "Nanban" not in said
    assert it.guests[0].person.name(letter.locale).split()[0] in said


def test_a_mail_to_a_host_that_has_not_left_stays_at_home_once_it_is_decided(session: Session) -> None:
    for decide in (swapping.allow, swapping.refuse):
        it = world()
        decide(it.agreed(), it.hosts[0], NOW + HOUR)

        states = session.scalars(select(Letter.state).where(Letter.kind == WAITS, Letter.round_id == it.round.id))
        assert set(states) == {LetterState.CANCELLED}


# How it ends without


def test_a_no_tells_who_proposed_it_once_and_is_not_asked_again(session: Session) -> None:
    it = world()
    offer = it.propose()

    swapping.refuse(offer, it.guests[1].person, NOW + HOUR)
    swapping.refuse(offer, it.guests[1].person, NOW + 2 * HOUR)

    assert letters_since(NOW + HOUR) == {(it.guests[0].person.code, ENDED): 1}
    assert swapping.choices(it.row(it.guests[0]), NOW + HOUR) == []


def test_a_no_of_a_host_tells_both_guests(session: Session) -> None:
    it = world()

    swapping.refuse(it.agreed(), it.hosts[0], NOW + HOUR)

    assert it.visits() == [0, 1]
    assert letters_since(NOW + HOUR) == {(guest.person.code, ENDED): 1 for guest in it.guests}


def test_silence_ends_it_after_48_hours(session: Session) -> None:
    it = world()
    offer = it.propose()

    it.work(NOW + 47 * HOUR)
    assert offer.is_open
    with pytest.raises(Changed, match="The time for this swap is over"):
        swapping.agree(offer, NOW + 48 * HOUR)
    it.work(NOW + 48 * HOUR)

    assert offer.state is SwapState.LAPSED
    assert letters_since(NOW + HOUR) == {(it.guests[0].person.code, ENDED): 1}


def test_hosts_and_hr_have_their_own_48_hours(session: Session) -> None:
    it = world()
    offer = it.propose()
    swapping.agree(offer, NOW + 40 * HOUR)

    it.work(NOW + 50 * HOUR)
    assert offer.is_open
    it.work(NOW + 88 * HOUR)

    assert offer.state is SwapState.LAPSED
    assert letters_since(NOW + 40 * HOUR) == {(guest.person.code, ENDED): 1 for guest in it.guests}


def test_who_proposed_it_takes_it_back(session: Session) -> None:
    it = world()
    swapping.take_back(it.propose(), NOW + HOUR)
    assert letters_since(NOW) == {}
    agreed = it.agreed(NOW + HOUR)

    swapping.take_back(agreed, NOW + 2 * HOUR)
    swapping.take_back(agreed, NOW + 2 * HOUR)

    assert letters_since(NOW + 2 * HOUR) == {(it.guests[1].person.code, ENDED): 1}


def test_a_decline_of_either_ends_it_and_the_other_keeps_theirs(session: Session) -> None:
    it = world()
    offer = it.agreed()

    answers.take(it.row(it.guests[1]), NewAnswer(answer=Answer.NO), NOW + HOUR)

    assert offer.state is SwapState.OVERTAKEN
    assert letters_since(NOW + HOUR) == {(it.guests[0].person.code, ENDED): 1}


def test_a_change_of_either_visit_ends_it(session: Session) -> None:
    it = world()
    offer = it.propose()
    it.slots[1].opening.place = "別館"
    session.flush()
    session.expire_all()

    telling.tell({it.slots[1].id}, it.round, SENDER, NOW + HOUR)

    assert offer.state is SwapState.OVERTAKEN
    told = letters_since(NOW + HOUR)
    assert told[it.guests[0].person.code, ENDED] == 1
    assert (it.guests[1].person.code, ENDED) not in told


def test_a_yes_to_the_visit_does_not_end_it(session: Session) -> None:
    it = world()
    offer = it.agreed()

    answers.take(it.row(it.guests[0]), NewAnswer(answer=Answer.YES), NOW + HOUR)
    factories.slot(factories.opening(it.round, it.hosts[0], starts_at=at(3, 15)))
    swapping.allow(offer, None, NOW + 2 * HOUR)

    assert it.visits() == [1, 0]
