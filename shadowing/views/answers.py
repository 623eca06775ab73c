"""The page of everybody: where they want to go, what they want to see, when they are free. No account, one link."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from shadowing.calendars import taking
from shadowing.collecting import availability, demand, goals, openings
from shadowing.company import aims, people
from shadowing.extensions import db
from shadowing.models import Absence, Department, FreeTimes, Guest, Person, Round
from shadowing.rounds import answers
from shadowing.typed import UNFIT_FOR_TEXT
from shadowing.views import absences, auth, calendars, forms, language, weeks
from shadowing.views.forms import Filled

Page = str | tuple[str, int]
HALF, GRID, KEEP = "half", "grid", "keep"
IF_NEED_BE = "-1"

bp = Blueprint("answers", __name__)


@bp.get("/my/<token>")
@auth.for_participant
def show() -> str:
    if not goals.open_to(g.reader, g.round, datetime.now(UTC)):
        return thanks_page()
    given = availability.given(g.reader, g.round)
    return render_template("answers/show.html", **mine(stored(g.reader, g.round, given), given))


@bp.post("/my/<token>")
@auth.for_participant
def save() -> Response | Page:
    handed = calendars.Handed() if request.form.get("skip") else calendars.handed()
    given = availability.given(g.reader, g.round)
    wrong = mistakes(Filled(request.form), g.reader, g.round)
    form = Filled(request.form, {**wrong, **(calendars.lost(handed) if wrong else {}), **handed.errors})
    if form.errors:
        return render_template("answers/show.html", **mine(form, given)), 422
    auth.came_from("answers/show.html", **mine(form, given))
    times = None if form.value("times") == KEEP else times_of(form, g.reader, g.round)
    now = datetime.now(UTC)
    answers.take(g.reader, g.round, said(form), times, now)
    calendars.keep(handed, now)
    db.session.commit()
    return redirect(url_for(".thanks", token=g.token), code=303)


@bp.post("/my/<token>/again")
@auth.for_participant
def repeat() -> Response:
    """Answer as in the last round that this person took part in."""
    g.back = url_for(".show", token=g.token)
    last = db.first_or_404(goals.last_of(g.reader, g.round))
    said, times = goals.again(last, g.reader, g.round), availability.last_week(g.reader, g.round)
    answers.take(g.reader, g.round, said, times, datetime.now(UTC))
    db.session.commit()
    return redirect(url_for(".thanks", token=g.token), code=303)


@bp.get("/my/<token>/thanks")
@auth.for_participant
def thanks() -> str:
    return thanks_page()


def thanks_page() -> str:
    now = datetime.now(UTC)
    facts = {
        "answer": answered(g.reader, g.round),
        "round": g.round,
        "open": goals.open_to(g.reader, g.round, now),
        "calendars": db.session.scalars(taking.of(g.reader, g.round)).all(),
        "until": until(g.reader, g.round, now),
        "offers": db.session.scalars(openings.of(g.reader, g.round)).first() is not None,
        "demand": demand.of(g.reader.department, g.round) if g.reader.department else None,
    }
    return render_template("answers/thanks.html", **facts)


def mine(form: Filled, given: FreeTimes) -> dict[str, object]:
    calendars = db.session.scalars(taking.of(g.reader, g.round)).all()
    action = url_for("answers.save", token=g.token)
    return page(g.reader, g.round, form, given) | {"action": action, "calendars": calendars}


def until(person: Person, round: Round, now: datetime) -> date | None:
    """Up to which day an answer can be changed; None where that is when the pairings are made."""
    last = goals.own_day(person, round, now) or round.answers_until
    if not round.takes_answers(now):
        return last
    return None if round.late_answers else max(last, round.answers_until)


# What was typed


def said(form: Filled) -> goals.GoalsAnswer:
    return replace(forms.read(goals.GoalsAnswer, form.typed), wishes=tuple(wishes_of(form)))


def wishes_of(form: Filled) -> Iterator[goals.Wish]:
    """`d7` is the department 7, `t:data` the topic data."""
    for value in chosen(form):
        if value.startswith("t:"):
            yield goals.Wish(topic=value[2:])
        elif value:
            yield goals.Wish(department_id=int(value[1:]))


def chosen(form: Filled) -> list[str]:
    """In the order of the wishes. Without a script they are chosen from lists, and the chips count for nothing."""
    return form.values("choice" if "choice" in form.typed else "wish")


def mistakes(form: Filled, person: Person, round: Round) -> dict[str, str]:
    errors = forms.errors_of(goals.GoalsAnswer, form.typed)
    if any(not sound(value) for value in chosen(form)):
        errors["wish"] = gettext("Please choose one of the possibilities.")
    kept = form.value("times") == KEEP
    if not (kept or form.value("skip")) and (wrong := absences.mistake(form, person, round)):
        errors["absence"] = wrong
    errors = unfit(form, errors, person, round) | errors
    free = kept or times_of(form, person, round)
    if not free and not form.value("skip"):
        errors["times"] = gettext("Tick at least one half-day on which you are usually free.")
    return errors


def unfit(form: Filled, errors: Mapping[str, str], person: Person, round: Round) -> dict[str, str]:
    """What does not fit the round, of the fields that could be read: everything that is wrong is said at once."""
    readable = {name: value for name, value in form.typed.items() if name not in errors}
    answer = forms.read(goals.GoalsAnswer, readable)
    wrong = goals.unfit(replace(answer, wishes=() if "wish" in errors else tuple(wishes_of(form))), person, round.rules)
    return {name: language.said(refusal) for name, refusal in wrong.items()}


def sound(wish: str) -> bool:
    known = re.fullmatch(r"t:.{1,100}|d\d{1,9}", wish, re.ASCII) and not UNFIT_FOR_TEXT.search(wish)
    return not wish or bool(known)


def levels(values: Iterable[str]) -> dict[str, int]:
    """`mon-0900` is free, `mon-0900-1` if need be."""
    return {
        value.removesuffix(IF_NEED_BE): availability.MAYBE if value.endswith(IF_NEED_BE) else availability.YES
        for value in values
    }


def half_levels(form: Filled) -> dict[str, int]:
    """What is ticked as if need be is so, whether or not it is ticked as free too."""
    return levels(form.values("half")) | dict.fromkeys(filter(None, form.values("maybe")), availability.MAYBE)


def times_of(form: Filled, person: Person, round: Round) -> FreeTimes:
    """The week of the view that was chosen. The other view is sent too, hidden and as it was left: it counts for nothing."""
    off, by_half_hours = set(form.values("off")), form.value("times") == GRID
    return FreeTimes(
        week=painted(form, person) if by_half_hours else availability.week_of_half_days(half_levels(form), person),
        days_off=tuple(day for day in availability.days_of(person, round) if day.isoformat() in off),
        absences=absences.sound(form, person, round),
        by_half_hours=by_half_hours,
    )


def painted(form: Filled, person: Person) -> dict[str, int]:
    known = set(availability.cells_of(person))
    return {name: level for name, level in levels(form.values("cell")).items() if name in known}


# What was answered before, as the form shows it


def stored(person: Person, round: Round, given: FreeTimes) -> Filled:
    return Filled(wanted(db.session.scalar(goals.of(person, round))) | times(given, person))


def wanted(guest: Guest | None) -> dict[str, object]:
    if guest is None or guest.answered_at is None:
        return {"visits": "1", "wish": []}
    return {
        "wish": [f"t:{goal.topic}" if goal.topic else f"d{goal.department_id}" for goal in guest.goals],
        "line": goals.line_of(guest),
        "visits": str(guest.visits or 1),
        "half_days_most": str(guest.half_days_most or ""),
        "surprise": "yes" if guest.surprise else "",
        "skipped": guest.visits == 0,
    }


def times(given: FreeTimes, person: Person) -> dict[str, object]:
    halves = availability.half_days_of(given.week, person)
    return {
        "times": KEEP if given.spans else GRID if given.by_half_hours or halves is None else HALF,
        "half": posted(halves or {}),
        "maybe": [half for half, level in (halves or {}).items() if level == availability.MAYBE],
        "cell": posted(given.week),
        "off": [day.isoformat() for day in given.days_off],
    } | absences.typed(given)


def posted(chosen: Mapping[str, int]) -> list[str]:
    return [name + (IF_NEED_BE if level == availability.MAYBE else "") for name, level in chosen.items()]


# What the page shows


def page(person: Person, round: Round, form: Filled, given: FreeTimes) -> dict[str, object]:
    """The form of *person*'s answer, whoever fills it in."""
    last, now = same_again(person, round), datetime.now(UTC)
    departments = list(db.session.scalars(goals.departments_for(person, round)))
    return {
        "form": form,
        "round": round,
        "until": until(person, round, now),
        "guest": db.session.scalar(goals.of(person, round)),
        "departments": departments,
        "aim": aims.in_one_line(),
        "topics": goals.topics_of(round),
        "chosen": list(filter(None, chosen(form))),
        "most": goals.WISHES_MOST,
        "wished": " → ".join(wished(form, departments)),
        "visits_most": goals.visits_most(round.rules),
        "days": [(day, name) for day, name in language.day_names().items() if day in availability.weekdays(person)],
        "halves": weeks.half_rows(person, half_levels(form)),
        "maybes": weeks.half_rows(person, dict.fromkeys(form.values("maybe"), availability.MAYBE)),
        "cells": weeks.cell_rows(person, levels(form.values("cell"))),
        "said": said_of_times(form, person),
        "sentences": weeks.sentences(),
        "by_day": bool(given.spans),
        "open_days": availability.days_of(person, round),
        "absences": absences.rows(form),
        "zone": language.reader(person.zone).zone_name,
        "hours": language.hours_in_words(people.painted_hours(person.hours)),
        "last": last,
        "late": round.takes_answers(now) and now >= round.answers_end,
    }


