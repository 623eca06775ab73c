"""Calendars to subscribe to

The version of their addresses, for people and for departments."""

import sqlalchemy as sa
from alembic import op

revision = '0093'
down_revision = '0092'
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ('person', 'department'):
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column('feed_version', sa.Integer(), nullable=False, server_default='0'))
        with op.batch_alter_table(table) as batch:
            batch.alter_column('feed_version', server_default=None)


def downgrade() -> None:
    for table in ('person', 'department'):
        with op.batch_alter_table(table) as batch:
            batch.drop_column('feed_version')
