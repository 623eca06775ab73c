"""Rounds remind and end by themselves

A round whose people have been asked already goes on without reminders: HR has not heard of them. One that is published ends
after its last day."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('round', schema=None) as batch_op:
        batch_op.add_column(sa.Column('reminders', sa.Boolean(), nullable=False, server_default=sa.true()))
    with op.batch_alter_table('round', schema=None) as batch_op:
        batch_op.alter_column('reminders', server_default=None)
    tables = sa.MetaData()
    tables.reflect(op.get_bind(), only=['round', 'job'])
    round, job = tables.tables['round'], tables.tables['job']
    op.execute(sa.update(round).where(round.c.stage != 'draft').values(reminders=False))
    running = sa.select(round.c.id, round.c.ends_on, round.c.zone).where(round.c.stage == 'published')
    for id, ends_on, zone in op.get_bind().execute(running).all():
        op.execute(sa.insert(job).values(ending(id, end_of(ends_on, zone))))


def end_of(day, zone):
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone)).astimezone(UTC)


def ending(id, due):
    return {
        'key': f'end:{id}:{due.isoformat()}',
        'kind': 'end',
        'state': 'ready',
        'arguments': {'round_id': id, 'due': due.isoformat()},
        'progress': {},
        'cancel_requested': False,
        'due_at': due,
        'attempts': 0,
        'unfinished': 0,
        'fence': 0,
        'error': '',
    }


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM job WHERE kind IN ('remind', 'end')"))
    with op.batch_alter_table('round', schema=None) as batch_op:
        batch_op.drop_column('reminders')