def same_again(person: Person, round: Round) -> Guest | None:
    """The last answer, where giving it again with its times would be taken."""
    last = db.session.scalar(goals.last_of(person, round))
    if last is None or availability.known_week(person, round) is None:
        return None
    return None if goals.unfit(goals.again(last, person, round), person, round.rules) else last


def wished(form: Filled, departments: list[Department]) -> Iterator[str]:
    """In short, for the line above the button; the script writes it anew."""
    names = {f"d{one.id}": language.short_name(one) for one in departments}
    for value in filter(None, chosen(form)):
        yield value[2:] if value.startswith("t:") else names.get(value, "")
    if form.value("surprise"):
        yield gettext("Surprise me")


def said_of_times(form: Filled, person: Person) -> weeks.Said:
    if form.value("times") == GRID:
        return weeks.hours_said(painted(form, person))
    return weeks.halves_said(person, half_levels(form))


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """An answer in words. *days* counts those on which times were entered day by day, instead of a week."""

    guest: Guest | None
    line: str
    week: list[tuple[str, list[tuple[str, bool]]]]
    off: tuple[date, ...]
    absences: tuple[Absence, ...]
    days: int


def answered(person: Person, round: Round) -> Answered:
    guest = db.session.scalar(goals.of(person, round))
    given = availability.given(person, round)
    zone = ZoneInfo(person.zone)
    return Answered(
        guest=guest if guest and guest.answered_at else None,
        line=goals.line_of(guest) if guest else "",
        week=weeks.by_day(given.week),
        off=given.days_off,
        absences=given.absences,
        days=len({span.starts_at.astimezone(zone).date() for span in given.spans}),
    )
