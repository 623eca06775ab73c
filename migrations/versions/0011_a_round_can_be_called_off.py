"""A round can be called off

Its people were told why in HR's words, which their pages go on showing. An earlier release knows no such stage: going down,
a round that was called off has ended."""

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('round', schema=None) as batch_op:
        batch_op.add_column(sa.Column('cancelled_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('cancelled_why', sa.Text(), nullable=False, server_default=''))
    with op.batch_alter_table('round', schema=None) as batch_op:
        batch_op.alter_column('cancelled_why', server_default=None)


def downgrade() -> None:
    op.execute(sa.text("UPDATE round SET stage = 'ended' WHERE stage = 'cancelled'"))
    op.execute(sa.text("DELETE FROM letter WHERE kind = 'round_cancelled'"))
    with op.batch_alter_table('round', schema=None) as batch_op:
        batch_op.drop_column('cancelled_why')
        batch_op.drop_column('cancelled_at')
