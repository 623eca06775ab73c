"""The ledger weighs guests

How much a guest's visit counts is read from the rounds before; the column that was to say it was 1 in every row."""

import sqlalchemy as sa
from alembic import op

revision = '0020'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('guest', schema=None) as batch_op:
        batch_op.drop_column('weight')


def downgrade() -> None:
    with op.batch_alter_table('guest', schema=None) as batch_op:
        batch_op.add_column(sa.Column('weight', sa.Integer(), nullable=False, server_default='1'))
    with op.batch_alter_table('guest', schema=None) as batch_op:
        batch_op.alter_column('weight', server_default=None)
