"""A reader of Japanese meets no English word: on no page, after no button, in no mail, whatever goes wrong."""

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from shadowing.extensions import db
from shadowing.mail import letters, outbox
from shadowing.models import (
    Guest,
    Letter,
    LetterKind,
    Opening,
    OpeningKind,
    Pairing,
    PairingStatus,
    Person,
    Rsvp,
    Slot,
    Stage,
)
from shadowing.rounds import opening_mails
from shadowing.views import forms, refusals
from shadowing.visiting import invitations
from tests.faults import world
from tests.mail import gallery
from tests.views import japan
from tests.views.japan import Company, company, english_on, foreign

Typed = Callable[[Company], dict[str, Any]]

FILES = {
    *("static", "home.healthz", "letters.download", "lists.template", "round_folders.download", "visits.calendar"),
    *("takeaway.download", "takeaway.people", "trail.download", "received.download"),
}
LAST = (
    "language.switch",
    "people.let_go",
    "pairings.remove",
    "slots.call_off",
    "openings.withdraw",
    "rounds.end",
    "cancellation.cancel",
    "cancellation.delete_draft",
    "auth.sign_out",
)
"""Buttons after which others have nothing left to work on."""
QUICK = (Stage.COLLECTING, Stage.PUBLISHED)
STAGES = [stage if stage in QUICK else pytest.param(stage, marks=pytest.mark.slow) for stage in Stage]


def of(app: Flask, person: Person | None) -> FlaskClient:
    client = app.test_client()
    if person is not None:
        client.set_cookie("session", world.COOKIE)
    return client


def addresses(app: Flask, method: str, there: Company) -> Iterator[tuple[str, str, Person | None]]:
    """Every route with the ids of *there*, for HR or for each reader of a personal link; what takes most away comes last."""
    rules = [rule for rule in app.url_map.iter_rules() if method in (rule.methods or ()) and rule.endpoint not in FILES]
    for rule in sorted(rules, key=lambda rule: (LAST.index(rule.endpoint) if rule.endpoint in LAST else -1, rule.rule)):
        readers = there.readers if rule.rule.startswith("/my/") else (there.hr,)
        for reader in readers:
            path = path_of(rule, there, reader)
            yield rule.endpoint, path, None if rule.rule.startswith("/my/") else reader


def path_of(rule: Rule, there: Company, reader: Person) -> str:
    token = there.token(reader) if rule.rule.startswith("/my/") else "spent"
    path = rule.rule.replace("<token>", token).replace("<key>", "unknown").replace("<path:rest>", "openings")
    path = path.replace("<int:round_id>", str(there.round.id))
    for noun, id in there.ids.items():
        path = path.replace("<int:id>", str(id)) if noun in path.split("/") else path
    assert "<" not in path, path
    return path


def japanese(answer: TestResponse) -> list[str]:
    assert answer.status_code < 500, answer.text
    return english_on(answer.text)


@pytest.mark.parametrize("stage", STAGES)
def test_every_page_is_japanese(app: Flask, session: Session, stage: Stage) -> None:
    there = company(stage)

    found = {
        f"{endpoint} {path}": japanese(of(app, reader).get(path, follow_redirects=True))
        for endpoint, path, reader in addresses(app, "GET", there)
    }

    assert {page: words for page, words in found.items() if words} == {}


@pytest.mark.slow
@pytest.mark.parametrize("stage", list(Stage))
def test_what_every_button_answers_is_japanese(app: Flask, session: Session, stage: Stage) -> None:
    there = company(stage)

    found = {
        f"{endpoint} {path}": japanese(of(app, reader).post(path, follow_redirects=True))
        for endpoint, path, reader in addresses(app, "POST", there)
    }

    assert {page: words for page, words in found.items() if words} == {}


# What is typed and pressed, rightly and wrongly

