"""A list of people in whatever shape HR has it: looked at, corrected, taken in, and for a day undone."""

import io
import re
from collections.abc import Mapping
from datetime import UTC, datetime

from flask import Blueprint, flash, g, redirect, render_template, request, send_file, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from shadowing.errors import RowError
from shadowing.extensions import db
from shadowing.folders import list_files, lists_handed, lists_in, lists_shown, lists_taken
from shadowing.folders.lists_in import ListPreview
from shadowing.folders.lists_shown import ListShown
from shadowing.lists.headings import Meaning
from shadowing.lists.questions import COLUMN, Answers, Question
from shadowing.models import HandedList, JobKind, ListImport, OpeningKind
from shadowing.views import auth, forms, language

ANSWER = "answer:"
LIST = "list"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

bp = Blueprint("lists", __name__)


@bp.get("/people/import")
@auth.for_hr
def choose() -> str:
    return render_template("lists/choose.html", **choosing())


def choosing() -> dict[str, object]:
    last = lists_taken.last_import(datetime.now(UTC))
    return {"form": forms.Filled(), "last": last, "going": lists_handed.going()}


@bp.post("/people/import/check")
@auth.for_hr
def check() -> Response | str | tuple[str, int]:
    if (handed := handed_before()) is not None:
        lists_handed.read_again(handed, answers_of(request.form), datetime.now(UTC))
        db.session.commit()
        return redirect(url_for(".follow", id=handed.id), code=303)
    auth.came_from("lists/choose.html", **choosing())
    carried = forms.carried(request.form, request.files)
    if len(carried.people) >= lists_handed.LONG:
        return handed_over(carried)
    found = lists_shown.of(looked_at(carried))
    return page_of(found, carried.name, carried.fields()), 422 if found.errors else 200


@bp.post("/people/import")
@auth.for_hr
def take_in() -> Response | tuple[str, int]:
    now = datetime.now(UTC)
    absent_left, sure = (request.form.get(name) == forms.YES for name in ("absent_left", "sure"))
    if (handed := handed_before()) is not None:
        shown = lists_handed.shown(handed)
        if shown and shown.brakes(absent_left) and not sure:
            return page_of(shown, handed.file, {LIST: str(handed.id)}, braked=True), 422
        answers = answers_of(request.form)
        lists_handed.say_yes(handed, answers, g.user, now, absent_left=absent_left, sure=sure)
        db.session.commit()
        return redirect(url_for(".follow", id=handed.id), code=303)
    carried = forms.carried(request.form, {})
    found = looked_at(carried)
    if found.brakes(absent_left) and not sure:
        return page_of(lists_shown.of(found), carried.name, carried.fields(), braked=True), 422
    made = lists_taken.take_in_list(found, found.answers, g.user, now, absent_left=absent_left, sure=True)
    db.session.commit()
    for sentence in done(made):
        flash(sentence)
    return redirect(url_for("people.index"), code=303)


def handed_before() -> HandedList | None:
    """The long list that the page is about, which does not carry it."""
    id = forms.row_id(request.form, LIST)
    if id is None:
        return None
    g.back = url_for(".choose")
    return db.get_or_404(HandedList, id)


def handed_over(carried: forms.Carried) -> Response:
    """To the worker; the page that HR is led to follows it."""
    files = carried.name, carried.people, carried.departments
    handed = lists_handed.hand_over(*files, answers_of(request.form), g.user, datetime.now(UTC))
    db.session.commit()
    return redirect(url_for(".follow", id=handed.id), code=303)


def done(made: ListImport) -> list[str]:
    """What an import has done, in sentences."""
    sentences = [
        ngettext("%(num)d person is new.", "%(num)d people are new.", made.new),
        ngettext("%(num)d person was changed.", "%(num)d people were changed.", made.changed),
    ]
    left = ngettext("%(num)d person has left.", "%(num)d people have left.", made.left)
    return [*sentences, left] if made.left else sentences


@bp.get("/people/import/<int:id>")
@auth.for_hr
def follow(id: int) -> str:
    """What a long list says once the worker has read it, and how far it has come while the worker reads it or takes it in."""
    handed = db.get_or_404(HandedList, id)
    job, shown = lists_handed.job_of(handed), lists_handed.shown(handed)
    if shown and job.kind is JobKind.CHECK:
        return page_of(shown, handed.file, {LIST: str(id)})
    return render_template(
        "lists/follow.html",
        handed=handed,
        job=job,
        sentences=done(handed.made) if handed.made else [],
        refusal_said=language.filled(handed.refusal[0], tuple(handed.refusal[1].items())) if handed.refusal else "",
    )


@bp.post("/people/import/errors")
@auth.for_hr
def errors() -> Response:
    """The refused rows as a workbook, each with its reason: to be mended and given back."""
    handed = handed_before()
    carried = forms.carried(request.form, {}) if handed is None else carried_by(handed)
    found = looked_at(carried)
    return download(list_files.refused(found, carried.people, gettext("What is wrong"), reason), "errors.xlsx")


def carried_by(handed: HandedList) -> forms.Carried:
    return forms.Carried(handed.file, handed.people, handed.departments)


@bp.get("/people/import/template")
@auth.for_hr
def template() -> Response:
    return download(list_files.template(language.locale()), "people.xlsx")


@bp.post("/people/import/<int:id>/undo")
@auth.for_hr
def undo(id: int) -> Response:
    g.back = url_for(".choose")
    lists_taken.undo(db.get_or_404(ListImport, id), g.user, datetime.now(UTC))
    db.session.commit()
    flash(gettext("The import is undone."))
    return redirect(url_for("people.index"), code=303)


