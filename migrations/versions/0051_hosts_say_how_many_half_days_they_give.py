"""Hosts say how many half-days they give

On how many half-days of a round a host has visitors at the most, in all that they offer without a fixed time."""

import sqlalchemy as sa
from alembic import op

revision = '0051'
down_revision = '0050'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'hosting',
        sa.Column('round_id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('half_days_most', sa.Integer(), nullable=False),
        sa.Column('id', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_hosting_person_id_person')),
        sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_hosting_round_id_round')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_hosting')),
        sa.UniqueConstraint('round_id', 'person_id', name=op.f('uq_hosting_round_id_person_id')),
    )
    with op.batch_alter_table('hosting', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_hosting_person_id'), ['person_id'], unique=False)


def downgrade() -> None:
    op.drop_table('hosting')
