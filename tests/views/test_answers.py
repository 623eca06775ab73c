"""The answer page: one link, one page, all of it without JavaScript."""

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from shadowing.collecting import availability, goals
from shadowing.collecting.availability import MAYBE, YES
from shadowing.extensions import db
from shadowing.mail import links
from shadowing.matching import spans
from shadowing.models import DatedSpan, FreeTimes, Guest, Person, Round, Stage
from tests import factories
from tests.conftest import SECRET
from tests.factories import MONDAY, NOW, at
from tests.views.conftest import Digest, statements


def my(person: Person, round: Round, path: str = "") -> str:
    return f"/my/{links.sign(SECRET, 'personal', person.id, person.link_version, round.id)}{path}"


@pytest.fixture
def guest(session: Session) -> Guest:
    """Somebody who was asked in a round of two weeks and has not answered."""
    guest = factories.guest(factories.round_(ends_on=MONDAY + timedelta(days=11)), answered_at=None)
    session.commit()
    return guest


def form(guest: Guest, **facts: Any) -> dict[str, Any]:
    wish = factories.department()
    db.session.commit()
    return {
        "wish": [f"d{wish.id}", "", ""],
        "line": "A day",
        "visits": "1",
        "times": "half",
        "half": ["tue-pm"],
    } | facts


def free(guest: Guest) -> list[DatedSpan]:
    given, person = availability.given(guest.person, guest.round), guest.person
    return list(spans.dated(given, person.hours, person.zone, spans.frame_of(guest.round)))


def test_an_answer_is_kept_and_thanked_for(client: FlaskClient, session: Session, guest: Guest) -> None:
    typed = form(guest, half=["tue-pm", "wed-am"], maybe=["wed-am"], off=["2027-01-27"])

    answer = client.post(my(guest.person, guest.round), data=typed)

    assert (answer.status_code, answer.location) == (303, my(guest.person, guest.round, "/thanks"))
    session.expire_all()
    assert (guest.visits, goals.line_of(guest), f"d{guest.goals[0].department_id}") == (1, "A day", typed["wish"][0])
    assert free(guest) == [
        DatedSpan(at(1, 13), at(1, 18), YES),
        DatedSpan(at(2, 9), at(2, 12), MAYBE),
        DatedSpan(at(8, 13), at(8, 18), YES),
    ]


def test_the_thanks_page_says_the_answer_in_words(client: FlaskClient, guest: Guest) -> None:
    client.post(my(guest.person, guest.round), data=form(guest, maybe=["mon-am"]))

    page = client.get(my(guest.person, guest.round, "/thanks")).text

    assert "Thank you. Your answer is in." in page
    assert 'Mon</dt><dd><span class="span">09:00–12:00 (if need be)' in page
    assert 'Tue</dt><dd><span class="span">13:00–18:00</span>' in page


def test_a_guest_says_how_many_half_days_they_give_and_may_take_it_back(
    client: FlaskClient, session: Session, guest: Guest
) -> None:
    address = my(guest.person, guest.round)

    client.post(address, data=form(guest, half_days_most="２"))

    session.expire_all()
    assert guest.half_days_most == 2
    assert "You give 2 half-days at the most." in client.get(f"{address}/thanks").text
    assert 'name="half_days_most" type="number" value="2"' in client.get(address).text
    client.post(address, data=form(guest, half_days_most=""))
    session.expire_all()
    assert guest.half_days_most is None


def test_half_days_that_are_no_number_are_shown_at_their_field_and_nothing_is_lost(
    client: FlaskClient, session: Session, guest: Guest
) -> None:
    answer = client.post(my(guest.person, guest.round), data=form(guest, half_days_most="0", line="髙橋さんの一日 🙂"))

    session.expire_all()
    assert (answer.status_code, guest.answered_at) == (422, None)
    assert "“0” is not a whole number from 1 to 40." in answer.text
    assert 'value="髙橋さんの一日 🙂"' in answer.text


def test_half_hours_are_read_where_that_view_was_chosen(client: FlaskClient, session: Session, guest: Guest) -> None:
    client.post(my(guest.person, guest.round), data=form(guest, times="grid", cell=["mon-1200", "mon-1230-1"]))

    session.expire_all()
    given = FreeTimes(week={"mon-1200": YES, "mon-1230": MAYBE}, by_half_hours=True)
    assert availability.given(guest.person, guest.round) == given


