"""A guest's three minutes and a host's one: what is kept, replaced and refused."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shadowing.errors import Refusal
from shadowing.models import Happened, Pairing, PairingStatus, Person, Stage
from shadowing.models.reflecting import HostAgain, HostThanks, Reflection, ShareLevel, Wall
from shadowing.reflecting import reflections
from shadowing.reflecting.reflections import ReflectionDraft, ThanksDraft
from shadowing.typed import Mistakes
from tests import factories
from tests.factories import at

AFTER = at(1, 12)  # the visit is on Tuesday from 10 to 11
HELD = ReflectionDraft(said=Happened.HELD, tried="見積もりの質問を書きとめた。", why_it_worked="隣に座れた。")


@pytest.fixture
def pairing(session: Session) -> Pairing:
    round = factories.round_(stage=Stage.PUBLISHED)
    slot = factories.slot(factories.opening(round, factories.person("host"), factories.person("second")))
    seat = factories.guest(round, factories.person("guest"))
    return factories.pairing(seat, slot, status=PairingStatus.PUBLISHED)


def host_of(pairing: Pairing) -> Person:
    return pairing.slot.opening.hosts[0].person


def test_a_reflection_says_that_the_visit_was_held(pairing: Pairing) -> None:
    row = reflections.send(pairing, replace(HELD, walls=(Wall.GOALS,)), AFTER)

    assert (row.tried, row.walls, row.share, row.sent_at) == (HELD.tried, ["goals"], ShareLevel.HOST, AFTER)
    assert pairing.status is PairingStatus.HELD


def test_sent_twice_is_one_and_the_later_counts(session: Session, pairing: Pairing) -> None:
    reflections.send(pairing, HELD, AFTER)

    reflections.send(pairing, ReflectionDraft(said=Happened.HELD, tried="訂正"), AFTER + timedelta(days=29))

    assert session.scalars(select(Reflection.tried)).all() == ["訂正"]


def test_a_draft_leaves_what_was_sent_as_it_is(pairing: Pairing) -> None:
    row = reflections.send(pairing, HELD, AFTER)

    reflections.keep(pairing, {"tried": ["書きかけ"], "said": ["held"]}, AFTER)

    assert (row.tried, row.draft and row.draft["tried"]) == (HELD.tried, ["書きかけ"])
    assert row.draft is not None
    assert "said" not in row.draft


def test_an_empty_form_replaces_no_draft(session: Session, pairing: Pairing) -> None:
    reflections.keep(pairing, {"tried": ["書きかけ"]}, AFTER)

    reflections.keep(pairing, {"tried": [""], "share": ["host"]}, AFTER)

    [row] = session.scalars(select(Reflection)).all()
    assert row.draft is not None
    assert row.draft["tried"] == ["書きかけ"]


@pytest.mark.parametrize("now", [at(1, 10), at(1, 12) + timedelta(days=30)])
def test_before_its_end_and_after_thirty_days_nothing_is_written(
    session: Session, pairing: Pairing, now: datetime
) -> None:
    with pytest.raises(Refusal, match=r"not over yet|30 days ago"):
        reflections.send(pairing, HELD, now)
    with pytest.raises(Refusal, match=r"not over yet|30 days ago"):
        reflections.thank(pairing, host_of(pairing), ThanksDraft(said=Happened.HELD), now)

    assert session.scalar(select(func.count(Reflection.id))) == 0


def test_of_a_visit_that_was_called_off_or_moved_nothing_is_written(pairing: Pairing) -> None:
    pairing.slot.cancelled_at = AFTER
    with pytest.raises(Refusal, match="does not take place any more"):
        reflections.send(pairing, HELD, AFTER)

    pairing.slot.cancelled_at, pairing.slot.ends_at = None, at(3, 11)
    with pytest.raises(Refusal, match="not over yet"):
        reflections.send(pairing, HELD, AFTER)


def test_a_guest_whose_host_has_left_reflects_like_any_other(pairing: Pairing) -> None:
    host_of(pairing).left_at = AFTER

    assert reflections.send(pairing, HELD, AFTER).sent_at == AFTER


def test_of_a_visit_that_was_not_held_only_that_is_asked(pairing: Pairing) -> None:
    row = reflections.send(pairing, ReflectionDraft(said=Happened.LOST, why_not_held="台風"), AFTER)

    assert (row.why_not_held, pairing.status) == ("台風", PairingStatus.PUBLISHED)


@pytest.mark.parametrize("given", [ReflectionDraft(tried="x"), ReflectionDraft(said=Happened.HELD)])
def test_what_is_missing_is_said(pairing: Pairing, given: ReflectionDraft) -> None:
    with pytest.raises(Mistakes):
        reflections.send(pairing, given, AFTER)


def test_new_words_of_a_customer_are_released_anew(pairing: Pairing) -> None:
    quoted = ReflectionDraft(said=Happened.HELD, tried="x", customer_said="高い", quotable=True)
    row = reflections.send(pairing, quoted, AFTER)
    reflections.release(row, factories.person("hr", hr=True), AFTER)

    reflections.send(pairing, quoted, AFTER)
    kept = row.released_at
    changed = ReflectionDraft(said=Happened.HELD, tried="x", customer_said="とても高い", quotable=True)
    reflections.send(pairing, changed, AFTER)

    assert (kept, row.released_at) == (AFTER, None)


def test_a_host_thanks_once_and_is_remembered_in_the_next_round(session: Session, pairing: Pairing) -> None:
    host = host_of(pairing)
    for line in ("ありがとう", "また来てください"):
        said = ThanksDraft(said=Happened.HELD, line=line, again=HostAgain.FEWER)
        reflections.thank(pairing, host, said, AFTER)

    assert session.scalars(select(HostThanks.line)).all() == ["また来てください"]
    assert reflections.again_of(host, factories.round_(title="Next")) is HostAgain.FEWER
    assert reflections.again_of(host, pairing.guest.round) is None
    assert [one.line for one in session.scalars(reflections.thanks_for(pairing.guest.person))] == ["また来てください"]


def test_held_and_written_are_counted_without_drafts(pairing: Pairing) -> None:
    counts = [reflections.counted(pairing.guest.round)]
    reflections.thank(pairing, host_of(pairing), ThanksDraft(said=Happened.HELD), AFTER)
    reflections.keep(pairing, {"tried": ["書きかけ"]}, AFTER)
    counts.append(reflections.counted(pairing.guest.round))
    reflections.send(pairing, HELD, AFTER)
    counts.append(reflections.counted(pairing.guest.round))

    assert [(one.held, one.written, one.few) for one in counts] == [(0, 0, True), (1, 0, True), (1, 1, True)]
