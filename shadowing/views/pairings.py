"""Making the plan and reviewing it: the running search, the board, and what HR changes by hand."""

from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import Select, select
from werkzeug.wrappers import Response

from shadowing.company import people
from shadowing.extensions import db
from shadowing.matching import (
    before,
    causes,
    choices,
    flags,
    flaws,
    ledger,
    pairings,
    solving,
    swaps,
    undoing,
)
from shadowing.matching.board import PAGE, last_solve
from shadowing.matching.board import page as page_of_board
from shadowing.matching.board import unmatched as unmatched_of
from shadowing.models import Guest, Pairing, Round, Stage
from shadowing.rounds import deadline
from shadowing.views import auth, board_words, forms, proofs
from shadowing.views.language import listed, person_name
from shadowing.visiting import invitations

SHOWN_MOST = 10
AT = ("name", "department", "guests", "hosts", "tag", "order", "page")
"""What an address of the board may say."""

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
        so_far=proofs.so_far(job.progress.tiers) if job else "",
        matched=len({seat.guest for seat in pairings.seats(round)}),
        quality=proofs.quality(solve, round),
        remarks=proofs.remarks(solve),
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
    round, sought = the_round(id), forms.pairings_sought(request.args)
    now = datetime.now(UTC)
    found = page_of_board(round, forms.page(request.args), now, sought, forms.row_id(request.args, "row"))
    return render_template(
        "pairings/board.html",
        round=round,
        board=found,
        sought=sought,
        at=forms.query_of(request.args.to_dict() | {"page": str(found.page) if found.page > 1 else ""}, AT),
        quality=proofs.quality(found.solve, round),
        remarks=proofs.remarks(found.solve),
        causes=causes.grouped(found.unmatched),
        departments={one.id: one for one in db.session.scalars(people.departments())},
        tags=board_words.tag_words(),
        flags=flags.WORDS,
        seconds=forms.SOLVE_SECONDS,
        mails=invitations.first_mails(round, now) if round.stage is Stage.REVIEWING else 0,
        **taken_back(round),
    )


def taken_back(round: Round) -> dict[str, object]:
    """What can be taken back: the last deed, and the search before."""
    deed, plan = db.session.scalar(before.last_deed(round)), db.session.scalar(before.last_plan(round))
    found, count, same = undoing.differences(round, plan, SHOWN_MOST) if plan else ([], 0, 0)
    people = undoing.people_of(deed) if deed else []
    return {"deed": deed, "of_deed": people, "plan": plan, "differing": found, "others": count, "same": same}


@bp.get("/rounds/<int:id>/unmatched")
@auth.for_hr
def unmatched(id: int) -> str:
    """One page of the guests without a visit, of one cause or of all."""
    round, cause = the_round(id), request.args.get("cause", "")
    guests = [one for each in causes.grouped(missing(round)) if cause in ("", each.code) for one in each.guests]
    page = forms.part(guests, request.args, PAGE)
    return render_template(
        "pairings/unmatched.html",
        round=round,
        cause=cause,
        guests=page,
        missed=ledger.missed(round),
        words=causes.words_of_hr(page.items),
    )


@bp.post("/pairings/<int:id>/pin")
@auth.for_hr
def pin(id: int) -> Response:
    pairing = the_pairing(id)
    pairings.pin(pairing, g.user, datetime.now(UTC))
    db.session.commit()
    return to_board(pairing.round_id, kept_at(id))


@bp.post("/pairings/<int:id>/unpin")
@auth.for_hr
def unpin(id: int) -> Response:
    pairing = the_pairing(id)
    pairings.unpin(pairing, g.user, datetime.now(UTC))
    db.session.commit()
    return to_board(pairing.round_id, kept_at(id))


@bp.post("/pairings/<int:id>/remove")
@auth.for_hr
def remove(id: int) -> Response:
    pairing = the_pairing(id)
    round = pairing.guest.round
    pairings.remove(pairing, g.user, datetime.now(UTC), request.form.get("why", "").strip())
    db.session.commit()
    flash(board_words.is_taken_out(round))
    return to_board(round.id, "unmatched" if missing(round) else "pairings")


@bp.post("/pairings/<int:id>/move")
@auth.for_hr
def move(id: int) -> Response:
    pairing = the_pairing(id)
    round, (opening_id, start) = pairing.guest.round, forms.place(request.form)
    moved = pairings.move(pairing, opening_id, start, g.user, datetime.now(UTC))
    db.session.commit()
    flash(board_words.has_a_place(round))
    return to_board(round.id, "pairings", moved.id)


@bp.post("/pairings/<int:id>/swap")
@auth.for_hr
def swap(id: int) -> Response:
    pairing, other = the_pairing(id), db.get_or_404(Pairing, forms.row_id(request.form, "other") or 0)
    round = pairing.guest.round
    swapped = swaps.swap(pairing, other, g.user, datetime.now(UTC))
    db.session.commit()
    flash(gettext("The two guests have each other’s places."))
    return to_board(round.id, "pairings", swapped.id)


@bp.post("/rounds/<int:id>/pairings/undo")
@auth.for_hr
def undo(id: int) -> Response:
    round, g.back = the_round(id), url_for(".board", id=id)
    undoing.undo(round, forms.row_id(request.form, "plan") or 0, g.user, datetime.now(UTC))
    db.session.commit()
    flash(gettext("It is taken back."))
    return to_board(id, "pairings")


@bp.post("/rounds/<int:id>/pairings/back")
@auth.for_hr
def back(id: int) -> Response:
    round, g.back = the_round(id), url_for(".board", id=id)
    lost = undoing.back(round, forms.row_id(request.form, "plan") or 0, g.user, datetime.now(UTC))
    db.session.commit()
    flash(gettext("The plan before stands again."))
    if lost:
        names = listed(map(person_name, lost[:SHOWN_MOST]))
        flash(gettext("Not possible any more, because something changed meanwhile: %(names)s.", names=names))
    return to_board(id, "pairings")


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
        tags=board_words.tag_words(),
        choices=choices.alternatives(guest, instead, datetime.now(UTC)),
        at=request.args.get("at", ""),
        board=filtered(request.args),
        form=forms.Filled(),
    )


@bp.post("/guests/<int:id>/place")
@auth.for_hr
def place(id: int) -> Response:
    guest = the_guest(id)
    opening_id, start = forms.place(request.form)
    placed = pairings.place(guest, opening_id, start, g.user, datetime.now(UTC))
    db.session.commit()
    flash(board_words.has_a_place(guest.round))
    return to_board(guest.round_id, "pairings", placed.id)


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


def to_board(round_id: int, place: str, row: int | None = None) -> Response:
    """Back to the board as it was filtered, at the *place* that was worked on. A pairing that moved, *row*, may stand on another
    page, and no longer fit a filter: then at the heading of them all."""
    at = filtered(request.form)
    if row and not {"department", "hosts", "tag"} & at.keys():
        at, place = {name: said for name, said in at.items() if name != "page"} | {"row": str(row)}, f"pairing-{row}"
    where = f"?{urlencode(at)}" if at else ""
    return redirect(f"{url_for('.board', id=round_id)}{where}#{place}", code=303)


def kept_at(id: int) -> str:
    """The button that was pressed, where it still stands."""
    return "pairings" if filtered(request.form).get("tag") == "pinned" else f"keep-{id}"


def filtered(said: Mapping[str, str]) -> dict[str, str]:
    """The address of the board that a form or a link carries as `at`."""
    return {name: value for name, value in parse_qsl(said.get("at", "")) if name in AT}


def missing(round: Round) -> list[Guest]:
    return list(db.session.scalars(unmatched_of(round)))
