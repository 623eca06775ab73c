"""Making the plan and reviewing it."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.extensions import db
from shadowing.matching import gather, pairings
from shadowing.matching.spans import minutes
from shadowing.models import (
    Forbid,
    Guest,
    Job,
    Opening,
    Pairing,
    PairingStatus,
    Person,
    Round,
    Slot,
    Solve,
    Stage,
    WhyUnmatched,
)
from shadowing.solver import problem as p
from shadowing.solver import stored
from shadowing.solver.flaws import flaws
from shadowing.solver.problem import Progress, Tier
from tests import factories
from tests.views.conftest import Digest, statements

SOON = datetime.now(UTC).date() + timedelta(days=40)
MONDAY = datetime.combine(SOON + timedelta(days=7 - SOON.weekday()), datetime.min.time(), UTC)


def a_round(stage: Stage = Stage.REVIEWING) -> Round:
    return factories.round_(stage=stage, starts_on=SOON, ends_on=SOON + timedelta(days=25), answers_until=SOON)


def an_opening(round: Round, hour: int, **facts: Any) -> Slot:
    """A seat at 10 o'clock in Tokyo and later; *hour* counts from there."""
    host = factories.person(hours="")
    opening = factories.opening(round, host, starts_at=MONDAY + timedelta(hours=1 + hour), **facts)
    return factories.slot(opening)


def a_guest(round: Round, *slots: Slot, **facts: Any) -> Guest:
    """Somebody who wishes for all of *slots* and is free the whole Monday."""
    guest = factories.guest(
        round, factories.person(hours="", **facts), tuple(slot.opening.department for slot in slots)
    )
    factories.free_at(round, guest.person, MONDAY, MONDAY + timedelta(hours=12))
    return guest


@pytest.fixture
def seated(session: Session) -> Pairing:
    """A guest with one visit, and a second opening that would do as well."""
    round = a_round()
    first, second = an_opening(round, 0, title="First"), an_opening(round, 3, title="Second")
    pairing = factories.pairing(a_guest(round, first, second, display_name="Gina Guest"), first, tags=["wish_1"])
    session.commit()
    return pairing


def solved(round: Round, **facts: Any) -> Solve:
    defaults: dict[str, Any] = {
        "round_id": round.id,
        "asked_at": datetime.now(UTC),
        "seconds": 60,
        "problem": "{}",
        "digest": "",
    }
    solve = Solve(**defaults | facts)
    db.session.add(solve)
    db.session.flush()
    return solve


def test_the_plan_is_asked_for_with_one_button(hr: FlaskClient, session: Session) -> None:
    round = a_round(Stage.COLLECTING)
    a_guest(round, an_opening(round, 0))
    session.commit()

    answer = hr.post(f"/rounds/{round.id}/solve", data={"seconds": "30"})

    solve = session.scalars(select(Solve)).one()
    assert (answer.status_code, answer.location) == (303, f"/rounds/{round.id}/solve")
    assert (solve.seconds, round.stage, session.scalars(select(Job.key)).all()) == (
        30,
        Stage.SOLVING,
        [f"solve:{solve.id}"],
    )


def test_a_round_without_hosts_gets_a_sentence(hr: FlaskClient, session: Session) -> None:
    round = a_round(Stage.COLLECTING)
    factories.guest(round)
    session.commit()

    answer = hr.post(f"/rounds/{round.id}/solve")

    assert answer.status_code == 422
    assert "This round has no hosts yet." in answer.text


def test_asking_twice_is_refused(hr: FlaskClient, session: Session) -> None:
    round = a_round(Stage.COLLECTING)
    a_guest(round, an_opening(round, 0))
    session.commit()
    hr.post(f"/rounds/{round.id}/solve")

    assert hr.post(f"/rounds/{round.id}/solve").status_code == 409
    assert len(session.scalars(select(Job)).all()) == 1


def test_the_progress_is_shown_and_refreshes_without_scripts(hr: FlaskClient, session: Session) -> None:
    round = a_round(Stage.COLLECTING)
    a_guest(round, an_opening(round, 0))
    session.commit()
    hr.post(f"/rounds/{round.id}/solve")
    job = session.scalars(select(Job)).one()
    job.progress = Progress(tiers=(Tier(name="guests", value=39, bound=40),), matched=17, seconds=12.3)
    session.commit()

    page = hr.get(f"/rounds/{round.id}/solve").text

    assert "<strong>17</strong> <span>Guests with a visit so far</span>" in page
    assert "<strong>12</strong> <span>of at most 60 seconds</span>" in page
    assert "<p>The plan is at most 2.5 % below the best possible.</p>" in page
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in page


