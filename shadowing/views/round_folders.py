"""A whole round as one file: downloaded, and brought in after a look."""

import io
from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from shadowing import folders
from shadowing.extensions import db
from shadowing.folders import wrong_cells, zips
from shadowing.models import Round
from shadowing.rounds import agenda
from shadowing.typed import Mistakes, Unfit
from shadowing.views import auth, forms

SHOWN_MOST = 25

bp = Blueprint("round_folders", __name__)


@bp.get("/rounds/folder")
@auth.for_hr
def choose() -> str:
    return render_template("round_folders/choose.html", form=forms.Filled())


@bp.post("/rounds/folder/check")
@auth.for_hr
def check() -> str | tuple[str, int]:
    auth.came_from("round_folders/choose.html", form=forms.Filled())
    data = packed(request.form, request.files)
    found = folders.read(zips.unpack(data))
    page = render_template(
        "round_folders/check.html",
        found=found,
        causes=wrong_cells.causes(found.errors),
        columns={},
        carried={"folder": b64encode(data).decode()},
        most=SHOWN_MOST,
    )
    return page, 422 if found.errors else 200


@bp.post("/rounds/folder")
@auth.for_hr
def take_in() -> Response:
    auth.came_from("round_folders/choose.html", form=forms.Filled())
    found, now = folders.read(zips.unpack(packed(request.form, {}))), datetime.now(UTC)
    round = folders.take_in(found, False, now)
    agenda.write(round, now)
    db.session.commit()
    flash(gettext("The round is taken in."))
    return redirect(url_for("rounds.show", id=round.id), code=303)


@bp.get("/rounds/<int:id>/folder.zip")
@auth.for_hr
def download(id: int) -> Response:
    packed = zips.pack(db.get_or_404(Round, id), gettext)
    return send_file(
        io.BytesIO(packed), mimetype="application/zip", as_attachment=True, download_name=f"round-{id}.zip"
    )


def packed(form: Mapping[str, str], files: Mapping[str, FileStorage]) -> bytes:
    """The zip that was chosen, or the one that the page carries. Raises Mistakes."""
    chosen = files.get("folder")
    data = chosen.read() if chosen and chosen.filename else forms.decoded(form.get("folder", ""))
    if not data:
        raise Mistakes({"folder": Unfit("Please choose the zip file with the round folder.")})
    if len(data) > forms.FILE_MOST:
        raise Mistakes(
            {"folder": Unfit("This file is larger than %(most)s MB.", most=forms.FILE_MOST // forms.MEGABYTE)}
        )
    return data
