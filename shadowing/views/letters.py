"""Sent mail, for HR: mailings and single letters with their state, the very mail that goes out but for the reader's own link,
and another try for one that did not arrive."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from shadowing import typed
from shadowing.extensions import db, settings
from shadowing.mail import outbox, sent, text
from shadowing.mail.sent import LettersSought
from shadowing.models import LOST, Letter, LetterKind, LetterState, Round
from shadowing.rounds import holding, previews
from shadowing.views import auth, forms, language
from shadowing.views.previews import as_document, to_copies
from shadowing.visiting import resending

SHOWN_LOST = 5
HIDDEN = (LetterKind.SIGN_IN,)
"""Mails with a link that signs somebody in: not even a colleague reads them."""
STATES: dict[str, tuple[LetterState, ...]] = {
    "lost": LOST,
    **{state.value: (state,) for state in LetterState},
}

bp = Blueprint("letters", __name__)


@bp.get("/letters")
@auth.for_hr
def index() -> str:
    """The mailings; single letters once a name, a state or one mailing is asked for."""
    sought, now = sought_in(request.args), datetime.now(UTC)
    rounds = list(db.session.scalars(select(Round).order_by(Round.starts_on.desc(), Round.id.desc())))
    facts = {"sought": sought, "state": request.args.get("state", ""), "states": STATES, "rounds": rounds}
    round = db.session.get(Round, sought.round_id) if sought.round_id is not None else None
    facts |= {"round": round, "underway": holding.underway(round, now) if round else None}
    if sought.narrowed:
        return render_template("letters/index.html", **facts, **found(sought, now))
    mailings = sent.mailings(sought.round_id, g.user.zone, forms.page(request.args))
    lost = list(db.session.scalars(sent.lost(now).options(joinedload(Letter.person)).limit(SHOWN_LOST + 1)))
    return render_template(
        "letters/index.html", **facts, page=mailings, lost=lost, most=SHOWN_LOST, delayed=outbox.delayed()
    )


def found(sought: LettersSought, now: datetime) -> dict[str, object]:
    """One page of single letters, with their subjects."""
    chosen = sent.letters(sought, g.user.zone)
    page = db.paginate(chosen, page=forms.page(request.args), per_page=sent.PAGE, error_out=False)
    subjects = {letter.id: text.subject(letter) for letter in page.items}
    return {"page": page, "subjects": subjects, "mendable": {one.id for one in page.items if may_go(one, now)}}


def may_go(letter: Letter, now: datetime) -> bool:
    """Whether another try makes sense, as far as the row alone tells; the letter's page looks closer."""
    in_time = letter.expires_at is None or letter.expires_at > now
    return in_time and letter.kind not in HIDDEN and resending.can_be_mended(letter)


@bp.get("/letters/<int:id>")
@auth.for_hr
def show(id: int) -> str:
    letter = db.get_or_404(Letter, id)
    form = forms.Filled({"address": letter.person.email})
    return render_template("letters/show.html", form=form, **of_letter(letter, datetime.now(UTC)))


@bp.get("/letters/<int:id>.eml")
@auth.for_hr
def download(id: int) -> Response:
    letter = db.first_or_404(select(Letter).where(Letter.id == id, Letter.kind.not_in(HIDDEN)))
    content = outbox.to_bytes(letter, settings(), shown=True)
    headers = {"Content-Disposition": f'attachment; filename="letter-{letter.id}.eml"'}
    return current_app.response_class(content, mimetype="message/rfc822", headers=headers)


@bp.get("/letters/<int:id>/mail")
@auth.for_hr
def html(id: int) -> Response:
    """The HTML part, as a document of its own."""
    return as_document(db.first_or_404(select(Letter).where(Letter.id == id, Letter.kind.not_in(HIDDEN))))


@bp.post("/letters/<int:id>/send-to-me")
@auth.for_hr
def send_to_me(id: int) -> Response:
    letter = the_letter(id)
    copies = previews.send_copies([letter], g.user, None, datetime.now(UTC))
    db.session.commit()
    return to_copies(copies, url_for(".show", id=id))


