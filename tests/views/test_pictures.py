"""The pictures that pages show, drawn by the server."""

import re
from datetime import timedelta

from flask import Flask, render_template_string
from markupsafe import escape
from sqlalchemy.orm import Session

from shadowing.rounds import answer_days, rounds
from tests import factories
from tests.factories import NOW

IMPORTED = '{% import "pictures.html" as pictures with context %}'


def drawn(app: Flask, call: str, **facts: object) -> str:
    with app.test_request_context(headers={"Accept-Language": "en"}):
        return render_template_string(IMPORTED + "{{ " + call + " }}", **facts)


def cells(row: str) -> list[str]:
    return [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<td.*?</td>", row)]


def test_the_bars_of_a_department_are_as_long_as_its_figures(app: Flask, session: Session) -> None:
    round, home = factories.round_(), factories.department(name="髙橋 & 﨑山’s")
    for _ in range(3):
        factories.guest(round, wishes=(home,))
    factories.slot(factories.opening(round, factories.person(department_=home)), seats=2)

    picture = drawn(app, "pictures.coverage(rows)", rows=rounds.collection(round).departments)

    row = picture.partition(str(escape(home.name)))[2].partition("</tr>")[0]
    bars = dict(re.findall(r'<rect class="(\w+)"[^>]*? width="(\d+)"', row))
    assert cells(row)[1:3] == [bars["guests"], bars["hosts"]] == ["3", "2"]
    assert 'viewBox="0 0 3 18"' in row
    assert cells(row)[4] == "1 seat short"


def test_the_line_of_answers_stays_within_its_box_and_is_said_in_figures(app: Flask, session: Session) -> None:
    round = factories.round_(answers_until=(NOW + timedelta(days=6)).date())
    for days in (0, 2, 2):
        factories.guest(round, asked_at=NOW, answered_at=NOW + timedelta(days=days))
    factories.guest(round, asked_at=NOW, answered_at=None)

    picture = drawn(app, "pictures.answers_over_time(course)", course=answer_days.of(round, NOW + timedelta(days=2)))

    assert '<svg viewBox="0 0 7 4"' in picture
    assert 'role="img" aria-label="3 of 4 people have answered"' in picture
    assert '<polyline class="line" points="0,4 1,3 2,3 3,1"' in picture
    assert cells(picture) == ["1", "1", "2", "3"]


def test_a_company_without_departments_has_a_picture_too(app: Flask, session: Session) -> None:
    assert "<tbody>" in drawn(app, "pictures.coverage([])")
