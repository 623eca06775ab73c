"""One list of free times or of openings goes into a round: what it would change, and the change itself. The same list again
changes nothing; who or what a list does not name stays as it is."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from shadowing import typed
from shadowing.collecting import availability, openings
from shadowing.collecting.offers import Offer
from shadowing.collecting.recurrence import WEEKDAYS
from shadowing.company import audit, people
from shadowing.errors import Refusal, RowError
from shadowing.extensions import db
from shadowing.lists import process, round_lists, times
from shadowing.lists.clocks import Piece
from shadowing.lists.colleagues import Colleague, KnownOpening, Surroundings
from shadowing.lists.days import RoundDays
from shadowing.lists.offers import ListedOffer
from shadowing.lists.questions import Answers, Question
from shadowing.lists.round_lists import FILE, ListedForRound
from shadowing.lists.time_rows import error_in
from shadowing.lists.times import ListedSpan
from shadowing.matching import spans
from shadowing.models import Availability, DatedSpan, FreeTimes, Opening, Person, Round

MIDNIGHT = 24 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundList:
    """What taking a list in would do (or did). Counted are people for *spans*, and openings for *offers*; *waiting* are those
    that wait for an answer of HR. *names* are those of the people, by their numbers."""

    of_times: bool
    spans: tuple[ListedSpan, ...] = ()
    offers: tuple[ListedOffer, ...] = ()
    waiting: tuple[ListedOffer, ...] = ()
    questions: tuple[Question, ...] = ()
    errors: tuple[RowError, ...] = ()
    left_out: int = 0
    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    same: int = 0
    names: Mapping[str, str] = field(default_factory=dict)


def preview(round: Round, file: str, data: bytes, answers: Answers, now: datetime) -> RoundList:
    """Raises Refusal for a file that cannot be read, and WrongStage once the answers are closed."""
    round.refuse_closed(now)
    known = surroundings(round)
    listed = round_lists.read(file, process.read(data, answers.get(FILE, "")), known, answers)
    told = _times_told(round, file, listed) if listed.offers is None else _offers_told(round, file, listed)
    return replace(told, names={person.code: person.name for person in known.people})


def take_in(round: Round, file: str, data: bytes, answers: Answers, by: Person | None, now: datetime) -> RoundList:
    """Raises as `preview` does."""
    told = preview(round, file, data, answers, now)
    if told.of_times:
        _give(round, told, now)
    else:
        _offer(round, told, now)
    if told.new or told.changed:
        round.version += 1
        counts = {"new": len(told.new), "changed": len(told.changed), "left_out": len(told.errors)}
        audit.record("import_times" if told.of_times else "import_openings", by, round, now, **counts)
    db.session.flush()
    return told


# What is known


def surroundings(round: Round) -> Surroundings:
    own = set(_painted(round))
    active = db.session.scalars(people.active().options(joinedload(Person.department)))
    return Surroundings(
        days=days_of(round),
        people=tuple(_colleague(person, person.id in own) for person in active),
        departments=tuple((one.code, one.name) for one in db.session.scalars(people.departments())),
        openings=tuple(_known_opening(opening) for opening in _openings(round)),
    )


def days_of(round: Round) -> RoundDays:
    closed = frozenset(date.fromisoformat(day) for day in round.closed_days)
    return RoundDays(starts_on=round.starts_on, ends_on=round.ends_on, zone=round.zone, closed=closed)


def _painted(round: Round) -> Iterator[int]:
    """Who gave a week on their own page."""
    given = select(Availability.person_id, Availability.given).where(Availability.round_id == round.id)
    return (person for person, times in db.session.execute(given) if times.week)


def _colleague(person: Person, answered: bool) -> Colleague:
    hours = people.read_hours(people.painted_hours(person.hours))
    both = (f"{person.family_name} {person.given_name}", f"{person.given_name} {person.family_name}")
    names = (person.display_name, *(both if person.family_name and person.given_name else ()), person.kana)
    return Colleague(
        code=person.code,
        names=tuple(filter(None, names)),
        mail=person.email,
        department=(person.department.name if person.department else ""),
        zone=person.zone,
        week=tuple(tuple(Piece(_minutes(begin), _minutes(end)) for begin, end in day) for day in hours.week),
        answered=answered,
    )


def _minutes(clock: time) -> int:
    return MIDNIGHT if clock == time.max else clock.hour * 60 + clock.minute


def _openings(round: Round) -> list[Opening]:
    found = select(Opening).where(Opening.round_id == round.id).order_by(Opening.id)
    return list(db.session.scalars(found.options(selectinload(Opening.hosts), joinedload(Opening.department))))


def _known_opening(opening: Opening) -> KnownOpening:
    hosts = tuple(host.person.code for host in opening.hosts)
    return KnownOpening(opening.code, hosts, opening.title, opening.withdrawn_at is not None)


# Free times


def _times_told(round: Round, file: str, listed: ListedForRound) -> RoundList:
    said = listed.times.spans if listed.times else ()
    dated, errors = _dated(file, said)
    standing = {person.code: given for person, given in _given(round)}
    new, changed, same = [], [], 0
    for code in listed.times.people if listed.times else ():
        if code not in standing:
            new += [code] if dated[code] else []
        elif sorted(standing[code]) != sorted(dated[code]):
            changed.append(code)
        else:
            same += 1
    return RoundList(
        of_times=True,
        spans=tuple(sorted(said)),
        questions=listed.questions,
        errors=(*listed.errors, *errors),
        left_out=listed.left_out,
        new=tuple(new),
        changed=tuple(changed),
        same=same,
    )


def _dated(file: str, said: tuple[ListedSpan, ...]) -> tuple[dict[str, list[DatedSpan]], list[RowError]]:
    """The spans of each person as instants; in an hour that the clocks skip nobody is free."""
    found: dict[str, list[DatedSpan]] = defaultdict(list)
    errors = []
    for span in said:
        try:
            found[span.person].append(DatedSpan(*times.instants(span), span.level))
        except typed.Unfit as refusal:
            errors.append(error_in(file, 0, "", span.person, refusal))
    return found, errors


def _given(round: Round) -> Iterator[tuple[Person, tuple[DatedSpan, ...]]]:
    """What each person gave so far, span by span."""
    frame = spans.frame_of(round)
    standing = select(Person, Availability.given).join(Availability).where(Availability.round_id == round.id)
    for person, given in db.session.execute(standing):
        yield person, spans.dated(given, person.hours, person.zone, frame)


def _give(round: Round, told: RoundList, now: datetime) -> None:
    dated, _ = _dated("", told.spans)
    wanted = {*told.new, *told.changed}
    for person in db.session.scalars(people.active()):
        if person.code in wanted:
            availability.give(person, round, FreeTimes(spans=tuple(sorted(dated[person.code]))), now)


# Openings


def _offers_told(round: Round, file: str, listed: ListedForRound) -> RoundList:
    assert listed.offers
    standing = {opening.code: opening for opening in _openings(round)}
    errors, sound, new, changed = list(listed.errors), [], [], []
    for one in listed.offers.offers:
        try:
            offer = offer_of(one, round)
            openings.refuse_unfit(offer, round)
        except Refusal as refusal:
            errors.append(error_in(file, one.row, "", one.title, refusal))
            continue
        sound.append(one)
        if one.code not in standing:
            new.append(one.code)
        elif not _says(standing[one.code], one, offer):
            changed.append(one.code)
    return RoundList(
        of_times=False,
        offers=tuple(sound),
        waiting=listed.offers.waiting,
        questions=listed.questions,
        errors=tuple(errors),
        left_out=listed.left_out,
        new=tuple(new),
        changed=tuple(changed),
        same=len(sound) - len(new) - len(changed),
    )


def _says(opening: Opening, one: ListedOffer, offer: Offer) -> bool:
    same_hosts = tuple(host.person.code for host in opening.hosts) == one.hosts
    return same_hosts and opening.department.name == one.department and openings.says(opening, offer)


def offer_of(one: ListedOffer, round: Round) -> Offer:
    """Raises Mistakes."""
    first = one.days[0] if one.days else one.first_on
    said: dict[str, object] = {
        "kind": one.kind,
        "title": one.title,
        "minutes": one.minutes,
        "seats": one.seats,
        "flexible": first is None,
        "zone": round.zone,
        "place": one.place,
        "topics": one.topics,
        "preparation": one.preparation,
        "travel_minutes": one.travel,
    }
    if first is not None and one.begin is not None:
        said |= {"first_on": first, "local_time": time(*divmod(one.begin % MIDNIGHT, 60))}
    if one.rule and first is not None:
        said["repeat"] = one.rule.rrule.removesuffix(f";BYDAY={WEEKDAYS[first.weekday()]}")
    return typed.read(Offer, said | ({"customer_consent": one.consent} if one.consent else {}))


def _offer(round: Round, told: RoundList, now: datetime) -> None:
    standing = {opening.code: opening for opening in _openings(round)}
    hosts = {person.code: person for person in db.session.scalars(people.active())}
    departments = {one.name: one.id for one in db.session.scalars(people.departments())}
    for one in told.offers:
        if one.code not in (*told.new, *told.changed):
            continue
        who = [hosts[code] for code in one.hosts]
        opening = standing.get(one.code) or openings.add(round, who, offer_of(one, round), now)
        if one.code in standing:
            openings.change(opening, offer_of(one, round), now)
            openings.put_hosts(opening, [person.id for person in who])
        opening.code = one.code
        if one.department != who[0].home.name:
            opening.department_id = departments[one.department]
