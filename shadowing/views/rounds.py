"""A round from its draft to its end: the form, the mails before they leave, who has answered, who goes where."""

from dataclasses import replace
from datetime import UTC, datetime

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from shadowing.company import people
from shadowing.extensions import db, settings
from shadowing.mail.letters import Sender
from shadowing.matching import asked_repairs
from shadowing.models import Answer, Guest, Person, Round, Stage
from shadowing.rounds import (
    answer_days,
    cancellation,
    deadline,
    holding,
    joiners,
    new_dates,
    previews,
    reminders,
    rounds,
    timetable,
    whom,
)
from shadowing.rounds.deadline import Reopening
from shadowing.rounds.drafts import RoundDraft, today
from shadowing.rounds.previews import Looking, Mailing, What
from shadowing.rounds.timetable import Milestone
from shadowing.views import auth, followed, forms, language
from shadowing.visiting import invitations, visits

PAGE = 25
WITH_PEOPLE = joinedload(Guest.person).joinedload(Person.department)

bp = Blueprint("rounds", __name__)


@bp.get("/rounds/new")
@auth.for_hr
def new() -> str:
    now = datetime.now(UTC)
    given = named(rounds.defaults(now, g.user.zone, ""))
    dates = timetable.of(given, today(given.zone, now))
    return render_template("rounds/new.html", form=forms.of_draft(given), dates=dates)


@bp.post("/rounds/new")
@auth.for_hr
def create() -> Response:
    auth.came_from("rounds/new.html", form=forms.Filled(request.form))
    now = datetime.now(UTC)
    round = rounds.draft(forms.round_draft(request.form, None, now), g.user, now)
    db.session.commit()
    return redirect(url_for(".ask", id=round.id), code=303)


@bp.get("/rounds/<int:id>")
@auth.for_hr
def show(id: int) -> str:
    round = the_round(id)
    step = rounds.next_step(round, datetime.now(UTC))
    counts, contents = rounds.collection(round), cancellation.contents(round)
    facts = {
        "counts": counts,
        "contents": contents,
        "dates": dates_of(round),
        "asked": whom.count(round, datetime.now(UTC)),
        "underway": holding.underway(round, datetime.now(UTC)),
    }
    return render_template("rounds/show.html", round=round, step=step, **facts)


@bp.get("/rounds/<int:id>/edit")
@auth.for_hr
def edit(id: int) -> str:
    round = the_round(id)
    return render_template("rounds/edit.html", round=round, form=forms.of_draft(round), dates=dates_of(round))


@bp.post("/rounds/<int:id>/edit")
@auth.for_hr
def change(id: int) -> Response:
    round, now = the_round(id), datetime.now(UTC)
    auth.came_from("rounds/edit.html", round=round, form=forms.Filled(request.form), dates=dates_of(round))
    rounds.change(round, forms.round_draft(request.form, round, now), g.user, now)
    db.session.commit()
    flash(gettext("The round is saved."))
    return redirect(url_for(".ask_tell" if request.form.get("tell") else ".show", id=id), code=303)


@bp.get("/rounds/<int:id>/tell")
@auth.for_hr
def ask_tell(id: int) -> str:
    round = the_round(id)
    return render_template("rounds/tell.html", round=round, mailing=mailing(round, What.TELL))


@bp.post("/rounds/<int:id>/tell")
@auth.for_hr
def tell(id: int) -> Response:
    round, g.back = the_round(id), url_for(".collect", id=id)
    told = new_dates.tell(round, g.user, datetime.now(UTC))
    db.session.commit()
    flash(ngettext("%(num)d person is told the new days.", "%(num)d people are told the new days.", told))
    return redirect(url_for(".collect", id=id), code=303)


@bp.get("/rounds/<int:id>/ask")
@auth.for_hr
def ask(id: int) -> str:
    round = the_round(id)
    return render_template("rounds/ask.html", round=round, mailing=mailing(round, What.ASK))


@bp.post("/rounds/<int:id>/ask")
@auth.for_hr
def send_ask(id: int) -> Response:
    asked = rounds.ask(the_round(id), g.user, datetime.now(UTC))
    db.session.commit()
    flash(begun(asked))
    return redirect(url_for(".collect", id=id), code=303)


@bp.get("/rounds/<int:id>/collect")
@auth.for_hr
def collect(id: int) -> str:
    round, now = the_round(id), datetime.now(UTC)
    waiting = reminders.unanswered(round).options(WITH_PEOPLE)
    return render_template(
        "rounds/collect.html",
        round=round,
        counts=rounds.collection(round),
        waiting=db.paginate(waiting, page=forms.page(request.args), per_page=PAGE, error_out=False),
        course=answer_days.of(round, now),
        due=len(reminders.due(round, now)),
        joiners=joiners.count(round, now),
        open=round.takes_answers(now),
        plan=deadline.seated(round),
        shut_out=deadline.shut_out(round, now),
        untold=len(new_dates.planned(round, now)),
        seconds=forms.SOLVE_SECONDS,
    )


@bp.get("/rounds/<int:id>/nudge")
@auth.for_hr
def nudge(id: int) -> str:
    round = the_round(id)
    return render_template("rounds/nudge.html", round=round, mailing=mailing(round, What.NUDGE))


@bp.post("/rounds/<int:id>/nudge")
@auth.for_hr
def send_nudge(id: int) -> Response:
    round, g.back = the_round(id), url_for(".collect", id=id)
    nudged = reminders.nudge(round, g.user, datetime.now(UTC))
    db.session.commit()
    flash(ngettext("%(num)d reminder waits for its turn.", "%(num)d reminders wait for their turn.", nudged))
    return redirect(url_for(".collect", id=id), code=303)


