"""Mails around a visit go by themselves

A round says whether they do. In one that was published before, they do not: nobody has seen them there."""

import sqlalchemy as sa
from alembic import op

revision = '0089'
down_revision = '0088'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('round') as batch_op:
        batch_op.add_column(sa.Column('briefs', sa.Boolean(), nullable=False, server_default=sa.true()))
    round = sa.table('round', sa.column('stage', sa.String()), sa.column('briefs', sa.Boolean()))
    over = ('published', 'ended', 'cancelled')
    op.execute(sa.update(round).where(round.c.stage.in_(over)).values(briefs=False))
    with op.batch_alter_table('round') as batch_op:
        batch_op.alter_column('briefs', server_default=None)


def downgrade() -> None:
    kinds = "('brief', 'day_before', 'this_morning', 'after_visit')"
    op.execute(f"DELETE FROM letter WHERE kind IN {kinds}")
    with op.batch_alter_table('round') as batch_op:
        batch_op.drop_column('briefs')
