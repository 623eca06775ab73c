"""Guests promise to keep a customer to themselves

When a guest of a ride-along ticked that what they see stays with them; until then their page names no customer."""

import sqlalchemy as sa
from alembic import op

revision = '0090'
down_revision = '0089'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('invitation') as batch_op:
        batch_op.add_column(sa.Column('discreet_at', sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('invitation') as batch_op:
        batch_op.drop_column('discreet_at')
