"""What only a person does: mail scanners press every button of a page, with its cookies and its fields as they are."""

from datetime import datetime

from flask import request

from shadowing.errors import Refusal
from shadowing.typed import asked, number
from shadowing.views import language


def refuse_robots(starts_at: datetime) -> None:
    """Raises Refusal where the day of the month, on the reader's clock, of what begins at *starts_at* was not typed in."""
    typed = asked(number(1, 31), request.form.get("day_number", ""), 0)
    if typed != language.reader().local(starts_at).day:
        raise Refusal(
            "Nothing is changed yet. Please type the day of the month of the visit into the field, then press."
        )
