"""Making the plan and reviewing it: the running search, the board, and what HR changes by hand."""

from datetime import UTC, datetime

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from sqlalchemy import Select, select
from werkzeug.wrappers import Response

from shadowing.company import people
from shadowing.errors import fill
from shadowing.extensions import db
from shadowing.matching import flaws, pairings, solving, trials
from shadowing.matching.board import last_solve
from shadowing.matching.board import page as page_of_board
from shadowing.models import Guest, Pairing, Round, Solve, Stage
from shadowing.rounds import deadline
from shadowing.solver import problem as p
from shadowing.solver import stored
from shadowing.views import auth, forms
from shadowing.views.language import listed, person_name

bp = Blueprint("pairings", __name__)


@bp.get("/rounds/<int:id>/solve")
@auth.for_hr
def progress(id: int) -> str:
    round = the_round(id)
    solve = db.session.scalar(last_solve(round))
    job = db.session.scalar(solving.job_of(solve)) if solve else None
    return render_template(
        "pairings/progress.html",
        round=round,
        solve=solve,
        job=job,
        so_far=so_far(job.progress.tiers) if job else "",
        matched=len({seat.guest for seat in pairings.seats(round)}),
        quality=quality(solve, round),
        remarks=remarks(solve),
        let_go=flaws.to_let_go(solve) if solve else [],
        seconds=forms.SOLVE_SECONDS,
    )


@bp.post("/rounds/<int:id>/solve")
@auth.for_hr
def solve(id: int) -> Response:
    """Asks once, in figures, where many answers are still to come."""
    round, seconds, now = the_round(id), forms.seconds(request.form), datetime.now(UTC)
    if "sure" not in request.form and deadline.haste(round, now):
        return redirect(url_for("rounds.early", id=id, seconds=seconds), code=303)
    solving.ask(round, g.user, seconds, 0, now)
    db.session.commit()
    return redirect(url_for(".progress", id=id), code=303)


@bp.post("/rounds/<int:id>/solve/stop")
@auth.for_hr
def stop(id: int) -> Response:
    solving.stop(the_round(id))
    db.session.commit()
    return redirect(url_for(".progress", id=id), code=303)


@bp.get("/rounds/<int:id>/pairings")
@auth.for_hr
def board(id: int) -> str:
    round, department, tag = the_round(id), forms.row_id(request.args, "department"), request.args.get("tag") or None
    found = page_of_board(round, forms.page(request.args), department, tag)
    return render_template(
        "pairings/board.html",
        round=round,
        board=found,
        quality=quality(found.solve, round),
        remarks=remarks(found.solve),
        departments=list(db.session.scalars(people.departments())),
        department=department,
        tag=tag,
        tags=tag_words(),
        seconds=forms.SOLVE_SECONDS,
    )


@bp.post("/pairings/<int:id>/pin")
@auth.for_hr
def pin(id: int) -> Response:
    pairing = the_pairing(id)
    pairings.pin(pairing)
    db.session.commit()
    return to_board(pairing.round_id, f"pairing-{id}")


@bp.post("/pairings/<int:id>/unpin")
@auth.for_hr
def unpin(id: int) -> Response:
    pairing = the_pairing(id)
    pairings.unpin(pairing)
    db.session.commit()
    return to_board(pairing.round_id, f"pairing-{id}")


@bp.post("/pairings/<int:id>/remove")
@auth.for_hr
def remove(id: int) -> Response:
    pairing = the_pairing(id)
    round = pairing.guest.round
    pairings.remove(pairing, g.user, datetime.now(UTC))
    db.session.commit()
    flash(is_taken_out(round))
    return to_board(round.id, "unmatched")


@bp.post("/pairings/<int:id>/move")
@auth.for_hr
def move(id: int) -> Response:
    pairing = the_pairing(id)
    round, (opening_id, start) = pairing.guest.round, forms.place(request.form)
    pairings.move(pairing, opening_id, start, g.user, datetime.now(UTC))
    db.session.commit()
    flash(has_a_place(round))
    return to_board(round.id, "pairings")


@bp.get("/guests/<int:id>/alternatives")
@auth.for_hr
def alternatives(id: int) -> str:
    guest = the_guest(id)
    instead = db.session.scalar(pairing_of(guest, forms.row_id(request.args, "pairing")))
    return render_template(
        "pairings/alternatives.html",
        guest=guest,
        round=guest.round,
        instead=instead,
        choices=pairings.alternatives(guest, instead, datetime.now(UTC)),
        form=forms.Filled({"day": guest.round.starts_on.isoformat()}),
        openings=trials.openings(guest.round),
    )


@bp.post("/guests/<int:id>/place")
@auth.for_hr
def place(id: int) -> Response:
    guest = the_guest(id)
    opening_id, start = forms.place(request.form)
    pairings.place(guest, opening_id, start, g.user, datetime.now(UTC))
    db.session.commit()
    flash(has_a_place(guest.round))
    return to_board(guest.round_id, "pairings")


def the_round(id: int) -> Round:
    g.back = url_for("rounds.show", id=id)
    return db.get_or_404(Round, id)


def the_pairing(id: int) -> Pairing:
    pairing = db.get_or_404(Pairing, id)
    g.back = url_for(".board", id=pairing.round_id)
    return pairing


def the_guest(id: int) -> Guest:
    guest = db.get_or_404(Guest, id)
    g.back = url_for("pairings.board", id=guest.round_id)
    return guest