def test_the_search_is_stopped_by_a_button(hr: FlaskClient, session: Session) -> None:
    round = a_round(Stage.COLLECTING)
    a_guest(round, an_opening(round, 0))
    session.commit()
    hr.post(f"/rounds/{round.id}/solve")

    hr.post(f"/rounds/{round.id}/solve/stop")

    assert session.scalars(select(Job.cancel_requested)).all() == [True]
    assert "Stop and use" not in hr.get(f"/rounds/{round.id}/solve").text


def test_stopping_what_does_not_run_is_refused(hr: FlaskClient, seated: Pairing) -> None:
    assert hr.post(f"/rounds/{seated.round_id}/solve/stop").status_code == 409


def test_the_board_says_who_goes_where_and_why(hr: FlaskClient, seated: Pairing) -> None:
    page = hr.get(f"/rounds/{seated.round_id}/pairings").text

    assert "1 of 1 guests have a visit" in page
    assert "Gina Guest" in page
    assert ">First wish</span>" in page
    assert ">New department</span>" not in page


def test_the_unmatched_come_first_with_reason_and_remedy(hr: FlaskClient, session: Session, seated: Pairing) -> None:
    left_out = a_guest(seated.guest.round, display_name="Una Unmatched")
    left_out.reason = WhyUnmatched(code="no_free_time", remedy="enter_free_time", facts={})
    session.commit()

    page = hr.get(f"/rounds/{seated.round_id}/pairings").text

    assert page.index("Una Unmatched") < page.index("Gina Guest")
    assert "You entered no free time." in page
    assert "Free times of yours." in page
    assert f'href="/guests/{left_out.id}/alternatives"' in page


def test_the_board_is_filtered_by_department_and_reason(hr: FlaskClient, session: Session, seated: Pairing) -> None:
    other = an_opening(seated.guest.round, 5)
    factories.pairing(a_guest(seated.guest.round, other, display_name="Otto Other"), other, tags=["maybe"])
    session.commit()
    board = f"/rounds/{seated.round_id}/pairings"

    by_department = hr.get(f"{board}?department={other.opening.department_id}").text
    by_tag = hr.get(f"{board}?tag=maybe").text

    assert ["Otto Other" in page for page in (by_department, by_tag)] == [True, True]
    assert ["Gina Guest" in page for page in (by_department, by_tag)] == [False, False]


@pytest.mark.parametrize("query", ["?page=x", "?page=-1", "?page=99", "?department=x", "?tag=no", "?department=999"])
def test_a_senseless_filter_is_no_error(hr: FlaskClient, seated: Pairing, query: str) -> None:
    assert hr.get(f"/rounds/{seated.round_id}/pairings{query}").status_code == 200


BY_HAND = "The pairings were changed since they were made, so nothing is proven of how good they are."


@pytest.fixture
def proven(session: Session, seated: Pairing) -> Pairing:
    """The visit of a plan that is proven to be the best one."""
    seat = pairings.seat_of(seated)
    plan = p.Plan(status=p.Status.OPTIMAL, seats=(seat,), reasons=(), tiers=(), gap=0.0, seconds=1.0)
    facts = {"status": plan.status, "matched": 1, "finished_at": datetime.now(UTC)}
    solved(seated.guest.round, plan=stored.plan_to_json(plan), **facts)
    session.commit()
    return seated


@pytest.mark.parametrize("page", ["pairings", "solve"])
def test_a_proven_plan_says_so(hr: FlaskClient, proven: Pairing, page: str) -> None:
    text = hr.get(f"/rounds/{proven.round_id}/{page}").text

    assert ">This is the best plan possible; it is proven.<" in text


@pytest.mark.parametrize("page", ["pairings", "solve"])
def test_a_move_by_hand_is_not_called_the_best_plan_though_as_many_have_a_visit(
    hr: FlaskClient, session: Session, proven: Pairing, page: str
) -> None:
    round_id = proven.round_id
    second = session.scalars(select(Slot).join(Opening).where(Opening.title == "Second")).one()
    form = {"opening": str(second.opening_id), "start": str(minutes(second.starts_at))}

    answer = hr.post(f"/pairings/{proven.id}/move", data=form)

    assert answer.status_code == 303
    text = hr.get(f"/rounds/{round_id}/{page}").text
    assert BY_HAND in text
    assert "best plan" not in text


