"""The answers of a round as HR reads them; one person's answer; HR types one in, takes it back, opens the answers for one."""

from datetime import UTC, datetime

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from shadowing.collecting import availability, goals, hosting, openings
from shadowing.company import people
from shadowing.extensions import db, settings
from shadowing.mail import letters, outbox
from shadowing.matching import board, host_refusals
from shadowing.matching.host_refusals import HostRefusalDraft
from shadowing.models import FreeTimes, Guest, HostRefusal, Letter, Pairing, Person, Round, Stage
from shadowing.rounds import answer_list, deadline
from shadowing.rounds import answers as by_hand
from shadowing.rounds.answer_list import AnswerState
from shadowing.rounds.answers import PersonalDeadline
from shadowing.views import answers, auth, forms, language, somebody
from shadowing.views import letters as letter_pages
from shadowing.views.rounds import the_round
from shadowing.visiting.slots import NotSure

PAGE = 25

bp = Blueprint("round_answers", __name__)
CHOOSE = "round_answers/choose.html"


@bp.get("/rounds/<int:id>/answers")
@auth.for_hr
def index(id: int) -> str:
    round, words = the_round(id), request.args.get("words", "").strip()[:100]
    department, state = forms.row_id(request.args, "department"), state_of(request.args.get("state", ""))
    found = answer_list.listed(round, words, department, state)
    return render_template(
        "round_answers/index.html",
        round=round,
        page=db.paginate(found, page=forms.page(request.args), per_page=PAGE, error_out=False),
        words=words,
        department=department,
        state=state,
        departments=list(db.session.scalars(people.departments())),
        states=[(one, states()[one], count) for one, count in answer_list.counts(round).items()],
        changeable=changeable(round),
    )


@bp.get("/rounds/<int:id>/answers/type-in")
@auth.for_hr
def ask_type_in(id: int) -> str:
    """The form of the person that the address names; or else who it is to be."""
    round = the_round(id)
    if "person" not in request.args:
        return somebody.ask(CHOOSE, round, changeable(round))
    person, g.back = the_person(request.args), url_for(".index", id=id)
    by_hand.refuse_wrong_stage(round)
    given = availability.given(person, round)
    seen = by_hand.version(db.session.scalar(goals.of(person, round)))
    return render_template(
        "answers/show.html", **for_somebody(person, round, answers.stored(person, round, given), given, seen)
    )


@bp.post("/rounds/<int:id>/answers/choose")
@auth.for_hr
def choose_person(id: int) -> Response:
    round = the_round(id)
    person = somebody.named(CHOOSE, round, changeable(round))
    return redirect(url_for(".ask_type_in", id=id, person=person.id), code=303)


@bp.post("/rounds/<int:id>/answers/type-in")
@auth.for_hr
def type_in(id: int) -> Response | answers.Page:
    round, person, seen = the_round(id), the_person(request.form), request.form.get("seen", "")
    given = availability.given(person, round)
    form = forms.Filled(request.form, answers.mistakes(forms.Filled(request.form), person, round))
    page = for_somebody(person, round, form, given, seen)
    if form.errors:
        return render_template("answers/show.html", **page), 422
    auth.came_from("answers/show.html", **page)
    times = None if form.value("times") == answers.KEEP else answers.times_of(form, person, round)
    by_hand.type_in(person, round, answers.said(form), times, seen, g.user, datetime.now(UTC))
    db.session.commit()
    flash(gettext("The answer of %(name)s is entered.", name=language.person_name(person)))
    return redirect(url_for(".show", id=goals.guest_of(person, round).id), code=303)


@bp.get("/guests/<int:id>/answer")
@auth.for_hr
def show(id: int) -> str:
    guest = the_guest(id)
    return render_template("round_answers/show.html", **page_of(guest, form_of(guest)))


@bp.post("/guests/<int:id>/answer/take-back")
@auth.for_hr
def take_back(id: int) -> Response:
    guest = the_guest(id)
    by_hand.take_back(guest, g.user, datetime.now(UTC))
    db.session.commit()
    flash(gettext("The answer that was entered is taken back."))
    return redirect(url_for(".show", id=id), code=303)


@bp.post("/guests/<int:id>/answer/reopen")
@auth.for_hr
def reopen(id: int) -> Response:
    guest = the_guest(id)
    auth.came_from("round_answers/show.html", **page_of(guest, forms.Filled(request.form)))
    until = forms.read(PersonalDeadline, request.form).until
    by_hand.reopen_for(guest, until, g.user, datetime.now(UTC))
    db.session.commit()
    name, day = language.person_name(guest.person), language.day(until)
    flash(gettext("%(name)s can answer until %(day)s and is told by mail.", name=name, day=day))
    return redirect(url_for(".show", id=id), code=303)


