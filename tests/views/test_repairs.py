"""The pages on which HR enters a drop-out, sees what is proposed, and takes it in one press."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.background import jobs
from shadowing.extensions import db
from shadowing.mail.letters import Sender
from shadowing.matching import asked_repairs
from shadowing.models import (
    Job,
    Letter,
    LetterState,
    LostTime,
    Pairing,
    PairingStatus,
    RepairLimits,
    RepairState,
    Round,
    Stage,
)
from shadowing.visiting import invitations
from tests import factories as make
from tests.conftest import SECRET
from tests.views.conftest import Digest

SENDER = Sender(secret=SECRET, mail_from="shadowing@example.org", public_url="http://localhost:8000", company="")

ALWAYS = "mon-sun 00:00-24:00"


class Coming:
    """A round that runs now: 髙橋 hosts one guest in five days, and another host has a seat in twelve."""

    def __init__(self) -> None:
        self.first = datetime.now(UTC).replace(hour=3, minute=0, second=0, microsecond=0) + timedelta(days=5)
        day = self.first.date()
        self.round = make.round_(
            stage=Stage.PUBLISHED, starts_on=day - timedelta(days=9), ends_on=day + timedelta(days=20)
        )
        wished = make.department("wished")
        self.host = make.person(department_=wished, display_name="髙橋 <𠮷> O'Neil", hours=ALWAYS)
        self.other = make.person(department_=wished, hours=ALWAYS)
        opening = make.opening(self.round, self.host, starts_at=self.first, site="東京")
        later = make.opening(self.round, self.other, starts_at=self.first + timedelta(days=7), site="大阪")
        self.slot = make.slot(opening)
        make.slot(later)
        seat = make.guest(self.round, make.person(hours=ALWAYS), wishes=(wished,))
        self.guest = seat.person
        for moment in (self.first, self.first + timedelta(days=7)):
            make.free_at(self.round, self.guest, moment - timedelta(hours=2), moment + timedelta(hours=3))
        make.pairing(seat, self.slot, status=PairingStatus.PUBLISHED)
        db.session.flush()
        told = datetime.now(UTC) - timedelta(minutes=5)
        invitations.tell(self.round, told, SENDER, told)
        for letter in db.session.scalars(select(Letter)):
            letter.state, letter.done_at = LetterState.SENT, told
        db.session.commit()

    @property
    def path(self) -> str:
        return f"/rounds/{self.round.id}"


@pytest.fixture
def coming(session: Session) -> Coming:
    return Coming()


def work() -> None:
    for job in db.session.scalars(select(Job).where(Job.done_at.is_(None), Job.key.like("repair:%"))).all():
        job.fence = 1
        db.session.commit()
        assert jobs.run(job, lambda progress: False, datetime.now(UTC))
        db.session.commit()


def lost(hr: FlaskClient, coming: Coming) -> None:
    back = {"host": coming.host.id, "back_on": (coming.first + timedelta(days=2)).date().isoformat()}
    answer = hr.post(f"{coming.path}/drop-outs/ill", data=back)
    assert (answer.status_code, answer.location) == (303, f"{coming.path}/repair")


def buttons(page: str) -> dict[str, str]:
    """The hidden fields of the first proposal."""
    return dict(re.findall(r'name="(repair|proposal)" value="(\d+)"', page)[:2])


def test_what_a_drop_out_breaks_is_counted_before_it_is_entered(
    hr: FlaskClient, coming: Coming, digest: Digest
) -> None:
    before = digest()
    back = (coming.first + timedelta(days=2)).date().isoformat()

    page = hr.get(f"{coming.path}/drop-outs?host={coming.host.id}&back_on={back}").text
    snow = hr.get(f"{coming.path}/drop-outs?first_on={coming.first.date()}&site=東京").text
    elsewhere = hr.get(f"{coming.path}/drop-outs?first_on={coming.first.date()}&site=大阪").text

    assert "1 visit cannot take place" in page
    assert "1 visit cannot take place" in snow
    assert "No visit is concerned." in elsewhere
    assert digest() == before


def test_one_press_takes_the_first_proposal_and_mails_whom_it_names(
    hr: FlaskClient, coming: Coming, session: Session
) -> None:
    lost(hr, coming)
    assert "Places are being looked for." in hr.get(f"{coming.path}/repair").text
    work()
    assert "See the places proposed for 1 guest" in hr.get("/").text

    page = hr.get(f"{coming.path}/repair").text
    assert "Nobody else moves: 1 of 1 with a visit." in page
    assert "3 people get a mail" in page
    answer = hr.post(f"{coming.path}/repair/take", data=buttons(page))

    assert (answer.status_code, answer.location) == (303, f"{coming.path}/run")
    mailed = set(session.scalars(select(Letter.person_id).where(Letter.done_at.is_(None))))
    assert mailed == {coming.host.id, coming.guest.id, coming.other.id}
    assert hr.post(f"{coming.path}/repair/take", data=buttons(page)).status_code == 409


def test_a_proposal_can_be_looked_at_on_the_board_first(hr: FlaskClient, coming: Coming, session: Session) -> None:
    lost(hr, coming)
    work()

    answer = hr.post(f"{coming.path}/repair/take", data=buttons(hr.get(f"{coming.path}/repair").text) | {"look": "yes"})

    assert answer.location == f"{coming.path}/pairings"
    assert "places after visits were lost" in hr.get(f"{coming.path}/pairings").text
    assert session.scalars(select(Letter.id).where(Letter.done_at.is_(None))).all() == []


def test_a_day_is_lost_in_one_press_and_given_back_in_another(
    hr: FlaskClient, coming: Coming, session: Session
) -> None:
    hr.post(f"{coming.path}/drop-outs/days", data={"first_on": coming.first.date().isoformat()})
    session.expire_all()
    assert not session.scalars(select(Pairing)).one().stands

    found = session.scalars(select(LostTime)).one()
    hr.post(f"{coming.path}/drop-outs/take-back", data={"lost": found.id})

    session.expire_all()
    assert session.scalars(select(Pairing)).one().stands


def test_a_deputy_is_named_and_the_mail_of_the_change_is_looked_at(hr: FlaskClient, coming: Coming) -> None:
    deputy = make.person(department_=coming.host.home, hours=ALWAYS)
    db.session.commit()
    form = {"host": coming.host.id, "slot": coming.slot.id}

    unknown = hr.post(f"{coming.path}/drop-outs/deputy", data=form | {"deputy": "nobody at all"})
    answer = hr.post(f"{coming.path}/drop-outs/deputy", data=form | {"deputy": deputy.email})

    assert (unknown.status_code, answer.status_code) == (422, 303)
    assert answer.location == f"{coming.path}/publish"


def test_a_guest_who_would_lose_the_visit_to_a_deputy_is_asked_about_once(
    hr: FlaskClient, coming: Coming, session: Session
) -> None:
    deputy = make.person(department_=coming.host.home, manager_id=coming.guest.id, hours=ALWAYS)
    db.session.commit()
    form = {"host": coming.host.id, "slot": coming.slot.id, "deputy": deputy.email}

    page = hr.post(f"{coming.path}/drop-outs/deputy", data=form)
    assert page.status_code == 422
    assert "1 visit changes by this" in page.text
    seen = re.findall(r'name="seen" value="(\w+)"', page.text)[0]
    answer = hr.post(f"{coming.path}/drop-outs/deputy", data=form | {"seen": seen})

    assert answer.location == f"{coming.path}/repair"
    assert session.scalars(asked_repairs.last_of(coming.round)).one().state is RepairState.WAITING


def test_one_visit_and_another_post_lead_to_the_proposals_too(hr: FlaskClient, coming: Coming) -> None:
    form = {"host": coming.host.id, "slot": coming.slot.id}

    assert hr.post(f"{coming.path}/drop-outs/one-visit", data=form).location == f"{coming.path}/repair"
    assert hr.post(f"{coming.path}/drop-outs/moved", data=form).location == f"{coming.path}/repair"


def test_what_may_happen_by_itself_is_kept_and_given_up_again(
    hr: FlaskClient, coming: Coming, session: Session
) -> None:
    limits = f"{coming.path}/repair/limits"

    wrong = hr.post(limits, data={"people_most": "many", "hours_ahead": "48"})
    hr.post(limits, data={"people_most": "3", "hours_ahead": "48"})
    session.expire_all()
    kept = coming.round.repairs_alone
    hr.post(limits, data={"people_most": "", "hours_ahead": "48"})
    session.expire_all()

    assert wrong.status_code == 422
    assert kept == RepairLimits(people_most=3, hours_ahead=48)
    assert coming.round.repairs_alone is None


def test_a_round_that_is_not_running_says_so(hr: FlaskClient, session: Session) -> None:
    round: Round = make.round_(stage=Stage.REVIEWING)
    session.commit()

    for page in ("repair", "drop-outs"):
        assert "A plan is repaired while its round is running." in hr.get(f"/rounds/{round.id}/{page}").text


def test_put_aside_and_looked_for_anew(hr: FlaskClient, coming: Coming, session: Session) -> None:
    lost(hr, coming)
    work()

    hr.post(f"{coming.path}/repair/put-aside", data=buttons(hr.get(f"{coming.path}/repair").text))
    session.expire_all()
    assert session.scalars(asked_repairs.last_of(coming.round)).one().state is RepairState.PUT_ASIDE
    page = hr.get(f"{coming.path}/repair").text
    assert "Look for places for those without one" in page
    assert hr.post(f"{coming.path}/repair/look").status_code == 303
