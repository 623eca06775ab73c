"""Which language and zone the reader gets, how days and times are written in them, and the switch between languages."""

import re
from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from babel.dates import get_day_names
from flask import Blueprint, Flask, g, has_request_context, redirect, request
from flask_babel import get_locale, gettext
from werkzeug.datastructures import LanguageAccept
from werkzeug.wrappers import Response

from shadowing import errors
from shadowing.company import short_names, workdays
from shadowing.company.hours import DAYS
from shadowing.errors import Refusal
from shadowing.extensions import db, settings
from shadowing.i18n import Reader
from shadowing.models import Department, Person
from shadowing.models import words as words_of
from shadowing.views import auth

LOCALES = ("ja", "en")
COOKIE = "language"
YEAR = 365 * 24 * 3600

bp = Blueprint("language", __name__)


def locale_of_reader() -> str:
    """A known person's own language, else the one chosen with the switch, else what the browser prefers."""
    if not has_request_context():
        return LOCALES[0]
    person = known_person()
    if person is not None and person.locale in LOCALES:
        return person.locale
    chosen = request.cookies.get(COOKIE)
    return chosen if chosen in LOCALES else preferred(request.accept_languages)


def preferred(accepted: LanguageAccept) -> str:
    """The first of the browser's languages that we speak; en-GB is English."""
    spoken = (tag.partition("-")[0].lower() for tag in accepted.values())
    return next((tag for tag in spoken if tag in LOCALES), LOCALES[0])


def zone_of_reader() -> str:
    person = known_person() if has_request_context() else None
    return person.zone if person is not None else "Asia/Tokyo"


def known_person() -> Person | None:
    """Whoever is signed in, or whose personal link was opened."""
    person: Person | None = g.get("user") or g.get("reader")
    return person


def locale() -> str:
    """The language that the page is being written in."""
    found = get_locale()
    return LOCALES[0] if found is None or found.language not in LOCALES else str(found.language)


def reader(zone: str | None = None) -> Reader:
    """Who reads the page, on their own clock or on that of *zone*."""
    return Reader(locale(), ZoneInfo(zone or zone_of_reader()))


def short_day(value: date) -> str:
    return reader().short_day(value)


def day(value: date) -> str:
    return reader().day(value)


def long_day(value: date) -> str:
    return reader().long_day(value)


def moment(value: datetime, zone: str | None = None) -> str:
    return reader(zone).moment(value)


def span(starts_at: datetime, ends_at: datetime, zone: str | None = None) -> str:
    return reader(zone).span(starts_at, ends_at)


def clock(value: datetime, zone: str | None = None) -> str:
    return reader(zone).clock(value)


def clocks(starts_at: datetime, ends_at: datetime, zone: str) -> str:
    return reader(zone).clocks(starts_at, ends_at)


def day_there(value: datetime, zone: str) -> str:
    """The day on the clock of *zone*, in short."""
    return reader(zone).short_day(reader(zone).local(value))


def has_holidays(zone: str) -> bool:
    """Whether public holidays are known where *zone* is."""
    return zone in workdays.countries()


def zone_name(zone: str) -> str:
    """*zone* in words; as it is where it was typed and is none."""
    return reader(zone).zone_name if zone in available_timezones() else zone


def listed(words: Iterable[str]) -> str:
    return reader().listed(words)


def people(names: Iterable[str]) -> str:
    return reader().people(names)


def person_name(person: Person) -> str:
    return person.name(locale())


def short_name(department: Department) -> str:
    """Where there is little room."""
    return short_names.of(department)


def word(member: StrEnum) -> str:
    return str(gettext(words_of.word(member)))


def language_name(locale: str) -> str:
    return str(gettext(words_of.LANGUAGES.get(locale, locale)))


def filled(sentence: str, facts: tuple[tuple[str, str], ...] = ()) -> str:
    """A sentence of the domain in the reader's language, its places filled."""
    return errors.fill(gettext(sentence) if sentence else "", dict(facts))


def said(refusal: Refusal) -> str:
    """A refusal in the reader's language, and what would be right."""
    parts = [gettext(part) for part in (refusal.sentence, refusal.hint) if part]
    return errors.fill(("" if locale() == "ja" else " ").join(parts), refusal.facts)


def day_names() -> dict[str, str]:
    names = get_day_names("abbreviated", locale=locale())
    return {day: names[number] for number, day in enumerate(DAYS)}


def hours_in_words(hours: str) -> str:
    """Working hours as a person's column keeps them, with the reader's names of the days."""
    names = day_names()
    return re.sub("[a-z]{3}", lambda day: names[day[0]], hours.lower()).replace("-", "–")


def register(app: Flask) -> None:
    app.register_blueprint(bp)
    filters = (
        short_day,
        day,
        long_day,
        moment,
        span,
        clock,
        clocks,
        day_there,
        has_holidays,
        zone_name,
        listed,
        people,
        person_name,
        short_name,
        word,
        language_name,
        hours_in_words,
    )
    app.jinja_env.filters.update({function.__name__: function for function in filters})
    app.jinja_env.globals.update(locale=locale, filled=filled)


@bp.post("/language")
@auth.for_everyone
def switch() -> Response:
    """Keep the choice in the browser and, for a known person, as the language of their mails too."""
    chosen = request.form.get("language", "")
    answer = redirect(local_path(request.form.get("back", "")), code=303)
    if chosen not in LOCALES:
        return answer
    person = auth.signed_in() or auth.person_of_link(request.form.get("token", ""))
    if person is not None:
        person.locale = chosen
        db.session.commit()
    answer.set_cookie(COOKIE, chosen, max_age=YEAR, secure=settings().https, httponly=True, samesite="Lax")
    return answer


def local_path(target: str) -> str:
    """*target* where it is a path of this site, else the home page: nobody is sent elsewhere from here."""
    parts = urlsplit(target)
    safe = target.startswith("/") and not target.startswith(("//", "/\\")) and not parts.netloc and target.isprintable()
    return target if safe else "/"
