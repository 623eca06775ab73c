"""A program that opens every link of a mail and sends every form behind it, with its cookies, says no for nobody."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.models import Answer, AnswerWay, GivenAnswer, GivenState, Invitation, OpeningKind, Role
from tests import factories
from tests.long import Portion
from tests.robots import Mailed, Robot, firm, mailed


@pytest.fixture
def app(app: Flask) -> Flask:
    app.config["WTF_CSRF_ENABLED"] = True
    return app


@pytest.mark.long(slices=20, count=50, sample=20)
def test_no_robot_declines_proposes_or_takes_a_no_back(app: Flask, session: Session, portion: Portion) -> None:
    sent = set[str]()

    def wrong(number: int) -> object:
        mail = mailed(number)
        before, robot = firm(), Robot(app.test_client())
        robot.run(mail.link)
        sent.update(path.rpartition("/")[2] for path in robot.sent)
        after = firm()
        return None if before == after else (mail, before, after)

    assert portion.failing(wrong) == {}
    assert {"decline", "another-time", "undo", "answer"} <= sent


def test_no_robot_says_what_a_customer_said_or_whose_an_answer_is(app: Flask, session: Session) -> None:
    mail, invitation = next(ride_alongs(session))
    held = factories.held(invitation)
    session.commit()
    robot = Robot(app.test_client())

    robot.run(mail.link.partition("/visits")[0] + "/visits")

    session.expire_all()
    assert {"consent", str(held.id)} <= {path.rpartition("/")[2] for path in robot.sent}
    assert (invitation.slot.opening.customer_consent, held.state) == (None, GivenState.HELD)


def ride_alongs(session: Session) -> Iterator[tuple[Mailed, Invitation]]:
    """Mails to hosts of ride-alongs who have not answered yet."""
    for number in range(100):
        mail = mailed(number)
        invitation = session.get_one(Invitation, mail.invitation_id)
        ride = invitation.slot.opening.kind is OpeningKind.RIDE_ALONG
        if ride and invitation.role is Role.HOST and mail.before is Answer.NONE:
            yield mail, invitation


def test_a_yes_of_a_robot_is_kept_as_given_on_the_page_and_taken_back_in_one_press(
    app: Flask, session: Session
) -> None:
    mail = next(one for one in map(mailed, range(100)) if one.before is Answer.NONE)
    robot = Robot(app.test_client())

    robot.run(mail.link)

    given = list(session.scalars(select(GivenAnswer).where(GivenAnswer.invitation_id == mail.invitation_id)))
    assert {(one.way, one.answer) for one in given} == {(AnswerWay.PAGE, Answer.YES)}
    invitation = session.get_one(Invitation, mail.invitation_id)
    undone = f"{mail.link.partition('/visits')[0]}/visits/{mail.invitation_id}/undo"
    if invitation.answer is Answer.YES:
        app.config["WTF_CSRF_ENABLED"] = False
        assert app.test_client().post(undone).status_code == 303
    session.expire_all()
    assert invitation.answer is Answer.NONE
    assert {one.state for one in given} == {GivenState.UNDONE}
