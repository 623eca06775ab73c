"""A round asks whom HR chooses

Rounds that stand already ask, or have asked, everybody."""

import sqlalchemy as sa
from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None

EVERYBODY = '{"way": "everybody", "departments": [], "people": []}'


def upgrade() -> None:
    with op.batch_alter_table('round', schema=None) as batch_op:
        batch_op.add_column(sa.Column('whom', sa.JSON(), nullable=False, server_default=EVERYBODY))
    with op.batch_alter_table('round', schema=None) as batch_op:
        batch_op.alter_column('whom', server_default=None)


def downgrade() -> None:
    with op.batch_alter_table('round', schema=None) as batch_op:
        batch_op.drop_column('whom')
