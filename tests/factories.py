"""Rows with defaults: a test names only what it is about. Each is added and flushed."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any, TypeVar

from shadowing.collecting import availability
from shadowing.company import people
from shadowing.extensions import db, settings
from shadowing.mail import check_ups
from shadowing.models import (
    Answer,
    AnswerWay,
    Availability,
    Base,
    CheckUp,
    DatedSpan,
    Department,
    FreeTimes,
    GivenAnswer,
    GivenState,
    Goal,
    Guest,
    Host,
    Invitation,
    Letter,
    MailOutcome,
    Opening,
    OpeningKind,
    Pairing,
    Person,
    Received,
    Revision,
    Round,
    Slot,
    Stage,
    Trust,
)
from shadowing.models.facts import CheckUpFacts, VisitFacts

NOW = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)
MONDAY = date(2027, 1, 18)
_numbers = count(1)
_turns = count()
Row = TypeVar("Row", bound=Base)
PEOPLE = (
    # family name, given name, reading, display name; two of three have a reading, as in a real list
    ("髙橋", "由美子", "タカハシ ユミコ", "髙橋 由美子"),
    ("O’Brien-Smith", "Seán", "", "Seán O’Brien-Smith"),
    ("﨑山", "葵", "ｻｷﾔﾏ ｱｵｲ", "﨑山 葵"),
    ("𠮷野家", "一", "よしのや はじめ", "𠮷野家 一"),
    ("X", "", "", "X"),
    ("", "", "ヴァン・ゴッホ", 'Vincent "Vin" van Gogh <&amp;>'),
    ("ー", "ー", "ーー", "ーー 🧑🏽‍💻👨‍👩‍👧"),
    ("d'Artagnan", "Charles", "", "Charles d'Artagnan; DROP TABLE person--"),
    ("王", "小明", "Wáng Xiǎomíng", "王 小明 (David, 營業)"),
    ("Ñandú Ærøskøbing " * 5, "Þórbjörg " * 10, "ンダバニンギ" * 33, "Þórbjörg Ñandú Ærøskøbing " * 7),
    ("김", "하나", "キム ハナ", "김하나"),
    ("בן־דוד", "مريم", "", "مريم בן־דוד"),
    ("%_\\", "{{ 7 * 7 }}", "", "100%_\\ {{ 7 * 7 }} %(name)s"),
)
NAMES = ("family_name", "given_name", "kana", "display_name")
"""People who have broken programs: rare letters of their own names, emoji, quotes, marks of other languages and of code,
one letter and the longest."""


def begin(turn: int) -> None:
    """Count from 1 again, and draw people from the *turn*-th on."""
    global _numbers, _turns
    _numbers, _turns = count(1), count(turn)


def _add(row: Row) -> Row:
    db.session.add(row)
    db.session.flush()
    return row


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """Day 0 is Monday, 18 January 2027; the clock is Tokyo's."""
    return datetime(2027, 1, 18, hour, minute, tzinfo=UTC) + timedelta(days=day, hours=-9)


def department(code: str = "", **facts: Any) -> Department:
    code = code or f"d{next(_numbers)}"
    return _add(Department(**{"code": code, "name": f"{code} department"} | facts))


def person(code: str = "", department_: Department | None = None, **facts: Any) -> Person:
    code = code or f"p{next(_numbers)}"
    home = {"department": department_ or department()} if "department_id" not in facts else {}
    row = Person(**{"code": code, "email": f"{code}@example.org", "locale": "en"} | _names(code, facts) | home | facts)
    people.index(row)
    return _add(row)


def _names(code: str, facts: dict[str, Any]) -> dict[str, str]:
    """Those of the next hard person; where a test gives one of the names itself, the others stay plain."""
    if any(name in facts for name in NAMES):
        return {"family_name": "", "given_name": "", "kana": "", "display_name": f"Person {code}"}
    return dict(zip(NAMES, PEOPLE[next(_turns) % len(PEOPLE)], strict=True))


def round_(**facts: Any) -> Round:
    defaults = {
        "title": f"Round {next(_numbers)}",
        "starts_on": MONDAY,
        "ends_on": MONDAY + timedelta(days=25),
        "answers_until": MONDAY - timedelta(days=14),
        "stage": Stage.COLLECTING,
        "late_answers": True,  # pages read the real clock, which may be past the deadline
    }
    return _add(Round(**defaults | facts))