def ticked(page: str, name: str) -> list[str]:
    """What a browser sends of the boxes called *name*, where nobody touched them."""
    boxes = re.findall(rf'<input type="?checkbox"? name="{name}" value="([^"]+)"[^>]* checked>', page)
    assert f'name="{name}"' in page
    return [str(box) for box in boxes]


def changed(page: str, guest: Guest, **facts: Any) -> dict[str, Any]:
    """The form of *page* as a browser sends it, hidden view and all, with *facts* changed by hand."""
    shown = {name: ticked(page, name) for name in ("half", "maybe", "cell")}
    return form(guest, **(shown | facts))


MORNING = tuple(f"mon-{clock}" for clock in ("0900", "0930", "1000", "1030", "1100", "1130"))


@pytest.mark.parametrize(
    ("view", "name", "before"), [("half", "half", ["mon-am", "tue-am"]), ("grid", "cell", list(MORNING))]
)
def test_a_week_that_was_cleared_is_refused_and_the_stored_one_stays(
    client: FlaskClient, session: Session, guest: Guest, view: str, name: str, before: list[str]
) -> None:
    address = my(guest.person, guest.round)
    client.post(address, data=form(guest, times=view, half=[], cell=[]) | {name: before})
    stored = availability.given(guest.person, guest.round)
    page = client.get(address).text

    answer = client.post(address, data=changed(page, guest, times=view, **{name: []}))

    session.expire_all()
    assert ticked(page, "half")
    assert ticked(page, "cell")
    assert (answer.status_code, "Tick at least one half-day" in answer.text) == (422, True)
    assert (bool(stored.week), availability.given(guest.person, guest.round)) == (True, stored)


def test_half_days_that_were_changed_are_exactly_what_is_kept(
    client: FlaskClient, session: Session, guest: Guest
) -> None:
    address = my(guest.person, guest.round)
    client.post(address, data=form(guest, half=["mon-am", "tue-am"]))
    page = client.get(address).text

    client.post(address, data=changed(page, guest, half=["tue-am", "wed-pm"]))

    session.expire_all()
    week = availability.week_of_half_days({"tue-am": YES, "wed-pm": YES}, guest.person)
    assert availability.given(guest.person, guest.round) == FreeTimes(week=week)


def test_half_hours_that_were_changed_are_exactly_what_is_kept(
    client: FlaskClient, session: Session, guest: Guest
) -> None:
    address = my(guest.person, guest.round)
    client.post(address, data=form(guest, half=["mon-am", "tue-am"]))
    page = client.get(address).text

    client.post(address, data=changed(page, guest, times="grid", cell=["wed-1400", "wed-1430-1"]))

    session.expire_all()
    week = {"wed-1400": YES, "wed-1430": MAYBE}
    assert availability.given(guest.person, guest.round) == FreeTimes(week=week, by_half_hours=True)


def test_the_page_shows_again_what_was_answered(client: FlaskClient, guest: Guest) -> None:
    client.post(
        my(guest.person, guest.round), data=form(guest, maybe=["fri-am"], off=["2027-01-19"], line="Pricing & co")
    )

    page = client.get(my(guest.person, guest.round)).text

    assert 'name="half" value="tue-pm" aria-label="Tue p.m." data-free="free" data-maybe="maybe" checked' in page
    assert (
        'name="half" value="fri-am" aria-label="Fri a.m." data-level="1" data-free="free" data-maybe="maybe" checked'
        in page
    )
    assert 'name="maybe" value="fri-am" data-level="1" aria-label="Fri a.m. △" checked' in page
    assert 'name="cell" value="fri-0900-1"' in page
    assert 'value="2027-01-19" checked' in page
    assert 'value="Pricing &amp; co"' in page


@pytest.mark.parametrize("view", ["half", "grid"])
def test_the_page_opens_in_the_view_in_which_it_was_answered(client: FlaskClient, guest: Guest, view: str) -> None:
    morning = [f"tue-{clock}" for clock in ("0900", "0930", "1000", "1030", "1100", "1130")]
    client.post(my(guest.person, guest.round), data=form(guest, times=view, half=["tue-am"], cell=morning))

    page = client.get(my(guest.person, guest.round)).text

    assert f'value="{view}" checked' in page
    assert 'name="half" value="tue-am" aria-label="Tue a.m." data-free="free" data-maybe="maybe" checked' in page
    assert 'name="cell" value="tue-0900" aria-label="Tue 09:00" checked' in page


