"""Availability is stored as given

There was a row for each span of free time. Now a person has one row in a round: the week and the days off where they say
exactly the same as those spans, and the spans themselves where they do not. The week that a person painted last is read
from there too. On the way down the spans are laid out again."""

import re
from bisect import bisect_left
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import groupby
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

DAYS = ('mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun')
STANDARD_HOURS = 'mon-fri 09:00-18:00'
HALF_HOUR, DAY = timedelta(minutes=30), timedelta(days=1)
CHUNK = 1000

person = sa.table(
    'person',
    sa.column('id', sa.Integer), sa.column('hours', sa.String), sa.column('zone', sa.String), sa.column('week', sa.JSON),
)
round = sa.table(
    'round',
    sa.column('id', sa.Integer), sa.column('zone', sa.String), sa.column('closed_days', sa.JSON),
    sa.column('starts_on', sa.Date), sa.column('ends_on', sa.Date),
)
spans = sa.table(
    'availability',
    sa.column('round_id', sa.Integer), sa.column('person_id', sa.Integer), sa.column('level', sa.Integer),
    sa.column('starts_at', sa.DateTime(timezone=True)), sa.column('ends_at', sa.DateTime(timezone=True)),
)
times = sa.table(
    'availability', sa.column('round_id', sa.Integer), sa.column('person_id', sa.Integer), sa.column('given', sa.JSON)
)


def upgrade() -> None:
    rows = list(given_rows())
    recreate(
        sa.Column('given', sa.JSON(), nullable=False),
        sa.UniqueConstraint('round_id', 'person_id', name=op.f('uq_availability_round_id_person_id')),
    )
    write(times, rows)
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.drop_column('week')


def downgrade() -> None:
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.add_column(sa.Column('week', sa.JSON(), nullable=False, server_default='{}'))
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.alter_column('week', server_default=None)
    found = op.get_bind().execute(
        sa.select(times.c.round_id, times.c.person_id, times.c.given, person.c.hours, person.c.zone)
        .join_from(times, person, person.c.id == times.c.person_id)
        .join(round, round.c.id == times.c.round_id)
        .order_by(round.c.starts_on, times.c.round_id, times.c.person_id)
    ).all()
    recreate(
        sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('level', sa.Integer(), nullable=False),
        sa.UniqueConstraint(
            'round_id', 'person_id', 'starts_at', name=op.f('uq_availability_round_id_person_id_starts_at')
        ),
    )
    frames = all_frames()
    for row in found:
        write(spans, list(span_rows(row, frames)))
        if row.given.get('week'):
            op.execute(person.update().where(person.c.id == row.person_id).values(week=row.given['week']))


