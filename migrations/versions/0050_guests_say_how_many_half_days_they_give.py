"""Guests say how many half-days they give

On how many half-days of a round a guest is away at the most, where they said so."""

import sqlalchemy as sa
from alembic import op

revision = '0050'
down_revision = '0045'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('guest', schema=None) as batch_op:
        batch_op.add_column(sa.Column('half_days_most', sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('guest', schema=None) as batch_op:
        batch_op.drop_column('half_days_most')
