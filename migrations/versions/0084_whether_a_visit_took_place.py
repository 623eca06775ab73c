"""Whether a visit took place

What guests, hosts and HR say became of each guest's visit."""

import sqlalchemy as sa
from alembic import op

revision = '0084'
down_revision = '0083'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'outcome',
        sa.Column('pairing_id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('by_hr', sa.Boolean(), nullable=False),
        sa.Column('said', sa.String(length=20), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('id', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['pairing_id'], ['pairing.id'], name=op.f('fk_outcome_pairing_id_pairing')),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_outcome_person_id_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_outcome')),
        sa.UniqueConstraint('pairing_id', 'person_id', 'by_hr', name=op.f('uq_outcome_pairing_id_person_id_by_hr')),
    )
    op.create_index(op.f('ix_outcome_person_id'), 'outcome', ['person_id'])


def downgrade() -> None:
    op.drop_index(op.f('ix_outcome_person_id'), 'outcome')
    op.drop_table('outcome')
