"""What came of a visit: the guest's reflection, the host's line, what each may read, and what HR counts and releases.

Whose reflection somebody reads is asked of reflecting/sharing.py alone."""

from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import select
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from shadowing import typed
from shadowing.collecting import goals
from shadowing.errors import Refusal
from shadowing.extensions import db
from shadowing.models import Happened, OpeningKind, Pairing, Round, VisitOutcome
from shadowing.models.reflecting import HostAgain, HostThanks, Reflection, ShareLevel, Wall
from shadowing.reflecting import reflections, sharing
from shadowing.reflecting.reflections import ReflectionDraft, ThanksDraft
from shadowing.reflecting.sharing import ReaderIs
from shadowing.views import auth, forms, language
from shadowing.views.forms import Filled

bp = Blueprint("reflections", __name__)


@bp.get("/my/<token>/visits/reflections")
@auth.for_participant
def mine() -> str:
    seen = list(db.session.scalars(reflections.seen(g.reader)))
    every = shown(sharing.by_everybody(g.round), ReaderIs.COLLEAGUE)
    return render_template(
        "reflections/mine.html",
        saw=[one for one in seen if one.guest.person_id == g.reader.id],
        came=[one for one in seen if one.guest.person_id != g.reader.id],
        written=shown(sharing.by_writer(g.reader), ReaderIs.WRITER),
        to_me=shown(sharing.by_host(g.reader), ReaderIs.HOST),
        of_my_people=shown(sharing.by_boss(g.reader), ReaderIs.BOSS),
        to_all=[one for one in every if one.row.person_id != g.reader.id],
        thanks=list(db.session.scalars(reflections.thanks_for(g.reader))),
    )


@bp.get("/my/<token>/visits/department")
@auth.for_participant
def department() -> str:
    """The reader's own; its people and its head read the same."""
    home = g.reader.department
    if home is None:
        raise NotFound
    return render_template(
        "reflections/department.html",
        department=home,
        came=list(db.session.scalars(reflections.came_to(home.id))),
        went=list(db.session.scalars(reflections.went_from(home.id))),
        to_all=shown(sharing.of_department(home.id), ReaderIs.COLLEAGUE),
    )


@bp.get("/my/<token>/visits/slots/<int:id>/reflection")
@auth.for_participant
def show(id: int) -> str:
    return render_template("reflections/show.html", **page(my_visits(id)))


@bp.post("/my/<token>/visits/slots/<int:id>/reflection")
@auth.for_participant
def send(id: int) -> Response:
    """The guest's, or its draft, where the button or the page's own script says so."""
    found, now = my_visits(id), datetime.now(UTC)
    pairing = the_guests(found)
    auth.came_from("reflections/show.html", **page(found, {pairing.id: Filled(request.form)}))
    if request.form.get("do") in ("keep", "draft"):
        typed_in = {name: request.form.getlist(name) for name in reflections.FIELDS}
        reflections.keep(pairing, typed_in, now)
        if request.form["do"] == "draft":
            db.session.commit()
            return Response(status=204)
        done, onward = gettext("It is kept. Nobody reads it until you send it."), url_for(".show", token=g.token, id=id)
    else:
        walls = ";".join(request.form.getlist("walls"))
        reflections.send(pairing, typed.read(ReflectionDraft, forms.given(request.form) | {"walls": walls}), now)
        done = gettext("Thank you. You can change it for 30 days after the visit.")
        onward = url_for(".mine", token=g.token)
    db.session.commit()
    flash(done)
    return redirect(onward, code=303)


@bp.post("/my/<token>/visits/slots/<int:id>/thanks")
@auth.for_participant
def thank(id: int) -> Response:
    """The host's, about the guest whom the form names."""
    found, now = my_visits(id), datetime.now(UTC)
    named = forms.row_id(request.form, "pairing")
    pairing = next((one for one in found if one.id == named and one.guest.person_id != g.reader.id), None)
    if pairing is None:
        raise NotFound
    auth.came_from("reflections/show.html", **page(found, {pairing.id: Filled(request.form)}))
    reflections.thank(pairing, g.reader, forms.read(ThanksDraft, request.form), now)
    db.session.commit()
    flash(gettext("Thank you. Your guest reads your line."))
    return redirect(url_for(".show", token=g.token, id=id), code=303)


@bp.get("/rounds/<int:id>/reflections")
@auth.for_hr
def of_round(id: int) -> str:
    round = db.get_or_404(Round, id)
    quotes = list(db.session.scalars(sharing.quotable(round)))
    return render_template(
        "reflections/of_round.html",
        round=round,
        counted=reflections.counted(round),
        to_all=shown(sharing.by_everybody(round), ReaderIs.COLLEAGUE),
        not_held=list(db.session.scalars(sharing.not_held(round))),
        to_release=[row for row in quotes if row.released_at is None],
        released=[row for row in quotes if row.released_at is not None],
    )


