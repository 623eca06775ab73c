"""Other addresses from which a person writes, on the page of that person."""

from datetime import UTC, datetime

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import select
from werkzeug.wrappers import Response

from shadowing import typed
from shadowing.company import mail_aliases
from shadowing.extensions import db
from shadowing.models import MailAlias, Person
from shadowing.views import auth, forms, language

bp = Blueprint("mail_aliases", __name__)


@bp.get("/people/<int:id>/addresses")
@auth.for_hr
def index(id: int) -> str:
    person = db.get_or_404(Person, id)
    return render_template("mail_aliases/index.html", form=forms.Filled({}), **of_page(person))


@bp.post("/people/<int:id>/addresses")
@auth.for_hr
def add(id: int) -> Response:
    person = db.get_or_404(Person, id)
    auth.came_from("mail_aliases/index.html", form=forms.Filled(request.form), **of_page(person))
    address = typed.mail(request.form.get("address", ""))
    mail_aliases.add(person, address, g.user, datetime.now(UTC))
    db.session.commit()
    flash(
        gettext(
            "Answers from %(address)s count as those of %(name)s.", address=address, name=language.person_name(person)
        )
    )
    return redirect(url_for(".index", id=id), code=303)


@bp.post("/people/<int:id>/addresses/remove")
@auth.for_hr
def remove(id: int) -> Response:
    wanted = select(MailAlias).where(MailAlias.person_id == id, MailAlias.id == forms.row_id(request.form, "alias"))
    alias: MailAlias = db.first_or_404(wanted)
    mail_aliases.remove(alias, g.user, datetime.now(UTC))
    db.session.commit()
    flash(gettext("The address is removed."))
    return redirect(url_for(".index", id=id), code=303)


def of_page(person: Person) -> dict[str, object]:
    return {"person": person, "aliases": list(db.session.scalars(mail_aliases.of(person)))}
