"""Small rounds that can be published, and small folders, all in the weeks after today: processes read the real clock."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import select

from shadowing.extensions import db
from shadowing.models import (
    Guest,
    Host,
    Letter,
    Opening,
    OpeningKind,
    Pairing,
    PairingStatus,
    Person,
    Round,
    SignIn,
    Slot,
    Stage,
    WhyUnmatched,
)
from shadowing.models.facts import VisitFacts
from shadowing.views import auth
from tests import factories

TOKYO = ZoneInfo("Asia/Tokyo")
COOKIE = "the cookie of HR"


def today() -> date:
    return datetime.now(TOKYO).date()


def monday() -> date:
    """Five weeks from now: beyond every notice and deadline."""
    return today() + timedelta(days=35 - today().weekday())


def at(day: int, hour: int) -> datetime:
    """Day 0 is that Monday; the clock is Tokyo's."""
    return datetime.combine(monday() + timedelta(days=day), time(hour), TOKYO).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Small:
    """The ids of a round, and what HR's browser would send to publish it."""

    round: int
    form: dict[str, str]


def hr(code: str = "hanako") -> Person:
    """Somebody of HR, signed in with COOKIE."""
    person = factories.person(code, hr=True)
    now = datetime.now(UTC)
    known = {"hash": auth.digest(COOKIE), "began_at": now, "ends_at": now + timedelta(hours=10)}
    db.session.add(SignIn(person_id=person.id, **known))
    return person


def a_round(**facts: object) -> Round:
    dates = {"starts_on": monday(), "ends_on": monday() + timedelta(days=18), "answers_until": today() + timedelta(7)}
    return factories.round_(**{"title": "Small round"} | dates | facts)


def small_round(guests: int = 6) -> Small:
    """Under review: the guests sit in three openings of two hosts, all but the last one, who got nothing."""
    round = a_round(stage=Stage.REVIEWING, coordinator=hr())
    sales, market = factories.department("sales"), factories.department("market")
    hosts = [factories.person(f"host{number}", market) for number in (1, 2)]
    shapes = [
        (hosts[0], OpeningKind.MEETING, 1, 2),
        (hosts[1], OpeningKind.WORKSHOP, 2, 2),
        (hosts[1], OpeningKind.DESK, 3, 1),
    ]
    slots = [offered(round, host, kind, day, seats) for host, kind, day, seats in shapes]
    for number in range(guests):
        guest = factories.guest(round, factories.person(f"guest{number}", sales), wishes=(market,))
        free(round, guest.person, 1, 2, 3)
        if number < guests - 1:
            factories.pairing(guest, slots[number // 2])
        else:
            guest.reason = WhyUnmatched(code="no_free_time", remedy="enter_free_time", facts={})
    free(round, hosts[1], 3)
    db.session.commit()
    stamp = datetime.now(UTC).replace(microsecond=0).isoformat()
    return Small(round.id, {"version": str(round.version), "stamp": stamp})


def offered(round: Round, host: Person, kind: OpeningKind, day: int, seats: int) -> Slot:
    desk = kind is OpeningKind.DESK
    fixed = {"starts_at": None if desk else at(day, 10), "flexible": desk, "seats": seats}
    return factories.slot(factories.opening(round, host, kind=kind, **fixed), at(day, 10))


def free(round: Round, person: Person, *days: int) -> None:
    for day in days:
        factories.free_at(round, person, at(day, 9), at(day, 13))


Told = tuple[str, str, str]


def due_letters(round: Round) -> Counter[Told]:
    """What publishing must tell, from the pairings alone: (person, kind, start) for each guest, each host once for a slot,
    and each guest who got nothing."""
    standing = select(Pairing).where(Pairing.round_id == round.id, Pairing.status != PairingStatus.DROPPED)
    seated = list(db.session.scalars(standing))
    told = Counter((pairing.guest.person.code, "request", start(pairing.slot)) for pairing in seated)
    hosts = select(Host).join(Opening).where(Opening.round_id == round.id)
    for host in db.session.scalars(hosts):
        for slot in {pairing.slot for pairing in seated if pairing.slot.opening_id == host.opening_id}:
            told[host.person.code, "request", start(slot)] += 1
    happy = {pairing.guest_id for pairing in seated}
    for guest in db.session.scalars(select(Guest).where(Guest.round_id == round.id, Guest.id.not_in(happy))):
        told[guest.person.code, "unmatched", ""] += 1
    return told


def start(slot: Slot) -> str:
    return slot.starts_at.isoformat()


def written_letters(round: Round) -> Counter[Told]:
    letters = db.session.scalars(select(Letter).where(Letter.round_id == round.id))
    return Counter((letter.person.code, letter.kind.value, told_start(letter)) for letter in letters)


def told_start(letter: Letter) -> str:
    facts = letter.facts
    return facts.revision.entry.starts_at.isoformat() if isinstance(facts, VisitFacts) else ""


def folder(path: Path) -> Path:
    """A round folder of six guests, three openings and two hosts."""
    path.mkdir()
    first, last = monday(), monday() + timedelta(days=18)
    free = f"{monday() + timedelta(days=1)}T09:00+09:00,{monday() + timedelta(days=1)}T13:00+09:00,yes"
    guests = [f"G{number}" for number in range(6)]
    texts = {
        "round.toml": f'title = "Folder"\nfrom = {first}\nto = {last}\nzone = "Asia/Tokyo"\n',
        "departments.csv": "department_id,name\nsales,営業部\nmarket,総務部\n",
        "people.csv": "person_id,display_name,email,department_id,locale\n"
        + "".join(f"{code},Guest {code},{code}@example.org,sales,en\n" for code in guests)
        + "".join(f"{code},Host {code},{code}@example.org,market,ja\n" for code in ("H1", "H2")),
        "openings.csv": "opening_id,host_ids,department_id,kind,title,starts_at,weekday,local_time,tz,rrule,duration_min,seats\n"
        + f"once,H1,market,workshop,Prices,{monday() + timedelta(days=1)}T10:00+09:00,,,,,60,2\n"
        + "weekly,H2,market,meeting,Weekly,,TU,11:00,Asia/Tokyo,FREQ=WEEKLY,60,3\n"
        + "desk,H2,market,desk,Desk,flexible,,,,,120,1\n",
        "guests.csv": "person_id,visits\n" + "".join(f"{code},1\n" for code in guests),
        "goals.csv": "person_id,rank,department_id,text\n" + "".join(f"{code},1,market,prices\n" for code in guests),
        "availability.csv": "person_id,starts_at,ends_at,level\n"
        + "".join(f"{code},{free}\n" for code in [*guests, "H2"]),
    }
    for name, text in texts.items():
        (path / name).write_text(text, encoding="utf-8")
    return path
