"""The list of employees: found, and brought in from a file that is previewed first."""

from flask import Blueprint, render_template, request
from sqlalchemy.orm import joinedload

from shadowing.company import people
from shadowing.extensions import db
from shadowing.models import Person
from shadowing.typed import asked, line
from shadowing.views import auth, forms

PAGE = 100

bp = Blueprint("people", __name__)


@bp.get("/people")
@auth.for_hr
def index() -> str:
    words, gone = asked(line(100), request.args.get("words", "")[:100], ""), request.args.get("left") == forms.YES
    found = (people.gone() if gone else people.search(words)).options(joinedload(Person.department))
    page = db.paginate(found, page=forms.page(request.args), per_page=PAGE, error_out=False)
    return render_template("people/index.html", page=page, words_typed=words, gone=gone)