def guest(round: Round, person_: Person | None = None, wishes: tuple[Department, ...] = (), **facts: Any) -> Guest:
    defaults = {"round": round, "person": person_ or person(), "asked_at": NOW, "answered_at": NOW}
    row = Guest(**defaults | facts)
    row.goals = [Goal(rank=rank, department=wish) for rank, wish in enumerate(wishes, start=1)]
    return _add(row)


def free(round: Round, person_: Person, day: int, begin: int, end: int, level: int = 2) -> Availability:
    """A dated span more for *person_*."""
    return free_at(round, person_, at(day, begin), at(day, end), level)


def free_at(round: Round, person_: Person, begin: datetime, end: datetime, level: int = 2) -> Availability:
    row = db.session.scalar(availability.of(person_, round))
    row = row or Availability(round_id=round.id, person_id=person_.id, given=FreeTimes())
    row.given = replace(row.given, spans=(*row.given.spans, DatedSpan(begin, end, level)))
    return _add(row)


def opening(round: Round, *hosts: Person, **facts: Any) -> Opening:
    hosts = hosts or (person(),)
    defaults = {
        "round": round,
        "code": f"o{next(_numbers)}",
        "department_id": hosts[0].department_id,
        "kind": OpeningKind.MEETING,
        "title": "Weekly meeting",
        "minutes": 60,
        "seats": 2,
        "starts_at": at(1, 10),
    }
    row = Opening(**defaults | facts)
    row.hosts = [Host(person=host, position=place) for place, host in enumerate(hosts)]
    return _add(row)


def slot(opening_: Opening, starts_at: datetime | None = None, **facts: Any) -> Slot:
    begin = starts_at or opening_.starts_at or at(1, 10)
    defaults = {
        "opening": opening_,
        "starts_at": begin,
        "ends_at": begin + timedelta(minutes=opening_.minutes),
        "seats": opening_.seats,
    }
    return _add(Slot(**defaults | facts))


def pairing(guest_: Guest, slot_: Slot, **facts: Any) -> Pairing:
    return _add(Pairing(**{"round_id": guest_.round_id, "guest": guest_, "slot": slot_} | facts))


def received(state: MailOutcome, **facts: Any) -> Received:
    """A mail that came in and was read."""
    defaults = {
        "key": f"mail:{next(_numbers)}",
        "state": state,
        "recipient": "shadowing@example.org",
        "sender": "somebody@example.net",
        "subject": "出席できません",
        "text": "12月7日は出席できません。髙橋",
        "raw": b"From: somebody@example.net\r\n\r\nhello\r\n",
        "received_at": NOW,
        "due_at": NOW,
        "done_at": NOW,
    }
    return _add(Received(**defaults | facts))


def check_up(by: Person, **facts: Any) -> CheckUp:
    """Begun at NOW, with its first mail waiting."""
    check = check_ups.begin(by, f"box{next(_numbers)}@example.net", "", settings(), NOW)
    for name, fact in facts.items():
        setattr(check, name, fact)
    return check


def held(invitation: Invitation, answer: Answer = Answer.NO, **facts: Any) -> GivenAnswer:
    """An answer that came by mail from nobody knows whom."""
    said = {"answer": answer, "before": invitation.answer, "way": AnswerWay.MAIL, "trust": Trust.DOUBTED}
    defaults = said | {"state": GivenState.HELD, "sequence": invitation.sequence, "stamp": NOW, "at": NOW}
    return _add(GivenAnswer(**{"invitation": invitation} | defaults | facts))


def revision_of(letter: Letter) -> Revision:
    """What a letter about a visit tells."""
    facts = letter.facts
    assert isinstance(facts, VisitFacts | CheckUpFacts)
    return facts.revision


def reword(letter: Letter, **entry: Any) -> None:
    """Another *entry* in a letter about a visit."""
    facts, revision = letter.facts, revision_of(letter)
    assert isinstance(facts, VisitFacts)
    letter.facts = replace(facts, revision=replace(revision, entry=replace(revision.entry, **entry)))
