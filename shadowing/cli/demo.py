"""A sample company of our own invention: six departments, about 150 people, two rounds behind it and one under review.

The same *now* fills the same company; nobody and nothing in it is real. It also serves the screenshots."""

import random
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import exists, select

from shadowing.background import jobs
from shadowing.collecting import availability, openings
from shadowing.company import people
from shadowing.errors import Refusal
from shadowing.extensions import db
from shadowing.models import (
    Availability,
    Consent,
    Department,
    FreeTimes,
    Goal,
    Guest,
    Host,
    Opening,
    OpeningKind,
    Pairing,
    PairingStatus,
    Person,
    Round,
    Slot,
    Stage,
)
from shadowing.rounds import closed_days

ZONE = "Asia/Tokyo"
TOKYO = ZoneInfo(ZONE)
SOLVE_SECONDS = 60
DAYS_OFF = 0.1  # the share of days
PEOPLE_PER_DESK = 8  # one of so many hosts a desk opening

DEPARTMENTS: tuple[tuple[str, str, int, str, str], ...] = (
    ("sales", "営業部", 42, "既存のお客様の継続率を92％にする", "お客様を訪問し、要望を聞いて提案します。"),
    (
        "marketing",
        "マーケティング部",
        16,
        "問い合わせを月300件にする",
        "市場を調べ、展示会と広告でお客様に知っていただきます。",
    ),
    ("develop", "開発部", 34, "新製品を年2回出す", "センサーと、その値を見せるソフトウェアを作ります。"),
    ("factory", "製造部", 30, "納期遵守率を98％にする", "組み立てと検査をし、期日までに出荷します。"),
    ("support", "カスタマーサポート部", 18, "初回解決率を80％にする", "お客様の困りごとを電話とメールで受けます。"),
    ("office", "管理部", 11, "月次決算を5営業日で締める", "人事・経理・総務を受け持ちます。"),
)

FAMILY = (
    "青山 アオヤマ,秋元 アキモト,浅野 アサノ,飯島 イイジマ,石黒 イシグロ,市川 イチカワ,上原 ウエハラ,"
    "江口 エグチ,大久保 オオクボ,大西 オオニシ,岡本 オカモト,小野寺 オノデラ,片山 カタヤマ,川口 カワグチ,"
    "菊地 キクチ,北村 キタムラ,久保田 クボタ,小池 コイケ,小松 コマツ,坂本 サカモト,桜井 サクライ,"
    "沢田 サワダ,島田 シマダ,杉山 スギヤマ,関口 セキグチ,髙橋 タカハシ,滝沢 タキザワ,竹内 タケウチ,"
    "田村 タムラ,千葉 チバ,土屋 ツチヤ,中島 ナカジマ,永井 ナガイ,西田 ニシダ,野口 ノグチ,橋本 ハシモト,"
    "服部 ハットリ,早川 ハヤカワ,平野 ヒラノ,福島 フクシマ,堀内 ホリウチ,松岡 マツオカ,丸山 マルヤマ,"
    "三浦 ミウラ,宮﨑 ミヤザキ,望月 モチヅキ,矢野 ヤノ,吉川 ヨシカワ,若林 ワカバヤシ,渡辺 ワタナベ"
)
GIVEN = (
    "明 アキラ,彩 アヤ,愛子 アイコ,一郎 イチロウ,恵美 エミ,修 オサム,薫 カオル,一輝 カズキ,和美 カズミ,"
    "健太 ケンタ,桂子 ケイコ,幸一 コウイチ,咲 サキ,聡 サトシ,静香 シズカ,翔太 ショウタ,真一 シンイチ,"
    "涼子 リョウコ,大輔 ダイスケ,千尋 チヒロ,剛 ツヨシ,徹 トオル,直美 ナオミ,夏希 ナツキ,遥 ハルカ,"
    "英樹 ヒデキ,浩子 ヒロコ,史子 フミコ,真由 マユ,学 マナブ,美咲 ミサキ,恵 メグミ,優 ユウ,由紀 ユキ,"
    "陽介 ヨウスケ,玲奈 レナ"
)
MEETINGS = {
    "sales": "営業週次会議",
    "marketing": "企画会議",
    "develop": "スプリントレビュー",
    "factory": "生産会議",
    "support": "お客様の声の会",
    "office": "経営数値の会",
}
LINES = (
    "お客様が何に困っているかを、自分の耳で聞きたい",
    "見積もりがどう決まるのかを見たい",
    "開発の優先順位の付け方を知りたい",
    "現場が一日をどう回しているかを見たい",
    "問い合わせの電話を横で聞いてみたい",
    "数字がどう集まり、どう使われるのかを知りたい",
)


