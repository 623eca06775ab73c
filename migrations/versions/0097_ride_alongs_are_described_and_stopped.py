"""Ride-alongs are described and stopped

Where one meets, who drives, what to wear, and what else two people on the way to a customer tell each other; and when one of
them ended it on the day."""

import sqlalchemy as sa
from alembic import op

import shadowing.models.base

revision = '0097'
down_revision = '0094'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('opening') as batch:
        batch.add_column(sa.Column('riding', sa.JSON(), nullable=False, server_default='{}'))
    with op.batch_alter_table('opening') as batch:
        batch.alter_column('riding', server_default=None)
    with op.batch_alter_table('invitation') as batch:
        batch.add_column(sa.Column('stopped_at', shadowing.models.base.Moment(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('invitation') as batch:
        batch.drop_column('stopped_at')
    with op.batch_alter_table('opening') as batch:
        batch.drop_column('riding')