@bp.get("/rounds/<int:id>/solve/early")
@auth.for_hr
def early(id: int) -> str | Response:
    round = the_round(id)
    if round.stage is not Stage.COLLECTING:
        return redirect(url_for("pairings.progress", id=id), code=303)
    haste = deadline.haste(round, datetime.now(UTC))
    return render_template("rounds/early.html", round=round, haste=haste, seconds=forms.seconds(request.args))


@bp.get("/rounds/<int:id>/reopen")
@auth.for_hr
def ask_reopen(id: int) -> str:
    """Which day, and what it means; the button is on the page."""
    round, now = the_round(id), datetime.now(UTC)
    usual = forms.Filled({"answers_until": deadline.proposed(round, now).isoformat()})
    return render_template("rounds/reopen.html", **reopening(round, now), form=usual)


@bp.post("/rounds/<int:id>/reopen")
@auth.for_hr
def reopen(id: int) -> Response:
    round, now = the_round(id), datetime.now(UTC)
    auth.came_from("rounds/reopen.html", **reopening(round, now), form=forms.Filled(request.form))
    deadline.reopen(round, forms.read(Reopening, request.form).answers_until, g.user, now)
    db.session.commit()
    flash(gettext("Answers are taken again until %(day)s.", day=language.day(round.answers_until)))
    return redirect(url_for(".collect", id=id), code=303)


@bp.post("/rounds/<int:id>/close")
@auth.for_hr
def close(id: int) -> Response:
    round, g.back = the_round(id), url_for(".collect", id=id)
    deadline.close(round, g.user, datetime.now(UTC))
    db.session.commit()
    flash(gettext("The answers are closed."))
    return redirect(url_for("pairings.board" if deadline.seated(round) else ".collect", id=id), code=303)


@bp.get("/rounds/<int:id>/publish")
@auth.for_hr
def publish(id: int) -> str:
    round = the_round(id)
    looking = looking_at(What.PUBLISH)
    ahead = invitations.ahead(round, looking.stamp, Sender.of(settings()))
    shown = previews.mailing(ahead.planned, looking, g.user, settings())
    unheard = ahead.unheard if round.stage is Stage.PUBLISHED and not shown.people else 0
    repair = db.session.scalar(asked_repairs.open_of(round))
    return render_template("rounds/publish.html", round=round, mailing=shown, unheard=unheard, repair=repair)


@bp.post("/rounds/<int:id>/publish")
@auth.for_hr
def send_publish(id: int) -> Response:
    round, g.back = the_round(id), url_for(".publish", id=id)
    version, stamp = forms.previewed(request.form)
    without, now = forms.ids(request.form, "without"), datetime.now(UTC)
    sent = rounds.publish(round, g.user, version, stamp, Sender.of(settings()), now, without)
    db.session.commit()
    flash(
        ngettext("Published. %(num)d mail waits for its turn.", "Published. %(num)d mails wait for their turn.", sent)
    )
    return redirect(url_for(".run", id=id), code=303)


@bp.get("/rounds/<int:id>/run")
@auth.for_hr
def run(id: int) -> str:
    round, sought = the_round(id), forms.visits_sought(request.args)
    found = visits.of_round(round, sought, forms.page(request.args))
    return render_template(
        "rounds/run.html",
        round=round,
        visits=found,
        followed=followed.of_round(round, found, datetime.now(UTC)),
        sought=sought,
        answers=tuple(Answer),
        departments=list(db.session.scalars(people.departments())),
    )


@bp.post("/rounds/<int:id>/end")
@auth.for_hr
def end(id: int) -> Response:
    round, g.back = the_round(id), url_for(".run", id=id)
    rounds.end(round, g.user, datetime.now(UTC))
    db.session.commit()
    flash(gettext("The round has ended."))
    return redirect(url_for("home.show"), code=303)


def the_round(id: int) -> Round:
    g.back = url_for("rounds.show", id=id)
    return db.get_or_404(Round, id)


def begun(asked: int) -> str:
    if not asked:
        return str(gettext("The round has begun. Pass the link on: volunteers come by it."))
    return str(
        ngettext(
            "%(num)d person is asked. The mail waits for its turn.",
            "%(num)d people are asked. The mails wait for their turn.",
            asked,
        )
    )


def dates_of(round: Round) -> tuple[Milestone, ...]:
    return timetable.of(round, today(round.zone, round.asked_at or datetime.now(UTC)))


def mailing(round: Round, what: What) -> Mailing:
    """The mails of *what* as they would leave now, opened where the address says."""
    looking = looking_at(what)
    return previews.mailing(previews.planned(round, looking, Sender.of(settings())), looking, g.user, settings())


def looking_at(what: What) -> Looking:
    return forms.looking(request.values, what, datetime.now(UTC).replace(microsecond=0))


def reopening(round: Round, now: datetime) -> dict[str, object]:
    """What the page says about opening the answers again."""
    facts = {"round": round, "counts": rounds.collection(round), "visits": deadline.seated(round)}
    return facts | {"open": round.takes_answers(now)}


def named(given: RoundDraft) -> RoundDraft:
    """The name that a new round is given until HR writes another one."""
    month = language.reader().month(given.starts_on)
    return replace(given, title=gettext("Job shadowing, %(month)s", month=month))
