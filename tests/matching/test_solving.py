"""From the press of the button to the plan."""

from dataclasses import replace

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from shadowing.background import jobs
from shadowing.errors import Refusal, WrongStage, fill
from shadowing.mail import reasons
from shadowing.matching import board, child, flaws, gather, solving
from shadowing.models import (
    Availability,
    Consent,
    Guest,
    Job,
    Opening,
    OpeningKind,
    Pairing,
    PairingStatus,
    Round,
    Slot,
    Solve,
    Stage,
)
from shadowing.solver import stored
from shadowing.solver.explain import why_not
from shadowing.solver.flaw import Flaw, FlawCode
from tests import factories
from tests.factories import NOW, at, free


def collected() -> tuple[Round, Guest]:
    round = factories.round_()
    wished = factories.department("wished")
    guest = factories.guest(round, wishes=(wished,))
    free(round, guest.person, 1, 9, 12)
    factories.slot(factories.opening(round, factories.person(department_=wished)))
    return round, guest


def rival(guest: Guest) -> Guest:
    """Another guest with the same wish, free at the same time."""
    wished = guest.goals[0].department
    assert wished
    other = factories.guest(guest.round, wishes=(wished,))
    free(guest.round, other.person, 1, 9, 12)
    return other


def solved(
    round: Round, session: Session, seconds: int = 5, beat: child.Beat = lambda progress: False, seed: int = 0
) -> Solve:
    """A round that was solved; with 0 *seconds* there is no time to look."""
    solve = solving.ask(round, None, seconds, seed, NOW)
    job = session.scalars(solving.job_of(solve)).one()
    session.commit()
    assert jobs.run(job, beat, NOW)
    session.commit()
    return solve


def test_a_solve_ends_at_the_review_board_with_everybody_seated(session: Session) -> None:
    round, guest = collected()

    solved(round, session)

    pairing = session.scalars(select(Pairing)).one()
    assert (round.stage, pairing.guest, pairing.slot.starts_at) == (Stage.REVIEWING, guest, at(1, 10))
    assert pairing.tags == ["wish_1", "new_wall"]
    solve = session.scalars(board.last_solve(round)).one()
    assert (solve.status, solve.matched, solve.gap) == ("optimal", 1, 0.0)


def test_an_unmatched_guest_is_told_why(session: Session) -> None:
    round, _guest = collected()
    lonely = factories.guest(round, wishes=(factories.department("nobody hosts here"),))

    solved(round, session)

    assert lonely.reason is not None
    assert lonely.reason.code


@pytest.mark.parametrize("consent", [Consent.YES, Consent.ASKED, Consent.NO])
def test_only_where_the_customers_said_no_a_guest_is_told_so(session: Session, consent: Consent) -> None:
    round, _guest = collected()
    opening = session.scalars(select(Opening)).one()
    opening.kind, opening.customer_consent = OpeningKind.RIDE_ALONG, consent
    session.flush()

    [reason] = why_not(gather.problem(round, NOW), ())

    said_no = reasons.why(reason.code, str) == "The customers did not agree to the visits you wished for."
    assert said_no is (consent is Consent.NO)


@pytest.mark.slow
def test_a_flexible_opening_gets_the_slots_that_the_plan_uses(session: Session) -> None:
    round = factories.round_()
    host = factories.person()
    guest = factories.guest(round, wishes=(host.home,))
    factories.opening(round, host, flexible=True, starts_at=None, minutes=120)
    for person in (guest.person, host):
        free(round, person, 2, 13, 15)

    solved(round, session)
    solving_again = session.scalars(select(Slot)).one().starts_at
    solved(round, session)

    assert [slot.starts_at for slot in session.scalars(select(Slot))] == [solving_again] == [at(2, 13)]


def test_pins_stay_when_it_is_solved_again_even_where_the_solver_knows_better(session: Session) -> None:
    round, guest = collected()
    free(round, guest.person, 1, 13, 15, level=1)
    worse = factories.opening(round, factories.person(department_=guest.goals[0].department), starts_at=at(1, 13))
    factories.pairing(guest, factories.slot(worse), pinned=True)

    solved(round, session)
    solved(round, session)

    assert [(pairing.slot.opening, pairing.pinned) for pairing in session.scalars(select(Pairing))] == [(worse, True)]


def test_what_is_not_pinned_is_given_up_for_something_better(session: Session) -> None:
    round, guest = collected()
    free(round, guest.person, 1, 13, 15, level=1)
    worse = factories.opening(round, factories.person(department_=guest.goals[0].department), starts_at=at(1, 13))
    factories.pairing(guest, factories.slot(worse))

    solved(round, session)

    assert [pairing.slot.starts_at for pairing in session.scalars(select(Pairing))] == [at(1, 10)]


