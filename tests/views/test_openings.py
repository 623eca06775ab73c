"""The pages of a host: offer an opening, change it, take it back."""

import re
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from shadowing.collecting import dates, hosting, openings
from shadowing.models import Consent, Opening, Participation, Person, Round, Stage
from tests import factories
from tests.factories import at
from tests.views.conftest import Digest, statements
from tests.views.test_answers import my

MEETING = {
    "kind": "meeting",
    "title": "Sales meeting",
    "repeat": "FREQ=WEEKLY",
    "first_on": "2027-01-19",
    "local_time": "10:00",
    "zone": "Asia/Tokyo",
    "minutes": "60",
    "seats": "2",
}


@pytest.fixture
def host(session: Session) -> Person:
    host = factories.person("host")
    session.commit()
    return host


@pytest.fixture
def round(session: Session) -> Round:
    round = factories.round_()
    session.commit()
    return round


def offered(session: Session, host: Person, round: Round) -> list[Opening]:
    session.expire_all()
    return list(session.scalars(openings.of(host, round)))


def test_a_weekly_meeting_is_offered_with_one_form(
    client: FlaskClient, session: Session, host: Person, round: Round
) -> None:
    answer = client.post(my(host, round, "/openings/new"), data=MEETING | {"topics": "pricing、 data, pricing"})

    [opening] = offered(session, host, round)
    assert (answer.status_code, answer.location) == (303, my(host, round, "/openings"))
    assert [slot.starts_at for slot in opening.slots] == [at(1, 10), at(8, 10), at(15, 10), at(22, 10)]
    assert (opening.title, opening.topics, opening.department_id) == (
        "Sales meeting",
        ["pricing", "data"],
        host.department_id,
    )


def test_a_desk_is_offered_for_any_free_time(client: FlaskClient, session: Session, host: Person, round: Round) -> None:
    typed = MEETING | {"kind": "desk", "repeat": "flexible", "first_on": "", "local_time": "", "most_per_week": "2"}

    client.post(my(host, round, "/openings/new"), data=typed)

    [opening] = offered(session, host, round)
    assert (opening.flexible, opening.most_per_week, opening.slots) == (True, 2, [])
    assert "You have not said yet when you are free" in client.get(my(host, round, "/openings")).text


def test_a_ride_along_asks_for_the_customers_word(
    client: FlaskClient, session: Session, host: Person, round: Round
) -> None:
    typed = MEETING | {"kind": "ride_along", "repeat": "once", "travel_minutes": "45"}

    refused = client.post(my(host, round, "/openings/new"), data=typed)
    client.post(my(host, round, "/openings/new"), data=typed | {"customer_consent": "asked"})

    [opening] = offered(session, host, round)
    assert (refused.status_code, "has agreed" in refused.text) == (422, True)
    assert (opening.starts_at, opening.customer_consent, opening.travel_minutes) == (at(1, 10), Consent.ASKED, 45)


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"minutes": "5"}, "“5” is not a whole number from 15 to 480."),
        ({"seats": "0"}, "“0” is not a whole number from 1 to 1000."),
        ({"minutes": ""}, "This must not be empty."),
        ({"local_time": "soon"}, "“soon” is not a time of day. Write it like 09:30."),
        ({"first_on": ""}, "Give the first date."),
        ({"local_time": ""}, "Give the time at which it begins."),
        ({"first_on": "2027-06-01"}, "None of its dates lies within the round"),
        ({"zone": "Asia/Atlantis"}, "There is no time zone “Asia/Atlantis”."),
        ({"repeat": "FREQ=YEARLY"}, "is no rule that we know"),
        ({"title": "a\0b"}, "“a�b” contains a character that is no text."),
        ({"title": "x" * 201}, "This text has more than 200 characters."),
        ({"topics": "a,b,c,d,e,f,g,h,i,j,k"}, "At most 10 topics can be named."),
        ({"kind": "picnic"}, "“picnic” is not one of: desk, meeting, ride_along, workshop, team."),
    ],
)
def test_a_mistake_is_named_and_nothing_typed_is_lost(
    client: FlaskClient, session: Session, host: Person, round: Round, facts: dict[str, Any], sentence: str
) -> None:
    answer = client.post(my(host, round, "/openings/new"), data=MEETING | {"place": "Room 7"} | facts)

    assert (answer.status_code, sentence in answer.text, 'value="Room 7"' in answer.text) == (422, True, True)
    assert offered(session, host, round) == []