def pairing_of(guest: Guest, id: int | None) -> Select[Pairing]:
    return select(Pairing).where(Pairing.guest_id == guest.id, Pairing.id == id)


def has_a_place(round: Round) -> str:
    if round.stage is Stage.PUBLISHED:
        return str(gettext("The guest has a new place. Its people are told when you publish the change."))
    return str(gettext("The guest has a new place. It is kept when you solve again."))


def is_taken_out(round: Round) -> str:
    if round.stage is Stage.PUBLISHED:
        return str(gettext("The pairing is taken out. Its people are told when you publish the change."))
    return str(gettext("The pairing is taken out. It does not come back when you solve again."))


def to_board(round_id: int, place: str) -> Response:
    """Back to the board as it was filtered, at the row that was worked on."""
    department, tag, page = (request.form.get(f"at_{name}") or None for name in ("department", "tag", "page"))
    board = url_for(".board", id=round_id, department=department, tag=tag, page=page, _anchor=place)
    return redirect(board, code=303)


def quality(solve: Solve | None, round: Round) -> str:
    """How good the plan that was taken last is known to be. It is said of the pairings only while they are that plan's."""
    if solve is None or solve.plan is None or solve.status == solving.NOT_TAKEN:
        return ""
    plan = stored.plan_from_json(solve.plan)
    if plan.status is p.Status.NO_TIME:
        return ""
    if set(plan.seats) == set(pairings.seats(round)):
        return proven(plan)
    return str(gettext("Before the changes made by hand:") + " " + proven(plan))


def proven(plan: p.Plan) -> str:
    """What is proven of *plan*, point by point in their order, and whether the clock ended the search."""
    said = [_proven(plan)]
    if plan.cut_after is not None:
        said.append(
            gettext(
                "The search was cut off after step %(step)s: another run may find another plan.",
                step=plan.cut_after,
            )
        )
    if plan.short_of_memory:
        said.append(
            gettext("The search ended early for lack of memory: with more, another run may find a better plan.")
        )
    return " ".join(map(str, said))


def _proven(plan: p.Plan) -> str:
    if plan.status is p.Status.OPTIMAL:
        return str(gettext("This is the best plan possible; it is proven."))
    return so_far(plan.tiers)


def so_far(tiers: tuple[p.Tier, ...]) -> str:
    """What is proven of a plan that is not proven to be the best: how far the first point may be from its best that is not."""
    short = next((tier for tier in tiers if tier.value != tier.bound), None)
    percent = f"{p.gap_of(tiers) * 100:.1f}"
    if not tiers or short is tiers[0]:
        return str(gettext("The plan is at most %(percent)s %% below the best possible.", percent=percent))
    first = gettext("No plan gives more guests a visit; this is proven.")
    if short is None:  # a plan of an earlier release, which kept only the tiers it had looked at
        return f"{first} {gettext('There was no time for all finer points.')}"
    if short.name in COSTS:
        return f"{first} {gettext('Not proven is this finer point: %(point)s.', point=points()[short.name])}"
    finer = gettext(
        "The next point is at most %(percent)s %% below the best: %(point)s.",
        percent=percent,
        point=points()[short.name],
    )
    return f"{first} {finer}"


COSTS = ("even_load", "comfort")
"""Tiers that are counted from 0 down: a share of them says nothing."""


def points() -> dict[str, str]:
    """What the tiers of a plan are called."""
    return {
        "guests": gettext("guests with a visit"),
        "returned": gettext("people who visit each other"),
        "walls": gettext("departments that meet for the first time"),
        "second_visits": gettext("second visits"),
        "further_visits": gettext("further visits"),
        "goals": gettext("learning goals met"),
        "even_load": gettext("hosts share the guests evenly"),
        "comfort": gettext("preferred and early times"),
    }


def remarks(solve: Solve | None) -> list[str]:
    """What came of the last search, where it is not simply its plan."""
    if solve is None or solve.status is None:
        return []
    said = [gettext(why)] if (why := solving.no_plan(solve)) else []
    said += [fill(gettext(cause.sentence), cause.facts(person_name, listed)) for cause in flaws.causes(solve)]
    if solve.plan and stored.plan_from_json(solve.plan).status is p.Status.NO_TIME:
        said.append(gettext("There was no time to look for a plan. Give the search more time."))
    if later := db.session.scalar(solving.answered_since(solve)):
        said.append(
            ngettext(
                "%(num)d person has answered since this plan was made. Solve again to count that in.",
                "%(num)d people have answered since this plan was made. Solve again to count them in.",
                later,
            )
        )
    if solve.status == solving.NOT_TAKEN:
        said.append(gettext("The last search found nothing better, so the pairings stay as they were."))
    names = listed(person_name(person) for person in db.session.scalars(solving.gone(solve)))
    if names:
        said.append(gettext("Visits that are not possible any more were taken out: %(names)s.", names=names))
    return [str(sentence) for sentence in said]


def tag_words() -> dict[str, str]:
    """What the board calls the reasons of a pairing."""
    return {
        "wish_1": gettext("First wish"),
        "wish_2": gettext("Second wish"),
        "wish_3": gettext("Third wish"),
        "topic_wish": gettext("Topic wished for"),
        "new_wall": gettext("Departments meet for the first time"),
        "maybe": gettext("At a time marked “if need be”"),
        "by_hand": gettext("Placed by hand"),
        "pinned": gettext("Kept"),
    }
