"""Calendars taken in for a round: as a file at once, from an address by the worker. Only the times are kept."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, select

from shadowing.calendars import fetching, process
from shadowing.calendars.addresses import place
from shadowing.calendars.fetching import Known, Reach
from shadowing.calendars.reading import BusyTimes, Owner
from shadowing.collecting import goals
from shadowing.errors import Refusal, remark
from shadowing.extensions import db
from shadowing.matching import why
from shadowing.matching.concerned import by_visits
from shadowing.models import BusyCalendar, CalendarArguments, Job, JobKind, Person, Round, Stage
from shadowing.solver.intervals import merged
from shadowing.solver.problem import Span

MOST = 5
"""Calendars of one person in a round."""
QUARTER = 15
AROUND = timedelta(days=1)
"""The days of a round begin and end somewhere else at other hours."""
PAUSE = timedelta(minutes=30)
BEFORE_THE_END = timedelta(hours=9)
LATER = timedelta(hours=12)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadCalendarFile:
    """A file that was read, and not kept. *digest* is its SHA-256."""

    times: BusyTimes
    digest: str


def of(person: Person, round: Round) -> Select[BusyCalendar]:
    mine = select(BusyCalendar).where(BusyCalendar.person_id == person.id, BusyCalendar.round_id == round.id)
    return mine.order_by(BusyCalendar.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedTimes:
    """What is read out of a file: whose busy times, between which instants."""

    owner: Owner
    begin: datetime
    end: datetime


def wanted(person: Person, round: Round) -> WantedTimes:
    begin, end = round.instants
    owner = Owner(zone=ZoneInfo(person.zone), address=person.email)
    return WantedTimes(owner=owner, begin=begin - AROUND, end=end + AROUND)


def read(data: bytes, wanted: WantedTimes) -> ReadCalendarFile:
    """In a process with limits, which may take seconds: whoever calls has no transaction open. Raises Refusal."""
    times = process.read(data, wanted.owner, wanted.begin, wanted.end)
    return ReadCalendarFile(times=times, digest=sha256(data).hexdigest())


def take_in(person: Person, round: Round, file: ReadCalendarFile, now: datetime) -> BusyCalendar:
    """The same file again takes the place of the one before. Raises Refusal."""
    goals.refuse_closed(person, round, now)
    _locked(person)
    calendar = db.session.scalar(of(person, round).where(BusyCalendar.digest == file.digest, BusyCalendar.url == ""))
    if calendar is None:
        calendar = _new(person, round, now)
    calendar.asked_at = now
    _write(calendar, file, now)
    return calendar


def _locked(person: Person) -> None:
    """Two files of one person wait for each other here."""
    db.session.execute(select(Person.id).where(Person.id == person.id).with_for_update())


def _new(person: Person, round: Round, now: datetime) -> BusyCalendar:
    count = db.session.scalar(select(func.count()).select_from(of(person, round).subquery())) or 0
    if count >= MOST:
        raise Refusal("You have handed over %(most)s calendars. Take one back before you add another.", most=MOST)
    calendar = BusyCalendar(round=round, person=person, asked_at=now, spans=())
    db.session.add(calendar)
    return calendar


def _write(calendar: BusyCalendar, file: ReadCalendarFile, now: datetime) -> None:
    calendar.read_at, calendar.refusal, calendar.digest = now, None, file.digest
    calendar.spans = tuple(rastered(file.times.spans))
    calendar.unknown, calendar.unreadable = file.times.unknown, file.times.unreadable
    _changed(calendar.person, calendar.round, now)


def rastered(spans: tuple[tuple[int, int], ...]) -> list[tuple[int, int]]:
    """Widened to quarters of an hour."""
    wide = merged(Span(begin // QUARTER * QUARTER, -(-end // QUARTER) * QUARTER) for begin, end in spans)
    return [(span.start, span.end) for span in wide]


def _changed(person: Person, round: Round, now: datetime) -> None:
    """A plan that stands is looked at again, as after any other answer."""
    db.session.flush()
    guest = db.session.scalar(goals.of(person, round))
    round.version += round.stage is Stage.REVIEWING
    if guest is not None:
        why.look_again(round, now, by_visits([], [guest]))


def take_back(calendar: BusyCalendar, now: datetime) -> None:
    """Its times count no more."""
    goals.refuse_closed(calendar.person, calendar.round, now)
    person, round = calendar.person, calendar.round
    db.session.delete(calendar)
    _changed(person, round, now)


# From an address


def ask(person: Person, round: Round, url: str, allowed: frozenset[str], now: datetime) -> BusyCalendar:
    """To be fetched by the worker: now, and once more in the night before the answers close. Raises Refusal."""
    goals.refuse_closed(person, round, now)
    _locked(person)
    host = place(url, allowed).host
    known = db.session.scalar(of(person, round).where(BusyCalendar.url == url.strip()))
    if known is not None:
        again(known, now)
        return known
    calendar = _new(person, round, now)
    calendar.source, calendar.url = host[:255], url.strip()
    db.session.flush()
    _plan(calendar, JobKind.FETCH, now, f"fetch:{calendar.id}:{now.isoformat()}")
    last = round.answers_end - BEFORE_THE_END
    if last > now + PAUSE:
        _plan(calendar, JobKind.FETCH, last, f"fetch:{calendar.id}:last")
    _plan(calendar, JobKind.FORGET, max(round.answers_end, now + LATER), f"forget:calendar:{calendar.id}")
    return calendar


def again(calendar: BusyCalendar, now: datetime) -> None:
    """Not more often than every half-hour. Raises Refusal."""
    goals.refuse_closed(calendar.person, calendar.round, now)
    if not calendar.url:
        raise Refusal("The address of this calendar is not kept any more.")
    if now < calendar.asked_at + PAUSE:
        raise Refusal("This calendar was fetched within the last half-hour. Try again later.")
    calendar.asked_at = now
    _plan(calendar, JobKind.FETCH, now, f"fetch:{calendar.id}:{now.isoformat()}")


def _plan(calendar: BusyCalendar, kind: JobKind, due: datetime, key: str) -> None:
    db.session.add(Job(key=key, kind=kind, due_at=due, arguments=CalendarArguments(calendar_id=calendar.id)))


def fetch(id: int, way: Reach, now: datetime) -> None:
    """No transaction is open while the server is asked and its file is read. The caller commits."""
    calendar = db.session.get(BusyCalendar, id)
    if calendar is None or not calendar.url or not goals.open_to(calendar.person, calendar.round, now):
        return
    known = Known(etag=calendar.etag, last_modified=calendar.last_modified) if calendar.read_at else Known()
    url, asked = calendar.url, wanted(calendar.person, calendar.round)
    db.session.commit()
    try:
        found = fetching.fetch(url, known, way)
        file = None if found.data is None else read(found.data, asked)
    except Refusal as refusal:
        _refused(id, refusal)
    else:
        _keep(id, found.known, file, now)


def _refused(id: int, refusal: Refusal) -> None:
    """What was read before stays."""
    calendar = db.session.get(BusyCalendar, id)
    if calendar is not None:
        calendar.refusal = remark(refusal.sentence, **refusal.facts)


def fail(id: int) -> None:
    """The worker gave up."""
    _refused(id, Refusal("This calendar could not be read. Upload it as a file."))


def _keep(id: int, known: Known, file: ReadCalendarFile | None, now: datetime) -> None:
    """Unless it was taken back meanwhile."""
    calendar = db.session.get(BusyCalendar, id)
    if calendar is None:
        return
    calendar.etag, calendar.last_modified = known.etag, known.last_modified
    if file is None:
        calendar.read_at, calendar.refusal = now, None
    else:
        _write(calendar, file, now)


def forget(id: int, now: datetime) -> datetime | None:
    """The address goes once its owner can answer no more; until then it is asked for again at the moment that is answered."""
    calendar = db.session.get(BusyCalendar, id)
    if calendar is None:
        return None
    if goals.open_to(calendar.person, calendar.round, now):
        return max(calendar.round.answers_end, now + LATER)
    calendar.url = calendar.etag = calendar.last_modified = ""
    return None