@pytest.mark.parametrize("page", ["pairings", "solve"])
def test_a_plan_of_which_a_pairing_was_taken_out_is_not_called_the_best(
    hr: FlaskClient, proven: Pairing, page: str
) -> None:
    round_id = proven.round_id

    hr.post(f"/pairings/{proven.id}/remove")

    text = hr.get(f"/rounds/{round_id}/{page}").text
    assert BY_HAND in text
    assert "best plan" not in text


def test_a_pairing_that_is_kept_leaves_the_plan_as_it_was(hr: FlaskClient, proven: Pairing) -> None:
    round_id = proven.round_id

    hr.post(f"/pairings/{proven.id}/pin")

    assert BY_HAND not in hr.get(f"/rounds/{round_id}/pairings").text


NO_TIME = '{"status": "no_time", "seats": [], "reasons": [], "tiers": [], "gap": 1.0, "seconds": 1.0}'


@pytest.mark.parametrize("page", ["pairings", "solve"])
def test_a_plan_that_was_not_taken_is_never_called_the_best(
    hr: FlaskClient, session: Session, seated: Pairing, page: str
) -> None:
    round = seated.guest.round
    lost = a_guest(round, display_name="Lola Lost")
    solve = solved(round, plan=NO_TIME, status="not_taken", matched=0, finished_at=datetime.now(UTC))
    solve.gone = [lost.person_id]
    session.commit()

    text = hr.get(f"/rounds/{round.id}/{page}").text

    assert "There was no time to look for a plan." in text
    assert "The last search found nothing better, so the pairings stay as they were." in text
    assert "Visits that are not possible any more were taken out: Lola Lost." in text
    assert "1 guest has a visit" in text or "1 of 2 guests have a visit" in text
    assert "best possible" not in text
    assert "proven" not in text


@pytest.mark.parametrize("page", ["pairings", "solve"])
def test_a_first_plan_without_time_says_so(hr: FlaskClient, session: Session, page: str) -> None:
    round = a_round()
    a_guest(round, an_opening(round, 0))
    solved(round, plan=NO_TIME, status="no_time", matched=0, finished_at=datetime.now(UTC))
    session.commit()

    text = hr.get(f"/rounds/{round.id}/{page}").text

    assert "There was no time to look for a plan. Give the search more time." in text
    assert "best" not in text
    assert BY_HAND not in text


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        ("contradiction", "No plan was made: what is kept by hand contradicts itself."),
        ("stopped_early", "The search was stopped before there was a plan. Nothing was changed."),
        ("failed", "The search ended with an error. Nothing was changed. Please try again."),
    ],
)
def test_a_search_without_a_plan_says_why(hr: FlaskClient, session: Session, status: str, sentence: str) -> None:
    round = a_round(Stage.COLLECTING)
    solved(round, status=status, finished_at=datetime.now(UTC))
    session.commit()

    text = hr.get(f"/rounds/{round.id}/solve").text

    assert sentence in text
    assert text.count('class="note"') == 1


@pytest.fixture
def crowded(session: Session) -> Round:
    """Two guests kept on one seat, after a search that named it."""
    round = a_round()
    first = an_opening(round, 0, title="First", seats=1)
    for name in ("Gina Guest", "Rita Rival"):
        factories.pairing(a_guest(round, first, display_name=name), first, pinned=True)
    found = flaws(gather.problem(round, datetime.now(UTC)))
    solved(round, status="contradiction", flaws=found, finished_at=datetime.now(UTC))
    session.commit()
    return round


@pytest.mark.parametrize(
    ("locale", "sentence", "heading"),
    [
        (
            "en",
            "More guests are kept in “First” than it has seats: Gina Guest, Rita Rival.",
            "Kept pairings to let go",
        ),
        (
            "ja",
            "「First」に、席の数より多くのゲストが固定されています：Gina Guest、Rita Rival。",
            "固定を解除する組み合わせ",
        ),
    ],
)
def test_kept_pairings_that_contradict_each_other_are_named_and_lead_to_the_board(
    hr: FlaskClient, session: Session, crowded: Round, locale: str, sentence: str, heading: str
) -> None:
    session.scalars(select(Person).where(Person.code == "hanako")).one().locale = locale
    session.commit()

    text = hr.get(f"/rounds/{crowded.id}/solve").text
    links = re.findall(r'href="([^"]*tag=pinned[^"]*)">(.*?)</a>', text)

    assert sentence in text
    assert heading in text
    assert len(links) == 1
    (address, link), pairing = links[0], session.get_one(Pairing, int(links[0][0].rpartition("-")[2]))
    assert pairing.guest.person.display_name in link
    assert "First" in link
    assert f'id="pairing-{pairing.id}"' in hr.get(unescape(address)).text