def test_a_week_replaces_times_that_were_entered_day_by_day(
    client: FlaskClient, session: Session, guest: Guest
) -> None:
    factories.free(guest.round, guest.person, 0, 9, 12)
    session.commit()

    client.post(my(guest.person, guest.round), data=form(guest, half=["tue-am"]))

    page = client.get(my(guest.person, guest.round)).text
    assert "day by day" not in page
    assert [span.starts_at for span in free(guest)] == [at(1, 9), at(8, 9)]


def test_an_answer_writes_one_row_of_times(client: FlaskClient, guest: Guest) -> None:
    every = [f"{day}-{band}" for day in ("mon", "tue", "wed", "thu", "fri") for band in ("am", "pm")]
    client.post(my(guest.person, guest.round), data=form(guest, half=every))
    data = form(guest, half=every[1:])

    with statements() as sent:
        client.post(my(guest.person, guest.round), data=data)

    assert [one.split()[0] for one in sent if "availability" in one and not one.startswith("SELECT")] == ["UPDATE"]


def test_times_entered_day_by_day_are_kept_unless_changed(client: FlaskClient, session: Session, guest: Guest) -> None:
    factories.free(guest.round, guest.person, 0, 9, 12)
    factories.free(guest.round, guest.person, 8, 13, 15)
    factories.free(guest.round, guest.person, 7, 10, 12)
    session.commit()
    page = client.get(my(guest.person, guest.round)).text

    client.post(my(guest.person, guest.round), data=form(guest, times="keep", half=["fri-pm"]))

    assert "Your times were entered day by day." in page
    assert 'value="keep" checked' in page
    assert len(free(guest)) == 3


def test_not_this_time_needs_nothing_else(client: FlaskClient, session: Session, guest: Guest) -> None:
    answer = client.post(my(guest.person, guest.round), data={"skip": "yes", "times": "half"})

    session.expire_all()
    assert (answer.status_code, guest.visits, guest.answered_at is not None) == (303, 0, True)
    assert "You do not take part this time." in client.get(my(guest.person, guest.round, "/thanks")).text


@pytest.mark.parametrize("path", ["/thanks", "/visits"])
def test_a_mail_about_the_plan_is_promised_to_whoever_gets_one(
    client: FlaskClient, session: Session, guest: Guest, path: str
) -> None:
    """Publishing writes to guests who take part, not to who said "not this time" or nothing."""
    page, promise = my(guest.person, guest.round, path), "Once the plan is published, you get a mail"

    silent = client.get(page).text
    client.post(my(guest.person, guest.round), data={"skip": "yes", "times": "half"})
    skipped = client.get(page).text
    client.post(my(guest.person, guest.round), data=form(guest))
    answered = client.get(page).text

    assert (promise in silent, promise in skipped, promise in answered) == (False, False, True)


def test_an_answer_can_be_changed_until_the_pairings_are_made(
    client: FlaskClient, session: Session, guest: Guest
) -> None:
    """HR may make them before the day that is named as the deadline."""
    address = my(guest.person, guest.round)
    client.post(address, data=form(guest))
    promise = "You can change your answer until the pairings are made."

    pages = [client.get(address).text, client.get(f"{address}/thanks").text]
    changed = client.post(address, data=form(guest, line="Another")).status_code
    guest.round.stage = Stage.SOLVING
    session.commit()
    late = client.post(address, data=form(guest))

    assert ([promise in page for page in pages], changed, late.status_code) == ([True, True], 303, 409)
    assert promise not in client.get(f"{address}/thanks").text


def test_without_any_time_the_page_says_so_and_keeps_what_was_typed(client: FlaskClient, guest: Guest) -> None:
    typed = form(guest, half=[], line="Keep me")

    answer = client.post(my(guest.person, guest.round), data=typed)

    assert answer.status_code == 422
    assert "Tick at least one half-day" in answer.text
    assert 'value="Keep me"' in answer.text
    assert f'value="{typed["wish"][0]}" selected' in answer.text


def test_the_own_department_is_refused_on_the_page(client: FlaskClient, session: Session, guest: Guest) -> None:
    answer = client.post(
        my(guest.person, guest.round), data=form(guest, wish=[f"d{guest.person.department_id}"], half=["thu-am"])
    )

    assert answer.status_code == 422
    assert "You cannot visit your own department in this round." in answer.text
    assert 'value="thu-am" aria-label="Thu a.m." data-free="free" data-maybe="maybe" checked' in answer.text
    session.expire_all()
    assert guest.answered_at is None