def reason(error: RowError) -> str:
    said = language.filled(error.reason, error.facts)
    return f"{error.column}: {said}" if error.column else said


def download(content: bytes, name: str) -> Response:
    return send_file(io.BytesIO(content), mimetype=EXCEL, as_attachment=True, download_name=name)


def looked_at(carried: forms.Carried) -> ListPreview:
    """With the answers on the page, or those remembered where it is the first look."""
    units = list_files.departments(carried.departments) if carried.departments else ()
    return lists_in.look_at(carried.name, carried.people, answers_of(request.form), datetime.now(UTC), units)


def answers_of(form: Mapping[str, str]) -> dict[str, str]:
    """The choices made; of the columns only those that are not as they were understood."""
    answers = {name.removeprefix(ANSWER): said for name, said in form.items() if name.startswith(ANSWER)}
    corrected = {
        name: said for name, said in form.items() if name.startswith(COLUMN) and said != form.get(f"as {name}")
    }
    return answers | corrected


def page_of(found: ListShown, file: str, carried: dict[str, str], braked: bool = False) -> str:
    """*carried* are hidden fields: the list, or which one of those handed over it is."""
    return render_template(
        "lists/check.html",
        found=found,
        causes=found.causes,
        carried=carried,
        file=file,
        asked=[(question, asked(question), choices(question, found.answers)) for question in found.questions],
        columns=column_words(),
        meanings=meaning_words(),
        written=written,
        braked=braked,
        absent_left=request.form.get("absent_left") == forms.YES,
        most=lists_shown.SHOWN_MOST,
    )


def asked(question: Question) -> str:
    """The question in the reader's language; what columns mean is said in words there too."""
    words = meaning_words()
    facts = tuple((name, re.sub(r"[a-z_]+", lambda it: words.get(it[0], it[0]), fact)) for name, fact in question.facts)
    about_columns = question.about == "header" or "meaning" in dict(question.facts)
    return language.filled(question.sentence, facts if about_columns else question.facts)


def choices(question: Question, answers: Answers) -> list[tuple[str, str, bool]]:
    """Value, words, and whether it is the one that the list was read by."""
    chosen = question.choice(answers)
    return [(choice, choice_words(choice), choice == chosen) for choice in question.choices]


def choice_words(choice: str) -> str:
    numbered = re.fullmatch(r"(level|row) (\d+)", choice)
    if numbered and numbered[1] == "level":
        return str(gettext("level %(number)s", number=numbered[2]))
    if numbered:
        return str(gettext("row %(number)s", number=numbered[2]))
    return str(gettext(choice)) if choice.strip() else choice


def meaning_words() -> dict[str, str]:
    """What the page calls the meanings of columns."""
    return {
        Meaning.IGNORE: gettext("not read"),
        Meaning.ID: gettext("Number"),
        Meaning.NAME: gettext("Name"),
        Meaning.FAMILY: gettext("Family name"),
        Meaning.GIVEN: gettext("Given name"),
        Meaning.KANA: gettext("Reading"),
        Meaning.KANA_FAMILY: gettext("Reading of the family name"),
        Meaning.KANA_GIVEN: gettext("Reading of the given name"),
        Meaning.BUSINESS_NAME: gettext("Business name"),
        Meaning.BUSINESS_FAMILY: gettext("Business family name"),
        Meaning.BUSINESS_GIVEN: gettext("Business given name"),
        Meaning.MAIL: gettext("Mail address"),
        Meaning.DEPARTMENT: gettext("Department"),
        Meaning.DEPARTMENT_CODE: gettext("Code of the department"),
        Meaning.LEVEL: gettext("Level of the organisation"),
        Meaning.MANAGER: gettext("Manager"),
        Meaning.SITE: gettext("Site"),
        Meaning.ZONE: gettext("Time zone"),
        Meaning.LOCALE: gettext("Language"),
        Meaning.ROLES: gettext("Role"),
        Meaning.HOURS: gettext("Working hours"),
        Meaning.HOURS_BEGIN: gettext("Work begins"),
        Meaning.HOURS_END: gettext("Work ends"),
        Meaning.MAY: gettext("Kinds of visit allowed"),
        Meaning.LEFT_ON: gettext("Last day"),
        Meaning.STATUS: gettext("Still here?"),
        Meaning.POST: gettext("Main or second post"),
    }


def column_words() -> dict[str, str]:
    """What the preview calls the columns of a person."""
    return {
        "family_name": gettext("Family name"),
        "given_name": gettext("Given name"),
        "kana": gettext("Reading"),
        "display_name": gettext("Name shown"),
        "email": gettext("Mail address"),
        "department": gettext("Department"),
        "manager": gettext("Manager"),
        "site": gettext("Site"),
        "zone": gettext("Time zone"),
        "locale": gettext("Language"),
        "hours": gettext("Working hours"),
        "may": gettext("Kinds of visit allowed"),
        "hr": gettext("HR"),
        "lead": gettext("Head of department"),
    }


def written(column: str, value: str | bool | list[str]) -> str:
    """What the preview writes for a value of a person's column."""
    if isinstance(value, bool):
        return str(gettext("Yes") if value else gettext("No"))
    if isinstance(value, list):
        kinds = language.listed(language.word(OpeningKind(kind)) for kind in value)
        return kinds or str(gettext("all kinds"))
    words = {"locale": language.language_name, "zone": language.zone_name}
    return words.get(column, str)(value) if value else str(gettext("empty"))