FIELDS = r'<li><a href="#(\w+)">'


@pytest.mark.parametrize(
    ("facts", "wrong"),
    [
        (
            {"kind": "ride_along", "repeat": "once", "first_on": "", "local_time": "", "seats": "x", "minutes": "5"},
            ["customer_consent", "first_on", "local_time", "seats", "minutes"],
        ),
        ({"first_on": "2027-06-01", "zone": "x", "title": "a\0b"}, ["title", "first_on", "zone"]),
        ({"first_on": "x", "minutes": ""}, ["first_on", "minutes"]),
        ({"kind": "ride_along", "repeat": "flexible", "first_on": "", "seats": "0"}, ["customer_consent", "seats"]),
    ],
)
def test_all_that_is_wrong_is_said_at_once_each_at_its_field_and_the_first_has_the_focus(
    client: FlaskClient, session: Session, host: Person, round: Round, facts: dict[str, Any], wrong: list[str]
) -> None:
    page = client.post(my(host, round, "/openings/new"), data=MEETING | facts).text

    assert re.findall(FIELDS, page) == wrong
    assert [name for name in wrong if f'id="{name}-error"' in page] == wrong
    assert page.count(" autofocus") == 1
    assert re.search(rf'<input[^>]* name="{wrong[0]}"[^>]* autofocus', page)


@pytest.mark.parametrize("repeat", ["once", "FREQ=WEEKLY"])
def test_an_hour_that_the_clocks_skip_is_refused(
    client: FlaskClient, session: Session, host: Person, round: Round, repeat: str
) -> None:
    round.starts_on, round.ends_on = date(2027, 3, 15), date(2027, 4, 9)
    session.commit()
    typed = {"repeat": repeat, "zone": "Europe/Berlin", "first_on": "2027-03-28", "local_time": "2:30"}

    answer = client.post(my(host, round, "/openings/new"), data=MEETING | typed)

    assert answer.status_code == 422
    assert "In Europe/Berlin the clocks skip “2027-03-28 02:30”." in answer.text
    assert offered(session, host, round) == []


def test_of_an_hour_that_comes_twice_the_first_is_taken(
    client: FlaskClient, session: Session, host: Person, round: Round
) -> None:
    round.starts_on, round.ends_on = date(2027, 10, 18), date(2027, 11, 12)
    session.commit()
    typed = {"repeat": "once", "zone": "Europe/Berlin", "first_on": "2027/10/31", "local_time": "２:３０"}

    client.post(my(host, round, "/openings/new"), data=MEETING | typed)

    assert [opening.starts_at for opening in offered(session, host, round)] == [
        datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    ]


def test_the_form_of_a_change_shows_what_is_offered_now(
    client: FlaskClient, session: Session, host: Person, round: Round
) -> None:
    client.post(my(host, round, "/openings/new"), data=MEETING)
    [opening] = offered(session, host, round)

    page = client.get(my(host, round, f"/openings/{opening.id}/edit")).text

    assert 'value="2027-01-19"' in page
    assert 'value="10:00"' in page
    assert 'value="FREQ=WEEKLY" checked' in page


def test_a_change_moves_the_dates(client: FlaskClient, session: Session, host: Person, round: Round) -> None:
    client.post(my(host, round, "/openings/new"), data=MEETING)
    [opening] = offered(session, host, round)

    client.post(my(host, round, f"/openings/{opening.id}/edit"), data=MEETING | {"repeat": "once", "seats": "1"})

    [opening] = offered(session, host, round)
    assert [(slot.starts_at, slot.seats) for slot in opening.slots] == [(at(1, 10), 1)]


def test_an_imported_rule_survives_a_change(client: FlaskClient, session: Session, host: Person, round: Round) -> None:
    opening = factories.opening(
        round,
        host,
        starts_at=None,
        weekday="WE",
        local_time=time(9),
        zone="Asia/Tokyo",
        rrule="FREQ=MONTHLY;BYDAY=3WE",
    )
    dates.lay_out(opening, round, factories.NOW)
    session.commit()
    page = client.get(my(host, round, f"/openings/{opening.id}/edit")).text

    client.post(
        my(host, round, f"/openings/{opening.id}/edit"),
        data=MEETING | {"repeat": "FREQ=MONTHLY;BYDAY=3WE", "first_on": "2027-01-20", "local_time": "11:00"},
    )

    assert 'value="FREQ=MONTHLY;BYDAY=3WE" checked' in page
    assert [slot.starts_at for slot in offered(session, host, round)[0].slots] == [at(2, 11)]


