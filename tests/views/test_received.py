"""Mails that came in: what HR sees of them, what their owner says of an answer, and how long they are kept."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from shadowing.company import mail_aliases
from shadowing.errors import Refusal
from shadowing.mail import arriving, links
from shadowing.models import (
    FOR_EYES,
    Answer,
    Audit,
    GivenAnswer,
    GivenState,
    Invitation,
    MailAlias,
    MailOutcome,
    Person,
    Received,
    Trust,
)
from shadowing.models.words import MAIL_OUTCOMES
from shadowing.visiting import answers_by_mail
from tests import factories as make
from tests.conftest import SECRET
from tests.factories import NOW, at
from tests.visiting.test_invitations import Visit, of

HARMFUL = "<script>alert('髙')</script> ' \" & {{ 7 * 7 }}"


@pytest.fixture
def visit(session: Session) -> Visit:
    visit = Visit().told()
    session.commit()
    return visit


@pytest.fixture
def invitation(visit: Visit) -> Invitation:
    return of(visit.guest)[0]


def mine(visit: Visit) -> str:
    return "/my/" + links.sign(SECRET, "personal", visit.guest.id, visit.guest.link_version, visit.round.id)


def test_every_outcome_has_words() -> None:
    assert set(MAIL_OUTCOMES) == set(MailOutcome)


@pytest.mark.parametrize("outcome", FOR_EYES)
def test_hr_reads_what_became_of_a_mail_its_words_and_who_it_is_about(
    outcome: MailOutcome, hr: FlaskClient, session: Session, invitation: Invitation
) -> None:
    row = make.received(outcome, invitation=invitation, subject=HARMFUL, text=HARMFUL, sender="o'brien@example.net")
    session.commit()

    listed, shown = hr.get("/received").text, hr.get(f"/received/{row.id}").text

    for page in (listed, shown):
        assert "&lt;script&gt;alert(" in page
        assert "<script>alert(" not in page
        assert str(MAIL_OUTCOMES[outcome]).split("’")[0] in page
    assert "o&#39;brien@example.net" in shown


def test_ordinary_answers_are_not_in_the_list(hr: FlaskClient, session: Session) -> None:
    row = make.received(MailOutcome.ANSWER)
    session.commit()

    assert "No mail waits for you." in hr.get("/received").text
    assert hr.get(f"/received/{row.id}").status_code == 404


def test_the_original_is_handed_out_as_a_file_and_never_shown(hr: FlaskClient, session: Session) -> None:
    raw = b"Content-Type: text/html\r\n\r\n<script>alert(1)</script>\0\xff"
    row = make.received(MailOutcome.HOSTILE, raw=raw)
    session.commit()

    answer = hr.get(f"/received/{row.id}.eml")

    assert (answer.data, answer.mimetype) == (raw, "message/rfc822")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="received-{row.id}.eml"'


def test_what_is_put_aside_is_forgotten_and_waits_no_more(hr: FlaskClient, session: Session, visit: Visit) -> None:
    row = make.received(MailOutcome.FOR_HR, received_at=datetime.now(UTC))
    session.commit()
    assert "Mails to read" in hr.get("/").text

    assert hr.post(f"/received/{row.id}/put-aside").location == "/received"

    session.expire_all()
    kept = session.scalars(select(Received).options(undefer(Received.raw))).one()
    assert (kept.raw, kept.text, kept.seen_by is not None) == (None, "", True)
    assert session.scalars(select(Audit.deed).order_by(Audit.id.desc())).first() == "put_aside"
    assert "Mails to read" not in hr.get("/").text
    assert "出席できません" in hr.get("/received?seen=yes").text
    assert hr.get(f"/received/{row.id}.eml").status_code == 404
    assert "put aside already" in hr.post(f"/received/{row.id}/put-aside").text


def test_after_thirty_days_nothing_of_a_mail_is_left_but_that_it_came(session: Session) -> None:
    old, young = make.received(MailOutcome.FOR_HR), make.received(MailOutcome.FOR_HR, received_at=NOW + timedelta(2))

    arriving.forget(NOW + arriving.KEPT_FOR + timedelta(days=1))
    session.expire_all()

    assert [getattr(old, name) for name in ("raw", "text", "subject", "sender", "recipient")] == [None, "", "", "", ""]
    assert (old.state, young.text != "", young.raw is not None) == (MailOutcome.FOR_HR, True, True)


@pytest.mark.parametrize(
    ("said", "answer", "state"),
    [("yes", Answer.NO, GivenState.OVERTAKEN), ("no", Answer.NONE, GivenState.UNDONE)],
)
def test_whoever_an_answer_is_given_for_says_whether_it_is_theirs(
    said: str,
    answer: Answer,
    state: GivenState,
    client: FlaskClient,
    session: Session,
    visit: Visit,
    invitation: Invitation,
) -> None:
    held = make.held(invitation, comment="急用です")
    mail = make.received(MailOutcome.HELD, invitation=invitation, given=held)
    session.commit()
    assert "Was this answer yours?" in client.get(f"{mine(visit)}/visits").text

    sent = {"mine": said, "day": str(day_of(invitation))}
    client.post(f"{mine(visit)}/held/{held.id}", data=sent)

    session.expire_all()
    assert (invitation.answer, held.state) == (answer, state)
    assert "Was this answer yours?" not in client.get(f"{mine(visit)}/visits").text
    assert (mail.seen_at is not None) is (said == "yes")
    if said == "yes":
        newest = session.scalars(select(GivenAnswer).order_by(GivenAnswer.id.desc())).first()
        assert newest
        assert (newest.trust, newest.state, newest.comment) == (Trust.SURE, GivenState.STANDS, "急用です")
    assert "settled already" in client.post(f"{mine(visit)}/held/{held.id}", data=sent).text


def day_of(invitation: Invitation) -> int:
    return invitation.told.entry.starts_at.astimezone(ZoneInfo(invitation.person.zone)).day


@pytest.mark.parametrize("sent", [{}, {"mine": "yes"}, {"mine": "no"}, {"mine": "yes", "day": "32"}])
def test_a_press_that_a_program_may_have_given_settles_no_answer(
    sent: dict[str, str], client: FlaskClient, session: Session, visit: Visit, invitation: Invitation
) -> None:
    held = make.held(invitation)
    session.commit()

    client.post(f"{mine(visit)}/held/{held.id}", data=sent)

    session.expire_all()
    assert (invitation.answer, held.state) == (Answer.NONE, GivenState.HELD)


def test_nobody_else_settles_an_answer(client: FlaskClient, session: Session, visit: Visit) -> None:
    held = make.held(of(visit.host)[0])
    session.commit()

    assert client.post(f"{mine(visit)}/held/{held.id}", data={"mine": "yes"}).status_code == 404


def test_an_answer_of_a_visit_that_began_is_not_confirmed(session: Session, invitation: Invitation) -> None:
    held = make.held(invitation)

    with pytest.raises(Refusal, match="begun already"):
        answers_by_mail.confirm(held, invitation.slot.starts_at)


def test_beside_a_visit_stand_the_words_the_other_time_and_the_other_person(
    hr: FlaskClient, session: Session, visit: Visit, invitation: Invitation
) -> None:
    row = make.held(invitation, state=GivenState.STANDS, comment=HARMFUL, delegate="deputy@example.org")
    row.other_starts_at, row.other_ends_at, row.visit_at = at(3, 10), at(3, 11), invitation.told.entry.starts_at
    invitation.answer = row.answer
    make.held(of(visit.host)[0])
    session.commit()

    page = hr.get(f"/rounds/{visit.round.id}/run").text

    assert "&lt;script&gt;alert(" in page
    assert "names instead: deputy@example.org" in page
    assert "asks for " in page
    assert "An answer by mail waits until they say that it is theirs: declined." in page


def test_hr_enters_and_removes_other_addresses_of_a_person(hr: FlaskClient, session: Session, visit: Visit) -> None:
    page = f"/people/{visit.guest.id}/addresses"

    hr.post(page, data={"address": "Other.Name@Example.com"})
    assert session.scalars(select(MailAlias.address)).all() == ["other.name@example.com"]
    assert "other.name@example.com" in hr.get(page).text

    hr.post(f"{page}/remove", data={"alias": str(session.scalars(select(MailAlias.id)).one())})
    session.expire_all()
    assert session.scalars(select(MailAlias)).all() == []


def test_an_address_belongs_to_one_person(session: Session, visit: Visit) -> None:
    by = session.get_one(Person, visit.host.id)
    mail_aliases.add(visit.guest, "other@example.com", by, NOW)

    for address in ("OTHER@example.com", visit.host.email.upper()):
        with pytest.raises(Refusal, match="belongs to somebody already"):
            mail_aliases.add(visit.host, address, by, NOW)