def test_asking_twice_is_refused(session: Session) -> None:
    round, _guest = collected()
    solving.ask(round, None, 5, 0, NOW)

    with pytest.raises(WrongStage):
        solving.ask(round, None, 5, 0, NOW)


def test_a_round_without_hosts_is_not_solved(session: Session) -> None:
    round = factories.round_()
    factories.guest(round)

    with pytest.raises(Refusal, match="hosts"):
        solving.ask(round, None, 5, 0, NOW)


def test_a_round_without_guests_is_not_solved(session: Session) -> None:
    round = factories.round_()
    factories.slot(factories.opening(round))

    with pytest.raises(Refusal, match="visit"):
        solving.ask(round, None, 5, 0, NOW)


def test_stopping_reaches_the_running_job_and_only_a_running_one(session: Session) -> None:
    round, _guest = collected()
    with pytest.raises(WrongStage):
        solving.stop(round)
    solving.ask(round, None, 5, 0, NOW)

    solving.stop(round)

    assert session.scalars(select(Job)).one().cancel_requested


def test_a_child_that_dies_says_what_it_said(session: Session) -> None:
    with pytest.raises(child.SolverDied) as died:
        child.run('{"no": "problem"}', 1, (), lambda progress: False)

    assert "problem: an object with earliest, guests, openings, people, zone is expected" in str(died.value)


@pytest.mark.slow
def test_a_stored_problem_can_be_replayed(session: Session) -> None:
    round, _guest = collected()
    solved(round, session)
    solve = session.scalars(board.last_solve(round)).one()

    again = child.run(solve.problem, 5, (), lambda progress: False)

    assert solve.plan is not None
    assert again.plan is not None
    assert again.plan.seats == stored.plan_from_json(solve.plan).seats
    assert stored.digest(stored.from_json(solve.problem)) == solve.digest


def seats(session: Session) -> list[tuple[int, int]]:
    return [(row[0], row[1]) for row in session.execute(select(Pairing.guest_id, Pairing.slot_id))]


def test_a_search_without_time_leaves_a_good_plan_and_its_reasons_as_they_are(session: Session) -> None:
    round, _guest = collected()
    lonely = factories.guest(round, wishes=(factories.department("nobody hosts here"),))
    solved(round, session)
    standing, reason = seats(session), lonely.reason

    solve = solved(round, session, seconds=0)

    assert standing
    assert (seats(session), lonely.reason, round.stage) == (standing, reason, Stage.REVIEWING)
    assert solve.status == solving.NOT_TAKEN


def test_a_first_search_without_time_brings_a_plan_and_says_that_the_clock_cut_it(session: Session) -> None:
    round, _guest = collected()

    solve = solved(round, session, seconds=0)

    assert (solve.matched, len(seats(session)), round.stage) == (1, 1, Stage.REVIEWING)
    assert stored.plan_from_json(str(solve.plan)).cut_after == 2


def test_what_is_not_allowed_any_more_goes_though_the_plan_stays(session: Session) -> None:
    round, guest = collected()
    busy = rival(guest)
    solved(round, session)
    session.execute(delete(Availability).where(Availability.person_id == busy.person_id))

    solve = solved(round, session, seconds=0)

    assert [pairing.guest for pairing in session.scalars(select(Pairing))] == [guest]
    assert [person.id for person in session.scalars(solving.gone(solve))] == [busy.person_id]
    assert busy.reason is not None
    assert busy.reason.code == "no_longer"


def test_a_better_plan_takes_the_place_of_one_made_by_hand(session: Session) -> None:
    round, guest = collected()
    rival(guest)
    factories.pairing(guest, session.scalars(select(Slot)).one())

    solve = solved(round, session)

    assert (solve.status, solve.matched, len(seats(session))) == ("optimal", 2, 2)


def test_a_stop_before_there_is_a_plan_hands_the_round_back_and_blames_nobody(session: Session) -> None:
    round, _guest = collected()
    solve = solving.ask(round, None, 5, 0, NOW)

    solving.conclude(solve, child.Ended(), Stage.COLLECTING, NOW)

    assert (solve.status, solve.plan, round.stage) == ("stopped_early", None, Stage.COLLECTING)


def test_a_stop_in_the_first_second_still_brings_the_plan_of_a_small_round(session: Session) -> None:
    round, guest = collected()

    solve = solved(round, session, beat=lambda progress: True)

    assert (solve.plan is not None, solve.matched, round.stage) == (True, 1, Stage.REVIEWING)
    assert [pairing.guest for pairing in session.scalars(select(Pairing))] == [guest]


