"""The pictures that pages show, drawn by the server."""

from datetime import timedelta
from xml.etree import ElementTree

from flask import Flask, render_template_string
from sqlalchemy.orm import Session

from shadowing.rounds import answer_days, rounds
from tests import factories
from tests.factories import NOW

SVG = "{http://www.w3.org/2000/svg}"


def drawn(app: Flask, call: str, **facts: object) -> ElementTree.Element:
    with app.test_request_context(headers={"Accept-Language": "en"}):
        page = render_template_string(
            '{% import "pictures.html" as pictures with context %}{{ ' + call + " }}", **facts
        )
    return ElementTree.fromstring(
        "<div>" + page.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ') + "</div>"
    )


def test_the_bars_of_a_department_are_as_long_as_its_figures(app: Flask, session: Session) -> None:
    round, home = factories.round_(), factories.department(name="髙橋 & 﨑山’s")
    for _ in range(3):
        factories.guest(round, wishes=(home,))
    factories.slot(factories.opening(round, factories.person(department_=home)), seats=2)

    picture = drawn(app, "pictures.coverage(rows)", rows=rounds.collection(round).departments)

    row = next(row for row in picture.iter("tr") if "髙橋 & 﨑山’s" in "".join(row.itertext()))
    cells = ["".join(cell.itertext()).strip() for cell in row.iter("td")]
    bars = {bar.get("class"): bar.get("width") for bar in row.iter(f"{SVG}rect")}
    assert cells[1:3] == [bars["guests"], bars["hosts"]] == ["3", "2"]
    assert cells[4] == "1 seat short"


def test_the_line_of_answers_stays_within_its_box_and_is_said_in_figures(app: Flask, session: Session) -> None:
    round = factories.round_(answers_until=(NOW + timedelta(days=6)).date())
    for days in (0, 2, 2):
        factories.guest(round, asked_at=NOW, answered_at=NOW + timedelta(days=days))
    factories.guest(round, asked_at=NOW, answered_at=None)

    picture = drawn(app, "pictures.answers_over_time(course)", course=answer_days.of(round, NOW + timedelta(days=2)))

    svg = next(picture.iter(f"{SVG}svg"))
    points = [point.split(",") for line in picture.iter(f"{SVG}polyline") for point in line.get("points", "").split()]
    assert svg.get("viewBox") == "0 0 7 4"
    assert svg.get("aria-label") == "3 of 4 people have answered"
    assert [int(y) for _, y in points] == [4, 3, 3, 1]
    assert [["".join(cell.itertext()) for cell in row][1:] for row in picture.iter("tr")][1:] == [
        ["1", "1"],
        ["2", "3"],
    ]


def test_a_company_without_departments_has_a_picture_too(app: Flask, session: Session) -> None:
    assert drawn(app, "pictures.coverage([])").find(".//tbody") is not None
