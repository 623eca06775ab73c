"""HR names somebody by number, mail address or name, before the form that is filled in for that person opens."""

from dataclasses import dataclass
from typing import Annotated

from flask import render_template, request

from shadowing import typed
from shadowing.company import people
from shadowing.models import Person, Round
from shadowing.views import auth, forms


@dataclass(frozen=True, slots=True, kw_only=True)
class Somebody:
    who: Annotated[Person, typed.by(people.named)]


def ask(template: str, round: Round, possible: bool) -> str:
    return render_template(template, round=round, open=possible, form=forms.Filled())


def named(template: str, round: Round, possible: bool) -> Person:
    """A name that nobody has, or several people, is told on the page that asked."""
    auth.came_from(template, round=round, open=possible, form=forms.Filled(request.form))
    return forms.read(Somebody, request.form).who
