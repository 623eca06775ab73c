"""A company with a plan that is ready to be published, and in whose round everything happens that can happen after that."""

from datetime import UTC, date, datetime, time, timedelta

from shadowing.extensions import db
from shadowing.models import (
    Consent,
    Department,
    Guest,
    OpeningKind,
    Person,
    Round,
    Rsvp,
    SignIn,
    Slot,
    Stage,
)
from shadowing.rules import RoundRules
from shadowing.views import auth
from tests import factories
from tests.faults import world
from tests.journeys.site import COOKIE

TITLE = "冬のジョブシャドウイング ❄"
DAILY = "mon-sun 08:00-20:00"
"""So that tomorrow is a working day, whenever the story is told."""
MEETING, SPARE, WORKSHOP = "𠮷例: 開発定例", "開発部の朝会", "決算の見方"
RIDE, SALES_SPARE = "お客様訪問への同行", "営業部の朝会"
CUSTOMER = "株式会社 髙島屋﨑"
KATO, KIMURA, SHIMIZU, WANG = "加藤 舞", "木村 翔", "清水 亮", "王 小明"
ABE, INOUE = "髙橋 由美子", "﨑山 葵"
KOBAYASHI, MORI, TAKAHASHI, ITO, SATO = "小林 咲", "森 O’Brien", "高橋 優", "伊藤 健", "佐藤 凛"
ADDRESSES = {
    name: f"{code}@example.org"
    for name, code in {
        KATO: "kato",
        KIMURA: "kimura",
        SHIMIZU: "shimizu",
        WANG: "wang",
        ABE: "takahashi-y",
        INOUE: "sakiyama",
        KOBAYASHI: "kobayashi",
        MORI: "mori",
        TAKAHASHI: "takahashi-m",
        ITO: "ito",
        SATO: "sato",
    }.items()
}


def tomorrow() -> date:
    return world.today() + timedelta(days=1)


def tomorrow_at(hour: int) -> datetime:
    return datetime.combine(tomorrow(), time(hour), world.TOKYO).astimezone(UTC)


def fill(language: str) -> None:
    """Of six guests one has no visit. Two visits are tomorrow, all others five weeks from now; two openings stand empty."""
    sales, develop, office = (factories.department(name=name) for name in ("営業部", "開発部", "管理部"))
    hr = somebody("鈴木 花子", office, language, hr=True)
    now = datetime.now(UTC)
    dates = {"starts_on": tomorrow(), "ends_on": world.monday() + timedelta(days=18), "answers_until": world.today()}
    round = factories.round_(
        title=TITLE,
        coordinator=hr,
        asked_at=now,
        stage=Stage.REVIEWING,
        rsvp=Rsvp.ASK,
        **dates,
        rules=RoundRules(notice_days=0),
    )
    lead, other = somebody(KOBAYASHI, develop, language), somebody(MORI, develop, language)
    clerk, seller, third = (
        somebody(TAKAHASHI, office, language),
        somebody(ITO, sales, language),
        somebody(SATO, sales, language),
    )
    meeting = offered(round, lead, MEETING, tomorrow_at(15), 2)
    offered(round, other, SPARE, tomorrow_at(17), 2)
    workshop = offered(round, clerk, WORKSHOP, world.at(1, 10), 2, kind=OpeningKind.WORKSHOP)
    customer = {"customer_consent": Consent.ASKED, "place": CUSTOMER, "travel_minutes": 30}
    ride = offered(round, seller, RIDE, world.at(2, 13), 1, kind=OpeningKind.RIDE_ALONG, **customer)
    offered(round, third, SALES_SPARE, world.at(3, 10), 1)
    for name, home, wish, slot in (
        (KATO, sales, develop, meeting),
        (KIMURA, office, develop, meeting),
        (SHIMIZU, develop, office, workshop),
        (WANG, sales, office, workshop),
        (INOUE, develop, sales, ride),
    ):
        factories.pairing(wishing(round, somebody(name, home, language), wish), slot)
    wishing(round, somebody(ABE, sales, language), office)
    db.session.add(SignIn(person=hr, hash=auth.digest(COOKIE), began_at=now, ends_at=now + timedelta(days=1)))
    db.session.commit()


def somebody(name: str, department: Department, language: str, **facts: object) -> Person:
    family, _, given = name.partition(" ")
    address = ADDRESSES.get(name, "hr@example.org")
    names = {"family_name": family, "given_name": given, "display_name": name, "own_hours": DAILY}
    return factories.person(address.partition("@")[0], department, email=address, locale=language, **names | facts)


def offered(round: Round, host: Person, title: str, at: datetime, seats: int, **facts: object) -> Slot:
    known = {"kind": OpeningKind.MEETING, "title": title, "seats": seats, "starts_at": at}
    return factories.slot(factories.opening(round, host, **known | facts))


def wishing(round: Round, person: Person, wish: Department) -> Guest:
    """Free all day whenever there is a visit."""
    for day in (tomorrow_at(8), *(world.at(day, 8) for day in range(5))):
        factories.free_at(round, person, day, day + timedelta(hours=11))
    return factories.guest(round, person, (wish,))
