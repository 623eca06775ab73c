"""Openings say whether guests take part

Whether guests watch, as in every opening until now, or do something themselves."""

import sqlalchemy as sa
from alembic import op

revision = '0052'
down_revision = '0051'
branch_labels = None
depends_on = None

KIND = sa.Enum('observe', 'take_part', name='participation', native_enum=False, length=20)


def upgrade() -> None:
    with op.batch_alter_table('opening', schema=None) as batch_op:
        batch_op.add_column(sa.Column('participation', KIND, nullable=False, server_default='observe'))
    with op.batch_alter_table('opening', schema=None) as batch_op:
        batch_op.alter_column('participation', server_default=None)


def downgrade() -> None:
    with op.batch_alter_table('opening', schema=None) as batch_op:
        batch_op.drop_column('participation')
