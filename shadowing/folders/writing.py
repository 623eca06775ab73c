"""A round is written out as a folder. Reading it again gives the same folder; the same plan gives the same bytes."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from shadowing.company import exclusions
from shadowing.extensions import db
from shadowing.folders import spreadsheets
from shadowing.folders.reading import ROUND
from shadowing.i18n import N_
from shadowing.mail import reasons
from shadowing.mail.reasons import Translate
from shadowing.matching import board, busy, spans
from shadowing.models import Availability, Department, Exclusion, Goal, Guest, Opening, PastPairing, Person, Round

LEVELS = {2: "yes", 1: "maybe"}
Rows = list[tuple[str, ...]]
NO_PLAN = N_("The pairings of this round have not been made yet.")


def export(round: Round, folder: Path, exclusions: bool = False, translate: Translate = str) -> None:
    """*translate* is for the reasons of those without a visit. Exclusions are private: only when asked for."""
    folder.mkdir(parents=True, exist_ok=True)
    codes = {person.id: person.code for person in _people(round)}
    (folder / ROUND).write_text(_toml(round, codes), encoding="utf-8", newline="\n")
    for name, (header, rows) in _files(round, codes, translate).items():
        (folder / f"{name}.csv").write_bytes(spreadsheets.write(header, rows))
    if exclusions:
        (folder / "exclusions.csv").write_bytes(spreadsheets.write(EXCLUSION, _exclusions(round, codes)))


def _files(round: Round, codes: dict[int, str], translate: Translate) -> dict[str, tuple[Sequence[str], Rows]]:
    homes = {department.id: department.code for department in db.session.scalars(select(Department))}
    return {
        "departments": (DEPARTMENT, _departments()),
        "people": (PERSON, [_person(person, codes) for person in _people(round)]),
        "openings": (OPENING, _openings(round, codes)),
        "guests": (("person_id", "visits", "half_days_most", "note", "surprise"), _guests(round)),
        "goals": (("person_id", "rank", "department_id", "topic", "text"), _goals(round, homes)),
        "availability": (("person_id", "starts_at", "ends_at", "level"), _availability(round)),
        "history": (("round", "guest_id", "host_ids", "department_id"), _history(round, codes, homes)),
        "pairings": (PAIRING, _pairings(round)),
        "unmatched": (("person_id", "reason", "remedy"), _unmatched(round, translate)),
    }


DEPARTMENT = (
    *("department_id", "name", "short_name", "parent_id", "goal", "kpi", "card", "problem", "wish_known", "words"),
    *("seated_least", "away_most", "hours", "closed_days"),
)
PERSON = (
    *("person_id", "family_name", "given_name", "kana", "display_name", "email", "department_id", "manager_id"),
    *("site", "zone", "locale", "roles", "hours", "may"),
)
OPENING = (
    *("opening_id", "host_ids", "department_id", "kind", "title", "topics", "starts_at", "weekday", "local_time", "tz"),
    *("rrule", "first_on", "duration_min", "seats", "most_per_week", "site", "travel_min", "customer_consent", "note"),
    *("place", "preparation", "confidential", "participation"),
)
EXCLUSION = ("person_id", "other_id", "ends_on")
PAIRING = ("guest_id", "opening_id", "starts_at", "ends_at", "host_ids", "status", "reason")


def _people(round: Round) -> list[Person]:
    """Who is here, and who has left but is named in the round."""
    named = set(db.session.scalars(select(Guest.person_id).where(Guest.round_id == round.id)))
    named |= set(db.session.scalars(select(Availability.person_id).where(Availability.round_id == round.id)))
    named |= {host.person_id for opening in _offered(round) for host in opening.hosts}
    for past in db.session.scalars(select(PastPairing).where(PastPairing.round_id == round.id)):
        named |= {past.guest_id, past.host_id}
    known = db.session.scalars(select(Person).options(selectinload(Person.department)).order_by(Person.code))
    return [person for person in known if person.left_at is None or person.id in named]


def _departments() -> Rows:
    rows = list(db.session.scalars(select(Department).order_by(Department.code)))
    codes = {it.id: it.code for it in rows}
    return [
        (
            *(it.code, it.name, it.short_name, codes.get(it.parent_id or 0, "")),
            *(it.goal, it.kpi, it.card, it.problem, it.wish_known, it.words),
            *(_said(it.seated_least), _said(it.away_most), it.hours, ";".join(it.closed_days)),
        )
        for it in rows
    ]


def _person(person: Person, codes: dict[int, str]) -> tuple[str, ...]:
    roles = [role for role, given in (("hr", person.hr), ("lead", person.lead)) if given]
    names = (person.family_name, person.given_name, person.kana, person.display_name)
    home = person.department.code if person.department else ""
    place = (home, codes.get(person.manager_id or 0, ""), person.site, person.zone, person.locale)
    return (person.code, *names, person.email, *place, ";".join(roles), person.own_hours or "", ";".join(person.may))


def _offered(round: Round) -> list[Opening]:
    rows = select(Opening).where(Opening.round_id == round.id, Opening.withdrawn_at.is_(None)).order_by(Opening.code)
    return list(db.session.scalars(rows.options(selectinload(Opening.hosts), selectinload(Opening.department))))


def _openings(round: Round, codes: dict[int, str]) -> Rows:
    return [_opening(opening, ZoneInfo(round.zone), codes) for opening in _offered(round)]


def _opening(opening: Opening, zone: ZoneInfo, codes: dict[int, str]) -> tuple[str, ...]:
    hosts = ";".join(codes[host.person_id] for host in opening.hosts)
    starts = "flexible" if opening.flexible else _said(opening.starts_at and opening.starts_at.astimezone(zone))
    clock = opening.local_time.isoformat("minutes") if opening.local_time else ""
    rule = (opening.weekday or "", clock, (opening.zone or "") if opening.weekday else "", opening.rrule)
    size = (opening.minutes, opening.seats, opening.most_per_week)
    more = (opening.site, opening.travel_minutes, opening.customer_consent, opening.note, opening.place)
    return (
        *(opening.code, hosts, opening.department.code, opening.kind, opening.title, ";".join(opening.topics), starts),
        *(*rule, _said(opening.first_on), *map(_said, size), *map(_said, more)),
        *(opening.preparation, "yes" if opening.confidential else "no", opening.participation),
    )


def _said(value: date | str | int | None) -> str:
    """As text that a folder reads back; a moment keeps the zone it is given in."""
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(value)


def _guests(round: Round) -> Rows:
    """Who has answered: a folder's guests are taken in as people who have."""
    rows = (
        select(Guest)
        .where(Guest.round_id == round.id, Guest.answered_at.is_not(None))
        .join(Guest.person)
        .order_by(Person.code)
    )
    found = db.session.scalars(rows.options(selectinload(Guest.person)))
    return [
        (it.person.code, str(it.visits), _said(it.half_days_most), it.note, "yes" if it.surprise else "no")
        for it in found
    ]


