"""Mails that came in and need a person, for HR: what became of each, its words as plain text, and the original as a file."""

from datetime import UTC, datetime

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import undefer
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from shadowing.extensions import db, settings
from shadowing.mail import arriving
from shadowing.models import FOR_EYES, MailOutcome, Received
from shadowing.views import auth, forms

PAGE = 25
ABOUT_NOBODY = (MailOutcome.UNKNOWN_VISIT, MailOutcome.TOO_BIG, MailOutcome.HOSTILE)

bp = Blueprint("received", __name__)


@bp.get("/received")
@auth.for_hr
def index() -> str:
    seen = request.args.get("seen") == "yes"
    page = db.paginate(arriving.for_eyes(seen), page=forms.page(request.args), per_page=PAGE, error_out=False)
    return render_template("received/index.html", page=page, seen=seen, hears=settings().hears)


@bp.get("/received/<int:id>")
@auth.for_hr
def show(id: int) -> str:
    return render_template("received/show.html", mail=the_mail(id))


@bp.get("/received/<int:id>.eml")
@auth.for_hr
def download(id: int) -> Response:
    """Never shown by a browser: it is whatever somebody sent."""
    mail = the_mail(id)
    if mail.raw is None:
        raise NotFound
    headers = {"Content-Disposition": f'attachment; filename="received-{mail.id}.eml"'}
    return current_app.response_class(mail.raw, mimetype="message/rfc822", headers=headers)


@bp.post("/received/<int:id>/put-aside")
@auth.for_hr
def put_aside(id: int) -> Response:
    mail, g.back = the_mail(id), url_for(".show", id=id)
    arriving.put_aside(mail, g.user, datetime.now(UTC))
    db.session.commit()
    flash(gettext("The mail is put aside."))
    return redirect(url_for(".index"), code=303)


def the_mail(id: int) -> Received:
    wanted = select(Received).where(Received.id == id, Received.state.in_(FOR_EYES)).options(undefer(Received.raw))
    mail: Received = db.first_or_404(wanted)
    return mail
