"""Contracts name sites and an agency

The sites that somebody's contract allows, and the word of the agency that they work through."""

import sqlalchemy as sa
from alembic import op

revision = '0043'
down_revision = '0042'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.add_column(sa.Column('may_sites', sa.JSON(), nullable=False, server_default='[]'))
        batch_op.add_column(sa.Column('agency_consent', sa.Enum('asked', 'yes', 'no', name='consent', native_enum=False, length=20), nullable=True))
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.alter_column('may_sites', server_default=None)


def downgrade() -> None:
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.drop_column('agency_consent')
        batch_op.drop_column('may_sites')