def fill(now: datetime) -> Round:
    """Write the company, its past, and a solved round."""
    round = company(now)
    jobs.here_and_now(round, SOLVE_SECONDS, 0, lambda job, progress: False, now)
    return round


def company(now: datetime) -> Round:
    """The company, its past, and a round whose answers are in. Refused on a database that already holds people."""
    if db.session.scalar(select(exists().where(Person.id.is_not(None)))):
        raise Refusal(
            "The demo needs an empty database, and this one has people in it. Point the service at another one."
        )
    chance = random.Random(9)  # noqa: S311 - a sample, not a secret
    staff = _staff(chance)
    monday = _monday(now)
    for number, weeks in ((1, 26), (2, 13)):
        _past_round(f"第{number}回ジョブシャドウイング", monday - timedelta(weeks=weeks), staff, chance, now)
    round = _round("第3回ジョブシャドウイング", monday, now, Stage.COLLECTING)
    _offer(round, staff, chance, now)
    _answer(round, staff, chance, now)
    db.session.flush()
    return round


def _monday(now: datetime) -> date:
    today = now.astimezone(TOKYO).date()
    return today + timedelta(days=21 - today.weekday())


def _staff(chance: random.Random) -> list[Person]:
    families, givens = ([tuple(pair.split()) for pair in names.split(",")] for names in (FAMILY, GIVEN))
    names = chance.sample(
        [(family, given) for family in families for given in givens], sum(row[2] for row in DEPARTMENTS)
    )
    staff: list[Person] = []
    for code, name, size, goal, card in DEPARTMENTS:
        department = Department(code=code, name=name, goal=goal, card=card)
        db.session.add(department)
        db.session.flush()
        members = [_person(department, len(staff) + place, *names[len(staff) + place]) for place in range(size)]
        for member in members[1:]:
            member.manager_id = members[0].id
        members[0].lead = True
        staff += members
    hr = next(person for person in staff if person.home.code == "office")
    hr.hr, hr.email = True, "hr@example.com"
    people.index(hr)
    return staff


def _person(department: Department, number: int, family: tuple[str, ...], given: tuple[str, ...]) -> Person:
    part_time = number % 12 == 11
    person = Person(
        code=f"S{number + 1:03d}",
        family_name=family[0],
        given_name=given[0],
        kana=f"{family[1]} {given[1]}",
        display_name=f"{family[0]} {given[0]}",
        email=f"s{number + 1:03d}@example.com",
        department=department,
        zone=ZONE,
        locale="en" if number % 25 == 24 else "ja",
        hours="mon-fri 09:00-13:00" if part_time else "mon-fri 09:00-18:00",
    )
    people.index(person)
    db.session.add(person)
    db.session.flush()
    return person


def _round(title: str, monday: date, now: datetime, stage: Stage) -> Round:
    round = Round(
        title=title,
        starts_on=monday,
        ends_on=monday + timedelta(days=18),
        answers_until=monday - timedelta(days=7),
        zone=ZONE,
        stage=stage,
        asked_at=now - timedelta(days=10),
        closed_days=[day.isoformat() for day in closed_days.public(ZONE, monday, monday + timedelta(days=18))],
        coordinator=db.session.scalar(select(Person).where(Person.hr)),
        greeting="となりの部署の仕事を、半日だけ見に行きませんか。",
    )
    db.session.add(round)
    db.session.flush()
    return round


