"""What needs HR today."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, g, render_template, request, url_for

from shadowing.extensions import db
from shadowing.rounds import attention, rounds
from shadowing.rounds.attention import Alert, Concern
from shadowing.views import auth, forms
from shadowing.visiting import visits
from shadowing.visiting.visits import DayOfVisits

ROUNDS = 10
VISITS = 8

bp = Blueprint("home", __name__)


@bp.get("/")
@auth.for_hr
def show() -> str:
    now = datetime.now(UTC)
    page = db.paginate(rounds.current(), page=forms.page(request.args), per_page=ROUNDS, error_out=False)
    round = db.session.scalar(rounds.current().limit(1))
    alerts = attention.alerts(now)
    return render_template(
        "home.html",
        round=round,
        page=page,
        counts=rounds.collection(round) if round else None,
        step=rounds.next_step(round, now),
        alerts=[(alert, where_to_mend(alert)) for alert in alerts],
        several=len({alert.round for alert in alerts if alert.round}) > 1,
        declined=next((one for one in alerts if one.concern is Concern.DECLINED and one.round is round), None),
        today=visits_today(now),
        now=now,
    )


def visits_today(now: datetime) -> DayOfVisits:
    """By the clock of whoever looks."""
    zone = ZoneInfo(g.user.zone)
    begin = datetime.combine(now.astimezone(zone).date(), time.min, zone)
    return visits.between(begin, begin + timedelta(days=1), VISITS)


def where_to_mend(alert: Alert) -> str:
    """Empty where there is nothing to do but to wait."""
    id = alert.round.id if alert.round else None
    match alert.concern:
        case Concern.DECLINED:
            return url_for("rounds.run", id=id, answer="DECLINED", _anchor="visits")
        case Concern.ASKS | Concern.UNTAKEN:
            return url_for("waiting.show", id=id)
        case Concern.STOPPED:
            return url_for("rounds.run", id=id, _anchor="visits")
        case Concern.SILENT:
            return url_for("rounds.run", id=id, answer="NEEDS-ACTION", _anchor="visits")
        case Concern.LOST_MAIL:
            return url_for("letters.index", state="lost")
        case Concern.RECEIVED:
            return url_for("received.index")
        case Concern.LOOKING:
            return ""
        case Concern.UNTOLD:
            return url_for("rounds.publish", id=id)
        case Concern.JOINERS:
            return url_for("joiners.show", id=id)
        case Concern.CONSENT:
            return url_for("round_openings.index", id=id, state="consent")
        case Concern.REPAIR:
            return url_for("repairs.show", id=id)
        case Concern.STRANDED:
            return url_for("pairings.board", id=id)


@bp.get("/healthz")
@auth.for_everyone
def healthz() -> tuple[str, int, dict[str, str]]:
    """The process answers; the database is not asked."""
    return "ok\n", 200, {"Content-Type": "text/plain; charset=utf-8"}
