"""Whose contract limits what they may visit, such as people who work through an agency."""

from datetime import UTC, datetime

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from shadowing.company import contracts, sites
from shadowing.company.contracts import NO_AGENCY, ContractDraft
from shadowing.extensions import db
from shadowing.models import Consent, OpeningKind, Person
from shadowing.views import auth, forms, language
from shadowing.views.forms import Filled

PAGE = 25

bp = Blueprint("contracts", __name__)


@bp.get("/contracts")
@auth.for_hr
def index() -> str:
    """With a person in the address, the form holds what is known of them."""
    person = db.session.get(Person, forms.row_id(request.args, "person") or 0)
    return render_template("contracts/index.html", **page(stored(person) if person else Filled({"agency": NO_AGENCY})))


@bp.post("/contracts")
@auth.for_hr
def save() -> Response:
    auth.came_from("contracts/index.html", **page(Filled(request.form)))
    person = contracts.save(forms.read(ContractDraft, told(request.form)), g.user, datetime.now(UTC))
    db.session.commit()
    flash(saved(person))
    return redirect(url_for(".index"), code=303)


@bp.post("/contracts/<int:id>/remove")
@auth.for_hr
def remove(id: int) -> Response:
    g.back = url_for(".index")
    person = db.get_or_404(Person, id)
    contracts.remove(person, g.user, datetime.now(UTC))
    db.session.commit()
    flash(gettext("From the next plan on, %(name)s may visit everything.", name=language.person_name(person)))
    return redirect(url_for(".index"), code=303)


def saved(person: Person) -> str:
    name = language.person_name(person)
    if not contracts.limits(person):
        return str(gettext("From the next plan on, %(name)s may visit everything.", name=name))
    return str(gettext("What %(name)s may visit is saved.", name=name))


def told(form: MultiDict[str, str]) -> dict[str, str]:
    return form.to_dict() | {"kinds": ";".join(form.getlist("kinds"))}


def stored(person: Person) -> Filled:
    said = {"person": person.email, "kinds": person.may, "sites": "\n".join(person.may_sites)}
    return Filled(said | {"agency": person.agency_consent or NO_AGENCY})


def page(form: Filled) -> dict[str, object]:
    words = agencies()
    return {
        "form": form,
        "limited": forms.part(contracts.limited(), request.args, PAGE),
        "known": sites.known(),
        "kinds": [(kind, language.word(kind)) for kind in OpeningKind],
        "kinds_of": kinds_of,
        "agencies": list(words.items()),
        "agency_words": words,
    }


def kinds_of(person: Person) -> list[str]:
    return [language.word(OpeningKind(kind)) for kind in person.may]


def agencies() -> dict[str, str]:
    return {
        NO_AGENCY: gettext("No agency"),
        Consent.ASKED: gettext("The agency has been asked"),
        Consent.YES: gettext("The agency agrees"),
        Consent.NO: gettext("The agency said no"),
    }
