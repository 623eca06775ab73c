"""A mail before it leaves, as its reader will see it, and a copy of it to whoever looks."""

from collections.abc import Sequence
from datetime import UTC, datetime

from flask import Blueprint, current_app, flash, g, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from shadowing.extensions import db, settings
from shadowing.mail import outbox
from shadowing.mail.letters import Sender
from shadowing.models import Letter, Person, Round
from shadowing.rounds import previews
from shadowing.rounds.previews import Looking, What
from shadowing.views import auth, forms
from shadowing.views.rounds import the_round

bp = Blueprint("previews", __name__)

MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'; form-action 'none'"
"""A mail carries its own style and nothing that runs; it is shown within a page of ours and nowhere else."""


@bp.get("/rounds/<int:id>/mailing")
@auth.for_hr
def html(id: int) -> Response:
    """The HTML part of one mail of those to the person of the address; the round where there is none by now."""
    shown, number = mails(the_round(id)), forms.row_id(request.args, "number") or 0
    if number >= len(shown):
        return redirect(url_for("rounds.show", id=id), code=303)
    return as_document(shown[number])


@bp.post("/rounds/<int:id>/mailing/send-to-me")
@auth.for_hr
def send_to_me(id: int) -> Response:
    round = the_round(id)
    copies = previews.send_copies(mails(round), g.user, round, datetime.now(UTC))
    db.session.commit()
    looking = asked()
    page = PAGES[looking.what]
    return to_copies(copies, url_for(page, id=id, person=looking.person, why=looking.why or None))


def to_copies(copies: Sequence[Letter], back: str) -> Response:
    """Where whoever asked for copies looks for them; without a mail server none reaches a mailbox."""
    if settings().mail_server:
        told = gettext(
            "A copy goes to %(address)s. Its link opens nothing: it is for its reader only.", address=g.user.email
        )
    else:
        told = gettext("No mail server is set up, so no mail leaves: this is the copy that would go to you.")
        back = url_for("letters.show", id=copies[0].id)
    flash(told)
    return redirect(back, code=303)


PAGES = {
    What.ASK: "rounds.ask",
    What.NUDGE: "rounds.nudge",
    What.TELL: "rounds.ask_tell",
    What.JOINERS: "joiners.show",
    What.PUBLISH: "rounds.publish",
    What.CANCEL: "cancellation.ask",
    What.BRIEFS: "briefs.show",
}


def asked() -> Looking:
    what = request.values.get("what", "")
    chosen = What(what) if what in list(What) else What.PUBLISH
    return forms.looking(request.values, chosen, datetime.now(UTC).replace(microsecond=0))


def mails(round: Round) -> list[Letter]:
    """Those of the mailing that go to the person of the address or form."""
    looking = asked()
    person = db.session.get(Person, looking.person or 0)
    return previews.to(person, previews.planned(round, looking, Sender.of(settings())), g.user) if person else []


def as_document(letter: Letter) -> Response:
    part = outbox.render(letter, settings(), shown=True).get_body(("html",))
    content = str(part.get_content()) if part else ""
    headers = {"Content-Security-Policy": MAIL_POLICY}
    return current_app.response_class(content, mimetype="text/html", headers=headers)
