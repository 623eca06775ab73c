"""What was mailed, as HR looks for it: mailings, which are equal letters of one day, and single letters by name and state."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Integer, Select, case, cast, desc, extract, func, or_, select
from sqlalchemy.orm import joinedload

from shadowing.extensions import db
from shadowing.folding import fold
from shadowing.models import LOST, TESTS, Letter, LetterKind, LetterState, Person, Round

PAGE = 25
DAY = 24 * 3600
EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class LettersSought:
    """What the letters are narrowed to; nothing said is everything. *name* is of the reader, however typed; *day* is one of
    the zone in which it was asked for."""

    name: str = ""
    states: tuple[LetterState, ...] = ()
    kind: LetterKind | None = None
    round_id: int | None = None
    day: date | None = None

    @property
    def narrowed(self) -> bool:
        """Whether single letters are looked for: a round alone shows its mailings."""
        return bool(self.name or self.states or self.kind or self.day)


@dataclass(frozen=True, slots=True, kw_only=True)
class SentMailing:
    """The letters of one kind, round and day. *person* is one of the readers, and the only one where *count* is 1; *letter* is
    the id of the newest. *copy_for* is where copies went instead: their readers got none of them."""

    kind: LetterKind
    round: Round | None
    day: date
    first: datetime
    last: datetime
    count: int
    sent: int
    lost: int
    waiting: int
    held: int
    japanese: int
    person: Person
    letter: int
    copy_for: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SentMailings:
    """One page of them, newest first."""

    rows: tuple[SentMailing, ...]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))


def mailings(round_id: int | None, zone: str, number: int) -> SentMailings:
    """Page *number*, or the last one there is; days are those of *zone*. Four statements for any number of letters."""
    grouped = _grouped(round_id, zone)
    total = db.session.scalar(select(func.count()).select_from(grouped.subquery())) or 0
    number = min(number, max(1, -(-total // PAGE)))
    newest = grouped.order_by(desc("last"), "kind", "round_id", "copy_for")
    rows = db.session.execute(newest.limit(PAGE).offset((number - 1) * PAGE)).all()
    persons = db.session.scalars(select(Person).where(Person.id.in_({row.person for row in rows})))
    rounds = db.session.scalars(select(Round).where(Round.id.in_({row.round_id for row in rows})))
    people, known = {one.id: one for one in persons}, {one.id: one for one in rounds}
    found = tuple(
        SentMailing(
            kind=row.kind,
            round=known.get(row.round_id),
            day=EPOCH + timedelta(days=row.day),
            first=row.first,
            last=row.last,
            count=row.number,
            sent=row.sent,
            lost=row.lost,
            waiting=row.waiting,
            held=row.held,
            japanese=row.japanese,
            person=people[row.person],
            letter=row.letter,
            copy_for=row.copy_for,
        )
        for row in rows
    )
    return SentMailings(rows=found, total=total, page=number)


def _grouped(round_id: int | None, zone: str) -> Select[tuple[object, ...]]:
    """A database knows no zone that both of them know, so the day is counted on the zone's clock of today."""
    ahead = int((datetime.now(ZoneInfo(zone)).utcoffset() or timedelta()).total_seconds())
    seconds = cast(extract("epoch", Letter.stamp), Integer) + ahead
    columns = (Letter.kind, Letter.round_id, Letter.copy_for, Letter.id, Letter.state, Letter.stamp, Letter.locale)
    dated = select(*columns, Letter.person_id, (seconds // DAY).label("day"))
    if round_id is not None:
        dated = dated.where(Letter.round_id == round_id)
    one = dated.subquery().c
    return select(
        one.kind,
        one.round_id,
        one.day,
        one.copy_for,
        func.max(one.id).label("letter"),
        func.min(one.stamp).label("first"),
        func.max(one.stamp).label("last"),
        func.count().label("number"),
        func.sum(case((one.state == LetterState.SENT, 1), else_=0)).label("sent"),
        func.sum(case((one.state.in_(LOST), 1), else_=0)).label("lost"),
        func.sum(case((one.state == LetterState.READY, 1), else_=0)).label("waiting"),
        func.sum(case((one.state == LetterState.HELD, 1), else_=0)).label("held"),
        func.sum(case((one.locale == "ja", 1), else_=0)).label("japanese"),
        func.max(one.person_id).label("person"),
    ).group_by(one.kind, one.round_id, one.day, one.copy_for)


def letters(sought: LettersSought, zone: str) -> Select[Letter]:
    """Newest first. A name is looked for in the address too, which may not be the person's of today."""
    found = select(Letter).join(Letter.person).options(joinedload(Letter.person)).order_by(Letter.id.desc())
    if sought.name:
        words = fold(sought.name)
        found = found.where(
            or_(
                Person.folded.contains(words, autoescape=True),
                func.lower(Letter.address).contains(words, autoescape=True),
            )
        )
    if sought.states:
        found = found.where(Letter.state.in_(sought.states))
    if sought.kind:
        found = found.where(Letter.kind == sought.kind)
    if sought.round_id is not None:
        found = found.where(Letter.round_id == sought.round_id)
    return found if sought.day is None else found.where(*_on(sought.day, zone))


def _on(day: date, zone: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """By the same clock as `mailings` counts days."""
    ahead = datetime.now(ZoneInfo(zone)).utcoffset() or timedelta()
    begin = datetime.combine(day, time.min, UTC) - ahead
    return Letter.stamp >= begin, Letter.stamp < begin + timedelta(days=1)


def lost(now: datetime) -> Select[Letter]:
    """Letters that did not arrive and would not come too late if they went again, newest first; a test that did not arrive is what
    its check-up tells."""
    found = select(Letter).join(Letter.person).where(Letter.kind.not_in(TESTS))
    in_time = or_(Letter.expires_at.is_(None), Letter.expires_at > now)
    return found.where(Letter.state.in_(LOST), in_time, Person.left_at.is_(None)).order_by(Letter.id.desc())
