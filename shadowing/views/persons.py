"""The page of one person: what is known of them and what they take part in; add, change, let go, take back, pause, and
who may run rounds."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from shadowing import typed
from shadowing.company import people, persons
from shadowing.company import running as roles
from shadowing.company.persons import PersonDraft
from shadowing.extensions import db
from shadowing.matching import leaving, pausing
from shadowing.models import OpeningKind, Person
from shadowing.rounds import joiners, taking_part
from shadowing.views import auth, forms, language
from shadowing.views.people import bp

PAUSE = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """The first day on which somebody takes part again."""

    back_on: typed.Day


@dataclass(frozen=True, slots=True, kw_only=True)
class LastDay:
    """The last day on which somebody is here."""

    last_day: typed.Day


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Somebody by number, mail address or name."""

    person: Annotated[Person, typed.by(people.named)]


@bp.get("/people/new")
@auth.for_hr
def new() -> str:
    usual = {"zone": g.user.zone, "locale": g.user.locale}
    return render_template("people/new.html", form=forms.Filled(usual), **choices())


@bp.post("/people/new")
@auth.for_hr
def add() -> Response:
    auth.came_from("people/new.html", form=forms.Filled(request.form), **choices())
    person = persons.add(draft_of(request.form), g.user, datetime.now(UTC))
    db.session.commit()
    flash(gettext("%(name)s is on the list of people.", name=language.person_name(person)))
    return redirect(url_for(".show", id=person.id), code=303)


@bp.get("/people/<int:id>")
@auth.for_hr
def show(id: int) -> str:
    person = the_person(id)
    kinds = language.listed(language.word(OpeningKind(kind)) for kind in person.may)
    facts = {"boss": boss_of(person), "kinds": kinds, "paused": people.paused(person, today(person))}
    parts, open_rounds = taking_part.of(person), joiners.without(person, datetime.now(UTC))
    return render_template("people/show.html", person=person, parts=parts, open_rounds=open_rounds, **facts)


@bp.get("/people/<int:id>/edit")
@auth.for_hr
def edit(id: int) -> str:
    person = the_person(id)
    return render_template("people/edit.html", person=person, form=of_person(person), **choices())


@bp.post("/people/<int:id>/edit")
@auth.for_hr
def change(id: int) -> Response:
    person = the_person(id)
    auth.came_from("people/edit.html", person=person, form=forms.Filled(request.form), **choices())
    persons.change(person, draft_of(request.form), g.user, datetime.now(UTC))
    db.session.commit()
    flash(gettext("What is known of %(name)s is saved.", name=language.person_name(person)))
    return redirect(url_for(".show", id=id), code=303)


@bp.get("/people/<int:id>/leave")
@auth.for_hr
def leave(id: int) -> str:
    """What letting somebody go would cause, on the last day that the address names: today, unless another one is asked for."""
    person, now = the_person(id), datetime.now(UTC)
    form = of_address(LastDay, "last_day", today(person))
    last_day = form.day("last_day") or today(person)
    caused, at_once = leaving.caused(person, last_day, now), leaving.is_over(person, last_day, now)
    facts = {"person": person, "caused": caused, "last_day": last_day, "at_once": at_once}
    return render_template("people/leave.html", form=form, **facts)


@bp.post("/people/<int:id>/let-go")
@auth.for_hr
def let_go(id: int) -> Response:
    person, g.back = the_person(id), url_for(".leave", id=id)
    last_day = typed.asked(typed.day, request.form.get("last_day", ""), today(person))
    caused = leaving.let_go(person, last_day, g.user, datetime.now(UTC))
    db.session.commit()
    flash(left_in_words(person, last_day))
    if count := len(caused.guests):
        flash(ngettext("%(num)d guest needs another place.", "%(num)d guests need another place.", count))
    return redirect(url_for(".show", id=id), code=303)


@bp.post("/people/<int:id>/take-back")
@auth.for_hr
def take_back(id: int) -> Response:
    person = the_person(id)
    leaving.take_back(person, g.user, datetime.now(UTC))
    db.session.commit()
    flash(gettext("%(name)s is here again.", name=language.person_name(person)))
    return redirect(url_for(".show", id=id), code=303)


@bp.get("/people/<int:id>/away")
@auth.for_hr
def away(id: int) -> str:
    """What a pause would cause, until the day that the address names, or else for thirty days."""
    person = the_person(id)
    form = of_address(Pause, "back_on", today(person) + PAUSE)
    return render_template("people/away.html", form=form, **of_pause(person, form))