PEOPLE = """社員番号,氏名,メール,部署,在席時間
100,山口 修,osamu@example.org,営業部,月〜金
,名無し,アドレス不明,営業部,
"""
CHANGED = """社員番号,氏名,メール,部署,言語,タイムゾーン,役割,参加できる形式
akimoto,秋元 桂子,akimoto@example.org,総務部,en,Europe/Berlin,lead,desk;team
"""
DEEDS: list[tuple[Stage, str, str, int, Typed]] = [
    (Stage.DRAFT, "hr", "/rounds/{rounds}/ask", 200, lambda there: {}),
    (Stage.DRAFT, "hr", "/rounds/new", 200, lambda there: round_form(there) | {"title": "第5回"}),
    (Stage.DRAFT, "hr", "/rounds/new", 422, lambda there: round_form(there)),
    (Stage.DRAFT, "hr", "/rounds/new", 422, lambda there: dict.fromkeys(round_form(there), "?")),
    (Stage.DRAFT, "hr", "/rounds/{rounds}/edit", 200, lambda there: round_form(there)),
    (
        Stage.DRAFT,
        "hr",
        "/people/import/check",
        422,
        lambda there: {"people": (io.BytesIO(PEOPLE.encode()), "people.csv")},
    ),
    (
        Stage.DRAFT,
        "hr",
        "/people/import/check",
        200,
        lambda there: {"people": (io.BytesIO(CHANGED.encode()), "people.csv")},
    ),
    (Stage.DRAFT, "hr", "/people/new", 422, lambda there: {"zone": "?", "hours": "?", "boss": "?", "locale": "ja"}),
    (Stage.DRAFT, "hr", "/people/new", 200, lambda there: a_person(there)),
    (Stage.PUBLISHED, "hr", "/people/{people}/edit", 422, lambda there: a_person(there) | {"boss": "?", "email": "?"}),
    (Stage.PUBLISHED, "hr", "/people/{people}/let-go", 200, lambda there: {"last_day": "2020-01-01"}),
    (Stage.PUBLISHED, "hr", "/people/{people}/let-go", 200, lambda there: {"last_day": "2990-01-01"}),
    (Stage.PUBLISHED, "hr", "/people/{people}/pause", 200, lambda there: {"back_on": "2990-01-01"}),
    (Stage.PUBLISHED, "hr", "/people/{people}/pause", 422, lambda there: {"back_on": "2020-01-01"}),
    (Stage.DRAFT, "hr", "/people/running-rounds", 422, lambda there: {"person": "?"}),
    (Stage.DRAFT, "hr", "/people/running-rounds", 200, lambda there: {"person": there.host.email}),
    (Stage.COLLECTING, "hr", "/rounds/{rounds}/joiners/ask", 200, lambda there: {}),
    (Stage.COLLECTING, "hr", "/rounds/{rounds}/delete", 409, lambda there: {}),
    (Stage.DRAFT, "hr", "/rounds/{rounds}/whom", 200, lambda there: {"way": "volunteers"}),
    (Stage.DRAFT, "hr", "/rounds/{rounds}/whom", 422, lambda there: {"way": "listed", "people": "山田"}),
    (Stage.DRAFT, "hr", "/rounds/{rounds}/whom", 422, lambda there: {"way": "departments"}),
    (Stage.COLLECTING, "hr", "/rounds/{rounds}/close", 200, lambda there: {}),
    (Stage.COLLECTING, "hr", "/rounds/{rounds}/reopen", 409, lambda there: {"answers_until": str(world.today())}),
    (Stage.REVIEWING, "hr", "/rounds/{rounds}/reopen", 200, lambda there: {"answers_until": str(world.today())}),
    (Stage.REVIEWING, "hr", "/rounds/{rounds}/reopen", 422, lambda there: {"answers_until": "2020-01-01"}),
    (Stage.PUBLISHED, "hr", "/rounds/{rounds}/cancel", 200, lambda there: {"why": "移転と重なるため。"}),
    (Stage.PUBLISHED, "hr", "/rounds/{rounds}/cancel", 422, lambda there: {"why": ""}),
    (Stage.COLLECTING, "hr", "/rounds/{rounds}/nudge", 200, lambda there: {}),
    (Stage.COLLECTING, "hr", "/rounds/{rounds}/solve", 200, lambda there: {"seconds": "10"}),
    (Stage.COLLECTING, "silent", "/my/{token}", 200, lambda there: answer(there)),
    (
        Stage.COLLECTING,
        "silent",
        "/my/{token}",
        422,
        lambda there: answer(there) | {"half": "", "visits": "x", "line": "。" * 900},
    ),
    (Stage.COLLECTING, "silent", "/my/{token}", 200, lambda there: answer(there) | {"skip": "yes"}),
    (Stage.COLLECTING, "host", "/my/{token}/openings/new", 200, lambda there: offer()),
    (
        Stage.COLLECTING,
        "host",
        "/my/{token}/openings/new",
        422,
        lambda there: dict.fromkeys(offer(), "?") | {"repeat": "once"},
    ),
    (Stage.COLLECTING, "host", "/my/{token}/openings/{openings}/edit", 200, lambda there: offer()),
    (Stage.COLLECTING, "host", "/my/{token}/openings/{openings}/withdraw", 200, lambda there: {}),
    (Stage.REVIEWING, "hr", "/guests/{guests}/place", 422, lambda there: seat_in(there, OpeningKind.WORKSHOP)),
    (Stage.REVIEWING, "hr", "/guests/{guests}/place", 422, lambda there: seat_in(there, OpeningKind.RIDE_ALONG)),
    (Stage.REVIEWING, "hr", "/pairings/{pairings}/move", 200, lambda there: seat_in(there, OpeningKind.WORKSHOP)),
    (Stage.REVIEWING, "hr", "/pairings/{pairings}/remove", 200, lambda there: {}),
    (Stage.REVIEWING, "hr", "/rounds/{rounds}/publish", 200, lambda there: preview(there)),
    (Stage.PUBLISHED, "hr", "/rounds/{rounds}/publish", 200, lambda there: preview(there)),
    (Stage.PUBLISHED, "hr", "/rounds/{rounds}/publish", 409, lambda there: preview(there) | {"version": "99"}),
    (Stage.PUBLISHED, "hr", "/rounds/{rounds}/end", 200, lambda there: {}),
    (
        Stage.PUBLISHED,
        "hr",
        "/slots/{slots}/reschedule",
        200,
        lambda there: {"day": f"{world.at(2, 12).date()}", "clock": "12:00"},
    ),
    (Stage.PUBLISHED, "hr", "/slots/{slots}/reschedule", 422, lambda there: {"day": "2020-01-01", "clock": "12:00"}),
    (Stage.PUBLISHED, "hr", "/slots/{slots}/reschedule", 422, lambda there: {"day": "?", "clock": "?"}),
    (Stage.PUBLISHED, "hr", "/slots/{slots}/call-off", 200, lambda there: {}),
    (Stage.PUBLISHED, "guest", "/my/{token}/visits/{visits}/answer", 200, lambda there: {"answer": "yes"}),
    (Stage.PUBLISHED, "guest", "/my/{token}/visits/{visits}/undo", 200, lambda there: {}),
    (Stage.PUBLISHED, "guest", "/my/{token}/visits/{visits}/decline", 422, lambda there: {"why": "host"}),
    (Stage.PUBLISHED, "guest", "/my/{token}/visits/{visits}/another-time", 422, lambda there: {"on": "?"}),
    (Stage.PUBLISHED, "guest", "/my/{token}/visits/{visits}/outcome", 404, lambda there: {}),
]