@pytest.mark.parametrize(
    ("rule", "shown", "days"),
    [
        ("FREQ=WEEKLY;BYDAY=MO,WE", "FREQ=WEEKLY;BYDAY=MO,WE", [0, 2, 7, 9, 14, 16, 21, 23]),
        ("FREQ=WEEKLY;BYDAY=WE,MO", "FREQ=WEEKLY;BYDAY=WE,MO", [0, 2, 7, 9, 14, 16, 21, 23]),
        ("FREQ=WEEKLY;BYDAY=MO;UNTIL=20270130", "FREQ=WEEKLY;BYDAY=MO;UNTIL=20270130", [0, 7]),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", "FREQ=WEEKLY;INTERVAL=2", [0, 14]),
        ("FREQ=WEEKLY;BYDAY=MO", "FREQ=WEEKLY", [0, 7, 14, 21]),
    ],
)
def test_a_rule_saved_untouched_keeps_its_dates(
    client: FlaskClient, session: Session, host: Person, round: Round, rule: str, shown: str, days: list[int]
) -> None:
    facts = {"weekday": "MO", "local_time": time(10), "zone": "Asia/Tokyo", "rrule": rule, "first_on": factories.MONDAY}
    opening = factories.opening(round, host, starts_at=None, **facts)
    dates.lay_out(opening, round, factories.NOW)
    session.commit()
    edit = my(host, round, f"/openings/{opening.id}/edit")
    page = client.get(edit).text
    [repeat] = re.findall('name="repeat" value="([^"]*)" checked', page)
    [first_on] = re.findall('name="first_on" type="date" value="([^"]*)"', page)

    answer = client.post(edit, data=MEETING | {"repeat": repeat, "first_on": first_on})

    [saved] = offered(session, host, round)
    assert (answer.status_code, repeat, saved.rrule) == (303, shown, shown)
    assert [slot.starts_at for slot in saved.slots] == [at(day, 10) for day in days]


def test_an_opening_is_withdrawn_by_a_button(client: FlaskClient, session: Session, host: Person, round: Round) -> None:
    client.post(my(host, round, "/openings/new"), data=MEETING)
    [opening] = offered(session, host, round)

    answer = client.post(my(host, round, f"/openings/{opening.id}/withdraw"))

    assert (answer.status_code, offered(session, host, round)) == (303, [])


def test_withdrawing_twice_is_the_same_as_once_and_the_way_back_is_named(
    client: FlaskClient, session: Session, host: Person, round: Round
) -> None:
    client.post(my(host, round, "/openings/new"), data=MEETING)
    [opening] = offered(session, host, round)
    id, title = opening.id, opening.title

    answers = [client.post(my(host, round, f"/openings/{id}/withdraw")) for _ in range(2)]
    edit = client.get(my(host, round, f"/openings/{id}/edit")).text
    refused = client.post(my(host, round, f"/openings/{id}/edit"), data=MEETING)

    assert [answer.status_code for answer in answers] == [303, 303]
    assert f"“{title}” was withdrawn." in edit
    assert my(host, round, "/openings") in edit
    assert refused.status_code == 422


def test_the_openings_of_others_are_out_of_reach(
    client: FlaskClient, session: Session, host: Person, round: Round, digest: Digest
) -> None:
    other = factories.opening(round, factories.person("other"))
    session.commit()
    before, id = digest(), other.id

    answers = [
        client.get(my(host, round, f"/openings/{id}/edit")),
        client.post(my(host, round, f"/openings/{id}/edit"), data=MEETING),
        client.post(my(host, round, f"/openings/{id}/withdraw")),
    ]

    assert ([answer.status_code for answer in answers], digest()) == ([404, 404, 404], before)


