"""Why not this guest there, on that day?"""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.errors import Refusal, WrongStage
from shadowing.extensions import db
from shadowing.matching import pairings, trials
from shadowing.matching.spans import minutes
from shadowing.models import Consent, Exclusion, Forbid, Guest, Opening, Pairing, PastPairing, Stage
from tests import factories
from tests.factories import NOW, at, free
from tests.matching.test_pairings import only, under_review

TUESDAY, WEDNESDAY = date(2027, 1, 19), date(2027, 1, 20)


def tried(guest: Guest, opening: Opening, day: date = TUESDAY, instead: Pairing | None = None) -> list[trials.Trial]:
    return trials.of(guest, opening, day, instead, NOW)


def against(guest: Guest, opening: Opening, day: date = TUESDAY) -> list[str]:
    """What stands against it, once the guest would give up the visit that they have."""
    (trial,) = tried(guest, opening, day, only_of(guest))
    assert not trial.possible
    return list(trial.against)


def only_of(guest: Guest) -> Pairing | None:
    return db.session.scalar(select(Pairing).where(Pairing.guest_id == guest.id))


def test_where_nothing_is_against_it_the_guest_may_be_placed(session: Session) -> None:
    _round, guest, _first, second = under_review()

    (trial,) = tried(guest, second, instead=only(session))

    assert (trial.possible, trial.displaced, trial.starts_at) == (True, None, at(1, 14))
    pairings.move(only(session), second.id, trial.start, None, NOW)


def test_who_would_lose_their_place_is_named(session: Session) -> None:
    round, guest, _first, second = under_review()
    mine = only(session)
    other = factories.guest(round, wishes=(second.department,))
    free(round, other.person, 1, 9, 17)
    factories.pairing(other, second.slots[0])

    (trial,) = tried(guest, second, instead=mine)
    pairings.move(mine, second.id, trial.start, None, NOW)

    assert (trial.possible, trial.displaced) == (True, other.person)
    assert only(session).guest is guest


def test_every_rule_that_is_against_it_is_named_not_only_the_first(session: Session) -> None:
    round, guest, _first, second = under_review()
    host = second.hosts[0].person
    host.department_id = second.department_id = guest.person.home.id
    guest.person.may, guest.person.manager_id = ["desk"], host.id
    second.customer_consent = Consent.NO
    session.add(PastPairing(round_id=round.id, past_round="a", position=0, guest_id=guest.person_id, host_id=host.id))
    second.slots[0].starts_at += timedelta(hours=4)
    session.flush()

    assert against(guest, second) == [
        "The opening is in the guest's own department.",
        "A host is the guest's own manager or reports to the guest.",
        "The guest met one of these hosts in an earlier round.",
        "The guest's contract does not allow this visit.",
        "The customer did not agree to a visit.",
        "The guest did not wish for that department or topic.",
        "The guest is not free at that time.",
    ]


def test_a_day_on_which_it_is_not_offered_is_told_beside_what_else_is_against_it(session: Session) -> None:
    _round, guest, _first, second = under_review()

    assert against(guest, second, WEDNESDAY) == [
        "The opening is not offered at that time.",
        "The guest is not free at that time.",
    ]
    free(guest.round, guest.person, 2, 11, 12)
    assert against(guest, second, WEDNESDAY) == ["The opening is not offered at that time."]


def test_of_many_times_of_a_day_the_possible_ones_are_offered_or_the_nearest_is_told(session: Session) -> None:
    round, guest, first, _second = under_review()
    host = factories.person(department_=first.department)
    desk = factories.opening(round, host, flexible=True, starts_at=None)
    free(round, host, 1, 15, 20)

    found = tried(guest, desk, instead=only(session))

    assert [trial.starts_at for trial in found] == [at(1, 15), at(1, 15, 30), at(1, 16)]
    host.hours = ""
    guest.person.hours = "tue 09:00-12:00"
    session.flush()
    (nearest,) = tried(guest, desk, instead=only(session))
    assert (nearest.starts_at, nearest.against) == (at(1, 15), ("The guest is not free at that time.",))


def test_a_private_exclusion_is_not_named(session: Session) -> None:
    _round, guest, _first, second = under_review()
    low, high = sorted((guest.person_id, second.hosts[0].person_id))
    session.add(Exclusion(person_id=low, other_id=high))
    session.flush()

    assert against(guest, second) == ["This move would break a rule of the round."]


def test_whom_hr_took_out_may_be_placed_there_by_hand_again(session: Session) -> None:
    _round, guest, first, _second = under_review()
    pairings.remove(only(session), None, NOW)

    (trial,) = tried(guest, first)
    pairings.place(guest, first.id, trial.start, None, NOW)

    assert only(session).slot.starts_at == at(1, 10)
    assert session.scalars(select(Forbid)).all() == []


def test_trying_changes_nothing(session: Session) -> None:
    round, guest, _first, second = under_review()
    session.commit()

    tried(guest, second, instead=only(session))

    assert not session.dirty
    assert (only(session).slot.starts_at, round.version) == (at(1, 10), 1)


def test_somebody_who_takes_no_part_is_not_tried_and_no_round_that_is_not_planned(session: Session) -> None:
    round, guest, first, _second = under_review()

    with pytest.raises(Refusal, match="takes no part"):
        tried(factories.guest(round, visits=0), first)
    round.stage = Stage.COLLECTING
    with pytest.raises(WrongStage):
        tried(guest, first)


def test_the_time_of_a_trial_is_the_one_that_is_placed(session: Session) -> None:
    _round, guest, _first, second = under_review()

    assert [trial.start for trial in tried(guest, second, instead=only(session))] == [minutes(at(1, 14))]
