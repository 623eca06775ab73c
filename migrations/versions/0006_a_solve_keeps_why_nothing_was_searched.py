"""A solve keeps why nothing was searched

Kept pairings that contradict each other, and whatever else of a round cannot be right, are named to HR after the search."""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('solve', schema=None) as batch_op:
        batch_op.add_column(sa.Column('flaws', sa.JSON(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('solve', schema=None) as batch_op:
        batch_op.drop_column('flaws')