def test_pins_that_contradict_each_other_are_the_reason_only_where_they_are(session: Session) -> None:
    round, guest = collected()
    opening = session.scalars(select(Opening)).one()
    for one in (guest, rival(guest), rival(guest)):
        factories.pairing(one, opening.slots[0], pinned=True)

    solve = solved(round, session)

    assert (solve.status, solve.plan, round.stage) == ("contradiction", None, Stage.COLLECTING)
    session.expire_all()
    (flaw,) = solve.flaws or ()
    assert (flaw.code, flaw.openings, len(flaw.people)) == (FlawCode.PINS_CROWDED, (opening.id,), 3)
    assert [one.pairing.guest.person_id for one in flaws.to_let_go(solve)] == [pin.guest for pin in flaw.pins]


def test_a_flaw_without_pins_is_told_too(session: Session) -> None:
    round, _guest = collected()
    round.rules = replace(round.rules, reciprocal="require")

    solve = solved(round, session)

    assert (solve.status, solve.plan, round.stage) == ("contradiction", None, Stage.COLLECTING)
    assert [flaw.code for flaw in solve.flaws or ()] == [FlawCode.NEVER_RETURNED]
    assert solving.no_plan(solve) == "No plan was made: something in this round cannot be right."


def test_every_flaw_of_a_round_has_a_sentence_with_the_names_of_those_it_is_about(session: Session) -> None:
    round, guest = collected()
    opening = session.scalars(select(Opening)).one()
    found = [Flaw(code=code, people=(guest.person_id,), openings=(opening.id,)) for code in FlawCode]
    found += [Flaw(code=code, people=(guest.person_id,)) for code in FlawCode]
    solve = solving.ask(round, None, 5, 0, NOW)
    solve.flaws = tuple(found)

    causes = list(flaws.causes(solve))

    assert len(causes) == len(found)
    for cause in causes:
        said = fill(cause.sentence, cause.facts(lambda person: person.display_name, ", ".join))
        named = (guest.person.display_name in said, opening.title in said)
        assert any(named) or cause.sentence == flaws.WHY[FlawCode.NEVER_RETURNED]


def test_the_kept_pairings_to_let_go_are_named_where_a_round_is_solved_at_once(session: Session) -> None:
    round, guest = collected()
    slot = session.scalars(select(Slot)).one()
    kept = [factories.pairing(one, slot, pinned=True) for one in (guest, rival(guest), rival(guest))]

    with pytest.raises(Refusal) as refused:
        jobs.here_and_now(round, 5, 0, lambda job, progress: False, NOW)

    said = str(refused.value).splitlines()
    names = [pairing.guest.person.display_name for pairing in kept]
    assert said[0].startswith("No plan was made: what is kept by hand contradicts itself.")
    assert said[1].startswith("More guests are kept in “Weekly meeting” than it has seats: ")
    assert said[2] == "Kept pairings to let go:"
    assert said[3] in [f"{name} → Weekly meeting, Tue 19 Jan 2027, 10:00–11:00" for name in names]
    assert len(said) == 4


def test_a_solve_that_failed_late_leaves_a_round_alone_that_has_gone_on(session: Session) -> None:
    round, _guest = collected()
    solve = solving.ask(round, None, 5, 0, NOW)
    job = session.scalars(solving.job_of(solve)).one()
    round.stage = Stage.PUBLISHED
    session.commit()

    jobs.fail(job, "too late", NOW)

    assert (solve.status, round.stage) == ("failed", Stage.PUBLISHED)


def test_a_plan_that_comes_late_does_not_change_a_round_that_has_gone_on(session: Session) -> None:
    round, guest = collected()
    published = factories.pairing(guest, session.scalars(select(Slot)).one(), status=PairingStatus.PUBLISHED)
    solve = solving.ask(round, None, 5, 0, NOW)
    job = session.scalars(solving.job_of(solve)).one()
    round.stage = Stage.PUBLISHED
    session.commit()

    jobs.run(job, lambda progress: False, NOW)

    assert (solve.status, solve.plan, round.stage) == ("failed", None, Stage.PUBLISHED)
    assert session.scalars(select(Pairing)).all() == [published]


def test_a_solve_of_before_does_not_end_the_one_under_way(session: Session) -> None:
    round, _guest = collected()
    first = solving.ask(round, None, 5, 0, NOW)
    solving.hand_back(first, Stage.COLLECTING, "failed", NOW)
    solving.ask(round, None, 5, 0, NOW)

    solving.hand_back(first, Stage.COLLECTING, "failed", NOW)

    assert round.stage is Stage.SOLVING
