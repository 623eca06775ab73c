"""A sample company of our own invention: six departments, about 150 people, two rounds behind it and one under review.

The same *now* fills the same company; nobody and nothing in it is real. It also serves the screenshots."""

import random
from datetime import date, datetime, time, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import exists, select

from shadowing.background import jobs
from shadowing.cli import sample_reflections
from shadowing.cli.sample import CARDS, COMPANY_GOAL, DEPARTMENTS, FAMILY, GAINS, GIVEN, LINES, MEETINGS
from shadowing.collecting import availability, dates
from shadowing.company import people, workdays
from shadowing.errors import Refusal
from shadowing.extensions import db
from shadowing.models import (
    Availability,
    CompanyGoal,
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
    PairSentence,
    Person,
    Round,
    Slot,
    Stage,
)

ZONE = "Asia/Tokyo"
TOKYO = ZoneInfo(ZONE)
SOLVE_SECONDS = 60
DAYS_OFF = 0.1  # the share of days
PEOPLE_PER_DESK = 8  # one of so many hosts a desk opening


def fill(now: datetime) -> Round:
    """Write the company, its past, and a solved round."""
    round = company(now)
    jobs.here_and_now(round, SOLVE_SECONDS, 0, lambda job, progress: False, now)
    return round


def company(now: datetime, branches: int = 1) -> Round:
    """The company, its past, and a round whose answers are in; *branches* times as large, for measuring. Refused on a
    database that already holds people."""
    if db.session.scalar(select(exists().where(Person.id.is_not(None)))):
        raise Refusal(
            "The demo needs an empty database, and this one has people in it. Point the service at another one."
        )
    chance = random.Random(9)  # noqa: S311 - a sample, not a secret
    staff = _staff(chance, branches)
    _aims(now)
    monday = _monday(now)
    for number, weeks in ((1, 26), (2, 13)):
        _past_round(f"第{number}回ジョブシャドウイング", monday - timedelta(weeks=weeks), staff, chance, now)
    round = _round("第3回ジョブシャドウイング", monday, now, Stage.COLLECTING)
    _offer(round, staff, chance, now)
    _answer(round, staff, chance, now)
    db.session.flush()
    return round


def _by_department(staff: list[Person]) -> dict[str, list[Person]]:
    found: dict[str, list[Person]] = {}
    for person in staff:
        found.setdefault(person.home.code, []).append(person)
    return found


def _kind(code: str) -> str:
    """Which of the six it is, in whatever branch."""
    return code.partition("-")[0]


def _monday(now: datetime) -> date:
    today = now.astimezone(TOKYO).date()
    return today + timedelta(days=21 - today.weekday())


def _departments(branches: int) -> list[tuple[str, str, int, str, str]]:
    """The six departments, once in each branch."""
    found = list(DEPARTMENTS)
    for branch in range(2, branches + 1):
        found += [
            (f"{code}-{branch}", f"第{branch}{name}", size, goal, card) for code, name, size, goal, card in DEPARTMENTS
        ]
    return found


def _staff(chance: random.Random, branches: int) -> list[Person]:
    rows = _departments(branches)
    families, givens = ([tuple(pair.split()) for pair in names.split(",")] for names in (FAMILY, GIVEN))
    names = chance.sample([(family, given) for family in families for given in givens], sum(row[2] for row in rows))
    staff: list[Person] = []
    for code, name, size, goal, card in rows:
        department = Department(code=code, name=name, goal=goal, card=card, **CARDS[code.partition("-")[0]])
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


def _aims(now: datetime) -> None:
    text, figure = COMPANY_GOAL
    db.session.add(CompanyGoal(text=text, figure=figure, due_on=date(now.year + 2, 3, 31)))
    homes = {row.code: row for row in db.session.scalars(select(Department))}
    for one, other, gained in GAINS:
        low, high = sorted((homes[one].id, homes[other].id))
        db.session.add(PairSentence(department_id=low, other_id=high, text=gained))


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
        closed_days=[day.isoformat() for day in workdays.public(ZONE, monday, monday + timedelta(days=18))],
        coordinator=db.session.scalar(select(Person).where(Person.hr)),
        greeting="となりの部署の仕事を、半日だけ見に行きませんか。",
    )
    db.session.add(round)
    db.session.flush()
    return round


def _offer(round: Round, staff: list[Person], chance: random.Random, now: datetime) -> None:
    for code, members in _by_department(staff).items():
        weekday = chance.choice(("MO", "TU", "WE", "TH", "FR"))
        clock = time(chance.choice((9, 10, 13, 15)), chance.choice((0, 30)))
        regular = _weekly(weekday, clock, 2)
        _opening(
            round,
            now,
            members[0],
            f"{code}-meeting",
            OpeningKind.MEETING,
            MEETINGS[_kind(code)],
            place="会議室A",
            **regular,
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
    dates.lay_out(opening, round, now)
    return opening


def _weekly(weekday: str, clock: time, seats: int) -> dict[str, object]:
    return {
        "weekday": weekday,
        "local_time": clock,
        "zone": ZONE,
        "rrule": "FREQ=WEEKLY",
        "minutes": 60,
        "seats": seats,
    }


def _answer(round: Round, staff: list[Person], chance: random.Random, now: datetime) -> None:
    """Two of three answer; everybody's weeks differ, some half-days are only if need be."""
    asked = now - timedelta(days=10)
    hosting = set(db.session.scalars(select(Host.person_id).join(Opening).where(Opening.round_id == round.id)))
    departments = {row.code: row for row in db.session.scalars(select(Department).order_by(Department.id))}
    others = {code: [row for row in departments if row != code] for code in departments}
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
    popular = [code for code in others if _kind(code) in ("marketing", "office")]
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
    round.asked_at, numbers = people.at(monday - timedelta(days=30), time(9), TOKYO), count()
    for code, *_ in DEPARTMENTS[: 4 + len(title) % 2]:
        host = next(person for person in staff if person.home.code == code)
        regular = _weekly("WE", time(15), 3)
        opening = _opening(round, now, host, f"{code}-meeting", OpeningKind.MEETING, MEETINGS[code], **regular)
        db.session.flush()
        guests = [person for person in staff if person.home.code not in (code, "factory")]
        for slot in db.session.scalars(select(Slot).where(Slot.opening_id == opening.id)):
            for person in chance.sample(guests, 2):
                guests.remove(person)
                _held(round, person, slot, numbers)
    round.published_at = people.at(monday - timedelta(days=5), time(9), TOKYO)


def _held(round: Round, person: Person, slot: Slot, numbers: "count[int]") -> None:
    guest = db.session.scalar(select(Guest).where(Guest.round_id == round.id, Guest.person_id == person.id))
    guest = guest or Guest(round=round, person=person, asked_at=round.asked_at, answered_at=round.asked_at)
    pairing = Pairing(round_id=round.id, guest=guest, slot=slot, status=PairingStatus.HELD, tags=[])
    db.session.add(pairing)
    db.session.flush()
    sample_reflections.write(pairing, numbers)
