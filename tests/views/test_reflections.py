"""What came of a visit, on the pages of its guest, its host and HR."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.models import Audit, Pairing, PairingStatus, Round, Slot
from shadowing.models.reflecting import HostThanks, Reflection
from tests import factories
from tests.views.conftest import statements
from tests.views.test_answers import my
from tests.views.test_outcomes import TODAY, pairing

__all__ = ["pairing"]
WORDS = {"said": "held", "tried": "見積もりの質問", "why_it_worked": "隣に座れた", "share": "host"}


def place(pairing: Pairing, side: str, what: str = "reflection") -> str:
    person = pairing.guest.person if side == "guest" else pairing.slot.opening.hosts[0].person
    return my(person, pairing.guest.round, f"/visits/slots/{pairing.slot_id}/{what}")


def read(client: FlaskClient, pairing: Pairing, side: str) -> str:
    person = pairing.guest.person if side == "guest" else pairing.slot.opening.hosts[0].person
    return client.get(my(person, pairing.guest.round, "/visits/reflections")).text


def test_a_guest_writes_on_one_page_and_the_host_reads_it(client: FlaskClient, pairing: Pairing) -> None:
    asked = client.get(place(pairing, "guest")).text

    answer = client.post(place(pairing, "guest"), data=WORDS | {"walls": "goals"})

    assert "Which walls came down a little?" in asked
    assert answer.status_code == 303
    assert pairing.status is PairingStatus.HELD
    assert "見積もりの質問" in read(client, pairing, "guest")
    assert "見積もりの質問" in read(client, pairing, "host")


def test_what_is_for_its_writer_alone_is_on_no_other_page(client: FlaskClient, pairing: Pairing) -> None:
    client.post(place(pairing, "guest"), data=WORDS | {"share": "me"})

    assert "見積もりの質問" in read(client, pairing, "guest")
    assert "見積もりの質問" not in read(client, pairing, "host")


def test_a_draft_is_kept_and_read_by_nobody(client: FlaskClient, session: Session, pairing: Pairing) -> None:
    client.post(place(pairing, "guest"), data=WORDS | {"do": "keep", "share": "all"})

    session.expire_all()
    assert session.scalars(select(Reflection.sent_at)).all() == [None]
    assert "見積もりの質問" in client.get(place(pairing, "guest")).text
    assert "見積もりの質問" not in read(client, pairing, "host")


def test_why_a_visit_was_not_held_is_read_by_hr_alone(client: FlaskClient, hr: FlaskClient, pairing: Pairing) -> None:
    client.post(place(pairing, "guest"), data={"said": "lost", "why_not_held": "台風のため", "share": "all"})

    assert "台風のため" in hr.get(f"/rounds/{pairing.round_id}/reflections").text
    assert "台風のため" not in read(client, pairing, "host")


def test_the_script_of_the_page_keeps_a_draft_without_a_word(client: FlaskClient, pairing: Pairing) -> None:
    answer = client.post(place(pairing, "guest"), data=WORDS | {"do": "draft"})
    page = client.get(place(pairing, "guest")).text

    assert answer.status_code == 204
    assert "It is kept." not in page
    assert "見積もりの質問" in page


def test_a_form_that_is_sent_as_it_stands_sends_no_draft(
    client: FlaskClient, session: Session, pairing: Pairing
) -> None:
    client.post(place(pairing, "guest"), data=WORDS | {"do": "keep"})
    page = client.get(place(pairing, "guest")).text

    answer = client.post(place(pairing, "guest"), data={name: words for name, words in WORDS.items() if name != "said"})

    assert 'name="said" value="held">' in page
    assert answer.status_code == 422
    assert session.scalars(select(Reflection.sent_at)).all() == [None]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [("late", "more than 30 days ago"), ("moved", "not over yet"), ("off", "does not take place any more")],
)
def test_what_cannot_be_sent_any_more_is_still_on_the_page(
    client: FlaskClient, session: Session, pairing: Pairing, wrong: str, sentence: str
) -> None:
    slot = pairing.slot
    if wrong == "late":
        slot.starts_at, slot.ends_at = slot.starts_at - timedelta(days=31), slot.ends_at - timedelta(days=31)
    elif wrong == "moved":
        slot.ends_at = datetime.now(UTC) + timedelta(days=1)
    else:
        slot.cancelled_at = TODAY
    session.commit()

    answer = client.post(place(pairing, "guest"), data=WORDS)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert "見積もりの質問" in answer.text
    assert session.scalars(select(Reflection)).all() == []


def test_a_host_writes_one_line_which_the_guest_reads(client: FlaskClient, session: Session, pairing: Pairing) -> None:
    asked = client.get(place(pairing, "host")).text
    data = {"pairing": pairing.id, "said": "held", "line": "また来てください", "again": "fewer"}

    answer = client.post(place(pairing, "host", "thanks"), data=data)

    assert "Would you do it again?" in asked
    assert (answer.status_code, session.scalars(select(HostThanks.again)).all()) == (303, ["fewer"])
    assert "また来てください" in read(client, pairing, "guest")


def test_nobody_writes_for_the_other_side(client: FlaskClient, session: Session, pairing: Pairing) -> None:
    as_host = client.post(place(pairing, "host"), data=WORDS)
    as_guest = client.post(place(pairing, "guest", "thanks"), data={"pairing": pairing.id, "said": "held"})

    assert (as_host.status_code, as_guest.status_code) == (404, 404)
    assert session.scalars(select(Reflection)).all() == []


@pytest.mark.parametrize("share", ["me", "host", "boss", "all"])
def test_hr_reads_what_everybody_may_and_no_more(
    client: FlaskClient, hr: FlaskClient, pairing: Pairing, share: str
) -> None:
    client.post(place(pairing, "guest"), data=WORDS | {"share": share})

    page = hr.get(f"/rounds/{pairing.round_id}/reflections").text

    assert ("見積もりの質問" in page) is (share == "all")
    assert "too few to count" in page


def test_hr_releases_a_customers_words(
    client: FlaskClient, hr: FlaskClient, session: Session, pairing: Pairing
) -> None:
    ticked = WORDS | {"share": "all", "customer_said": "納期が大事", "quotable": "yes"}
    client.post(place(pairing, "guest"), data=ticked)
    colleague = factories.person("colleague")
    factories.guest(pairing.guest.round, colleague)
    session.commit()
    theirs = my(colleague, pairing.guest.round, "/visits/reflections")
    before, [id] = client.get(theirs).text, session.scalars(select(Reflection.id)).all()

    hr.post(f"/rounds/{pairing.round_id}/reflections/release", data={"reflection": id})

    assert "見積もりの質問" in before
    assert "納期が大事" not in before
    assert "納期が大事" in client.get(theirs).text


def test_a_release_is_taken_back_and_a_second_press_is_no_other_one(
    client: FlaskClient, hr: FlaskClient, session: Session, pairing: Pairing
) -> None:
    client.post(place(pairing, "guest"), data=WORDS | {"customer_said": "納期が大事", "quotable": "yes"})
    page, [id] = f"/rounds/{pairing.round_id}/reflections", session.scalars(select(Reflection.id)).all()

    for deed, shown in (("release", "Take the release back"), ("withhold", "Release these words")):
        answers = [hr.post(f"{page}/{deed}", data={"reflection": id}) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [303, 303]
        assert shown in hr.get(page).text

    deeds = session.scalars(select(Audit.deed).where(Audit.deed.endswith("_quote")).order_by(Audit.id))
    assert deeds.all() == ["release_quote", "withhold_quote"]
    assert session.scalars(select(Reflection.released_at)).all() == [None]


def test_the_form_says_what_hr_reads_and_what_may_not_be_left_out(client: FlaskClient, pairing: Pairing) -> None:
    shown = client.get(place(pairing, "guest")).text
    label = re.search(r'<label for="tried">(.*?)</label>', shown)

    assert label
    assert "optional" not in label[1]
    for words in (
        "how many have written and what everybody may read",
        "why a visit was not held",
        "that may be quoted",
    ):
        assert words in shown


def test_a_wall_that_there_is_not_is_refused_with_all_that_was_typed(client: FlaskClient, pairing: Pairing) -> None:
    answer = client.post(place(pairing, "guest"), data=WORDS | {"walls": ["goals", "brick"]})

    assert answer.status_code == 422
    assert "見積もりの質問" in answer.text


def test_more_guests_in_one_slot_take_the_host_no_more_statements(
    client: FlaskClient, session: Session, pairing: Pairing
) -> None:
    theirs, round_id, slot_id = place(pairing, "host"), pairing.guest.round_id, pairing.slot_id
    counts: list[int] = []
    for _ in range(3):
        guest = factories.guest(session.get_one(Round, round_id))
        factories.pairing(guest, session.get_one(Slot, slot_id), status=PairingStatus.HELD)
        session.commit()
        session.expunge_all()
        with statements() as sent:
            assert client.get(theirs).status_code == 200
        counts.append(len(sent))

    assert counts[0] == counts[2]


@pytest.mark.parametrize(
    ("again", "seats", "said"), [("fewer", 1, "less often"), ("not_now", 2, "not for now"), ("yes", 2, "")]
)
def test_the_next_opening_begins_with_what_its_host_said(
    client: FlaskClient, session: Session, pairing: Pairing, again: str, seats: int, said: str
) -> None:
    data = {"pairing": pairing.id, "said": "held", "again": again}
    client.post(place(pairing, "host", "thanks"), data=data)
    host = pairing.slot.opening.hosts[0].person
    later = factories.round_(title="Later")
    factories.guest(later, host)
    session.commit()

    page = client.get(my(host, later, "/openings/new?kind=meeting")).text

    assert re.search(rf'name="seats"[^>]*value="{seats}"', page)
    assert said in page


@pytest.mark.parametrize("share", ["me", "host", "boss", "all"])
def test_a_department_reads_who_came_and_what_everybody_may(
    client: FlaskClient, session: Session, pairing: Pairing, share: str
) -> None:
    client.post(place(pairing, "guest"), data=WORDS | {"share": share})
    home = pairing.slot.opening.department
    colleague = factories.person("colleague", home)
    factories.guest(pairing.guest.round, colleague)
    session.commit()

    theirs = client.get(my(colleague, pairing.guest.round, "/visits/department")).text
    of_guest = client.get(my(pairing.guest.person, pairing.guest.round, "/visits/department")).text

    assert "Who came to us" in theirs
    assert ("見積もりの質問" in theirs) is (share == "all")
    assert "Who of us went" in of_guest
    assert "見積もりの質問" not in of_guest


def test_more_reflections_take_no_more_statements(client: FlaskClient, session: Session, pairing: Pairing) -> None:
    round, slot = pairing.guest.round, pairing.slot
    counts: list[int] = []
    host = slot.opening.hosts[0].person
    theirs = my(host, round, "/visits/reflections")
    for _ in range(3):
        held = factories.pairing(factories.guest(round), slot, status=PairingStatus.HELD)
        facts = {"tried": "x", "walls": [], "share": "all", "sent_at": TODAY}
        session.add(Reflection(pairing=held, person=held.guest.person, **facts))
        session.commit()
        round_id, slot_id = round.id, slot.id
        session.expunge_all()
        with statements() as sent:
            client.get(theirs)
        counts.append(len(sent))
        round, slot = session.get_one(Round, round_id), session.get_one(Slot, slot_id)

    assert counts[0] == counts[2]
