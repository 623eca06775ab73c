"""Long lists are read by the worker

What the check page of a long list shows is kept beside the list until HR says yes."""

import sqlalchemy as sa
from alembic import op

revision = '0077'
down_revision = '0076'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('handed_list') as batch_op:
        batch_op.add_column(sa.Column('shown', sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.execute("DELETE FROM job WHERE kind IN ('check', 'forget')")
    with op.batch_alter_table('handed_list') as batch_op:
        batch_op.drop_column('shown')
