"""What HR takes away of a round, and the list of people: tables of names and words, read in part while the workbook is written."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import get_day_names
from sqlalchemy import Select, func, literal, select, union_all
from sqlalchemy.orm import aliased, contains_eager, joinedload, selectinload

from shadowing.collecting import availability, goals
from shadowing.company.hours import DAYS
from shadowing.extensions import db
from shadowing.folders.workbook_files import TakenColumn, TakenTable, WorkbookCell
from shadowing.i18n import N_, Reader
from shadowing.mail import letters, reasons
from shadowing.mail.reasons import Translate
from shadowing.matching import board
from shadowing.models import (
    Availability,
    Consent,
    FreeTimes,
    Goal,
    Guest,
    Host,
    Invitation,
    Opening,
    Pairing,
    Person,
    Round,
    Slot,
    words,
)

AT_ONCE, DATES_MOST = 500, 40
Row = tuple[WorkbookCell, ...]
CONSENTS = {Consent.ASKED: N_("not known yet"), Consent.YES: N_("agreed"), Consent.NO: N_("said no")}
TAGS = {
    "wish_1": N_("First wish"),
    "wish_2": N_("Second wish"),
    "wish_3": N_("Third wish"),
    "topic_wish": N_("Topic wished for"),
    "new_wall": N_("Departments meet for the first time"),
    "maybe": N_("At a time marked “if need be”"),
    "off_hours": N_("Outside the hosts’ hours"),
    "agreed": N_("Time agreed by hand"),
    "by_hand": N_("Placed by hand"),
}
NUMBER, NAME = TakenColumn(N_("Employee number"), 16), TakenColumn(N_("Name"), 20)
DEPARTMENT = TakenColumn(N_("Department"), 20)
DAY, START, END = TakenColumn(N_("Day"), 12), TakenColumn(N_("Start"), 8), TakenColumn(N_("End"), 8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taker:
    """For whom a table is written: their language, and the zone in which its moments are told."""

    reader: Reader
    translate: Translate

    def name(self, person: Person | None) -> str:
        return person.name(self.reader.locale) if person else ""

    def names(self, hosts: list[Host]) -> str:
        return self.reader.listed(self.name(host.person) for host in hosts)

    def moment(self, value: datetime | None) -> datetime | None:
        """As a spreadsheet keeps it, which knows no zones."""
        return value and self.reader.local(value).replace(tzinfo=None, second=0, microsecond=0)

    def times(self, slot: Slot) -> Row:
        begin, end = self.reader.local(slot.starts_at), self.reader.local(slot.ends_at)
        return begin.date(), f"{begin:%H:%M}", f"{end:%H:%M}"

    def yes(self, said: bool) -> str:
        return self.translate(N_("yes")) if said else ""


def people(taker: Taker) -> TakenTable:
    """Everybody who is here, and when somebody leaves or comes back."""
    columns = (
        *(NUMBER, NAME, TakenColumn(N_("Reading"), 22), TakenColumn(N_("Mail address"), 28), DEPARTMENT),
        *(TakenColumn(N_("Manager"), 20), TakenColumn(N_("Site")), TakenColumn(N_("Time zone"), 18)),
        *(TakenColumn(N_("Language")), TakenColumn(N_("Working hours"), 24), TakenColumn(N_("Head of department"), 10)),
        *(TakenColumn(N_("Runs rounds"), 10), TakenColumn(N_("Last day"), 12), TakenColumn(N_("Pauses until"), 12)),
    )
    return TakenTable(name=N_("People"), columns=columns, rows=_people(taker))


def _people(taker: Taker) -> Iterator[Row]:
    boss = aliased(Person)
    found = select(Person, boss).outerjoin(boss, boss.id == Person.manager_id).where(Person.left_at.is_(None))
    found = found.options(joinedload(Person.department)).order_by(Person.sort_key, Person.code)
    for person, above in db.session.execute(found.execution_options(yield_per=AT_ONCE)):
        language = words.LANGUAGES.get(person.locale, person.locale)
        yield (
            *(person.code, taker.name(person), person.kana, person.email, _home(person), taker.name(above)),
            *(person.site, person.zone, taker.translate(language), person.hours, taker.yes(person.lead)),
            *(taker.yes(person.hr), person.last_day, person.away_until),
        )


def openings(round: Round, taker: Taker) -> TakenTable:
    columns = (
        *(TakenColumn(N_("Seat"), 30), TakenColumn(N_("Kind"), 22), DEPARTMENT, TakenColumn(N_("Hosts"), 26)),
        *(TakenColumn(N_("Dates"), 30), TakenColumn(N_("Minutes"), 9), TakenColumn(N_("Seats"), 8)),
        *(TakenColumn(N_("Guests planned"), 10), TakenColumn(N_("Place"), 20), TakenColumn(N_("Customer"), 14)),
        *(TakenColumn(N_("Topics"), 20), TakenColumn(N_("To bring or read"), 30), TakenColumn(N_("Withdrawn"), 10)),
    )
    return TakenTable(name=N_("Openings"), columns=columns, rows=_openings(round, taker))


def _openings(round: Round, taker: Taker) -> Iterator[Row]:
    counted = select(Slot.opening_id, func.count()).join_from(Pairing, Slot).group_by(Slot.opening_id)
    taken = Counter(dict(db.session.execute(counted.where(Pairing.round_id == round.id, Pairing.stands)).all()))
    found = select(Opening).where(Opening.round_id == round.id).order_by(Opening.code)
    found = found.options(
        joinedload(Opening.department), selectinload(Opening.slots), selectinload(Opening.hosts).joinedload(Host.person)
    )
    for one in db.session.scalars(found.execution_options(yield_per=AT_ONCE)):
        consent = CONSENTS[one.customer_consent] if one.customer_consent else ""
        yield (
            *(one.title, taker.translate(words.word(one.kind)), one.department.name, taker.names(one.hosts)),
            *(_dates(one, taker), one.minutes, one.seats, taken[one.id], one.place or one.site),
            *(consent and taker.translate(consent), taker.reader.listed(one.topics), one.preparation),
            taker.yes(one.withdrawn_at is not None),
        )


def _dates(opening: Opening, taker: Taker) -> str:
    if opening.flexible:
        return taker.translate(N_("At any time the host is free"))
    days = [taker.reader.span(slot.starts_at, slot.ends_at) for slot in opening.slots if slot.cancelled_at is None]
    return _cut(days)


def answers(round: Round, taker: Taker) -> TakenTable:
    columns = (
        *(NUMBER, NAME, DEPARTMENT, TakenColumn(N_("Asked"), 18), TakenColumn(N_("Answered"), 18)),
        *(TakenColumn(N_("Visits wanted"), 9), TakenColumn(N_("First wish"), 20), TakenColumn(N_("Second wish"), 20)),
        *(TakenColumn(N_("Third wish"), 20), TakenColumn(N_("Any department"), 10), TakenColumn(N_("To see"), 40)),
        *(TakenColumn(N_("Free"), 40), TakenColumn(N_("Days off"), 30), TakenColumn(N_("Half-days at most"), 10)),
    )
    return TakenTable(name=N_("Answers"), columns=columns, rows=_answers(round, taker))


def _answers(round: Round, taker: Taker) -> Iterator[Row]:
    times = (Availability.round_id == Guest.round_id) & (Availability.person_id == Guest.person_id)
    found = select(Guest, Availability.given).join(Guest.person).outerjoin(Availability, times)
    found = found.where(Guest.round_id == round.id).order_by(Person.sort_key, Person.code)
    found = found.options(
        contains_eager(Guest.person).joinedload(Person.department),
        selectinload(Guest.goals).joinedload(Goal.department),
    )
    for guest, given in db.session.execute(found.execution_options(yield_per=AT_ONCE)):
        wishes = [goal.topic or (goal.department.name if goal.department else "") for goal in guest.goals]
        said = guest.answered_at is not None
        yield (
            *_who(guest, taker),
            *(taker.moment(guest.asked_at), taker.moment(guest.answered_at), guest.visits if said else None),
            *(*wishes, "", "", "")[:3],
            *(taker.yes(guest.surprise), goals.line_of(guest)),
            *(_free(given or FreeTimes(), taker), _off(given or FreeTimes(), taker), guest.half_days_most),
        )


def _free(given: FreeTimes, taker: Taker) -> str:
    """The week that was painted, or the days one by one; △ stands for if need be."""
    if given.spans:
        return _cut(taker.reader.span(span.starts_at, span.ends_at) + _mark(span.level) for span in given.spans)
    names = get_day_names("abbreviated", locale=taker.reader.locale)
    return "\n".join(
        f"{names[number]} " + ", ".join(f"{begin:%H:%M}–{end:%H:%M}{_mark(level)}" for begin, end, level in stretches)
        for number, day in enumerate(DAYS)
        if (stretches := availability.stretches(given.week, day))
    )


def _mark(level: int) -> str:
    return " △" if level == availability.MAYBE else ""


def _off(given: FreeTimes, taker: Taker) -> str:
    parts = [f"{taker.reader.short_day(one.day)} {one.begin:%H:%M}–{one.until}" for one in given.absences]
    return _cut([*map(taker.reader.short_day, given.days_off), *parts])


def plan(round: Round, taker: Taker) -> TakenTable:
    columns = (
        *(DAY, START, END, NUMBER, TakenColumn(N_("Guest"), 20), TakenColumn(N_("Department of the guest"), 20)),
        *(TakenColumn(N_("Seat"), 30), TakenColumn(N_("Kind"), 22), TakenColumn(N_("Hosts"), 26)),
        *(TakenColumn(N_("Department of the hosts"), 20), TakenColumn(N_("Place"), 20), TakenColumn(N_("Why"), 30)),
        *(TakenColumn(N_("Kept"), 8), TakenColumn(N_("Placed by hand"), 10)),
    )
    return TakenTable(name=N_("Pairings"), columns=columns, rows=_plan(round, taker))


def _plan(round: Round, taker: Taker) -> Iterator[Row]:
    for pairing in db.session.scalars(board.seated(round).execution_options(yield_per=AT_ONCE)):
        guest, opening = pairing.guest, pairing.slot.opening
        why = [taker.translate(TAGS[tag]) for tag in pairing.tags if tag in TAGS]
        yield (
            *taker.times(pairing.slot),
            *_who(guest, taker),
            *(opening.title, taker.translate(words.word(opening.kind)), taker.names(opening.hosts)),
            *(opening.department.name, opening.place or opening.site, taker.reader.listed(why)),
            *(taker.yes(pairing.pinned), taker.yes(pairing.by_hand)),
        )


def unmatched(round: Round, taker: Taker) -> TakenTable:
    columns = (NUMBER, NAME, DEPARTMENT, TakenColumn(N_("Reason"), 50), TakenColumn(N_("What would have helped"), 40))
    return TakenTable(name=N_("Without a visit"), columns=columns, rows=_unmatched(round, taker))


def _unmatched(round: Round, taker: Taker) -> Iterator[Row]:
    for guest in db.session.scalars(board.unmatched(round).execution_options(yield_per=AT_ONCE)):
        yield *_who(guest, taker), *_why(guest, taker)


def _why(guest: Guest, taker: Taker) -> tuple[str, str]:
    """The reason, and what helps and where, as the page of the pairings says them."""
    if guest.reason is None:
        return "", ""
    why = reasons.why(guest.reason.code, taker.translate)
    remedy = reasons.remedy(guest.reason.remedy, taker.translate)
    reader = Reader(taker.reader.locale, ZoneInfo(guest.person.zone))
    return why, f"{remedy} {reasons.where(letters.example(guest), reader)}".strip() if remedy else ""


def visits(round: Round, taker: Taker) -> TakenTable:
    columns = (
        *(DAY, START, END, TakenColumn(N_("Seat"), 30), TakenColumn(N_("Hosts"), 26), TakenColumn(N_("Role"), 10)),
        *(NUMBER, NAME, DEPARTMENT, TakenColumn(N_("Place"), 20), TakenColumn(N_("Answer"), 16)),
        *(TakenColumn(N_("Answered"), 18), TakenColumn(N_("Called off"), 18)),
    )
    return TakenTable(name=N_("Visits"), columns=columns, rows=_visits(round, taker))


def _visits(round: Round, taker: Taker) -> Iterator[Row]:
    """One row for each person whose calendar was told of a visit, guests before hosts."""
    found = select(Invitation).join(Invitation.slot).join(Slot.opening).join(Invitation.person)
    found = found.where(Opening.round_id == round.id).order_by(
        Slot.starts_at, Slot.id, Invitation.role, Person.sort_key
    )
    found = found.options(
        contains_eager(Invitation.slot)
        .contains_eager(Slot.opening)
        .selectinload(Opening.hosts)
        .joinedload(Host.person),
        contains_eager(Invitation.person).joinedload(Person.department),
    )
    for one in db.session.scalars(found.execution_options(yield_per=AT_ONCE)):
        opening, person = one.slot.opening, one.person
        yield (
            *taker.times(one.slot),
            *(opening.title, taker.names(opening.hosts), taker.translate(words.word(one.role))),
            *(person.code, taker.name(person), _home(person), opening.place or opening.site),
            *(taker.translate(words.word(one.answer)), taker.moment(one.answered_at), taker.moment(one.cancelled_at)),
        )


def _home(person: Person) -> str:
    return person.department.name if person.department else ""


def _who(guest: Guest, taker: Taker) -> tuple[str, str, str]:
    return guest.person.code, taker.name(guest.person), _home(guest.person)


def _cut(parts: Iterable[str]) -> str:
    """One a line, so that a cell can be read; the first ones of very many."""
    lines = list(parts)
    return "\n".join([*lines[:DATES_MOST], *(["…"] if len(lines) > DATES_MOST else [])])


TABLES: dict[str, Callable[[Round, Taker], TakenTable]] = {
    "openings": openings,
    "answers": answers,
    "plan": plan,
    "unmatched": unmatched,
    "visits": visits,
}


def counts(round: Round) -> dict[str, int]:
    """How many rows each of `TABLES` has."""
    rows: dict[str, Select[int]] = {
        "openings": select(Opening.id).where(Opening.round_id == round.id),
        "answers": select(Guest.id).where(Guest.round_id == round.id),
        "plan": select(Pairing.id).where(Pairing.round_id == round.id, Pairing.stands),
        "visits": select(Invitation.id).join(Invitation.slot).join(Slot.opening).where(Opening.round_id == round.id),
        "unmatched": board.unmatched(round).with_only_columns(Guest.id).order_by(None),
    }
    each = [select(literal(name), func.count()).select_from(found.subquery()) for name, found in rows.items()]
    return {row[0]: row[1] for row in db.session.execute(union_all(*each))}