def a_person(there: Company) -> dict[str, str]:
    names = {"family_name": "髙橋", "given_name": "由美子", "email": "yumiko@example.org"}
    return names | {"department": str(there.host.department_id), "zone": "大阪", "locale": "ja"}


def round_form(there: Company) -> dict[str, str]:
    return {name: str(value) for name, value in forms.of_draft(there.round).typed.items()}


def answer(there: Company) -> dict[str, str]:
    return {
        "wish": f"d{there.host.department_id}",
        "times": "half",
        "half": "mon-am",
        "line": "価格の決め方",
        "visits": "1",
    }


def offer() -> dict[str, str]:
    day = str(world.monday() + timedelta(days=1))
    when = {"repeat": "FREQ=WEEKLY", "first_on": day, "local_time": "10:00", "zone": "Asia/Tokyo", "minutes": "60"}
    return {"kind": "meeting", "title": "朝会", "seats": "2", "most_per_week": "1", "place": "会議室"} | when


def seat_in(there: Company, kind: OpeningKind) -> dict[str, str]:
    opening = db.session.query(Opening).filter_by(kind=kind).one()
    return {"opening": str(opening.id), "start": str(int(opening.slots[0].starts_at.timestamp() // 60))}


def preview(there: Company) -> dict[str, str]:
    return {"version": str(there.round.version), "stamp": datetime.now(UTC).replace(microsecond=0).isoformat()}


@pytest.mark.parametrize(("stage", "who", "path", "status", "typed"), DEEDS)
def test_what_follows_a_deed_is_japanese(
    app: Flask, session: Session, stage: Stage, who: str, path: str, status: int, typed: Typed
) -> None:
    there = company(stage)
    reader: Person = getattr(there, who)
    address = path.format(**there.ids, token=there.token(reader))

    page = of(app, reader if who == "hr" else None).post(address, data=typed(there), follow_redirects=True)

    assert (japanese(page), page.status_code) == ([], status)


def test_a_private_rule_is_named_in_japanese_and_not_told(app: Flask, session: Session) -> None:
    """Two people who must not meet: HR reads that a rule would break, and not which."""
    there = company(Stage.REVIEWING)
    kept_apart = session.query(Guest).filter_by(person_id=there.unplaced.id).one()

    page = of(app, there.hr).post(f"/guests/{kept_apart.id}/place", data=seat_in(there, OpeningKind.WORKSHOP))

    assert page.status_code == 422
    assert "この変更は、ラウンドのルールに反します。" in page.text


# Errors and mails


@pytest.mark.parametrize("code", [400, 403, 404, 405, 413, 418, 500, 503])
def test_every_error_page_is_japanese(app: Flask, code: int) -> None:
    class Wrong(HTTPException):
        pass

    Wrong.code = code
    with app.test_request_context(headers={"Accept-Language": "ja"}):
        page, status = cast(tuple[str, int], refusals.show_http_error(Wrong()))

    assert (english_on(page), status) == ([], code)


def test_a_busy_database_is_told_of_in_japanese(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    with app.test_request_context(headers={"Accept-Language": "ja"}):
        page, status, _ = refusals.show_busy(OperationalError("", {}, Exception("locked")))

    assert (english_on(page), status) == ([], 503)


def test_every_mail_is_japanese(app: Flask, session: Session) -> None:
    there = company(Stage.PUBLISHED)
    there.round.rsvp = Rsvp.ASK
    session.query(Slot).filter_by(id=there.ids["slots"]).one().cancelled_at = datetime.now(UTC)
    session.query(Pairing).one().status = PairingStatus.DROPPED
    session.flush()
    now = datetime.now(UTC)
    invitations.tell(there.round, now + timedelta(hours=2), japan.SENDER, now)
    guest, until = session.query(Guest).filter_by(person_id=there.guest.id).one(), there.round.answers_until
    later = now + timedelta(seconds=1)
    session.add(letters.answered_for(guest, there.hr, until, False, now))
    session.add(letters.answered_for(guest, there.hr, until, True, later))
    session.add(letters.open_for_you(guest, until, now))
    session.add_all(of_an_opening(there, now))
    session.commit()
    written = list(session.scalars(select(Letter)))

    found = {letter.key: foreign(read(letter, app)) for letter in written}

    assert len({letter.kind for letter in written}) > 10
    assert {key: words for key, words in found.items() if words} == {}


def test_every_kind_of_mail_is_japanese(app: Flask, session: Session) -> None:
    typed = "Weekly meeting"  # the title of an opening, as its host wrote it
    written = list(gallery.every("ja"))

    found = {name: (letter.kind, foreign(read(letter, app).replace(typed, ""))) for name, letter in written}

    assert {kind for kind, _ in found.values()} == set(LetterKind)
    assert {name: words for name, (_, words) in found.items() if words} == {}


def of_an_opening(there: Company, now: datetime) -> list[Letter]:
    """Entered, changed and withdrawn, as one host is told of it."""
    opening = db.session.query(Opening).filter_by(kind=OpeningKind.WORKSHOP).one()
    host, offered = opening.hosts[0], opening_mails.as_offered(opening)
    assert offered
    ways = ((None, offered), (replace(offered, dates=3, place="別館"), offered), (offered, None))
    return [
        opening_mails.letter_of(opening, host, before, after, there.hr, now + timedelta(seconds=number))
        for number, (before, after) in enumerate(ways)
    ]


def read(letter: Letter, app: Flask) -> str:
    """All that a reader's programs show of a mail: subject, text, HTML with its addresses whole, and what the calendar says."""
    message = outbox.render(letter, app.extensions["settings"])
    html, text = message.get_body(("html",)), message.get_body(("plain",))
    shown = [str(message["Subject"]), text.get_content() if text else "", html.get_content() if html else ""]
    for part in message.walk():
        if part.get_content_type() == "text/calendar":
            for event in Calendar.from_ical(part.get_content()).walk("VEVENT"):
                shown += [str(event.get(name, "")) for name in ("SUMMARY", "DESCRIPTION", "LOCATION")]
    return "\n".join([*shown[:2], *japan.Seen(shown[2].replace("<wbr>", "")).texts, *shown[3:]])
