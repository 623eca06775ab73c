"""How a refusal is shown: on the page that its form stood on, or on one that says what to do and leads on."""

import logging
import re

from flask import Flask, current_app, g, render_template, request, url_for
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError, OperationalError, StatementError
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Response

from shadowing.errors import Changed, Expired, Refusal
from shadowing.extensions import db
from shadowing.models.columns import Unstorable
from shadowing.typed import Mistakes
from shadowing.views import auth, forms, language

TOKEN = re.compile(r"/(my|sign-in|join)/[^/\s]+")


def register(app: Flask) -> None:
    for log in (app.logger, logging.getLogger("werkzeug")):  # errors name the address, and `flask run` each request's
        log.addFilter(without_tokens)
    app.register_error_handler(Refusal, show_refusal)
    app.register_error_handler(Mistakes, show_mistakes)
    app.register_error_handler(HTTPException, show_http_error)
    app.register_error_handler(OperationalError, show_busy)
    app.register_error_handler(IntegrityError, show_rivals)
    app.register_error_handler(Unstorable, show_unstorable)
    app.register_error_handler(StatementError, show_unstorable)


def without_tokens(record: logging.LogRecord) -> bool:
    """A line of the log as it was, but for what opens somebody's page."""
    record.msg, record.args = TOKEN.sub(r"/\1/…", record.getMessage()), ()
    return True


def show_refusal(refusal: Refusal) -> tuple[str, int]:
    db.session.rollback()
    message = language.said(refusal)
    usual = "auth/expired.html" if isinstance(refusal, Expired) else "error.html"
    template, facts = g.get("came_from") or (usual, {"message": message, "back": way_back()})
    return render_template(template, **facts, refusal=message), refusal.status


def show_mistakes(mistakes: Mistakes) -> tuple[str, int]:
    """The page that the form stood on, with what was typed and a message beside each field."""
    if not g.get("came_from"):
        return show_refusal(mistakes)
    db.session.rollback()
    template, facts = g.came_from
    form = forms.Filled(request.form, forms.messages(mistakes))
    return render_template(template, **facts | {"form": form}), mistakes.status


def show_http_error(error: HTTPException) -> Response | tuple[str, int]:
    if isinstance(error, RequestRedirect | SecurityError):
        return error.get_response()  # to a foreign host name no address of ours can be given
    db.session.rollback()
    if error.code in (404, 405) and not g.get("token"):
        auth.signed_in()  # whoever runs rounds keeps the menu at an address that is none
    above = error.code == 405 or (error.code == 404 and g.get("user") is not None)
    back = page_above(there=error.code == 405) if above else way_back()
    return render_template("error.html", message=sentence_for(error), back=back), error.code or 500


def show_busy(error: OperationalError) -> tuple[str, int, dict[str, str]]:
    """The database is locked or away: nothing was changed, and trying again is right."""
    db.session.rollback()
    g.pop("user", None)
    current_app.logger.error("the database refused", exc_info=error)
    message = gettext("The service is busy right now. Nothing was changed. Please try again in a minute.")
    return render_template("error.html", message=message, back=""), 503, {"Retry-After": "30"}


def show_rivals(error: IntegrityError) -> tuple[str, int]:
    """Two presses at once each found no row, and each wrote it: the database took the first."""
    current_app.logger.warning("two did the same at once", exc_info=error)
    return show_refusal(Changed("The same was done at this very moment from elsewhere, so nothing was changed here."))


def show_unstorable(error: Unstorable | StatementError) -> tuple[str, int]:
    """What no field type has looked at, such as a hidden field that somebody filled: the columns refuse it."""
    if isinstance(error, StatementError) and not isinstance(error.orig, Unstorable):
        raise error
    return show_refusal(
        Refusal("This text cannot be saved: it is too long or holds a character that is no text. Nothing was changed.")
    )


def sentence_for(error: HTTPException) -> str:
    if isinstance(error, CSRFError):
        return str(
            gettext("This page was open for too long, so nothing was changed. Please go back, reload it and try again.")
        )
    sentences = {
        400: gettext("The browser sent something that cannot be read. Nothing was changed."),
        403: gettext("This was sent from another website, so nothing was changed."),
        404: gettext("There is no such page, or it is not for you."),
        405: gettext("This address cannot be used in this way. Please go back and use the buttons of the page."),
        413: gettext("The file is too large. At most 16 MB can be sent."),
        500: gettext("Something went wrong on our side. Nothing was changed. Please try again."),
    }
    return str(sentences.get(error.code or 500, sentences[500 if (error.code or 500) >= 500 else 400]))


def way_back() -> str:
    """Where the button of an error page leads: the page that the form stood on, as far as we know."""
    return str(g.get("back", "")) or url_for("home.show")


def page_above(there: bool) -> str:
    """The nearest page above this address. Where what the address names may not be *there*, only a page that names nothing."""
    addresses = current_app.url_map.bind("")
    path = request.path.rpartition("/")[0]
    while path and not (addresses.test(path, "GET") and (there or not addresses.match(path, "GET")[1])):
        path = path.rpartition("/")[0]
    return path or url_for("home.show")