@bp.post("/guests/<int:id>/answer/close")
@auth.for_hr
def close(id: int) -> Response:
    guest = the_guest(id)
    by_hand.close_for(guest, g.user, datetime.now(UTC))
    db.session.commit()
    flash(gettext("Nothing can be answered any more by this person alone."))
    return redirect(url_for(".show", id=id), code=303)


@bp.post("/guests/<int:id>/answer/refuse")
@auth.for_hr
def refuse(id: int) -> Response:
    """Asks once where visits would be taken out of the plan."""
    guest = the_guest(id)
    page = page_of(guest, forms.Filled(request.form))
    auth.came_from("round_answers/show.html", **page)
    draft = forms.read(HostRefusalDraft, request.form)
    planned = list(db.session.scalars(host_refusals.visits(guest, draft.host)))
    seen = ",".join(str(pairing.id) for pairing in planned)
    if planned and request.form.get("seen") != seen:
        times = [language.span(one.slot.starts_at, one.slot.ends_at, guest.round.zone) for one in planned]
        auth.came_from("round_answers/show.html", **page | {"taken_out": times, "seen": seen})
        raise NotSure("Nothing is changed yet. See which visits are taken out of the plan, then press again.")
    host_refusals.refuse(guest, draft, g.user, datetime.now(UTC))
    db.session.commit()
    flash(gettext("No plan of this round brings these two together now."))
    return redirect(url_for(".show", id=id), code=303)


@bp.post("/guests/<int:id>/answer/allow")
@auth.for_hr
def allow(id: int) -> Response:
    guest = the_guest(id)
    host = forms.row_id(request.form, "host")
    refusal = db.first_or_404(host_refusals.of(guest).where(HostRefusal.host_id == host))
    host_refusals.allow(refusal, g.user, datetime.now(UTC))
    db.session.commit()
    flash(gettext("The next plan may bring these two together again."))
    return redirect(url_for(".show", id=id), code=303)


# What is asked for


def the_guest(id: int) -> Guest:
    guest = db.get_or_404(Guest, id)
    g.back = url_for(".show", id=id)
    return guest


def the_person(said: dict[str, str]) -> Person:
    return db.get_or_404(Person, forms.row_id(said, "person") or 0)


def state_of(said: str) -> AnswerState | None:
    return AnswerState(said) if said in list(AnswerState) else None


def states() -> dict[AnswerState, str]:
    return {
        AnswerState.ANSWERED: gettext("Answered"),
        AnswerState.MISSING: gettext("Not answered"),
        AnswerState.SKIPPED: gettext("Not this time"),
        AnswerState.TYPED_IN: gettext("Typed in by HR"),
    }


def changeable(round: Round) -> bool:
    """Whether HR can still enter answers for others."""
    return round.stage in (Stage.COLLECTING, Stage.REVIEWING)


# What the pages show


def for_somebody(person: Person, round: Round, form: forms.Filled, given: FreeTimes, seen: str) -> dict[str, object]:
    letter = by_hand.mail_of(person, round, g.user, datetime.now(UTC))
    own = {
        "whom": person,
        "action": url_for(".type_in", id=round.id),
        "carried": {"person": person.id, "seen": seen},
        "mail": shown(letter),
    }
    return answers.page(person, round, form, given) | own


def page_of(guest: Guest, form: forms.Filled) -> dict[str, object]:
    person, round, now = guest.person, guest.round, datetime.now(UTC)
    return {
        "guest": guest,
        "person": person,
        "round": round,
        "form": form,
        "answer": answers.answered(person, round),
        "openings": list(db.session.scalars(openings.of(person, round))),
        "declined_at": hosting.declined_at(person, round),
        "refusals": list(db.session.scalars(host_refusals.of(guest))),
        "hosts": list(db.session.scalars(host_refusals.hosts(guest))),
        "changeable": changeable(round),
        "own_day": goals.own_day(person, round, now),
        "open": round.takes_answers(now),
        "visits": list(db.session.scalars(board.seated(round).where(Pairing.guest_id == guest.id))),
        "mail": shown(letters.open_for_you(guest, form.day("until") or round.answers_until, now)),
    }


def shown(letter: Letter) -> letter_pages.Shown:
    """The mail before it goes, with a personal link that does not work."""
    return letter_pages.shown(outbox.render(letter, settings(), shown=True))


def form_of(guest: Guest) -> forms.Filled:
    usual = guest.open_until or deadline.proposed(guest.round, datetime.now(UTC))
    return forms.Filled({"until": usual.isoformat()})