@bp.post("/people/<int:id>/pause")
@auth.for_hr
def pause(id: int) -> Response:
    person, form = the_person(id), forms.Filled(request.form)
    auth.came_from("people/away.html", form=form, **of_pause(person, form))
    back_on = forms.read(Pause, request.form).back_on
    caused = pausing.pause(person, back_on, g.user, datetime.now(UTC))
    db.session.commit()
    flash(gettext("%(name)s pauses until %(day)s.", name=language.person_name(person), day=language.day(back_on)))
    if count := len(caused.guests):
        flash(ngettext("%(num)d guest needs another place.", "%(num)d guests need another place.", count))
    return redirect(url_for(".show", id=id), code=303)


@bp.post("/people/<int:id>/resume")
@auth.for_hr
def resume(id: int) -> Response:
    person = the_person(id)
    pausing.resume(person, g.user, datetime.now(UTC))
    db.session.commit()
    flash(gettext("%(name)s takes part again.", name=language.person_name(person)))
    return redirect(url_for(".show", id=id), code=303)


def of_address(kind: type[Pause | LastDay], name: str, usual: date) -> forms.Filled:
    """The day that the address names, with what is wrong about it."""
    given = {name: request.args.get(name, usual.isoformat())}
    return forms.Filled(given, forms.errors_of(kind, given))


def of_pause(person: Person, form: forms.Filled) -> dict[str, object]:
    back_on = form.day("back_on") or today(person) + PAUSE
    return {"person": person, "back_on": back_on, "caused": pausing.caused(person, back_on, datetime.now(UTC))}


@bp.get("/people/running-rounds")
@auth.for_hr
def running() -> str:
    """With a person in the address, they stand in the form already."""
    person = db.session.get(Person, forms.row_id(request.args, "person") or 0)
    form = forms.Filled({"person": person.email} if person else {})
    return render_template("people/running.html", form=form, everybody=in_charge())


@bp.post("/people/running-rounds")
@auth.for_hr
def grant() -> Response:
    auth.came_from("people/running.html", form=forms.Filled(request.form), everybody=in_charge())
    person = forms.read(Named, request.form).person
    new = roles.grant(person, g.user, datetime.now(UTC))
    db.session.commit()
    said = gettext("%(name)s can run rounds now.") if new else gettext("%(name)s runs rounds already.")
    flash(said % {"name": language.person_name(person)})
    return redirect(url_for(".running"), code=303)


@bp.post("/people/<int:id>/revoke")
@auth.for_hr
def revoke(id: int) -> Response:
    person, g.back = the_person(id), url_for(".running")
    roles.revoke(person, g.user, datetime.now(UTC))
    db.session.commit()
    flash(gettext("%(name)s does not run rounds any more.", name=language.person_name(person)))
    return redirect(url_for(".running"), code=303)


def in_charge() -> list[Person]:
    return list(db.session.scalars(roles.everybody()))


def today(person: Person) -> date:
    return datetime.now(ZoneInfo(person.zone)).date()


def left_in_words(person: Person, last_day: date) -> str:
    name = language.person_name(person)
    if person.left_at is None:
        return str(gettext("%(name)s leaves on %(day)s.", name=name, day=language.day(last_day)))
    return str(gettext("%(name)s has left the company.", name=name))


def the_person(id: int) -> Person:
    g.back = url_for("people.show", id=id)
    return db.get_or_404(Person, id)


def boss_of(person: Person) -> Person | None:
    return db.session.get(Person, person.manager_id) if person.manager_id else None


# The form


def draft_of(form: MultiDict[str, str]) -> PersonDraft:
    """Raises Mistakes."""
    return typed.read(PersonDraft, forms.given(form) | {"may": form.getlist("may")})


def of_person(person: Person) -> forms.Filled:
    """The name shown stands in its field only where it is not what the two names make."""
    made = f"{person.family_name} {person.given_name}".strip()
    boss = boss_of(person)
    names = ("code", "family_name", "given_name", "kana", "email", "site", "zone", "locale", "may", "lead")
    known: dict[str, object] = {name: getattr(person, name) for name in names}
    shown = {"department": person.department_id, "boss": boss.email if boss else "", "hours": person.own_hours or ""}
    return forms.Filled(known | shown | {"display_name": "" if person.display_name == made else person.display_name})


def choices() -> dict[str, object]:
    return {
        "departments": list(db.session.scalars(people.departments())),
        "kinds": [(kind, language.word(kind)) for kind in OpeningKind],
        "languages": [(locale, language.language_name(locale)) for locale in language.LOCALES],
    }
