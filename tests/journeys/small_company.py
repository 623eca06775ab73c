"""A company of eight with a round that collects answers, in which everything that HR meets at the desk comes up once."""

from datetime import UTC, datetime, timedelta

from shadowing.extensions import db
from shadowing.models import Consent, Department, OpeningKind, Person, SignIn
from shadowing.views import auth
from tests import factories
from tests.faults import world
from tests.journeys.site import COOKIE

TITLE = "秋のジョブシャドウイング"
WRONG, STUBBORN = "kato@old.example.org", "shimizu@example.org"
"""Addresses of guests to which no mail comes through: the first is out of date, the second only for a while."""
MEETING, WORKSHOP, RIDE, SPARE = "開発定例", "決算の見方", "お客様訪問への同行", "開発部の朝会"


def person(family: str, given: str, department: Department, email: str, **facts: object) -> Person:
    names = {"family_name": family, "given_name": given, "display_name": f"{family} {given}"}
    return factories.person(email.partition("@")[0], department, email=email, locale="ja", **names | facts)


def fill() -> None:
    """Two guests have answered and one, Kimura, has not; four seats are offered, one of them at a customer's."""
    sales, develop, office = (factories.department(name=name) for name in ("営業部", "開発部", "管理部"))
    hr = person("鈴木", "花子", office, "hr@example.org", hr=True)
    now = datetime.now(UTC)
    round = world.a_round(title=TITLE, coordinator=hr, asked_at=now)
    lead, clerk = (
        person("小林", "咲", develop, "kobayashi@example.org"),
        person("高橋", "優", office, "takahashi@example.org"),
    )
    seller = person("伊藤", "健", sales, "ito@example.org")
    for host, kind, title, day, hour, facts in (
        (lead, OpeningKind.MEETING, MEETING, 1, 10, {}),
        (clerk, OpeningKind.WORKSHOP, WORKSHOP, 2, 14, {}),
        (seller, OpeningKind.RIDE_ALONG, RIDE, 3, 13, {"customer_consent": Consent.ASKED}),
        (lead, OpeningKind.MEETING, SPARE, 4, 10, {}),
    ):
        opening = factories.opening(
            round, host, kind=kind, title=title, seats=1, starts_at=world.at(day, hour), **facts
        )
        factories.slot(opening)
    kato, shimizu = person("加藤", "舞", sales, WRONG), person("清水", "亮", develop, STUBBORN)
    for guest, wishes in ((kato, (develop, office)), (shimizu, (sales,))):
        factories.guest(round, guest, wishes, asked_at=now, answered_at=now)
        for day in range(1, 5):
            factories.free_at(round, guest, world.at(day, 9), world.at(day, 18))
    factories.guest(round, person("木村", "翔", sales, "kimura@example.org"), asked_at=now, answered_at=None)
    db.session.add(SignIn(person=hr, hash=auth.digest(COOKIE), began_at=now, ends_at=now + timedelta(days=1)))
    db.session.commit()
