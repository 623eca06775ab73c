"""The audit page: who did what and when, searched, filtered, and taken away as a workbook."""

from collections.abc import Iterator, Mapping

from flask import Blueprint, render_template, request
from flask_babel import gettext
from sqlalchemy import select
from werkzeug.wrappers import Response

from shadowing import typed
from shadowing.company import trail
from shadowing.company.deeds import DEEDS
from shadowing.company.trail import DeedsSought, TrailEntry
from shadowing.extensions import db
from shadowing.folders.workbook_files import TakenColumn, TakenTable, WorkbookCell
from shadowing.i18n import N_
from shadowing.models import Round
from shadowing.views import auth, forms, language, takeaway

PAGE = 25
COLUMNS = (
    *(TakenColumn(N_("When"), 18), TakenColumn(N_("Done by"), 20), TakenColumn(N_("What"), 34)),
    *(TakenColumn(N_("About whom"), 20), TakenColumn(N_("Seat"), 28), TakenColumn(N_("Round"), 28)),
    TakenColumn(N_("Details"), 40),
)

bp = Blueprint("trail", __name__)


@bp.get("/audit")
@auth.for_hr
def index() -> str:
    sought = sought_in(request.args)
    page = db.paginate(trail.found(sought), page=forms.page(request.args), per_page=PAGE, error_out=False)
    return render_template(
        "trail/index.html",
        sought=sought,
        page=page,
        rows=[(entry, deed(entry), details(entry)) for entry in trail.entries(page.items)],
        doers=list(db.session.scalars(trail.doers())),
        deeds=sorted(((name, gettext(words)) for name, words in DEEDS.items()), key=lambda one: one[1]),
        rounds=list(db.session.scalars(select(Round).order_by(Round.starts_on.desc(), Round.id.desc()))),
    )


@bp.get("/audit.xlsx")
@auth.for_hr
def download() -> Response:
    table = TakenTable(name=N_("Who did what"), columns=COLUMNS, rows=rows(sought_in(request.args)))
    return takeaway.workbook(table, gettext("Who did what"))


def rows(sought: DeedsSought) -> Iterator[tuple[WorkbookCell, ...]]:
    taker = takeaway.taker(None)
    for entry in trail.all_entries(sought):
        round = entry.round.title if entry.round else ""
        who = taker.name(entry.by) or gettext("the service")
        yield taker.moment(entry.at), who, deed(entry), taker.name(entry.about), entry.what, round, details(entry)


def deed(entry: TrailEntry) -> str:
    return trail.deed(entry, gettext)


def details(entry: TrailEntry) -> str:
    return trail.details(entry, gettext, language.reader())


def sought_in(args: Mapping[str, str]) -> DeedsSought:
    return DeedsSought(
        name=typed.asked(typed.line(100), args.get("name", "")[:100], ""),
        person_id=forms.row_id(args, "person"),
        deed=args["deed"] if args.get("deed") in DEEDS else "",
        round_id=forms.row_id(args, "round"),
    )