def _offer(round: Round, staff: list[Person], chance: random.Random, now: datetime) -> None:
    for code, *_ in DEPARTMENTS:
        members = [person for person in staff if person.home.code == code]
        weekday = chance.choice(("MO", "TU", "WE", "TH", "FR"))
        clock = time(chance.choice((9, 10, 13, 15)), chance.choice((0, 30)))
        regular = {
            "weekday": weekday,
            "local_time": clock,
            "zone": ZONE,
            "rrule": "FREQ=WEEKLY",
            "minutes": 60,
            "seats": 2,
        }
        _opening(
            round, now, members[0], f"{code}-meeting", OpeningKind.MEETING, MEETINGS[code], place="会議室A", **regular
        )
        for place, host in enumerate(members[1 : 1 + len(members) // PEOPLE_PER_DESK], start=1):
            desk = {"flexible": True, "minutes": 120, "seats": 1 + place % 2, "most_per_week": 2}
            _opening(
                round, now, host, f"{code}-desk-{place}", OpeningKind.DESK, f"{host.family_name}さんの隣で見る", **desk
            )
    sellers = [person for person in staff if person.home.code == "sales"]
    for number in range(12):
        day = round.starts_on + timedelta(days=chance.randrange(3) * 7 + chance.randrange(5))
        begin = people.at(day, time(chance.choice((10, 13, 14))), TOKYO)
        visit = {"starts_at": begin, "minutes": 120, "seats": 1, "travel_minutes": 30, "customer_consent": Consent.YES}
        host = sellers[-1 - number]
        _opening(
            round,
            now,
            host,
            f"ride-{number + 1}",
            OpeningKind.RIDE_ALONG,
            "お客様訪問への同行",
            place="本社1階 受付",
            **visit,
        )


def _opening(
    round: Round, now: datetime, host: Person, code: str, kind: OpeningKind, title: str, **facts: Any
) -> Opening:
    opening = Opening(round=round, code=code, department=host.department, kind=kind, title=title, **facts)
    opening.hosts = [Host(person=host)]
    db.session.add(opening)
    openings.lay_out(opening, round, now)
    return opening


def _answer(round: Round, staff: list[Person], chance: random.Random, now: datetime) -> None:
    """Two of three answer; everybody's weeks differ, some half-days are only if need be."""
    asked = now - timedelta(days=10)
    hosting = set(db.session.scalars(select(Host.person_id).join(Opening).where(Opening.round_id == round.id)))
    others = {code: [row for row, *_ in DEPARTMENTS if row != code] for code, *_ in DEPARTMENTS}
    departments = {row.code: row for row in db.session.scalars(select(Department))}
    for person in staff:
        guest = Guest(round=round, person=person, asked_at=asked)
        db.session.add(guest)
        answers = chance.random() < 0.66
        if answers or person.id in hosting:
            _week(round, person, 0.5 if chance.random() < 0.85 else 0.05, chance)
        if not answers:
            continue
        guest.answered_at = asked + timedelta(hours=chance.randrange(1, 200))
        guest.visits = 2 if chance.random() < 0.2 else 1
        wished = _wishes(others[person.home.code], chance)
        guest.goals = [Goal(rank=rank, department=departments[code]) for rank, code in enumerate(wished, start=1)]
        guest.goals[0].text = chance.choice(LINES)


def _wishes(others: list[str], chance: random.Random) -> list[str]:
    """One to three departments; marketing and the back office are popular beyond their seats."""
    popular = [code for code in others if code in ("marketing", "office")]
    if chance.random() < 0.3:
        return [chance.choice(popular)]
    return chance.sample(others, chance.choice((2, 3)))


def _week(round: Round, person: Person, free: float, chance: random.Random) -> None:
    """*free* is the share of half-days on which the person is free."""
    drawn = {half: chance.random() for half in availability.half_days(person)}
    levels = {half: 1 if share < free / 5 else 2 for half, share in drawn.items() if share < free}
    off = tuple(day for day in availability.days_of(person, round) if chance.random() < DAYS_OFF)
    week = availability.week_of_half_days(levels, person)
    db.session.add(Availability(round_id=round.id, person_id=person.id, given=FreeTimes(week=week, days_off=off)))


def _past_round(title: str, monday: date, staff: list[Person], chance: random.Random, now: datetime) -> None:
    """A round that took place: whoever came sat in on a weekly meeting of another department."""
    round = _round(title, monday, now, Stage.ENDED)
    round.asked_at = people.at(monday - timedelta(days=30), time(9), TOKYO)
    for code, *_ in DEPARTMENTS[: 4 + len(title) % 2]:
        host = next(person for person in staff if person.home.code == code)
        regular = {
            "weekday": "WE",
            "local_time": time(15),
            "zone": ZONE,
            "rrule": "FREQ=WEEKLY",
            "minutes": 60,
            "seats": 3,
        }
        opening = _opening(round, now, host, f"{code}-meeting", OpeningKind.MEETING, MEETINGS[code], **regular)
        db.session.flush()
        guests = [person for person in staff if person.home.code not in (code, "factory")]
        for slot in db.session.scalars(select(Slot).where(Slot.opening_id == opening.id)):
            for person in chance.sample(guests, 2):
                guests.remove(person)
                _held(round, person, slot)
    round.published_at = people.at(monday - timedelta(days=5), time(9), TOKYO)


def _held(round: Round, person: Person, slot: Slot) -> None:
    guest = db.session.scalar(select(Guest).where(Guest.round_id == round.id, Guest.person_id == person.id))
    guest = guest or Guest(round=round, person=person, asked_at=round.asked_at, answered_at=round.asked_at)
    db.session.add(Pairing(round_id=round.id, guest=guest, slot=slot, status=PairingStatus.HELD, tags=[]))
    db.session.flush()