@bp.post("/letters/<int:id>/send-again")
@auth.for_hr
def send_again(id: int) -> Response:
    letter = the_letter(id)
    resending.send_again(letter, g.user, datetime.now(UTC))
    db.session.commit()
    flash(gettext("The mail goes again to %(address)s.", address=letter.address))
    return redirect(url_for(".show", id=id), code=303)


@bp.post("/letters/<int:id>/address")
@auth.for_hr
def correct(id: int) -> Response:
    letter, now = the_letter(id), datetime.now(UTC)
    auth.came_from("letters/show.html", form=forms.Filled(request.form), **of_letter(letter, now))
    done = resending.correct(letter, typed.mail(request.form.get("address", "")), g.user, now)
    db.session.commit()
    flash(gettext("The mail address is now %(address)s.", address=letter.person.email))
    flash(ngettext("%(num)d mail goes there.", "%(num)d mails go there.", len(done.letters)))
    if not done.rounds:
        return redirect(url_for(".show", id=id), code=303)
    flash(gettext("The old address's calendar holds a visit. Publish this change to tell both addresses."))
    return redirect(url_for("rounds.publish", id=done.rounds[0].id), code=303)


# What stands behind


def the_letter(id: int) -> Letter:
    """Locked, so that no worker takes it meanwhile."""
    g.back = url_for(".show", id=id)
    letter: Letter = db.first_or_404(select(Letter).where(Letter.id == id).with_for_update(of=Letter))
    return letter


def of_letter(letter: Letter, now: datetime) -> dict[str, object]:
    """All that the page of a letter shows, but for what was typed."""
    mends = resending.can_be_mended(letter)
    obstacle = resending.obstacle(letter, now) if mends else None
    asks = mends and obstacle is None and resending.can_be_corrected(letter)
    return {
        "letter": letter,
        "mail": shown(outbox.render(letter, settings(), shown=True)),
        "hidden": letter.kind in HIDDEN,
        "paused": paused(letter),
        "waits": waits(letter, now),
        "mends": mends,
        "obstacle": language.said(obstacle) if obstacle else "",
        "correction": resending.correction(letter.person, "", now) if asks else None,
    }


def waits(letter: Letter, now: datetime) -> datetime | None:
    """When it is tried next, where that is not now and nobody holds it."""
    next_try = max(letter.due_at, letter.not_before or letter.due_at)
    free = letter.state is LetterState.READY and not paused(letter)
    return next_try if free and letter.done_at is None and next_try > now else None


def paused(letter: Letter) -> bool:
    """Whether it stays because HR has paused the mails of its round."""
    round = db.session.get(Round, letter.round_id) if letter.round_id else None
    waiting = letter.state is LetterState.READY and letter.kind is not LetterKind.PERSONAL_LINK
    return waiting and round is not None and round.mail_paused_at is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    subject: str
    headers: tuple[tuple[str, str], ...]
    text: str
    calendar: tuple[tuple[str, str], ...]


def shown(message: EmailMessage) -> Shown:
    """A mail taken apart again, as a reader's program would."""
    plain = message.get_body(("plain",))
    return Shown(
        subject=str(message["Subject"]),
        headers=tuple((name, str(value)) for name, value in message.items()),
        text=str(plain.get_content()) if plain else "",
        calendar=previews.calendar_fields(message),
    )


def sought_in(args: Mapping[str, str]) -> LettersSought:
    kinds = typed.one_of({kind.value: kind for kind in LetterKind})
    return LettersSought(
        name=typed.asked(typed.line(100), args.get("name", "")[:100], ""),
        states=STATES.get(args.get("state", ""), ()),
        kind=typed.asked(kinds, args.get("kind", ""), None),
        round_id=forms.row_id(args, "round"),
        day=typed.asked(typed.day, args.get("day", ""), None),
    )
