"""Answers close at their deadline

Rounds that stand already keep what was told to their people: late answers count until the plan is made."""

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('round', schema=None) as batch_op:
        batch_op.add_column(sa.Column('late_answers', sa.Boolean(), nullable=False, server_default=sa.true()))
        batch_op.add_column(sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table('round', schema=None) as batch_op:
        batch_op.alter_column('late_answers', server_default=None)


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM job WHERE kind = 'close'"))
    with op.batch_alter_table('round', schema=None) as batch_op:
        batch_op.drop_column('closed_at')
        batch_op.drop_column('late_answers')
