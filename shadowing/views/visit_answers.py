"""A no, a wish for another time, and taking an answer back: each on a page of its own, where one does what no program does.

Mail filters open the links of a mail, and some press every button behind them. So nothing is chosen beforehand, and a seal that
the page's script fetches once somebody has touched the form goes with it; without a script one types the day of the visit."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import select
from werkzeug.exceptions import Forbidden
from werkzeug.wrappers import Response

from shadowing import typed
from shadowing.errors import Refusal
from shadowing.extensions import db, settings
from shadowing.i18n import N_
from shadowing.models import AnotherTime, AnswerWhy, Invitation, Opening, Slot
from shadowing.typed import Clock, Day, Mistakes, Unfit
from shadowing.views import auth, forms, language
from shadowing.visiting import answers as given
from shadowing.visiting import seals

WORDS_MOST = 2000

bp = Blueprint("visit_answers", __name__)


@bp.get("/my/<token>/visits/<int:id>/decline")
@auth.for_participant
def ask_decline(id: int) -> str:
    invitation = answerable(id)
    return render_template("visits/decline.html", **page(invitation, forms.Filled()))


@bp.post("/my/<token>/visits/<int:id>/decline")
@auth.for_participant
def decline(id: int) -> Response:
    invitation, now = answerable(id), datetime.now(UTC)
    auth.came_from("visits/decline.html", **page(invitation, forms.Filled(request.form)))
    said = declining(request.form, invitation, now)
    given.decline(invitation, said.why, said.words, now)
    db.session.commit()
    flash(gettext("It is noted that you cannot make it. A mail to you confirms it."))
    return redirect(url_for("visits.mine", token=g.token), code=303)


@bp.get("/my/<token>/visits/<int:id>/another-time")
@auth.for_participant
def ask_another_time(id: int) -> str:
    invitation = answerable(id)
    return render_template("visits/another_time.html", **page(invitation, forms.Filled()))


@bp.post("/my/<token>/visits/<int:id>/another-time")
@auth.for_participant
def propose(id: int) -> Response:
    invitation, now = answerable(id), datetime.now(UTC)
    auth.came_from("visits/another_time.html", **page(invitation, forms.Filled(request.form)))
    wish, words = proposal(request.form, invitation, now)
    given.propose(invitation, wish, words, now)
    db.session.commit()
    flash(gettext("Your wish for another time is noted. A mail to you confirms it."))
    return redirect(url_for("visits.mine", token=g.token), code=303)


@bp.get("/my/<token>/visits/<int:id>/undo")
@auth.for_participant
def ask_undo(id: int) -> str:
    invitation = my_invitation(id)
    row = given.to_undo(invitation, datetime.now(UTC))
    return render_template("visits/undo.html", **page(invitation, forms.Filled()), row=row)


@bp.post("/my/<token>/visits/<int:id>/undo")
@auth.for_participant
def undo(id: int) -> Response:
    """One press takes an acceptance back. Somebody's no is not taken back by a machine either."""
    invitation, now = my_invitation(id), datetime.now(UTC)
    row = given.to_undo(invitation, now)
    if row.firm:
        auth.came_from("visits/undo.html", **page(invitation, forms.Filled(request.form)), row=row)
        wrong = doubts(request.form, invitation, now)
        if request.form.get("sure") != forms.YES:
            wrong = {"sure": Unfit("Please tick this first.")} | wrong
        if wrong:
            raise Mistakes(wrong)
    given.undo(invitation, now)
    db.session.commit()
    flash(gettext("Your answer is taken back. What you said before counts again."))
    return redirect(url_for("visits.mine", token=g.token), code=303)


@bp.post("/my/<token>/visits/<int:id>/seal")
@auth.for_participant
def seal(id: int) -> tuple[str, dict[str, str]]:
    """For the script of our own page alone, as the browser says of each request (Sec-Fetch-*, W3C Fetch Metadata)."""
    invitation, asked = my_invitation(id), request.headers
    if asked.get("Sec-Fetch-Dest") != "empty" or asked.get("Sec-Fetch-Mode") not in ("cors", "same-origin"):
        raise Forbidden
    made = seals.seal(settings().secret_key, invitation, datetime.now(UTC))
    return made, {"Content-Type": "text/plain; charset=utf-8"}


def my_invitation(id: int) -> Invitation:
    """One of the reader's own, also one that is called off: why it cannot be answered any more is said."""
    g.back = url_for("visits.mine", token=g.token)
    own = select(Invitation).join(Invitation.slot).join(Slot.opening)
    own = own.where(Invitation.id == id, Invitation.person_id == g.reader.id, Opening.round_id == g.round.id)
    invitation: Invitation = db.first_or_404(own)
    return invitation


def answerable(id: int) -> Invitation:
    """Raises Refusal where it is too late for an answer."""
    invitation = my_invitation(id)
    given.refuse_over(invitation, datetime.now(UTC))
    return invitation


def page(invitation: Invitation, form: forms.Filled) -> dict[str, object]:
    return {
        "form": form,
        "invitation": invitation,
        "entry": invitation.told.entry,
        "whys": [(why, language.word(why)) for why in given.WHYS[invitation.role]],
    }


# What was typed


@dataclass(frozen=True, slots=True, kw_only=True)
class Declining:
    why: AnswerWhy
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposing:
    """On the reader's own clock."""

    on: Day
    begins: Clock
    words: Annotated[str, typed.by(typed.text(WORDS_MOST))] = ""


def declining(form: Mapping[str, str], invitation: Invitation, now: datetime) -> Declining:
    """Raises Mistakes."""
    allowed = {str(why): why for why in given.WHYS[invitation.role]}
    why, wrong = allowed.get(form.get("why", "")), doubts(form, invitation, now)
    if why is None:
        wrong = {"why": Unfit("Please choose why.")} | wrong
    try:
        words = typed.text(WORDS_MOST)(form.get("words", ""))
    except Unfit as unfit:
        wrong, words = wrong | {"words": unfit}, ""
    if why is None or wrong:
        raise Mistakes(wrong)
    return Declining(why=why, words=words)


def proposal(form: Mapping[str, str], invitation: Invitation, now: datetime) -> tuple[AnotherTime, str]:
    """As long as the visit is now. Raises Mistakes."""
    wrong, entry = doubts(form, invitation, now), invitation.told.entry
    wanted = {name: form[name] for name in ("on", "begins", "words") if name in form}
    try:
        said = forms.read(Proposing, wanted)
    except Mistakes as mistakes:
        raise Mistakes({**mistakes.by_field, **wrong}) from None
    if wrong:
        raise Mistakes(wrong)
    begin = typed.instant(datetime.combine(said.on, said.begins), g.reader.zone)
    return AnotherTime(starts_at=begin, ends_at=begin + (entry.ends_at - entry.starts_at)), said.words


def refuse_programs(invitation: Invitation, now: datetime) -> None:
    """Raises Refusal where nothing in the form shows that a person sent it."""
    for doubt in doubts(request.form, invitation, now).values():
        raise doubt


def doubts(form: Mapping[str, str], invitation: Invitation, now: datetime) -> dict[str, Refusal]:
    """The message beside the day of the visit, where nothing shows that a person answers."""
    if seals.holds(settings().secret_key, form.get("seal", ""), invitation, now):
        return {}
    if seals.names_day(form.get("day", ""), invitation, g.reader.zone):
        return {}
    return {"day": Unfit("Please type the day of the month of this visit.", N_("It stands at the top of this page."))}
