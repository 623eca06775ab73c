"""Each share level, each caller, each place: who reads what was written after a visit."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from shadowing.extensions import db
from shadowing.models import Guest, Pairing, PairingStatus, Person, Stage
from shadowing.models.reflecting import Reflection, ShareLevel
from shadowing.reflecting import sharing
from shadowing.reflecting.sharing import ReaderIs
from tests import factories
from tests.factories import at

AFTER = at(1, 12)
CALLERS = ("writer", "host", "second", "boss", "colleague", "host of another")
READS = {
    "me": {"written": {"writer"}},
    "host": {"written": {"writer"}, "as host": {"host", "second"}},
    "boss": {"written": {"writer"}, "as host": {"host", "second"}, "as boss": {"boss"}},
    "all": {
        "written": {"writer"},
        "as host": {"host", "second"},
        "as boss": {"boss"},
        "in the round": set(CALLERS),
    },
}
PLACES: dict[str, Callable[[Person, Pairing], sharing.Sought]] = {
    "written": lambda person, pairing: sharing.by_writer(person),
    "as host": lambda person, pairing: sharing.by_host(person),
    "as boss": lambda person, pairing: sharing.by_boss(person),
    "in the round": lambda person, pairing: sharing.by_everybody(pairing.guest.round),
}


def written(share: ShareLevel, **facts: object) -> tuple[Reflection, dict[str, Person]]:
    round = factories.round_(stage=Stage.PUBLISHED)
    boss, host, second = factories.person("boss"), factories.person("host"), factories.person("second")
    writer = factories.person("writer", manager_id=boss.id)
    slot = factories.slot(factories.opening(round, host, second))
    pairing = factories.pairing(factories.guest(round, writer), slot, status=PairingStatus.HELD)
    other = factories.person("other")
    factories.slot(factories.opening(round, other))
    kept = {"tried": "お客様の声", "walls": [], "sent_at": AFTER} | facts
    row = Reflection(pairing=pairing, person=writer, share=share, **kept)
    db.session.add(row)
    db.session.flush()
    people = (writer, host, second, boss, factories.person("colleague"), other)
    return row, dict(zip(CALLERS, people, strict=True))


@pytest.mark.parametrize("share", list(ShareLevel))
@pytest.mark.parametrize("place", list(PLACES))
def test_a_place_shows_it_to_whom_its_writer_chose(session: Session, share: ShareLevel, place: str) -> None:
    row, callers = written(share)

    readers = {name for name, one in callers.items() if session.scalars(PLACES[place](one, row.pairing)).all() == [row]}

    assert readers == READS[share].get(place, set())


@pytest.mark.parametrize("place", list(PLACES))
def test_a_draft_is_read_nowhere(session: Session, place: str) -> None:
    row, callers = written(ShareLevel.ALL, sent_at=None, draft={"tried": ["halb"]})

    assert [one for one in callers.values() if session.scalars(PLACES[place](one, row.pairing)).all()] == []


def test_what_a_customer_said_leaves_those_who_were_there_only_ticked_and_released(session: Session) -> None:
    row, _ = written(ShareLevel.ALL, customer_said="高い")
    read = {}

    for ticked, released in ((False, None), (True, None), (False, AFTER), (True, AFTER)):
        row.quotable, row.released_at = ticked, released
        read[ticked, bool(released)] = {one for one in ReaderIs if sharing.customer_words(row, one)}

    there = {ReaderIs.WRITER, ReaderIs.HOST}
    assert read == {
        (False, False): there,
        (True, False): there,
        (False, True): there,
        (True, True): set(ReaderIs),
    }


def test_another_round_shows_nothing_of_this_one(session: Session) -> None:
    row, _ = written(ShareLevel.ALL, customer_said="高い", quotable=True)
    later: Guest = factories.guest(factories.round_(title="Later"))

    assert session.scalars(sharing.by_everybody(later.round)).all() == []
    assert session.scalars(sharing.quotable(later.round)).all() == []
    assert row.sent_at == AFTER + timedelta(0)
