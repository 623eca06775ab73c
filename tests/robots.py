"""What programs do with the links of a mail: mail filters open them, and some press every button behind them."""

import random
import re
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urljoin, urlsplit

from flask.testing import FlaskClient
from sqlalchemy import select

from shadowing.extensions import db
from shadowing.mail import text
from shadowing.models import (
    AnotherTime,
    Answer,
    AnswerWhy,
    GivenAnswer,
    GivenState,
    Invitation,
    Letter,
    OpeningKind,
    PairingStatus,
    Rsvp,
    Stage,
    VisitOutcome,
)
from shadowing.visiting import answers, invitations
from tests import factories
from tests.factories import NOW, at
from tests.journeys.browser import Forms
from tests.views.test_visits import SENDER

PAGES_MOST = 60
LINK = re.compile(r"http://localhost:8000(/my/\S+)")
HREF = re.compile(r'<a\b[^>]*\bhref="([^"#]+)"')
BUTTON = re.compile(r'<button\b[^>]*\bname="([^"]+)"[^>]*\bvalue="([^"]+)"')
BEFORE = (Answer.NONE, Answer.NONE, Answer.YES, Answer.NO, "wish")


@dataclass(frozen=True, slots=True)
class Mailed:
    """The link of one mail about one visit, and what was answered before it came."""

    link: str
    invitation_id: int
    before: object


def mailed(number: int) -> Mailed:
    """The mail of the *number*: to a guest or host, an invitation, or the echo of an answer."""
    dice = random.Random(number)  # noqa: S311 # nothing secret
    round = factories.round_(stage=Stage.PUBLISHED, rsvp=dice.choice(list(Rsvp)))
    kind = dice.choice([OpeningKind.MEETING, OpeningKind.RIDE_ALONG, OpeningKind.WORKSHOP])
    opening = factories.opening(
        round, factories.person(), kind=kind, starts_at=at(dice.randrange(5), 9 + dice.randrange(8))
    )
    slot = factories.slot(opening)
    for _ in range(dice.choice([1, 1, 2])):
        factories.pairing(factories.guest(round), slot, status=PairingStatus.PUBLISHED)
    invitations.tell(round, NOW, SENDER, NOW)
    rows = list(db.session.scalars(select(Invitation).where(Invitation.slot_id == slot.id)))
    mine, before = dice.choice(rows), dice.choice(BEFORE)
    answered(mine, before)
    letters = list(
        db.session.scalars(select(Letter).where(Letter.person_id == mine.person_id, Letter.round_id == round.id))
    )
    found = LINK.search(text.write(dice.choice(letters), SENDER).body)
    assert found
    mail = Mailed(found[1].rstrip("."), mine.id, before)
    db.session.commit()
    return mail


def answered(mine: Invitation, before: object) -> None:
    if before is Answer.YES:
        answers.accept(mine, NOW)
    elif before is Answer.NO:
        answers.decline(mine, AnswerWhy.OTHER, "", NOW)
    elif before == "wish":
        answers.propose(mine, AnotherTime(starts_at=at(8, 9), ends_at=at(8, 10)), "", NOW + timedelta(hours=1))


def firm() -> list[tuple[object, ...]]:
    """Every no, every wish for another time that stands, and whatever anybody said of visits that are over."""
    db.session.rollback()
    db.session.expire_all()
    standing = select(GivenAnswer).where(GivenAnswer.state == GivenState.STANDS).order_by(GivenAnswer.id)
    found: list[tuple[object, ...]] = [
        (one.invitation_id, one.answer is Answer.NO, one.other_starts_at)
        for one in db.session.scalars(standing)
        if one.is_no or one.another_time
    ]
    found += [("no", id) for id in db.session.scalars(select(Invitation.id).where(Invitation.answer == Answer.NO))]
    found += [("said", id) for id in db.session.scalars(select(VisitOutcome.id))]
    db.session.rollback()  # SQLite lets nobody write meanwhile
    return found


class Robot:
    """Opens every page that it reaches, asks for each head too, and sends every form as it stands, once by each of its buttons."""

    def __init__(self, client: FlaskClient) -> None:
        self.client, self.opened, self.sent = client, list[str](), list[str]()

    def run(self, link: str) -> None:
        waiting = [link]
        while waiting and len(self.opened) < PAGES_MOST:
            path = waiting.pop(0)
            if path in self.opened:
                continue
            self.opened.append(path)
            self.client.head(path)
            page = self.client.get(path, follow_redirects=True)
            waiting += self._links(page.request.path, page.text)
            if "text/html" in page.content_type:
                waiting += self._press_all(page.request.path, page.text)

    def _press_all(self, path: str, page: str) -> list[str]:
        reached = []
        for form in Forms(page).found:
            buttons = [{}, *({name: value} for name, value in BUTTON.findall(page))]
            action = urljoin(path, form.action or path)
            for pressed in buttons if "/language" not in action else []:
                self.sent.append(action)
                answer = self.client.post(action, data=form.values | pressed)
                reached += [answer.location] if answer.location else []
                reached += self._links(path, answer.text)
        return [one for one in reached if one.startswith("/")]

    def _links(self, path: str, page: str) -> list[str]:
        found = (urljoin(path, link.replace("&amp;", "&")) for link in HREF.findall(page))
        return [one for one in found if one.startswith("/") and not urlsplit(one).netloc]
