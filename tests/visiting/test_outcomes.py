"""Did it take place? One word of either side is enough, HR's decides, silence is counted nowhere."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from shadowing.errors import Refusal
from shadowing.models import Happened, Pairing, PairingStatus, Person, Stage
from shadowing.visiting import outcomes
from shadowing.visiting.outcomes import WhatBecame
from tests import factories
from tests.factories import at

AFTER = at(1, 11)  # the visit is on Tuesday from 10 to 11


@pytest.fixture
def pairing(session: Session) -> Pairing:
    round = factories.round_(stage=Stage.PUBLISHED)
    slot = factories.slot(factories.opening(round, factories.person("host"), factories.person("second")))
    seat = factories.guest(round, factories.person("guest"))
    return factories.pairing(seat, slot, status=PairingStatus.PUBLISHED)


@pytest.fixture
def hr(session: Session) -> Person:
    return factories.person("hanako", hr=True)


def hosts(pairing: Pairing) -> list[Person]:
    return [one.person for one in pairing.slot.opening.hosts]


def known(pairing: Pairing, now: datetime = AFTER) -> WhatBecame:
    [told] = outcomes.of_slots([pairing.slot_id], now)
    return told.verdict


@pytest.mark.parametrize("side", ["guest", "host"])
def test_one_word_of_either_side_is_enough(pairing: Pairing, side: str) -> None:
    person = pairing.guest.person if side == "guest" else hosts(pairing)[0]

    outcomes.say(pairing, person, Happened.HELD, AFTER)

    assert (known(pairing), pairing.status) == (WhatBecame.HELD, PairingStatus.HELD)


def test_where_the_sides_differ_it_is_not_held_and_hr_reads_both(pairing: Pairing) -> None:
    outcomes.say(pairing, pairing.guest.person, Happened.HELD, AFTER)
    outcomes.say(pairing, hosts(pairing)[0], Happened.LOST, AFTER)

    [told] = outcomes.of_slots([pairing.slot_id], AFTER)
    assert (told.verdict, told.missed, pairing.status) == (WhatBecame.DIFFER, True, PairingStatus.PUBLISHED)
    assert [one.said for one in told.said] == [Happened.HELD, Happened.LOST]


def test_the_word_of_hr_decides(pairing: Pairing, hr: Person) -> None:
    outcomes.say(pairing, pairing.guest.person, Happened.LOST, AFTER)
    outcomes.say(pairing, hosts(pairing)[1], Happened.MOVED, AFTER)

    outcomes.decide(pairing, hr, Happened.HELD, AFTER)

    assert (known(pairing), pairing.status) == (WhatBecame.HELD, PairingStatus.HELD)
    [told] = outcomes.of_slots([pairing.slot_id], AFTER)
    assert not told.missed


def test_somebody_of_hr_who_hosts_has_a_word_of_their_own_and_one_of_hr(session: Session, pairing: Pairing) -> None:
    host = hosts(pairing)[0]
    outcomes.say(pairing, host, Happened.LOST, AFTER)

    outcomes.decide(pairing, host, Happened.MOVED, AFTER)

    [told] = outcomes.of_slots([pairing.slot_id], AFTER)
    assert (told.verdict, told.by(host.id)) == (WhatBecame.MOVED, Happened.LOST)


def test_the_last_word_of_hr_counts_whoever_of_hr_says_it(pairing: Pairing, hr: Person) -> None:
    outcomes.decide(pairing, hr, Happened.HELD, AFTER)

    outcomes.decide(pairing, factories.person("other", hr=True), Happened.LOST, AFTER + timedelta(hours=1))

    assert (known(pairing), pairing.status) == (WhatBecame.LOST, PairingStatus.PUBLISHED)


def test_one_may_think_again(pairing: Pairing) -> None:
    outcomes.say(pairing, pairing.guest.person, Happened.LOST, AFTER)

    outcomes.say(pairing, pairing.guest.person, Happened.HELD, AFTER)

    assert (known(pairing), pairing.status) == (WhatBecame.HELD, PairingStatus.HELD)


def test_silence_is_unknown_after_three_working_days(pairing: Pairing) -> None:
    pairing.guest.round.closed_days = ["2027-01-21"]  # the Thursday; so Wednesday, Friday and Monday are waited for

    assert known(pairing, at(8, 0) - timedelta(seconds=1)) is WhatBecame.WAITING
    assert known(pairing, at(8, 0)) is WhatBecame.UNKNOWN
    assert pairing.status is PairingStatus.PUBLISHED


def test_nothing_is_said_before_the_visit_is_over(pairing: Pairing) -> None:
    with pytest.raises(Refusal, match="not over yet"):
        outcomes.say(pairing, pairing.guest.person, Happened.HELD, AFTER - timedelta(seconds=1))

    assert outcomes.of_slots([pairing.slot_id], AFTER - timedelta(seconds=1)) == ()


def test_a_visit_that_was_called_off_is_not_asked_about(pairing: Pairing) -> None:
    pairing.slot.cancelled_at = AFTER

    with pytest.raises(Refusal, match="does not take place"):
        outcomes.say(pairing, pairing.guest.person, Happened.HELD, AFTER)
    assert outcomes.of_round(pairing.guest.round, AFTER) == ()