def recreate(*columns: sa.Column | sa.UniqueConstraint) -> None:
    """All rows are in memory by now, and SQLite would copy the table for each change of it."""
    with op.batch_alter_table('availability', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_availability_person_id'))
    op.drop_table('availability')
    op.create_table(
        'availability',
        sa.Column('round_id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('id', sa.Integer(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_availability_person_id')),
        sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_availability_round_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_availability')),
    )
    with op.batch_alter_table('availability', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_availability_person_id'), ['person_id'], unique=False)


def write(table: sa.TableClause, rows: list[dict]) -> None:
    for first in range(0, len(rows), CHUNK):
        op.get_bind().execute(table.insert(), rows[first:first + CHUNK])


def all_frames() -> dict[int, tuple]:
    columns = (round.c.id, round.c.starts_on, round.c.ends_on, round.c.zone, round.c.closed_days)
    return {row.id: (*row[1:4], tuple(row.closed_days)) for row in op.get_bind().execute(sa.select(*columns))}


def given_rows():
    frames = all_frames()
    found = op.get_bind().execute(
        sa.select(spans, person.c.hours, person.c.zone, person.c.week)
        .join_from(spans, person, person.c.id == spans.c.person_id)
        .order_by(spans.c.round_id, spans.c.person_id, spans.c.starts_at)
    )
    for (round_id, person_id), group in groupby(found, key=lambda row: (row.round_id, row.person_id)):
        rows = list(group)
        entered = [(aware(row.starts_at), aware(row.ends_at), row.level) for row in rows]
        grid = grid_of(rows[0].hours, rows[0].zone, frames[round_id])
        yield {'round_id': round_id, 'person_id': person_id, 'given': given(entered, rows[0].week, grid)}


def span_rows(row, frames):
    stored = [[datetime.fromisoformat(one['starts_at']), datetime.fromisoformat(one['ends_at']), one['level']]
              for one in row.given.get('spans', [])]
    laid_out = unfolded(row.given.get('week', {}), row.given.get('days_off', []), grid_of(row.hours, row.zone, frames[row.round_id]))
    for begin, end, level in [*laid_out, *stored]:
        yield {
            'round_id': row.round_id, 'person_id': row.person_id, 'starts_at': begin.astimezone(UTC),
            'ends_at': end.astimezone(UTC), 'level': level,
        }


def aware(moment: datetime) -> datetime:
    """SQLite gives UTC without saying so."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


# A week and the spans of a round, as the product knew them


def given(entered: list, painted: dict, grid: list) -> dict:
    """The week that says the same as what was *entered*, be it the one that was *painted* last; or the spans."""
    for guess in (lambda: painted, lambda: week_in(entered, grid)):
        week = guess()
        off = days_off(entered, week, grid)
        if entered == unfolded(week, off, grid):
            return {'week': week, 'days_off': off, 'spans': [], 'by_half_hours': False}
    dated = [{'starts_at': begin.isoformat(), 'ends_at': end.isoformat(), 'level': level} for begin, end, level in entered]
    return {'week': {}, 'days_off': [], 'spans': dated, 'by_half_hours': False}


def week_in(entered: list, grid: list) -> dict[str, int]:
    """A half-hour is free where it is so on every day that has any free time at all."""
    levels: dict[str, int] = {}
    for _, halves in grid:
        found = [(name, min(level_of(piece, entered) for piece in pieces)) for name, pieces in halves]
        if any(level for _, level in found):
            levels |= {name: min(level, levels.get(name, 2)) for name, level in found}
    return {name: level for name, level in levels.items() if level}


def level_of(piece: tuple, entered: list) -> int:
    return max((level for begin, end, level in entered if begin <= piece[0] and piece[1] <= end), default=0)


def days_off(entered: list, week: dict, grid: list) -> list[str]:
    """The days that lack the time which *week* would give them."""
    return [
        day
        for day, halves in grid
        if any(name in week for name, _ in halves)
        and not any(begin < stop and start < end for begin, end, _ in entered for _, pieces in halves for start, stop in pieces)
    ]


def unfolded(week: dict, off: list, grid: list) -> list[tuple]:
    """The week on every day but those off, disjoint and in order; neighbours of one level are one."""
    free = sorted(
        ((begin, end, week[name]) for day, halves in grid if day not in off for name, pieces in halves if week.get(name)
         for begin, end in pieces),
        key=lambda span: span[2],
    )
    edges = sorted({edge for span in free for edge in span[:2]})
    levels = [0] * len(edges)
    for begin, end, level in free:
        first, last = bisect_left(edges, begin), bisect_left(edges, end)
        levels[first:last] = [level] * (last - first)
    done: list[tuple] = []
    for begin, end, level in zip(edges, edges[1:], levels):
        if done and done[-1][1:] == (begin, level):
            done[-1] = (done[-1][0], end, level)
        elif level:
            done.append((begin, end, level))
    return done


@cache
def grid_of(hours: str, zone: str, frame: tuple) -> list[tuple[str, list]]:
    """The half-hours of each day with the instants that they are; none where this machine does not know the zone."""
    first, last, home, closed = frame
    try:
        where, at_home = ZoneInfo(zone), ZoneInfo(home)
        week = read_hours(hours.strip() or STANDARD_HOURS)
    except (LookupError, ValueError):
        return []
    whole = (instant(first, 0, at_home), instant(last, 24 * 60, at_home))
    days = (first + number * DAY for number in range(-1, (last - first).days + 2))
    return [(str(day), list(halves_of(day, week[day.weekday()], where, whole))) for day in days if str(day) not in closed]


def read_hours(text: str) -> list[list[tuple[int, int]]]:
    """The minutes of the day at which work begins and ends, for each weekday."""
    week = [[] for _ in DAYS]
    for part in filter(None, (piece.strip() for piece in re.split('[,;]', text.lower()))):
        match = re.fullmatch(r'([a-z]{3})(?:-([a-z]{3}))?\s+(\d+):(\d+)-(\d+):(\d+)', part)
        if not match:
            raise ValueError(text)
        first, last = DAYS.index(match[1]), DAYS.index(match[2] or match[1])
        begin, end = int(match[3]) * 60 + int(match[4]), int(match[5]) * 60 + int(match[6])
        for weekday in range(first, last + 1 if last >= first else last + 8):
            week[weekday % 7].append((begin, end))
    return week


def halves_of(day: date, work: list[tuple[int, int]], zone: ZoneInfo, whole: tuple):
    touched = [half for half in range(0, 24 * 60, 30) if any(begin < half + 30 and half < end for begin, end in work)]
    working = [(max(instant(day, begin, zone), whole[0]), min(instant(day, end, zone), whole[1])) for begin, end in work]
    for half in touched:
        start = instant(day, half, zone)
        cuts = [(max(start, begin), min(start + HALF_HOUR, end)) for begin, end in working]
        if pieces := [(begin, end) for begin, end in cuts if begin < end]:
            yield f'{DAYS[day.weekday()]}-{half // 60:02}{half % 60:02}', pieces


def instant(day: date, minute: int, zone: ZoneInfo) -> datetime:
    clock = time(minute // 60 % 24, minute % 60)
    return datetime.combine(day + minute // (24 * 60) * DAY, clock, zone).astimezone(UTC)
