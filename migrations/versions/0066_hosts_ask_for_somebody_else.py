"""Hosts ask for somebody else

Which guests a host does not receive in a round, as HR recorded it."""

import sqlalchemy as sa
from alembic import op

revision = '0066'
down_revision = '0065'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'host_refusal',
        sa.Column('guest_id', sa.Integer(), nullable=False),
        sa.Column('host_id', sa.Integer(), nullable=False),
        sa.Column('why', sa.Text(), nullable=False),
        sa.Column('by_id', sa.Integer(), nullable=True),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('id', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_host_refusal_by_id_person')),
        sa.ForeignKeyConstraint(['guest_id'], ['guest.id'], name=op.f('fk_host_refusal_guest_id_guest')),
        sa.ForeignKeyConstraint(['host_id'], ['person.id'], name=op.f('fk_host_refusal_host_id_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_host_refusal')),
        sa.UniqueConstraint('guest_id', 'host_id', name=op.f('uq_host_refusal_guest_id_host_id')),
    )


def downgrade() -> None:
    op.drop_table('host_refusal')
