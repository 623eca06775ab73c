"""No page leads to itself or into nothing: what an error page's button and the switch of languages lead to."""

import io
import re

import pytest
from flask.testing import FlaskClient

HEADER = "person_id,family_name,given_name,kana,email,department_id\n"


def button(page: str) -> str:
    found = re.search(r'<a class="button[^"]*" href="([^"]*)"', page)
    return found[1] if found else ""


def switch(page: str) -> str:
    found = re.search(r'<input type="hidden" name="back" value="([^"]*)"', page)
    return found[1] if found else ""


@pytest.mark.parametrize(
    ("address", "above"),
    [
        ("/people/4711", "/people"),
        ("/people/4711/edit", "/people"),
        ("/departments/4711/edit", "/departments"),
        ("/rounds/4711/collect", "/"),
    ],
)
def test_what_is_not_there_leads_to_the_page_above(hr: FlaskClient, address: str, above: str) -> None:
    answer = hr.get(address)

    assert (answer.status_code, button(answer.text)) == (404, above)


@pytest.mark.parametrize(
    ("address", "above"),
    [("/people/import/check", "/people/import"), ("/people/7/let-go", "/people/7"), ("/rounds/7/delete", "/rounds/7")],
)
def test_the_address_of_a_button_leads_to_the_page_it_stands_on(hr: FlaskClient, address: str, above: str) -> None:
    answer = hr.get(address)

    assert (answer.status_code, button(answer.text)) == (405, above)


def test_the_language_can_be_switched_on_a_page_that_a_button_led_to(hr: FlaskClient) -> None:
    people = io.BytesIO((HEADER + "e1,青木,太郎,,taro@example.org,sales\n").encode())
    files = {"people": (people, "people.csv")}
    page = hr.post("/people/import/check", data=files, content_type="multipart/form-data").text

    assert hr.get(switch(page)).status_code == 200
