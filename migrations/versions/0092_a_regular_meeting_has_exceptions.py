"""A regular meeting has exceptions

Days on which it is not, a pause, dates that are moved."""

import sqlalchemy as sa
from alembic import op

revision = '0092'
down_revision = '0091'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('opening') as batch:
        batch.add_column(sa.Column('exceptions', sa.JSON(), nullable=False, server_default='{}'))
    with op.batch_alter_table('opening') as batch:
        batch.alter_column('exceptions', server_default=None)


def downgrade() -> None:
    with op.batch_alter_table('opening') as batch:
        batch.drop_column('exceptions')