@pytest.mark.parametrize(("rule", "offered"), [(0, 20), (1, 0), (2, 2)])
def test_the_page_asks_for_as_many_visits_as_may_be_answered(
    client: FlaskClient, guest: Guest, rule: int, offered: int
) -> None:
    guest.round.rules = replace(guest.round.rules, visits_most=rule)
    db.session.commit()

    page = client.get(my(guest.person, guest.round)).text
    answer = client.post(my(guest.person, guest.round), data=form(guest, visits=str(offered or 1)))

    assert page.count('name="visits"') == offered
    assert (answer.status_code, guest.visits) == (303, offered or 1)


@pytest.mark.parametrize("wish", ["d", "dx", "d99999999999999", "x1", "t:", "t:a\0b"])
def test_a_wish_that_the_page_does_not_offer_is_refused(client: FlaskClient, guest: Guest, wish: str) -> None:
    assert client.post(my(guest.person, guest.round), data=form(guest, wish=[wish])).status_code == 422


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"line": "a\0b"}, "“a�b” contains a character that is no text."),
        ({"line": "x" * 301}, "This text has more than 300 characters."),
        ({"visits": "many"}, "“many” is not a whole number from 1 to 20."),
        ({"wishes": "crafted"}, "“crafted” cannot stand here."),
    ],
)
def test_what_cannot_be_kept_is_refused_with_a_sentence(
    client: FlaskClient, guest: Guest, typed: dict[str, Any], sentence: str
) -> None:
    answer = client.post(my(guest.person, guest.round), data=form(guest, **typed))

    assert (answer.status_code, sentence in answer.text) == (422, True)


def test_half_hours_outside_the_working_hours_are_not_kept(client: FlaskClient, guest: Guest) -> None:
    typed = form(guest, times="grid", half=[], cell=["sun-0900", "mon-2300", "xxx"])

    assert client.post(my(guest.person, guest.round), data=typed).status_code == 422


def test_somebody_who_was_not_asked_may_take_part(client: FlaskClient, session: Session, guest: Guest) -> None:
    newcomer = factories.person("newcomer")
    session.commit()

    client.post(my(newcomer, guest.round), data=form(guest))

    assert session.scalars(goals.of(newcomer, guest.round)).one().visits == 1


def last_time(guest: Guest, week: dict[str, int], stage: Stage = Stage.ENDED, **facts: Any) -> Guest:
    """The same person's answer to a round ten weeks before."""
    dates = {"starts_on": MONDAY - timedelta(days=70), "ends_on": MONDAY - timedelta(days=60)}
    before = factories.round_(**dates)
    last = factories.guest(before, guest.person, **{"wishes": (factories.department(),)} | facts)
    availability.give(guest.person, before, FreeTimes(week=week, days_off=(before.starts_on,)), NOW)
    before.stage = stage
    db.session.commit()
    return last


def test_the_same_as_last_time_takes_one_press(client: FlaskClient, session: Session, guest: Guest) -> None:
    last = last_time(guest, {"tue-0900": YES})
    wish = last.goals[0].department_id
    page = client.get(my(guest.person, guest.round)).text

    answer = client.post(my(guest.person, guest.round, "/again"))

    session.expire_all()
    assert ("Same as last time" in page, last.round.title in page, answer.status_code) == (True, True, 303)
    assert [goal.department_id for goal in guest.goals] == [wish]
    assert [span.starts_at for span in free(guest)] == [at(1, 9), at(8, 9)]


@pytest.mark.parametrize("week", [{}, {"sun-0300": YES}], ids=["no times known", "hours of another contract"])
def test_the_same_as_last_time_is_offered_only_where_it_works(
    client: FlaskClient, session: Session, guest: Guest, week: dict[str, int]
) -> None:
    guest.person.hours = "mon-fri 09:00-18:00"
    last_time(guest, week)
    page = client.get(my(guest.person, guest.round)).text

    answer = client.post(my(guest.person, guest.round, "/again"))

    session.expire_all()
    assert ("Same as last time" in page, answer.status_code, guest.answered_at) == (False, 422, None)


