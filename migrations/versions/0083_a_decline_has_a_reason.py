"""A decline has a reason

Why somebody does not come, and for which start of the visit an answer was given."""

import sqlalchemy as sa
from alembic import op

revision = '0083'
down_revision = '0081'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('given_answer', schema=None) as batch_op:
        batch_op.add_column(sa.Column('why', sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column('visit_at', sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('given_answer', schema=None) as batch_op:
        batch_op.drop_column('visit_at')
        batch_op.drop_column('why')
