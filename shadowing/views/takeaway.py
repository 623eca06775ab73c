"""What HR takes away: one place a round with a workbook for each list, and the list of people."""

import re
import tempfile

from flask import Blueprint, render_template, send_file
from flask_babel import gettext
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from shadowing.extensions import db
from shadowing.folders import takeaway, workbook_files
from shadowing.folders.takeaway import Taker
from shadowing.folders.workbook_files import TakenTable
from shadowing.models import Round
from shadowing.views import auth, language

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
IN_MEMORY = 256 * 1024
NOT_IN_FILE_NAMES = re.compile(r'[\x00-\x1f<>:"/\\|?*]+')

bp = Blueprint("takeaway", __name__)


@bp.get("/rounds/<int:id>/files")
@auth.for_hr
def show(id: int) -> str:
    round = db.get_or_404(Round, id)
    return render_template("takeaway/show.html", round=round, counts=takeaway.counts(round))


@bp.get("/rounds/<int:id>/files/<table>.xlsx")
@auth.for_hr
def download(id: int, table: str) -> Response:
    """Times are those of the round's own zone."""
    round = db.get_or_404(Round, id)
    if table not in takeaway.TABLES:
        raise NotFound
    taken = takeaway.TABLES[table](round, taker(round.zone))
    return workbook(taken, f"{round.title} {gettext(taken.name)}")


@bp.get("/people/list.xlsx")
@auth.for_hr
def people() -> Response:
    taken = takeaway.people(taker(None))
    return workbook(taken, gettext(taken.name))


def taker(zone: str | None) -> Taker:
    return Taker(reader=language.reader(zone), translate=gettext)


def workbook(table: TakenTable, name: str) -> Response:
    """A large file lies on the disk until it is sent, and nobody finds it there by name."""
    file = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - the answer closes it
    workbook_files.write(table, gettext, file)
    file.seek(0)
    name = NOT_IN_FILE_NAMES.sub(" ", name).strip()
    return send_file(file, mimetype=XLSX, as_attachment=True, download_name=f"{name}.xlsx")
