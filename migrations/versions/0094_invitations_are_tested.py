"""Invitations are tested

Check-ups: an invented visit that is mailed to a mailbox of HR, and what came back of it."""

import sqlalchemy as sa
from alembic import op

import shadowing.models.base
import shadowing.models.columns

revision = '0094'
down_revision = '0093'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'check_up',
        sa.Column('asked_by_id', sa.Integer(), nullable=False),
        sa.Column('address', shadowing.models.columns.ShortText(254), nullable=False),
        sa.Column('selector', shadowing.models.columns.ShortText(63), nullable=False),
        sa.Column('uid', shadowing.models.columns.ShortText(100), nullable=False),
        sa.Column('mark', shadowing.models.columns.ShortText(8), nullable=False),
        sa.Column('organizer', shadowing.models.columns.ShortText(254), nullable=False),
        sa.Column('begun_at', shadowing.models.base.Moment(), nullable=False),
        sa.Column('starts_at', shadowing.models.base.Moment(), nullable=False),
        sa.Column('step', sa.String(length=20), nullable=False),
        sa.Column('ended_at', shadowing.models.base.Moment(), nullable=True),
        sa.Column('domain', sa.JSON(), nullable=True),
        sa.Column('back', sa.JSON(), nullable=False),
        sa.Column('id', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['asked_by_id'], ['person.id'], name=op.f('fk_check_up_asked_by_id_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_check_up')),
        sa.UniqueConstraint('uid', name=op.f('uq_check_up_uid')),
        sa.UniqueConstraint('mark', name=op.f('uq_check_up_mark')),
    )
    op.create_index(op.f('ix_check_up_asked_by_id'), 'check_up', ['asked_by_id'])


def downgrade() -> None:
    op.execute("DELETE FROM job WHERE kind IN ('look_up', 'end_check_up')")
    op.execute("UPDATE received SET letter_id = NULL WHERE letter_id IN (SELECT id FROM letter WHERE kind IN ('test_request', 'test_change', 'test_cancel'))")
    op.execute("DELETE FROM letter WHERE kind IN ('test_request', 'test_change', 'test_cancel')")
    op.execute("UPDATE received SET state = 'auto_reply' WHERE state = 'check_up'")
    op.drop_index(op.f('ix_check_up_asked_by_id'), 'check_up')
    op.drop_table('check_up')