def test_the_same_as_last_time_needs_a_wish_that_still_fits(client: FlaskClient, guest: Guest) -> None:
    last_time(guest, {"tue-0900": YES}, wishes=(guest.person.home,))

    assert "Same as last time" not in client.get(my(guest.person, guest.round)).text


@pytest.mark.parametrize("stage", [Stage.COLLECTING, Stage.CANCELLED])
def test_last_time_was_a_round_that_took_place(client: FlaskClient, guest: Guest, stage: Stage) -> None:
    last_time(guest, {"tue-0900": YES}, stage)

    assert "Same as last time" not in client.get(my(guest.person, guest.round)).text


def test_all_that_is_wrong_with_an_answer_is_said_at_once_each_at_its_field(client: FlaskClient, guest: Guest) -> None:
    own = f"d{guest.person.department_id}"

    page = client.post(my(guest.person, guest.round), data=form(guest, wish=[own, own], half=[], line="x" * 301)).text

    problems = re.findall(r'<li><a href="#(\w+)">', page)
    assert sorted(problems) == ["line", "times", "wish"]
    assert page.count('role="alert"') == 1
    assert page.count("You chose the same department or topic twice.") == 2  # in the list, and at the field


def test_a_late_answer_counts_until_the_plan_is_made(client: FlaskClient, session: Session, guest: Guest) -> None:
    guest.round.answers_until = date(2020, 1, 1)
    session.commit()

    page, answer = (
        client.get(my(guest.person, guest.round)),
        client.post(my(guest.person, guest.round), data=form(guest)),
    )

    assert ("The deadline has passed." in page.text, answer.status_code) == (True, 303)


def test_whoever_never_took_part_has_no_last_time(client: FlaskClient, guest: Guest) -> None:
    assert "Same as last time" not in client.get(my(guest.person, guest.round)).text
    assert client.post(my(guest.person, guest.round, "/again")).status_code == 404


def test_closed_answers_are_shown_but_not_changed(client: FlaskClient, session: Session, guest: Guest) -> None:
    guest.round.stage = Stage.SOLVING
    session.commit()

    page, answer = (
        client.get(my(guest.person, guest.round)),
        client.post(my(guest.person, guest.round), data=form(guest)),
    )

    assert "Answers are closed" in page.text
    assert answer.status_code == 409
    session.expire_all()
    assert guest.answered_at is None


@pytest.mark.parametrize("path", ["", "/thanks", "/openings", "/openings/new", "/visits"])
def test_looking_changes_nothing(client: FlaskClient, guest: Guest, digest: Digest, path: str) -> None:
    address, before = my(guest.person, guest.round, path), digest()

    answer = client.get(address)

    assert (answer.status_code, digest()) == (200, before)


@pytest.mark.parametrize("path", ["", "/thanks", "/openings", "/visits"])
def test_a_link_that_was_revoked_opens_nothing(client: FlaskClient, session: Session, guest: Guest, path: str) -> None:
    old = my(guest.person, guest.round, path)
    guest.person.link_version += 1
    session.commit()

    assert client.get(old).status_code == 410
    assert client.get("/my/forged" + path).status_code == 410


@pytest.mark.parametrize("locale", ["ja", "en"])
def test_the_page_speaks_the_persons_language_and_zone(
    client: FlaskClient, session: Session, guest: Guest, locale: str
) -> None:
    guest.person.locale, guest.person.zone = locale, "Asia/Kolkata"
    session.commit()

    page = client.get(my(guest.person, guest.round)).text

    assert f'<html lang="{locale}">' in page
    assert {"ja": "インド時間", "en": "India Time"}[locale] in page
    assert {"ja": "月</th>", "en": "Mon</th>"}[locale] in page


def test_the_page_has_no_inline_script_or_style_and_is_light(client: FlaskClient, guest: Guest) -> None:
    page = client.get(my(guest.person, guest.round)).text
    files = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)

    weight = len(page.encode()) + sum(len(client.get(file, buffered=True).data) for file in files)

    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*src=)", page)
    assert weight < 60_000


def test_more_departments_take_no_more_statements(client: FlaskClient, session: Session, guest: Guest) -> None:
    address, round = my(guest.person, guest.round), guest.round
    session.commit()
    with statements() as few:
        client.get(address)
    for _ in range(5):
        factories.opening(round, topics=["data"])
    session.commit()

    with statements() as many:
        client.get(address)

    assert len(many) == len(few)
