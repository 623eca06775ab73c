"""Hosts offer nothing this time

When somebody said that they offer nothing in a round; a row may say that alone, without a limit."""

import sqlalchemy as sa
from alembic import op

revision = '0065'
down_revision = '0064'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('hosting', schema=None) as batch_op:
        batch_op.add_column(sa.Column('declined_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.alter_column('half_days_most', existing_type=sa.Integer(), nullable=True)


def downgrade() -> None:
    op.execute('UPDATE hosting SET half_days_most = 40 WHERE half_days_most IS NULL')  # as many as can be said
    with op.batch_alter_table('hosting', schema=None) as batch_op:
        batch_op.alter_column('half_days_most', existing_type=sa.Integer(), nullable=False)
        batch_op.drop_column('declined_at')
