"""A solve names whose visits it took out

A plan that is kept is first freed of visits that are not allowed any more; the people they were of are named to HR."""

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('solve', schema=None) as batch_op:
        batch_op.add_column(sa.Column('gone', sa.JSON(), nullable=False, server_default='[]'))
    with op.batch_alter_table('solve', schema=None) as batch_op:
        batch_op.alter_column('gone', server_default=None)


def downgrade() -> None:
    with op.batch_alter_table('solve', schema=None) as batch_op:
        batch_op.drop_column('gone')
