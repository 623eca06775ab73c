"""What calendars are told of: the short way to see a difference sees what the whole entry would show."""

import random
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from shadowing.models import Consent, OpeningKind, Participation
from shadowing.visiting import entries, invitations
from tests import factories as make
from tests.factories import NOW
from tests.visiting.test_invitations import SENDER, Visit, of


@pytest.mark.parametrize("seed", range(5))
def test_a_part_shows_the_news_of_its_entry(session: Session, seed: int) -> None:
    draw = random.Random(seed)  # noqa: S311 - which rounds, not which secrets
    round = make.round_()
    for _ in range(8):
        hosts = [make.person() for _ in range(draw.randint(1, 3))]
        opening = make.opening(round, *hosts, kind=draw.choice(list(OpeningKind)), seats=3)
        opening.place, opening.preparation = draw.choice(("", "会議室 4", "Room 7")), draw.choice(("", "名刺"))
        opening.customer_consent = draw.choice((None, *Consent))
        opening.participation = draw.choice(list(Participation))
        slot = make.slot(opening, make.at(draw.randint(1, 9), draw.randint(8, 16)))
        for _ in range(draw.randint(1, 3)):
            make.pairing(make.guest(round), slot)

    parts = list(entries.standing(round))

    assert len(parts) > 16
    assert [part.news for part in parts] == [part.entry().news for part in parts]


def test_a_name_that_is_spelled_anew_is_no_news_and_a_place_is(session: Session) -> None:
    visit = Visit().told()
    visit.host.family_name = visit.host.display_name = "髙𠮷"
    assert invitations.planned(visit.round, NOW, SENDER) == []

    visit.opening.place = "Room 9"

    assert len(invitations.planned(visit.round, NOW, SENDER)) == 2


def test_what_a_row_was_told_is_read_anew_once_it_is_another(session: Session) -> None:
    visit = Visit().told()
    [invitation] = of(visit.guest)
    before = invitation.told
    assert invitation.told is before

    visit.slot.starts_at += timedelta(hours=1)
    visit.slot.ends_at += timedelta(hours=1)
    visit.tell(NOW)

    assert invitation.told.entry.starts_at == before.entry.starts_at + timedelta(hours=1)