@bp.post("/rounds/<int:id>/reflections/release")
@auth.for_hr
def release(id: int) -> Response:
    reflections.release(quoted(id), g.user, datetime.now(UTC))
    db.session.commit()
    flash(gettext("The customer’s words are released. They are read wherever the reflection is."))
    return redirect(g.back, code=303)


@bp.post("/rounds/<int:id>/reflections/withhold")
@auth.for_hr
def withhold(id: int) -> Response:
    reflections.withhold(quoted(id), g.user, datetime.now(UTC))
    db.session.commit()
    flash(gettext("The release is taken back. Only those who were there read the customer’s words."))
    return redirect(g.back, code=303)


def quoted(id: int) -> Reflection:
    """The one of the round that the form names."""
    round, g.back = db.get_or_404(Round, id), url_for(".of_round", id=id)
    wanted = sharing.quotable(round).where(Reflection.id == (forms.row_id(request.form, "reflection") or 0))
    found: Reflection = db.first_or_404(wanted)
    return found


# What the pages show


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownReflection:
    """*customer* is what was said there, where the reader may know it."""

    row: Reflection
    customer: str
    walls: tuple[Wall, ...]


def shown(found: sharing.Sought, reader: ReaderIs) -> list[ShownReflection]:
    return [
        ShownReflection(row=row, customer=sharing.customer_words(row, reader), walls=tuple(map(Wall, row.walls)))
        for row in db.session.scalars(found)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedVisit:
    """One guest's visit, the *form* about it, and the sentence why it cannot be written about now, if so."""

    pairing: Pairing
    form: Filled
    closed: str
    goal: str
    draft: bool


def page(found: list[Pairing], sent: dict[int, Filled] | None = None) -> dict[str, object]:
    """Of the reader's visits in one slot. *sent* are forms as they came."""
    opening, said = found[0].slot.opening, said_by(found)
    thanked = {row.pairing_id: row for row in db.session.scalars(reflections.thanks_by(g.reader, found))}
    return {
        "asked": [asked(one, (sent or {}).get(one.id), said.get(one.id, ""), thanked.get(one.id)) for one in found],
        "slot": found[0].slot,
        "guest": found[0].guest.person_id == g.reader.id,
        "rides": opening.kind is OpeningKind.RIDE_ALONG,
        "happened": tuple(Happened),
        "walls": tuple(Wall),
        "shares": tuple(ShareLevel),
        "agains": tuple(HostAgain),
    }


def asked(pairing: Pairing, sent: Filled | None, said: str, thanks: HostThanks | None) -> AskedVisit:
    mine = pairing.guest.person_id == g.reader.id
    row = db.session.scalar(reflections.of_pairing(pairing)) if mine else None
    return AskedVisit(
        pairing=pairing,
        form=sent or (of_guest(row, said) if mine else of_host(thanks, said)),
        closed=closed(pairing),
        goal=goals.line_of(pairing.guest) if mine else "",
        draft=row is not None and row.draft is not None,
    )


def closed(pairing: Pairing) -> str:
    try:
        reflections.refuse_closed(pairing, datetime.now(UTC))
    except Refusal as refusal:
        return language.said(refusal)
    return ""


def of_guest(row: Reflection | None, said: str) -> Filled:
    """The draft, else what was sent."""
    if row is None or (row.draft is None and row.sent_at is None):
        return Filled({"share": ShareLevel.HOST, "said": said})
    if row.draft is not None:
        lists = {"walls": row.draft.get("walls", [])}
        return Filled({"share": ShareLevel.HOST} | {name: "".join(one) for name, one in row.draft.items()} | lists)
    kept = {name: getattr(row, name) or "" for name in reflections.FIELDS}
    return Filled(kept | {"said": said})


def of_host(row: HostThanks | None, said: str) -> Filled:
    return Filled({"said": said, "line": row.line if row else "", "again": (row and row.again) or ""})


def said_by(found: list[Pairing]) -> dict[int, str]:
    """Pairing id -> what the reader said became of the visit."""
    mine = select(VisitOutcome.pairing_id, VisitOutcome.said).where(VisitOutcome.by_hr.is_(False))
    mine = mine.where(VisitOutcome.person_id == g.reader.id, VisitOutcome.pairing_id.in_([one.id for one in found]))
    return {row.pairing_id: row.said for row in db.session.execute(mine)}


def my_visits(id: int) -> list[Pairing]:
    """Those in one slot that the reader may write about."""
    g.back = url_for("visits.mine", token=g.token)
    found = list(db.session.scalars(reflections.in_slot(id, g.reader, g.round)))
    if not found:
        raise NotFound
    return found


def the_guests(found: list[Pairing]) -> Pairing:
    """The reader's own visit."""
    pairing = next((one for one in found if one.guest.person_id == g.reader.id), None)
    if pairing is None:
        raise NotFound
    return pairing
