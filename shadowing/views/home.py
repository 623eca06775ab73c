"""What needs HR today."""

from datetime import UTC, datetime

from flask import Blueprint, render_template

from shadowing.extensions import db
from shadowing.rounds import rounds
from shadowing.views import auth

MOST_ROUNDS = 50

bp = Blueprint("home", __name__)


@bp.get("/")
@auth.for_hr
def show() -> str:
    all_rounds = list(db.session.scalars(rounds.current().limit(MOST_ROUNDS)))
    round = all_rounds[0] if all_rounds else None
    counts = rounds.collection(round) if round else None
    step = rounds.next_step(round, datetime.now(UTC))
    return render_template("home.html", round=round, all_rounds=all_rounds, counts=counts, step=step)


@bp.get("/healthz")
@auth.for_everyone
def healthz() -> tuple[str, int, dict[str, str]]:
    """The process answers; the database is not asked."""
    return "ok\n", 200, {"Content-Type": "text/plain; charset=utf-8"}
