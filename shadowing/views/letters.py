"""Sent mail, for HR: every letter with its state, and the very mail that goes out."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage

from flask import Blueprint, current_app, render_template, request
from flask_babel import gettext
from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from shadowing import outbox, previews, wording
from shadowing.extensions import db
from shadowing.letters import Sender
from shadowing.models import Letter, LetterKind, LetterState, Round
from shadowing.views import auth, forms

PAGE = 100
HIDDEN = (LetterKind.SIGN_IN,)
"""Mails with a link that signs somebody in: not even a colleague reads them."""

bp = Blueprint("letters", __name__)


@bp.get("/letters")
@auth.for_hr
def index() -> str:
    round_id, state = request.args.get("round", type=int), state_named(request.args.get("state", ""))
    page = db.paginate(of(round_id, state), page=forms.page(request.args), per_page=PAGE, error_out=False)
    rounds = list(db.session.scalars(select(Round).order_by(Round.starts_on.desc(), Round.id.desc())))
    return render_template(
        "letters/index.html",
        page=page,
        rounds=rounds,
        subjects=subjects(page.items),
        round_id=round_id,
        state=state,
        states=states(),
        kinds=kinds(),
    )


@bp.get("/letters/<int:id>")
@auth.for_hr
def show(id: int) -> str:
    letter = db.get_or_404(Letter, id)
    mail = shown(outbox.render(letter, auth.settings()))
    return render_template(
        "letters/show.html",
        letter=letter,
        mail=mail,
        hidden=letter.kind in HIDDEN,
        waits=letter.done_at is None and letter.due_at > datetime.now(UTC),
        states=states(),
        kinds=kinds(),
    )


@bp.get("/letters/<int:id>.eml")
@auth.for_hr
def download(id: int) -> Response:
    letter = db.first_or_404(select(Letter).where(Letter.id == id, Letter.kind.not_in(HIDDEN)))
    content = outbox.to_bytes(letter, auth.settings())
    headers = {"Content-Disposition": f'attachment; filename="letter-{letter.id}.eml"'}
    return current_app.response_class(content, mimetype="message/rfc822", headers=headers)


# What stands behind


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    subject: str
    headers: tuple[tuple[str, str], ...]
    text: str
    html: str
    calendar: tuple[tuple[str, str], ...]


def shown(message: EmailMessage) -> Shown:
    """A mail taken apart again, as a reader's program would."""
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    return Shown(
        subject=str(message["Subject"]),
        headers=tuple((name, str(value)) for name, value in message.items()),
        text=str(plain.get_content()) if plain else "",
        html=str(html.get_content()) if html else "",
        calendar=previews.calendar_fields(message),
    )


def of(round_id: int | None, state: LetterState | None) -> Select[Letter]:
    found = select(Letter).options(joinedload(Letter.person)).order_by(Letter.id.desc())
    if round_id is not None:
        found = found.where(Letter.round_id == round_id)
    return found if state is None else found.where(Letter.state == state)


def subjects(letters: list[Letter]) -> dict[int, str]:
    sender = Sender.of(auth.settings())
    return {letter.id: wording.words(letter, sender).subject for letter in letters}


def state_named(text: str) -> LetterState | None:
    return LetterState(text) if text in list(LetterState) else None


def states() -> dict[LetterState, str]:
    return {
        LetterState.READY: gettext("Waiting"),
        LetterState.SENT: gettext("Sent"),
        LetterState.SUPERSEDED: gettext("Replaced by a newer one"),
        LetterState.CANCELLED: gettext("Taken back before sending"),
        LetterState.UNDELIVERABLE: gettext("Refused by the mail server"),
        LetterState.GAVE_UP: gettext("Given up"),
        LetterState.UNKNOWN: gettext("May have arrived"),
    }


def kinds() -> dict[LetterKind, str]:
    return {
        LetterKind.SIGN_IN: gettext("Sign-in link"),
        LetterKind.PERSONAL_LINK: gettext("Personal link"),
        LetterKind.ASK: gettext("Question for wishes and times"),
        LetterKind.NUDGE: gettext("Reminder"),
        LetterKind.REQUEST: gettext("Invitation"),
        LetterKind.CHANGE: gettext("Change"),
        LetterKind.CANCEL: gettext("Cancellation"),
        LetterKind.UNMATCHED: gettext("No visit this time"),
    }