def test_what_is_let_go_is_not_named_any_more_and_the_next_search_finds_a_plan(
    hr: FlaskClient, session: Session, crowded: Round
) -> None:
    text = hr.get(f"/rounds/{crowded.id}/solve").text
    hr.post(f"/pairings/{re.findall('#pairing-([0-9]+)', text)[0]}/unpin")

    assert "Kept pairings to let go" not in hr.get(f"/rounds/{crowded.id}/solve").text
    assert flaws(gather.problem(crowded, datetime.now(UTC))) == ()


@pytest.mark.parametrize(
    ("locale", "sentences"),
    [
        (
            "en",
            (
                "No plan was made: something in this round cannot be right.",
                "Every visit is to be returned, but nobody who hosts wants a visit.",
            ),
        ),
        (
            "ja",
            (
                "組み合わせを作れませんでした。このラウンドに正しくないところがあります。",
                "訪問は双方向が必須ですが、訪問を希望するホストがいません。",
            ),
        ),
    ],
)
def test_a_rule_that_no_visit_can_hold_is_named(
    hr: FlaskClient, session: Session, locale: str, sentences: tuple[str, str]
) -> None:
    session.scalars(select(Person).where(Person.code == "hanako")).one().locale = locale
    round = a_round(Stage.COLLECTING)
    round.rules = replace(round.rules, reciprocal="require")
    a_guest(round, an_opening(round, 0))
    found = flaws(gather.problem(round, datetime.now(UTC)))
    solved(round, status="contradiction", flaws=found, finished_at=datetime.now(UTC))
    session.commit()

    text = hr.get(f"/rounds/{round.id}/solve").text

    assert [sentence for sentence in sentences if sentence not in text] == []
    assert "kept by hand" not in text


def test_a_pairing_is_kept_and_let_go(hr: FlaskClient, session: Session, seated: Pairing) -> None:
    answer = hr.post(f"/pairings/{seated.id}/pin", data={"at": "department=7&page=2&next=//evil.example"})
    kept = seated.pinned
    page = hr.get(f"/rounds/{seated.round_id}/pairings").text
    hr.post(f"/pairings/{seated.id}/unpin")

    assert answer.location == f"/rounds/{seated.round_id}/pairings?department=7&page=2#keep-{seated.id}"
    assert (kept, seated.pinned) == (True, False)
    assert 'aria-pressed="true"' in page


def test_a_pairing_taken_out_does_not_come_back(hr: FlaskClient, session: Session, seated: Pairing) -> None:
    opening_id, guest_id = seated.slot.opening_id, seated.guest_id

    hr.post(f"/pairings/{seated.id}/remove")

    assert session.scalars(select(Pairing)).all() == []
    assert session.execute(select(Forbid.guest_id, Forbid.opening_id)).all() == [(guest_id, opening_id)]
    assert "It does not come back when you make the pairings again." in hr.get("/").text