def test_nothing_can_be_offered_once_answers_are_closed(
    client: FlaskClient, session: Session, host: Person, round: Round
) -> None:
    round.stage = Stage.REVIEWING
    session.commit()

    answer = client.post(my(host, round, "/openings/new"), data=MEETING)

    assert (answer.status_code, offered(session, host, round)) == (409, [])
    assert "/openings/new" not in client.get(my(host, round, "/openings")).text


def test_more_openings_take_no_more_statements(
    client: FlaskClient, session: Session, host: Person, round: Round
) -> None:
    address = my(host, round, "/openings")
    client.post(my(host, round, "/openings/new"), data=MEETING)
    session.commit()
    with statements() as few:
        client.get(address)
    for title in ("Second", "Third"):
        client.post(my(host, round, "/openings/new"), data=MEETING | {"title": title})

    with statements() as many:
        client.get(address)

    assert len(many) == len(few)


DESK = {
    "kind": "desk",
    "title": "A day at 髙﨑’s desk",
    "repeat": "flexible",
    "zone": "Asia/Tokyo",
    "minutes": "60",
    "seats": "1",
}


def test_a_host_of_what_has_no_fixed_time_sets_a_limit_and_takes_it_back(
    client: FlaskClient, session: Session, host: Person, round: Round
) -> None:
    mine = my(host, round, "/openings")
    client.post(f"{mine}/new", data=DESK)

    answer = client.post(f"{mine}/limit", data={"half_days_most": "３"})

    assert (answer.status_code, answer.location, hosting.given(host, round)) == (303, mine, 3)
    assert 'name="half_days_most" type="number" value="3"' in client.get(mine).text
    client.post(f"{mine}/limit", data={"half_days_most": ""})
    assert hosting.given(host, round) is None


def test_a_limit_that_is_no_number_is_shown_at_its_field_and_the_old_one_stays(
    client: FlaskClient, session: Session, host: Person, round: Round
) -> None:
    mine = my(host, round, "/openings")
    client.post(f"{mine}/new", data=DESK)
    client.post(f"{mine}/limit", data={"half_days_most": "2"})

    answer = client.post(f"{mine}/limit", data={"half_days_most": "many"})

    assert (answer.status_code, hosting.given(host, round)) == (422, 2)
    assert '<p class="error" id="half_days_most-error">“many” is not a whole number from 1 to 40.</p>' in answer.text
    assert 'value="many"' in answer.text


def test_who_offers_only_fixed_dates_is_asked_for_no_limit_and_once_closed_it_can_only_be_read(
    client: FlaskClient, session: Session, host: Person, round: Round
) -> None:
    mine = my(host, round, "/openings")
    client.post(f"{mine}/new", data=MEETING)
    fixed = client.get(mine).text
    client.post(f"{mine}/new", data=DESK)
    client.post(f"{mine}/limit", data={"half_days_most": "2"})
    round.stage = Stage.REVIEWING
    session.commit()

    closed = client.get(mine).text
    answer = client.post(f"{mine}/limit", data={"half_days_most": "5"})

    assert "half_days_most" not in fixed
    assert ("You have visitors on 2 half-days at the most." in closed, "half_days_most" in closed) == (True, False)
    assert (answer.status_code, hosting.given(host, round)) == (409, 2)


def test_a_host_says_that_guests_take_part_and_a_form_without_it_keeps_that(
    client: FlaskClient, session: Session, host: Person, round: Round
) -> None:
    mine = my(host, round, "/openings")

    client.post(f"{mine}/new", data=DESK | {"participation": "take_part"})
    [opening] = offered(session, host, round)
    client.post(f"{mine}/{opening.id}/edit", data=DESK | {"title": "Packing with us 📦"})

    [opening] = offered(session, host, round)
    assert (opening.title, opening.participation) == ("Packing with us 📦", Participation.TAKE_PART)
    assert "Guests take part and do something themselves" in client.get(mine).text
    client.post(f"{mine}/{opening.id}/edit", data=DESK | {"participation": "observe"})
    assert "Guests take part" not in client.get(mine).text


def test_what_guests_do_is_one_of_two_things(client: FlaskClient, session: Session, host: Person, round: Round) -> None:
    answer = client.post(
        my(host, round, "/openings/new"), data=DESK | {"participation": "sleep", "title": "髙橋’s desk"}
    )

    assert (answer.status_code, offered(session, host, round)) == (422, [])
    assert 'id="participation-error"' in answer.text
    assert "髙橋’s desk" in answer.text
