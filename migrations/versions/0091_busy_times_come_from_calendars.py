"""Busy times come from calendars

Calendars that people hand over for a round, as the times in which they are busy."""

import sqlalchemy as sa
from alembic import op

import shadowing.models.base
import shadowing.models.columns

revision = '0091'
down_revision = '0090'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'busy_calendar',
        sa.Column('round_id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('source', shadowing.models.columns.ShortText(255), nullable=False),
        sa.Column('url', shadowing.models.columns.LongText(), nullable=False),
        sa.Column('asked_at', shadowing.models.base.Moment(), nullable=False),
        sa.Column('read_at', shadowing.models.base.Moment(), nullable=True),
        sa.Column('digest', shadowing.models.columns.ShortText(64), nullable=False),
        sa.Column('etag', shadowing.models.columns.ShortText(200), nullable=False),
        sa.Column('last_modified', shadowing.models.columns.ShortText(200), nullable=False),
        sa.Column('spans', sa.JSON(), nullable=False),
        sa.Column('unknown', sa.Integer(), nullable=False),
        sa.Column('unreadable', sa.Integer(), nullable=False),
        sa.Column('refusal', sa.JSON(), nullable=True),
        sa.Column('id', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_busy_calendar_round_id_round')),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_busy_calendar_person_id_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_busy_calendar')),
    )
    op.create_index(op.f('ix_busy_calendar_round_id'), 'busy_calendar', ['round_id'])
    op.create_index(op.f('ix_busy_calendar_person_id'), 'busy_calendar', ['person_id'])


def downgrade() -> None:
    op.execute("DELETE FROM job WHERE kind = 'fetch' OR key LIKE 'forget:calendar:%'")
    op.drop_index(op.f('ix_busy_calendar_person_id'), 'busy_calendar')
    op.drop_index(op.f('ix_busy_calendar_round_id'), 'busy_calendar')
    op.drop_table('busy_calendar')
