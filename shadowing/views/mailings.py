"""The mails of a round on their way: how many have left, whoever looks and whenever."""

from datetime import UTC, datetime

from flask import Blueprint, render_template, request

from shadowing.extensions import db, settings
from shadowing.models import Round
from shadowing.rounds import holding, mailings
from shadowing.rounds.mailings import MailingSoFar
from shadowing.views import auth, forms

PAGE = 10

bp = Blueprint("mailings", __name__)


@bp.get("/rounds/<int:id>/mailings")
@auth.for_hr
def show(id: int) -> str:
    round, now = db.get_or_404(Round, id), datetime.now(UTC)
    every = mailings.of(round)
    waiting = [one for one in every if one.waiting]
    return render_template(
        "mailings/show.html",
        round=round,
        page=forms.part(every, request.args, PAGE),
        underway=holding.underway(round, now),
        going=not round.mail_paused_at
        and any(one.next_at and one.next_at <= now for one in waiting)
        and bool(settings().mail_server),
        minutes=int(sum(one.waiting for one in waiting) / settings().mail_per_second / 60 + 0.5),
        now=now,
    )


def on_the_way(round: Round) -> MailingSoFar | None:
    """The mailing that the head of a round's pages tells of."""
    return mailings.going(round)
