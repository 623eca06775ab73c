"""Letters wait for the morning

*not_before* is when a letter may leave at the earliest; empty: at once. *mail_paused_at* is since when the mails of a round
are held back by HR. *copy_for* is whom a copy of somebody's mail goes to, instead of its reader."""

import sqlalchemy as sa
from alembic import op

revision = '0067'
down_revision = '0066'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('letter', schema=None) as batch_op:
        batch_op.add_column(sa.Column('not_before', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('copy_for', sa.String(length=254), nullable=False, server_default=''))
    with op.batch_alter_table('letter', schema=None) as batch_op:
        batch_op.alter_column('copy_for', server_default=None)
    with op.batch_alter_table('round', schema=None) as batch_op:
        batch_op.add_column(sa.Column('mail_paused_at', sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('round', schema=None) as batch_op:
        batch_op.drop_column('mail_paused_at')
    with op.batch_alter_table('letter', schema=None) as batch_op:
        batch_op.drop_column('copy_for')
        batch_op.drop_column('not_before')
