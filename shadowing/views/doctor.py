"""The invitation doctor, for HR: a test invitation goes to a mailbox, and the page tells which of twelve faults was seen."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import select
from werkzeug.wrappers import Response

from shadowing import typed
from shadowing.extensions import db, settings
from shadowing.i18n import N_
from shadowing.mail import check_ups, diagnosing, former_senders
from shadowing.mail.faults import Evidence, Sight
from shadowing.models import Answer, CheckUp
from shadowing.typed import Unfit, by
from shadowing.views import auth, forms, language

PAGE = 25
SELECTOR = re.compile(r"(?!.*\.\.)[A-Za-z0-9_][A-Za-z0-9._-]{0,62}")

bp = Blueprint("doctor", __name__)


def selector_of(given: str) -> str:
    name = typed.line(100)(given).strip()
    if name and not SELECTOR.fullmatch(name):
        raise Unfit("“%(value)s” is not a DKIM selector.", N_("It is one word, such as mail2027."), value=name)
    return name


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckUpDraft:
    address: Annotated[str, by(typed.mail)]
    selector: Annotated[str, by(selector_of)] = ""


@bp.get("/doctor")
@auth.for_hr
def index() -> str:
    return render_template("doctor/index.html", **of_index(forms.Filled({"address": g.user.email})))


@bp.post("/doctor")
@auth.for_hr
def begin() -> Response:
    auth.came_from("doctor/index.html", **of_index(forms.Filled(request.form)))
    draft = forms.read(CheckUpDraft, request.form)
    check = check_ups.begin(g.user, draft.address, draft.selector, settings(), datetime.now(UTC))
    db.session.commit()
    flash(gettext("The test invitation is written to %(address)s.", address=check.address))
    return redirect(url_for(".show", id=check.id), code=303)


@bp.get("/doctor/<int:id>")
@auth.for_hr
def show(id: int) -> str:
    check, now = db.get_or_404(CheckUp, id), datetime.now(UTC)
    sent = check_ups.mails(check)
    found = diagnosing.examine(Evidence(check=check, sent=sent, settings=settings(), now=now))
    groups = {sight: [one for one in found if one.sight is sight] for sight in Sight}
    answers = {answer.value: language.word(answer) for answer in Answer}
    return render_template(
        "doctor/show.html", check=check, sent=sent, groups=groups, sights=Sight, answer_words=answers
    )


@bp.post("/doctor/<int:id>/next")
@auth.for_hr
def go_on(id: int) -> Response:
    check = the_check(id)
    check_ups.go_on(check, settings(), datetime.now(UTC))
    db.session.commit()
    flash(gettext("The check-up is over.") if check.ended_at else gettext("The next mail is written."))
    return redirect(url_for(".show", id=id), code=303)


@bp.post("/doctor/<int:id>/end")
@auth.for_hr
def end(id: int) -> Response:
    check = the_check(id)
    check_ups.end(check, settings(), datetime.now(UTC))
    db.session.commit()
    flash(gettext("The check-up is over."))
    return redirect(url_for(".show", id=id), code=303)


# What stands behind


def the_check(id: int) -> CheckUp:
    """Locked: an answer may bring the next step at the same time."""
    g.back = url_for(".show", id=id)
    check: CheckUp = db.first_or_404(select(CheckUp).where(CheckUp.id == id).with_for_update())
    return check


def of_index(form: forms.Filled) -> dict[str, object]:
    page = db.paginate(check_ups.newest(), page=forms.page(request.args), per_page=PAGE, error_out=False)
    deaf = former_senders.unheard(settings(), datetime.now(UTC)) if settings().hears else []
    return {"form": form, "checks": page, "before": settings().mail_from_before, "deaf": deaf}
