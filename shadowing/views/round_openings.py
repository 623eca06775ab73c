"""The openings of a round as HR sees them, and what HR does to one: offer it for a host, change, withdraw, seats, the customer's
word. What a deed does to visits is shown first; the second press does it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from shadowing.collecting import hosting
from shadowing.company import people
from shadowing.errors import fill
from shadowing.extensions import db
from shadowing.mail import visit_facts
from shadowing.matching import board
from shadowing.models import OVER, Consent, Opening, OpeningKind, Person, Round, Slot, Stage
from shadowing.rounds import opening_changes, opening_list, opening_mails
from shadowing.rounds.opening_changes import CustomersWord, Effects, Seats, Seen
from shadowing.rounds.opening_list import OpeningState, SoughtOpenings
from shadowing.rounds.opening_mails import Hearing
from shadowing.views import auth, forms, language, openings, somebody
from shadowing.views.forms import Filled
from shadowing.views.rounds import the_round
from shadowing.visiting.slots import NotSure

PAGE = 25

bp = Blueprint("round_openings", __name__)
CHOOSE = "round_openings/choose.html"


@bp.get("/rounds/<int:id>/openings")
@auth.for_hr
def index(id: int) -> str:
    round, sought = the_round(id), sought_in(request.args)
    page = db.paginate(
        opening_list.listed(round, sought), page=forms.page(request.args), per_page=PAGE, error_out=False
    )
    return render_template(
        "round_openings/index.html",
        round=round,
        page=page,
        sought=sought,
        taken=opening_list.taken(page.items),
        seats=opening_list.seats(round, page.items),
        departments=list(db.session.scalars(people.departments())),
        kinds=[(kind, language.word(kind)) for kind in OpeningKind],
        states=[(state, states()[state], count) for state, count in opening_list.counts(round).items()],
        declined=list(db.session.scalars(hosting.declined(round))),
        changeable=changeable(round),
    )


@bp.get("/rounds/<int:id>/openings/new")
@auth.for_hr
def new(id: int) -> str:
    """The form of the host that the address names; or else who it is to be."""
    round, host_id = the_round(id), forms.row_id(request.args, "host")
    if host_id is None:
        return somebody.ask(CHOOSE, round, changeable(round))
    g.back = url_for(".index", id=id)
    opening_changes.refuse_wrong_stage(round)
    host = db.get_or_404(Person, host_id)
    form = openings.preset(request.args.get("kind", ""), host.zone)
    return render_template("round_openings/new.html", **form_page(round, form, [host]), host=host)


@bp.post("/rounds/<int:id>/openings/choose")
@auth.for_hr
def choose_host(id: int) -> Response:
    round = the_round(id)
    host = somebody.named(CHOOSE, round, changeable(round))
    return redirect(url_for(".new", id=id, host=host.id), code=303)


@bp.post("/rounds/<int:id>/openings/new")
@auth.for_hr
def offer_for(id: int) -> Response:
    round, host = the_round(id), db.get_or_404(Person, forms.row_id(request.args, "host") or 0)
    page = form_page(round, Filled(request.form), [host]) | {"host": host}
    auth.came_from("round_openings/new.html", **page)
    seen = asking(round, "round_openings/new.html", page)
    opening, _ = opening_changes.offer_for(
        round, [host], openings.offer_of(request.form, round), g.user, datetime.now(UTC), seen
    )
    db.session.commit()
    flash(gettext("The opening of %(name)s is offered.", name=language.person_name(host)))
    return redirect(url_for(".show", id=opening.id), code=303)


@bp.get("/openings/<int:id>")
@auth.for_hr
def show(id: int) -> str:
    return render_template("round_openings/show.html", **page_of(the_opening(id)))


@bp.get("/openings/<int:id>/edit")
@auth.for_hr
def edit(id: int) -> str:
    opening = the_opening(id)
    return render_template("round_openings/edit.html", opening=opening, **edit_page(opening, openings.stored(opening)))


@bp.post("/openings/<int:id>/edit")
@auth.for_hr
def change(id: int) -> Response:
    opening = the_opening(id)
    page = edit_page(opening, Filled(request.form)) | {"opening": opening}
    auth.came_from("round_openings/edit.html", **page)
    seen = asking(opening.round, "round_openings/edit.html", page)
    opening_changes.change(opening, openings.offer_of(request.form, opening.round), g.user, datetime.now(UTC), seen)
    db.session.commit()
    flash(gettext("The opening is saved."))
    return redirect(url_for(".show", id=id), code=303)


@bp.post("/openings/<int:id>/withdraw")
@auth.for_hr
def withdraw(id: int) -> Response:
    return done(the_opening(id), opening_changes.withdraw, gettext("The opening is withdrawn."))


@bp.post("/openings/<int:id>/offer-again")
@auth.for_hr
def offer_again(id: int) -> Response:
    return done(the_opening(id), opening_changes.offer_again, gettext("The opening is offered again."))


@bp.post("/openings/<int:id>/seats")
@auth.for_hr
def set_seats(id: int) -> Response:
    opening = the_opening(id)
    auth.came_from("round_openings/show.html", **page_of(opening) | {"form": Filled(request.form)})
    seats = forms.read(Seats, request.form).seats

    def deed(opening: Opening, by: Person, now: datetime, seen: Seen) -> Effects:
        return opening_changes.set_seats(opening, seats, by, now, seen)

    return done(opening, deed, gettext("The seats are saved."))


@bp.post("/openings/<int:id>/consent")
@auth.for_hr
def consent(id: int) -> Response:
    opening = the_opening(id)
    said = forms.read(CustomersWord, request.form).consent

    def deed(opening: Opening, by: Person, now: datetime, seen: Seen) -> Effects:
        return opening_changes.record_consent(opening, said, by, now, seen)

    return done(opening, deed, gettext("What the customer said is noted."))


def done(opening: Opening, deed: Callable[[Opening, Person, datetime, Seen], Effects], words: str) -> Response:
    """What all buttons on the page of an opening do: ask where visits change, else keep it and say so."""
    deed(opening, g.user, datetime.now(UTC), asking(opening.round, "round_openings/show.html", page_of(opening)))
    db.session.commit()
    flash(words)
    return redirect(url_for(".show", id=opening.id), code=303)


def asking(round: Round, template: str, page: dict[str, object]) -> Seen:
    """Raises NotSure, on the *page*, unless HR has seen just these effects; what was done is taken back with it."""

    def seen(effects: Effects) -> None:
        if not effects or request.form.get("seen") == effects.digest:
            return
        carried = {name: value for name, value in request.form.items() if name not in ("seen", "csrf_token")}
        asked = {"effects": list(lines(effects, round)), "seen": effects.digest, "carried": carried}
        auth.came_from(template, **page | asked)
        raise NotSure("Nothing is changed yet. See what becomes of these visits, then press again.")

    return seen


def lines(effects: Effects, round: Round) -> Iterator[str]:
    """What becomes of each visit, in a sentence."""
    told = round.stage is Stage.PUBLISHED
    off = gettext("%(visit)s is called off.") if told else gettext("%(visit)s is taken out of the plan.")
    for visit in effects.visits:
        named = gettext("%(guest)s with %(hosts)s (%(title)s, %(time)s)")
        facts = {
            "guest": language.person_name(visit.guest),
            "hosts": language.listed(map(language.person_name, visit.hosts)),
            "title": visit.title,
            "time": language.moment(visit.before, round.zone),
        }
        which = {"visit": fill(named, facts)}
        if visit.after:
            new = {"new": language.moment(visit.after, round.zone)}
            yield fill(gettext("%(visit)s moves to %(new)s."), which | new)
        else:
            why = "" if visit.why == opening_changes.NOT_OFFERED else language.filled(visit.why)
            yield f"{fill(off, which)} {why}".strip()


# What is asked for


def the_opening(id: int) -> Opening:
    opening = db.get_or_404(Opening, id)
    g.back = url_for(".show", id=id)
    return opening


def sought_in(args: dict[str, str]) -> SoughtOpenings:
    kind, state = args.get("kind", ""), args.get("state", "")
    return SoughtOpenings(
        words=args.get("words", "").strip()[:100],
        department_id=forms.row_id(args, "department"),
        kind=OpeningKind(kind) if kind in list(OpeningKind) else None,
        state=OpeningState(state) if state in list(OpeningState) else None,
    )


def states() -> dict[OpeningState, str]:
    return {
        OpeningState.OFFERED: gettext("Offered"),
        OpeningState.FREE: gettext("With empty seats"),
        OpeningState.FULL: gettext("Full"),
        OpeningState.CONSENT: gettext("Customer has not agreed"),
        OpeningState.WITHDRAWN: gettext("Withdrawn"),
    }


def changeable(round: Round) -> bool:
    """Whether HR can change openings, which is at every stage but while the pairings are made."""
    return round.stage not in (Stage.SOLVING, *OVER)


# What the pages show


def form_page(round: Round, form: Filled, hosts: list[Person], opening: Opening | None = None) -> dict[str, object]:
    shown = openings.page(form, gettext("Any time the host is free"))
    told = hearing(round, hosts, opening)
    return shown | {"round": round, "consents": list(consent_words().items()), "by_hr": True, "told": told}


def edit_page(opening: Opening, form: Filled) -> dict[str, object]:
    return form_page(opening.round, form, [host.person for host in opening.hosts], opening)


def hearing(round: Round, hosts: list[Person], opening: Opening | None) -> str:
    """Whether and when the *hosts* hear of what HR is about to do."""
    others = [host for host in hosts if host.id != g.user.id and host.left_at is None]
    if not others:
        return ""
    names = language.listed(map(language.person_name, others))
    match opening_mails.hearing(round, opening, datetime.now(UTC)):
        case Hearing.NOW:
            return str(gettext("A mail tells the host: %(names)s.", names=names))
        case Hearing.WHEN_ASKED:
            return str(gettext("Nobody has been asked yet, so no mail tells the host: %(names)s.", names=names))
        case Hearing.BY_THE_VISIT:
            sentence = gettext(
                "When you publish the change, the mail about the visit tells the host: %(names)s.", names=names
            )
            return str(sentence)


def consent_words() -> dict[Consent, str]:
    return {
        Consent.YES: gettext("The customer has agreed"),
        Consent.ASKED: gettext("The customer has not agreed yet"),
        Consent.NO: gettext("The customer said no"),
    }


def page_of(opening: Opening) -> dict[str, object]:
    round = opening.round
    visits = board.seated(round).where(Slot.opening_id == opening.id)
    return {
        "opening": opening,
        "round": round,
        "form": Filled({"seats": opening.seats}),
        "slots": [slot for slot in opening.slots if slot.cancelled_at is None],
        "visits": list(db.session.scalars(visits)),
        "consents": consent_words(),
        "riding": visit_facts.riding(opening.riding),
        "changeable": changeable(round),
        "told": hearing(round, [host.person for host in opening.hosts], opening),
        "again": request.path,
    }
