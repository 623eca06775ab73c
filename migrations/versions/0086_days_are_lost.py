"""Days are lost

Days on which a round has no visits any more, everywhere, at one site or in one department."""

import sqlalchemy as sa
from alembic import op

revision = '0086'
down_revision = '0085'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'lost_time',
        sa.Column('round_id', sa.Integer(), nullable=False),
        sa.Column('first_on', sa.Date(), nullable=False),
        sa.Column('last_on', sa.Date(), nullable=False),
        sa.Column('site', sa.String(length=100), nullable=False),
        sa.Column('department_id', sa.Integer(), nullable=True),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('by_id', sa.Integer(), nullable=True),
        sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('id', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_lost_time_by_id_person')),
        sa.ForeignKeyConstraint(['department_id'], ['department.id'], name=op.f('fk_lost_time_department_id_department')),
        sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_lost_time_round_id_round')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_lost_time')),
    )
    op.create_index(op.f('ix_lost_time_round_id'), 'lost_time', ['round_id'])


def downgrade() -> None:
    op.drop_index(op.f('ix_lost_time_round_id'), 'lost_time')
    op.drop_table('lost_time')