def _goals(round: Round, homes: dict[int, str]) -> Rows:
    columns = (Person.code, Goal.rank, Goal.department_id, Goal.topic, Goal.text)
    answered = (Guest.round_id == round.id, Guest.answered_at.is_not(None))
    query = select(*columns).join_from(Goal, Guest).join(Person).where(*answered)
    rows = db.session.execute(query.order_by(Person.code, Goal.rank))
    return [(code, str(rank), homes.get(home or 0, ""), topic or "", text) for code, rank, home, topic, text in rows]


def _availability(round: Round) -> Rows:
    zone, frame = ZoneInfo(round.zone), spans.frame_of(round)
    query = select(Person.id, Person.code, Availability.given, Person.hours, Person.zone).join_from(
        Availability, Person
    )
    found = db.session.execute(query.where(Availability.round_id == round.id).order_by(Person.code))
    away = busy.of(round)
    return [
        (code, _said(span.starts_at.astimezone(zone)), _said(span.ends_at.astimezone(zone)), LEVELS[span.level])
        for id, code, given, hours, where in found
        for span in sorted(busy.less(spans.dated(given, hours, where, frame), away.get(id, ())))
    ]


def _history(round: Round, codes: dict[int, str], homes: dict[int, str]) -> Rows:
    hosts: dict[tuple[int, str, str, str], list[str]] = defaultdict(list)
    for past in db.session.scalars(select(PastPairing).where(PastPairing.round_id == round.id)):
        visit = (past.position, past.past_round, codes[past.guest_id], homes.get(past.department_id or 0, ""))
        hosts[visit].append(codes[past.host_id])
    return [(name, guest, ";".join(sorted(who)), home) for (_, name, guest, home), who in sorted(hosts.items())]


def _exclusions(round: Round, codes: dict[int, str]) -> Rows:
    """Those that hold in the round."""
    found = list(db.session.scalars(select(Exclusion).where(exclusions.in_force(round.starts_on))))
    rows = [(*sorted((codes.get(it.person_id, ""), codes.get(it.other_id, ""))), _said(it.ends_on)) for it in found]
    return sorted(row for row in rows if row[0])


def _pairings(round: Round) -> Rows:
    zone = ZoneInfo(round.zone)
    rows = [
        (
            pairing.guest.person.code,
            pairing.slot.opening.code,
            _said(pairing.slot.starts_at.astimezone(zone)),
            _said(pairing.slot.ends_at.astimezone(zone)),
            ";".join(host.person.code for host in pairing.slot.opening.hosts),
            pairing.status.value,
            ";".join(pairing.tags),
        )
        for pairing in db.session.scalars(board.seated(round))
    ]
    return sorted(rows)


def _unmatched(round: Round, translate: Translate) -> Rows:
    return sorted(_without(guest, translate) for guest in db.session.scalars(board.unmatched(round)))


def _without(guest: Guest, translate: Translate) -> tuple[str, str, str]:
    if guest.reason is None:
        return guest.person.code, translate(NO_PLAN), ""
    why, remedy = reasons.why(guest.reason.code, translate), reasons.remedy(guest.reason.remedy, translate)
    return guest.person.code, why, remedy


def _toml(round: Round, codes: dict[int, str]) -> str:
    facts: dict[str, object] = {
        "title": round.title,
        "from": round.starts_on,
        "to": round.ends_on,
        "zone": round.zone,
        "rsvp": round.rsvp.value,
        "closed_days": [date.fromisoformat(day) for day in round.closed_days],
        "answers_until": round.answers_until,
        "greeting": round.greeting,
        "coordinator": codes.get(round.coordinator_id or 0, ""),
    }
    lines = [*_lines(facts), "", "[rules]", *_lines(asdict(round.rules))]
    return "\n".join(lines) + "\n"


def _lines(facts: Mapping[str, object]) -> Iterable[str]:
    return [f"{key} = {_value(value)}" for key, value in facts.items() if value != ""]


def _value(value: object) -> str:
    """TOML's basic strings are JSON's, but for DEL, which must not stand bare."""
    if isinstance(value, list):
        return f"[{', '.join(_value(item) for item in value)}]"
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