def test_what_is_changed_after_publishing_is_told_by_publishing_the_change(
    hr: FlaskClient, session: Session, seated: Pairing
) -> None:
    """Nobody solves again then, so nothing is said about it."""
    seated.guest.round.stage, seated.status = Stage.PUBLISHED, PairingStatus.PUBLISHED
    second = session.scalars(select(Slot).join(Opening).where(Opening.title == "Second")).one()
    late = a_guest(seated.guest.round, second, display_name="Lena Late")
    session.commit()
    form = {"opening": str(second.opening_id), "start": str(int(second.starts_at.timestamp()) // 60)}

    moved = hr.post(f"/pairings/{seated.id}/move", data=form, follow_redirects=True).text
    new = session.scalars(select(Pairing).where(Pairing.status == PairingStatus.PLANNED)).one()
    removed = hr.post(f"/pairings/{new.id}/remove", follow_redirects=True).text
    placed = hr.post(f"/guests/{late.id}/place", data=form, follow_redirects=True).text
    preview = [hr.get(f"/rounds/{seated.round_id}/publish?name={name}").text for name in ("Gina", "Lena")]

    told = "Its people are told when you publish the change."
    assert [told in page for page in (moved, removed, placed)] == [True, True, True]
    assert [page for page in (moved, removed, placed) if "make the pairings again" in page] == []
    assert hr.post(f"/rounds/{seated.round_id}/solve").status_code == 409
    assert ("Gina Guest" in preview[0], "Lena Late" in preview[1]) == (True, True)


def test_alternatives_are_feasible_and_say_their_price(hr: FlaskClient, seated: Pairing, digest: Digest) -> None:
    before = digest()

    page = hr.get(f"/guests/{seated.guest_id}/alternatives?pairing={seated.id}").text

    assert "Second" in page
    assert "Nobody else is affected." in page
    assert f'action="/pairings/{seated.id}/move"' in page
    assert digest() == before


def test_a_guest_is_moved_to_an_alternative(hr: FlaskClient, session: Session, seated: Pairing) -> None:
    second = session.scalars(select(Opening).where(Opening.title == "Second")).one()
    assert second.starts_at is not None
    form = {"opening": str(second.id), "start": str(int(second.starts_at.timestamp()) // 60)}

    answer = hr.post(f"/pairings/{seated.id}/move", data=form)

    moved = session.scalars(select(Pairing)).one()
    assert answer.status_code == 303
    assert (moved.slot.opening.title, moved.pinned, moved.by_hand) == ("Second", True, True)
    assert "The guest has a new place. It is kept when you make the pairings again." in hr.get("/").text


def test_an_unmatched_guest_is_placed(hr: FlaskClient, session: Session, seated: Pairing) -> None:
    second = session.scalars(select(Slot).join(Opening).where(Opening.title == "Second")).one()
    guest = a_guest(seated.guest.round, second)
    session.commit()
    form = {"opening": str(second.opening_id), "start": str(int(second.starts_at.timestamp()) // 60)}

    answer = hr.post(f"/guests/{guest.id}/place", data=form)

    assert answer.status_code == 303
    assert session.scalars(select(Pairing.slot_id).where(Pairing.guest_id == guest.id)).all() == [second.id]


@pytest.mark.parametrize("form", [{}, {"opening": "x", "start": "y"}, {"opening": "999", "start": "1"}])
def test_a_place_that_is_not_there_is_refused(
    hr: FlaskClient, seated: Pairing, digest: Digest, form: dict[str, str]
) -> None:
    before = digest()

    answer = hr.post(f"/pairings/{seated.id}/move", data=form)

    assert answer.status_code == 422
    assert f'href="/rounds/{seated.round_id}/pairings"' in answer.text
    assert digest() == before


def test_nothing_is_changed_by_hand_while_answers_come_in(hr: FlaskClient, session: Session, seated: Pairing) -> None:
    seated.guest.round.stage = Stage.COLLECTING
    session.commit()

    assert hr.post(f"/pairings/{seated.id}/remove").status_code == 409


def test_more_pairings_need_no_more_statements(hr: FlaskClient, session: Session) -> None:
    round, counts = a_round(), []
    for more in (1, 2):
        for _ in range(more):
            slot = an_opening(round, 0)
            factories.pairing(a_guest(round, slot), slot)
            a_guest(round, slot)
        session.commit()
        with statements() as sent:
            hr.get(f"/rounds/{round.id}/pairings")
        counts.append(len(sent))

    assert counts[0] == counts[1]


@pytest.mark.parametrize("stage", list(Stage))
@pytest.mark.parametrize("page", ["solve", "pairings"])
def test_every_page_stands_at_every_stage_and_changes_nothing(
    hr: FlaskClient, session: Session, seated: Pairing, digest: Digest, stage: Stage, page: str
) -> None:
    seated.guest.round.stage = stage
    session.commit()
    before = digest()

    answer = hr.get(f"/rounds/{seated.round_id}/{page}")

    assert answer.status_code == 200
    assert digest() == before


def test_what_is_not_there_is_a_404(hr: FlaskClient, session: Session) -> None:
    answers = [hr.post("/pairings/99/pin"), hr.get("/guests/99/alternatives"), hr.get("/rounds/99/pairings")]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
